import { DocumentModel, TextModelFactory, type DocumentRegistry } from '@jupyterlab/docregistry';
import type { Contents } from '@jupyterlab/services';
import type { PartialJSONValue } from '@lumino/coreutils';
import { Signal, type ISignal } from '@lumino/signaling';

import { PLACE_MODEL } from './names';
import {
  sameRows,
  type IFigures,
  type IJudged,
  type IOption,
  type IPlace,
  type ITable,
  type Tables
} from './place';
import { History, type Rows } from './tableview';

/** What changed in a model: rows of a table, its desk, what is found, everything, or the files. */
export type Change = 'rows' | 'desk' | 'judged' | 'whole' | 'elsewhere' | 'read';

/** What is held of a place at one time: its rows by table, and what is changed at its desk. */
export interface IHeld {
  tables: ReadonlyMap<string, Rows>;
  desk: IFigures;
}

const NOTHING: IFigures = { option: null, objective: '' };

/** One table's view of the steps, which are those of the whole place. */
class TableHistory implements History {
  constructor(
    private readonly model: PlaceModel,
    private readonly name: string
  ) {}

  get now(): Rows {
    return this.model.held.tables.get(this.name) ?? [];
  }

  get before(): readonly unknown[] {
    return this.model.steps.before;
  }

  get after(): readonly unknown[] {
    return this.model.steps.after;
  }

  add(rows: Rows): void {
    this.model.add({ [this.name]: rows });
  }

  undo(): boolean {
    return this.model.step('undo');
  }

  redo(): boolean {
    return this.model.step('redo');
  }
}

/** A place as all its views share it: what was typed, and what that comes to. */
export class PlaceModel extends DocumentModel {
  /** The place as it was read or judged last; null where it cannot be opened. */
  place: IPlace | null = null;
  /** Why it cannot be opened, in words. */
  refused = '';
  /** Why what was typed last could not be judged, in words. */
  notJudged = '';
  /** The hash of files that were changed elsewhere while something here is not saved. */
  elsewhere = '';

  /** Tells every view what changed. */
  get changed(): ISignal<this, Change> {
    return this._changed;
  }

  get dirty(): boolean {
    return super.dirty;
  }

  /** Whether something differs from what was saved: so it is, whatever Lab takes it for. */
  set dirty(_: boolean) {
    // A change of content counts as not saved in Lab 4.4, be it back to what was saved.
    super.dirty = this.changedTables().length > 0;
  }

  /** All that is held now. */
  get held(): IHeld {
    return this.steps.now;
  }

  /** What was typed in a table, with the steps to go back by. */
  history(table: string): TableHistory {
    if (!this.held.tables.has(table)) {
      throw new Error(`no table ${table}`);
    }
    let held = this.histories.get(table);
    if (held === undefined) {
      this.histories.set(table, (held = new TableHistory(this, table)));
    }
    return held;
  }

  /** The tables that differ from what was saved. */
  changedTables(): ITable[] {
    const { tables } = this.held;
    return (this.place?.tables ?? []).filter(
      table => !table.locked && tables.get(table.name) !== this.saved.get(table.name)
    );
  }

  /** What was typed and is not saved yet. */
  typed(): Tables {
    const { tables } = this.held;
    return Object.fromEntries(
      this.changedTables().map(table => [table.name, tables.get(table.name) ?? []])
    );
  }

  /** Another step: other rows of tables, and other figures at the desk. */
  add(rows: Tables, desk: IFigures = this.held.desk): void {
    const tables = new Map([...this.held.tables, ...Object.entries(rows)]);
    this.steps.add({ tables, desk });
    this.went = null;
  }

  /** One step of the whole place back, or forth again; false where there is none. */
  step(way: 'undo' | 'redo'): boolean {
    const before = this.held;
    if (!this.steps[way]()) {
      return false;
    }
    const tables = this.titles(name => before.tables.get(name) !== this.held.tables.get(name));
    this.went = { way, tables };
    if (tables.length > 0) {
      this.put();
    }
    if (before.desk !== this.held.desk) {
      this._changed.emit('desk');
    }
    return true;
  }

  /** Rows were typed: every view shows them, and the place is to be judged anew. */
  put(): void {
    this.dirty = this.changedTables().length > 0;
    this.triggerContentChange();
    this._changed.emit('rows');
  }

  /** Rows that were made elsewhere stand as if they were typed; gives the titles of their tables. */
  lay(tables: Tables): string[] {
    this.add(tables);
    this.put();
    return this.titles(name => name in tables);
  }

  /** Tables stand again as they were saved: a step to go back on. */
  takeOut(names: readonly string[]): void {
    const rows = names.flatMap(name => {
      const saved = this.saved.get(name);
      return saved === undefined ? [] : [[name, saved] as const];
    });
    this.lay(Object.fromEntries(rows));
  }

