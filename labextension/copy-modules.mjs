// The drawing, the table and the form are one file each for the extension, the widgets and other
// pages; what they give is written in src, for whoever builds upon this extension.
import { copyFileSync } from 'node:fs';

copyFileSync('../src/placebudget/plan/drawing/planview.js', 'lib/planview.js');
copyFileSync('../src/placebudget/widgets/static/tableview.js', 'lib/tableview.js');
copyFileSync('../src/placebudget/widgets/static/formview.js', 'lib/formview.js');
for (const name of ['planview', 'tableview', 'formview']) {
  copyFileSync(`src/${name}.d.ts`, `lib/${name}.d.ts`);
}
