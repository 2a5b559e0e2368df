import { commands } from './commands';
import { document } from './document';
import { preferences } from './settings';
import { viewer } from './viewer';

export default [preferences, viewer, document, commands];
