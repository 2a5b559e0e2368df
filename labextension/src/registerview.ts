import type { TranslationBundle } from '@jupyterlab/translation';
import { Poll } from '@lumino/polling';
import { Widget } from '@lumino/widgets';

import { orSaid, wordsFor } from './asking';
import { button, element, english } from './dom';
import { choice, labelled, textBox } from './forms';
import type { Pages } from './page';
import type { IRegister, Standing } from './register';
import { RegisterCheck } from './registercheck';
import { showDecision } from './registerdecision';
import { listsOf } from './registerlists';
import { RegisterMinutes } from './registerminutes';
import type { PlaceServer } from './server';
import { Tabs } from './tabs';

/** Milliseconds between two looks at whether the file has changed. */
const LOOK = 5000;
/** The same while the server does not answer. */
const LONGEST = 30_000;
/** Milliseconds after the last key until words are looked for. */
const CALM = 400;

/** What a view of a register needs of what is around it. */
export interface IRegisterSurroundings {
  server: PlaceServer;
  pages: Pages;
  /** The path of the register, as the server knows it. */
  path: () => string;
  /** Open a place by its file. */
  openPlace: (file: string) => void;
}

/** A register, which is read and not written here: whether it holds, and what it says. */
export class RegisterView extends Widget {
  constructor(
    private readonly around: IRegisterSurroundings,
    private readonly trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-placebudget-place');
    this.addClass('jp-placebudget-register');
    const { server, path } = around;
    const decision = (key: string) => void this.showDecision(key);
    const meeting = (key: string) => void this.showMeeting(key);
    this.lists = listsOf(
      {
        lines: (list, start) => server.lines(path(), list, start, this.wanted(list)),
        decision,
        meeting
      },
      trans
    );
    this.minutes = new RegisterMinutes(around, trans);
    this.check = new RegisterCheck(
      async hash => (await server.register(path(), hash)).noted,
      trans
    );
    this.again = button(trans.__('Try again'), () => void this.read());
    const panels: [name: string, label: string, ...nodes: HTMLElement[]][] = [
      ['decisions', trans.__('Decisions'), this.filters(), this.lists.decisions.node, this.told],
      ['meetings', trans.__('Meetings'), this.lists.meetings.node, this.minutes.node],
      ['results', trans.__('What came of it'), this.notes, this.lists.results.node],
      ['corrections', trans.__('Corrections'), this.lists.corrections.node],
      ['entries', trans.__('Entries'), this.lists.entries.node],
      ['check', trans.__('Does it hold'), this.checked]
    ];
    this.tabs = new Tabs(
      trans.__('Parts of the register'),
      panels.map(([name, label, ...nodes]) => {
        const node = element('div', '', 'jp-placebudget-part');
        node.append(...nodes);
        return { name, label, node };
      }),
      () => void this.seen()
    );
    this.holds.setAttribute('role', 'status');
    this.problem.setAttribute('role', 'alert');
    this.toldProblem.setAttribute('role', 'alert');
    this.told.tabIndex = -1;
    this.told.append(this.toldProblem, this.toldNode);
    this.tabs.node.hidden = this.again.hidden = true;
    this.holds.textContent = trans.__('The register is being read.');
    this.node.append(
      this.heading,
      this.holds,
      this.problem,
      this.again,
      this.broken,
      this.tabs.node
    );
    this.look = new Poll({
      name: 'placebudget:register',
      factory: () => this.lookAgain(),
      frequency: { interval: LOOK, backoff: true, max: LONGEST },
      standby: 'when-hidden'
    });
  }

  dispose(): void {
    if (!this.isDisposed) {
      this.look.dispose();
      window.clearTimeout(this.calm);
      super.dispose();
    }
  }

  protected onActivateRequest(): void {
    const held = document.activeElement;
    // Lab gives the focus to the whole view first.
    if (held === this.node || !this.node.contains(held)) {
      this.tabs.focus();
    }
  }

  /** Read the register anew where its file is another than that which was read. */
  private async lookAgain(): Promise<void> {
    let mark = '';
    try {
      mark = await this.around.server.registerMark(this.around.path());
    } catch (reason) {
      this.complain(wordsFor(reason));
      throw reason;
    }
    if (mark !== this.mark) {
      await this.read(mark);
    }
  }

  private async read(mark = ''): Promise<void> {
    this.mark = mark;
    try {
      const register = await this.around.server.register(this.around.path());
      this.mark = register.mark;
      this.complain('');
      this.tell(register);
    } catch (reason) {
      this.complain(wordsFor(reason));
    }
  }

  /** Say why it cannot be read; what was read before stays. */
  private complain(words: string): void {
    if (this.problem.textContent !== words) {
      this.problem.textContent = words; // said once, not with each look
    }
    this.again.hidden = words === '';
    if (words !== '' && this.register === null) {
      this.holds.textContent = '';
    }
  }

