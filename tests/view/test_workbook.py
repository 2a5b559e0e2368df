"""Five plans in one workbook."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

import placebudget as pb
from placebudget.plan.workbook_pages import MADE, NAMES
from placebudget.study import TITLES, Potential
from placebudget.view import write_comparison
from placebudget.view.front import front
from placebudget.view.sheet import Sheet
from placebudget.view.workbook import comparison_pages, sheet_page
from planned import potential
from sheets import below, libre_office, stored

pytestmark = pytest.mark.xdist_group("northvale")


@pytest.fixture(scope="module")
def found() -> Potential:
    return potential("northvale")


@pytest.fixture(scope="module")
def file(found: Potential, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_comparison(found, tmp_path_factory.mktemp("book") / "four.xlsx")


@pytest.fixture(scope="module")
def book(file: Path) -> Any:
    """The workbook with its formulas."""
    return openpyxl.load_workbook(file)


@pytest.fixture(scope="module")
def figures(file: Path) -> Any:
    """The workbook with the figures that formulas are stored with."""
    return stored(file)


def test_the_first_sheet_is_the_first_page_and_the_last_says_how_each_plan_was_made(
    found: Potential, figures: Any
) -> None:
    told = [row[0] for row in figures.worksheets[0].iter_rows(values_only=True)]
    for part in front(found):
        at = told.index(part.title) + 1
        assert tuple(told[at : at + len(part.lines)]) == part.lines
    assert "Pooling: +£562,000" in told
    header, *said = below(figures[MADE])
    assert header == ("What", *TITLES.values())
    status = next(row for row in said if row[0] == "status")
    assert status[1:] == tuple(plan.status for plan in found.plans.values())


def test_totals_are_the_plans_totals(found: Potential, figures: Any) -> None:
    for name in ("Money by purpose", "Money by agency that pays"):
        total = next(row for row in below(figures[name]) if row[0] == "Total")
        spent = [plan.money()["amount"].sum() / 1e6 for plan in found.plans.values()]
        assert list(total[1:]) == pytest.approx(spent)
    value = figures["Public value"]
    total = next(row for row in below(value) if row[0] == "Public value")
    assert list(total[1:]) == pytest.approx([p.public_value() / 1e6 for p in found.plans.values()])


def test_savings_of_each_plan_have_a_sheet_that_adds_up(found: Potential, figures: Any) -> None:
    sheets = [name for name in figures.sheetnames if name.startswith("Savings, ")]
    assert [name.split(", ")[1] for name in sheets] == list(TITLES.values())
    for name, plan in zip(sheets, found.plans.values(), strict=True):
        header, *body = below(figures[name])
        total = next(row for row in body if row[0] == "Total")
        savings = plan.savings()[["fiscal", "cashable"]].sum() / 1e6
        assert total[header.index("Total")] == pytest.approx(savings["fiscal"])
        assert total[-1] == pytest.approx(savings["cashable"])


def test_money_of_all_plans_is_one_tidy_sheet(found: Potential, figures: Any) -> None:
    header, *body = below(figures["Money in full"])
    assert header[0] == "Plan"
    for name, plan in found.titled.items():
        written = sum(row[-1] for row in body if row[0] == name)
        assert written == pytest.approx(plan.money()["amount"].sum())
    assert header[1:-1] == (
        "Agency", "Purpose", "Service", "Area", "Year", "Stream", "Route", "Line today",
    )  # fmt: skip
    through = {row[7] for row in body if row[0] == "Today"}
    assert through == {"direct", "Better care pool"}
    lines = {row[8] for row in body if row[3] == "residential care"}
    assert lines == {
        "; ".join(dict.fromkeys(found.place.today.query("service == 'residential_care'").reference))
    }


def test_differences_prices_status_and_sources_have_a_sheet_each(book: Any) -> None:
    names = {"Modelled potential", "Prices of limits", "Money by status", "Sources"}
    assert names | {"Figures by status"} <= set(book.sheetnames)
    assert all(len(below(book[name])) > 1 for name in names)


def test_no_name_of_a_sheet_is_cut(found: Potential, book: Any) -> None:
    assert [page.title for page in comparison_pages(found)] == book.sheetnames[1:-1]
    assert book.sheetnames[-1] == NAMES


def test_a_place_without_savings_or_prices_has_its_workbook(tmp_path: Path) -> None:
    found = pb.potential(pb.example("toy_pooling"))
    assert write_comparison(found, tmp_path / "toy.xlsx").exists()


def drawn(sheet: Any) -> list[str]:
    """What the series of the one chart of a sheet are drawn from."""
    (chart,) = sheet._charts
    return [series.val.numRef.f for series in chart.series]


def test_tables_whose_parts_add_up_have_a_chart_of_the_parts_and_not_of_the_total(
    book: Any,
) -> None:
    many, few = book["Money by purpose"], book["Public value"]
    last = next(n for n, row in enumerate(below(many), start=2) if row[0] == "Total") - 1
    column = {cell.value: cell.column_letter for cell in many[2]}
    beside = [column["Today"], column["Best pooled"]]
    assert drawn(many) == [f"'Money by purpose'!${c}$3:${c}${last}" for c in beside]
    assert drawn(few) == [f"'Public value'!$B${n}:$F${n}" for n in (3, 4, 5, 6)]
    assert few["A7"].value == "Public value"
    header, *_ = below(book["Savings, Today"])
    end = "ABCDEFGHIJ"[header.index("Total") - 1]
    assert all(f":${end}$" in each for each in drawn(book["Savings, Today"]))
    assert book["Outcomes"]._charts == []
    assert (many.page_setup.orientation, many.page_setup.fitToWidth or 1) == ("portrait", 1)


def test_more_parts_than_can_be_drawn_have_no_chart() -> None:
    figures = pd.DataFrame({"Today": [1.0] * 31, "Best pooled": [2.0] * 31}).rename(str)
    assert sheet_page(Sheet("Money", "£ million", figures, adds_up="down"), "Money").chart is None
    one = Sheet("Money", "£ million", figures[:1], adds_up="down")
    assert sheet_page(one, "Money").chart is None
    years = figures[["Today"]][:20]
    assert sheet_page(Sheet("Savings", "", years.set_axis(["2027-28"], axis=1)), "S").chart is None


def test_headline_figures_point_at_the_cells_they_come_from(
    found: Potential, book: Any, figures: Any
) -> None:
    assert figures.worksheets[0]["A4"].value == "Headline figures, £ million"
    rows = {row[0].value: row[1:] for row in figures.worksheets[0].iter_rows(6, 13)}
    formulas = {row[0].value: row[1:] for row in book.worksheets[0].iter_rows(6, 13)}
    plans = list(found.plans.values())
    expected = {
        "Public value": [plan.public_value() for plan in plans],
        "Spent on services": [plan.money()["amount"].sum() for plan in plans],
        "Savings": [plan.savings()["fiscal"].sum() for plan in plans],
        "Cashable savings": [plan.savings()["cashable"].sum() for plan in plans],
    }
    for words, each in expected.items():
        *told, rests_on = (cell.value for cell in rows[words])
        assert [value * 1e6 for value in told] == pytest.approx(each)
        assert rests_on
        assert all(cell.value.startswith("='") for cell in formulas[words][:-1])
    none, *gains = [cell.value for cell in rows["Gained by the step from the plan before"][:-1]]
    assert none is None
    assert gains[2] == pytest.approx(0.562, abs=0.0005)  # the step of pooling
    names = {name: each.attr_text for name, each in book.defined_names.items()}
    assert names["public_value_best_pooled"] == "'Read this first'!$E$6"
    assert names["public_value_best_pooled_parts"] == "'Public value'!$E$3:$E$6"
    assert names["money_by_purpose_today_total"] == f"'Money by purpose'!$B${_total(book)}"


def _total(book: Any) -> int:
    return next(row[0].row for row in book["Money by purpose"].rows if row[0].value == "Total")


def test_money_of_plans_is_a_sum_over_money_in_full(book: Any) -> None:
    for name in ("Money by purpose", "Money by agency that pays"):
        cells = [cell.value for row in book[name].iter_rows(3, _total(book) - 1, 2) for cell in row]
        sums = [cell for cell in cells if str(cell).startswith("=SUMIFS(money_in_full_amount,")]
        assert len(sums) >= 25
    assert book["Money"]["B3"].value == f"='Money by purpose'!$B${_total(book)}"


def without_figures(file: Path, folder: Path) -> Path:
    """A workbook whose formulas are stored without what they come to."""
    goal = folder / file.name
    with zipfile.ZipFile(file) as whole, zipfile.ZipFile(goal, "w") as bare:
        for part in whole.namelist():
            text = whole.read(part)
            if part.startswith("xl/worksheets/"):
                text = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", text)
            bare.writestr(part, text)
    return goal


def test_a_spreadsheet_finds_every_stored_figure_by_its_formula(tmp_path: Path) -> None:
    """LibreOffice is given formulas only; it finds the figures that were taken out."""
    five = pb.potential(pb.example("toy_pooling"))
    today, pooled = five.plans["today"], five.plans["pooled"]
    files = [
        write_comparison(five, tmp_path / "five.xlsx"),
        pooled.to_excel(tmp_path / "plan.xlsx"),
        pb.compare(today, pooled).to_excel(tmp_path / "pack.xlsx", causes=False),
        pb.outlook(five.place).to_excel(tmp_path / "gap.xlsx"),
    ]
    (tmp_path / "bare").mkdir()
    bare = [without_figures(file, tmp_path / "bare") for file in files]
    worked_out = libre_office("xlsx", tmp_path / "worked_out", *bare)
    for file, found in zip(files, map(stored, worked_out), strict=True):
        kept, formulas = stored(file), openpyxl.load_workbook(file)
        assert set(formulas.defined_names) <= set(found.defined_names)
        functions = set()
        for sheet in formulas.worksheets:
            for cell in (cell for row in sheet.iter_rows() for cell in row):
                value = found[sheet.title][cell.coordinate].value
                assert not str(value).startswith(("#", "Err:")), (file.name, sheet.title, cell)
                if cell.data_type == "f":
                    functions.add(cell.value.partition("(")[0])
                    figure = kept[sheet.title][cell.coordinate].value
                    assert value == pytest.approx(figure, rel=1e-9, abs=1e-6), cell.value
        assert "=SUM" in functions or file.stem == "gap"
        assert ("=SUMIFS" in functions) == (file.stem != "pack")
