"""The extension in a real JupyterLab and a real Notebook 7, as a person meets it."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

import browsing
import placebudget as pb
from outturn import outturn_file
from placebudget.place.options import stored_options
from placebudget.plan.record.files import file_text
from placebudget.register.register import expected
from places import tiny
from proof import ALL
from registers import DECISION, decided, decision, forced, long

MIME_TYPE = "application/vnd.placebudget.plan+json"
PLAN = ".jp-placebudget-plan"
PICTURE = f"{PLAN} svg"
FORM = ".jp-placebudget-form"
SCRIPT = "<img src=x onerror=\"document.title='placebudget was hacked'\">"


@pytest.fixture(scope="module")
def plan_file() -> dict[str, Any]:
    """What a plan file holds, the drawing included."""
    plan = pb.optimise(pb.example("toy_pooling"), pooling="pooled")
    found: dict[str, Any] = json.loads(file_text(plan))
    return found


@pytest.fixture
def kept(lab_server: browsing.Server) -> Callable[[str, Any], str]:
    """Write a file into the server's folder; text as it is, anything else as JSON."""

    def write(name: str, content: Any) -> str:
        text = content if isinstance(content, str) else json.dumps(content)
        (lab_server.folder / name).write_text(text, "utf-8")
        return name

    return write


@pytest.fixture(scope="module")
def lasting(browser: Browser) -> Iterator[tuple[Page, browsing.Watch]]:
    """A guarded page for all tests that need none of their own: JupyterLab takes long to load."""
    watch = browsing.Watch()
    with browser.new_context(locale="en-GB", viewport=browsing.WIDE) as context:
        context.set_default_timeout(1000 * browsing.PATIENCE)
        page = context.new_page()
        watch.over(page)
        yield page, watch


@pytest.fixture
def page(request: pytest.FixtureRequest, open_page: Callable[..., Page]) -> Iterator[Page]:
    """That page; where all is proved, one of each test's own."""
    if ALL:
        yield open_page()
        return
    page, watch = request.getfixturevalue("lasting")
    yield page
    assert watch.left == []
    # Lab itself errs where all that is open is taken from it at once.
    assert [error for error in watch.errors if browsing.OURS in error.lower()] == []


EMPTIED = """async path => {
    const app = window.jupyterapp;
    await app.commands.execute('filebrowser:go-to-path', { path: '/' });
    app.shell.activateById('filebrowser');
    for (const each of [...app.shell.widgets('main')]) each.dispose();
    if (path) await app.commands.execute('docmanager:open', { path });
}"""


def opened(page: Page, server: browsing.Server, path: str = "", *, anew: bool = False) -> Page:
    """JupyterLab with nothing but one file, or the launcher, open; loaded where it is not there."""
    if page.url.startswith(server.address) and not anew:
        page.evaluate(EMPTIED, path)
        return page
    page.goto(server.url(f"/lab{path and f'/tree/{path}'}?reset"))
    # The splash comes late where much else is done: JupyterLab itself is waited for first.
    page.wait_for_function("window.jupyterapp")
    expect(page.locator("#jupyterlab-splash")).to_have_count(0)
    return page


def launched(page: Page, name: str) -> None:
    """Press a card of the launcher."""
    card = page.locator(".jp-LauncherCard", has_text=name)
    card.scroll_into_view_if_needed()
    card.click()


def told(name: str) -> str:
    """A drawing's title is a name from anybody; here is one that tries to be markup."""
    return f"{name} {SCRIPT}"


def themed(server: browsing.Server, theme: str) -> None:
    """Have the pages that are opened from now on take a theme; others begin with the light one."""
    settings = server.folder / "settings" / "@jupyterlab" / "apputils-extension"
    (settings / "themes.jupyterlab-settings").write_text(json.dumps({"theme": theme}), "utf-8")


def kernels(server: browsing.Server) -> int:
    return len(server.asked("/api/kernels"))


def test_the_launcher_leads_to_a_new_place_and_its_first_plan(
    page: Page, lab_server: browsing.Server, pictures: Path
) -> None:
    opened(page, lab_server)
    launched(page, "New place budget")
    form = page.locator(FORM)
    expect(form.get_by_label("Title")).to_be_focused()
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("alert").filter(has_text="The title is missing.")).to_be_visible()
    page.screenshot(path=pictures / "lab_new_place.png")
    assert browsing.violations(page, FORM) == []
    form.get_by_label("Title").fill(told("Exampleton"))
    form.get_by_label("Number of years").fill("2")
    form.get_by_label("Name of agency 1").fill("Exampleton Council")
    form.get_by_role("button", name="Add an agency").click()
    expect(form.get_by_label("Name of agency 3")).to_be_focused()
    form.get_by_label("Name of agency 3").fill("Exampleton Police")
    form.get_by_label("Sector of agency 3").select_option("police")
    page.get_by_role("button", name="Make it").click()
    expect(page.locator(".jp-DirListing-item", has_text="first_plan.ipynb")).to_be_visible()
    # The place is in front, in the launcher's stead, and its notebook behind it.
    expect(seen(page).get_by_role("heading", name=told("Exampleton"))).to_be_visible()
    expect(page.locator(".lm-TabBar-tab", has_text="Launcher")).to_have_count(0)
    page.locator(".lm-TabBar-tab", has_text="first_plan.ipynb").click()
    expect(page.locator(".jp-NotebookPanel")).to_be_visible()
    expect(page.locator("#jp-main-statusbar").get_by_text("| Idle")).to_be_visible()
    browsing.run_all(page)
    expect(page.locator(".jp-DirListing-item", has_text="first.plan.json")).to_be_visible()
    picture = page.locator(PICTURE).first
    picture.scroll_into_view_if_needed()
    expect(picture).to_be_visible()
    page.screenshot(path=pictures / "lab_first_plan.png")
    page.locator(".jp-DirListing-item", has_text="first.plan.json").dblclick()
    expect(
        page.locator(f".lm-DockPanel-widget:not(.lm-mod-hidden) {PICTURE}").first
    ).to_be_visible()
    (folder,) = lab_server.folder.glob("exampleton*")
    place = pb.read(folder)
    assert place.agencies["name"].tolist() == ["Exampleton Council", "Exampleton Police"]
    assert pb.read_plan(folder / "first.plan.json").place["name"] == place.name
    assert "hacked" not in page.title()


def test_a_new_place_is_made_from_published_files(
    page: Page, lab_server: browsing.Server, tmp_path: Path
) -> None:
    opened(page, lab_server)
    launched(page, "New place budget")
    form = page.locator(FORM)
    money = form.get_by_label("Its money, or its name in the files, agency 2")
    expect(money).to_be_hidden()
    form.get_by_label("Residents").fill("Exampleton=200,000")
    form.get_by_label("Published files").set_input_files(outturn_file(tmp_path))
    # The years then follow the outturn's, and a partner may be known by its money.
    expect(form.get_by_label("First financial year")).to_have_value("")
    form.get_by_label("Name of agency 2").fill("NHS Board")
    money.fill("£300 million")
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("alert").filter(has_text="The title is missing.")).to_be_visible()
    assert browsing.violations(page, FORM) == []
    # What was chosen is still there.
    form.get_by_label("Title").fill("Exampleton")
    page.get_by_role("button", name="Make it").click()
    expect(page.locator(".jp-DirListing-item", has_text="README.md")).to_be_visible()
    folder = max(lab_server.folder.glob("exampleton*"), key=lambda each: each.stat().st_mtime)
    paid = pb.read(folder).funding.set_index(["stream", "year"])["amount"]
    assert paid["council_tax_exampleton_council", "2016-17"] == 80_123_000
    assert paid["nhs_money_nhs", "2016-17"] == 300_000_000


def test_an_example_place_is_copied_and_opened(
    page: Page, lab_server: browsing.Server, pictures: Path
) -> None:
    opened(page, lab_server)
    launched(page, "Open example place")
    page.get_by_role("radio", name="Northvale").check()
    page.screenshot(path=pictures / "lab_example.png")
    assert browsing.violations(page, FORM) == []
    page.get_by_role("button", name="Copy and open").click()
    expect(seen(page).get_by_role("heading", name="Northvale")).to_be_visible()
    assert pb.read(lab_server.folder / "northvale").digest == pb.example("northvale").digest
    # In the folder of a place none is made: beside it.
    page.keyboard.press("Control+Shift+L")
    launched(page, "New empty place")
    expect(page.locator(FORM)).to_contain_text("at the top of the file browser")
    page.locator(FORM).get_by_label("Title").fill("Nowhere yet")
    assert browsing.violations(page, FORM) == []
    page.get_by_role("button", name="Make it").click()
    expect(page.locator(".lm-TabBar-tab", has_text="Nowhere yet")).to_be_visible()
    expect(seen(page).get_by_role("heading", name="Nowhere yet")).to_be_visible()


