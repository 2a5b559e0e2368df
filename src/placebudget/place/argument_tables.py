"""Cells of tables as people give them, read as figures."""

from __future__ import annotations

from contextlib import suppress

from placebudget.arguments import is_number
from placebudget.place.figures import plain_figure


def figure(cell: object) -> float:
    """A cell of a table as a figure; not a number (NaN) where it is none.

    Examples
    --------
    >>> figure(" 12.50 "), figure("a lot"), figure(float("inf"))
    (12.5, nan, nan)
    """
    if isinstance(cell, str):
        with suppress(ValueError):
            cell = plain_figure(cell)
    return float(cell) if is_number(cell) else float("nan")
