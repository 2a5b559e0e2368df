"""Sheets of workbooks of results: columns, figures, formulas that agree with them, charts."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from placebudget.place.io.cells import letters
from placebudget.words import count, percent

LONGEST_TITLE, _LONGEST_NAME = 31, 200
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", "-"))
FIRST, MADE, NAMES = "Read this first", "How it was made", "Names"
EACH = "each column says what it is counted in"
MODEL = "This is a model. It ranks options using the figures of the place. The board decides."
Format = str | Callable[[float], str]


def number_format(digits: int, most: int | None = None) -> str:
    """A number format with so many decimals, and where there are more, at most so many.

    Examples
    --------
    >>> number_format(2), number_format(0), number_format(1, 6)
    ('#,##0.00', '#,##0', '#,##0.0#####')
    """
    more = "#" * ((most or digits) - digits)
    return "#,##0" + (f".{'0' * digits}{more}" if digits else "")


def count_format(value: float) -> str:
    """The number format in which a cell reads as :func:`placebudget.words.count` writes it.

    Examples
    --------
    >>> count_format(13546.7), count_format(9.4)
    ('#,##0', '#,##0.0')
    """
    return number_format(len(count(value).partition(".")[2]))


def percent_format(value: float) -> str:
    """The number format in which a share reads as :func:`placebudget.words.percent` writes it.

    Examples
    --------
    >>> percent_format(0.44), percent_format(0.123), percent_format(0.0087)
    ('#,##0%', '#,##0.0%', '#,##0.00%')
    """
    return number_format(len(percent(value).removesuffix("%").partition(".")[2])) + "%"


def as_it_is(value: float) -> str:
    """The number format of a figure of a table: what decimals it has, six at most, two if large."""
    if abs(value) >= 1000 and math.isfinite(value):
        return number_format(0) if float(value).is_integer() else number_format(2)
    return number_format(0) if float(value).is_integer() else number_format(1, 6)


POUNDS = number_format(2)


@dataclass(frozen=True)
class Formula:
    """A figure that a spreadsheet works out, and what it comes to.

    Parameters
    ----------
    text : str
        The formula. In it ``{row}`` is the number of its own row, ``{first}`` and
        ``{last}`` are the first and last row of what adds up on its sheet.
    value : float
        The figure; stored beside the formula, for readers without a spreadsheet.
    """

    text: str
    value: float


def agreeing(text: str, value: float, worked_out: float) -> Formula | float:
    """A formula where it comes to the figure, else the figure itself.

    Examples
    --------
    >>> agreeing("=SUM(money_amount)", 3.0, 3.0)
    Formula(text='=SUM(money_amount)', value=3.0)
    >>> agreeing("=SUM(money_amount)", 3.0, 4.0)
    3.0
    """
    same = math.isclose(value, worked_out, rel_tol=1e-9, abs_tol=1e-6)
    return Formula(text, value) if same else value


class SumOver:
    """Sums over the rows of a sheet, by the names of its columns.

    Parameters
    ----------
    total : str
        The name of the column that is added up.
    figures : sequence of float
        What stands in it.
    keys : mapping of str to sequence of str
        The columns that are asked for, by name, and what stands in them.

    Examples
    --------
    >>> money = SumOver("money_amount", [1.0, 2.0], {"money_service": ["care", "Health"]})
    >>> money.cell(2.0, {"$A{row}": "Health"})
    Formula(text='=SUMIFS(money_amount,money_service,"="&$A{row})', value=2.0)
    >>> money.cell(9.0, {"$A{row}": "Health"})
    9.0
    """

    def __init__(
        self, total: str, figures: Sequence[float], keys: Mapping[str, Sequence[str]]
    ) -> None:
        self._total, self._names = total, list(keys)
        self._sums: dict[tuple[str, ...], float] = {}
        for key, each in zip(zip(*keys.values(), strict=True), figures, strict=True):
            own = tuple(part.casefold() for part in key)  # as spreadsheets compare
            self._sums[own] = self._sums.get(own, 0.0) + each

    def cell(self, value: float, wanted: Mapping[str, str], *, scale: int = 1) -> Formula | float:
        """A figure as a sum of those rows, where it is that; else the figure itself.

        Parameters
        ----------
        value : float
            The figure.
        wanted : mapping of str to str
            Where in the sheet, or between which quotation marks, each key stands, and the key.
        scale : int
            What the sum is divided by.
        """
        found = self._sums.get(tuple(key.casefold() for key in wanted.values()), 0.0)
        asked = ",".join(f'{name},"="&{at}' for name, at in zip(self._names, wanted, strict=True))
        over = f"/{scale}" if scale != 1 else ""
        # In a condition these stand for other letters.
        if any(set("*?~") & set(key) or not key for key in wanted.values()):
            return value
        return agreeing(f"=SUMIFS({self._total},{asked}){over}", value, found / scale)


@dataclass(frozen=True)
class PageColumn:
    """A column of a sheet.

    Parameters
    ----------
    words : str
        What it is called.
    unit : str
        What its figures are counted in; blank where it has none or the sheet's heading says it.
    form : str or callable
        Number format, or what gives that of a figure; blank for none.
    adds_up : bool
        Whether a total stands above it.
    """

    words: str
    unit: str = ""
    form: Format = ""
    adds_up: bool = False

    @property
    def heading(self) -> str:
        """What it is called, with its unit."""
        return f"{self.words}, {self.unit}" if self.unit else self.words


@dataclass(frozen=True)
class SheetChart:
    """A chart of a sheet, Excel's own, so that it follows the figures.

    Parameters
    ----------
    rows : int
        How many rows are parts, from the first on.
    columns : sequence of int
        Numbers of the columns that are drawn, after the first.
    piled : bool
        Whether the parts of a column stand on one another; else beside the others of their row.
    """

    rows: int
    columns: Sequence[int]
    piled: bool


@dataclass(frozen=True)
class Page:
    """A sheet of a workbook.

    Parameters
    ----------
    title : str
        Name of the sheet; made to fit.
    columns : sequence of PageColumn or str
        What stands below the heading, and stays in sight with it.
    rows : sequence of sequences
        Texts, numbers, truth values, formulas; None is a blank cell.
    heading : str
        The first row: what the sheet shows and in which unit; made of title and units if blank.
    unit : str
        What figures are counted in, where no column says it.
    totals : int
        How many of the last rows are totals of those above.
    notes : sequence of str
        What is said below.
    chart : SheetChart, optional
        What of it is drawn below.
    named : bool
        Whether its columns get names that formulas can use.
    """

    title: str
    columns: Sequence[PageColumn | str]
    rows: Sequence[Sequence[Any]]
    heading: str = ""
    unit: str = ""
    totals: int = 0
    notes: Sequence[str] = ()
    chart: SheetChart | None = None
    named: bool = False

    @property
    def sheet(self) -> str:
        """Name of the sheet."""
        return self.title.translate(_FORBIDDEN)[:LONGEST_TITLE]

    @cached_property
    def across(self) -> list[PageColumn]:
        """The columns."""
        return [PageColumn(each) if isinstance(each, str) else each for each in self.columns]

    @property
    def said(self) -> str:
        """The heading, with the unit where all figures have one."""
        units = {each.unit for each in self.across if each.unit}
        if self.heading or not units:
            return self.heading or self.title
        return f"{self.title}, {units.pop()}" if len(units) == 1 else f"{self.title}: {EACH}"

    @cached_property
    def adds_up(self) -> bool:
        """Whether a row of totals stands above its columns."""
        return bool(self.rows) and any(each.adds_up for each in self.across)

    @property
    def top(self) -> int:
        """Number of the first row below the columns, counted from nought."""
        return 3 if self.adds_up else 2

    @property
    def last(self) -> int:
        """Number of the last row that is no total, counted from nought."""
        return self.top + len(self.rows) - self.totals - 1

    def at(self, row: int, column: int) -> str:
        """Where a cell stands, for a formula of another sheet; rows count from below the columns.

        Examples
        --------
        >>> Page("Money", ["Service", "Today"], [["care", 1.0], ["health", 2.0]]).at(1, 1)
        "'Money'!$B$4"
        """
        return f"'{self.sheet}'!${letters(column)}${self.top + row + 1}"

    def total_at(self, column: int) -> str:
        """Where the total of a column stands, for a formula of another sheet.

        Examples
        --------
        >>> Page("Money", [PageColumn("Amount", "£", adds_up=True)], [[1.0]]).total_at(0)
        "'Money'!$A$2"
        """
        return f"'{self.sheet}'!${letters(column)}$2"

    def summed(self, column: int) -> float:
        """What a column comes to."""
        cells = (row[column] for row in self.rows[: len(self.rows) - self.totals])
        return math.fsum(each for each in map(figure, cells) if each is not None)


def figure(cell: Any) -> float | None:
    """The figure in a cell; None where it holds none."""
    value = cell.value if isinstance(cell, Formula) else cell
    is_one = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_one and math.isfinite(value) else None


@dataclass(frozen=True)
class Headline:
    """A row of the first sheet: a figure of each column, and what it rests on."""

    words: str
    figures: Sequence[Formula | float | None]
    rests_on: str


@dataclass(frozen=True)
class Front:
    """The first sheet of a workbook, for people.

    Parameters
    ----------
    title : str
        What the workbook is about.
    about : str
        What this is.
    parts : mapping of str to sequence of str
        What is said under each heading, a sentence each.
    headlines : sequence of Headline
        Figures, each of which points at the cell it comes from.
    columns : sequence of str
        What the figures of a headline are of, one each.
    unit : str
        What headline figures are counted in.
    """

    title: str
    about: str
    parts: Mapping[str, Sequence[str]]
    headlines: Sequence[Headline] = ()
    columns: Sequence[str] = ()
    unit: str = ""

    @classmethod
    def of(cls, title: str, about: str, headlines: Sequence[str], rests_on: Sequence[str]) -> Front:
        """One that says figures and findings, and what they rest on."""
        return cls(title, about, {"What was found": headlines, "What it rests on": rests_on})

    def name(self, headline: Headline, column: str) -> str:
        """The name of a headline figure."""
        return slug(headline.words, column if len(self.columns) > 1 else "")


def slug(*parts: str) -> str:
    """A name that a formula can use.

    Examples
    --------
    >>> slug("Public value", "Best pooled"), slug("2027-28")
    ('public_value_best_pooled', '_2027_28')
    """
    name = re.sub(r"\W+", "_", " ".join(parts).strip().casefold()).strip("_")[:_LONGEST_NAME]
    # Without one, a name may be that of a cell: tax1, or r1c1.
    return name if "_" in name and not name[0].isdigit() else f"_{name}"
