"""The documentation as people read it: in light and dark, wide and narrow, with a keyboard."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browsing import scrolls_sideways, violations
from building_the_site import built
from proof import ALL

# Code and tables, formulas, a notebook; each width and each scheme once. Where all is proved,
# every page, and each with each.
LOOKS = {
    (1280, "light"): ["index", "docs/mathematics-of-sharing"],
    (320, "dark"): ["index", "notebooks/03_together_or_apart"],
    **({(1280, "dark"): [], (320, "light"): []} if ALL else {}),
}
HEADINGS = """() => [...document.querySelectorAll("article :is(h1, h2, h3, h4, h5, h6)")]
    .map(heading => Number(heading.tagName[1]))"""
DRAWN = "figure.result svg >> visible=true"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing on the terminal."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site; with what the notebooks come to only where nothing is left out."""
    return built(tmp_path_factory, run=ALL)


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """Where the site is served."""
    handler = functools.partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_pages_can_be_read_by_everybody(
    open_page: Callable[..., Page], folder: Path, address: str, scheme: str, width: int
) -> None:
    page = open_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    every = [each.relative_to(folder).with_suffix("").as_posix() for each in folder.rglob("*.html")]
    for name in sorted(set(every) - {"404"}) if ALL else LOOKS[width, scheme]:
        page.goto(f"{address}/{name}.html")
        expect(page.locator("h1").first).to_be_visible()
        assert violations(page) == [], name
        assert not scrolls_sideways(page), name
        levels = page.evaluate(HEADINGS)
        assert levels[0] == 1, name
        assert all(later <= sooner + 1 for sooner, later in pairwise(levels)), name


def test_the_keyboard_reaches_the_text_and_a_search_finds_a_page(page: Page, address: str) -> None:
    page.goto(f"{address}/index.html")
    page.keyboard.press("Tab")
    expect(page.locator("a.md-skip")).to_be_focused()
    page.keyboard.press("s")
    page.keyboard.type("leximin")
    expect(page.locator(".md-search-result__link").first).to_be_visible()


def test_a_formula_is_read_as_mathematics(page: Page, address: str) -> None:
    page.goto(f"{address}/docs/mathematics.html")
    assert page.get_by_role("math").count() > 100


@pytest.mark.skipif(not ALL, reason="left to make test-all: all notebooks run for it")
def test_the_gallery_shows_a_picture_of_each_notebook_that_opens(page: Page, address: str) -> None:
    page.goto(f"{address}/notebooks/index.html")
    pictures = page.locator(".gallery img")
    assert pictures.count() == 9
    for n in range(9):
        pictures.nth(n).scroll_into_view_if_needed()
        expect(pictures.nth(n)).to_have_js_property("complete", True)
        assert pictures.nth(n).evaluate("picture => picture.naturalWidth") > 300
        assert len(pictures.nth(n).get_attribute("alt") or "") > len("Picture: ")
    page.goto(f"{address}/notebooks/03_together_or_apart.html")
    expect(page.locator(DRAWN).first).to_be_visible()
