"""The drawing of a plan in a real browser: what is seen, reached by keyboard, and kept harmless."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import browsing
import placebudget as pb
import places
from placebudget.plan.drawing import plan_drawing, planview
from placebudget.view import plan_page
from placebudget.words import money
from proof import ALL

HARNESS = """<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><title>Plan</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"></head><body><main><h1>Plan</h1><h2>Drawn</h2>
<div id="one"></div><div id="two"></div></main>
<script type="module">%s
window.renderPlan = renderPlan;</script></body></html>"""


@pytest.fixture(scope="module")
def northvale(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = pb.example("northvale")
    best = pb.optimise(place, pooling="pooled")
    aligned = pb.optimise(place, pooling="aligned", prices=False)
    file = tmp_path_factory.mktemp("page") / "northvale.html"
    file.write_text(plan_page(best, {"aligned": aligned}), "utf-8")
    return file


@pytest.fixture(scope="module")
def lancashire(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its largest drawing; on a change that of today's money, which is soon worked out."""
    place = pb.example("lancashire")
    plan = pb.optimise(place, pooling="pooled") if ALL else pb.simulate(place)
    made = plan.to_html(tmp_path_factory.mktemp("page") / "lancashire.html")
    assert isinstance(made, Path)
    return made


def opened(page: Page, file: Path) -> Page:
    page.goto(file.as_uri())
    page.locator(".pb-plan .status").wait_for()
    return page


def drawn(page: Page, folder: Path, drawing: object, target: str = "one") -> None:
    """Draw what is given into a bare page."""
    if page.url == "about:blank":
        file = folder / "harness.html"
        file.write_text(HARNESS % planview(), "utf-8")
        page.goto(file.as_uri())
        page.wait_for_function("() => window.renderPlan")
    page.evaluate(
        "([id, drawing]) => { window[id + 'Stop'] = "
        "renderPlan(document.getElementById(id), drawing); }",
        [target, drawing],
    )


def overlapping_labels(page: Page) -> list[str]:
    """Pairs of words in the picture that lie over each other, and words cut off by its edge."""
    found: list[str] = page.evaluate(
        """() => {
          const picture = document.querySelector('.pb-plan svg').getBoundingClientRect();
          const words = [...document.querySelectorAll('.pb-plan svg text')]
            .map(each => [each.textContent, each.getBoundingClientRect()]);
          const bad = words.filter(([, box]) => box.left < picture.left - 1
            || box.right > picture.right + 1 || box.top < picture.top - 1
            || box.bottom > picture.bottom + 1).map(([text]) => text);
          words.forEach(([one, a], i) => words.slice(i + 1).forEach(([two, b]) => {
            // Lines of one point touch: their boxes hold the room above and below the letters.
            const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
            const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
            if (wide > 1 && high > 4) bad.push(one + ' | ' + two);
          }));
          return bad;
        }"""
    )
    return found


LOOKS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "high-contrast": {"forced_colors": "active"},
    "more-contrast": {"contrast": "more"},
    "320-pixels": {"viewport": {"width": 320, "height": 700}},
    "twice-as-large": {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2},
    "projector": {"viewport": {"width": 1920, "height": 1080}},
}
SEEN = LOOKS if ALL else ("light", "high-contrast", "320-pixels")


@pytest.mark.parametrize("look", SEEN)
def test_the_page_is_accessible_and_legible(
    look: str, northvale: Path, open_page: Callable[..., Page], pictures: Path
) -> None:
    page = opened(open_page(**LOOKS[look]), northvale)
    page.screenshot(path=pictures / f"plan-{look}.png")
    assert browsing.violations(page) == []
    assert not browsing.scrolls_sideways(page)
    assert overlapping_labels(page) == []
    assert "…" not in " ".join(page.locator(".pb-plan svg text").all_text_contents())
    size = page.locator(".pb-plan svg").get_attribute("font-size")
    assert size == ("16" if LOOKS[look].get("viewport", {"width": 1280})["width"] > 1000 else "13")


