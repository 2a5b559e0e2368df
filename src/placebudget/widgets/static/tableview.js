/**
 * One table that can be edited: a native table with the keys of a grid.
 *
 * The same file serves the notebook widget (default export, the anywidget
 * contract) and any page that calls `renderTable`. It has no imports, writes
 * text only as text, and takes its colours from the theme where there is one.
 *
 * @typedef {{name: string, title: string, kind: "text" | "number" | "choice",
 *   choices: string[], unit: string, required: boolean, about: string, refers: string}} Column
 * @typedef {{row: number | null, column: string | null,
 *   severity: "error" | "warning", text: string}} Finding
 * @typedef {{name: string, title: string, columns: Column[], rows: string[][],
 *   findings: Finding[]}} Table
 * @typedef {{change?: (rows: string[][]) => void, pageSize?: number, mostRows?: number,
 *   readOnly?: boolean, history?: History, alone?: boolean, trans?: Trans}} Options
 * @typedef {{__: (words: string, ...values: any[]) => string,
 *   _n: (one: string, many: string, count: number, ...values: any[]) => string}} Trans
 * @typedef {{row: number, column: number}} Position
 * @typedef {{rows: number, columns: number}} Size
 */

export const PAGE = 100;
const MOST_ROWS = 100000;
const MOST_STEPS = 100;
const MOST_LISTED = 20;
const JUMP = 10;
const LONGEST = 2000;

// --- the pure parts --------------------------------------------------------------

/**
 * Cells of a block copied from a spreadsheet: tabs between cells, quoted where a
 * cell holds a tab, a line break or a quotation mark.
 *
 * @param {string} text
 * @returns {string[][]}
 */
export function parsePaste(text) {
  /** @type {string[][]} */
  const rows = [];
  /** @type {string[]} */
  let row = [];
  let cell = "";
  let quoted = false;
  let started = false;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (quoted) {
      if (letter === '"' && text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else if (letter === '"') quoted = false;
      else cell += letter;
    } else if (letter === '"' && cell === "" && !started && closes(text, at)) {
      quoted = true;
      started = true;
    } else if (letter === "\t") {
      row.push(cell);
      cell = "";
      started = false;
    } else if (letter === "\n" || letter === "\r") {
      if (letter === "\r" && text[at + 1] === "\n") at += 1;
      row.push(cell);
      rows.push(row);
      row = [];
      cell = "";
      started = false;
    } else cell += letter;
  }
  if (cell !== "" || row.length || started) {
    row.push(cell);
    rows.push(row);
  }
  return rows;
}

/**
 * Whether a quotation mark opens a quoted cell: its end is followed by a tab, a
 * line break or nothing. Otherwise the mark belongs to the text.
 *
 * @param {string} text
 * @param {number} at
 */
function closes(text, at) {
  for (let next = at + 1; next < text.length; next += 1) {
    if (text[next] !== '"') continue;
    if (text[next + 1] === '"') next += 1;
    else return next + 1 === text.length || "\t\r\n".includes(text[next + 1]);
  }
  return false;
}

/**
 * Rows with a block put in at a position; rows are added where the block reaches
 * below the last one, and what reaches beyond the last column is left out.
 *
 * @param {string[][]} rows
 * @param {Position} at
 * @param {string[][]} block
 * @param {number} width number of columns
 * @param {number} [most] most rows
 * @returns {{rows: string[][], pasted: number, left: number}} cells put in, cells left out
 */
export function applyBlock(rows, at, block, width, most = MOST_ROWS) {
  const next = rows.slice();
  let pasted = 0;
  let left = 0;
  block.forEach((cells, down) => {
    const row = at.row + down;
    if (row >= most) {
      left += cells.length;
      return;
    }
    while (next.length <= row) next.push(new Array(width).fill(""));
    const copy = next[row].slice();
    cells.forEach((cell, across) => {
      if (at.column + across < width) {
        copy[at.column + across] = cell.slice(0, LONGEST);
        pasted += 1;
      } else left += 1;
    });
    next[row] = copy;
  });
  return { rows: next, pasted, left };
}

