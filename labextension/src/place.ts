import type { FormValues, IFormGroups } from './formview';
import type { IDrawing } from './planview';
import type { ICellFinding, IColumn, Rows } from './tableview';

/** The heading is row 1 of a table, as a spreadsheet shows it. */
export const FIRST_ROW = 2;

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

/** Something that is to do, with where its first figure stands; no table: many more. */
export interface IToDo {
  text: string;
  table: string;
  row: number | null;
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
  /** By agency, a figure a year; the last, without a name, all together. Empty: not known. */
  money: { name: string; pence: number[] }[];
  to_do: { text: string; points: IToDo[] }[];
}

/** A plan file beside the place. */
export interface IPlanFile {
  file: string;
  /** The kind of plan; empty where the file cannot be read as one. */
  name: string;
  status: string;
  objective: string;
  /** What it reaches of that; empty where its file does not say. */
  worth: string;
  /** What the option is called that it was made with; empty: none. */
  option: string;
  /** The stored options of which that is made; none where they were others. */
  options: string[];
  /** Whether it is of the tables and the option as they are; null where that cannot be told. */
  current: boolean | null;
}

/** An option stored beside the place. */
export interface IOption {
  /** Empty: the options cannot be read, and `about` says why. */
  name: string;
  about: string;
  /** What it changes, a sentence each. */
  changes: string[];
  /** The same as the desk holds them. */
  at_desk: unknown[];
  /** Why it does not fit the tables as they are; empty where it does, null while that is not known. */
  unfit: string | null;
}

/** What is known anew when a cell was changed. */
export interface IJudged {
  hash: string;
  /** Whether it was looked at already; a large place is shown before. */
  judged: boolean;
  /** The mark of what the tables come to; empty: nothing that could be planned. */
  of: string;
  findings: Record<string, ICellFinding[]>;
  overview: IOverview;
  plans: IPlanFile[];
  options: IOption[];
}

/** A setting of the place, as its box is described. */
export interface ISetting {
  name: string;
  label: string;
  about: string;
  choices?: string[];
}

/** A place as a document: its tables and what they come to. */
export interface IPlace extends IJudged {
  /** Those of the schema, and one more: the settings, as name and value. */
  tables: ITable[];
  settings: ISetting[];
  /** What its desk held when it was left; null: nothing. */
  desk?: IFigures | null;
  last_modified: string;
  created: string;
  writable: boolean;
}

/** What the server says of the files alone. */
export interface IOnDisk {
  hash: string;
  /** A mark that changes with the options and plan files beside the place. */
  beside: string;
  last_modified: string;
  created: string;
  writable: boolean;
}

/** A plan or a study that was asked for. */
export interface IRun {
  number: number;
  /** The kind of plan, or the name of the study. */
  what: string;
  /** What the study is called; empty: it is a plan. */
  study: string;
  /** The option the plan is made with; empty: none. */
  option: string;
  state: 'waiting' | 'running' | 'done' | 'failed' | 'stopped';
  said: string;
  stage: number;
  stages: number;
  file: string;
  /** Whether there is an answer, or a comparison, to be shown. */
  answered: boolean;
  /** The plans of an answer that may be picked: the key of each, and what it does. */
  picks: [key: string, does: string][];
  /** Whether it is a plan that was picked from an answer. */
  picked: boolean;
  /** When it was asked for, in seconds. */
  asked: number;
  /** The mark of the tables it is about. */
  of: string;
}

/** What was asked for, and what may be. */
export interface IRuns {
  runs: IRun[];
  plans: string[];
  objectives: string[];
  studies: { name: string; title: string }[];
}

/** What is changed at a desk: an option that lies on the tables, and what is made the most of. */
export interface IFigures {
  option: { changes: unknown[] } | null;
  objective: string;
}

/** The controls of a desk as they stand, and what is changed in words. */
export interface IDesk {
  figures: IFigures;
  form: IFormGroups;
  values: FormValues;
  changed: string[];
}

/** What comes of the figures of a desk. */
export type IDeskAnswer = { said: string } & (
  | { state: 'planned'; drawing: IDrawing; page: string }
  | { state: 'clash'; form: IFormGroups; ways: IFigures[]; stale: string }
  | { state: 'failed'; stale: string }
  | { state: 'stopped' }
);

/** A box of a form, as the server describes it. */
export type IField = { key: string; label: string; hint: string } & (
  | { kind: 'box'; unit: string; value: string }
  | { kind: 'tick'; on: boolean }
  | { kind: 'pick'; choices: [string, string][]; chosen: string }
  | { kind: 'file'; accept: string }
);

/** The form by which a study is asked for. */
export interface IStudyForm {
  about: string;
  groups: { legend: string; hint: string; folded: boolean; fields: IField[] }[];
  /** What is sent with the boxes and not shown. */
  fixed: Record<string, string>;
  button: string;
  /** The box whose change asks for another form. */
  leading: string;
  /** Why it cannot be asked for yet; empty where it can. */
  refused: string;
}

/** What was typed into a form: text by box, and whether boxes are ticked. */
export type Given = Record<string, string | boolean>;

export type Tables = Record<string, Rows>;

/** Whether two lists of changes, as the server sends them, are the same. */
export function sameChanges(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Whether two tables hold the same cells. */
export function sameRows(one: Rows, other: Rows): boolean {
  return (
    one === other ||
    (one.length === other.length &&
      one.every((row, n) => row.every((cell, at) => cell === other[n][at])))
  );
}
