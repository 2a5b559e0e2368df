// What scrolls sideways can be reached with the keyboard, and nothing else is a stop.
function reachable() {
  const wide = ".md-typeset__scrollwrap, .formula, pre > code, figure.result";
  for (const part of document.querySelectorAll(wide)) {
    if (part.scrollWidth > part.clientWidth) part.tabIndex = 0;
    else part.removeAttribute("tabindex");
  }
}

// Widgets know light from dark by the sign that JupyterLab gives.
function themed() {
  document.body.dataset.jpThemeLight = document.body.dataset.mdColorScheme !== "slate";
}

// A widget's own script, with the state in which its notebook ended: the contract of
// anywidget, without a kernel behind it.
async function shown(script) {
  const state = JSON.parse(script.textContent);
  const listening = {};
  const model = {
    get: name => state[name],
    set: (name, value) => {
      state[name] = value;
      for (const listener of listening[`change:${name}`] ?? []) listener();
    },
    on: (event, listener) => (listening[event] ??= new Set()).add(listener),
    off: (event, listener) => listening[event]?.delete(listener),
    save_changes() {},
    send() {},
  };
  const address = URL.createObjectURL(new Blob([state._esm], { type: "text/javascript" }));
  const { default: widget } = await import(address);
  URL.revokeObjectURL(address);
  await widget.initialize?.({ model });
  await widget.render({ model, el: script.previousElementSibling });
}

themed();
new MutationObserver(themed).observe(document.body, { attributeFilter: ["data-md-color-scheme"] });
for (const script of document.querySelectorAll("script.widget")) shown(script);
new ResizeObserver(reachable).observe(document.body);
new MutationObserver(reachable).observe(document.body, { childList: true, subtree: true });
