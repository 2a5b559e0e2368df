"""The screens of a board that show a study, in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import browsing

WITHIN = 60_000
FOUND = {
    "shares": "give every partner an incentive to take part",
    "pound": "every pound of £631.9 million is accounted for",
    "areas": "raising the worst-off area first costs",
}


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[browsing.Server]:
    """A board of Northvale, as a clerk would start it."""
    command = ["placebudget", "board", "northvale", "--port", "{port}", "--no-open", "--no-token"]
    home = tmp_path_factory.mktemp("board")
    with browsing.serving(command, home, ready="/voila/static/voila.js") as server:
        yield server


def begin(page: Page, board: browsing.Server, screen: str) -> None:
    """Open a screen when every plan is there."""
    page.goto(f"{board.address}/#{screen}")
    expect(page.locator(".pb-status")).to_contain_text("Done", timeout=WITHIN)
    expect(page.locator(f".pb-nav a[href='#{screen}'][aria-current=page]")).to_be_visible()


def test_each_study_is_asked_for_by_key_and_meets_the_standard(
    board: browsing.Server, open_page: Callable[..., Page], pictures: Path
) -> None:
    page = open_page()
    begin(page, board, "shares")
    heading = page.locator("#pb-main h1")
    for screen, finding in FOUND.items():
        page.focus(f".pb-nav a[href='#{screen}']")
        page.keyboard.press("Enter")
        button = page.locator(f"button[data-study={screen}]")
        expect(button).to_be_visible(timeout=WITHIN)
        if screen == "shares":
            assert browsing.violations(page) == []
        button.focus()
        page.keyboard.press("Enter")
        expect(heading).to_contain_text(finding, timeout=WITHIN)
        expect(heading).to_be_focused()
        expect(page.locator(".pb-status")).to_contain_text("Done: ", timeout=WITHIN)
        expect(page.locator(".pb-progress progress")).to_have_count(0)
        for more in page.locator(".pb-screen summary").all():
            more.focus()
            page.keyboard.press("Enter")
        assert page.locator(".pb-screen details:not([open])").count() == 0
        assert browsing.violations(page) == [], screen
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert not browsing.scrolls_sideways(page), (screen, width)
            page.screenshot(path=pictures / f"board-{screen}-{width}.png", full_page=True)


def test_a_later_reader_has_it_at_once_and_a_new_answer_drops_it(
    board: browsing.Server, page: Page
) -> None:
    begin(page, board, "pound")
    heading = page.locator("#pb-main h1")
    expect(heading).to_contain_text(FOUND["pound"], timeout=WITHIN)
    page.check("input[name=pb-option] >> nth=1")
    page.click("#pb-recalculate")
    expect(heading).to_contain_text("has not been asked yet", timeout=WITHIN)
    expect(page.locator("button[data-study=pound]")).to_be_visible()
    page.click("#pb-undo")
    expect(heading).to_contain_text(FOUND["pound"], timeout=WITHIN)
