/**
 * A form of native controls: switches, amounts with a slider beside the number box,
 * choices, texts and buttons. What it holds is described as data, so that every
 * widget of the package has the same controls. Text is written as text only.
 *
 * @typedef {{value: string, label: string}} Choice
 * @typedef {{key: string, kind: "switch" | "amount" | "choice" | "text" | "button" | "words",
 *   label: string, help?: string, unit?: string, least?: number | null, most?: number | null,
 *   low?: number | null, high?: number | null, step?: number, choices?: Choice[],
 *   disabled?: boolean, current?: boolean, main?: boolean}} Control
 * @typedef {{title: string, controls: Control[], row?: boolean, closed?: boolean,
 *   alert?: boolean}} Group
 * @typedef {{label: string, groups: Group[]}} Form
 * @typedef {Record<string, string | number | boolean>} Values
 * @typedef {{input: HTMLInputElement, part: HTMLElement, wrong?: HTMLElement,
 *   say?: (words: string) => void, text: string, value: unknown}} Box
 * @typedef {{set: (key: string, value: string | number | boolean) => void,
 *   press: (key: string) => void, moving?: (key: string) => void}} Heard
 * @typedef {(words: string, ...values: any[]) => string} Said
 */

// --- the pure parts --------------------------------------------------------------

/**
 * A number as typed, or null where it is none: commas, spaces and a pound sign may stand in it.
 *
 * @param {string} text
 * @returns {number | null}
 */
export function readNumber(text) {
  const plain = text.replace(/[\s,£_]/g, "").replace("\u2212", "-");
  if (!/^-?(\d+\.?\d*|\.\d+)$/.test(plain)) return null;
  const number = Number(plain);
  return Number.isFinite(number) ? number : null;
}

/**
 * A number as the box shows it: at most six decimals, no thousands.
 *
 * @param {unknown} value
 * @returns {string}
 */
export function shownNumber(value) {
  return typeof value === "number" && Number.isFinite(value) ? String(Number(value.toFixed(6))) : "";
}

/**
 * Says things in English; a page in another language brings a translator of its own.
 *
 * @type {{__: Said}}
 */
const ENGLISH = {
  __: (words, ...values) => words.replace(/%(\d)/g, (_, at) => values[at - 1]),
};

/**
 * Why a number cannot stand in a control, in words; empty where it can.
 *
 * @param {number | null} number
 * @param {Control} control
 * @param {{__: Said}} [trans]
 * @returns {string}
 */
export function misfit(number, control, trans = ENGLISH) {
  if (number === null) return trans.__("Write a number.");
  if (control.least != null && number < control.least) {
    return trans.__("The least that is allowed is %1.", shownNumber(control.least));
  }
  if (control.most != null && number > control.most) {
    return trans.__("The most that is allowed is %1.", shownNumber(control.most));
  }
  return "";
}

/**
 * A key as part of an id, in which no space may stand; no two keys become one.
 *
 * @param {string} key
 * @returns {string}
 */
export function idOf(key) {
  return key.replace(/[^A-Za-z0-9-]/g, (letter) => `_${letter.charCodeAt(0).toString(16)}_`);
}

// --- what is seen ------------------------------------------------------------------

