"""How much of what a floor asks for a plan has, in the year in which it has least."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from placebudget.place import Place
from placebudget.plan import Plan
from placebudget.programme import Basis, read_pooling
from placebudget.programme.rules import Rule, read_rules
from placebudget.programme.rules.outcome_floor import outcome_of, outcome_years
from placebudget.programme.rules.rule import lines_of, offers_of


def least_of_rule(rule: str, plan: Plan, place: Place) -> float:
    """What a plan has of the subject of a floor, in the unit of the rule.

    Parameters
    ----------
    rule : str
        Key of a floor of any kind in which a board can set an amount.
    plan : Plan
        A pooled plan of the place.
    place : Place
        The place the plan was made for.

    Returns
    -------
    float
        The least of the years in which the rule holds; nought where it never holds.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("northvale")
    >>> least_of_rule("housing_duty", pb.optimise(place, prices=False), place) >= 1.7e6
    True
    """
    basis = Basis(place, read_pooling(place, "pooled"))
    found = next((each for each in read_rules(basis) if each.name == rule), None)
    if found is None:
        return 0.0
    kinds: dict[str, Callable[[Rule, Basis, Plan], pd.Series]] = {
        "floor": _money,
        "units_floor": _units,
        "outcome_floor": _counted,
        "share_floor": _share,
    }
    has = kinds[found.kind](found, basis, plan)
    if found.kind == "outcome_floor":
        years = [basis.appraisal[t] for t in outcome_years(found, basis)]
    else:
        years = [basis.years[t] for t in found.years(basis.years)]
    return float(has.reindex(years, fill_value=0.0).min()) if years else 0.0


def _chosen(table: pd.DataFrame, keys: set[tuple[str, str]]) -> np.ndarray:
    pairs = zip(table["service"], table["area"], strict=True)
    return np.array([pair in keys for pair in pairs], bool)


def _money(rule: Rule, basis: Basis, plan: Plan) -> pd.Series:
    if {"provider", "delivery_model"} & set(rule.subject):
        return _of_offers(rule, basis, plan, "cost")
    lines, mine = basis.lines, lines_of(rule, basis)
    keys = set(zip(lines.service[mine].tolist(), lines.area[mine].tolist(), strict=True))
    table = _routed(rule, plan)
    return table[_chosen(table, keys)].groupby("year")["amount"].sum()


def _routed(rule: Rule, plan: Plan) -> pd.DataFrame:
    table = plan.tables["money"]
    return table[table["route"].isin(rule.subject["pool"])] if "pool" in rule.subject else table


def _share(rule: Rule, basis: Basis, plan: Plan) -> pd.Series:
    whole = _routed(rule, plan).groupby("year")["amount"].sum()
    return 100.0 * _money(rule, basis, plan).reindex(whole.index, fill_value=0.0) / whole


def _units(rule: Rule, basis: Basis, plan: Plan) -> pd.Series:
    return _of_offers(rule, basis, plan, "units")


def _of_offers(rule: Rule, basis: Basis, plan: Plan, column: str) -> pd.Series:
    mine = set(basis.offers.name[offers_of(rule, basis)].tolist())
    table = plan.tables["units"]
    return table[table["offer"].isin(mine)].groupby("year")[column].sum()


def _counted(rule: Rule, basis: Basis, plan: Plan) -> pd.Series:
    names = np.array([str(each) for each in basis.outcomes.name])
    mine = set(names[outcome_of(rule, basis)].tolist())
    table = plan.tables["outcomes"]
    table = table[table["outcome"].isin(mine)]
    if "area" in rule.subject:
        tree = basis.geography
        inside = [any(tree.is_within(a, b) for b in rule.subject["area"]) for a in table["area"]]
        table = table[inside]
    return table.groupby("year")["counted"].sum()
