"""Tables as the model sees them: the columns of the schema, typed, blanks filled in."""

from __future__ import annotations

from weakref import WeakValueDictionary

import pandas as pd

from placebudget.arguments import as_given, offered
from placebudget.errors import WrongArgument
from placebudget.place.figures import plain_figure
from placebudget.place.origin import FIRST_ROW
from placebudget.place.schema import Column, Table
from placebudget.place.years import financial_year, start_of

_DTYPES = {
    "string": "str",
    "year": "str",
    "number": "float64",
    "integer": "Int64",
    "boolean": "boolean",
}
# Tables that were typed here: a place hands those it keeps on to the place made from it.
_MADE: WeakValueDictionary[int, pd.DataFrame] = WeakValueDictionary()
_DTYPES_FILLED = {**_DTYPES, "integer": "int64", "boolean": "bool"}


def typed_table(table: Table, frame: pd.DataFrame | None) -> pd.DataFrame:
    """A frame with exactly the columns of the schema, in order and typed.

    One that was typed here is copied as it is, as pandas copies on write. Blanks stay
    blank; reading from files reports what does not fit as findings before this is reached.

    Raises
    ------
    WrongArgument
        If it is no table, has a column that the schema does not have, or a value that
        does not fit the type of its column.
    """
    if frame is None:
        frame = pd.DataFrame()
    if not isinstance(frame, pd.DataFrame):
        raise WrongArgument(f"{table.name} is a table (a DataFrame), not {as_given(frame)}")
    known = _MADE.get(id(frame))
    if known is not None and known is frame:
        return _noted(known.copy(deep=False))
    held = list(map(str, frame.columns))
    unknown = [name for name in dict.fromkeys(held) if name not in table.names]
    if unknown:
        raise WrongArgument(
            offered(f"{table.name} has no column {', '.join(unknown)}", unknown[0], table.names)
        )
    doubled = [name for name in dict.fromkeys(held) if held.count(name) > 1]
    if doubled:
        raise WrongArgument(f"{table.name} has the column {', '.join(doubled)} twice; keep one")
    data = {
        column.name: _fitted(table, column, frame.get(column.name), len(frame))
        for column in table.columns
    }
    return _noted(pd.DataFrame(data, index=pd.RangeIndex(len(frame))))


def _noted(made: pd.DataFrame) -> pd.DataFrame:
    _MADE[id(made)] = made
    return made


def fill_blanks(frame: pd.DataFrame, column: Column) -> None:
    """Put a column's default into its blanks."""
    values, dtype = frame[column.name], _DTYPES_FILLED[column.type]
    if values.hasnans:
        values = values.fillna(column.default)
    elif values.dtype == dtype:
        return
    frame[column.name] = values.astype(dtype)


def _fitted(table: Table, column: Column, values: pd.Series | None, rows: int) -> pd.Series:
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


def _typed(column: Column, values: pd.Series | None, rows: int) -> pd.Series:
    if values is None:
        return pd.Series([None] * rows, dtype=_DTYPES[column.type])
    values = values.reset_index(drop=True)
    if column.type in ("string", "year"):
        texts = [None if pd.isna(value) or value == "" else str(value) for value in values]
        if column.type == "year":
            texts = [None if text is None else financial_year(start_of(text)) for text in texts]
        return pd.Series(texts, dtype="str")
    if column.type in ("number", "integer") and not pd.api.types.is_numeric_dtype(values):
        values = values.map(lambda cell: plain_figure(cell) if isinstance(cell, str) else cell)
    return values.astype(_DTYPES[column.type])
