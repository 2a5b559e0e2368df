"""What the checks find in a place, and in one that could not be read in full.

A cell that could not be read may hold anything. The place is checked with such cells
blank, and what rests on one of them is not told. Where a whole table or column could not
be read, how the place fits together cannot be told, and only cells and keys of the others
are looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from types import ModuleType

import pandas as pd

from placebudget.place.checks import (
    geography,
    money,
    need,
    outcomes,
    rows,
    rules,
    scale,
    settings,
    values,
)
from placebudget.place.checks.examination import Examination
from placebudget.place.checks.following import Follows
from placebudget.place.findings import Finding, Findings
from placebudget.place.io.package import SHEET
from placebudget.place.origin import Origin
from placebudget.place.place import Package, Place
from placebudget.place.schema import schema
from placebudget.place.settings import Settings
from placebudget.texts import listed, nearest

ALL: Sequence[ModuleType] = (
    settings,
    values,
    geography,
    money,
    outcomes,
    need,
    rules,
    scale,
    rows,
)
"""Modules with checks."""

CELL_BY_CELL: Sequence[ModuleType] = (values,)
"""Those that look at cells and at the keys they name, not at how the whole fits together."""


def found_by(modules: Sequence[ModuleType], place: Place) -> Iterator[Finding]:
    """What the checks of some modules find."""
    examination = Examination(place)
    for module in modules:
        for one in module.CHECKS:
            yield from one(examination)


_HARMLESS = ("unnamed-column",)


def check(place: Place) -> Findings:
    """Check a place.

    Parameters
    ----------
    place : Place
        The place.

    Returns
    -------
    Findings
        Errors, which stop a plan, and warnings, which should be read.

    Examples
    --------
    >>> from placebudget.place import example
    >>> check(example("toy_pooling")).errors
    <Findings: 0 errors, 0 warnings>
    """
    return Findings([*place.origin.remarks, *found_by(ALL, place)], Follows(place))


def check_rows(package: Package) -> Findings:
    """What is wrong with a package of any kind, row by row: cells, keys, texts, sources."""
    examination = Examination(package)
    checks = (*values.OF_ANY_KIND, *values.TEXTS, *rows.OF_ANY_KIND)
    found = [finding for one in checks for finding in one(examination)]
    return Findings([*package.origin.remarks, *found])


def check_rows_in_part(package: Package, said: Iterable[Finding]) -> Findings:
    """What is certain about the rows of a package that could not be read in full."""
    errors = [each for each in said if each.severity == "error"]
    rows_unread = {(each.table, each.row) for each in errors}
    lost = {PurePosixPath(each.table).stem for each in errors if each.row is None}
    # What its kind checks besides goes from table to table, and warns of what may stand unread.
    own = [] if lost else package.check().errors
    return Findings(
        each
        for each in dict.fromkeys([*check_rows(package), *own])
        if each.table not in lost
        and (each.table, each.row) not in rows_unread
        # What a key refers to may stand where nothing could be read.
        and each.code != "unknown-key"
    )


@dataclass(frozen=True)
class _Unread:
    """What could not be read: errors of rows; whole tables; settings."""

    rows: tuple[Finding, ...]
    tables: frozenset[str]
    settings: bool

    @property
    def in_full(self) -> bool:
        """Whether all but some cells could be read."""
        return not self.tables and not self.settings

    def holds(self, finding: Finding) -> bool:
        """Whether a finding is about what could not be read itself."""
        if finding.table in self.tables:
            return True
        if finding.code != "missing-value":
            return False
        at = {(each.table, each.row, each.column) for each in self.rows}
        row = (finding.table, finding.row)
        return bool(at & {(*row, finding.column), (*row, None)})


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
    blank = Place(settings, tables, Origin(numbers=numbers))
    follows = Follows(blank)
    found = found_by(ALL if unread.in_full else CELL_BY_CELL, blank)
    certain = [finding for finding in found if not unread.holds(finding)]
    wrong: dict[tuple[str, str | None], list[Finding]] = {}
    for each in unread.rows:
        wrong.setdefault((each.table, each.column), []).append(each)
    lost = [Finding("unread", "error", name, None, None, "", "") for name in unread.tables]
    for errors in (*wrong.values(), *([each] for each in lost)):
        uncertain = set(follows.resting_on(errors, certain))
        certain = [finding for finding in certain if finding not in uncertain]
    rest = [] if unread.in_full else [_not_checked(unread)]
    return Findings([*certain, *rest], follows)


def _unread(errors: Sequence[Finding], tables: Mapping[str, pd.DataFrame]) -> _Unread:
    rows: list[Finding] = []
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
            column = each.column if each.column in schema()[name].names else None
            rows.append(replace(each, table=name, column=column))
    broken = any(each.table == SHEET or _is_package(each) for each in errors)
    return _Unread(tuple(rows), frozenset(lost), broken)


def _meant(finding: Finding, tables: Mapping[str, pd.DataFrame]) -> bool:
    """Whether an unknown column may be one of the table that is not there, misspelt."""
    held = tables.get(finding.table, pd.DataFrame())
    absent = [name for name in schema()[finding.table].names if name not in held.columns]
    return nearest(finding.column or "", absent) is not None


def _is_package(finding: Finding) -> bool:
    return PurePosixPath(finding.table).suffix not in ("", ".csv")


def _not_checked(unread: _Unread) -> Finding:
    lost = [*(["the settings"] if unread.settings else []), *sorted(unread.tables)]
    what = f"How the place fits together was not checked, as {listed(lost)} could not be read."
    mend = "Mend the errors and check again."
    return Finding("not-checked", "warning", SHEET, None, None, what, mend)
