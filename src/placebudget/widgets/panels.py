"""Panels: plans side by side, what rules cost, who saves, what a study says; a plan drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import ipywidgets
import traitlets

from placebudget.arguments import Arguments, whole
from placebudget.place.io.reading import PlaceLike
from placebudget.plan import Plan, compare
from placebudget.plan.drawing import plan_drawing, planview
from placebudget.plan.record.reading import PlanLike, as_plan
from placebudget.plan.result import Result
from placebudget.texts import shown
from placebudget.view.panels import Panel, change_panel, price_panel, savings_panel
from placebudget.view.studies import study_panel
from placebudget.widgets.form import Listening


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
    return html_of(study_panel(found))


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
    >>> plan = pb.simulate(pb.example("northvale"))
    >>> "Savings by agency and year" in pb.widgets.savings_chart(plan).value
    True
    """
    return html_of(savings_panel(as_plan(plan)))


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
    return html_of(price_panel(priced, most))


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
    return html_of(change_panel(compare(*plans, places=places, names=names)))


def html_of(panel: Panel) -> ipywidgets.HTML:
    """A panel as a widget; every text in it is escaped."""
    return ipywidgets.HTML(panel.html(), layout=ipywidgets.Layout(width="auto", max_width="100%"))


class AnswerView(Listening):
    """An answer as a part of a page, in whose picture a point may be pressed.

    Parameters
    ----------
    pressed : callable
        Called with the point.
    """

    _esm = (Path(__file__).parent / "static" / "answerview.js").read_text("utf-8")
    value = traitlets.Unicode("").tag(sync=True)

    def __init__(self, pressed: Callable[[str], None]) -> None:
        super().__init__()
        self.pressed = pressed
        self.on_msg(self._message)

    def _message(self, widget: Any, content: Any, buffers: Any) -> None:
        point = content.get("press") if isinstance(content, dict) else None
        if isinstance(point, str):
            self.pressed(point)


def show_in(widget: ipywidgets.HTML | AnswerView, panel: Panel) -> None:
    """Another panel in a widget that is shown already."""
    widget.value = panel.html()


# A plan drawn: the way of its money, with its figures.

ALL_YEARS, LATER = "all", "later"
_LONGEST = 2_000


class PlanView(Listening):
    """A drawing of a plan and what is shown of it; see :func:`plan_view`.

    Parameters
    ----------
    drawing : mapping
        What :func:`placebudget.plan.drawing.plan_drawing` gives. Set another, and
        the page draws it with the same choices, as far as it has them.
    """

    heard = ("shown", "layer", "year", "selected")
    _esm = planview()

    drawing: Any = traitlets.Dict().tag(sync=True)
    shown = traitlets.Unicode("").tag(sync=True)
    layer = traitlets.Unicode("").tag(sync=True)
    year = traitlets.Unicode(ALL_YEARS).tag(sync=True)
    selected = traitlets.Unicode("").tag(sync=True)

    def __init__(self, drawing: Mapping[str, Any]) -> None:
        super().__init__(drawing=dict(drawing))

    @traitlets.validate("shown")
    def _known_plan(self, proposal: dict[str, Any]) -> str:
        return _one_of("plan", proposal["value"], _keys(self.drawing, "plans"))

    @traitlets.validate("layer")
    def _known_layer(self, proposal: dict[str, Any]) -> str:
        return _one_of("layer", proposal["value"], _keys(self.drawing, "layers"))

    @traitlets.validate("year")
    def _known_year(self, proposal: dict[str, Any]) -> str:
        return _one_of("year", proposal["value"], _years(self.drawing))

    @traitlets.validate("selected")
    def _short_enough(self, proposal: dict[str, Any]) -> str:
        # Points that stand together have ids the page makes, so that no list is complete.
        if len(proposal["value"]) > _LONGEST:
            raise traitlets.TraitError("No point or ribbon has a name as long as this.")
        return str(proposal["value"])

    @traitlets.observe("drawing")
    def _keep_or_begin(self, change: dict[str, Any]) -> None:
        """Keep what is shown where the drawing has it; show what is proposed for the first time."""
        plans, before = _keys(self.drawing, "plans"), _keys(change["old"] or {}, "plans")
        with self.hold_sync():
            if self.shown not in plans or plans[:1] != before[:1]:
                self.shown = next(iter(plans), "")
            if self.layer not in _keys(self.drawing, "layers"):
                self.layer = next(iter(_keys(self.drawing, "layers")), "")
            if self.year not in _years(self.drawing):
                self.year = ALL_YEARS


def plan_view(plan: PlanLike, beside: Mapping[str, Plan] | None = None) -> PlanView:
    """The way of a plan's money, drawn, with switches, keyboard and table.

    Parameters
    ----------
    plan : Plan or path
        The plan that is proposed, or its ``*.plan.json``.
    beside : mapping of str to Plan, optional
        Further plans to switch to, as for
        :func:`placebudget.plan.drawing.plan_drawing`.

    Returns
    -------
    PlanView
        A widget with the traits ``drawing``, ``shown`` (key of a plan), ``layer``
        (``"area"`` or ``"outcome"``), ``year`` (``"all"``, a year, or ``"later"``)
        and ``selected`` (id of a point or ribbon; empty: none). All but the
        drawing go both ways.

    Examples
    --------
    >>> import placebudget as pb
    >>> view = pb.widgets.plan_view(pb.optimise(pb.example("toy_pooling"), pooling="freed"))
    >>> view.shown, view.layer, view.year
    ('proposed', 'area', 'all')
    >>> view.shown = "today"
    """
    return PlanView(plan_drawing(as_plan(plan), beside))


def _keys(drawing: Mapping[str, Any], part: str) -> list[str]:
    return [each["key"] for each in drawing.get(part, ())]


def _years(drawing: Mapping[str, Any]) -> list[str]:
    later = [LATER] if drawing.get("later") else []
    return [ALL_YEARS, *drawing.get("years", ()), *later]


def _one_of(what: str, value: str, known: list[str]) -> str:
    if known and value not in known:
        choices = ", ".join(known)
        raise traitlets.TraitError(f"This drawing has no {what} {shown(value)}; it has: {choices}.")
    return value
