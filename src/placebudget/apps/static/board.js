// The board in a page: native controls, one screen at a time, nothing recalculates by itself.
// Everything shown comes from the kernel as plain data or as HTML that was escaped there.

/**
 * @typedef {{key: string, name: string, about: string, note: string, on: boolean}} Switch
 * @typedef {{key: string, name: string, unit: string, about: string, note: string, value: string,
 *   papers: string, least: number, most: number | null, law: string, step: number,
 *   digits: number}} Floor
 * @typedef {{key: string, name: string, years: [string, string, string, number][]}} Stream
 * @typedef {{place: string, options: Switch[], objectives: Switch[],
 *   open: Switch[], pools: Switch[], fences: Switch[], funding: Stream[], floors: Floor[],
 *   limits: Floor[], changed: boolean, behind: number, back: string, link: string}} Controls
 * @typedef {{key: string, name: string, group: string}} Listed
 * @typedef {{screen: string, name: string, title: string, html: string, waiting: boolean,
 *   move: number, drawing: string, place?: string}} Shown
 * @typedef {{control: string, text: string}} Problem
 * @typedef {{get: (name: string) => any, on: (event: string, call: (...given: any[]) => void) => void,
 *   off: (event: string, call: (...given: any[]) => void) => void,
 *   send: (content: object, callbacks?: object, buffers?: ArrayBuffer[]) => void,
 *   widget_manager: any}} Model
 */

const LARGEST_UPLOAD = 5_000_000;
const PATIENCE = 20_000;
// How often a page looks whether its process is still there, and how often it begins anew by itself.
const LOOKS = 4_000;
const LOST = "The process behind this page has ended. The page begins again, with what was chosen.";
const GONE = "The server does not answer. This page goes on trying; what was chosen is kept.";
const MOST_ANEW = 3;
const NOBODY = "The server does not answer. Load this page again; what was chosen here is then gone.";
const COLUMNS = "More columns to the right: scroll the table sideways.";
const PICTURE = "More of the picture to the right: scroll it sideways.";
const SIZES = ["", "pb-large", "pb-larger"];
// A bar that takes more of the window than this does not stay in it.
const TALLEST_BAR = 0.3;
const ROOM = 12;

/**
 * An element with attributes and children; texts are never read as HTML.
 * @param {string} tag
 * @param {Record<string, string | boolean | ((event: Event) => void)>} [given]
 * @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
function make(tag, given = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/**
 * A button.
 * @param {string} text
 * @param {() => void} act
 * @param {string} [look]
 */
function button(text, act, look = "pb-secondary") {
  return /** @type {HTMLButtonElement} */ (
    make("button", { type: "button", class: `pb-button ${look}`, click: act }, text)
  );
}

/**
 * What describes a control: what it is about, and what it was found to change nothing by.
 * @param {string} id
 * @param {string} about
 * @param {string} note
 * @returns {[string, HTMLElement[]]}
 */
function described(id, about, note) {
  const said = [make("span", { class: "pb-hint", id: `${id}-about` }, about)];
  if (note) said.push(make("span", { class: "pb-moot", id: `${id}-note` }, note));
  return [said.map((each) => each.id).join(" "), said];
}

/**
 * The switches of a group as check boxes behind a line that opens them.
 * @param {string} group
 * @param {string} summary
 * @param {string} hint
 * @param {Switch[]} switches
 */
function checkBoxes(group, summary, hint, switches) {
  const on = switches.filter((each) => each.on).length;
  const boxes = switches.map((each) => {
    const id = `pb-${group}-${each.key}`;
    const [by, said] = described(id, each.about, each.note);
    const box = make("input", {
      type: "checkbox", id, "data-group": group, value: each.key, checked: each.on,
      "aria-describedby": by,
    });
    return make("div", { class: "pb-check" }, box, make("label", { for: id }, each.name), ...said);
  });
  return make("details", { "data-part": group },
    make("summary", {}, `${summary} (${on} of ${switches.length})`),
    make("fieldset", {}, make("legend", {}, hint), ...boxes));
}

let pressing = false;
for (const [event, now] of /** @type {[string, boolean][]} */ ([
  ["pointerdown", true], ["pointerup", false], ["pointercancel", false]])) {
  window.addEventListener(event, () => { pressing = now; }, true);
}

/**
 * Do what makes the page longer once a button that is being pressed was let go: it would
 * otherwise slip away from under the pointer.
 * @param {() => void} act
 */
function whenReleased(act) {
  if (!pressing) act();
  else window.addEventListener("pointerup", () => setTimeout(act), { once: true });
}

const AMOUNT = /^£? ?-?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?$/;

/**
 * What is wrong with an amount as it was typed; empty where it may be tried.
 * @param {Floor} floor
 * @param {string} typed
 */
export function floorProblem(floor, typed) {
  const text = typed.trim();
  // A comma stands between thousands only: 19,5 could mean anything.
  if (!AMOUNT.test(text)) return "Enter a number, like 2.5.";
  const amount = Number(text.replace(/[,£]/g, ""));
  if (amount < 0) return "Enter a number that is not below 0.";
  // The box shows the amount rounded: half a step below it is still that amount.
  const beyond = Math.max(floor.least - amount, amount - (floor.most ?? Infinity));
  return beyond > 0.5 * 10 ** -floor.digits ? floor.law : "";
}

/**
 * A number box with a button on each side of it; what is wrong with it is said at once.
 * @param {Floor} floor
 * @param {Map<string, string>} problems
 */
