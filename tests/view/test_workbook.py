"""Five plans in one workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

import placebudget as pb
from placebudget.plan.workbook import MADE
from placebudget.study import TITLES, Potential
from placebudget.view import write_comparison
from placebudget.view.front import front
from placebudget.view.sheet import Sheet
from placebudget.view.workbook import comparison_pages, sheet_page
from planned import potential

pytestmark = pytest.mark.xdist_group("northvale")


@pytest.fixture(scope="module")
def found() -> Potential:
    return potential("northvale")


@pytest.fixture(scope="module")
def book(found: Potential, tmp_path_factory: pytest.TempPathFactory) -> Any:
    file = write_comparison(found, tmp_path_factory.mktemp("book") / "four.xlsx")
    return openpyxl.load_workbook(file)


def rows(sheet: Any) -> list[tuple[Any, ...]]:
    return list(sheet.iter_rows(values_only=True))


def test_the_first_sheet_is_the_first_page_and_the_last_says_how_each_plan_was_made(
    found: Potential, book: Any
) -> None:
    told = [line for (line,) in rows(book.worksheets[0])]
    for part in front(found):
        at = told.index(part.title) + 1
        assert tuple(told[at : at + len(part.lines)]) == part.lines
    assert "Pooling: +£5.4 million" in told
    header, *said = rows(book[MADE])
    assert header == ("What", *TITLES.values())
    status = next(row for row in said if row[0] == "status")
    assert status[1:] == tuple(plan.status for plan in found.plans.values())


def test_totals_are_the_plans_totals(found: Potential, book: Any) -> None:
    for name in book.sheetnames:
        if name not in ("Money by purpose", "Money by agency that pays"):
            continue
        total = next(row for row in rows(book[name]) if row[0] == "Total")
        spent = [plan.money()["amount"].sum() / 1e6 for plan in found.plans.values()]
        assert list(total[1:]) == pytest.approx(spent)
    value = next(name for name in book.sheetnames if "Public value" in name)
    total = next(row for row in rows(book[value]) if row[0] == "Public value")
    assert list(total[1:]) == pytest.approx([p.public_value() / 1e6 for p in found.plans.values()])


def test_savings_of_each_plan_have_a_sheet_that_adds_up(found: Potential, book: Any) -> None:
    sheets = [name for name in book.sheetnames if name.startswith("Savings, ")]
    assert [name.split(", ")[1] for name in sheets] == list(TITLES.values())
    for name, plan in zip(sheets, found.plans.values(), strict=True):
        header, *body = rows(book[name])
        total = next(row for row in body if row[0] == "Total")
        savings = plan.savings()[["fiscal", "cashable"]].sum() / 1e6
        assert total[header.index("Total")] == pytest.approx(savings["fiscal"])
        assert total[-1] == pytest.approx(savings["cashable"])


def test_money_of_all_plans_is_one_tidy_sheet(found: Potential, book: Any) -> None:
    header, *body = rows(book["Money in full"])
    assert header[0] == "Plan"
    for name, plan in found.plans.items():
        written = sum(row[-1] for row in body if row[0] == name)
        assert written == pytest.approx(plan.money()["amount"].sum())


def test_differences_prices_status_and_sources_have_a_sheet_each(book: Any) -> None:
    names = {"Modelled potential", "Prices of limits", "Money by status", "Sources"}
    assert names | {"Figures by status"} <= set(book.sheetnames)
    assert all(len(rows(book[name])) > 1 for name in names)


def test_no_name_of_a_sheet_is_cut(found: Potential, book: Any) -> None:
    assert [page.title for page in comparison_pages(found)] == book.sheetnames[1:]


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
    last = next(n for n, row in enumerate(rows(many), start=1) if row[0] == "Total") - 1
    column = {row[0].value: row[0].column_letter for row in many.iter_cols(max_row=1)}
    beside = [column["Today"], column["Best pooled"]]
    assert drawn(many) == [f"'Money by purpose'!${c}$2:${c}${last}" for c in beside]
    assert drawn(few) == [f"'Public value'!$B${n}:$F${n}" for n in (2, 3, 4)]
    assert few["A5"].value == "Public value"
    header, *_ = rows(book["Savings, Today"])
    end = "ABCDEFGHIJ"[header.index("Total") - 1]
    assert all(f":${end}$" in each for each in drawn(book["Savings, Today"]))
    assert book["Outcomes"]._charts == []
    assert (many.page_setup.orientation, many.page_setup.fitToWidth) == ("portrait", 1)


def test_more_parts_than_can_be_drawn_have_no_chart() -> None:
    figures = pd.DataFrame({"Today": [1.0] * 31, "Best pooled": [2.0] * 31}).rename(str)
    assert sheet_page(Sheet("Money", "£ million", figures, adds_up="down"), "Money").chart is None
    one = Sheet("Money", "£ million", figures[:1], adds_up="down")
    assert sheet_page(one, "Money").chart is None
    years = figures[["Today"]][:20]
    assert sheet_page(Sheet("Savings", "", years.set_axis(["2027-28"], axis=1)), "S").chart is None
