import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

import { button, element } from './dom';
import { counted, showOverview } from './overview';
import type { IFindingGroup } from './place';
import type { Change, PlaceModel } from './placemodel';
import type { IShows, PlaceSession } from './placesession';
import { PlaceDesk } from './placedesk';
import { PlaceOptions } from './placeoptions';
import { PlacePlans, type IPlanActions } from './placeplans';
import { PlaceSettings, SETTINGS_TABLE } from './placesettings';
import { PlaceStudies } from './placestudies';
import { PlaceTables } from './placetables';
import { PlanWidget } from './planwidget';
import type { IPreferences } from './settings';
import { Tabs } from './tabs';

/** Below this mark Lab's own keys do nothing. */
const SUPPRESSED = '[data-lm-suppress-shortcuts]';

/** One view of a place: overview, tables, network, desk, options, plans, studies, settings. */
export class PlaceView extends Widget implements IShows {
  constructor(
    readonly session: PlaceSession,
    readonly actions: IPlanActions,
    readonly preferences: IPreferences,
    private readonly trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-placebudget-place');
    this.network = new PlanWidget(trans);
    this.tables = new PlaceTables(this.panel(), this.model, trans);
    this.settings = new PlaceSettings(this.panel(), this.model, trans);
    this.plans = new PlacePlans(this.panel(), session, actions, preferences, trans);
    this.studies = new PlaceStudies(this.panel(), session, trans);
    const plan = (option: string) => {
      this.tabs.choose('plans');
      this.plans.take(option);
    };
    const toDesk = (option: string) => {
      this.showDesk();
      void session.loadOption(option);
    };
    this.options = new PlaceOptions(this.panel(), session, plan, toDesk, trans);
    this.desk = new PlaceDesk(this.panel(), session, () => actions.desk(), trans);
    this.tabs = new Tabs(
      trans.__('Parts of the place'),
      [
        { name: 'overview', label: trans.__('Overview'), node: this.overview },
        { name: 'tables', label: trans.__('Tables'), node: this.tables.node },
        { name: 'network', label: trans.__('Network'), node: this.drawn },
        { name: 'desk', label: trans.__('Desk'), node: this.desk.node },
        { name: 'options', label: trans.__('Options'), node: this.options.node },
        { name: 'plans', label: trans.__('Plans'), node: this.plans.node },
        { name: 'studies', label: trans.__('Studies'), node: this.studies.node },
        { name: 'settings', label: trans.__('Settings'), node: this.settings.node }
      ],
      name => this.seen(name)
    );
    this.drawn.append(this.late, this.network.node);
    this.status.setAttribute('role', 'status');
    this.problem.setAttribute('role', 'alert');
    this.node.append(this.status, this.problem, this.tabs.node);
    this.node.addEventListener('keydown', this.key, true);
    this.node.setAttribute('data-jp-undoer', '');
    this.node.addEventListener('focusin', this.markUndoer);
    session.context.saveState.connect(this.keepTyped, this);
    this.model.changed.connect(this.changed, this);
    this.model.stateChanged.connect(this.tell, this);
    preferences.changed.connect(this.showOverview, this);
    this.refresh();
  }

  private get model(): PlaceModel {
    return this.session.model;
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this.model.changed.disconnect(this.changed, this);
    this.model.stateChanged.disconnect(this.tell, this);
    this.preferences.changed.disconnect(this.showOverview, this);
    this.session.context.saveState.disconnect(this.keepTyped, this);
    this.tables.dispose();
    this.desk.dispose();
    this.options.dispose();
    this.plans.dispose();
    this.studies.dispose();
    this.network.dispose();
    super.dispose();
  }

  protected onActivateRequest(): void {
    const held = document.activeElement;
    // Lab gives the focus to the whole view first.
    if (held === this.node || !this.node.contains(held)) {
      this.tabs.focus();
    }
  }

