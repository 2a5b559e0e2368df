"""Pages that open from disk: one file, nothing from elsewhere; only a drawing has a script."""

from __future__ import annotations

from collections.abc import Mapping

from placebudget.arguments import instance
from placebudget.plan import Plan
from placebudget.plan.result import Result
from placebudget.study import Potential
from placebudget.view.plan_facts import drawn_facts, plan_facts
from placebudget.view.rendering import rendered
from placebudget.view.report_facts import report_facts
from placebudget.view.studies import study_facts


def report(potential: Potential) -> str:
    """The report on today and the plans beside it as a page.

    Parameters
    ----------
    potential : Potential
        The plans.

    Returns
    -------
    str
        A whole HTML document.

    Examples
    --------
    >>> import placebudget as pb
    >>> text = report(pb.potential(pb.example("toy_pooling")))
    >>> "Modelled potential" in text
    True
    """
    return rendered("report.html", report_facts(potential))


def plan_page(plan: Plan, beside: Mapping[str, Plan] | None = None) -> str:
    """One plan as a page, with its drawing and the report on its figures.

    Parameters
    ----------
    plan, beside
        As for :func:`~placebudget.plan.drawing.plan_drawing`.

    Returns
    -------
    str
        A whole HTML document.

    Examples
    --------
    >>> import placebudget as pb
    >>> "<h1>" in plan_page(pb.simulate(pb.example("toy_pooling")))
    True
    """
    return rendered("plan.html", {**plan_facts(plan), "drawn": drawn_facts(plan, beside)})


def study_page(found: Result) -> str:
    """The answer of a study as a page.

    Parameters
    ----------
    found : Result
        What any study gives.

    Returns
    -------
    str
        A whole HTML document.

    Examples
    --------
    >>> import placebudget as pb
    >>> "Ways to share the gain" in study_page(pb.sharing(pb.example("toy_pooling")))
    True
    """
    return rendered("study.html", study_facts(found))


def page_of(shown: object) -> str:
    """The page of a plan or of a study; of a potential, the report on its plans.

    Raises
    ------
    WrongArgument
        If it is neither a plan nor an answer.
    """
    if isinstance(shown, Plan):
        return plan_page(shown)
    if isinstance(shown, Potential):
        return report(shown)
    needed = "a plan (of pb.optimise or pb.simulate) or the answer of a study"
    return study_page(instance("shown", shown, Result, needed))
