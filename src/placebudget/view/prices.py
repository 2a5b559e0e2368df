"""The dearest rules of a plan, in words."""

from __future__ import annotations

import math

import pandas as pd

from placebudget.plan import Plan
from placebudget.plan.explain.price_words import each, far, step_of
from placebudget.plan.explain.words import LAW
from placebudget.solver import FUNDING, MAXIMUM, MILLION, MINIMUM
from placebudget.words import in_pounds, in_unit, rounded, sentence

COLUMNS = ("rule", "year", "basis", "step", "relaxed", "at first", "up to", "tightened")


def dearest_rules(plan: Plan, most: int = 10) -> pd.DataFrame:
    """What the dearest rules of a plan cost, one line a rule, dearest first, those of law last.

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
        ``relaxed`` (gain in the plan's objective from relaxing it by a whole step),
        ``at first`` (what the next pound or unit of that gains), ``up to`` (how far
        that goes on) and ``tightened`` (loss from tightening it by one step). A rule
        whose gain rounds to nothing costs nothing and is left out. Empty where a plan
        has no prices.
    """
    prices, value = costly(plan), plan.objective
    lines = []
    for _, group in prices.groupby(["kind", "name", own_limit(prices)], sort=False):
        row = group.iloc[0]
        lines.append(
            {
                "rule": _rule(group),
                "year": row["year"],
                "basis": row["basis"],
                "step": step_of(row),
                "relaxed": _value(row["relaxing"], value.unit),
                "at first": each(row["relaxing_rate"], row["unit"], value, signed=True),
                "up to": _reach(row["holds_for"], row["unit"]),
                "tightened": _value(-row["tightening"], value.unit),
            }
        )
    return pd.DataFrame(lines[:most], columns=list(COLUMNS))


def costly(plan: Plan) -> pd.DataFrame:
    """The prices of a plan's limits that do not round to nothing, dearest first.

    What the law asks for comes last: its price is what a duty costs, and nobody's to relax.
    """
    prices = _of_limits(plan)
    digits = 0 if in_pounds(plan.objective.unit) else 9
    costs = prices["relaxing"].map(lambda gain: math.isnan(gain) or rounded(gain, digits) > 0)
    costs = prices[costs.astype(bool)].assign(duty=prices["basis"] == LAW)
    by = ["duty", "relaxing"]
    return costs.sort_values(by, ascending=[True, False], kind="stable").drop(columns="duty")


def dearest_of_money(plan: Plan, least: float = 0.0) -> pd.DataFrame:
    """Limits in pounds that gain more than ``least``, each where it is dearest, dearest first.

    Of the law there is no leeway.
    """
    prices = _of_limits(plan)
    prices = prices[(prices["relaxing"] > least) & (prices["unit"] == MILLION)]
    prices = prices[prices["basis"] != LAW]
    prices = prices.sort_values("relaxing", ascending=False, kind="stable")
    return prices.assign(own=own_limit(prices)).drop_duplicates(["kind", "name", "own"])


def _of_limits(plan: Plan) -> pd.DataFrame:
    """What limits cost; what more money would bring is no limit's."""
    prices = plan.prices()
    return prices[prices["kind"] != FUNDING]


def own_limit(prices: pd.DataFrame) -> pd.Series:
    """What tells limits of one kind and name apart.

    What each stream may pay into a pool is a limit of its own; a rule is one everywhere.
    """
    own: pd.Series = prices["where"].where(prices["kind"].isin([MAXIMUM, MINIMUM]), "")
    return own


def limit_name(row: pd.Series) -> str:
    """A limit as a person reads it, without its year: "The lock that keeps fire response ..."."""
    return sentence(str(row["limit"]).removesuffix(f" in {row['year']}"))


def _rule(rows: pd.DataFrame) -> str:
    name, more = limit_name(rows.iloc[0]), len(rows) - 1
    return f"{name} (and {more} more, for {elsewhere(rows)})" if more else name


def elsewhere(rows: pd.DataFrame) -> str:
    """Where else a limit has prices, besides the first of some rows."""
    one = len(rows) == 2
    if rows["where"].nunique() == 1:
        return "another year" if one else "other years"
    return "another service or place" if one else "other services, places or years"


def _value(value: float, unit: str) -> str:
    return "no plan can keep it" if math.isnan(value) else in_unit(value, unit, signed=True)


def _reach(units: float, unit: str) -> str:
    return "no end found" if math.isinf(units) else far(units, unit)
