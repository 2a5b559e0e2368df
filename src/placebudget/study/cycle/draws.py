"""What chance brings in one run: true effects, slippage, and what evaluations see.

Every run has seeds of its own, spawned from the seed of the study, so a run is the
same whoever works it out and whatever ran before. The same run of every policy meets
the same chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from placebudget.study.cycle.assumptions import Slippage


@dataclass(frozen=True)
class Chance:
    """Chance in one run.

    Parameters
    ----------
    truth : ndarray
        True effect over the effect planned with, by effect.
    undelivered : ndarray
        Offers x years: share of planned units not delivered.
    cost : ndarray
        Offers x years: what a unit costs over what was planned.
    seen : numpy.random.SeedSequence
        Seeds evaluations.
    """

    truth: np.ndarray
    undelivered: np.ndarray
    cost: np.ndarray
    seen: np.random.SeedSequence

    def count(self, year: int, expected: np.ndarray) -> np.ndarray:
        """Outcomes an evaluation sees in a year.

        Parameters
        ----------
        expected : ndarray
            Outcomes expected at the effects planned with, by effect.
        """
        source = np.random.SeedSequence(self.seen.entropy, spawn_key=(*self.seen.spawn_key, year))
        draw = np.random.default_rng(source)
        # One number an effect, drawn or not: what is followed changes no other draw.
        quantile = draw.random(len(expected))
        return poisson_quantile(quantile, self.truth * expected)


def chance_of(
    seed: int, run: int, spread: np.ndarray, slippage: Slippage, offers: int, years: int
) -> Chance:
    """The chance of one run.

    Parameters
    ----------
    seed, run : int
        Seed of the study, and number of the run.
    spread : ndarray
        Spread of the true effect, by effect; 0: certain.
    slippage : Slippage
        How delivery falls short.
    offers, years : int
        How many there are.
    """
    truth, slips, seen = np.random.SeedSequence(seed, spawn_key=(run,)).spawn(3)
    draw = np.random.default_rng(truth)
    with np.errstate(divide="ignore"):
        shape = np.where(spread > 0, 1.0 / np.square(spread), 1.0)
    effect = np.where(spread > 0, draw.gamma(shape) / shape, 1.0)
    draw, shape_ = np.random.default_rng(slips), (offers, years)
    undelivered, cost = np.zeros(shape_), np.ones(shape_)
    mean = slippage.undelivered
    share = draw.beta(
        max(mean, 1e-12) * slippage.steadiness, (1.0 - mean) * slippage.steadiness, shape_
    )
    if mean > 0:
        undelivered = share
    wide = np.sqrt(np.log1p(slippage.overrun_spread**2))
    noise = draw.standard_normal(shape_)
    if slippage.overrun or wide:
        cost = (1.0 + slippage.overrun) * np.exp(wide * noise - wide**2 / 2.0)
    return Chance(effect, undelivered, cost, seen)


def poisson_quantile(quantile: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """The count below which a share of a Poisson distribution lies, found by adding up.

    Examples
    --------
    >>> poisson_quantile(np.array([0.5, 0.5, 0.99]), np.array([0.0, 4.0, 4.0])).tolist()
    [0.0, 4.0, 9.0]
    """
    found = np.zeros(len(mean))
    for n in np.flatnonzero(mean > 0):
        found[n] = _count(float(quantile[n]), float(mean[n]))
    return found


def _count(quantile: float, mean: float) -> float:
    reach = 12.0 * np.sqrt(mean) + 30.0
    low = max(0, int(mean - reach))
    counts = np.arange(low, int(mean + reach) + 1, dtype=float)
    # From the first count on, each is as likely as the one before times mean / count.
    steps = np.concatenate([[0.0], np.log(mean) - np.log(counts[1:])])
    weight = np.cumsum(steps)
    weight = np.cumsum(np.exp(weight - weight.max()))
    return float(counts[np.searchsorted(weight, quantile * weight[-1])])
