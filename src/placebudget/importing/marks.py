"""Cells of published tables: figures, marks that stand for none, and marks beside figures."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from placebudget.place.io.cells import ErrorValue, Misfit, read_figure
from placebudget.place.io.sheets import Formatted

SUPPRESSED, MISSING, UNREADABLE, LOW = "suppressed", "missing", "unreadable", "low"
"""States of a cell that gives no figure."""

NOT_THERE = "not there"
"""State of a figure of a council that was not there in its year: of nought, mostly."""

SHOWN_OTHERWISE = "shown as another figure"
"""State of a figure of a workbook whose cell shows another: 30 for 30,000."""

_ALONE = {
    **dict.fromkeys(("[c]", "c", "*", "**", "[s]", "s", ":", "†"), SUPPRESSED),
    **dict.fromkeys(
        ("[x]", "[m]", "[n]", "..", "...", "…", ".", "n/a", "na", "-", "–", "—", "x", "#"),
        MISSING,
    ),
    **dict.fromkeys(("[z]", "z", "not applicable"), MISSING),
    **dict.fromkeys(("not available", "no return", "missing", "no data"), MISSING),
    **dict.fromkeys(("[low]", "[l]", "low"), LOW),
}
_BESIDE = re.compile(
    r"(?P<figure>.*\d[)%]?)\s*"
    r"(?P<mark>\[(?:note )?\w{1,8}\]|\((?:p|r|e|b)\)|[*†‡§#^¹²³⁴⁵⁶⁷⁸⁹⁰]+|(?<=[\d)%])\s*[pre])",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"-?\d{1,15}(\.\d{1,15})?", re.ASCII)
_STATES = {"p": "provisional", "r": "revised", "e": "estimated", "u": "of low reliability"}
_SPACED = re.compile(r"(?<=\d)[\s\u00a0\u202f\u2009](?=\d{3}(?!\d))")


class MarkedCell(NamedTuple):
    """What a cell gives.

    Parameters
    ----------
    value : float or None
        The figure; None: none.
    status : str
        Empty for a plain figure; suppressed, missing, low, unreadable, provisional, revised,
        estimated; blank for an empty cell.
    note : str
        The mark, as it stands.
    fault : Misfit, optional
        Why it cannot be read.
    """

    value: float | None
    status: str = ""
    note: str = ""
    fault: Misfit | None = None


def read_cell(cell: Any, decimal: str = ".") -> MarkedCell:
    """What a cell of a published table gives.

    Parameters
    ----------
    cell : object
        Text of a CSV file, or what a workbook holds.
    decimal : {".", ",", ""}
        What stands before decimals in text; empty: it cannot be told.

    Examples
    --------
    >>> read_cell("1,234 [p]"), read_cell("(56)").value, read_cell("[c]").status
    (MarkedCell(value=1234.0, status='provisional', note='[p]', fault=None), -56.0, 'suppressed')
    >>> read_cell("1.234,5", ",").value, read_cell("12-").value, read_cell("£3").value
    (1234.5, -12.0, 3.0)
    """
    if isinstance(cell, Formatted):
        percent = cell.shown.endswith("%")
        return MarkedCell(float(cell.number), "" if percent else SHOWN_OTHERWISE, cell.shown)
    if isinstance(cell, ErrorValue):
        return MarkedCell(None, UNREADABLE, str(cell), cell.misfit)
    if not isinstance(cell, str):
        if cell is None:
            return MarkedCell(None, "blank")
        try:
            return MarkedCell(read_figure(cell)[0])
        except Misfit as fault:
            return MarkedCell(None, UNREADABLE, str(cell), fault)
    text = cell.strip()
    if not text:
        return MarkedCell(None, "blank")
    if decimal == "." and _PLAIN.fullmatch(text):
        return MarkedCell(float(text))
    if (state := _ALONE.get(text.lower())) is not None:
        return MarkedCell(None, state, text)
    marks: list[str] = []
    while match := _BESIDE.fullmatch(text):
        text = match["figure"].strip()
        marks.insert(0, match["mark"].strip())
    status = next((_STATES[m.strip("[]() ").lower()] for m in marks if _is_state(m)), "")
    try:
        value = _figure(text, decimal)
    except Misfit as fault:
        return MarkedCell(None, UNREADABLE, cell.strip(), fault)
    return MarkedCell(value, status, " ".join([*(["%"] if text.endswith("%") else []), *marks]))


def _is_state(mark: str) -> bool:
    return mark.strip("[]() ").lower() in _STATES


def _figure(text: str, decimal: str) -> float | None:
    plain = _SPACED.sub("", text).replace("£", "", 1)
    if decimal == ",":
        plain = plain.replace(".", "").replace(",", ".")
    elif not decimal and re.search(r"\d[.,]\d", plain):
        raise Misfit(
            f"'{text}' may be written with a decimal comma or with commas between thousands.",
            "Save the file with a point before decimals, and commas between columns.",
        )
    if plain.endswith("-") and plain[:-1].strip():
        plain = f"-{plain[:-1].strip()}"
    return read_figure(plain, "share" if plain.endswith("%") else None)[0]
