"""The desk and its parts show and answer alike outside JupyterLab: in Voila and in Notebook 7."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

import browsing
from placebudget.place import Place
from proof import ALL
from shared_place import shared

Open = Callable[..., Page]
# The folder whose voila/templates holds our page; in an installed package Jupyter finds it.
HERE = Path(__file__).resolve().parents[2]
OURS = ".pb-plan, .pb-form, .pb-panel, .pb-table"
TITLE = {"title": "A place and its parts", "language_info": {"name": "python"}}

# Python tells what it heard, and changes every part where somebody presses its button.
PARTS = """\
import ipywidgets
import placebudget as pb
place = pb.read("place")
pooled, apart = (pb.optimise(place, pooling=each) for each in ("pooled", "aligned"))
today = pb.simulate(place)
view = pb.widgets.plan_view(pooled, {"today": today})
table = pb.widgets.table_editor(place, "offers")
rules = pb.widgets.rule_editor(place)
prices = pb.widgets.price_table(apart)
savings = pb.widgets.savings_chart(today)
change = pb.widgets.compare_view(today, pooled, names=("Today", "Together"))
study = pb.widgets.study_view(pb.accounts(apart))
heard = ipywidgets.Label("Nothing heard.")
def hear(*_):
    cost = table.place.offers["unit_cost"].iloc[0]
    asked = rules.place.rules.set_index("rule")["amount"].get("promise", 0)
    heard.value = f"Heard {view.layer}, {cost:.0f}, {asked:.0f}."
view.observe(hear, "layer")
table.observe(hear, "place")
rules.observe(hear, "place")
button = ipywidgets.Button(description="Change all")
def change_all(_):
    view.shown = "today"
    table.table = "funding"
    rules.values = {**rules.values, "kept:promise": False}
    prices.value = pb.widgets.price_table(pooled).value
    savings.value = pb.widgets.savings_chart(pooled).value
    other = pb.widgets.compare_view(today, apart, names=("Today", "Working apart"))
    change.value = other.value
    study.value = pb.widgets.study_view(pb.accounts(pooled)).value
    heard.value = "Changed all."
button.on_click(change_all)
parts = [view, table, rules, prices, savings, change, study]
ipywidgets.VBox([heard, button, *parts])"""

DESK = """\
import placebudget as pb
pb.desk(pb.read("place"))"""


def place() -> Place:
    """The shared place, with money spent today and with savings."""
    spent = {"service": "care", "stream": "tax", "amount": 2e6, "offer": "care"}
    saved = {"outcome": "care_good", "agency": "nhs", "value": 400.0, "cashable": 0.5}
    return shared().with_(today=pd.DataFrame([spent]), savings=pd.DataFrame([saved]))


def put(folder: Path, name: str, source: str) -> Path:
    """A notebook with a heading and one cell of code."""
    cells: list[dict[str, Any]] = [
        {"cell_type": "markdown", "id": "head", "metadata": {}, "source": f"# {TITLE['title']}"},
        {
            "cell_type": "code",
            "id": "parts",
            "metadata": {},
            "source": source,
            "outputs": [],
            "execution_count": None,
        },
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, **TITLE}
    book = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    (folder / name).write_text(json.dumps(book), "utf-8")
    return folder / name


def laid_out(folder: Path) -> Path:
    """The place and both notebooks in a folder."""
    place().write(folder / "place")
    put(folder, "parts.ipynb", PARTS)
    put(folder, "desk.ipynb", DESK)
    return folder


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[browsing.Server]:
    """Both notebooks behind Voila, in our page."""
    home = laid_out(tmp_path_factory.mktemp("voila"))
    found = os.pathsep.join([str(HERE), os.environ.get("JUPYTER_PATH", "")]).strip(os.pathsep)
    arguments = [
        "--template=placebudget",
        "--VoilaConfiguration.extension_denylist=placebudget",
        "--show_tracebacks=True",
    ]
    with browsing.voila(home, home, *arguments, more={"JUPYTER_PATH": found}) as server:
        yield server


@pytest.fixture
def guest(browser: Browser) -> Iterator[Page]:
    """A page of Notebook, guarded: errors of Notebook's own code are not held against us.

    What we draw comes as a blob, or from the folder of our extension.
    """
    watch = browsing.Watch()
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(1000 * browsing.PATIENCE)
    page = context.new_page()
    watch.over(page)
    yield page
    context.close()
    assert watch.left == []
    assert [each for each in watch.errors if "blob:" in each or browsing.OURS in each.lower()] == []


def in_voila(page: Page, server: browsing.Server, name: str) -> Page:
    page.goto(f"{server.address}/voila/render/{name}")
    expect(page.locator("#rendered_cells")).to_be_visible()
    return page


def chosen(asked: Locator) -> None:
    """Which kernel is meant is answered; anything else that the page asks is a fault."""
    words = asked.inner_text()
    assert "Select Kernel" in words, f"the page asks: {words}"
    asked.locator("button.jp-mod-accept").click()


def in_notebook(page: Page, server: browsing.Server, name: str) -> Page:
    if not (server.folder / "place").exists():
        laid_out(server.folder)
    # On a loaded machine a kernel may come too late, and the page asks which one is meant.
    page.add_locator_handler(page.locator(".jp-Dialog"), chosen)
    page.goto(server.url(f"/notebooks/{name}"))
    ready = page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")
    expect(ready).to_be_visible()
    browsing.run_all(page)
    return page


def told(page: Page, words: str) -> Locator:
    """What Python says; the same words may stand in a cell's source."""
    return page.locator(".widget-label", has_text=words)


