import type { TranslationBundle } from '@jupyterlab/translation';

import type { IDrawing } from './planview';

/** The largest plan file that is fetched and read, in bytes. */
export const LARGEST_FILE = 32 * 1024 * 1024;
/** Why something is not drawn, in words for the reader. */
export class NotDrawable extends Error {}

type Bundle = Pick<TranslationBundle, '__'>;

/** Take the drawing out of the text of a plan file. */
export function drawingOfFile(text: string, trans: Bundle): IDrawing {
  let plan: unknown;
  try {
    plan = JSON.parse(text);
  } catch {
    throw new NotDrawable(
      trans.__('This file is not whole: it cannot be read as JSON. Write the plan again.')
    );
  }
  const format = isObject(plan) ? plan.format : undefined;
  if (!isObject(plan) || !isObject(format) || format.name !== 'placebudget-plan') {
    throw new NotDrawable(trans.__('This file ends in .plan.json but holds no plan.'));
  }
  if (plan.drawing === undefined) {
    throw new NotDrawable(
      trans.__(
        'This plan was saved without a drawing. Read it with pb.read_plan and save it again.'
      )
    );
  }
  return checkedDrawing(plan.drawing, trans);
}

/** What a file keeps short, whole again: links stand as columns and rows, texts once. */
function unfolded(drawing: Record<string, unknown>): Record<string, unknown> {
  const { texts, nodes, links, ...rest } = drawing;
  const text = (one: unknown) => (isList(texts) && typeof one === 'number' ? texts[one] : one);
  const all = (notes: unknown) => (isList(notes) ? notes.map(text) : notes);
  const whole = isList(nodes)
    ? nodes.map(node => (isObject(node) ? { ...node, notes: all(node.notes) } : node))
    : nodes;
  return { ...rest, nodes: whole, links: isObject(links) ? linksOf(links, text, all) : links };
}

type Told = (said: unknown) => unknown;

/** The links of a drawing, which a file keeps as columns and rows. */
function linksOf(table: Record<string, unknown>, text: Told, all: Told): unknown {
  const { columns, rows } = table;
  if (!isList(columns) || !isList(rows) || !rows.every(isList)) {
    return table;
  }
  return rows.map(row => {
    const [source, target, kind, layer, notes] = row;
    const pence = Object.fromEntries(
      columns
        .map((key, n) => [String(key), row[n]] as const)
        .filter(([, amounts], n) => n >= 5 && amounts !== null)
    );
    const said = notes === null ? {} : { notes: all(notes) };
    return { source, target, kind: text(kind), layer: text(layer), pence, ...said };
  });
}

/** Refuse what is no drawing; the module that draws judges what is in it. */
export function checkedDrawing(drawing: unknown, trans: Bundle): IDrawing {
  if (!isObject(drawing)) {
    throw new NotDrawable(trans.__('What should be the drawing of a plan is none.'));
  }
  return isObject(drawing.links) ? unfolded(drawing) : drawing;
}

/** Say that a file is too large to be opened here. */
export function tooLarge(size: number, trans: Bundle): NotDrawable {
  const megabytes = (bytes: number) => String(Math.floor(bytes / (1024 * 1024)));
  return new NotDrawable(
    trans.__(
      'This file has %1 MB; up to %2 MB are opened here. Read it with pb.read_plan.',
      megabytes(size),
      megabytes(LARGEST_FILE)
    )
  );
}

function isList(value: unknown): value is unknown[] {
  return Array.isArray(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
