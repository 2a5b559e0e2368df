"""A place as a workbook: a sheet a table, and a sheet ``place`` with the settings."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from placebudget.place.archive import LARGEST_ARCHIVE
from placebudget.place.findings import Finding
from placebudget.place.package import SHEET
from placebudget.place.tables import RawTable

LONGEST_TEXT = 32_767
"""Most characters a cell of a workbook can hold."""

# A control character, or the underscore of text that would read as an escape.
_ILLEGAL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")


def read_workbook(
    path: Path,
) -> tuple[list[tuple[Any, ...]], list[RawTable], list[Finding]]:
    """Rows of the sheet ``place``, the tables, and what could not be read.

    Cells with a formula give the value the spreadsheet last calculated.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(info.file_size for info in archive.infolist())
        if size > LARGEST_ARCHIVE:
            raise ValueError(f"it unpacks to more than {LARGEST_ARCHIVE:,} bytes")
        sheets, formulas = _sheets(path, data_only=False)
        values = _sheets(path, data_only=True)[0] if formulas else sheets
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, EOFError, SyntaxError) as error:
        what = f"Not a workbook that can be read: {error}."
        mend = "Open it in a spreadsheet and save it as .xlsx again."
        return [], [], [Finding("not-xlsx", "error", path.name, None, None, what, mend)]
    findings = _uncalculated(values, formulas)
    if SHEET not in values:
        what = f"The workbook has no sheet {SHEET!r} with the settings."
        mend = "Add one with rows name and value: name, years, discount, price_base ..."
        findings.append(Finding("missing-sheet", "error", SHEET, None, None, what, mend))
    tables = [RawTable(name, _padded(rows)) for name, rows in values.items() if name != SHEET]
    return values.get(SHEET, []), tables, findings


def write_workbook(
    path: Path, settings: list[tuple[str, str]], tables: dict[str, list[list[Any]]]
) -> None:
    """Write settings and tables into a workbook; text stays text, whatever it starts with.

    Parameters
    ----------
    path : Path
        File to write.
    settings : list of (name, value)
        Rows of the sheet ``place``.
    tables : dict of str to rows
        The header first, then one row a row of the table; None is a blank cell.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    book.remove(book.active)
    sheets: dict[str, list[Any]] = {SHEET: [("name", "value"), *settings], **tables}
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for number, row in enumerate(rows, start=1):
            for position, value in enumerate(row, start=1):
                if value is not None:
                    _write(sheet.cell(number, position), value)
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "A2"
    book.save(path)


def _write(cell: Any, value: Any) -> None:
    if isinstance(value, bool):
        cell.value = value
        return
    if not isinstance(value, str):
        # As text of a number cell: openpyxl would round a number to 16 digits.
        cell.value = repr(value)
        cell.data_type = "n"
        return
    cell.value = escaped(value)
    # Without this, text such as =1+1 or #N/A would become a formula or an error.
    cell.data_type = "s"
    cell.number_format = "@"


def _sheets(
    path: Path, data_only: bool
) -> tuple[dict[str, list[tuple[Any, ...]]], set[tuple[str, int, int]]]:
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True, data_only=data_only)
    sheets: dict[str, list[tuple[Any, ...]]] = {}
    formulas: set[tuple[str, int, int]] = set()
    try:
        for sheet in book.worksheets:
            # Some programmes write a wrong extent; the rows themselves are right.
            sheet.reset_dimensions()
            rows: list[tuple[Any, ...]] = []
            cells: Iterable[tuple[Any, ...]] = sheet.iter_rows()
            for number, row in enumerate(cells):
                rows.append(tuple(_value(cell) for cell in row))
                formulas |= {
                    (sheet.title, number, position)
                    for position, cell in enumerate(row)
                    if cell.data_type == "f"
                }
            sheets[sheet.title] = rows
    finally:
        book.close()
    return sheets, formulas


def _value(cell: Any) -> Any:
    return _unescaped(cell.value) if isinstance(cell.value, str) else cell.value


def _uncalculated(
    sheets: dict[str, list[tuple[Any, ...]]], formulas: Iterable[tuple[str, int, int]]
) -> list[Finding]:
    findings = []
    for title, number, position in sorted(formulas):
        if sheets[title][number][position] is None:
            what = f"The formula in row {number + 1} of the sheet has no calculated value."
            mend = "Open the workbook in a spreadsheet, let it calculate, and save it."
            findings.append(
                Finding("uncalculated", "error", title, number or None, None, what, mend)
            )
    return findings


def _padded(rows: list[tuple[Any, ...]]) -> list[list[Any]]:
    width = max((len(row) for row in rows), default=0)
    return [[*row, *[None] * (width - len(row))] for row in rows]


def escaped(text: str) -> str:
    """Text with what XML cannot hold written the way workbooks do: ``_x000D_``."""
    return _ILLEGAL.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
