"""A first answer within a second or so: the best pooled plan from a live session, checked.

A live session makes the best plan there is, and what it reaches is checked against
every rule and sum like any other plan. What it leaves out is the choice between plans
of the same value, the prices, and the plans to compare with; those follow in full.
"""

from __future__ import annotations

from placebudget.apps.answer import ORDER, BoardAnswer
from placebudget.errors import CannotAnswer, Infeasible, SolverFailed, Stopped
from placebudget.plan import Plan
from placebudget.work.jobs import QUICK, TODAY, Client


def quick_pooled(answer: BoardAnswer, client: Client) -> Plan | None:
    """The best pooled plan of an answer, from a live session.

    Parameters
    ----------
    answer : BoardAnswer
        What it is for.
    client : Client
        Who asks for it.

    Returns
    -------
    Plan or None
        A checked plan of status ``"quick"``; None where only a full solve can tell: the
        rules clash, the session cannot take the place, its time is over or it was ended.

    Examples
    --------
    >>> import placebudget as pb
    >>> from placebudget.work import Changes
    >>> from placebudget.work.jobs import Here
    >>> found = quick_pooled(BoardAnswer(Changes(), pb.example("toy_pooling")), Client(Here()))
    >>> found.status, round(found.public_value() / 1e6)
    ('quick', 300)
    """
    try:
        plan: Plan = client.ask(answer.job(QUICK))
    except (CannotAnswer, Infeasible, SolverFailed, Stopped):
        return None
    return plan


def first_answer(answer: BoardAnswer, client: Client) -> BoardAnswer | None:
    """The best pooled plan, quickly, beside today's; None where there is none so quickly."""
    plan = quick_pooled(answer, client)
    if plan is None or client.stop.is_set():
        return None
    plans = {ORDER[0]: plan, TODAY: client.ask(answer.job(TODAY))}
    return BoardAnswer(answer.changes, answer.place, plans)