/**
 * Where a key leads in the grid, or null where the key moves nothing.
 *
 * @param {string} key
 * @param {boolean} control
 * @param {Position} at
 * @param {Size} size
 * @returns {Position | null}
 */
export function moveCell(key, control, at, size) {
  const lastRow = Math.max(size.rows - 1, 0);
  const lastColumn = Math.max(size.columns - 1, 0);
  /** @type {Record<string, Position>} */
  const moves = {
    ArrowUp: { row: at.row - 1, column: at.column },
    ArrowDown: { row: at.row + 1, column: at.column },
    ArrowLeft: { row: at.row, column: at.column - 1 },
    ArrowRight: { row: at.row, column: at.column + 1 },
    PageUp: { row: at.row - JUMP, column: at.column },
    PageDown: { row: at.row + JUMP, column: at.column },
    Home: control ? { row: 0, column: 0 } : { row: at.row, column: 0 },
    End: control
      ? { row: lastRow, column: lastColumn }
      : { row: at.row, column: lastColumn },
  };
  if (!Object.hasOwn(moves, key)) return null;
  const to = moves[key];
  return {
    row: Math.min(Math.max(to.row, 0), lastRow),
    column: Math.min(Math.max(to.column, 0), lastColumn),
  };
}

/** States of the rows that can be taken back and made again. */
export class History {
  /** @param {string[][]} rows */
  constructor(rows) {
    this.now = rows;
    /** @type {string[][][]} */
    this.before = [];
    /** @type {string[][][]} */
    this.after = [];
  }

  /** @param {string[][]} rows */
  add(rows) {
    this.before.push(this.now);
    if (this.before.length > MOST_STEPS) this.before.shift();
    this.now = rows;
    this.after = [];
  }

  undo() {
    const rows = this.before.pop();
    if (!rows) return false;
    this.after.push(this.now);
    this.now = rows;
    return true;
  }

  redo() {
    const rows = this.after.pop();
    if (!rows) return false;
    this.before.push(this.now);
    this.now = rows;
    return true;
  }
}

/**
 * Number of a row as a spreadsheet shows it: the heading is row 1.
 *
 * @param {number} row counted from 0
 */
export function shownRow(row) {
  return row + 2;
}

/**
 * First and last row of a page, and how many pages there are.
 *
 * @param {number} page
 * @param {number} rows
 * @param {number} [size]
 */
export function pageOf(page, rows, size = PAGE) {
  const pages = Math.max(Math.ceil(rows / size), 1);
  const number = Math.min(Math.max(page, 0), pages - 1);
  return { number, pages, first: number * size, last: Math.min((number + 1) * size, rows) };
}

// --- what is seen ------------------------------------------------------------------

/**
 * Says things in English; a page in another language brings a translator of its own, which does
 * the same: %1 is the first value, of what is counted the count.
 *
 * @type {Trans}
 */
const ENGLISH = {
  __: (words, ...values) => words.replace(/%(\d)/g, (_, at) => values[at - 1]),
  _n: (one, many, count, ...values) => ENGLISH.__(count === 1 ? one : many, count, ...values),
};