@pytest.mark.parametrize("theme", ["JupyterLab Light", *(["JupyterLab Dark"] if ALL else [])])
def test_a_plan_file_opens_without_a_kernel_in_each_theme(
    page: Page,
    lab_server: browsing.Server,
    kept: Callable[[str, Any], str],
    plan_file: dict[str, Any],
    pictures: Path,
    theme: str,
) -> None:
    themed(lab_server, theme)
    before = kernels(lab_server)
    opened(page, lab_server, kept("toy.plan.json", plan_file))
    expect(page.locator(PICTURE).first).to_be_visible()
    expect(page.locator(PLAN)).to_contain_text("£100 million")
    assert kernels(lab_server) == before
    page.screenshot(path=pictures / f"lab_plan_{theme.split()[-1].lower()}.png")
    assert browsing.violations(page, PLAN) == []
    themed(lab_server, "JupyterLab Light")


def test_units_and_colours_follow_the_theme_and_the_settings_at_once(
    open_page: Callable[..., Page],
    lab_server: browsing.Server,
    kept: Callable[[str, Any], str],
    plan_file: dict[str, Any],
    pictures: Path,
) -> None:
    themed(lab_server, "JupyterLab Dark High Contrast")
    page = open_page()
    opened(page, lab_server, kept("set.plan.json", plan_file))
    drawing = page.locator(f"{PLAN} .pb-plan")
    expect(drawing).to_have_attribute("data-scheme", "dark contrast")
    expect(drawing.locator(".status")).to_contain_text("£100 million spent on services")
    page.screenshot(path=pictures / "lab_plan_high_contrast.png")
    assert browsing.violations(page, PLAN) == []
    page.evaluate(SET_UP)
    settings = page.locator(".jp-SettingsPanel")
    settings.locator("select[name$=_units]").select_option("whole pounds")
    settings.locator("select[name$=_colours]").select_option("greys")
    expect(drawing).to_have_attribute("data-scheme", "dark greys")
    settings.locator("select[name$=_drawnYears]").select_option("the first year")
    expect(drawing.locator(".status")).to_contain_text("£100,000,000 spent on services")
    page.screenshot(path=pictures / "lab_settings.png")
    ours = lab_server.folder / "settings" / "placebudget" / "commands.jupyterlab-settings"
    browsing.wait_until(lambda: ours.exists() and "the first year" in ours.read_text("utf-8"))
    # What is drawn from now on shows that year first; tables say why they keep to pounds. Items of
    # the toolbar of a document stand where the settings put them.
    toolbar = ours.with_name("document.jupyterlab-settings")
    toolbar.write_text(json.dumps({"toolbar": [{"name": "revert", "rank": 5}]}), "utf-8")
    folder = tiny().write(lab_server.folder / "in_settings")
    opened(page, lab_server, anew=True)
    page.evaluate(OPENED, f"{folder.name}/datapackage.json")
    view = seen(page)
    item = ".jp-Toolbar-item[data-jp-item-name]:not(.jp-Toolbar-responsive-opener)"
    order = page.locator(f".jp-Document {item}")
    names = "all => all.map(each => each.dataset.jpItemName)"
    expect(order).to_have_count(4)
    assert order.evaluate_all(names) == ["revert", "save", "undo", "redo"]
    view.get_by_role("tab", name="Network").click()
    expect(view.get_by_label("Year", exact=True)).to_have_value("2027-28")
    view.get_by_role("tab", name="Tables").click()
    view.get_by_label("Table", exact=True).select_option("funding")
    expect(view.get_by_text("Money stands in whole pounds here")).to_be_visible()
    themed(lab_server, "JupyterLab Light")
    ours.unlink()
    toolbar.unlink()


SET_UP = """async () => {
    await window.jupyterapp.restored;
    await window.jupyterapp.commands.execute('settingeditor:open', { query: 'Place budgets' });
}"""
OPENED = """async path => {
    await window.jupyterapp.restored;
    await window.jupyterapp.commands.execute('placebudget:open-place', { path });
}"""
COPIED = """async path => {
    const { contents } = window.jupyterapp.serviceManager;
    await contents.copy(path, path.split('/')[0]);
}"""
PLACE = ".jp-Document .jp-placebudget-place"
PANEL = "#placebudget-place-panel"
DOCUMENTS = "#jp-main-dock-panel .lm-TabBar-tab:has-text('Tiny')"


def seen(page: Page) -> Locator:
    """The view of a place that is in front."""
    return page.locator(".jp-Document:not(.lm-mod-hidden) .jp-placebudget-place")


def tool(view: Locator, name: str) -> Locator:
    """An item of the toolbar above a view."""
    document = view.locator("xpath=ancestor::*[contains(@class, 'jp-Document')]")
    return document.locator(".jp-Toolbar").get_by_role("button", name=name, exact=True)


def chosen(page: Page, menu: str, item: str) -> None:
    """Choose an item of a menu of JupyterLab."""
    page.get_by_role("menuitem", name=menu, exact=True).click()
    page.get_by_role("menuitem", name=re.compile(item)).click()


def amounts(folder: Path) -> list[float]:
    found: list[float] = pb.read(folder).funding["amount"].tolist()
    return found


