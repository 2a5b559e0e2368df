import type { TranslationBundle } from '@jupyterlab/translation';

/** What the extension needs to know of the module that shows a form. */
export interface IFormGroups {
  label: string;
  groups: object[];
}

export type FormValue = string | number | boolean;

export type FormValues = Record<string, FormValue>;

export interface IFormView {
  show(form: IFormGroups, values: FormValues): void;
  /** Show what controls hold; `anew`: what is typed and not heard yet goes too. */
  fill(values: FormValues, anew?: boolean): void;
  say(words: string): void;
  destroy(): void;
}

export function renderForm(
  element: HTMLElement,
  form: IFormGroups,
  values: FormValues,
  heard: {
    set: (key: string, value: FormValue) => void;
    press: (key: string) => void;
    moving?: (key: string) => void;
  },
  /** Says things in the language of the page; English without it. */
  trans?: Pick<TranslationBundle, '__'>
): IFormView;
