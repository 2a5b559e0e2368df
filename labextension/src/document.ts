import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  Dialog,
  ICommandPalette,
  showDialog,
  showErrorMessage,
  WidgetTracker
} from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { ABCWidgetFactory, type DocumentRegistry, DocumentWidget } from '@jupyterlab/docregistry';
import { IMainMenu } from '@jupyterlab/mainmenu';
import { IDefaultDrive, type Contents } from '@jupyterlab/services';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import { type Message, MessageLoop } from '@lumino/messaging';

import { saying } from './asking';
import { placeIcon } from './icons';
import {
  CommandIDs,
  PLACE_CONTENTS,
  PLACE_FACTORY,
  PLACE_FILE,
  PLACE_FILE_TYPE,
  PLACE_FILE_TYPES,
  PLACE_MODEL,
  PLAN_FACTORY,
  SHOW_PANEL,
  STEPS,
  TRANSLATIONS
} from './names';
import { openDesk, openInNotebook } from './notebook';
import type { IPlanFile } from './place';
import { PlaceModelFactory, type PlaceModel } from './placemodel';
import { PlaceFiles, PlaceSession } from './placesession';
import { PlacePanel, type IShown } from './placepanel';
import { PlaceStatus } from './placestatus';
import { PlaceView } from './placeview';
import { saveAs } from './saveas';
import { PlaceServer } from './server';
import { IPreferences } from './settings';
import { planDrawing } from './viewer';

type PlaceContext = DocumentRegistry.IContext<PlaceModel>;

/** A place in a tab that is called as the place is, and not as its file. */
class PlaceDocument extends DocumentWidget<PlaceView, PlaceModel> {
  constructor(
    options: DocumentWidget.IOptions<PlaceView, PlaceModel>,
    private readonly trans: TranslationBundle
  ) {
    super(options);
    this.content.session.views++;
    // Lab would rename the file to whatever its tab is called.
    this.title.changed.disconnect(this['_onTitleChanged'], this);
    this.title.icon = placeIcon;
    this.context.model.changed.connect(PlaceDocument.callAll);
    this.context.pathChanged.connect(PlaceDocument.callAll);
    PlaceDocument.open.add(this);
    PlaceDocument.callAll();
  }

  dispose(): void {
    if (!this.isDisposed) {
      this.content.session.views--;
      PlaceDocument.open.delete(this);
      PlaceDocument.callAll();
    }
    super.dispose();
  }

  /** Lab asks about files that are not saved; of the desk it knows nothing, and is asked first. */
  protected onBeforeAttach(msg: Message): void {
    MessageLoop.removeMessageHook(this, this.closing);
    MessageLoop.installMessageHook(this, this.closing);
    super.onBeforeAttach(msg);
  }

  private readonly closing = (_: unknown, msg: Message): boolean => {
    const { session } = this.content;
    if (msg.type !== 'close-request' || this.mayClose || session.views > 1 || !session.isUnkept) {
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
    return PathExt.basename(path) === PLACE_FILE && folder ? folder : PathExt.basename(path);
  }

  private static callAll(): void {
    const all = [...PlaceDocument.open];
    for (const one of all) {
      const { called, lies, context } = one;
      const clashes = all.some(each => each.called === called && each.context !== context);
      one.title.label = clashes ? `${called}, ${lies}` : called;
    }
  }

  private mayClose = false;
}

/** What Lab does with one file is not done with one of many. */
function keepWhole(context: PlaceContext, trans: TranslationBundle): void {
  const isFolder = () => PathExt.basename(context.localPath) === PLACE_FILE;
  const rename = context.rename.bind(context);
  context.rename = async name => {
    const endings = Object.values(PLACE_FILE_TYPES);
    const refused = isFolder()
      ? trans.__(
          'A place that is a folder is opened by its %1, which keeps its name. Rename the folder ' +
            'in the file browser, or write a copy under another name: File, Save As.',
          PLACE_FILE
        )
      : endings.some(ending => name.toLowerCase().endsWith(ending))
        ? ''
        : trans.__('A place keeps the ending of its name: %1.', endings.join(', '));
    await (refused === '' ? rename(name) : showErrorMessage(trans.__('Rename'), refused));
  };
  // Figures that are tried stay out of the files until they are saved: Lab, which saves by itself
  // what can be saved, is told that this cannot.
  void context.ready.then(() => Object.defineProperty(context, 'canSave', { value: false }));
  // A checkpoint would hold one of its files: there is none, and Lab says so.
  const { createCheckpoint, listCheckpoints } = context;
  const none = { id: '', last_modified: new Date().toISOString() };
  context.createCheckpoint = async () => (isFolder() ? none : createCheckpoint.call(context));
  context.listCheckpoints = async () => (isFolder() ? [] : listCheckpoints.call(context));
}

class PlaceFactory extends ABCWidgetFactory<PlaceDocument, PlaceModel> {
  constructor(
    options: DocumentRegistry.IWidgetFactoryOptions<PlaceDocument>,
    private readonly files: PlaceFiles,
    private readonly server: PlaceServer,
    private readonly documents: IDocumentManager,
    private readonly preferences: IPreferences,
    private readonly trans: TranslationBundle
  ) {
    super(options);
  }

