"""Totals, notes and agencies that do nothing are not passed over as rows of a place."""

from __future__ import annotations

from typing import Any

import pytest

from placebudget.place import check, example, examples
from places import MADE_UP, rows_of, tiny

CODES = ("total-row", "note-row", "idle-agency")


def found(place: Any) -> list[tuple[str, str, str, int | None, str | None]]:
    return [(f.severity, f.code, f.table, f.row, f.column) for f in check(place) if f.code in CODES]


def with_agency(key: str) -> Any:
    return tiny(agencies=[*rows_of("agencies"), {"agency": key}])


def with_outcome(key: str, **figures: Any) -> Any:
    mine = [{**row, "weight": weight} for row, weight in zip(OUTCOMES, (2.0, 3.0), strict=True)]
    return tiny(outcomes=[*mine, {"outcome": key, "name": "x", "unit": "x", **figures, **MADE_UP}])


OUTCOMES = [{"outcome": key, "name": key, "unit": "x", **MADE_UP} for key in ("one", "two")]


@pytest.mark.parametrize("name", examples())
def test_no_example_holds_any(name: str) -> None:
    assert not found(example(name))


def test_an_agency_without_stream_service_pool_or_saving_is_a_warning() -> None:
    assert found(with_agency("county")) == [("warning", "idle-agency", "agencies", 4, "agency")]


@pytest.mark.parametrize("use", ["streams", "services", "pools"])
def test_an_agency_with_any_of_them_is_none(use: str) -> None:
    """In the tiny place the council holds a stream, commissions a service and hosts the pool."""
    column = {"streams": "agency", "services": "commissioner", "pools": "host"}[use]
    rows = [{**row, column: "county"} for row in rows_of(use)]
    place = tiny(agencies=[*rows_of("agencies"), {"agency": "county"}], **{use: rows})
    assert ("warning", "idle-agency", "agencies", 4, "agency") not in found(place)


@pytest.mark.parametrize("word", ["Total", "TOTAL:", "Grand total", "Sub-total", "sum"])
def test_a_row_that_is_the_sum_of_the_rows_above_is_an_error(word: str) -> None:
    """2 and 3 are 5."""
    assert found(with_outcome(word, weight=5.0)) == [
        ("error", "total-row", "outcomes", 4, "weight")
    ]


@pytest.mark.parametrize("figures", [{}, {"weight": 7.0}])
def test_a_row_that_is_only_called_a_total_is_a_warning(figures: dict[str, float]) -> None:
    assert found(with_outcome("Total", **figures)) == [
        ("warning", "total-row", "outcomes", 4, "outcome")
    ]


def test_a_name_that_only_begins_with_total_is_none() -> None:
    assert not found(with_outcome("Total Place"))


@pytest.mark.parametrize(
    "text", ["* provisional", "Source: accounts", "Note: draft", "[1] estimate", "¹ revised"]
)
def test_a_note_beneath_a_table_is_a_warning(text: str) -> None:
    assert ("warning", "note-row", "outcomes", 4, "outcome") in found(with_outcome(text))
    assert not found(with_outcome("source_of_noise"))
