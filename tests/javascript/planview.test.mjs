// The drawing's layout and reading, without a page: every pound, order, speed, hostile files.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import {
  LIMITS,
  PALETTE,
  fitted,
  layout,
  money,
  readDrawing,
  scaleOf,
  viewOf
} from '../../src/placebudget/plan/drawing/planview.js';

const COLUMNS = ['agency', 'stream', 'route', 'service', 'result', 'saver'];
const ALL = { shown: 'proposed', layer: 'area', year: 'all', step: -1 };

/** A drawing with so many points in each column, every flow a random amount. */
function made(points, flows = 3, random = generator(7)) {
  const nodes = COLUMNS.flatMap(column =>
    Array.from({ length: points }, (_, n) => ({ id: `${column}:${n}`, column, name: `${column} ${n}`, notes: [] }))
  );
  const links = [];
  for (let c = 0; c < 5; c += 1) {
    for (let n = 0; n < points; n += 1) {
      for (let f = 0; f < flows; f += 1) {
        const target = (c + 1) * points + Math.floor(random() * points);
        const kind = c === 4 ? 'cashable' : c === 3 ? 'delivery' : c === 2 ? 'spend' : c ? 'direct' : 'funding';
        const pence = { proposed: [Math.ceil(random() * 1e9), Math.ceil(random() * 1e6), 0] };
        links.push({ source: c * points + n, target, kind, layer: c > 2 ? 'area' : '', pence });
      }
    }
  }
  return {
    format: { name: 'placebudget-drawing', version: 1 },
    title: 'Made up',
    price_base: '2025-26',
    years: ['2027-28', '2028-29'],
    later: '2029-30',
    layers: [{ key: 'area', name: 'Areas', note: '' }],
    plans: [{ key: 'proposed', name: 'Proposed', note: '' }],
    columns: COLUMNS.map(key => ({ key, name: key })),
    nodes,
    links,
    prices: [],
    notes: []
  };
}

function generator(seed) {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
}

function read(drawing) {
  const found = readDrawing(drawing);
  assert.deepEqual(found.problems, []);
  return found.drawing;
}

const total = (links, wanted) =>
  links.filter(wanted).reduce((sum, link) => sum + link.pence.proposed.reduce((a, b) => a + b, 0), 0);

test('every pound of every column is drawn, whether points stand alone or together', () => {
  const given = made(20);
  const drawing = read(given);
  for (const most of [4, 8, 30]) {
    const view = viewOf(drawing, ALL, most);
    for (let c = 0; c < 5; c += 1) {
      const drawn = view.links.filter(link => view.nodes[link.source].column === c);
      const wanted = total(given.links, link => given.nodes[link.source].column === COLUMNS[c]);
      assert.equal(drawn.reduce((sum, link) => sum + link.pence, 0), wanted);
    }
    const box = { width: 1000, height: 900 };
    const placed = layout(view, box);
    for (const node of placed.nodes) {
      const out = placed.links.filter(link => placed.nodes[link.source] === node);
      const into = placed.links.filter(link => placed.nodes[link.target] === node);
      for (const [side, pence] of [[out, node.out], [into, node.into]]) {
        const high = side.reduce((sum, link) => sum + link.thick, 0);
        assert.ok(Math.abs(high - pence * placed.scale) < 1e-6);
        assert.ok(high <= node.high + 1e-6);
      }
    }
  }
});

test('one year shows that year; carried money does not count twice over all years', () => {
  const given = made(3);
  given.nodes.push({ id: 'extra:carried', column: 'route', name: 'Carried forward', notes: [] });
  given.links.push({ source: 3, target: given.nodes.length - 1, kind: 'carried', layer: '', pence: { proposed: [500, 0, 0] } });
  const drawing = read(given);
  const carried = view => view.links.filter(link => link.kind === 'carried').map(link => link.pence);
  assert.deepEqual(carried(viewOf(drawing, { ...ALL, year: '2027-28' }, 30)), [500]);
  assert.deepEqual(carried(viewOf(drawing, ALL, 30)), []);
  assert.deepEqual(viewOf(drawing, { ...ALL, year: 'later' }, 30).links, []);
});

