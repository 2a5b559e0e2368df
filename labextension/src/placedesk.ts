import type { TranslationBundle } from '@jupyterlab/translation';

import { orSaid } from './asking';
import { button, element } from './dom';
import { choice, labelled, textBox } from './forms';
import { renderForm, type FormValue, type IFormView } from './formview';
import type { PlaceSession } from './placesession';
import { PlanWidget } from './planwidget';

/**
 * The desk of a place: switches and amounts on one side, the plan that follows on the other. What
 * is changed lies on the tables and is held beside them, for all views.
 */
export class PlaceDesk {
  constructor(
    readonly node: HTMLElement,
    private readonly session: PlaceSession,
    /** Open the notebook's desk. */
    notebook: () => void,
    private readonly trans: TranslationBundle
  ) {
    this.picture = new PlanWidget(trans);
    this.status.setAttribute('role', 'status');
    this.problem.setAttribute('role', 'alert');
    this.keptStatus.setAttribute('role', 'status');
    this.keptProblem.setAttribute('role', 'alert');
    this.look = choice(
      [
        ['', trans.__('nothing more')],
        ['money', trans.__('Money now and proposed')],
        ['admits', trans.__('What it must admit')],
        ['savings', trans.__('Who saves, and when')],
        ['change', trans.__('Change since the last plan')]
      ],
      ''
    );
    this.look.className = 'jp-placebudget-choice';
    this.look.addEventListener('change', () => void this.showSection());
    this.stop = button(trans.__('Stop'), () => void orSaid(this.problem, () => session.stopDesk()));
    const bar = element('div', '', 'jp-placebudget-bar');
    bar.append(
      button(trans.__('Solve in full'), () => void session.solveDesk(true)),
      this.stop,
      button(trans.__('Put all figures back'), () => {
        this.form?.fill(session.desk?.values ?? {}, true);
        session.useFigures({ option: null, objective: '' });
      }),
      button(trans.__('Put them into the tables'), () => void this.lay()),
      button(trans.__('Open a desk of its own in a notebook'), notebook)
    );
    const left = element('div');
    left.append(this.controls);
    const right = element('div', '', 'jp-placebudget-follows');
    right.append(this.problem, this.ways, this.changed, this.note, this.picture.node);
    const both = element('div', '', 'jp-placebudget-desk');
    both.append(left, right);
    const intro = trans.__(
      'What is changed here lies on the tables and does not change them. Keep it as an option, put ' +
        'it into the tables, or put it back.'
    );
    const names = element('div', '', 'jp-placebudget-bar');
    names.append(
      labelled(trans.__('Name for these figures'), this.name),
      labelled(trans.__('What they are for'), this.about),
      button(trans.__('Keep'), () => void this.keep())
    );
    const keep = element('details');
    keep.append(element('summary', trans.__('Keep these figures as an option')), names);
    node.append(
      element('h2', trans.__('Desk')),
      element('p', intro, 'jp-placebudget-prose'),
      bar,
      keep,
      this.keptProblem,
      this.keptStatus,
      this.status,
      both,
      labelled(trans.__('Look at'), this.look),
      this.section
    );
    session.desked.connect(this.show, this);
    this.show();
  }

  dispose(): void {
    this.session.desked.disconnect(this.show, this);
    this.form?.destroy();
    this.answers?.destroy();
    this.picture.dispose();
  }

  /** It is looked at: it shows the place and its figures as they are now. */
  seen(): void {
    const { model, planned } = this.session;
    if (model.place === null) {
      return;
    }
    // Why there is no picture of tables with errors is said once, where there are no controls either.
    const sound = model.place.overview.errors === 0;
    if (planned === null && sound && this.today !== model.held.tables) {
      this.today = model.held.tables;
      void this.picture.draw(() => this.session.network());
    }
    void this.session.followDesk();
  }

  private show(): void {
    const { session } = this;
    this.showControls();
    this.showAnswer();
    if (session.model.held.desk !== this.said) {
      this.keptStatus.textContent = ''; // it was said of other figures
    }
    this.stop.disabled = !session.isSolving;
    if (this.drawn !== session.planned && session.planned !== null) {
      const first = this.drawn === null;
      const { drawing } = (this.drawn = session.planned);
      if (first) {
        void this.picture.draw(() => drawing);
      } else {
        this.picture.redraw(drawing);
      }
      void this.showSection();
    }
  }

