"""Raw tables, as files hold them, into typed tables of the schema."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple
from weakref import WeakValueDictionary

import numpy as np
import pandas as pd

from placebudget.arguments import as_given, offered
from placebudget.errors import WrongArgument
from placebudget.place.findings import Finding, unreadable
from placebudget.place.io.cells import day_of, plain_figure, typed_cells
from placebudget.place.origin import FIRST_ROW
from placebudget.place.schema import PLACE, Column, Table, schema
from placebudget.place.settings import financial_year, start_of
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


def typed_tables(raw_tables: Iterable[RawTable], kind: str = PLACE) -> TypedTables:
    """Turn raw tables into tables of the schema, with everything that does not fit."""
    tables: dict[str, pd.DataFrame] = {}
    numbers: dict[str, list[int]] = {}
    findings: list[Finding] = []
    known = schema(kind)
    for raw in raw_tables:
        if raw.name not in known:
            findings.append(unknown_table(raw.name, kind))
        elif raw.name in tables:
            what = f"The table {raw.name} is there twice."
            findings.append(unreadable(raw.name, "doubled-table", what, "Keep one of them."))
        else:
            header, rows_of = _header_and_rows(raw)
            columns, found = _typed_columns(known[raw.name], header, rows_of)
            tables[raw.name] = _whole(known[raw.name], columns, len(rows_of))
            findings += found
            rows = list(rows_of) if columns else []
            if rows != list(range(FIRST_ROW, FIRST_ROW + len(rows))):
                numbers[raw.name] = rows
    missing = [name for name, table in known.items() if table.required and name not in tables]
    for name in missing:
        what = f"The table {name} is missing."
        mend = f"Add it, with the columns {', '.join(_required(known[name]))}."
        findings.append(unreadable(name, "missing-table", what, mend))
    return TypedTables(tables, numbers, findings)


def typed_table_of(table: Table, raw: RawTable) -> tuple[pd.DataFrame, list[int], list[Finding]]:
    """One raw table with the columns it is to have: typed, its row numbers, what does not fit."""
    header, rows = _header_and_rows(raw)
    columns, findings = _typed_columns(table, header, rows)
    frame = pd.DataFrame(columns, index=pd.RangeIndex(len(rows) if columns else 0), dtype=object)
    return frame, list(rows)[: len(frame)], findings


def _whole(table: Table, columns: Mapping[str, list[Any]], rows: int) -> pd.DataFrame:
    """The typed table that columns come to which were read from a file."""
    if not rows or not columns:
        return typed_table(table, None)
    blank = [None] * rows
    data = {
        column.name: pd.array(columns.get(column.name, blank), dtype=_DTYPES[column.type])
        for column in table.columns
    }
    return _noted(pd.DataFrame(data))


def _header_and_rows(raw: RawTable) -> tuple[Sequence[Any], dict[int, Sequence[Any]]]:
    """The first row that is not blank, and the others by number."""
    filled = {
        number: row
        for number, row in enumerate(raw.rows, start=1)
        if not all(cell in (None, "") for cell in row)
    }
    header = filled.pop(next(iter(filled), 0), ())
    return header, filled


def unknown_table(name: str, kind: str = PLACE) -> Finding:
    """The finding that there is no such table."""
    hint = did_you_mean(name, schema(kind))
    mend = hint or f"Tables of a {kind}: {', '.join(schema(kind))}."
    return unreadable(name, "unknown-table", f"A {kind} has no table {shown(name)}.", mend)


def _typed_columns(
    table: Table, first: Sequence[Any], rows: Mapping[int, Sequence[Any]]
) -> tuple[dict[str, list[Any]], list[Finding]]:
    if not first:
        mend = f"Write the columns {', '.join(table.names)} into the first row."
        finding = unreadable(table.name, "missing-header", "The table has no header row.", mend)
        return {}, [finding]
    if _is_divided_otherwise(first):
        mend = "Save the file as CSV with commas between columns."
        what = "The columns are not divided by commas."
        return {}, [unreadable(table.name, "wrong-delimiter", what, mend)]
    below = _heading_below(table, first, rows)
    if below is not None:
        what = f"The headings seem to stand in row {below}."
        mend = "Delete the rows above, so that the headings are row 1."
        return {}, [unreadable(table.name, "heading-below", what, mend)]
    header = ["" if cell is None else str(cell).strip() for cell in first]
    findings = _header_findings(table, header, list(rows.values()))
    findings += _ragged_findings(table.name, len(header), rows)
    columns: dict[str, list[Any]] = {}
    for position, name in enumerate(header):
        if name in table.names and name not in columns:
            cells = [row[position] if position < len(row) else None for row in rows.values()]
            columns[name], found = typed_cells(table.name, table.column(name), cells, list(rows))
            findings += found
    return columns, findings


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
                findings.append(
                    unreadable(table.name, "unnamed-column", what, "Name it or clear it.")
                )
        elif name not in table.names:
            mend = did_you_mean(name, table.names) or f"Columns: {', '.join(table.names)}."
            what = f"There is no column {shown(name)}."
            findings.append(unreadable(table.name, "unknown-column", what, mend, name))
        elif name in seen:
            what = f"The column {name} is there twice."
            findings.append(
                unreadable(table.name, "doubled-column", what, "Keep one of them.", name)
            )
        seen.add(name)
    for name in _required(table):
        if name not in seen:
            what = f"The required column {name} is missing."
            mend = f"Add it: {table.column(name).description}"
            findings.append(unreadable(table.name, "missing-column", what, mend, name))
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


# --- tables as the model sees them ----------------------------------------------


_TEXT = pd.Series(dtype="str").dtype
_DTYPES = {
    "string": _TEXT,
    "year": _TEXT,
    "date": _TEXT,
    "number": np.dtype("float64"),
    "integer": pd.Int64Dtype(),
    "boolean": pd.BooleanDtype(),
}
# Tables that were typed here: a place hands those it keeps on to the place made from it.
_MADE: WeakValueDictionary[int, pd.DataFrame] = WeakValueDictionary()
_DTYPES_FILLED = {**_DTYPES, "integer": np.dtype("int64"), "boolean": np.dtype("bool")}


def typed_table(table: Table, frame: pd.DataFrame | None) -> pd.DataFrame:
    """A frame with exactly the columns of the schema, in order and typed.

    One that was typed here is copied as it is, as pandas copies on write; without rows it is
    shared. Blanks stay blank; reading from files reports what does not fit as findings before
    this is reached.

    Raises
    ------
    WrongArgument
        If it is no table, has a column that the schema does not have, or a value that
        does not fit the type of its column.
    """
    if frame is None:
        return _noted(_without_rows(table).copy(deep=False))
    if not isinstance(frame, pd.DataFrame):
        raise WrongArgument(f"{table.name} is a table (a DataFrame), not {as_given(frame)}")
    known = _MADE.get(id(frame))
    if known is not None and known is frame:
        return _noted(known.copy(deep=False)) if len(known) else known
    held = list(map(str, frame.columns))
    unknown = [name for name in dict.fromkeys(held) if name not in table.names]
    if unknown:
        raise WrongArgument(
            offered(f"{table.name} has no column {', '.join(unknown)}", unknown[0], table.names)
        )
    doubled = [name for name in dict.fromkeys(held) if held.count(name) > 1]
    if doubled:
        raise WrongArgument(f"{table.name} has the column {', '.join(doubled)} twice; keep one")
    if held and not len(frame):
        return _noted(_without_rows(table).copy(deep=False))
    if _fits_as_it_is(table, frame, held):
        return _noted(frame.copy(deep=False))
    data = {
        column.name: _fitted(table, column, frame.get(column.name), len(frame))
        for column in table.columns
    }
    return _noted(pd.DataFrame(data))


def with_figures(frame: pd.DataFrame, at: int, cells: Mapping[str, float]) -> pd.DataFrame:
    """A typed table with other numbers in the row ``at``: it stays typed, and is not read anew."""
    made = frame.copy(deep=False)
    for column, number in cells.items():
        made.iloc[at, made.columns.get_loc(column)] = number
    return _noted(made) if _MADE.get(id(frame)) is frame else made


def _fits_as_it_is(table: Table, frame: pd.DataFrame, held: list[str]) -> bool:
    """Whether a frame is typed already, as one is of which only figures were changed."""
    return (
        type(frame) is pd.DataFrame
        and held == list(table.names)
        and frame.columns.name is frame.index.name is None
        and isinstance(frame.index, pd.RangeIndex)
        and frame.index.equals(pd.RangeIndex(len(frame)))
        and frame.dtypes.tolist() == _types(table)
        and all(_written_so(column, frame[column.name]) for column in table.columns)
    )


@cache
def _types(table: Table) -> list[Any]:
    return _without_rows(table).dtypes.tolist()


def _written_so(column: Column, values: pd.Series) -> bool:
    """Whether texts are written as they are kept: none is empty, a year is in full."""
    write = _IN_FULL.get(column.type)
    if write is not None:
        return all(_kept_so(write, text) for text in set(values.dropna().tolist()))
    return column.type != "string" or "" not in values.tolist()


@cache
def _year(text: str) -> str:
    return financial_year(start_of(text))


@cache
def _day(text: str) -> str:
    return day_of(text).isoformat()


# How texts are kept that may be written in several ways.
_IN_FULL: Mapping[str, Callable[[str], str]] = {"year": _year, "date": _day}


def _kept_so(write: Callable[[str], str], text: str) -> bool:
    try:
        return write(text) == text
    except (WrongArgument, ValueError):
        return False


@cache
def _without_rows(table: Table) -> pd.DataFrame:
    return typed_table(table, pd.DataFrame())


def _noted(made: pd.DataFrame) -> pd.DataFrame:
    _MADE[id(made)] = made
    return made


def fill_blanks(frame: pd.DataFrame, column: Column) -> None:
    """Put a column's default into its blanks."""
    values, dtype = frame[column.name], _DTYPES_FILLED[column.type]
    if dtype is not _TEXT:
        frame[column.name] = values.array.to_numpy(dtype, na_value=column.default)
    elif values.hasnans:
        frame[column.name] = values.fillna(column.default)


