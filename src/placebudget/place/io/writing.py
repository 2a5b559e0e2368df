"""Writing a place as a folder, a workbook or an archive: whole, or not at all."""

from __future__ import annotations

import json
import math
import os
import shutil
from pathlib import Path
from typing import Any

import pandas as pd

from placebudget.errors import InvalidPlace
from placebudget.place.findings import Finding, Findings
from placebudget.place.geography import is_blank
from placebudget.place.io.archive import write_archive
from placebudget.place.io.folder import PACKAGE, package_properties
from placebudget.place.io.package import descriptor, settings_rows
from placebudget.place.io.sheets import quoted
from placebudget.place.io.workbook import LONGEST_TEXT, write_workbook
from placebudget.place.options.stored import archived_options
from placebudget.place.origin import FIRST_ROW
from placebudget.place.place import Package
from placebudget.place.schema import kind_of, schema
from placebudget.writing import (
    a_path,
    refused_in_words,
    replace_folder,
    replace_with,
)

_OTHER_FORMS = (".csv", ".json", ".xls", ".xlsm", ".ods", ".html", ".pdf", ".txt")


def write(place: Package, path: str | os.PathLike[str]) -> Path:
    """Write a place or a library; what is written reads back equal.

    The place is written beside its goal and then renamed, so that a reader
    never finds half a place. In a folder that is already there, the package and
    the tables are replaced and other files stay; in a .zip its stored options stay.

    Parameters
    ----------
    place : Package
        The place, or another data package.
    path : path or str
        An ``.xlsx`` or ``.zip`` file, or a ``.json`` file for a kind that is written so;
        anything else is a folder.

    Returns
    -------
    Path
        Where it was written.

    Raises
    ------
    InvalidPlace
        If a cell cannot be written: text that is no text, numbers without end,
        text too long for a workbook; or if something that is no place is in the way.
    WrongArgument
        If the path is none.
    CannotWrite
        If the system does not let it be written; what was there stays.
    """
    goal = a_path("path", path, "the path of a folder, an .xlsx or a .zip").resolve()
    kind = goal.suffix.lower()
    _raise_if_unwritable(place, LONGEST_TEXT if kind == ".xlsx" else None)
    with refused_in_words(goal):
        goal.parent.mkdir(parents=True, exist_ok=True)
    if kind == ".xlsx":
        tables = {name: _rows(frame, blank=None) for name, frame in _written(place).items()}
        settings = settings_rows(place.settings, place.kind)
        # Making a workbook takes room on disk too, before there is anything to write.
        with refused_in_words(goal):
            replace_with(goal, write_workbook(settings, tables, place.kind))
    elif kind == ".zip":
        replace_with(goal, write_archive({**archived_options(goal), **_files(place)}))
    elif kind in place.FORMS:
        replace_with(goal, _in_one_file(place))
    else:
        files = _files(place)
        with refused_in_words(goal):
            _replace_folder(goal, files, place.kind)
    return goal


def archived(place: Package) -> bytes:
    """A place as the content of a ``.zip``: the same bytes for the same place."""
    return write_archive(_files(place))


def _written(place: Package) -> dict[str, pd.DataFrame]:
    """Tables with rows; required ones also without, so that the place reads back."""
    known = schema(place.kind)
    return {
        name: frame for name, frame in place.tables.items() if len(frame) or known[name].required
    }


def _files(place: Package) -> dict[str, bytes]:
    written = _written(place)
    files = {PACKAGE: _json(descriptor(place.settings, written, place.kind))}
    for name, frame in written.items():
        lines = [",".join(map(_csv_cell, row)) for row in _rows(frame, blank="")]
        files[f"{name}.csv"] = ("\n".join(lines) + "\n").encode()
    return files


def _in_one_file(place: Package) -> bytes:
    """The package with its rows in it, as the standard has it: the heading, then the rows."""
    written = _written(place)
    package = descriptor(place.settings, written, place.kind)
    for resource in package["resources"]:
        rows = _rows(written[resource["name"]], blank=None)
        for name in ("path", "format", "mediatype", "encoding"):
            resource.pop(name)
        resource["data"] = rows
    return _json(package)


def _json(package: dict[str, Any]) -> bytes:
    return (json.dumps(package, indent=2, ensure_ascii=False) + "\n").encode()


def _rows(frame: pd.DataFrame, blank: Any) -> list[list[Any]]:
    columns = [
        [blank if is_blank(value) else _plain(value) for value in frame[name].tolist()]
        for name in frame.columns
    ]
    return [list(frame.columns), *(list(row) for row in zip(*columns, strict=True))]


def _plain(value: Any) -> Any:
    """Whole numbers without a decimal point, as people write them."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value


def _csv_cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return repr(value)
    return quoted(value)


def _raise_if_unwritable(place: Package, longest: int | None) -> None:
    findings = [
        Finding("unwritable", "error", name, row, column, what, mend)
        for name, frame in _written(place).items()
        for column in frame.columns
        for row, value in enumerate(frame[column].tolist(), start=FIRST_ROW)
        for what, mend in _obstacles(value, longest)
    ]
    if findings:
        raise InvalidPlace(str(Findings(findings)), findings)


def _obstacles(value: Any, longest: int | None) -> list[tuple[str, str]]:
    if isinstance(value, float) and math.isinf(value):
        return [(f"{value} is not a finite number.", "Leave it blank instead.")]
    if not isinstance(value, str):
        return []
    if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        return [("It holds characters that are not text.", "Take them out.")]
    if longest is not None and len(value) > longest:
        mend = "Shorten it, or write a folder or a .zip."
        return [(f"{len(value)} characters; a workbook cell holds {longest}.", mend)]
    return []


def _replace_folder(goal: Path, files: dict[str, bytes], kind: str) -> None:
    _raise_if_not_replaceable(goal, kind)
    replace_folder(goal, files, lambda beside: _bring_along(goal, beside, kind))


def _raise_if_not_replaceable(goal: Path, kind: str) -> None:
    what = ""
    if goal.suffix.lower() in _OTHER_FORMS:
        what = f"A {kind} is not written as {goal.suffix}."
    elif goal.exists() and not goal.is_dir():
        what = "There is a file of this name."
    elif goal.is_dir() and not (goal / PACKAGE).exists() and any(goal.iterdir()):
        what = f"The folder holds other files and no {kind}."
    elif (goal / PACKAGE).is_file() and (held := _kind_in(goal)) != kind:
        what = f"The folder holds a {held}."
    if what:
        mend = "Name a new folder, an .xlsx workbook or a .zip."
        finding = Finding(f"not-a-{kind}", "error", str(goal), None, None, what, mend)
        raise InvalidPlace(str(Findings([finding])), [finding])


def _kind_in(folder: Path) -> str:
    """The kind of the package that a folder holds; a place where it cannot be told."""
    return kind_of(package_properties({PACKAGE: (folder / PACKAGE).read_bytes()})[0])


def _bring_along(goal: Path, beside: Path, kind: str) -> None:
    """Copy what is no table (a README, options) into the new folder; the old stays whole."""
    replaced = {PACKAGE, *(f"{name}.csv" for name in schema(kind))}
    for path in goal.iterdir():
        if path.name in replaced:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.copytree(path, beside / path.name, symlinks=True)
        else:
            shutil.copy2(path, beside / path.name, follow_symlinks=False)