def test_a_place_is_one_document_that_its_views_share_and_that_is_saved_whole(
    page: Page, lab_server: browsing.Server, pictures: Path
) -> None:
    """The council of the tiny place has £10 million a year and its NHS board £20 million."""
    folder = tiny().write(lab_server.folder / "one_document")
    before = kernels(lab_server)
    opened(page, lab_server)
    page.locator(".jp-DirListing-item", has_text="one_document").click(button="right")
    page.get_by_role("menuitem", name="Open place budget").click()
    view = seen(page)
    money = view.get_by_role("table", name="Money of each agency, cash of each year")
    expect(money.get_by_role("row", name="All together £30 million £30 million")).to_be_visible()
    page.screenshot(path=pictures / "lab_place_overview.png")
    assert browsing.violations(page, PLACE) == []

    # What is to do leads to where it stands.
    view.get_by_role("button", name="Go to Pools, row 2").first.press("Enter")
    expect(view.locator("td[data-row='0'][data-column='0']")).to_be_focused()

    # What it consists of, beside it: picked by keys, and followed to where it is used.
    page.get_by_role("tab", name="Place budget").click()
    panel = page.locator(PANEL)
    panel.get_by_role("treeitem", name="Agencies (2)").focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(panel.get_by_role("heading", name="Tiny NHS Board")).to_be_visible()
    page.screenshot(path=pictures / "lab_place_panel.png")
    assert browsing.violations(page, PANEL) == []
    panel.get_by_role("button", name="Row 3 of Funding streams").click()
    expect(view.locator("td[data-row='1'][data-column='2']")).to_be_focused()

    # From the tabs into the grid by keys alone: what cannot be read is said beside its cell.
    view.get_by_role("tab", name="Tables").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    expect(view.get_by_role("tab", name="Tables")).to_be_focused()
    page.keyboard.press("Tab")
    view.get_by_label("Table", exact=True).select_option("funding")
    amount = view.locator("td[data-row='0'][data-column='2']")
    view.locator("td[data-row='0'][data-column='0']").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(amount).to_be_focused()
    page.keyboard.type("much")
    page.keyboard.press("Enter")
    expect(amount).to_have_attribute("aria-invalid", "true")
    expect(amount).to_have_accessible_description(re.compile("not a number"))
    expect(view.get_by_text("1 table is not saved; only Save writes it. 1 error, ")).to_be_visible()
    page.screenshot(path=pictures / "lab_place_tables.png")
    assert browsing.violations(page, PLACE) == []

    # A second view is of the same tables, and undoes what the first one did.
    chosen(page, "File", "^New View for")
    expect(page.locator(PLACE)).to_have_count(2)
    second, first = page.locator(PLACE).nth(1), page.locator(PLACE).nth(0)
    expect(page.locator(f"{DOCUMENTS}.jp-mod-dirty")).to_have_count(2)
    # Why there is no desk is said once.
    second.get_by_role("tab", name="Desk").click()
    expect(second.get_by_role("alert").filter(has_text="The tables have errors")).to_have_count(1)
    second.get_by_role("tab", name="Overview").click()
    second.get_by_role("button", name="Go to Funding, row 2, amount").click()
    cell = second.locator("td[data-row='0'][data-column='2']")
    expect(cell).to_be_focused()
    page.keyboard.press("Control+z")
    for each in (first, second):
        expect(each.locator("td[data-row='0'][data-column='2'] .value")).to_have_text("10000000")
        expect(each.get_by_text("All is saved. 0 errors, ")).to_be_visible()

    # What is being typed is saved by the keys that save.
    cell.press("F2")
    page.keyboard.type("11000000")
    page.keyboard.press("Control+s")
    expect(second.get_by_text("All is saved.")).to_be_visible()
    browsing.wait_until(lambda: amounts(folder)[0] == 11_000_000)
    expect(cell).to_be_focused()
    # Tab keeps what is typed and goes on to the cell beside.
    page.keyboard.type("11500000")
    page.keyboard.press("Shift+Tab")
    expect(second.locator("td[data-row='0'][data-column='1']")).to_be_focused()
    expect(cell.locator(".value")).to_have_text("11500000")
    page.keyboard.press("Control+z")
    expect(second.get_by_text("All is saved.")).to_be_visible()

    # Changed elsewhere: shown where nothing was typed, asked about where something was, be it half
    # typed, which can be typed on.
    funding = folder / "funding.csv"
    funding.write_text(funding.read_text("utf-8").replace("11000000", "12000000"), "utf-8")
    expect(first.locator("td[data-row='0'][data-column='2'] .value")).to_have_text("12000000")
    cell.press("F2")
    page.keyboard.type("1300")
    funding.write_text(funding.read_text("utf-8").replace("20000000", "21000000"), "utf-8")
    keep = second.get_by_role("button", name="Keep what was typed")
    expect(keep).to_be_visible()
    page.keyboard.type("0000")
    page.keyboard.press("Enter")
    expect(cell.locator(".value")).to_have_text("13000000")
    page.screenshot(path=pictures / "lab_place_elsewhere.png")
    assert browsing.violations(page, PLACE) == []
    # A view that is opened now knows of it too.
    chosen(page, "File", "^New View for")
    third = page.locator(PLACE).nth(2)
    expect(third.get_by_role("button", name="Keep what was typed")).to_be_visible()
    page.evaluate("window.jupyterapp.shell.currentWidget.close()")
    expect(page.locator(PLACE)).to_have_count(2)
    keep.click()
    page.keyboard.press("Control+s")
    page.get_by_role("dialog").get_by_role("button", name="Overwrite").click()
    browsing.wait_until(lambda: amounts(folder)[0] == 13_000_000)
    assert amounts(folder)[2:] == [20_000_000, 20_000_000]
    expect(second.get_by_text("All is saved.")).to_be_visible()

    # Or what stands there now is shown, and what was typed is gone.
    cell.press("F2")
    page.keyboard.type("15000000")
    page.keyboard.press("Enter")
    funding.write_text(funding.read_text("utf-8").replace("20000000", "21000000"), "utf-8")
    second.get_by_role("button", name="Show what stands there").click()
    for each in (first, second):
        expect(each.locator("td[data-row='0'][data-column='2'] .value")).to_have_text("13000000")
        expect(each.locator("td[data-row='2'][data-column='2'] .value")).to_have_text("21000000")
    expect(second.get_by_text("All is saved.")).to_be_visible()

    second.get_by_role("tab", name="Network").click()
    expect(second.locator("svg").first).to_be_visible()

    # The desk is a view of it too: what is changed there lies on the tables, is the same in both
    # views, and is one step of the place to go back on.
    for each in (first, second):
        each.get_by_role("tab", name="Desk").dispatch_event("click")
    solved = second.get_by_role("status").get_by_text("Solved: £")
    expect(solved).to_be_visible()
    pays = "Tiny NHS Board pays into pools"
    second.get_by_text("Who pools money").click()
    # What is set is answered while the next box is being typed in, which is left as it is; what is
    # wrong stays until it is another figure.
    boxes = second.locator(".jp-placebudget-desk input.number")
    boxes.nth(0).fill("5")
    with page.expect_response(lambda answer: answer.request.method == "PUT"):
        boxes.nth(1).focus()
        boxes.nth(1).select_text()
        page.keyboard.type("1")
    page.keyboard.type("x")
    expect(solved).to_contain_text("against the last plan")
    expect(boxes.nth(1)).to_have_value("1x")
    page.keyboard.press("Enter")
    expect(second.get_by_text("Write a number.")).to_be_visible()
    second.get_by_role("switch", name=pays).press("Space")
    expect(second.get_by_text("Tiny NHS Board pays into no pool.")).to_be_visible()
    expect(boxes.nth(1)).to_have_value("1x")
    second.get_by_role("button", name="Put all figures back").press("Enter")
    expect(second.get_by_text("Nothing is changed: these are the tables alone.")).to_be_visible()
    expect(second.get_by_text("Write a number.")).to_have_count(0)
    # A figure is one step to go back on, and what changes nothing is none.
    figure = boxes.nth(0).input_value()
    boxes.nth(0).fill("7")
    boxes.nth(0).press("Enter")
    boxes.nth(1).focus()
    expect(second.get_by_text("Nothing is changed: these are the tables alone.")).to_be_hidden()
    tool(second, "Undo").press("Enter")
    expect(boxes.nth(0)).to_have_value(figure)
    second.get_by_role("button", name="Put all figures back").press("Enter")
    tool(second, "Redo").press("Enter")
    expect(boxes.nth(0)).to_have_value("7")
    second.get_by_role("button", name="Put all figures back").press("Enter")
    expect(second.get_by_text("Nothing is changed: these are the tables alone.")).to_be_visible()
    second.get_by_role("switch", name=pays).press("Space")
    for each in (first, second):
        expect(each.get_by_text("Tiny NHS Board pays into no pool.")).to_have_count(1)
    expect(solved).to_contain_text("against the last plan")
    expect(first.get_by_label(pays)).not_to_be_checked()
    page.screenshot(path=pictures / "lab_place_desk.png")
    assert browsing.violations(page, PLACE) == []
    second.get_by_role("switch", name=pays).press("Control+z")
    expect(second.get_by_text("Undone: Desk.")).to_be_visible()
    for each in (first, second):
        expect(each.get_by_label(pays)).to_be_checked()
    tool(second, "Redo").press("Enter")
    expect(second.get_by_role("switch", name=pays)).not_to_be_checked()
    second.get_by_label("Look at").select_option("money")
    expect(second.get_by_role("table", name="Money by purpose, all years")).to_be_visible()
    expect(
        second.get_by_text("All is saved. Changes lie on the desk that no option keeps.")
    ).to_be_visible()
    second.get_by_text("Keep these figures as an option").click()
    second.get_by_label("Name for these figures").fill("apart")
    second.get_by_role("button", name="Keep", exact=True).press("Enter")
    expect(second.get_by_role("status").get_by_text("in apart.json")).to_be_visible()
    # Put into the tables, they are typed there: one step back takes them out again.
    second.get_by_role("button", name="Put them into the tables").press("Enter")
    expect(second.get_by_text("1 table is not saved; only Save writes it.")).to_be_visible()
    expect(second.get_by_text("Nothing is changed: these are the tables alone.")).to_be_visible()
    chosen(page, "Edit", "^Undo Ctrl")
    expect(second.get_by_text("All is saved.")).to_be_visible()
    second.get_by_role("button", name="Put all figures back").press("Enter")
    expect(second.get_by_role("switch", name=pays)).to_be_checked()
    second.get_by_role("tab", name="Options").click()
    second.get_by_role("button", name="Take apart to the desk").press("Enter")
    expect(second.get_by_role("switch", name=pays)).not_to_be_checked()
    second.get_by_role("button", name="Put all figures back").press("Enter")
    expect(solved).to_be_visible()
    there = f"/placebudget/document?path={folder.name}/datapackage.json"
    browsing.wait_until(lambda: lab_server.asked(there)["desk"]["option"] is None)
    assert kernels(lab_server) == before

    second.get_by_role("tab", name="Plans").click()
    expect(second.get_by_text("There is no plan file")).to_be_visible()

    # Worked out beside the server, without a kernel, and opened as it is kept.
    expect(second.get_by_label("Plan", exact=True)).to_have_value("pooled")
    second.get_by_role("button", name="Work it out").press("Enter")
    file = "plans/tiny_pooled.plan.json"
    expect(second.get_by_role("status").get_by_text(f"kept in {file}")).to_be_visible()
    # What it is of stands in the list, and above its drawing.
    expect(second.get_by_text("public value, of the tables as they are.")).to_have_count(2)
    # What it comes to is drawn below what asked for it.
    expect(second.get_by_role("heading", name=file)).to_be_visible()
    expect(second.locator(f"{PICTURE}:visible")).to_have_count(1)
    page.screenshot(path=pictures / "lab_place_plans.png")
    assert browsing.violations(page, PLACE) == []
    assert kernels(lab_server) == before

    # What is typed is kept as an option; a plan with it stands beside the plan without.
    second.get_by_role("tab", name="Tables").click()
    cell.press("F2")
    page.keyboard.type("14000000")
    page.keyboard.press("Enter")
    second.get_by_role("tab", name="Plans").click()
    second.get_by_role("button", name="Work it out").press("Enter")
    typed = "plans/tiny_pooled_2.plan.json"
    expect(second.get_by_role("heading", name=typed)).to_be_visible()
    second.get_by_role("tab", name="Options").click()
    second.get_by_label("Name of the option").fill("richer council")
    second.get_by_role("button", name="Keep as an option").press("Enter")
    expect(second.get_by_role("status").get_by_text("in richer_council.json")).to_be_visible()
    # What was kept is taken out of the tables while they hold that alone.
    out = second.get_by_role("button", name="Take the changes out of the tables again")
    expect(out).to_be_visible()
    # What is ticked stays so while the errors of the tables hide it.
    ticked = second.get_by_label("richer council", exact=True)
    second.get_by_role("tab", name="Plans").click()
    ticked.check()
    second.get_by_role("tab", name="Tables").click()
    other = second.locator("td[data-row='1'][data-column='2']")
    other.click()
    page.keyboard.type("much")
    page.keyboard.press("Enter")
    second.get_by_role("tab", name="Options").click()
    expect(out).to_be_hidden()
    fits = second.get_by_text("Mend the errors of the place to see whether it fits.")
    expect(fits).to_have_count(2)
    expect(second.get_by_role("button", name="Plan with richer council")).to_have_count(0)
    expect(second.get_by_text("Council tax brings £14 million")).to_be_visible()
    expect(ticked).to_have_count(0)
    tool(second, "Undo").press("Enter")
    expect(fits).to_have_count(0)
    expect(ticked).to_be_checked()
    out.press("Enter")
    expect(second.get_by_text("All is saved.")).to_be_visible()
    changed = "Council tax brings £14 million in 2027-28, as it stands £13 million."
    expect(second.get_by_text(changed)).to_be_visible()
    page.screenshot(path=pictures / "lab_place_options.png")
    assert browsing.violations(page, PLACE) == []
    # Taken into the tables again, it is typed there, and can be undone.
    second.get_by_role("button", name="Take richer council into the tables").press("Enter")
    taken = "richer council is in the tables, to be saved or undone there: Funding."
    expect(second.get_by_role("status").get_by_text(taken)).to_be_visible()
    second.get_by_role("tab", name="Tables").click()
    expect(cell.locator(".value")).to_have_text("14000000")
    cell.press("Control+z")
    expect(second.get_by_text("All is saved.")).to_be_visible()
    second.get_by_role("tab", name="Options").click()
    second.get_by_role("button", name="Plan with richer council").press("Enter")
    expect(second.get_by_label("Plan", exact=True)).to_be_focused()
    second.get_by_role("button", name="Work it out").press("Enter")
    both = "Best pooled with richer council"
    second.get_by_role("button", name=f"Compare {both} with the plan without").press("Enter")
    expect(second.get_by_role("heading", name=f"Best pooled and {both}")).to_be_visible()
    assert browsing.violations(page, PLACE) == []

    # A study is asked in its boxes and answered below them; one that takes long is stopped.
    second.get_by_role("tab", name="Studies").click()
    second.get_by_label("Study", exact=True).select_option("to_do")
    second.get_by_role("button", name="Work this out").press("Enter")
    expect(second.get_by_role("button", name="Show the answer of What is to do")).to_be_visible()
    answer = second.locator(".pb-panel:visible")
    expect(answer.locator("h3").last).to_be_visible()
    # It looks as pages do, and holds no styles of its own.
    expect(answer).to_have_css("padding-top", "4px")
    expect(answer.locator("style")).to_have_count(0)
    # A point of a picture is a plan: pressed there, it is kept and set beside the others.
    second.get_by_label("Study", exact=True).select_option("frontier")
    second.get_by_label("Cashable saving").uncheck()
    second.get_by_label("Money spent").check()
    second.get_by_role("button", name="Work this out").press("Enter")
    expect(second.get_by_role("button", name="Keep point 2")).to_be_visible()
    assert browsing.violations(page, PLACE) == []
    browsing.point_of(page, 1).click()
    expect(answer.locator("h3").first).to_contain_text("(point 1)")
    second.get_by_role("button", name="Show the answer of One aim against another").press("Enter")
    browsing.point_of(page, 2).press("Enter")
    expect(answer.locator("h3").first).to_contain_text("(point 2)")
    second.get_by_label("Study", exact=True).select_option("rests_on")
    often = second.get_by_label("Figures for which both plans are made again")
    often.fill("many")
    second.get_by_role("button", name="Work this out").press("Enter")
    expect(often).to_have_attribute("aria-invalid", "true")
    expect(often).to_be_focused()
    often.fill("40")
    # What is pressed is pressed, wherever the focus was and however far down it stands.
    page.set_viewport_size({"width": 1280, "height": 420})
    panel.get_by_role("treeitem").first.click()
    second.get_by_role("button", name="Work this out").click(delay=100)
    page.set_viewport_size(browsing.WIDE)
    # The panel has whatever runs, from whichever tab.
    expect(panel.get_by_role("button", name="Stop What it rests on")).to_be_visible()
    second.get_by_role("button", name="Stop What it rests on").press("Enter")
    expect(second.get_by_role("status").get_by_text("it was stopped.")).to_be_visible()
    page.screenshot(path=pictures / "lab_place_studies.png")
    assert browsing.violations(page, PLACE) == []
    assert kernels(lab_server) == before
    second.get_by_role("tab", name="Plans").click()
    second.get_by_role("button", name=f"Open {file}", exact=True).click()
    expect(page.locator(f".jp-Document > {PICTURE}")).to_be_visible()
    assert kernels(lab_server) == before
    page.locator(".lm-TabBar-tab", has_text="Tiny").nth(1).click()
    second.get_by_role("button", name=f"Open {file} in a notebook").click()
    book = page.locator(".jp-NotebookPanel")
    expect(book).to_contain_text('pooling="pooled"')
    page.locator(".lm-TabBar-tab", has_text="Tiny").nth(1).click()
    # Of a plan of what is not saved it would make another plan: it is asked.
    tool(second, "Redo").press("Enter")
    line = second.locator("li", has_text=f"Open {typed} in a notebook")
    expect(line).to_contain_text("of the tables as they are")
    second.get_by_role("button", name=f"Open {typed} in a notebook").press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Read it from its file").press("Enter")
    expect(book.filter(has_text=f'pb.read_plan("{typed}")')).to_have_count(1)
    page.locator(".lm-TabBar-tab", has_text="Tiny").nth(1).click()
    tool(second, "Undo").press("Enter")
    expect(second.get_by_text("All is saved.")).to_be_visible()

    # Its settings are boxes: the tab takes the new title, and the file keeps its name.
    second.get_by_role("tab", name="Settings").click()
    second.get_by_label("Financial years").fill("soon")
    page.keyboard.press("Tab")
    expect(second.get_by_label("Financial years")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#jp-main-statusbar")).to_contain_text("Tiny: not saved")
    tool(second, "Undo").press("Enter")
    second.get_by_label("Title").press("End")
    page.keyboard.type(" Town")
    page.screenshot(path=pictures / "lab_place_settings.png")
    assert browsing.violations(page, PLACE) == []
    page.keyboard.press("Control+s")
    expect(page.locator(".lm-TabBar-tab", has_text="Tiny Town")).to_have_count(2)
    assert (pb.read(folder).settings.title, pb.read(folder).years) == ("Tiny Town", tiny().years)
    # What was answered and compared before says that it is of other tables.
    second.get_by_role("tab", name="Studies").click()
    of = re.compile(r"^It is of the tables as they were at \d\d:\d\d")
    expect(second.get_by_text(of)).to_have_count(2)
    second.get_by_role("tab", name="Settings").click()

    # What Lab does with one file is not done with one of many.
    chosen(page, "File", "^Rename")
    page.get_by_role("dialog").locator("input").fill("other.json")
    page.get_by_role("dialog").get_by_role("button", name="Rename").click()
    expect(page.get_by_role("dialog")).to_contain_text("keeps its name")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    chosen(page, "File", "^Revert .*Checkpoint")
    expect(page.get_by_role("dialog")).to_contain_text("No checkpoints")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert (folder / "datapackage.json").is_file()
    with page.expect_download() as fetched:
        chosen(page, "File", "^Download$")
    fetched.value.save_as(lab_server.folder / fetched.value.suggested_filename)
    archive = lab_server.folder / "one_document.place.zip"
    assert pb.read(archive).digest == pb.read(folder).digest
    assert set(stored_options(archive)) == {"apart", "richer council"}

    # Saved as another form, it is opened from there.
    chosen(page, "File", "^Save .*As…")
    page.get_by_role("dialog").get_by_label("Name").fill("tiny copy")
    page.get_by_label("A workbook (.place.xlsx)").check()
    assert browsing.violations(page, FORM) == []
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.locator(".lm-TabBar-tab", has_text="Tiny Town")).to_have_count(3)
    assert pb.read(lab_server.folder / "tiny_copy.place.xlsx").title == "Tiny Town"
    for lies, count in (("one_document", 2), ("tiny_copy.place.xlsx", 1)):
        tab = page.locator(".lm-TabBar-tab", has_text=f"Tiny Town, {lies}")
        expect(tab).to_have_count(count)

    # A copy of all that lies in its folder, which is opened in a tab of its own.
    page.locator(".lm-TabBar-tab", has_text="Tiny Town, one_document").first.click()
    # Lab's own command copies the one file, and it is said what to do instead; of a data package
    # that is no place nothing is said.
    other = lab_server.folder / "others"
    other.mkdir()
    (other / "datapackage.json").write_text('{"name": "others", "resources": []}', "utf-8")
    page.evaluate(COPIED, "others/datapackage.json")
    chosen(page, "File", "^Duplicate Data package")
    page.get_by_role("button", name="Duplicate whole place").click()
    expect(page.get_by_text("datapackage-Copy1.json is a copy")).to_have_count(1)
    expect(page.locator(".lm-TabBar-tab", has_text="Tiny Town")).to_have_count(4)
    assert {each.name for each in (lab_server.folder / "one_document-Copy1").iterdir()} == {
        each.name for each in folder.iterdir()
    }
    copied = page.locator(".lm-TabBar-tab", has_text="one_document-Copy1")
    copied.locator(".lm-TabBar-tabCloseIcon").click()

    # The launcher leads to the desk of the document. One of its own, in a notebook, begins with
    # what is saved: what is not is asked about.
    page.locator(".lm-TabBar-tab", has_text="Tiny Town").nth(1).click()
    second.get_by_label("Description").fill("For the desk.")
    page.locator(".lm-TabBar-tab", has_text="Launcher").click()
    launched(page, "Open desk")
    at_desk = seen(page)
    expect(at_desk.get_by_role("tab", name="Desk", selected=True)).to_be_visible()
    at_desk.get_by_role("button", name="Open a desk of its own in a notebook").press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Save and open").press("Enter")
    desk = page.locator(".jp-NotebookPanel").filter(has_text="pb.desk(place)")
    expect(desk).to_contain_text('place = pb.read(".")')
    assert pb.read(folder).settings.description == "For the desk."


