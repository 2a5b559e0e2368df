"""A first answer within a second or so: the best pooled plan from a live session, checked.

A live session makes the best plan there is, and what it reaches is checked against
every rule and sum like any other plan. What it leaves out is the choice between plans
of the same value, the prices, and the plans to compare with; those follow in full.
"""

from __future__ import annotations

import threading

from placebudget.apps.answer import ORDER, BoardAnswer
from placebudget.errors import CannotAnswer, Infeasible, SolverFailed, Stopped
from placebudget.place import Place
from placebudget.plan import Plan, session, simulate
from placebudget.plan.live import quick_plan
from placebudget.work import PUBLIC_VALUE, Changes


def quick_pooled(
    place: Place,
    seconds: float,
    stop: threading.Event | None = None,
    *,
    objective: str = PUBLIC_VALUE,
) -> Plan | None:
    """The best pooled plan of a place, from a live session.

    Parameters
    ----------
    place : Place
        The place.
    seconds : float
        Most seconds it may take.
    stop : threading.Event, optional
        Setting it ends the run.
    objective : str
        What is made the most of.

    Returns
    -------
    Plan or None
        A checked plan of status ``"quick"``; None where only a full solve can tell: the
        rules clash, the session cannot take the place, its time is over or it was ended.

    Examples
    --------
    >>> import placebudget as pb
    >>> found = quick_pooled(pb.example("toy_pooling"), 60.0)
    >>> found.status, round(found.public_value() / 1e6)
    ('quick', 300)
    """
    try:
        live = session(place, objective=objective, seconds=seconds, stop=stop)
        return quick_plan(live, live.values(), place)
    except (CannotAnswer, Infeasible, SolverFailed, Stopped):
        return None


def first_answer(
    changes: Changes, place: Place, seconds: float, stop: threading.Event | None = None
) -> BoardAnswer | None:
    """The best pooled plan, quickly, beside today's; None where there is none so quickly."""
    plan = quick_pooled(place, seconds, stop, objective=changes.objective)
    if plan is None or (stop is not None and stop.is_set()):
        return None
    return BoardAnswer(changes, place, {ORDER[0]: plan, "today": simulate(place)})
