/** A finding as the server says it. */
export interface IRegisterFinding {
  severity: 'error' | 'warning';
  text: string;
}

/** How a decision stands. */
export type Standing = 'open' | 'overdue' | 'counted' | 'replaced';

/** What is seen first of a register. */
export interface IRegister {
  /** Changes with the file. */
  mark: string;
  name: string;
  /** Whether its chain of entries holds; of one that does not, nothing else is told. */
  holds: boolean;
  said: string[];
  entries: number;
  /** The hash of the last entry. */
  head: string;
  /** What came of looking for a noted hash; empty: none was. */
  noted: string;
  found: IRegisterFinding[];
  /** Findings that are not told. */
  left: number;
  title?: string;
  owners?: string[];
  decisions?: Record<Standing, number>;
  /** As what minutes are written, by the ending of the file. */
  forms?: string[];
  notes?: string[];
}

/** Rows of a list of a register, of how many. */
export interface ILines<R> {
  lines: R[];
  all: number;
  at_once: number;
}

export interface IDecision {
  decision: string;
  date: string;
  decided: string;
  mover: string;
  owner: string;
  due: string;
  state: Standing;
  /** How many results were entered. */
  counted: number;
  replaced_by: string;
}

export interface IMeeting {
  meeting: string;
  date: string;
  body: string;
  chair: string;
  decisions: number;
}

export interface IResult {
  decision: string;
  measure: string;
  period: string;
  unit: string;
  expected: string;
  actual: string;
  difference: string;
  within: 'yes' | 'no' | 'not known';
  source: string;
}

export interface ICorrection {
  number: number;
  at: string;
  by: string;
  entry: number;
  table: string;
  /** Empty: all of the entry was withdrawn. */
  column: string;
  was: string;
  value: string;
  reason: string;
}

export interface IEntry {
  number: number;
  at: string;
  by: string;
  role: string;
  table: string;
  row: string;
  hash: string;
}

export interface IChoice {
  choice: string;
  title: string;
  about: string;
  /** What its plan reaches; empty: it has none. */
  plan: string;
  place?: string;
}

/** A decision with all that belongs to it. */
export interface IDecisionTold extends IDecision {
  meeting: string;
  seconder: string;
  reasons: string;
  instead_of: string;
  /** The number of its entry. */
  entry: number;
  /** None: agreed without a vote. */
  votes: Record<'votes_for' | 'votes_against' | 'abstained', number | null> | null;
  conditions: { condition: string; owner: string; due: string }[];
  dissents: { member: string; reason: string }[];
  interests: { member: string; interest: string; left: boolean }[];
  choices: IChoice[];
  results: IResult[];
  corrections: ICorrection[];
}

/** A day as it is read; what is none stays as it is written. */
export function day(written: string): string {
  const found = new Date(`${written}T00:00:00Z`);
  const parts = { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' } as const;
  return Number.isNaN(found.getTime()) ? written : found.toLocaleDateString([], parts);
}
