"""Tables of a place as people type them: columns, cells as text, and what was found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from placebudget.place import Column, Finding, Findings, Place, schema
from placebudget.place.checks import check_in_part
from placebudget.place.io.tables import RawTable, typed_tables
from placebudget.place.origin import FIRST_ROW
from placebudget.texts import Phrase

MOST_ROWS = 100_000
LONGEST_CELL = 2_000

Texts = list[list[str]]


@dataclass(frozen=True)
class Typed:
    """What typed rows come to.

    Parameters
    ----------
    place : Place or None
        The place with the rows in it; None where they cannot be read.
    findings : list of dict
        Findings about the table, as the page shows them; rows count from 0.
    others : int
        How many errors there are in other tables.
    """

    place: Place | None
    findings: list[dict[str, Any]]
    others: int = 0


def page_columns(table: str) -> list[dict[str, Any]]:
    """Columns of a table as the page needs them.

    Examples
    --------
    >>> [column["title"] for column in page_columns("ring_fences")]
    ['stream', 'purpose']
    """
    return [_page_column(column) for column in schema()[table].columns]


def _page_column(column: Column) -> dict[str, Any]:
    choices = ["yes", "no"] if column.type == "boolean" else list(column.allowed)
    kind = "number" if column.type in ("number", "integer") else "text"
    return {
        "name": column.name,
        "title": Phrase(column.name.replace("_", " ")),
        "kind": "choice" if choices else kind,
        "choices": choices,
        "unit": Phrase(column.unit or ""),
        "measure": column.measure or "",
        "required": column.required,
        "about": Phrase(column.description),
        "refers": column.refers or "",
    }


def texts_of(place: Place, table: str) -> Texts:
    """The rows of a table as they would be typed; blanks are empty.

    Examples
    --------
    >>> import placebudget as pb
    >>> texts_of(pb.example("toy_pooling"), "funding")[0][:3]
    ['council_money', '2025-26', '30000000']
    """
    frame = place.tables[table]
    columns = [[_text(value) for value in frame[name]] for name in schema()[table].names]
    return [list(row) for row in zip(*columns, strict=True)]


def _text(value: Any) -> str:
    if pd.isna(value):
        return ""
    if isinstance(value, bool) or str(value) in ("True", "False"):
        return "yes" if value else "no"
    if isinstance(value, float):
        if value.is_integer():
            return str(int(value))
        # Fifteen digits, as a spreadsheet shows them, unless the figure has more.
        text = f"{value:.15g}"
        return text if float(text) == value else repr(value)
    return str(value)


def read_texts(place: Place, table: str, rows: Sequence[Sequence[str]]) -> Typed:
    """Read typed rows into a place, with everything that is found about the table.

    Parameters
    ----------
    place : Place
        The place whose other tables hold.
    table : str
        Name of the table.
    rows : sequence of sequence of str
        Cells as typed. A row without any text is left out.

    Returns
    -------
    Typed
        Without a place where a cell cannot be read at all.
    """
    raw = RawTable(table, [list(schema()[table].names), *rows])
    frames, own, found = typed_tables([raw])
    mine = [finding for finding in found if finding.table == table and finding.code != MISSING]
    tables = {**place.tables, **frames}
    others = {name: held for name, held in place.origin.numbers.items() if name != table}
    numbers: dict[str, Sequence[int]] = {**others, **own}
    if any(finding.severity == "error" for finding in mine):
        certain = check_in_part(place.settings, tables, numbers, mine)
        return _typed(None, table, [*mine, *certain])
    origin = replace(place.origin, remarks=(), numbers=numbers)
    try:
        read = Place(place.settings, tables, origin)
        checked = read.check()
    except (ValueError, TypeError, OverflowError) as error:
        what = f"The table cannot be read: {error}"
        finding = Finding("unreadable", "error", table, None, None, what, "Undo the last change.")
        return _typed(None, table, [finding])
    return _typed(read, table, [*mine, *checked])


def _typed(place: Place | None, table: str, findings: Iterable[Finding]) -> Typed:
    """What was read, with what is found about the table, and how much about others."""
    found = Findings(findings)
    about = [shown_finding(finding) for finding in found if finding.table == table]
    return Typed(place, about, sum(1 for each in found.errors if each.table != table))


MISSING = "missing-table"


def shown_finding(finding: Finding) -> dict[str, Any]:
    """A finding as the page shows it beside a cell; its row counts from 0."""
    return {
        "row": None if finding.row is None else finding.row - FIRST_ROW,
        "column": finding.column,
        "severity": finding.severity,
        "text": f"{finding.what} {finding.mend}".strip(),
    }
