// Draws the way of a plan's money, in notebooks, boards and pages.
// Names are written as text, never as markup.

/** @import { Named, ByPlan, Flow, Drawing, State, Knot, Ribbon, View, Box, PlacedKnot, Layout,
 *   End, Bag, Kids, Options, Trans } from './planview.types' */

/** Most that is drawn. */
export const LIMITS = { nodes: 400, links: 8000, years: 60, plans: 12, prices: 400, text: 400 };

/** Says things in English; a page in another language brings a translator of its own.
 * @type {Trans} */
const ENGLISH = {
	__: (words, ...values) => words.replace(/%(\d)/g, (_, at) => values[at - 1]),
};

const LIGHT = {
	paper: '#ffffff', ink: '#0b0c0c', soft: '#484f54', line: '#b1b4b6',
	money: ['#c5d6e6', '#12436d'], pool: ['#bde3e0', '#17766f'], rest: ['#dcdcdc', '#5a5f63'],
	cash: ['#e9c9db', '#801650'], other: ['#e6dcf5', '#7a52b3'],
};
const DARK = {
	paper: '#15191d', ink: '#f5f5f5', soft: '#c3c8cc', line: '#5b6167',
	money: ['#1f3f60', '#7db4e6'], pool: ['#14504c', '#45cbc0'], rest: ['#3b4045', '#b3b8bd'],
	cash: ['#571d40', '#ea8dc0'], other: ['#3f2f63', '#c9b3f0'],
};
/** Fills, on which words are legible, and edges, which stand out from the paper; by scheme, and for
 * readers who want strong contrast, or greys, by that too. */
export const PALETTE = {
	light: LIGHT,
	dark: DARK,
	'light contrast': {
		paper: '#ffffff', ink: '#000000', soft: '#000000', line: '#000000',
		money: ['#dbe7f3', '#0a2a47'], pool: ['#cdeeea', '#0b3f3b'], rest: ['#e8e8e8', '#2b2b2b'],
		cash: ['#f3dbe8', '#560a35'], other: ['#efe6fb', '#41246b'],
	},
	'dark contrast': {
		paper: '#000000', ink: '#ffffff', soft: '#ffffff', line: '#ffffff',
		money: ['#0f2a44', '#b5d8f7'], pool: ['#0c3a36', '#8ff0e6'], rest: ['#26292c', '#e0e3e6'],
		cash: ['#3d0e2b', '#f9c0de'], other: ['#2a1c47', '#e2d5fb'],
	},
	'light greys': { ...LIGHT,
		money: ['#e2e2e2', '#3a3a3a'], pool: ['#bdbdbd', '#0b0c0c'], rest: ['#f4f4f4', '#6b6b6b'],
		cash: ['#cfcfcf', '#000000'], other: ['#e8e8e8', '#4a4a4a'] },
	'dark greys': { ...DARK,
		money: ['#3a3a3a', '#cccccc'], pool: ['#555555', '#ffffff'], rest: ['#1e1e1e', '#9a9a9a'],
		cash: ['#484848', '#f0f0f0'], other: ['#2e2e2e', '#b8b8b8'] },
};

/** Units that a reader may wish for: pounds of one, decimals, the word after it.
 * @type {Record<string, [number, number, string]>} */
const UNITS = { 'whole pounds': [1, 0, ''], '£ thousand': [1e3, 0, ' thousand'], '£ million': [1e6, 1, ' million'] };

/** Kinds of flows, each with its tone. @type {Record<string, string>} */
const KINDS = {
	funding: 'money', carried: 'rest', contribution: 'pool', direct: 'money', unspent: 'rest',
	management: 'rest', loan: 'rest', spend: 'money', delivery: 'money', cashable: 'cash', not_cashable: 'other',
};
const COLUMNS = ['agency', 'stream', 'route', 'service', 'result', 'saver'];

/** What a flow is called. @param {string} kind @param {Trans} trans */
const kindIn = (kind, trans) => ({
	funding: trans.__('Funding'), carried: trans.__('Carried over'),
	contribution: trans.__('Paid into a pool'), direct: trans.__('Kept as direct money'),
	unspent: trans.__('Left unspent'), management: trans.__('Cost of the pool'),
	loan: trans.__('Loans'),
	cashable: trans.__('Cashable saving'), not_cashable: trans.__('Saving, not cashable'),
})[kind] ?? trans.__('Spent on it');

/** What several points of a column are called that stand together.
 * @param {number} count @param {number} column @param {string} layer @param {Trans} trans */
function smaller(count, column, layer, trans) {
	switch (COLUMNS[column]) {
		case 'stream': return trans.__('%1 smaller streams', count);
		case 'route': return trans.__('%1 smaller pools or direct', count);
		case 'service': return trans.__('%1 smaller services', count);
		case 'result': return layer === 'area' ? trans.__('%1 smaller areas', count)
			: trans.__('%1 smaller outcomes', count);
		default: return trans.__('%1 smaller agencies', count);
	}
}
// How many points a column shows, and how high each is at least.
const DETAIL = [[8, 90], [14, 33], [30, 25]];
let drawings = 0;

const total = (parts = [0]) => parts.reduce((a, b) => a + b, 0);

const forms = [0, 1].map(short => [...Array(10).keys()].map(digits => new Intl.NumberFormat('en-GB',
	{ minimumFractionDigits: short ? 0 : digits, maximumFractionDigits: digits })));

/** A figure as words.py writes it: half away from nought. */
export const grouped = (value = 0, digits = 0, short = 0) =>
	forms[short][digits].format(/** @type {any} */ (value.toPrecision(15)));

/** A figure in another unit: whole from 100 up, three digits below. */
export const counted = (value = 0) =>
	grouped(value, value && Math.min(Math.max(2 - Math.floor(Math.log10(Math.abs(value))), 0), 9), 1);

const withSign = (pence = 0, text = '', signed = false) =>
	(!/[1-9]/.test(text) ? '' : pence < 0 ? '\u2212' : signed ? '+' : '') + text;

