"""The chart of a comparison: a row a service, a dot a plan, as a Vega-Lite specification."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

import pandas as pd

from placebudget.colours import GREY, colours
from placebudget.errors import CannotAnswer
from placebudget.pictures import themed
from placebudget.words import money, plain

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
_SHAPES = ("circle", "diamond", "square", "triangle-up")
_MILLION = 1e6
_LETTERS = 60  # in a line of the title


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
    if len(names) > len(_SHAPES):
        raise CannotAnswer(
            f"a chart shows at most {len(_SHAPES)} plans side by side; compare fewer"
        )
    values = [
        {key: plain(row[key]), "plan": name, "million": row[name] / _MILLION}
        for row in table.to_dict("records")
        for name in names
    ]
    # A name of any length is shown in full.
    full = {"labelLimit": 0}
    rows = {"field": key, "type": "nominal", "title": None, "sort": None, "axis": full}
    amounts = {"field": "million", "type": "quantitative", "title": "£ million, cash, all years"}
    colour = {
        "field": "plan",
        "type": "nominal",
        "title": None,
        "legend": full,
        "scale": {"domain": list(names), "range": colours(names)},
    }
    shape = {**colour, "scale": {"domain": list(names), "range": list(_SHAPES[: len(names)])}}
    return {
        "$schema": SCHEMA,
        "title": title if len(title) <= _LETTERS else wrap(title, _LETTERS),
        "data": {"values": values},
        "encoding": {"y": rows},
        "layer": [
            {
                "mark": {"type": "rule", "color": GREY},
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
    change, where = float(row[difference]), plain(row[key])
    more = "more" if change > 0 else "less"
    return f"{names[1]} spends {money(abs(change))} {more} on {where} than {names[0]}"


def drawn(spec: dict[str, Any], otherwise: str) -> Any:
    """The chart as an Altair chart.

    Parameters
    ----------
    spec : dict
        A Vega-Lite specification.
    otherwise : str
        What gives the specification without Altair.

    Raises
    ------
    CannotAnswer
        If Altair is not installed.
    """
    try:
        import altair
    except ImportError:
        raise CannotAnswer(
            "charts need Altair, which is not installed: pip install 'placebudget[report]'. "
            f"The table and {otherwise}.chart_specification() work without it."
        ) from None
    title = spec["title"]
    return themed(
        altair.Chart.from_dict(spec), title if isinstance(title, str) else " ".join(title)
    )