@pytest.mark.parametrize("detail", ["1", "2"])
def test_more_points_stay_legible_and_large_enough_to_hit(
    detail: str, lancashire: Path, page: Page
) -> None:
    opened(page, lancashire).get_by_label("Points of a column").select_option(detail)
    assert overlapping_labels(page) == []
    smallest = page.evaluate(
        "() => Math.min(...[...document.querySelectorAll('.pb-plan .area')]"
        ".map(each => each.getBoundingClientRect()).flatMap(box => [box.width, box.height]))"
    )
    assert smallest >= 24


def test_controls_and_buttons_are_large_enough_to_hit(northvale: Path, page: Page) -> None:
    opened(page, northvale).locator(".knot").first.click()
    smallest = page.evaluate(
        "() => Math.min(...[...document.querySelectorAll('.choices label, select, button')]"
        ".map(each => each.getBoundingClientRect().height))"
    )
    assert smallest >= 24


def test_the_keyboard_reaches_picks_and_lets_go_of_everything(northvale: Path, page: Page) -> None:
    opened(page, northvale).get_by_label("Points of a column").focus()
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    expect(focused).to_have_attribute("role", "button")
    first = focused.get_attribute("data-id") or ""
    assert first.startswith("agency:")
    page.keyboard.press("ArrowDown")
    second = focused.get_attribute("data-id") or ""
    assert second.startswith("agency:")
    assert second != first
    page.keyboard.press("ArrowRight")
    assert (focused.get_attribute("data-id") or "").startswith("stream:")
    name = (focused.get_attribute("aria-label") or "").partition(". ")[0]
    page.keyboard.press("Enter")
    expect(focused).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".panel h3")).to_have_text(name)
    expect(page.locator(".panel")).to_contain_text("In the model, all years.")
    expect(page.locator(".panel")).to_contain_text("ing-fenced")
    page.keyboard.press("Escape")
    expect(page.locator(".panel h3")).to_have_text("What is drawn")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(focused).to_have_js_property("tagName", "BUTTON")
    page.keyboard.press("Enter")
    expect(page.locator(".panel h3")).to_contain_text(" to ")
    expect(page.locator(".panel h3")).to_be_focused()
    expect(page.locator(".panel")).to_contain_text("£")


def test_only_one_point_is_in_the_tab_order(northvale: Path, page: Page) -> None:
    opened(page, northvale)
    assert page.locator(".knot[tabindex='0']").count() == 1
    page.locator(".knot").nth(4).click()
    assert page.locator(".knot[tabindex='0']").count() == 1


def test_switches_change_picture_table_and_status(northvale: Path, page: Page) -> None:
    opened(page, northvale)
    status = page.locator(".status")
    expect(status).to_contain_text("Proposed, all years")
    for label, words in (
        ("Today", "Today, all years"),
        ("Best aligned", "Best aligned, all years"),
    ):
        page.get_by_label(label, exact=True).check()
        expect(status).to_contain_text(words)
    page.get_by_label("Year", exact=True).select_option("2027-28")
    expect(status).to_contain_text("Best aligned, 2027-28")
    expect(page.locator(".pb-plan caption")).to_contain_text("2027-28")
    page.get_by_label("Outcomes", exact=True).check()
    expect(page.locator(".pb-plan table")).to_contain_text("Services to outcomes")


def pounds(text: str | None) -> float:
    """An amount as a cell says it."""
    figure, _, unit = (text or "").replace("£", "").replace(",", "").partition(" ")
    return float(figure) * {"": 1.0, "million": 1e6, "billion": 1e9}[unit]


def test_the_table_says_the_amounts_of_the_plan_as_every_page_does(
    northvale: Path, page: Page
) -> None:
    opened(page, northvale)
    plan = pb.optimise(pb.example("northvale"), pooling="pooled", prices=False)
    spent = plan.money()["amount"].sum()
    row = page.locator(".pb-plan tr.sum", has_text="Pools or direct to services")
    pooled = plan.tables["contributions"][["management_cost", "unspent"]].to_numpy().sum()
    assert row.locator("td").first.text_content() == money(spent + pooled)
    for group in page.locator(".pb-plan tbody").all():
        whole, *parts = (each.locator("td.figure").first for each in group.locator("tr").all())
        shown = sum(pounds(each.text_content()) for each in parts)
        # Each is rounded by itself, to £0.1 million at most below a billion.
        assert shown == pytest.approx(pounds(whole.text_content()), abs=5e4 * (len(parts) + 1))


