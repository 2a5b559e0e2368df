"""Where a place comes from, and where two places differ: table, row, column, before and after."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import pandas as pd

from placebudget.place.geography import is_blank
from placebudget.place.schema import Table, schema

if TYPE_CHECKING:
    from placebudget.place.findings import Finding
    from placebudget.place.options import Option
    from placebudget.place.place import Package, Place


Kind = TypeVar("Kind", bound="Package")

FIRST_ROW = 2
"""Number of the first row of data: the heading is row 1, as a spreadsheet shows it."""


@dataclass(frozen=True)
class Origin:
    """Where a place comes from, so that a plan can say how to get it again.

    Parameters
    ----------
    path : str
        What it was read from, as given: a path, or the name of an example. Empty
        for a place that was made, or changed otherwise than by an option.
    base : Place, optional
        The place before the option.
    option : Option, optional
        The option that was applied; several, one after the other, are one.
    remarks : tuple of Finding
        What reading had to say: figures that were not written plainly, say. They
        are findings of the place, and end where it is changed.
    numbers : mapping of str to sequence of int
        By table: the number of each row in its file or sheet, where rows that are
        blank stand between them; other tables follow on their heading.
    """

    path: str = ""
    base: Place | None = None
    option: Option | None = None
    remarks: tuple[Finding, ...] = ()
    numbers: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def row_numbers(self, table: str, rows: int) -> Sequence[int]:
        """Numbers of the rows of a table as a spreadsheet shows them, the heading being row 1."""
        return self.numbers.get(table) or range(FIRST_ROW, FIRST_ROW + rows)


def read_from(place: Kind, path: str) -> Kind:
    """The place, or another package, with the path it was read from."""
    return replace(place, origin=replace(place.origin, path=path))


def changed_by(before: Place, after: Place, option: Option) -> Place:
    """A place that an option has changed, with where it comes from."""
    origin = before.origin
    combined = option if origin.option is None else origin.option + option
    return replace(after, origin=Origin(origin.path, origin.base or before, combined))


# Where two places differ: table, row, column, before and after.

COLUMNS = ("table", "row", "column", "before", "after")
_NO_ROW = "no row"

Cells = tuple[str, str, str, str, str]


def differences(before: Place, after: Place) -> pd.DataFrame:
    """Cells in which two places differ.

    Parameters
    ----------
    before, after : Place
        Two places; the order of their rows does not count.

    Returns
    -------
    DataFrame
        ``table``; ``row`` (its key); ``column``, blank for a row that only one of
        the places has; ``before`` and ``after`` as texts.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("toy_pooling")
    >>> more = pb.Option("more").scale("funding", 2, stream="nhs_money").apply(place)
    >>> differences(place, more).iloc[0].tolist()
    ['funding', 'nhs_money 2025-26', 'amount', '50000000', '100000000']
    """
    found = [row for table in schema().values() for row in _of_table(table, before, after)]
    return pd.DataFrame(found, columns=list(COLUMNS), dtype="str")


def _of_table(table: Table, before: Place, after: Place) -> list[Cells]:
    if before.tables[table.name].equals(after.tables[table.name]):
        return []
    old, new = _rows(table, before), _rows(table, after)
    found: list[Cells] = []
    for key in dict.fromkeys([*old, *new]):
        name = " ".join(part for part in key[:-1] if part)
        if key not in new or key not in old:
            cells = (_NO_ROW, _words(new[key])) if key in new else (_words(old[key]), _NO_ROW)
            found.append((table.name, name, "", *cells))
            continue
        found += [
            (table.name, name, column, old[key][column], new[key][column])
            for column in table.names
            if old[key][column] != new[key][column]
        ]
    return found


def _rows(table: Table, place: Place) -> dict[tuple[str, ...], dict[str, str]]:
    """Rows as texts by key; the last part of a key tells rows of one key apart."""
    rows: dict[tuple[str, ...], dict[str, str]] = {}
    for record in place.tables[table.name].to_dict("records"):
        texts = {str(name): _text(value) for name, value in record.items()}
        key = tuple(texts[part] for part in table.key)
        number = 0
        while (*key, str(number)) in rows:
            number += 1
        rows[(*key, str(number))] = texts
    return rows


def _words(row: dict[str, str]) -> str:
    return ", ".join(f"{name} {text}" for name, text in row.items() if text)


def _text(value: Any) -> str:
    if is_blank(value):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.15g}" if isinstance(value, float) else str(value)


# --- hashes of what a place consists of -----------------------------------------


ROW_DIGITS = 8
"""Hexadecimal digits of the hash of a row."""


def digest(place: Package) -> str:
    """SHA-256 of settings and tables."""
    return _sha(json.dumps([settings_digest(place), table_digests(place)]))


def settings_digest(place: Package) -> str:
    """SHA-256 of the settings that were made; one left at its default changes nothing."""
    made = [(f.name, getattr(place.settings, f.name), f.default) for f in fields(place.settings)]
    return _sha(repr([(name, value) for name, value, default in made if value != default]))


def row_digests(place: Package, table: str) -> list[str]:
    """A short hash of each row of a table, in the order of the rows.

    Examples
    --------
    >>> import placebudget as pb
    >>> [len(each) for each in row_digests(pb.example("toy_pooling"), "agencies")]
    [8, 8, 8]
    """
    return list(place.hashes[table].rows) if table in place.hashes else []


def table_digests(place: Package) -> dict[str, str]:
    """SHA-256 of each table that has rows, by name."""
    return {name: found.table for name, found in place.hashes.items()}


class Hashes(NamedTuple):
    """SHA-256 of a table, and a short hash of each of its rows."""

    table: str
    rows: tuple[str, ...]


def hashes_of(frame: pd.DataFrame) -> Hashes:
    """Hashes of a table and its rows."""
    rows = _row_texts(frame)
    return Hashes(_sha(json.dumps(sorted(rows))), tuple(_sha(text)[:ROW_DIGITS] for text in rows))


def _row_texts(frame: pd.DataFrame) -> list[str]:
    """Each row of a table as JSON, without its blanks: a column nobody filled changes nothing."""
    names, known = list(frame.columns), frame.notna().to_numpy()
    columns = (frame[name].tolist() for name in names)
    return [
        json.dumps(
            {name: cell for name, cell, given in zip(names, row, filled, strict=True) if given},
            default=str,
        )
        for row, filled in zip(zip(*columns, strict=True), known, strict=True)
    ]


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
