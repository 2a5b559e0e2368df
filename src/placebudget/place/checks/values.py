"""Values: numbers outside their range, words outside their list."""

from __future__ import annotations

import math
from collections.abc import Iterator

from placebudget.place.checks.examination import Check, Examination, error
from placebudget.place.findings import Finding
from placebudget.place.geography import is_blank
from placebudget.place.schema import Column, schema
from placebudget.texts import did_you_mean, shown
from placebudget.words import whole_pounds

LARGEST = 1e13
"""More pounds, people or units than there are: public spending of Britain is a tenth."""

SMALLEST = 1e-6
"""Least unit cost, population or step that can be divided by."""


def outside_range(examined: Examination) -> Iterator[Finding]:
    """Negative amounts, shares outside 0 to 1, numbers without end."""
    for name, table in schema().items():
        for column in table.columns:
            if column.type in ("number", "integer"):
                for number, value in examined.cells(name, column.name):
                    if _is_outside(column, value):
                        yield _outside(name, column, number, float(value))


def enormous(examined: Examination) -> Iterator[Finding]:
    """Figures larger than any there is: a slip, and more than can be reckoned with."""
    for name, table in schema().items():
        for column in table.columns:
            if column.type != "number":
                continue
            for number, value in examined.cells(name, column.name):
                if LARGEST < abs(value) < math.inf:
                    what = f"{value:g} is larger than any figure of a place."
                    mend = f"Write a number of {LARGEST:,.0f} or less."
                    yield error("enormous", name, number, column.name, what, mend)


def minute(examined: Examination) -> Iterator[Finding]:
    """Figures so near nothing that dividing by them has no end."""
    for name, table in schema().items():
        for column in table.columns:
            if column.type != "number" or column.above != 0:
                continue
            for number, value in examined.cells(name, column.name):
                if 0 < value < SMALLEST:
                    what = f"{value:g} is all but nothing."
                    mend = f"Write a number of {SMALLEST:g} or more."
                    yield error("minute", name, number, column.name, what, mend)


def unknown_words(examined: Examination) -> Iterator[Finding]:
    """Words that are not in the list of a column."""
    for name, table in schema().items():
        for column in table.columns:
            if not column.allowed:
                continue
            for number, value in examined.cells(name, column.name):
                if value not in column.allowed:
                    what = f"{shown(value)} is not one of: {', '.join(column.allowed)}."
                    mend = did_you_mean(value, column.allowed) or "Write one of these words."
                    yield error("unknown-word", name, number, column.name, what, mend)


def minimum_above_maximum(examined: Examination) -> Iterator[Finding]:
    """Contributions that must be more than they may be."""
    for number, row in examined.rows("contributions"):
        if not is_blank(row.maximum) and row.minimum > row.maximum:
            least, most = whole_pounds(row.minimum), whole_pounds(row.maximum)
            what = f"The minimum {least} is above the maximum {most}."
            mend = "Lower the minimum or raise the maximum."
            yield error("minimum-above-maximum", "contributions", number, "minimum", what, mend)


def lot_above_capacity(examined: Examination) -> Iterator[Finding]:
    """Offers whose smallest lot is more than they can deliver."""
    for number, row in examined.rows("offers"):
        if not is_blank(row.capacity) and row.smallest_lot > row.capacity:
            what = f"The smallest lot {row.smallest_lot:g} is above the capacity {row.capacity:g}."
            mend = "Lower the lot or raise the capacity: the offer could never run."
            yield error("lot-above-capacity", "offers", number, "smallest_lot", what, mend)


def _is_outside(column: Column, value: float) -> bool:
    return (
        not math.isfinite(value)
        or (column.minimum is not None and value < column.minimum)
        or (column.maximum is not None and value > column.maximum)
        or (column.above is not None and value <= column.above)
    )


def _outside(table: str, column: Column, row: int, value: float) -> Finding:
    negative = value < 0 and column.minimum in (0, 1, None)
    code = "negative" if negative else "outside-range"
    mend = f"Write {_wanted(column)}."
    if column.unit and column.unit.startswith("share") and 1 < value <= 100:
        mend += f" Is it per cent? Then write {value / 100:g}."
    return error(code, table, row, column.name, f"{value:,.15g} is {_range(column)}.", mend)


def _range(column: Column) -> str:
    if column.minimum is not None and column.maximum is not None:
        return f"not between {column.minimum:g} and {column.maximum:g}"
    if column.minimum is not None:
        return f"below {column.minimum:g}"
    if column.above is not None and column.maximum is not None:
        return f"not above {column.above:g} and at most {column.maximum:g}"
    if column.above is not None:
        return f"not above {column.above:g}"
    return "not a finite number"


def _wanted(column: Column) -> str:
    unit = f" ({column.unit})" if column.unit else ""
    if column.minimum is not None and column.maximum is not None:
        return f"a number from {column.minimum:g} to {column.maximum:g}{unit}"
    if column.minimum is not None:
        return f"a number of {column.minimum:g} or more{unit}"
    if column.above is not None:
        most = "" if column.maximum is None else f", at most {column.maximum:g}"
        return f"a number above {column.above:g}{most}{unit}"
    return f"a finite number{unit}"


CHECKS: tuple[Check, ...] = (
    outside_range,
    enormous,
    minute,
    unknown_words,
    minimum_above_maximum,
    lot_above_capacity,
)
