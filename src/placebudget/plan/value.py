"""The value of a plan, worked out from its money and outcomes."""

from __future__ import annotations

import numpy as np

from placebudget.plan.deliver import Made
from placebudget.plan.evidence import Evidence
from placebudget.plan.flows import Money
from placebudget.plan.need import avoided_savings
from placebudget.programme import Basis
from placebudget.programme.money import REINVESTED
from placebudget.programme.objectives.value import CASHABLE, FISCAL, NET, PUBLIC, WEIGHTED
from placebudget.programme.objectives.worst_off import LEXIMIN, WORST_OFF, score_areas
from placebudget.programme.rules.equity_floor import area_shares


def objective_value(name: str, basis: Basis, evidence: Evidence) -> float:
    """Value of an objective in its own unit: pounds, weighted outcomes, or those a head."""
    money, made = evidence.money, evidence.made
    if name in (WORST_OFF, LEXIMIN):
        return float(area_scores(basis, made).min())
    outcomes = basis.outcomes
    outcome = basis.effects.outcome[made.effect]
    worth = {
        PUBLIC: outcomes.public_value,
        NET: outcomes.public_value,
        FISCAL: outcomes.discounted(outcomes.fiscal),
        CASHABLE: outcomes.discounted(outcomes.cashable),
        WEIGHTED: outcomes.points * basis.scale.units / basis.scale.money,
    }[name]
    per_unit = basis.scale.money / basis.scale.units
    value = float((worth[outcome] * per_unit * made.counted).sum())
    if name != WEIGHTED:
        fiscal, cashable = avoided_savings(basis, evidence.served)
        first = 0 if name in (FISCAL, CASHABLE) else len(basis.years)
        value += float((fiscal if name == FISCAL else cashable)[:, first:].sum())
    if name == NET:
        return value - real_cost(basis, money, reinvested_only=False)
    if name != WEIGHTED:
        return value - real_cost(basis, money, reinvested_only=True)
    return value


def real_cost(basis: Basis, money: Money, reinvested_only: bool) -> float:
    """Money spent, with the management cost of pools, discounted and real, in pounds.

    Parameters
    ----------
    reinvested_only : bool
        Count only what is spent of savings reinvested.
    """
    factor = basis.discount[: len(basis.years)] / basis.general
    real = dict(zip(basis.years, factor, strict=True))
    flows, paid = money.flows, money.contributions
    if reinvested_only:
        flows = flows[flows["stream"].str.startswith(REINVESTED)]
        paid = paid.iloc[:0]
    spent = flows["amount"] * flows["year"].map(real).astype(float)
    fees = paid["management_cost"] * paid["year"].map(real).astype(float)
    return float(spent.sum() + fees.sum())


def area_scores(basis: Basis, made: Made) -> np.ndarray:
    """Discounted weighted outcomes a head of each area compared."""
    areas = score_areas(basis)
    where = basis.area_of[made.line]
    people = np.array([basis.geography.populations[area] for area in areas])
    points = basis.outcomes.points[basis.effects.outcome[made.effect]]
    score = (points * made.counted).sum(axis=1)
    return (area_shares(basis, areas)[:, where] @ score) / people
