"""Workbooks of studies: what adds up has a total, and the total is a formula."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

import placebudget as pb
from placebudget.plan.workbook_pages import Page
from placebudget.study.result import StudyResult
from placebudget.words import plain, sentence


@cache
def answers() -> dict[str, StudyResult]:
    place = pb.example("toy_pooling")
    flows = pd.DataFrame(
        [("tax", "pool", 30.0), ("grant", "pool", 10.0), ("pool", "care", 36.0)],
        columns=["start", "end", "amount"],
    )
    lines = pd.DataFrame(
        {"line": ["beds", "visits"], "budget": [50.0, 20.0], "actual": [62.0, 15.0]}
    )
    shares = pd.DataFrame({"partner": ["a", "b"], "share": [40.0, 60.0], "cap": [2.0, None]})
    return {
        "accounts": pb.accounts(pb.optimise(place, prices=False)),
        "outlook": pb.outlook(place),
        "risk_share": pb.risk_share(lines, shares),
        "sharing": pb.sharing(place),
        "trace": pb.trace(flows),
    }


@pytest.mark.parametrize(
    ("study", "table", "column", "total"),
    [
        ("accounts", "streams", "funding", 100e6),
        ("accounts", "electors", "amount", 100e6),
        ("outlook", "agencies", "gap", -10e6),
        ("risk_share", "lines", "over", 12.0),
        ("risk_share", "steps", "amount", 12.0),
        ("sharing", "least_core", "share", 10e6),
        ("trace", "ends", "amount", 36.0),
        ("trace", "left", "amount", 4.0),
    ],
)
def test_a_column_of_pounds_has_a_total_that_is_a_formula_and_agrees(
    study: str, table: str, column: str, total: float, tmp_path: Path
) -> None:
    """Of £40 paid into a pool £36 are paid on; an overspend of £12 is met by steps of £12."""
    found = answers()[study]
    path = found.to_excel(tmp_path / "answer.xlsx")
    at = list(found.tables[table].columns).index(column) + 1
    name = Page(sentence(plain(table)), [], []).sheet
    formula, stored = (
        load_workbook(path, data_only=values)[name].cell(2, at).value for values in (False, True)
    )
    assert str(formula).startswith("=SUM(")
    assert stored == pytest.approx(total)


def test_every_column_that_adds_up_is_there_and_is_figures() -> None:
    for name, found in answers().items():
        assert found.sums, name
        for table, columns in found.sums.items():
            frame = found.tables[table]
            if len(frame):
                assert set(columns) & set(frame.select_dtypes("number")), f"{name}, {table}"


def test_what_counts_a_pound_twice_has_no_total() -> None:
    """What is carried forward is used again in a later year, and a method is one of several."""
    assert "uses" not in answers()["accounts"].sums
    assert "shares" not in answers()["sharing"].sums
