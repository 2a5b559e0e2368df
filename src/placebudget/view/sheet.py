"""A table as it is shown: figures, what they are, and rounding that adds up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from placebudget.view.words import add_up, number

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
    adds_up : bool
        Whether the rows are the parts of a total.
    digits : int
        Decimal places.
    note : str
        What a reader must know to read it rightly.
    """

    title: str
    unit: str
    figures: pd.DataFrame
    adds_up: bool = False
    digits: int = 1
    note: str = ""

    @property
    def heading(self) -> str:
        """Title and unit."""
        return f"{self.title}, {self.unit}" if self.unit else self.title

    def texts(self) -> pd.DataFrame:
        """The figures as texts, with a total where they add up.

        Rounded parts add up to the rounded total, column by column.

        Examples
        --------
        >>> parts = pd.DataFrame({"Today": [0.25, 0.25]}, index=["care", "health"])
        >>> Sheet("Money", "£ million", parts, adds_up=True).texts()["Today"].tolist()
        ['0.3', '0.2', '0.5']
        """
        columns = {name: self._column(values) for name, values in self.figures.items()}
        labels = [str(label) for label in self.figures.index]
        if self.adds_up:
            labels.append(TOTAL)
        return pd.DataFrame(columns, index=pd.Index(labels, name=self.figures.index.name))

    def _column(self, values: pd.Series) -> list[str]:
        rounded = [float(value) for value in values]
        if self.adds_up:
            rounded = add_up(rounded, self.digits)
            rounded.append(round(sum(rounded), self.digits))
        return ["" if value != value else number(value, self.digits) for value in rounded]


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
