import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { orSaid } from './asking';
import { button, element } from './dom';
import { placeIcon } from './icons';
import { itemsOf, PARTS, usesOf, type IRows, type IUse } from './network';
import { FIRST_ROW, type IFindingGroup, type ITable } from './place';
import type { Change } from './placemodel';
import { PlacePlans, type IPlanActions } from './placeplans';
import { isWaited, type PlaceSession } from './placesession';
import { RunLines } from './runlines';
import type { IPreferences } from './settings';
import { Tree } from './tree';

/** A place that is looked at: what it shares, and its view in front. */
export interface IShown {
  session: PlaceSession;
  actions: IPlanActions;
  preferences: IPreferences;
  go: (goal: Pick<IFindingGroup, 'table' | 'row' | 'column'>) => void;
}

/** Most that is shown of what was asked for and is over. */
const MOST_OVER = 3;

/** Most rows of one use that are named one by one. */
const MOST_NAMED = 8;

/** What the open place consists of, and what is asked for of it, beside everything else. */
export class PlacePanel extends Widget {
  constructor(
    private readonly openPlace: () => void,
    private readonly trans: TranslationBundle
  ) {
    super();
    this.id = 'placebudget-place-panel';
    this.addClass('jp-placebudget-place');
    this.addClass('jp-placebudget-panel');
    this.title.icon = placeIcon;
    this.title.caption = trans.__('Place budget');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Place budget'));
    this.tree = new Tree(trans.__('What the place consists of'), (table, key) => {
      this.picked = { table, key };
      this.showPicked();
    });
    this.look(null);
  }

  /** Show a place, or that none is open. */
  look(shown: IShown | null): void {
    if (shown !== null && shown.session === this.shown?.session) {
      this.shown = shown;
      return;
    }
    this.leave();
    this.shown = shown;
    const { trans } = this;
    if (shown === null) {
      const words = element('p', trans.__('No place is open.'));
      this.node.replaceChildren(words, button(trans.__('Open place budget'), this.openPlace));
      return;
    }
    const { session, actions, preferences } = shown;
    session.model.changed.connect(this.changed, this);
    session.ran.connect(this.ran, this);
    this.plans = new PlacePlans(element('section'), session, actions, preferences, trans, false);
    this.lines = new RunLines(
      { stop: run => void orSaid(this.problem, () => session.stop(run.number)) },
      session,
      trans
    );
    this.runs.replaceChildren(
      element('h3', trans.__('What was asked for')),
      this.problem,
      this.lines.node
    );
    this.node.replaceChildren(
      this.head,
      this.runs,
      this.tree.node,
      this.details,
      this.plans.node,
      this.options
    );
    this.refresh();
    this.ran();
  }

  dispose(): void {
    if (!this.isDisposed) {
      this.leave();
      super.dispose();
    }
  }

  protected onActivateRequest(): void {
    if (!this.node.contains(document.activeElement)) {
      this.node.querySelector<HTMLElement>('[tabindex="0"], button')?.focus();
    }
  }

  private leave(): void {
    this.shown?.session.model.changed.disconnect(this.changed, this);
    this.shown?.session.ran.disconnect(this.ran, this);
    this.plans?.dispose();
    this.plans = this.lines = this.picked = null;
    this.problem.textContent = '';
    this.details.replaceChildren();
  }

  private changed(_: unknown, change: Change): void {
    if (change === 'whole' || change === 'judged') {
      this.refresh();
      this.ran();
    }
  }

  /** Plans and studies, whatever tab they were asked for in: what runs, and what is over lately. */
  private ran(): void {
    const runs = this.shown?.session.runs ?? [];
    this.lines?.show(runs.filter((run, at) => isWaited(run) || at < MOST_OVER));
    this.runs.hidden = runs.length === 0;
  }