  /** Other figures at the desk, which every view shows. */
  putDesk(desk: IFigures): void {
    this.add({}, desk);
    this._changed.emit('desk');
  }

  /** What the desk holds becomes part of the tables, in one step. */
  layDesk(tables: Tables): void {
    this.add(tables, { ...NOTHING, objective: this.held.desk.objective });
    this.put();
    this._changed.emit('desk');
  }

  /** Take what was found about the tables as they are. */
  take(judged: IJudged): void {
    if (this.place !== null) {
      const options = toldBefore(judged.options, this.place.options);
      this.place = { ...this.place, ...judged, options, hash: this.place.hash };
      this.notJudged = '';
      this._changed.emit('judged');
    }
  }

  /** Take the options that are stored beside the place now. */
  takeOptions(options: IOption[]): void {
    if (this.place !== null) {
      this.place = { ...this.place, options: toldBefore(options, this.place.options) };
      this._changed.emit('judged');
    }
  }

  /** What was typed could not be judged; what was found before stays. */
  sayNotJudged(words: string): void {
    this.notJudged = words;
    this._changed.emit('judged');
  }

  /** The files were changed elsewhere and read anew, as nothing was typed here. */
  sayRead(): void {
    this._changed.emit('read');
  }

  /** The files were changed elsewhere, while something here is not saved. */
  noteElsewhere(hash: string): void {
    this.elsewhere = hash;
    this._changed.emit('elsewhere');
  }

  /** What was sent is saved, and this is what stands in the files now. */
  wasSaved(place: IPlace): void {
    const { tables } = this.held;
    const typedSince = [...this.sent].filter(([name, rows]) => tables.get(name) !== rows);
    this.show(place, new Map(typedSince));
  }

  /** The whole of it, to be saved. */
  toJSON(): PartialJSONValue {
    this.sent = this.held.tables;
    return { tables: Object.fromEntries(this.sent) };
  }

  /** The place as it was read: what was typed and not saved is gone. */
  fromJSON(value: PartialJSONValue): void {
    const read = value as unknown as IPlace | { refused: string };
    if ('refused' in read) {
      this.place = null;
      this.refused = read.refused;
      this._changed.emit('whole');
      return;
    }
    const desk = this.place === null ? (read.desk ?? NOTHING) : this.held.desk;
    this.show(read, null, desk);
  }

  /** Take what stands in the files; of tables that were typed in since, what was sent is saved. */
  private show(
    place: IPlace,
    typedSince: ReadonlyMap<string, Rows> | null,
    desk = this.held.desk
  ): void {
    this.place = place;
    this.refused = this.elsewhere = this.notJudged = '';
    const before = this.held.tables;
    const open = place.tables.filter(table => !table.locked);
    const tables = new Map<string, Rows>();
    this.saved.clear();
    for (const { name, rows } of open) {
      const held = before.get(name);
      const sent = typedSince?.get(name);
      const now = held && (sent || sameRows(held, rows)) ? held : rows;
      tables.set(name, now);
      this.saved.set(name, sent ?? now);
    }
    const same =
      tables.size === before.size && [...tables].every(([name, rows]) => before.get(name) === rows);
    // What stands in the files may be written otherwise than it was typed: that is no step.
    const now = same && desk === this.held.desk ? this.held : { tables, desk };
    if (same || typedSince !== null) {
      this.steps.now = now;
    } else {
      this.steps = new History(now);
    }
    this.went = null;
    this.dirty = false;
    this._changed.emit('whole');
  }

  private titles(meant: (name: string) => boolean): string[] {
    return (this.place?.tables ?? []).filter(({ name }) => meant(name)).map(({ title }) => title);
  }

  /** The steps of the whole place. */
  steps = new History<IHeld>({ tables: new Map(), desk: NOTHING });
  /** The tables in which a step was gone back on, or made again, last; null: none was. */
  went: { way: 'undo' | 'redo'; tables: string[] } | null = null;
  private readonly histories = new Map<string, TableHistory>();
  private readonly saved = new Map<string, Rows>();
  private sent: ReadonlyMap<string, Rows> = new Map();
  private readonly _changed = new Signal<this, Change>(this);
}

/** While tables have errors no names are known: options are told as they were told last. */
function toldBefore(options: IOption[], before: readonly IOption[]): IOption[] {
  return options.map(option => {
    const told = before.find(({ name }) => name === option.name);
    const same = told?.changes.length === option.changes.length;
    const { changes, at_desk } = told ?? option;
    return option.unfit === null && same ? { ...option, changes, at_desk } : option;
  });
}

/** Makes one model a path, which all views of it share. */
export class PlaceModelFactory extends TextModelFactory {
  get name(): string {
    return PLACE_MODEL;
  }

  get fileFormat(): Contents.FileFormat {
    return 'json';
  }

  createNew(options?: DocumentRegistry.IModelOptions): PlaceModel {
    return new PlaceModel({ languagePreference: options?.languagePreference });
  }
}
