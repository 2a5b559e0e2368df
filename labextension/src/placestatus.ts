import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { isWaited, type PlaceSession } from './placesession';
import { runWords } from './runlines';

/** One line in the bar at the bottom: the place, whether all is saved, and what runs. */
export class PlaceStatus extends Widget {
  constructor(private readonly trans: TranslationBundle) {
    super();
    this.addClass('jp-placebudget-statusline');
  }

  /** Tell of a place; of none, nothing. */
  look(session: PlaceSession | null): void {
    if (session === this.session) {
      return;
    }
    this.leave();
    this.session = session;
    session?.model.changed.connect(this.tell, this);
    session?.model.stateChanged.connect(this.tell, this);
    session?.ran.connect(this.tell, this);
    this.tell();
  }

  dispose(): void {
    if (!this.isDisposed) {
      this.leave();
      super.dispose();
    }
  }

  private leave(): void {
    this.session?.model.changed.disconnect(this.tell, this);
    this.session?.model.stateChanged.disconnect(this.tell, this);
    this.session?.ran.disconnect(this.tell, this);
  }

  private tell(): void {
    const { session, trans } = this;
    const place = session?.model.isDisposed ? null : session?.model.place;
    if (!session || !place) {
      this.node.textContent = '';
      return;
    }
    const saved = session.model.dirty ? trans.__('not saved') : trans.__('saved');
    const waited = session.runs.filter(isWaited);
    const running = waited.find(run => run.state === 'running');
    const more = waited.filter(run => run !== running).map(run => runWords(run, trans));
    const parts = [trans.__('%1: %2', place.overview.title, saved)];
    if (session.isUnkept) {
      parts.push(trans.__('the desk: not kept'));
    } else if (session.model.held.desk.option !== null) {
      parts.push(trans.__('changes lie on the desk'));
    }
    if (running) {
      const { stage, stages, said } = running;
      const name = runWords(running, trans);
      parts.push(
        stages > 1
          ? trans.__('%1: step %2 of %3', name, stage + 1, stages)
          : trans.__('%1: %2', name, said)
      );
    }
    if (more.length > 0) {
      parts.push(trans.__('waiting: %1', more.reverse().join(', ')));
    }
    this.node.textContent = parts.join(', ');
  }

  private session: PlaceSession | null = null;
}
