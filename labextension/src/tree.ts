import { element } from './dom';

/** A branch of a tree, with its leaves. */
export interface IBranch {
  name: string;
  label: string;
  leaves: { name: string; label: string }[];
}

/** A tree of two levels with the keys that trees have. */
export class Tree {
  readonly node = element('ul', '', 'jp-placebudget-tree');

  constructor(
    label: string,
    private readonly pick: (branch: string, leaf: string) => void
  ) {
    this.node.setAttribute('role', 'tree');
    this.node.setAttribute('aria-label', label);
    this.node.addEventListener('keydown', event => this.key(event));
    this.node.addEventListener('click', event => this.click(event));
    this.node.addEventListener('focusin', event => {
      // An item may come to have the focus otherwise than by these keys.
      if (event.target instanceof HTMLLIElement) {
        this.stand(event.target, false);
      }
    });
  }

  /** Show branches; those that were open stay open, and the focus stays where it was. */
  show(branches: readonly IBranch[]): void {
    const held = this.node.contains(document.activeElement);
    this.node.replaceChildren(...branches.map(branch => this.branch(branch)));
    const items = this.items();
    const at = items.find(item => item.dataset.id === this.at) ?? items[0];
    if (at !== undefined) {
      this.stand(at, held);
    }
  }

  private branch({ name, label, leaves }: IBranch): HTMLElement {
    const item = this.item(name, label, 1);
    const group = element('ul');
    group.setAttribute('role', 'group');
    group.append(...leaves.map(leaf => this.item(`${name}/${leaf.name}`, leaf.label, 2)));
    if (leaves.length > 0) {
      this.open(item, this.opened.has(name), group);
      item.append(group);
    }
    return item;
  }

  private item(id: string, label: string, level: number): HTMLElement {
    const item = element('li');
    item.setAttribute('role', 'treeitem');
    item.setAttribute('aria-level', String(level));
    item.dataset.id = id;
    item.tabIndex = -1;
    item.setAttribute('aria-selected', String(id === this.chosen));
    item.append(element('span', label));
    return item;
  }

  private open(item: HTMLElement, opened: boolean, group = item.querySelector('ul')): void {
    item.setAttribute('aria-expanded', String(opened));
    if (group !== null) {
      group.hidden = !opened;
    }
    const name = item.dataset.id ?? '';
    if (opened) {
      this.opened.add(name);
    } else {
      this.opened.delete(name);
    }
  }

  private choose(item: HTMLElement): void {
    if (item.hasAttribute('aria-expanded')) {
      this.open(item, item.getAttribute('aria-expanded') !== 'true');
      return;
    }
    this.chosen = item.dataset.id ?? '';
    for (const each of this.node.querySelectorAll<HTMLElement>('[role="treeitem"]')) {
      each.setAttribute('aria-selected', String(each === item));
    }
    const [branch, ...leaf] = this.chosen.split('/');
    if (leaf.length > 0) {
      this.pick(branch, leaf.join('/'));
    }
  }

  /** The items that are seen, from top to bottom. */
  private items(): HTMLElement[] {
    return [...this.node.querySelectorAll<HTMLElement>('[role="treeitem"]')].filter(
      item => item.parentElement?.hidden !== true
    );
  }

  private stand(item: HTMLElement, focus: boolean): void {
    this.at = item.dataset.id ?? '';
    for (const each of this.node.querySelectorAll<HTMLElement>('[role="treeitem"]')) {
      each.tabIndex = each === item ? 0 : -1;
    }
    if (focus) {
      item.focus();
    }
  }

  private click(event: MouseEvent): void {
    const item = event.target instanceof Element ? event.target.closest('li') : null;
    if (item !== null) {
      this.stand(item, true);
      this.choose(item);
    }
  }

  private key(event: KeyboardEvent): void {
    const items = this.items();
    const at = items.findIndex(item => item.dataset.id === this.at);
    const item = items[at];
    if (item === undefined || event.altKey || event.ctrlKey || event.metaKey) {
      return;
    }
    const opened = item.getAttribute('aria-expanded');
    const above = item.parentElement?.closest('li');
    const goals: Record<string, HTMLElement | undefined> = {
      ArrowDown: items[at + 1],
      ArrowUp: items[at - 1],
      Home: items[0],
      End: items[items.length - 1],
      ArrowRight: opened === 'true' ? items[at + 1] : undefined,
      ArrowLeft: opened === 'true' ? undefined : (above ?? undefined)
    };
    if (event.key === 'Enter' || event.key === ' ') {
      this.choose(item);
    } else if (event.key === 'ArrowRight' && opened === 'false') {
      this.open(item, true);
    } else if (event.key === 'ArrowLeft' && opened === 'true') {
      this.open(item, false);
    } else if (event.key in goals) {
      const goal = goals[event.key];
      if (goal !== undefined) {
        this.stand(goal, true);
      }
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  private at = '';
  private chosen = '';
  private readonly opened = new Set<string>();
}
