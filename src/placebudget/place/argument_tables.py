"""Tables as people give them: that they are tables, have their columns, hold figures."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress

import pandas as pd

from placebudget.errors import WrongArgument
from placebudget.place.argument_kinds import is_number
from placebudget.place.arguments import refusal


def table(name: str, given: object, columns: Collection[str]) -> pd.DataFrame:
    """A table that has its columns.

    Examples
    --------
    >>> table("flows", pd.DataFrame({"start": []}), ["start", "end"])
    Traceback (most recent call last):
    ...
    placebudget.errors.WrongArgument: flows lacks the column end; it has start
    """
    wanted = ", ".join(columns)
    if not isinstance(given, pd.DataFrame):
        raise refusal(name, f"a table (a DataFrame) with the columns {wanted}", given)
    held = [str(column) for column in given.columns]
    missing = [column for column in columns if column not in held]
    if missing:
        what = f"column{'' if len(missing) == 1 else 's'} {', '.join(missing)}"
        raise WrongArgument(f"{name} lacks the {what}; it has {', '.join(held) or 'none'}")
    doubled = sorted({column for column in held if held.count(column) > 1})
    if doubled:
        raise WrongArgument(f"{name} has the column {', '.join(doubled)} twice; keep one")
    return given


def figure(cell: object) -> float:
    """A cell of a table as a figure; not a number (NaN) where it is none.

    Examples
    --------
    >>> figure(" 12.50 "), figure("a lot"), figure(float("inf"))
    (12.5, nan, nan)
    """
    if isinstance(cell, str):
        with suppress(ValueError):
            cell = float(cell)
    return float(cell) if is_number(cell) else float("nan")
