"""What is worked out behind a page, and who does it: one protocol for desks and boards.

A job is a place with what is changed of it, and what is asked. Whoever takes it tells how
far it is, gives an answer that was checked, and ends it when it is told to stop. That may be
this process (:class:`Here`), or another one (:mod:`placebudget.work.elsewhere`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Event
from typing import Any, Protocol

from placebudget.errors import Stopped
from placebudget.place import Place
from placebudget.plan import Plan, optimise, simulate
from placebudget.programme import POOLED
from placebudget.progress import Report, silent
from placebudget.view.studies import STUDIES
from placebudget.view.studies.entry import Subject
from placebudget.work.changes import Changes
from placebudget.work.solving import Solving, pools_apart, there_is_a_plan

QUICK = "quick"
"""Asks for the best pooled plan from a session that is kept at hand, checked."""
READY = "ready"
"""Asks that the session be made ready for the next quick plan; there is no answer."""
ADDS_UP = "adds up"
"""Asks whether there is a pooled plan at all."""
TODAY = "today"

# While somebody goes on moving, the next picture comes before the last one's check.
_CALM = 0.2

Drawing = Mapping[str, Any]


def _nowhere(drawing: Drawing) -> None:
    """Nobody looks."""


@dataclass(frozen=True)
class Job:
    """What is asked.

    Parameters
    ----------
    what : str
        A plan: ``quick``, ``today``, ``siloed``, ``aligned``, ``pooled`` or ``freed``; the name
        of a study; ``adds up``; or ``ready``.
    place : Place
        The place.
    changes : Changes
        What is changed of it in a quick or pooled plan. What is made the most of stands here.
    plan : Plan, optional
        The plan that a study looks at.
    values : mapping
        What a study is asked with, by argument.
    prices, draws : bool
        Whether the plan has prices, and whether it is wanted :class:`Drawn`.
    seconds : float, optional
        Most seconds a plan may take.
    """

    what: str
    place: Place
    changes: Changes = field(default_factory=Changes)
    plan: Plan | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    prices: bool = False
    draws: bool = False
    seconds: float | None = None

    @property
    def planned(self) -> Place:
        """The place that a plan of it is of: with the changes, but for closed pools."""
        return pools_apart(self.place, self.changes)


@dataclass(frozen=True)
class Drawn:
    """A plan with its drawing beside today's."""

    plan: Plan
    drawing: Drawing


@dataclass(frozen=True)
class Watch:
    """Who waits for a job.

    Parameters
    ----------
    stop : Event
        Set when nobody wants the answer any more.
    progress : callable
        Takes what is under way, the number of the stage, and how many there are.
    draw : callable
        Takes a drawing of what was reached, before it is checked.
    """

    stop: Event = field(default_factory=Event)
    progress: Report = silent
    draw: Callable[[Drawing], None] = _nowhere


class Engine(Protocol):
    """Whoever works jobs out."""

    def work_out(self, job: Job, watch: Watch) -> Any:
        """The checked answer: a plan, a plan :class:`Drawn`, or the result of a study.

        Raises
        ------
        Stopped
            If it was told to stop.
        PlaceBudgetError
            If there is no answer, in words.
        """

    def known(self, job: Job) -> Any:
        """The answer, where it was worked out for somebody before; else None."""

    def halt(self) -> None:
        """Leave nothing behind; what is asked next begins anew."""


class Here:
    """Works jobs out in this process.

    Examples
    --------
    >>> import placebudget as pb
    >>> engine = Here()
    >>> plan = engine.work_out(Job(QUICK, pb.example("toy_pooling")), Watch())
    >>> plan.status, round(plan.public_value() / 1e6)
    ('quick', 300)
    """

    def __init__(self) -> None:
        self._solving: Solving | None = None

    def work_out(self, job: Job, watch: Watch) -> Any:
        """The checked answer; see :class:`Engine`."""
        limits: dict[str, Any] = {"seconds": job.seconds, "stop": watch.stop}
        run = limits | {"progress": watch.progress}
        if job.what in STUDIES:
            return STUDIES[job.what].answer(Subject(job.place, job.plan, run), job.values)
        if job.what == TODAY:
            return simulate(job.place)
        if job.what == ADDS_UP:
            return there_is_a_plan(job.place, job.changes, **limits)
        if job.what not in (QUICK, READY, POOLED):
            goal, mode = job.changes.objective, job.what
            return optimise(job.place, objective=goal, pooling=mode, prices=job.prices, **run)
        if self._solving is None or self._solving.place is not job.place:
            self._solving = Solving(job.place)
        solving = self._solving
        if job.what == POOLED:
            plan = solving.full(job.changes, prices=job.prices, **run)
            return Drawn(plan, solving.drawing(plan)) if job.draws else plan
        values = solving.values(job.changes, watch.stop, job.seconds)
        if job.what == READY:
            solving.keep_decisions(values)
            solving.prepare_drawing()
            return None
        if job.draws:
            drawing = solving.drawn(values)
            if drawing is not None:
                watch.draw(drawing)
                if watch.stop.wait(_CALM):
                    raise Stopped("the run was stopped before what it reached was checked.")
        plan = solving.plan(job.changes, values)
        solving.keep_decisions(values)
        return Drawn(plan, solving.drawing(plan)) if job.draws else plan

    def known(self, job: Job) -> Any:
        """Nothing is kept here."""
        return None

    def halt(self) -> None:
        """Let go of what was kept at hand."""
        self._solving = None
