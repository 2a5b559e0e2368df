"""The dearest rules of a plan, in words."""

from __future__ import annotations

import math

import pandas as pd

from placebudget.plan import Plan
from placebudget.view.sheet import MILLION
from placebudget.words import money, number

COLUMNS = ("rule", "year", "basis", "step", "relaxed", "up to", "tightened")
_A_MILLION = "£1 million"


def dearest_rules(plan: Plan, most: int = 10) -> pd.DataFrame:
    """What the dearest rules of a plan cost, one line a rule, dearest first.

    Parameters
    ----------
    plan : Plan
        A plan with prices.
    most : int
        How many rules to show.

    Returns
    -------
    DataFrame
        Texts: ``rule`` (with where it is dearest, and how many more places or
        years it has a price in), ``year``, ``basis``, ``step``, ``relaxed`` (gain in
        the plan's objective from relaxing it by one step), ``up to`` (how far that
        goes on) and ``tightened`` (loss from tightening it by one step). Empty
        where a plan has no prices.
    """
    prices = plan.prices().sort_values("relaxing", ascending=False, kind="stable")
    groups = prices.groupby(["kind", "name"], sort=False)
    in_pounds = plan.objective.unit.startswith("pounds")
    lines = [
        {
            "rule": _rule(group.iloc[0], len(group)),
            "year": group.iloc[0]["year"],
            "basis": group.iloc[0]["basis"],
            "step": group.iloc[0]["unit"],
            "relaxed": _value(group.iloc[0]["relaxing"], in_pounds),
            "up to": _reach(group.iloc[0]["holds_for"], group.iloc[0]["unit"]),
            "tightened": _value(-group.iloc[0]["tightening"], in_pounds),
        }
        for _, group in groups
    ]
    return pd.DataFrame(lines[:most], columns=list(COLUMNS))


def _rule(row: pd.Series, count: int) -> str:
    name = str(row["name"]).replace("_", " ")
    where = f", {row['where'].replace('_', ' ')}" if row["where"] else ""
    more = f" (and {count - 1} more)" if count > 1 else ""
    return f"{row['kind'].replace('_', ' ')}: {name}{where}{more}"


def _value(value: float, in_pounds: bool) -> str:
    if math.isnan(value):
        return "no plan left"
    return money(value, signed=True) if in_pounds else number(value, 3, signed=True)


def _reach(units: float, unit: str) -> str:
    if math.isinf(units):
        return "no end found"
    if unit == _A_MILLION:
        return money(units * MILLION)
    return f"{number(units)} {unit.removeprefix('1 ')}{'' if units == 1 else 's'}"