test('points fit into the box and do not overlap, none smaller than its slot', () => {
  const view = viewOf(read(made(40)), ALL, 30);
  const box = { width: 1200, height: 900, slot: () => 24, gap: 4 };
  const { nodes } = layout(view, box);
  for (const c of view.columns) {
    const here = nodes.filter(node => node.column === c).sort((a, b) => a.top - b.top);
    here.forEach((node, n) => {
      assert.ok(node.slot >= 24);
      assert.ok(node.top >= -1e-6 && node.top + node.slot <= 900 + 1e-6);
      assert.ok(node.y >= node.top - 1e-6 && node.y + node.high <= node.top + node.slot + 1e-6);
      if (n) assert.ok(node.top >= here[n - 1].top + here[n - 1].slot);
    });
  }
});

test('ribbons that need not cross do not cross', () => {
  const given = made(12, 0);
  const shuffled = [7, 2, 11, 0, 5, 9, 1, 10, 4, 8, 3, 6];
  for (let c = 0; c < 5; c += 1) {
    const kind = ['funding', 'direct', 'spend', 'delivery', 'cashable'][c];
    for (let n = 0; n < 12; n += 1) {
      // Even columns stand in their order, odd ones shuffled: straight ways all the same.
      const [from, to] = c % 2 ? [shuffled[n], n] : [n, shuffled[n]];
      given.links.push({ source: c * 12 + from, target: (c + 1) * 12 + to, kind, layer: '',
        pence: { proposed: [1000 + 37 * ((n * 5) % 12) + c, 0, 0] } });
    }
  }
  assert.equal(layout(viewOf(read(given), ALL, 30), { width: 900, height: 600 }).crossings, 0);
});

test('sweeping leaves fewer crossings than the order by size', () => {
  const view = viewOf(read(made(20, 2)), ALL, 30);
  const place = new Map();
  for (const c of view.columns) {
    view.nodes.filter(node => node.column === c).sort((a, b) => b.value - a.value)
      .forEach((node, n) => place.set(node, n));
  }
  let before = 0;
  view.links.forEach((a, i) => view.links.slice(i + 1).forEach(b => {
    if (view.nodes[a.source].column !== view.nodes[b.source].column) return;
    const at = n => place.get(view.nodes[n]);
    if ((at(a.source) - at(b.source)) * (at(a.target) - at(b.target)) < 0) before += 1;
  }));
  assert.ok(layout(view, { width: 900, height: 600 }).crossings < before * 0.8);
});

test('three hundred points take less than a tenth of a second of the processor', () => {
  const drawing = read(made(50, 3));
  const times = Array.from({ length: 5 }, () => {
    // The processor's own time: a busy machine says nothing about the layout.
    const start = process.cpuUsage();
    layout(viewOf(drawing, ALL, 60), { width: 1400, height: 3000 });
    return process.cpuUsage(start).user / 1000;
  });
  assert.ok(viewOf(drawing, ALL, 60).nodes.length > 290);
  assert.ok(Math.min(...times) < 100, `${times}`);
});

test('smaller points stand together, the same ones in each year', () => {
  const drawing = read(made(30));
  const ids = year => new Set(viewOf(drawing, { ...ALL, year }, 8).nodes.map(node => node.id));
  const years = ids('2028-29');
  for (const id of years) assert.ok(ids('all').has(id));
  assert.ok([...ids('all')].filter(id => id.startsWith('more:')).length > 0);
  const view = viewOf(drawing, ALL, 8);
  for (const c of view.columns) assert.ok(view.nodes.filter(node => node.column === c).length <= 8);
});

test('one part of the way has two columns and one scale fits them', () => {
  const view = viewOf(read(made(10)), { ...ALL, step: 2 }, 8);
  assert.deepEqual(view.columns, [2, 3]);
  assert.deepEqual(new Set(view.nodes.map(node => node.column)), new Set([2, 3]));
  assert.ok(scaleOf(view, { width: 300, height: 500 }) > 0);
});

