import { Dialog, MainAreaWidget, showDialog } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { DocumentRegistry, IDocumentWidget } from '@jupyterlab/docregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import { type Message, MessageLoop } from '@lumino/messaging';

import { complain } from './asking';
import { placeIcon } from './icons';
import { PLACE_FILE, PLACE_FILE_TYPES } from './names';
import type { PlaceModel } from './placemodel';
import type { PlaceView } from './placeview';

export type PlaceContext = DocumentRegistry.IContext<PlaceModel>;

/** Marks the tab of a document in which something is not saved. */
const DIRTY_CLASS = 'jp-mod-dirty';

/**
 * A place in a tab that is called as the place is, and not as its file: Lab's own document would
 * rename the file to whatever its tab is called.
 */
export class PlaceDocument
  extends MainAreaWidget<PlaceView>
  implements IDocumentWidget<PlaceView, PlaceModel>
{
  constructor(
    content: PlaceView,
    readonly context: PlaceContext,
    private readonly trans: TranslationBundle
  ) {
    super({ content, reveal: context.ready });
    content.session.views.add(content);
    this.title.icon = placeIcon;
    context.model.changed.connect(PlaceDocument.callAll);
    context.model.stateChanged.connect(this.markDirty, this);
    context.pathChanged.connect(PlaceDocument.callAll);
    this.markDirty();
    PlaceDocument.open.add(this);
    PlaceDocument.callAll();
  }

  dispose(): void {
    if (!this.isDisposed) {
      this.content.session.views.delete(this.content);
      PlaceDocument.open.delete(this);
      PlaceDocument.callAll();
    }
    super.dispose();
  }

  /** There are no parts to go to by an address. */
  setFragment(): void {}

  private markDirty(): void {
    const { title, context } = this;
    const others = title.className.split(' ').filter(each => each && each !== DIRTY_CLASS);
    title.className = [...others, ...(context.model.dirty ? [DIRTY_CLASS] : [])].join(' ');
  }

  /** Lab asks about files that are not saved; of the desk it knows nothing, and is asked first. */
  protected onBeforeAttach(msg: Message): void {
    MessageLoop.removeMessageHook(this, this.closing);
    MessageLoop.installMessageHook(this, this.closing);
    super.onBeforeAttach(msg);
  }

  private readonly closing = (_: unknown, msg: Message): boolean => {
    const { session } = this.content;
    if (
      msg.type !== 'close-request' ||
      this.mayClose ||
      session.views.size > 1 ||
      !session.isUnkept
    ) {
      return true;
    }
    void this.askToClose();
    return false;
  };

  private async askToClose(): Promise<void> {
    const { trans } = this;
    const { button } = await showDialog({
      title: trans.__('Close %1?', this.title.label),
      body: trans.__(
        'Changes lie on the desk, and no option keeps them. They are there when the place is ' +
          'opened again, but go when the Jupyter server ends.'
      ),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Show the desk') }),
        Dialog.okButton({ label: trans.__('Close') })
      ]
    });
    if (button.accept) {
      this.mayClose = true;
      this.close();
      this.mayClose = false;
    } else {
      this.content.showDesk();
    }
  }

  /** All of them: where two places are called the same, where they lie tells them apart. */
  private static readonly open = new Set<PlaceDocument>();

  private get called(): string {
    const { localPath, model } = this.context;
    return model.place?.overview.title || PathExt.basename(localPath);
  }

  private get lies(): string {
    const path = this.context.localPath;
    const folder = PathExt.basename(PathExt.dirname(path));
    return isFolder(path) && folder ? folder : PathExt.basename(path);
  }

  private static callAll(): void {
    const all = [...PlaceDocument.open];
    for (const one of all) {
      const { called, lies, context } = one;
      const clashes = all.some(each => each.called === called && each.context !== context);
      one.title.label = clashes ? `${called}, ${lies}` : called;
      one.content.node.setAttribute('aria-label', one.title.label);
    }
  }

  private mayClose = false;
}

/** Whether a place is the folder of its file, and not one file. */
export function isFolder(path: string): boolean {
  return PathExt.basename(path) === PLACE_FILE;
}

/**
 * What Lab does with one file is not done with one of many. A content provider is asked for content
 * alone: for another name, for checkpoints, a download, and whether it may save by itself Lab asks
 * the context, so that these few are answered there.
 */
export function keepWhole(
  context: PlaceContext,
  own: {
    /** Save under another name; false where it was given up. */
    saveAs: () => Promise<boolean>;
    /** Fetch the place as one file. */
    download: () => Promise<void>;
  },
  trans: TranslationBundle
): void {
  const folder = () => isFolder(context.localPath);
  const { rename, createCheckpoint, listCheckpoints, download } = context;
  const none = { id: '', last_modified: new Date().toISOString() };
  Object.assign(context, {
    saveAs: own.saveAs,
    download: () => (folder() ? own.download() : download.call(context)),
    rename: async (name: string) => {
      const refused = misnamed(name, folder(), trans);
      await (refused === ''
        ? rename.call(context, name)
        : complain(trans.__('Rename'), refused, trans));
    },
    // A checkpoint would hold one of its files: there is none, and Lab says so.
    createCheckpoint: async () => (folder() ? none : createCheckpoint.call(context)),
    listCheckpoints: async () => (folder() ? [] : listCheckpoints.call(context))
  } satisfies Partial<PlaceContext>);
  // Figures that are tried stay out of the files until they are saved: Lab, which saves by itself
  // what can be saved, is told that this cannot.
  void context.ready.then(() => Object.defineProperty(context, 'canSave', { value: false }));
}

/** Why a place cannot be called so; empty where it can. */
function misnamed(name: string, folder: boolean, trans: TranslationBundle): string {
  const endings = Object.values(PLACE_FILE_TYPES);
  if (folder) {
    return trans.__(
      'A place that is a folder is opened by its %1, which keeps its name. Rename the folder ' +
        'in the file browser, or write a copy under another name: File, Save As.',
      PLACE_FILE
    );
  }
  return endings.some(ending => name.toLowerCase().endsWith(ending))
    ? ''
    : trans.__('A place keeps the ending of its name: %1.', endings.join(', '));
}
