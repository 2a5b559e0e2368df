"""Tables as they are shown: figures, what they are and their totals; and tables of texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from placebudget.words import count, number

MILLION = 1_000_000.0
TOTAL = "Total"


@dataclass(frozen=True)
class Sheet:
    """A table of figures, ready to be shown.

    Parameters
    ----------
    title : str
        What it shows.
    unit : str
        Unit of every figure, ``"£ million"`` say; or blank where rows differ.
    figures : DataFrame
        Labels as index, figures as columns; a figure that does not exist is NaN.
    adds_up : {"no", "down", "both"}
        Whether rows are the parts of a total, and columns too.
    digits : int or None
        Decimal places; None where rows differ in unit and each is written by its size.
    of_which : str
        With ``adds_up="both"``: the last column is a part of the total across,
        and this is what it is called; blank where there is none.
    total : str
        What the row of totals is called.
    note : str
        What a reader must know to read it rightly.
    by : str
        What the rows are, by the name of the column they are sums by; blank for something else.
    """

    title: str
    unit: str
    figures: pd.DataFrame
    adds_up: Literal["no", "down", "both"] = "no"
    digits: int | None = 1
    of_which: str = ""
    total: str = TOTAL
    note: str = ""
    by: str = ""

    @property
    def heading(self) -> str:
        """Title and unit."""
        return f"{self.title}, {self.unit}" if self.unit else self.title

    def whole(self) -> pd.DataFrame:
        """The figures, not rounded, with totals where they add up.

        Examples
        --------
        >>> parts = pd.DataFrame({"Today": [0.25, 0.5]}, index=["care", "health"])
        >>> Sheet("Money", "£ million", parts, adds_up="down").whole()["Today"].tolist()
        [0.25, 0.5, 0.75]
        """
        table = self.figures.astype(float)
        if self.adds_up == "both":
            parts = table.drop(columns=self.of_which) if self.of_which else table
            table.insert(parts.shape[1], TOTAL, parts.sum(axis=1))
        if self.adds_up != "no":
            table.loc[self.total] = table.sum()
        return table

    def texts(self) -> pd.DataFrame:
        """The figures as texts, each rounded by itself; one that does not exist is blank.

        Examples
        --------
        >>> parts = pd.DataFrame({"Today": [0.25, 0.25]}, index=["care", "health"])
        >>> Sheet("Money", "£ million", parts, adds_up="down").texts()["Today"].tolist()
        ['0.3', '0.3', '0.5']
        """
        return self.whole().map(self._text)

    def _text(self, value: float) -> str:
        if pd.isna(value):
            return ""
        return count(value) if self.digits is None else number(value, self.digits)


def side_by_side(
    frames: Mapping[str, pd.DataFrame], by: str, value: str, *, scale: float = MILLION
) -> pd.DataFrame:
    """Put one figure of several plans beside each other.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        A tidy table of each plan, by the name it is shown under.
    by : str
        Column whose values become the rows.
    value : str
        Column that holds the figure; rows of one key are summed.
    scale : float
        What the figures are divided by; pounds become £ million by default.

    Returns
    -------
    DataFrame
        Rows in falling order of their largest figure, then by key. A key that a
        plan does not have is nought: plans list everything they pay for.

    Examples
    --------
    >>> one = pd.DataFrame({"purpose": ["care"], "amount": [2e6]})
    >>> two = pd.DataFrame({"purpose": ["care", "health"], "amount": [1e6, 4e6]})
    >>> side_by_side({"Today": one, "Pooled": two}, "purpose", "amount")
             Today  Pooled
    purpose
    health     0.0     4.0
    care       2.0     1.0
    """
    columns = {name: frame.groupby(by)[value].sum() / scale for name, frame in frames.items()}
    table = pd.DataFrame(columns).fillna(0.0).rename_axis(by).sort_index()
    order = (-table.max(axis=1)).argsort(kind="stable")
    return table.iloc[order]


# A table of texts, as a page shows it.


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
