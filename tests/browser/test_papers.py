"""The board's papers in a real browser, from disk: read, searched, printed, by anybody."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import browsing
from placebudget.apps.papers import Papers
from planned import papers_of
from proof import ALL

LOOKED_AT = ("index", "change", "choices", "search")
# The least height of a text in a chart that is seen.
LEAST = """() => Math.min(...[...document.querySelectorAll(".pb-chart svg")]
  .filter((svg) => svg.checkVisibility())
  .flatMap((svg) => [...svg.querySelectorAll("text")].map((text) =>
    parseFloat(getComputedStyle(text).fontSize) * svg.getBoundingClientRect().width
      / svg.viewBox.baseVal.width)))"""


@pytest.fixture(scope="module")
def written() -> Papers:
    """Papers of a small place; of the county where all is proved."""
    return papers_of("lancashire" if ALL else "toy_pooling")


@pytest.fixture
def told(page: Page) -> list[str]:
    """What the browser complains of, such as what a page's policy shuts out."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    return said


def opened(page: Page, written: Papers, key: str) -> Page:
    page.goto((written.folder / f"{key}.html").as_uri())
    return page


def test_papers_open_from_disk_and_keep_to_their_policy_at_every_width(
    page: Page, told: list[str], written: Papers, pictures: Path
) -> None:
    every = sorted(path.stem for path in written.folder.glob("*.html"))
    for width in (320, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        for key in every if ALL or width == 320 else LOOKED_AT:
            opened(page, written, key)
            over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert over <= 0, (key, width)
            if key in LOOKED_AT or ALL:
                assert browsing.violations(page) == [], (key, width)
                page.screenshot(path=pictures / f"papers-{key}-{width}.png")
    opened(page, written, "change")
    assert page.evaluate(LEAST) >= 20
    assert page.evaluate("getComputedStyle(document.body).margin") == "0px"  # its style is let in
    assert told == []


def test_the_first_view_has_a_finding_and_three_doors_and_a_phone_shows_the_finding_first(
    page: Page, written: Papers
) -> None:
    opened(page, written, "index")
    doors = page.get_by_role("navigation", name="Three ways in").get_by_role("link")
    expect(doors).to_have_text(["What is proposed", "What we could choose", "Who gains and loses"])
    for door in doors.all():
        expect(door).to_be_in_viewport()
    page.set_viewport_size({"width": 320, "height": 640})
    finding = page.get_by_role("heading", level=1)
    expect(finding).to_be_in_viewport()
    asked = page.locator(".pb-question-asked")
    assert finding.bounding_box()["y"] < asked.bounding_box()["y"]  # type: ignore[index]


def test_a_search_is_made_by_keyboard_and_leads_to_a_paper(
    page: Page, told: list[str], written: Papers
) -> None:
    opened(page, written, "search")
    page.get_by_label("Words to look for").press_sequentially("Ring-Fence council ended")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("“Ring-Fence council ended”.")
    first = page.locator("#search-found a").first
    name = first.inner_text()
    first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    assert told == []


def test_a_choice_is_switched_to_and_back_and_papers_are_turned_without_scripts(
    open_page: Callable[..., Page], written: Papers
) -> None:
    page = open_page(java_script_enabled=False)
    opened(page, written, "choices")
    page.locator("main .pb-links a").first.click()
    switch = page.get_by_text("See it with another choice")
    switch.click()
    page.get_by_role("link", name="As in the papers").click()
    expect(page).to_have_url(re.compile("change.html$"))
    page.get_by_role("link", name="Next: ").click()
    expect(page).to_have_url(re.compile("together.html$"))
    opened(page, written, "search")
    expect(page.get_by_text("A search needs scripts")).to_be_visible()
    expect(page.get_by_role("button")).to_have_count(0)


def test_a_printed_paper_shows_what_is_folded_and_no_way_to_elsewhere(
    page: Page, told: list[str], written: Papers, pictures: Path
) -> None:
    opened(page, written, "change")
    folded = page.get_by_text("VAT, the tax base")
    expect(folded).to_be_hidden()
    page.emulate_media(media="print")
    expect(folded).to_be_visible()
    expect(page.get_by_role("navigation")).to_have_count(0)
    one = page.pdf(path=pictures / "papers-change.pdf", prefer_css_page_size=True)
    opened(page, written, "pack")
    pack = page.pdf(path=pictures / "papers-pack.pdf", prefer_css_page_size=True)
    sheets = [len(re.findall(rb"/Type /Page\b", each)) for each in (one, pack)]
    assert sheets[0] >= 1
    assert sheets[1] > len([each for each in written.pages if each.group])
    assert told == []
