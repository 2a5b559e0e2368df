/** Parts of a page that the server writes: text is escaped there, and nothing in them runs here. */
export function showPage(node: HTMLElement, html: string, focus = false): void {
  const parsed = new DOMParser().parseFromString(html, 'text/html');
  parsed.querySelectorAll('script, iframe, object, embed, form').forEach(each => each.remove());
  for (const each of parsed.querySelectorAll('*')) {
    for (const { name, value } of [...each.attributes]) {
      if (name.startsWith('on') || /^\s*javascript:/i.test(value)) {
        each.removeAttribute(name);
      }
    }
  }
  node.replaceChildren(...[...parsed.head.children, ...parsed.body.childNodes]);
  if (focus) {
    node.focus();
  }
}
