import type { ISettingRegistry } from '@jupyterlab/settingregistry';

/** The plugin whose settings all of ours are. */
export const SETTINGS = 'placebudget:commands';

/** A setting, or nothing where there are none. */
export async function setting(settings: ISettingRegistry | null, name: string): Promise<unknown> {
  if (settings === null) {
    return undefined;
  }
  return (await settings.get(SETTINGS, name)).composite;
}