  protected createNewWidget(context: PlaceContext): PlaceDocument {
    const { documents, trans } = this;
    const open = (file: string) => {
      documents.openOrReveal(PathExt.join(PathExt.dirname(context.path), file), PLAN_FACTORY);
    };
    const notebook = (plan: IPlanFile) => {
      const make = () => openInNotebook(documents, context.path, plan, trans);
      void saying(trans.__('Open in a notebook'), make);
    };
    const desk = () => {
      const make = () => openDesk(documents, context, this.objective(), trans);
      void saying(trans.__('Open a desk of its own in a notebook'), make);
    };
    const drawing = (file: string) => {
      const path = PathExt.join(PathExt.dirname(context.path), file);
      return planDrawing(documents.services.contents, path, trans);
    };
    const actions = { open, notebook, desk, drawing };
    const session = this.sessionOf(context);
    // A place is one file or many: where it goes is asked for in its own way.
    context.saveAs = async () => {
      const path = await saveAs(session, trans);
      if (path !== null) {
        documents.openOrReveal(path, PLACE_FACTORY);
      }
      return path !== null;
    };
    const content = new PlaceView(session, actions, this.preferences, trans);
    return new PlaceDocument({ content, context }, trans);
  }

  /** One session a place, whoever looks at it. */
  private sessionOf(context: PlaceContext): PlaceSession {
    let session = this.sessions.get(context);
    if (session === undefined) {
      session = new PlaceSession(
        context,
        this.files,
        this.server,
        () => String(this.preferences.get('interpreter') ?? ''),
        () => this.objective()
      );
      this.sessions.set(context, session);
      keepWhole(context, this.trans);
    }
    return session;
  }

  /** What is made the most of at first. */
  private objective(): string {
    return String(this.preferences.get('objective') ?? '');
  }

