import { TextModelFactory } from '@jupyterlab/docregistry';
import type { Contents } from '@jupyterlab/services';

/** Knows where a file is and leaves its content alone, which others fetch or read. */
export class Location extends TextModelFactory {
  constructor(private readonly called: string) {
    super();
  }

  get name(): string {
    return this.called;
  }

  get fileFormat(): Contents.FileFormat {
    return null;
  }
}
