"""Cells of a file, and figures as people write them, into typed columns, or findings."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from placebudget.arguments import is_number
from placebudget.place.findings import Finding
from placebudget.place.io.sheets import Formatted
from placebudget.place.schema import Column, Measure
from placebudget.place.settings import financial_year, start_of
from placebudget.texts import shown

# Figures the way people write them, read as numbers, or refused with the reason.
#
# A plain number is read as it is. What has one meaning only, ``£1,234.50``, ``(500)``,
# ``1.2m`` in a column of money, ``12%`` in a column of shares, is read too, and said so.
# Everything else is refused: a figure is never guessed.

_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_WRITTEN = re.compile(
    r"(?P<minus>[-\u2212+]?)\s*(?P<pound>£?)\s*(?P<inner>[-\u2212]?)"
    r"(?P<digits>[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d*)?|\.\d+)"
    r"\s*(?P<scale>thousand|million|billion|k|m|mn|bn)?(?P<percent>\s*%)?",
    re.ASCII | re.IGNORECASE,
)
_SCALES = {
    "k": 3,
    "thousand": 3,
    "m": 6,
    "mn": 6,
    "million": 6,
    "bn": 9,
    "billion": 9,
}


class Misfit(Exception):
    """A cell that does not fit the type of its column.

    Parameters
    ----------
    what, mend : str
        What is wrong, and how to mend it.
    """

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(what, mend)
        self.what = what
        self.mend = mend


def read_figure(
    cell: Any, measure: Measure | None = None, needed: bool = False
) -> tuple[float | None, bool]:
    """The number in a cell, and whether it was written as a plain one.

    Parameters
    ----------
    cell : object
        Text, or a number from a workbook.
    measure : {"pounds", "share"}, optional
        What figures of the column are: ``£`` and ``m`` belong to pounds, ``%`` to shares.
    needed : bool
        Whether the cell cannot be blank.

    Raises
    ------
    Misfit
        If the cell holds no number, or one that could mean several things.

    Examples
    --------
    >>> read_figure("1250.5"), read_figure("£1.2m", "pounds"), read_figure("12%", "share")
    ((1250.5, True), (1200000.0, False), (0.12, False))
    >>> read_figure("(1,500)", "pounds"), read_figure(" ")
    ((-1500.0, False), (None, True))
    """
    if not isinstance(cell, str):
        if isinstance(cell, bool) or not isinstance(cell, int | float):
            raise Misfit(
                f"{shown(cell, 40)} is not a number.", "Write a plain number such as 1250.5."
            )
        return _finite(cell), True
    text = cell.strip()
    if not text:
        return None, True
    if _PLAIN.fullmatch(text):
        return _finite(text), True
    return _finite(_written(cell, text, measure, needed)), False


def plain_figure(text: str) -> float:
    """The number that a text plainly writes.

    Raises
    ------
    ValueError
        If it is none as a person writes it in a file: Python takes ``1_000`` and digits
        of other scripts too.

    Examples
    --------
    >>> plain_figure(" 12.50 ")
    12.5
    """
    if not _PLAIN.fullmatch(text.strip()):
        raise ValueError(f"{shown(text, 40)} is not a plain number")
    return float(text)


def _finite(cell: Any) -> float:
    try:
        number = float(cell)
    except OverflowError:  # a whole number with more digits than a float has room for
        number = math.inf
    if not math.isfinite(number):
        raise Misfit(f"{shown(cell, 40)} is not a finite number.", "Leave the cell blank instead.")
    return number


def _written(cell: str, text: str, measure: Measure | None, needed: bool = False) -> str:
    """A figure with signs and words as the text of a plain number."""
    in_brackets = text.startswith("(") and text.endswith(")")
    match = _WRITTEN.fullmatch(text[1:-1].strip() if in_brackets else text)
    refused = Misfit(f"{shown(cell, 40)} is not a number.", _mend(text, measure, needed))
    if not match:
        raise refused
    signs = match["minus"] + match["inner"]
    if len(signs) > 1 or (in_brackets and signs):
        raise refused
    if (match["pound"] or match["scale"]) and measure != "pounds":
        raise refused
    if match["percent"] and measure != "share":
        raise refused
    power = _SCALES[match["scale"].lower()] if match["scale"] else 0
    power -= 2 if match["percent"] else 0
    minus = "-" if in_brackets or signs in ("-", "\u2212") else ""
    # By the exponent, not by multiplying: 1.1m is 1100000 and not a hair more.
    return f"{minus}{match['digits'].replace(',', '')}e{power}"


def _mend(text: str, measure: Measure | None, needed: bool) -> str:
    if text.startswith("="):
        return "It is a formula written as text: write its result."
    if text.startswith("#"):
        return "The spreadsheet could not work it out: mend the formula, or write the number."
    if text.endswith("%"):
        return "The column is no share: write the number itself, in the column's unit."
    if text.startswith(("£", "$", "€")) and measure != "pounds":
        return "Write the number alone, without a currency sign."
    if text.startswith(("$", "€")):
        return "Places hold pounds: write the amount in pounds, without the sign."
    if re.fullmatch(r"[£(]?[\d.,]+\s*[a-zA-Z]+\)?", text):
        return "Write the whole number out, 1200000 rather than 1.2m."
    if "," in text:
        return "Write it without commas, and with a point before decimals: 1250000.5."
    blank = "" if needed else ", or leave the cell blank"
    return f"Write a plain number such as 1250.5{blank}."


def figure(cell: object) -> float:
    """A cell of a table as a figure; not a number (NaN) where it is none.

    Examples
    --------
    >>> figure(" 12.50 "), figure("a lot"), figure(float("inf"))
    (12.5, nan, nan)
    """
    if isinstance(cell, str):
        with suppress(ValueError):
            cell = plain_figure(cell)
    return float(cell) if is_number(cell) else float("nan")


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
    # Plain texts that were read without a word: keys, years and round figures come again and again.
    known: dict[str, Any] = {"": None}
    for row, cell in zip(numbers, cells, strict=True):
        plain = type(cell) is str
        if cell is None or (plain and cell in known):
            values.append(None if cell is None else known[cell])
            continue
        try:
            value, said = _converted(column, cell)
        except Misfit as misfit:
            findings.append(
                Finding("wrong-type", "error", table, row, column.name, misfit.what, misfit.mend)
            )
            values.append(None)
            continue
        values.append(value)
        if plain and not said:
            known[cell] = value
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
        number, plain = read_figure(cell, column.measure, column.required)
        return number, "" if plain else f"{number:.15g}"
    if column.type == "string" and isinstance(cell, datetime.date | datetime.time):
        return _dated(column, cell)
    return _CONVERTERS[column.type](cell), ""


def _otherwise_shown(column: Column, cell: Formatted) -> str:
    """A number whose cell shows another: as that is refused or read where it is text."""
    if column.type not in ("number", "integer"):
        return ""
    try:
        number, _ = read_figure(cell.shown, column.measure, column.required)
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


def letters(position: int) -> str:
    """The letters of a column, by its position from nought.

    Examples
    --------
    >>> letters(0), letters(25), letters(26)
    ('A', 'Z', 'AA')
    """
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(position + 1))


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


def day_of(text: str) -> datetime.date:
    """The day that a text writes, year first; midnight after it says no more.

    Raises
    ------
    ValueError
        If it is none: which of two numbers is the month is never guessed.

    Examples
    --------
    >>> day_of("2026-04-01").isoformat()
    '2026-04-01'
    """
    text = text.strip().removesuffix("T00:00:00").removesuffix(" 00:00:00")
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        raise ValueError(f"{shown(text, 40)} is not a date; write it as 2026-04-01")
    return datetime.date.fromisoformat(text)


def as_date(cell: Any) -> str | None:
    """Day in a cell, year first."""
    text = cell.isoformat() if isinstance(cell, datetime.date) else as_text(cell)
    if not text.strip():
        return None
    try:
        day = day_of(text)
    except ValueError:
        what = f"{shown(cell, 40)} is not a date."
        raise Misfit(what, "Write year, month and day, as 2026-04-01.") from None
    if not EARLIEST <= day.year <= LATEST:
        what = f"{shown(cell, 40)} lies outside {EARLIEST} to {LATEST}."
        raise Misfit(what, "Check the year.")
    return day.isoformat()


_CONVERTERS = {
    "string": as_text,
    "integer": as_integer,
    "boolean": as_boolean,
    "year": as_year,
    "date": as_date,
}
