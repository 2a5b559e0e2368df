"""Four plans in one workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

import placebudget as pb
from placebudget.study import TITLES, Potential
from placebudget.view import write_comparison


@pytest.fixture(scope="module")
def found() -> Potential:
    return pb.potential(pb.example("northvale"))


@pytest.fixture(scope="module")
def book(found: Potential, tmp_path_factory: pytest.TempPathFactory) -> Any:
    file = write_comparison(found, tmp_path_factory.mktemp("book") / "four.xlsx")
    return openpyxl.load_workbook(file)


def rows(sheet: Any) -> list[tuple[Any, ...]]:
    return list(sheet.iter_rows(values_only=True))


def test_the_first_sheet_has_the_potential_and_the_four_plans(found: Potential, book: Any) -> None:
    header, *said = rows(book.worksheets[0])
    assert header == ("what", *TITLES.values())
    assert {line for line, *_ in said} >= set(found.summary().splitlines())
    status = next(row for row in said if row[0] == "status")
    assert status[1:] == tuple(plan.status for plan in found.plans.values())


def test_totals_are_the_plans_totals(found: Potential, book: Any) -> None:
    for name in book.sheetnames:
        if " Money by " not in name:
            continue
        total = next(row for row in rows(book[name]) if row[0] == "Total")
        spent = [plan.money()["amount"].sum() / 1e6 for plan in found.plans.values()]
        assert list(total[1:]) == pytest.approx(spent)
    value = next(name for name in book.sheetnames if "Public value" in name)
    total = next(row for row in rows(book[value]) if row[0] == "Public value")
    assert list(total[1:]) == pytest.approx([p.public_value() / 1e6 for p in found.plans.values()])


def test_savings_of_each_plan_have_a_sheet_that_adds_up(found: Potential, book: Any) -> None:
    sheets = [name for name in book.sheetnames if " Savings, " in name]
    assert [name.split(", ")[1] for name in sheets] == list(TITLES.values())
    for name, plan in zip(sheets, found.plans.values(), strict=True):
        header, *body = rows(book[name])
        total = next(row for row in body if row[0] == "Total")
        savings = plan.savings()[["fiscal", "cashable"]].sum() / 1e6
        assert total[header.index("Total")] == pytest.approx(savings["fiscal"])
        assert total[-1] == pytest.approx(savings["cashable"])


def test_money_of_all_plans_is_one_tidy_sheet(found: Potential, book: Any) -> None:
    header, *body = rows(book["money"])
    assert header[0] == "plan"
    for name, plan in found.plans.items():
        written = sum(row[-1] for row in body if row[0] == name)
        assert written == pytest.approx(plan.money()["amount"].sum())


def test_differences_prices_status_and_sources_have_a_sheet_each(book: Any) -> None:
    names = {"modelled potential", "prices of limits", "money by status", "sources"}
    assert names | {"figures by status"} <= set(book.sheetnames)
    assert all(len(rows(book[name])) > 1 for name in names)


def test_a_place_without_savings_or_prices_has_its_workbook(tmp_path: Path) -> None:
    found = pb.potential(pb.example("toy_pooling"))
    assert write_comparison(found, tmp_path / "toy.xlsx").exists()
