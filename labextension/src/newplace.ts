import type { TranslationBundle } from '@jupyterlab/translation';

import { choice, Form, labelled, sideBySide, textBox } from './forms';
import type { IAgency, INewPlace } from './server';

/** Financial years begin in April. */
const APRIL = 3;
const MOST_YEARS = 10;

/** Sectors whose money may be known otherwise than by an outturn of councils. */
const PARTNERS = new Set(['nhs', 'police', 'fire', 'dwp']);
const OF_FILES = 'jp-placebudget-of-files';

/** The next financial year, as tables write it: 2027-28. */
export function nextFinancialYear(today: Date): string {
  const begun = today.getFullYear() - (today.getMonth() < APRIL ? 1 : 0);
  return `${begun + 1}-${String((begun + 2) % 100).padStart(2, '0')}`;
}

/** What cannot be made, in words; the server looks again and closer. */
export function misfits(place: INewPlace, trans: TranslationBundle): string {
  const problems: string[] = [];
  if (place.title === '') {
    problems.push(trans.__('The title is missing.'));
  }
  const ofOutturn = place.first_year === '' && place.files.length > 0;
  if (!ofOutturn && !/^\d{4}-\d{2}$/.test(place.first_year)) {
    problems.push(trans.__('The first financial year must be written as 2027-28.'));
  }
  if (!(place.years >= 1 && place.years <= MOST_YEARS)) {
    problems.push(trans.__('The number of years must be from 1 to %1.', String(MOST_YEARS)));
  }
  if (place.agencies.length === 0 && place.files.length === 0) {
    problems.push(trans.__('Name at least one agency.'));
  }
  return problems.join(' ');
}

/** Asks for title, years and agencies. */
export class NewPlaceForm extends Form<INewPlace> {
  constructor(options: NewPlaceForm.IOptions) {
    super();
    const { trans, place } = options;
    this.trans = trans;
    this.sectors = sectorWords(options.sectors, trans);
    this.title_ = textBox(place.title);
    this.title_.maxLength = 200;
    this.firstYear = textBox(place.first_year);
    this.firstYear.maxLength = 7;
    this.years = document.createElement('input');
    this.years.type = 'number';
    this.years.className = 'jp-mod-styled';
    this.years.min = '1';
    this.years.max = String(MOST_YEARS);
    this.years.value = String(place.years);
    this.files.type = 'file';
    this.files.multiple = true;
    this.files.accept = '.csv,.xlsx,.ods';
    const kept = new DataTransfer();
    place.files.forEach(file => kept.items.add(file));
    this.files.files = kept.files;
    this.files.addEventListener('change', () => this.showOfFiles(place.first_year));
    this.residents.className = 'jp-mod-styled';
    this.residents.rows = 3;
    this.residents.value = place.residents;
    const where = document.createElement('p');
    where.textContent = options.folder
      ? trans.__('A new folder is made in %1.', options.folder)
      : trans.__('A new folder is made at the top of the file browser.');
    this.node.append(
      where,
      this.problem,
      labelled(trans.__('Title'), this.title_, trans.__('As reports show it: Northvale')),
      sideBySide(
        labelled(
          trans.__('First financial year, as 2027-28'),
          this.firstYear,
          trans.__('With published files empty: the year after the outturn.')
        ),
        labelled(trans.__('Number of years'), this.years)
      ),
      labelled(
        trans.__('Published files, if you have them'),
        this.files,
        trans.__(
          'A revenue outturn, with a settlement and population estimates beside it. The councils ' +
            'and their money come from the files: the title, or the agencies of the sector ' +
            'council, are their names in them.'
        )
      ),
      labelled(
        trans.__('Residents, where no file says how many'),
        this.residents,
        trans.__(
          'With published files only. One council: the number. Several, or a county and its ' +
            'districts: a line for each, as Eastvale=90,000, or pasted from a spreadsheet.'
        )
      ),
      this.agencyFields(place.agencies)
    );
  }

