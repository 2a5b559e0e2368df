import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { Token, type JSONValue } from '@lumino/coreutils';
import { Signal, type ISignal } from '@lumino/signaling';

/** The plugin by whose name all our settings are kept. */
export const SETTINGS = 'placebudget:commands';

/** What the user has set for place budgets. */
export interface IPreferences {
  /** Settled when they are known for the first time. */
  readonly ready: Promise<void>;
  /** Tells of every change. */
  readonly changed: ISignal<IPreferences, void>;
  /** One of them; nothing where there are no settings. */
  get(name: string): JSONValue | undefined;
}

export const IPreferences = new Token<IPreferences>(
  'placebudget:IPreferences',
  'What the user has set for place budgets.'
);

class Preferences implements IPreferences {
  constructor(registry: ISettingRegistry | null) {
    this.ready = this.load(registry);
  }

  readonly ready: Promise<void>;
  readonly changed = new Signal<this, void>(this);

  get(name: string): JSONValue | undefined {
    return this.held?.composite[name] as JSONValue | undefined;
  }

  private async load(registry: ISettingRegistry | null): Promise<void> {
    try {
      this.held = (await registry?.load(SETTINGS)) ?? null;
    } catch {
      // Somebody has switched off the plugin they are kept for: all is as it comes.
    }
    this.held?.changed.connect(this.tell, this);
    this.tell();
  }

  /** Drawings in outputs, viewers and desks read how they are to look from the page itself. */
  private tell(): void {
    const { dataset } = document.body;
    dataset.placebudgetUnits = String(this.get('units') ?? '');
    dataset.placebudgetYear = this.get('drawnYears') === 'the first year' ? '0' : '';
    dataset.placebudgetColours = String(this.get('colours') ?? '');
    this.changed.emit();
  }

  private held: ISettingRegistry.ISettings | null = null;
}

/** Keeps the settings at hand for everything else here. */
export const preferences: JupyterFrontEndPlugin<IPreferences> = {
  id: 'placebudget:preferences',
  description: 'Keeps the settings of place budgets at hand.',
  autoStart: true,
  optional: [ISettingRegistry],
  provides: IPreferences,
  activate: (_, registry: ISettingRegistry | null) => new Preferences(registry)
};
