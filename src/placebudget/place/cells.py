"""Cells of a file into typed columns; every cell that does not fit is a finding."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from placebudget.place.figures import Misfit, read_figure
from placebudget.place.finding import Finding
from placebudget.place.schema import Column
from placebudget.place.sheet_looks import Formatted
from placebudget.place.years import financial_year, start_of
from placebudget.texts import shown

EARLIEST, LATEST = 1900, 2300
"""Financial years that a place may speak of."""

_MANGLED = re.compile(r"[A-Za-z]{3}[-/ ]\d{2,4}|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*|\d{5}(\.\d*)?")
_BOOLEANS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_LARGEST_INTEGER = 2**53


@dataclass(frozen=True)
class ErrorValue:
    """A cell of a workbook whose formula could not be worked out: ``#REF!``, say."""

    text: str

    def __str__(self) -> str:
        return self.text

    @property
    def misfit(self) -> Misfit:
        """What is wrong with the cell."""
        mend = "Mend the formula in the spreadsheet, or write the value."
        return Misfit(f"The spreadsheet shows {self.text} here.", mend)


class RaisedText(ErrorValue):
    """A cell of a workbook in which some characters are raised or lowered: a note mark, say."""

    @property
    def misfit(self) -> Misfit:
        """What is wrong with the cell."""
        return Misfit(
            f"Characters of {shown(self.text, 40)} are raised or lowered, as a note mark is.",
            "Write the value alone, and the note into a column for it.",
        )


def typed_cells(
    table: str, column: Column, cells: Sequence[Any], numbers: Sequence[int]
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
    numbers : sequence of int
        Number of the row of each cell, for findings.

    Returns
    -------
    values : list
        One value a cell; None where it is blank or does not fit.
    findings : list of Finding
        An error for each cell that does not fit, a warning for each that was
        read although it was not written plainly.
    """
    values: list[Any] = []
    findings: list[Finding] = []
    for row, cell in zip(numbers, cells, strict=True):
        try:
            value, said = (None, "") if cell is None or cell == "" else _converted(column, cell)
        except Misfit as misfit:
            value, said = None, ""
            findings.append(
                Finding("wrong-type", "error", table, row, column.name, misfit.what, misfit.mend)
            )
        values.append(value)
        if said:
            what = f"{shown(cell, 40)} is read as {said}."
            mend = f"Check it, and write {said}."
            findings.append(Finding("read-as", "warning", table, row, column.name, what, mend))
    return values, findings


def _converted(column: Column, cell: Any) -> tuple[Any, str]:
    """The value of a cell, and what it was read as where that needs saying."""
    if isinstance(cell, RaisedText) and column.type == "string" and column.descriptive:
        return cell.text, cell.text
    if isinstance(cell, ErrorValue):
        raise cell.misfit
    if isinstance(cell, Formatted):
        value, _ = _converted(column, cell.number)
        return value, _otherwise_shown(column, cell)
    if column.type == "number":
        number, plain = read_figure(cell, column.measure)
        return number, "" if plain else f"{number:.15g}"
    if column.type == "string" and isinstance(cell, datetime.date | datetime.time):
        return _dated(column, cell)
    return _CONVERTERS[column.type](cell), ""


def _otherwise_shown(column: Column, cell: Formatted) -> str:
    """A number whose cell shows another: as that is refused or read where it is text."""
    if column.type not in ("number", "integer"):
        return ""
    try:
        number, _ = read_figure(cell.shown, column.measure)
    except Misfit as misfit:
        what = f"The cell shows {cell.shown} and holds {cell.number:.15g}."
        raise Misfit(what, misfit.mend) from None
    same = number is not None and math.isclose(number, cell.number, rel_tol=1e-12)
    return "" if same else f"{cell.number:.15g}"


def _dated(column: Column, cell: Any) -> tuple[str, str]:
    """A date as text; a key is never read from one, for it was something else before."""
    if not column.descriptive or not isinstance(cell, datetime.date):
        raise Misfit(
            f"{shown(cell, 40)} is a date: a spreadsheet has turned the text into it.",
            "Format the column as text and write it again.",
        )
    text = cell.isoformat().removesuffix("T00:00:00")
    return text, text


def as_text(cell: Any) -> str:
    """Text of a cell; whole numbers from a workbook lose their decimal point."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def as_integer(cell: Any) -> int | None:
    """Whole number in a cell."""
    number, _ = read_figure(cell)
    if number is None:
        return None
    if not number.is_integer() or abs(number) > _LARGEST_INTEGER:
        raise Misfit(f"{shown(cell, 40)} is not a whole number.", "Write a whole number such as 3.")
    return int(number)


def as_boolean(cell: Any) -> bool | None:
    """Yes or no in a cell."""
    if isinstance(cell, bool):
        return cell
    text = as_text(cell).strip().lower()
    if not text:
        return None
    if text not in _BOOLEANS:
        raise Misfit(f"{shown(cell, 40)} is neither yes nor no.", "Write yes or no.")
    return _BOOLEANS[text]


def as_year(cell: Any) -> str | None:
    """Financial year in a cell."""
    text = as_text(cell).strip()
    if not text:
        return None
    if isinstance(cell, datetime.date) or _MANGLED.fullmatch(text):
        raise Misfit(
            f"{shown(cell, 40)} is a date, not a financial year.",
            "A spreadsheet has turned the year into it: format the column as text and write the "
            "year again, as 2027-28.",
        )
    try:
        start = start_of(text)
    except ValueError:
        raise Misfit(_no_year(cell, text), "Financial years run from April to March.") from None
    if not EARLIEST <= start <= LATEST:
        raise Misfit(
            f"{shown(cell, 40)} lies outside {EARLIEST} to {LATEST}.",
            "Write a financial year of the plan, such as 2027-28.",
        )
    return financial_year(start)


def _no_year(cell: Any, text: str) -> str:
    if re.fullmatch(r"\d{4}\s*[-/\u2013]\s*(\d{2}|\d{4})", text, re.ASCII):
        right = financial_year(int(text[:4]))
        return f"{shown(cell, 40)} does not span one year; it may have been {right}."
    return f"{shown(cell, 40)} is not a financial year; write it as 2027-28."


_CONVERTERS = {
    "string": as_text,
    "integer": as_integer,
    "boolean": as_boolean,
    "year": as_year,
}