CONTROLS = """region => {
    const inner = [...region.querySelectorAll(
        'a[href], button, input, select, textarea, summary, [tabindex]')];
    const own = each => each.tabIndex >= 0 && !each.disabled && each.checkVisibility()
        && each.getClientRects().length
        && (each.type !== 'radio' || each.checked);
    return inner.filter(own).map(each => each.tagName + ' ' + (each.getAttribute('aria-label')
        ?? each.labels?.[0]?.textContent ?? each.textContent).trim().slice(0, 60));
}"""
REACHED = """([region, before]) => {
    const now = document.activeElement;
    const all = window.reached = before ? window.reached : new Set();
    if (!region.contains(now) || all.has(now)) return null;
    all.add(now);
    return now.tagName + ' ' + (now.getAttribute('aria-label')
        ?? now.labels?.[0]?.textContent ?? now.textContent).trim().slice(0, 60);
}"""


def walked(page: Page, region: Locator) -> None:
    """Go through a region by Tab from where the focus stands: all its controls are met."""
    wanted = region.evaluate(CONTROLS)
    met = []
    handle = region.element_handle()
    while (name := page.evaluate(REACHED, [handle, bool(met)])) is not None:
        met.append(name)
        page.keyboard.press("Tab")
    assert met, "nothing in it has the focus"
    assert set(wanted) <= set(met), sorted(set(wanted) - set(met))