const STYLE = `
.pb-table { --ink: var(--jp-ui-font-color1, #0b0c0c); --soft: var(--jp-ui-font-color1, #3d3d3d);
  --paper: var(--jp-layout-color1, #fff); --tint: var(--jp-layout-color2, #f3f2f1);
  --line: var(--jp-border-color1, #6f777b); --focus: var(--jp-brand-color1, #12436d);
  color: var(--ink); background: var(--paper); font: 0.9375rem/1.4 system-ui, sans-serif;
  max-width: 100%; }
@media (prefers-color-scheme: dark) { .pb-table {
  --ink: var(--jp-ui-font-color1, #f3f2f1); --soft: var(--jp-ui-font-color1, #d8d8d8);
  --paper: var(--jp-layout-color1, #16191c); --tint: var(--jp-layout-color2, #25292d);
  --line: var(--jp-border-color1, #8a9296); --focus: var(--jp-brand-color1, #8ec5ff); } }
.pb-table * { box-sizing: border-box; }
.pb-table .tools { display: flex; flex-wrap: wrap; gap: 0.4rem; align-items: center; margin: 0.4rem 0; }
.pb-table .tools[hidden] { display: none; }
.pb-table button { font: inherit; color: var(--ink); background: var(--tint);
  border: 1px solid var(--line); border-radius: 3px; padding: 0.25rem 0.7rem; min-height: 2rem; cursor: pointer; }
.pb-table button:disabled { opacity: 1; color: var(--soft); background: var(--paper);
  border-style: dashed; cursor: default; }
.pb-table :focus-visible { outline: 3px solid var(--focus); outline-offset: 1px; }
.pb-table .scroll { overflow-x: auto; max-width: 100%; border: 1px solid var(--line); }
.pb-table table { border-collapse: collapse; width: max-content; min-width: 100%; color: var(--ink); }
.pb-table caption { text-align: left; font-weight: 600; padding: 0.3rem 0.5rem; }
.pb-table th, .pb-table td { border: 1px solid var(--line); padding: 0.25rem 0.5rem; text-align: left;
  vertical-align: top; background: var(--paper); color: var(--ink); max-width: 22rem; overflow-wrap: anywhere; }
.pb-table thead th { background: var(--tint); font-weight: 600; min-width: 5rem; }
.pb-table thead small { display: block; font-weight: 400; color: var(--soft); }
.pb-table td.number { text-align: right; font-variant-numeric: tabular-nums; }
.pb-table tbody th { width: 1%; font-weight: 400; }
.pb-table td { height: 2rem; cursor: cell; }
.pb-table td:focus { outline: 3px solid var(--focus); outline-offset: -3px; }
.pb-table td input, .pb-table td select { font: inherit; color: var(--ink); background: var(--paper);
  border: 1px solid var(--line); width: 100%; min-width: 8rem; min-height: 1.75rem; padding: 0 0.25rem; }
.pb-table .finding { display: block; text-align: left; font-size: 0.875rem; margin-top: 0.2rem;
  border-left: 4px double var(--ink); padding-left: 0.4rem; min-width: 12rem; white-space: normal; }
.pb-table .finding.error { border-left-style: solid; }
.pb-table ul.findings { margin: 0.3rem 0; padding-left: 1.2rem; }
.pb-table ul.findings li { margin: 0.2rem 0; }
.pb-table .status { min-height: 1.4em; }
.pb-table details summary { cursor: pointer; min-height: 1.75rem; }
@media (forced-colors: active) { .pb-table button, .pb-table td, .pb-table th { border-color: CanvasText; } }
`;

let made = 0;

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {Record<string, string>} [attributes]
 * @param {string} [text]
 * @returns {HTMLElementTagNameMap[K]}
 */
function node(name, attributes = {}, text = "") {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text) element.textContent = text;
  return element;
}

/**
 * Show a table that can be edited.
 *
 * @param {HTMLElement} element
 * @param {Table} table
 * @param {Options} [options]
 */
export function renderTable(element, table, options = {}) {
  return new TableView(element, table, options);
}

class TableView {
  /**
   * @param {HTMLElement} element
   * @param {Table} table
   * @param {Options} options
   */
  constructor(element, table, options) {
    made += 1;
    this.id = `pb-table-${made}`;
    this.table = table;
    this.options = options;
    const { trans = ENGLISH } = options;
    this.trans = trans;
    this.size = options.pageSize ?? PAGE;
    this.most = options.mostRows ?? MOST_ROWS;
    // Several views of one table share its steps, and so undo for each other.
    this.history = options.history ?? new History(table.rows);
    /** @type {Position} */
    this.at = { row: 0, column: 0 };
    this.page = 0;
    /** @type {(HTMLInputElement | HTMLSelectElement) | null} */
    this.input = null;
    this.root = node("div", { class: "pb-table" });
    // Notebooks take single keys for themselves, except below this mark.
    if (!options.alone) this.root.setAttribute("data-lm-suppress-shortcuts", "true");
    this.status = node("div", { class: "status", role: "status" });
    this.tools = node("div", { class: "tools", role: "group", "aria-label": trans.__("Change the table") });
    this.pager = node("div", { class: "tools", role: "group", "aria-label": trans.__("Pages") });
    this.listed = node("div");
    this.scroll = node("div", {
      class: "scroll", role: "region", tabindex: "0", "aria-labelledby": `${this.id}-caption`,
    });
    this.grid = node("table", { role: "grid", "aria-labelledby": `${this.id}-caption` });
    this.scroll.append(this.grid);
    const style = node("style");
    style.textContent = STYLE;
    const keys = node("details");
    keys.append(node("summary", {}, trans.__("Keys")), node("p", {}, keysIn(trans)));
    this.root.append(style, this.listed, this.tools, this.scroll, this.pager, this.status, keys);
    element.replaceChildren(this.root);
    this.buttons = this.makeButtons();
    this.grid.addEventListener("keydown", (event) => this.key(event));
    this.grid.addEventListener("click", (event) => this.click(event));
    this.grid.addEventListener("dblclick", () => this.edit());
    this.grid.addEventListener("focusin", (event) => this.focused(event));
    this.grid.addEventListener("paste", (event) => this.paste(event));
    this.grid.addEventListener("copy", (event) => this.copy(event));
    this.draw();
  }

