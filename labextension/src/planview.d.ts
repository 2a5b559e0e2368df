/** What the extension needs to know of the module that draws a plan. */
export interface IDrawing {
  [member: string]: unknown;
}

/** Pounds as whoever looks at this page wishes them. */
export function amount(pence: number): string;

export function renderPlan(
  element: HTMLElement,
  drawing: IDrawing,
  options?: Record<string, unknown>
): IDrawn;

/** A drawing that stands in a page: called, it goes. */
export interface IDrawn {
  (): void;
  /** Draw another, with what was chosen of the one before. */
  update(drawing: IDrawing): void;
}