def by_tab(page: Page, goal: Locator, most: int = 120) -> None:
    """Come to something by Tab alone."""
    expect(goal).to_be_visible()
    for _ in range(most):
        if goal.evaluate("each => each === each.getRootNode().activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{goal} is not reached by Tab")


def test_a_place_is_made_changed_planned_and_saved_by_keys_alone(
    page: Page, lab_server: browsing.Server
) -> None:
    """No pointer: every control of dialog, document and panel is met by Tab, and works."""
    opened(page, lab_server)
    dialog = page.get_by_role("dialog")
    for card in ("New place from a workbook", "New empty place", "Open example place"):
        by_tab(page, page.locator(".jp-LauncherCard", has_text=card))
        page.keyboard.press("Enter")
        expect(page.locator(FORM).locator("input").first).to_be_focused()
        walked(page, page.locator(FORM))
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
    by_tab(page, page.locator(".jp-LauncherCard", has_text="New place budget"))
    page.keyboard.press("Enter")
    expect(dialog.get_by_label("Title")).to_be_focused()
    walked(page, page.locator(FORM))
    by_tab(page, dialog.get_by_label("Title"))
    page.keyboard.type("Keyham")
    by_tab(page, dialog.get_by_label("Name of agency 1"))
    page.keyboard.type("Keyham Council")
    by_tab(page, dialog.get_by_role("button", name="Make it"))
    page.keyboard.press("Enter")
    view = seen(page)
    by_tab(page, view.get_by_role("tab", name="Overview"))
    for part in (
        "Tables",
        "Network",
        "Desk",
        "Options",
        "Plans",
        "Studies",
        "Settings",
        "Overview",
    ):
        walked(page, view)
        by_tab(page, view.get_by_role("tab", selected=True))
        page.keyboard.press("ArrowRight")
        expect(view.get_by_role("tab", name=part)).to_be_focused()

    # One figure is changed, saved, and planned with.
    page.keyboard.press("ArrowRight")
    by_tab(page, view.get_by_label("Table", exact=True))
    page.keyboard.type("Funding:")
    by_tab(page, view.locator("td[data-row='0'][data-column='0']"))
    for key in ("ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    page.keyboard.type("11234567")
    page.keyboard.press("Enter")
    expect(view.get_by_text("1 table is not saved; only Save writes it.")).to_be_visible()
    # Saved from the toolbar, whose items arrows lead to.
    by_tab(page, tool(view, "Revert"), 250)
    for item in ("Undo", "Save"):  # there is nothing to redo
        page.keyboard.press("ArrowLeft")
        expect(tool(view, item)).to_be_focused()
    page.keyboard.press("Enter")
    expect(view.get_by_text("All is saved.")).to_be_visible()
    by_tab(page, view.locator("td[tabindex='0']"), 250)
    (folder,) = lab_server.folder.glob("keyham*")
    assert amounts(folder)[0] == 11_234_567

    # What is typed is kept as an option, which is renamed and deleted; and it is saved as a copy.
    page.keyboard.type("12345678")
    page.keyboard.press("Enter")
    expect(view.get_by_text("1 table is not saved; only Save writes it.")).to_be_visible()
    by_tab(page, view.get_by_role("tab", selected=True))
    for part in ("Network", "Desk", "Options"):
        page.keyboard.press("ArrowRight")
        expect(view.get_by_role("tab", name=part)).to_be_focused()
    by_tab(page, view.get_by_label("Name of the option"))
    page.keyboard.type("more")
    by_tab(page, view.get_by_role("button", name="Keep as an option"))
    page.keyboard.press("Enter")
    by_tab(page, view.get_by_role("button", name="Rename more"), 250)
    page.keyboard.press("Enter")
    expect(dialog.get_by_label("New name")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("better")
    page.keyboard.press("Enter")
    by_tab(page, view.get_by_role("button", name="Delete better"), 250)
    page.keyboard.press("Enter")
    by_tab(page, dialog.get_by_role("button", name="Delete"))
    page.keyboard.press("Enter")
    expect(view.get_by_text("better is deleted.")).to_be_visible()
    by_tab(page, view.get_by_role("button", name="Take the changes out of the tables again"), 250)
    page.keyboard.press("Enter")
    expect(view.get_by_text("All is saved.")).to_be_visible()
    page.keyboard.press("Control+Shift+s")
    expect(dialog.get_by_label("Name")).to_be_focused()
    walked(page, page.locator(FORM))
    by_tab(page, dialog.get_by_label("Name"))
    page.keyboard.type("copied by keys")
    by_tab(page, dialog.get_by_role("button", name="Save"))
    page.keyboard.press("Enter")
    expect(page.locator(".lm-TabBar-tab", has_text="Keyham")).to_have_count(2)
    page.keyboard.press("Control+Shift+C")
    expect(page.locator("#modal-command-palette input")).to_be_focused()
    page.keyboard.type("Place Budget Panel")
    page.keyboard.press("Enter")
    panel = page.locator(PANEL)
    # The palette gives the focus back to the document.
    by_tab(page, panel.get_by_role("treeitem", name="Agencies (1)"))
    walked(page, panel)
    by_tab(page, panel.get_by_role("button", name="Work it out"))
    page.keyboard.press("Enter")
    expect(panel.locator("li", has_text="kept in plans/keyham_pooled")).to_be_visible()
    by_tab(page, panel.get_by_role("button", name=re.compile(r"^Open \S*json$")))
    page.keyboard.press("Enter")
    expect(page.locator(f".jp-Document:not(.lm-mod-hidden) {PICTURE}").first).to_be_visible()


SHOWN = """
import placebudget as pb
place = pb.example("toy_pooling")
plan = pb.optimise(place, pooling="pooled")
pb.compare(pb.simulate(place), plan).chart()
---
pb.widgets.study_view(pb.sharing(place))
---
pb.desk(place)
"""
FAINTEST = """() => {
    const rgba = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const light = (colour) => {
        const [r, g, b] = rgba(colour).map((part) => part / 255)
            .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element) => {
        const [, , , seen = 1] = rgba(getComputedStyle(element).backgroundColor);
        return seen ? getComputedStyle(element).backgroundColor : behind(element.parentElement);
    };
    const texts = [...document.querySelectorAll('.pb-chart text')]
        .filter((each) => each.textContent.trim() && each.getClientRects().length);
    const ratios = texts.map((each) => {
        const both = [light(getComputedStyle(each).fill), light(behind(each.closest('svg')))];
        return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
    });
    return ratios.length ? Math.min(...ratios) : 0;
}"""


def test_pictures_in_a_running_notebook_follow_its_theme(
    open_page: Callable[..., Page],
    lab_server: browsing.Server,
    kept: Callable[[str, Any], str],
    pictures: Path,
) -> None:
    book = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source.strip()) for source in SHOWN.split("---")],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    page = open_page(viewport={"width": 1280, "height": 2600})
    opened(page, lab_server, kept("themes.ipynb", book))
    expect(page.locator("#jp-main-statusbar").get_by_text("| Idle")).to_be_visible()
    browsing.run_all(page)
    expect(page.get_by_role("button", name="Solve in full")).to_be_visible()
    for theme, is_light in (
        ("JupyterLab Dark High Contrast", "false"),
        ("JupyterLab Dark", "false"),
        ("JupyterLab Light", "true"),
    ):
        page.get_by_text("Settings", exact=True).first.click()
        page.get_by_text("Theme", exact=True).first.hover()
        page.locator(".lm-Menu-itemLabel").get_by_text(theme, exact=True).click()
        themed = f"body[data-jp-theme-name='{theme}'][data-jp-theme-light={is_light}]"
        expect(page.locator(themed)).to_have_count(1)
        expect(page.locator("#jupyterlab-splash")).to_have_count(0)
        expect(page.locator(".pb-chart svg:visible").nth(1)).to_be_visible()
        assert page.evaluate(FAINTEST) >= 7
        assert not page.locator(".pb-panel").evaluate_all(
            "all => all.some((each) => each.scrollWidth > each.clientWidth + 1)"
        )
        page.screenshot(path=pictures / f"lab_{theme.split(maxsplit=1)[1].lower()}.png")


