import type { TranslationBundle } from '@jupyterlab/translation';

import { element } from './dom';
import { labelled } from './forms';
import type { ITable } from './place';
import type { PlaceModel } from './placemodel';
import { SETTINGS_TABLE } from './placesettings';
import { renderTable, type ITableView } from './tableview';

/** The tables of a place, one of them shown to be edited. */
export class PlaceTables {
  constructor(
    readonly node: HTMLElement,
    private readonly model: PlaceModel,
    private readonly trans: TranslationBundle
  ) {
    this.choice.addEventListener('change', () => this.show(this.choice.value));
    this.choice.className = 'jp-placebudget-choice';
    this.node.append(labelled(trans.__('Table'), this.choice), this.about, this.host);
  }

  /** Show everything anew: the place was read again. */
  refresh(): void {
    const tables = this.all();
    const known = tables.some(table => table.name === this.shown);
    const first = tables.find(table => table.rows.length > 0) ?? tables[0];
    const table = this.table();
    this.list();
    if (this.view && table && !table.locked) {
      // Its rows are those that stand here: whoever is in it stays where they are.
      this.rows();
      this.findings();
      return;
    }
    const held = this.host.contains(document.activeElement) ? this.view?.at : undefined;
    this.show(known ? this.shown : (first?.name ?? ''));
    if (held !== undefined && known) {
      this.view?.go(held);
    }
  }

  /** Whether a cell is being typed in. */
  get isTyped(): boolean {
    return this.view?.isTyped ?? false;
  }

  /** What is being typed in a cell stands, and the cell keeps the focus. */
  keep(): void {
    this.view?.keep();
  }

  /** Show what was typed, here or in another view. */
  rows(): void {
    const table = this.table();
    if (table !== undefined && !table.locked) {
      this.view?.update({ rows: this.model.history(table.name).now });
    }
    this.list();
  }

  /** Show what was found about what was typed. */
  findings(): void {
    this.view?.update({ findings: this.model.place?.findings[this.shown] ?? [] });
    this.list();
  }

  /** Show a table, with the cursor in one of its cells. */
  go(table: string, row: number | null, column: string | null): void {
    this.show(table);
    const at = this.table()?.columns.findIndex(each => each.name === column) ?? -1;
    if (row !== null) {
      this.view?.go({ row, column: Math.max(at, 0) });
    } else {
      this.choice.focus();
    }
  }

  dispose(): void {
    this.view?.destroy();
    this.view = null;
  }

  private show(name: string): void {
    this.dispose();
    this.shown = this.choice.value = name;
    const table = this.table();
    if (table === undefined) {
      return;
    }
    const money = table.columns.some(({ measure }) => measure === 'pounds');
    const pounds = this.trans.__(
      'Money stands in whole pounds here, whatever unit is chosen in the settings, as it is typed ' +
        'and saved so.'
    );
    this.about.textContent = money ? this.trans.__('%1 %2', table.about, pounds) : table.about;
    if (table.locked) {
      this.host.replaceChildren(element('p', table.locked, 'jp-placebudget-problem'));
      return;
    }
    const readOnly = this.model.place?.writable === false;
    const history = this.model.history(name);
    const findings = this.model.place?.findings[name] ?? [];
    this.host.replaceChildren();
    this.view = renderTable(
      this.host,
      { ...table, rows: history.now, findings },
      { history, readOnly, alone: true, change: () => this.model.put(), trans: this.trans }
    );
  }

  private table(): ITable | undefined {
    return this.all().find(table => table.name === this.shown);
  }

  /** The tables; the settings have boxes of their own. */
  private all(): ITable[] {
    return (this.model.place?.tables ?? []).filter(({ name }) => name !== SETTINGS_TABLE);
  }

  /** The tables to choose from, with how many rows and errors each has. */
  private list(): void {
    const { place } = this.model;
    const held = this.choice.value;
    const options = this.all().map(table => {
      const rows = table.locked ? 0 : this.model.history(table.name).now.length;
      const errors = (place?.findings[table.name] ?? []).filter(each => each.severity === 'error');
      const told = [this.trans._n('%1 row', '%1 rows', rows)];
      if (errors.length > 0) {
        told.push(this.trans._n('%1 error', '%1 errors', errors.length));
      }
      const option = element('option', this.trans.__('%1: %2', table.title, told.join(', ')));
      option.value = table.name;
      return option;
    });
    this.choice.replaceChildren(...options);
    this.choice.value = held;
  }

  private shown = '';
  private view: ITableView | null = null;
  private readonly choice = element('select');
  private readonly about = element('p', '', 'jp-placebudget-prose');
  private readonly host = element('div');
}
