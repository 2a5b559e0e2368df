"""The plans of an answer, one by one, in the order in which a board wants to see them."""

from __future__ import annotations

from collections.abc import Callable

from placebudget.apps.answer import ORDER, BoardAnswer
from placebudget.apps.stages import of_plan
from placebudget.faults import fault_words
from placebudget.work.jobs import Client

Report = Callable[[str, float], None]
"""Takes what is under way and how much of it is done, 0 to 1."""


def take_known(answer: BoardAnswer, client: Client) -> None:
    """Put the plans there that somebody had worked out for the same before."""
    for name in ORDER:
        plan = client.known(answer.job(name))
        if plan is None:
            return
        answer.plans[name] = plan


def add_plan(answer: BoardAnswer, name: str, client: Client, report: Report | None = None) -> None:
    """Have one plan of an answer worked out in full and put it there.

    Parameters
    ----------
    answer : BoardAnswer
        What it belongs to.
    name : str
        One of ``ORDER``.
    client : Client
        Who asks for it.
    report : callable, optional
        Called with what is under way.

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
    answer.plans[name] = client.ask(answer.job(name), stage)


def add_others(
    answer: BoardAnswer,
    client: Client,
    report: Report | None = None,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Work out what an answer still lacks; why a plan does not exist is kept in words.

    Parameters
    ----------
    ready : callable, optional
        Called with the name of each plan when it is there, or known not to exist.
    """
    for name in ORDER:
        if name in answer.plans or name in answer.missing:
            continue
        if client.stop.is_set():
            return
        try:
            add_plan(answer, name, client, report)
        except Exception as error:
            said = fault_words(error)
            if client.stop.is_set():
                return
            answer.missing[name] = said
        if ready is not None:
            ready(name)
