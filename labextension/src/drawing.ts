import type { TranslationBundle } from '@jupyterlab/translation';

import type { IDrawing } from './planview';

/** The largest plan file that is fetched and read, in bytes. */
export const LARGEST_FILE = 32 * 1024 * 1024;
/** The most nodes and ribbons that are drawn; a whole county has a few hundred. */
export const MOST_PARTS = 20_000;

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

/** Refuse what is no drawing or too large for a page, before anything is drawn. */
export function checkedDrawing(drawing: unknown, trans: Bundle): IDrawing {
  if (!isObject(drawing)) {
    throw new NotDrawable(trans.__('What should be the drawing of a plan is none.'));
  }
  if (countedParts(drawing, MOST_PARTS) > MOST_PARTS) {
    throw new NotDrawable(
      trans.__('The drawing has more than %1 parts, too many for a page.', String(MOST_PARTS))
    );
  }
  return drawing;
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

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Entries of all lists, however deep; counting stops above the most. */
function countedParts(value: unknown, most: number): number {
  let parts = 0;
  const open: unknown[] = [value];
  while (open.length > 0 && parts <= most) {
    const next = open.pop();
    if (Array.isArray(next)) {
      parts += next.length;
      if (parts <= most) {
        open.push(...next);
      }
    } else if (isObject(next)) {
      open.push(...Object.values(next));
    }
  }
  return parts;
}