const STYLE = `
.pb-form { --ink: var(--jp-ui-font-color1, #0b0c0c); --paper: var(--jp-layout-color1, #fff);
  --tint: var(--jp-layout-color2, #f3f2f1); --line: var(--jp-border-color1, #6f777b);
  --focus: var(--jp-brand-color1, #12436d);
  color: var(--ink); background: var(--paper); font: 0.9375rem/1.4 system-ui, sans-serif; max-width: 100%; }
@media (prefers-color-scheme: dark) { .pb-form { --ink: var(--jp-ui-font-color1, #f3f2f1);
  --paper: var(--jp-layout-color1, #16191c); --tint: var(--jp-layout-color2, #25292d);
  --line: var(--jp-border-color1, #8a9296); --focus: var(--jp-brand-color1, #8ec5ff); } }
.pb-form * { box-sizing: border-box; }
.pb-form fieldset { border: 1px solid var(--line); border-radius: 3px; margin: 0 0 0.6rem; padding: 0.3rem 0.7rem 0.6rem;
  min-width: 0; }
.pb-form legend { font-weight: 600; padding: 0 0.3rem; }
.pb-form .row { display: flex; flex-wrap: wrap; gap: 0.4rem 0.8rem; align-items: end; }
.pb-form .control { margin: 0.35rem 0; min-width: 0; }
.pb-form .control label { display: block; overflow-wrap: anywhere; }
.pb-form .switch { display: grid; grid-template-columns: auto 1fr; gap: 0 0.5rem; align-items: start; min-height: 1.75rem; }
.pb-form .switch .help { grid-column: 2; }
.pb-form input[type="checkbox"] { inline-size: 1.4rem; block-size: 1.4rem; flex: none; margin: 0.1rem; accent-color: var(--focus); }
.pb-form .pair { display: grid; grid-template-columns: 8.5rem minmax(6rem, 1fr); gap: 0.5rem; align-items: center; }
.pb-form input[type="text"], .pb-form select { font: inherit; color: var(--ink); background: var(--paper);
  border: 1px solid var(--line); border-radius: 3px; min-height: 2rem; padding: 0.1rem 0.4rem; width: 100%; max-width: 30rem; }
.pb-form input.number { text-align: right; font-variant-numeric: tabular-nums; }
.pb-form input[type="range"] { width: 100%; min-height: 1.75rem; margin: 0; accent-color: var(--focus); }
.pb-form button { font: inherit; color: var(--ink); background: var(--tint); border: 1px solid var(--line);
  border-radius: 3px; padding: 0.3rem 0.8rem; min-height: 2rem; cursor: pointer; text-align: left; }
.pb-form button.main { font-weight: 600; border-width: 2px; border-color: var(--ink); }
.pb-form button[aria-current="true"] { border-bottom: 4px solid var(--ink); font-weight: 600; }
.pb-form button:disabled { opacity: 1; border-style: dashed; background: var(--paper); cursor: default; }
.pb-form :focus-visible { outline: 3px solid var(--focus); outline-offset: 1px; }
.pb-form .help, .pb-form .wrong { display: block; font-size: 0.875rem; }
.pb-form .wrong:empty { display: none; }
.pb-form .wrong { border-left: 4px solid var(--ink); padding-left: 0.4rem; font-weight: 600; }
.pb-form .alert { border: 3px solid var(--ink); }
.pb-form .status { min-height: 1.4em; font-weight: 600; }
.pb-form p { margin: 0.3rem 0; max-width: 46rem; overflow-wrap: anywhere; }
.pb-form summary { cursor: pointer; min-height: 1.75rem; font-weight: 600; }
`;

// What may change of a control that stays where it is.
const MARKS = new Set(["current", "disabled"]);

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
 * Show a form.
 *
 * @param {HTMLElement} element
 * @param {Form} form
 * @param {Values} values
 * @param {Heard} heard
 * @param {{__: Said}} [trans]
 */
export function renderForm(element, form, values, heard, trans = ENGLISH) {
  return new FormView(element, form, values, heard, trans);
}

class FormView {
  /**
   * @param {HTMLElement} element
   * @param {Form} form
   * @param {Values} values
   * @param {Heard} heard
   * @param {{__: Said}} trans
   */
  constructor(element, form, values, heard, trans) {
    made += 1;
    this.trans = trans;
    this.id = `pb-form-${made}`;
    this.heard = heard;
    this.values = values;
    /** @type {Map<string, (value: string | number | boolean) => void>} */
    this.shows = new Map();
    /** The boxes of text, by key; what was written into each last, and which figure that was.
     * @type {Map<string, Box>} */
    this.boxes = new Map();
    this.root = node("div", { class: "pb-form", role: "group", "data-lm-suppress-shortcuts": "true" });
    this.body = node("div");
    this.status = node("div", { class: "status", role: "status" });
    const style = node("style");
    style.textContent = STYLE;
    this.root.append(style, this.body, this.status);
    element.replaceChildren(this.root);
    this.show(form, values);
  }

