"""What the pages of studies share: a view of charts and tables, and how these are made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from placebudget import words
from placebudget.pictures import can_draw, picture
from placebudget.plan.result import Result
from placebudget.view.charts import Chart, barred, marked
from placebudget.view.sheet import Grid, Row, Section, text_grid
from placebudget.words import in_pounds, money, percent, plain, sentence

MILLION = 1e6
MOST = 40
Form = Callable[[float], str]


@dataclass(frozen=True)
class StudyView:
    """What pages, panels and boards show of a study beside its words.

    Parameters
    ----------
    charts : tuple of Chart
        Pictures; none where they cannot be drawn.
    grids : tuple of Grid
        Tables.
    opening : tuple of str
        What is said before them.
    sections : tuple of Section
        What follows them.
    """

    charts: tuple[Chart, ...] = ()
    grids: tuple[Grid, ...] = ()
    opening: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()


def view_of(
    charts: Sequence[Chart | None],
    grids: Sequence[Grid | None],
    opening: Sequence[str] = (),
    sections: Sequence[Section] = (),
) -> StudyView:
    """Charts and tables without those that there is nothing to show in."""
    return StudyView(
        tuple(chart for chart in charts if chart is not None),
        tuple(grid for grid in grids if grid is not None and grid.rows),
        tuple(opening),
        tuple(sections),
    )


def tables_view(found: Result, key: str) -> StudyView:
    """The tables of a study in words, where it has no view of its own."""
    grids = []
    for name, frame in found.tables.items():
        table = found.worded(name)
        part = f"The first {MOST} of {len(frame)} rows" if len(frame) > MOST else ""
        rows = table.head(MOST).to_numpy()
        grid = text_grid(f"{key}-{name}", sentence(plain(name)), list(table), rows)
        grids.append(replace(grid, part=part))
    return view_of([], grids)


def pounds(value: float) -> str:
    """An amount in words; blank where there is none."""
    return "" if pd.isna(value) else money(value)


def pence(value: float) -> str:
    """Pounds and pence; blank where there are none."""
    return "" if pd.isna(value) else words.pence(value)


def change(value: float) -> str:
    """A change in words, with its sign."""
    return "" if pd.isna(value) else money(value, signed=True)


def share(value: float) -> str:
    """A share as per cent."""
    return "" if pd.isna(value) else percent(value)


def count(value: float) -> str:
    """A count; blank where there is none."""
    return "" if pd.isna(value) else words.count(value)


def in_unit(unit: str) -> Form:
    """How figures of a unit are written."""
    return pounds if in_pounds(unit) else count


def figures(
    key: str,
    caption: str,
    head: str,
    table: pd.DataFrame,
    forms: Form | Sequence[Form],
    note: str = "",
    part: str = "",
) -> Grid:
    """A table of figures: labels as index, a column a figure.

    Parameters
    ----------
    forms : callable or sequence of callable
        How figures are written, all or by column.
    part : str
        Which part of the rows it is, where it is not all.
    """
    each = [forms] * table.shape[1] if callable(forms) else list(forms)
    shown = table.head(MOST)
    rows = [
        Row(plain(label), tuple(form(value) for form, value in zip(each, values, strict=True)))
        for label, values in zip(shown.index, shown.to_numpy().tolist(), strict=True)
    ]
    if len(table) > MOST:
        part = f"The first {MOST} of {len(table)} rows"
    return Grid(key, caption, [head, *map(plain, table.columns)], rows, note, part=part)


def bars(
    key: str,
    finding: str,
    about: str,
    rows: pd.DataFrame,
    unit: str,
    order: Sequence[str],
    series: Sequence[str] = (),
    *,
    gains: bool = False,
) -> Chart | None:
    """Bars from nought; with ``series`` some bars side by side for each label.

    Parameters
    ----------
    rows : DataFrame
        label, value, and series where there are several.
    unit : str
        Title of the axis.
    order : sequence of str
        Labels from above.
    gains : bool
        Whether bars to the right are gains, and to the left losses.
    """
    if not can_draw() or rows.empty:
        return None
    if gains:
        rows = rows.assign(series=["loss" if value < 0 else "gain" for value in rows["value"]])
        series = ["gain", "loss"]
    return Chart(
        key, finding, about,
        picture(
            key, finding, lambda room: barred(room, rows, unit, order, series, apart=not gains)
        ),
        rows,
    )  # fmt: skip


def ranges(
    key: str, finding: str, about: str, rows: pd.DataFrame, unit: str, names: tuple[str, str]
) -> Chart | None:
    """A line from low to high for each label, with two marks on it.

    Parameters
    ----------
    rows : DataFrame
        label, low, high, and the two marks ``first`` and ``second``.
    names : tuple of str
        What the marks are called; blank: there is no second mark.
    """
    if not can_draw() or rows.empty:
        return None
    shown = [name for name in names if name]
    rows = rows.rename(columns={"first": names[0], "second": names[1]})
    return Chart(
        key, finding, about,
        picture(key, finding, lambda room: marked(room, rows, unit, shown, zero=False)),
        rows,
    )  # fmt: skip


def million(unit: str) -> tuple[float, str]:
    """By what to divide figures of a unit for an axis, and the axis's title."""
    if in_pounds(unit):
        return MILLION, unit.replace("pounds", "£ million", 1)
    return 1.0, unit


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
        Row(plain(label), tuple(_cell(value) for value in values))
        for label, values in zip(table.index, table.to_numpy(object).tolist(), strict=True)
    ]
    if total and len(rows) > 1:
        sums = [words.pence(table[name].sum()) if name in total else "" for name in table.columns]
        rows.append(Row("all of it", tuple(sums), total=True))
    return Grid(key, caption, [head, *map(plain, table.columns)], rows, note)


def _cell(value: object) -> str:
    return value if isinstance(value, str) else words.pence(float(value))  # type: ignore[arg-type]


def with_others(table: pd.DataFrame, moves: pd.Series) -> pd.DataFrame:
    """The rows of a table that move, and the rest added up as one row.

    Parameters
    ----------
    table : DataFrame
        Figures that add up down the rows.
    moves : Series of bool
        Which rows are shown by themselves.

    Examples
    --------
    >>> parts = pd.DataFrame({"Change": [1.0, 0.0, 0.0]}, index=["care", "roads", "parks"])
    >>> with_others(parts, parts["Change"] != 0).index.tolist()
    ['care', 'all others (2)']
    """
    rest = table[~moves]
    if len(rest) < 2:
        return table
    others = rest.sum().to_frame(f"all others ({len(rest)})").T
    return pd.concat([table[moves], others])
