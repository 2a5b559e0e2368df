import type { TranslationBundle } from '@jupyterlab/translation';

import { orSaid } from './asking';
import { button, element, english, terms } from './dom';
import { labelled, textBox } from './forms';
import type { IRegister } from './register';

/** Whether a register holds: what the server has found, and a noted hash looked for. */
export class RegisterCheck {
  readonly node = element('div');

  constructor(
    private readonly noted: (hash: string) => Promise<string>,
    private readonly trans: TranslationBundle
  ) {
    this.problem.setAttribute('role', 'alert');
    this.answer.setAttribute('role', 'status');
    this.node.append(this.said, this.asking, this.doubts);
    const hint = trans.__('Minutes name the hash of the last entry that they rest on.');
    this.asking.append(
      labelled(trans.__('A hash that was noted'), this.hash, hint),
      button(trans.__('Look for it'), () => void this.look()),
      this.problem,
      this.answer
    );
    this.asking.className = 'jp-placebudget-boxes';
    this.hash.addEventListener('keydown', event => {
      if (event.key === 'Enter') {
        void this.look();
      }
    });
  }

  show(register: IRegister): void {
    const { trans } = this;
    const { said, head, found, left, holds } = register;
    this.said.replaceChildren(
      ...said.map(each => element('p', each, 'jp-placebudget-prose')),
      terms([[trans.__('The hash of the last entry'), head ? [head] : []]])
    );
    this.asking.hidden = !holds;
    const list = element('ul', '', 'jp-placebudget-found');
    list.append(
      ...found.map(({ severity, text }) => {
        const line = element('li');
        const kind = severity === 'error' ? trans.__('Error') : trans.__('Warning');
        line.append(element('strong', kind), ': ', english('span', text));
        return line;
      })
    );
    const more = trans._n('And %1 more.', 'And %1 more.', left);
    this.doubts.replaceChildren(
      element('h3', trans.__('What is wrong or doubtful')),
      found.length > 0 ? list : element('p', trans.__('Nothing was found.')),
      ...(left > 0 ? [element('p', more)] : [])
    );
  }

  private async look(): Promise<void> {
    this.answer.textContent = '';
    const hash = this.hash.value.trim();
    if (hash !== '') {
      await orSaid(this.problem, async () => {
        this.answer.textContent = await this.noted(hash);
      });
    }
  }

  private readonly said = element('div');
  private readonly asking = element('div');
  private readonly doubts = element('div');
  private readonly hash = textBox('');
  private readonly answer = element('p');
  private readonly problem = element('div', '', 'jp-placebudget-problem');
}
