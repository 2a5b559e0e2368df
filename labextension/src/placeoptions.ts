import { Dialog, InputDialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { orSaid } from './asking';
import { button, element, english, named } from './dom';
import { labelled, textBox } from './forms';
import type { IOption, IPlace, Tables } from './place';
import type { PlaceSession } from './placesession';

/** The options stored beside a place, and what was typed kept as one more. */
export class PlaceOptions {
  constructor(
    readonly node: HTMLElement,
    private readonly session: PlaceSession,
    /** Have a plan worked out with an option. */
    private readonly plan: (option: string) => void,
    /** Have an option at the desk. */
    private readonly toDesk: (option: string) => void,
    private readonly trans: TranslationBundle
  ) {
    this.status.setAttribute('role', 'status');
    this.problem.setAttribute('role', 'alert');
    this.list.tabIndex = -1;
    this.revert = button(trans.__('Take the changes out of the tables again'), () => {
      session.model.takeOut(Object.keys(this.kept));
      this.list.focus();
    });
    this.revert.hidden = true;
    session.model.changed.connect(this.changed, this);
    const form = element('div', '', 'jp-placebudget-bar');
    form.append(
      labelled(trans.__('Name of the option'), this.name),
      labelled(trans.__('What it is for'), this.about)
    );
    const intro = trans.__(
      'An option is a named set of changes to this place, kept beside it. A plan can be worked ' +
        'out with it, and is compared with the plan without.'
    );
    const how = trans.__(
      'Change the tables, and do not save them: what differs from the files becomes the option. ' +
        'Nothing is saved by itself. The desk writes nothing into the tables: figures are tried there.'
    );
    node.append(
      element('h2', trans.__('Options')),
      element('p', intro, 'jp-placebudget-prose'),
      this.problem,
      this.status,
      this.revert,
      this.list,
      element('h3', trans.__('Keep what was typed as an option')),
      element('p', how, 'jp-placebudget-prose'),
      form,
      button(trans.__('Keep as an option'), () => void this.keep())
    );
  }

  dispose(): void {
    this.session.model.changed.disconnect(this.changed, this);
  }

  /** What was kept can be taken out while the tables hold that and nothing else. */
  private changed(): void {
    const typed = this.session.model.typed();
    const names = Object.keys(typed);
    this.revert.hidden =
      names.length === 0 ||
      names.length !== Object.keys(this.kept).length ||
      names.some(name => typed[name] !== this.kept[name]);
  }

  /** Show the options there are, and the plans that were made with them. */
  show({ options, plans }: Pick<IPlace, 'options' | 'plans'>): void {
    const held = JSON.stringify([options, plans]);
    if (held === this.shown) {
      return;
    }
    this.shown = held;
    const focused = this.list.contains(document.activeElement);
    const none = element('li', this.trans.__('No option is kept beside it yet.'));
    const lines = options.map(option => this.line(option, plans));
    this.list.replaceChildren(...(lines.length > 0 ? lines : [none]));
    if (focused) {
      this.list.focus();
    }
  }

  private line(option: IOption, plans: IPlace['plans']): HTMLElement {
    const { trans } = this;
    const { name, about, changes, unfit } = option;
    const line = element('li');
    if (name === '') {
      line.append(element('p', about, 'jp-placebudget-problem'));
      return line;
    }
    line.append(element('h3', name));
    if (about) {
      line.append(element('p', about, 'jp-placebudget-prose'));
    }
    const list = element('ul');
    list.append(...changes.map(change => element('li', change)));
    const fits =
      unfit === null
        ? trans.__('Mend the errors of the place to see whether it fits.')
        : trans.__('It fits the tables as they are.');
    const status = unfit
      ? element('p', `${trans.__('It does not fit:')} `, 'jp-placebudget-problem')
      : element('p', [fits, ...this.made(name, plans)].join(' '));
    if (unfit) {
      status.append(english('span', unfit));
    }
    line.append(list, status);
    const buttons = element('div', '', 'jp-placebudget-bar');
    if (unfit === '') {
      buttons.append(
        named(trans.__('Plan'), trans.__('Plan with %1', name), () => this.plan(name)),
        named(trans.__('To the desk'), trans.__('Take %1 to the desk', name), () =>
          this.toDesk(name)
        ),
        named(
          trans.__('Into the tables'),
          trans.__('Take %1 into the tables', name),
          () => void this.take(name)
        )
      );
    }
    buttons.append(
      named(trans.__('Rename'), trans.__('Rename %1', name), () => void this.rename(name)),
      named(trans.__('Delete'), trans.__('Delete %1', name), () => void this.remove(name))
    );
    line.append(buttons);
    return line;
  }

  /** The plans that were made with an option, as it and the tables are now. */
  private made(name: string, plans: IPlace['plans']): string[] {
    const files = plans
      .filter(({ options, current }) => options.length === 1 && options[0] === name && current)
      .map(({ file }) => file);
    return files.map(file => this.trans.__('%1 was made with it.', file));
  }

  private async keep(): Promise<void> {
    await this.doing(async () => {
      const kept = this.session.model.typed();
      const said = await this.session.keepOption(this.name.value, this.about.value);
      this.kept = kept;
      this.changed();
      const still = this.trans.__('The tables here hold the changes still: save them, or not.');
      return `${said} ${still}`;
    });
  }

  private async take(name: string): Promise<void> {
    const { trans } = this;
    await this.doing(async () => {
      const titles = await this.session.takeOption(name);
      return titles.length > 0
        ? trans.__('%1 is in the tables, to be saved or undone there: %2.', name, titles.join(', '))
        : trans.__('The tables are as %1 has them already.', name);
    });
  }

  private async rename(name: string): Promise<void> {
    const { trans } = this;
    const { value } = await InputDialog.getText({
      title: trans.__('Rename the option'),
      label: trans.__('New name'),
      text: name,
      okLabel: trans.__('Rename'),
      cancelLabel: trans.__('Cancel')
    });
    if (value && value !== name) {
      await this.doing(() => this.session.renameOption(name, value));
    }
  }

  private async remove(name: string): Promise<void> {
    const { trans } = this;
    const { button: pressed } = await showDialog({
      title: trans.__('Delete the option'),
      body: trans.__('The file of the option %1 is deleted. Plans made with it stay.', name),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.warnButton({ label: trans.__('Delete') })
      ]
    });
    if (pressed.accept) {
      await this.doing(() => this.session.deleteOption(name));
    }
  }

  /** Do something and say what came of it, or why it cannot be done. */
  private async doing(act: () => Promise<string>): Promise<void> {
    this.status.textContent = '';
    this.status.textContent = (await orSaid(this.problem, act)) ?? '';
    // It stands above the options, which may be many.
    this.status.scrollIntoView({ block: 'nearest' });
  }

  private shown = '';
  /** What was typed in tables when it was kept. */
  private kept: Tables = {};
  private readonly revert: HTMLButtonElement;
  private readonly name = textBox('');
  private readonly about = textBox('');
  private readonly list = element('ul', '', 'jp-placebudget-options');
  private readonly status = element('p');
  private readonly problem = element('div', '', 'jp-placebudget-problem');
}