  get rows() {
    return this.history.now;
  }

  /**
   * Another state of the table from outside: other rows start a new history. Who is typing in a
   * cell types on in it, unless rows came or went.
   *
   * @param {Partial<Table>} changed
   */
  update(changed) {
    const { input } = this;
    const stays = !changed.columns && (!changed.rows || changed.rows.length === this.table.rows.length);
    this.table = { ...this.table, ...changed };
    if (changed.rows && changed.rows !== this.rows) this.history = new History(changed.rows);
    if (changed.columns) this.at = { row: 0, column: 0 };
    const focused = this.grid.contains(document.activeElement);
    const caret = input instanceof HTMLInputElement ? [input.selectionStart, input.selectionEnd] : null;
    this.input = null;
    this.draw();
    if (input && stays) {
      this.cell()?.querySelector(".value")?.replaceChildren(input);
      this.input = input;
      input.focus();
      if (input instanceof HTMLInputElement && caret) input.setSelectionRange(caret[0], caret[1]);
    } else if (focused) this.focus();
  }

  /** Whether a cell is being typed in. */
  get isTyped() {
    return this.input !== null;
  }

  /** What is being typed stands, and its cell keeps the focus. */
  keep() {
    if (!this.input) return;
    this.leave(true);
    this.focus();
  }

  destroy() {
    this.root.remove();
  }

  // --- drawing --------------------------------------------------------------------

  makeButtons() {
    const { trans } = this;
    /** @type {[string, () => void][]} */
    const wanted = [
      [trans.__("Undo"), () => this.step("undo")],
      [trans.__("Redo"), () => this.step("redo")],
      [trans.__("Add row below"), () => this.addRow()],
      [trans.__("Delete row"), () => this.deleteRow()],
    ];
    const buttons = wanted.map(([text, press]) => {
      const button = node("button", { type: "button" }, text);
      button.addEventListener("click", press);
      return button;
    });
    // Who brings the steps has buttons for them, too.
    for (const each of buttons.slice(0, 2)) each.hidden = Boolean(this.options.history);
    this.tools.append(...buttons);
    this.tools.hidden = Boolean(this.options.readOnly);
    return buttons;
  }

  draw() {
    const rows = this.rows;
    this.at.row = Math.min(this.at.row, Math.max(rows.length - 1, 0));
    const { number, pages, first, last } = pageOf(this.page, rows.length, this.size);
    this.page = number;
    if (this.at.row < first || this.at.row >= last) this.at.row = first;
    this.grid.setAttribute("aria-rowcount", String(rows.length + 1));
    this.grid.setAttribute("aria-colcount", String(this.table.columns.length + 1));
    const caption = node("caption", { id: `${this.id}-caption` }, this.captionText());
    const body = node("tbody");
    const found = this.findingsByCell();
    for (let row = first; row < last; row += 1) body.append(this.drawRow(row, found));
    this.grid.replaceChildren(caption, this.drawHead(), body);
    this.drawPager(pages, first, last);
    this.drawFindings();
    const [undo, redo, add, remove] = this.buttons;
    undo.disabled = !this.history.before.length;
    redo.disabled = !this.history.after.length;
    add.disabled = rows.length >= this.most;
    remove.disabled = !rows.length;
  }

