/** What the extension needs to know of the module in which points of a picture are pressed. */
export function hearPoints(element: HTMLElement, press: (point: string) => void): void;
