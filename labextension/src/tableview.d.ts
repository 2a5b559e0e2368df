import type { TranslationBundle } from '@jupyterlab/translation';

/** What the extension needs to know of the module that edits a table. */
export interface IColumn {
  name: string;
  title: string;
  kind: 'text' | 'number' | 'choice';
  choices: string[];
  unit: string;
  /** Whether it is money, a share or the like; empty: none of these. */
  measure: string;
  required: boolean;
  about: string;
  /** The table and column whose keys stand in it; empty where none do. */
  refers: string;
}

export interface ICellFinding {
  row: number | null;
  column: string | null;
  severity: 'error' | 'warning';
  text: string;
}

export type Rows = string[][];

/** What stands now, and the steps to go back by. */
export class History<T = Rows> {
  constructor(now: T);
  now: T;
  readonly before: readonly unknown[];
  readonly after: readonly unknown[];
  add(now: T): void;
  undo(): boolean;
  redo(): boolean;
}

export interface ITableData {
  name: string;
  title: string;
  columns: IColumn[];
  rows: Rows;
  findings: ICellFinding[];
}

export interface ITableView {
  at: { row: number; column: number };
  /** Whether a cell is being typed in. */
  readonly isTyped: boolean;
  /** What is being typed stands, and its cell keeps the focus. */
  keep(): void;
  update(changed: Partial<ITableData>): void;
  go(to: { row: number; column: number }): void;
  say(words: string): void;
  destroy(): void;
}

export function renderTable(
  element: HTMLElement,
  table: ITableData,
  options?: {
    change?: (rows: Rows) => void;
    history?: History;
    readOnly?: boolean;
    /** It stands in no notebook, which would take single keys for itself. */
    alone?: boolean;
    /** Says things in the language of the page; English without it. */
    trans?: Pick<TranslationBundle, '__' | '_n'>;
  }
): ITableView;
