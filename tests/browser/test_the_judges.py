"""The judges themselves: what they must notice, they notice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

import browsing

GOOD = """<!doctype html><html lang="en-GB"><title>Good</title><main><h1>Good</h1>
<p>Plain words.</p></main></html>"""
BAD = """<!doctype html><html><title></title><h1>Bad</h1><img src="data:image/png;base64,">
<p style="color:#ccc;background:#fff;width:2000px">Pale</p></html>"""


def test_a_page_that_breaks_the_standard_is_noticed(page: Page) -> None:
    page.set_content(BAD)
    broken = {found.split(":")[0] for found in browsing.violations(page)}
    assert {"color-contrast", "html-has-lang", "image-alt", "document-title"} <= broken
    assert browsing.scrolls_sideways(page)


PALE = "style='color:#ccc;background:#fff'"
ALIKE = f"""<!doctype html><html lang="en-GB"><title>Alike</title><header {PALE}>Pale</header>
<main><h1>Alike</h1><p hidden {PALE}>Pale</p><div {PALE}><label>Pale <input disabled></label>
<p>–</p><p>Pale</p><p>Pale</p></div><p style="color:#ddd">Pale as well</p></main></html>"""


def test_a_text_that_is_pale_is_noticed_whatever_looks_like_it_elsewhere(page: Page) -> None:
    page.set_content(ALIKE)
    (first, *_, last) = browsing.violations(page, "main")
    assert "p:nth-child(3)" in first
    assert "main > p:nth-child(4)" in last
    assert page.locator("[data-alike]").count() == 0


def test_a_good_page_passes(page: Page) -> None:
    page.set_content(GOOD)
    assert browsing.violations(page) == []
    assert not browsing.scrolls_sideways(page)


def test_requests_that_leave_and_errors_that_name_us_are_noticed(
    open_page: Callable[..., Page],
) -> None:
    watch = browsing.Watch()
    page = open_page().context.new_page()
    watch.over(page)
    page.route("**/*", lambda route: route.abort())
    page.set_content("<img src='http://example.org/a.png'><img src='data:image/png;base64,'>")
    page.evaluate("console.error('placebudget: amiss'); console.error('other')")
    page.wait_for_function("document.images[0].complete")
    assert watch.left == ["http://example.org/a.png"]
    assert [error.split(" http")[0].strip() for error in watch.errors] == ["placebudget: amiss"]


def test_a_server_that_does_not_start_is_told_with_its_log(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="no_such_module"):
        browsing.serving(["no_such_module"], tmp_path, ready="/").__enter__()


def test_jupyterlab_opens_without_a_request_that_leaves(
    lab_server: browsing.Server, page: Page
) -> None:
    page.goto(lab_server.url("/lab?reset"))
    page.wait_for_selector(".jp-Launcher")
