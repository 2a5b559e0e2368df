"""How the amount of a rule follows when one of its constraints gives way."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from placebudget.programme import Programme
from placebudget.programme.linear import Rows
from placebudget.programme.rules import BLOCKS, Rule
from placebudget.programme.rules.rule import offers_of

_HUNDREDTH = 100.0
Looser = Callable[[float, float], float]


def slack_cost(programme: Programme, rule: Rule) -> float:
    """What one scaled unit of giving way costs, in scaled money.

    Money costs what it is; a unit its dearest offer; an outcome its public value,
    and at least something.
    """
    basis, kind = programme.basis, rule.record
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
    basis, kind, amount = programme.basis, rule.record, rule.amount or 0.0
    if kind.of_money:
        change = slack * basis.scale.money
        if block.sense == ">=":
            return max(float(math.floor(amount - change)), 0.0), min
        return float(math.ceil(amount + change)), max
    if kind.unit != "per cent":
        change = slack * basis.scale.units
        if block.sense == ">=":
            return max(math.floor((amount - change) * 1000) / 1000, 0.0), min
        return math.ceil((amount + change) * 1000) / 1000, max
    whole = BLOCKS[rule.kind].whole
    assert whole is not None
    base = whole(rule, programme, block, n, values)
    change = 100.0 * slack / base if base > 0 else math.inf
    if kind.least:
        return max(math.floor((amount - change) * _HUNDREDTH) / _HUNDREDTH, 0.0), min
    if not math.isfinite(change):
        return math.inf, max
    return math.ceil((amount + change) * _HUNDREDTH) / _HUNDREDTH, max
