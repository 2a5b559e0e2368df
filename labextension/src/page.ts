import type { ISanitizer } from '@jupyterlab/apputils';

/** What stands in pages of the server beside what Lab lets through: charts, and how they are read. */
const DRAWN = [
  'svg',
  'g',
  'path',
  'line',
  'rect',
  'circle',
  'text',
  'tspan',
  'title',
  'desc',
  'defs'
];
const TEXT = (
  'div section h2 h3 h4 p ul ol li dl dt dd strong em b i span small br a figure figcaption ' +
  'details summary table caption thead tbody tfoot tr th td'
).split(' ');
const LOOKS = (
  'class id lang role tabindex aria-* data-room data-pick data-point scope colspan rowspan href open width height ' +
  'viewbox xmlns version focusable d x y x1 x2 y1 y2 cx cy r rx ry dx dy points transform fill ' +
  'fill-* stroke stroke-* opacity display text-anchor dominant-baseline font-* pointer-events'
).split(' ');

/** Shows parts of pages that the server writes, in which every text is escaped, and nothing runs. */
export class Pages {
  constructor(
    private readonly sanitizer: ISanitizer,
    /** How all of them look. */
    private readonly styles: () => Promise<string>
  ) {}

  show(node: HTMLElement, html: string, focus = false): void {
    void this.dress();
    const parsed = new DOMParser().parseFromString(html, 'text/html');
    parsed.querySelectorAll('style').forEach(style => style.remove());
    node.lang = 'en';
    node.innerHTML = this.sanitizer.sanitize(parsed.body.innerHTML, {
      allowedTags: [...TEXT, ...DRAWN],
      allowedAttributes: { '*': LOOKS }
    });
    if (focus) {
      node.focus();
    }
  }

  /** How pages look comes once and apart from them, so that nothing in a page can say it. */
  private async dress(): Promise<void> {
    if (this.isDressed) {
      return;
    }
    this.isDressed = true;
    try {
      const style = document.createElement('style');
      style.textContent = await this.styles();
      document.head.append(style);
    } catch {
      this.isDressed = false; // with the next page
    }
  }

  private isDressed = false;
}
