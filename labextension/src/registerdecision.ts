import type { TranslationBundle } from '@jupyterlab/translation';

import { button, element, english, listing, terms } from './dom';
import {
  day,
  type IChoice,
  type ICorrection,
  type IDecision,
  type IDecisionTold,
  type IResult
} from './register';

/** What can be done with a decision. */
export interface IDecisionActions {
  decision: (key: string) => void;
  meeting: (key: string) => void;
  /** Open the plan of a choice with its place. */
  plan: (choice: string) => void;
}

/** How a decision stands, in words. */
export function standing(row: IDecision, trans: TranslationBundle): string {
  switch (row.state) {
    case 'open':
      return trans.__('Open');
    case 'overdue':
      return trans.__('Overdue: no result was entered');
    case 'counted':
      return trans._n('%1 result', '%1 results', row.counted);
    case 'replaced':
      return trans.__('Replaced by %1', row.replaced_by);
  }
}

/** The heads of a table of results, and the cells of a row of it. */
export function resultHeads(trans: TranslationBundle): string[] {
  return [
    trans.__('Measure'),
    trans.__('Period'),
    trans.__('Counted in'),
    trans.__('Expected'),
    trans.__('Counted'),
    trans.__('Difference'),
    trans.__('As expected'),
    trans.__('Source')
  ];
}

export function resultCells(row: IResult, trans: TranslationBundle): (string | HTMLElement)[] {
  const within = {
    yes: trans.__('Yes'),
    no: trans.__('No'),
    'not known': trans.__('No range was given')
  };
  return [
    row.measure,
    row.period,
    row.unit,
    row.expected,
    row.actual,
    row.difference,
    element('span', within[row.within]),
    row.source
  ];
}

/** What a correction says. */
export function corrected(row: ICorrection, trans: TranslationBundle): string {
  return row.column
    ? trans.__(
        '%1: %2, not %3',
        row.column,
        row.value || trans.__('blank'),
        row.was || trans.__('blank')
      )
    : trans.__('Withdrawn; it was %1', row.was);
}

/** A decision with all that belongs to it, under a heading. */
export function showDecision(
  node: HTMLElement,
  told: IDecisionTold,
  actions: IDecisionActions,
  trans: TranslationBundle
): void {
  const lead = (key: string) => (key ? [button(key, () => actions.decision(key))] : []);
  const left = (is: boolean) =>
    is ? trans.__('left while it was decided') : trans.__('stayed while it was decided');
  node.replaceChildren(
    element('h3', trans.__('Decision %1', told.decision)),
    element('p', told.decided, 'jp-placebudget-prose value'),
    terms([
      [
        trans.__('Meeting'),
        [button(trans.__('Minutes of %1', day(told.date)), () => actions.meeting(told.meeting))]
      ],
      [trans.__('Moved by'), [told.mover]],
      [trans.__('Seconded by'), told.seconder ? [told.seconder] : []],
      [trans.__('Vote'), [vote(told, trans)]],
      [trans.__('Reasons'), [told.reasons]],
      [trans.__('Owner'), [told.owner]],
      [trans.__('Due'), [day(told.due)]],
      [trans.__('Standing'), [standing(told, trans)]],
      [trans.__('In the place of'), lead(told.instead_of)],
      [trans.__('Replaced by'), lead(told.replaced_by)],
      [
        trans.__('Conditions'),
        told.conditions.map(each =>
          trans.__('%1 (%2, by %3)', each.condition, each.owner, day(each.due))
        )
      ],
      [
        trans.__('Disagreed'),
        told.dissents.map(each => trans.__('%1: %2', each.member, each.reason))
      ],
      [
        trans.__('Interests declared at the meeting'),
        told.interests.map(each =>
          trans.__('%1: %2; %3', each.member, each.interest, left(each.left))
        )
      ],
      [trans.__('Choice taken'), told.choices.map(each => choice(each, actions, trans))],
      [
        trans.__('Corrected'),
        told.corrections.map(each =>
          trans.__(
            'Entry %1: %2. %3 (entry %4, %5)',
            each.entry,
            corrected(each, trans),
            each.reason,
            each.number,
            each.by
          )
        )
      ],
      [trans.__('Number of its entry'), [told.entry.toLocaleString()]]
    ])
  );
  if (told.results.length > 0) {
    const rows = told.results.map(row => resultCells(row, trans));
    node.append(listing(trans.__('What came of it'), resultHeads(trans), rows));
  }
}

function vote({ votes }: IDecisionTold, trans: TranslationBundle): string {
  if (votes === null) {
    return trans.__('Agreed without a vote');
  }
  const { votes_for, votes_against, abstained } = votes;
  return [
    trans.__('%1 for', votes_for ?? 0),
    votes_against === null ? '' : trans.__('%1 against', votes_against),
    abstained === null ? '' : trans.__('%1 abstained', abstained)
  ]
    .filter(Boolean)
    .join(', ');
}

function choice(
  { choice, title, about, plan, place }: IChoice,
  actions: IDecisionActions,
  trans: TranslationBundle
): HTMLElement {
  const node = element('div');
  node.append(element('span', [title, about].filter(Boolean).join('. ')));
  if (plan) {
    node.append(
      '. ',
      english('span', `${place}: ${plan}`),
      ' ',
      button(trans.__('Open the plan with its place'), () => actions.plan(choice))
    );
  }
  return node;
}
