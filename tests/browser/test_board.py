"""A board in a real browser: served by the command line, read by people."""

from __future__ import annotations

import http.client
import os
import re
import signal
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

import browsing
import placebudget as pb
from placebudget.apps import screens
from placebudget.apps.meeting import STUDIES
from placebudget.register import Register
from proof import ALL, elsewhere

Open = Callable[..., Page]
# How often two pages more are opened and closed again.
ROUNDS = 9 if ALL else 0
FLOWS_FILL = """() => {
  const picture = document.querySelector("[data-drawing] svg[role=group]");
  const text = picture.querySelector("text"), box = picture.getBoundingClientRect();
  const scale = Math.min(box.width / picture.viewBox.baseVal.width,
    box.height / picture.viewBox.baseVal.height);
  return parseFloat(getComputedStyle(text).fontSize) * scale >= 20
    && box.width >= 0.97 * document.querySelector("#pb-main").clientWidth;
}"""
SCREENS = tuple(screen.key for screen in screens.SCREENS)
# Before they are asked studies look alike: of their screens some are judged on each change.
ASKED_FIRST = tuple(key for key in SCREENS if key in STUDIES)
JUDGED = {*SCREENS} - ({*ASKED_FIRST} - {*ASKED_FIRST[::5]} if not ALL else set())


@pytest.fixture
def page(papers: Page) -> Page:
    """The page of the one reader."""
    return papers


def begin(page: Page, board: browsing.Server) -> Page:
    """Open a board; its first screen is there, its plans may follow."""
    page.goto(board.address)
    page.wait_for_selector(".pb-board h1")
    return page


def read(page: Page, board: browsing.Server) -> Page:
    """Open a board and wait until every plan is there."""
    settled(begin(page, board), "Done")
    return page


def settled(page: Page, told: str) -> None:
    expect(page.locator(".pb-status")).to_contain_text(told)


def go(page: Page, screen: str) -> None:
    """To a screen by its group, as a reader goes."""
    group = next((name for name, keys in screens.GROUPS if screen in keys), "")
    # Opened when a window that has just changed its width has opened or closed it.
    page.eval_on_selector(
        ".pb-menu",
        """(menu) => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(
             () => { menu.open = true; done(); })))""",
    )
    if group:
        page.click(f".pb-groups a[data-group='{group}']")
        expect(page.locator("#pb-main h1")).to_be_focused()
    page.click(f".pb-nav a[href='#{screen}']:not([data-group])")
    current = page.locator(f".pb-nav a[href='#{screen}'][aria-current=page]")
    expect(current).to_be_visible()
    expect(page.locator("#pb-main h1")).to_be_focused()


def unfold(page: Page, part: str) -> None:
    page.click(f".pb-controls details[data-part={part}] > summary")


