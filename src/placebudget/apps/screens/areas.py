"""Fair between areas: what each area gets, and what more fairness would cost."""

from __future__ import annotations

import pandas as pd

from placebudget.apps.blocks import Block, Heading, TableBlock
from placebudget.apps.screens.screen import Screen
from placebudget.apps.screens.studied import Study
from placebudget.study import Fairness
from placebudget.view.grid import Grid, text_grid
from placebudget.view.studies.common import figures, pounds
from placebudget.words import as_set, count, money, percent, plain, whole_pounds

_MONEY, _BEST, _FIRST = "money on services", "best", "worst-off area first"


def _title(found: Fairness) -> str:
    """How far areas are apart, and what raising the worst-off costs. No area is named."""
    areas, price = found.table, found.tables["price"]
    best = areas[(areas["plan"] == _BEST) & (areas["measure"] == _MONEY)]["a_head"]
    cost = price.loc[price["rule"] == _FIRST].iloc[0]
    said = f"{money(cost['price'])} ({percent(cost['share'])})"
    costs = "costs nothing" if cost["price"] < 1 else f"costs {said}"
    return (
        f"In the model, the best plan spends from {whole_pounds(best.min())} to "
        f"{whole_pounds(best.max())} a head by area; raising the worst-off area first {costs}"
    )


def _blocks(found: Fairness) -> list[Block]:
    """Figures a person in need, and which area is worst off in each plan."""
    areas = found.table
    made: list[Block] = [Heading("By need, and for the worst-off area")]
    outcome = found.outcome.replace("_", " ")
    for key, measure, caption, form, scale in (
        ("money", _MONEY, "Money on services for each person in need, all years", pounds, 1.0),
        ("outcome", found.outcome, f"{_capital(outcome)} for every 1,000 people in need",
         _decimal, 1000.0),
    ):  # fmt: skip
        rows = areas[areas["measure"] == measure]
        wide = rows.pivot(index="name", columns="plan", values="a_person_in_need") * scale
        wide = wide[list(dict.fromkeys(rows["plan"]))]
        if wide.notna().to_numpy().any():
            made.append(TableBlock(figures(f"areas-need-{key}", caption, "area", wide, form)))
    made.append(TableBlock(_worst_off(found, outcome)))
    return made


def _worst_off(found: Fairness, outcome: str) -> Grid:
    names = found.compared.names
    rows = [
        (
            plain(row.rule) if pd.isna(row.level) else f"{plain(row.rule)}, {as_set(row.level)}%",
            "no plan keeps it" if pd.isna(row.price) else names.get(row.worst_area, row.worst_area),
            "" if pd.isna(row.price) else percent(row.lowest_of_mean),
        )
        for row in found.tables["price"].itertuples()
    ]
    head = ["plan or rule", "worst-off area", "what it gets, of the mean"]
    return text_grid("areas-worst", f"Area with the fewest {outcome} a head", head, rows)


def _decimal(value: float) -> str:
    return "" if pd.isna(value) else count(value)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


_STUDY = Study(
    "areas",
    "Whether it is fair between areas has not been asked yet",
    "What each area gets, a head and a person in need, today and in the best plan; which area is "
    "worst off; and what it would cost to put the worst-off area first, or to promise every area "
    "at least a part of the mean.",
    _title,
    _blocks,
    (
        "Fair can mean several things: the same a head, the same for each person in need, or the "
        "worst-off area first. The model prices each; which one is right is for the board.",
    ),
)
SCREEN = Screen("areas", "Fair between areas", _STUDY.tell, needs=("pooled",))
