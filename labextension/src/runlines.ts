import type { TranslationBundle } from '@jupyterlab/translation';

import { button, element } from './dom';
import type { IRun } from './place';
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

/** What was asked for, as it is called. */
export function runWords(run: IRun, trans: TranslationBundle): string {
  const plan = planWords(run.what, trans);
  return run.study || (run.option ? trans.__('%1 with %2', plan, run.option) : plan);
}

/** What can be done with something that was asked for. */
export interface IRunActions {
  stop: (run: IRun) => void;
  /** Show what came of it; nothing where that is not shown here. */
  answer?: (run: IRun) => void;
  /** Say what is news, where that is not said elsewhere. */
  tell?: (news: string) => void;
}

/** That something is of other tables than those that are shown, and when it was; empty: it is not. */
export function staleWords(run: IRun, { model }: PlaceSession, trans: TranslationBundle): string {
  if (model.place === null || run.of === model.place.of) {
    return '';
  }
  const at = new Date(run.asked * 1000).toLocaleTimeString([], {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23'
  });
  return trans.__('It is of the tables as they were at %1.', at);
}

/** Plans or studies that were asked for, the latest first. */
export class RunLines {
  readonly node = element('ul', '', 'jp-placebudget-found');

  constructor(
    private readonly actions: IRunActions,
    private readonly session: PlaceSession,
    private readonly trans: TranslationBundle
  ) {}

  /** Show them; the line of each stays, so that its button keeps the focus. */
  show(runs: readonly IRun[]): void {
    const numbers = new Set(runs.map(run => run.number));
    for (const [number, line] of this.lines) {
      if (!numbers.has(number)) {
        line.node.remove();
        this.lines.delete(number);
      }
    }
    for (const run of [...runs].reverse()) {
      let line = this.lines.get(run.number);
      if (line === undefined) {
        line = new RunLine(run, this.actions, this.session, this.trans);
        this.lines.set(run.number, line);
        this.node.prepend(line.node);
      }
      const news = line.show(run);
      if (news !== '') {
        this.actions.tell?.(news);
      }
    }
  }

  private readonly lines = new Map<number, RunLine>();
}

/** One of them: how far it is, a button to stop it, and one that shows what came of it. */
class RunLine {
  readonly node = element('li');

  constructor(
    run: IRun,
    actions: IRunActions,
    private readonly session: PlaceSession,
    private readonly trans: TranslationBundle
  ) {
    this.name = runWords(run, trans);
    this.far.setAttribute('aria-label', trans.__('How far %1 is', this.name));
    this.stop = button(trans.__('Stop %1', this.name), () => actions.stop(run));
    const words = run.study
      ? trans.__('Show the answer of %1', this.name)
      : run.picked
        ? trans.__('Show %1 beside the others', this.name)
        : trans.__('Compare %1 with the plan without', this.name);
    this.answer = button(words, () => actions.answer?.(run));
    this.canAnswer = actions.answer !== undefined;
    const { far, stop, answer } = this;
    this.node.append(
      element('strong', this.name),
      ': ',
      this.words,
      ' ',
      far,
      ' ',
      stop,
      ' ',
      answer
    );
  }

  /** Show how it stands; gives what is worth saying aloud, where that is new. */
  show(run: IRun): string {
    const words = [this.standing(run), staleWords(run, this.session, this.trans)];
    this.words.textContent = words.filter(Boolean).join(' ');
    // Who has pressed the button that goes is led to the one that comes.
    const held = document.activeElement === this.stop;
    this.far.hidden = this.stop.hidden = !isWaited(run);
    this.answer.hidden = !run.answered || !this.canAnswer;
    if (held && this.stop.hidden) {
      this.node.tabIndex = -1;
      (this.answer.hidden ? this.node : this.answer).focus();
    }
    if (run.stages > 1) {
      // More steps may come to be known of: what was reached stays reached.
      this.far.value = Math.max(this.far.value, run.stage / run.stages);
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
        // Of a first part alone it is not known yet how many more there are.
        return run.stages > 1
          ? trans.__('step %1 of %2: %3.', run.stage + 1, run.stages, run.said)
          : trans.__('%1.', run.said);
      case 'done':
        return this.done(run);
      case 'stopped':
        return trans.__('it was stopped.');
      case 'failed':
        return run.said;
    }
  }

  private done(run: IRun): string {
    const { trans } = this;
    if (run.study) {
      return trans.__('it is answered.');
    }
    const kept = run.file
      ? trans.__('it is worked out, and kept in %1.', run.file)
      : trans.__('it is compared.');
    return run.said ? trans.__('%1 It could not be compared: %2', kept, run.said) : kept;
  }

  private state = '';
  private readonly name: string;
  private readonly canAnswer: boolean;
  private readonly words = element('span');
  private readonly far = element('progress');
  private readonly stop: HTMLButtonElement;
  private readonly answer: HTMLButtonElement;
}
