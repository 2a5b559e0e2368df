"""Tables changed in the files a place was read from: all that changed is written, or nothing.

What did not change stays as it was written: other tables, other files, the order of columns,
and in a workbook formulas, notes and the looks of cells.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from placebudget.errors import CannotAnswer
from placebudget.place.io.archive import write_archive
from placebudget.place.io.cells import plain_figure
from placebudget.place.io.folder import PACKAGE, named_resources
from placebudget.place.io.package import SHEET, descriptor, read_settings, with_typed_settings
from placebudget.place.io.reading import RawPackage
from placebudget.place.io.sheets import quoted, write_cell
from placebudget.place.schema import Table, schema
from placebudget.writing import replace_files, replace_with

Texts = Sequence[Sequence[str]]

# What a workbook holds that would be lost when it is written anew.
_LOST = ("xl/charts/", "xl/drawings/drawing", "xl/media/", "xl/pivottables/", "xl/slicers/")


def write_changed(
    path: Path, raw: RawPackage, before: Mapping[str, Texts], after: Mapping[str, Texts]
) -> None:
    """Write the tables that changed into the files of a place.

    Parameters
    ----------
    path : Path
        The folder, workbook or archive.
    raw : RawPackage
        What was read from it.
    before, after : mapping of str to rows of texts
        The tables as they were read and as they are to be: all columns of the schema; under
        ``place`` the settings, as name and value.

    Raises
    ------
    CannotAnswer
        If something else in a workbook would be lost.
    CannotWrite
        If the system does not let it be written; what was there stays.
    """
    changed = {name: rows for name, rows in after.items() if rows != before[name]}
    if not changed:
        return
    if SHEET in changed:
        settings = with_typed_settings(raw.properties or {}, before[SHEET], changed[SHEET])
        raw = raw._replace(properties=settings)
    if path.suffix.lower() == ".xlsx" and path.is_file():
        replace_with(path, _workbook(path, before, changed))
        return
    files = _changed_files(raw, changed)
    if path.is_dir():
        replace_files({path / name: content for name, content in files.items()})
    else:
        replace_with(path, _archive(path, files))


def _changed_files(raw: RawPackage, changed: Mapping[str, Texts]) -> dict[str, bytes]:
    """The files of changed tables, and the package where it is to name a new one."""
    properties = raw.properties or {}
    paths = {resource.table: resource.path for resource in named_resources(properties)}
    loose = {PurePosixPath(name).stem: name for name in raw.files if name != PACKAGE}
    headers = {table.name: header_of(table.rows) for table in raw.tables}
    files: dict[str, bytes] = {}
    fresh: list[str] = []
    for name, rows in changed.items():
        if name == SHEET:
            files[PACKAGE] = _package(properties)
            continue
        goal = paths.get(name) or loose.get(name)
        if goal is None:
            goal = f"{name}.csv"
            fresh.append(name)
        table = csv_of(schema()[name], headers.get(name, ()), rows)
        # What says otherwise how it is encoded gives way to a mark of UTF-8.
        marked = goal in raw.files and not _is_plain(raw.files[goal])
        files[goal] = table.encode("utf-8-sig" if marked else "utf-8")
    if fresh and isinstance(properties.get("resources"), list):
        settings, _ = read_settings(properties, raw.name)
        named = {*paths, *fresh}
        more = [r for r in descriptor(settings, named)["resources"] if r["name"] in fresh]
        package = {**properties, "resources": [*properties["resources"], *more]}
        files[PACKAGE] = _package(package)
    return files


def _package(properties: Mapping[str, Any]) -> bytes:
    return (json.dumps(properties, indent=2, ensure_ascii=False) + "\n").encode()


def _is_plain(content: bytes) -> bool:
    try:
        return not content.decode("utf-8").startswith("\ufeff")
    except UnicodeDecodeError:
        return False


def header_of(rows: Sequence[Sequence[Any]]) -> tuple[str, ...]:
    """The names of the columns: the first row that is not blank.

    Examples
    --------
    >>> header_of([["", None], [" stream ", "year"], ["a", "2027-28"]])
    ('stream', 'year')
    """
    filled = (row for row in rows if not all(cell in (None, "") for cell in row))
    return tuple("" if cell is None else str(cell).strip() for cell in next(filled, ()))


def _columns(table: Table, header: Sequence[str], rows: Texts) -> list[str]:
    """The columns as they stand in the file, then those that came to hold something."""
    used = [name for at, name in enumerate(table.names) if any(row[at] for row in rows)]
    wanted = {*used, *(column.name for column in table.columns if column.required)}
    known = [name for name in header if name]
    return [*known, *(name for name in table.names if name in wanted and name not in known)]


def csv_of(table: Table, header: Sequence[str], rows: Texts) -> str:
    """A table of texts as a CSV file, its columns in the order of the heading it had.

    Examples
    --------
    >>> print(csv_of(schema()["ring_fences"], ["purpose", "stream"], [["grant", "roads, paths"]]))
    purpose,stream
    "roads, paths",grant
    <BLANKLINE>
    """
    names = _columns(table, header, rows)
    at = [table.names.index(name) for name in names]
    lines = [names, *([row[each] for each in at] for row in rows)]
    return "".join(",".join(map(quoted, line)) + "\n" for line in lines)


def _archive(path: Path, files: Mapping[str, bytes]) -> bytes:
    """An archive with some of its files replaced, everything else as it was."""
    with zipfile.ZipFile(path) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    packages = [name for name in members if PurePosixPath(name).name == PACKAGE]
    nearest = min(packages, key=lambda name: (name.count("/"), name), default=PACKAGE)
    top = nearest.removesuffix(PACKAGE)
    return write_archive(members | {f"{top}{name}": content for name, content in files.items()})


# --- workbooks ------------------------------------------------------------------


def _workbook(path: Path, before: Mapping[str, Texts], changed: Mapping[str, Texts]) -> bytes:
    """A workbook with those cells written that changed."""
    from openpyxl import load_workbook

    with zipfile.ZipFile(path) as archive:
        lost = [name for name in archive.namelist() if name.lower().startswith(_LOST)]
    if lost:
        raise CannotAnswer(
            f"{path.name} holds pictures, charts or pivot tables, which would be lost here. Change "
            "it in a spreadsheet, or take them out of it first."
        )
    book = load_workbook(path)
    moved = [name for name, rows in changed.items() if len(rows) != len(before[name])]
    if moved and any(cell.data_type == "f" for sheet in book for row in sheet for cell in row):
        raise CannotAnswer(
            f"{path.name} holds formulas, which may point at rows of {', '.join(moved)}: rows can "
            "be neither added nor deleted here. Do it in a spreadsheet."
        )
    for name, rows in changed.items():
        if name == SHEET:
            _write_settings(book[SHEET], before[SHEET], rows)
            continue
        sheet = book[name] if name in book.sheetnames else book.create_sheet(name)
        _write_sheet(sheet, schema()[name], before[name], rows)
    for cell in (cell for sheet in book for row in sheet for cell in row):
        if isinstance(cell.value, float):
            write_cell(cell, cell.value)  # with all its digits, also where it did not change
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _write_settings(sheet: Any, before: Texts, rows: Texts) -> None:
    """Settings that changed, each in its own row; one that was not there comes at the end."""
    at: dict[str, list[Any]] = {}
    for row in sheet.iter_rows():
        filled = [cell for cell in row if cell.value not in (None, "")]
        if filled:
            at[str(filled[0].value).strip()] = filled
    for (name, old), (_, new) in zip(before, rows, strict=True):
        if new == old:
            continue
        first, *others = at.get(name) or [sheet.cell(sheet.max_row + 1, 1)]
        write_cell(first, name)
        for cell in others[1:]:
            cell.value = None
        goal = others[0] if others else sheet.cell(first.row, first.column + 1)
        goal.value = None
        write_cell(goal, new or None)


def _write_sheet(sheet: Any, table: Table, before: Texts, rows: Texts) -> None:
    there = [[cell.value for cell in row] for row in sheet.iter_rows()]
    header = header_of(there)
    filled = (n for n, row in enumerate(there, start=1) if any(v not in (None, "") for v in row))
    top = next(filled, 1)
    names = _columns(table, header, rows)
    places = {name: header.index(name) + 1 for name in names if name in header}
    for name in names:
        if name not in places:
            places[name] = len(header) + 1 + sum(p > len(header) for p in places.values())
            write_cell(sheet.cell(top, places[name]), name)
    blank = [""] * len(table.names)
    for number in range(max(len(before), len(rows))):
        old = before[number] if number < len(before) else blank
        new = rows[number] if number < len(rows) else blank
        for name, place in places.items():
            at = table.names.index(name)
            if old[at] != new[at]:
                cell = sheet.cell(top + 1 + number, place)
                cell.value = None
                write_cell(cell, _value(table.columns[at].type, new[at]))


def _value(kind: str, text: str) -> Any:
    """A typed text as a workbook holds it: plain figures as numbers, all else as text."""
    if not text:
        return None
    if kind in ("number", "integer"):
        try:
            figure = plain_figure(text)
        except ValueError:
            return text
        return int(figure) if figure.is_integer() and abs(figure) < 1e15 else figure
    return text
