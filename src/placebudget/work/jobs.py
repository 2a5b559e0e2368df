"""What is worked out behind a page, and who does it: one protocol for desks and boards.

A job is a place with what is changed of it, and what is asked. Whoever takes it tells how
far it is, gives an answer that was checked, and ends it when it is told to stop. That may be
this process (:class:`Here`), or another one (:mod:`placebudget.work.elsewhere`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from threading import Event
from typing import Any, NamedTuple, Protocol

from placebudget.errors import Stopped
from placebudget.place import Place
from placebudget.plan import Plan
from placebudget.plan.simulate import today_of
from placebudget.progress import Report, halted_at_exit, silent
from placebudget.view.studies import STUDIES
from placebudget.view.studies.entry import Subject
from placebudget.work.changes import Changes
from placebudget.work.solving import Solving, planned_place, there_is_a_plan

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
        What is changed of it; what a plan makes the most of stands here, too.
    plan : Plan, optional
        The plan that a study looks at.
    values : mapping
        What a study is asked with, by argument.
    prices, draws : bool
        Whether the plan has prices, and whether it is wanted :class:`Drawn`.
    seconds : float, optional
        Most seconds a plan may take.
    whose : str
        A mark of who asks, where the answer is nobody else's.
    """

    what: str
    place: Place
    changes: Changes = field(default_factory=Changes)
    plan: Plan | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    prices: bool = False
    draws: bool = False
    seconds: float | None = None
    whose: str = ""

    @property
    def planned(self) -> Place:
        """The place that a plan of it is of."""
        return planned_place(self.place, self.changes)


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


@dataclass(frozen=True)
class Client:
    """Somebody who asks an engine, until they stop.

    Parameters
    ----------
    engine : Engine
        Who is asked.
    seconds : float, optional
        Most seconds a plan may take.
    whose : str
        As for a :class:`Job`.
    stop : Event
        Set when no answer is wanted any more.
    """

    engine: Engine
    seconds: float | None = None
    whose: str = ""
    stop: Event = field(default_factory=Event)

    def ask(self, job: Job, progress: Report = silent) -> Any:
        """The checked answer, or an error in words; see :class:`Engine`."""
        return self.engine.work_out(self._signed(job), Watch(self.stop, progress))

    def known(self, job: Job) -> Any:
        """The answer, where somebody had it worked out before; else None."""
        return self.engine.known(self._signed(job))

    def _signed(self, job: Job) -> Job:
        return replace(job, seconds=self.seconds, whose=self.whose)


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
            return today_of(job.place)
        if job.what == ADDS_UP:
            return there_is_a_plan(job.place, job.changes, **limits)
        if self._solving is None or self._solving.place is not job.place:
            self._solving = Solving(job.place)
        solving = self._solving
        if job.what not in (QUICK, READY):
            plan = solving.full(job.changes, job.what, prices=job.prices, **run)
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


# Work behind a page: in a thread of its own, one piece at a time, and it can be ended.

Work = Callable[[threading.Event], None]


def _nothing() -> None:
    """Nobody wants to be told."""


class _Waits(NamedTuple):
    """Work that waits, and who is told where it is dropped."""

    work: Work
    stop: threading.Event
    dropped: Callable[[], None] = _nothing


def _tell(dropped: list[_Waits]) -> None:
    for each in dropped:
        each.dropped()


class Worker:
    """Does one piece of work at a time.

    The thread lives only while there is something to do, so that nothing is left
    behind when a page is closed.

    Parameters
    ----------
    failed : callable
        Told the error by which a piece of work ended.
    begun, ended : callable, optional
        Called when a piece of work begins, and when it has ended, however it did.

    Examples
    --------
    >>> done = []
    >>> worker = Worker(print, ended=lambda: done.append("ended"))
    >>> worker.submit(lambda stop: done.append("first"))
    >>> worker.follow(lambda stop: done.append("second"))
    >>> worker.wait(10)
    True
    >>> done
    ['first', 'ended', 'second', 'ended']
    """

    def __init__(
        self,
        failed: Callable[[BaseException], None],
        begun: Callable[[], None] = _nothing,
        ended: Callable[[], None] = _nothing,
    ) -> None:
        self._failed, self._begun, self._ended = failed, begun, ended
        self._lock = threading.Lock()
        self._idle = threading.Event()
        self._idle.set()
        self._waiting: list[_Waits] = []
        self._running: threading.Event | None = None  # the stop of what was begun
        self._thread: threading.Thread | None = None
        halted_at_exit(self)

    def submit(self, work: Work, given_up: Callable[[], None] = _nothing) -> None:
        """Do this next, in place of all that waits; what runs is told to stop.

        Parameters
        ----------
        work : callable
            Takes an event, which is set when it is to stop.
        given_up : callable
            Called where this gives way before it was begun.
        """
        with self._lock:
            if self._running is not None:
                self._running.set()
            dropped, self._waiting = self._waiting, [_Waits(work, threading.Event(), given_up)]
            self._go_on()
        _tell(dropped)

    def follow(self, work: Work, dropped: Callable[[], None] = _nothing) -> None:
        """Do this when all is done that there is; whoever stops that stops this too.

        Parameters
        ----------
        work : callable
            Takes an event, which is set when it is to stop.
        dropped : callable
            Called where this gives way or is stopped before it was begun.
        """
        with self._lock:
            stop = self._waiting[-1].stop if self._waiting else self._running
            if stop is None or stop.is_set():  # that was ended before this was asked for
                stop = threading.Event()
            self._waiting.append(_Waits(work, stop, dropped))
            self._go_on()

    def stop(self) -> bool:
        """Stop what runs and drop what waits; what was not begun yet begins and hears it.

        Returns
        -------
        bool
            Whether there was anything to stop.
        """
        with self._lock:
            kept = 1 if self._running is None else 0
            first, dropped = self._waiting[:kept], self._waiting[kept:]
            stop, self._waiting = first[0].stop if first else self._running, first
            if stop is not None:
                stop.set()
        _tell(dropped)
        return stop is not None

    def halt(self) -> None:
        """Stop what runs, and wait until its thread has ended."""
        self.stop()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    @property
    def superseded(self) -> bool:
        """Whether what runs gave way to newer work, so that it need not be shown."""
        with self._lock:
            return bool(self._waiting) and self._running is not None and self._running.is_set()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until nothing runs; False where that took too long."""
        return self._idle.wait(seconds)

    def _go_on(self) -> None:
        if self._idle.is_set():
            self._idle.clear()
            self._thread = threading.Thread(target=self._work, daemon=True, name="placebudget")
            self._thread.start()

    def _work(self) -> None:
        try:
            self._go_through()
        except BaseException:
            # Who was to hear of it failed too: what is asked for next begins anew.
            with self._lock:
                self._running, self._waiting = None, []
                self._idle.set()
            raise

    def _go_through(self) -> None:
        while True:
            with self._lock:
                self._running = None
                if not self._waiting:
                    self._idle.set()
                    return
                work, stop, _ = self._waiting.pop(0)
                self._running = stop
            try:
                self._begun()
                work(stop)
            except BaseException as error:  # nobody else would hear of it, and a page would wait
                self._failed(error)
            finally:
                self._ended()
