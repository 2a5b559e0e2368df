"""Values in a change: plain, typed as the schema types their column."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from placebudget.arguments import as_given
from placebudget.errors import InvalidOption
from placebudget.place.cells import typed_cells
from placebudget.place.geography import is_blank
from placebudget.place.origin import FIRST_ROW
from placebudget.place.schema import Column, Table, schema
from placebudget.texts import did_you_mean, listed

Cell = str | float | bool | None
Where = tuple[tuple[str, tuple[Cell, ...]], ...]


def known_table(name: str) -> Table:
    """The table of the schema called ``name``, or an error in words."""
    if not isinstance(name, str) or name not in schema():
        mend = did_you_mean(str(name), schema()) or f"Tables: {', '.join(schema())}."
        raise InvalidOption(f"a place has no table {as_given(name)}. {mend}")
    return schema()[name]


def known_column(table: Table, name: str) -> Column:
    """The column of a table called ``name``, or an error in words."""
    if not isinstance(name, str) or name not in table.names:
        mend = did_you_mean(str(name), table.names) or f"Columns: {', '.join(table.names)}."
        raise InvalidOption(f"{table.name} has no column {as_given(name)}. {mend}")
    return table.column(name)


def cell(table: str, column: Column, value: Any) -> Cell:
    """A value as the column holds it; blank is None.

    Raises
    ------
    InvalidOption
        If the value does not fit the type of the column.

    Examples
    --------
    >>> cell("funding", schema()["funding"].column("year"), "2028/29")
    '2028-29'
    """
    plain = value.item() if isinstance(value, np.generic) else value
    if plain is None or plain is pd.NA:
        return None
    if isinstance(plain, str | float) and is_blank(plain):
        return None
    if not isinstance(plain, str | int | float | bool):
        kind = type(value).__name__
        raise InvalidOption(f"{table}.{column.name}: a cell holds one value, not a {kind}")
    values, findings = typed_cells(table, column, [plain], [FIRST_ROW])
    if findings:
        raise InvalidOption(f"{table}.{column.name}: {findings[0].what} {findings[0].mend}")
    found = values[0]
    return float(found) if column.type in ("number", "integer") else found


def factor(value: Any) -> float:
    """A factor: a number of 0 or more."""
    number = value.item() if hasattr(value, "item") else value
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise InvalidOption(f"a factor is a number such as 1.1, not {value!r}")
    if not math.isfinite(number) or number < 0:
        raise InvalidOption(f"a factor is a number of 0 or more, not {value!r}")
    return float(number)


def several(values: Any) -> tuple[Any, ...]:
    """One value, or each of a list."""
    if isinstance(values, Mapping):
        raise InvalidOption("rows are picked by a value or a list of values, not by a mapping")
    if isinstance(values, Iterable) and not isinstance(values, str):
        return tuple(values)
    return (values,)


def said(value: Cell) -> str:
    """A cell as a sentence says it.

    Examples
    --------
    >>> said(1250000.0), said(None), said(True), said("home_care")
    ('1,250,000', 'blank', 'yes', 'home_care')
    """
    if value is None:
        return "blank"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else f"{value:,.15g}"


def said_where(where: Where) -> str:
    """The rows a change is about, in words; nothing where it is about all of them."""
    pairs = [f"{column} is {' or '.join(map(said, values))}" for column, values in where]
    return f" where {' and '.join(pairs)}" if pairs else ""


def there(values: Iterable[Cell]) -> str:
    """What a column holds, each value once."""
    return listed(dict.fromkeys(said(value) for value in values)) or "nothing"
