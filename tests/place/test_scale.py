"""Money at the wrong scale is suspected and named; money at the right one is not."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from placebudget.place import Finding, Place, check, example, examples
from placebudget.place.io.template import starter
from places import rows_of, tiny
from proof import some_examples


def suspected(place: Place) -> list[Finding]:
    return list(check(place).of("wrong-scale"))


def scaled(place: Place, table: str, column: str, factor: float, rows: Any = None) -> Place:
    """A place with a column, or some rows of it (from 1), divided by a factor."""
    frame = place.tables[table].copy()
    which = slice(None) if rows is None else [row - 1 for row in rows]
    frame.loc[which, column] = frame.loc[which, column] / factor
    return place.with_(**{table: frame})


@pytest.mark.parametrize("name", examples())
def test_the_examples_raise_no_suspicion(name: str) -> None:
    assert suspected(example(name)) == []


def test_neither_do_the_template_and_the_place_of_these_tests() -> None:
    assert suspected(starter()) == suspected(tiny()) == []


@pytest.mark.parametrize("name", some_examples())
@pytest.mark.parametrize("factor", [1_000, 1_000_000])
@pytest.mark.parametrize(("table", "column"), [("funding", "amount"), ("today", "amount")])
def test_a_whole_column_at_another_scale_is_noticed(
    name: str, factor: int, table: str, column: str
) -> None:
    found = suspected(scaled(example(name), table, column, factor))
    assert any(f"by {factor:,}" in f.mend and f.table == table for f in found)
    assert {f.severity for f in found} == {"warning"}


@pytest.mark.parametrize("name", ["northvale", "toy_pooling", "topslice_2010"])
def test_unit_costs_at_another_scale_are_noticed(name: str) -> None:
    found = suspected(scaled(example(name), "offers", "unit_cost", 1_000))
    assert any("unit cost" in f.what + f.mend or f.table == "offers" for f in found)


@pytest.mark.parametrize("name", ["lancashire", "northvale"])
@pytest.mark.parametrize("factor", [1_000, 1_000_000])
def test_all_money_at_another_scale_is_noticed_by_residents_and_need(
    name: str, factor: int
) -> None:
    place = scaled(example(name), "funding", "amount", factor)
    place = scaled(place, "today", "amount", factor)
    found = suspected(place)
    assert any("residents" in f.what for f in found)
    assert any("meeting all need" in f.what for f in found)


@pytest.mark.parametrize(("factor", "name"), [(1_000, "£ thousand"), (1_000_000, "£ million")])
@pytest.mark.parametrize("row", [1, 2, 3, 4])
def test_a_year_at_another_scale_names_its_row_and_factor(factor: int, name: str, row: int) -> None:
    found = suspected(scaled(tiny(), "funding", "amount", factor, [row]))
    assert [(f.table, f.column) for f in found][:1] == [("funding", "amount")]
    assert f"about {factor:,} times less" in found[0].what
    assert f"row {row + 1} is" in found[0].what
    assert name in found[0].mend


def test_a_stream_at_another_scale_in_every_year_is_noticed() -> None:
    place = example("lancashire")
    stream = place.funding["stream"][0]
    rows = [n for n, name in enumerate(place.funding["stream"], start=1) if name == stream]
    found = suspected(scaled(place, "funding", "amount", 1_000, rows))
    assert any(f.table == "funding" and stream in f.what for f in found)


def test_one_offer_at_another_scale_is_noticed() -> None:
    place = example("northvale")
    counts = place.offers["service"].value_counts()
    service = counts[counts >= 3].index[0]
    row = int(place.offers.index[place.offers["service"] == service][0]) + 1
    found = suspected(scaled(place, "offers", "unit_cost", 1_000, [row]))
    assert any(f.table == "offers" and f"in row {row + 1} are" in f.what for f in found)


def test_a_row_of_todays_money_that_buys_nobody_anything_is_noticed() -> None:
    found = suspected(scaled(tiny(), "today", "amount", 1_000_000, [1]))
    assert ("today", 2) in [(f.table, f.row) for f in found if "twentieth" in f.what]


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("rules", {"rule": "r", "kind": "floor", "amount": 8, "basis": "policy"}),
        ("reserves", {"agency": "council", "opening": 3.5}),
        ("contributions", {"pool": "shared", "stream": "nhs_core", "maximum": 2}),
    ],
)
def test_a_few_pounds_where_there_are_millions_are_noticed(table: str, row: dict[str, Any]) -> None:
    found = suspected(tiny(**{table: pd.DataFrame([row])}))
    assert [(f.table, f.row) for f in found] == [(table, 2)]
    assert "£ million" in found[0].mend


def test_residents_in_thousands_are_noticed() -> None:
    areas = [{"area": "town", "population": 96.3}]
    [found] = suspected(tiny(areas=areas))
    assert (found.table, found.column) == ("areas", "population")


def test_what_is_small_for_a_reason_is_left_alone() -> None:
    small = [
        {**row, "amount": row["amount"] / (200 if row["stream"] == "nhs_core" else 1)}
        for row in rows_of("funding")
    ]
    today = [{**row, "amount": min(row["amount"], 9e4)} for row in rows_of("today")]
    assert suspected(tiny(funding=small, today=today)) == []
    assert suspected(tiny(funding=[{**row, "amount": 0} for row in small], today=None)) == []


def test_a_small_programme_in_a_large_area_is_left_alone() -> None:
    areas = [{"area": "county", "population": 12e6}]
    assert suspected(tiny(areas=areas)) == []


def test_endless_figures_are_left_to_other_checks() -> None:
    needs = [{**row, "people": 1e308} for row in rows_of("needs")]
    assert "enormous" in check(tiny(needs=needs)).codes
