import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IDrawing } from './planview';
import type { ICopy } from './saveas';
import type {
  IDesk,
  IDeskAnswer,
  IFigures,
  IJudged,
  IOnDisk,
  IOption,
  IPlace,
  IRun,
  IRuns,
  IStudyForm,
  Tables
} from './place';
import type { IDecisionTold, ILines, IRegister } from './register';

/** An example place that can be copied. */
export interface IExample {
  name: string;
  title: string;
  description: string;
  years: string[];
}

/** A body that holds money in a new place. */
export interface IAgency {
  name: string;
  sector: string;
  /** With published files: its money, or its name in them and the share that is the place's. */
  known_by?: string;
}

/** What is asked before a new place is made. */
export interface INewPlace {
  title: string;
  /** Empty with published files: the year after the outturn. */
  first_year: string;
  years: number;
  agencies: IAgency[];
  /** Published files that it is made from; none: invented figures. */
  files: File[];
  /** Residents where no file says how many, a council a line; empty: not given. */
  residents: string;
}

/** What is asked before a place without rows is made. */
export type IEmptyPlace = Pick<INewPlace, 'title' | 'first_year' | 'years'>;

/** What was made: paths from the server's folder. */
export interface IMadePlace {
  folder: string;
  /** Empty: there is none. */
  notebook: string;
}

/** A file that was fetched; where the server does not say what it is called, its name is empty. */
export interface IFetched {
  content: Blob;
  name: string;
}

/** What the server says in words. */
export class Refused extends Error {
  constructor(
    message: string,
    /** What is wrong, by the box of a form. */
    readonly problems: Record<string, string> = {}
  ) {
    super(message);
  }
}

/** The commands' way to the Python side. */
export class PlaceServer {
  constructor(
    private readonly settings: ServerConnection.ISettings,
    private readonly trans: TranslationBundle
  ) {}

  async examples(): Promise<IExample[]> {
    const answer = await this.ask('examples');
    return (answer as { examples: IExample[] }).examples;
  }

  async sectors(): Promise<string[]> {
    const answer = await this.ask('places');
    return (answer as { sectors: string[] }).sectors;
  }

  async copyExample(name: string, folder: string): Promise<IMadePlace> {
    return (await this.ask('examples', { name, folder })) as IMadePlace;
  }

  async newPlace(place: INewPlace, folder: string): Promise<IMadePlace> {
    const files = await Promise.all(place.files.map(packed));
    return (await this.ask('places', { ...place, files, folder })) as IMadePlace;
  }

  /** A place of the tables of a workbook. */
  async fromWorkbook(workbook: File[], folder: string): Promise<IMadePlace> {
    const files = await Promise.all(workbook.map(packed));
    return (await this.ask('starts', { files, folder })) as IMadePlace;
  }

  /** A place without rows. */
  async emptyPlace(place: IEmptyPlace, folder: string): Promise<IMadePlace> {
    return (await this.ask('starts', { ...place, folder })) as IMadePlace;
  }

  /** How pages of the server look. */
  async styles(): Promise<string> {
    return ((await this.ask('styles')) as { css: string }).css;
  }

  /** A place by the path of its file: all of it. */
  async place(path: string): Promise<IPlace> {
    return (await this.ask(`document${URLExt.objectToQueryString({ path })}`)) as IPlace;
  }

  /** What is known of a place's files without reading them. */
  async onDisk(path: string): Promise<IOnDisk> {
    const query = URLExt.objectToQueryString({ path, content: '0' });
    return (await this.ask(`document${query}`)) as IOnDisk;
  }

  /** Save all tables, if the files are still those with this hash. */
  async save(path: string, hash: string, tables: Tables): Promise<IPlace> {
    return (await this.ask('document', { path, hash, tables }, 'PUT')) as IPlace;
  }

  /** What a place comes to with tables as they are typed. */
  async check(path: string, tables: Tables): Promise<IJudged> {
    return (await this.ask('check', { path, tables })) as IJudged;
  }

