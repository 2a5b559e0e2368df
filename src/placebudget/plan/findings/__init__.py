"""What a plan must admit: every doubtful side of it, with figures, worst first."""

from __future__ import annotations

from placebudget.arguments import Arguments
from placebudget.errors import CannotAnswer
from placebudget.place.io.reading import PlaceLike, as_place
from placebudget.plan.findings.answer import PlanFindings
from placebudget.plan.findings.facts import Facts
from placebudget.plan.findings.finders import FINDERS
from placebudget.plan.findings.finding import TODAY, PlanFinding
from placebudget.plan.record.inputs import at_hand
from placebudget.plan.record.reading import PlanLike, as_plan
from placebudget.plan.simulate import today_of

__all__ = ["PlanFinding", "PlanFindings", "findings"]


def findings(
    plan: PlanLike,
    today: PlanLike | None = None,
    *,
    before: PlanLike | None = None,
    place: PlaceLike | None = None,
) -> PlanFindings:
    """What a plan must admit, beside today and beside the plan before it.

    Parameters
    ----------
    plan : Plan or path
        The plan, or its ``*.plan.json``.
    today : Plan or path, optional
        Today's money carried on; default: that of the place as it was planned, option applied.
    before : Plan or path, optional
        The plan that this one is a step on from; without it nothing is said of the step.
    place : Place, path or str, optional
        The place, or what :func:`placebudget.read` reads, where the plan was read from a file.

    Returns
    -------
    PlanFindings
        Worst first: need not met, what gets worse, what loses unseen, what a rule ends,
        large changes, and what the value rests on.

    Raises
    ------
    CannotAnswer
        If the place is not at hand, or is not the one the plan, or today, was made for.

    Examples
    --------
    >>> import placebudget as pb
    >>> plan = pb.optimise(pb.example("toy_pooling"), pooling="freed", prices=False)
    >>> sorted(plan.findings().codes)
    ['large-change', 'need-not-served', 'rests-on-illustrative', 'social-value-only']
    """
    with Arguments() as asked:
        plan = asked.read(as_plan, plan)
        given = None if place is None else asked.read(as_place, place)
        now = None if today is None else asked.read(as_plan, today)
        start = None if before is None else asked.read(as_plan, before)
    found = at_hand(plan, given, "what a plan must admit is found beside today, which")
    if now is None:
        now = plan if plan.name == TODAY else today_of(found)
    elif now.place["digest"] != found.digest:
        raise CannotAnswer(
            "the plan of today is of other figures than the plan: leave it out, or simulate the "
            "place that was planned"
        )
    facts = Facts(plan, now, found, start)
    return PlanFindings(
        plan,
        found,
        tuple(
            each for finder in FINDERS for each in sorted(finder(facts), key=lambda one: -one.size)
        ),
    )
