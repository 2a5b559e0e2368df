"""The dearest rules of a plan, in words."""

from __future__ import annotations

import math

import pandas as pd

from placebudget.plan import Plan
from placebudget.plan.price_words import limit_of
from placebudget.view.sheet import MILLION
from placebudget.words import money, number, plain, sentence

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
        Texts: ``rule`` (as a person reads it, where it is dearest, and in how many
        more places or years it has a price), ``year``, ``basis``, ``step``,
        ``relaxed`` (gain in the plan's objective from relaxing it by one step),
        ``up to`` (how far that goes on) and ``tightened`` (loss from tightening it
        by one step). A rule whose gain rounds to nothing costs nothing and is left
        out. Empty where a plan has no prices.
    """
    in_pounds, prices = _in_pounds(plan), costly(plan)
    lines = [
        {
            "rule": _rule(group),
            "year": group.iloc[0]["year"],
            "basis": group.iloc[0]["basis"],
            "step": group.iloc[0]["unit"],
            "relaxed": _value(group.iloc[0]["relaxing"], in_pounds),
            "up to": _reach(group.iloc[0]["holds_for"], group.iloc[0]["unit"]),
            "tightened": _value(-group.iloc[0]["tightening"], in_pounds),
        }
        for _, group in prices.groupby(["kind", "name", own_limit(prices)], sort=False)
    ]
    return pd.DataFrame(lines[:most], columns=list(COLUMNS))


def costly(plan: Plan) -> pd.DataFrame:
    """The prices of a plan that do not round to nothing, dearest first."""
    prices, in_pounds = plan.prices(), _in_pounds(plan)
    costs = prices["relaxing"].map(lambda gain: _costs(gain, in_pounds)).astype(bool)
    return prices[costs].sort_values("relaxing", ascending=False, kind="stable")


def _in_pounds(plan: Plan) -> bool:
    return plan.objective.unit.startswith("pounds")


def own_limit(prices: pd.DataFrame) -> pd.Series:
    """What tells limits of one kind and name apart.

    What each stream may pay into a pool is a limit of its own; a rule is one everywhere.
    """
    own: pd.Series = prices["where"].where(prices["kind"].str.startswith("contribution"), "")
    return own


def limit_name(row: pd.Series) -> str:
    """A limit as a person reads it, without its year: "The lock that keeps fire response ..."."""
    limit = limit_of(str(row.get("sentence", "")))
    if not limit:  # a plan whose prices were kept without sentences
        where = f", {plain(row['where'])}" if row["where"] else ""
        limit = f"{plain(row['kind'])}: {plain(row['name'])}{where}"
    return sentence(limit.removesuffix(f" in {row['year']}"))


def _costs(gain: float, in_pounds: bool) -> bool:
    return math.isnan(gain) or (
        gain > 0 and any(each in "123456789" for each in _value(gain, in_pounds))
    )


def _rule(rows: pd.DataFrame) -> str:
    name, more = limit_name(rows.iloc[0]), len(rows) - 1
    if not more:
        return name
    if rows["where"].nunique() == 1:
        others = "another year" if more == 1 else "other years"
    else:
        others = "another service or place" if more == 1 else "other services, places or years"
    return f"{name} (and {more} more, for {others})"


def _value(value: float, in_pounds: bool) -> str:
    if math.isnan(value):
        return "no plan can keep it"
    return money(value, signed=True) if in_pounds else number(value, 3, signed=True)


def _reach(units: float, unit: str) -> str:
    if math.isinf(units):
        return "no end found"
    if unit == _A_MILLION:
        return money(units * MILLION)
    return f"{number(units)} {unit.removeprefix('1 ')}{'' if units == 1 else 's'}"