def test_every_screen_meets_the_standard_at_every_width(page: Page, pictures: Path) -> None:
    titles = set()
    named = page.eval_on_selector_all(".pb-groups a", "all => all.map((a) => a.hash.slice(1))")
    assert named == ["first", *(keys[0] for _, keys in screens.GROUPS)]
    for part in ("objectives", "open", "pools", "fences", "floors", "limits", "funding", "files"):
        unfold(page, part)
    for screen in ("first", *SCREENS):
        go(page, screen)
        if screen == "change":
            page.wait_for_selector("[data-drawing] svg")
        titles.add(page.title())
        # What stands around a screen is the same for each.
        judged = None if ALL or screen == "first" else "#pb-main"
        if screen == "first" or screen in JUDGED:
            assert browsing.violations(page, judged) == [], screen
        # 320 pixels; in the whole proof also a window of 1,280 at 200 % zoom.
        for width in (320, *([640] if ALL else []), 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert not browsing.scrolls_sideways(page), (screen, width)
            if ALL and width != 640:  # for people to look at; each takes its time
                page.screenshot(path=pictures / f"board-{screen}-{width}.png", full_page=True)
    assert len(titles) == 1 + len(SCREENS)


def test_landmarks_come_in_their_order_and_the_language_is_said(page: Page) -> None:
    found = page.evaluate(
        "[...document.querySelectorAll('#rendered_cells :is(header, nav, main, section, footer)')]"
        ".filter((each) => !each.closest('[data-drawing], main > *')).map((each) => each.localName)"
    )
    assert [name for name in found if name != "section"] == ["header", "nav", "main", "footer"]
    assert page.locator("main h1").count() == page.locator("h1").count() == 1
    assert page.locator("html").get_attribute("lang") == "en-GB"
    expect(page.locator("header.pb-header")).to_have_text("Northvale (invented)")
    page.click("footer summary")
    assert "Web Content Accessibility Guidelines 2.2" in page.inner_text("footer")


def test_dark_and_high_contrast_are_followed_and_text_grows(page: Page, pictures: Path) -> None:
    page.emulate_media(color_scheme="dark")
    for screen in ("together", "change", "clash"):
        go(page, screen)
        assert browsing.violations(page) == [], screen
    go(page, "change")
    page.screenshot(path=pictures / "board-dark.png", full_page=True)
    # On a projector the picture has the whole width, in letters that are read from afar.
    page.wait_for_selector("[data-drawing] svg[role=group] text")
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.wait_for_function(FLOWS_FILL)
    page.set_viewport_size(browsing.WIDE)
    page.emulate_media(forced_colors="active")
    page.screenshot(path=pictures / "board-high-contrast.png")
    before = page.evaluate("parseFloat(getComputedStyle(document.querySelector('h1')).fontSize)")
    page.set_viewport_size({"width": 320, "height": 800})
    page.click(".pb-menu > summary")
    for _ in range(2):
        page.click("text=Larger text")
    after = page.evaluate("parseFloat(getComputedStyle(document.querySelector('h1')).fontSize)")
    assert after > 1.2 * before
    assert not browsing.scrolls_sideways(page)
    page.click("text=Larger text")
    settled(page, "Text at its usual size.")


def test_a_page_fills_the_screen_and_says_so_however_that_ends(page: Page) -> None:
    page.click("text=Full screen")
    settled(page, "Full screen. Escape ends it.")
    assert page.evaluate("document.fullscreenElement === document.documentElement")
    # As Escape does, which a browser hears before a page does.
    page.evaluate("document.exitFullscreen()")
    settled(page, "In its window.")
    page.evaluate(
        "() => { document.documentElement.requestFullscreen = () => Promise.reject(Error()); }"
    )
    page.click("text=Full screen")
    settled(page, "This browser does not let a page fill the screen.")


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until something has the focus; everything passed on the way shows its focus."""
    for _ in range(200):
        page.keyboard.press("Tab")
        shown = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert shown != "none", page.evaluate("document.activeElement.outerHTML")
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            return
    raise AssertionError(f"Tab never reached {selector}")


def test_a_board_is_worked_by_keyboard_alone(page: Page) -> None:
    page.locator(".pb-nav a").first.focus()
    page.keyboard.press("Shift+Tab")
    expect(page.locator(".pb-skip")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "[data-part=fences] > summary")
    page.keyboard.press("Enter")
    tab_to(page, "#pb-fences-families_fund")
    page.keyboard.press("Space")
    page.locator(".pb-nav a").first.focus()
    tab_to(page, ".pb-groups a[data-group='What is proposed']")
    page.keyboard.press("Enter")
    expect(page.locator("#pb-main h1")).to_be_focused()
    page.locator(".pb-nav a").first.focus()
    tab_to(page, ".pb-of-group a[href='#together']")
    page.keyboard.press("Enter")
    expect(page.locator("#pb-main h1")).to_be_focused()
    expect(page).to_have_title("Together or apart – Northvale (invented)")
    record = page.locator(".pb-record")
    before = record.inner_text()
    tab_to(page, "#pb-recalculate")
    page.keyboard.press("Enter")
    expect(page.locator(".pb-changed")).to_contain_text(
        "ring-fence of Families transformation fund"
    )
    settled(page, "Done")
    expect(page.locator("#pb-recalculate")).to_be_focused()
    expect(record).not_to_have_text(before, use_inner_text=True)
    tab_to(page, "#pb-undo")
    page.keyboard.press("Enter")
    settled(page, "Undone")
    expect(record).to_have_text(before, use_inner_text=True)
    tab_to(page, "#pb-redo")
    page.keyboard.press("Enter")
    settled(page, "Done again")
    expect(record).not_to_have_text(before, use_inner_text=True)
    page.go_back()
    expect(page).to_have_title("Where the money goes – Northvale (invented)")


def test_a_decision_is_entered_by_keys_alone_and_others_read_what_was_decided(
    page: Page, register: Register, pictures: Path
) -> None:
    go(page, "decide")
    assert browsing.violations(page) == []
    page.focus("#form-who-token")
    page.keyboard.type("guessed")
    page.keyboard.press("Enter")
    expect(page.locator(".pb-summary")).to_be_focused()
    page.fill("#form-who-token", str(register.token))
    page.keyboard.press("Enter")
    settled(page, "You enter as The clerk, officer.")

    def enter(table: str, typed: dict[str, str], said: str) -> None:
        form = page.locator(f"form[data-form={table}]")
        if not form.is_visible():
            page.locator(f"details:has(form[data-form={table}]) > summary").press("Enter")
        for column, text in typed.items():
            page.fill(f"#form-enter-{table}-{column}", text)
        page.screenshot(path=pictures / f"board-enter-{table}.png", full_page=True)
        form.locator("button").press("Enter")
        settled(page, said)

    enter("choices", {"title": "Pool all"}, "Entered under choices")
    expect(page.locator("#form-enter-choices-title")).to_have_value("")
    heading = page.locator("#pb-main h1")
    expect(heading).to_be_focused()
    decided = {"decided": "That all be pooled", "mover": "The leader", "owner": "The clerk"}
    enter("decisions", decided, "Nothing was entered: 2 boxes")
    assert browsing.violations(page) == []
    enter("decisions", {"reasons": "More care", "due": "2028-04-01"}, "Entered under decisions")
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert not browsing.scrolls_sideways(page), width
        page.screenshot(path=pictures / f"board-decide-{width}.png", full_page=True)
    with page.expect_download() as saved:
        page.locator("[data-action=minutes][data-key=docx]").press("Enter")
    assert saved.value.suggested_filename == "minutes-2027_03_04.docx"
    page.locator("[data-action=leave_register]").press("Enter")
    expect(page.locator("#form-who-token")).to_be_visible()
    go(page, "decided")
    expect(heading).to_contain_text("Decisions: 1")
    page.screenshot(path=pictures / "board-decided.png", full_page=True)
    assert register.check().errors == ()


def test_a_table_wider_than_the_window_says_so_and_scrolls_by_keyboard(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 800})
    go(page, "together")
    frame = page.locator(".scroll:has(#plans)")
    told = page.locator(".pb-sideways + .scroll:has(#plans)")
    expect(told).to_have_count(1)
    expect(page.locator(".pb-sideways").first).to_have_text(
        "More columns to the right: scroll the table sideways."
    )
    expect(frame).to_have_attribute("tabindex", "0")
    expect(frame).to_have_attribute("aria-labelledby", "plans")
    caption = page.locator("#plans").bounding_box()
    assert caption is not None
    assert caption["x"] + caption["width"] <= 320
    frame.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.activeElement.scrollLeft > 0")
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(page.locator(".pb-sideways")).to_have_count(0)
    assert frame.get_attribute("tabindex") is None


def test_a_refused_recalculation_says_so_in_the_bar_each_time(page: Page) -> None:
    unfold(page, "floors")
    page.fill("#pb-amount-homes_pledge", "much")
    for _ in range(2):
        page.click("#pb-recalculate")
        expect(page.locator("#pb-problems")).to_be_focused()
        settled(page, "Nothing was recalculated. ")
        expect(page.locator(".pb-status")).to_contain_text("enter a number, like 2.5")
    # That it is recalculated once it is mended is seen with the money of streams, too.
    if ALL:
        page.fill("#pb-amount-homes_pledge", "65")
        page.click("#pb-recalculate")
        settled(page, "Done")


@elsewhere("tests/apps/test_meeting.py and tests/test_plain_words.py")
def test_what_is_being_done_is_said_in_plain_words(page: Page) -> None:
    page.evaluate("""() => {
      window.told = new Set();
      new MutationObserver(() => window.told.add(document.querySelector(".pb-progress").innerText))
        .observe(document.querySelector(".pb-progress"), { childList: true });
    }""")
    unfold(page, "fences")
    page.uncheck("#pb-fences-dwp_support")
    page.click("#pb-recalculate")
    settled(page, "What was chosen changes nothing")
    told = set(page.evaluate("[...window.told]"))
    assert any("Planning with pooled budgets, step 1 of 5" in each for each in told)
    assert not [each for each in told if "leximin" in each or "weights" in each or "class" in each]


def test_words_of_the_field_are_explained_on_the_screen_that_uses_them(page: Page) -> None:
    go(page, "together")
    page.click("text=What words on this screen mean")
    words = page.locator(".pb-terms dt").all_inner_texts()
    assert {"aligned", "freed", "cashable"} <= set(words)
    assert browsing.violations(page) == []


@elsewhere("test_readers_share_nothing_…")
def test_two_readers_who_ask_at_once_stay_apart(
    page: Page, board: browsing.Server, open_page: Open
) -> None:
    one, two = page, begin(open_page(), board)
    assert two.is_disabled("#pb-undo")
    one.check("input[name=pb-option] >> nth=1")
    one.click("#pb-recalculate")
    assert not two.is_checked("input[name=pb-option] >> nth=1")
    unfold(two, "floors")
    two.fill("#pb-amount-roads_duty", "12.5")
    two.click("#pb-recalculate")
    for reader, told in (
        (one, "Option: a larger better care pool"),
        (two, "Roads and libraries: at least £12.5"),
    ):
        expect(reader.locator(".pb-changed")).to_contain_text(told)
    assert "Roads and libraries: at least" not in one.inner_text(".pb-changed")
    assert "Option" not in two.inner_text(".pb-changed")


def test_a_floor_below_the_law_is_flagged_at_its_box_before_recalculating(
    page: Page, pictures: Path
) -> None:
    unfold(page, "floors")
    box = page.locator("#pb-amount-roads_duty")
    box.fill("8")
    page.keyboard.press("Tab")
    problem = page.locator("#pb-amount-roads_duty-problem")
    expect(problem).to_have_text("This is a duty in law, so not below £9.2 million.")
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(box).to_have_attribute(
        "aria-describedby", "pb-amount-roads_duty-about pb-amount-roads_duty-problem"
    )
    assert browsing.violations(page) == []
    page.screenshot(path=pictures / "board-flag.png")
    box.fill("9.2")
    expect(problem).to_have_text("")
    expect(box).to_have_attribute("aria-invalid", "false")
    none = "Enter a number"
    for typed, told in (("", none), ("-1", "not below 0"), ("much", none), ("19,5", none)):
        box.fill(typed)
        page.keyboard.press("Tab")
        expect(problem).to_contain_text(told)
    page.click("text='+' >> nth=0")
    expect(problem).to_have_text("")
    promise = page.locator("#pb-amount-homes_pledge")
    promise.fill("1")
    page.keyboard.press("Tab")
    expect(promise).to_have_attribute("aria-invalid", "false")


@elsewhere("tests/apps/test_first_answer.py")
def test_a_first_answer_comes_soon_and_stop_keeps_what_was_there(
    page: Page, pictures: Path
) -> None:
    go(page, "together")
    to_undo = page.is_enabled("#pb-undo")
    before = page.inner_text(".pb-screen")
    unfold(page, "pools")
    expect(page.locator(".pb-behind")).to_be_hidden()
    page.uncheck("#pb-pools-county")
    expect(page.locator(".pb-behind")).to_contain_text("1 change, not yet recalculated.")
    expect(page.locator("#pb-stop")).to_be_hidden()
    page.focus("#pb-recalculate")
    page.keyboard.press("Enter")
    settled(page, "First answer. In the model, the best pooled plan for what was chosen is worth £")
    expect(page.locator(".pb-warning")).to_contain_text("First answer, being completed.")
    page.screenshot(path=pictures / "board-first-answer.png")
    page.keyboard.press("Tab")
    expect(page.locator("#pb-stop")).to_be_focused()
    page.keyboard.press("Enter")
    settled(
        page, "Stopped. The figures shown are still those of before. The boxes keep what you chose."
    )
    expect(page.locator("#pb-stop")).to_be_hidden()
    expect(page.locator("#pb-recalculate")).to_be_focused()
    expect(page.locator(".pb-screen")).to_have_text(before, use_inner_text=True)
    expect(page.locator("#pb-pools-county")).not_to_be_checked()
    expect(page.locator(".pb-behind")).to_be_visible()
    expect(page.locator("#pb-undo")).to_be_enabled(enabled=to_undo)
    page.click("#pb-recalculate")
    settled(page, "Done")
    expect(page.locator(".pb-behind")).to_be_hidden()
    changed = page.locator(".pb-changed")
    expect(changed).to_contain_text("Northvale County Council pays into no pool")


def test_a_switch_that_changes_nothing_says_why_at_its_box_and_on_the_screen(
    page: Page, pictures: Path
) -> None:
    unfold(page, "fences")
    page.uncheck("#pb-fences-dwp_support")
    page.click("#pb-recalculate")
    settled(page, "Done")
    settled(page, "What was chosen changes nothing in it; the screens say why.")
    said = (
        "In the model this changes nothing in the public value of the best pooled plan, because no "
        "money of that stream could go to another purpose at a gain, and none does."
    )
    expect(page.locator("#pb-fences-dwp_support-note")).to_have_text(said)
    by = page.get_attribute("#pb-fences-dwp_support", "aria-describedby") or ""
    assert "pb-fences-dwp_support-note" in by.split()
    told = page.locator("p.pb-moot", has_text=said)
    expect(told).to_contain_text("The ring-fence of Employment support is ended.")
    assert browsing.violations(page) == []
    page.screenshot(path=pictures / "board-changes-nothing.png")


def test_what_was_typed_while_work_is_under_way_stays_in_its_box(page: Page) -> None:
    unfold(page, "fences")
    unfold(page, "floors")
    page.uncheck("#pb-fences-dwp_support")
    page.click("#pb-recalculate")
    page.fill("#pb-amount-homes_pledge", "67")
    settled(page, "Done")
    expect(page.locator("#pb-fences-dwp_support-note")).to_be_visible()
    expect(page.locator("#pb-amount-homes_pledge")).to_have_value("67")
    page.click("#pb-papers")
    settled(page, "Back to the papers")
    expect(page.locator("#pb-amount-homes_pledge")).to_have_value("60")
    expect(page.locator("#pb-fences-dwp_support")).to_be_checked()


def test_money_of_several_streams_is_changed_at_once(page: Page) -> None:
    unfold(page, "funding")
    pick, box = page.locator("#pb-stream"), page.locator("input[data-funding]").first
    first, second = pick.locator("option").all_inner_texts()[:2]
    papers = box.input_value()
    more = f"{float(papers.replace(',', '')) + 1:.3f}"
    box.fill(more)
    pick.select_option(label=second)
    other = box.input_value()
    box.fill("much")
    page.click("#pb-recalculate")
    expect(page.locator("#pb-problems")).to_contain_text(f"{second} in ")
    assert box.get_attribute("aria-invalid") == "true"
    assert browsing.violations(page) == []
    box.fill(f"{float(other.replace(',', '')) + 1:.3f}")
    pick.select_option(label=first)
    assert box.input_value() == more
    page.click("#pb-recalculate")
    settled(page, "Done")
    for told in (first, second):
        expect(page.locator(".pb-changed")).to_contain_text(f"{told} brings £")
    page.click("#pb-papers")
    settled(page, "Back to the papers")
    expect(box).to_have_value(papers)


HIDDEN = """() => {
  const bar = document.querySelector(".pb-dock"), at = document.activeElement;
  if (!at || at === document.body || bar.contains(at)) return null;
  const box = at.getBoundingClientRect(), from = bar.getBoundingClientRect().top;
  const seen = Math.min(box.bottom, from, innerHeight) - Math.max(box.top, 0);
  return seen >= Math.min(box.height, 24) - 1 ? null : at.outerHTML.slice(0, 200);
}"""


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (320, 800), (320, 256)])
def test_the_bar_is_always_at_hand_and_hides_nothing_that_has_the_focus(
    page: Page, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    for part in ("objectives", "open", "pools", "fences", "floors", "limits", "funding", "files"):
        unfold(page, part)
    page.evaluate("scrollTo(0, 0)")
    low = page.evaluate("document.querySelector('.pb-dock').getBoundingClientRect().bottom")
    # Where the bar would take too much of the window it stands at the end of the board.
    assert (low <= height) == (height > 256)
    page.focus(".pb-skip")
    passed = set()
    for _ in range(250):
        page.keyboard.press("Tab")
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        hidden = page.evaluate(HIDDEN)
        assert hidden is None, hidden
        passed.add(page.evaluate("document.activeElement.id"))
        if "pb-recalculate" in passed:
            break
    assert {"pb-amount-roads_duty", "pb-recalculate"} <= passed


@elsewhere("tests/apps/test_meeting.py and tests/browser/test_desk.py")
def test_a_clash_is_named_with_ways_out_that_work(page: Page, pictures: Path) -> None:
    unfold(page, "floors")
    page.fill("#pb-amount-homes_pledge", "much")
    page.click("#pb-recalculate")
    expect(page.locator("#pb-problems")).to_be_focused()
    expect(page.locator("#pb-problems")).to_contain_text("enter a number, like 2.5")
    assert page.get_attribute("#pb-amount-homes_pledge", "aria-invalid") == "true"
    assert browsing.violations(page) == []
    page.fill("#pb-amount-homes_pledge", "100000")
    page.click("#pb-recalculate")
    heading = page.locator("#pb-main h1")
    expect(heading).to_have_text("This promise cannot be kept")
    expect(heading).to_be_focused()
    assert browsing.violations(page) == []
    page.screenshot(path=pictures / "board-clash.png", full_page=True)
    go(page, "duties")
    expect(page.locator(".pb-warning").first).to_contain_text("does not add up")
    go(page, "clash")
    page.click("[data-repair='1']")
    expect(heading).to_contain_text("Everything adds up")
    settled(page, "Done")
    assert 60 < float(page.input_value("#pb-amount-homes_pledge")) < 100_000
    page.click("#pb-papers")
    settled(page, "Back to the papers")
    expect(page.locator("#pb-amount-homes_pledge")).to_have_value("60")


@elsewhere("tests/apps/test_widget.py")
def test_a_workbook_is_opened_or_refused_in_words_and_all_that_its_check_found_can_be_read(
    board: browsing.Server, open_page: Open, tmp_path: Path, pictures: Path
) -> None:
    page = begin(open_page(), board)
    unfold(page, "files")
    wrong = tmp_path / "figures.xlsx"
    wrong.write_bytes(b"no workbook")
    page.set_input_files("#pb-upload", wrong)
    page.click("text=Open this workbook")
    expect(page.locator("#pb-problems")).to_contain_text("figures.xlsx is not opened")
    large = tmp_path / "large.xlsx"
    large.write_bytes(bytes(5_000_001))
    page.set_input_files("#pb-upload", large)
    page.click("text=Open this workbook")
    expect(page.locator("#pb-problems")).to_contain_text("larger than 5 MB")
    assert "Northvale" in page.title()

    place = pb.example("northvale")
    faulty = place.with_(services=place.services.assign(commissioner="nobody"))
    warned = place.with_(rules=place.rules[~place.rules["rule"].str.contains("duty")])
    page.set_input_files("#pb-upload", faulty.write(tmp_path / "faulty.xlsx"))
    page.click("text=Open this workbook")
    expect(page.locator("#pb-problems")).to_contain_text("faulty.xlsx")
    expect(page.locator("#pb-problems")).to_be_focused()
    settled(page, "Nothing was opened")
    tab_to(page, ".pb-listed summary")
    page.keyboard.press("Enter")
    told = page.locator(".pb-listed li").all_inner_texts()
    assert any(line.startswith("Error in services, rows 2-") for line in told)
    assert any(line.startswith("Warning in ") for line in told)
    assert "placebudget check" not in page.inner_text(".pb-controls")
    assert browsing.violations(page) == []
    page.screenshot(path=pictures / "board-findings.png")
    page.set_input_files("#pb-upload", warned.write(tmp_path / "warned.xlsx"))
    page.click("text=Open this workbook")
    more = page.locator(".pb-screen summary", has_text="The check of these papers has 1 warning")
    more.click()
    expect(page.locator("table:has(#found) tbody tr")).to_have_count(1)
    expect(page.locator(".pb-listed")).to_have_count(0)
    assert browsing.violations(page) == []

    page.set_input_files("#pb-upload", pb.example("toy_pooling").write(tmp_path / "own.xlsx"))
    page.click("text=Open this workbook")
    expect(page).to_have_title("At a glance – Toy place for pooling (invented)")
    settled(page, "Done")


def test_report_and_workbook_are_taken_away_with_their_hash(page: Page, tmp_path: Path) -> None:
    digest = page.inner_text(".pb-record").split("inputs: ")[1].split(".")[0]
    unfold(page, "files")
    for form, button in (("html", "Report (HTML)"), ("xlsx", "Workbook (Excel)")):
        with page.expect_download() as download:
            page.click(f"text={button}")
        name = download.value.suggested_filename
        assert name == f"northvale-board-{digest[:12]}.{form}"
        download.value.save_as(tmp_path / name)
        settled(page, f"Saved as {name}")
    assert digest in (tmp_path / f"northvale-board-{digest[:12]}.html").read_text("utf-8")
    assert page.locator(".pb-downloads a").count() == 1


def test_a_screen_prints_without_what_only_works_on_screen(page: Page, pictures: Path) -> None:
    go(page, "duties")
    page.emulate_media(media="print")
    for hidden in (".pb-nav", ".pb-controls", "footer", ".pb-dock"):
        expect(page.locator(hidden)).to_be_hidden()
    expect(page.locator(".pb-record")).to_be_visible()
    printed = page.pdf(format="A4", path=pictures / "board-duties.pdf")
    assert printed.startswith(b"%PDF")


# --- the server --------------------------------------------------------------------


def kernels(server: browsing.Server) -> dict[int, int]:
    """The readers' processes below a server, and the memory of each in bytes."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue  # it has ended meanwhile
    found = {}
    for process in parents:
        above, at = [], process
        while at in parents:
            at = parents[at]
            above.append(at)
        if server.process in above:
            try:
                command = Path(f"/proc/{process}/cmdline").read_text()
                begun_by = Path(f"/proc/{parents[process]}/cmdline").read_text()
                pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
            except OSError:
                continue
            forked = "apps.forking" in command and "apps.forking" in begun_by
            if "ipykernel_launcher" in command or forked:
                found[process] = 4096 * pages
    return found


def test_only_the_board_is_served_and_no_other_template(board: browsing.Server, page: Page) -> None:
    for path in ("/voila/files/board.ipynb", "/voila/render/board.ipynb", "/api/contents"):
        assert page.request.get(board.address + path).status in (403, 404), path
    answer = page.request.get(board.address + "/?template=lab")
    assert "pb-page" in answer.text()
    assert "default-src 'self'" in answer.headers["content-security-policy"]


def status(server: browsing.Server, path: str, **headers: str) -> tuple[int, str]:
    """What a server answers to somebody who is no browser."""
    line = http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=browsing.PATIENCE)
    line.request("GET", path, headers=headers)
    answer = line.getresponse()
    found = answer.status, answer.read().decode()
    line.close()
    return found


