"""Figures the way people write them, read as numbers, or refused with the reason.

A plain number is read as it is. What has one meaning only, ``£1,234.50``, ``(500)``,
``1.2m`` in a column of money, ``12%`` in a column of shares, is read too, and said so.
Everything else is refused: a figure is never guessed.
"""

from __future__ import annotations

import math
import re
from contextlib import suppress
from typing import Any

from placebudget.arguments import is_number
from placebudget.place.schema import Measure
from placebudget.texts import shown

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


def read_figure(cell: Any, measure: Measure | None = None) -> tuple[float | None, bool]:
    """The number in a cell, and whether it was written as a plain one.

    Parameters
    ----------
    cell : object
        Text, or a number from a workbook.
    measure : {"pounds", "share"}, optional
        What figures of the column are: ``£`` and ``m`` belong to pounds, ``%`` to shares.

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
    return _finite(_written(cell, text, measure)), False


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


def _written(cell: str, text: str, measure: Measure | None) -> str:
    """A figure with signs and words as the text of a plain number."""
    in_brackets = text.startswith("(") and text.endswith(")")
    match = _WRITTEN.fullmatch(text[1:-1].strip() if in_brackets else text)
    refused = Misfit(f"{shown(cell, 40)} is not a number.", _mend(text, measure))
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


def _mend(text: str, measure: Measure | None) -> str:
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
    return "Write a plain number such as 1250.5, or leave the cell blank."


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