  getValue(): INewPlace {
    const agencies = Array.from(this.rows.children, row => ({
      name: row.querySelector('input')?.value.trim() ?? '',
      sector: row.querySelector('select')?.value ?? '',
      known_by: row.querySelectorAll('input')[1]?.value.trim() ?? ''
    }));
    return {
      title: this.title_.value.trim(),
      first_year: this.firstYear.value.trim(),
      years: Math.trunc(Number(this.years.value)),
      agencies: agencies.filter(agency => agency.name !== ''),
      files: Array.from(this.files.files ?? []),
      residents: this.residents.value.trim()
    };
  }

  private agencyFields(agencies: IAgency[]): HTMLElement {
    const group = document.createElement('fieldset');
    const legend = document.createElement('legend');
    legend.textContent = this.trans.__('Agencies: who holds the money');
    const add = document.createElement('button');
    add.type = 'button';
    add.className = 'jp-Dialog-button jp-mod-styled jp-placebudget-add';
    add.textContent = this.trans.__('Add an agency');
    add.addEventListener('click', () => {
      this.addRow({ name: '', sector: 'other' });
      this.rows.lastElementChild?.querySelector('input')?.focus();
    });
    agencies.forEach(agency => this.addRow(agency));
    group.append(legend, this.rows, add);
    return group;
  }

  private addRow(agency: IAgency): void {
    const name = textBox(agency.name);
    name.maxLength = 200;
    const number = String(this.rows.children.length + 1);
    const knownBy = textBox(agency.known_by ?? '');
    knownBy.maxLength = 200;
    const sector = choice(this.sectors, agency.sector);
    const fromFiles = labelled(
      this.trans.__('Its money, or its name in the files, agency %1', number),
      knownBy,
      this.trans.__('£480 million; or Vale Police@10.5%, the share of it that is yours')
    );
    fromFiles.classList.add(OF_FILES);
    sector.addEventListener('change', () => this.showOfFiles());
    this.rows.append(
      sideBySide(
        labelled(this.trans.__('Name of agency %1', number), name),
        labelled(this.trans.__('Sector of agency %1', number), sector),
        fromFiles
      )
    );
    this.showOfFiles();
  }

  /** Show what is asked of partners where files are chosen; the first year then is the outturn's. */
  private showOfFiles(firstYear?: string): void {
    const chosen = (this.files.files?.length ?? 0) > 0;
    for (const row of Array.from(this.rows.children)) {
      const sector = row.querySelector('select')?.value ?? '';
      const asked = row.querySelector<HTMLElement>(`.${OF_FILES}`)!;
      asked.style.display = chosen && PARTNERS.has(sector) ? '' : 'none';
    }
    if (firstYear !== undefined && chosen && this.firstYear.value === firstYear) {
      this.firstYear.value = '';
    }
  }

  private readonly trans: TranslationBundle;
  private readonly sectors: [string, string][];
  private readonly title_: HTMLInputElement;
  private readonly firstYear: HTMLInputElement;
  private readonly years: HTMLInputElement;
  private readonly files = document.createElement('input');
  private readonly residents = document.createElement('textarea');
  private readonly rows = document.createElement('div');
}

export namespace NewPlaceForm {
  export interface IOptions {
    /** What the fields hold at first. */
    place: INewPlace;
    sectors: string[];
    folder: string;
    trans: TranslationBundle;
  }
}

/** Sectors as people say them; one that is not known here is shown as it is. */
function sectorWords(sectors: string[], trans: TranslationBundle): [string, string][] {
  const words: Record<string, string> = {
    council: trans.__('Council'),
    nhs: trans.__('NHS'),
    police: trans.__('Police'),
    fire: trans.__('Fire'),
    dwp: trans.__('DWP'),
    probation: trans.__('Probation'),
    housing: trans.__('Housing'),
    education: trans.__('Education'),
    voluntary: trans.__('Voluntary'),
    other: trans.__('Other')
  };
  return sectors.map(sector => [sector, words[sector] ?? sector]);
}
