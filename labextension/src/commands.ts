import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { FileDialog, IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';
import type { Contents } from '@jupyterlab/services';
import { ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';
import type { Widget } from '@lumino/widgets';

import { askUntilDone, saying } from './asking';
import { download } from './saveas';
import { ExampleForm } from './examples';
import { EmptyForm, WorkbookForm } from './startforms';
import { exampleIcon, newPlaceIcon, placeIcon, planIcon, registerIcon } from './icons';
import {
  CommandIDs,
  PLACE_FACTORY,
  PLACE_FILE,
  PLACE_FILE_TYPES,
  PLAN_ENDING,
  PLAN_FACTORY,
  REGISTER_ENDING,
  REGISTER_FACTORY,
  TRANSLATIONS
} from './names';
import { misfits, NewPlaceForm, nextFinancialYear } from './newplace';
import { isFolder, PlaceDocument } from './placedocument';
import { IPreferences, SETTINGS } from './settings';
import { PlaceServer, type IEmptyPlace, type IMadePlace, type INewPlace } from './server';

/** What Lab calls a copy of the file by which a place is opened. */
const PART_OF_PLACE = /^datapackage-Copy\d*\.json$/;

/** Said of a path: what is chosen in the file browser, whatever is in front. */
const CHOSEN = '.';

/** Drives whose files stand in the server's folder; real-time collaboration has its own. */
const SERVER_DRIVES = ['', 'RTC'];

/** Everything the commands need. */
interface ISurroundings {
  app: JupyterFrontEnd;
  documents: IDocumentManager;
  browser: IDefaultFileBrowser | null;
  server: PlaceServer;
  preferences: IPreferences;
  translator: ITranslator;
  trans: TranslationBundle;
}

/** The folder the user looks at, from the server's folder; of a place that in which it lies. */
async function folderInView({ app, browser }: ISurroundings, cwd: unknown): Promise<string> {
  const path = typeof cwd === 'string' ? cwd : (browser?.model.path ?? '');
  const { contents } = app.serviceManager;
  const folder = SERVER_DRIVES.includes(contents.driveName(path)) ? contents.localPath(path) : '';
  const inPlace = folder !== '' && (await isOurs(contents, PathExt.join(path, PLACE_FILE)));
  return inPlace ? PathExt.dirname(folder) : folder;
}

/** What a command has opened; the launcher gives it its own place, and goes. */
type Opened = Widget | undefined;

/** Show the new folder and open what is wanted of it, the place in front. */
async function openMade(made: IMadePlace | null, around: ISurroundings): Promise<Opened> {
  const { browser, documents, preferences } = around;
  if (made === null) {
    return undefined;
  }
  await browser?.model.cd(`/${made.folder}`);
  await preferences.ready;
  let opened: Opened;
  if (made.notebook !== '' && preferences.get('openNotebook') !== false) {
    opened = documents.openOrReveal(made.notebook);
  }
  if (preferences.get('openPlace') !== false) {
    opened = documents.openOrReveal(PathExt.join(made.folder, PLACE_FILE), PLACE_FACTORY);
  }
  return opened;
}

/** How many financial years the dialogs suggest. */
async function suggestedYears({ preferences }: ISurroundings): Promise<number> {
  await preferences.ready;
  const years = preferences.get('years');
  return typeof years === 'number' ? years : 5;
}

async function newPlace(around: ISurroundings, cwd: unknown): Promise<Opened> {
  const { server, trans } = around;
  const sectors = await server.sectors();
  const years = await suggestedYears(around);
  const first: INewPlace = {
    title: '',
    first_year: nextFinancialYear(new Date()),
    years,
    agencies: [
      { name: '', sector: 'council' },
      { name: '', sector: 'nhs' }
    ],
    files: [],
    residents: ''
  };
  const folder = await folderInView(around, cwd);
  const made = await askUntilDone<INewPlace, IMadePlace>({
    title: trans.__('New place budget'),
    accept: trans.__('Make it'),
    form: before => new NewPlaceForm({ place: filled(before, first), sectors, folder, trans }),
    check: place => misfits(place, trans),
    make: place => server.newPlace(place, folder),
    trans
  });
  return openMade(made, around);
}

/** What was filled in, with rows to write agencies into. */
function filled(before: INewPlace | null, first: INewPlace): INewPlace {
  if (before === null) {
    return first;
  }
  return before.agencies.length > 0 ? before : { ...before, agencies: first.agencies };
}

async function openExample(around: ISurroundings, cwd: unknown): Promise<Opened> {
  const { server, trans } = around;
  const examples = await server.examples();
  const folder = await folderInView(around, cwd);
  const made = await askUntilDone<string, IMadePlace>({
    title: trans.__('Open example place'),
    accept: trans.__('Copy and open'),
    form: () => new ExampleForm(examples, folder, trans),
    check: name => (name === '' ? trans.__('Choose a place.') : ''),
    make: name => server.copyExample(name, folder),
    trans
  });
  return openMade(made, around);
}

async function fromWorkbook(around: ISurroundings, cwd: unknown): Promise<Opened> {
  const { server, trans } = around;
  const folder = await folderInView(around, cwd);
  const made = await askUntilDone<File[], IMadePlace>({
    title: trans.__('New place from a workbook'),
    accept: trans.__('Make it'),
    form: before => new WorkbookForm(before ?? [], folder, trans),
    check: files => (files.length === 0 ? trans.__('Choose a workbook.') : ''),
    make: files => server.fromWorkbook(files, folder),
    trans
  });
  return openMade(made, around);
}

async function emptyPlace(around: ISurroundings, cwd: unknown): Promise<Opened> {
  const { server, trans } = around;
  const years = await suggestedYears(around);
  const first: IEmptyPlace = {
    title: '',
    first_year: nextFinancialYear(new Date()),
    years
  };
  const folder = await folderInView(around, cwd);
  const made = await askUntilDone<IEmptyPlace, IMadePlace>({
    title: trans.__('New empty place'),
    accept: trans.__('Make it'),
    form: before => new EmptyForm(before ?? first, folder, trans),
    check: ({ title }) => (title === '' ? trans.__('The title is missing.') : ''),
    make: place => server.emptyPlace(place, folder),
    trans
  });
  return openMade(made, around);
}

async function openPlace(around: ISurroundings, path: unknown): Promise<Opened> {
  let opened: Opened;
  for (const file of await meantPlaces(around, path)) {
    opened = around.documents.openOrReveal(file, PLACE_FACTORY);
  }
  return opened;
}

async function openDeskOf(around: ISurroundings, path: unknown): Promise<Opened> {
  const opened = await openPlace(around, path);
  if (opened instanceof PlaceDocument) {
    opened.content.showDesk();
  }
  return opened;
}

/** The place that is named, or chosen or shown in the browser; those that are asked for else. */
async function meantPlaces(around: ISurroundings, path: unknown): Promise<string[]> {
  const { documents, browser, app, trans } = around;
  const { contents } = app.serviceManager;
  if (typeof path === 'string') {
    return [path];
  }
  const chosen = browser === null ? [] : [...browser.selectedItems()];
  const [item] = chosen;
  const picked = chosen.length === 1 && (item.type === 'directory' || isPlace(item.name));
  if (picked && (await isThere(contents, placeFile(item.path, item.type)))) {
    return [placeFile(item.path, item.type)];
  }
  if (chosen.length === 1 && item.type === 'directory') {
    throw new Error(trans.__('There is no place in %1: it holds no %2.', item.name, PLACE_FILE));
  }
  const here = PathExt.join(browser?.model.path ?? '', PLACE_FILE);
  if (await isThere(contents, here)) {
    return [here];
  }
  const { button, value } = await FileDialog.getOpenFiles({
    title: trans.__('Open place budget'),
    label: trans.__('The %1 of its folder, a *.place.xlsx or a *.place.zip', PLACE_FILE),
    manager: documents,
    filter: file => (file.type === 'directory' || isPlace(file.name) ? {} : null),
    translator: around.translator
  });
  return (button.accept ? (value ?? []) : []).map(file => placeFile(file.path, file.type));
}

function isPlace(name: string): boolean {
  return (
    name === PLACE_FILE || Object.values(PLACE_FILE_TYPES).some(ending => name.endsWith(ending))
  );
}

/** The file by which a place is opened: of a folder its descriptor. */
function placeFile(path: string, type: string): string {
  return type === 'directory' ? PathExt.join(path, PLACE_FILE) : path;
}

/** Whether a data package is a place, which names its financial years: others have such files too. */
async function isOurs(contents: Contents.IManager, path: string): Promise<boolean> {
  try {
    const { content } = await contents.get(path, { type: 'file', format: 'text', content: true });
    const { years } = JSON.parse(String(content)) as { years?: unknown };
    return Array.isArray(years) && years.every(year => /^\d{4}-\d{2}$/.test(String(year)));
  } catch {
    return false;
  }
}

async function isThere(contents: Contents.IManager, path: string): Promise<boolean> {
  try {
    await contents.get(path, { content: false });
    return true;
  } catch {
    return false;
  }
}

/** The place that is meant: named, chosen in the browser, the document in front, or asked for. */
async function meantPlace(around: ISurroundings, path: unknown): Promise<string | undefined> {
  const front = around.app.shell.currentWidget;
  const named = path === undefined && front instanceof PlaceDocument ? front.context.path : path;
  const [file] = await meantPlaces(around, named === CHOSEN ? undefined : named);
  return file;
}

/** Copy a place with all that lies in its folder, and open the copy. */
async function duplicatePlace(around: ISurroundings, given: unknown): Promise<Opened> {
  const { app, documents } = around;
  const { contents } = app.serviceManager;
  const file = await meantPlace(around, given);
  if (file === undefined) {
    return undefined;
  }
  const whole = isFolder(contents.localPath(file)) ? PathExt.dirname(file) : file;
  if (contents.localPath(whole) === '') {
    throw new Error(
      around.trans.__(
        'This place is the folder that Jupyter shows itself, beside which nothing can be ' +
          'written. Start Jupyter in the folder above.'
      )
    );
  }
  const made = await contents.copy(whole, PathExt.dirname(whole));
  // The server puts a number before the last ending alone: my.place-Copy1.xlsx.
  const name = made.name.replace(/(\.place)(-Copy\d+)(\.\w+)$/, '$2$1$3');
  const path = PathExt.join(PathExt.dirname(made.path), name);
  if (name !== made.name) {
    await contents.rename(made.path, path);
  }
  return documents.openOrReveal(placeFile(path, made.type), PLACE_FACTORY);
}

/** Fetch a place as one file. */
async function downloadPlace(around: ISurroundings, path: unknown): Promise<Opened> {
  const { contents } = around.app.serviceManager;
  const file = await meantPlace(around, path);
  if (file !== undefined && isFolder(contents.localPath(file))) {
    await download(around.server, contents.localPath(file));
  } else if (file !== undefined) {
    const link = document.createElement('a');
    link.href = await contents.getDownloadUrl(file);
    link.download = '';
    link.click();
  }
  return undefined;
}

const openPlan: ICommand['run'] = (around, path) =>
  openEnding(around, path, around.trans.__('Open plan'), PLAN_ENDING, PLAN_FACTORY);

const openRegister: ICommand['run'] = (around, path) =>
  openEnding(around, path, around.trans.__('Open register'), REGISTER_ENDING, REGISTER_FACTORY);

/** Open the file that is named; else ask for files with an ending. */
async function openEnding(
  { documents, translator, trans }: ISurroundings,
  path: unknown,
  title: string,
  ending: string,
  factory: string
): Promise<Opened> {
  if (typeof path === 'string') {
    return documents.openOrReveal(path, factory);
  }
  const { button, value } = await FileDialog.getOpenFiles({
    title,
    label: trans.__('Files that end in %1', ending),
    manager: documents,
    filter: file => (file.type === 'directory' || file.name.endsWith(ending) ? {} : null),
    translator
  });
  let opened: Opened;
  const chosen = button.accept ? (value ?? []) : [];
  for (const file of chosen.filter(file => file.name.endsWith(ending))) {
    opened = documents.openOrReveal(file.path, factory);
  }
  return opened;
}

/** What a command is given, beside what it is called in JSON. */
type Argument = [name: 'cwd' | 'path', description: string];

interface ICommand {
  id: string;
  label: string;
  caption: string;
  icon: LabIcon;
  argument: Argument;
  run: (around: ISurroundings, given: unknown) => Promise<Opened>;
}

/** Every command, in the order in which launcher and palette show them. */
function commandsIn(trans: TranslationBundle): ICommand[] {
  const where: Argument = ['cwd', trans.__('Folder to make it in')];
  const which: Argument = ['path', trans.__('The place; asked for if not given')];
  return [
    {
      id: CommandIDs.newPlace,
      label: trans.__('New place budget'),
      caption: trans.__('Make a folder with tables, options and a first notebook'),
      icon: newPlaceIcon,
      argument: where,
      run: newPlace
    },
    {
      id: CommandIDs.fromWorkbook,
      label: trans.__('New place from a workbook'),
      caption: trans.__('Make a folder with the tables of a workbook that was filled in'),
      icon: newPlaceIcon,
      argument: where,
      run: fromWorkbook
    },
    {
      id: CommandIDs.emptyPlace,
      label: trans.__('New empty place'),
      caption: trans.__('Make a folder with a title, financial years and tables without rows'),
      icon: newPlaceIcon,
      argument: where,
      run: emptyPlace
    },
    {
      id: CommandIDs.openExample,
      label: trans.__('Open example place'),
      caption: trans.__('Copy an example place into a new folder'),
      icon: exampleIcon,
      argument: where,
      run: openExample
    },
    {
      id: CommandIDs.openPlace,
      label: trans.__('Open place budget'),
      caption: trans.__(
        'Open a place (a folder, *.place.xlsx, *.place.zip): overview, tables, plans'
      ),
      icon: placeIcon,
      argument: which,
      run: openPlace
    },
    {
      id: CommandIDs.openDesk,
      label: trans.__('Open desk'),
      caption: trans.__('Open a place at its desk: switches, amounts, and the plan that follows'),
      icon: placeIcon,
      argument: which,
      run: openDeskOf
    },
    {
      id: CommandIDs.duplicatePlace,
      label: trans.__('Duplicate whole place'),
      caption: trans.__('Copy a place with all that lies in its folder, and open the copy'),
      icon: placeIcon,
      argument: which,
      run: duplicatePlace
    },
    {
      id: CommandIDs.downloadPlace,
      label: trans.__('Download whole place'),
      caption: trans.__('Fetch a place as one file: a folder as a .place.zip'),
      icon: placeIcon,
      argument: which,
      run: downloadPlace
    },
    {
      id: CommandIDs.openPlan,
      label: trans.__('Open plan'),
      caption: trans.__('Open a plan file (*.plan.json) as a picture and a table'),
      icon: planIcon,
      argument: ['path', trans.__('The plan file; asked for if not given')],
      run: openPlan
    },
    {
      id: CommandIDs.openRegister,
      label: trans.__('Open register'),
      caption: trans.__('Open a register (*.register): what was decided, and what came of it'),
      icon: registerIcon,
      argument: ['path', trans.__('The register; asked for if not given')],
      run: openRegister
    }
  ];
}

function addCommands(around: ISurroundings): void {
  for (const { id, label, caption, icon, argument, run } of commandsIn(around.trans)) {
    const [name, description] = argument;
    around.app.commands.addCommand(id, {
      label,
      caption,
      icon,
      describedBy: {
        args: { type: 'object', properties: { [name]: { type: 'string', description } } }
      },
      execute: args => saying(label, () => run(around, args[name]), around.trans)
    });
  }
}

/** Lab's own Duplicate copies the one file by which a place is opened: it is said what to do. */
function tellOfPart(app: JupyterFrontEnd, trans: TranslationBundle): void {
  const { contents } = app.serviceManager;
  contents.fileChanged.connect(async (_, { type, newValue }) => {
    const path = newValue?.path ?? '';
    const isPart = type === 'new' && PART_OF_PLACE.test(PathExt.basename(path));
    if (!isPart || !(await isOurs(contents, path))) {
      return;
    }
    const whole = PathExt.join(PathExt.dirname(path), PLACE_FILE);
    const words = trans.__(
      '%1 is a copy of one file of a place, and no place. Delete it, and have the whole place copied.',
      PathExt.basename(path)
    );
    const copy = () => void app.commands.execute(CommandIDs.duplicatePlace, { path: whole });
    const label = trans.__('Duplicate whole place');
    Notification.warning(words, { autoClose: false, actions: [{ label, callback: copy }] });
  });
}

/** What begins nothing, so that the launcher has no card for it. */
const NOT_BEGINNING: string[] = [CommandIDs.duplicatePlace, CommandIDs.downloadPlace];

/** Launcher, palette and menus: a place, a new one, an example, a plan. */
export const commands: JupyterFrontEndPlugin<void> = {
  id: SETTINGS,
  description: 'Commands to make a place, to copy an example, and to open what there is.',
  autoStart: true,
  requires: [IDocumentManager, IPreferences],
  optional: [ITranslator, IDefaultFileBrowser, ILauncher, ICommandPalette],
  activate: (
    app,
    documents: IDocumentManager,
    preferences: IPreferences,
    givenTranslator: ITranslator | null,
    browser: IDefaultFileBrowser | null,
    launcher: ILauncher | null,
    palette: ICommandPalette | null
  ) => {
    const translator = givenTranslator ?? nullTranslator;
    const trans = translator.load(TRANSLATIONS);
    const server = new PlaceServer(app.serviceManager.serverSettings, trans);
    addCommands({ app, documents, browser, server, preferences, translator, trans });
    tellOfPart(app, trans);
    const category = trans.__('Place budgets');
    Object.values(CommandIDs).forEach((command, rank) => {
      if (!NOT_BEGINNING.includes(command)) {
        launcher?.add({ command, category, rank });
      }
      palette?.addItem({ command, category, rank });
    });
  }
};