  /** The drawing of today's money, with tables as they are typed. */
  async network(path: string, tables: Tables): Promise<IDrawing> {
    return ((await this.ask('network', { path, tables })) as { drawing: IDrawing }).drawing;
  }

  /** The plans that were asked for of a place, and which may be. */
  async runs(path: string): Promise<IRuns> {
    return (await this.ask(`runs${URLExt.objectToQueryString({ path })}`)) as IRuns;
  }

  /** Have a plan or a study worked out. */
  async run(path: string, wish: object): Promise<IRun[]> {
    return ((await this.ask('runs', { path, ...wish })) as IRuns).runs;
  }

  /** What came of something that was asked for. */
  async page(path: string, number: number): Promise<string> {
    const query = URLExt.objectToQueryString({ path, number: String(number) });
    return ((await this.ask(`runs${query}`)) as { page: string }).page;
  }

  /** Stop what is waited for. */
  async stop(path: string, number: number): Promise<IRun[]> {
    return ((await this.ask('runs', { path, number }, 'DELETE')) as IRuns).runs;
  }

  /** The form by which a study is asked for, of tables as they are typed. */
  async form(path: string, tables: Tables, study: string, leading: string): Promise<IStudyForm> {
    return (await this.ask('study', { path, tables, study, leading })) as IStudyForm;
  }

  /** Keep, rename or delete an option beside a place; gives what is said of it, and all options. */
  async options(
    path: string,
    method: string,
    wish: object
  ): Promise<{ said: string; options: IOption[] }> {
    const answer = await this.ask('options', { path, ...wish }, method);
    return answer as { said: string; options: IOption[] };
  }

  /** The tables that an option changes, with it, or what a desk holds, laid on what is typed. */
  async taken(
    path: string,
    tables: Tables,
    what: { name: string } | { figures: IFigures }
  ): Promise<Tables> {
    return ((await this.ask('taken', { path, tables, ...what })) as { tables: Tables }).tables;
  }

  /** The controls of a desk, with a control set or an option loaded where that is wished. */
  async desk(path: string, wish: object): Promise<IDesk> {
    return (await this.ask('desk', { path, ...wish })) as IDesk;
  }

  /** What comes of the figures of a desk, in place of what was asked before. */
  async desked(path: string, wish: object): Promise<IDeskAnswer> {
    return (await this.ask('desk', { path, ...wish }, 'PUT')) as IDeskAnswer;
  }

  /** Stop what is worked out for a desk. */
  async stopDesk(path: string): Promise<void> {
    await this.ask('desk', { path }, 'DELETE');
  }

  /** A section of the plan that a desk shows. */
  async section(path: string, section: string): Promise<string> {
    const query = URLExt.objectToQueryString({ path, section });
    return ((await this.ask(`desk${query}`)) as { page: string }).page;
  }

  /** Write a place as it is typed beside itself; gives the file by which it is opened. */
  async copy(path: string, tables: Tables, copy: ICopy): Promise<string> {
    return ((await this.ask('copy', { path, tables, ...copy })) as { path: string }).path;
  }

  /** The answer as JSON, its phrases said; nothing where the server spoke in pages. */
  private async answerOf(response: Response): Promise<IAnswer | null> {
    try {
      const answer = saidIn(await response.json(), this.trans);
      return typeof answer === 'object' ? answer : null;
    } catch {
      return null;
    }
  }

  /** A place that is a folder, as one file. */
  archive(path: string): Promise<IFetched> {
    return this.fetched(`archive${URLExt.objectToQueryString({ path })}`);
  }

  /** What is seen first of a register, with a noted hash looked for where one is given. */
  async register(path: string, noted = ''): Promise<IRegister> {
    return (await this.ofRegister({ path, ...(noted && { noted }) })) as IRegister;
  }

  /** A mark that changes with the file of a register. */
  async registerMark(path: string): Promise<string> {
    return ((await this.ofRegister({ path, content: '0' })) as { mark: string }).mark;
  }

  /** Rows of a list of a register, from one on. */
  async lines<R>(
    path: string,
    list: string,
    start: number,
    wanted: Record<string, string>
  ): Promise<ILines<R>> {
    return (await this.ofRegister({ ...wanted, path, list, start: String(start) })) as ILines<R>;
  }

