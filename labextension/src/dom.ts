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

/**
 * A table of texts, of which the first of a row heads it. Texts are what somebody has written; what
 * is said here comes as elements.
 */
export function listing(
  caption: string,
  heads: string[],
  rows: readonly (string | HTMLElement)[][]
): HTMLElement {
  const table = element('table', '', 'jp-placebudget-listing');
  const head = element('tr');
  head.append(
    ...heads.map(text => {
      const cell = element('th', text);
      cell.scope = 'col';
      return cell;
    })
  );
  const body = element('tbody');
  body.append(
    ...rows.map(cells => {
      const row = element('tr');
      row.append(
        ...cells.map((content, at) => {
          const cell = element(at === 0 ? 'th' : 'td');
          if (at === 0) {
            cell.setAttribute('scope', 'row');
          }
          cell.append(typeof content === 'string' ? element('span', content, 'value') : content);
          return cell;
        })
      );
      return row;
    })
  );
  const above = element('thead');
  above.append(head);
  table.append(element('caption', caption), above, body);
  return scrolling(table, caption);
}

/** Terms and what is said of each; one of which nothing is said is left out. */
export function terms(said: [term: string, content: (string | HTMLElement)[]][]): HTMLElement {
  const list = element('dl', '', 'jp-placebudget-about');
  for (const [term, contents] of said.filter(([, contents]) => contents.length > 0)) {
    list.append(element('dt', term));
    for (const content of contents) {
      const cell = element('dd');
      cell.append(content);
      list.append(cell);
    }
  }
  return list;
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
