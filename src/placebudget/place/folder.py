"""A place as a folder of files: datapackage.json and one CSV a table."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from placebudget.place.findings import Finding
from placebudget.place.schema import schema
from placebudget.place.tables import RawTable, unknown_table

PACKAGE = "datapackage.json"


def folder_files(folder: Path) -> dict[str, bytes]:
    """The package and the CSV files of a folder on disk, by name.

    Files of sub-folders are taken only where the package names them.
    """
    files = {
        path.name: path.read_bytes()
        for path in sorted(folder.iterdir())
        if path.is_file() and (path.name == PACKAGE or path.suffix.lower() == ".csv")
    }
    properties, _ = package_properties(files)
    for name, _ in _named_resources(properties):
        if name not in files and is_safe(name) and (folder / name).is_file():
            files[name] = (folder / name).read_bytes()
    return files


def is_safe(name: str) -> bool:
    """Whether the name of a file stays inside its folder."""
    path = PurePosixPath(name.replace("\\", "/"))
    return bool(name) and not path.is_absolute() and ".." not in path.parts and ":" not in name


def package_properties(files: Mapping[str, bytes]) -> tuple[dict[str, Any], list[Finding]]:
    """What datapackage.json holds."""
    if PACKAGE not in files:
        mend = 'Add one with at least {"name": "my_place", "years": ["2027-28", "2028-29"]}.'
        return {}, [_unreadable(PACKAGE, "missing-file", f"There is no {PACKAGE}.", mend)]
    text, findings = _text(PACKAGE, files[PACKAGE])
    if text is None:
        return {}, findings
    try:
        properties = json.loads(text)
    except (ValueError, RecursionError) as error:
        return {}, [_unreadable(PACKAGE, "not-json", f"Not JSON: {error}.", "Mend the file.")]
    if not isinstance(properties, dict):
        what = "It holds no object with properties."
        return {}, [_unreadable(PACKAGE, "not-json", what, 'Write {"name": ..., "years": ...}.')]
    return properties, []


def raw_tables(
    files: Mapping[str, bytes], properties: Mapping[str, Any]
) -> tuple[list[RawTable], list[Finding]]:
    """The tables of a folder: the resources of the package, then any other CSV file."""
    tables: list[RawTable] = []
    findings: list[Finding] = []
    taken = set()
    for name, table in _named_resources(properties):
        if not is_safe(name):
            what = f"The path {name!r} leaves the folder."
            findings.append(_unreadable(PACKAGE, "unsafe-path", what, "Keep files in the folder."))
        elif name in files:
            taken.add(name)
            _read(table, name, files[name], tables, findings)
        elif PurePosixPath(name).suffix.lower() == ".csv":
            what = f"{PACKAGE} names the file {name}, which is not there."
            findings.append(_unreadable(name, "missing-file", what, "Add it, or remove it there."))
    for name, content in files.items():
        if name != PACKAGE and name not in taken:
            _read(PurePosixPath(name).stem, name, content, tables, findings)
    return tables, findings


def _read(
    table: str, name: str, content: bytes, tables: list[RawTable], findings: list[Finding]
) -> None:
    if table not in schema():
        findings.append(unknown_table(table))
        return
    raw, found = _raw_table(table, name, content)
    findings += found
    if raw is not None:
        tables.append(raw)


def _raw_table(table: str, name: str, content: bytes) -> tuple[RawTable | None, list[Finding]]:
    text, findings = _text(name, content)
    if text is None:
        return None, findings
    try:
        # newline="" keeps line breaks inside quoted cells as they were written.
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except csv.Error as error:
        mend = "Open it in a spreadsheet and save it as CSV again."
        return None, [_unreadable(name, "not-csv", f"Not a CSV file: {error}.", mend)]
    return RawTable(table, rows), []


def _text(name: str, content: bytes) -> tuple[str | None, list[Finding]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        what = f"Line {line} is not UTF-8 text."
        mend = "Save the file as CSV UTF-8."
        return None, [_unreadable(name, "not-utf-8", what, mend)]
    if "\0" in text:
        what = "The file holds characters that are not text."
        return None, [_unreadable(name, "not-text", what, "Save the file as CSV UTF-8.")]
    return text, []


def _named_resources(properties: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Path and table of each resource that may be a table; others are left alone."""
    resources = properties.get("resources")
    named = []
    for resource in resources if isinstance(resources, list) else []:
        if not isinstance(resource, dict):
            continue
        path, name = resource.get("path"), resource.get("name")
        path = path[0] if isinstance(path, list) and path else path
        if isinstance(path, str) and path:
            table = name if isinstance(name, str) and name else PurePosixPath(path).stem
            if table in schema() or PurePosixPath(path).suffix.lower() == ".csv":
                named.append((path, table))
    return named


def _unreadable(file: str, code: str, what: str, mend: str) -> Finding:
    return Finding(code, "error", file, None, None, what, mend)
