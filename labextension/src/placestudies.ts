import type { TranslationBundle } from '@jupyterlab/translation';

import { hearPoints } from './answerview';
import { orSaid } from './asking';
import { button, element } from './dom';
import { choice, labelled, textBox, tickBox, ticking } from './forms';
import type { Given, IField, IRun, IStudyForm } from './place';
import type { Change } from './placemodel';
import { isWaited, type PlaceSession } from './placesession';
import { RunLines, staleWords } from './runlines';
import { Refused } from './server';

type Control = HTMLInputElement | HTMLSelectElement;

/** The studies of a place: one asked for in the boxes it has, and answered below them. */
export class PlaceStudies {
  constructor(
    readonly node: HTMLElement,
    private readonly session: PlaceSession,
    private readonly trans: TranslationBundle
  ) {
    this.status.setAttribute('role', 'status');
    this.problem.setAttribute('role', 'alert');
    this.answer.tabIndex = -1;
    hearPoints(this.answer, point => void this.pick(point));
    this.which.className = 'jp-placebudget-choice';
    this.which.addEventListener('change', () => void this.showForm());
    this.status.className = 'jp-placebudget-unseen'; // the lines say the same
    this.lines = new RunLines(
      {
        stop: run => void orSaid(this.problem, () => session.stop(run.number)),
        answer: run => void this.showAnswer(run),
        tell: news => (this.status.textContent = news)
      },
      session,
      trans
    );
    node.append(
      element('h2', trans.__('Studies')),
      labelled(trans.__('Study'), this.which),
      this.about,
      this.form,
      this.problem,
      this.status,
      this.lines.node,
      this.answerOf,
      this.answer,
      this.picks
    );
    session.ran.connect(this.ran, this);
    session.model.changed.connect(this.changed, this);
    this.ran();
  }

  dispose(): void {
    this.session.ran.disconnect(this.ran, this);
    this.session.model.changed.disconnect(this.changed, this);
  }

  /** It comes to be seen: its boxes are those of the tables as they are. */
  async seen(): Promise<void> {
    await this.showForm();
  }

  /** Choose a study, to be asked for. */
  choose(name: string): void {
    this.which.value = name;
    this.which.focus();
    void this.showForm();
  }

  private changed(_: unknown, change: Change): void {
    if (change !== 'judged') {
      return;
    }
    this.ran();
    // Where there was no form for the errors of the tables, there may be one now.
    if (this.controls.size === 0 && !this.node.hidden) {
      void this.showForm();
    }
  }

  private ran(): void {
    const { studies, runs } = this.session;
    if (this.which.options.length !== studies.length) {
      const held = this.which.value;
      this.which.replaceChildren(...studies.map(({ name, title }) => new Option(title, name)));
      this.which.value = held || (studies[0]?.name ?? '');
    }
    this.lines.show(runs.filter(run => run.study !== '' || run.picked));
    const made = runs.find(run => run.number === this.awaited && !isWaited(run));
    if (made !== undefined) {
      this.awaited = 0;
      if (made.answered) {
        void this.showAnswer(made, false);
      }
    }
    this.sayOf();
  }

  /** Show the boxes of the study; what was typed stays in those that are the same. */
  private async showForm(leading = ''): Promise<void> {
    const turn = ++this.turn;
    const name = this.which.value;
    const held = this.name === name ? this.given() : {};
    if (this.name !== name) {
      this.clear(); // what is asked for now is not what another study is asked in
    }
    await orSaid(this.problem, async () => {
      try {
        const form = name === '' ? null : await this.session.form(name, leading);
        if (turn === this.turn && form !== null) {
          this.show(name, form, held);
        }
      } catch (reason) {
        if (turn === this.turn) {
          this.clear();
        }
        throw reason;
      }
    });
  }

  private clear(): void {
    this.form.replaceChildren();
    this.about.textContent = '';
    this.controls.clear();
  }

  private show(name: string, form: IStudyForm, held: Given): void {
    this.name = name;
    this.fixed = form.fixed;
    this.about.textContent = form.about;
    this.controls.clear();
    const groups = form.groups.map(({ legend, hint, folded, fields }) => {
      const group = element(folded ? 'details' : 'fieldset');
      group.append(element(folded ? 'summary' : 'legend', legend));
      if (hint) {
        group.append(element('p', hint, 'jp-placebudget-hint'));
      }
      group.append(...fields.map(field => this.field(field, held[field.key])));
      return group;
    });
    const focused = this.form.contains(document.activeElement);
    this.problem.textContent = form.refused;
    const ask = form.refused ? [] : [button(form.button, () => void this.ask())];
    this.form.replaceChildren(...groups, ...ask);
    const leading = this.controls.get(form.leading);
    leading?.addEventListener('change', () => void this.showForm(leading.value));
    if (focused) {
      leading?.focus();
    }
  }

