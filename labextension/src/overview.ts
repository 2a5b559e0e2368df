import type { TranslationBundle } from '@jupyterlab/translation';

import { button, element, english, figures } from './dom';
import { FIRST_ROW, type IFindingGroup, type IPlace } from './place';
import { amount } from './planview';

/** What is seen first of a place: its money by agency, what is found in it, what is to do. */
export function showOverview(
  node: HTMLElement,
  place: IPlace,
  go: (goal: Pick<IFindingGroup, 'table' | 'row' | 'column'>) => void,
  /** Lead to a study. */
  study: (name: string) => void,
  trans: TranslationBundle
): void {
  const { overview } = place;
  const title = overview.placeholders
    ? trans.__('%1 (%2)', overview.title, overview.placeholders)
    : overview.title;
  node.replaceChildren(element('h2', title));
  if (overview.description) {
    node.append(element('p', overview.description, 'jp-placebudget-prose'));
  }
  if (!place.judged) {
    const words = trans.__('The place is being checked. Its tables can be looked at meanwhile.');
    node.append(element('p', words));
    return;
  }
  node.append(element('h3', trans.__('Money')));
  if (overview.money.length > 0) {
    const heads = [trans.__('Agency'), ...overview.years];
    const rows = overview.money.map(({ name, pence }) => [
      name || trans.__('All together'),
      ...pence.map(each => amount(each))
    ]);
    node.append(figures(trans.__('Money of each agency, cash of each year'), heads, rows));
  } else {
    node.append(element('p', trans.__('It is added up when the errors below are mended.')));
  }
  node.append(element('h3', trans.__('What was found')), ...findings(place, go, trans));
  if (overview.to_do.length > 0) {
    node.append(element('h3', trans.__('What is to do')));
  }
  for (const { text, points } of overview.to_do) {
    const list = element('ul');
    list.append(
      ...points.map(({ text: told, table, row }) => {
        const line = element('li');
        line.append(table === '' ? element('span', told) : english('span', told));
        const title = place.tables.find(({ name }) => name === table)?.title;
        if (title !== undefined && row !== null) {
          const words = trans.__('Go to %1, row %2', title, String(row + FIRST_ROW));
          const press = () => go({ table, row, column: null });
          line.append(' ', button(words, press));
        } else if (table === '') {
          line.append(
            ' ',
            button(trans.__('Go to the study What is to do'), () => study('to_do'))
          );
        }
        return line;
      })
    );
    node.append(english('p', text, 'jp-placebudget-prose'), list);
  }
}

function findings(
  { overview }: IPlace,
  go: (group: IFindingGroup) => void,
  trans: TranslationBundle
): HTMLElement[] {
  if (overview.groups.length === 0) {
    return [element('p', trans.__('Nothing was found wrong in this place.'))];
  }
  const list = element('ul', '', 'jp-placebudget-found');
  for (const group of overview.groups) {
    const line = element('li');
    const kind = group.severity === 'error' ? trans.__('Error') : trans.__('Warning');
    const said = [`${group.where}:`, group.text, group.follow].filter(Boolean).join(' ');
    line.append(element('strong', kind), ': ', english('span', said));
    if (group.table) {
      line.append(
        ' ',
        button(trans.__('Go to %1', group.where), () => go(group))
      );
    }
    list.append(line);
  }
  return [element('p', counted(overview, trans)), list];
}

/** How many errors and warnings there are. */
export function counted(
  { errors, warnings }: { errors: number; warnings: number },
  trans: TranslationBundle
): string {
  return trans.__(
    '%1, %2',
    trans._n('%1 error', '%1 errors', errors),
    trans._n('%1 warning', '%1 warnings', warnings)
  );
}
