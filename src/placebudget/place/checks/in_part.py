"""Checks of a place that could not be read in full: what is certain all the same.

A cell that could not be read may hold anything. The place is checked with such cells
blank, and again with what may have stood there: the key that is missing, or what stands
near in the column. A finding is certain that stands both times. Where a whole table or
column could not be read, how the place fits together cannot be told, and only cells and
keys of the others are looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import pandas as pd

from placebudget.place.checks.examination import Examination
from placebudget.place.checks.order import ALL, CELL_BY_CELL, found_by, found_by_check
from placebudget.place.checks.tracing import Tracing
from placebudget.place.findings import Finding, Findings
from placebudget.place.geography import is_blank
from placebudget.place.origin import Origin
from placebudget.place.package import SHEET
from placebudget.place.place import Place
from placebudget.place.schema import Column, Table, schema
from placebudget.place.settings import Settings
from placebudget.place.years import financial_year, start_of
from placebudget.texts import listed, nearest

_HARMLESS = ("unnamed-column",)


@dataclass(frozen=True)
class _Unread:
    """What could not be read: cells by table, row and column; whole tables; settings."""

    cells: frozenset[tuple[str, int, str]]
    tables: frozenset[str]
    settings: bool

    @property
    def in_full(self) -> bool:
        """Whether all but some cells could be read."""
        return not self.tables and not self.settings


def check_in_part(
    settings: Settings,
    tables: Mapping[str, pd.DataFrame],
    numbers: Mapping[str, Sequence[int]],
    said: Iterable[Finding],
) -> Findings:
    """What is certain about a place that could not be read in full.

    Parameters
    ----------
    settings : Settings
        As far as they could be read.
    tables : mapping of str to DataFrame
        Typed tables; cells that could not be read are blank.
    numbers : mapping of str to sequence of int
        Numbers of rows, as :class:`placebudget.place.origin.Origin` holds them.
    said : iterable of Finding
        What could not be read, and why.

    Returns
    -------
    Findings
        What the checks find whatever stands in the cells that could not be read; last,
        where whole tables are missing, that not all could be checked.
    """
    unread = _unread([each for each in said if each.severity == "error"], tables)
    origin = Origin(numbers=numbers)
    blank = Place(settings, tables, origin)
    filled = Place(settings, _filled(blank, unread), origin)
    modules = ALL if unread.in_full else CELL_BY_CELL
    again = set(found_by(modules, filled))
    found = tuple(found_by_check(modules, Examination(blank)))
    certain = [
        finding
        for _, by_one in found
        for finding in by_one
        if finding in again and not _follows(finding, unread)
    ]
    rest = [] if unread.in_full else [_not_checked(unread)]
    return Findings([*certain, *rest], Tracing(blank, found))


def _unread(errors: Sequence[Finding], tables: Mapping[str, pd.DataFrame]) -> _Unread:
    cells: set[tuple[str, int, str]] = set()
    lost: set[str] = set()
    for each in errors:
        name = PurePosixPath(each.table).stem
        if each.code in _HARMLESS or (each.code == "unknown-column" and not _meant(each, tables)):
            continue
        if name not in schema():
            # A table by a name that is none may be one that is missing, misspelt.
            near = nearest(name, set(schema()) - set(tables))
            lost |= {near} if near else set()
        elif each.row is None:
            lost.add(name)
        else:
            columns = [each.column] if each.column in schema()[name].names else _facts(name)
            cells |= {(name, each.row, str(column)) for column in columns}
    broken = any(each.table == SHEET or _is_package(each) for each in errors)
    return _Unread(frozenset(cells), frozenset(lost), broken)


def _meant(finding: Finding, tables: Mapping[str, pd.DataFrame]) -> bool:
    """Whether an unknown column may be one of the table that is not there, misspelt."""
    held = tables.get(finding.table, pd.DataFrame())
    absent = [name for name in schema()[finding.table].names if name not in held.columns]
    return nearest(finding.column or "", absent) is not None


def _is_package(finding: Finding) -> bool:
    return PurePosixPath(finding.table).suffix not in ("", ".csv")


def _facts(table: str) -> list[str]:
    """Columns of a table that are not its key: a row with too many cells has shifted them."""
    return [name for name in schema()[table].names if name not in schema()[table].key]


def _filled(place: Place, unread: _Unread) -> dict[str, pd.DataFrame]:
    """The tables with what may have stood in the cells that could not be read."""
    tables = dict(place.tables)
    for name in sorted({table for table, _, _ in unread.cells}):
        table, frame = schema()[name], tables[name].copy()
        numbers = place.origin.row_numbers(name, len(frame))
        held = {
            column: [None if is_blank(cell) else cell for cell in frame[column].tolist()]
            for column in table.names
        }
        for column in table.columns:
            rows = [
                at
                for at, number in enumerate(numbers)
                if (name, number, column.name) in unread.cells
            ]
            if rows:
                _fill_near(held[column.name], rows, column)
                if column.name in table.key:
                    _fill_keys(place, table, column, held, rows)
                frame[column.name] = pd.Series(held[column.name], dtype=frame[column.name].dtype)
        tables[name] = frame
    return tables


def _fill_near(values: list[Any], rows: Sequence[int], column: Column) -> None:
    """Put the value above into cells, or the first there is, or one the column may have."""
    usual = {"number": 1.0, "integer": 1, "boolean": True}.get(column.type)
    if usual is not None and column.minimum is not None:
        usual = max(usual, column.minimum)
    first = next((value for value in values if value is not None), usual)
    for at in rows:
        values[at] = first if at == 0 or values[at - 1] is None else values[at - 1]


def _fill_keys(
    place: Place, table: Table, column: Column, held: dict[str, list[Any]], rows: Sequence[int]
) -> None:
    """Put the keys that are missing into cells: each the first that no row like it has."""
    values = held[column.name]
    candidates = _candidates(place, column, values)
    rest = [held[name] for name in table.key if name != column.name]
    like = list(zip(*rest, strict=True)) if rest else [()] * len(values)
    taken: dict[tuple[Any, ...], set[Any]] = {}
    for at in set(range(len(values))) - set(rows):
        taken.setdefault(like[at], set()).add(values[at])
    left = {key: iter(candidates) for key in {like[at] for at in rows}}
    for at in rows:
        others = taken.get(like[at], set())
        key = next((one for one in left[like[at]] if one not in others), None)
        values[at] = values[at] if key is None else key


def _candidates(place: Place, column: Column, values: Sequence[Any]) -> list[Any]:
    """Keys that a column may hold: financial years in a row, or keys of the table it names."""
    if column.type == "year":
        starts = [start_of(year) for year in {*values, *place.years} - {None}]
        return list(map(financial_year, range(min(starts), max(starts) + 1))) if starts else []
    other, _, field = (column.refers or "").partition(".")
    return [key for key in place.tables[other][field] if not is_blank(key)] if other else []


def _follows(finding: Finding, unread: _Unread) -> bool:
    """Whether a finding only says again that something could not be read."""
    at = (finding.table, finding.row, finding.column)
    if finding.table in unread.tables or (finding.code == "missing-value" and at in unread.cells):
        return True
    if finding.code != "unknown-key" or finding.column is None:
        return False
    refers = schema()[finding.table].column(finding.column).refers or ""
    table, _, column = refers.partition(".")
    return table in unread.tables or any(
        (each, named) == (table, column) for each, _, named in unread.cells
    )


def _not_checked(unread: _Unread) -> Finding:
    lost = [*(["the settings"] if unread.settings else []), *sorted(unread.tables)]
    what = f"How the place fits together was not checked, as {listed(lost)} could not be read."
    mend = "Mend the errors and check again."
    return Finding("not-checked", "warning", SHEET, None, None, what, mend)
