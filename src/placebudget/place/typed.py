"""Tables as the model sees them: the columns of the schema, typed, blanks filled in."""

from __future__ import annotations

import pandas as pd

from placebudget.place.schema import Column, Table
from placebudget.place.years import financial_year, start_of

_DTYPES = {
    "string": "str",
    "year": "str",
    "number": "float64",
    "integer": "Int64",
    "boolean": "boolean",
}
_DTYPES_FILLED = {**_DTYPES, "integer": "int64", "boolean": "bool"}


def typed_table(table: Table, frame: pd.DataFrame | None) -> pd.DataFrame:
    """A frame with exactly the columns of the schema, in order and typed.

    Blanks stay blank. Values that do not fit their type raise ``ValueError``;
    reading from files reports them as findings before this is reached.
    """
    if frame is None:
        frame = pd.DataFrame()
    unknown = sorted(set(frame.columns) - set(table.names))
    if unknown:
        raise ValueError(f"{table.name} has no column {', '.join(map(str, unknown))}")
    data = {
        column.name: _typed(column, frame.get(column.name), len(frame)) for column in table.columns
    }
    return pd.DataFrame(data, index=pd.RangeIndex(len(frame)))


def fill_blanks(frame: pd.DataFrame, column: Column) -> None:
    """Put a column's default into its blanks."""
    values, dtype = frame[column.name], _DTYPES_FILLED[column.type]
    if values.hasnans:
        values = values.fillna(column.default)
    elif values.dtype == dtype:
        return
    frame[column.name] = values.astype(dtype)


def _typed(column: Column, values: pd.Series | None, rows: int) -> pd.Series:
    if values is None:
        return pd.Series([None] * rows, dtype=_DTYPES[column.type])
    values = values.reset_index(drop=True)
    if column.type in ("string", "year"):
        texts = [None if pd.isna(value) or value == "" else str(value) for value in values]
        if column.type == "year":
            texts = [None if text is None else financial_year(start_of(text)) for text in texts]
        return pd.Series(texts, dtype="str")
    return values.astype(_DTYPES[column.type])
