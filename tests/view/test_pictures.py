"""Pictures of charts: no name is cut or covered in wide letters, colours are the page's."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest

import placebudget as pb
import places
from placebudget import pictures
from placebudget import pictures as colours
from placebudget.plan.drawing.drawing import planview
from placebudget.view.charts import Chart, charts_of
from placebudget.view.studies.common import bars, ranges

LONG = (
    "Children’s social care and early help for families in Blackburn with Darwen",
    "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
    "Department for Work and Pensions in the West Midlands and Warwickshire",
    "Wyre, Wolverhampton, Walsall and Morecambe, MMWW",
)
SERIES = (
    "as it is today in every place",
    "with everything that could be pooled",
    "without sharing",
)
# Widths of letters by their height, as those of Verdana, which no common font exceeds.
WIDTHS = {" fijlrt.,:;|()’'“”-I": 0.42, "mwMW%": 0.98, "ABCDEFGHJKLNOPQRSTUVXYZ": 0.74}
BOLD = 1.13
SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Box:
    """Where a text stands in its picture."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    def covers(self, other: Box) -> bool:
        """Whether some of another text is under this one."""
        return (
            self.left < other.right and other.left < self.right
            and self.top < other.bottom and other.top < self.bottom
        )  # fmt: skip


def width(letter: str) -> float:
    """How wide a letter is, by its height."""
    return next((wide for letters, wide in WIDTHS.items() if letter in letters), 0.62)


def boxes(element: ElementTree.Element, x: float = 0.0, y: float = 0.0) -> Iterator[Box]:
    """The texts under an element of a picture."""
    moved = element.get("transform", "")
    if at := re.search(r"translate\(([-\d.]+),\s*([-\d.]+)\)", moved):
        x, y = x + float(at[1]), y + float(at[2])
    if element.tag == f"{SVG}text" and element.get("opacity") != "0":
        size = float(str(element.get("font-size")).removesuffix("px"))
        lines = [each.text or "" for each in element.iter(f"{SVG}tspan")] or [element.text or ""]
        for n, line in enumerate(lines):
            wide = size * sum(map(width, line))
            wide *= BOLD if element.get("font-weight") == "bold" else 1
            anchor = {"middle": wide / 2, "end": wide}.get(element.get("text-anchor", ""), 0.0)
            down = n * (size + 2)
            if "rotate(" in moved:  # from below
                yield Box(line, x - 0.75 * size, y - wide + anchor, x + 0.2 * size, y + anchor)
            else:
                left, base = x - anchor, y + down
                yield Box(line, left, base - 0.75 * size, left + wide, base + 0.2 * size)
    for child in element:
        yield from boxes(child, x, y)


@cache
def long_place() -> pb.Place:
    agencies = [
        {"agency": "council", "name": LONG[0], "sector": "council"},
        {"agency": "nhs", "name": LONG[2], "sector": "nhs"},
    ]
    services = [{**row, "purpose": "early_help_for_families_and_children_under_five"}
                for row in places.rows_of("services")[:1]]  # fmt: skip
    return places.tiny(agencies=agencies, services=[*services, places.rows_of("services")[1]])


@cache
def all_charts() -> dict[str, Chart]:
    """Every kind of chart, with long names and with short ones."""
    rows = pd.DataFrame({"label": LONG, "value": [-1e4, 2.0, 3e4, 4.0]})
    wide = pd.concat([rows.assign(series=name) for name in SERIES])
    span = rows.assign(low=1.0, high=9.0, first=2.0, second=5.0)
    unit = "£ million of public value for £1 million, 2025-26 prices, discounted"
    made = {
        "bars": bars("k", "A.", "", rows, unit, LONG),
        "gains": bars("k", "A.", "", rows, unit, LONG, gains=True),
        "series": bars("k", "A.", "", wide, unit, LONG, SERIES),
        "ranges": ranges("k", "A.", "", span, unit, (SERIES[0], SERIES[1])),
    }
    for place in (long_place(), pb.example("northvale")):
        plans = [pb.simulate(place), pb.optimise(place)]
        made |= {f"{place.settings.name} {k}": v for k, v in charts_of(*plans).items()}
    return {name: chart for name, chart in made.items() if chart is not None}


