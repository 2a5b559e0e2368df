import { commands } from './commands';
import { document } from './document';
import { registers } from './registers';
import { preferences } from './settings';
import { viewer } from './viewer';

/** The tokens by which other extensions ask for the places that are open, and for the settings. */
export { IPlaceTracker } from './document';
export { IPreferences } from './settings';
/** What the tracker tracks: documents of places, each with its session and what is held of it. */
export type { PlaceDocument } from './placedocument';
export type { PlaceModel } from './placemodel';
export type { PlaceSession } from './placesession';

export default [preferences, viewer, document, registers, commands];
