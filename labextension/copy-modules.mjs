// The drawing, the table, the form and what an answer hears are one file each for the extension, the widgets and other
// pages; what they give is written in src, for whoever builds upon this extension.
import { copyFileSync } from 'node:fs';

copyFileSync('../src/placebudget/plan/drawing/planview.js', 'lib/planview.js');
copyFileSync('../src/placebudget/widgets/static/tableview.js', 'lib/tableview.js');
copyFileSync('../src/placebudget/widgets/static/formview.js', 'lib/formview.js');
copyFileSync('../src/placebudget/widgets/static/answerview.js', 'lib/answerview.js');
for (const name of ['planview', 'tableview', 'formview', 'answerview']) {
  copyFileSync(`src/${name}.d.ts`, `lib/${name}.d.ts`);
}
