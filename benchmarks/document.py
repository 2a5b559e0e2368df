"""A place that is open as a document, in a browser: first paint, a sign, a plan, and a large place.

In JupyterLab, which runs already. Time runs from the command to the frame after what is
waited for is there.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.desk import BROWSERS, PATIENCE, TOKEN, _lab, _serving
from benchmarks.places import Size, make_place
from benchmarks.studies import Measured
from placebudget import example

LARGE = Size("large", 10, 120, 8, 10, 8)
SEEN = """([selector, words]) => new Promise((done) => {
  const start = performance.now();
  const there = () => [...document.querySelectorAll(selector)]
    .some((each) => each.getClientRects().length && each.textContent.includes(words));
  const look = () => there()
    ? requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)))
    : setTimeout(look, 5);
  look();
})"""
OPEN = "(path) => void window.jupyterapp.commands.execute('placebudget:open-place', { path })"
VIEW = ".jp-Document:not(.lm-mod-hidden) .jp-placebudget-place"


def document() -> Measured:
    """Milliseconds to first paint, to a sign and to a plan of Lancashire; to a large place."""
    from playwright.sync_api import sync_playwright

    found = Measured("A place as a document of JupyterLab")
    path = next(filter(None, map(shutil.which, BROWSERS)))
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        example("lancashire").write(Path(home) / "lancashire")
        large = make_place(LARGE)
        large.write(Path(home) / "large")
        rows = sum(map(len, large.tables.values()))
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(PATIENCE)
        with _serving(Path(home), _exposed) as port:
            page.goto(f"http://127.0.0.1:{port}/lab?reset&token={TOKEN}")
            page.wait_for_function("() => window.jupyterapp && window.jupyterapp.restored")
            page.wait_for_selector("#jupyterlab-splash", state="detached")
            found.add("Lancashire: first paint", _opened(page, "lancashire", "h2", ""), "ms")
            page.locator(VIEW).get_by_role("tab", name="Plans").click()
            page.locator(VIEW).get_by_role("button", name="Work it out").click()
            found.add("Lancashire: a sign that it works", _seen(page, "li strong", "Best"), "ms")
            found.add("Lancashire: the best pooled plan", _seen(page, "li", "kept in"), "ms")
            label = f"{rows:,} rows"
            found.add(f"{label}: first paint", _opened(page, "large", "h2", ""), "ms")
            found.add(f"{label}: checked", _seen(page, "p", "in all."), "ms")
            page.locator(VIEW).get_by_role("tab", name="Tables").click()
            found.add(f"{label}: a table", _seen(page, "td[data-row]", ""), "ms")
        browser.close()
    return found


def _exposed(home: Path, port: int) -> Sequence[str]:
    return *_lab(home, port), "--LabApp.expose_app_in_browser=True"


def _opened(page: Any, folder: str, selector: str, words: str) -> float:
    page.evaluate(OPEN, f"{folder}/datapackage.json")
    return _seen(page, selector, words)


def _seen(page: Any, selector: str, words: str) -> float:
    return float(page.evaluate(SEEN, [f"{VIEW} {selector}", words]))
