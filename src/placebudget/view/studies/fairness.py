"""What areas get, and the price of making it fairer."""

from __future__ import annotations

import pandas as pd

from placebudget.study import Fairness
from placebudget.view.grid import Grid, text_grid
from placebudget.view.studies.common import (
    StudyView,
    count,
    figures,
    in_unit,
    ranges,
    share,
    view_of,
)
from placebudget.words import as_set, plain, whole_pounds

_MONEY = "money on services"


def fairness_view(found: Fairness, key: str) -> StudyView:
    """Money and outcomes a head by area, inequality, and what floors cost."""
    areas = found.table
    spent = _wide(areas, _MONEY, "a_head")
    made = _wide(areas, found.outcome, "a_head") * 1000
    plans = list(spent.columns)
    first, last = plans[0], plans[min(1, len(plans) - 1)]
    low, high = str(spent[first].idxmin()), str(spent[first].idxmax())
    finding = (
        f"{first[:1].upper()}{first[1:]}, money a head goes from {_exact(spent[first].min())} in "
        f"{low} to {_exact(spent[first].max())} in {high}."
    )
    rows = pd.DataFrame(
        {
            "label": spent.index,
            "low": spent[[first, last]].min(axis=1).to_numpy(),
            "high": spent[[first, last]].max(axis=1).to_numpy(),
            "first": spent[first].to_numpy(),
            "second": spent[last].to_numpy() if last != first else float("nan"),
        }
    )
    chart = ranges(
        f"{key}-heads", finding,
        f"Money on services a head, pounds, cash, all years, by area. {found.title}.",
        rows, "pounds a head", (first, "" if last == first else last),
    )  # fmt: skip
    outcome = found.outcome.replace("_", " ")
    inequality = found.tables["inequality"]
    gini = inequality[inequality["index"] == "Gini"]
    wide = gini.pivot(index="measure", columns="plan", values="value")[plans]
    return view_of(
        [chart],
        [
            figures(f"{key}-money", "Money on services a head, all years", "area", spent, _exact),
            figures(
                f"{key}-outcome", f"{outcome[:1].upper()}{outcome[1:]} for every 1,000 people",
                "area", made, count,
            ),
            figures(
                f"{key}-gini", "Inequality between areas, inequality index (0: all the same)",
                "measure", wide, count,
            ),
            _prices(found, key),
        ],
    )  # fmt: skip


def _wide(areas: pd.DataFrame, measure: str, column: str) -> pd.DataFrame:
    rows = areas[areas["measure"] == measure]
    wide = rows.pivot(index="name", columns="plan", values=column)
    return wide[list(dict.fromkeys(rows["plan"]))]


def _exact(value: float) -> str:
    return "" if pd.isna(value) else whole_pounds(value)


def _prices(found: Fairness, key: str) -> Grid:
    rows = [
        (
            plain(row.rule) if pd.isna(row.level) else f"{plain(row.rule)}, {as_set(row.level)}%",
            "no plan keeps it" if pd.isna(row.price) else in_unit(row.unit)(row.price),
            share(row.share),
            share(row.lowest_of_mean),
        )
        for row in found.tables["price"].itertuples()
    ]
    head = ["plan or rule", "costs", "share of the best plan", "lowest area, of the mean"]
    outcome = found.outcome.replace("_", " ")
    note = (
        "Worst-off area first and worst-off areas in turn raise the outcomes of all kinds "
        f"together, by their weights, where these are fewest a head; equity floors, and the "
        f"last column, are of {outcome} alone. So an area can have fewer {outcome} under "
        "worst-off area first."
    )
    return text_grid(f"{key}-price", "The price of fairness", head, rows, note)
