/**
 * A part of a page that the kernel wrote, in which every text is escaped; a point of a picture is
 * pressed in it as a button is.
 *
 * @param {HTMLElement} element where the page is
 * @param {(point: string) => void} press hears which point
 */
export function hearPoints(element, press) {
  /** @param {Event} event */
  const heard = (event) => {
    const at = event.target instanceof Element ? event.target.closest("svg [data-point]") : null;
    if (!at || (event instanceof KeyboardEvent && event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault(); // a space would scroll
    press(at.getAttribute("data-point") ?? "");
  };
  element.addEventListener("click", heard);
  element.addEventListener("keydown", heard);
}

/**
 * The part of an anywidget model that is used here.
 *
 * @typedef {{get: (name: string) => any, send: (content: any) => void,
 *   on: (event: string, heard: () => void) => void,
 *   off: (event: string, heard: () => void) => void}} Model
 */

/** @param {{model: Model, el: HTMLElement}} shown */
function render({ model, el }) {
  const show = () => {
    el.innerHTML = model.get("value");
  };
  hearPoints(el, (point) => model.send({ press: point }));
  show();
  model.on("change:value", show);
  return () => model.off("change:value", show);
}

export default { render };
