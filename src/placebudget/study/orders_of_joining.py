"""Orders in which partners could join, and what each adds on average."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Sampled:
    """What orders of joining, drawn at random, say of a game too large to play out.

    Parameters
    ----------
    shapley, standard_error : ndarray
        Estimate of the Shapley value, and its standard error.
    orders : int
        How many orders were drawn.
    worth : dict
        Worth of every coalition that was met, by position.
    """

    shapley: np.ndarray
    standard_error: np.ndarray
    orders: int
    worth: dict[int, float]


def joining(order: np.ndarray) -> Iterator[int]:
    """The coalitions of an order of joining, one member after the other."""
    inside = 0
    for player in order:
        inside |= 1 << int(player)
        yield inside


class Orders:
    """What each partner adds in orders of joining."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.added: list[np.ndarray] = []

    @property
    def orders(self) -> int:
        """How many there are."""
        return len(self.added)

    def add(self, order: np.ndarray, worth: list[float]) -> None:
        """Add an order with the worth of its coalitions."""
        gains = np.zeros(self.count)
        gains[order] = np.diff([0.0, *worth])
        self.added.append(gains)

    def sampled(self, known: Mapping[int, float]) -> Sampled:
        """Means and their standard errors; ``known`` is the worth of what was solved."""
        table = np.array(self.added)
        error = table.std(axis=0, ddof=1) / np.sqrt(len(table))
        return Sampled(table.mean(axis=0), error, len(table), dict(known))
