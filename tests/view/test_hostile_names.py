"""Names that try to be markup or formulas stay names: on pages, in charts, in workbooks."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from openpyxl import load_workbook

import placebudget as pb
from placebudget.place import Place, read, schema
from placebudget.place.io.sheets import csv_frame, starts_like_a_formula
from placebudget.place.io.template import starter, write_template
from placebudget.view import plan_page, report, write_comparison

MARKUP = "<script>alert(\"1\")</script><img src=x onerror='alert(2)'>&lt\"'{{7*7}}"
FORMULAS = ("=1+1|", "+1-1 ", "@SUM ", "-2+3 ", "\t=1 ")


def with_texts(place: Place, change: Callable[[str], str]) -> Place:
    """A place whose texts are all changed, keys and what refers to them alike."""
    tables = {}
    for name, table in schema().items():
        frame = place.tables[name].copy()
        for column in table.columns:
            told = column.name in ("subject", "band")  # not names: what they pick, and ages
            if column.type == "string" and not column.allowed and not told:
                frame[column.name] = [
                    text if text != text or text == "general" else change(text)
                    for text in frame[column.name]
                ]
        tables[name] = frame
    # Rules pick by keys, which are others now.
    return place.with_(**{**tables, "rules": tables["rules"].iloc[:0]})


@pytest.fixture(scope="module")
def full_of_formulas() -> Place:
    return with_texts(starter(), lambda text: f"=1+{text}")


@pytest.fixture(scope="module")
def found() -> pb.study.Potential:
    """Plans of a place whose texts are markup behind what begins like a formula."""
    place = with_texts(starter(), lambda text: f"=1+{text[:20]}{MARKUP}")
    place = place.with_(settings=pb.place.Settings(name="m", title=MARKUP, years=place.years))
    assert not place.check().errors
    return pb.potential(place)


class Page(HTMLParser):
    """Elements and attributes of a page, and the text it shows."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.shown = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.shown += data


def test_names_full_of_markup_are_shown_as_they_are_written(found: pb.study.Potential) -> None:
    for text in (plan_page(found.plans["pooled"]), report(found)):
        page = Page(text)
        assert not page.tags & {"img", "iframe", "object"}
        assert text.count("<script") == text.count("</script>") in (0, 2)
        assert not [name for name in page.attributes if name.startswith("on")]
        assert MARKUP in page.shown


# What formulas of workbooks look like: sums, differences and cells of other sheets; no text of a
# place stands in one.
CELL = r"(?:'[\w ,-]+'!)?\$?[A-Z]+\$?\d+"
ASKED = rf'\w+,"="&(?:{CELL}|"direct")'
SUM = re.compile(
    rf"=(?:SUM\({CELL}:{CELL}\)|{CELL}(?:[+-]{CELL})*|SUMIFS\(\w+(?:,{ASKED})+\)(?:/1000000)?)"
)


def text_cells(file: Path) -> list[tuple[object, str, bool]]:
    """Cells of all sheets but formulas: value, type, and whether they are marked as text."""
    return [
        (cell.value, cell.data_type, bool(cell.quotePrefix))
        for sheet in load_workbook(file)
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None and not SUM.fullmatch(str(cell.value))
    ]


def test_workbooks_for_people_hold_no_formula_but_sums_and_keep_numbers(
    tmp_path: Path, full_of_formulas: Place, found: pb.study.Potential
) -> None:
    today, plan = found.plans["today"], found.plans["pooled"]
    files = [
        plan.to_excel(tmp_path / "plan.xlsx"),
        write_comparison(found, tmp_path / "four.xlsx"),
        pb.compare(today, plan).to_excel(tmp_path / "comparison.xlsx"),
        write_template(tmp_path / "template.xlsx", full_of_formulas),
        full_of_formulas.write(tmp_path / "place.xlsx"),
    ]
    for file in files:
        cells = text_cells(file)
        kinds = {kind for _, kind, _ in cells}
        assert "f" not in kinds, (file.name, [cell for cell in cells if cell[1] == "f"])
        assert {"s", "n"} <= kinds
        like_formulas = [cell for cell in cells if isinstance(cell[0], str) and cell[0][0] == "="]
        assert like_formulas, file.name
        assert all(marked for _, _, marked in like_formulas), file.name


def test_a_place_full_of_formulas_reads_back_equal(tmp_path: Path, full_of_formulas: Place) -> None:
    for name in ("place", "place.zip", "place.xlsx"):
        assert read(full_of_formulas.write(tmp_path / name)) == full_of_formulas
    assert read(write_template(tmp_path / "t.xlsx", full_of_formulas)) == full_of_formulas


def test_negative_numbers_in_workbooks_and_csv_stay_numbers(tmp_path: Path) -> None:
    place = starter()
    rates = place.inflation.assign(rate=-0.25)
    file = place.with_(inflation=rates).write(tmp_path / "place.xlsx")
    column = [row[2] for row in load_workbook(file)["inflation"].iter_rows(min_row=2)]
    assert {(cell.value, cell.data_type) for cell in column} == {(-0.25, "n")}
    lines = csv_frame(rates[["index", "rate"]]).splitlines()
    assert lines[1:] == [f"{index},-0.25" for index in rates["index"]]


@pytest.mark.parametrize("start", FORMULAS)
def test_csv_for_people_marks_what_starts_like_a_formula(start: str) -> None:
    frame = starter().agencies[["agency", "name"]].assign(name=f"{start}x")
    assert starts_like_a_formula(f"{start}x")
    for line in csv_frame(frame).splitlines()[1:]:
        assert line.partition(",")[2].strip('"').startswith("'")
