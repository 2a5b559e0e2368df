import { LabIcon } from '@jupyterlab/ui-components';

import { newPlaceSvg, exampleSvg, placeSvg, planSvg, registerSvg } from './svg';

export const newPlaceIcon = new LabIcon({ name: 'placebudget:new-place', svgstr: newPlaceSvg });
export const exampleIcon = new LabIcon({ name: 'placebudget:example', svgstr: exampleSvg });
export const planIcon = new LabIcon({ name: 'placebudget:plan', svgstr: planSvg });
export const placeIcon = new LabIcon({ name: 'placebudget:place', svgstr: placeSvg });
export const registerIcon = new LabIcon({ name: 'placebudget:register', svgstr: registerSvg });