  /**
   * @param {Form} form
   * @param {Values} values
   */
  show(form, values) {
    // What is only marked otherwise stays in its place: a press on a button that is taken
    // away under it would not be heard.
    const shape = JSON.stringify(form, (name, part) => (MARKS.has(name) ? undefined : part));
    const same = shape === this.shape;
    this.shape = shape;
    if (same) this.mark(form, values);
    else this.draw(form, values);
  }

  /**
   * @param {Form} form
   * @param {Values} values
   */
  mark(form, values) {
    this.form = form;
    for (const control of form.groups.flatMap((group) => group.controls)) {
      const id = `${this.id}-${idOf(control.key)}`;
      for (const part of this.body.querySelectorAll(`[id="${id}"], [id="${id}-slider"]`)) {
        part.toggleAttribute("disabled", Boolean(control.disabled));
        if (control.kind !== "button") continue;
        if (control.current) part.setAttribute("aria-current", "true");
        else part.removeAttribute("aria-current");
      }
    }
    this.fill(values);
  }

  /**
   * @param {Form} form
   * @param {Values} values
   */
  draw(form, values) {
    const held = document.activeElement;
    const key = held instanceof HTMLElement && this.root.contains(held) ? held.id : "";
    /** @type {Set<string>} */
    const open = new Set();
    this.body.querySelectorAll("details[open]").forEach((each) => open.add(each.id));
    const first = !this.form;
    this.form = form;
    this.values = values;
    const typed = [...this.boxes].filter(([key, box]) => this.stays(box, values[key]));
    this.shows.clear();
    this.boxes.clear();
    this.root.setAttribute("aria-label", form.label);
    this.body.replaceChildren(
      ...form.groups.map((group, at) => this.group(group, at, first ? null : open)),
    );
    if (key) document.getElementById(key)?.focus();
    // What was being typed is typed on in the box that has come in the place of the other.
    for (const [key, before] of typed) {
      const box = this.boxes.get(key);
      if (!box) continue;
      box.input.value = before.input.value;
      box.input.setSelectionRange(before.input.selectionStart, before.input.selectionEnd);
      if (before.wrong?.textContent) box.say?.(before.wrong.textContent);
    }
  }

  /**
   * @param {Values} values
   * @param {boolean} [anew] whether what is typed and not heard yet is to go
   */
  fill(values, anew = false) {
    this.values = values;
    for (const [key, value] of Object.entries(values)) {
      const box = this.boxes.get(key);
      if (anew || !box || !this.stays(box, value)) this.shows.get(key)?.(value);
    }
  }

  /**
   * Whether a box keeps what is typed in it: while it is being typed in, and where that is wrong
   * until there is another figure.
   *
   * @param {Box} box
   * @param {unknown} value what would be written into it
   */
  stays({ input, part, wrong, text, value: held }, value) {
    const { activeElement } = /** @type {Document | ShadowRoot} */ (this.root.getRootNode());
    const isTyped = input.value !== text && part.contains(activeElement);
    return isTyped || (Boolean(wrong?.textContent) && value === held);
  }

  /** @param {string} words */
  say(words) {
    if (this.status.textContent !== words) this.status.textContent = words;
  }

  destroy() {
    this.root.remove();
  }

  /**
   * @param {Group} group
   * @param {number} at
   * @param {Set<string> | null} open
   */
  group(group, at, open) {
    const inside = node("div", group.row ? { class: "row" } : {});
    inside.append(...group.controls.map((control) => this.control(control)));
    const box = node("fieldset", group.alert ? { class: "alert" } : {});
    if (group.closed === undefined) {
      if (group.title) box.append(node("legend", {}, group.title));
      box.append(inside);
      return box;
    }
    const id = `${this.id}-group-${at}`;
    const details = node("details", { id });
    details.open = open ? open.has(id) : !group.closed;
    details.append(node("summary", { id: `${id}-head` }, group.title), inside);
    box.setAttribute("aria-labelledby", `${id}-head`);
    box.append(details);
    return box;
  }

