/** What the extension needs to know of the module that draws a plan. */
export interface IDrawing {
  [member: string]: unknown;
}

export function renderPlan(
  element: HTMLElement,
  drawing: IDrawing,
  options?: Record<string, unknown>
): () => void;
