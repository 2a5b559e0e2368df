"""A place, or a library, as a workbook: a sheet a table, and one named by its kind for settings."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from placebudget.place.findings import Finding, unreadable
from placebudget.place.io.archive import (
    SAVE_AGAIN,
    no_archive,
    refused_workbook,
    remarks_on_workbook,
)
from placebudget.place.io.cells import ErrorValue, RaisedText
from placebudget.place.io.folder import FileLimits, too_large
from placebudget.place.io.package import other_kind
from placebudget.place.io.sheets import Looks, as_shown, raised_strings, sheet_looks, write_cell
from placebudget.place.io.tables import RawTable
from placebudget.place.schema import KINDS, PLACE
from placebudget.texts import listed

LONGEST_TEXT = 32_767
"""Most characters a cell of a workbook can hold."""

_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
# Halves of pairs, which are no text by themselves.
_SURROGATES = range(0xD800, 0xE000)


@dataclass
class Book:
    """What a workbook holds: rows by sheet, and what must be known about them."""

    sheets: dict[str, list[list[Any]]] = field(default_factory=dict)
    formulas: set[tuple[str, int, int]] = field(default_factory=set)
    cells: int = 0
    findings: list[Finding] = field(default_factory=list)


def read_workbook(
    path: Path, limits: FileLimits, kind: str = PLACE
) -> tuple[list[list[Any]], list[RawTable], list[Finding]]:
    """Rows of the sheet with the settings, the tables, and what could not be read.

    Cells with a formula give the value the spreadsheet last calculated. Nothing is
    fetched and nothing is run.
    """
    book = open_book(path, limits)
    if book.findings and not book.sheets:
        return [], [], book.findings
    findings = book.findings
    if kind not in book.sheets:
        other = next((each for each in KINDS if each in book.sheets), None)
        if other is not None:
            return [], [], [other_kind(other, kind, path.name)]
        what = f"The workbook has no sheet {kind!r} with the settings."
        mend = "Add one with rows name and value: name, years, discount, price_base ..."
        if kind != PLACE:
            mend = "Add one with rows name and value: name, title, description."
        findings.append(Finding("missing-sheet", "error", kind, None, None, what, mend))
    tables = [RawTable(name, _padded(rows)) for name, rows in book.sheets.items() if name != kind]
    return book.sheets.get(kind, []), tables, findings


def open_book(path: Path, limits: FileLimits) -> Book:
    """The sheets of a workbook as they stand; where it is refused there are none."""
    if path.stat().st_size > limits.file:
        return Book(findings=[too_large(path.name, path.stat().st_size, limits)])
    try:
        with zipfile.ZipFile(path) as archive:
            findings = refused_workbook(path.name, archive, limits)
            remarks = remarks_on_workbook(path.name, archive)
        if findings:
            return Book(findings=findings)
        book = _book(path, limits)
    except zipfile.BadZipFile:
        with path.open("rb") as file:
            return Book(findings=[no_archive(path.name, file.read(8))])
    # The library raises whatever it stumbles over: a file may be broken in any way.
    except Exception as error:
        what = f"Not a workbook that can be read: {type(error).__name__}: {str(error)[:200]}."
        return Book(
            findings=[Finding("not-xlsx", "error", path.name, None, None, what, SAVE_AGAIN)]
        )
    book.findings = [*remarks, *book.findings, *_uncalculated(book)]
    return book


def write_workbook(
    settings: list[tuple[str, str]], tables: dict[str, list[list[Any]]], kind: str = PLACE
) -> bytes:
    """Settings and tables as a workbook; text stays text, whatever it starts with.

    Parameters
    ----------
    settings : list of (name, value)
        Rows of the first sheet.
    tables : dict of str to rows
        The header first, then one row a row of the table; None is a blank cell.
    kind : str, optional
        Kind of the package, as which the first sheet is named.
    """
    return write_sheets({kind: [("name", "value"), *settings], **tables})


def write_sheets(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """Sheets as a workbook: by name, the heading first, which stays in sight."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for number, row in enumerate(rows, start=1):
            for position, value in enumerate(row, start=1):
                if value is not None:
                    write_cell(sheet.cell(number, position), value)
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "A2"
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _book(path: Path, limits: FileLimits) -> Book:
    book = _sheets(path, limits, formulas_as_text=True)
    if book.formulas and not book.findings:
        book.sheets = _sheets(path, limits, formulas_as_text=False).sheets
    return book


