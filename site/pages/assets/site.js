// What scrolls sideways can be reached with the keyboard, and nothing else is a stop.
function reachable() {
  for (const part of document.querySelectorAll(".md-typeset__scrollwrap, .formula, pre > code")) {
    if (part.scrollWidth > part.clientWidth) part.tabIndex = 0;
    else part.removeAttribute("tabindex");
  }
}

new ResizeObserver(reachable).observe(document.body);
