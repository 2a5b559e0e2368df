"""One year of delivery: what is commissioned, what of it arrives, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from placebudget.programme import Basis, fill_steps
from placebudget.study.cycle.assumptions import Evaluation
from placebudget.study.cycle.draws import Chance
from placebudget.study.cycle.learning import Belief
from placebudget.study.cycle.standing import Standing


@dataclass(frozen=True)
class Year:
    """What one year of delivery was, in the units of a programme.

    Parameters
    ----------
    units : ndarray
        Units delivered, by offer.
    paid : ndarray
        Agencies x lines: what is paid in fact.
    over : ndarray
        By agency: what is paid beyond the plan; negative: less than planned.
    evaluation : ndarray
        Money spent on evaluation, by line.
    followed : ndarray
        Share of the delivered units of each line that is followed.
    """

    units: np.ndarray
    paid: np.ndarray
    over: np.ndarray
    evaluation: np.ndarray
    followed: np.ndarray


def deliver(
    basis: Basis,
    standing: Standing,
    t: int,
    chance: Chance,
    belief: Belief,
    evaluation: Evaluation | None,
) -> Year:
    """Deliver what stands in the plan for year ``t``.

    An offer commissioned delivers its units less what slips; units that do not
    arrive are not paid for, those that do cost what they cost. Agencies pay for a
    line in the proportions of the plan.
    """
    offers, planned = basis.offers, standing.units[:, t]
    cost = offers.unit_cost[:, t]
    by_line = np.bincount(offers.line, cost * planned, len(basis.lines))
    share, followed = _evaluated(basis, planned, by_line, belief, evaluation)
    kept = planned * (1.0 - share[offers.line])
    delivered = kept * (1.0 - chance.undelivered[:, t])
    evaluated = share * by_line
    set_up = np.bincount(
        offers.line, offers.set_up_cost[:, t] * standing.started[:, t], len(basis.lines)
    )
    actual = np.bincount(offers.line, cost * chance.cost[:, t] * delivered, len(basis.lines))
    whole = by_line + set_up
    ratio = np.divide(actual + evaluated + set_up, whole, out=np.ones_like(whole), where=whole > 0)
    paid = standing.paid[:, :, t] * ratio
    over = (paid - standing.paid[:, :, t]).sum(axis=1)
    return Year(delivered, paid, over, evaluated, followed)


def _evaluated(
    basis: Basis,
    planned: np.ndarray,
    by_line: np.ndarray,
    belief: Belief,
    evaluation: Evaluation | None,
) -> tuple[np.ndarray, np.ndarray]:
    """Share of each line's money that evaluation takes, and of its units that is followed."""
    lines = basis.lines
    share, followed = np.zeros(len(lines)), np.zeros(len(lines))
    if evaluation is None:
        return share, followed
    units = np.bincount(basis.offers.line, planned, len(lines))
    open_ = belief.spread > evaluation.enough
    for service in np.unique(basis.effects.service[open_].astype(str)):
        mine = lines.service == service
        whole, money = units[mine].sum() * basis.scale.units, by_line[mine].sum()
        if whole <= 0 or money <= 0:
            continue
        taken = min(evaluation.followed, evaluation.most * whole)
        price = taken * evaluation.cost / basis.scale.money
        share[mine] = min(price / money, 1.0)
        followed[mine] = taken / whole
    return share, followed


def seen_of(
    basis: Basis, years: list[Year], t: int, chance: Chance, belief: Belief
) -> tuple[np.ndarray, np.ndarray]:
    """What evaluation expected and saw by the end of year ``t``, by effect.

    An effect that works after a lag is seen when it starts to work, in the people
    followed when they were helped.
    """
    effects, lines, steps = basis.effects, basis.lines, basis.steps
    expected = np.zeros(len(effects))
    working: dict[int, np.ndarray] = {}
    for n in range(len(effects)):
        helped = t - int(effects.lag[n])
        if helped < 0 or belief.certain[n]:
            continue
        if helped not in working:
            working[helped] = _working(basis, years[helped], helped, steps.effectiveness)
        mine = lines.service == effects.service[n]
        expected[n] = working[helped][mine].sum() * effects.coefficient[n]
    expected = np.maximum(expected, 0.0)
    return expected, chance.count(t, expected)


def _working(basis: Basis, year: Year, t: int, effectiveness: np.ndarray) -> np.ndarray:
    """Units followed, weighted by how well they work, by line, in single units."""
    every = np.zeros((len(basis.lines), len(basis.years)))
    np.add.at(every[:, t], basis.offers.line, year.units)
    filled = fill_steps(basis, every)[:, t] * effectiveness
    return np.asarray(
        np.bincount(basis.steps.line, filled, len(basis.lines)) * year.followed * basis.scale.units
    )