def drawn(chart: Chart) -> list[ElementTree.Element]:
    return [ElementTree.fromstring(each) for each in re.findall("<svg.*?</svg>", chart.svg, re.S)]


def test_every_kind_of_chart_is_looked_at() -> None:
    assert {"bars", "gains", "series", "ranges", "tiny money", "tiny savings"} <= set(all_charts())
    assert {"northvale money", "northvale savings", "northvale rules"} <= set(all_charts())


def test_no_text_leaves_its_picture_and_none_covers_another_in_wide_letters() -> None:
    for name, chart in all_charts().items():
        for svg in drawn(chart):
            left, top, width, height = map(float, str(svg.get("viewBox")).split())
            found = [box for box in boxes(svg) if box.text.strip()]
            assert found
            for box in found:
                assert left <= box.left, (name, box)
                assert box.right <= left + width, (name, box)
                assert top <= box.top, (name, box)
                assert box.bottom <= top + height, (name, box)
            covered = [(a, b) for a, b in itertools.combinations(found, 2) if a.covers(b)]
            assert covered == [], name


def test_pictures_measured_with_the_letters_they_are_drawn_in_would_be_cut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pictures, "WIDER", 1.0)
    rows = pd.DataFrame({"label": LONG, "value": 1.0})
    chart = bars("k", "A.", "", rows, "£ million", LONG)
    assert chart is not None
    assert min(box.left for svg in drawn(chart) for box in boxes(svg)) < 0


def test_names_are_written_in_full_in_every_picture() -> None:
    for kind in ("bars", "gains", "series", "ranges"):
        for svg in drawn(all_charts()[kind]):
            told = "".join(box.text for box in boxes(svg)).replace(" ", "")
            for name in LONG:
                assert name.replace(" ", "") in told
            assert "…" not in told


def test_letters_are_sixteen_pixels_high_where_there_is_room_and_fourteen_where_there_is_not() -> (
    None
):
    for chart in all_charts().values():
        for svg, size in zip(drawn(chart), ("16px", "14px"), strict=True):
            assert {each.get("font-size") for each in svg.iter(f"{SVG}text")} == {size}


def test_the_narrow_picture_fits_a_small_phone() -> None:
    for name, chart in all_charts().items():
        wide, narrow = (float(str(svg.get("width"))) for svg in drawn(chart))
        assert narrow <= 360, name
        assert narrow < wide <= 860, name


def test_every_colour_of_a_picture_is_one_the_page_can_change() -> None:
    for name, chart in all_charts().items():
        told = set(re.findall(r'(?:fill|stroke)="([^"]+)"', chart.svg))
        fixed = {each for each in told if each not in ("none", "currentColor", "transparent")}
        assert all(each.startswith("var(--pb-") for each in fixed), (name, fixed)
    for theme in ("prefers-color-scheme:dark", "forced-colors:active", "jp-theme-light=false"):
        assert theme in pictures.STYLE


def test_a_colour_means_the_same_wherever_it_is_shown() -> None:
    assert colours.colours(["Today", "Best pooled"]) == colours.colours(["today", "proposed"])
    assert colours.colours(["aligned", "freed"]) == colours.colours(["Best aligned", "Best freed"])
    four = colours.colours(["today", "aligned", "pooled", "freed"])
    assert len(set(four)) == 4
    assert set(colours.MEANINGS.values()) <= set(colours.PALETTE) == set(colours.ON_DARK)


def test_no_part_of_the_package_has_colours_for_charts_of_its_own() -> None:
    package = Path(pb.__file__).parent
    known = {colour.lower() for colour in colours.PALETTE}
    for path in package.rglob("*.py"):
        if path != Path(colours.__file__):
            assert not known & set(re.findall("#[0-9a-f]{6}", path.read_text().lower())), path
    # The drawing of the money is a script, and has the same edges.
    for tone, name in (("money", "pooled"), ("cash", "cashable")):
        edge = re.findall(rf"{tone}: \['#\w+', '(#\w+)'\]", planview())
        colour = colours.colours([name])[0]
        assert edge[:2] == [colour.lower(), colours.ON_DARK[colour].lower()]
