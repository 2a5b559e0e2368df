"""Keys: missing tables and cells, doubled keys, keys of nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from placebudget.place.checks.examination import Check, Examination, error
from placebudget.place.conditions import ALIGNED, DIRECT, FREED, POOLED
from placebudget.place.findings import Finding
from placebudget.place.geography import is_blank
from placebudget.place.schema import Column, Table, schema
from placebudget.texts import did_you_mean, listed, shown

_HINTS = 50
_ROUTES = (DIRECT, ALIGNED, POOLED, FREED)
_PICKED = (
    ("agencies", "agency"),
    ("areas", "area"),
    ("areas", "tier"),
    ("pools", "pool"),
    ("services", "service"),
    ("services", "purpose"),
    ("outcomes", "outcome"),
)


def missing_tables(examined: Examination) -> Iterator[Finding]:
    """Required tables without rows."""
    for name, table in schema().items():
        if table.required and not len(examined.place.tables[name]):
            what = f"The table {name} has no rows."
            yield error("missing-table", name, None, None, what, f"Add rows: {table.description}")


def missing_cells(examined: Examination) -> Iterator[Finding]:
    """Blank cells in required columns."""
    for name, table in schema().items():
        frame, numbers = examined.place.tables[name], examined.numbers(name)
        for column in table.columns if len(frame) else ():
            if column.required:
                for row in frame.index[frame[column.name].isna()]:
                    number, mend = numbers[row], f"Fill it in: {column.description}"
                    yield error(
                        "missing-value", name, number, column.name, "The cell is blank.", mend
                    )


def stray_spaces(examined: Examination) -> Iterator[Finding]:
    """Spaces around keys, which would make two keys look like one."""
    for name, table in schema().items():
        for column in table.columns:
            if column.type == "string" and is_key(table, column):
                for number, text in examined.cells(name, column.name):
                    if text != text.strip():
                        what = f"{shown(text)} has spaces around it."
                        yield error("stray-space", name, number, column.name, what, "Remove them.")


def doubled_keys(examined: Examination) -> Iterator[Finding]:
    """Rows with the key of a row above."""
    for name, table in schema().items():
        first: dict[tuple[Any, ...], int] = {}
        for number, row in examined.rows(name):
            key = tuple(_part(examined, table, part, getattr(row, part)) for part in table.key)
            if is_blank(key[0]):
                continue
            if key in first:
                parts = ", ".join(shown(part, quoted=False) for part in key if part is not None)
                what = f"{parts} stands in row {first[key]} already."
                mend = "Remove one of the rows, or put them together."
                yield error("doubled-key", name, number, table.key[0], what, mend)
            first.setdefault(key, number)


def unknown_keys(examined: Examination) -> Iterator[Finding]:
    """Keys that refer to a row which is not there."""
    for name, table in schema().items():
        for column in table.columns:
            if not column.refers:
                continue
            other, field = column.refers.split(".")
            known = {key for _, key in examined.cells(other, field)}
            cells = examined.cells(name, column.name)
            unknown = [(number, value) for number, value in cells if value not in known]
            if not unknown:
                continue
            # Looking for what is near takes time: it is done for the first few.
            few = list(dict.fromkeys(value for _, value in unknown))[:_HINTS]
            hints = {value: did_you_mean(value, sorted(known)) for value in few}
            named = listed((shown(key, quoted=False) for key in sorted(known)), most=8)
            for number, value in unknown:
                what = f"No {field} {shown(value)} in the table {other}."
                mend = f"Add it there, or use one of: {named or '(none yet)'}."
                mend = hints.get(value) or mend
                yield error("unknown-key", name, number, column.name, what, mend)


def unusable_keys(examined: Examination) -> Iterator[Finding]:
    """Keys that could not be told from words or marks with a meaning of their own."""
    for number, row in examined.rows("pools"):
        if row.pool in _ROUTES or (not is_blank(row.pool) and "," in row.pool):
            what = (
                f"A pool may not be called {shown(row.pool)}: it would read as a kind of pooling."
            )
            yield error("unusable-key", "pools", number, "pool", what, "Choose another key.")
    for table, column in _PICKED:
        for number, row in examined.rows(table):
            key = getattr(row, column)
            if not is_blank(key) and any(mark in key for mark in ";|"):
                what = f"{shown(key)} holds ; or |, which divide the subjects of rules."
                yield error("unusable-key", table, number, column, what, "Choose another key.")


def is_key(table: Table, column: Column) -> bool:
    """Whether texts of a column are keys, which rows and rules refer to."""
    return column.name in table.key or bool(column.refers) or column.name in ("purpose", "tier")


def _part(examined: Examination, table: Table, name: str, value: Any) -> Any:
    """A part of a key; a blank area is the whole place."""
    if table.column(name).refers == "areas.area":
        return examined.geography.key(value)
    return None if is_blank(value) else value


CHECKS: tuple[Check, ...] = (
    missing_tables,
    missing_cells,
    stray_spaces,
    doubled_keys,
    unknown_keys,
    unusable_keys,
)
