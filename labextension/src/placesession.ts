import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { Contents } from '@jupyterlab/services';
import { PathExt } from '@jupyterlab/coreutils';
import { Poll } from '@lumino/polling';
import { Signal } from '@lumino/signaling';

import { wordsFor } from './asking';
import { NotDrawable } from './drawing';
import type { FormValue } from './formview';
import {
  sameChanges,
  type Given,
  type IDesk,
  type IDeskAnswer,
  type IFigures,
  type IPlace,
  type IPlanFile,
  type IRun,
  type IRuns,
  type IStudyForm,
  type Tables
} from './place';
import type { Pages } from './page';
import type { IHeld, PlaceModel } from './placemodel';
import type { IDrawing } from './planview';
import type { ICopy } from './saveas';
import { packed, Refused, type PlaceServer } from './server';

/** Milliseconds after the last key until a place is judged anew. */
const CALM = 400;
/** Milliseconds between two looks at whether the files were changed elsewhere. */
const LOOK = 5000;
/** The same while the server does not answer. */
const LONGEST = 30_000;

/** Milliseconds between two looks at how far a plan is. */
const FAR = 700;

/** Reads and saves a whole place where Lab reads and saves one file. */
export class PlaceFiles {
  constructor(private readonly server: PlaceServer) {}

  /** Tells of a place that was saved, with what stands in its files now. */
  readonly saved = new Signal<this, { path: string; place: IPlace }>(this);

  async get(path: string, options?: Contents.IFetchOptions): Promise<Contents.IModel> {
    if (options?.content === false) {
      const { hash, ...about } = await this.server.onDisk(path);
      this.seen.set(path, hash);
      return { ...fileModel(path, hash), ...about };
    }
    try {
      const place = await this.server.place(path);
      this.seen.set(path, place.hash);
      const { last_modified, created, writable } = place;
      const about = { last_modified, created, writable, content: place };
      return { ...fileModel(path, place.hash), ...about };
    } catch (reason) {
      if (!(reason instanceof Refused)) {
        throw reason;
      }
      return { ...fileModel(path, ''), writable: false, content: { refused: reason.message } };
    }
  }

  /** Save over the files that were seen last: those that were read, or those asked about. */
  async save(path: string, options?: Partial<Contents.IModel>): Promise<Contents.IModel> {
    const { tables } = options?.content as { tables: Tables };
    const place = await this.server.save(path, this.seen.get(path) ?? '', tables);
    this.seen.set(path, place.hash);
    this.saved.emit({ path, place });
    const { last_modified, created, writable } = place;
    return { ...fileModel(path, place.hash), last_modified, created, writable };
  }

  private readonly seen = new Map<string, string>();
}

function fileModel(path: string, hash: string): Contents.IModel {
  const now = new Date().toISOString();
  return {
    name: PathExt.basename(path),
    path,
    type: 'file',
    writable: true,
    created: now,
    last_modified: now,
    mimetype: 'application/json',
    format: 'json',
    content: null,
    hash,
    hash_algorithm: 'sha256'
  };
}

/** Whether a plan is still to come. */
export function isWaited(run: IRun): boolean {
  return run.state === 'waiting' || run.state === 'running';
}

/** A view of a place. */
export interface IShows {
  /** Whether a cell is being typed in, which is not held yet. */
  readonly isTyped: boolean;
}

/** What all views of one place share beside its model: judging, and looking at the files. */
export class PlaceSession {
  constructor(
    readonly context: DocumentRegistry.IContext<PlaceModel>,
    files: PlaceFiles,
    private readonly server: PlaceServer,
    /** Shows pages of the server. */
    readonly pages: Pages,
    /** The kernel in whose Python plans are worked out; empty: the server's own. */
    private readonly interpreter: () => string,
    /** What a desk makes the most of until that is chosen. */
    private readonly objective: () => string
  ) {
    const saved = (_: PlaceFiles, { path, place }: { path: string; place: IPlace }) => {
      if (path === this.path) {
        this.model.wasSaved(place);
      }
    };
    const changed = (_: PlaceModel, change: string) => {
      if (change === 'whole') {
        this.turn++; // what was asked before is of tables that are gone
        if (this.model.place?.judged === false) {
          void this.judge();
        }
        if (this.plans.length === 0) {
          void this.follow(); // it could not be opened before
        }
      }
      if (change === 'desk' && this.desk?.figures !== this.model.held.desk) {
        // Whoever opens the place later finds the desk as it is now, whatever is looked at here.
        void this.atDesk(async () => void (await this.askDesk({})));
      }
      if (change === 'rows' || (change === 'whole' && this.model.dirty)) {
        window.clearTimeout(this.calm);
        this.calm = window.setTimeout(() => void this.judge(), CALM);
      }
    };
    files.saved.connect(saved);
    this.model.changed.connect(changed);
    const look = new Poll({
      name: 'placebudget:files',
      factory: () => this.look(),
      frequency: { interval: LOOK, backoff: true, max: LONGEST },
      standby: 'when-hidden'
    });
    void context.ready.then(() => this.follow());
    context.disposed.connect(() => {
      look.dispose();
      window.clearTimeout(this.calm);
      window.clearTimeout(this.far);
      files.saved.disconnect(saved);
    });
  }