def test_readers_share_nothing_wait_where_all_places_are_taken_and_leave_nothing_behind(
    tmp_path: Path, open_page: Open
) -> None:
    room = ("--preheat", "0", "--idle", "0.1", "--readers", "2")
    with browsing.board(tmp_path, "toy_pooling", *room) as server:
        # A page of others whose name leads here is turned away on every path.
        upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
        upgrade["Sec-WebSocket-Key"] = "AAAAAAAAAAAAAAAAAAAAAA=="
        channels = "/api/kernels/7b5ee1c3-0b1c-4b6c-8d7a-000000000000/channels"
        for path in ("/", "/voila/static/voila.js", channels):
            code, text = status(server, path, Host="elsewhere.example", **upgrade)
            assert code == 403, path
            assert "This board has another address" in text
        assert status(server, "/voila/static/voila.js", Host="localhost")[0] == 200
        assert status(server, channels.replace("api/kernels", "voila/query"), **upgrade)[0] != 101

        one, other, third = open_page(), open_page(), open_page()
        read(one, server)
        (mine,) = kernels(server)
        read(other, server)
        unfold(one, "fences")
        one.uncheck("#pb-fences-nhs_money")
        one.click("#pb-recalculate")
        settled(one, "Done. The best pooled plan is worth £310 million")
        # The address follows what is said.
        expect(one).to_have_url(re.compile(r"#first~[0-9a-f]{12}\.[\w-]{40,200}$"))
        chosen = one.url
        go(other, "together")
        expect(other.locator(".pb-status")).to_contain_text("£300 million")
        expect(other.locator(".pb-changed")).to_have_count(0)
        unfold(other, "fences")
        expect(other.locator("#pb-fences-nhs_money")).to_be_checked()

        # A page whose process is lost finds out, and begins again with what was chosen.
        os.kill(mine, signal.SIGKILL)
        browsing.wait_until(lambda: mine not in kernels(server) and len(kernels(server)) == 2)
        expect(one.locator(".pb-changed")).to_contain_text("ring-fence of NHS money is ended")
        settled(one, "Done. The best pooled plan is worth £310 million")
        unfold(one, "fences")
        expect(one.locator("#pb-fences-nhs_money")).not_to_be_checked()

        answer = third.goto(server.address)
        assert answer is not None
        assert answer.status == 503
        expect(third.locator("h1")).to_have_text("All places at this board are taken")
        assert browsing.violations(third) == []
        one.close(run_before_unload=True)

        def let_in() -> bool:
            third.click("text=Try again")
            third.wait_for_load_state()
            return third.title() != "All places at this board are taken"

        browsing.wait_until(let_in)
        third.wait_for_selector(".pb-board h1")
        # Its address leads another reader to the same screen and choice.
        one_had = urlsplit(chosen).fragment
        third.evaluate("(address) => { location.hash = address; }", one_had)
        settled(third, "Done. The best pooled plan is worth £310 million")
        assert urlsplit(third.url).fragment == one_had
        expect(other.locator(".pb-status")).to_contain_text("£300 million")

        # What one presents is what who follows sees, and they are told when it ends.
        third.click("text=Present")
        room = urlsplit(third.input_value("#pb-room")).fragment
        other.evaluate("(address) => { location.hash = address; }", room)
        expect(other.locator(".pb-changed")).to_contain_text("ring-fence of NHS money is ended")
        go(third, "duties")
        expect(other.locator("#pb-main h1")).to_have_text(third.inner_text("#pb-main h1"))
        expect(other.locator(".pb-controls")).to_be_hidden()
        assert browsing.violations(other) == []
        third.click("text=Stop presenting")
        expect(other.locator(".pb-status")).to_contain_text("Nobody presents here now")
        expect(other.locator(".pb-changed")).to_have_count(0)

        for reader in (other, third):
            reader.context.close()
        browsing.wait_until(lambda: not kernels(server))
        for _ in range(ROUNDS):
            # One after the other: kernels that start at once hold each other up until the
            # server gives one of them up.
            pages = [begin(open_page(), server) for _ in range(2)]
            assert len(kernels(server)) == 2
            for page in pages:
                page.context.close()
            browsing.wait_until(lambda: not kernels(server))
