/** Names that stand in files, in saved layouts and in the Python package. */
export const PLAN_MIME_TYPE = 'application/vnd.placebudget.plan+json';
export const PLAN_ENDING = '.plan.json';
export const PLAN_FILE_TYPE = 'placebudget-plan';
export const PLAN_FACTORY = 'placebudget plan';
export const PLAN_MODEL = 'placebudget-plan-location';
export const PLACE_FILE = 'datapackage.json';
export const PLACE_FILE_TYPE = 'placebudget-place';
export const PLACE_FILE_TYPES = {
  'placebudget-place-workbook': '.place.xlsx',
  'placebudget-place-archive': '.place.zip'
};
export const PLACE_FACTORY = 'placebudget place';
export const PLACE_MODEL = 'placebudget-place-tables';
export const PLACE_CONTENTS = 'placebudget-place-files';
export const REGISTER_ENDING = '.register';
export const REGISTER_FILE_TYPE = 'placebudget-register';
export const REGISTER_FACTORY = 'placebudget register';
export const REGISTER_MODEL = 'placebudget-register-location';
export const TRANSLATIONS = 'placebudget';

/** Saves the place in front; Lab's own command, by its keys and in its menu, does so too. */
export const SAVE = 'placebudget:save';

/** One step of a place back, and forth again; Lab's menu Edit leads to them. */
export const STEPS = { undo: 'placebudget:undo', redo: 'placebudget:redo' } as const;

/** Shows the panel beside a place; it begins nothing, so the launcher has no card for it. */
export const SHOW_PANEL = 'placebudget:show-panel';

export namespace CommandIDs {
  export const newPlace = 'placebudget:new-place';
  export const fromWorkbook = 'placebudget:new-from-workbook';
  export const emptyPlace = 'placebudget:new-empty-place';
  export const openExample = 'placebudget:open-example';
  export const openPlace = 'placebudget:open-place';
  export const openDesk = 'placebudget:open-desk';
  export const duplicatePlace = 'placebudget:duplicate-place';
  export const downloadPlace = 'placebudget:download-place';
  export const openPlan = 'placebudget:open-plan';
  export const openRegister = 'placebudget:open-register';
}