  get model(): PlaceModel {
    return this.context.model;
  }

  /** The path as the server knows it. */
  get path(): string {
    return this.context.localPath;
  }

  /** The drawing of today's money, with what was typed. */
  async network(): Promise<IDrawing> {
    try {
      return await this.server.network(this.path, this.model.typed());
    } catch (reason) {
      throw reason instanceof Refused ? new NotDrawable(reason.message) : reason;
    }
  }

  /** The controls of the desk, once somebody looks at it. */
  desk: IDesk | null = null;
  /** What came of its figures last. */
  answer: IDeskAnswer | null = null;
  /** The last good plan of it. */
  planned: Extract<IDeskAnswer, { state: 'planned' }> | null = null;
  /** Whether figures are being worked out, or asked for to be. */
  get isSolving(): boolean {
    return this.isWorking || this.isChanging;
  }
  private isWorking = false;
  private isChanging = false;
  /** Why there are no controls, or why one was not set. */
  deskProblem = '';
  /** Who shows the place. */
  readonly views = new Set<IShows>();
  /** Tells of every change of these. */
  readonly desked = new Signal<this, void>(this);

  /** Show the desk as the place and its figures are now, and have them worked out. */
  followDesk(): Promise<void> {
    return this.atDesk(async () => {
      const { held, place } = this.model;
      if (place === null || (held.tables === this.of?.tables && held.desk === this.of.desk)) {
        return;
      }
      if (held.tables !== this.of?.tables || held.desk !== this.desk?.figures) {
        this.desk = await this.askDesk({});
      }
      this.of = held;
      void this.solveDesk();
    });
  }

  /** How many controls are set of which there is no answer yet. */
  settings = 0;

  /** Set a control of the desk; where it cannot be, it is shown as it stood. */
  setControl(key: string, value: FormValue): Promise<void> {
    this.settings++;
    return this.atDesk(async () => {
      try {
        if (key === 'stream' || key === 'rule') {
          this.chosen[key] = String(value);
          this.desk = await this.askDesk({});
        } else {
          await this.changeDesk({ set: [key, value] });
        }
      } catch (reason) {
        this.desk = this.desk && { ...this.desk };
        throw reason;
      } finally {
        this.settings--;
      }
    });
  }

  /** Have an option that is kept at the desk, in place of what is changed there. */
  loadOption(name: string): Promise<void> {
    return this.atDesk(() => this.changeDesk({ load: name }));
  }

  /** Take other figures: a way out, or none. */
  useFigures(figures: IFigures): void {
    this.putDesk(figures);
  }

  /** Keep what is changed at the desk as an option; gives what is said of that. */
  async keepDesk(name: string, about: string): Promise<string> {
    return this.changeOptions('POST', { name, about, ...this.deskWish() });
  }

  /** Whether something is changed at the desk that none of the options keeps. */
  get isUnkept(): boolean {
    const { option } = this.model.held.desk;
    const options = this.model.place?.options ?? [];
    return option !== null && !options.some(each => sameChanges(each.at_desk, option.changes));
  }

  /** Put what is changed at the desk into the tables, to be saved or undone. */
  async layDesk(): Promise<void> {
    const { path, model } = this;
    const { figures, tables } = this.deskWish();
    model.layDesk(await this.server.taken(path, tables, { figures }));
  }

