"""The commissioning cycle as a board asks for it: which policies, how many runs, which seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from placebudget.apps.asked.entered import Entered
from placebudget.study import Cycle, Policy, cycle

if TYPE_CHECKING:
    from placebudget.apps.meeting import BoardAnswer
    from placebudget.apps.studies import Request

MOST_RUNS, MOST_SEED = 200, 999_999
POOLINGS: Mapping[str, str] = {
    "aligned": "Aligned: every agency with its own purse",
    "pooled": "Pooled: with the pools and ring-fences of these papers",
    "freed": "Freed: one pool without limits or ring-fences (a benchmark only)",
}
WAYS: Mapping[str, tuple[str, bool, bool]] = {
    "once": ("Planned once", False, False),
    "replanned": ("Planned again each year with what is known by then", True, False),
    "evaluated": ("Planned again each year, with evaluation bought to learn from", True, True),
}


@dataclass(frozen=True)
class Years:
    """What is lived through.

    Parameters
    ----------
    runs, seed : int
        How many runs, and what they are drawn from. Few, so that a board has an answer soon.
    poolings, ways : tuple of str
        Keys of ``POOLINGS`` and ``WAYS``; every way of every pooling is a policy.
    """

    runs: int = 12
    seed: int = 1
    poolings: tuple[str, ...] = ("aligned", "pooled")
    ways: tuple[str, ...] = tuple(WAYS)

    @property
    def policies(self) -> tuple[Policy, ...]:
        """The policies that are compared.

        Examples
        --------
        >>> [policy.name for policy in Years(poolings=("pooled",), ways=("once",)).policies]
        ['pooled, planned once']
        """
        return tuple(
            Policy(pooling, *WAYS[way][1:])
            for pooling in POOLINGS
            for way in WAYS
            if pooling in self.poolings and way in self.ways
        )

    @classmethod
    def of(cls, found: Cycle) -> Years:
        """What an answer was asked with."""
        asked = found.run["options"]
        has = {(policy.replan, policy.evaluate) for policy in found.policies}
        return cls(
            int(asked["runs"]),
            int(asked["seed"]),
            tuple(dict.fromkeys(policy.pooling for policy in found.policies)),
            tuple(key for key, (_, *how) in WAYS.items() if tuple(how) in has),
        )

    @classmethod
    def read(cls, given: Mapping[str, Any], answer: BoardAnswer, file: bytes | None) -> Years:
        """What a reader asks for.

        Raises
        ------
        InvalidChoice
            With what is wrong at each box.
        """
        entered = Entered(given)
        runs = entered.whole("runs", "Number of runs", 2, MOST_RUNS)
        seed = entered.whole("seed", "Seed", 0, MOST_SEED)
        poolings = tuple(key for key in POOLINGS if entered.on(f"pooling-{key}"))
        ways = tuple(key for key in WAYS if entered.on(f"way-{key}"))
        if not poolings:
            entered.wrong("pooling-aligned", "Who pools: tick at least one.")
        if not ways:
            entered.wrong("way-once", "How it is planned: tick at least one.")
        entered.done()
        return cls(runs, seed, poolings, ways)


def years(request: Request) -> Cycle:
    """Live through the years of a place."""
    asked = request.settings if isinstance(request.settings, Years) else Years()
    return cycle(
        request.place, policies=asked.policies, runs=asked.runs, seed=asked.seed,
        seconds=request.seconds, stop=request.stop, progress=request.stage,
    )  # fmt: skip