  /** @param {Control} control */
  control(control) {
    const box = node("div", { class: `control ${control.kind}` });
    const id = `${this.id}-${idOf(control.key)}`;
    if (control.kind === "words") {
      box.append(node("p", {}, control.label));
      return box;
    }
    const help = control.help ? node("span", { class: "help", id: `${id}-help` }, control.help) : null;
    /** @type {Record<string, string>} */
    const said = help ? { "aria-describedby": help.id } : {};
    if (control.kind === "button") this.button(box, control, id, said);
    else if (control.kind === "switch") this.toggle(box, control, id, said);
    else if (control.kind === "choice") this.choice(box, control, id, said);
    else if (control.kind === "text") this.text(box, control, id, said);
    else this.amount(box, control, id, help);
    if (help) box.append(help);
    return box;
  }

  /**
   * @param {HTMLElement} box
   * @param {Control} control
   * @param {string} id
   * @param {Record<string, string>} said
   */
  button(box, control, id, said) {
    const button = node("button", { type: "button", id, ...said }, control.label);
    if (control.main) button.className = "main";
    if (control.current) button.setAttribute("aria-current", "true");
    button.disabled = Boolean(control.disabled);
    button.addEventListener("click", () => this.heard.press(control.key));
    box.append(button);
  }

  /**
   * @param {HTMLElement} box
   * @param {Control} control
   * @param {string} id
   * @param {Record<string, string>} said
   */
  toggle(box, control, id, said) {
    const input = node("input", { type: "checkbox", role: "switch", id, ...said });
    input.checked = this.values[control.key] === true;
    input.disabled = Boolean(control.disabled);
    input.addEventListener("change", () => this.heard.set(control.key, input.checked));
    this.shows.set(control.key, (value) => {
      input.checked = value === true;
    });
    box.append(input, node("label", { for: id }, control.label));
  }

  /**
   * @param {HTMLElement} box
   * @param {Control} control
   * @param {string} id
   * @param {Record<string, string>} said
   */
  choice(box, control, id, said) {
    const select = node("select", { id, ...said });
    for (const choice of control.choices ?? []) {
      select.append(node("option", { value: choice.value }, choice.label));
    }
    select.value = String(this.values[control.key] ?? "");
    select.disabled = Boolean(control.disabled);
    select.addEventListener("change", () => this.heard.set(control.key, select.value));
    this.shows.set(control.key, (value) => {
      select.value = String(value);
    });
    box.append(node("label", { for: id }, control.label), select);
  }

  /**
   * @param {HTMLElement} box
   * @param {Control} control
   * @param {string} id
   * @param {Record<string, string>} said
   */
  text(box, control, id, said) {
    const input = node("input", { type: "text", id, maxlength: "200", autocomplete: "off", ...said });
    const text = (input.value = String(this.values[control.key] ?? ""));
    /** @type {Box} */
    const typed = { input, part: input, text, value: text };
    this.boxes.set(control.key, typed);
    const commit = () => {
      typed.text = input.value;
      this.heard.set(control.key, input.value);
    };
    input.addEventListener("change", commit);
    this.onLeaving(control.key, typed, commit);
    this.shows.set(control.key, (value) => {
      typed.text = String(value);
      if (input.value !== value) input.value = String(value);
    });
    box.append(node("label", { for: id }, control.label), input);
  }

  /**
   * A box that has come in the place of another holds what was typed there, which is no change
   * of its own: it is heard when the box is left.
   *
   * @param {string} key
   * @param {Box} typed
   * @param {() => void} commit
   */
  onLeaving(key, typed, commit) {
    typed.input.addEventListener("blur", () => {
      if (this.boxes.get(key) === typed && typed.input.value !== typed.text) commit();
    });
  }

