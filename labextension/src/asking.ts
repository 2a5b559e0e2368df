import { Dialog, showErrorMessage } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Form } from './forms';
import { Refused } from './server';

/** Words for whatever went wrong. */
export function wordsFor(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}

/** Do something, and say beside its form why it cannot be done; what comes of it where it can. */
export async function orSaid<T>(
  problem: HTMLElement,
  act: () => Promise<T>
): Promise<T | undefined> {
  problem.textContent = '';
  try {
    return await act();
  } catch (reason) {
    problem.textContent = wordsFor(reason);
    return undefined;
  }
}

/**
 * Show a form until it is done or given up. A refusal is said in a new dialog that
 * holds what was filled in before.
 */
export async function askUntilDone<T, R>(options: {
  title: string;
  accept: string;
  form: (before: T | null) => Form<T>;
  /** What does not fit, in words; nothing where all does. */
  check: (value: T) => string;
  make: (value: T) => Promise<R>;
  trans: TranslationBundle;
}): Promise<R | null> {
  const { trans } = options;
  let before: T | null = null;
  let problem = '';
  for (;;) {
    const form = options.form(before);
    const dialog = new Dialog<T>({
      title: options.title,
      body: form,
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.okButton({ label: options.accept })
      ],
      focusNodeSelector: 'input',
      hasClose: true
    });
    const closed = dialog.launch();
    form.say(problem);
    const { button, value } = await closed;
    if (!button.accept || value === null) {
      return null;
    }
    before = value;
    problem = options.check(value);
    try {
      if (problem === '') {
        return await options.make(value);
      }
    } catch (reason) {
      if (!(reason instanceof Refused)) {
        throw reason;
      }
      problem = reason.message;
    }
  }
}

/** Say in a dialog that something cannot be done. */
export function complain(title: string, words: string, trans: TranslationBundle): Promise<void> {
  return showErrorMessage(title, words, [Dialog.okButton({ label: trans.__('OK') })]);
}

/** Do something, and say in a dialog why it cannot be done. */
export async function saying<R>(
  title: string,
  act: () => Promise<R>,
  trans: TranslationBundle
): Promise<R | null> {
  try {
    return await act();
  } catch (reason) {
    await complain(title, wordsFor(reason), trans);
    return null;
  }
}
