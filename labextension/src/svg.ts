/**
 * Pictures of the commands, 24 units square. Their colours come from the theme:
 * the class jp-icon3 is the ink of its icons, the other the ink in a chosen row.
 */
const svg = (shapes: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="24" viewBox="0 0 24 24">${shapes}</svg>`;

// Money runs from two purses into one place.
const RIBBONS =
  '<path class="jp-icon3 jp-icon-selectable" fill="#616161" fill-opacity=".55" ' +
  'd="M5 4c7 0 7 5 14 5v4C12 13 12 8 5 8zM5 14c7 0 7-1 14-1v5c-7 0-7 2-14 2z"/>';
const ENDS =
  '<path class="jp-icon3 jp-icon-selectable" fill="#616161" d="M2 4h3v4H2zM2 14h3v6H2zM19 9h3v9h-3z"/>';

export const planSvg = svg(RIBBONS + ENDS);

// A house with the sign for adding.
export const newPlaceSvg = svg(
  '<path class="jp-icon3 jp-icon-selectable" fill="#616161" ' +
    'd="M11 2 1 10h3v11h8v-2H6V9.2l5-4 5 4V12h2v-2h3z"/>' +
    '<path class="jp-icon3 jp-icon-selectable" fill="#616161" d="M17 14h2v3h3v2h-3v3h-2v-3h-3v-2h3z"/>'
);

// A house with rows in it, as a table has.
export const exampleSvg = svg(
  '<path class="jp-icon3 jp-icon-selectable" fill="#616161" ' +
    'd="M12 2 1 10h3v11h16V10h3zm6 17H6V9.2l6-4.6 6 4.6z"/>' +
    '<path class="jp-icon3 jp-icon-selectable" fill="#616161" d="M8 10h8v2H8zM8 13h8v2H8zM8 16h8v2H8z"/>'
);

// A house with money running into it.
export const placeSvg = svg(
  '<path class="jp-icon3 jp-icon-selectable" fill="#616161" ' +
    'd="M12 2 1 10h3v11h16V10h3zm6 17H6V9.2l6-4.6 6 4.6z"/>' +
    '<path class="jp-icon3 jp-icon-selectable" fill="#616161" d="M8 17v-4h2v4zM11 17v-7h2v7zM14 17v-2h2v2z"/>'
);

// A book with lines in it, the last of them ticked.
export const registerSvg = svg(
  '<path class="jp-icon3 jp-icon-selectable" fill="#616161" ' +
    'd="M5 2h15v20H5a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2zm2 2v16h11V4z"/>' +
    '<path class="jp-icon3 jp-icon-selectable" fill="#616161" ' +
    'd="M9 7h7v2H9zM9 11h7v2H9zM9.700 15.300l1.800 1.800 3.600-3.600 1.300 1.300-4.900 4.900-3.100-3.100z"/>'
);
