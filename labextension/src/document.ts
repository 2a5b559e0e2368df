import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  createToolbarFactory,
  ICommandPalette,
  ISanitizer,
  IToolbarWidgetRegistry,
  type IWidgetTracker,
  Sanitizer,
  WidgetTracker
} from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { ABCWidgetFactory, type DocumentRegistry } from '@jupyterlab/docregistry';
import { IMainMenu } from '@jupyterlab/mainmenu';
import { IDefaultDrive, type Contents } from '@jupyterlab/services';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import { Token } from '@lumino/coreutils';
import { jsonIcon, redoIcon, saveIcon, undoIcon } from '@jupyterlab/ui-components';

import { saying } from './asking';
import { placeIcon } from './icons';
import {
  CommandIDs,
  PLACE_CONTENTS,
  PLACE_FACTORY,
  PLACE_FILE_TYPE,
  PLACE_FILE_TYPES,
  PLACE_MODEL,
  PLAN_FACTORY,
  SAVE,
  SHOW_PANEL,
  STEPS,
  TRANSLATIONS
} from './names';
import { openDesk, openInNotebook } from './notebook';
import { Pages } from './page';
import type { IPlanFile } from './place';
import { keepWhole, PlaceDocument, type PlaceContext } from './placedocument';
import { PlaceModelFactory, type PlaceModel } from './placemodel';
import { PlaceFiles, PlaceSession } from './placesession';
import { PlacePanel, type IShown } from './placepanel';
import { PlaceStatus } from './placestatus';
import { PlaceView } from './placeview';
import { download, saveAs } from './saveas';
import { PlaceServer } from './server';
import { IPreferences } from './settings';
import { planDrawing } from './viewer';

class PlaceFactory extends ABCWidgetFactory<PlaceDocument, PlaceModel> {
  constructor(
    options: DocumentRegistry.IWidgetFactoryOptions<PlaceDocument>,
    private readonly files: PlaceFiles,
    private readonly server: PlaceServer,
    private readonly pages: Pages,
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
      const make = () => openInNotebook(documents, context, plan, trans);
      void saying(trans.__('Open in a notebook'), make, trans);
    };
    const desk = () => {
      const make = () => openDesk(documents, context, this.objective(), trans);
      void saying(trans.__('Open a desk of its own in a notebook'), make, trans);
    };
    const drawing = (file: string) => {
      const path = PathExt.join(PathExt.dirname(context.path), file);
      return planDrawing(documents.services.contents, path, trans);
    };
    const actions = { open, notebook, desk, drawing };
    const session = this.sessionOf(context);
    const content = new PlaceView(session, actions, this.preferences, trans);
    return new PlaceDocument(content, context, trans);
  }

  /** One session a place, whoever looks at it. */
  private sessionOf(context: PlaceContext): PlaceSession {
    const { documents, server, trans } = this;
    const known = this.sessions.get(context);
    if (known !== undefined) {
      return known;
    }
    const session = new PlaceSession(
      context,
      this.files,
      server,
      this.pages,
      () => String(this.preferences.get('interpreter') ?? ''),
      () => this.objective()
    );
    this.sessions.set(context, session);
    const own = {
      saveAs: async () => {
        const path = await saveAs(session, trans);
        if (path !== null) {
          documents.openOrReveal(path, PLACE_FACTORY);
        }
        return path !== null;
      },
      download: () => download(server, context.localPath)
    };
    keepWhole(context, own, trans);
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

/** The places that are open as documents, for other extensions. */
export type IPlaceTracker = IWidgetTracker<PlaceDocument>;

export const IPlaceTracker = new Token<IPlaceTracker>(
  'placebudget:IPlaceTracker',
  'The places that are open as documents.'
);

/** The plugin by whose name its toolbar is kept in the settings. */
const DOCUMENT = 'placebudget:document';

/** Opens a place as one document: a folder by its datapackage.json, a workbook, an archive. */
export const document: JupyterFrontEndPlugin<IWidgetTracker<PlaceDocument>> = {
  id: DOCUMENT,
  description: 'Opens a place (a folder, *.place.xlsx, *.place.zip) as one document.',
  autoStart: true,
  provides: IPlaceTracker,
  requires: [IDocumentManager, IDefaultDrive, IPreferences],
  optional: [
    ITranslator,
    ILayoutRestorer,
    IStatusBar,
    ICommandPalette,
    IMainMenu,
    ISanitizer,
    IToolbarWidgetRegistry,
    ISettingRegistry
  ],
  activate: (
    app,
    documents: IDocumentManager,
    drive: Contents.IDrive,
    preferences: IPreferences,
    givenTranslator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    statusBar: IStatusBar | null,
    palette: ICommandPalette | null,
    menu: IMainMenu | null,
    sanitizer: ISanitizer | null,
    toolbars: IToolbarWidgetRegistry | null,
    settings: ISettingRegistry | null
  ) => {
    const translator = givenTranslator ?? nullTranslator;
    const trans = translator.load(TRANSLATIONS);
    const server = new PlaceServer(app.serviceManager.serverSettings, trans);
    const files = new PlaceFiles(server);
    drive.contentProviderRegistry?.register(PLACE_CONTENTS, files);
    const registry = app.docRegistry;
    const shared = { fileFormat: 'json', contentType: 'file', icon: placeIcon } as const;
    registry.addFileType({
      ...shared,
      // Of others' data packages there are files of this name, too.
      icon: jsonIcon,
      name: PLACE_FILE_TYPE,
      displayName: trans.__('Data package'),
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
        defaultFor: Object.keys(PLACE_FILE_TYPES),
        toolbarFactory:
          toolbars && settings
            ? createToolbarFactory(toolbars, settings, PLACE_FACTORY, DOCUMENT, translator)
            : undefined
      },
      files,
      server,
      new Pages(sanitizer ?? new Sanitizer(), () => server.styles()),
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
    // What a button of the toolbar can do changes with each step.
    const stepped = () =>
      [SAVE, ...Object.values(STEPS)].forEach(id => app.commands.notifyCommandChanged(id));
    tracker.currentChanged.connect(() => {
      look();
      stepped();
    });
    tracker.widgetAdded.connect((_, widget) => {
      widget.disposed.connect(look);
      widget.content.stepped.connect(stepped);
    });
    app.shell.add(panel, 'left', { rank: 650, type: 'Place budget' });
    app.commands.addCommand(SHOW_PANEL, {
      label: trans.__('Place Budget Panel'),
      caption: trans.__('Show what the open place consists of, its plans and options'),
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => app.shell.activateById(panel.id)
    });
    const inFront = () => {
      const held = tracker.currentWidget;
      return held !== null && held === app.shell.currentWidget ? held.content : null;
    };
    app.commands.addCommand(SAVE, {
      label: trans.__('Save'),
      caption: trans.__('Save the place: all tables that changed, or none'),
      icon: saveIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      isEnabled: () => inFront()?.canSave ?? false,
      execute: () => inFront()?.saveAll()
    });
    const labels = { undo: trans.__('Undo'), redo: trans.__('Redo') };
    const icons = { undo: undoIcon, redo: redoIcon };
    const far = { undo: 'before', redo: 'after' } as const;
    for (const way of ['undo', 'redo'] as const) {
      const model = () => inFront()?.session.model;
      const isEnabled = () => (model()?.steps[far[way]].length ?? 0) > 0;
      app.commands.addCommand(STEPS[way], {
        label: labels[way],
        icon: icons[way],
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
    return tracker;
  }
};
