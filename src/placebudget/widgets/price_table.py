"""What each rule of a plan costs."""

from __future__ import annotations

import ipywidgets

from placebudget.plan import Plan
from placebudget.view.panels import price_panel
from placebudget.widgets.panels import shown


def price_table(plan: Plan, *, most: int = 15) -> ipywidgets.HTML:
    """What each rule and limit of a plan costs, in sentences and as a table.

    Parameters
    ----------
    plan : Plan
        A plan with prices; one without says so.
    most : int
        How many rules are shown, the dearest first.

    Returns
    -------
    ipywidgets.HTML
        The same in JupyterLab, Notebook and Voila.

    Examples
    --------
    >>> import placebudget as pb
    >>> plan = pb.optimise(pb.example("toy_pooling"), pooling="siloed")
    >>> "What each rule costs" in pb.widgets.price_table(plan).value
    True
    """
    return shown(price_panel(plan, most))
