import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { NotDrawable } from './drawing';
import { renderPlan, type IDrawing, type IDrawn } from './planview';

/** A plan drawn, or the sentence that says why it is not. */
export class PlanWidget extends Widget {
  constructor(protected readonly trans: TranslationBundle) {
    super();
    this.addClass('jp-placebudget-plan');
  }

  /** Draw what `read` gives; whatever goes wrong is said in its place. */
  async draw(read: () => IDrawing | Promise<IDrawing>): Promise<void> {
    const turn = ++this.turn;
    let drawn: IDrawn | null = null;
    const element = document.createElement('div');
    try {
      const drawing = await read();
      if (turn !== this.turn || this.isDisposed) {
        return;
      }
      this.clear();
      this.node.append(element);
      drawn = renderPlan(element, drawing, { trans: this.trans });
    } catch (reason) {
      if (turn !== this.turn || this.isDisposed) {
        return;
      }
      this.clear();
      this.node.append(this.sentence(reason));
    }
    this.drawn = drawn;
  }

  /** Draw another plan, with what was chosen of the one before. */
  redraw(drawing: IDrawing): void {
    if (this.drawn === null) {
      void this.draw(() => drawing);
    } else {
      this.turn++;
      this.drawn.update(drawing);
    }
  }

  dispose(): void {
    if (!this.isDisposed) {
      this.turn++;
      this.clear();
      super.dispose();
    }
  }

  private clear(): void {
    this.drawn?.();
    this.drawn = null;
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
  private drawn: IDrawn | null = null;
}
