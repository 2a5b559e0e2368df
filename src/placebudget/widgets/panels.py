"""Panels: plans side by side, what rules cost, who saves and when, what a study says."""

from __future__ import annotations

from collections.abc import Sequence

import ipywidgets

from placebudget.arguments import Arguments, whole
from placebudget.place.io.reading import PlaceLike
from placebudget.plan import compare
from placebudget.plan.record.reading import PlanLike, as_plan
from placebudget.plan.result import Result
from placebudget.view.panels import Panel, change_panel, price_panel, savings_panel
from placebudget.view.studies import study_panel


def study_view(found: Result) -> ipywidgets.HTML:
    """What a study says, as a part of a page.

    Parameters
    ----------
    found : study
        What ``pb.sharing``, ``pb.accounts``, ``pb.fairness``, ``pb.cycle`` and the
        other studies give.

    Returns
    -------
    ipywidgets.HTML
        Sentences, a chart with its finding (where the extra ``report`` is
        installed) and tables; the same in JupyterLab, Notebook and Voila.

    Examples
    --------
    >>> import placebudget as pb
    >>> view = pb.widgets.study_view(pb.sharing(pb.example("toy_pooling")))
    >>> "would have no incentive to take part" in view.value
    True
    """
    return shown(study_panel(found))


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


def compare_view(
    *plans: PlanLike,
    places: PlaceLike | Sequence[PlaceLike | None] | None = None,
    names: Sequence[str] = (),
) -> ipywidgets.HTML:
    """What went into plans, what came out, and how they differ from the first.

    Parameters
    ----------
    plans : Plan or path
        Two or more, or their ``*.plan.json``.
    places, names : optional
        As for :func:`placebudget.compare`.

    Returns
    -------
    ipywidgets.HTML
        Sentences and tables.

    Raises
    ------
    WrongArgument
        If there is only one plan.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("toy_pooling")
    >>> view = pb.widgets.compare_view(pb.simulate(place), pb.optimise(place, prices=False))
    >>> "Public value" in view.value
    True
    """
    return shown(change_panel(compare(*plans, places=places, names=names)))


def shown(panel: Panel) -> ipywidgets.HTML:
    """A panel as a widget; every text in it is escaped."""
    return ipywidgets.HTML(panel.html(), layout=ipywidgets.Layout(width="auto", max_width="100%"))


def show_in(widget: ipywidgets.HTML, panel: Panel) -> None:
    """Another panel in a widget that is shown already."""
    widget.value = panel.html()
