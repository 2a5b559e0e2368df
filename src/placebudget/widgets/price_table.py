"""What each rule of a plan costs."""

from __future__ import annotations

import ipywidgets

from placebudget.arguments import Arguments, whole
from placebudget.plan.reading import PlanLike, as_plan
from placebudget.view.panels import price_panel
from placebudget.widgets.panels import shown


def price_table(plan: PlanLike, *, most: int = 15) -> ipywidgets.HTML:
    """What each rule and limit of a plan costs, in sentences and as a table.

    Parameters
    ----------
    plan : Plan or path
        A plan with prices, or its ``*.plan.json``; one without says so.
    most : int
        How many rules are shown, the dearest first.

    Returns
    -------
    ipywidgets.HTML
        The same in JupyterLab, Notebook and Voila.

    Raises
    ------
    UnreadablePlan
        If it is no plan, or its file cannot be read.
    WrongArgument
        If the number of rules is none.

    Examples
    --------
    >>> import placebudget as pb
    >>> plan = pb.optimise(pb.example("toy_pooling"), pooling="aligned")
    >>> "What each rule costs" in pb.widgets.price_table(plan).value
    True
    """
    with Arguments() as asked:
        priced = asked.read(as_plan, plan)
        most = asked.read(whole, "most", most, least=1)
    return shown(price_panel(priced, most))