  captionText() {
    const { trans } = this;
    const count = this.rows.length;
    const counted = trans._n("%2 row", "%2 rows", count, count.toLocaleString("en-GB"));
    return trans.__("%1: %2", this.table.title, counted);
  }

  drawHead() {
    const { trans } = this;
    const row = node("tr", { "aria-rowindex": "1" });
    row.append(node("th", { scope: "col" }, trans.__("Row")));
    for (const column of this.table.columns) {
      const head = node("th", { scope: "col" }, column.title);
      if (column.about) head.title = column.about;
      const told = [column.unit, column.required ? trans.__("required") : ""].filter(Boolean).join(", ");
      if (told) head.append(node("small", {}, told));
      row.append(head);
    }
    const head = node("thead");
    head.append(row);
    return head;
  }

  /**
   * @param {number} number
   * @param {Map<string, Finding[]>} found
   */
  drawRow(number, found) {
    const row = node("tr", { "aria-rowindex": String(shownRow(number)) });
    const head = node("th", { scope: "row" }, String(shownRow(number)));
    this.addFindings(head, found.get(`${number}:`), `${number}-all`);
    row.append(head);
    this.table.columns.forEach((column, at) => {
      const cell = node("td", {
        role: "gridcell",
        "data-row": String(number),
        "data-column": String(at),
        "aria-colindex": String(at + 2),
        tabindex: number === this.at.row && at === this.at.column ? "0" : "-1",
      });
      if (column.kind === "number") cell.className = "number";
      if (this.options.readOnly) cell.setAttribute("aria-readonly", "true");
      cell.append(node("span", { class: "value" }, this.rows[number][at]));
      const ids = this.addFindings(cell, found.get(`${number}:${column.name}`), `${number}-${at}`);
      if (ids) cell.setAttribute("aria-describedby", ids);
      row.append(cell);
    });
    return row;
  }

  /**
   * @param {HTMLElement} cell
   * @param {Finding[] | undefined} findings
   * @param {string} key
   */
  addFindings(cell, findings, key) {
    const ids = (findings ?? []).map((finding, number) => {
      const id = `${this.id}-finding-${key}-${number}`;
      const said = node("span", { class: `finding ${finding.severity}`, id });
      said.append(...this.told(finding));
      cell.append(said);
      return id;
    });
    if (findings?.some((finding) => finding.severity === "error")) {
      if (cell.tagName === "TD") cell.setAttribute("aria-invalid", "true");
    }
    return ids.join(" ");
  }

  /**
   * What is found is English, whatever the language of the page.
   *
   * @param {Finding} finding
   */
  told({ severity, text }) {
    const { trans } = this;
    const kind = severity === "error" ? trans.__("Error:") : trans.__("Warning:");
    return [`${kind} `, node("span", { lang: "en" }, text)];
  }

  findingsByCell() {
    /** @type {Map<string, Finding[]>} */
    const found = new Map();
    for (const finding of this.table.findings) {
      if (finding.row === null) continue;
      const known = this.table.columns.some((column) => column.name === finding.column);
      const key = `${finding.row}:${known ? finding.column : ""}`;
      found.set(key, [...(found.get(key) ?? []), finding]);
    }
    return found;
  }

  drawFindings() {
    const { trans } = this;
    const all = this.table.findings;
    this.listed.replaceChildren();
    if (!all.length) {
      this.listed.append(node("p", {}, trans.__("Nothing was found wrong in this table.")));
      return;
    }
    const errors = all.filter((finding) => finding.severity === "error").length;
    const counted = trans.__(
      "%1, %2",
      trans._n("%1 error", "%1 errors", errors),
      trans._n("%1 warning", "%1 warnings", all.length - errors),
    );
    const list = node("ul", { class: "findings" });
    for (const finding of all.slice(0, MOST_LISTED)) list.append(this.findingLine(finding));
    const details = node("details");
    details.open = errors > 0;
    details.append(node("summary", {}, trans.__("What was found: %1", counted)), list);
    if (all.length > MOST_LISTED) {
      const more = all.length - MOST_LISTED;
      details.append(node("p", {}, trans.__("And %1 more, each beside its cell.", more)));
    }
    this.listed.append(details);
  }

