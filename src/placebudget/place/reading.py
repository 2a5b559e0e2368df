"""Reading a place from a folder, a workbook, an archive, or by the name of an example."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from placebudget.errors import InvalidPlace
from placebudget.place.archive import archive_files
from placebudget.place.examples import example, examples
from placebudget.place.findings import Finding, Findings, did_you_mean
from placebudget.place.folder import PACKAGE, folder_files, package_properties, raw_tables
from placebudget.place.origin import read_from
from placebudget.place.package import properties_of_rows, read_settings
from placebudget.place.place import Place
from placebudget.place.tables import RawTable, typed_tables
from placebudget.place.workbook import read_workbook


def read(path: str | os.PathLike[str]) -> Place:
    """Read a place.

    Parameters
    ----------
    path : path or str
        A folder with ``datapackage.json`` and one CSV a table, an ``.xlsx``
        workbook, a ``.zip`` of the folder, or the name of an example place.

    Returns
    -------
    Place
        The place as written; :meth:`Place.check` says whether it holds together.

    Raises
    ------
    InvalidPlace
        If anything cannot be read, with all findings at once.

    Examples
    --------
    >>> read("toy_pooling").name
    'toy_pooling'
    """
    place = Path(path)
    if place.name == PACKAGE:
        place = place.parent
    if isinstance(path, str) and not (place / PACKAGE).exists() and not place.is_file():
        names = examples()
        if path in names:
            return example(path)
    try:
        return read_from(_read(place), os.fspath(path))
    except OSError as error:
        what = f"It cannot be read: {error.strerror or error}."
        raise _invalid([_about(place, "unreadable", what, "Check the path.")]) from error


def read_folder(folder: Path) -> Place:
    """Read a place from a folder."""
    return _from_files(folder_files(folder), [], folder.resolve().name)


def _read(path: Path) -> Place:
    if path.is_dir():
        return read_folder(path)
    if not path.exists():
        hint = did_you_mean(str(path), examples())
        mend = f"{hint} Examples: {', '.join(examples())}.".strip()
        raise _invalid([_about(path, "missing-file", f"There is no {path}.", mend)])
    if path.suffix.lower() == ".xlsx":
        rows, tables, findings = read_workbook(path)
        if not rows and not tables:
            raise _invalid(findings)
        properties, found = properties_of_rows(rows)
        return _assembled(properties, tables, [*findings, *found], path.stem)
    if path.suffix.lower() == ".zip":
        return _from_files(*archive_files(path), path.stem)
    mend = "Give a folder with datapackage.json, an .xlsx workbook, or a .zip of the folder."
    raise _invalid([_about(path, "unknown-format", "Not a place.", mend)])


def _from_files(files: Mapping[str, bytes], findings: list[Finding], name: str) -> Place:
    if findings:
        raise _invalid(findings)
    properties, unread = package_properties(files)
    tables, found = raw_tables(files, properties)
    return _assembled(None if unread else properties, tables, [*unread, *found], name)


def _assembled(
    properties: Mapping[str, Any] | None,
    raw: list[RawTable],
    findings: list[Finding],
    name: str,
) -> Place:
    settings = None
    if properties is not None:
        settings, found = read_settings(properties, name)
        findings = [*findings, *found]
    tables, found = typed_tables(raw)
    findings = [*findings, *found]
    if findings or settings is None:
        raise _invalid(findings)
    return Place(settings, tables)


def _about(path: Path, code: str, what: str, mend: str) -> Finding:
    return Finding(code, "error", path.name or str(path), None, None, what, mend)


def _invalid(findings: list[Finding]) -> InvalidPlace:
    return InvalidPlace(str(Findings(findings)), findings)
