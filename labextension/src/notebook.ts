import { PathExt } from '@jupyterlab/coreutils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { TranslationBundle } from '@jupyterlab/translation';

import { PLACE_FILE } from './names';
import type { IPlanFile } from './place';

/** Plans that have prices. */
const PRICED = ['aligned', 'pooled', 'freed'];

/** Open a notebook beside a place, with the code that makes a plan; nothing is run in it. */
export async function openInNotebook(
  documents: IDocumentManager,
  place: string,
  plan: IPlanFile,
  trans: TranslationBundle
): Promise<void> {
  const made = await documents.newUntitled({ path: PathExt.dirname(place), type: 'notebook' });
  const content = {
    cells: cells(place, plan, trans).map(([cell_type, source], number) => ({
      cell_type,
      id: `plan-${number}`,
      metadata: {},
      source,
      ...(cell_type === 'code' ? { execution_count: null, outputs: [] } : {})
    })),
    metadata: {
      kernelspec: { name: 'python3', display_name: 'Python 3 (ipykernel)', language: 'python' },
      language_info: { name: 'python' }
    },
    nbformat: 4,
    nbformat_minor: 5
  };
  const { contents } = documents.services;
  await contents.save(made.path, { type: 'notebook', format: 'json', content });
  documents.openOrReveal(made.path);
}

function cells(place: string, plan: IPlanFile, trans: TranslationBundle): [string, string][] {
  const name = PathExt.basename(place);
  const read = `import placebudget as pb\n\nplace = pb.read(${text(name === PLACE_FILE ? '.' : name)})`;
  if (plan.current !== true) {
    return [
      ['markdown', trans.__('This plan is of other tables than those beside it, or of an option.')],
      ['code', `${read}\nplan = pb.read_plan(${text(plan.file)})\nplan`]
    ];
  }
  const how = `pooling=${text(plan.name)}, objective=${text(plan.objective)}`;
  const make = plan.name === 'today' ? 'pb.simulate(place)' : `pb.optimise(place, ${how})`;
  const made: [string, string][] = [
    ['markdown', trans.__('How this plan was made:')],
    ['code', `${read}\nplan = ${make}\nplan`]
  ];
  const priced: [string, string][] = [
    ['markdown', trans.__('What each rule costs, the dearest first:')],
    ['code', 'plan.prices().head(10)']
  ];
  return PRICED.includes(plan.name) ? [...made, ...priced] : made;
}

/** A text as Python writes it. */
function text(value: string): string {
  return JSON.stringify(value);
}
