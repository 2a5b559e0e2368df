import type { TranslationBundle } from '@jupyterlab/translation';

import { element, named } from './dom';
import {
  day,
  type ICorrection,
  type IDecision,
  type IEntry,
  type ILines,
  type IMeeting,
  type IResult
} from './register';
import { corrected, resultCells, resultHeads, standing } from './registerdecision';
import { RegisterList } from './registerlist';

/** Where rows of lists lead, and where they come from. */
export interface IListed {
  lines: <R>(list: string, start: number) => Promise<ILines<R>>;
  decision: (key: string) => void;
  meeting: (key: string) => void;
}

/** The lists of a register, what is new first. */
export function listsOf({ lines, decision, meeting }: IListed, trans: TranslationBundle) {
  const list = <R>(
    name: string,
    caption: string,
    heads: string[],
    cells: (row: R) => (string | HTMLElement)[]
  ) => new RegisterList<R>(caption, heads, cells, start => lines<R>(name, start), trans);
  const toDecision = (key: string) =>
    named(key, trans.__('Show decision %1', key), () => decision(key));
  return {
    decisions: list<IDecision>(
      'decisions',
      trans.__('Decisions'),
      [
        trans.__('Decision'),
        trans.__('Date'),
        trans.__('What was decided'),
        trans.__('Moved by'),
        trans.__('Owner'),
        trans.__('Due'),
        trans.__('Standing')
      ],
      row => [
        toDecision(row.decision),
        day(row.date),
        row.decided,
        row.mover,
        row.owner,
        day(row.due),
        element('span', standing(row, trans))
      ]
    ),
    meetings: list<IMeeting>(
      'meetings',
      trans.__('Meetings'),
      [
        trans.__('Meeting'),
        trans.__('Date'),
        trans.__('Body'),
        trans.__('Chair'),
        trans.__('Decisions')
      ],
      row => [
        named(row.meeting, trans.__('Show the minutes of %1', row.meeting), () =>
          meeting(row.meeting)
        ),
        day(row.date),
        row.body,
        row.chair,
        row.decisions.toLocaleString()
      ]
    ),
    results: list<IResult>(
      'results',
      trans.__('What was expected, and what came of it'),
      [trans.__('Decision'), ...resultHeads(trans)],
      row => [toDecision(row.decision), ...resultCells(row, trans)]
    ),
    corrections: list<ICorrection>(
      'corrections',
      trans.__('Corrections'),
      [
        trans.__('Entry'),
        trans.__('When'),
        trans.__('By'),
        trans.__('Corrects entry'),
        trans.__('Table'),
        trans.__('What is right'),
        trans.__('Why')
      ],
      row => [
        row.number.toLocaleString(),
        row.at,
        row.by,
        row.entry.toLocaleString(),
        element('span', row.table),
        element('span', corrected(row, trans)),
        row.reason
      ]
    ),
    entries: list<IEntry>(
      'entries',
      trans.__('Every entry as it was made'),
      [
        trans.__('Entry'),
        trans.__('When'),
        trans.__('By'),
        trans.__('Table'),
        trans.__('What it says'),
        trans.__('Hash')
      ],
      row => [
        row.number.toLocaleString(),
        row.at,
        `${row.by} (${row.role})`,
        element('span', row.table),
        row.row,
        row.hash.slice(0, 12)
      ]
    )
  };
}
