"""Objectives that add up the value of outcomes, discounted.

public value       sum of (fiscal value without transfers + economic + social value)
                   x counted outcome
net public value   public value less money spent and management cost, made real
fiscal saving      sum of fiscal value x counted outcome
cashable saving    sum of cashable fiscal value x counted outcome
weighted outcomes  sum of weight x counted outcome

Savings take in what avoiding need saves in services led by need; public value counts of it
only money released after the last year of money, as what is released before is spent.

Where savings are reinvested, what is spent of them is taken off every objective
that counts fiscal or cashable value, so that no pound counts twice; net public
value takes off all money spent, and so takes it off already. What of a loan is owed after
the last year of money is taken off all in pounds; of net public value interest is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from placebudget.programme.basis import Basis
from placebudget.programme.linear import Draft, worth
from placebudget.programme.terms import (
    avoided_saving,
    cost_of_debt,
    real_spending,
    spending_terms,
    value_of_outcomes,
)


@dataclass(frozen=True)
class Objective:
    """One objective, ready for the solver.

    Parameters
    ----------
    name : str
        As a user writes it.
    unit : str
        Unit in which its value is shown.
    gain : ndarray
        What one more of each variable adds, in scaled units.
    scale : float
        Turns the scaled value into ``unit``.
    leximin : bool
        Whether the worst is raised first, then the next worst, and so on.
    constant : float
        What is added whatever is bought, in scaled units.
    asked : bool
        Whether somebody asked for it; else it only settles what is as good.
    """

    name: str
    unit: str
    gain: np.ndarray
    scale: float
    leximin: bool = False
    constant: float = 0.0
    asked: bool = True

    def value(self, values: np.ndarray) -> float:
        """What these values of the variables come to, in ``unit``."""
        return (worth(self.gain, values[: len(self.gain)]) + self.constant) * self.scale


PUBLIC, NET = "public value", "net public value"
FISCAL, CASHABLE = "fiscal saving", "cashable saving"
WEIGHTED = "weighted outcomes"
VALUED = (PUBLIC, NET, FISCAL, CASHABLE)
"""Those in pounds."""
UNMET, DROPPED = "need unmet", "capacity given up too fast"
"""What is made least where money cannot meet all need that must be met; first of all."""
AVOIDED_SPENDING = "money on services whose need is avoided"


def value_objective(name: str, draft: Draft, basis: Basis) -> Objective:
    """One of the objectives above."""
    outcomes, money = basis.outcomes, basis.scale.money
    if name == WEIGHTED:
        gain = value_of_outcomes(draft, basis, outcomes.points)
        return Objective(name, "weighted outcomes, discounted", gain, basis.scale.units)
    each = {
        PUBLIC: outcomes.public_value,
        NET: outcomes.public_value,
        FISCAL: outcomes.discounted(outcomes.fiscal),
        CASHABLE: outcomes.discounted(outcomes.cashable),
    }[name]
    gain = value_of_outcomes(draft, basis, each)
    first = 0 if name in (FISCAL, CASHABLE) else len(basis.years)
    saved, constant = avoided_saving(draft, basis, cashable=name != FISCAL, first=first)
    gain = gain + saved
    if name == NET:
        everyone = np.ones(len(basis.classes), bool)
        gain = gain - real_spending(draft, basis, everyone, gross=True)
    elif basis.classes.reinvested.any():
        gain = gain - real_spending(draft, basis, basis.classes.reinvested, gross=False)
    gain = gain - cost_of_debt(draft, basis, net=name == NET)
    unit = f"pounds, {basis.place.settings.price_base} prices, discounted"
    return Objective(name, unit, gain, money, constant=constant)


def shortfall_objective(name: str, draft: Draft, basis: Basis) -> Objective:
    """Least need unmet, or least capacity given up too fast: both by what they would cost."""
    block = draft.columns["unmet" if name == UNMET else "dropped"]
    gain, index = np.zeros(draft.width), block.index
    if name == UNMET:
        gain[block.numbers] = -basis.marginal_cost[index["line"], index["year"]]
    else:
        gain[block.numbers] = -basis.offers.unit_cost[index["offer"], index["year"]]
    return Objective(name, "pounds, cash", gain, basis.scale.money)


def no_empty_capacity(draft: Draft, basis: Basis) -> Objective:
    """Need avoided is a fact, not a choice: the least money on services whose need is avoided.

    Of plans that are as good, else one would do that treats people who do not exist.
    """
    spent, gain = spending_terms(draft, basis), np.zeros(draft.width)
    mine = basis.need.avoidable[basis.offers.line[spent.offer]]
    np.subtract.at(gain, spent.column[mine], spent.value[mine])
    return Objective(AVOIDED_SPENDING, "pounds, cash", gain, basis.scale.money, asked=False)