def _fitted(table: Table, column: Column, values: pd.Series | None, rows: int) -> Any:
    """A column as its type, or the first of its cells that is of another."""
    try:
        return _typed(column, values, rows)
    except (ValueError, TypeError) as error:
        cells = [] if values is None else values.tolist()
        wrong = next((n for n, cell in enumerate(cells) if not _fits(column, cell)), None)
        where = f"{table.name}.{column.name}"
        if wrong is None:
            raise WrongArgument(f"{where} cannot be read as {column.type}: {error}") from None
        raise WrongArgument(
            f"{where} is of type {column.type}, and row {FIRST_ROW + wrong} "
            f"holds {as_given(cells[wrong])}"
        ) from None


def _fits(column: Column, cell: object) -> bool:
    try:
        _typed(column, pd.Series([cell], dtype=object), 1)
    except (ValueError, TypeError):
        return False
    return True


def _typed(column: Column, values: pd.Series | None, rows: int) -> Any:
    """An array of the type of a column: arrays go into a frame without being aligned one by one."""
    dtype = _DTYPES[column.type]
    if values is None:
        return pd.array([None] * rows, dtype=dtype)
    if column.type == "string" and values.dtype == dtype and "" not in values.tolist():
        return values.array
    figures = column.type in ("number", "integer")
    if column.type == "boolean" or (figures and pd.api.types.is_numeric_dtype(values)):
        return values.astype(dtype).array
    if not figures:
        write = _IN_FULL.get(column.type, str)
        return pd.array([_text(cell, write) for cell in values.tolist()], dtype=dtype)
    cells = [plain_figure(cell) if isinstance(cell, str) else cell for cell in values.tolist()]
    return pd.Series(cells, dtype=object).astype(dtype).array


def _text(cell: Any, write: Callable[[str], str]) -> str | None:
    if type(cell) is str:
        return write(cell) if cell else None
    return None if pd.isna(cell) or cell == "" else write(str(cell))
