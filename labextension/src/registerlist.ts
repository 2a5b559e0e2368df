import type { TranslationBundle } from '@jupyterlab/translation';

import { orSaid } from './asking';
import { button, element, listing } from './dom';
import type { ILines } from './register';

/** A list of a register, of which a page of rows is fetched and shown at a time. */
export class RegisterList<R> {
  readonly node = element('div');

  constructor(
    private readonly caption: string,
    private readonly heads: string[],
    private readonly cells: (row: R) => (string | HTMLElement)[],
    private readonly fetch: (start: number) => Promise<ILines<R>>,
    private readonly trans: TranslationBundle
  ) {
    this.problem.setAttribute('role', 'alert');
    this.status.setAttribute('role', 'status');
    const bar = element('div', '', 'jp-placebudget-bar');
    this.back = button(trans.__('Rows before'), () => void this.show(this.start - this.atOnce));
    this.forth = button(trans.__('Rows after'), () => void this.show(this.start + this.atOnce));
    bar.append(this.status, this.back, this.forth);
    this.node.append(this.problem, bar, this.table);
  }

  /** Show the page that begins with a row; what was asked for before comes too late then. */
  async show(start = this.start): Promise<void> {
    const turn = ++this.turn;
    await orSaid(this.problem, async () => {
      const found = await this.fetch(start);
      if (turn === this.turn) {
        // Rows may have gone since.
        if (found.lines.length === 0 && start > 0) {
          return this.show(0);
        }
        this.fill(start, found);
      }
    });
  }

  private fill(start: number, { lines, all, at_once }: ILines<R>): void {
    const { trans } = this;
    [this.start, this.atOnce] = [start, at_once];
    const [first, last] = [start + 1, start + lines.length].map(each => each.toLocaleString());
    this.status.textContent =
      all === 0
        ? trans.__('There is none.')
        : trans.__('Rows %1 to %2 of %3', first, last, all.toLocaleString());
    const held = document.activeElement;
    this.back.disabled = start === 0;
    this.forth.disabled = start + lines.length >= all;
    this.back.hidden = this.forth.hidden = all <= at_once;
    // A button that is of no use any more loses the focus: the other takes it.
    if (held === this.back && this.back.disabled) {
      this.forth.focus();
    } else if (held === this.forth && this.forth.disabled) {
      this.back.focus();
    }
    this.table.replaceChildren();
    if (lines.length > 0) {
      this.table.append(listing(this.caption, this.heads, lines.map(this.cells)));
    }
  }

  private turn = 0;
  private start = 0;
  private atOnce = 0;
  private readonly problem = element('div', '', 'jp-placebudget-problem');
  private readonly status = element('p');
  private readonly table = element('div');
  private readonly back: HTMLButtonElement;
  private readonly forth: HTMLButtonElement;
}
