/** Names that stand in files, in saved layouts and in the Python package. */
export const PLAN_MIME_TYPE = 'application/vnd.placebudget.plan+json';
export const PLAN_ENDING = '.plan.json';
export const PLAN_FILE_TYPE = 'placebudget-plan';
export const PLAN_FACTORY = 'placebudget plan';
export const PLAN_MODEL = 'placebudget-plan-location';
export const TRANSLATIONS = 'placebudget';

export namespace CommandIDs {
  export const newPlace = 'placebudget:new-place';
  export const openExample = 'placebudget:open-example';
  export const openPlan = 'placebudget:open-plan';
}
