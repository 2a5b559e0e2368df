import { ILayoutRestorer, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import { ABCWidgetFactory, type DocumentRegistry, DocumentWidget } from '@jupyterlab/docregistry';
import type { Contents } from '@jupyterlab/services';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';

import { drawingOfFile, LARGEST_FILE, tooLarge } from './drawing';
import { planIcon } from './icons';
import { Location } from './location';
import {
  PLAN_ENDING,
  PLAN_FACTORY,
  PLAN_FILE_TYPE,
  PLAN_MIME_TYPE,
  PLAN_MODEL,
  TRANSLATIONS
} from './names';
import { PlanWidget } from './planwidget';
import type { IDrawing } from './planview';

type PlanDocument = DocumentWidget<PlanWidget>;

class PlanFactory extends ABCWidgetFactory<PlanDocument> {
  constructor(
    options: DocumentRegistry.IWidgetFactoryOptions<PlanDocument>,
    private readonly contents: Contents.IManager,
    private readonly trans: TranslationBundle
  ) {
    super(options);
  }

  protected createNewWidget(context: DocumentRegistry.Context): PlanDocument {
    const content = new PlanWidget(this.trans);
    const { contents, trans } = this;
    const draw = () => void content.draw(() => planDrawing(contents, context.path, trans));
    void context.ready.then(() => {
      draw();
      context.fileChanged.connect(draw);
    });
    content.disposed.connect(() => context.fileChanged.disconnect(draw));
    const widget = new DocumentWidget({ content, context });
    widget.title.icon = planIcon;
    return widget;
  }
}

/** The drawing in a plan file, which is weighed before it is fetched. */
export async function planDrawing(
  contents: Contents.IManager,
  path: string,
  trans: TranslationBundle
): Promise<IDrawing> {
  const { size } = await contents.get(path, { content: false });
  if (size !== undefined && size > LARGEST_FILE) {
    throw tooLarge(size, trans);
  }
  const file = await contents.get(path, { type: 'file', format: 'text', content: true });
  const text = String(file.content);
  if (text.length > LARGEST_FILE) {
    throw tooLarge(text.length, trans);
  }
  return drawingOfFile(text, trans);
}

/** Opens plan files without a kernel. */
export const viewer: JupyterFrontEndPlugin<void> = {
  id: 'placebudget:viewer',
  description: 'Opens plan files (*.plan.json) without a kernel.',
  autoStart: true,
  optional: [ITranslator, ILayoutRestorer],
  activate: (app, translator: ITranslator | null, restorer: ILayoutRestorer | null) => {
    const trans = (translator ?? nullTranslator).load(TRANSLATIONS);
    const registry = app.docRegistry;
    registry.addFileType({
      name: PLAN_FILE_TYPE,
      displayName: trans.__('Place budget plan'),
      extensions: [PLAN_ENDING],
      mimeTypes: [PLAN_MIME_TYPE],
      fileFormat: 'text',
      contentType: 'file',
      icon: planIcon
    });
    // The size is looked at before anything is fetched.
    registry.addModelFactory(new Location(PLAN_MODEL));
    const factory = new PlanFactory(
      {
        name: PLAN_FACTORY,
        label: trans.__('Place budget plan'),
        modelName: PLAN_MODEL,
        fileTypes: [PLAN_FILE_TYPE],
        defaultFor: [PLAN_FILE_TYPE],
        readOnly: true
      },
      app.serviceManager.contents,
      trans
    );
    const tracker = new WidgetTracker<PlanDocument>({ namespace: 'placebudget-plan' });
    factory.widgetCreated.connect((_, widget) => {
      widget.context.pathChanged.connect(() => void tracker.save(widget));
      void tracker.add(widget);
    });
    registry.addWidgetFactory(factory);
    if (restorer) {
      void restorer.restore(tracker, {
        command: 'docmanager:open',
        args: widget => ({ path: widget.context.path, factory: PLAN_FACTORY }),
        name: widget => widget.context.path
      });
    }
  }
};
