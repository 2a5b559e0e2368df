import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IDrawing } from './planview';
import type { IJudged, IOnDisk, IPlace, IRun, IRuns, Tables } from './place';

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
}

/** What is asked before a new place is made. */
export interface INewPlace {
  title: string;
  first_year: string;
  years: number;
  agencies: IAgency[];
  /** Published files that it is made from; none: invented figures. */
  files: File[];
  /** Residents, where no file says how many; nought: not given. */
  residents: number;
}

/** What was made: paths from the server's folder. */
export interface IMadePlace {
  folder: string;
  notebook: string;
}

/** What the server says in words. */
export class Refused extends Error {
  constructor(
    message: string,
    readonly status = 0
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

  /** Have a plan worked out, of tables as they are typed, and kept beside the place. */
  async run(path: string, tables: Tables, what: string, objective: string): Promise<IRun[]> {
    return ((await this.ask('runs', { path, tables, what, objective })) as IRuns).runs;
  }

  /** Stop a plan that is waited for. */
  async stop(path: string, number: number): Promise<IRun[]> {
    return ((await this.ask('runs', { path, number }, 'DELETE')) as IRuns).runs;
  }

  private async ask(what: string, body?: object, method = 'POST'): Promise<unknown> {
    const url = URLExt.join(this.settings.baseUrl, 'placebudget', what);
    const request = body === undefined ? {} : { method, body: JSON.stringify(body) };
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(url, request, this.settings);
    } catch {
      throw new Refused(this.trans.__('The Jupyter server does not answer.'));
    }
    const answer = await wordsOf(response);
    if (response.ok && answer !== null) {
      return answer;
    }
    if (answer === null && response.status === 404) {
      throw new Refused(
        this.trans.__(
          'This needs the server part of placebudget, which is not enabled. Enable it with ' +
            '"jupyter server extension enable placebudget.server" and start Jupyter again.'
        ),
        response.status
      );
    }
    throw new Refused(
      answer?.message || this.trans.__('The Jupyter server refused (%1).', String(response.status)),
      response.status
    );
  }
}

/** A file as JSON can carry it: its name, and its content in base64. */
async function packed(file: File): Promise<{ name: string; content: string }> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = '';
  bytes.forEach(byte => (text += String.fromCharCode(byte)));
  return { name: file.name, content: btoa(text) };
}

/** The answer as JSON, or nothing where the server spoke in pages. */
async function wordsOf(response: Response): Promise<{ message?: string } | null> {
  try {
    const answer: unknown = await response.json();
    return typeof answer === 'object' ? answer : null;
  } catch {
    return null;
  }
}
