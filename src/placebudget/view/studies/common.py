"""What the pages of studies share: a view of charts and tables, and how these are made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import pandas as pd

from placebudget.view.charts import BLUE, BREAK, GREY, ORANGE, Chart, can_draw, svg_of
from placebudget.view.grid import Grid, Row
from placebudget.words import money, number, percent, plain

TEAL, PLUM = "#28A197", "#801650"
COLOURS = (BLUE, ORANGE, TEAL, PLUM)
MILLION = 1e6
MOST = 40
_LETTERS = 40  # in a line of a name beside a chart
Form = Callable[[float], str]


@dataclass(frozen=True)
class StudyView:
    """What a page or panel shows of a study beside its words.

    Parameters
    ----------
    charts : tuple of Chart
        Pictures; none where they cannot be drawn.
    grids : tuple of Grid
        Tables.
    """

    charts: tuple[Chart, ...]
    grids: tuple[Grid, ...]


def view_of(charts: Sequence[Chart | None], grids: Sequence[Grid | None]) -> StudyView:
    """Charts and tables without those that there is nothing to show in."""
    return StudyView(
        tuple(chart for chart in charts if chart is not None),
        tuple(grid for grid in grids if grid is not None and grid.rows),
    )


def pounds(value: float) -> str:
    """An amount in words; blank where there is none."""
    return "" if pd.isna(value) else money(value)


def change(value: float) -> str:
    """A change in words, with its sign."""
    return "" if pd.isna(value) else money(value, signed=True)


def share(value: float) -> str:
    """A share as per cent."""
    return "" if pd.isna(value) else percent(value)


def precise(value: float) -> str:
    """A share as per cent with two decimals, where it may be small."""
    return "" if pd.isna(value) else percent(value, 2)


def count(value: float) -> str:
    """A count with one decimal where it is small."""
    return "" if pd.isna(value) else number(value, 0 if abs(value) >= 100 else 1)


def in_unit(unit: str) -> Form:
    """How figures of a unit are written."""
    return pounds if unit.startswith("pounds") else count


def figures(
    key: str,
    caption: str,
    head: str,
    table: pd.DataFrame,
    forms: Form | Sequence[Form],
    note: str = "",
) -> Grid:
    """A table of figures: labels as index, a column a figure.

    Parameters
    ----------
    forms : callable or sequence of callable
        How figures are written, all or by column.
    """
    each = [forms] * table.shape[1] if callable(forms) else list(forms)
    shown = table.head(MOST)
    rows = [
        Row(plain(label), tuple(form(value) for form, value in zip(each, values, strict=True)))
        for label, values in zip(shown.index, shown.to_numpy().tolist(), strict=True)
    ]
    if len(table) > MOST:
        more = f"The first {MOST} of {len(table)} rows; all are in the workbook."
        note = f"{note} {more}".strip()
    return Grid(key, caption, [head, *map(plain, table.columns)], rows, note)


def bars(
    key: str,
    finding: str,
    about: str,
    rows: pd.DataFrame,
    unit: str,
    order: Sequence[str],
    series: Sequence[str] = (),
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
    """
    if not can_draw() or rows.empty:
        return None
    import altair as alt

    rows = rows.assign(label=rows["label"].map(_in_lines))
    order = [_in_lines(label) for label in order]
    encoding: dict[str, Any] = {
        "x": alt.X("value:Q", title=unit),
        "y": alt.Y("label:N", sort=order, title=None, axis=_names_in_full()),
    }
    if series:
        scale = alt.Scale(domain=list(series), range=list(COLOURS[: len(series)]))
        encoding["yOffset"] = alt.YOffset("series:N", sort=list(series))
        encoding["color"] = alt.Color("series:N", scale=scale, title=None, sort=list(series))
        drawn = alt.Chart(rows).mark_bar()
        height = max(1, len(order)) * (16 * len(series) + 14)
    else:
        drawn = alt.Chart(rows).mark_bar(color=BLUE)
        height = (28 + 12 * _most_breaks(order)) * max(1, len(order))
    made = drawn.encode(**encoding).properties(width=400, height=height)
    return Chart(key, finding, about, svg_of(made, key, finding))


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
    import altair as alt

    rows = rows.assign(label=rows["label"].map(_in_lines))
    order = rows["label"].tolist()
    y = alt.Y("label:N", sort=order, title=None, axis=_names_in_full())
    span = alt.Scale(zero=False)
    line = alt.Chart(rows).mark_rule(color=GREY, strokeWidth=3).encode(
        x=alt.X("low:Q", title=unit, scale=span), x2="high:Q", y=y
    )  # fmt: skip
    shown = [name for name in names if name]
    long = rows.rename(columns={"first": names[0], "second": names[1]})
    long = long.melt("label", shown, "mark", "value").dropna()
    points = alt.Chart(long).mark_point(filled=True, size=110, opacity=1).encode(
        x=alt.X("value:Q", scale=span),
        y=y,
        color=alt.Color("mark:N", title=None,
                        scale=alt.Scale(domain=shown, range=[BLUE, ORANGE][: len(shown)])),
        shape=alt.Shape("mark:N", title=None,
                        scale=alt.Scale(domain=shown, range=["circle", "diamond"][: len(shown)])),
    )  # fmt: skip
    height = (30 + 10 * _most_breaks(order)) * len(order)
    made = (line + points).properties(width=400, height=height)
    return Chart(key, finding, about, svg_of(made, key, finding))


def _in_lines(label: object) -> str:
    """A name in as many lines as it takes, so that none is cut."""
    return BREAK.join(wrap(str(label), _LETTERS)) or " "


def _most_breaks(labels: Sequence[str]) -> int:
    return max((label.count(BREAK) for label in labels), default=0)


def _names_in_full() -> Any:
    """An axis of names, each in its lines."""
    import altair as alt

    return alt.Axis(labelLimit=320, labelExpr=f"split(datum.label, '{BREAK}')")


def million(unit: str) -> tuple[float, str]:
    """By what to divide figures of a unit for an axis, and the axis's title."""
    if unit.startswith("pounds"):
        return MILLION, unit.replace("pounds", "£ million", 1)
    return 1.0, unit