TEXTS = """root => {
    const found = [];
    const others = '[lang=en], style, .value, dd, svg title, .jp-Dialog-close-button';
    for (const each of [root, ...root.querySelectorAll('*')]) {
        if (each.closest(others) || !each.checkVisibility()) continue;
        for (const name of ['aria-label', 'title', 'placeholder'])
            if (each.hasAttribute(name)) found.push(each.getAttribute(name));
        // Names in a picture are cut into lines, and stand whole in its labels and its table.
        if (each.closest('svg')) continue;
        for (const node of each.childNodes) if (node.nodeType === 3) found.push(node.textContent);
    }
    return found;
}"""


def untranslated(region: Locator, place: pb.Place) -> list[str]:
    """What a region says in English outside the brackets of the language: nothing of ours."""
    cells = {cell for table in place.tables.values() for row in table.to_numpy() for cell in row}
    names = {cell for cell in cells if isinstance(cell, str)} | {*place.years, place.title}
    # Names of points in a picture come with its drawing, and "apart" is an option of the test's.
    known = sorted({*names, "Direct", "Left unspent", "place", "apart"}, key=len, reverse=True)
    data = "|".join(rf"(?<!\w){re.escape(each)}(?!\w)" for each in known)
    found = []
    for text in region.evaluate(TEXTS):
        left, before = text, ""
        while left != before:
            before, left = left, re.sub("⟦[^⟦⟧]*⟧", " ", left)
        left = re.sub(rf"{data}|£[\d.,]+( million)?|\S+\.(json|zip)", " ", left)
        found += [text] if re.search("[A-Za-z]", left) else []
    return found


def test_every_text_of_ours_is_said_in_the_language_of_jupyterlab(
    open_page: Callable[..., Page], lab_server: browsing.Server, pictures: Path
) -> None:
    """In a language in which each text stands in brackets, nothing stands outside them."""
    settings = lab_server.folder / "settings" / "@jupyterlab" / "translation-extension"
    settings.mkdir(parents=True, exist_ok=True)
    language = settings / "plugin.jupyterlab-settings"
    language.write_text(json.dumps({"locale": browsing.LANGUAGE}), "utf-8")
    place = tiny()
    folder = place.write(lab_server.folder / "translated")
    pb.Option("apart").close_pool("shared").save(folder)
    page = opened(open_page(), lab_server)
    for name in ("New place budget", "New place from a workbook", "New empty place"):
        launched(page, f"⟦{name}⟧")
        expect(page.locator(FORM)).to_be_visible()
        assert untranslated(page.locator(".jp-Dialog-content"), place) == []
        page.keyboard.press("Escape")
        expect(page.locator(FORM)).to_have_count(0)
    page.evaluate(OPENED, f"{folder.name}/datapackage.json")
    view = seen(page)
    for part, shown in (
        ("Overview", "⟦What is to do⟧"),
        ("Network", "⟦What is drawn⟧"),
        ("Desk", "⟦Solved: ⟦£"),
        ("Options", "⟦The pool shared is closed"),
        ("Studies", "⟦Work this out⟧"),
        ("Settings", "⟦Price base⟧"),
        ("Plans", "⟦Work it out⟧"),
    ):
        view.get_by_role("tab", name=f"⟦{part}⟧").click()
        expect(view.get_by_text(shown).locator("visible=true").first).to_be_visible()
        assert untranslated(view, place) == []
    view.get_by_role("button", name="⟦Work it out⟧").click()
    expect(view.get_by_text("⟦⟦Best pooled⟧: ⟦it is worked out")).to_be_visible()
    assert untranslated(view, place) == []
    view.get_by_role("tab", name="⟦Tables⟧").click()
    view.get_by_label("⟦Table⟧", exact=True).select_option("funding")
    view.locator("td[data-row='0'][data-column='2']").click()
    page.keyboard.type("much")
    page.keyboard.press("Enter")
    expect(view.get_by_text("⟦What was found: ⟦⟦1 error⟧")).to_be_visible()
    assert untranslated(view, place) == []
    page.screenshot(path=pictures / "lab_translated.png")
    page.get_by_role("tab", name="⟦Place budget⟧").click()
    panel = page.locator(PANEL)
    panel.get_by_role("treeitem", name="⟦Agencies").press("ArrowRight")
    panel.get_by_role("treeitem", name="Tiny Council").click()
    expect(panel.get_by_role("heading", name="⟦Where it is used⟧")).to_be_visible()
    assert untranslated(panel, place) == []
    assert untranslated(page.locator(".jp-placebudget-statusline"), place) == []
    language.unlink()