def panel(page: Page, words: str) -> Locator:
    return page.locator(".pb-panel").filter(has_text=words)


# --- one change each way -----------------------------------------------------------------


def every_part_shows(page: Page) -> None:
    expect(told(page, "Nothing heard.")).to_be_visible()
    expect(page.locator(".pb-plan svg")).to_be_visible()
    expect(page.locator(".pb-plan .status")).to_contain_text("Proposed, all years")
    expect(page.get_by_role("grid", name="Offers")).to_be_visible()
    expect(page.get_by_role("group", name="Rules of the place")).to_be_visible()
    for words in (
        "Relaxing the rule",
        "Who saves",
        "Together compared",
        "accounts of the plan aligned",
    ):
        expect(panel(page, words)).to_be_visible()


def python_hears_the_page(page: Page) -> None:
    page.locator(".pb-plan").get_by_label("Outcomes", exact=True).check()
    expect(told(page, "Heard outcome, 1000, 5000000.")).to_be_visible()
    cost = page.get_by_role("grid", name="Offers").get_by_role("gridcell", name="1000").first
    cost.dblclick()
    page.keyboard.press("Control+a")
    page.keyboard.type("2000")
    page.keyboard.press("Enter")
    expect(told(page, "Heard outcome, 2000, 5000000.")).to_be_visible()
    amount = page.get_by_role("textbox", name="Amount: homes at least")
    amount.fill("4")
    amount.press("Enter")
    expect(told(page, "Heard outcome, 2000, 4000000.")).to_be_visible()


def the_page_hears_python(page: Page) -> None:
    page.get_by_role("button", name="Change all").click()
    expect(told(page, "Changed all.")).to_be_visible()
    expect(page.locator(".pb-plan .status")).to_contain_text("Today, all years")
    expect(page.get_by_role("grid", name="Funding")).to_be_visible()
    expect(page.get_by_role("switch", name="Homes at least")).not_to_be_checked()
    for words in (
        "Working apart compared",
        "accounts of the plan pooled",
        "not discounted, the best pooled plan",
        "most that core may pay",
    ):
        expect(panel(page, words)).to_be_visible()


def the_desk_answers(page: Page) -> None:
    said = page.locator(".pb-form[aria-label='Solving'] [role=status]")
    expect(said).to_contain_text("Solved: £")
    expect(page.locator(".pb-plan svg")).to_be_visible()
    page.get_by_role("switch", name="joint is open").uncheck()
    expect(said).to_contain_text("against the last plan")


def readable_at_every_width(page: Page, pictures: Path, name: str) -> None:
    """Whole page by the standard; at 320 pixels, and in a window of 1,280 at 200 % zoom."""
    assert browsing.violations(page) == []
    for width, height in ((320, 640), (640, 400), (1280, 800)):
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=pictures / f"{name}_{width}.png", full_page=True)
        assert not browsing.scrolls_sideways(page), width


def test_every_part_shows_and_answers_in_voila(
    page: Page, served: browsing.Server, pictures: Path
) -> None:
    in_voila(page, served, "parts.ipynb")
    every_part_shows(page)
    readable_at_every_width(page, pictures, "parts_in_voila")
    python_hears_the_page(page)
    the_page_hears_python(page)


# The parts in one, the desk in the other show that both draw and answer.
twice = pytest.mark.skipif(not ALL, reason="left to make test-all: seen in the other one")


@twice
def test_the_desk_shows_and_answers_in_voila(
    page: Page, served: browsing.Server, pictures: Path
) -> None:
    in_voila(page, served, "desk.ipynb")
    the_desk_answers(page)
    readable_at_every_width(page, pictures, "desk_in_voila")


@twice
def test_every_part_shows_and_answers_in_notebook(
    guest: Page, lab_server: browsing.Server, pictures: Path
) -> None:
    in_notebook(guest, lab_server, "parts.ipynb")
    every_part_shows(guest)
    python_hears_the_page(guest)
    the_page_hears_python(guest)
    guest.screenshot(path=pictures / "parts_in_notebook.png")
    assert browsing.violations(guest, OURS) == []


def test_the_desk_shows_and_answers_in_notebook(
    guest: Page, lab_server: browsing.Server, pictures: Path
) -> None:
    in_notebook(guest, lab_server, "desk.ipynb")
    the_desk_answers(guest)
    guest.screenshot(path=pictures / "desk_in_notebook.png")
    assert browsing.violations(guest, OURS) == []