  /** @param {Finding} finding */
  findingLine(finding) {
    const { trans } = this;
    const line = node("li");
    line.append(...this.told(finding), " ");
    if (finding.row !== null && finding.row < this.rows.length) {
      const { row } = finding;
      const column = this.table.columns.findIndex((each) => each.name === finding.column);
      const words = column < 0 ? trans.__("Go to row %1", shownRow(row))
        : trans.__("Go to row %1, %2", shownRow(row), this.table.columns[column].title);
      const button = node("button", { type: "button" }, words);
      button.addEventListener("click", () => this.go({ row, column: Math.max(column, 0) }));
      line.append(button);
    }
    return line;
  }

  /**
   * @param {number} pages
   * @param {number} first
   * @param {number} last
   */
  drawPager(pages, first, last) {
    const { trans } = this;
    const held = this.pager.contains(document.activeElement) ? document.activeElement : null;
    const forth = held !== null && held === this.pager.lastElementChild;
    this.pager.hidden = pages < 2;
    const previous = node("button", { type: "button" }, trans.__("Previous page"));
    const next = node("button", { type: "button" }, trans.__("Next page"));
    previous.disabled = this.page === 0;
    next.disabled = this.page === pages - 1;
    previous.addEventListener("click", () => this.turn(-1));
    next.addEventListener("click", () => this.turn(1));
    const where = trans.__(
      "Page %1 of %2, rows %3 to %4",
      this.page + 1, pages, shownRow(first), shownRow(last - 1),
    );
    this.pager.replaceChildren(previous, node("span", {}, where), next);
    const back = forth ? next : previous;
    if (held) (back.disabled ? (back === next ? previous : next) : back).focus();
  }

  // --- moving -----------------------------------------------------------------------

  /** @param {number} by */
  turn(by) {
    this.page += by;
    this.at.row = pageOf(this.page, this.rows.length, this.size).first;
    this.draw();
    const { number, pages } = pageOf(this.page, this.rows.length, this.size);
    this.say(this.trans.__("Page %1 of %2.", number + 1, pages));
  }

  /** @param {Position} to */
  go(to) {
    const page = Math.floor(to.row / this.size);
    const before = this.cell();
    this.at = to;
    if (page !== this.page) {
      this.page = page;
      this.draw();
    } else {
      before?.setAttribute("tabindex", "-1");
      this.cell()?.setAttribute("tabindex", "0");
    }
    this.focus();
  }

  /** @returns {HTMLElement | null} */
  cell() {
    const { row, column } = this.at;
    return this.grid.querySelector(`td[data-row="${row}"][data-column="${column}"]`);
  }