def test_a_place_that_could_not_be_opened_is_opened_once_it_is_mended(
    page: Page, lab_server: browsing.Server
) -> None:
    archive = lab_server.folder / "broken.place.zip"
    archive.write_text("no archive", "utf-8")
    opened(page, lab_server)
    page.evaluate(OPENED, archive.name)
    expect(seen(page).get_by_role("alert").filter(has_text="broken.place.zip")).to_be_visible()
    # It was looked at once more, so that what comes is seen to be other.
    with page.expect_response(lambda answer: "content=0" in answer.url):
        pass
    tiny().write(archive)
    expect(seen(page).get_by_role("heading", name="Tiny")).to_be_visible()
    seen(page).get_by_role("tab", name="Plans").click()
    expect(seen(page).get_by_label("Plan", exact=True)).to_have_value("pooled")


def test_what_is_tried_is_saved_by_nobody_else_and_a_desk_is_not_closed_unasked(
    open_page: Callable[..., Page], lab_server: browsing.Server
) -> None:
    folder = tiny().write(lab_server.folder / "tried")
    page = open_page()
    page.clock.install()
    opened(page, lab_server)
    page.evaluate(OPENED, f"{folder.name}/datapackage.json")
    view = seen(page)
    view.get_by_role("tab", name="Tables").click()
    view.get_by_label("Table", exact=True).select_option("funding")
    view.locator("td[data-row='0'][data-column='2']").click()
    page.keyboard.type("11000000")
    page.keyboard.press("Enter")
    tried = view.get_by_text("1 table is not saved; only Save writes it.")
    expect(tried).to_be_visible()
    saved: list[str] = []
    page.on("request", lambda asked: saved.append(asked.url) if asked.method == "PUT" else None)
    # Lab saves what it can every two minutes.
    page.clock.fast_forward("05:00")
    with page.expect_response(lambda answer: "content=0" in answer.url):
        pass
    expect(tried).to_be_visible()
    assert [url for url in saved if "/placebudget/document" in url] == []
    assert amounts(folder)[0] == 10_000_000
    page.keyboard.press("Control+s")
    expect(view.get_by_text("All is saved.")).to_be_visible()
    assert amounts(folder)[0] == 11_000_000

    # Where somebody goes whose desk no option keeps, it is asked.
    view.get_by_role("tab", name="Desk").click()
    view.get_by_text("Who pools money").click()
    view.get_by_role("switch", name="Tiny NHS Board pays into pools").press("Space")
    expect(view.get_by_text("Changes lie on the desk that no option keeps.")).to_be_visible()
    close = page.locator(".lm-TabBar-tab", has_text="Tiny").locator(".lm-TabBar-tabCloseIcon")
    close.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Show the desk").click()
    view.get_by_text("Keep these figures as an option").click()
    view.get_by_label("Name for these figures").fill("apart")
    view.get_by_role("button", name="Keep", exact=True).press("Enter")
    expect(view.get_by_text("All is saved. Changes lie on the desk. ")).to_be_visible()
    # That an option keeps it is known when it is opened again, until that is deleted.
    close.click()
    expect(view).to_have_count(0)
    page.evaluate(OPENED, f"{folder.name}/datapackage.json")
    expect(view.get_by_text("All is saved. Changes lie on the desk. ")).to_be_visible()
    view.get_by_role("tab", name="Options").click()
    view.get_by_role("button", name="Delete apart").click()
    dialog.get_by_role("button", name="Delete").click()
    expect(view.get_by_text("Changes lie on the desk that no option keeps.")).to_be_visible()
    view.get_by_role("tab", name="Desk").click()
    view.get_by_text("Who pools money").click()
    view.get_by_role("switch", name="Tiny NHS Board pays into pools").press("Space")
    expect(view.get_by_text("All is saved. 0 errors")).to_be_visible()
    close.click()
    expect(dialog).to_have_count(0)
    expect(view).to_have_count(0)


REGISTER = ".jp-Document:not(.lm-mod-hidden) .jp-placebudget-register"


def test_a_register_is_read_by_its_parts_and_its_plan_is_opened(
    page: Page, lab_server: browsing.Server, pictures: Path
) -> None:
    file = lab_server.folder / "board.register"
    made = decided(file)
    entry = made.record.entry_of("decisions", DECISION)
    why = "The teller counted again"
    made.enter("corrections", entry=entry, column="votes_for", value="3", reason=why)
    counted = expected(made.plan(DECISION)).iloc[0][["measure", "period"]].to_dict()
    made.enter("results", decision=DECISION, actual=1, source="The council", **counted)
    before = kernels(lab_server)
    opened(page, lab_server, file.name)
    view = page.locator(REGISTER)
    expect(view.get_by_role("heading", name="Partnership board")).to_be_visible()
    holds = f"The chain of {len(made.entries)} entries holds"
    expect(view.get_by_role("status").first).to_contain_text(holds)
    assert kernels(lab_server) == before
    table = view.get_by_role("table", name="Decisions")
    expect(table.get_by_role("row")).to_have_count(2)
    expect(table.get_by_role("row").nth(1)).to_contain_text("1 April 2028")
    assert browsing.violations(page, REGISTER) == []

    # A decision by keys alone, with what was corrected of it.
    table.get_by_role("button", name=f"Show decision {DECISION}").press("Enter")
    told = view.locator("dl:visible")
    expect(view.get_by_role("heading", name=f"Decision {DECISION}")).to_be_visible()
    expect(told).to_contain_text("The member for the coast: The coast waits")
    expect(told).to_contain_text("votes for: 3, not 2. The teller counted again")
    expect(view.get_by_role("table", name="What came of it")).to_contain_text("No range was given")
    page.screenshot(path=pictures / "lab_register_decision.png")
    assert browsing.violations(page, REGISTER) == []

    # What is entered elsewhere is seen.
    earlier = {"body": "Board", "date": "2025-03-04", "chair": "The leader"}
    later = decision(decided="That it go on", meeting="2025-03-04", due="2026-01-01")
    made.enter_all([("meetings", earlier), later])
    expect(table.get_by_role("row")).to_have_count(3)
    view.get_by_label("Standing").select_option("overdue")
    expect(table.get_by_role("row")).to_have_count(2)
    expect(table).to_contain_text("Overdue: no result was entered")
    view.get_by_label("Words in it").fill("never said")
    expect(view.get_by_text("There is none.")).to_be_visible()
    view.get_by_label("Words in it").fill("")
    view.get_by_label("Standing").select_option("")

    # Minutes are shown, fetched, and written beside it.
    view.get_by_role("button", name="Minutes of 4 March 2027").click()
    expect(view.get_by_role("heading", name="Minutes of Partnership board")).to_be_visible()
    page.screenshot(path=pictures / "lab_register_minutes.png")
    assert browsing.violations(page, REGISTER) == []
    with page.expect_download() as fetched:
        view.get_by_role("button", name="Download").click()
    assert fetched.value.suggested_filename == "minutes-2027_03_04.docx"
    view.get_by_label("Minutes as").select_option(".html")
    view.get_by_role("button", name="Write beside the register").click()
    expect(view.get_by_text("Written: minutes-2027_03_04.html")).to_be_visible()
    assert (lab_server.folder / "minutes-2027_03_04.html").is_file()

    for part in ("What came of it", "Corrections", "Entries", "Does it hold"):
        view.get_by_role("tab", name=part).click()
        expect(view.get_by_role("tabpanel", name=part)).to_be_visible()
        assert browsing.violations(page, REGISTER) == []
    view.get_by_label("A hash that was noted").fill(made.head[:12])
    view.get_by_role("button", name="Look for it").click()
    expect(view.get_by_text(f"is that of entry {len(made.entries)}")).to_be_visible()

    view.get_by_role("tab", name="Decisions").click()
    view.get_by_role("button", name="Open the plan with its place").click()
    expect(seen(page).get_by_role("tab", name="Plans")).to_be_visible()
    page.screenshot(path=pictures / "lab_register_place.png")


def test_a_register_that_does_not_hold_or_is_none_says_so_in_words(
    page: Page, lab_server: browsing.Server, kept: Callable[[str, Any], str]
) -> None:
    opened(page, lab_server, kept("none.register", "no database"))
    expect(page.locator(f"{REGISTER} [role=alert]").first).to_contain_text("is no register")
    expect(page.locator(REGISTER).get_by_role("button", name="Try again")).to_be_visible()
    assert browsing.violations(page, REGISTER) == []
    file = lab_server.folder / "forced.register"
    decided(file).close()
    forced(file, "UPDATE entries SET entered_by = 'Another' WHERE number = 5")
    page.evaluate(OPEN, file.name)
    view = page.locator(REGISTER)
    expect(view.get_by_role("status").first).to_contain_text("does not hold")
    expect(view.get_by_text("Entry 5 is not what was entered")).to_be_visible()
    expect(view.get_by_role("tablist")).to_be_hidden()
    assert browsing.violations(page, REGISTER) == []