function numberBox(floor, problems, group = "amount") {
  const id = `pb-${group}-${floor.key}`;
  const box = /** @type {HTMLInputElement} */ (make("input", {
    type: "text", inputmode: "decimal", id, value: floor.value, [`data-${group}`]: floor.key,
    "data-drawn": floor.value, autocomplete: "off",
  }));
  const [by, said] = described(id, floor.about, floor.note);
  const wrong = make("span", { class: "pb-problem", id: `${id}-problem`, "aria-live": "polite" });
  const field = make("div", { class: "pb-field" });
  /** @param {string} problem */
  const flag = (problem) => {
    wrong.textContent = problem;
    field.classList.toggle("pb-wrong", problem !== "");
    box.setAttribute("aria-invalid", problem ? "true" : "false");
    box.setAttribute("aria-describedby", problem ? `${by} ${wrong.id}` : by);
  };
  const check = () => flag(floorProblem(floor, box.value));
  box.addEventListener("change", () => whenReleased(check));
  // While somebody types, a flag only goes; it comes when they are done.
  box.addEventListener("input", () => { if (!floorProblem(floor, box.value)) flag(""); });
  flag(problems.get(`${group}-${floor.key}`) ?? "");
  /** @param {number} way */
  const step = (way) => {
    const now = Number(box.value.replaceAll(",", ""));
    const from = Number.isFinite(now) ? now : Number(floor.papers);
    const to = Math.min(Math.max(from + way * floor.step, floor.least), floor.most ?? Infinity);
    box.value = to === floor.least && way < 0 ? floor.papers : String(Number(to.toFixed(floor.digits)));
    check();
  };
  const named = floor.name;
  field.append(
    make("label", { for: id }, named, make("span", { class: "pb-unit" }, floor.unit)), ...said, wrong,
    make("span", { class: "pb-stepper" },
      make("button", { type: "button", "aria-label": `Less for ${named}`, click: () => step(-1) }, "−"),
      box,
      make("button", { type: "button", "aria-label": `More for ${named}`, click: () => step(1) }, "+")));
  return field;
}

/**
 * What tells a field of a form, and what stood in it first, from every other.
 * @param {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} field
 */
function fieldMark(field) {
  if (field instanceof HTMLSelectElement) {
    return `${field.id}|${[...field.options].find((each) => each.defaultSelected)?.value ?? ""}`;
  }
  return `${field.id}|${field instanceof HTMLInputElement && field.type === "checkbox" ? field.defaultChecked : field.defaultValue}`;
}

/**
 * The fields of forms that ask for a study.
 * @param {Iterable<HTMLFormElement>} forms
 * @returns {(HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement)[]}
 */
function fieldsOf(forms) {
  return [...forms].flatMap((form) => [...form.querySelectorAll("input, select, textarea")])
    .map((each) => /** @type {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} */ (each));
}

/**
 * What a tab remembers of this page, as long as it is open; nothing where that is not allowed.
 * @param {string} name
 * @param {unknown} [value]
 */
