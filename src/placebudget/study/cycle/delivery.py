"""One year of delivery: what is commissioned, what of it arrives, and what it costs.

What is believed of effects, and how evaluation changes it by Bayes' rule.

The true effect over the effect planned with, theta, is not known. Before anything
is seen it has a gamma distribution with mean 1 and the standard deviation s of its
grade of evidence: shape 1 / s^2, rate 1 / s^2. An evaluation that expects m outcomes
(at the effect planned with) sees n, a Poisson count with mean theta x m. Bayes' rule
then gives a gamma distribution again:

    shape + n,  rate + m;   mean (shape + n) / (rate + m),  spread 1 / sqrt(shape + n)

s = 0.5 says shape 4 and rate 4; seeing 28 where 40 were expected gives shape 32, rate
44: mean 0.7273, spread 0.1768. The belief is pulled towards what was seen, the more
so the weaker the evidence was.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from placebudget.programme import Basis, fill_steps
from placebudget.study.cycle.assumptions import Chance, Evaluation
from placebudget.study.cycle.replanning import Standing


@dataclass(frozen=True)
class Belief:
    """What is believed of each effect: a gamma distribution, or certainty.

    Parameters
    ----------
    shape, rate : ndarray
        Parameters by effect; infinite where the effect is certain.
    """

    shape: np.ndarray
    rate: np.ndarray

    @classmethod
    def of(cls, spread: np.ndarray) -> Belief:
        """The belief before anything is seen, by effect.

        Parameters
        ----------
        spread : ndarray
            Standard deviation of the true effect over the one planned with; 0: certain.
        """
        with np.errstate(divide="ignore"):
            shape = 1.0 / np.square(np.asarray(spread, float))
        return cls(shape, shape.copy())

    @property
    def certain(self) -> np.ndarray:
        """Which effects are known."""
        return np.isinf(self.shape)

    @property
    def mean(self) -> np.ndarray:
        """Expected effect over the effect planned with."""
        known = self.certain
        shape, rate = np.where(known, 1.0, self.shape), np.where(known, 1.0, self.rate)
        return np.asarray(shape / rate)

    @property
    def spread(self) -> np.ndarray:
        """Standard deviation over the mean."""
        return np.where(self.certain, 0.0, 1.0 / np.sqrt(np.where(self.certain, 1.0, self.shape)))

    def update(self, expected: np.ndarray, seen: np.ndarray) -> Belief:
        """The belief after an evaluation.

        Parameters
        ----------
        expected : ndarray
            Outcomes expected in what was followed, at the effects planned with.
        seen : ndarray
            Outcomes seen.

        Examples
        --------
        >>> belief = Belief.of(np.array([0.5])).update(np.array([40.0]), np.array([28.0]))
        >>> belief.mean.round(4).tolist(), belief.spread.round(4).tolist()
        ([0.7273], [0.1768])
        """
        return Belief(self.shape + seen, self.rate + expected)


@dataclass(frozen=True)
class Year:
    """What one year of delivery was, in the units of a programme.

    Parameters
    ----------
    units : ndarray
        Units delivered, by offer; capacity to deliver where somebody must be in need.
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
    line in the proportions of the plan. Capacity that is paid for is there for those who
    turn out to be in need.
    """
    offers, planned = basis.offers, standing.capacity[:, t]
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