/** Pounds in words, "£2.5 million"; signed: a gain has a plus; in one unit where one is named. */
export function money(pence = 0, signed = false, unit = '') {
	const size = Math.abs(pence) / 100;
	const [one, digits, word] = UNITS[unit] ?? [];
	if (one) return withSign(pence, `£${grouped(size / one, digits)}${word}`, signed);
	return withSign(pence, size >= 0.9995e9 ? `£${grouped(size / 1e9, 2, 1)} billion`
		: size >= 999500 ? `£${grouped(size / 1e6, 1, 1)} million`
			: size >= 999.5 ? `£${grouped(size / 1000)},000` : `£${grouped(size)}`, signed);
}

/** Pounds as whoever looks at this page wishes them, who may have said so on its body. */
export const amount = (pence = 0, signed = false) =>
	money(pence, signed, document.body.dataset.placebudgetUnits);

/** The year to be seen first, where the page's body numbers one. @param {any} of */
const wished = of => of?.years?.[parseInt(document.body.dataset.placebudgetYear ?? '')];

/** A name in lines of pixels, whole; a word longer than a line goes on in the next. */
export function fitted(name = '', width = 0, letter = 8) {
	const room = Math.max(Math.floor(width / letter), 3);
	const found = [''];
	for (const word of name.split(' ')) {
		const last = found.length - 1;
		const longer = `${found[last]} ${word}`.trimStart();
		if (longer.length <= room) found[last] = longer;
		else found.push(...(word.match(RegExp(`.{1,${room}}`, 'gu')) ?? []));
	}
	return found.filter(Boolean);
}

// What follows reads a drawing from anywhere: nothing in it is believed.
/** @param {any} value @returns {any[]} */
const list = value => (Array.isArray(value) ? value.map(each => each ?? {}) : []);

/** @param {any} value */
function text(value) {
	if (typeof value !== 'string') return '';
	// Marks that turn the direction of text would let a name pose as another.
	const plain = value.slice(0, LIMITS.text)
		.replace(/[\u0000-\u001f\u007f\u2028-\u202e\u2066-\u2069]/g, ' ');
	return value.length > LIMITS.text ? `${plain}…` : plain;
}

/** @param {any} value */
const texts = value => list(value).slice(0, 40).map(text).filter(Boolean);

/** @param {any} value @returns {Named[]} */
function named(value) {
	const found = list(value).map(({ key, name, note }) =>
		({ key: text(key), name: text(name) || text(key), note: text(note) }));
	return [...new Map(found.map(each => [each.key, each])).values()].filter(each => each.key);
}

/** Figures by plan; null where one is not what it should be.
 * @param {any} value @param {Named[]} plans @param {(x: any) => boolean} right */
function byPlan(value, plans, length = 0, right) {
	const own = plans.filter(({ key }) => Object.hasOwn(Object(value), key));
	const fits = own.every(({ key }) => list(value[key]).length === length && value[key].every(right));
	return fits ? new Map(own.map(({ key }) => [key, value[key]])) : null;
}

/** A drawing, or the one a plan file carries, checked part by part; and what is wrong with it.
 * @param {any} given */
export function readDrawing(given, trans = ENGLISH) {
	try {
		return checked(given?.drawing ?? given, trans);
	} catch {
		return refused(trans.__('This drawing cannot be read.'));
	}
}

const refused = (problem = '') => ({ drawing: null, problems: [problem] });

/** @param {any} raw @param {Trans} trans @returns {{ drawing: Drawing | null, problems: string[] }} */
function checked(raw, trans) {
	if (raw?.format?.name !== 'placebudget-drawing') return refused(trans.__('This holds no drawing of a plan.'));
	if (raw.format.version !== 1) return refused(trans.__('This drawing has another version of the format.'));
	for (const [key, most] of Object.entries(LIMITS)) {
		const size = list(raw[key]).length;
		if (size > most) {
			return refused(trans.__('This drawing has %1 %2; at most %3 are drawn.', grouped(size), key, grouped(most)));
		}
	}
	const plans = named(raw.plans);
	const layers = named(raw.layers).filter(each => ['area', 'outcome'].includes(each.key));
	const years = list(raw.years).map(text).filter(Boolean);
	if (!plans.length || !layers.length || !years.length) {
		return refused(trans.__('This drawing names no plan, no layer or no year.'));
	}
	const titles = named(raw.columns);
	const columns = COLUMNS.map(
		key => titles.find(each => each.key === key) ?? { key, name: key, note: '' });
	const nodes = list(raw.nodes).map(each => ({
		id: text(each.id),
		column: COLUMNS.indexOf(each.column),
		name: text(each.name) || text(each.id),
		notes: texts(each.notes),
		unit: text(each.unit),
		counted: byPlan(each.counted, plans, years.length + 1, Number.isFinite) ?? new Map(),
	}));
	/** @type {Flow[]} */
	const links = [];
	let total = 0;
	for (const { source, target, kind, layer, notes, pence } of list(raw.links)) {
		const amounts = byPlan(pence, plans, years.length + 1, x => Number.isSafeInteger(x) && x >= 0);
		const from = Number.isInteger(source) ? nodes[source]?.column ?? -1 : -1;
		if (amounts && from >= 0 && Number.isInteger(target) && nodes[target]?.column === from + 1
			&& typeof kind === 'string' && Object.hasOwn(KINDS, kind)) {
			links.push({ source, target, kind, layer: text(layer), notes: texts(notes), pence: amounts });
			for (const each of amounts.values()) for (const part of each) total += part;
		}
	}
	if (!Number.isSafeInteger(total)) return refused(trans.__('The amounts are too large to be added up.'));
	const faulty = list(raw.links).length - links.length;
	const prices = list(raw.prices).map(each => ({ plan: text(each.plan),
		year: text(each.year), sentence: text(each.sentence), about: list(each.about) }));
	/** @type {Drawing} */
	const drawing = { title: text(raw.title), years, later: text(raw.later), layers, plans, columns, nodes,
		links, prices, notes: texts(raw.notes) };
	return { drawing, problems: faulty ? [trans.__('Flows that cannot be read and are left out: %1. '
		+ 'The picture and the table do not show all the money.', grouped(faulty))] : [] };
}

/** Pence of a flow in a year; over all years nothing counts twice for being carried.
 * @param {Drawing} drawing @param {{ pence: ByPlan, kind?: string }} flow */
function penceOf(drawing, flow, plan = '', year = '') {
	const amounts = flow.pence.get(plan) ?? [];
	if (year === 'all') return flow.kind === 'carried' ? 0 : total(amounts);
	return amounts[year === 'later' ? drawing.years.length : drawing.years.indexOf(year)] ?? 0;
}

