"""Contenders timed in turn, so that what else the machine does meets them all."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping
from statistics import median

ROUNDS = 5

Times = dict[str, list[float]]


def in_turn(contenders: Mapping[str, Callable[[], float]], rounds: int = ROUNDS) -> Times:
    """Seconds each contender took in each round; all must give the same value.

    The contender that goes first changes from round to round.
    """
    times: Times = {name: [] for name in contenders}
    names = list(contenders)
    values: dict[str, float] = {}
    for n in range(rounds):
        for name in names[n % len(names) :] + names[: n % len(names)]:
            gc.collect()
            start = time.perf_counter()
            values[name] = contenders[name]()
            times[name].append(time.perf_counter() - start)
    agree(values)
    return times


def agree(values: Mapping[str, float]) -> None:
    """Stop where two contenders did not solve the same problem."""
    low, high = min(values.values()), max(values.values())
    if high - low > 1e-6 * max(1.0, abs(high)):
        raise SystemExit(f"the contenders found different values: {values}")


def against(times: Times, first: str, second: str) -> float:
    """How many times as long the first took as the second: the median over the rounds."""
    return median(a / b for a, b in zip(times[first], times[second], strict=True))


def medians(times: Times) -> dict[str, float]:
    """Median seconds of each contender."""
    return {name: median(seconds) for name, seconds in times.items()}
