"""Pages that open from disk: one file, no script, nothing from elsewhere."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from placebudget.place.replacing import replace_file
from placebudget.plan import Plan
from placebudget.study import Potential
from placebudget.view.plan_facts import plan_facts
from placebudget.view.report_facts import report_facts

if TYPE_CHECKING:
    from jinja2 import Environment


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


def write_html(shown: Plan | Potential, path: str | os.PathLike[str]) -> Path:
    """Write the page of a plan, or the report on four plans.

    Parameters
    ----------
    shown : Plan or Potential
        What to show.
    path : path or str
        The file, written beside its place and renamed.

    Returns
    -------
    Path
        Where it was written.

    Examples
    --------
    >>> import tempfile
    >>> import placebudget as pb
    >>> plan = pb.simulate(pb.example("toy_pooling"))
    >>> pb.write_html(plan, Path(tempfile.mkdtemp()) / "today.html").name
    'today.html'
    """
    content = (plan_page(shown) if isinstance(shown, Plan) else report(shown)).encode()
    goal = Path(path).resolve()
    goal.parent.mkdir(parents=True, exist_ok=True)

    def write(file: Path) -> None:
        file.write_bytes(content)

    replace_file(goal, write)
    return goal


def rendered(template: str, page: dict[str, Any]) -> str:
    """A template filled in; every text in it is escaped."""
    return _environment().get_template(template).render(page=page)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("placebudget.view"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