  private field(field: IField, held: string | boolean | undefined): HTMLElement {
    const { label, hint, key } = field;
    switch (field.kind) {
      case 'tick': {
        const box = tickBox(typeof held === 'boolean' ? held : field.on);
        this.controls.set(key, box);
        return ticking(label, box, hint);
      }
      case 'pick': {
        const known = field.choices.some(([value]) => value === held);
        const select = choice(field.choices, known ? String(held) : field.chosen);
        select.className = 'jp-placebudget-choice'; // Lab's own style hides its arrow
        this.controls.set(key, select);
        return labelled(label, select, hint);
      }
      case 'file': {
        const box = element('input');
        box.type = 'file';
        box.accept = field.accept;
        this.controls.set(key, box);
        return labelled(label, box, hint);
      }
      case 'box': {
        const box = textBox(typeof held === 'string' ? held : field.value);
        this.controls.set(key, box);
        return labelled(field.unit ? `${label} (${field.unit})` : label, box, hint);
      }
    }
  }

  private given(): Given {
    const typed = [...this.controls].filter(([, control]) => control.type !== 'file');
    return Object.fromEntries(
      typed.map(([key, control]) => [
        key,
        control.type === 'checkbox' ? (control as HTMLInputElement).checked : control.value
      ])
    );
  }

  private async ask(): Promise<void> {
    const files = [...this.controls.values()].flatMap(control =>
      control instanceof HTMLInputElement ? [...(control.files ?? [])] : []
    );
    for (const control of this.controls.values()) {
      control.removeAttribute('aria-invalid');
    }
    await orSaid(this.problem, async () => {
      try {
        await this.session.study(this.name, { ...this.fixed, ...this.given() }, files);
        this.awaited = this.session.runs[0]?.number ?? 0;
        this.ran();
      } catch (reason) {
        const wrong = reason instanceof Refused ? Object.keys(reason.problems) : [];
        wrong.forEach(key => this.controls.get(key)?.setAttribute('aria-invalid', 'true'));
        this.controls.get(wrong[0])?.focus();
        throw reason;
      }
    });
  }

  private async showAnswer(run: IRun, focus = true): Promise<void> {
    await orSaid(this.problem, async () => {
      this.session.pages.show(this.answer, await this.session.page(run.number), focus);
      this.answered = run.number;
      if (!run.picked) {
        this.picksOf = run;
        this.showPicks(run);
      }
      this.sayOf();
    });
  }

  /** The plans of an answer, each with a button that keeps it; they stay while one is shown. */
  private showPicks(run: IRun): void {
    const { trans } = this;
    const lines = run.picks.map(([point, does]) => {
      const line = element('li', `${does} `);
      line.append(button(trans.__('Keep %1', point), () => void this.pick(point)));
      return line;
    });
    const list = element('ul', '', 'jp-placebudget-found');
    list.append(...lines);
    const about = trans.__('Keep one of its plans, and set it beside the others');
    this.picks.replaceChildren(...(lines.length > 0 ? [element('h3', about), list] : []));
  }

  /** Keep a plan of the answer, from the list or its picture. */
  private async pick(point: string): Promise<void> {
    const { picksOf, session } = this;
    if (picksOf === null) {
      return;
    }
    await orSaid(this.problem, async () => {
      await session.pick(picksOf, point);
      this.awaited = session.runs[0]?.number ?? 0;
      this.ran();
    });
  }

  /** Say of the answer that is shown whether it is of the tables as they are. */
  private sayOf(): void {
    const run = this.session.runs.find(({ number }) => number === this.answered);
    this.answerOf.textContent = run ? staleWords(run, this.session, this.trans) : '';
  }

  private turn = 0;
  /** The number of what was asked for here last and is not over, and of what is shown. */
  private awaited = 0;
  private answered = 0;
  private readonly answerOf = element('p', '', 'jp-placebudget-prose');
  private name = '';
  private fixed: Record<string, string> = {};
  private readonly controls = new Map<string, Control>();
  private readonly lines: RunLines;
  private readonly which = element('select');
  private readonly about = element('p', '', 'jp-placebudget-prose');
  private readonly form = element('div', '', 'jp-placebudget-boxes');
  private readonly answer = element('div');
  private picksOf: IRun | null = null;
  private readonly picks = element('div');
  private readonly status = element('p');
  private readonly problem = element('div', '', 'jp-placebudget-problem');
}
