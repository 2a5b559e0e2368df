"""What a run is given and what it reports: limits, status, values."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from enum import Enum

import numpy as np

from placebudget.arguments import Arguments, able, instance, number, optional, share
from placebudget.progress import Report


class Status(Enum):
    """How a run ended; never guessed from values."""

    OPTIMAL = "optimal"
    GAP = "within the gap asked for"
    TIME_LIMIT = "time limit"
    STOPPED = "stopped"
    INFEASIBLE = "infeasible"
    UNBOUNDED = "unbounded"
    FAILED = "failed"


@dataclass(frozen=True)
class RunLimits:
    """How long a run may take and how it is watched.

    Parameters
    ----------
    seconds : float, optional
        Time for the whole sequence of stages.
    gap : float
        Relative gap at which a programme with lots may stop.
    stop : threading.Event, optional
        Setting it from another thread ends the run.
    progress : callable, optional
        Called with the name of a stage, its number and how many there are.
    """

    seconds: float | None = None
    gap: float = 0.0
    stop: threading.Event | None = None
    progress: Report | None = None

    @classmethod
    def given(
        cls,
        seconds: float | None = None,
        gap: float = 0.0,
        stop: threading.Event | None = None,
        progress: Report | None = None,
    ) -> RunLimits:
        """Limits as a user gives them.

        Raises
        ------
        WrongArgument
            If the time or the gap is no number that can be kept to, or a run cannot be
            stopped or watched by what was given.

        Examples
        --------
        >>> RunLimits.given(seconds=-1)
        Traceback (most recent call last):
        ...
        placebudget.errors.WrongArgument: seconds is a number of 0 or more, or None, not -1
        """
        with Arguments() as asked:
            seconds = asked.read(optional, number, "seconds", seconds, least=0)
            gap = asked.read(share, "gap", gap, all_of_it=False)
            stop = asked.read(able, "stop", stop, "is_set", "an event such as threading.Event()")
            progress = asked.read(
                able, "progress", progress, "__call__",
                "a function of what is under way, its number and how many there are",
            )  # fmt: skip
        return cls(seconds, gap, stop, progress)

    @property
    def stopped(self) -> bool:
        """Whether someone asked to stop."""
        return self.stop is not None and self.stop.is_set()


def read_limits(given: RunLimits | None) -> RunLimits:
    """Limits as they were given, or none.

    Raises
    ------
    WrongArgument
        If it is something else.
    """
    if given is None:
        return RunLimits()
    return instance(
        "limits", given, RunLimits, "limits such as RunLimits.given(seconds=60), or None"
    )


@dataclass(frozen=True)
class SolverResult:
    """What one run of a solver gave.

    ``values`` and all that follows is None unless the solver says it has a
    solution: an infeasible run leaves plausible values everywhere.

    Parameters
    ----------
    status : Status
        How the run ended.
    values : ndarray or None
        Value of every variable.
    duals : ndarray or None
        Change of the least cost for one unit more on the right of each
        constraint; None where the programme has integers.
    gap : float
        Relative gap that is left; 0 when proved.
    """

    status: Status
    values: np.ndarray | None = None
    duals: np.ndarray | None = None
    gap: float = 0.0
    detail: str = ""
    extra: dict[str, float] = field(default_factory=dict)

    @property
    def has_solution(self) -> bool:
        """Whether there is anything to read."""
        return self.values is not None
