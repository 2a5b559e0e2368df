import { commands } from './commands';
import { document } from './document';
import { viewer } from './viewer';

export default [viewer, document, commands];