/** The points and ribbons of one choice, at most so many in a column: the smallest stand together.
 * A step of 0 or more shows only this column and the next.
 * @param {Drawing} drawing @param {Omit<State, 'selected'> & { step: number }} choice */
export function viewOf(drawing, choice, most = 8, trans = ENGLISH) {
	const columns = choice.step < 0 ? COLUMNS.map((_, n) => n) : [choice.step, choice.step + 1];
	const flows = drawing.links.map((flow, n) => ({ flow, n })).filter(({ flow }) =>
		['', choice.layer].includes(flow.layer) && columns.includes(drawing.nodes[flow.source].column)
		&& columns.includes(drawing.nodes[flow.target].column));
	const group = gathered(drawing, flows.map(each => each.flow), most);
	/** @type {Map<string, Knot>} */
	const knots = new Map();
	/** @type {Map<string, Ribbon & { ends: Knot[] }>} */
	const ribbons = new Map();
	const knot = (n = 0) => {
		const id = group.get(n) ?? '';
		const { column, name } = drawing.nodes[n];
		const last = id.startsWith('extra:') ? 2 : 0;
		const found = knots.get(id) ?? { id, column, name, value: 0, into: 0, out: 0, members: [], last };
		if (!found.members.includes(n)) found.members.push(n);
		knots.set(id, found);
		return found;
	};
	for (const { flow, n } of flows) {
		const amounts = drawing.plans.map(({ key }) => penceOf(drawing, flow, key, choice.year));
		// What only another plan has stays, at nothing.
		if (!amounts.some(Boolean)) continue;
		const pence = penceOf(drawing, flow, choice.shown, choice.year);
		const ends = [knot(flow.source), knot(flow.target)];
		ends[0].out += pence;
		ends[1].into += pence;
		const id = `${ends[0].id} > ${ends[1].id} > ${flow.kind}`;
		const found = ribbons.get(id)
			?? { id, source: 0, target: 0, kind: flow.kind, pence: 0, members: [], ends };
		found.pence += pence;
		found.members.push(n);
		ribbons.set(id, found);
	}
	const nodes = [...knots.values()];
	for (const each of nodes) {
		each.value = Math.max(each.into, each.out);
		if (!each.id.startsWith('more:')) continue;
		each.last = 1;
		each.name = smaller(each.members.length, each.column, choice.layer, trans);
	}
	const links = [...ribbons.values()].sort((a, b) => b.pence - a.pence).map(({ ends, ...each }) =>
		({ ...each, source: nodes.indexOf(ends[0]), target: nodes.indexOf(ends[1]) }));
	return { columns, nodes, links };
}

/** Which knot each point belongs to, in every year and plan: its own, or that of the smaller ones.
 * @param {Drawing} drawing @param {Flow[]} flows */
function gathered(drawing, flows, most = 0) {
	/** @type {Map<number, number>} */
	const size = new Map();
	for (const flow of flows) {
		const all = total(drawing.plans.map(({ key }) => penceOf(drawing, flow, key, 'all')));
		for (const n of [flow.source, flow.target]) size.set(n, (size.get(n) ?? 0) + all);
	}
	/** @type {Map<number, string>} */
	const group = new Map();
	COLUMNS.forEach((_, c) => {
		const extra = (n = 0) => drawing.nodes[n].id.startsWith('extra:');
		const rank = (n = 0) => (extra(n) ? Infinity : size.get(n) ?? 0);
		const here = [...size.keys()].filter(n => drawing.nodes[n].column === c)
			.sort((a, b) => (rank(a) < rank(b) ? 1 : rank(a) > rank(b) ? -1 : a - b));
		here.forEach((n, i) => group.set(n, here.length <= most || i < most - 1
			? drawing.nodes[n].id : `more:${c}`));
	});
	return group;
}

/** @param {View} view */
const within = (view, c = 0) => view.nodes.filter(each => each.column === c);

/** Pixels for a penny so that all columns fit. @param {View} view @param {Box} box */
export function scaleOf(view, { height, slot = () => 24, gap = 4 }) {
	let scale = Infinity;
	for (const c of view.columns) {
		const here = within(view, c);
		const room = height - gap * (here.length - 1);
		let [low, high] = [0, room / Math.max(total(here.map(each => each.value)), 1)];
		for (let turn = 0; turn < 40; turn += 1) {
			const middle = (low + high) / 2;
			const used = total(here.map(each => Math.max(each.value * middle, slot(each))));
			if (used <= room) low = middle; else high = middle;
		}
		if (here.length) scale = Math.min(scale, low);
	}
	return scale;
}

/** Places of all points and ribbons: every pound is as high as every other, no point is smaller
 * to hit than its slot. @param {View} view @param {Box} box */
export function layout(view, box) {
	const { slot = () => 24, gap = 4, bar = 14, scale = scaleOf(view, box) } = box;
	const { order, crossings } = ordered(view);
	const cell = box.width / view.columns.length;
	/** @type {PlacedKnot[]} */
	const nodes = new Array(view.nodes.length);
	order.forEach((here, position) => {
		const slots = here.map(n => Math.max(view.nodes[n].value * scale, slot(view.nodes[n])));
		const left = box.height - total(slots) - gap * (here.length - 1);
		const more = Math.max(0, Math.min(left / (here.length + 1), 18));
		let top = Math.max(0, left - more * (here.length - 1)) / 2;
		here.forEach((n, i) => {
			const high = view.nodes[n].value * scale;
			const y = top + (slots[i] - high) / 2;
			nodes[n] = { ...view.nodes[n], x: position * cell, y, high, top, slot: slots[i] };
			top += slots[i] + gap + more;
		});
	});
	return { nodes, links: woven(view, nodes, scale, bar), scale, crossings, bar, cell };
}

/** Ribbons stand at their points in the order of their other ends.
 * @param {View} view @param {PlacedKnot[]} nodes */