  /** Have the figures of the desk worked out, in place of what was asked before. */
  async solveDesk(full = false): Promise<void> {
    const turn = ++this.solving;
    this.isWorking = true;
    this.isChanging = false;
    this.desked.emit();
    let answer: IDeskAnswer;
    try {
      const interpreter = this.interpreter();
      answer = await this.server.desked(this.path, { ...this.deskWish(), interpreter, full });
    } catch (reason) {
      answer = { state: 'failed', said: wordsFor(reason), stale: '' };
    }
    if (turn !== this.solving || this.context.isDisposed) {
      return;
    }
    this.isWorking = false;
    this.answer = answer;
    if (answer.state === 'planned') {
      this.planned = answer;
    }
    this.desked.emit();
  }

  /** Stop what is being worked out for the desk; the last good plan stays. */
  stopDesk(): Promise<void> {
    return this.server.stopDesk(this.path);
  }

  /** A section of the plan that the desk shows. */
  section(name: string): Promise<string> {
    return this.server.section(this.path, name);
  }

  /** Do something at the desk when what was asked before is done; what is wrong is said there. */
  private atDesk(act: () => Promise<void>): Promise<void> {
    return (this.asked = this.asked.then(async () => {
      try {
        this.deskProblem = '';
        await act();
      } catch (reason) {
        this.deskProblem = wordsFor(reason);
      }
      if (!this.context.isDisposed) {
        this.desked.emit();
      }
    }));
  }

  private async changeDesk(wish: object): Promise<void> {
    this.isChanging = true; // a sign at once that it works
    this.desked.emit();
    try {
      const desk = await this.askDesk(wish);
      this.desk = desk;
      if (!this.putDesk(desk.figures)) {
        this.desk = { ...desk, figures: this.model.held.desk };
        this.isChanging = false;
      }
    } catch (reason) {
      this.isChanging = false;
      throw reason;
    }
  }

  /** Hold other figures, which is a step to go back on; false where they are the same. */
  private putDesk(figures: IFigures): boolean {
    const { held } = this.model;
    const all = ({ option, objective }: IFigures) => [option, objective || this.objective()];
    if (sameChanges(all(figures), all(held.desk))) {
      return false;
    }
    this.model.putDesk(figures);
    return true;
  }

  private askDesk(wish: object): Promise<IDesk> {
    return this.server.desk(this.path, { ...this.deskWish(), ...this.chosen, ...wish });
  }

  private deskWish(): { tables: Tables; figures: IFigures } {
    const { option, objective } = this.model.held.desk;
    return {
      tables: this.model.typed(),
      figures: { option, objective: objective || this.objective() }
    };
  }

  /** What was asked for of this place, the latest first. */
  runs: readonly IRun[] = [];
  /** What may be asked for. */
  plans: readonly string[] = [];
  objectives: readonly string[] = [];
  studies: IRuns['studies'] = [];
  /** Tells of every change of them. */
  readonly ran = new Signal<this, void>(this);

  /** Have a plan worked out, of what was typed, with options that are laid on it. */
  async ask(what: string, objective: string, options: string[]): Promise<void> {
    await this.run({ what, objective, options });
  }

  /** Have a plan that was kept compared with the plan without its option. */
  async compare({ file, options }: IPlanFile): Promise<void> {
    await this.run({ file, options });
  }

  /** Have a study answered, about what was typed. */
  async study(name: string, given: Given, files: File[]): Promise<void> {
    await this.run({ study: name, given, files: await Promise.all(files.map(packed)) });
  }

  /** Keep a plan that a study found, and have it set beside the others. */
  async pick({ number }: IRun, point: string): Promise<void> {
    await this.run({ pick: number, point });
  }

  /** The form by which a study is asked for. */
  form(study: string, leading: string): Promise<IStudyForm> {
    return this.server.form(this.path, this.model.typed(), study, leading);
  }

  /** What came of something that was asked for, as a part of a page. */
  page(number: number): Promise<string> {
    return this.server.page(this.path, number);
  }

  /** Stop what is waited for. */
  async stop(number: number): Promise<void> {
    this.took(await this.server.stop(this.path, number));
  }

  /** Keep what was typed as an option; gives what is said of that. */
  async keepOption(name: string, about: string): Promise<string> {
    return this.changeOptions('POST', { name, about, tables: this.model.typed() });
  }

  async renameOption(name: string, to: string): Promise<string> {
    return this.changeOptions('PUT', { name, new: to });
  }

  async deleteOption(name: string): Promise<string> {
    return this.changeOptions('DELETE', { name });
  }

