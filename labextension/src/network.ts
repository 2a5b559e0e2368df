import type { ITable } from './place';
import type { Rows } from './tableview';

/** What a place consists of, in the order in which money runs through it. */
export const PARTS = ['agencies', 'streams', 'pools', 'services', 'outcomes', 'rules'] as const;

/** A table with the rows that stand in it now. */
export interface IRows {
  table: ITable;
  rows: Rows;
}

/** One thing of a place: its key, what it is called, the row that describes it. */
export interface IItem {
  key: string;
  label: string;
  row: number;
}

/** Where a thing is used: rows of a table, by one of its columns. */
export interface IUse {
  table: ITable;
  column: string;
  rows: number[];
}

/** The things a table lists, each by its key; rows without one are left out. */
export function itemsOf({ table, rows }: IRows): IItem[] {
  const name = columnAt(table, 'name');
  return rows.flatMap((cells, row) => {
    const key = cells[0];
    return key === '' ? [] : [{ key, label: cells[name] || key, row }];
  });
}

/** Where a thing is used, table by table; the rules by what they hold for. */
export function usesOf(all: readonly IRows[], table: ITable, key: string): IUse[] {
  const held = table.columns[0].name;
  const uses = all.flatMap(({ table: other, rows }) =>
    other.columns.map((column, at) => {
      const named =
        other.name === 'rules' && column.name === 'subject'
          ? (cell: string) => picks(cell, held, key)
          : (cell: string) => column.refers === `${table.name}.${held}` && cell === key;
      const found = rows.flatMap((cells, row) => (named(cells[at]) ? [row] : []));
      return { table: other, column: column.name, rows: found };
    })
  );
  return uses.filter(use => use.rows.length > 0);
}

/** Whether the subject of a rule names a thing: column=key|key, divided by semicolons. */
function picks(subject: string, column: string, key: string): boolean {
  return subject.split(';').some(pair => {
    const [name, keys = ''] = pair.split('=');
    return name.trim() === column && keys.split('|').some(each => each.trim() === key);
  });
}

function columnAt(table: ITable, name: string): number {
  return table.columns.findIndex(column => column.name === name);
}
