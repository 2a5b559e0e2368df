"""Who saves, and when."""

from __future__ import annotations

import ipywidgets

from placebudget.plan.reading import PlanLike, as_plan
from placebudget.view.panels import savings_panel
from placebudget.widgets.panels import shown


def savings_chart(plan: PlanLike) -> ipywidgets.HTML:
    """Fiscal savings of each agency by year, the cashable part apart: chart and table.

    Parameters
    ----------
    plan : Plan or path
        Any plan, or its ``*.plan.json``.

    Returns
    -------
    ipywidgets.HTML
        The chart is an inline picture without script. Where the extra ``report`` is
        not installed there is the table alone, which says the same.

    Examples
    --------
    >>> import placebudget as pb
    >>> plan = pb.optimise(pb.example("northvale"), prices=False)
    >>> "Savings by agency and year" in pb.widgets.savings_chart(plan).value
    True
    """
    return shown(savings_panel(as_plan(plan)))
