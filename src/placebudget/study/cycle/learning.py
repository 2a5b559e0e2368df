"""What is believed of effects, and how evaluation changes it by Bayes' rule.

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
