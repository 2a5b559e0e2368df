import { PathExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { askUntilDone } from './asking';
import { element } from './dom';
import { Form, labelled, textBox } from './forms';
import type { PlaceSession } from './placesession';
import type { PlaceServer } from './server';

/** A copy of a place: its name, and as what it is written. */
export interface ICopy {
  name: string;
  form: string;
}

class SaveAsForm extends Form<ICopy> {
  constructor({ name, form }: ICopy, trans: TranslationBundle) {
    super();
    this.name = textBox(name);
    const group = element('fieldset');
    group.append(element('legend', trans.__('As what')));
    const forms: [string, string][] = [
      ['', trans.__('A folder with a table in each file')],
      ['.place.xlsx', trans.__('A workbook (.place.xlsx)')],
      ['.place.zip', trans.__('A folder packed into one file (.place.zip)')]
    ];
    for (const [value, words] of forms) {
      const radio = element('input');
      radio.type = 'radio';
      radio.name = 'jp-placebudget-save-as';
      radio.value = value;
      radio.checked = value === form;
      const row = labelled(words, radio);
      row.className = 'jp-placebudget-option';
      row.prepend(radio);
      group.append(row);
    }
    const about = trans.__(
      'The place as it is typed here, with its options. It is written beside this one and opened.'
    );
    this.node.append(
      element('p', about),
      this.problem,
      labelled(trans.__('Name'), this.name),
      group
    );
  }

  getValue(): ICopy {
    const form = this.node.querySelector<HTMLInputElement>('input:checked')?.value ?? '';
    return { name: this.name.value.trim(), form };
  }

  private readonly name: HTMLInputElement;
}

/** Fetch a place as one file, as it stands on disk. */
export async function download(server: PlaceServer, path: string): Promise<void> {
  const name = PathExt.basename(PathExt.dirname(path)) || 'place';
  handOver((await server.archive(path)).content, `${name}.place.zip`);
}

/** Have the browser keep a file. */
export function handOver(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  const link = element('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

/** Ask for a name and write the place as it is typed; gives the file by which it is opened. */
export function saveAs(session: PlaceSession, trans: TranslationBundle): Promise<string | null> {
  return askUntilDone<ICopy, string>({
    title: trans.__('Save the place as'),
    accept: trans.__('Save'),
    form: before => new SaveAsForm(before ?? { name: '', form: '' }, trans),
    check: ({ name }) => (name === '' ? trans.__('The name is missing.') : ''),
    make: copy => session.copy(copy),
    trans
  });
}