def test_without_scripts_the_figures_are_there(
    northvale: Path, open_page: Callable[..., Page]
) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(northvale.as_uri())
    drawn = page.get_by_role("region", name="The money, drawn")
    expect(drawn.get_by_role("table").first).to_contain_text("Northvale County Council")
    expect(page.locator("body")).to_contain_text("The drawing needs scripts")


def test_names_that_try_to_be_markup_stay_names(tmp_path: Path, page: Page) -> None:
    name = "</script><img src=x onerror=alert(1)><script>alert(2)</script>"
    agencies = [
        {"agency": "council", "name": name, "sector": "council"},
        {"agency": "nhs", "name": "NHS", "sector": "nhs"},
    ]
    file = tmp_path / "names.html"
    file.write_text(plan_page(pb.simulate(places.tiny(agencies=agencies))), "utf-8")
    alarms: list[str] = []
    page.on("dialog", lambda dialog: (alarms.append(dialog.message), dialog.dismiss()))
    opened(page, file)
    expect(page.locator(".pb-plan table")).to_contain_text(name)
    assert page.locator("img").count() == 0
    assert alarms == []


def test_drawings_on_one_page_do_not_meet(tmp_path: Path, page: Page) -> None:
    drawing = plan_drawing(pb.optimise(pb.example("toy_pooling"), pooling="freed"))
    drawn(page, tmp_path, drawing)
    drawn(page, tmp_path, drawing, "two")
    page.locator("#two").get_by_label("Today", exact=True).check()
    expect(page.locator("#one .status")).to_contain_text("Proposed")
    expect(page.locator("#two .status")).to_contain_text("Today")
    ids = page.evaluate("() => [...document.querySelectorAll('[id]')].map(each => each.id)")
    assert len(ids) == len(set(ids))
    assert browsing.violations(page) == []
    page.evaluate("() => { oneStop(); }")
    assert page.locator("#one *").count() == 0
    expect(page.locator("#two .status")).to_contain_text("Today")


def test_another_drawing_takes_the_place_of_the_first(tmp_path: Path, page: Page) -> None:
    place = pb.example("toy_pooling")
    drawn(page, tmp_path, plan_drawing(pb.optimise(place, pooling="aligned")))
    page.get_by_label("Today", exact=True).check()
    page.evaluate(
        "drawing => oneStop.update(drawing, { shown: 'proposed' })",
        plan_drawing(pb.optimise(place, pooling="freed")),
    )
    expect(page.locator(".status")).to_contain_text("Proposed")
    expect(page.locator(".pb-plan table")).to_contain_text("One pool of all money")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (None, "holds no drawing of a plan"),
        ({"format": {"name": "placebudget-drawing", "version": 9}}, "another version"),
        ([1, 2], "holds no drawing"),
    ],
)
def test_what_is_no_drawing_says_so(given: Any, says: str, tmp_path: Path, page: Page) -> None:
    drawn(page, tmp_path, given)
    expect(page.get_by_role("alert")).to_contain_text(says)


def test_a_spoilt_flow_is_left_out_and_said(tmp_path: Path, page: Page) -> None:
    drawing = json.loads(json.dumps(plan_drawing(pb.simulate(pb.example("toy_pooling")))))
    drawing["links"][0]["target"] = 9_999
    drawn(page, tmp_path, drawing)
    expect(page.get_by_role("alert")).to_contain_text("do not show all the money")
    expect(page.locator(".status")).to_contain_text("Today")


def test_a_jupyter_theme_decides_over_the_readers_wish(
    tmp_path: Path, open_page: Callable[..., Page]
) -> None:
    page = open_page(color_scheme="dark")
    drawing = plan_drawing(pb.simulate(pb.example("toy_pooling")))
    drawn(page, tmp_path, drawing)
    expect(page.locator(".pb-plan")).to_have_attribute("data-scheme", "dark")
    page.evaluate("() => document.body.setAttribute('data-jp-theme-light', 'true')")
    expect(page.locator(".pb-plan")).to_have_attribute("data-scheme", "light")
