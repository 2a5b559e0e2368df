import { PathExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { orSaid } from './asking';
import { button, element } from './dom';
import { choice, labelled } from './forms';
import { handOver } from './saveas';
import type { IRegisterSurroundings } from './registerview';

/** The minutes of one meeting: shown, and taken away as a file. */
export class RegisterMinutes {
  readonly node = element('div');

  constructor(
    private readonly around: IRegisterSurroundings,
    private readonly trans: TranslationBundle
  ) {
    this.problem.setAttribute('role', 'alert');
    this.status.setAttribute('role', 'status');
    this.page.tabIndex = -1;
    const bar = element('div', '', 'jp-placebudget-bar');
    bar.append(
      labelled(trans.__('Minutes as'), this.form),
      button(trans.__('Download'), () => void this.download()),
      button(trans.__('Write beside the register'), () => void this.write())
    );
    this.taking.append(bar, this.problem, this.status);
    this.taking.hidden = true;
    this.node.append(this.taking, this.page);
  }

  /** As what minutes may be written. */
  offer(forms: string[]): void {
    const { trans } = this;
    const words: Record<string, string> = {
      '.docx': trans.__('A document for a word processor (.docx)'),
      '.html': trans.__('A page (.html)'),
      '.xlsx': trans.__('A workbook (.xlsx)'),
      '.json': trans.__('Data (.json)')
    };
    if (this.form.options.length !== forms.length) {
      this.form.replaceChildren(...forms.map(form => new Option(words[form] ?? form, form)));
    }
  }

  /** Show the minutes of a meeting; those of the one that is shown, anew. */
  async show(meeting = this.meeting, focus = true): Promise<void> {
    const { server, pages, path } = this.around;
    if (meeting === '') {
      return;
    }
    this.meeting = meeting;
    this.taking.hidden = false;
    this.status.textContent = this.trans.__('The minutes are being written.');
    await orSaid(this.problem, async () => {
      const page = await server.meeting(path(), meeting);
      if (meeting === this.meeting) {
        pages.show(this.page, page, focus);
      }
    });
    this.status.textContent = '';
  }

  private async download(): Promise<void> {
    const { server, path } = this.around;
    await orSaid(this.problem, async () => {
      const { content, name } = await server.minutes(path(), this.meeting, this.form.value);
      handOver(content, name);
      this.status.textContent = this.trans.__('Downloaded: %1', name);
    });
  }

  private async write(): Promise<void> {
    const { server, path } = this.around;
    await orSaid(this.problem, async () => {
      const written = await server.writeMinutes(path(), this.meeting, this.form.value);
      this.status.textContent = this.trans.__('Written: %1', PathExt.basename(written));
    });
  }

  private meeting = '';
  private readonly form = choice([], '');
  private readonly taking = element('div');
  private readonly page = element('div');
  private readonly status = element('p');
  private readonly problem = element('div', '', 'jp-placebudget-problem');
}
