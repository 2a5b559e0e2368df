import type { ICellFinding, IColumn, Rows } from './tableview';

/** A table of a place as the server sends it. */
export interface ITable {
  name: string;
  title: string;
  about: string;
  columns: IColumn[];
  rows: Rows;
  /** Why it cannot be edited here; empty where it can. */
  locked: string;
}

/** Findings that say the same, with where the first of them stands. */
export interface IFindingGroup {
  severity: 'error' | 'warning';
  where: string;
  text: string;
  follow: string;
  table: string;
  row: number | null;
  column: string | null;
}

/** What a place comes to. */
export interface IOverview {
  title: string;
  placeholders: string;
  description: string;
  years: string[];
  errors: number;
  warnings: number;
  groups: IFindingGroup[];
  money: string[][];
  to_do: { text: string; points: string[] }[];
}

/** A plan file beside the place. */
export interface IPlanFile {
  file: string;
  /** The kind of plan; empty where the file cannot be read as one. */
  name: string;
  status: string;
  objective: string;
  /** Whether it is of the tables as they are; null where that cannot be told. */
  current: boolean | null;
}

/** What is known anew when a cell was changed. */
export interface IJudged {
  hash: string;
  findings: Record<string, ICellFinding[]>;
  overview: IOverview;
  plans: IPlanFile[];
  /** Options stored beside it; one without a name says why they cannot be read. */
  options: { name: string; about: string }[];
}

/** A place as a document: its tables and what they come to. */
export interface IPlace extends IJudged {
  tables: ITable[];
  last_modified: string;
  created: string;
  writable: boolean;
}

/** What the server says of the files alone. */
export interface IOnDisk {
  hash: string;
  last_modified: string;
  created: string;
  writable: boolean;
}

/** A plan that was asked for. */
export interface IRun {
  number: number;
  what: string;
  title: string;
  state: 'waiting' | 'running' | 'done' | 'failed' | 'stopped';
  said: string;
  stage: number;
  stages: number;
  file: string;
}

/** What was asked for, and what may be. */
export interface IRuns {
  runs: IRun[];
  plans: string[];
  objectives: string[];
}

export type Tables = Record<string, Rows>;

/** Whether two tables hold the same cells. */
export function sameRows(one: Rows, other: Rows): boolean {
  return (
    one === other ||
    (one.length === other.length &&
      one.every((row, n) => row.every((cell, at) => cell === other[n][at])))
  );
}
