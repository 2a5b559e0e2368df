"""The desk in a real notebook: pools switched, amounts moved, a clash and its way out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

import browsing
import placebudget
from shared_place import shared

STATIC = Path(placebudget.__file__).parent / "widgets" / "static"
SAID = ".pb-form[aria-label='Solving'] [role=status]"
PLAN = "svg.picture, .jp-OutputArea svg"


def notebook(*lines: str) -> dict[str, Any]:
    """A notebook of one cell."""
    cell = {
        "cell_type": "code",
        "id": "desk",
        "metadata": {},
        "source": "\n".join(lines),
        "outputs": [],
        "execution_count": None,
    }
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel}
    return {"cells": [cell], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def run(page: Page, server: browsing.Server, name: str, *lines: str) -> None:
    """Open a notebook of one cell in JupyterLab and run it."""
    (server.folder / name).write_text(json.dumps(notebook(*lines)), "utf-8")
    page.goto(server.url(f"/lab/tree/{name}?reset"))
    expect(page.locator("#jupyterlab-splash")).to_have_count(0)
    expect(page.get_by_role("button", name="| Idle")).to_be_visible()
    browsing.run_all(page)


@pytest.fixture(scope="module")
def opened(browser: Browser, lab_server: browsing.Server) -> Iterator[tuple[Page, browsing.Watch]]:
    """A notebook with a desk whose first plan is there; its kernel takes seconds to start."""
    shared().write(lab_server.folder / "shared")
    watch = browsing.Watch()
    context = browser.new_context(locale="en-GB", viewport=browsing.WIDE)
    context.set_default_timeout(1000 * browsing.PATIENCE)
    page = context.new_page()
    watch.over(page)
    lines = ["import placebudget as pb", "desk = pb.desk(pb.read('shared'))", "desk"]
    run(page, lab_server, "desk_in_lab.ipynb", *lines)
    expect(page.locator(SAID)).to_contain_text("Solved: £")
    yield page, watch
    context.close()


@pytest.fixture
def desk(opened: tuple[Page, browsing.Watch]) -> Iterator[Page]:
    """That notebook, in which each test puts all figures back."""
    page, watch = opened
    yield page
    page.get_by_role("button", name="Put all figures back").click()
    expect(page.get_by_role("switch", name="joint is open")).to_be_checked()
    assert watch.left == []
    assert watch.errors == []


def solved(page: Page) -> Locator:
    """The line that says what was reached."""
    said = page.locator(SAID)
    expect(said).to_contain_text("last plan")
    return said


def judged(page: Page) -> list[str]:
    """What axe says of our nodes; the notebook around them is not ours."""
    return browsing.violations(page, ".pb-form, .pb-panel, .pb-table")


def test_a_pool_is_switched_and_an_amount_dragged(desk: Page, pictures: Path) -> None:
    switch = desk.get_by_role("switch", name="joint is open")
    expect(switch).to_be_checked()
    switch.uncheck()
    expect(solved(desk)).to_contain_text("against the last plan")
    slider = desk.get_by_role("slider", name="2028-29, £ million, slider")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    before = desk.locator(SAID).inner_text()
    # From the middle of the handle, at two thirds of the way.
    desk.mouse.move(box["x"] + box["width"] * 0.65, middle)
    desk.mouse.down()
    desk.mouse.move(box["x"] + box["width"] * 0.4, middle, steps=8)
    hint = desk.locator(".pb-form[aria-label='Amounts'] [role=status]")
    expect(hint).to_contain_text("Figures changed, not yet recalculated.")
    assert desk.locator(SAID).inner_text() == before
    desk.mouse.up()
    expect(desk.locator(SAID)).not_to_have_text(before)
    expect(solved(desk)).to_contain_text("\u2212£")
    box_beside = desk.get_by_role("textbox", name="2028-29, £ million")
    assert float(box_beside.input_value()) < 8.0
    desk.screenshot(path=pictures / "desk_in_lab.png")
    assert judged(desk) == []


def test_a_clash_is_shown_with_its_ways_out_and_one_is_taken(desk: Page, pictures: Path) -> None:
    desk.get_by_role("combobox", name="Rule").select_option("promise")
    floor = desk.get_by_role("textbox", name="Homes at least £5 million in 2027-28, £ million")
    floor.fill("25")
    floor.press("Enter")
    clash = desk.get_by_role("group", name="What does not add up")
    expect(clash).to_be_visible()
    expect(clash).to_contain_text("homes at least £25 million in 2027-28")
    expect(desk.get_by_text("This is the last good plan.")).to_be_visible()
    desk.screenshot(path=pictures / "desk_clash.png")
    assert judged(desk) == []
    clash.get_by_role("button").first.click()
    expect(clash).to_be_hidden()
    expect(desk.locator(SAID)).to_contain_text("Solved: £")
    expect(desk.get_by_text("This is the last good plan.")).to_have_count(0)


def test_the_desk_is_worked_by_keyboard_alone(desk: Page, pictures: Path) -> None:
    switch = desk.get_by_role("switch", name="Grant is ring-fenced").or_(
        desk.get_by_role("switch", name="grant is ring-fenced")
    )
    desk.get_by_role("button", name="Put all figures back").focus()
    for _ in range(10):
        desk.keyboard.press("Tab")
        if switch.evaluate("node => node === document.activeElement"):
            break
    expect(switch).to_be_focused()
    desk.keyboard.press("Space")
    expect(switch).not_to_be_checked()
    expect(solved(desk)).to_contain_text("last plan")
    tables = desk.get_by_role("button", name="Tables", exact=True)
    tables.focus()
    desk.keyboard.press("Enter")
    grid = desk.get_by_role("grid")
    expect(grid).to_be_visible()
    desk.get_by_role("gridcell").first.focus()
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("End")
    desk.keyboard.press("Home")
    for _ in range(5):
        desk.keyboard.press("ArrowRight")
    desk.keyboard.press("Enter")
    desk.keyboard.type("dear")
    desk.keyboard.press("Enter")
    finding = desk.locator("td .finding.error").first
    expect(finding).to_contain_text("Error: ")
    desk.screenshot(path=pictures / "desk_table.png")
    assert judged(desk) == []
    desk.keyboard.press("Control+z")
    expect(desk.locator("td .finding.error")).to_have_count(0)


def test_each_section_can_be_looked_at(desk: Page, pictures: Path) -> None:
    for name, words in (
        ("What each rule costs", "What each rule costs"),
        ("Who saves, and when", "Who saves, and when"),
        ("Money now and proposed", "Money by purpose"),
        ("Options", "Keep these figures as an option"),
    ):
        button = desk.get_by_role("button", name=name, exact=True)
        button.evaluate("(button) => { button.stays = true; }")
        button.click()
        shown = desk.locator(".pb-panel, .pb-form").filter(has_text=words).last
        expect(shown).to_be_visible()
        # A press on a button that was drawn anew meanwhile would not be heard.
        expect(button).to_have_attribute("aria-current", "true")
        expect(button).to_have_js_property("stays", True)
    desk.get_by_role("button", name="Library", exact=True).press("Enter")
    desk.get_by_role("textbox", name="Words", exact=True).fill("falls")
    desk.get_by_role("button", name="Search", exact=True).press("Enter")
    expect(desk.locator(".pb-panel").filter(has_text="no effect")).to_be_visible()
    expect(desk.get_by_role("combobox", name="Service that does it")).to_be_visible()
    desk.screenshot(path=pictures / "desk_library.png")
    assert judged(desk) == []
    desk.get_by_role("button", name="Studies", exact=True).click()
    desk.get_by_role("combobox", name="Study").select_option("accounts")
    desk.get_by_role("button", name="Work this out", exact=True).click()
    expect(desk.get_by_text("Worked out below.")).to_be_visible()
    desk.screenshot(path=pictures / "desk_study.png")
    assert judged(desk) == []
    # A point of a picture is a plan: pressed there, it is kept and set beside the others.
    desk.get_by_role("combobox", name="Study").select_option("frontier")
    desk.get_by_role("switch", name="Cashable saving").uncheck()
    desk.get_by_role("switch", name="Money spent").check()
    desk.get_by_role("button", name="Work this out", exact=True).click()
    expect(desk.get_by_role("button", name="Point 2: ").last).to_be_visible()
    beside = desk.locator(".pb-panel").last
    browsing.point_of(desk, 1).click()
    expect(beside).to_contain_text("(point 1)")
    browsing.point_of(desk, 4).press("Enter")
    expect(beside).to_contain_text("(point 4)")
    expect(desk.get_by_text("It stands beside the others below.")).to_be_visible()
    assert judged(desk) == []
    desk.get_by_role("button", name="Why this much", exact=True).click()
    desk.get_by_role("button", name="Explain", exact=True).click()
    expect(desk.locator(".pb-panel").filter(has_text="gets £")).to_be_visible()
    desk.screenshot(path=pictures / "desk_why.png")
    assert judged(desk) == []


# --- the parts on a page of their own --------------------------------------------------


def column(name: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    plain = {"name": name, "title": name, "kind": kind, "choices": [], "unit": "", "about": ""}
    return {**plain, "required": False, **more}


TABLE = {
    "name": "funding",
    "title": "Funding",
    "columns": [
        column("stream", required=True),
        column("year"),
        column("amount", "number", unit="pounds, cash of the year"),
        column("status", "choice", choices=["published", "derived"]),
    ],
    "rows": [[f"stream_{n}", "2027-28", str(1000 * n), ""] for n in range(230)],
    "findings": [
        {"row": 1, "column": "amount", "severity": "error", "text": "-5 is negative."},
        {"row": 2, "column": None, "severity": "warning", "text": "The row is doubtful."},
        {"row": 150, "column": "year", "severity": "warning", "text": "The year is far away."},
    ],
}


def page_of(module: str, call: str) -> str:
    """A page with one part on it, without any server."""
    text = (STATIC / module).read_text("utf-8").replace("</script", "<\\/script")
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>A part</title>"
        "<meta name='viewport' content='width=device-width'>"
        "<style>html { background: Canvas; color-scheme: light dark }</style></head>"
        f"<body><main><h1>A part</h1><div id='here'></div></main><script type='module'>{text}\n"
        f"{call}</script></body></html>"
    )


@pytest.fixture
def table(open_page: Callable[..., Page]) -> Callable[..., Page]:
    """The table on a page of its own."""

    def opened(**options: Any) -> Page:
        page = open_page(**options)
        call = (
            f"window.rows = null; renderTable(document.getElementById('here'), "
            f"{json.dumps(TABLE)}, {{ change: (rows) => {{ window.rows = rows; }} }});"
        )
        page.set_content(page_of("tableview.js", call))
        return page

    return opened


LOOKS = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "high contrast": {"forced_colors": "active"},
    "narrow": {"viewport": {"width": 320, "height": 640}},
}


@pytest.mark.parametrize("look", LOOKS)
def test_the_table_can_be_read_by_everybody(
    table: Callable[..., Page], pictures: Path, look: str
) -> None:
    page = table(**LOOKS[look])
    expect(page.get_by_role("grid")).to_be_visible()
    assert browsing.violations(page) == []
    assert not browsing.scrolls_sideways(page)
    page.screenshot(path=pictures / f"table_{look.replace(' ', '_')}.png")


def test_a_finding_is_tied_to_its_cell(table: Callable[..., Page]) -> None:
    page = table()
    page.get_by_role("button", name="Go to row 3, amount").click()
    cell = page.locator("td:focus")
    expect(cell).to_have_accessible_description("Error: -5 is negative.")
    expect(cell).to_have_attribute("aria-invalid", "true")
    page.get_by_role("button", name="Go to row 152, year").click()
    expect(page.get_by_text("Page 2 of 3, rows 102 to 201")).to_be_visible()
    expect(page.locator("td:focus")).to_have_accessible_description(
        "Warning: The year is far away."
    )


def test_cells_are_edited_pasted_and_undone(table: Callable[..., Page]) -> None:
    page = table()
    page.get_by_role("gridcell").first.focus()
    page.keyboard.press("F2")
    page.keyboard.type("tax")
    page.keyboard.press("Escape")
    assert page.evaluate("window.rows") is None
    page.keyboard.press("Enter")
    page.keyboard.type("tax")
    page.keyboard.press("Enter")
    assert page.evaluate("window.rows[0][0]") == "tax"
    page.keyboard.press("Control+End")
    expect(page.get_by_text("Page 3 of 3, rows 202 to 231")).to_be_visible()
    page.keyboard.press("Home")
    page.evaluate(
        """() => { const data = new DataTransfer();
        data.setData('text/plain', 'a\\t2028-29\\t1\\r\\n'
        + 'b\\t2028-29\\t2\\r\\n'); document.activeElement.dispatchEvent(
        new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })); }"""
    )
    assert page.evaluate("window.rows.length") == 231
    assert page.evaluate("window.rows[230]") == ["b", "2028-29", "2", ""]
    expect(page.get_by_role("status")).to_have_text("6 cells were pasted.")
    page.keyboard.press("Control+z")
    assert page.evaluate("window.rows.length") == 230
    page.keyboard.press("Control+y")
    assert page.evaluate("window.rows.length") == 231
    page.get_by_role("button", name="Delete row").click()
    assert page.evaluate("window.rows.length") == 230
    page.get_by_role("button", name="Add row below").click()
    assert page.evaluate("window.rows.length") == 231


def test_tab_keeps_what_was_typed_goes_on_and_leaves_the_table(table: Callable[..., Page]) -> None:
    page = table()
    page.get_by_role("gridcell").first.focus()
    page.keyboard.type("x")
    page.keyboard.press("Tab")
    assert page.evaluate("window.rows[0][0]") == "x"
    expect(page.get_by_role("gridcell").nth(1)).to_be_focused()
    page.keyboard.press("Tab")
    inside = "() => document.querySelector('table').contains(document.activeElement)"
    assert page.evaluate(inside) is False


def test_a_choice_is_made_in_a_native_list(table: Callable[..., Page]) -> None:
    page = table()
    page.get_by_role("gridcell").nth(3).click()
    page.keyboard.press("Enter")
    page.get_by_role("combobox", name="status, row 2").select_option("derived")
    page.keyboard.press("Enter")
    assert page.evaluate("window.rows[0][3]") == "derived"
