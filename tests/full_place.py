"""A place that uses every table and column, with awkward texts and numbers."""

from __future__ import annotations

from typing import Any

import pandas as pd

from placebudget.place import Place, Settings, schema

AWKWARD_TEXTS = (
    'comma, "quote" and\nnew line',
    "Ynys Môn – £5 “bach” 漢字 \U0001f3e0",
    "=1+1",
    "+44 20",
    "-1",
    "@here",
    "#N/A",
    "12.50",
    "true",
    "NA",
    "_x0041_ and _x000D_",
    "carriage\rreturn\r\nboth",
    " spaces around ",
    "tab\tbell\x07",
    "'apostrophe",
    "2027-28",
)
AWKWARD_NUMBERS = (0.1 + 0.2, 1 / 3, 12_500_000.0, 1e-9, 0.0, 123_456_789.987_654_32, 1e15)
YEARS = ("2027-28", "2028-29", "2029-30")

SETTINGS = Settings(
    name="every_column",
    title='Every column, "quoted"',
    description="Two lines\nof text, £ and 漢字",
    years=YEARS,
    appraisal_years=12,
    discount=((30, 0.035), (75, 0.03)),
    price_base="2026-27",
    today_year="2026-27",
    extra={"version": "1.0", "contributors": [{"title": "A, B"}], "count": 3, "open": True},
)


def every_column(rows: int = 8) -> Place:
    """A place that need not hold together, but fills and leaves blank every column."""
    tables = {
        name: pd.DataFrame(
            {column.name: [_cell(column, row) for row in range(rows)] for column in table.columns},
            dtype=object,
        )
        for name, table in schema().items()
    }
    return Place(SETTINGS, tables)


def _cell(column: Any, row: int) -> Any:
    position = len(column.name) + row
    # The key comes first in every table, so no row is blank as a whole.
    if row % 3 == 2 and not column.required:
        return None
    if column.type == "year":
        return YEARS[row % len(YEARS)]
    if column.type == "boolean":
        return row % 2 == 0
    if column.type == "integer":
        return position
    if column.type == "number":
        return AWKWARD_NUMBERS[position % len(AWKWARD_NUMBERS)]
    if column.allowed:
        return column.allowed[position % len(column.allowed)]
    return AWKWARD_TEXTS[position % len(AWKWARD_TEXTS)]
