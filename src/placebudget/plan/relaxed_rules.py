"""How the amount of a rule follows when one of its constraints gives way."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from placebudget.place import RULE_KINDS
from placebudget.programme import Programme
from placebudget.programme.linear import Rows, worth
from placebudget.programme.rules import Rule
from placebudget.programme.rules.equity_floor import area_shares, compared_areas
from placebudget.programme.rules.outcome_floor import outcome_of
from placebudget.programme.rules.rule import money_of, offers_of
from placebudget.programme.rules.virement import today_of
from placebudget.programme.terms import produced_terms

_HUNDREDTH = 100.0
Looser = Callable[[float, float], float]


def slack_cost(programme: Programme, rule: Rule) -> float:
    """What one scaled unit of giving way costs, in scaled money.

    Money costs what it is; a unit its dearest offer; an outcome its public value,
    and at least something.
    """
    basis = programme.basis
    kind = RULE_KINDS[rule.kind]
    if kind.unit == "units":
        chosen = offers_of(rule, basis)
        return float(basis.offers.unit_cost[chosen].max(initial=1.0))
    if kind.of_outcomes:
        return float(max(basis.outcomes.public.max(initial=1.0), 1.0))
    return 1.0


def relaxed_amount(
    programme: Programme, block: Rows, n: int, rule: Rule, slack: float, values: np.ndarray
) -> tuple[float, Looser]:
    """The amount at which a rule holds in a relaxed plan, rounded to the loose side.

    Parameters
    ----------
    block, n : Rows, int
        The constraint that gave way, and by how much in ``slack`` (scaled).
    rule : Rule
        Its rule.
    values : ndarray
        Values of the relaxed plan.

    Returns
    -------
    float, callable
        The new amount in the rule's own unit, and which of two amounts is looser.
    """
    basis, amount = programme.basis, rule.amount or 0.0
    kind = RULE_KINDS[rule.kind]
    if kind.unit == "pounds":
        change = slack * basis.scale.money
        if block.sense == ">=":
            return max(float(math.floor(amount - change)), 0.0), min
        return float(math.ceil(amount + change)), max
    if kind.unit != "per cent":
        change = slack * basis.scale.units
        if block.sense == ">=":
            return max(math.floor((amount - change) * 1000) / 1000, 0.0), min
        return math.ceil((amount + change) * 1000) / 1000, max
    base = _compared_with(programme, block, n, rule, values)
    change = 100.0 * slack / base if base > 0 else math.inf
    if kind.least:
        return max(math.floor((amount - change) * _HUNDREDTH) / _HUNDREDTH, 0.0), min
    if not math.isfinite(change):
        return math.inf, max
    return math.ceil((amount + change) * _HUNDREDTH) / _HUNDREDTH, max


def _compared_with(
    programme: Programme, block: Rows, n: int, rule: Rule, values: np.ndarray
) -> float:
    """The scaled amount that a rule in per cent is a per cent of."""
    basis, draft = programme.basis, programme.draft
    year = int(block.index["year"][n]) if "year" in block.index else -1
    if block.name.startswith("lock"):
        return float(basis.lines.today[int(block.index["line"][n]), year])
    if block.name == "virement":
        return float(today_of(rule, basis)[year])
    if block.name.startswith("pace"):
        if year == 0:
            return float(today_of(rule, basis)[0])
        spent = money_of(rule, draft, basis)
        hit = spent.year == year - 1
        return worth(spent.value[hit], values[spent.column[hit]])
    if block.name.startswith("share"):
        spent = money_of(rule, draft, basis, everything=True)
        hit = spent.year == year
        return worth(spent.value[hit], values[spent.column[hit]])
    if block.name == "equity_floor":
        return _mean_times_people(programme, block, n, rule, values)
    agency = str(basis.agencies[int(block.index["agency"][n])])
    mark = programme.benchmarks[agency]
    held = mark.savings if block.name == "no_worse_off_savings" else mark.value
    return held / basis.scale.money


def _mean_times_people(
    programme: Programme, block: Rows, n: int, rule: Rule, values: np.ndarray
) -> float:
    basis = programme.basis
    areas = compared_areas(rule, basis)
    people = np.array([basis.geography.populations[area] for area in areas])
    outcomes = np.flatnonzero(outcome_of(rule, basis))
    made = produced_terms(programme.draft, basis, outcomes)
    hit = made.year == int(block.index["appraisal_year"][n])
    weight = area_shares(basis, areas)[:, made.area[hit]].sum(axis=0)
    total = worth(weight, made.value[hit] * values[made.column[hit]])
    area = basis.geography.areas[int(block.index["area"][n])]
    return total * basis.geography.populations[area] / float(people.sum())