  /** Tells that there may be other steps to go back on. */
  readonly stepped = new Signal<this, void>(this);

  /** Show the desk. */
  showDesk(): void {
    this.tabs.choose('desk');
  }

  /** Show a part, and in the tables one of them. */
  go(group: Pick<IFindingGroup, 'table' | 'row' | 'column'>): void {
    if (group.table === SETTINGS_TABLE) {
      this.tabs.choose('settings');
      this.settings.go(group.column);
      return;
    }
    this.tabs.choose('tables');
    this.tables.go(group.table, group.row, group.column);
  }

  private changed(_: PlaceModel, change: Change): void {
    if (change === 'whole') {
      this.refresh();
    } else if (change === 'rows') {
      this.tables.rows();
      this.settings.rows();
      this.stale();
    } else if (change === 'judged') {
      this.tables.findings();
      this.settings.findings();
      this.showOverview();
      this.showKept();
      this.followDesk();
    } else if (change === 'desk') {
      this.followDesk();
    } else if (change === 'elsewhere') {
      this.sayElsewhere();
    }
    this.tell();
    if (change === 'read') {
      this.say(
        this.trans.__('The files were changed elsewhere; what stands in them now is shown.')
      );
    }
  }

  private refresh(): void {
    const { place, refused } = this.model;
    this.problem.replaceChildren();
    this.tabs.node.hidden = place === null;
    if (place === null) {
      this.problem.textContent = refused;
      return;
    }
    this.tables.refresh();
    this.settings.refresh();
    this.showOverview();
    this.showKept();
    this.stale();
    this.tell();
    if (this.model.elsewhere !== '') {
      this.sayElsewhere();
    }
    if (place.judged) {
      this.followDesk();
    }
  }

  /** The desk shows what is held now, where it is looked at. */
  private followDesk(): void {
    if (this.tabs.current === 'desk') {
      this.desk.seen();
    }
  }

  private showOverview(): void {
    const { place } = this.model;
    if (place !== null) {
      // What is pressed goes with what is drawn anew: the focus stays in its panel.
      const held = this.overview.contains(document.activeElement);
      const study = (name: string) => {
        this.tabs.choose('studies');
        this.studies.choose(name);
      };
      showOverview(this.overview, place, group => this.go(group), study, this.trans);
      if (held) {
        this.overview.focus();
      }
    }
  }

  /** What is kept beside the place: options, and plans. */
  private showKept(): void {
    const { place } = this.model;
    if (place !== null) {
      this.options.show(place);
      this.plans.showKept(place);
    }
  }

  /** What is saved, and what was found, in one line. */
  private tell(): void {
    const { model, trans } = this;
    const { place } = model;
    if (place === null || model.isDisposed) {
      return;
    }
    this.stepped.emit();
    const changed = model.changedTables().length;
    const saved = !place.writable
      ? trans.__('These files may only be read.')
      : changed === 0
        ? trans.__('All is saved.')
        : trans._n(
            '%1 table is not saved; only Save writes it.',
            '%1 tables are not saved; only Save writes them.',
            changed
          );
    const found =
      model.notJudged ||
      (place.judged
        ? trans.__('%1 in all.', counted(place.overview, trans))
        : trans.__('It is being checked.'));
    const desk = this.session.isUnkept
      ? trans.__('Changes lie on the desk that no option keeps.')
      : model.held.desk.option !== null
        ? trans.__('Changes lie on the desk.')
        : '';
    this.say([this.wentWords(), saved, desk, found].filter(Boolean).join(' '));
  }

  /** What was gone back on, or made again, last; empty: nothing was. */
  private wentWords(): string {
    const { went } = this.model;
    if (went === null) {
      return '';
    }
    const { trans } = this;
    const where = went.tables.length > 0 ? went.tables.join(', ') : trans.__('Desk');
    return went.way === 'undo'
      ? trans.__('Undone: %1.', where)
      : trans.__('Done again: %1.', where);
  }

