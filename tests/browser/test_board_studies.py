"""The screens of a board that show a study, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import browsing
from proof import elsewhere

FOUND = {
    "shares": "give every partner an incentive to take part",
    "pound": "every pound of £744.4 million is accounted for",
    "areas": "raising the worst-off area first costs",
}


@pytest.fixture
def page(papers: Page) -> Page:
    """The page of the one reader."""
    return papers


def test_each_study_is_asked_for_by_key_and_a_later_reader_has_it_at_once(
    page: Page, board: browsing.Server, open_page: Callable[..., Page], pictures: Path
) -> None:
    heading = page.locator("#pb-main h1")
    for screen, finding in FOUND.items():
        browsing.go(page, screen)
        button = page.locator(f"button[data-study={screen}]")
        expect(button).to_be_visible()
        if screen == "shares":
            assert browsing.violations(page) == []
        button.focus()
        page.keyboard.press("Enter")
        expect(heading).to_contain_text(finding)
        expect(heading).to_be_focused()
        expect(page.locator(".pb-status")).to_contain_text("Done: ")
        expect(page.locator(".pb-progress progress")).to_have_count(0)
        browsing.judged(page, pictures, screen)

    later = open_page()
    later.goto(f"{board.address}/#pound")
    heading = later.locator("#pb-main h1")
    expect(heading).to_contain_text(FOUND["pound"])
    later.check("input[name=pb-option] >> nth=1")
    later.click("#pb-recalculate")
    expect(heading).to_contain_text("has not been asked yet")
    expect(later.locator("button[data-study=pound]")).to_be_visible()
    later.click("#pb-undo")
    expect(heading).to_contain_text(FOUND["pound"])


def middle(page: Page, what: str) -> None:
    """Scroll to something, so that nothing that stays at the edge lies over a part of it."""
    page.locator(what).evaluate("each => each.scrollIntoView({ block: 'center' })")


def untick(page: Page, *boxes: str) -> None:
    for box in boxes:
        page.focus(f"#form-{box}")
        page.keyboard.press("Space")
        expect(page.locator(f"#form-{box}")).not_to_be_checked()


def test_an_overspend_is_typed_in_corrected_and_shared_to_the_penny(
    page: Page, pictures: Path
) -> None:
    browsing.go(page, "overspend")
    heading = page.locator("#pb-main h1")
    page.focus("#form-pool-pool")
    page.keyboard.press("End")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(heading).to_contain_text("overspent")
    expect(heading).to_be_focused()
    start = "overspend-safer_families-"
    browsing.fill(page, f"{start}risk_pool", "much")
    browsing.fill(page, f"{start}share-councils", "90")
    page.keyboard.press("Enter")
    summary = page.locator(".pb-form .pb-summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("There is a problem")
    box = page.locator(f"#form-{start}risk_pool")
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(box).to_have_accessible_description(
        "Risk pool: enter pounds, such as 250,000 or 1250.50."
    )
    expect(page.locator(f"#form-{start}share-councils-problem")).to_be_visible()
    middle(page, ".pb-form .pb-summary")
    assert browsing.violations(page) == []
    page.screenshot(path=pictures / "board-overspend-wrong.png", full_page=True)
    summary.locator("a").last.focus()
    page.keyboard.press("Enter")
    expect(box).to_be_focused()
    browsing.fill(page, f"{start}risk_pool", "100.01")
    for partner, share in (
        ("councils", "60"),
        ("northvale-nhs-board", "40"),
        ("northvale-police", "0"),
    ):
        browsing.fill(page, f"{start}share-{partner}", share)
    # What was typed outlives a look at another screen.
    browsing.go(page, "recorded")
    browsing.go(page, "overspend")
    expect(box).to_have_value("100.01")
    browsing.fill(page, f"{start}cap-councils", "1,000.50")
    page.keyboard.press("Enter")
    expect(heading).to_contain_text("has no money behind it")
    expect(heading).to_be_focused()
    expect(page.locator("#overspend-waterfall ~ tbody")).to_contain_text("£100.01")
    expect(page.locator("#overspend-partners ~ tbody")).to_contain_text("£1,000.50")
    browsing.judged(page, pictures, "overspend")


@elsewhere("tests/apps/test_asked.py")
def test_recorded_money_is_followed_from_an_example_a_plan_or_a_file(
    page: Page, pictures: Path, tmp_path: Path
) -> None:
    browsing.go(page, "recorded")
    heading, source = page.locator("#pb-main h1"), "#form-recorded-source"
    page.focus("form[data-form=recorded] button")
    page.keyboard.press("Enter")
    expect(heading).to_contain_text("Example with invented figures")
    expect(heading).to_be_focused()
    browsing.judged(page, pictures, "recorded")
    page.select_option(source, "plan")
    page.click("form[data-form=recorded] button")
    expect(heading).to_contain_text("paid to 16 ends")
    browsing.judged(page, pictures, "recorded-plan")
    page.select_option(source, "file")
    page.click("form[data-form=recorded] button")
    expect(page.locator("#form-recorded-flows-problem")).to_contain_text("choose a CSV file")
    flows = tmp_path / "flows.csv"
    flows.write_text("start,end,amount\ntax,pool,five\n", "utf-8")
    page.set_input_files("#form-recorded-flows", flows)
    page.click("form[data-form=recorded] button")
    expect(page.locator("#form-recorded-flows-problem")).to_contain_text("row 2, amount")
    middle(page, "form[data-form=recorded] button")
    assert browsing.violations(page) == []
    flows.write_text("start,end,amount\ntax,pool,£5.50\npool,care,5\n", "utf-8")
    page.set_input_files("#form-recorded-flows", flows)
    page.click("form[data-form=recorded] button")
    expect(heading).to_contain_text("£5.00 paid to 1 end came from 1 origin")
    expect(page.locator("#recorded-left ~ tbody")).to_contain_text("£0.50")


@elsewhere("tests/apps/test_asked.py")
def test_years_and_barriers_are_asked_for_with_what_was_chosen(page: Page, pictures: Path) -> None:
    browsing.go(page, "years")
    heading = page.locator("#pb-main h1")
    assert browsing.violations(page) == []
    browsing.fill(page, "years-runs", "0")
    page.keyboard.press("Enter")
    expect(page.locator("#form-years-runs-problem")).to_contain_text("from 2 to 200")
    browsing.fill(page, "years-runs", "4")
    browsing.fill(page, "years-seed", "7")
    untick(page, "years-poolings-aligned", "years-ways-replanned")
    page.focus("form[data-form=years] button")
    page.keyboard.press("Enter")
    expect(heading).to_contain_text("the least and the most of 4 runs")
    expect(heading).to_be_focused()
    expect(page.locator(".pb-screen")).to_contain_text("4 runs of the years, drawn from seed 7")
    expect(page.locator("#form-years-seed")).to_have_value("7")
    browsing.judged(page, pictures, "years")
    browsing.go(page, "barriers")
    untick(page, "barriers-ring_fences")
    page.focus("form[data-form=barriers] button")
    page.keyboard.press("Enter")
    expect(heading).to_contain_text("one pool alone adds at most")
    browsing.judged(page, pictures, "barriers")


@elsewhere("tests/apps/test_asked.py")
def test_the_gap_is_asked_for_with_a_rise_and_the_best_plans(page: Page, pictures: Path) -> None:
    browsing.go(page, "gap")
    heading = page.locator("#pb-main h1")
    browsing.fill(page, "gap-council_tax", "much")
    page.keyboard.press("Enter")
    expect(page.locator("#form-gap-council_tax-problem")).to_contain_text("from 0 to 100")
    browsing.fill(page, "gap-council_tax", "1.99")
    page.focus("#form-gap-plans")
    page.keyboard.press("Space")
    page.focus("form[data-form=gap] button")
    page.keyboard.press("Enter")
    expect(heading).to_contain_text("more money than today’s services cost")
    expect(heading).to_be_focused()
    expect(page.locator("#gap-years-table ~ tbody")).to_contain_text("2030-31")
    expect(page.locator("#gap-plans ~ tbody")).to_contain_text("Best pooled")
    expect(page.locator("#form-gap-council_tax")).to_have_value("1.99")
    browsing.judged(page, pictures, "gap")


@elsewhere("tests/apps/test_asked.py and test_each_study_…")
def test_what_changed_since_the_last_papers_is_asked_for_by_key(page: Page, pictures: Path) -> None:
    """A ninth more of every stream than in the edition that stands beside the place."""
    browsing.go(page, "changed")
    expect(page.get_by_role("combobox", name="Since")).to_contain_text("(last)")
    page.locator("button[data-study=changed], .pb-screen form button").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#pb-main h1")).to_contain_text("figures changed; the largest")
    browsing.judged(page, pictures, "changed")


def test_a_plan_is_picked_from_a_frontier_by_key_and_taken_away(page: Page, pictures: Path) -> None:
    browsing.go(page, "frontier")
    page.fill(".pb-screen input[name=points]", "2")
    page.locator(".pb-screen form button[type=submit]").last.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#pb-main h1")).to_contain_text("plans go to")
    button = page.locator("button[data-pick]").first
    box = button.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 24
    button.focus()
    page.keyboard.press("Enter")
    picked = page.locator("[data-picked]")
    expect(picked).to_contain_text("(point 1)")
    expect(picked).to_be_focused()
    expect(page.locator(".pb-status")).to_contain_text("set beside the others")
    browsing.judged(page, pictures, "frontier")
    # In the picture by pointer, and by key.
    browsing.point_of(page, 2).click()
    expect(picked).to_contain_text("(point 2)")
    expect(picked).to_be_focused()
    browsing.point_of(page, 1).press(" ")
    expect(picked).to_contain_text("(point 1)")
    browsing.point_of(page, 2).press("Enter")
    expect(picked).to_contain_text("(point 2)")
    expect(picked).to_be_focused()
    with page.expect_download() as kept:
        page.locator("button[data-take]").press("Enter")
    assert kept.value.suggested_filename == "northvale_frontier_point_2.plan.json"