  private readonly sessions = new WeakMap<PlaceContext, PlaceSession>();
}

/** What the panel shows of the place that was looked at last. */
function shownIn(app: JupyterFrontEnd, widget: PlaceDocument | null): IShown | null {
  if (widget === null || widget.isDisposed) {
    return null;
  }
  const { session, actions, preferences } = widget.content;
  const go: IShown['go'] = goal => {
    app.shell.activateById(widget.id);
    widget.content.go(goal);
  };
  return { session, actions, preferences, go };
}

/** Opens a place as one document: a folder by its datapackage.json, a workbook, an archive. */
export const document: JupyterFrontEndPlugin<void> = {
  id: 'placebudget:document',
  description: 'Opens a place (a folder, *.place.xlsx, *.place.zip) as one document.',
  autoStart: true,
  requires: [IDocumentManager, IDefaultDrive, IPreferences],
  optional: [ITranslator, ILayoutRestorer, IStatusBar, ICommandPalette, IMainMenu],
  activate: (
    app,
    documents: IDocumentManager,
    drive: Contents.IDrive,
    preferences: IPreferences,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    statusBar: IStatusBar | null,
    palette: ICommandPalette | null,
    menu: IMainMenu | null
  ) => {
    const trans = (translator ?? nullTranslator).load(TRANSLATIONS);
    const server = new PlaceServer(app.serviceManager.serverSettings, trans);
    const files = new PlaceFiles(server);
    drive.contentProviderRegistry?.register(PLACE_CONTENTS, files);
    const registry = app.docRegistry;
    const shared = { fileFormat: 'json', contentType: 'file', icon: placeIcon } as const;
    registry.addFileType({
      ...shared,
      name: PLACE_FILE_TYPE,
      displayName: trans.__('Place budget'),
      pattern: '^datapackage\\.json$',
      mimeTypes: ['application/json'],
      extensions: []
    });
    for (const [name, extension] of Object.entries(PLACE_FILE_TYPES)) {
      registry.addFileType({
        ...shared,
        name,
        displayName: trans.__('Place budget'),
        extensions: [extension]
      });
    }
    registry.addModelFactory(new PlaceModelFactory());
    const factory = new PlaceFactory(
      {
        name: PLACE_FACTORY,
        label: trans.__('Place budget'),
        modelName: PLACE_MODEL,
        contentProviderId: PLACE_CONTENTS,
        fileTypes: [PLACE_FILE_TYPE, ...Object.keys(PLACE_FILE_TYPES)],
        // Every data package has a file of this name: others' open as they did.
        defaultFor: Object.keys(PLACE_FILE_TYPES)
      },
      files,
      server,
      documents,
      preferences,
      trans
    );
    const tracker = new WidgetTracker<PlaceDocument>({ namespace: 'placebudget-place' });
    factory.widgetCreated.connect((_, widget) => {
      widget.context.pathChanged.connect(() => void tracker.save(widget));
      void tracker.add(widget);
    });
    registry.addWidgetFactory(factory);
    const openPlace = () => void app.commands.execute(CommandIDs.openPlace);
    const panel = new PlacePanel(openPlace, trans);
    const status = new PlaceStatus(trans);
    const look = () => {
      const shown = shownIn(app, tracker.currentWidget);
      panel.look(shown);
      status.look(shown?.session ?? null);
    };
    statusBar?.registerStatusItem('placebudget:place', {
      item: status,
      align: 'left',
      rank: 100
    });
    tracker.currentChanged.connect(look);
    tracker.widgetAdded.connect((_, widget) => widget.disposed.connect(look));
    app.shell.add(panel, 'left', { rank: 650, type: 'Place budget' });
    app.commands.addCommand(SHOW_PANEL, {
      label: trans.__('Place Budget Panel'),
      caption: trans.__('Show what the open place consists of, its plans and options'),
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => app.shell.activateById(panel.id)
    });
    const labels = { undo: trans.__('Undo'), redo: trans.__('Redo') };
    const far = { undo: 'before', redo: 'after' } as const;
    for (const way of ['undo', 'redo'] as const) {
      const model = () => {
        const held = tracker.currentWidget;
        return held !== null && held === app.shell.currentWidget
          ? held.content.session.model
          : null;
      };
      const isEnabled = () => (model()?.steps[far[way]].length ?? 0) > 0;
      app.commands.addCommand(STEPS[way], {
        label: labels[way],
        describedBy: { args: { type: 'object', properties: {} } },
        isEnabled,
        execute: () => model()?.step(way)
      });
      menu?.editMenu.undoers[way].add({
        id: STEPS[way],
        isEnabled: widget => widget instanceof PlaceDocument
      });
    }
    palette?.addItem({ command: SHOW_PANEL, category: trans.__('Place budgets') });
    if (restorer) {
      restorer.add(panel, panel.id);
      void restorer.restore(tracker, {
        command: 'docmanager:open',
        args: widget => ({ path: widget.context.path, factory: PLACE_FACTORY }),
        name: widget => widget.context.path
      });
    }
  }
};
