"""What can be seen in a sheet and not in its values: merged, hidden and raised cells."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

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
