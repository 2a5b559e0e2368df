import { commands } from './commands';
import { viewer } from './viewer';

export default [viewer, commands];
