"""The chart of a comparison: a row a service, a dot a plan, as a Vega-Lite specification."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from placebudget.errors import PlaceBudgetError
from placebudget.words import money

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
# Colours for charts of the UK government's Analysis Function.
COLOURS = ("#12436D", "#F46A25", "#28A197", "#801650")
_SHAPES = ("circle", "diamond", "square", "triangle-up")
_MILLION = 1e6


class NoCharts(PlaceBudgetError):
    """What draws charts is not installed, or there is too much to draw."""


def specification(
    table: pd.DataFrame, key: str, names: Sequence[str], title: str
) -> dict[str, Any]:
    """A Vega-Lite specification of money side by side.

    Parameters
    ----------
    table : DataFrame
        The key, and pounds in a column a plan.
    key : str
        Column of the rows.
    names : sequence of str
        The plans, at most four.
    title : str
        The finding.

    Returns
    -------
    dict
        Plain data; the figures are inside.
    """
    if len(names) > len(COLOURS):
        raise NoCharts(f"a chart shows at most {len(COLOURS)} plans side by side; compare fewer")
    values = [
        {key: str(row[key]).replace("_", " "), "plan": name, "million": row[name] / _MILLION}
        for row in table.to_dict("records")
        for name in names
    ]
    rows = {"field": key, "type": "nominal", "title": None, "sort": None}
    amounts = {"field": "million", "type": "quantitative", "title": "£ million, cash, all years"}
    colour = {
        "field": "plan",
        "type": "nominal",
        "title": None,
        "scale": {"domain": list(names), "range": list(COLOURS[: len(names)])},
    }
    shape = {**colour, "scale": {"domain": list(names), "range": list(_SHAPES[: len(names)])}}
    return {
        "$schema": SCHEMA,
        "title": title,
        "data": {"values": values},
        "encoding": {"y": rows},
        "layer": [
            {
                "mark": {"type": "rule", "color": "#3D3D3D"},
                "encoding": {
                    "x": {**amounts, "aggregate": "min"},
                    "x2": {"field": "million", "aggregate": "max"},
                },
            },
            {
                "mark": {"type": "point", "filled": True, "size": 90, "opacity": 1},
                "encoding": {"x": amounts, "color": colour, "shape": shape},
            },
        ],
    }


def finding(table: pd.DataFrame, key: str, difference: str, names: Sequence[str]) -> str:
    """The title of a chart: where the largest difference is."""
    apart = table[difference].abs()
    if not len(table) or apart.max() < 0.005:
        return f"{names[0]} and {names[1]} spend the same on each {key}"
    row = table.loc[apart.idxmax()]
    change, where = float(row[difference]), str(row[key]).replace("_", " ")
    more = "more" if change > 0 else "less"
    return f"{names[1]} spends {money(abs(change))} {more} on {where} than {names[0]}"


def drawn(spec: dict[str, Any]) -> Any:
    """The chart as an Altair chart.

    Raises
    ------
    NoCharts
        If Altair is not installed.
    """
    try:
        import altair
    except ImportError:
        raise NoCharts(
            "charts need Altair, which is not installed: pip install 'placebudget[report]'. "
            "The table and comparison.chart_specification() work without it."
        ) from None
    return altair.Chart.from_dict(spec)