  private say(words: string): void {
    if (this.status.textContent !== words) {
      this.status.textContent = words;
    }
  }

  private sayElsewhere(): void {
    const { trans } = this;
    const words = trans.__(
      'The files were changed elsewhere, and something here is not saved. To show what stands ' +
        'there now drops what was typed here; to keep it leaves both as they are, and saving asks.'
    );
    const show = button(trans.__('Show what stands there'), () => {
      void this.session.context.revert();
    });
    const keep = button(trans.__('Keep what was typed'), () => {
      this.problem.replaceChildren();
      this.tabs.focus();
    });
    this.problem.replaceChildren(element('p', words), show, keep);
  }

  /** The grid keeps keys from Lab, so that those of saving are heard here, before it. */
  private readonly key = (event: KeyboardEvent): void => {
    const control = event.ctrlKey || event.metaKey;
    const { target } = event;
    const inGrid = target instanceof Element && target.closest(SUPPRESSED) !== null;
    if (inGrid && control && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 's') {
      event.preventDefault();
      event.stopPropagation();
      void this.saveAll();
    }
  };

  /** Lab's own keys go back here, but for boxes of text, which go back on their own steps. */
  private readonly markUndoer = ({ target }: FocusEvent): void => {
    const own = 'input[type="text"]:not(.jp-placebudget-desk input), textarea';
    const isOwn = target instanceof Element && target.closest(own) !== null;
    this.node.toggleAttribute('data-jp-undoer', !isOwn);
  };

  /** Whether a cell is being typed in, which is not held yet. */
  get isTyped(): boolean {
    return this.tables.isTyped;
  }

  /** What is being typed is saved too; who types stays where they are. */
  private keepTyped(_: unknown, state: DocumentRegistry.SaveState): void {
    if (state !== 'started') {
      return;
    }
    this.tables.keep();
    const held = document.activeElement;
    if (held?.matches('input[type="text"], textarea') && this.node.contains(held)) {
      held.dispatchEvent(new Event('change', { bubbles: true }));
    }
  }

  /** Whether there is something to be saved. */
  get canSave(): boolean {
    const { place } = this.model;
    return place !== null && place.writable && this.model.changedTables().length > 0;
  }

  /** Save what changed in all tables. */
  async saveAll(): Promise<void> {
    this.problem.replaceChildren();
    try {
      await this.session.context.save();
    } catch {
      // Lab has said in a dialog why it was not saved.
    }
  }

  // --- network ------------------------------------------------------------------------

  private seen(name: string): void {
    if (name === 'desk') {
      this.desk.seen();
    }
    if (name === 'studies') {
      void this.studies.seen();
    }
    if (name === 'network' && !this.isDrawn) {
      this.isDrawn = true;
      this.late.textContent = '';
      void this.network.draw(() => this.session.network());
    }
  }

  /** The drawing is of other tables than those that are shown. */
  private stale(): void {
    this.isDrawn = false;
    if (this.tabs.current === 'network') {
      this.late.textContent = this.trans.__(
        'The tables were changed since this was drawn. Choose Network again to draw it anew.'
      );
    }
  }

  private panel(): HTMLElement {
    return element('section', '', 'jp-placebudget-part');
  }

  private isDrawn = false;
  private readonly tabs: Tabs;
  private readonly tables: PlaceTables;
  private readonly options: PlaceOptions;
  private readonly plans: PlacePlans;
  private readonly studies: PlaceStudies;
  private readonly settings: PlaceSettings;
  private readonly network: PlanWidget;
  private readonly desk: PlaceDesk;
  private readonly overview = this.panel();
  private readonly drawn = this.panel();
  private readonly late = element('p', '', 'jp-placebudget-prose');
  private readonly status = element('p', '', 'jp-placebudget-status');
  private readonly problem = element('div', '', 'jp-placebudget-problem');
}
