"""Cells, to spreadsheets and from them: text stays text, numbers stay numbers, looks are seen.

A spreadsheet takes text that begins with ``=``, ``+``, ``-`` or ``@`` for a formula, and
a formula can fetch and send. In a workbook text is written as text, with the mark
that keeps it text when somebody edits the cell. In a CSV file, where nothing says
what is text, an apostrophe stands before it, as people write it in a spreadsheet.
"""

from __future__ import annotations

import math
import operator
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

# What can be seen in a sheet and not in its values: merged, hidden and raised cells.

_STRINGS = "sharedstrings.xml"


@dataclass
class Looks:
    """How the cells of a sheet look.

    Parameters
    ----------
    merged : list of str
        Ranges of cells that are merged, ``A2:A5`` say.
    rows : list of int
        Numbers of rows that hold something and are hidden, by hand or by a filter.
    columns : list of (int, int)
        First and last number of columns that are hidden.
    raised : list of (int, int)
        Row and column of cells whose text has raised or lowered characters in it.
    """

    merged: list[str] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    columns: list[tuple[int, int]] = field(default_factory=list)
    raised: list[tuple[int, int]] = field(default_factory=list)


def sheet_looks(archive: zipfile.ZipFile, part: str, strings: frozenset[str]) -> Looks:
    """How the cells of a sheet look.

    Parameters
    ----------
    archive : ZipFile
        The workbook as the archive it is.
    part : str
        The file of the sheet in it.
    strings : frozenset of str
        What :func:`raised_strings` finds in the workbook.
    """
    found = Looks()
    row = column = 0
    for event, element in _parsed(archive, part, ("start", "end")):
        tag = element.tag.rpartition("}")[2]
        if event == "start":
            if tag == "row":
                row, column = int(element.get("r") or row + 1), 0
            elif tag == "c":
                column = _column(element.get("r")) or column + 1
        elif tag == "c":
            if (element.get("t") == "s" and _text(element, "v") in strings) or _is_raised(element):
                found.raised.append((row, column))
        elif tag == "row":
            if _is_hidden(element, "ht") and any(len(cell) for cell in element):
                found.rows.append(row)
            element.clear()
        elif tag == "col" and _is_hidden(element, "width"):
            found.columns.append((int(element.get("min", 1)), int(element.get("max", 1))))
        elif tag == "mergeCell":
            found.merged.append(str(element.get("ref", "")))
    return found


def raised_strings(archive: zipfile.ZipFile) -> frozenset[str]:
    """Numbers, as cells write them, of a workbook's texts with raised or lowered characters."""
    raised: set[str] = set()
    for part in archive.namelist():
        if part.lower().endswith(_STRINGS):
            number = 0
            for _, element in _parsed(archive, part, ("end",)):
                if element.tag.rpartition("}")[2] == "si":
                    raised |= {str(number)} if _is_raised(element) else set()
                    number += 1
                    element.clear()
    return frozenset(raised)


def _parsed(archive: zipfile.ZipFile, part: str, events: tuple[str, ...]) -> Iterator[Any]:
    from defusedxml.ElementTree import iterparse

    with archive.open(part) as file:
        yield from iterparse(file, events=events, forbid_dtd=True)


def _is_raised(element: Any) -> bool:
    return len(element) > 0 and any(
        each.get("val") in ("superscript", "subscript")
        for each in element.iterfind(".//{*}vertAlign")
    )


def _is_hidden(element: Any, extent: str) -> bool:
    return element.get("hidden") in ("1", "true") or _is_zero(element.get(extent))


def _is_zero(extent: str | None) -> bool:
    return extent is not None and float(extent) == 0


def _text(element: Any, name: str) -> str:
    return (element.findtext(f"{{*}}{name}") or "").strip()


def _column(reference: str | None) -> int:
    from openpyxl.utils.cell import coordinate_to_tuple

    return coordinate_to_tuple(reference)[1] if reference else 0


# --- formats of numbers ---------------------------------------------------------


_CURRENCY = re.compile(r"\[\$([^\]-]*)[^\]]*\]")
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)\s*(-?[\d.]+)\]")
_COMPARED = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq,
    "<>": operator.ne,
}  # fmt: skip
# One that stands between quotation marks or after a backslash is shown.
_SEMICOLON = re.compile(r';(?=(?:[^"]*"[^"]*")*[^"]*$)(?<!\\;)')
_LITERAL = re.compile(r'"([^"]*)"|\\(.)')
_SPACING = re.compile(r"[_*].|\[[^\]]*\]")
# A comma between digits groups them; one after the last digit leaves out three of them.
_LEFT_OUT = re.compile(r"[0#?](,+)(?![0#?,])")
_SCALE = re.compile(r"\b(thousand|million|billion|bn|mn|k|m)\b", re.IGNORECASE)
_FOREIGN = "$€¥"