  private tell(register: IRegister): void {
    const { trans } = this;
    this.register = register;
    const { holds, said, title, name, found, owners, decisions, forms, notes } = register;
    this.heading.textContent = title ?? name;
    const doubts = found.length + register.left;
    const told = trans._n('%1 thing to look at again.', '%1 things to look at again.', doubts);
    this.holds.textContent = [said[0], doubts > 0 ? told : ''].filter(Boolean).join(' ');
    this.tabs.node.hidden = !holds;
    // Of a register that does not hold there is nothing but that to be seen.
    (holds ? this.checked : this.broken).append(this.check.node);
    this.check.show(register);
    if (!holds) {
      return;
    }
    this.offer(owners ?? [], decisions);
    this.minutes.offer(forms ?? []);
    this.notes.replaceChildren(
      ...(notes ?? []).map(note => english('p', note, 'jp-placebudget-prose'))
    );
    void this.seen();
    void this.minutes.show(undefined, false);
    if (this.shown !== '') {
      void this.showDecision(this.shown, false);
    }
  }

  /** The list that is looked at, as it stands now. */
  private async seen(): Promise<void> {
    const lists: Record<string, { show: (start?: number) => Promise<void> } | undefined> =
      this.lists;
    if (this.register?.holds) {
      await lists[this.tabs.current]?.show();
    }
  }

  private async showDecision(key: string, focus = true): Promise<void> {
    if (focus) {
      this.tabs.choose('decisions');
    }
    await orSaid(this.toldProblem, async () => {
      const told = await this.around.server.decision(this.around.path(), key);
      this.shown = key;
      const actions = {
        decision: (other: string) => void this.showDecision(other),
        meeting: (meeting: string) => void this.showMeeting(meeting),
        plan: (of: string) => void this.openPlan(of)
      };
      showDecision(this.toldNode, told, actions, this.trans);
    });
    if (focus) {
      this.told.focus();
      this.told.scrollIntoView({ block: 'start' });
    }
  }

  private async showMeeting(key: string): Promise<void> {
    this.tabs.choose('meetings');
    await this.minutes.show(key);
  }

  private async openPlan(of: string): Promise<void> {
    const { server, path, openPlace } = this.around;
    await orSaid(this.toldProblem, async () => openPlace(await server.keptPlan(path(), of)));
  }

  /** What is asked of a list; of decisions that which was chosen above them. */
  private wanted(list: string): Record<string, string> {
    const { owner, state, words } = this;
    return list === 'decisions'
      ? { owner: owner.value, state: state.value, words: words.value.trim() }
      : {};
  }

  /** Boxes above the decisions, by which fewer are shown. */
  private filters(): HTMLElement {
    const { owner, state, words, trans } = this;
    const first = () => void this.lists.decisions.show(0);
    owner.addEventListener('change', first);
    state.addEventListener('change', first);
    words.addEventListener('input', () => {
      window.clearTimeout(this.calm);
      this.calm = window.setTimeout(first, CALM);
    });
    const row = element('div', '', 'jp-placebudget-bar');
    row.append(
      labelled(trans.__('Owner'), owner),
      labelled(trans.__('Standing'), state),
      labelled(trans.__('Words in it'), words)
    );
    return row;
  }

  /** What may be chosen above the decisions; what was chosen stays where it is there still. */
  private offer(owners: string[], decisions?: Record<Standing, number>): void {
    const { trans } = this;
    const { open = 0, overdue = 0, counted = 0, replaced = 0 } = decisions ?? {};
    const all = open + overdue + counted + replaced;
    const many = (words: string, number: number) =>
      trans.__('%1 (%2)', words, number.toLocaleString());
    fill(this.owner, [['', trans.__('All')], ...owners.map(one => [one, one] as const)]);
    fill(this.state, [
      ['', many(trans.__('All'), all)],
      ['open', many(trans.__('Open, overdue or not'), open + overdue)],
      ['overdue', many(trans.__('Overdue'), overdue)],
      ['counted', many(trans.__('With results'), counted)],
      ['replaced', many(trans.__('Replaced'), replaced)]
    ]);
  }

  private mark = '';
  private register: IRegister | null = null;
  /** The decision that is shown below the list. */
  private shown = '';
  private calm = 0;
  private readonly look: Poll;
  private readonly lists: ReturnType<typeof listsOf>;
  private readonly minutes: RegisterMinutes;
  private readonly check: RegisterCheck;
  private readonly tabs: Tabs;
  private readonly again: HTMLButtonElement;
  private readonly heading = element('h2');
  private readonly holds = element('p', '', 'jp-placebudget-prose');
  private readonly problem = element('div', '', 'jp-placebudget-problem');
  private readonly broken = element('div');
  private readonly checked = element('div');
  private readonly notes = element('div');
  private readonly owner = choice([], '');
  private readonly state = choice([], '');
  private readonly words = textBox('');
  private readonly toldNode = element('div');
  private readonly toldProblem = element('div', '', 'jp-placebudget-problem');
  private readonly told = element('div');
}

/** Offer choices in a box; what was chosen stays where it is there still. */
function fill(select: HTMLSelectElement, choices: (readonly [string, string])[]): void {
  const held = select.value;
  select.replaceChildren(...choices.map(([value, text]) => new Option(text, value)));
  select.value = choices.some(([value]) => value === held) ? held : '';
}
