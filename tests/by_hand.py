"""A small place as files by hand, for tests of what reading makes of them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from placebudget.errors import InvalidPlace
from placebudget.place import FileLimits, Finding, Place, read

FILES = {
    "datapackage.json": '{"name": "hand", "years": ["2027-28"]}',
    "agencies.csv": "agency,name,sector\ncouncil,Town Council,council\n",
    "streams.csv": "stream,agency,raised,carry_forward\ntax,council,local,0.1\n",
    "funding.csv": "stream,year,amount\ntax,2027-28,100000\n",
    "services.csv": "service,commissioner,purpose\nparks,council,parks\n",
    "offers.csv": "offer,service,unit_cost\nparks_own,parks,10\n",
    "outcomes.csv": "outcome,social_value\nvisits,5\n",
    "effects.csv": "service,outcome\nparks,visits\n",
}


def folder(home: Path, changes: Mapping[str, str | bytes | None] | None = None) -> Path:
    """The place as a folder, with some files replaced, added, or left out (None)."""
    home.mkdir(exist_ok=True)
    for name, text in {**FILES, **(changes or {})}.items():
        if text is not None:
            (home / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return home


def archive(path: Path, files: Mapping[str, str | bytes] | None = None) -> Path:
    """The place, or other files, as a .zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in (FILES if files is None else files).items():
            packed.writestr(name, text)
    return path


def workbook(path: Path, change: Callable[[Any], None] | None = None) -> Path:
    """The place as a workbook, changed before it is saved."""
    book = Workbook()
    book.remove(book.active)
    sheet = book.create_sheet("place")
    sheet.append(["name", "hand"])
    sheet.append(["years", "2027-28"])
    for name, text in FILES.items():
        if name.endswith(".csv"):
            sheet = book.create_sheet(name.removesuffix(".csv"))
            for line in text.splitlines():
                sheet.append([_number(cell) for cell in line.split(",")])
    if change:
        change(book)
    book.save(path)
    return path


def rewritten(path: Path, parts: Mapping[str, bytes]) -> Path:
    """A workbook with some of its parts replaced or added."""
    with zipfile.ZipFile(path) as packed:
        held = {name: packed.read(name) for name in packed.namelist()}
    return archive(path, {**held, **parts})


def refusal(path: Path, limits: FileLimits | None = None) -> list[Finding]:
    """The errors for which reading refuses a place."""
    with pytest.raises(InvalidPlace) as raised:
        read(path, limits or FileLimits())
    found = raised.value.findings
    assert all(finding.what and finding.mend for finding in found)
    return [finding for finding in found if finding.severity == "error"]


def remarks(place: Place) -> list[tuple[str, str, int | None, str | None, str]]:
    """What reading had to say of a place, as its check repeats it."""
    return [
        (f.code, f.table, f.row, f.column, f.what)
        for f in place.check().warnings
        if f.code in ("read-as", "hidden-sheet", "external-links")
    ]


def _number(cell: str) -> Any:
    try:
        return float(cell)
    except ValueError:
        return cell