@dataclass(frozen=True)
class Formatted:
    """A number of a workbook whose cell shows something else: 25% for 0.25, 30 for 30,000.

    Parameters
    ----------
    number : int or float
        What the cell holds.
    shown : str
        What it shows, with all digits; empty: nothing.
    """

    number: int | float
    shown: str

    def __str__(self) -> str:
        return self.shown


def as_shown(number: int | float, form: str) -> int | float | Formatted:
    """A number with what its cell shows, where the format does more than lay it out.

    Examples
    --------
    >>> as_shown(0.25, "0%").shown, as_shown(30_000, "#,##0,").shown
    ('25%', '30')
    >>> as_shown(1_200_000, '£0.0,,"m"').shown, as_shown(5, ";;;").shown
    ('£1.2m', '')
    >>> as_shown(1250.5, "#,##0.00")
    1250.5
    """
    if form == "General" or number == 0:
        return number
    section = _section(number, _CURRENCY.sub(r'"\1"', form))
    words = "".join(map("".join, _LITERAL.findall(section)))
    body = _SPACING.sub("", _LITERAL.sub("", section))
    if not re.search("[0#?@]|general", body, re.IGNORECASE):
        return Formatted(number, words.strip())
    left_out = sum(map(len, _LEFT_OUT.findall(body)))
    percent = body.count("%")
    signs = "".join(sign for sign in f"£{_FOREIGN}" if sign in words + body)
    scale = _SCALE.search(words)
    if not (left_out or percent or scale or "%" in words or signs.strip("£")):
        return number
    digits = f"{number * 100**percent / 1000**left_out:.15g}"
    after = (scale[0] if scale else "") + "%" * (percent + words.count("%"))
    return Formatted(number, f"{signs}{digits}{after}")


def _section(number: float, form: str) -> str:
    """The part of a format that a number is shown by: its own condition, or its sign."""
    sections = _SEMICOLON.split(form)
    conditions = [_CONDITION.search(each) for each in sections]
    if any(conditions):
        for each, condition in zip(sections, conditions, strict=True):
            if condition is None or _COMPARED[condition[1]](number, float(condition[2])):
                return each
        return sections[-1]
    return sections[1] if number < 0 and len(sections) > 1 else sections[0]


FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What text begins with that a spreadsheet may take for a formula."""

# A control character, or the underscore of text that would read as an escape.
_ILLEGAL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_QUOTED = re.compile(r"""[",\r\n]|^\s|\s$""")


def starts_like_a_formula(text: str) -> bool:
    """Whether a spreadsheet may take a text for a formula.

    Examples
    --------
    >>> starts_like_a_formula("=1+1"), starts_like_a_formula(" @x"), starts_like_a_formula("a=1")
    (True, True, False)
    """
    return text.startswith(FORMULA_STARTS) or text.strip().startswith(FORMULA_STARTS)


def write_cell(cell: Any, value: Any) -> None:
    """Put a value into a cell of an openpyxl workbook.

    Parameters
    ----------
    cell : openpyxl cell
        The cell.
    value : object
        Text stays text, whatever it begins with; a number keeps all its digits; a
        number that is none (NaN) and None leave the cell blank.
    """
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return
    if isinstance(value, bool):
        cell.value = value
        return
    if isinstance(value, int | float) and math.isfinite(value):
        # As text of a number cell: openpyxl would round a number to 16 digits.
        cell.value = repr(value)
        cell.data_type = "n"
        return
    text = value if isinstance(value, str) else str(value)
    cell.value = escaped(text)
    # Without this, text such as =1+1 or #N/A would become a formula or an error.
    cell.data_type = "s"
    cell.number_format = "@"
    if starts_like_a_formula(text):
        cell.quotePrefix = True


def escaped(text: str) -> str:
    """Text with what XML cannot hold written the way workbooks do: ``_x000D_``."""
    return _ILLEGAL.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table as CSV for people, to open in a spreadsheet.

    Parameters
    ----------
    header : sequence of str
        Names of the columns.
    rows : iterable of sequence
        Cells; a number, negative ones too, stays a number, a blank is empty.

    Examples
    --------
    >>> print(csv_text(["name", "amount"], [["=1+1", -5.0], ["A, B", None]]), end="")
    name,amount
    '=1+1,-5.0
    "A, B",
    """
    lines = [",".join(map(_csv_cell, row)) for row in [header, *rows]]
    return "\n".join(lines) + "\n"


def csv_frame(frame: pd.DataFrame) -> str:
    """A frame as CSV for people, without its index."""
    columns = [frame[name].tolist() for name in frame.columns]
    return csv_text([str(name) for name in frame.columns], zip(*columns, strict=True))


def _csv_cell(value: Any) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return repr(value)
    text = str(value)
    if starts_like_a_formula(text):
        text = f"'{text}"
    return quoted(text)


def quoted(text: str) -> str:
    """A text as a cell of a CSV file, in quotation marks where it needs them."""
    # The csv module leaves a lone carriage return unquoted where lines end in \n.
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text
