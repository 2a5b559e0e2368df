"""The drawing of what a live session reaches, within milliseconds.

Points and ribbons are those of the last plan that was drawn; only the amounts of
what is proposed are worked out anew, straight from the session's variables. They
are rounded ribbon by ribbon. The drawing of the checked plan, in which every sum
is kept to the penny, takes its place as soon as it is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from placebudget.plan.drawing.drawing import PROPOSED
from placebudget.plan.live_money import LiveMoney
from placebudget.plan.live_ribbons import LiveOutcomes, LiveRibbons
from placebudget.plan.plan import Plan
from placebudget.programme import Basis
from placebudget.solver import Session

_LEAST = 0.005


class LiveDrawing:
    """Draws what a session reaches on the points of a plan that was drawn.

    Parameters
    ----------
    live : Session
        The session; not one in which savings are reinvested.
    drawing : mapping
        The drawing of a plan of the same place.
    plans : mapping of str to Plan
        The plans in it, by their keys.

    Examples
    --------
    >>> import placebudget as pb
    >>> from placebudget.plan.drawing import plan_drawing
    >>> place = pb.example("toy_pooling")
    >>> plans = {"proposed": pb.optimise(place), "today": pb.simulate(place)}
    >>> drawing = plan_drawing(plans["proposed"], {"today": plans["today"]})
    >>> live = pb.session(place)
    >>> quick = LiveDrawing(live, drawing, plans).drawn(live.values())
    >>> [node["id"] for node in quick["nodes"]] == [node["id"] for node in drawing["nodes"]]
    True
    """

    def __init__(
        self, live: Session, drawing: Mapping[str, Any], plans: Mapping[str, Plan]
    ) -> None:
        self.live, self.drawing = live, drawing
        self.basis: Basis = live.programme.basis
        self.years = len(self.basis.years)
        self._ribbons = LiveRibbons(drawing, plans)
        self._money = LiveMoney(live, self._ribbons)
        self._outcomes = LiveOutcomes(live, self._ribbons)

    def drawn(self, values: np.ndarray) -> dict[str, Any] | None:
        """The drawing of a solution; None where money reaches what has no point in it.

        Parameters
        ----------
        values : ndarray
            Value of every variable, as :meth:`~placebudget.solver.Session.values`
            gives them.
        """
        pounds = np.zeros((len(self._ribbons.links) + 1, self.years + 1))
        spent = self._money.draw(values, pounds)
        counted = self._outcomes.draw(values, spent, pounds)
        if np.abs(pounds[-1]).max() > _LEAST:
            return None
        pence = np.round(pounds[:-1] * 100).astype(np.int64)
        links = []
        for link, amount in zip(self._ribbons.links, pence.tolist(), strict=True):
            told = {key: each for key, each in link["pence"].items() if key != PROPOSED}
            if any(amount):
                told[PROPOSED] = amount
            if told:
                links.append({**link, "pence": told})
        nodes, prices = self._nodes_now(counted), self._prices_of_others()
        return {**self.drawing, "nodes": nodes, "links": links, "prices": prices}

    def _nodes_now(self, counted: np.ndarray) -> list[dict[str, Any]]:
        """The points, with what is counted now of the outcomes among them."""
        numbers = {f"outcome:{name}": n for n, name in enumerate(self.basis.outcomes.name)}
        nodes = []
        for node in self.drawing["nodes"]:
            at = numbers.get(node["id"])
            if at is not None and "counted" in node:
                units = [round(float(each), 3) for each in counted[at]]
                node = {**node, "counted": {**node["counted"], PROPOSED: units}}
            nodes.append(node)
        return nodes

    def _prices_of_others(self) -> list[Any]:
        return [each for each in self.drawing["prices"] if each.get("plan") != PROPOSED]
