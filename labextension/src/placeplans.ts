import type { TranslationBundle } from '@jupyterlab/translation';

import { orSaid } from './asking';
import { button, element } from './dom';
import { labelled, tickBox, ticking } from './forms';
import type { IPlace, IPlanFile, IRun } from './place';
import type { Change } from './placemodel';
import { isWaited, type PlaceSession } from './placesession';
import type { IDrawing } from './planview';
import { PlanWidget } from './planwidget';
import { planWords, RunLines, staleWords } from './runlines';
import type { IPreferences } from './settings';

/** What can be done with a plan file. */
export interface IPlanActions {
  open: (file: string) => void;
  notebook: (plan: IPlanFile) => void;
  /** Open the desk of a notebook. */
  desk: () => void;
  /** What is drawn of it. */
  drawing: (file: string) => Promise<IDrawing>;
}

/** The plans of a place: asked for, under way, and kept beside it. */
export class PlacePlans {
  constructor(
    readonly node: HTMLElement,
    private readonly session: PlaceSession,
    private readonly actions: IPlanActions,
    private readonly preferences: IPreferences,
    private readonly trans: TranslationBundle,
    /** Whether there is room for plans side by side. */
    private readonly wide = true
  ) {
    this.picture = new PlanWidget(trans);
    this.status.setAttribute('role', 'status');
    this.problem.setAttribute('role', 'alert');
    this.answer.tabIndex = -1;
    const form = element('div', '', 'jp-placebudget-bar');
    form.append(
      labelled(trans.__('Plan'), this.what),
      labelled(trans.__('Makes the most of'), this.most)
    );
    for (const select of [this.what, this.most]) {
      select.className = 'jp-placebudget-choice';
    }
    this.ticks.className = 'jp-placebudget-ticks';
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
      element('h2', trans.__('Plans')),
      form,
      this.ticks,
      button(trans.__('Work it out'), () => void this.ask()),
      this.problem,
      this.status,
      // In the panel they stand above all else, studies among them.
      ...(wide ? [this.lines.node] : []),
      this.answerOf,
      this.answer,
      this.shownFile,
      this.fileOf,
      this.picture.node,
      element('h3', trans.__('Plan files beside the place')),
      this.kept
    );
    session.ran.connect(this.showRuns, this);
    session.model.changed.connect(this.changed, this);
    this.showRuns();
  }

  dispose(): void {
    this.session.ran.disconnect(this.showRuns, this);
    this.session.model.changed.disconnect(this.changed, this);
    this.picture.dispose();
  }

  /** Why a plan was not worked out was said of tables that were others; answers may be, too. */
  private changed(_: unknown, change: Change): void {
    if (change === 'rows' || change === 'whole') {
      this.problem.textContent = '';
    } else if (change === 'judged') {
      this.lines.show(this.session.runs.filter(run => run.study === ''));
      this.sayOf();
    }
  }

  /** Say of what is shown whether it is of the tables as they are. */
  private sayOf(): void {
    const { session, trans } = this;
    const run = session.runs.find(({ number }) => number === this.answered);
    this.answerOf.textContent = run ? staleWords(run, session, trans) : '';
    const plan = session.model.place?.plans.find(({ file }) => file === this.drawn);
    this.fileOf.textContent = plan ? this.standing(plan) : '';
  }

  /** Show the plan files there are, and the options that a plan may be made with. */
  showKept({ plans, options }: Pick<IPlace, 'plans' | 'options'>): void {
    const held = JSON.stringify([plans, options.map(option => [option.name, option.unfit])]);
    if (held === this.shown) {
      return;
    }
    this.shown = held;
    const { trans } = this;
    const lines = plans.map(plan => this.line(plan));
    const none = element('li', trans.__('There is no plan file (*.plan.json) beside it yet.'));
    this.kept.replaceChildren(...(lines.length > 0 ? lines : [none]));
    this.offer(options);
  }

  /** Tick one option, to have a plan worked out with it. */
  take(option: string): void {
    this.wanted.clear();
    this.wanted.add(option);
    for (const [name, box] of this.boxes) {
      box.checked = name === option;
    }
    this.what.focus();
  }

  private line(plan: IPlanFile): HTMLElement {
    const { actions, trans } = this;
    const line = element('li');
    const name = planWords(plan.name, trans) || plan.file;
    line.append(element('strong', name), `: ${this.standing(plan)} `);
    if (this.wide) {
      line.append(
        button(trans.__('Show %1', plan.file), () => this.draw(plan.file)),
        ' '
      );
    }
    line.append(button(trans.__('Open %1', plan.file), () => actions.open(plan.file)));
    if (plan.name) {
      const words = trans.__('Open %1 in a notebook', plan.file);
      line.append(
        ' ',
        button(words, () => actions.notebook(plan))
      );
    }
    if (plan.option && plan.current && this.wide) {
      const words = trans.__('Compare %1 with the plan without', plan.file);
      const compare = () => this.session.compare(plan);
      line.append(
        ' ',
        button(words, () => void orSaid(this.problem, compare))
      );
    }
    return line;
  }

  /** Boxes for the options that fit; those that were ticked stay so until they are there no more. */
  private offer(options: IPlace['options']): void {
    const there = options.map(({ name }) => name);
    if (!there.includes('')) {
      // They could be read.
      [...this.wanted]
        .filter(name => !there.includes(name))
        .forEach(name => this.wanted.delete(name));
    }
    const names = options.filter(({ name, unfit }) => name && unfit === '').map(({ name }) => name);
    this.boxes = new Map(names.map(name => [name, this.tick(name)]));
    this.ticks.hidden = names.length === 0;
    this.ticks.replaceChildren(
      element('legend', this.trans.__('With options, compared with the plan without')),
      ...[...this.boxes].map(([name, box]) => ticking(name, box))
    );
  }

  private tick(name: string): HTMLInputElement {
    const box = tickBox(this.wanted.has(name));
    box.addEventListener('change', () => {
      this.wanted[box.checked ? 'add' : 'delete'](name);
    });
    return box;
  }

  private ticked(): string[] {
    return [...this.boxes.keys()].filter(name => this.wanted.has(name));
  }

  private standing({ current, name, objective, worth, option }: IPlanFile): string {
    const { trans } = this;
    const reached = worth || objective;
    if (name === '') {
      return trans.__('it cannot be read as a plan.');
    }
    if (current === null) {
      return trans.__('mend the errors of the place to see whether it is of these tables.');
    }
    if (option !== '') {
      return current
        ? trans.__('%1, with the option %2, of the tables as they are.', reached, option)
        : trans.__('%1, with the option %2; it or the tables were others.', reached, option);
    }
    return current
      ? trans.__('%1, of the tables as they are.', reached)
      : trans.__('%1, of other tables.', reached);
  }

  private async ask(): Promise<void> {
    await orSaid(this.problem, () =>
      this.session.ask(this.what.value, this.most.value, this.ticked())
    );
  }

  private async showAnswer(run: IRun): Promise<void> {
    await orSaid(this.problem, async () => {
      this.session.pages.show(this.answer, await this.session.page(run.number), true);
      this.answered = run.number;
      this.sayOf();
    });
  }

  /** Draw a plan below what asks for one. */
  private draw(file: string): void {
    this.shownFile.textContent = this.drawn = file;
    this.sayOf();
    void this.picture.draw(() => this.actions.drawing(file));
  }

  private showRuns(): void {
    const { session, trans } = this;
    const plans = session.runs.filter(run => run.study === '');
    const made = plans.find(run => this.waited.has(run.number) && run.state === 'done');
    this.waited = new Set(plans.filter(isWaited).map(run => run.number));
    if (this.wide && made?.file) {
      this.draw(made.file);
    }
    this.choose(this.what, session.plans, 'pooled', name => planWords(name, trans));
    const objective = String(this.preferences.get('objective') ?? '');
    this.choose(this.most, session.objectives, objective, name => trans.__(name));
    this.lines.show(plans);
  }

  private choose(
    select: HTMLSelectElement,
    names: readonly string[],
    first: string,
    words: (name: string) => string
  ): void {
    if (select.options.length === names.length) {
      return;
    }
    select.replaceChildren(
      ...names.map(name => {
        const option = element('option', words(name));
        option.value = name;
        return option;
      })
    );
    select.value = names.includes(first) ? first : (names[0] ?? '');
  }

  private shown = '';
  /** The number of what is shown, and the file that is drawn. */
  private answered = 0;
  private drawn = '';
  /** What was waited for when it was last looked. */
  private waited: ReadonlySet<number> = new Set();
  private readonly picture: PlanWidget;
  private readonly shownFile = element('h3');
  private boxes = new Map<string, HTMLInputElement>();
  /** The options that were ticked, be they shown or, while the tables have errors, not. */
  private readonly wanted = new Set<string>();
  private readonly lines: RunLines;
  private readonly what = element('select');
  private readonly most = element('select');
  private readonly ticks = element('fieldset');
  private readonly answer = element('div');
  private readonly answerOf = element('p', '', 'jp-placebudget-prose');
  private readonly fileOf = element('p', '', 'jp-placebudget-prose');
  private readonly kept = element('ul', '', 'jp-placebudget-found');
  private readonly status = element('p');
  private readonly problem = element('div', '', 'jp-placebudget-problem');
}
