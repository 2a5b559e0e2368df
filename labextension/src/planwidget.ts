import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { NotDrawable } from './drawing';
import { renderPlan, type IDrawing } from './planview';

/** A plan drawn, or the sentence that says why it is not. */
export class PlanWidget extends Widget {
  constructor(protected readonly trans: TranslationBundle) {
    super();
    this.addClass('jp-placebudget-plan');
  }

  /** Draw what `read` gives; whatever goes wrong is said in its place. */
  async draw(read: () => IDrawing | Promise<IDrawing>): Promise<void> {
    const turn = ++this.turn;
    let drawn: () => void = () => undefined;
    const element = document.createElement('div');
    try {
      const drawing = await read();
      if (turn !== this.turn || this.isDisposed) {
        return;
      }
      this.clear();
      this.node.append(element);
      drawn = renderPlan(element, drawing, {});
    } catch (reason) {
      if (turn !== this.turn || this.isDisposed) {
        return;
      }
      this.clear();
      this.node.append(this.sentence(reason));
    }
    this.cleanup = drawn;
  }

  dispose(): void {
    if (!this.isDisposed) {
      this.turn++;
      this.clear();
      super.dispose();
    }
  }

  private clear(): void {
    const cleanup = this.cleanup;
    this.cleanup = () => undefined;
    cleanup();
    this.node.replaceChildren();
  }

  private sentence(reason: unknown): HTMLElement {
    const paragraph = document.createElement('p');
    paragraph.className = 'jp-placebudget-problem';
    paragraph.setAttribute('role', 'alert');
    paragraph.textContent =
      reason instanceof NotDrawable
        ? reason.message
        : this.trans.__('This plan cannot be drawn: its drawing is broken. Write the plan again.');
    return paragraph;
  }

  private turn = 0;
  private cleanup: () => void = () => undefined;
}
