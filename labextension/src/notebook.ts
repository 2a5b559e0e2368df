import { Dialog, showDialog } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Widget } from '@lumino/widgets';

import { PLACE_FILE } from './names';
import type { IPlanFile } from './place';
import type { PlaceModel } from './placemodel';

/** What a plan makes the most of where nothing else is said. */
const PUBLIC_VALUE = 'public value';
/** Plans that have prices. */
const PRICED = ['aligned', 'pooled', 'freed'];

type Cells = [kind: 'markdown' | 'code', source: string][];

/** Open a notebook beside a place, with the code that makes a plan; nothing is run in it. */
export async function openInNotebook(
  documents: IDocumentManager,
  context: DocumentRegistry.IContext<PlaceModel>,
  plan: IPlanFile,
  trans: TranslationBundle
): Promise<void> {
  const { model, path } = context;
  const asked = {
    title: trans.__('Open in a notebook'),
    body: trans.__(
      'This plan is of tables that are not saved, and a notebook reads what is saved. Saved, the ' +
        'plan is made again there; else it is read from its file.'
    ),
    unsaved: trans.__('Read it from its file')
  };
  if (plan.current !== true || (await saved(context, asked, trans))) {
    // Saving may have told more of it.
    const now = model.place?.plans.find(({ file }) => file === plan.file) ?? plan;
    await openNotebook(documents, PathExt.dirname(path), cells(path, now, model.dirty, trans));
  }
}

/** Open a notebook beside a place, with the line that opens a desk; nothing is run in it. */
export async function openDesk(
  documents: IDocumentManager,
  context: DocumentRegistry.IContext<PlaceModel>,
  objective: string,
  trans: TranslationBundle
): Promise<void> {
  const asked = {
    title: trans.__('Open a desk of its own in a notebook'),
    body: trans.__(
      'The place has changes that are not saved, and this desk begins with what is saved.'
    ),
    unsaved: trans.__('Open it as it was saved')
  };
  if (!(await saved(context, asked, trans))) {
    return;
  }
  const place = context.path;
  const most = objective && objective !== PUBLIC_VALUE ? `, objective=${text(objective)}` : '';
  await openNotebook(documents, PathExt.dirname(place), [
    ['markdown', trans.__('A desk for this place: run the cell below (Shift+Enter).')],
    [
      'markdown',
      trans.__(
        'This desk is a scenario of its own: it works in this notebook’s kernel and begins with ' +
          'the place as it stands in its files. What is changed here is not seen at the desk of ' +
          'the document until it is kept as an option, which the document shows within seconds.'
      )
    ],
    ['code', `${read(place)}\npb.desk(place${most})`]
  ]);
}

/**
 * A notebook reads the files: what is typed in the document and not saved is asked about first.
 * False where nothing is to be opened.
 */
async function saved(
  context: DocumentRegistry.IContext<PlaceModel>,
  asked: { title: string; body: string; unsaved: string },
  trans: TranslationBundle
): Promise<boolean> {
  if (!context.model.dirty) {
    return true;
  }
  const { title, body, unsaved } = asked;
  const { button } = await showDialog({
    title,
    body,
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.createButton({ label: unsaved }),
      Dialog.okButton({ label: trans.__('Save and open') })
    ]
  });
  if (button.accept && button.label !== unsaved) {
    try {
      await context.save();
    } catch {
      // Lab has said in a dialog why it was not saved.
    }
    return !context.model.dirty;
  }
  return button.accept;
}

async function openNotebook(
  documents: IDocumentManager,
  folder: string,
  cells: Cells
): Promise<Widget | undefined> {
  const made = await documents.newUntitled({ path: folder, type: 'notebook' });
  const content = {
    cells: cells.map(([cell_type, source], number) => ({
      cell_type,
      id: `made-${number}`,
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
  return documents.openOrReveal(made.path);
}

/** The lines that read a place, for a notebook beside it. */
function read(place: string): string {
  const name = PathExt.basename(place);
  const path = name === PLACE_FILE ? '.' : name;
  return `import placebudget as pb\n\nplace = pb.read(${text(path)})`;
}

function cells(place: string, plan: IPlanFile, unsaved: boolean, trans: TranslationBundle): Cells {
  if (plan.current !== true || unsaved) {
    const why = unsaved
      ? trans.__(
          'This plan is read from its file: it may be of tables that were not saved when this ' +
            'notebook was made.'
        )
      : trans.__('This plan is of other tables than those beside it, or of another option.');
    return [
      ['markdown', why],
      ['code', `${read(place)}\nplan = pb.read_plan(${text(plan.file)})\nplan`]
    ];
  }
  const laid = plan.options.map(option => `place = place.with_option(${text(option)})\n`).join('');
  const how = `pooling=${text(plan.name)}, objective=${text(plan.objective)}`;
  const make = plan.name === 'today' ? 'pb.simulate(place)' : `pb.optimise(place, ${how})`;
  const made: Cells = [
    ['markdown', trans.__('How this plan was made:')],
    ['code', `${read(place)}\n${laid}plan = ${make}\nplan`]
  ];
  const priced: Cells = [
    ['markdown', trans.__('What each rule costs, the dearest first:')],
    ['code', 'plan.prices().head(10)']
  ];
  return PRICED.includes(plan.name) ? [...made, ...priced] : made;
}

/** A text as Python writes it. */
function text(value: string): string {
  return JSON.stringify(value);
}
