import { element } from './dom';

let made = 0;

/** Milliseconds on a tab that was come to by arrows until what it shows is asked for. */
const PAUSE = 400;

/** Panels of which one is shown, chosen by tabs with the keys that tabs have. */
export class Tabs {
  readonly node = element('div', '', 'jp-placebudget-tabs');

  /** Panels by name, each with its label; `shown` is called whenever one comes to be seen. */
  constructor(
    label: string,
    panels: readonly { name: string; label: string; node: HTMLElement }[],
    private readonly shown: (name: string) => void
  ) {
    const id = `jp-placebudget-tabs-${++made}`;
    const list = element('div', '', 'jp-placebudget-tablist');
    list.setAttribute('role', 'tablist');
    list.setAttribute('aria-label', label);
    list.addEventListener('keydown', event => this.key(event));
    this.node.append(list);
    panels.forEach(({ name, label, node }) => {
      const tab = element('button', label, 'jp-placebudget-tab');
      tab.type = 'button';
      tab.id = `${id}-${name}`;
      tab.setAttribute('role', 'tab');
      tab.addEventListener('click', () => this.choose(name));
      node.id = `${id}-${name}-panel`;
      node.tabIndex = -1;
      node.setAttribute('role', 'tabpanel');
      node.setAttribute('aria-labelledby', tab.id);
      tab.setAttribute('aria-controls', node.id);
      list.append(tab);
      this.node.append(node);
      this.tabs.set(name, { tab, panel: node });
    });
    this.choose(panels[0].name);
  }

  /** The name of the panel that is seen. */
  get current(): string {
    return this.chosen;
  }

  /** Go to the tab of the panel that is seen; what is looked at stays in sight, as it is pressed. */
  focus(): void {
    this.tabs.get(this.chosen)?.tab.focus({ preventScroll: true });
  }

  choose(name: string, pause = 0): void {
    window.clearTimeout(this.late);
    this.chosen = name;
    for (const [each, { tab, panel }] of this.tabs) {
      const chosen = each === name;
      tab.setAttribute('aria-selected', String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      panel.hidden = !chosen;
    }
    if (pause === 0) {
      this.shown(name);
    } else {
      // Who only passes has nothing worked out.
      this.late = window.setTimeout(() => this.node.isConnected && this.shown(name), pause);
    }
  }

  private key(event: KeyboardEvent): void {
    const names = [...this.tabs.keys()];
    const at = names.indexOf(this.chosen);
    const goals: Record<string, number> = {
      ArrowRight: (at + 1) % names.length,
      ArrowLeft: (at + names.length - 1) % names.length,
      Home: 0,
      End: names.length - 1
    };
    const goal = goals[event.key];
    if (goal !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      this.choose(names[goal], PAUSE);
      this.tabs.get(names[goal])?.tab.focus();
    }
  }

  private late = 0;
  private chosen = '';
  private readonly tabs = new Map<string, { tab: HTMLButtonElement; panel: HTMLElement }>();
}