  private refresh(): void {
    const { trans } = this;
    const place = this.shown?.session.model.place;
    if (!place) {
      return;
    }
    this.head.textContent = place.overview.title;
    const branches = this.tables()
      .filter(({ table }) => (PARTS as readonly string[]).includes(table.name))
      .sort((one, other) => this.rank(one.table) - this.rank(other.table))
      .map(held => {
        const leaves = itemsOf(held).map(({ key, label }) => ({ name: key, label }));
        const label = trans.__('%1 (%2)', held.table.title, String(leaves.length));
        return { name: held.table.name, label, leaves };
      });
    this.tree.show(branches);
    this.plans?.showKept(place);
    const options = place.options.map(({ name, about, unfit }) => {
      const line = element('li');
      const fits = unfit ? trans.__('it does not fit') : trans.__('it fits');
      line.append(element('strong', name), name && about ? `: ${about}` : about);
      line.append(name && unfit !== null ? ` (${fits})` : '');
      return line;
    });
    const none = element('p', trans.__('No option is kept beside it.'));
    const list = element('ul', '', 'jp-placebudget-found');
    list.append(...options);
    this.options.replaceChildren(
      element('h3', trans.__('Options')),
      options.length > 0 ? list : none
    );
    this.showPicked();
  }

  /** What was picked in the tree: its row, and where it is used. */
  private showPicked(): void {
    const { picked, trans } = this;
    if (picked === null) {
      return;
    }
    const all = this.tables();
    const held = all.find(each => each.table.name === picked.table);
    const item = held && itemsOf(held).find(each => each.key === picked.key);
    if (held === undefined || item === undefined) {
      this.details.replaceChildren();
      return;
    }
    const { table, rows } = held;
    const about = element('dl', '', 'jp-placebudget-about');
    table.columns.forEach((column, at) => {
      if (rows[item.row][at] !== '') {
        about.append(element('dt', column.title), element('dd', rows[item.row][at]));
      }
    });
    const uses = usesOf(all, table, item.key);
    const list = element('ul', '', 'jp-placebudget-found');
    list.append(...uses.map(use => this.use(use)));
    this.details.replaceChildren(
      element('h3', item.label),
      this.goTo(table, item.row, table.columns[0].name),
      about,
      element('h4', trans.__('Where it is used')),
      uses.length > 0 ? list : element('p', trans.__('Nowhere.'))
    );
  }

  private use({ table, column, rows }: IUse): HTMLElement {
    const { trans } = this;
    const line = element('li');
    line.append(trans.__('%1, %2: ', table.title, trans._n('%1 row', '%1 rows', rows.length)));
    rows.slice(0, MOST_NAMED).forEach(row => line.append(this.goTo(table, row, column), ' '));
    if (rows.length > MOST_NAMED) {
      line.append(trans.__('and %1 more', String(rows.length - MOST_NAMED)));
    }
    return line;
  }

  private goTo(table: ITable, row: number, column: string): HTMLElement {
    const { trans } = this;
    const made = button(trans.__('Row %1', String(row + FIRST_ROW)), () =>
      this.shown?.go({ table: table.name, row, column })
    );
    made.setAttribute('aria-label', trans.__('Row %1 of %2', String(row + FIRST_ROW), table.title));
    return made;
  }

  private tables(): IRows[] {
    const model = this.shown?.session.model;
    const open = (model?.place?.tables ?? []).filter(table => !table.locked);
    return open.map(table => ({ table, rows: model?.history(table.name).now ?? [] }));
  }

  private rank(table: ITable): number {
    return (PARTS as readonly string[]).indexOf(table.name);
  }

  private shown: IShown | null = null;
  private picked: { table: string; key: string } | null = null;
  private plans: PlacePlans | null = null;
  private lines: RunLines | null = null;
  private readonly runs = element('section');
  private readonly problem = element('div', '', 'jp-placebudget-problem');
  private readonly tree: Tree;
  private readonly head = element('h2');
  private readonly details = element('section');
  private readonly options = element('section');
}