  focus() {
    const cell = this.cell();
    cell?.focus();
    cell?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (this.input) {
      this.keyWhileEditing(event);
      return;
    }
    if (event.target === this.scroll || event.altKey) return;
    const control = event.ctrlKey || event.metaKey;
    const to = moveCell(event.key, control, this.at, {
      rows: this.rows.length, columns: this.table.columns.length,
    });
    if (to) this.go(to);
    else if (this.options.readOnly) return;
    else if (control && event.key.toLowerCase() === "z") this.step(event.shiftKey ? "redo" : "undo");
    else if (control && event.key.toLowerCase() === "y") this.step("redo");
    else if (control) return;
    else if (event.key === "Enter" || event.key === "F2") this.edit();
    else if (event.key === "Delete" || event.key === "Backspace") this.write("");
    else if (event.key.length === 1 && event.key !== " ") this.edit(event.key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {KeyboardEvent} event */
  keyWhileEditing(event) {
    event.stopPropagation();
    if (event.key === "Escape") this.leave(false);
    else if (event.key === "Enter") this.leave(true);
    else if (event.key === "Tab") {
      this.leave(true);
      const key = event.shiftKey ? "ArrowLeft" : "ArrowRight";
      const size = { rows: this.rows.length, columns: this.table.columns.length };
      this.at = moveCell(key, false, this.at, size) ?? this.at;
    } else return;
    event.preventDefault();
    this.go(this.at);
  }

  /** @param {MouseEvent} event */
  click(event) {
    const cell = event.target instanceof Element ? event.target.closest("td") : null;
    if (!cell || this.input?.closest("td") === cell) return;
    this.go({ row: Number(cell.dataset.row), column: Number(cell.dataset.column) });
  }

  /**
   * A cell may come to have the focus otherwise than by these keys: by a screen reader, say.
   *
   * @param {FocusEvent} event
   */
  focused(event) {
    const cell = event.target instanceof Element ? event.target.closest("td") : null;
    if (!cell || this.input) return;
    this.cell()?.setAttribute("tabindex", "-1");
    this.at = { row: Number(cell.dataset.row), column: Number(cell.dataset.column) };
    cell.setAttribute("tabindex", "0");
  }

  // --- changing -------------------------------------------------------------------

  /** @param {string} [typed] what replaces the text; left out: the text stays to be edited */
  edit(typed) {
    const cell = this.cell();
    if (!cell || this.input || this.options.readOnly) return;
    const column = this.table.columns[this.at.column];
    const now = this.rows[this.at.row][this.at.column];
    const choices = column.choices.includes(now) || now === "" ? column.choices : [now, ...column.choices];
    const label = this.trans.__("%1, row %2", column.title, shownRow(this.at.row));
    if (column.kind === "choice") {
      const select = node("select", { "aria-label": label });
      for (const choice of ["", ...choices]) {
        select.append(node("option", { value: choice }, choice || this.trans.__("(blank)")));
      }
      const start = typed?.toLowerCase();
      select.value = now;
      const first = start ? choices.find((choice) => choice.toLowerCase().startsWith(start)) : undefined;
      if (first !== undefined) select.value = first;
      this.input = select;
    } else {
      const input = node("input", {
        type: "text", "aria-label": label, maxlength: String(LONGEST), autocomplete: "off",
        inputmode: column.kind === "number" ? "decimal" : "text",
      });
      input.value = typed ?? now;
      this.input = input;
    }
    const described = cell.getAttribute("aria-describedby");
    if (described) this.input.setAttribute("aria-describedby", described);
    const { input } = this;
    // Lab may hear keys first: those that save are to save what is being typed, too.
    input.setAttribute("data-lm-suppress-shortcuts", "true");
    input.addEventListener("blur", () => {
      if (this.input === input) this.leave(true);
    });
    cell.querySelector(".value")?.replaceChildren(input);
    input.focus();
    if (input instanceof HTMLInputElement && typed === undefined) input.select();
  }

  /** @param {boolean} keep */
  leave(keep) {
    const { input } = this;
    if (!input) return;
    this.input = null;
    const { value } = input;
    const old = this.rows[this.at.row][this.at.column];
    input.parentElement?.replaceChildren(old);
    if (keep) this.write(value);
    else this.say(this.trans.__("Nothing was changed."));
  }

  /** @param {string} text */
  write(text) {
    if (!this.rows.length || this.rows[this.at.row][this.at.column] === text) return;
    const column = this.table.columns[this.at.column];
    const { rows } = applyBlock(this.rows, this.at, [[text]], this.table.columns.length, this.most);
    const { trans } = this;
    const row = shownRow(this.at.row);
    this.put(rows, text === "" ? trans.__("%1 in row %2 is now blank.", column.title, row)
      : trans.__("%1 in row %2 is now %3.", column.title, row, text));
  }

  addRow() {
    const rows = this.rows.slice();
    const row = rows.length ? this.at.row + 1 : 0;
    rows.splice(row, 0, new Array(this.table.columns.length).fill(""));
    this.put(rows, this.trans.__("Row %1 was added.", shownRow(row)), { row, column: 0 });
  }

  deleteRow() {
    if (!this.rows.length) return;
    const { row } = this.at;
    const words = this.trans.__("Row %1 was deleted.", shownRow(row));
    this.put(this.rows.filter((_, number) => number !== row), words);
  }

  /** @param {"undo" | "redo"} which */
  step(which) {
    const done = this.history[which]();
    const { trans } = this;
    const words = which === "undo"
      ? [trans.__("The last change was undone."), trans.__("There is nothing to undo.")]
      : [trans.__("The change was made again."), trans.__("There is nothing to make again.")];
    if (done) this.changed();
    this.say(words[done ? 0 : 1]);
  }

  /**
   * @param {string[][]} rows
   * @param {string} words
   * @param {Position} [to]
   */
  put(rows, words, to) {
    this.history.add(rows);
    if (to) {
      this.at = to;
      this.page = Math.floor(to.row / this.size);
    }
    this.changed();
    if (to) this.focus();
    this.say(words);
  }

  changed() {
    const held = document.activeElement;
    const inside = this.grid.contains(held);
    // What was found no longer stands at the same rows once rows come or go.
    if (this.rows.length !== this.table.rows.length) this.table = { ...this.table, findings: [] };
    this.table = { ...this.table, rows: this.rows };
    this.draw();
    if (inside) this.focus();
    this.options.change?.(this.rows);
  }

  /** @param {ClipboardEvent} event */
  paste(event) {
    if (this.input || this.options.readOnly) return;
    const block = parsePaste(event.clipboardData?.getData("text/plain") ?? "");
    event.preventDefault();
    event.stopPropagation();
    if (!block.length) return;
    const at = this.rows.length ? this.at : { row: 0, column: 0 };
    const done = applyBlock(this.rows, at, block, this.table.columns.length, this.most);
    const { trans } = this;
    const words = [trans._n("%1 cell was pasted.", "%1 cells were pasted.", done.pasted)];
    if (done.left) {
      words.push(trans._n(
        "%1 cell lay outside the table and was left out.",
        "%1 cells lay outside the table and were left out.",
        done.left,
      ));
    }
    this.put(done.rows, words.join(" "));
    this.focus();
  }

  /** @param {ClipboardEvent} event */
  copy(event) {
    if (this.input || !this.rows.length) return;
    event.clipboardData?.setData("text/plain", this.rows[this.at.row][this.at.column]);
    event.preventDefault();
  }

  /** @param {string} words */
  say(words) {
    this.status.textContent = words;
  }
}

/** @param {Trans} trans */
const keysIn = (trans) => trans.__(
  "Arrow keys move; Home and End go to the ends of a row, with Ctrl to the ends of the table; " +
  "Page Up and Page Down move ten rows. Enter or F2 edits a cell, Enter keeps what was typed, " +
  "Escape does not. Tab keeps it too and goes to the cell beside; where nothing is being typed, it " +
  "leaves the table. Ctrl+V pastes cells from a spreadsheet, Ctrl+Z undoes, " +
  "Ctrl+Y makes it again.",
);

/**
 * The part of an anywidget model that is used here.
 *
 * @typedef {{get: (name: string) => any, set: (name: string, value: any) => void,
 *   save_changes: () => void, on: (event: string, heard: () => void) => void,
 *   off: (event: string, heard: () => void) => void}} Model
 */

/** @param {{model: Model, el: HTMLElement}} shown */
function render({ model, el }) {
  const read = () => ({
    name: model.get("table"),
    title: model.get("title"),
    columns: model.get("columns"),
    rows: model.get("rows"),
    findings: model.get("findings"),
  });
  const view = renderTable(el, read(), {
    mostRows: model.get("most_rows"),
    change: (rows) => {
      model.set("rows", rows);
      model.save_changes();
    },
  });
  const other = () => {
    if (model.get("rows") !== view.rows) view.update(read());
  };
  const found = () => view.update({ findings: model.get("findings") });
  const said = () => {
    if (model.get("said")) view.say(model.get("said"));
  };
  model.on("change:rows", other);
  model.on("change:columns", other);
  model.on("change:findings", found);
  model.on("change:said", said);
  return () => {
    model.off("change:rows", other);
    model.off("change:columns", other);
    model.off("change:findings", found);
    model.off("change:said", said);
    view.destroy();
  };
}

export default { render };
