import { DocumentModel, TextModelFactory, type DocumentRegistry } from '@jupyterlab/docregistry';
import type { Contents } from '@jupyterlab/services';
import type { PartialJSONValue } from '@lumino/coreutils';
import { Signal, type ISignal } from '@lumino/signaling';

import { PLACE_MODEL } from './names';
import {
  sameRows,
  type IJudged,
  type IOption,
  type IPlace,
  type ITable,
  type Tables
} from './place';
import { History, type Rows } from './tableview';

/** What changed in a model: rows of a table, what is found, everything, or the files. */
export type Change = 'rows' | 'judged' | 'whole' | 'elsewhere' | 'read';

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

  /** Nothing is saved while something differs from what was. */
  set dirty(value: boolean) {
    super.dirty = value || this.changedTables().length > 0;
  }

  /** What was typed in a table, with the steps to go back by. */
  history(table: string): History {
    const held = this.histories.get(table);
    if (held === undefined) {
      throw new Error(`no table ${table}`);
    }
    return held;
  }

  /** The tables that differ from what was saved. */
  changedTables(): ITable[] {
    return (this.place?.tables ?? []).filter(
      table => !table.locked && this.histories.get(table.name)?.now !== this.saved.get(table.name)
    );
  }

  /** What was typed and is not saved yet. */
  typed(): Tables {
    return Object.fromEntries(
      this.changedTables().map(table => [table.name, this.history(table.name).now])
    );
  }

  /** Rows were typed: every view shows them, and the place is to be judged anew. */
  put(): void {
    this.dirty = this.changedTables().length > 0;
    this.triggerContentChange();
    this._changed.emit('rows');
  }

  /** Rows that were made elsewhere stand as if they were typed; gives the titles of their tables. */
  lay(tables: Tables): string[] {
    for (const [name, rows] of Object.entries(tables)) {
      this.history(name).add(rows);
    }
    this.put();
    return (this.place?.tables ?? []).filter(({ name }) => name in tables).map(each => each.title);
  }

  /** Take what was found about the tables as they are. */
  take(judged: IJudged): void {
    if (this.place !== null) {
      this.place = { ...this.place, ...judged, hash: this.place.hash };
      this.notJudged = '';
      this._changed.emit('judged');
    }
  }

  /** Take the options that are stored beside the place now. */
  takeOptions(options: IOption[]): void {
    if (this.place !== null) {
      this.place = { ...this.place, options };
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
    const typedSince = new Set(
      [...this.sent]
        .filter(([name, rows]) => this.histories.get(name)?.now !== rows)
        .map(([n]) => n)
    );
    this.show(place, typedSince);
  }

  /** The whole of it, to be saved. */
  toJSON(): PartialJSONValue {
    this.sent = new Map([...this.histories].map(([name, history]) => [name, history.now]));
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
    this.show(read, new Set());
  }

  private show(place: IPlace, typedSince: ReadonlySet<string>): void {
    this.place = place;
    this.refused = this.elsewhere = this.notJudged = '';
    for (const { name } of place.tables.filter(table => table.locked)) {
      this.histories.delete(name);
    }
    for (const table of place.tables.filter(table => !table.locked)) {
      const held = this.histories.get(table.name);
      if (held !== undefined && typedSince.has(table.name)) {
        this.saved.set(table.name, this.sent.get(table.name) ?? table.rows);
      } else if (held !== undefined && sameRows(held.now, table.rows)) {
        this.saved.set(table.name, held.now);
      } else {
        this.histories.set(table.name, new History(table.rows));
        this.saved.set(table.name, table.rows);
      }
    }
    this.dirty = false;
    this._changed.emit('whole');
  }

  private readonly histories = new Map<string, History>();
  private readonly saved = new Map<string, Rows>();
  private sent = new Map<string, Rows>();
  private readonly _changed = new Signal<this, Change>(this);
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
