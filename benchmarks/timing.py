"""Contenders timed in turn, so that what else the machine does meets them all."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median

ROUNDS = 5

Times = dict[str, list[float]]


@dataclass
class Timed:
    """Seconds by contender and round: on the clock, and of this process's processors.

    On a machine that has other work, the second says more.
    """

    clock: Times = field(default_factory=dict)
    processor: Times = field(default_factory=dict)

    def medians(self) -> dict[str, tuple[float, float]]:
        """Median seconds of each contender."""
        return {
            name: (median(self.clock[name]), median(self.processor[name])) for name in self.clock
        }

    def against(self, first: str, second: str) -> tuple[float, float]:
        """How many times as long the first took as the second: medians over the rounds."""
        return _ratio(self.clock, first, second), _ratio(self.processor, first, second)


def _ratio(times: Times, first: str, second: str) -> float:
    return median(a / b for a, b in zip(times[first], times[second], strict=True))


def in_turn(contenders: Mapping[str, Callable[[], float]], rounds: int = ROUNDS) -> Timed:
    """Seconds each contender took in each round; all must give the same value.

    The contender that goes first changes from round to round.
    """
    times = Timed({name: [] for name in contenders}, {name: [] for name in contenders})
    names = list(contenders)
    values: dict[str, float] = {}
    for n in range(rounds):
        for name in names[n % len(names) :] + names[: n % len(names)]:
            gc.collect()
            clock, processor = time.perf_counter(), time.process_time()
            values[name] = contenders[name]()
            times.processor[name].append(time.process_time() - processor)
            times.clock[name].append(time.perf_counter() - clock)
    agree(values)
    return times


def agree(values: Mapping[str, float]) -> None:
    """Stop where two contenders did not solve the same problem."""
    low, high = min(values.values()), max(values.values())
    if high - low > 1e-6 * max(1.0, abs(high)):
        raise SystemExit(f"the contenders found different values: {values}")
