"""A table as it is shown: figures, what they are, and rounding that adds up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from placebudget.view.rounding import add_up_both_ways, add_up_side_by_side
from placebudget.words import add_up, number

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
    digits : int
        Decimal places.
    of_which : str
        With ``adds_up="both"``: the last column is a part of the total across,
        and this is what it is called; blank where there is none.
    total : str
        What the row of totals is called.
    note : str
        What a reader must know to read it rightly.
    """

    title: str
    unit: str
    figures: pd.DataFrame
    adds_up: Literal["no", "down", "both"] = "no"
    digits: int = 1
    of_which: str = ""
    total: str = TOTAL
    note: str = ""

    @property
    def heading(self) -> str:
        """Title and unit."""
        return f"{self.title}, {self.unit}" if self.unit else self.title

    def rounded(self) -> pd.DataFrame:
        """The figures rounded for reading, with totals where they add up.

        Examples
        --------
        >>> parts = pd.DataFrame({"Today": [0.25, 0.25]}, index=["care", "health"])
        >>> Sheet("Money", "£ million", parts, adds_up="down").rounded()["Today"].tolist()
        [0.3, 0.2, 0.5]
        """
        table = self.figures.astype(float)
        if self.adds_up == "both":
            table = self._both_ways(table)
        elif self.adds_up == "down":
            table = add_up_side_by_side(table, self.digits)
        if self.adds_up != "no":
            table.loc[self.total] = table.sum()
        return table.round(self.digits)

    def texts(self) -> pd.DataFrame:
        """The rounded figures as texts; a figure that does not exist is blank."""
        return self.rounded().map(lambda v: "" if pd.isna(v) else number(v, self.digits))

    def _both_ways(self, table: pd.DataFrame) -> pd.DataFrame:
        parts = table.drop(columns=self.of_which) if self.of_which else table
        shown = add_up_both_ways(parts, self.digits)
        shown[TOTAL] = shown.sum(axis=1)
        if self.of_which:
            shown[self.of_which] = self._down(table[self.of_which])
        return shown

    def _down(self, column: pd.Series) -> pd.Series:
        return pd.Series(add_up(column.tolist(), self.digits), index=column.index)


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