function remembered(name, value) {
  const key = `placebudget ${name} ${location.pathname}`;
  try {
    if (value !== undefined) sessionStorage.setItem(key, JSON.stringify(value));
    return JSON.parse(sessionStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

/** The screen and the choice that the address names. @returns {[string, string]} */
function addressed() {
  const [screen, link = ""] = location.hash.slice(1).split("~");
  return [screen, link];
}

/** What stands on one page. */
class Page {
  /**
   * @param {Model} model
   * @param {HTMLElement} el
   */
  constructor(model, el) {
    this.model = model;
    this.alone = document.body.dataset.voila === "voila";
    this.moved = model.get("shown").move ?? 0;
    this.html = "";
    this.current = "";
    this.size = 0;
    this.asking = false;
    this.picking = false;
    this.restoring = false;
    /** What the kernel has as chosen. @type {unknown} */
    this.drawn = null;
    /** @type {string | undefined} */
    this.form = undefined;
    /** What was typed into forms, by field: it outlives a redrawing. @type {Map<string, string | boolean>} */
    this.typed = new Map();
    /** @type {number | undefined} */
    this.unheard = undefined;
    /** @type {any} */
    this.view = null;
    this.root = make("div", { class: "pb-board" });
    this.nav = make("nav", { "aria-label": "Screens", class: "pb-nav" });
    this.status = make("div", { role: "status", class: "pb-status" });
    this.progress = make("div", { class: "pb-progress" });
    this.behind = make("p", { class: "pb-behind", hidden: true });
    this.old = make("p", { class: "pb-old", hidden: true });
    this.sign = make("span", { class: "pb-sign", hidden: true }, "One moment.");
    this.turn = make("nav", { class: "pb-turn", "aria-label": "Previous and next" });
    this.tools = make("p", { class: "pb-tools" });
    /** Links that were followed, or made here. @type {Set<string>} */
    this.links = new Set([""]);
    this.shared = make("div", { class: "pb-shared" });
    this.menu = /** @type {HTMLDetailsElement} */ (make("details", { class: "pb-menu" }));
    this.heading = make("h1", { tabindex: "-1" });
    this.caption = make("p", { class: "pb-caption" });
    this.body = make("div", { class: "pb-screen" });
    this.controls = make("section", { class: "pb-controls", "aria-labelledby": "pb-choices" });
    /** What stood in the boxes when they were drawn or sent, by id. @type {Map<string, string | boolean>} */
    this.sent = new Map();
    /** What was typed of streams that another is shown instead of. @type {Map<string, string>} */
    this.funding = new Map();
    this.place = model.get("controls").place;
    /** What of that was sent. @type {Map<string, string>} */
    this.fundingSent = new Map();
    /** The stream whose money is shown. @type {string} */
    this.stream = "";
    this.calculate = button("Recalculate", () => this.recalculate(), "");
    this.stop = button("Stop", () => this.tell({ do: "stop" }));
    this.undo = button("Undo", () => this.goBack("undo"));
    this.redo = button("Redo", () => this.goBack("redo"));
    this.beside = button("Keep beside", () => this.tell({ do: "keep" }));
    this.beside.id = "pb-beside";
    this.calculate.id = "pb-recalculate";
    this.stop.id = "pb-stop";
    this.undo.id = "pb-undo";
    this.redo.id = "pb-redo";
    this.bar = make("section", { class: "pb-dock", "aria-label": "Recalculate" },
      make("div", { class: "pb-group" }, this.calculate, this.stop, this.undo, this.redo, this.beside),
      make("div", { class: "pb-told" }, this.status, this.sign, this.behind, this.progress));
    this.root.append(
      this.nav,
      make("div", { class: "pb-columns" },
        make("main", { id: "pb-main" }, this.shared, this.caption, this.old, this.heading, this.body, this.turn),
        this.controls),
      this.bar);
    el.append(this.root);
    this.body.addEventListener("click", (event) => this.pressed(event));
    this.body.addEventListener("keydown", (event) => {
      const point = event.target instanceof SVGElement && event.target.closest("svg [data-pick]");
      if (!point || (event.key !== "Enter" && event.key !== " ")) return;
      event.preventDefault(); // a space would scroll
      this.pressed(event);
    });
    this.body.addEventListener("submit", (event) => this.asked(event));
    this.body.addEventListener("input", (event) => this.keep(event));
    for (const event of ["input", "change", "click"]) {
      this.controls.addEventListener(event, () => {
        this.drawBehind();
        // What was done before is not said of figures that are no longer those of the boxes.
        if (!this.behind.hidden && !this.model.get("working")) this.status.textContent = "";
      });
    }
    this.listen();
    this.drawAll();
    this.watchFrames();
    if (this.alone) {
      this.keepInSight();
      this.restore();
      this.follow();
      this.watchServer();
    }
  }

  listen() {
    /** @type {[string, () => void][]} */
    const parts = [
      ["change:controls", () => this.changed()],
      ["change:problems", () => {
        const wrong = this.model.get("problems").find((/** @type {Problem} */ each) => each.control.startsWith("funding-"));
        if (wrong) this.stream = wrong.control.replace(/^funding-(.*):.*$/, "$1");
        this.drawControls();
      }],
      ["change:undoable", () => this.drawBar()],
      ["change:redoable", () => this.drawBar()],
      ["change:working", () => { this.drawBar(); this.keepAddress(); }],
      ["change:shown", () => this.drawScreen()],
      ["change:room", () => this.drawRoom()],
      ["change:screens", () => this.drawNav()],
      ["change:progress", () => this.drawProgress()],
      ["change:status", () => { this.status.textContent = this.model.get("status"); }],
    ];
    for (const [event, call] of parts) this.model.on(event, call);
    this.model.on("msg:custom", (content, buffers) => this.handOver(content, buffers));
  }

  drawAll() {
    this.drawNav();
    this.drawScreen();
    this.drawControls();
    this.drawBar();
    this.drawProgress();
    this.status.textContent = this.model.get("status");
  }

  /** In a page of its own the address names the screen. */
  follow() {
    const open = () => {
      const [named, link] = addressed(), key = named || this.model.get("screens")[0].key;
      if (named === "follow") {
        this.tell({ do: "follow", mark: link });
        return;
      }
      const known = this.model.get("screens").some((/** @type {Switch} */ each) => each.key === key);
      if (known && key !== this.model.get("shown").screen) this.tell({ do: "open", screen: key });
      // A link that was brought is followed; going back a page chooses nothing.
      if (link && !this.links.has(link)) this.tell({ do: "link", link });
      else this.keepAddress();
      this.links.add(link);
    };
    window.addEventListener("popstate", open);
    document.querySelector(".pb-skip")?.addEventListener("click", (event) => {
      event.preventDefault();
      this.heading.focus();
    });
    if (location.hash) open();
  }

  /** The address names the choice that the figures are of, as it names the screen. */
  keepAddress() {
    if (!this.alone || this.model.get("working") || addressed()[0] === "follow") return;
    const { link } = this.model.get("controls");
    this.links.add(link);
    if (addressed()[1] !== link) history.replaceState(null, "", this.address(addressed()[0], link));
  }

  /**
   * @param {string} screen
   * @param {string} [link]
   */
  address(screen, link = this.model.get("controls").link) {
    return `#${screen || this.model.get("shown").screen}${link ? `~${link}` : ""}`;
  }

  following() {
    const { mark, presents } = this.model.get("room");
    return Boolean(mark && !presents);
  }

  /** Who presents hands out where it is seen; who follows is told so, and can leave. */
  drawRoom() {
    /** @type {{mark?: string, presents?: boolean}} */
    const { mark, presents } = this.model.get("room");
    this.controls.hidden = this.bar.hidden = this.following();
    if (!mark) {
      this.shared.replaceChildren();
      if (addressed()[0] === "follow") history.replaceState(null, "", this.address(this.model.get("shown").screen));
      return;
    }
    const leave = button(presents ? "Stop presenting" : "Leave", () => this.tell({ do: "leave" }));
    if (!presents) {
      this.shared.replaceChildren(make("p", {}, "You follow the presenter: this page shows what they show. What you open yourself ends it."), leave);
      return;
    }
    const address = `${location.origin}${location.pathname}#follow~${mark}`;
    const box = make("input", { type: "text", readonly: true, value: address, id: "pb-room" });
    this.shared.replaceChildren(make("label", { for: "pb-room" }, "You present. Others follow at"), box,
      button("Copy", () => this.copy(address)), leave);
  }

  /** Hand out the address of what is shown, without the token by which this reader came. */
  share() {
    const address = location.origin + location.pathname + this.address("");
    const box = /** @type {HTMLInputElement} */ (make("input", { type: "text", readonly: true, value: address, id: "pb-link" }));
    const done = button("Done", () => { this.shared.replaceChildren(); this.heading.focus(); });
    this.shared.replaceChildren(make("label", { for: "pb-link" }, "The address of this screen and choice"), box, done);
    box.focus();
    box.select();
    this.copy(address);
  }

  /** @param {string} address */
  copy(address) {
    const copied = navigator.clipboard?.writeText(address) ?? Promise.reject();
    copied.then(() => { this.status.textContent = "The link is copied."; },
      () => { this.status.textContent = "The link is selected: copy it."; });
  }

  /** The bar stays in the window, and nothing that has the focus stays behind it. */
  keepInSight() {
    const fit = () => {
      const tall = this.bar.offsetHeight;
      const stays = tall <= TALLEST_BAR * window.innerHeight;
      this.bar.classList.toggle("pb-stays", stays);
      document.documentElement.style.scrollPaddingBottom = stays ? `${tall + ROOM}px` : "";
    };
    new ResizeObserver(fit).observe(this.bar);
    window.addEventListener("resize", fit);
    fit();
    this.root.addEventListener("focusin", (event) => {
      const focused = event.target;
      if (!(focused instanceof Element) || this.bar.contains(focused)) return;
      requestAnimationFrame(() => {
        if (!this.bar.classList.contains("pb-stays")) return;
        const box = focused.getBoundingClientRect();
        const hidden = Math.min(box.bottom, box.top + window.innerHeight / 2) + ROOM - this.bar.getBoundingClientRect().top;
        if (hidden > 0) window.scrollBy(0, hidden);
      });
    });
  }

  /** Whatever is wider than its frame says so, whenever the screen or its width changes. */
  watchFrames() {
    const look = () => requestAnimationFrame(() => this.markWide());
    new ResizeObserver(look).observe(this.body);
    new MutationObserver(look).observe(this.body, { childList: true, subtree: true });
  }

  /** A frame that scrolls sideways shows it, says it, and can be reached with the keyboard. */
  markWide() {
    for (const frame of this.body.querySelectorAll(".scroll")) {
      const wide = frame.scrollWidth > frame.clientWidth + 1;
      const before = frame.previousElementSibling;
      const said = before?.classList.contains("pb-sideways") ? before : null;
      frame.classList.toggle("pb-wide", wide);
      if (wide || frame.scrollHeight > frame.clientHeight + 1) frame.setAttribute("tabindex", "0");
      else frame.removeAttribute("tabindex");
      if (wide && !said) frame.before(make("p", { class: "pb-sideways" }, frame.querySelector("table") ? COLUMNS : PICTURE));
      if (!wide) said?.remove();
    }
  }

  /**
   * @param {object} wish
   * @param {ArrayBuffer[]} [buffers]
   */
  tell(wish, buffers) {
    clearTimeout(this.unheard);
    this.unheard = setTimeout(() => { this.status.textContent = NOBODY; }, PATIENCE);
    this.sign.hidden = false;
    this.model.send(wish, undefined, buffers);
  }

  /** @returns {Listed[]} */
  everyScreen() {
    return this.model.get("screens");
  }

  /**
   * A way to a screen; that it was pressed is seen at once.
   * @param {string} key
   * @param {string} text
   * @param {Record<string, string | boolean>} [given]
   */
  way(key, text, given = {}) {
    return make("a", { href: `#${key}`, ...given, click: (event) => {
      event.preventDefault();
      this.open(key);
    } }, text);
  }

  /** @param {string} key */
  open(key) {
    if (this.alone) history.pushState(null, "", this.address(key));
    this.drawNavCurrent(key);
    this.tell({ do: "open", screen: key });
  }

  /** Groups of screens, the screens of the one that is open, and what is done with each. */
  drawNav() {
    const large = button("Larger text", () => this.enlarge(), "pb-plain");
    const print = button("Print this screen", () => window.print(), "pb-plain");
    const choices = make("a", { href: "#pb-choices", click: (event) => {
      event.preventDefault();
      document.getElementById("pb-choices")?.focus();
    } }, "Change something");
    const wide = window.matchMedia("(min-width: 40rem)");
    const fit = () => { this.menu.open = wide.matches; };
    wide.addEventListener("change", fit);
    fit();
    // Where papers are served before the board, they stand where its address begins.
    const before = this.alone ? document.body.dataset.papers : "";
    const papers = before ? [make("a", { href: before + location.search }, "Read the papers")] : [];
    const share = this.alone ? [button("Link to this", () => this.share(), "pb-plain")] : [];
    const present = this.alone ? [button("Present", () => this.tell({ do: "present" }), "pb-plain")] : [];
    const full = this.alone && document.fullscreenEnabled
      ? [button("Full screen", () => void this.fill(), "pb-plain")] : [];
    this.tools = make("p", { class: "pb-tools" }, ...papers, choices, ...share, ...present, large, ...full, print);
    this.nav.replaceChildren(this.menu);
    this.current = "";
    this.drawNavCurrent(this.model.get("shown").screen);
  }

  enlarge() {
    this.size = (this.size + 1) % SIZES.length;
    document.documentElement.classList.remove("pb-large", "pb-larger");
    if (SIZES[this.size]) document.documentElement.classList.add(SIZES[this.size]);
    this.status.textContent = ["Text at its usual size.", "Larger text.", "Largest text."][this.size];
  }

  /** The whole screen for the page, or the window again. */
  async fill() {
    // Escape ends it as well: whichever way, it is told when it has happened.
    document.onfullscreenchange = () => {
      this.status.textContent = document.fullscreenElement
        ? "Full screen. Escape ends it." : "In its window.";
    };
    try {
      if (document.fullscreenElement) await document.exitFullscreen();
      else await document.documentElement.requestFullscreen();
    } catch {
      this.status.textContent = "This browser does not let a page fill the screen.";
    }
  }

  drawScreen() {
    /** @type {Shown} */
    const shown = this.model.get("shown");
    const place = shown.place ?? this.model.get("controls").place;
    this.caption.textContent = `${shown.name} · ${place}`;
    this.heading.textContent = shown.title;
    if (shown.html !== this.html) {
      this.redraw(shown.html, shown.move === this.moved);
      void this.drawPlan(shown.drawing);
    }
    this.drawNavCurrent(shown.screen);
    if (this.alone) this.nameThePlace(shown.name, place);
    if (shown.move !== this.moved) {
      this.moved = shown.move;
      if (this.alone && !this.following() && addressed()[0] !== shown.screen) history.pushState(null, "", this.address(shown.screen));
      this.heading.focus({ preventScroll: true });
      this.root.scrollIntoView({ block: "start" });
      // On a telephone the list of screens fills the window: what was asked for comes first.
      if (this.heading.getBoundingClientRect().top > window.innerHeight / 2) {
        this.caption.scrollIntoView({ block: "start" });
      }
    }
  }

  /**
   * In a page of its own the window and the head of the page name the place, also one that was brought.
   * @param {string} screen
   * @param {string} place
   */
  nameThePlace(screen, place) {
    const head = document.querySelector(".pb-header p");
    document.title = `${screen} – ${place}`;
    if (head) head.textContent = place;
  }

  /**
   * Another screen, or the same one anew: what was typed stays, and the focus goes where
   * it was, or to what was asked for; what was unfolded on the same screen stays unfolded.
   * @param {string} html
   * @param {boolean} same
   */
  redraw(html, same) {
    const unfolded = new Set(same ? [...this.body.querySelectorAll("details[open] > summary")].map((each) => each.textContent) : []);
    const active = document.activeElement;
    const inside = active !== null && this.body.contains(active);
    const asked = inside && (active.hasAttribute("data-study") || (this.asking && active.closest("form[data-form]") !== null));
    const study = inside && active.hasAttribute("data-study");
    this.html = html;
    // A sign stays with its amount where a line ends.
    this.body.innerHTML = html.replace(/([+−])£/g, "$1\u2060£");
    for (const each of this.body.querySelectorAll("details > summary")) {
      if (unfolded.has(each.textContent)) each.parentElement?.setAttribute("open", "");
    }
    this.asking = false;
    for (const field of fieldsOf(this.body.querySelectorAll("form[data-form]"))) {
      const held = this.typed.get(fieldMark(field));
      if (held === undefined) continue;
      if (typeof held === "string") field.value = held;
      else if (field instanceof HTMLInputElement) field.checked = held;
      field.closest("details")?.setAttribute("open", "");
    }
    // A button that goes because it has done its work hands on to what it brought.
    if (asked && !(study && this.body.querySelector("[data-study]"))) {
      this.heading.focus({ preventScroll: true });
      this.caption.scrollIntoView({ block: "start" }); // the answer begins there, above what asked
    }
    else if (this.picking) /** @type {HTMLElement | null} */ (this.body.querySelector("[data-picked]"))?.focus();
    else if (inside && active.id) document.getElementById(active.id)?.focus({ preventScroll: true });
    this.picking = false;
  }

  /** @param {Event} event */
  keep(event) {
    const field = event.target;
    if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement || field instanceof HTMLTextAreaElement)) return;
    if (["file", "password"].includes(field.type) || !field.closest("form[data-form]")) return;
    const ticked = field instanceof HTMLInputElement && field.type === "checkbox";
    this.typed.set(fieldMark(field), ticked ? field.checked : field.value);
  }

  /** @param {string} now */
  drawNavCurrent(now) {
    const all = this.everyScreen(), at = all.findIndex((each) => each.key === now);
    // Drawn as it stands it is left alone: who goes through it by keys loses no place in it.
    if (at < 0 || now === this.current) return;
    this.current = now;
    const within = all[at].group, held = this.nav.contains(document.activeElement);
    const groups = all.filter((each, n) => !n || each.group !== all[n - 1].group);
    /** @param {Listed} each */
    const current = (each) => ({ "aria-current": each.key === now ? "page" : false });
    const mine = within ? all.filter((each) => each.group === within) : [];
    this.menu.replaceChildren(make("summary", {}, `All screens. Now: ${all[at].name}`),
      make("ol", { class: "pb-groups" }, ...groups.map((each) => make("li", {}, each.group
        ? this.way(each.key, each.group, { "data-group": each.group, "aria-current": each.group === within ? "true" : false })
        : this.way(each.key, each.name, current(each))))),
      ...(within ? [make("ol", { class: "pb-of-group", "aria-label": within },
        ...mine.map((each) => make("li", {}, this.way(each.key, each.name, current(each)))))] : []),
      this.tools);
    if (held) /** @type {HTMLElement | null} */ (this.menu.querySelector("[aria-current=page]"))?.focus({ preventScroll: true });
    const before = all[at - 1], after = all[at + 1];
    this.turn.replaceChildren(
      ...(before ? [this.way(before.key, `Previous: ${before.name}`, { rel: "prev" })] : []),
      ...(after ? [this.way(after.key, `Next: ${after.name}`, { rel: "next" })] : []));
  }

  /**
   * The widget that draws the plan stands where the screen keeps a place for it.
   * @param {string} drawing
   */
  async drawPlan(drawing) {
    const space = this.body.querySelector("[data-drawing]");
    if (!space || !drawing) return;
    const manager = this.model.widget_manager;
    const view = await manager.create_view(await manager.get_model(drawing));
    this.view?.remove();
    this.view = view;
    if (space.isConnected) space.replaceChildren(view.el);
  }

  drawProgress() {
    const { text, share } = this.model.get("progress");
    if (!text) {
      this.progress.replaceChildren();
      return;
    }
    this.progress.replaceChildren(
      make("label", { for: "pb-share" }, text),
      make("progress", { id: "pb-share", max: "1", value: String(share) }));
  }

  drawBar() {
    const working = Boolean(this.model.get("working"));
    const stopping = document.activeElement === this.stop;
    this.undo.disabled = !this.model.get("undoable");
    this.redo.disabled = !this.model.get("redoable");
    this.stop.hidden = !working;
    if (stopping && !working) this.calculate.focus({ preventScroll: true });
  }

  /** Say how much of what stands in the boxes is not yet what the figures are of. */
  drawBehind() {
    const { behind } = this.model.get("controls");
    this.keepFunding();
    const typed = this.boxes().filter((each) => !each.dataset.funding && (each.type === "text"
      ? each.value !== each.defaultValue : each.checked !== each.defaultChecked));
    // Of what is picked from several, one comes on and one goes off: that is one change.
    const apart = new Set(typed.map((each) => each.type === "radio" ? each.name : each.id)).size + this.funding.size;
    const many = behind && apart ? "Changes" : behind + apart === 1 ? "1 change" : `${behind + apart} changes`;
    this.behind.textContent = `${many}, not yet recalculated.`;
    this.old.textContent = `${many}, not yet recalculated. The figures below are still those of before.`;
    this.behind.hidden = this.old.hidden = !(behind + apart);
  }

  recalculate() {
    this.tell({ do: "recalculate", choices: this.choices() });
    this.sent = this.standing();
    this.fundingSent = new Map(this.funding);
  }

  /** What was sent stands in the boxes from now on; what was typed since stays, but for another place. */
  changed() {
    const { place } = this.model.get("controls");
    if (place !== this.place) {
      this.place = place;
      this.sent = this.standing();
      this.funding.clear();
    }
    for (const [key, value] of this.fundingSent) {
      if (this.funding.get(key) === value) this.funding.delete(key);
    }
    this.fundingSent.clear();
    this.drawControls();
    this.drawScreen();
    this.keepAddress();
    this.keepChoice();
  }

  /** What was chosen last, as it was sent, so that the page can begin again with it. */
  keepChoice() {
    const { place, back } = this.model.get("controls");
    if (this.alone && !back && !this.restoring) remembered("choice", { place, choices: this.drawn });
  }

  /** After the page was loaded again: what had been chosen before. */
  restore() {
    const kept = remembered("choice"), { place } = this.model.get("controls");
    if (addressed()[1]) return; // a link says itself what is chosen
    if (!kept?.choices || kept.place !== place) return;
    if (JSON.stringify(kept.choices) === JSON.stringify(this.drawn)) return;
    this.restoring = true;
    this.tell({ do: "recalculate", choices: kept.choices });
  }

  /** Look whether the process behind the page is there; begin again where it is not. */
  watchServer() {
    const config = document.getElementById("jupyter-config-data")?.textContent;
    if (!config) return;
    const { baseUrl, kernelId } = JSON.parse(config);
    let unanswered = 0;
    const look = async () => {
      const answer = await fetch(`${baseUrl}board/process/${kernelId}`, { cache: "no-store" }).catch(() => null);
      unanswered = answer ? 0 : unanswered + 1;
      if (unanswered > 1) this.status.textContent = GONE;
      if (answer?.status !== 410) {
        setTimeout(look, LOOKS);
        return;
      }
      this.status.textContent = LOST;
      const anew = (remembered("anew") ?? 0) + 1;
      remembered("anew", anew);
      if (anew <= MOST_ANEW) location.reload();
      else this.status.textContent = NOBODY;
    };
    setTimeout(look, LOOKS);
    setTimeout(() => remembered("anew", 0), 15 * LOOKS);
  }

  /** @param {"undo" | "redo" | "papers"} step */
  goBack(step) {
    // What was typed and never sent goes as well.
    this.sent = this.standing();
    this.funding.clear();
    this.drawControls();
    this.tell({ do: step });
  }

  /** What stands in the boxes, by id. */
  standing() {
    /** @type {Map<string, string | boolean>} */
    const found = new Map();
    for (const box of this.boxes()) found.set(box.id, box.type === "text" ? box.value : box.checked);
    return found;
  }

  /** @returns {HTMLInputElement[]} */
  boxes() {
    return [...this.controls.querySelectorAll("input:not([type=file])")]
      .map((each) => /** @type {HTMLInputElement} */ (each));
  }

  /**
   * Put what was typed back into boxes that were drawn anew.
   * @param {Map<string, string | boolean>} typed
   * @param {boolean} checked whether each is looked at again
   */
  putBack(typed, checked) {
    for (const box of this.boxes()) {
      const held = typed.get(box.id);
      if (held === undefined) continue;
      if (typeof held === "string") box.value = held;
      else box.checked = held;
      if (checked) box.dispatchEvent(new Event("change"));
    }
  }

  drawControls() {
    /** @type {Controls} */
    const controls = this.model.get("controls");
    /** @type {Problem[]} */
    const problems = this.model.get("problems");
    const open = [...this.controls.querySelectorAll("details[open]")].map((each) => each.getAttribute("data-part"));
    const focused = document.activeElement?.id ?? "";
    const papers = button("Back to the papers", () => this.goBack("papers"));
    papers.id = "pb-papers";
    const home = controls.back ? [button(`Back to ${controls.back}`, () => this.tell({ do: "return" }))] : [];
    for (const each of home) each.id = "pb-return";
    const byControl = new Map(problems.map((each) => [each.control, each.text]));
    // Where something is wrong all stays as it was typed; otherwise what was changed since.
    const typed = new Map([...this.standing()].filter(([id, held]) => problems.length || this.sent.get(id) !== held));
    const parts = [
      make("h2", { id: "pb-choices", tabindex: "-1" }, "What could be different"),
      ...this.summary(problems),
      make("div", { class: "pb-group" }, ...home, papers,
        make("p", { class: "pb-hint" }, "Nothing changes on the screens until you press Recalculate.")),
      this.options(controls.options),
    ];
    if (controls.objectives.length) parts.push(this.objectives(controls.objectives));
    if (controls.open.length) parts.push(checkBoxes("open", "Pools",
      "A pool that is ticked may be paid into", controls.open));
    if (controls.pools.length) parts.push(checkBoxes("pools", "Who pools money",
      "An agency that is ticked may pay into its pools", controls.pools));
    if (controls.fences.length) parts.push(checkBoxes("fences", "Ring-fences kept",
      "A ring-fence that is ticked is kept", controls.fences));
    if (controls.floors.length) parts.push(make("details", { "data-part": "floors" },
      make("summary", {}, `Least amounts (${controls.floors.length})`),
      make("fieldset", {}, make("legend", {}, "What must at least be bought"),
        ...controls.floors.map((each) => numberBox(each, byControl)))));
    if (controls.limits.length) parts.push(make("details", { "data-part": "limits" },
      make("summary", {}, `Other rules (${controls.limits.length})`),
      make("fieldset", {}, make("legend", {}, "What limits a plan otherwise"),
        ...controls.limits.map((each) => numberBox(each, byControl)))));
    if (controls.funding.length) parts.push(this.money(controls, byControl));
    parts.push(this.papers(byControl.get("upload")));
    this.controls.replaceChildren(...parts);
    this.drawn = this.choices();
    this.sent = this.standing();
    this.putBack(typed, !problems.length);
    this.drawBehind();
    for (const each of this.controls.querySelectorAll("details")) {
      const wrong = each.querySelector(".pb-wrong") !== null;
      if (wrong || open.includes(each.getAttribute("data-part"))) each.setAttribute("open", "");
    }
    if (problems.length) document.getElementById("pb-problems")?.focus();
    else if (focused.startsWith("pb-")) document.getElementById(focused)?.focus();
  }

  /** @param {Problem[]} problems */
  summary(problems) {
    if (!problems.length) return [];
    const lines = problems.map((each) => {
      const id = `pb-${each.control}`;
      const link = make("a", { href: `#${id}`, click: (event) => {
        event.preventDefault();
        document.getElementById(id)?.focus();
      } }, each.text);
      return make("li", {}, /^(amount|funding)-/.test(each.control) ? link : each.text);
    });
    return [make("div", { class: "pb-summary", id: "pb-problems", tabindex: "-1", role: "alert" },
      make("h3", {}, "There is a problem"), make("ul", {}, ...lines)), ...this.listed()];
  }

  /** Every finding of a workbook that was not opened, behind a line that opens them. */
  listed() {
    /** @type {{count?: string, lines?: string[]}} */
    const { count, lines } = this.model.get("listed");
    if (!lines?.length) return [];
    return [make("details", { class: "pb-listed", "data-part": "listed" },
      make("summary", {}, `All that its check found: ${count}`),
      make("ul", {}, ...lines.map((text) => make("li", {}, text))))];
  }

  /** @param {Switch[]} options */
  options(options) {
    const radios = options.map((each, number) => {
      const id = `pb-option-${number}`;
      const [by, said] = described(id, each.about, each.note);
      return make("div", { class: "pb-check" },
        make("input", { type: "radio", name: "pb-option", id, value: each.key, checked: each.on, "aria-describedby": by }),
        make("label", { for: id }, each.name), ...said);
    });
    return make("fieldset", { class: "pb-options" }, make("legend", {}, "Option"), ...radios);
  }

  /** @param {Switch[]} objectives */
  objectives(objectives) {
    const radios = objectives.map((each, number) => {
      const id = `pb-objective-${number}`;
      return make("div", { class: "pb-check" },
        make("input", { type: "radio", name: "pb-objective", id, value: each.key, checked: each.on }),
        make("label", { for: id }, each.name));
    });
    const now = objectives.find((each) => each.on)?.name ?? "";
    return make("details", { "data-part": "objectives" },
      make("summary", {}, `What is made the most of (${now.toLowerCase()})`),
      make("fieldset", {}, make("legend", {}, "A plan makes the most of"), ...radios));
  }

  /**
   * What comes in, of one stream at a time.
   * @param {Controls} controls
   * @param {Map<string, string>} problems
   */
  money(controls, problems) {
    const shown = controls.funding.find((each) => each.key === this.stream) ?? controls.funding[0];
    const pick = /** @type {HTMLSelectElement} */ (make("select", { id: "pb-stream" },
      ...controls.funding.map((each) => make("option", { value: each.key }, each.name))));
    pick.value = shown.key;
    this.stream = shown.key;
    pick.addEventListener("change", () => {
      this.keepFunding();
      this.stream = pick.value;
      this.drawControls();
    });
    const boxes = shown.years.map(([year, value, papers, step]) => {
      const key = `${shown.key}:${year}`;
      const field = numberBox({
        key, name: year, unit: "£ million", about: `Papers: ${papers}.`, note: "", value,
        papers, least: 0, most: null, law: "", step, digits: 3,
      }, problems, "funding");
      const box = field.querySelector("input");
      if (box) box.value = this.funding.get(key) ?? value;
      return field;
    });
    return make("details", { "data-part": "funding" },
      make("summary", {}, "Money that comes in"),
      make("div", { class: "pb-field" }, make("label", { for: "pb-stream" }, "Funding stream"), pick),
      make("fieldset", {}, make("legend", {}, "What it brings by year"), ...boxes));
  }

  /** Remember what was typed of the stream that is shown. */
  keepFunding() {
    for (const each of this.controls.querySelectorAll("input[data-funding]")) {
      const box = /** @type {HTMLInputElement} */ (each);
      const key = box.dataset.funding ?? "";
      if (box.value !== box.dataset.drawn) this.funding.set(key, box.value);
      else this.funding.delete(key);
    }
  }

  /** @param {string | undefined} problem */
  papers(problem) {
    const file = /** @type {HTMLInputElement} */ (make("input", {
      type: "file", id: "pb-upload", accept: ".xlsx", "aria-describedby": "pb-upload-about",
    }));
    const bring = button("Open this workbook", () => void this.upload(file));
    return make("details", { "data-part": "files" },
      make("summary", {}, "Take away, or bring another place"),
      make("h3", {}, "Take away what is shown"),
      make("div", { class: "pb-group" },
        button("Report (HTML)", () => this.tell({ do: "export", form: "html" })),
        button("Workbook (Excel)", () => this.tell({ do: "export", form: "xlsx" }))),
      make("p", { class: "pb-downloads" }),
      make("h3", {}, "Bring another place"),
      make("div", { class: `pb-field${problem ? " pb-wrong" : ""}` },
        make("label", { for: "pb-upload" }, "Workbook of a place"),
        make("span", { class: "pb-hint", id: "pb-upload-about" },
          "An Excel workbook (.xlsx) without macros, at most 5 MB. It stays on this server only while this page is open."),
        file, bring));
  }

  /** What is chosen on the page. */
  choices() {
    /** @param {string} group @param {boolean} on */
    const keys = (group, on) => [...this.controls.querySelectorAll(`input[data-group="${group}"]`)]
      .map((each) => /** @type {HTMLInputElement} */ (each))
      .filter((each) => each.checked === on).map((each) => each.value);
    const option = /** @type {HTMLInputElement | null} */ (this.controls.querySelector("input[name=pb-option]:checked"));
    const objective = /** @type {HTMLInputElement | null} */ (this.controls.querySelector("input[name=pb-objective]:checked"));
    const amounts = [...this.controls.querySelectorAll("input[data-amount]")].map((each) => {
      const box = /** @type {HTMLInputElement} */ (each);
      return [box.dataset.amount, box.value];
    });
    this.keepFunding();
    return {
      option: option?.value ?? "",
      ...(objective ? { objective: objective.value } : {}),
      closed: keys("open", false),
      funding: Object.fromEntries(this.funding),
      alone: keys("pools", false),
      unfenced: keys("fences", false),
      amounts: Object.fromEntries(amounts),
    };
  }

  /** @param {HTMLInputElement} input */
  async upload(input) {
    const file = input.files?.[0];
    if (!file) {
      this.tell({ do: "upload", name: "", size: 0 });
    } else if (file.size > LARGEST_UPLOAD) {
      this.tell({ do: "upload", name: file.name, size: file.size });
    } else {
      this.tell({ do: "upload", name: file.name, size: file.size }, [await file.arrayBuffer()]);
    }
  }

  /** @param {Event} event */
  pressed(event) {
    const link = event.target instanceof Element ? event.target.closest("a[href^='#']") : null;
    const [key, choice] = (link?.getAttribute("href") ?? "").slice(1).split("~");
    if (choice) {
      event.preventDefault();
      this.open(key);
      this.tell({ do: "link", link: choice });
      return;
    }
    if (key && this.everyScreen().some((each) => each.key === key)) {
      event.preventDefault();
      this.open(key);
      return;
    }
    const pressed = event.target instanceof Element ? event.target.closest("[data-repair], [data-study], [data-pick], [data-take], [data-action]") : null;
    const { study, pick, point, take, action } = pressed instanceof HTMLElement || pressed instanceof SVGElement ? pressed.dataset : {};
    this.picking = pick !== undefined;
    if (pick) this.tell({ do: "pick", key: pick, point });
    else if (take) this.tell({ do: "take", key: take });
    else if (action) this.tell({ do: action, key: pressed?.getAttribute("data-key") });
    else if (study) this.tell({ do: "study", key: study });
    else if (pressed) this.tell({ do: "repair", number: Number(pressed.getAttribute("data-repair")) });
  }

  /** @param {Event} event */
  asked(event) {
    const form = event.target instanceof HTMLFormElement ? event.target : null;
    if (form?.dataset.form) {
      event.preventDefault();
      void this.askWith(form);
      return;
    }
    const action = form?.dataset.ask;
    if (!form || !action) return;
    event.preventDefault();
    this.tell({ do: action, key: form.querySelector("select")?.value ?? "" });
  }

  /**
   * Ask for a study with what stands in a form.
   * @param {HTMLFormElement} form
   */
  async askWith(form) {
    this.clearProblems(form);
    /** @type {Record<string, string | boolean>} */
    const given = {};
    /** @type {File | undefined} */
    let file;
    for (const field of fieldsOf([form])) {
      if (field instanceof HTMLInputElement && field.type === "file") file = field.files?.[0];
      else if (field instanceof HTMLInputElement && field.type === "checkbox") given[field.name] = field.checked;
      else given[field.name] = field.value;
    }
    this.asking = true;
    this.form = form.dataset.part;
    const fits = file !== undefined && file.size <= LARGEST_UPLOAD;
    this.tell({ do: form.dataset.asks, key: form.dataset.form, given }, fits && file ? [await file.arrayBuffer()] : undefined);
  }

  /** @param {HTMLFormElement} form */
  clearProblems(form) {
    for (const each of form.querySelectorAll(".pb-summary, .pb-problem")) each.remove();
    for (const each of form.querySelectorAll(".pb-wrong")) each.classList.remove("pb-wrong");
    for (const field of form.querySelectorAll("[aria-invalid]")) {
      field.removeAttribute("aria-invalid");
      const about = `${field.id}-about`;
      if (document.getElementById(about)) field.setAttribute("aria-describedby", about);
      else field.removeAttribute("aria-describedby");
    }
  }

  /**
   * What is wrong with a form: at each box, and above it in a list that leads there.
   * @param {Problem[]} problems
   */
  wrong(problems) {
    this.asking = false;
    const form = [...this.body.querySelectorAll("form")].find((each) => each.dataset.part === this.form);
    if (!form) return;
    this.clearProblems(form);
    const texts = new Set();
    const lines = problems.flatMap(({ control, text }) => {
      const id = `form-${form.dataset.part}-${control}`;
      const field = document.getElementById(id);
      const place = document.getElementById(`${id}-field`);
      if (!field || !place) return [make("li", {}, text)];
      place.classList.add("pb-wrong");
      place.closest("details")?.setAttribute("open", "");
      place.querySelector("label")?.after(make("span", { class: "pb-problem", id: `${id}-problem` }, text));
      field.setAttribute("aria-invalid", "true");
      const about = document.getElementById(`${id}-about`) ? `${id}-about ` : "";
      field.setAttribute("aria-describedby", `${about}${id}-problem`);
      if (texts.has(text)) return []; // said of several boxes together: once is enough
      texts.add(text);
      const link = make("a", { href: `#${id}`, click: (event) => { event.preventDefault(); field.focus(); } }, text);
      return [make("li", {}, link)];
    });
    const summary = make("div", { class: "pb-summary", tabindex: "-1", role: "alert" },
      make("h3", {}, "There is a problem"), make("ul", {}, ...lines));
    form.prepend(summary);
    summary.focus();
  }

  /**
   * A file from the kernel: saved by the browser, and kept as a link.
   * @param {{kind?: string, name?: string, type?: string, problems?: Problem[]}} content
   * @param {DataView[]} buffers
   */
  handOver(content, buffers) {
    if (content.kind === "heard") clearTimeout(this.unheard);
    if (content.kind === "taken") {
      this.sign.hidden = true;
      this.restoring = false;
    }
    if (content.kind === "refused") this.status.textContent = this.model.get("status");
    if (content.kind === "refused") document.getElementById("pb-problems")?.focus();
    if (content.kind === "problems") this.wrong(content.problems ?? []);
    if (content.kind === "entered") {
      for (const mark of [...this.typed.keys()]) if (mark.startsWith(`form-${this.form}-`)) this.typed.delete(mark);
    }
    if (content.kind !== "file" || !buffers.length) return;
    const href = URL.createObjectURL(new Blob([/** @type {BlobPart} */ (buffers[0])], { type: content.type }));
    const link = make("a", { href, download: content.name ?? "board" }, `${content.name}`);
    this.controls.querySelector(".pb-downloads")?.replaceChildren("Saved: ", link);
    link.click();
  }
}

export default {
  /** @param {{model: Model, el: HTMLElement}} given */
  render({ model, el }) {
    new Page(model, el);
  },
};
