"""Sheets of figures on a terminal and as JSON."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from rich.console import Console
from rich.table import Table as Grid

from placebudget.view import Sheet


def show(sheet: Sheet, console: Console) -> None:
    """Print a sheet: heading, figures right-aligned, note."""
    grid = Grid(box=None, pad_edge=False, header_style="bold")
    texts = sheet.texts()
    grid.add_column("", overflow="fold")
    for name in texts.columns:
        grid.add_column(str(name), justify="right")
    for label, row in zip(texts.index, texts.to_numpy(), strict=True):
        grid.add_row(str(label), *row)
    console.print(f"\n{sheet.heading}", style="bold")
    console.print(grid)
    if sheet.note:
        console.print(sheet.note, style="dim")


def show_texts(title: str, texts: pd.DataFrame, console: Console) -> None:
    """Print a table of texts."""
    grid = Grid(box=None, pad_edge=False, header_style="bold")
    # The first column takes what room is left and may wrap.
    for number, name in enumerate(texts.columns):
        grid.add_column(str(name), no_wrap=number > 0, overflow="fold")
    for row in texts.to_numpy():
        grid.add_row(*row)
    console.print(f"\n{title}", style="bold")
    console.print(grid)


def document(sheet: Sheet) -> dict[str, Any]:
    """A sheet as plain data, with figures as they are, not rounded for reading."""
    rows = [
        {"label": str(label).strip(), **{str(name): plain(value) for name, value in row.items()}}
        for label, row in zip(sheet.figures.index, sheet.figures.to_dict("records"), strict=True)
    ]
    return {"title": sheet.title, "unit": sheet.unit, "rows": rows, "note": sheet.note}


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """A table as plain data; what does not exist is null."""
    return [
        {str(name): plain(value) for name, value in row.items()} for row in table.to_dict("records")
    ]


def plain(value: Any) -> Any:
    """A cell as JSON holds it: no NaN, no infinity, no array scalars."""
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and not math.isfinite(value) else value
