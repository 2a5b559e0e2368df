"""What is believed of a figure: its mean, how far it may be off, its grade of evidence, its source.

A belief is a mean and a spread, the standard deviation over the mean. Before anybody says more,
an effect is as uncertain as its grade of evidence says. What is seen changes a belief by Bayes'
rule, in one of two ways.

By counting: theta has a gamma distribution with shape 1 / spread^2 and rate shape / mean. Where m
outcomes are expected at theta = 1 and n are seen, a Poisson count with mean theta x m,

shape + n,  rate + m;   mean (shape + n) / (rate + m),  spread 1 / sqrt(shape + n)

s = 0.5 says shape 4 and rate 4; seeing 28 where 40 were expected gives shape 32, rate
44: mean 0.7273, spread 0.1768. The belief is pulled towards what was seen, the more
so the weaker the evidence was.

By measuring: each of two figures counts by one over its variance,

weight = s^2 / (s^2 + e^2),  mean + weight (found - mean),  variance s^2 e^2 / (s^2 + e^2)

0.25 give or take 0.10 and a finding of 0.10 give or take 0.05 come to 0.13 give or take 0.0447. A
difference from others that is drawn in towards none is the same with a mean of nought.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from placebudget.place import Place

SPREAD: Mapping[str, float] = {
    "1": 0.05,
    "2": 0.10,
    "3": 0.20,
    "4": 0.30,
    "5": 0.45,
    "6": 0.60,
}
"""By grade of evidence: standard deviation of the true effect over the effect planned with."""
OF_95 = 1.959964
"""Standard deviations from the middle to either end of an interval of 95 %."""
TENTH = 1.2815515655446004
"""Standard deviations from the middle to the ninetieth percentile of a normal distribution."""


def spread_of_grades(place: Place) -> dict[str, float]:
    """How far an effect may be off, by grade of evidence; "" is an effect without a grade.

    As the place says (``evidence.spread``), else :data:`SPREAD`. Without a grade an effect is as
    uncertain as the least certain grade.

    Examples
    --------
    >>> import placebudget as pb
    >>> spread_of_grades(pb.example("toy_pooling"))["4"]
    0.3
    """
    rows = place.evidence
    own = zip(rows["grade"].astype(str), rows["spread"], strict=True)
    found = {**SPREAD, **{grade: float(said) for grade, said in own if said == said}}
    return {**found, "": max(found.values())}


def own_or(said: Any, otherwise: Any) -> np.ndarray:
    """How far figures may be off: as their rows say, and where these are blank as is assumed.

    Examples
    --------
    >>> own_or([0.1, float("nan")], [0.3, 0.45]).tolist()
    [0.1, 0.45]
    """
    held = np.asarray(said, float)
    return np.where(np.isnan(held), otherwise, held)


@dataclass(frozen=True)
class Belief:
    """What is believed of a figure, or of several at once.

    Parameters
    ----------
    mean : float or ndarray
        What is expected of it.
    spread : float or ndarray
        Standard deviation over the mean; 0: certain.
    grade : str
        Grade of the evidence.
    source : str
        Where it comes from.

    Examples
    --------
    >>> before, found = Belief(0.25, 0.4), Belief(0.10, 0.5)
    >>> after = before.weighed(found)
    >>> round(float(after.mean), 4), round(float(after.error), 4)
    (0.13, 0.0447)
    """

    mean: Any
    spread: Any
    grade: str = ""
    source: str = ""

    @classmethod
    def of(cls, spread: Any) -> Belief:
        """Factors of figures before anything is seen: 1, and so far they may be off."""
        held = np.asarray(spread, float)
        return cls(np.ones_like(held), held)

    @classmethod
    def within(cls, mean: float, error: float, grade: str = "", source: str = "") -> Belief:
        """A mean, give or take a standard deviation.

        Examples
        --------
        >>> Belief.within(0.25, 0.10).spread
        0.4
        """
        return cls(mean, error / abs(mean) if mean else float("inf"), grade, source)

    @property
    def error(self) -> Any:
        """The standard deviation."""
        return self.spread * abs(self.mean)

    @property
    def certain(self) -> np.ndarray:
        """Which figures are known."""
        return np.asarray(self.spread) == 0.0

    @property
    def ends(self) -> tuple[Any, Any]:
        """The tenth and the ninetieth percentile, as of a normal distribution."""
        return self.mean - TENTH * self.error, self.mean + TENTH * self.error

    def factors(self, below: np.ndarray) -> np.ndarray:
        """The values below which shares of the distribution lie; draws x figures.

        Examples
        --------
        >>> Belief.of([0.5, 0.0]).factors(np.array([[0.5, 0.5]])).round(4).tolist()
        [[0.918, 1.0]]
        """
        from scipy.special import gammaincinv

        shape, rate = self._gamma()
        return np.where(self.certain, self.mean, gammaincinv(shape, below) / rate)

    def drawn(self, draw: np.random.Generator) -> np.ndarray:
        """One value of each figure, by chance."""
        shape, rate = self._gamma()
        return np.where(self.certain, self.mean, draw.gamma(shape) / rate)

    def update(self, expected: np.ndarray, seen: np.ndarray) -> Belief:
        """The belief after counting.

        Parameters
        ----------
        expected : ndarray
            Outcomes expected in what was followed, where each figure is 1.
        seen : ndarray
            Outcomes seen.

        Examples
        --------
        >>> belief = Belief.of(np.array([0.5])).update(np.array([40.0]), np.array([28.0]))
        >>> belief.mean.round(4).tolist(), belief.spread.round(4).tolist()
        ([0.7273], [0.1768])
        """
        shape, rate = self._gamma()
        same = self.certain | (np.asarray(expected) + seen == 0)
        return Belief(
            np.where(same, self.mean, (shape + seen) / (rate + expected)),
            np.where(same, self.spread, 1.0 / np.sqrt(shape + seen)),
            self.grade, self.source,
        )  # fmt: skip

    def weighed(self, found: Belief) -> Belief:
        """The belief after a finding that was measured; its grade is that of what counts more."""
        mean, error, weight = by_precision(self.mean, self.error, found.mean, found.error)
        source = "; ".join(dict.fromkeys(each for each in (self.source, found.source) if each))
        grade = found.grade if weight >= 0.5 else self.grade
        return Belief.within(float(mean), float(error), grade, source)

    def less_sure(self, here: float, there: float) -> Belief:
        """The belief of a figure that was found elsewhere, under a grade that is less certain.

        The spread tells of chance where it was found; what ``here`` is above ``there``, the
        spreads of the two grades, is added. Variances add up.
        """
        more = max(here**2 - there**2, 0.0)
        return Belief(self.mean, float(np.hypot(self.spread, more**0.5)), self.grade, self.source)

    def _gamma(self) -> tuple[np.ndarray, np.ndarray]:
        """Shape and rate; 1 where a figure is certain."""
        shape = 1.0 / np.square(np.where(self.certain, 1.0, self.spread))
        return shape, shape / np.where(self.certain, 1.0, self.mean)


def by_precision(mean: Any, error: Any, found: Any, off: Any) -> tuple[Any, Any, Any]:
    """Mean and standard deviation of two figures of one thing, and how much the second counts.

    Parameters
    ----------
    mean, error : float or ndarray
        What was believed, and its standard deviation.
    found, off : float or ndarray
        What was found, and its standard deviation; without end: it tells nothing.

    Examples
    --------
    Of a difference of 0.2 half is left where chance varies as much as authorities do:

    >>> by_precision(0.0, 0.1, 0.2, 0.1)[0].tolist()
    0.1
    """
    before, chance = np.square(np.asarray(error, float)), np.square(np.asarray(off, float))
    both = before + chance
    weight = np.where(np.isinf(chance), 0.0, before / np.where(both > 0, both, 1.0))
    return mean + weight * (found - mean), np.sqrt(before * (1.0 - weight)), weight


def error_of(low: float, high: float) -> float:
    """The standard deviation of which an interval of 95 % tells.

    Examples
    --------
    >>> round(error_of(0.61, 0.97), 4)
    0.0918
    """
    return abs(high - low) / (2 * OF_95)
