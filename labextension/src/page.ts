/** What never stands in such a part, and what an address in one may begin with. */
const NEVER = 'script, iframe, object, embed, form, base, link, meta';
const SAFE = ['http:', 'https:', 'mailto:', 'data:'];
const ADDRESSES = ['href', 'xlink:href', 'src', 'action', 'formaction'];

/** Parts of a page that the server writes: text is escaped there, and nothing in them runs here. */
export function showPage(node: HTMLElement, html: string, focus = false): void {
  const parsed = new DOMParser().parseFromString(html, 'text/html');
  parsed.querySelectorAll(NEVER).forEach(each => each.remove());
  for (const each of parsed.querySelectorAll('*')) {
    for (const { name, value } of [...each.attributes]) {
      if (name.startsWith('on') || (ADDRESSES.includes(name) && !isSafe(value))) {
        each.removeAttribute(name);
      }
    }
  }
  node.replaceChildren(...[...parsed.head.children, ...parsed.body.childNodes]);
  if (focus) {
    node.focus();
  }
}

/** Whether an address leads somewhere and runs nothing; a browser says what it comes to. */
function isSafe(address: string): boolean {
  try {
    return SAFE.includes(new URL(address, window.location.href).protocol);
  } catch {
    return false;
  }
}
