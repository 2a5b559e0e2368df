"""A published file as sheets of cells, whatever kind of file it is, and what a cell gives."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from placebudget.importing.authorities import CODE
from placebudget.importing.forms import Meaning, PublishedForm
from placebudget.place.findings import Finding, unreadable, warning
from placebudget.place.io.archive import BROKEN, refused
from placebudget.place.io.cells import ErrorValue, Misfit, RaisedText, as_text, read_figure
from placebudget.place.io.folder import FileLimits, text_of, too_large
from placebudget.place.io.sheets import Formatted
from placebudget.place.io.workbook import open_book
from placebudget.texts import shown
from placebudget.writing import content_of

KINDS = (".csv", ".xlsx", ".ods", ".xls")
"""Endings of the files that are read."""

PACKED = ".csv.gz"
"""How a table of comma-separated values ends that gzip made smaller."""

LIMITS = FileLimits(columns=5_000)
"""A form may have more columns than a table of a place: one for each line and figure."""

LOOKED_AT = 60
"""How many rows a title and notes above the headings may take."""

# What is usual in published files: titles merged over columns, note marks in headings.
_USUAL = ("merged-cells",)
_PICTURE = ("a picture", "Give the table that it shows as .csv, .xlsx or .ods.")
_OTHERS = {
    b"\x89PNG": _PICTURE, b"\xff\xd8\xff": _PICTURE, b"GIF8": _PICTURE,
    b"%PDF": ("a PDF", "Look for the same table as .csv, .xlsx or .ods where it is published."),
    b"PK\x03\x04": ("a workbook", "Name it .xlsx or .ods, as it was downloaded."),
    b"\xd0\xcf\x11\xe0": ("a workbook", "Name it .xls, as it was downloaded."),
    b"<!DOCTYPE": ("a web page", "Download the file that the page links to."),
    b"<html": ("a web page", "Download the file that the page links to."),
}  # fmt: skip
"""What files hold that were named .csv: how it begins, what it is, what to give instead."""
_RAISED = re.compile(r"[\s,]*\d{1,2}(,\s?\d{1,2})*$")
_COMMA = re.compile(r"-?\d+,(\d{1,2}|\d{4,})|-?\d{1,3}((\.\d{3})+,\d+|(\.\d{3}){2,})")
_POINT = re.compile(r"-?\d+\.(\d{1,2}|\d{4,})|-?\d{1,3}((,\d{3})+\.\d+|(,\d{3}){2,})")


@dataclass
class FileSheet:
    """A sheet of a file, or the whole of a CSV file.

    Parameters
    ----------
    name : str
        Name of the sheet; of the file, for a CSV file.
    rows : list of list
        Its cells.
    hidden : bool
        Whether the sheet is hidden.
    decimal : {".", ",", ""}
        What stands before decimals in text; empty: it cannot be told.
    flat : bool
        Whether raised characters, note marks say, cannot be told from others in text.
    """

    name: str
    rows: list[list[Any]]
    hidden: bool = False
    decimal: str = "."
    flat: bool = False


@dataclass
class FileSheets:
    """The sheets of a file, and what is to be said of how they were read."""

    pages: list[FileSheet] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def pages_of(path: Path, limits: FileLimits = LIMITS) -> FileSheets:
    """The sheets of a file; where it cannot be read there are none, and findings say why."""
    if path.is_dir():
        what = "It is a folder, not a file."
        mend = "Name the files in it, one by one."
        return FileSheets(findings=[unreadable(path.name, "unreadable", what, mend)])
    packed = path.name.lower().endswith(PACKED)
    kind = ".csv" if packed else path.suffix.lower()
    if kind not in KINDS:
        what = f"Files that end in {kind or 'nothing'} are not read."
        mend = f"Save it as {', '.join(KINDS[:-1])} or {KINDS[-1]}."
        return FileSheets(findings=[unreadable(path.name, "unknown-format", what, mend)])
    try:
        size = path.stat().st_size
        if size > limits.file:
            return FileSheets(findings=[too_large(path.name, size, limits)])
        if packed:
            with gzip.open(path) as held:
                content = held.read(limits.file + 1)
            if len(content) > limits.file:
                return FileSheets(findings=[too_large(path.name, len(content), limits)])
            return _csv(path.name, content, limits)
        if kind == ".csv":
            return _csv(path.name, content_of(path), limits)
        return _xlsx(path, limits) if kind == ".xlsx" else _other(path, limits)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        what, mend = "It is no file packed by gzip, or ends too early.", "Download it again."
        return FileSheets(findings=[unreadable(path.name, "unreadable", what, mend)])
    except OSError as error:
        if isinstance(error, FileNotFoundError):
            what, mend = f"There is no file {path}.", "Check the path and the name."
            return FileSheets(findings=[unreadable(path.name, "unreadable", what, mend)])
        what = f"It cannot be read: {error.strerror or error}."
        return FileSheets(findings=[unreadable(path.name, "unreadable", what, "Check the path.")])


# --- CSV ------------------------------------------------------------------------


def _csv(name: str, content: bytes, limits: FileLimits) -> FileSheets:
    held = next((held for mark, held in _OTHERS.items() if content.startswith(mark)), None)
    if held or not content.strip():
        what = f"It holds {held[0]}, whatever its name says." if held else "It is empty."
        mend = held[1] if held else "Download it again, or leave it out."
        return FileSheets(findings=[unreadable(name, "not-csv", what, mend)])
    text, findings = text_of(name, content)
    if text is None and findings[0].code == "not-utf-8" and b"\0" not in content:
        # Published files of Windows say nowhere how they are encoded; names and the pound
        # sign are all that could differ, and the finding shows them.
        text = content.decode("cp1252", errors="replace")
        seen = next((line for line in text.splitlines() if not line.isascii()), "").strip()
        what = f"It is not UTF-8; read as Windows-1252, in which a line reads {shown(seen)}."
        mend = "Check that the line reads well; save it as UTF-8 otherwise."
        findings = [warning("read-as-windows", name, None, None, what, mend)]
    if text is None:
        return FileSheets(findings=findings)
    delimiter = _delimiter(text)
    try:
        lines = io.StringIO(text, newline="")
        rows: list[list[Any]] = list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error as error:
        mend = "Open it in a spreadsheet and save it as CSV again."
        return FileSheets(findings=[unreadable(name, "not-csv", f"Not a CSV file: {error}.", mend)])
    if len(rows) > limits.rows:
        what = f"It has {len(rows):,} rows; {limits.rows:,} is most."
        return FileSheets(findings=[unreadable(name, "too-large", what, "Divide it.")])
    decimal = "." if delimiter == "," else _decimal(cell for row in rows for cell in row)
    return FileSheets([FileSheet(name, rows, decimal=decimal)], findings)


def _delimiter(text: str) -> str:
    """What divides most lines into as many cells as each other."""
    lines = [line for line in text.splitlines()[:200] if line.strip()]
    best, most = ",", 0
    for mark in ",;\t|":
        counts = Counter(line.count(mark) for line in lines)
        counts.pop(0, None)
        width, alike = max(counts.items(), key=lambda item: item[0] * item[1], default=(0, 0))
        if width * alike > most:
            best, most = mark, width * alike
    return best


def _decimal(cells: Iterable[str]) -> str:
    """What stands before decimals, told by figures that can be read one way only."""
    marks = {
        mark
        for cell in cells
        for mark, pattern in ((",", _COMMA), (".", _POINT))
        if pattern.fullmatch(cell.strip())
    }
    return marks.pop() if len(marks) == 1 else ""


# --- workbooks ------------------------------------------------------------------


def _xlsx(path: Path, limits: FileLimits) -> FileSheets:
    book = open_book(path, limits)
    hidden = {each.table for each in book.findings if each.code == "hidden-sheet"}
    said = [each for each in book.findings if each.code not in (*_USUAL, "hidden-sheet")]
    pages = [FileSheet(name, rows, hidden=name in hidden) for name, rows in book.sheets.items()]
    return FileSheets(pages, said)


def _other(path: Path, limits: FileLimits) -> FileSheets:
    kind = path.suffix.lower()
    if find_spec("python_calamine") is None:
        what = f"To read {kind} files the package python-calamine is needed, which is not there."
        mend = "Install it with pip install 'placebudget[import]', or save the file as .xlsx."
        return FileSheets(findings=[unreadable(path.name, "not-installed", what, mend)])
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    if kind == ".ods":
        try:
            with zipfile.ZipFile(path) as archive:
                findings = refused(path.name, archive, limits)
        except BROKEN as error:
            findings = [_broken(path.name, error)]
        if findings:
            return FileSheets(findings=findings)
    found = FileSheets()
    # The library raises whatever it stumbles over: a file may be broken in any way.
    try:
        book = CalamineWorkbook.from_path(str(path))
        for about in book.sheets_metadata:
            rows = book.get_sheet_by_name(about.name).to_python(skip_empty_area=False)
            if len(rows) > limits.rows or max(map(len, rows), default=0) > limits.columns:
                what = f"It has more than {limits.rows:,} rows or {limits.columns:,} columns."
                found.findings.append(
                    unreadable(about.name, "too-large", what, "Delete what is no table.")
                )
                continue
            hidden = about.visible != SheetVisibleEnum.Visible
            found.pages.append(FileSheet(about.name, rows, hidden=hidden, flat=True))
    except Exception as error:
        return FileSheets(findings=[_broken(path.name, error)])
    return found


def _broken(name: str, error: Exception) -> Finding:
    what = f"Not a workbook that can be read: {str(error)[:200]}."
    mend = "Open it in a spreadsheet and save it as .xlsx."
    return unreadable(name, "not-a-workbook", what, mend)


# --- headings -------------------------------------------------------------------


@dataclass
class FormTable:
    """A sheet with its headings found.

    Parameters
    ----------
    page : FileSheet
        The sheet.
    top, first : int
        Where headings and rows of figures begin.
    parts : list of list of str
        Texts of each column's heading, from the top.
    """

    page: FileSheet
    top: int
    first: int
    parts: list[list[str]]

    @cached_property
    def headings(self) -> list[str]:
        return [" | ".join(dict.fromkeys(parts)) for parts in self.parts]

    @property
    def above(self) -> list[str]:
        """Texts above the headings."""
        return [
            t for row in self.page.rows[: self.top] for cell in row if (t := text_of_cell(cell))
        ]

    def roles(self, form: PublishedForm) -> dict[int, str]:
        """What columns hold that hold no figures, by position."""
        found = {}
        for position, parts in enumerate(self.parts):
            role = next((r for part in reversed(parts) if (r := form.role(part))), "")
            if role:
                found[position] = role
        return found

    def meanings(self, form: PublishedForm) -> dict[int, Meaning]:
        """What the other columns mean; what their headings leave open the titles may say."""
        roles = self.roles(form)
        by_row = "line" in roles.values()
        titled = form.titled(self.page.name, self.above)
        found = {}
        for position, parts in enumerate(self.parts):
            if position in roles or not parts:
                continue
            meant = form.meaning(parts)
            if not (by_row or meant.known) and (meant.measure or meant.year) and not meant.line:
                line = titled.line or form.line
                meant = replace(meant, line=line, known=bool(line))
            found[position] = replace(meant, measure=meant.measure or titled.measure)
        return found


def text_of_cell(cell: Any) -> str:
    """Text of a cell on one line; empty for a blank."""
    text = "" if cell is None else " ".join(as_text(cell).split())
    return _RAISED.sub("", text) if isinstance(cell, RaisedText) else text


def table_of(page: FileSheet, form: PublishedForm) -> FormTable | None:
    """The sheet with its headings, as a form names the columns that say whose a row is."""
    rows = page.rows
    for number_of_row, row in enumerate(rows[:LOOKED_AT]):
        roles = {
            n: form.role(text_of_cell(cell)) for n, cell in enumerate(row) if text_of_cell(cell)
        }
        whose = [n for n, role in roles.items() if role in ("code", "authority")]
        if not whose or len(roles) < 2:
            continue
        first = _first_figures(rows, number_of_row + 1, whose)
        if first is None:
            continue
        top = number_of_row
        while top and _is_group_row(rows[top - 1], min(whose)):
            top -= 1
        return FormTable(page, top, first, _heading_parts(rows[top:first], set(whose)))
    return None


def _first_figures(rows: Sequence[Sequence[Any]], start: int, whose: list[int]) -> int | None:
    for number_of_row, row in enumerate(rows[start : start + 12], start=start):
        named = [t for n in whose if n < len(row) and (t := text_of_cell(row[n]))]
        if not named:
            continue
        others = [cell for n, cell in enumerate(row) if n not in whose]
        if any(CODE.fullmatch(each) for each in named) or any(map(is_figure, others)):
            return number_of_row
    return None


def is_figure(cell: Any, decimal: str = ".") -> bool:
    """Whether a cell holds a figure."""
    return read_cell(cell, decimal).value is not None


def _is_group_row(row: Sequence[Any], whose: int) -> bool:
    """Whether a row above stands over columns of figures, as a title does not."""
    filled = [n for n, cell in enumerate(row) if text_of_cell(cell)]
    return bool(filled) and (min(filled) > whose or len(filled) > 2)


def _heading_parts(block: Sequence[Sequence[Any]], whose: set[int]) -> list[list[str]]:
    width = max(map(len, block))
    parts: list[list[str]] = [[] for _ in range(width)]
    for depth, row in enumerate(block):
        held = ""
        for n in range(width):
            own = text_of_cell(row[n]) if n < len(row) else ""
            # A group stands over the columns to its right up to the next, in all rows but
            # the last; its cell was merged.
            held = own or ("" if n in whose or depth == len(block) - 1 else held)
            if held and held not in parts[n]:
                parts[n].append(held)
    return parts


# --- cells: figures, marks that stand for none, and marks beside figures ------------------

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
