import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { nullTranslator, type ITranslator } from '@jupyterlab/translation';

import { checkedDrawing } from './drawing';
import { PLAN_MIME_TYPE, TRANSLATIONS } from './names';
import { PlanWidget } from './planwidget';

/** Draws the plan in the output of a cell; the kernel need not run. */
class PlanRenderer extends PlanWidget implements IRenderMime.IRenderer {
  renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    return this.draw(() => checkedDrawing(model.data[PLAN_MIME_TYPE], this.trans));
  }
}

function createRenderer(options: IRenderMime.IRendererOptions): PlanRenderer {
  const translator = (options.translator as ITranslator | undefined) ?? nullTranslator;
  return new PlanRenderer(translator.load(TRANSLATIONS));
}

const extension: IRenderMime.IExtension = {
  id: 'placebudget:mime',
  description: 'Draws plans in the outputs of cells.',
  rendererFactory: {
    safe: true,
    mimeTypes: [PLAN_MIME_TYPE],
    createRenderer
  },
  // Before text/html (50), which is sent for places without this extension.
  rank: 0,
  dataType: 'json'
};

export default extension;
