"""Rows that are none, do nothing or name no source: totals, notes, idle agencies."""

from __future__ import annotations

import math
import re
from collections.abc import Container, Iterator, Sequence

from placebudget.place.checks.examination import Check, Examination
from placebudget.place.findings import Finding, error, warning
from placebudget.place.schema import Table
from placebudget.texts import listed, shown

_TOTAL = re.compile(r"(grand |sub[- ]?|overall )?totals?|sum|overall", re.IGNORECASE)
_NOTE = re.compile(
    r"[*\u2020\u2021\u00b9\u00b2\u00b3].*|(sources?|notes?|footnotes?|n\.?b\.?):.*|[(\[]\d+[)\]].*",
    re.IGNORECASE | re.DOTALL,
)


def totals(examined: Examination) -> Iterator[Finding]:
    """Rows that are called a total: with figures they would count twice."""
    for table in _defining(examined):
        called = examined.cells(table.name, table.key[0])
        found = {number: text for number, text in called if is_total(text)}
        for number, text in found.items():
            summed = [
                column.name
                for column in table.columns
                if column.type == "number"
                and _sums_up(examined.cells(table.name, column.name), number, found)
            ]
            mend = "Delete the row; if it is none, choose another key."
            if summed:
                what = f"{shown(text)} is the sum of the rows above, and would count again."
                yield error("total-row", table.name, number, summed[0], what, mend)
            else:
                what = f"{shown(text)} reads like a total of the rows above."
                yield warning("total-row", table.name, number, table.key[0], what, mend)


def notes(examined: Examination) -> Iterator[Finding]:
    """Rows that read like a source or a footnote beneath the table."""
    for table in _defining(examined):
        for number, text in examined.cells(table.name, table.key[0]):
            if _reads_like(_NOTE, text):
                what = f"{shown(text)} reads like a note beneath the table, and counts as a row."
                mend = "Delete the row, and write the note into a column note or a source."
                yield warning("note-row", table.name, number, table.key[0], what, mend)


def idle_agencies(examined: Examination) -> Iterator[Finding]:
    """Agencies that hold no stream, commission or host nothing and save nothing."""
    busy = {
        agency
        for table, column in (
            ("streams", "agency"),
            ("services", "commissioner"),
            ("savings", "agency"),
            ("pools", "host"),
            ("successions", "successor"),
        )
        for _, agency in examined.cells(table, column)
    }
    for number, agency in examined.cells("agencies", "agency"):
        if agency not in busy:
            what = f"{shown(agency)} has no stream, service, pool or saving."
            mend = "Give it one, or delete the row."
            yield warning("idle-agency", "agencies", number, "agency", what, mend)


def _defining(examined: Examination) -> Iterator[Table]:
    """Tables whose rows are things of their own: what refers to one is refused if there is none."""
    for table in examined.tables.values():
        key = table.column(table.key[0])
        if key.type == "string" and not key.refers:
            yield table


def is_total(text: object) -> bool:
    """Whether a row of this name is a sum of others.

    Examples
    --------
    >>> is_total("Grand total:"), is_total("total care")
    (True, False)
    """
    return _reads_like(_TOTAL, text)


def _reads_like(pattern: re.Pattern[str], text: object) -> bool:
    return isinstance(text, str) and bool(pattern.fullmatch(text.strip().rstrip(":")))


def _sums_up(cells: Sequence[tuple[int, float]], row: int, totals: Container[int]) -> bool:
    """Whether a row holds what the rows above it hold together, other totals left out."""
    figure = dict(cells).get(row)
    above = [value for number, value in cells if number < row and number not in totals]
    # Sums in files are often rounded, to the penny say.
    return bool(figure and above) and math.isclose(figure or 0.0, sum(above), abs_tol=0.01)


_MENDS = {
    "source": "Name a key of the table sources for each row.",
    "status": "Write published, derived or illustrative for each row.",
}


def figures_without(examined: Examination) -> Iterator[Finding]:
    """Rows without a source or a status: one finding a table and column."""
    for name, table in examined.tables.items():
        frame = examined.place.tables[name]
        if not table.figures or frame.empty:
            continue
        for column, mend in _MENDS.items():
            rows = examined.blank(name, column)
            if rows:
                shown = listed((str(row) for row in rows), most=5)
                what = f"{len(rows)} of {len(frame)} rows have no {column} (rows {shown})."
                yield warning(f"no-{column}", name, rows[0], column, what, mend)


def placeholders(examined: Examination) -> Iterator[Finding]:
    """Figures that are nobody's yet."""
    held = examined.place.placeholders
    rows = sum(len(f) for f in examined.place.tables.values() if "status" in f.columns)
    if held:
        what = (
            f"{sum(held.values())} of {rows} rows of figures are placeholders, nobody's yet, in "
            f"{listed(held, most=4)}: nothing that is made of them is a result."
        )
        mend = (
            "Replace each by a figure of the place, and its status; place.to_do() and placebudget "
            "todo list them, those first behind which most money stands."
        )
        yield warning("placeholder-figures", "place", None, None, what, mend)


OF_ANY_KIND: tuple[Check, ...] = (
    placeholders,
    figures_without,
    totals,
    notes,
)
CHECKS: tuple[Check, ...] = (*OF_ANY_KIND, idle_agencies)