  /** Lay an option on the tables, to be saved or undone; gives the titles of those it changes. */
  async takeOption(name: string): Promise<string[]> {
    const { model } = this;
    const tables = await this.server.taken(this.path, model.typed(), { name });
    return model.lay(tables);
  }

  /** Write the place as it is typed beside itself; gives the file by which it is opened. */
  copy(copy: ICopy): Promise<string> {
    return this.server.copy(this.path, this.model.typed(), copy);
  }

  private async changeOptions(method: string, wish: object): Promise<string> {
    const { said, options } = await this.server.options(this.path, method, wish);
    this.model.takeOptions(options);
    void this.judge(); // whether plans are of the options as they are
    return said;
  }

  private async run(wish: object): Promise<void> {
    this.took(
      await this.server.run(this.path, {
        tables: this.model.typed(),
        interpreter: this.interpreter(),
        ...wish
      })
    );
  }

  /** See what was asked for, here or elsewhere, until it is over. */
  private async follow(): Promise<void> {
    if (this.context.isDisposed || this.model.place === null) {
      return;
    }
    try {
      const { runs, plans, objectives, studies } = await this.server.runs(this.path);
      this.plans = plans;
      this.objectives = objectives;
      this.studies = studies;
      this.took(runs);
    } catch {
      // A server that is away, or has no such part: what is seen stays, and asking says why.
      this.far = window.setTimeout(() => void this.follow(), LOOK);
    }
  }

  private took(runs: readonly IRun[]): void {
    if (this.context.isDisposed) {
      return;
    }
    const waited = new Set(this.runs.filter(isWaited).map(run => run.number));
    this.runs = runs;
    this.ran.emit();
    window.clearTimeout(this.far);
    if (runs.some(isWaited)) {
      this.far = window.setTimeout(() => void this.follow(), FAR);
    }
    if (runs.some(run => waited.has(run.number) && run.state === 'done')) {
      void this.judge(); // there is a plan file more
    }
  }

  /**
   * Have what was typed judged, one question at a time; an answer that comes after the next key
   * is dropped, and what was typed since is judged then.
   */
  private async judge(): Promise<void> {
    const turn = ++this.turn;
    if (this.judging) {
      return;
    }
    this.judging = true;
    try {
      const judged = await this.server.check(this.path, this.model.typed());
      if (turn === this.turn && !this.context.isDisposed) {
        this.model.take(judged);
      }
    } catch (reason) {
      if (turn === this.turn && !this.context.isDisposed) {
        this.model.sayNotJudged(reason instanceof Error ? reason.message : String(reason));
      }
    } finally {
      this.judging = false;
    }
    if (turn !== this.turn && !this.context.isDisposed && !this.model.isDisposed) {
      void this.judge();
    }
  }

  /** See whether the files were changed elsewhere; where nothing was typed, show them. */
  private async look(): Promise<void> {
    const { model } = this;
    if (!this.context.isReady) {
      return;
    }
    const before = model.place?.hash ?? this.refused;
    const { hash, beside } = await this.server.onDisk(this.path);
    if (model.place === null) {
      // What could not be opened may have been mended.
      this.refused = hash;
      if (before !== '' && before !== hash && !this.context.isDisposed) {
        await this.context.revert();
      }
      return;
    }
    if (this.beside !== '' && beside !== this.beside && hash === before) {
      void this.judge(); // options or plan files came or went, at a desk perhaps
    }
    this.beside = beside;
    // It may have been saved here in the meantime.
    if (this.context.isDisposed || model.place?.hash !== before || hash === before) {
      return;
    }
    if (!model.dirty && ![...this.views].some(view => view.isTyped)) {
      await this.context.revert();
      model.sayRead();
    } else if (hash !== model.elsewhere) {
      model.noteElsewhere(hash);
    }
  }

  /** The stream and the rule whose amounts are shown. */
  private readonly chosen: Record<'stream' | 'rule', string> = { stream: '', rule: '' };
  /** What the desk was shown of last. */
  private of: IHeld | null = null;
  private asked: Promise<void> = Promise.resolve();
  private solving = 0;
  /** The hash of files that could not be opened. */
  private refused = '';
  private turn = 0;
  private calm = 0;
  private far = 0;
  private judging = false;
  /** The mark of the options and plan files beside the place. */
  private beside = '';
}
