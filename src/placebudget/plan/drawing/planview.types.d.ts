// What planview.js works with. Types alone: nothing of this is loaded in a page.
import type { layout } from './planview.js';

/** Something with a key, a name and a word on what it is. */
export type Named = { key: string; name: string; note: string };

/** Whole pence by year, for each plan by its key. */
export type ByPlan = Map<string, number[]>;

/** A point of a drawing, as it was given. */
export type Point = {
	id: string; column: number; name: string; notes: string[]; unit: string; counted: ByPlan;
};

/** Money from one point to another, as it was given. */
export type Flow = {
	source: number; target: number; kind: string; layer: string; notes: string[]; pence: ByPlan;
};

/** A drawing that has been read, every part of it checked. */
export type Drawing = {
	title: string; years: string[]; later: string; layers: Named[]; plans: Named[];
	columns: Named[]; nodes: Point[]; links: Flow[]; notes: string[];
	prices: { plan: string; year: string; about: number[]; sentence: string }[];
};

/** What is chosen: a plan, a layer, a year, and the point or ribbon that is picked. */
export type State = { shown: string; layer: string; year: string; selected: string };

/** A point as it is shown: one of a drawing, or several that stand together. */
export type Knot = {
	id: string; column: number; name: string; value: number; into: number; out: number;
	members: number[]; last: number;
};

/** A ribbon as it is shown, between two knots. */
export type Ribbon = {
	id: string; source: number; target: number; kind: string; pence: number; members: number[];
};

export type View = { columns: number[]; nodes: Knot[]; links: Ribbon[] };

/** Room to draw in, in pixels. */
export type Box = {
	width: number; height: number; slot?: (knot: Knot) => number; gap?: number; bar?: number; scale?: number;
	size?: number;
};

export type PlacedKnot = Knot & {
	x: number; y: number; high: number; top: number; slot: number;
};
export type PlacedRibbon = Ribbon & { from: number; to: number; thick: number; path: string };
export type Layout = ReturnType<typeof layout>;
export type End = 'source' | 'target';
export type Bag = Record<string, any>;
export type Kids = (Node | string)[];

/** What says things in the language of a page: %1 in the words is the first value. */
export type Trans = { __: (words: string, ...values: any[]) => string };

/** What is shown at first, whom to tell when a reader chooses otherwise, and what says things. */
export type Options = Partial<State> & { onChange?: (state: State) => void; trans?: Trans };