test('nothing to draw is laid out as nothing', () => {
  const placed = layout(viewOf(read(made(2, 0)), ALL, 8), { width: 600, height: 400, scale: 0 });
  assert.deepEqual([placed.nodes, placed.links], [[], []]);
});

test('money reads as in a report, with a true minus sign', () => {
  const said = [[254000000, '£2.5 million'], [24960000, '£250,000'], [-123400000000, '\u2212£1.23 billion'],
    [1240, '£12'], [-40, '£0'], [99950, '£1,000'], [99950000, '£1 million'], [99949900, '£999,000'], [0, '£0']];
  for (const [pence, words] of said) assert.equal(money(pence), words);
  assert.equal(money(100000, true), '+£1,000');
  const wished = [['whole pounds', '\u2212£1,234,568'], ['£ thousand', '\u2212£1,235 thousand'],
    ['£ million', '\u2212£1.2 million'], ['as they read best', '\u2212£1.2 million']];
  for (const [unit, words] of wished) assert.equal(money(-123456789, false, unit), words);
  assert.equal(money(4_900_000, true, '£ million'), '£0.0 million');
});

test('names are whole, in lines of their room', () => {
  assert.deepEqual(fitted('Council tax', 300), ['Council tax']);
  assert.deepEqual(fitted('NHS core services allocation', 100), ['NHS core', 'services', 'allocation']);
  assert.deepEqual(fitted('NHS core services allocation', 100, 16), ['NHS', 'core', 'servic', 'es', 'alloca', 'tion']);
  const long = fitted('x'.repeat(500), 90);
  for (const line of long) assert.ok(line.length <= 12);
  assert.equal(long.join(''), 'x'.repeat(500));
});

// --- colours ---

