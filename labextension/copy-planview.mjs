// The drawing is one file for the extension, the widgets and stand-alone pages.
import { copyFileSync } from 'node:fs';

copyFileSync('../src/placebudget/plan/drawing/planview.js', 'lib/planview.js');
