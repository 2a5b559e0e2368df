"""Charts in a real browser: whole on a phone, a desk, a wall and on paper, on any background."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Page

import browsing
import placebudget as pb
from placebudget.view import study_page
from planned import potential
from proof import ALL

NAMES = (
    "Children’s social care and early help for families in Blackburn with Darwen",
    "Department for Work and Pensions in the West Midlands and Warwickshire",
    "Housing",
)
# Texts seen that leave their picture, their picture's figure, or the window; and the least height.
CUT = """() => {
  const seen = [...document.querySelectorAll('.pb-chart svg')]
    .filter(svg => getComputedStyle(svg).display !== 'none');
  const cut = [], heights = [];
  for (const svg of seen) {
    const picture = svg.getBoundingClientRect();
    const figure = svg.closest('figure').getBoundingClientRect();
    for (const text of svg.querySelectorAll('text')) {
      const box = text.getBoundingClientRect();
      if (!text.textContent.trim() || !box.width) continue;
      heights.push(parseFloat(getComputedStyle(text).fontSize)
        * picture.width / svg.viewBox.baseVal.width);
      const out = (room, name) => (box.left < room.left - 1 || box.right > room.right + 1
        || box.top < room.top - 1 || box.bottom > room.bottom + 1) && cut.push(
          `${name}: ${text.textContent}`);
      out(picture, 'picture'); out(figure, 'figure');
    }
  }
  return {cut, least: Math.min(...heights), pictures: seen.length,
    wide: document.documentElement.scrollWidth - innerWidth};
}"""


@pytest.fixture(scope="module")
def page_of_charts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report and two studies in one page, with long names."""
    rows = [("council tax", "pool", 30.0), ("grant", "pool", 20.0)]
    rows += [("pool", name, 10.0) for name in NAMES]
    flows = study_page(pb.trace(pd.DataFrame(rows, columns=["start", "end", "amount"])))
    report = pb.view.report(pb.potential("northvale", pools=True))
    path = tmp_path_factory.mktemp("charts") / "charts.html"
    figure = flows[flows.index("<figure") : flows.rindex("</figure>") + len("</figure>")]
    path.write_text(report.replace("</main>", f"{figure}</main>"), "utf-8")
    return path


@pytest.mark.parametrize(
    "letters", ["wide", *(["'DejaVu Sans'; letter-spacing: 0", "serif"] if ALL else [])]
)
def test_no_text_of_a_chart_is_cut_at_any_width_or_on_paper(
    open_page: Callable[..., Page], page_of_charts: Path, letters: str
) -> None:
    page = open_page()
    page.goto(page_of_charts.as_uri())
    if letters == "wide":  # as Verdana is beside DejaVu Sans
        letters = "'DejaVu Sans'; letter-spacing: .025em"
    page.add_style_tag(content=f".pb-chart text {{ font-family: {letters} !important }}")
    for width in (320, 768, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        found = page.evaluate(CUT)
        assert found["pictures"] == 5
        assert found["cut"] == [], width
        assert found["least"] >= (16 if width >= 1280 else 12), width
        assert found["wide"] <= 0, width
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 695, "height": 1000})  # A4 within its margins
    assert page.evaluate(CUT)["cut"] == []


def test_the_first_page_fits_a_sheet_and_contents_stand_beside_it_on_a_wide_screen(
    open_page: Callable[..., Page], page_of_charts: Path, pictures: Path
) -> None:
    page = open_page()
    page.goto(page_of_charts.as_uri())
    box = "document.querySelector('{}').getBoundingClientRect()"
    page.set_viewport_size({"width": 1280, "height": 900})
    front, contents = (page.evaluate(box.format(each)) for each in (".front", "main > nav"))
    assert contents["left"] > front["right"]
    assert abs(contents["top"] - front["top"]) < 2
    page.screenshot(path=pictures / "report-1280.png")
    page.set_viewport_size({"width": 320, "height": 900})
    front, contents = (page.evaluate(box.format(each)) for each in (".front", "main > nav"))
    assert contents["top"] >= front["bottom"]
    assert not browsing.scrolls_sideways(page)
    assert browsing.violations(page) == []
    page.screenshot(path=pictures / "report-320.png")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 695, "height": 1000})  # A4 within its margins
    assert page.evaluate(box.format(".front"))["bottom"] <= 1047


@pytest.mark.skipif(not ALL, reason="its plans take a minute: made where all is proved")
def test_the_first_page_of_lancashire_fits_a_sheet_and_no_line_of_it_is_cut(
    open_page: Callable[..., Page], tmp_path: Path, pictures: Path
) -> None:
    """The largest example: what fits there fits."""
    file, page = tmp_path / "lancashire.html", open_page()
    file.write_text(pb.view.report(potential("lancashire")), "utf-8")
    page.goto(file.as_uri())
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert not browsing.scrolls_sideways(page), width
        page.locator(".front").screenshot(path=pictures / f"lancashire-{width}.png")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 695, "height": 1000})  # A4 within its margins
    page.evaluate("scrollTo(0, 0)")
    box = page.locator(".front").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 1047


@pytest.mark.parametrize("how", ["dark", "contrast", *(["light"] if ALL else [])])
def test_charts_take_the_colours_of_their_page(
    open_page: Callable[..., Page], page_of_charts: Path, pictures: Path, how: str
) -> None:
    options = {"dark": {"color_scheme": "dark"}, "contrast": {"forced_colors": "active"}}
    page = open_page(**options.get(how, {}))
    page.goto(page_of_charts.as_uri())
    ink, body, bar = page.evaluate(
        """() => [document.querySelector('.pb-chart text'), document.body,
          document.querySelector('#chart-rules svg path[fill^="var"]')]
          .map((each, n) => getComputedStyle(each)[n === 1 ? 'color' : 'fill'])"""
    )
    assert ink == body
    assert (bar == "rgb(18, 67, 109)") == (how == "light")
    assert browsing.violations(page) == []
    page.locator("figure").first.screenshot(path=pictures / f"chart_{how}.png")
