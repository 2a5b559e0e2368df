import type { TranslationBundle } from '@jupyterlab/translation';

import { element, english } from './dom';
import { choice, labelled, textBox } from './forms';
import type { ISetting } from './place';
import type { PlaceModel } from './placemodel';

/** The name under which the settings of a place stand among its tables. */
export const SETTINGS_TABLE = 'place';

type Box = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** The settings of a place (title, years, price base, discounting), each in a box of its own. */
export class PlaceSettings {
  constructor(
    readonly node: HTMLElement,
    private readonly model: PlaceModel,
    private readonly trans: TranslationBundle
  ) {
    node.append(element('h2', trans.__('Settings of the place')), this.locked, this.form);
  }

  /** Show everything anew: the place was read again. */
  refresh(): void {
    const { place } = this.model;
    const table = place?.tables.find(({ name }) => name === SETTINGS_TABLE);
    const locked = (this.locked.textContent = table?.locked ?? '');
    if (!place || locked) {
      this.form.replaceChildren();
      this.boxes.clear();
    } else if (this.boxes.size === 0) {
      this.form.replaceChildren(
        ...place.settings.map(setting => this.field(setting, place.writable))
      );
    }
    this.rows();
    this.findings();
  }

  /** Show what was typed, here or in another view. */
  rows(): void {
    const held = this.boxes.size > 0 ? this.model.history(SETTINGS_TABLE).now : [];
    for (const [name, value] of held) {
      const box = this.boxes.get(name);
      if (box !== undefined && box.value !== value && box !== document.activeElement) {
        box.value = value;
      }
    }
  }

  /** Show what was found about what was typed, beside its box. */
  findings(): void {
    const found = this.model.place?.findings[SETTINGS_TABLE] ?? [];
    for (const [name, box] of this.boxes) {
      const mine = found.filter(({ column }) => column === name);
      const wrong = mine.some(({ severity }) => severity === 'error');
      box.setAttribute('aria-invalid', String(wrong));
      const said = this.said.get(name);
      const words = mine.map(({ text }) => text).join(' ');
      if (said !== undefined && said.textContent !== words) {
        said.textContent = words;
      }
    }
  }

  /** Put the cursor into the box of a setting. */
  go(name: string | null): void {
    (this.boxes.get(name ?? '') ?? this.boxes.values().next().value)?.focus();
  }

  private field({ name, label, about, choices }: ISetting, writable: boolean): HTMLElement {
    let box: Box;
    if (choices !== undefined) {
      const words = (value: string) => value || this.trans.__('as usual (keep)');
      box = choice(
        choices.map(value => [value, words(value)]),
        ''
      );
    } else {
      box = name === 'description' ? element('textarea') : textBox('');
    }
    box.className = 'jp-placebudget-choice';
    box.disabled = !writable;
    // Lab may hear keys first: those that save are to save what is being typed, too.
    box.setAttribute('data-lm-suppress-shortcuts', 'true');
    box.addEventListener('change', () => this.put(name, box.value));
    this.boxes.set(name, box);
    const row = labelled(label, box, about);
    const said = english('p', '', 'jp-placebudget-problem');
    said.id = `${box.id}-said`;
    box.setAttribute('aria-describedby', `${box.getAttribute('aria-describedby')} ${said.id}`);
    this.said.set(name, said);
    row.append(said);
    return row;
  }

  private put(name: string, value: string): void {
    const history = this.model.history(SETTINGS_TABLE);
    if (history.now.some(row => row[0] === name && row[1] === value.trim())) {
      return; // it is said again when the box is left
    }
    history.add(history.now.map(row => (row[0] === name ? [name, value.trim()] : row)));
    this.model.put();
  }

  private readonly boxes = new Map<string, Box>();
  private readonly said = new Map<string, HTMLElement>();
  private readonly locked = element('p', '', 'jp-placebudget-problem');
  private readonly form = element('div', '', 'jp-placebudget-boxes');
}
