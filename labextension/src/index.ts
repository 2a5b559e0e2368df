import { commands } from './commands';
import { document } from './document';
import { preferences } from './settings';
import { viewer } from './viewer';

/** The tokens by which other extensions ask for the places that are open, and for the settings. */
export { IPlaceTracker } from './document';
export { IPreferences } from './settings';

export default [preferences, viewer, document, commands];