  /**
   * @param {HTMLElement} box
   * @param {Control} control
   * @param {string} id
   * @param {HTMLElement | null} help
   */
  amount(box, control, id, help) {
    const wrong = node("span", { class: "wrong", id: `${id}-wrong` });
    const described = [help?.id, wrong.id].filter(Boolean).join(" ");
    const label = control.unit ? this.trans.__("%1, %2", control.label, control.unit) : control.label;
    const input = node("input", {
      type: "text", inputmode: "decimal", class: "number", id, autocomplete: "off",
      "aria-describedby": described,
    });
    input.disabled = Boolean(control.disabled);
    const pair = node("div", { class: "pair" });
    pair.append(input);
    const slider = this.slider(control, label, input);
    if (slider) pair.append(slider);
    /** @param {string} words */
    const say = (words) => {
      wrong.textContent = words;
      if (words) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    };
    /** @type {Box} */
    const typed = { input, part: pair, wrong, say, text: "", value: undefined };
    this.boxes.set(control.key, typed);
    /** @param {unknown} value */
    const show = (value) => {
      input.value = typed.text = shownNumber(value);
      typed.value = value;
      if (slider) slider.value = shownNumber(value);
      say("");
    };
    show(this.values[control.key]);
    this.shows.set(control.key, show);
    const commit = () => {
      const number = readNumber(input.value);
      say(misfit(number, control, this.trans));
      if (wrong.textContent) return;
      // Enter is followed by a change of the box, and both may be heard before there is an answer.
      const isHeard = input.value === typed.text || number === typed.value;
      typed.text = input.value;
      if (slider) slider.value = shownNumber(number);
      if (isHeard) return;
      typed.value = number;
      this.heard.set(control.key, Number(number));
    };
    input.addEventListener("change", commit);
    this.onLeaving(control.key, typed, commit);
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") commit();
    });
    slider?.addEventListener("input", () => {
      input.value = shownNumber(Number(slider.value));
      this.heard.moving?.(control.key);
    });
    slider?.addEventListener("change", commit);
    box.append(node("label", { for: id }, label), pair, wrong);
  }

  /**
   * @param {Control} control
   * @param {string} label
   * @param {HTMLInputElement} input
   */
  slider(control, label, input) {
    if (control.low == null || control.high == null || control.high <= control.low) return null;
    const slider = node("input", {
      type: "range", min: String(control.low), max: String(control.high),
      step: String(control.step ?? "any"), "aria-label": this.trans.__("%1, slider", label), id: `${input.id}-slider`,
    });
    slider.disabled = input.disabled;
    return slider;
  }
}

/**
 * The part of an anywidget model that is used here.
 *
 * @typedef {{get: (name: string) => any, set: (name: string, value: any) => void,
 *   save_changes: () => void, send: (content: any) => void,
 *   on: (event: string, heard: () => void) => void,
 *   off: (event: string, heard: () => void) => void}} Model
 */

/** @param {{model: Model, el: HTMLElement}} shown */
function render({ model, el }) {
  const view = renderForm(el, model.get("form"), model.get("values"), {
    set: (key, value) => {
      const values = { ...model.get("values"), [key]: value };
      view.values = values;
      model.set("values", values);
      model.save_changes();
    },
    press: (key) => model.send({ press: key }),
    moving: () => {
      if (model.get("hint")) view.say(model.get("hint"));
    },
  });
  const other = () => view.show(model.get("form"), model.get("values"));
  const filled = () => view.fill(model.get("values"));
  const said = () => view.say(model.get("said"));
  said();
  model.on("change:form", other);
  model.on("change:values", filled);
  model.on("change:said", said);
  return () => {
    model.off("change:form", other);
    model.off("change:values", filled);
    model.off("change:said", said);
    view.destroy();
  };
}

export default { render };
