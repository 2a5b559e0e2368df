"""Cells of a file into typed columns; every cell that does not fit is a finding."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from placebudget.place.findings import Finding
from placebudget.place.schema import Column
from placebudget.place.years import financial_year, start_of

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_BOOLEANS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_LARGEST_INTEGER = 2**53


@dataclass(frozen=True)
class Misfit(Exception):
    """A cell that does not fit the type of its column."""

    what: str
    mend: str


def typed_cells(
    table: str, column: Column, cells: Sequence[Any]
) -> tuple[list[Any], list[Finding]]:
    """Turn the cells of one column into values of its type; blank becomes None.

    Parameters
    ----------
    table : str
        Name of the table, for findings.
    column : Column
        The column as the schema describes it.
    cells : sequence
        Text from a CSV file, or text, numbers, booleans and dates from a workbook.

    Returns
    -------
    values : list
        One value a cell; None where it is blank or does not fit.
    findings : list of Finding
        One for each cell that does not fit.
    """
    convert = _CONVERTERS[column.type]
    values: list[Any] = []
    findings: list[Finding] = []
    for row, cell in enumerate(cells, start=1):
        try:
            values.append(None if cell is None or cell == "" else convert(cell))
        except Misfit as misfit:
            values.append(None)
            findings.append(
                Finding("wrong-type", "error", table, row, column.name, misfit.what, misfit.mend)
            )
    return values, findings


def as_text(cell: Any) -> str:
    """Text of a cell; whole numbers from a workbook lose their decimal point."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def as_number(cell: Any) -> float | None:
    """Number in a cell."""
    if isinstance(cell, str):
        text = cell.strip()
        if not text:
            return None
        if not _NUMBER.fullmatch(text):
            raise Misfit(f"{_shown(cell)} is not a number.", _number_mend(text))
        number = float(text)
    elif isinstance(cell, bool) or not isinstance(cell, int | float):
        raise Misfit(f"{_shown(cell)} is not a number.", "Write a plain number such as 1250.5.")
    else:
        number = float(cell)
    if not math.isfinite(number):
        raise Misfit(f"{_shown(cell)} is not a finite number.", "Leave the cell blank instead.")
    return number


def as_integer(cell: Any) -> int | None:
    """Whole number in a cell."""
    number = as_number(cell)
    if number is None:
        return None
    if not number.is_integer() or abs(number) > _LARGEST_INTEGER:
        raise Misfit(f"{_shown(cell)} is not a whole number.", "Write a whole number such as 3.")
    return int(number)


def as_boolean(cell: Any) -> bool | None:
    """Yes or no in a cell."""
    if isinstance(cell, bool):
        return cell
    text = as_text(cell).strip().lower()
    if not text:
        return None
    if text not in _BOOLEANS:
        raise Misfit(f"{_shown(cell)} is neither yes nor no.", "Write yes or no.")
    return _BOOLEANS[text]


def as_year(cell: Any) -> str | None:
    """Financial year in a cell."""
    if isinstance(cell, datetime.date):
        raise Misfit(
            f"{_shown(cell)} is a date, not a financial year.",
            "Format the column as text and write the year as 2027-28.",
        )
    text = as_text(cell)
    if not text.strip():
        return None
    try:
        return financial_year(start_of(text))
    except ValueError as error:
        raise Misfit(f"{error}.", "Financial years run from April to March.") from None


_CONVERTERS: dict[str, Callable[[Any], Any]] = {
    "string": as_text,
    "number": as_number,
    "integer": as_integer,
    "boolean": as_boolean,
    "year": as_year,
}


def _shown(cell: Any) -> str:
    text = as_text(cell)
    return repr(text if len(text) <= 40 else f"{text[:37]}...")


def _number_mend(text: str) -> str:
    if text.endswith("%"):
        return "Write a share such as 0.25 instead of 25%."
    if "," in text:
        return "Write it without commas: 1250000.5, not 1,250,000.5."
    if text.startswith(("£", "$", "€")):
        return "Write the number without the currency sign."
    return "Write a plain number such as 1250.5, or leave the cell blank."
