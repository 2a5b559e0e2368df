"""Tables to the penny."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from placebudget.view.grid import Grid, Row
from placebudget.words import pence


def penny_table(
    key: str, caption: str, head: str, table: pd.DataFrame, total: Sequence[str], note: str = ""
) -> Grid:
    """A table to the penny, with a last row that adds up.

    Parameters
    ----------
    table : DataFrame
        Labels as index; figures in pounds, or texts.
    total : sequence of str
        Columns that are added up.

    Examples
    --------
    >>> made = penny_table("x", "", "", pd.DataFrame({"a": [0.1, 0.2]}, index=["b", "c"]), ["a"])
    >>> made.rows[-1].cells
    ('£0.30',)
    """
    rows = [
        Row(str(label), tuple(_cell(value) for value in values))
        for label, values in zip(table.index, table.to_numpy(object).tolist(), strict=True)
    ]
    if total and len(rows) > 1:
        sums = [pence(table[name].sum()) if name in total else "" for name in table.columns]
        rows.append(Row("all of it", tuple(sums), total=True))
    return Grid(key, caption, [head, *map(str, table.columns)], rows, note)


def _cell(value: object) -> str:
    return value if isinstance(value, str) else pence(float(value))  # type: ignore[arg-type]
