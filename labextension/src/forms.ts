import { Widget } from '@lumino/widgets';

let fields = 0;

/** A paragraph that speaks up when something does not fit. */
export function problemLine(): HTMLParagraphElement {
  const line = document.createElement('p');
  line.className = 'jp-placebudget-problem';
  line.setAttribute('role', 'alert');
  return line;
}

/** A label above its control, with a hint where one is needed. */
export function labelled(text: string, control: HTMLElement, hint = ''): HTMLElement {
  const id = `jp-placebudget-field-${++fields}`;
  const row = document.createElement('div');
  row.className = 'jp-placebudget-field';
  const label = document.createElement('label');
  label.htmlFor = control.id = id;
  label.textContent = text;
  row.append(label, control);
  if (hint) {
    const note = document.createElement('p');
    note.id = `${id}-hint`;
    note.className = 'jp-placebudget-hint';
    note.textContent = hint;
    control.setAttribute('aria-describedby', note.id);
    row.insertBefore(note, control);
  }
  return row;
}

export function sideBySide(...fields: HTMLElement[]): HTMLElement {
  const row = document.createElement('div');
  row.className = 'jp-placebudget-row';
  row.append(...fields);
  return row;
}

export function textBox(value: string): HTMLInputElement {
  const box = document.createElement('input');
  box.type = 'text';
  box.className = 'jp-mod-styled';
  box.value = value;
  return box;
}

export function choice(values: [value: string, text: string][], chosen: string): HTMLSelectElement {
  const select = document.createElement('select');
  select.className = 'jp-mod-styled';
  for (const [value, text] of values) {
    select.add(new Option(text, value, false, value === chosen));
  }
  return select;
}

export function tickBox(on: boolean): HTMLInputElement {
  const box = document.createElement('input');
  box.type = 'checkbox';
  box.checked = on;
  return box;
}

/** A box to tick with its words behind it, and a hint where one is needed. */
export function ticking(text: string, box: HTMLInputElement, hint = ''): HTMLElement {
  const row = labelled(text, box, hint);
  row.classList.add('jp-placebudget-tick');
  return row;
}

/** The body of a dialog that asks for something. */
export abstract class Form<T> extends Widget {
  constructor() {
    super();
    this.addClass('jp-placebudget-form');
    this.problem = problemLine();
  }

  abstract getValue(): T;

  /** Say what does not fit; what was filled in stays. */
  say(problem: string): void {
    this.problem.textContent = problem;
  }

  protected readonly problem: HTMLParagraphElement;
}
