"""A table of texts, as a page shows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pandas as pd

from placebudget.view.sheet import Sheet


@dataclass(frozen=True)
class Row:
    """A row: its label, its cells, and whether it is a total."""

    label: str
    cells: tuple[str, ...]
    total: bool = False


@dataclass(frozen=True)
class Grid:
    """A table of texts.

    Parameters
    ----------
    key : str
        Unique in its page.
    caption : str
        What it shows, and in which unit.
    columns : sequence of str
        Heads, that of the labels first.
    rows : sequence of Row
        In order.
    note : str
        What a reader must know to read it rightly.
    numeric : bool
        Whether the cells are figures, set to the right.
    part : str
        Which part of the rows it shows, where it does not show all.
    workbook : str
        Where all of them are.
    """

    key: str
    caption: str
    columns: Sequence[str]
    rows: Sequence[Row] = field(repr=False)
    note: str = ""
    numeric: bool = True
    part: str = ""
    workbook: str = "the workbook"

    @property
    def notes(self) -> str:
        """What stands below it."""
        rest = f"{self.part}; all are in {self.workbook}." if self.part else ""
        return f"{self.note} {rest}".strip()


@dataclass(frozen=True)
class Section:
    """What stands under a heading: paragraphs, lists, tables, and sections that open."""

    title: str
    parts: Sequence[Part]


Part = str | Sequence[str] | Grid | Section


def sheet_grid(sheet: Sheet, key: str, head: str) -> Grid:
    """A sheet of figures, each rounded by itself."""
    texts = sheet.texts()
    total = sheet.total if sheet.adds_up != "no" else None
    rows = [
        Row(str(label).strip(), tuple(cells), label == total and number == len(texts) - 1)
        for number, (label, cells) in enumerate(
            zip(texts.index, texts.to_numpy().tolist(), strict=True)
        )
    ]
    columns = [head, *map(str, texts.columns)]
    return Grid(key, sheet.heading, columns, rows, sheet.note)


def text_grid(
    key: str, caption: str, columns: Sequence[str], rows: Iterable[Sequence[object]], note: str = ""
) -> Grid:
    """Rows of texts; the first of each is its label. What is blank stays blank."""
    made = []
    for first, *rest in rows:
        made.append(Row(_said(first), tuple(_said(cell) for cell in rest)))
    return Grid(key, caption, columns, made, note, numeric=False)


def _said(value: object) -> str:
    return "" if value is None or (not isinstance(value, str) and pd.isna(value)) else str(value)