def _sheets(path: Path, limits: FileLimits, *, formulas_as_text: bool) -> Book:
    from openpyxl import load_workbook

    held = Book()
    # Opened here, as openpyxl leaves a file open that it refuses.
    with (
        path.open("rb") as file,
        zipfile.ZipFile(path) as archive,
        warnings.catch_warnings(),
    ):
        raised = raised_strings(archive)
        # It warns of parts it does not keep (styles, charts); nothing of them is read.
        warnings.simplefilter("ignore")
        book = load_workbook(file, read_only=True, data_only=not formulas_as_text)
        for sheet in book.worksheets:
            # Some programmes write a wrong extent; the rows themselves are right.
            sheet.reset_dimensions()
            # openpyxl leaves out how cells look where it reads row by row.
            looks = sheet_looks(archive, sheet._worksheet_path.lstrip("/"), raised)
            rows = list(_rows(sheet, limits, held))
            for row, column in looks.raised:
                if row <= len(rows):
                    _raised(rows[row - 1], column)
            held.sheets[sheet.title] = rows
            held.findings += [*_hidden(sheet), *_seen(sheet.title, rows, looks)]
    return held


def _rows(sheet: Any, limits: FileLimits, held: Book) -> Iterator[list[Any]]:
    for number, row in enumerate(sheet.iter_rows()):
        if number > limits.rows or len(row) > limits.columns:
            what = f"The sheet has more than {limits.rows:,} rows or {limits.columns:,} columns."
            mend = "Delete the rows and columns beyond the table, empty ones too, and save again."
            held.findings.append(unreadable(sheet.title, "too-large", what, mend))
            return
        held.cells += len(row)
        if held.cells > limits.cells:
            what = f"The workbook has more than {limits.cells:,} cells up to this sheet."
            mend = "Delete rows and columns beyond the tables, and sheets that are no tables."
            held.findings.append(unreadable(sheet.title, "too-large", what, mend))
            return
        yield [_value(cell) for cell in row]
        held.formulas |= {
            (sheet.title, number, position)
            for position, cell in enumerate(row)
            if cell.data_type == "f"
        }


def _value(cell: Any) -> Any:
    if isinstance(cell.value, str):
        return ErrorValue(cell.value) if cell.data_type == "e" else _unescaped(cell.value)
    if isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
        return as_shown(cell.value, cell.number_format)
    return cell.value


def _raised(row: list[Any], column: int) -> None:
    """Have a cell say that some of its characters are raised, where it holds text."""
    if column <= len(row) and isinstance(row[column - 1], str):
        row[column - 1] = RaisedText(row[column - 1])


def _seen(sheet: str, rows: Sequence[Sequence[Any]], looks: Looks) -> Iterator[Finding]:
    if looks.merged:
        what = f"Cells are merged: {listed(looks.merged)}. Only the first of them holds the value."
        mend = "Unmerge them and write the value into each row it holds for."
        yield unreadable(sheet, "merged-cells", what, mend)
    mend = "Show it, so that everybody sees what the place rests on, or delete it."
    for number in looks.rows:
        what = f"Row {number} is hidden, by hand or by a filter, and it is read like the others."
        yield Finding("hidden-row", "warning", sheet, number, None, what, mend)
    width = max(map(len, rows), default=0)
    for first, last in looks.columns:
        for position in range(first - 1, min(last, width)):
            cells = [row[position] for row in rows if position < len(row)]
            held = [cell for cell in cells if cell not in (None, "")]
            if held:
                what = f"Column {position + 1} is hidden, and it is read like the others."
                heading = str(held[0])
                yield Finding("hidden-column", "warning", sheet, None, heading, what, mend)


def _hidden(sheet: Any) -> list[Finding]:
    if sheet.sheet_state == "visible":
        return []
    what = "The sheet is hidden, and it is read like the others."
    mend = "Show it, so that everybody sees what the place rests on, or delete it."
    return [Finding("hidden-sheet", "warning", sheet.title, None, None, what, mend)]


def _uncalculated(book: Book) -> list[Finding]:
    findings = []
    for title, number, position in sorted(book.formulas):
        rows = book.sheets[title]
        if number >= len(rows) or position >= len(rows[number]) or rows[number][position] is None:
            what = "The formula has no calculated value."
            mend = "Open the workbook in a spreadsheet, let it calculate, and save it."
            heading = rows[0][position] if number and position < len(rows[0]) else None
            column = str(heading) if heading else None
            findings.append(Finding("uncalculated", "error", title, number + 1, column, what, mend))
    return findings


def _padded(rows: list[list[Any]]) -> list[list[Any]]:
    width = max((len(row) for row in rows), default=0)
    return [[*row, *[None] * (width - len(row))] for row in rows]


def _unescaped(text: str) -> str:
    """Text with ``_x000D_`` as the character it stands for, where it is one of text."""
    return _ESCAPE.sub(_character, text) if "_x" in text else text


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return found[0] if code == 0 or code in _SURROGATES else chr(code)
