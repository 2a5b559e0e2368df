import type { TranslationBundle } from '@jupyterlab/translation';

import { element } from './dom';
import { Form, labelled, sideBySide, textBox } from './forms';
import type { IEmptyPlace } from './server';

/** Where a new place is made, in words. */
function where(folder: string, trans: TranslationBundle): HTMLElement {
  const words = folder
    ? trans.__('A new folder is made in %1.', folder)
    : trans.__('A new folder is made at the top of the file browser.');
  return element('p', words);
}

/** Asks for a workbook that holds a place. */
export class WorkbookForm extends Form<File[]> {
  constructor(files: File[], folder: string, trans: TranslationBundle) {
    super();
    this.file.type = 'file';
    this.file.accept = '.xlsx';
    const kept = new DataTransfer();
    files.forEach(file => kept.items.add(file));
    this.file.files = kept.files;
    const about = trans.__(
      'One that holds a place: a sheet for each table and one named place, as the template has ' +
        'them ("placebudget template"). The workbook itself stays as it is.'
    );
    this.node.append(
      where(folder, trans),
      this.problem,
      labelled(trans.__('Workbook'), this.file, about)
    );
  }

  getValue(): File[] {
    return [...(this.file.files ?? [])];
  }

  private readonly file = element('input');
}

/** Asks for the title and the years of a place without rows. */
export class EmptyForm extends Form<IEmptyPlace> {
  constructor({ title, first_year, years }: IEmptyPlace, folder: string, trans: TranslationBundle) {
    super();
    this.called = textBox(title);
    this.firstYear = textBox(first_year);
    this.years = textBox(String(years));
    this.years.inputMode = 'numeric';
    this.node.append(
      where(folder, trans),
      this.problem,
      labelled(trans.__('Title'), this.called, trans.__('As reports show it: Northvale')),
      sideBySide(
        labelled(trans.__('First financial year, as 2027-28'), this.firstYear),
        labelled(trans.__('Number of years'), this.years)
      )
    );
  }

  getValue(): IEmptyPlace {
    return {
      title: this.called.value.trim(),
      first_year: this.firstYear.value.trim(),
      years: Math.trunc(Number(this.years.value))
    };
  }

  private readonly called: HTMLInputElement;
  private readonly firstYear: HTMLInputElement;
  private readonly years: HTMLInputElement;
}
