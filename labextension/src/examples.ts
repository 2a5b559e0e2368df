import type { TranslationBundle } from '@jupyterlab/translation';

import { Form } from './forms';
import type { IExample } from './server';

/** Lets one example place be chosen. */
export class ExampleForm extends Form<string> {
  constructor(examples: IExample[], folder: string, trans: TranslationBundle) {
    super();
    const group = document.createElement('fieldset');
    const legend = document.createElement('legend');
    legend.textContent = folder
      ? trans.__('A copy is made in a new folder in %1.', folder)
      : trans.__('A copy is made in a new folder at the top of the file browser.');
    group.append(legend);
    examples.forEach((example, index) => group.append(option(example, index === 0, trans)));
    this.node.append(this.problem, group);
  }

  getValue(): string {
    return this.node.querySelector<HTMLInputElement>('input:checked')?.value ?? '';
  }
}

function option(example: IExample, chosen: boolean, trans: TranslationBundle): HTMLElement {
  const row = document.createElement('div');
  row.className = 'jp-placebudget-option';
  const radio = document.createElement('input');
  radio.type = 'radio';
  radio.name = 'jp-placebudget-example';
  radio.id = `jp-placebudget-example-${example.name}`;
  radio.value = example.name;
  radio.checked = chosen;
  const label = document.createElement('label');
  label.htmlFor = radio.id;
  const [first, last] = [example.years[0], example.years[example.years.length - 1]];
  label.textContent =
    first === last
      ? trans.__('%1, %2', example.title, first)
      : trans.__('%1, %2 to %3', example.title, first, last);
  row.append(radio, label);
  if (example.description) {
    const text = document.createElement('p');
    text.id = `${radio.id}-text`;
    text.className = 'jp-placebudget-hint';
    text.textContent = example.description;
    radio.setAttribute('aria-describedby', text.id);
    row.append(text);
  }
  return row;
}
