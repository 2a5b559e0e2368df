"""Raw tables, as files hold them, into typed tables of the schema."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from placebudget.place.cells import typed_cells
from placebudget.place.findings import Finding
from placebudget.place.origin import FIRST_ROW
from placebudget.place.schema import Table, schema
from placebudget.texts import did_you_mean, listed, shown

# How many rows a title and notes above the headings may take.
_LOOKED_AT = 20


@dataclass(frozen=True)
class RawTable:
    """A table as a file holds it: a header and rows of cells.

    Parameters
    ----------
    name : str
        Name of the table: of the resource, or of the sheet.
    rows : sequence of sequence
        The header first, then the rows of data, blank ones among them.
    """

    name: str
    rows: Sequence[Sequence[Any]]


class TypedTables(NamedTuple):
    """Tables of the schema, and everything of the raw tables that does not fit.

    Parameters
    ----------
    tables : dict of str to DataFrame
        Tables by name, with the columns that were found, without blank rows.
    numbers : dict of str to list of int
        For tables with blank rows between others: the number of each row.
    findings : list of Finding
        Unknown, doubled and missing tables and columns, cells of a wrong type.
    """

    tables: dict[str, pd.DataFrame]
    numbers: dict[str, list[int]]
    findings: list[Finding]


def typed_tables(raw_tables: Iterable[RawTable]) -> TypedTables:
    """Turn raw tables into tables of the schema, with everything that does not fit."""
    tables: dict[str, pd.DataFrame] = {}
    numbers: dict[str, list[int]] = {}
    findings: list[Finding] = []
    for raw in raw_tables:
        if raw.name not in schema():
            findings.append(unknown_table(raw.name))
        elif raw.name in tables:
            what = f"The table {raw.name} is there twice."
            findings.append(_about(raw.name, "doubled-table", what, "Keep one of them."))
        else:
            tables[raw.name], rows, found = typed_table_of(schema()[raw.name], raw)
            findings += found
            if rows != list(range(FIRST_ROW, FIRST_ROW + len(rows))):
                numbers[raw.name] = rows
    missing = [name for name, table in schema().items() if table.required and name not in tables]
    for name in missing:
        what = f"The table {name} is missing."
        mend = f"Add it, with the columns {', '.join(_required(schema()[name]))}."
        findings.append(_about(name, "missing-table", what, mend))
    return TypedTables(tables, numbers, findings)


def typed_table_of(table: Table, raw: RawTable) -> tuple[pd.DataFrame, list[int], list[Finding]]:
    """One raw table with the columns it is to have: typed, its row numbers, what does not fit."""
    header, rows = _header_and_rows(raw)
    frame, findings = _typed_table(table, header, rows)
    return frame, list(rows)[: len(frame)], findings


def _header_and_rows(raw: RawTable) -> tuple[Sequence[Any], dict[int, Sequence[Any]]]:
    """The first row that is not blank, and the others by number."""
    filled = {
        number: row
        for number, row in enumerate(raw.rows, start=1)
        if not all(cell in (None, "") for cell in row)
    }
    header = filled.pop(next(iter(filled), 0), ())
    return header, filled


def unknown_table(name: str) -> Finding:
    """The finding that there is no such table."""
    hint = did_you_mean(name, schema())
    mend = hint or f"Tables of a place: {', '.join(schema())}."
    return _about(name, "unknown-table", f"A place has no table {shown(name)}.", mend)


def _typed_table(
    table: Table, first: Sequence[Any], rows: Mapping[int, Sequence[Any]]
) -> tuple[pd.DataFrame, list[Finding]]:
    if not first:
        mend = f"Write the columns {', '.join(table.names)} into the first row."
        finding = _about(table.name, "missing-header", "The table has no header row.", mend)
        return pd.DataFrame(), [finding]
    if _is_divided_otherwise(first):
        mend = "Save the file as CSV with commas between columns."
        what = "The columns are not divided by commas."
        return pd.DataFrame(), [_about(table.name, "wrong-delimiter", what, mend)]
    below = _heading_below(table, first, rows)
    if below is not None:
        what = f"The headings seem to stand in row {below}."
        mend = "Delete the rows above, so that the headings are row 1."
        return pd.DataFrame(), [_about(table.name, "heading-below", what, mend)]
    header = ["" if cell is None else str(cell).strip() for cell in first]
    findings = _header_findings(table, header, list(rows.values()))
    findings += _ragged_findings(table.name, len(header), rows)
    columns: dict[str, list[Any]] = {}
    for position, name in enumerate(header):
        if name in table.names and name not in columns:
            cells = [row[position] if position < len(row) else None for row in rows.values()]
            columns[name], found = typed_cells(table.name, table.column(name), cells, list(rows))
            findings += found
    return pd.DataFrame(columns, index=pd.RangeIndex(len(rows)), dtype=object), findings


def _heading_below(
    table: Table, first: Sequence[Any], rows: Mapping[int, Sequence[Any]]
) -> int | None:
    """The row with the headings, where it is not the first: below a title, say."""

    def known(row: Sequence[Any]) -> int:
        return len({str(cell).strip().lower() for cell in row} & set(table.names))

    if known(first):
        return None
    enough = min(2, len(table.names))
    near = list(rows.items())[:_LOOKED_AT]
    return next((number for number, row in near if known(row) >= enough), None)


def _header_findings(
    table: Table, header: Sequence[str], rows: Sequence[Sequence[Any]]
) -> list[Finding]:
    findings = []
    seen: set[str] = set()
    for position, name in enumerate(header):
        if name == "":
            if any(position < len(row) and row[position] not in (None, "") for row in rows):
                what = f"Column {position + 1} holds cells but has no name."
                findings.append(_about(table.name, "unnamed-column", what, "Name it or clear it."))
        elif name not in table.names:
            mend = did_you_mean(name, table.names) or f"Columns: {', '.join(table.names)}."
            what = f"There is no column {shown(name)}."
            findings.append(_about(table.name, "unknown-column", what, mend, name))
        elif name in seen:
            what = f"The column {name} is there twice."
            findings.append(_about(table.name, "doubled-column", what, "Keep one of them.", name))
        seen.add(name)
    for name in _required(table):
        if name not in seen:
            what = f"The required column {name} is missing."
            mend = f"Add it: {table.column(name).description}"
            findings.append(_about(table.name, "missing-column", what, mend, name))
    return findings


def _is_divided_otherwise(header: Sequence[Any]) -> bool:
    return len(header) == 1 and any(mark in str(header[0]) for mark in ";\t|")


def _ragged_findings(table: str, width: int, rows: Mapping[int, Sequence[Any]]) -> list[Finding]:
    findings = []
    for number, row in rows.items():
        beyond = [shown(cell, quoted=False) for cell in row[width:] if cell not in (None, "")]
        if beyond:
            what = f"The row has more cells than the header has columns: {listed(beyond)}."
            mend = "Put text that holds a comma in double quotes, or remove the cells."
            findings.append(Finding("ragged-row", "error", table, number, None, what, mend))
        elif len(row) < width:
            what = f"The row has {len(row)} cells; the header has {width} columns."
            mend = "Write a comma for each blank cell."
            findings.append(Finding("ragged-row", "error", table, number, None, what, mend))
    return findings


def _required(table: Table) -> list[str]:
    return [column.name for column in table.columns if column.required]


def _about(table: str, code: str, what: str, mend: str, column: str | None = None) -> Finding:
    return Finding(code, "error", table, None, column, what, mend)