function woven(view, nodes, scale = 0, bar = 0) {
	const links = view.links.map(link => ({ ...link, from: 0, to: 0, thick: link.pence * scale, path: '' }));
	for (const [own, other, end] of /** @type {const} */ (
		[['source', 'target', 'from'], ['target', 'source', 'to']])) {
		const filled = nodes.map(node => node.y);
		[...links].sort((a, b) => nodes[a[other]].y - nodes[b[other]].y || (a.kind < b.kind ? -1 : 1))
			.forEach(link => {
				link[end] = filled[link[own]];
				filled[link[own]] += link.thick;
			});
	}
	for (const link of links) {
		const [a, z] = [nodes[link.source].x + bar, nodes[link.target].x];
		const [x, far, m, up, down, low, deep] = [a, z, (a + z) / 2, link.from, link.to,
			link.from + link.thick, link.to + link.thick].map(value => value.toFixed(1));
		link.path = `M${x},${up}C${m},${up} ${m},${down} ${far},${down}V${deep}`
			+ `C${m},${deep} ${m},${low} ${x},${low}Z`;
	}
	return links;
}

/** Order of each column by barycentre sweeps, the one with fewest crossings.
 * @param {View} view */
function ordered(view) {
	const { nodes, links } = view;
	const order = view.columns.map(c => nodes.map((_, n) => n).filter(n => nodes[n].column === c)
		.sort((a, b) => nodes[a].last - nodes[b].last || nodes[b].value - nodes[a].value || a - b));
	/** @type {number[]} */
	const place = [];
	const note = (here = [0]) => here.forEach((n, i) => { place[n] = i; });
	order.forEach(note);
	const touching = /** @type {End[]} */ (['target', 'source']).map(
		end => nodes.map((_, n) => links.filter(link => link[end] === n)));
	let best = { crossings: crossed(view, place), order: order.map(here => [...here]) };
	for (let turn = 0; turn < 6 && best.crossings; turn += 1) {
		const other = turn % 2 ? 'target' : 'source';
		for (const here of turn % 2 ? [...order].reverse() : order) {
			/** @type {number[]} */
			const middle = [];
			for (const n of here) {
				const mine = touching[turn % 2][n];
				const all = total(mine.map(link => link.pence));
				middle[n] = all ? total(mine.map(link => link.pence * place[link[other]])) / all : place[n];
			}
			here.sort((a, b) => nodes[a].last - nodes[b].last || middle[a] - middle[b] || place[a] - place[b]);
			note(here);
		}
		const crossings = crossed(view, place);
		if (crossings < best.crossings) best = { crossings, order: order.map(here => [...here]) };
	}
	return best;
}

/** How many pairs of ribbons cross. @param {View} view */
function crossed({ columns, nodes, links }, place = [0]) {
	let found = 0;
	for (const c of columns) {
		const here = links.filter(link => nodes[link.source].column === c)
			.map(link => [place[link.source], place[link.target]]);
		here.forEach(([a, b], i) => {
			for (let j = i + 1; j < here.length; j += 1) if ((a - here[j][0]) * (b - here[j][1]) < 0) found += 1;
		});
	}
	return found;
}

const TONES = /** @type {const} */ (['money', 'pool', 'rest', 'cash', 'other']);
const THEMED = { paper: 'layout-color1', ink: 'ui-font-color1', soft: 'ui-font-color1', line: 'border-color1' };
/** What each tone stands for. @param {Trans} trans */
const legendIn = trans => [trans.__('Direct money'), trans.__('Pools'),
	trans.__('Left, carried, or cost of a pool'), trans.__('Cashable savings'), trans.__('Other savings')];

const colours = Object.entries(PALETTE).map(([scheme, given]) => {
	const plain = Object.entries(THEMED).map(([name, theirs]) =>
		`--${name}:var(--jp-${theirs},${given[/** @type {'ink'} */ (name)]})`);
	const tones = TONES.map(name => `--${name}:${given[name][0]};--${name}-edge:${given[name][1]}`);
	return `[data-scheme='${scheme}']{color-scheme:${scheme.split(' ')[0]};${[...plain, ...tones].join(';')}}`;
});

const STYLE = `${colours.join('\n')}
*{box-sizing:border-box}
{color:var(--ink);background:var(--paper);font:1rem/1.45 var(--jp-ui-font-family,system-ui,sans-serif);font-variant-numeric:tabular-nums;padding:2px;overflow-wrap:break-word;min-width:0;text-align:left}
:is(h3,h4){font-size:1rem;margin:.75rem 0 0;color:inherit}
:is(p,ul){margin:.25rem 0;padding:0;list-style:none}
.controls{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;margin-bottom:.5rem}
:is(fieldset,.controls div){border:0;margin:0;padding:0;min-width:0;max-width:100%}
:is(legend,.name){padding:0;min-height:0;font-size:.875rem;color:var(--soft)}
.choices{display:flex;flex-wrap:wrap;gap:0 1rem}
label{display:flex;align-items:center;gap:.4rem;min-height:2rem}
input{width:1.25rem;height:1.25rem;margin:0}
select{font:inherit;color:inherit;background:var(--paper);border:1px solid var(--soft);min-height:2rem;max-width:100%}
.status{font-weight:600;margin:.25rem 0 .75rem}
.warn{border-left:5px solid var(--other-edge);padding-left:.75rem}
.body{display:grid;gap:1.25rem;grid-template-columns:minmax(0,1fr)}
svg{display:block;width:100%}
text{fill:var(--ink);stroke:var(--paper);stroke-width:3px;paint-order:stroke;pointer-events:none}
.bold{font-weight:600}
.link{cursor:pointer;stroke-width:.75}
.thin{stroke-opacity:.5}
.knot{cursor:pointer;outline:none}
.area{fill:transparent}
:is(.picked,.knot:focus-visible) .area{stroke:var(--ink);stroke-width:1.5}
.knot:focus-visible .area{stroke-width:3}
.not_cashable{stroke-dasharray:4 3}
.some .link:not(.on){fill-opacity:.3;stroke-opacity:.3}
.link.on{stroke-width:1.5;stroke-opacity:1}
${TONES.map(name => `.${name}{fill:var(--${name});stroke:var(--${name}-edge)}
.bar.${name}{fill:var(--${name}-edge)}
i.${name}{background:var(--${name});border-color:var(--${name}-edge)}`).join('\n')}
i{display:inline-block;width:1.5rem;height:.9rem;margin-right:.4rem;border:2px solid}
i.other{border-style:dashed}
.panel{border-top:3px solid var(--money-edge);font-size:.9375rem}
button{font:inherit;color:inherit;background:none;border:0;border-bottom:1px solid var(--line);padding:.25rem 0;width:100%;min-height:1.75rem;text-align:left;cursor:pointer;display:flex;justify-content:space-between;gap:.75rem}
button span{text-decoration:underline}
:is(b,.figure){white-space:nowrap}
.scroll{overflow:auto;max-height:26rem;margin-top:1rem;border:1px solid var(--line)}
:is(button,select,input,.scroll,h3):focus-visible{outline:3px solid var(--ink);outline-offset:1px}
table{border-collapse:collapse;font-size:.875rem;width:100%;margin:0}
caption{text-align:left;padding:.4rem .5rem}
:is(th,td){padding:.25rem .5rem;border-top:1px solid var(--line);text-align:left;vertical-align:top;background:none;font-weight:400;min-width:7rem}
.figure{text-align:right}
:is(caption,thead th,.sum *){font-weight:600}
.note{font-size:.875rem;color:var(--soft)}
.wide{grid-template-columns:minmax(0,1fr) 19rem}
[data-scheme$=contrast]{--soft:var(--ink);--line:var(--ink)}
[data-scheme$=contrast] .link{stroke-width:1.5;stroke-opacity:1}
@media (prefers-contrast:more){
{--soft:var(--ink);--line:var(--ink)}
.link{stroke-width:1.5;stroke-opacity:1}
}
@media (forced-colors:active){
text{fill:CanvasText;stroke:Canvas}
.link{fill:Canvas;stroke:CanvasText}
.link.on{fill:Highlight;stroke:Highlight}
g .bar[class]{fill:CanvasText}
.knot:is(:focus-visible,.picked) .area{stroke:Highlight}
i{forced-color-adjust:none}
}
@media print{
.controls{display:none}
.scroll{max-height:none}
.wide{display:block}
*{print-color-adjust:exact}
}`.replace(/^(?=[^@}])(?=(.))/gm, (_, next) => (/[[{]/.test(next) ? '.pb-plan' : '.pb-plan '));

/** An element; its children are elements or texts, never markup.
 * @template {keyof HTMLElementTagNameMap} K @param {K} tag @param {Bag} attributes @param {Kids} children */
const make = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);

