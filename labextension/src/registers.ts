import { ILayoutRestorer, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ISanitizer, Sanitizer, WidgetTracker } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { ABCWidgetFactory, type DocumentRegistry, DocumentWidget } from '@jupyterlab/docregistry';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';

import { registerIcon } from './icons';
import { Location } from './location';
import {
  PLACE_FACTORY,
  REGISTER_ENDING,
  REGISTER_FACTORY,
  REGISTER_FILE_TYPE,
  REGISTER_MODEL,
  TRANSLATIONS
} from './names';
import { Pages } from './page';
import { RegisterView } from './registerview';
import { PlaceServer } from './server';

type RegisterDocument = DocumentWidget<RegisterView>;

class RegisterFactory extends ABCWidgetFactory<RegisterDocument> {
  constructor(
    options: DocumentRegistry.IWidgetFactoryOptions<RegisterDocument>,
    private readonly server: PlaceServer,
    private readonly pages: Pages,
    private readonly documents: IDocumentManager,
    private readonly trans: TranslationBundle
  ) {
    super(options);
  }

  protected createNewWidget(context: DocumentRegistry.Context): RegisterDocument {
    const { server, pages, documents, trans } = this;
    const path = () => context.localPath;
    const openPlace = (file: string) => void documents.openOrReveal(file, PLACE_FACTORY);
    const content = new RegisterView({ server, pages, path, openPlace }, trans);
    const widget = new DocumentWidget({ content, context });
    widget.title.icon = registerIcon;
    return widget;
  }
}

/** Opens registers, to be read. */
export const registers: JupyterFrontEndPlugin<void> = {
  id: 'placebudget:registers',
  description: 'Opens registers (*.register): what was decided, and what came of it.',
  autoStart: true,
  requires: [IDocumentManager],
  optional: [ITranslator, ILayoutRestorer, ISanitizer],
  activate: (
    app,
    documents: IDocumentManager,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    sanitizer: ISanitizer | null
  ) => {
    const trans = (translator ?? nullTranslator).load(TRANSLATIONS);
    const registry = app.docRegistry;
    registry.addFileType({
      name: REGISTER_FILE_TYPE,
      displayName: trans.__('Register of decisions'),
      extensions: [REGISTER_ENDING],
      mimeTypes: ['application/vnd.sqlite3'],
      fileFormat: 'base64',
      contentType: 'file',
      icon: registerIcon
    });
    registry.addModelFactory(new Location(REGISTER_MODEL));
    const server = new PlaceServer(app.serviceManager.serverSettings, trans);
    const factory = new RegisterFactory(
      {
        name: REGISTER_FACTORY,
        label: trans.__('Register of decisions'),
        modelName: REGISTER_MODEL,
        fileTypes: [REGISTER_FILE_TYPE],
        defaultFor: [REGISTER_FILE_TYPE],
        readOnly: true
      },
      server,
      new Pages(sanitizer ?? new Sanitizer(), () => server.styles()),
      documents,
      trans
    );
    const tracker = new WidgetTracker<RegisterDocument>({ namespace: 'placebudget-register' });
    factory.widgetCreated.connect((_, widget) => {
      widget.context.pathChanged.connect(() => void tracker.save(widget));
      void tracker.add(widget);
    });
    registry.addWidgetFactory(factory);
    if (restorer) {
      void restorer.restore(tracker, {
        command: 'docmanager:open',
        args: widget => ({ path: widget.context.path, factory: REGISTER_FACTORY }),
        name: widget => widget.context.path
      });
    }
  }
};
