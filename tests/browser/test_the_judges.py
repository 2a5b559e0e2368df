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
