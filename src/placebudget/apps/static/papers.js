// Papers that can be read without any script: this prints them whole, and searches them.
(() => {
  const unfold = () => {
    for (const each of document.querySelectorAll("details")) {
      each.dataset.was = String(each.open);
      each.open = true;
    }
  };
  const fold = () => {
    for (const each of /** @type {NodeListOf<HTMLDetailsElement>} */ (
      document.querySelectorAll("details[data-was]")
    )) {
      each.open = each.dataset.was === "true";
    }
  };
  addEventListener("beforeprint", unfold);
  addEventListener("afterprint", fold);
  for (const each of /** @type {NodeListOf<HTMLElement>} */ (
    document.querySelectorAll("[data-print]")
  )) {
    each.hidden = false;
    each.addEventListener("click", () => print());
  }

  // What is still being worked out looks for itself again.
  const AGAIN = 4_000;
  if (document.querySelector("[data-waits]")) {
    const again = setTimeout(() => location.reload(), AGAIN);
    // Who has pressed something is on the way to elsewhere, which may take its time.
    addEventListener("beforeunload", () => clearTimeout(again));
  }

  /** @type {HTMLElement | null} */
  const form = document.querySelector("[data-search]");
  if (!form) return;
  /** @param {string} id */
  const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
  const MOST = 50, ROUND = 90;
  const words = /** @type {HTMLInputElement} */ (byId("search-words"));
  const told = byId("search-told"), found = byId("search-found");
  /** @type {[string, string, string, string][]} */
  const index = JSON.parse(byId("search-index").textContent ?? "[]");
  /** @param {string} text */
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").replace(/’/g, "'").toLowerCase();
  const lowered = index.map((page) => page.slice(1).map(plain));

  /**
   * Where the words stand, with what stands round them.
   * @param {string} text
   * @param {string[]} asked
   */
  const part = (text, asked) => {
    const at = Math.max(0, plain(text).indexOf(asked[0]) - ROUND);
    const end = at + 2 * ROUND + asked[0].length;
    return `${at ? "… " : ""}${text.slice(at, end)}${end < text.length ? " …" : ""}`;
  };
  const search = () => {
    const asked = plain(words.value).split(/\s+/).filter(Boolean);
    const hits = asked.length ? lowered.flatMap(([name, title, text], n) => {
      const all = `${name} ${title} ${text}`;
      if (!asked.every((each) => all.includes(each))) return [];
      return [[asked.filter((each) => `${name} ${title}`.includes(each)).length, n]];
    }) : [];
    hits.sort((one, other) => other[0] - one[0] || one[1] - other[1]);
    const count = hits.length === 1 ? "1 paper has" : `${hits.length} papers have`;
    told.textContent = asked.length ? `${count} “${words.value.trim()}”.` : "Type what to look for.";
    found.replaceChildren(...hits.slice(0, MOST).map(([, n]) => {
      const [href, name, title, text] = index[n];
      const line = document.createElement("li");
      const link = Object.assign(document.createElement("a"), { href, textContent: title });
      const about = Object.assign(document.createElement("span"), { className: "pb-hint" });
      about.textContent = `${name}. ${part(text, asked)}`;
      line.append(link, about);
      return line;
    }));
  };
  byId("search-unscripted").hidden = true;
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    search();
  });
})();
