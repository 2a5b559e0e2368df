"""The plans of an answer, one by one, in the order in which a board wants to see them."""

from __future__ import annotations

import threading
from collections.abc import Callable

from placebudget.apps.answer import ORDER, BoardAnswer
from placebudget.apps.stages import of_plan
from placebudget.faults import fault_words
from placebudget.plan import optimise, simulate

Report = Callable[[str, float], None]
"""Takes what is under way and how much of it is done, 0 to 1."""


def add_plan(
    answer: BoardAnswer,
    name: str,
    *,
    seconds: float,
    report: Report | None = None,
    stop: threading.Event | None = None,
) -> None:
    """Work out one plan of an answer in full and put it there.

    Parameters
    ----------
    answer : BoardAnswer
        What it belongs to.
    name : str
        One of ``ORDER``.
    seconds : float
        Most seconds it may take.
    report : callable, optional
        Called with what is under way.
    stop : threading.Event, optional
        Setting it ends the run.

    Raises
    ------
    PlaceBudgetError
        If there is no such plan, or the run was ended.
    """
    number = ORDER.index(name)

    def stage(what: str, done: int, stages: int) -> None:
        if report is not None:
            report(of_plan(name, what), (number + done / max(stages, 1)) / len(ORDER))

    stage("starting", 0, 1)
    if name == "today":
        answer.plans[name] = simulate(answer.place)
        return
    answer.plans[name] = optimise(
        answer.place,
        objective=answer.changes.objective,
        pooling=name,
        prices=name == ORDER[0],
        seconds=seconds,
        stop=stop,
        progress=stage,
    )


def add_others(
    answer: BoardAnswer,
    *,
    seconds: float,
    report: Report | None = None,
    stop: threading.Event | None = None,
    ready: Callable[[str], None] | None = None,
) -> bool:
    """Work out what an answer still lacks; why a plan does not exist is kept in words.

    Parameters
    ----------
    ready : callable, optional
        Called with the name of each plan when it is there, or known not to exist.

    Returns
    -------
    bool
        Whether everything was tried; not where the run was ended.
    """
    for name in ORDER:
        if name in answer.plans or name in answer.missing:
            continue
        if stop is not None and stop.is_set():
            return False
        try:
            add_plan(answer, name, seconds=seconds, report=report, stop=stop)
        except Exception as error:
            said = fault_words(error)
            if stop is not None and stop.is_set():
                return False
            answer.missing[name] = said
        if ready is not None:
            ready(name)
    return True