/** @template {keyof SVGElementTagNameMap} K @param {K} tag @param {Bag} attributes @param {Kids} children */
const draw = (tag, attributes, ...children) =>
	fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);

/** @template {Element} E @param {E} element @param {Bag} attributes @param {Kids} children */
function fill(element, attributes, children) {
	Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
	element.append(...children);
	return element;
}

/** The theme of Jupyter, or the reader's wish. @param {Element} element */
function schemeOf(element) {
	const { jpThemeName = '', placebudgetColours: colours } = document.body.dataset;
	const strong = colours === 'strong contrast' || (colours !== 'greys' && /high contrast/i.test(jpThemeName));
	return lightOrDark(element) + (strong ? ' contrast' : colours === 'greys' ? ' greys' : '');
}

/** @param {Element} element */
function lightOrDark(element) {
	const theme = element.closest('[data-jp-theme-light]')?.getAttribute('data-jp-theme-light');
	const themed = getComputedStyle(element).getPropertyValue('--jp-layout-color1');
	if (theme) return theme === 'false' ? 'dark' : 'light';
	return !themed && matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/**
 * Draw a plan into an element: a drawing as `plan_drawing` makes it, or a plan file with one.
 * Call what comes back to end it; its `update` shows another drawing (undefined: the same).
 * @param {HTMLElement} element @param {unknown} given @param {Options} [options]
 */
export function renderPlan(element, given, options = {}) {
	drawings += 1;
	const { trans = ENGLISH } = options;
	// What a drawing calls its plans, layers and columns is told as the page tells things.
	const own = (words = '') => (words ? trans.__(words) : '');
	const name = `pb-plan-${drawings}`;
	const root = make('section', { class: 'pb-plan', 'aria-label': trans.__('Drawing of a plan') });
	const controls = make('div', { class: 'controls' });
	const status = make('p', { class: 'status', role: 'status' });
	const picture = make('div', {});
	const panel = make('div', { class: 'panel' });
	const body = make('div', { class: 'body' }, picture, panel);
	const scroll = make('div', { class: 'scroll', tabindex: '0', role: 'region',
		'aria-label': trans.__('Table of the figures') });
	element.append(root);
	/** @type {State} */
	const state = { shown: '', layer: '', year: 'all', selected: '' };
	let [step, detail, width, focused] = [0, 0, 0, ''];
	let tell = options.onChange;
	/** @type {string[]} */
	let problems = [];
	/** @type {Drawing} */
	let drawing;
	/** @type {View} */
	let view;
	let whole = false;
	/** @type {ReturnType<typeof setTimeout> | undefined} */
	let tabling;

	function read(value = given) {
		const found = readDrawing(value, trans);
		({ problems } = found);
		whole = found.drawing !== null;
		drawing = found.drawing ?? drawing;
	}

	/** Takes what the drawing has. @param {Partial<State>} wanted */
	function choose(wanted) {
		if (!whole) return;
		const { plans, layers } = drawing;
		const all = { shown: plans.map(each => each.key), layer: layers.map(each => each.key),
			year: years().map(([key]) => key) };
		for (const key of /** @type {const} */ (['shown', 'layer', 'year'])) {
			state[key] = [wanted[key], state[key]].find(each => all[key].includes(each ?? '')) ?? all[key][0];
		}
		state.selected = wanted.selected ?? state.selected;
	}

	/** @param {Partial<State>} changed */
	function change(changed, toPanel = false) {
		choose(changed);
		show();
		tell?.({ ...state });
		if (toPanel) panel.querySelector('h3')?.focus();
	}

	const narrow = () => width < 800;
	const plan = (key = state.shown) => drawing.plans.find(each => each.key === key);
	const planOf = (key = state.shown) => own(plan(key)?.name);
	const layerOf = () => drawing.layers.find(each => each.key === state.layer);
	const titleOf = (c = 0) => own(c === 4 ? layerOf()?.name : drawing.columns[c].name);
	const wayTo = (c = 1) => trans.__('%1 to %2', titleOf(c - 1), titleOf(c).toLowerCase());
	const years = () => [['all', trans.__('All years')], ...drawing.years.map(each => [each, each]),
		...(drawing.later ? [['later', own(drawing.later)]] : [])];
	const yearWords = () => (years().find(([key]) => key === state.year) ?? '')[1].toLowerCase();

	function build() {
		root.replaceChildren(make('style', {}, STYLE),
			...problems.map(each => make('p', { class: 'warn', role: 'alert' }, each)));
		follow();
		if (!whole) return;
		controls.replaceChildren(radios(trans.__('Plan'), 'shown', drawing.plans),
			radios(trans.__('Money by'), 'layer', drawing.layers),
			select('year', trans.__('Year'), years(), state.year, year => change({ year })),
			select('most', trans.__('Points of a column'), DETAIL.map(([most], n) => [`${n}`, trans.__('Largest %1', most)]),
				`${detail}`, wish => { detail = Number(wish); show(); }));
		if (narrow()) {
			controls.append(select('part', trans.__('Part of the way'), COLUMNS.slice(1).map((_, n) => [`${n}`, wayTo(n + 1)]),
				`${step}`, wish => { step = Number(wish); show(); }));
		}
		root.append(controls, status, body, scroll);
		show();
	}

	/** @param {string} title @param {'shown' | 'layer'} key @param {Named[]} choices */
	function radios(title, key, choices) {
		const row = make('div', { class: 'choices' }, ...choices.map(each => {
			const input = make('input', { type: 'radio', name: `${name} ${key}`, value: each.key });
			input.onchange = () => change({ [key]: each.key });
			return make('label', {}, input, own(each.name));
		}));
		return make('fieldset', {}, make('legend', {}, title), row);
	}

	function select(key = '', title = '', choices = [['']], now = '', then = (_ = '') => {}) {
		const id = `${name}-${key}`;
		const box = make('select', { id }, ...choices.map(([value, words]) => make('option', { value }, words)));
		box.value = now;
		box.onchange = () => then(box.value);
		return make('div', {}, make('label', { class: 'name', for: id }, title), box);
	}

	function show() {
		if (!whole) return;
		const choice = { ...state, step: narrow() ? step : -1 };
		const [most, least] = DETAIL[detail];
		// Where a page sets its letters larger, as on a projector, the picture has the whole width.
		const rem = parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
		const wide = width >= 1180 && rem <= 16;
		body.classList.toggle('wide', wide);
		view = viewOf(drawing, choice, most, trans);
		// Letters can be read from afar where there is room; a point is as high as its name.
		const size = narrow() ? 13 : rem > 16 ? Math.max(21, Math.ceil(rem)) : 16;
		const across = Math.max(width - (wide ? 332 : 8), 200);
		const room = across / view.columns.length - 24;
		const slot = (/** @type {Knot} */ { name }) =>
			Math.max(least, fitted(name, room, size * 0.615).length * (size + 2) + 4);
		const high = (/** @type {(each: Knot) => number} */ of) =>
			Math.max(1, ...view.columns.map(c => total(within(view, c).map(of))));
		const height = Math.max(high(each => slot(each) + 4),
			Math.min(Math.max(width * 0.4, 480, most * least * 1.2), 960, high(() => 90) + 40));
		const box = { width: across, height, slot, size };
		// One scale for all plans: more is drawn as more.
		const scale = Math.min(...drawing.plans.map(
			({ key }) => scaleOf(viewOf(drawing, { ...choice, shown: key }, most), box)));
		const placed = layout(view, { ...box, scale: Number.isFinite(scale) ? scale : 0 });
		const held = picture.contains(document.activeElement);
		picture.replaceChildren(paint(placed, box));
		if (held) focus(focused);
		status.textContent = sentence();
		const node = view.nodes.find(each => each.id === state.selected);
		const link = view.links.find(each => each.id === state.selected);
		panel.replaceChildren(make('h3', { tabindex: '-1' }, node?.name ?? (link ? wordsOf(link) : trans.__('What is drawn'))),
			...(node ? aboutKnot(node) : link ? aboutRibbon(link) : legend()));
		clearTimeout(tabling);
		// Another picture is seen before its long table is made.
		if (scroll.firstChild) tabling = setTimeout(() => scroll.replaceChildren(table()), 30);
		else scroll.replaceChildren(table());
		for (const input of controls.querySelectorAll('input')) {
			input.checked = state[/** @type {'shown'} */ (input.name.split(' ')[1])] === input.value;
		}
		const year = controls.querySelector('select');
		if (year) year.value = state.year;
	}

	const flows = (/** @type {(flow: Flow) => boolean} */ wanted) => drawing.links.flatMap(
		(flow, n) => (['', state.layer].includes(flow.layer) && wanted(flow) ? [n] : []));
	const sum = (kinds = ['']) => together(flows(({ kind }) => kinds.includes(kind)), state.shown);

	const sentence = () => trans.__('%1, %2: %3 spent on services; savings of %4, of which %5 cashable.', planOf(),
		yearWords(), amount(sum(['spend'])), amount(sum(['cashable', 'not_cashable'])), amount(sum(['cashable'])));

	/** @param {Knot} node */
	const toneOf = node => (node.last === 2 ? 'rest' : node.column === 5 ? 'cash'
		: node.id.startsWith('pool:') ? 'pool' : 'money');
	/** @param {Ribbon} link */
	const hueOf = link => (link.kind === 'spend' ? toneOf(view.nodes[link.source]) : KINDS[link.kind]);
	/** @param {Ribbon} link */
	const wordsOf = link => trans.__('%1 to %2', view.nodes[link.source].name, view.nodes[link.target].name);
	/** @param {Knot} node */
	const amountsOf = ({ into, out }) => [into && trans.__('In: %1.', amount(into)),
		out && trans.__('Out: %1.', amount(out))].filter(Boolean).join(' ');

	/** @param {Layout} placed @param {Box} box */
	function paint(placed, box) {
		const touched = (/** @type {Ribbon} */ link) => [link.id, view.nodes[link.source].id,
			view.nodes[link.target].id].includes(state.selected);
		const ribbons = draw('g', { 'aria-hidden': true, class: placed.links.some(touched) ? 'some' : '' });
		for (const link of placed.links.filter(each => each.pence)) {
			const path = draw('path', { d: link.path, 'data-id': link.id, class: `link ${hueOf(link)} ${link.kind}`
				+ `${link.thick < 3 ? ' thin' : ''}${touched(link) ? ' on' : ''}` },
			draw('title', {}, `${wordsOf(link)}: ${amount(link.pence)}`));
			path.onclick = () => pick(link.id);
			ribbons.append(path);
		}
		const { size = 13 } = box;
		const titles = view.columns.map(c => fitted(titleOf(c), placed.cell - 6, size * 0.7));
		const line = size + 2;
		const top = line * Math.max(...titles.map(each => each.length)) + line + 6;
		const heads = view.columns.flatMap((c, n) => [...titles[n],
			amount(total(within(view, c).map(each => n ? each.into : each.out)))].map((words, i) =>
			draw('text', { class: i < titles[n].length ? 'bold' : '', x: n * placed.cell, y: (i + 1) * line - top }, words)));
		const svg = draw('svg', { viewBox: `-2 ${-top} ${box.width + 4} ${box.height + top + 6}`,
			height: box.height + top + 6, 'font-size': size, role: 'group', 'aria-label':
			trans.__('%1, %2, %3. Arrow keys move, Enter picks, Escape lets go.', drawing.title, planOf(), yearWords()) },
		draw('g', { 'aria-hidden': true }, ...heads), ribbons,
		...[...placed.nodes].sort((a, b) => a.column - b.column || a.top - b.top)
			.map((node, n) => paintKnot(node, n, placed, size)));
		svg.onkeydown = event => key(event, placed);
		return svg;
	}

	/** @param {PlacedKnot} node @param {number} n @param {Layout} placed @param {number} size */
	function paintKnot(node, n, { bar, cell }, size) {
		const tall = size + 2;
		const lines = fitted(node.name, cell - bar - 10, size * 0.615);
		if (node.slot >= (lines.length + 1) * tall) lines.push(amount(node.value));
		const middle = node.top + node.slot / 2;
		const told = `${node.name}. ${amountsOf(node)}`;
		const picked = node.id === state.selected;
		const first = view.nodes.some(each => each.id === focused) ? node.id === focused : n === 0;
		const group = draw('g', { class: `knot${picked ? ' picked' : ''}`, role: 'button',
			tabindex: first ? 0 : -1, 'aria-pressed': picked, 'data-id': node.id,
			'aria-label': told },
		draw('title', {}, told),
		draw('rect', { class: 'area', x: node.x, y: node.top, width: cell - 6, height: node.slot }),
		draw('rect', { class: `bar ${toneOf(node)}`, x: node.x, y: node.y, width: bar, height: Math.max(node.high, 1) }),
		...lines.map((line, i) => draw('text', { x: node.x + bar + 5, class: picked ? 'bold' : '',
			y: middle + size * 0.35 + (i - (lines.length - 1) / 2) * tall }, line)));
		group.onclick = () => { focused = node.id; pick(node.id); };
		group.onfocus = () => { focused = node.id; };
		return group;
	}

	const pick = (id = '', toPanel = false) => change({ selected: id === state.selected ? '' : id }, toPanel);

	function focus(id = '') {
		const all = /** @type {SVGElement[]} */ ([...picture.querySelectorAll('.knot')]);
		const goal = all.find(each => each.dataset.id === id) ?? all[0];
		all.forEach(each => each.setAttribute('tabindex', each === goal ? '0' : '-1'));
		goal?.focus();
	}

	/** @param {KeyboardEvent} event @param {Layout} placed */
	function key(event, placed) {
		const now = placed.nodes.find(each => each.id === focused);
		if (!now || event.altKey || event.ctrlKey || event.metaKey) return;
		const column = placed.nodes.filter(each => each.column === now.column).sort((a, b) => a.top - b.top);
		const aside = (/** @type {End} */ own, /** @type {End} */ other) => placed.nodes[
			placed.links.find(each => placed.nodes[each[own]] === now)?.[other] ?? -1];
		/** @type {Record<string, () => PlacedKnot | undefined | void>} */
		const keys = {
			ArrowDown: () => column[column.indexOf(now) + 1],
			ArrowUp: () => column[column.indexOf(now) - 1],
			ArrowRight: () => aside('source', 'target'),
			ArrowLeft: () => aside('target', 'source'),
			Home: () => column[0],
			End: () => column[column.length - 1],
			Enter: () => pick(now.id),
			' ': () => pick(now.id),
			Escape: () => change({ selected: '' }),
		};
		if (!Object.hasOwn(keys, event.key)) return;
		event.preventDefault();
		event.stopPropagation();
		const goal = keys[event.key]();
		if (goal) focus(goal.id);
	}

	const against = () => drawing.plans.find(each => each.key !== state.shown
		&& (each.key === 'today' || state.shown === 'today' || !planOf('today')))?.key;

	const together = (flows = [0], plan = '') => total(
		flows.map(n => penceOf(drawing, drawing.links[n], plan, state.year)));

	function compared(flows = [0]) {
		const other = against();
		const then = together(flows, other);
		return other ? [make('p', {}, trans.__('%1: %2. Difference: %3.', planOf(other), amount(then),
			amount(together(flows, state.shown) - then, true)))] : [];
	}

	/** @param {string} title @param {Kids} items */
	const listed = (title, items) => (items.length
		? [make('h4', {}, title), make('ul', {}, ...items.map(each => make('li', {}, each)))] : []);

	/** Sentences of a drawing are English, whatever the language of the page.
	 * @param {string[]} items */
	const english = items => items.map(each => make('span', { lang: 'en' }, each));

	function button(id = '', words = '', amount = '') {
		const made = make('button', { type: 'button' }, make('span', {}, words), make('b', {}, amount));
		made.onclick = () => pick(id, true);
		return made;
	}

	/** @param {Ribbon[]} links @param {End} end */
	const buttons = (links, end) => links.map(link => button(link.id,
		endOf(link.kind, view.nodes[link[end]].name), amount(link.pence)));

	const endOf = (kind = '', name = '') => (kind === 'cashable' ? trans.__('%1, cashable', name)
		: kind === 'not_cashable' ? trans.__('%1, not cashable', name) : name);

	const priced = (points = [0]) => drawing.prices.filter(each => each.plan === state.shown
		&& (state.year === 'all' || !each.year || each.year === state.year)
		&& (points.length ? each.about.some(n => points.includes(n)) : !each.about.length))
		.map(each => each.sentence);

	/** @param {Knot} node */
	function aboutKnot(node) {
		const n = view.nodes.indexOf(node);
		const points = node.members.map(each => drawing.nodes[each]);
		const outcomes = points.filter(each => each.counted.has(state.shown)).map(each => {
			const units = penceOf(drawing, { pence: each.counted }, state.shown, state.year);
			return trans.__('%1: %2 (unit: %3)', each.name, counted(units), each.unit || trans.__('one'));
		});
		const side = node.into >= node.out ? 'target' : 'source';
		const mine = flows(flow => node.members.includes(flow[side]));
		return [make('p', {}, trans.__('In the model, %1. %2', yearWords(), amountsOf(node))),
			...compared(mine),
			...listed(trans.__('Comes in from'), buttons(view.links.filter(each => each.target === n), 'source')),
			...listed(trans.__('Goes to'), buttons(view.links.filter(each => each.source === n), 'target')),
			...listed(trans.__('Counted'), outcomes),
			...(points.length > 1 ? listed(trans.__('Stand together here'), points.map(each => each.name))
				: listed(trans.__('Conditions'), english(points[0].notes))),
			...listed(trans.__('Prices'), english(priced(node.members)))];
	}

	/** @param {Ribbon} link */
	function aboutRibbon(link) {
		const ends = [view.nodes[link.source], view.nodes[link.target]];
		return [make('p', {}, trans.__('%1, %2: %3.', kindIn(link.kind, trans), yearWords(), amount(link.pence))),
			...compared(link.members),
			...listed(trans.__('From and to'), ends.map(each => button(each.id, each.name, amount(each.value)))),
			...listed(trans.__('Conditions'), english(link.members.length > 1 ? [] : drawing.links[link.members[0]].notes)),
			...listed(trans.__('Prices'), english(priced(ends.flatMap(each => each.members))))];
	}

	function legend() {
		const notes = [layerOf()?.note ?? '', plan()?.note ?? '', ...drawing.notes];
		return [make('p', {}, trans.__('Pick a point or a ribbon to see its full name, amounts, conditions and prices.')),
			make('ul', {}, ...TONES.map((tone, n) => make('li', {}, make('i', { class: tone }), legendIn(trans)[n]))),
			...notes.filter(Boolean).map(each => make('p', { class: 'note', lang: 'en' }, each)),
			...listed(trans.__('Prices for the whole plan'), english(priced([])))];
	}

	function table() {
		const other = against();
		const heads = [trans.__('From'), trans.__('To'), trans.__('What'), planOf(),
			...(other ? [planOf(other), trans.__('Difference')] : [])];
		const bodies = view.columns.slice(1).map(c => {
			const links = view.links.filter(each => view.nodes[each.target].column === c);
			const figures = (/** @type {Ribbon[]} */ ...mine) => {
				const [now, then] = [state.shown, other].map(key => total(mine.map(each => together(each.members, key))));
				return [amount(now), ...(other ? [amount(then), amount(now - then, true)] : [])].map(
					said => make('td', { class: 'figure' }, said));
			};
			return make('tbody', {}, make('tr', { class: 'sum' }, make('th', { colspan: '3', scope: 'rowgroup' },
				wayTo(c)), ...figures(...links)),
			...links.map(each => make('tr', {}, make('th', { scope: 'row' }, view.nodes[each.source].name),
				make('td', {}, view.nodes[each.target].name), make('td', {}, kindIn(each.kind, trans)),
				...figures(each))));
		});
		return make('table', {}, make('caption', {}, trans.__('%1: the ribbons of the picture, %2', drawing.title, yearWords())),
			make('thead', {}, make('tr', {}, ...heads.map((each, n) =>
				make('th', { scope: 'col', class: n > 2 ? 'figure' : '' }, each)))), ...bodies);
	}

	function guarded(work = show) {
		try {
			work();
		} catch {
			root.replaceChildren(make('p', { role: 'alert' }, trans.__('This drawing cannot be shown.')));
		}
	}

	function follow() {
		root.dataset.scheme = schemeOf(element);
	}
	const sized = new ResizeObserver(() => {
		const now = Math.floor(element.clientWidth);
		if (now < 1 || now === width) return;
		const was = narrow();
		width = now;
		guarded(was === narrow() ? show : build);
	});
	const themed = new MutationObserver(changes => {
		follow();
		if (changes.some(each => each.attributeName === 'data-placebudget-units')) guarded();
	});
	const wish = matchMedia('(prefers-color-scheme: dark)');
	width = Math.floor(element.clientWidth) || 960;
	read();
	choose({ year: wished(given), ...options });
	guarded(build);
	sized.observe(element);
	themed.observe(document.body, { attributes: true, attributeFilter: ['data-jp-theme-light',
		'data-jp-theme-name', 'data-placebudget-colours', 'data-placebudget-units'] });
	wish.addEventListener('change', follow);
	const stop = () => {
		sized.disconnect();
		themed.disconnect();
		wish.removeEventListener('change', follow);
		root.remove();
	};
	return Object.assign(stop, {
		/** @param {unknown} next @param {Options} [wanted] */
		update(next, wanted = {}) {
			if (next !== undefined) read(next);
			tell = wanted.onChange ?? tell;
			choose(wanted);
			guarded(next === undefined ? show : build);
		},
	});
}

/** The contract of anywidget. @param {{ model: any, el: HTMLElement }} given */
function render({ model, el }) {
	const traits = /** @type {const} */ (['shown', 'layer', 'year', 'selected']);
	const wanted = () => Object.fromEntries(traits.map(name => [name, model.get(name)]));
	const year = wished(model.get('drawing'));
	if (year && model.get('year') === 'all') model.set('year', year);
	const stop = renderPlan(el, model.get('drawing'), { ...wanted(), onChange: state => {
		for (const name of traits) model.set(name, state[name]);
		model.save_changes();
	} });
	const anew = () => stop.update(model.get('drawing'), wanted());
	const chosen = () => stop.update(undefined, wanted());
	model.on('change:drawing', anew);
	for (const name of traits) model.on(`change:${name}`, chosen);
	return () => {
		model.off('change:drawing', anew);
		for (const name of traits) model.off(`change:${name}`, chosen);
		stop();
	};
}

export default { render };