  /** A decision with all that belongs to it. */
  async decision(path: string, decision: string): Promise<IDecisionTold> {
    return ((await this.ofRegister({ path, decision })) as { told: IDecisionTold }).told;
  }

  /** The minutes of a meeting as part of a page. */
  async meeting(path: string, meeting: string): Promise<string> {
    return ((await this.ofRegister({ path, meeting })) as { page: string }).page;
  }

  /** The minutes of a meeting as a file, in the form of an ending. */
  minutes(path: string, meeting: string, form: string): Promise<IFetched> {
    return this.fetched(`minutes${URLExt.objectToQueryString({ path, meeting, form })}`);
  }

  /** Write them beside the register; gives where. */
  async writeMinutes(path: string, meeting: string, form: string): Promise<string> {
    return ((await this.ask('minutes', { path, meeting, form })) as { path: string }).path;
  }

  /** Put the plan of a choice with its place beside the register; gives the file of the place. */
  async keptPlan(path: string, of: string): Promise<string> {
    return ((await this.ask('kept', { path, of })) as { place: string }).place;
  }

  private ofRegister(query: Record<string, string>): Promise<unknown> {
    return this.ask(`register${URLExt.objectToQueryString(query)}`);
  }

  private async fetched(what: string): Promise<IFetched> {
    const response = await this.request(what);
    if (!response.ok) {
      throw this.refused(response, await this.answerOf(response));
    }
    const said = response.headers.get('Content-Disposition') ?? '';
    return { content: await response.blob(), name: /filename="([^"]+)"/.exec(said)?.[1] ?? '' };
  }

  private async ask(what: string, body?: object, method = 'POST'): Promise<unknown> {
    const request = body === undefined ? {} : { method, body: JSON.stringify(body) };
    const response = await this.request(what, request);
    const answer = await this.answerOf(response);
    if (response.ok && answer !== null) {
      return answer;
    }
    throw this.refused(response, answer);
  }

  private async request(what: string, request: RequestInit = {}): Promise<Response> {
    const url = URLExt.join(this.settings.baseUrl, 'placebudget', what);
    try {
      return await ServerConnection.makeRequest(url, request, this.settings);
    } catch {
      throw new Refused(this.trans.__('The Jupyter server does not answer.'));
    }
  }

  /** Why the server did not do what it was asked for, in words. */
  private refused(response: Response, answer: IAnswer | null): Refused {
    if (answer === null && response.status === 404) {
      return new Refused(
        this.trans.__(
          'This needs the server part of placebudget, which is not enabled. Enable it with ' +
            '"jupyter server extension enable placebudget.server" and start Jupyter again.'
        )
      );
    }
    return new Refused(
      answer?.message || this.trans.__('The Jupyter server refused (%1).', String(response.status)),
      answer?.problems
    );
  }
}

/** A file as JSON can carry it: its name, and its content in base64. */
export async function packed(file: File): Promise<{ name: string; content: string }> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = '';
  bytes.forEach(byte => (text += String.fromCharCode(byte)));
  return { name: file.name, content: btoa(text) };
}

interface IAnswer {
  /** Why something was not done. */
  message?: string;
  /** The same by the box of a form. */
  problems?: Record<string, string>;
}

/** What is the place's own, and may be long. */
const NOT_OURS = ['rows', 'drawing'];

/** An answer in which what the server says in words and values is said in Lab's language. */
function saidIn(content: unknown, trans: TranslationBundle): unknown {
  if (Array.isArray(content)) {
    return content.map(each => saidIn(each, trans));
  }
  if (typeof content !== 'object' || content === null) {
    return content;
  }
  if ('words' in content && 'values' in content) {
    const { words, values } = content as { words: string; values: unknown[] };
    return trans.__(words, ...values.map(each => saidIn(each, trans)));
  }
  const said = Object.entries(content).map(([key, each]) =>
    NOT_OURS.includes(key) ? [key, each] : [key, saidIn(each, trans)]
  );
  return Object.fromEntries(said);
}
