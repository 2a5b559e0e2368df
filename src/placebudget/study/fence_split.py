"""The gain of ending all ring-fences, split over them by the Shapley value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Event

import numpy as np

from placebudget.place import Place
from placebudget.plan import session
from placebudget.solver import Session
from placebudget.study.games import Game, shapley

MOST_EXACT = 6


@dataclass(frozen=True)
class Split:
    """Shares of a gain.

    Parameters
    ----------
    names : tuple of str
        Ring-fences.
    shares, errors : ndarray
        Share of each, and its standard error; 0 where it is exact.
    whole : float
        Gain of ending all.
    orders : int
        Orders drawn; 0 where it is exact.
    """

    names: tuple[str, ...]
    shares: np.ndarray
    errors: np.ndarray
    whole: float
    orders: int


def split_over_fences(
    place: Place,
    fences: Mapping[str, Sequence[str]],
    objective: str,
    *,
    reinvest: float = 0.0,
    most_exact: int = MOST_EXACT,
    orders: int = 30,
    seed: int = 0,
    stop: Event | None = None,
) -> Split:
    """Split what ending all ring-fences gains over the best pooled plan.

    Each ring-fence gets what ending it adds, on average over all orders in which they
    could be ended. An agency that is to be no worse off than in the aligned plan is
    compared throughout with the aligned plan of the place as it stands.

    Parameters
    ----------
    fences : mapping of str to sequence of str
        Streams of each ring-fence.
    most_exact : int
        Up to so many ring-fences every set of them is solved.
    orders, seed : int
        With more, orders drawn at random, each with its reverse, and their seed.

    Examples
    --------
    >>> import placebudget as pb
    >>> from placebudget.study.barriers import ring_fences_of
    >>> place = pb.example("toy_pooling")
    >>> split = split_over_fences(place, ring_fences_of(place), "public value")
    >>> round(float(split.shares.sum() - split.whole), 6)
    0.0
    """
    names = tuple(fences)
    value = _Value(
        session(place, objective=objective, reinvest=reinvest, stop=stop),
        [fences[name] for name in names],
    )
    whole = value(2 ** len(names) - 1)
    if len(names) <= most_exact:
        worth = np.zeros(2 ** len(names))
        for n in range(len(worth)):
            ended = n ^ n >> 1  # one ring-fence away from the one before
            worth[ended] = value(ended)
        shares = shapley(Game(names, worth)) if names else np.zeros(0)
        return Split(names, shares, np.zeros(len(names)), whole, 0)
    shares, errors = sampled_shares(value, len(names), max(orders, 2), seed)
    return Split(names, shares, errors, whole, max(orders, 2))


class _Value:
    """Gain of ending some ring-fences, each set solved once."""

    def __init__(self, live: Session, streams: Sequence[Sequence[str]]) -> None:
        self.live, self.streams = live, streams
        self.ended = 0
        self.kept = live.value()
        self.known = {0: 0.0}

    def __call__(self, ended: int) -> float:
        if ended not in self.known:
            for n, streams in enumerate(self.streams):
                if (ended ^ self.ended) >> n & 1:
                    turn = self.live.end_ring_fence if ended >> n & 1 else self.live.keep_ring_fence
                    for stream in streams:
                        turn(stream)
            self.ended = ended
            self.known[ended] = self.live.value() - self.kept
        return self.known[ended]


def sampled_shares(
    value: Callable[[int], float], count: int, orders: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Shares from orders drawn at random, each followed by its reverse.

    Parameters
    ----------
    value : callable
        Gain of ending some ring-fences, given as a sum of 2**n.
    count, orders, seed : int
        How many ring-fences there are, how many orders are drawn, and their seed.

    Returns
    -------
    shares, errors : ndarray
        Shares, which add up to the gain of ending all, and their standard errors.
    """
    draw, added = np.random.default_rng(seed), []
    for _ in range(-(-orders // 2)):
        order = draw.permutation(count)
        pair = []
        for way in (order, order[::-1]):
            gains, ended, before = np.zeros(count), 0, 0.0
            for n in way:
                ended |= 1 << int(n)
                after = value(ended)
                gains[n], before = after - before, after
            pair.append(gains)
        added.append(np.mean(pair, axis=0))
    table = np.array(added)
    error = table.std(axis=0, ddof=1) / np.sqrt(len(table)) if len(table) > 1 else table[0] * np.nan
    return table.mean(axis=0), error
