// Another extension that asks for the places that are open, and for the settings.
import { IPlaceTracker, IPreferences, type PlaceModel, type PlaceSession } from 'placebudget';

export const asked = [IPlaceTracker, IPreferences];
export const heldBy = (tracker: IPlaceTracker): PlaceModel | undefined =>
  tracker.currentWidget?.context.model;
export const isKept = (session: PlaceSession, preferences: IPreferences): boolean =>
  !session.isUnkept && preferences.get('objective') !== undefined;
export const titleOf = (model: PlaceModel): string => model.place?.overview.title ?? '';
