"""Pages that open from disk: one file, no script, nothing from elsewhere."""

from __future__ import annotations

import os
from pathlib import Path

from placebudget.arguments import Arguments, instance
from placebudget.paths import file_to_write
from placebudget.plan import Plan
from placebudget.study import Potential
from placebudget.study.result import Result
from placebudget.view.plan_facts import plan_facts
from placebudget.view.rendering import rendered
from placebudget.view.report_facts import report_facts
from placebudget.view.studies import study_facts
from placebudget.writing import replace_with


def report(potential: Potential) -> str:
    """The report on today and the three best plans as a page.

    Parameters
    ----------
    potential : Potential
        The four plans.

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


def plan_page(plan: Plan) -> str:
    """One plan as a page.

    Parameters
    ----------
    plan : Plan
        Any plan.

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
    return rendered("plan.html", plan_facts(plan))


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


def write_html(shown: Plan | Result, path: str | os.PathLike[str]) -> Path:
    """Write the page of a plan or of a study; of a potential, the report on its plans.

    Parameters
    ----------
    shown : Plan or Result
        What to show: a plan, or what any study gives.
    path : path or str
        The file, written beside its place and renamed.

    Returns
    -------
    Path
        Where it was written.

    Raises
    ------
    WrongArgument
        If it is neither a plan nor an answer, or the path does not end in ``.html``.

    Examples
    --------
    >>> import tempfile
    >>> import placebudget as pb
    >>> plan = pb.simulate(pb.example("toy_pooling"))
    >>> pb.write_html(plan, Path(tempfile.mkdtemp()) / "today.html").name
    'today.html'
    """
    with Arguments() as asked:
        shown = asked.read(_shown, shown)
        goal = asked.read(file_to_write, path, ".html", ".htm")
    replace_with(goal, _page(shown).encode())
    return goal


def _shown(given: Plan | Result) -> Plan | Result:
    if isinstance(given, Plan):
        return given
    needed = "a plan (of pb.optimise or pb.simulate) or the answer of a study"
    return instance("shown", given, Result, needed)


def _page(shown: Plan | Result) -> str:
    if isinstance(shown, Plan):
        return plan_page(shown)
    return report(shown) if isinstance(shown, Potential) else study_page(shown)
