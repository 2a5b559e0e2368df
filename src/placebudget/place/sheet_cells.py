"""Values into cells and CSV files for people: text stays text, numbers stay numbers.

A spreadsheet takes text that begins with ``=``, ``+``, ``-`` or ``@`` for a formula, and
a formula can fetch and send. In a workbook text is written as text, with the mark
that keeps it text when somebody edits the cell. In a CSV file, where nothing says
what is text, an apostrophe stands before it, as people write it in a spreadsheet.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

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
