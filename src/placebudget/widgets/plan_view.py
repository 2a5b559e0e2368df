"""A plan drawn in a notebook or a board: the way of its money, with its figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import traitlets

from placebudget.plan import Plan
from placebudget.plan.drawing import plan_drawing, planview
from placebudget.plan.record.reading import PlanLike, as_plan
from placebudget.texts import shown
from placebudget.widgets.form import Listening

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