def test_a_register_of_ten_thousand_decisions_is_read_a_page_at_a_time(
    page: Page, lab_server: browsing.Server
) -> None:
    file = lab_server.folder / "long.register"
    long(file, 500, 20).close()
    opened(page, lab_server, file.name)
    view = page.locator(REGISTER)
    expect(view.get_by_text("Rows 1 to 100 of 10,000")).to_be_visible()
    expect(view.get_by_role("table", name="Decisions").get_by_role("row")).to_have_count(101)
    view.get_by_role("button", name="Rows after").press("Enter")
    expect(view.get_by_text("Rows 101 to 200 of 10,000")).to_be_visible()
    expect(view.get_by_role("button", name="Rows after")).to_be_focused()
    view.get_by_label("Owner").select_option("Director 1")
    view.get_by_label("Standing").select_option("overdue")
    expect(view.get_by_text("Rows 1 to 100 of 2,000")).to_be_visible()


def test_open_plan_asks_for_a_file_and_shows_it(
    page: Page,
    lab_server: browsing.Server,
    kept: Callable[[str, Any], str],
    plan_file: dict[str, Any],
) -> None:
    kept("asked.plan.json", plan_file)
    opened(page, lab_server)
    launched(page, "Open plan")
    dialog = page.locator(".jp-Open-Dialog")
    expect(dialog.locator(".jp-DirListing-item", has_text="server.log")).to_have_count(0)
    dialog.locator(".jp-DirListing-item", has_text="asked.plan.json").click()
    page.get_by_role("dialog").get_by_role("button", name="Select").click()
    expect(page.locator(PICTURE).first).to_be_visible()


def test_a_saved_notebook_draws_its_plan_before_anything_is_run(
    page: Page,
    lab_server: browsing.Server,
    kept: Callable[[str, Any], str],
    plan_file: dict[str, Any],
) -> None:
    output = {
        "output_type": "execute_result",
        "execution_count": 1,
        "metadata": {},
        "data": {
            MIME_TYPE: plan_file["drawing"],
            "text/html": "<p>instead of a picture</p>",
            "text/plain": "a plan",
        },
    }
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": "plan"}
    cell |= {"execution_count": 1, "outputs": [output]}
    book = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    opened(page, lab_server, kept("saved.ipynb", book))
    # The notebook names no kernel, and none is chosen.
    page.get_by_role("dialog").get_by_role("button", name="No Kernel").click()
    expect(page.locator(PICTURE).first).to_be_visible()
    expect(page.get_by_text("instead of a picture")).to_have_count(0)


OPEN = """async path => {
    await window.jupyterapp.restored;
    window.jupyterapp.commands.execute('docmanager:open', { path });
}"""
NO_PLANS = {
    "cut off": ('{"format": {"name": "placebudget-plan"', "not whole"),
    "empty": ("", "not whole"),
    "null": ("null", "holds no plan"),
    "other": ({"format": {"name": "something else"}}, "holds no plan"),
    "no drawing": ({"format": {"name": "placebudget-plan"}}, "without a drawing"),
    "list": ({"format": {"name": "placebudget-plan"}, "drawing": [1]}, "is none"),
    "deep": (
        '{"format": {"name": "placebudget-plan"}, "drawing": {"nodes": %s' % ("[" * 60_000),
        "not",
    ),
    "huge": (" " * (33 * 1024 * 1024), "33 MB"),
}


def test_a_file_that_is_no_plan_says_so(
    page: Page, lab_server: browsing.Server, kept: Callable[[str, Any], str]
) -> None:
    opened(page, lab_server)
    for name, (content, said) in NO_PLANS.items():
        path = kept(f"{name}.plan.json", content)
        page.evaluate(OPEN, path)
        expect(page.locator(f"{PLAN}:visible [role=alert]")).to_contain_text(said)
    assert page.locator(PICTURE).count() == 0


def test_names_in_a_plan_file_that_try_to_be_markup_stay_names(
    page: Page,
    lab_server: browsing.Server,
    kept: Callable[[str, Any], str],
    plan_file: dict[str, Any],
) -> None:
    drawing = json.loads(json.dumps(plan_file["drawing"]))
    for node in drawing["nodes"]:
        node["name"] = told(node["name"])
    drawing["title"], drawing["notes"] = SCRIPT, [SCRIPT]
    opened(
        page,
        lab_server,
        kept("hostile.plan.json", {**plan_file, "drawing": drawing}),
    )
    expect(page.locator(PICTURE).first).to_be_visible()
    expect(page.locator(PLAN)).to_contain_text("<img src=x")
    assert page.locator(f"{PLAN} img, {PLAN} script").count() == 0
    assert "hacked" not in page.title()


@pytest.fixture
def notebook_page(browser: Browser) -> Iterator[Page]:
    """A page that may show errors of Notebook 7 itself, which there are, but none of ours."""
    watch = browsing.Watch()
    with browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 800}) as context:
        context.on("page", watch.over)
        yield context.new_page()
    assert watch.left == []
    assert [error for error in watch.errors if browsing.OURS in error.lower()] == []


def test_notebook_7_opens_a_plan_file(
    notebook_page: Page,
    lab_server: browsing.Server,
    kept: Callable[[str, Any], str],
    plan_file: dict[str, Any],
    pictures: Path,
) -> None:
    name = kept("seven.plan.json", plan_file)
    notebook_page.goto(lab_server.url("/tree"))
    with notebook_page.expect_popup() as popup:
        notebook_page.locator(".jp-DirListing-item", has_text=name).dblclick()
    opened_one = popup.value
    expect(opened_one.locator(PICTURE).first).to_be_visible()
    opened_one.screenshot(path=pictures / "notebook_plan.png")
    assert browsing.violations(opened_one, PLAN) == []


def test_notebook_7_opens_a_place_as_a_document_and_saves_it(
    notebook_page: Page, lab_server: browsing.Server
) -> None:
    folder = tiny().write(lab_server.folder / "in_notebook_7")
    notebook_page.goto(lab_server.url("/tree"))
    notebook_page.get_by_text(folder.name, exact=True).click()
    notebook_page.get_by_text("File", exact=True).click()
    notebook_page.get_by_text("Place budgets", exact=True).hover()
    with notebook_page.expect_popup() as popup:
        notebook_page.get_by_role("menuitem", name="Open place budget").click()
    page = popup.value
    view = page.locator(f".jp-placebudget-place:not({PANEL})")
    view.get_by_role("tab", name="Tables").click()
    view.get_by_label("Table", exact=True).select_option("funding")
    view.locator("td[data-row='0'][data-column='2']").click()
    page.keyboard.type("11000000")
    page.keyboard.press("Control+s")
    expect(view.get_by_text("All is saved.")).to_be_visible()
    assert amounts(folder)[0] == 11_000_000
    assert browsing.violations(page, ".jp-placebudget-place") == []
    page.get_by_text("View", exact=True).click()
    page.get_by_role("menuitem", name="Place Budget Panel").click()
    expect(page.locator(PANEL).get_by_role("treeitem", name="Agencies (2)")).to_be_focused()


def test_the_menu_of_notebook_7_makes_a_place(
    notebook_page: Page, lab_server: browsing.Server
) -> None:
    notebook_page.goto(lab_server.url("/tree"))
    notebook_page.get_by_text("File", exact=True).click()
    notebook_page.get_by_text("Place budgets", exact=True).hover()
    notebook_page.get_by_text("New place budget", exact=True).click()
    expect(notebook_page.locator(FORM).get_by_label("Title")).to_be_focused()


@contextlib.contextmanager
def without_server_part(home: Path) -> Iterator[browsing.Server]:
    off = "--ServerApp.jpserver_extensions={{'placebudget.server': False}}"
    with browsing.lab(home, off) as server:
        yield server


def test_without_the_server_part_plans_open_and_the_commands_say_what_to_enable(
    browser: Browser, tmp_path: Path, plan_file: dict[str, Any]
) -> None:
    (tmp_path / "toy.plan.json").write_text(json.dumps(plan_file), "utf-8")
    # Not a guarded page: the browser itself tells of the address that is not there.
    with without_server_part(tmp_path) as server, browser.new_context() as context:
        page = opened(context.new_page(), server, "toy.plan.json")
        expect(page.locator(PICTURE).first).to_be_visible()
        page.get_by_text("File", exact=True).click()
        page.get_by_text("Place budgets", exact=True).hover()
        page.get_by_text("Open example place", exact=True).click()
        expect(page.get_by_role("dialog")).to_contain_text(
            "jupyter server extension enable placebudget.server"
        )
