"""Who saves, and when."""

from __future__ import annotations

import ipywidgets

from placebudget.plan import Plan
from placebudget.view.panels import savings_panel
from placebudget.widgets.panels import shown


def savings_chart(plan: Plan) -> ipywidgets.HTML:
    """Fiscal savings of each agency by year, the cashable part apart: chart and table.

    Parameters
    ----------
    plan : Plan
        Any plan.

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
    return shown(savings_panel(plan))
