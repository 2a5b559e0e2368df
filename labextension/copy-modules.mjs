// The drawing, the table and the form are one file each for the extension, the widgets and other
// pages.
import { copyFileSync } from 'node:fs';

copyFileSync('../src/placebudget/plan/drawing/planview.js', 'lib/planview.js');
copyFileSync('../src/placebudget/widgets/static/tableview.js', 'lib/tableview.js');
copyFileSync('../src/placebudget/widgets/static/formview.js', 'lib/formview.js');
