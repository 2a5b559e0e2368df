/** An element with a class and a text; text is only ever text. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  text = '',
  className = ''
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  if (text) {
    made.textContent = text;
  }
  if (className) {
    made.className = className;
  }
  return made;
}

/** Words of the server that are English still, whatever the language of Lab. */
export function english<K extends keyof HTMLElementTagNameMap>(
  name: K,
  text: string,
  className = ''
): HTMLElementTagNameMap[K] {
  const made = element(name, text, className);
  made.lang = 'en';
  return made;
}

/** A button that does something when it is pressed. */
export function button(text: string, press: () => void): HTMLButtonElement {
  const made = element('button', text, 'jp-placebudget-button');
  made.type = 'button';
  made.addEventListener('click', press);
  return made;
}

/** A button with a short text, which says in full what it does to those who do not see it. */
export function named(text: string, label: string, press: () => void): HTMLButtonElement {
  const made = button(text, press);
  made.setAttribute('aria-label', label);
  return made;
}

/** A table of texts: the first cell of a row heads it, all others are figures. */
export function figures(caption: string, heads: string[], rows: string[][]): HTMLElement {
  const table = element('table', '', 'jp-placebudget-figures');
  table.append(element('caption', caption));
  const head = element('thead');
  const first = element('tr');
  heads.forEach(text => {
    const cell = element('th', text);
    cell.scope = 'col';
    first.append(cell);
  });
  head.append(first);
  const body = element('tbody');
  rows.forEach(([name, ...cells]) => {
    const row = element('tr');
    const cell = element('th', name);
    cell.scope = 'row';
    row.append(cell, ...cells.map(text => element('td', text)));
    body.append(row);
  });
  table.append(head, body);
  return scrolling(table, caption);
}

/** A region that scrolls sideways by itself, and can be reached by keys to do so. */
function scrolling(inner: HTMLElement, label: string): HTMLElement {
  const region = element('div', '', 'jp-placebudget-scroll');
  region.tabIndex = 0;
  region.setAttribute('role', 'region');
  region.setAttribute('aria-label', label);
  region.append(inner);
  return region;
}
