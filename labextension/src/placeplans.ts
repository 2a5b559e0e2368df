import type { TranslationBundle } from '@jupyterlab/translation';

import { wordsFor } from './asking';
import { button, element } from './dom';
import { labelled } from './forms';
import type { IPlanFile, IRun } from './place';
import { isWaited, type PlaceSession } from './placesession';

/** What a plan is called; a kind that is not known here is shown as it is. */
export function planWords(name: string, trans: TranslationBundle): string {
  const words: Record<string, string> = {
    today: trans.__('Today'),
    siloed: trans.__('Siloed'),
    aligned: trans.__('Best aligned'),
    pooled: trans.__('Best pooled'),
    freed: trans.__('Best freed')
  };
  return words[name] ?? name;
}

/** What can be done with a plan file. */
export interface IPlanActions {
  open: (file: string) => void;
  notebook: (plan: IPlanFile) => void;
}

/** The plans of a place: asked for, under way, and kept beside it. */
export class PlacePlans {
  constructor(
    readonly node: HTMLElement,
    private readonly session: PlaceSession,
    private readonly actions: IPlanActions,
    private readonly objective: string,
    private readonly trans: TranslationBundle
  ) {
    this.status.setAttribute('role', 'status');
    this.problem.setAttribute('role', 'alert');
    const form = element('div', '', 'jp-placebudget-bar');
    form.append(
      labelled(trans.__('Plan'), this.what),
      labelled(trans.__('Makes the most of'), this.most),
      button(trans.__('Work it out'), () => void this.ask())
    );
    for (const select of [this.what, this.most]) {
      select.className = 'jp-placebudget-choice';
    }
    node.append(
      element('h2', trans.__('Plans')),
      form,
      this.problem,
      this.status,
      this.asked,
      element('h3', trans.__('Plan files beside the place')),
      this.kept
    );
    session.ran.connect(this.showRuns, this);
    this.showRuns();
  }

  dispose(): void {
    this.session.ran.disconnect(this.showRuns, this);
  }

  /** Show the plan files there are. */
  showKept(plans: readonly IPlanFile[]): void {
    const { trans } = this;
    const held = JSON.stringify(plans);
    if (held === this.shown) {
      return;
    }
    this.shown = held;
    const lines = plans.map(plan => {
      const line = element('li');
      const name = planWords(plan.name, trans) || plan.file;
      line.append(element('strong', name), `: ${this.standing(plan)} `);
      line.append(button(trans.__('Open %1', plan.file), () => this.actions.open(plan.file)));
      if (plan.name) {
        const words = trans.__('Open %1 in a notebook', plan.file);
        line.append(
          ' ',
          button(words, () => this.actions.notebook(plan))
        );
      }
      return line;
    });
    const none = element('li', trans.__('There is no plan file (*.plan.json) beside it yet.'));
    this.kept.replaceChildren(...(lines.length > 0 ? lines : [none]));
  }

  private standing({ current, name, objective }: IPlanFile): string {
    const { trans } = this;
    if (name === '') {
      return trans.__('it cannot be read as a plan.');
    }
    if (current === null) {
      return trans.__('mend the errors of the place to see whether it is of these tables.');
    }
    return current
      ? trans.__('%1, of the tables as they are.', objective)
      : trans.__('%1, of other tables, or of an option.', objective);
  }

  private async ask(): Promise<void> {
    await this.doing(() => this.session.ask(this.what.value, this.most.value));
  }

  /** Do something, and say beside the form why it cannot be done. */
  private async doing(act: () => Promise<void>): Promise<void> {
    this.problem.textContent = '';
    try {
      await act();
    } catch (reason) {
      this.problem.textContent = wordsFor(reason);
    }
  }

  /** Show what was asked for; the line of a plan stays, so that its button keeps the focus. */
  private showRuns(): void {
    const { session, trans } = this;
    this.choose(this.what, session.plans, 'pooled', name => planWords(name, trans));
    this.choose(this.most, session.objectives, this.objective, name => name);
    const numbers = new Set(session.runs.map(run => run.number));
    for (const [number, line] of this.lines) {
      if (!numbers.has(number)) {
        line.node.remove();
        this.lines.delete(number);
      }
    }
    for (const run of [...session.runs].reverse()) {
      let line = this.lines.get(run.number);
      if (line === undefined) {
        line = new RunLine(run, () => void this.doing(() => session.stop(run.number)), trans);
        this.lines.set(run.number, line);
        this.asked.prepend(line.node);
      }
      const news = line.show(run);
      if (news !== '') {
        this.status.textContent = news;
      }
    }
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
  private readonly lines = new Map<number, RunLine>();
  private readonly what = element('select');
  private readonly most = element('select');
  private readonly asked = element('ul', '', 'jp-placebudget-found');
  private readonly kept = element('ul', '', 'jp-placebudget-found');
  private readonly status = element('p');
  private readonly problem = element('div', '', 'jp-placebudget-problem');
}

/** One plan that was asked for: how far it is, and a button to stop it. */
class RunLine {
  readonly node = element('li');

  constructor(
    run: IRun,
    stop: () => void,
    private readonly trans: TranslationBundle
  ) {
    this.name = planWords(run.what, trans);
    this.far.setAttribute('aria-label', trans.__('How far %1 is', this.name));
    this.stop = button(trans.__('Stop %1', this.name), stop);
    this.node.append(element('strong', this.name), ': ', this.words, ' ', this.far, ' ', this.stop);
  }

  /** Show how it stands; gives what is worth saying aloud, where that is new. */
  show(run: IRun): string {
    this.words.textContent = this.standing(run);
    this.far.hidden = this.stop.hidden = !isWaited(run);
    if (run.stages > 0) {
      this.far.max = run.stages;
      this.far.value = Math.max(run.stage - 1, 0);
    }
    const news = this.state !== '' && this.state !== run.state && !isWaited(run);
    this.state = run.state;
    return news ? this.trans.__('%1: %2', this.name, this.standing(run)) : '';
  }

  private standing(run: IRun): string {
    const { trans } = this;
    switch (run.state) {
      case 'waiting':
        return trans.__('it waits its turn.');
      case 'running':
        return trans.__('%1 (%2 of %3)', run.said, run.stage, run.stages);
      case 'done':
        return trans.__('it is worked out, and kept in %1.', run.file);
      case 'stopped':
        return trans.__('it was stopped.');
      case 'failed':
        return run.said;
    }
  }

  private state = '';
  private readonly name: string;
  private readonly words = element('span');
  private readonly far = element('progress');
  private readonly stop: HTMLButtonElement;
}