const channel = value => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
function luminance(hex) {
  const [r, g, b] = [1, 3, 5].map(n => channel(parseInt(hex.slice(n, n + 2), 16) / 255));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a, b) {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

for (const [scheme, colours] of Object.entries(PALETTE)) {
  test(`words are legible on each ribbon and on paper, ${scheme}`, () => {
    assert.ok(contrast(colours.ink, colours.paper) >= 7);
    assert.ok(contrast(colours.soft, colours.paper) >= 4.5);
    for (const tone of ['money', 'pool', 'rest', 'cash', 'other']) {
      const [fill, edge] = colours[tone];
      // Whatever lies over each other, a mixture is no darker and no lighter than its parts.
      assert.ok(contrast(colours.ink, fill) >= 4.5, `${tone} ${contrast(colours.ink, fill)}`);
      const least = scheme.endsWith('contrast') ? 7 : 3;
      assert.ok(contrast(edge, colours.paper) >= least, `${tone} edge ${contrast(edge, colours.paper)}`);
      assert.ok(contrast(edge, fill) >= least, `${tone} edge on fill ${contrast(edge, fill)}`);
    }
  });
  test(`words in Jupyter's own colours are legible on each ribbon, ${scheme}`, () => {
    // Ink of JupyterLab's themes: black or white, of which 87 in 100 parts cover.
    const covered = tone => tone.replace(/[0-9a-f]{2}/g, part => {
      const own = scheme.startsWith('light') ? 0 : 255;
      return Math.round(parseInt(part, 16) * 0.13 + own * 0.87).toString(16).padStart(2, '0');
    });
    for (const tone of ['money', 'pool', 'rest', 'cash', 'other']) {
      assert.ok(contrast(covered(colours[tone][0]), colours[tone][0]) >= 4.5, tone);
    }
  });
}

// --- files that mean harm ---

for (const given of [undefined, null, 0, '', 'x', [], {}, { format: 1 }, { drawing: null }, { drawing: [] },
  { format: { name: 'placebudget-drawing', version: 2 } }]) {
  test(`${JSON.stringify(given)} is no drawing and is said to be none`, () => {
    const found = readDrawing(given);
    assert.equal(found.drawing, null);
    assert.match(found.problems[0], /^This (holds|drawing)/);
  });
}

test('no wrong type at any key is an error', () => {
  const values = [null, undefined, 1, -1, 1e308, '', 'x', [], [null], [1], {}, { length: 9 }, true, NaN];
  const change = (value, path, put) => {
    const copy = structuredClone(value);
    path.slice(0, -1).reduce((part, key) => part[key], copy)[path.at(-1)] = put;
    return copy;
  };
  const given = made(3);
  const paths = [
    ...Object.keys(given).map(key => [key]),
    ...Object.keys(given.nodes[0]).map(key => ['nodes', 0, key]),
    ...Object.keys(given.links[0]).map(key => ['links', 0, key]),
    ['nodes', 0], ['links', 0], ['plans', 0], ['plans', 0, 'key'], ['layers', 0, 'key'],
    ['links', 0, 'pence', 'proposed'], ['links', 0, 'pence', 'proposed', 0], ['columns', 0]
  ];
  for (const path of paths) {
    for (const put of values) {
      const { drawing, problems } = readDrawing(change(given, path, put));
      if (drawing) layout(viewOf(drawing, ALL, 8), { width: 900, height: 600 });
      else assert.equal(problems.length, 1);
    }
  }
});

test('flows that go backwards, to nowhere, or of less than nothing are counted and left out', () => {
  const given = made(3);
  const bad = [{ source: 5, target: 0 }, { source: 0, target: 99 }, { source: -1 }, { source: 0.5 }, { source: '0' },
    { kind: 'constructor' }, { pence: { proposed: [-1, 0, 0] } }, { pence: { proposed: [0.5, 0, 0] } },
    { pence: { proposed: [1] } }];
  given.links.push(...bad.map(change => ({ ...given.links[0], ...change })));
  const { drawing, problems } = readDrawing(given);
  assert.equal(drawing.links.length, given.links.length - bad.length);
  assert.match(problems[0], /left out: 9\. The picture and the table do not show all the money/);
});

test('a huge drawing is refused in words', () => {
  const given = made(3);
  const many = { ...given, nodes: Array(LIMITS.nodes + 1).fill(given.nodes[0]) };
  assert.match(readDrawing(many).problems[0], /has 401 nodes; at most 400 are drawn/);
  const flows = { ...given, links: Array(LIMITS.links + 1).fill(given.links[0]) };
  assert.match(readDrawing(flows).problems[0], /8,001 links/);
  const rich = structuredClone(given);
  for (const link of rich.links) link.pence.proposed[0] = Number.MAX_SAFE_INTEGER;
  assert.match(readDrawing(rich).problems[0], /too large to be added up/);
});

test('names keep their marks, and lose what turns the direction of text', () => {
  const given = made(2);
  given.nodes[0].name = '<script>alert(1)</script>\u202egnirts';
  given.nodes[1].name = 'y'.repeat(10_000);
  const { drawing } = readDrawing(given);
  assert.equal(drawing.nodes[0].name, '<script>alert(1)</script> gnirts');
  assert.equal(drawing.nodes[1].name.length, LIMITS.text + 1);
});

test('keys that mean something to the language mean nothing here', () => {
  const given = JSON.parse(JSON.stringify(made(2)).replaceAll('"proposed"', '"__proto__"'));
  const { drawing } = readDrawing(given);
  assert.equal(viewOf(drawing, { ...ALL, shown: '__proto__' }, 8).links.length > 0, true);
  assert.equal({}.proposed, undefined);
});

test('a plan file is drawn by the drawing it carries', () => {
  const drawing = made(2);
  assert.equal(readDrawing({ format: { name: 'placebudget-plan' }, drawing }).drawing.title, 'Made up');
});

test('the module is small, imports nothing and never writes markup', () => {
  const source = readFileSync(new URL('../../src/placebudget/plan/drawing/planview.js', import.meta.url), 'utf8');
  assert.ok(Buffer.byteLength(source) < 46_000, String(Buffer.byteLength(source)));
  assert.doesNotMatch(source, /^import|import\(|innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|https?:\/\/(?!www\.w3\.org\/2000\/svg)/m);
  assert.doesNotMatch(source, /<\/script/i);
});