  private showControls(): void {
    const { desk, settings } = this.session;
    // While more is being set the answers speak of what stood before.
    if (desk === null || desk === this.shown || settings > 0) {
      return;
    }
    this.shown = desk;
    if (this.form === null) {
      const { trans } = this;
      const heard = {
        set: (key: string, value: FormValue) => void this.session.setControl(key, value),
        press: () => undefined,
        moving: () => void (this.status.textContent = trans.__('Let go to have it worked out.'))
      };
      this.form = renderForm(this.controls, desk.form, desk.values, heard, trans);
      // Notebooks take single keys for themselves; a document does not, and has Lab's own.
      this.controls.firstElementChild?.removeAttribute('data-lm-suppress-shortcuts');
    } else {
      this.form.show(desk.form, desk.values);
    }
    const none = element('li', this.trans.__('Nothing is changed: these are the tables alone.'));
    const lines = desk.changed.map(each => element('li', each));
    this.changed.replaceChildren(...(lines.length > 0 ? lines : [none]));
  }

  private showAnswer(): void {
    const { answer, planned, isSolving, deskProblem } = this.session;
    const { trans } = this;
    const first = trans.__('Today’s money is shown. The first plan is being worked out…');
    // What is said as a problem is not said a second time.
    const answered = answer?.said === deskProblem ? '' : answer?.said;
    const words = isSolving
      ? planned === null
        ? first
        : trans.__('Being worked out… The figures shown are still those of before.')
      : (answered ?? '');
    if (this.status.textContent !== words) {
      this.status.textContent = words;
    }
    // The server may know a plan that is not shown here, where today's money is.
    const isShown = !isSolving && planned !== null;
    const stale = isShown && answer && 'stale' in answer ? answer.stale : '';
    const before =
      deskProblem && planned !== null
        ? trans.__('The figures shown are still those of before.')
        : '';
    const said = [deskProblem, stale || before].filter(Boolean).join(' ');
    if (this.problem.textContent !== said) {
      this.problem.textContent = said;
    }
    if (this.noted !== planned && planned !== null) {
      this.noted = planned;
      this.session.pages.show(this.note, planned.page);
    }
    if (this.told === answer) {
      return;
    }
    this.told = answer;
    this.answers?.destroy();
    this.answers = null;
    if (answer?.state === 'clash') {
      const { ways } = answer;
      this.answers = renderForm(
        this.ways,
        answer.form,
        {},
        {
          set: () => undefined,
          press: key => this.session.useFigures(ways[Number(key.replace('repair:', ''))])
        },
        trans
      );
    }
  }

  private async showSection(): Promise<void> {
    const name = this.look.value;
    const page =
      name === '' || this.session.planned === null
        ? ''
        : await orSaid(this.problem, () => this.session.section(name));
    if (name === this.look.value) {
      this.session.pages.show(this.section, page ?? '');
    }
  }

  private async keep(): Promise<void> {
    this.keptStatus.textContent = '';
    const keep = () => this.session.keepDesk(this.name.value, this.about.value);
    this.sayKept((await orSaid(this.keptProblem, keep)) ?? '');
  }

  /** Say what became of the figures as they are now. */
  private sayKept(words: string): void {
    this.said = this.session.model.held.desk;
    this.keptStatus.textContent = words;
  }

  private async lay(): Promise<void> {
    this.keptStatus.textContent = '';
    const done = await orSaid(this.keptProblem, async () => {
      await this.session.layDesk();
      return this.trans.__('They are in the tables, to be saved or undone.');
    });
    this.sayKept(done ?? '');
  }

  /** The figures of which something is said beside the buttons. */
  private said: unknown = null;
  private form: IFormView | null = null;
  /** The controls as they were shown last. */
  private shown: PlaceSession['desk'] = null;
  private answers: IFormView | null = null;
  /** The tables whose money of today was drawn, while there is no plan. */
  private today: unknown = null;
  private drawn: PlaceSession['planned'] = null;
  private noted: PlaceSession['planned'] = null;
  private told: PlaceSession['answer'] = null;
  private readonly picture: PlanWidget;
  private readonly look: HTMLSelectElement;
  private readonly stop: HTMLButtonElement;
  private readonly name = textBox('');
  private readonly about = textBox('');
  private readonly controls = element('div');
  private readonly ways = element('div');
  private readonly note = element('div');
  private readonly section = element('div');
  private readonly changed = element('ul');
  private readonly status = element('p', '', 'jp-placebudget-reached');
  private readonly problem = element('div', '', 'jp-placebudget-problem');
  private readonly keptStatus = element('p');
  private readonly keptProblem = element('div', '', 'jp-placebudget-problem');
}
