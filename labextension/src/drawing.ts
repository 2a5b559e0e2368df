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

/** Refuse what is no drawing; the module that draws judges what is in it. */
export function checkedDrawing(drawing: unknown, trans: Bundle): IDrawing {
  if (!isObject(drawing)) {
    throw new NotDrawable(trans.__('What should be the drawing of a plan is none.'));
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
