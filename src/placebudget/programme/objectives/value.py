"""Objectives that add up the value of outcomes, discounted.

public value       sum of (fiscal value without transfers + economic + social value)
                   x counted outcome
net public value   public value less money spent and management cost, made real
fiscal saving      sum of fiscal value x counted outcome
cashable saving    sum of cashable fiscal value x counted outcome
weighted outcomes  sum of weight x counted outcome

Where savings are reinvested, what is spent of them is taken off every objective
that counts fiscal or cashable value, so that no pound counts twice; net public
value takes off all money spent, and so takes it off already.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from placebudget.programme.basis import Basis
from placebudget.programme.linear import Draft
from placebudget.programme.terms import real_spending, value_of_outcomes


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
    """

    name: str
    unit: str
    gain: np.ndarray
    scale: float
    leximin: bool = False


PUBLIC, NET = "public value", "net public value"
FISCAL, CASHABLE = "fiscal saving", "cashable saving"
WEIGHTED = "weighted outcomes"


def value_objective(name: str, draft: Draft, basis: Basis) -> Objective:
    """One of the objectives above."""
    outcomes, money = basis.outcomes, basis.scale.money
    if name == WEIGHTED:
        gain = value_of_outcomes(draft, basis, outcomes.points)
        return Objective(name, "weighted outcomes, discounted", gain, basis.scale.units)
    worth = {
        PUBLIC: outcomes.public_value,
        NET: outcomes.public_value,
        FISCAL: outcomes.discounted(outcomes.fiscal),
        CASHABLE: outcomes.discounted(outcomes.cashable),
    }[name]
    gain = value_of_outcomes(draft, basis, worth)
    if name == NET:
        everyone = np.ones(len(basis.classes), bool)
        gain = gain - real_spending(draft, basis, everyone, gross=True)
    elif basis.classes.reinvested.any():
        gain = gain - real_spending(draft, basis, basis.classes.reinvested, gross=False)
    unit = f"pounds, {basis.place.settings.price_base} prices, discounted"
    return Objective(name, unit, gain, money)
