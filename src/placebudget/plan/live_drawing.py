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

from placebudget.plan.drawing import amounts
from placebudget.plan.drawing.drawing import PROPOSED
from placebudget.plan.flows import purses_of, streams_of
from placebudget.plan.live_ribbons import LiveOutcomes, LiveRibbons
from placebudget.plan.plan import Plan
from placebudget.programme import Basis
from placebudget.solver import Session

_WAYS = ("funding", "brought", "carried", "idle", "direct")


class LiveMoney:
    """Draws where money goes, straight from the session's variables.

    Parameters
    ----------
    live : Session
        The session.
    ribbons : LiveRibbons
        The ribbons of the drawing.
    """

    def __init__(self, live: Session, ribbons: LiveRibbons) -> None:
        self.live, self.ribbons = live, ribbons
        self.basis = live.programme.basis
        self.years = len(self.basis.years)
        self._prepare_money()
        self._prepare_streams()

    def draw(self, values: np.ndarray, pounds: np.ndarray) -> np.ndarray:
        """Add the money of a solution to its ribbons.

        Parameters
        ----------
        values : ndarray
            Value of every variable.
        pounds : ndarray of shape (ribbons + 1, years + 1)
            Filled here; its last row takes what has no ribbon.

        Returns
        -------
        ndarray of shape (lines, years)
            Pounds spent.
        """
        spent = self._draw_money(values, pounds)
        self._draw_streams(values, pounds)
        return spent

    # --- on services -------------------------------------------------------------------

    def _prepare_money(self) -> None:
        basis, index = self.basis, self.live.programme.columns["money"].index
        agency, routes = basis.classes.agency, basis.routes
        service = basis.lines.service
        self._money = self.live.programme.columns["money"].numbers
        self._line, self._year = index["line"], index["year"]
        self._direct = index["route"] == 0
        self._class = index["class"]
        known: dict[tuple[str, str], int] = {}
        self._spend = np.zeros(len(self._money), np.int64)
        for n, (c, r, at) in enumerate(
            zip(index["class"].tolist(), index["route"].tolist(), self._line.tolist(), strict=True)
        ):
            source = f"pool:{routes[r]}" if r else f"direct:{agency[c]}"
            key = (source, service[at])
            if key not in known:
                known[key] = self.ribbons.at("spend", "", source, f"service:{service[at]}")
            self._spend[n] = known[key]
        self._area = np.array(
            [
                self.ribbons.at("delivery", amounts.AREA, f"service:{s}", f"area:{a}")
                for s, a in zip(service, basis.lines.area, strict=True)
            ],
            np.int64,
        )

    def _draw_money(self, values: np.ndarray, pounds: np.ndarray) -> np.ndarray:
        paid = np.maximum(values[self._money], 0.0) * self.basis.scale.money
        np.add.at(pounds, (self._spend, self._year), paid)
        spent = np.zeros((len(self.basis.lines), self.years))
        np.add.at(spent, (self._line, self._year), paid)
        self._paid = paid
        np.add.at(pounds[:, : self.years], self._area, spent)
        return spent

    # --- streams and pools ---------------------------------------------------------------

    def _prepare_streams(self) -> None:
        basis, columns = self.basis, self.live.programme.columns
        classes = basis.classes
        self._streams, self._of = streams_of(classes)
        agency = [classes.agency[c] for c in self._of]
        pairs = list(zip(self._streams, agency, strict=True))
        link = self.ribbons.at
        found: dict[str, list[int]] = {name: [] for name in _WAYS}
        for stream, who in pairs:
            s = f"stream:{stream}"
            found["funding"].append(link("funding", "", f"agency:{who}", s))
            found["brought"].append(link("carried", "", amounts.BROUGHT, s))
            found["carried"].append(link("carried", "", s, amounts.CARRIED))
            found["idle"].append(link("unspent", "", s, amounts.UNSPENT))
            found["direct"].append(link("direct", "", s, f"direct:{who}"))
        self._ways = {name: np.array(at, np.int64) for name, at in found.items()}
        self._paid_in, self._left = columns["contribute"], columns["unspent"]
        self._pools: dict[tuple[int, int], int] = {}
        paid = self._paid_in.index
        for c, r in set(zip(paid["class"].tolist(), paid["route"].tolist(), strict=True)):
            for n in np.flatnonzero(self._of == c):
                ends = f"stream:{self._streams[n]}", f"pool:{basis.routes[r]}"
                self._pools[int(n), r] = link("contribution", "", *ends)
        self._pool_ends = {
            r: (
                link("management", "", f"pool:{route}", amounts.MANAGEMENT),
                link("unspent", "", f"pool:{route}", amounts.POOL_UNSPENT),
            )
            for r, route in enumerate(basis.routes)
            if r
        }

    def _draw_streams(self, values: np.ndarray, pounds: np.ndarray) -> None:
        classes, scale = self.basis.classes, self.basis.scale.money
        shape = (len(classes), self.years)
        direct = np.zeros(shape)
        mine = self._direct
        np.add.at(direct, (self._class[mine], self._year[mine]), self._paid[mine])
        gross = self._by_route("contribute", values)
        carried = np.zeros(shape)
        carry = self.live.programme.columns["carry"]
        taken = np.maximum(self.live.programme.take("carry", values), 0.0) * scale
        np.add.at(carried, (carry.index["class"], carry.index["year"]), taken)
        funding = self.live.funding_now
        own = np.array([funding.get(name, np.zeros(self.years)) for name in self._streams])
        of, now = self._of, pounds[:, : self.years]
        purses = purses_of(of, own, carried, classes.reinvested)
        left = purses.carried_in + own - purses.carried_out
        used = purses.rest * (direct + gross.sum(axis=1))[of]
        parts = {
            "funding": own,
            "brought": purses.carried_in,
            "carried": purses.carried_out,
            "direct": purses.rest * direct[of],
            "idle": np.maximum(left - used, 0.0),
        }
        for name, part in parts.items():
            np.add.at(now, self._ways[name], part)
        for (n, r), at in self._pools.items():
            now[at] += purses.rest[n] * gross[of[n], r]
        self._draw_pools(gross, values, pounds)

    def _draw_pools(self, gross: np.ndarray, values: np.ndarray, pounds: np.ndarray) -> None:
        left = self._by_route("unspent", values)
        cost = self.basis.management_cost
        for r, (managed, unspent) in self._pool_ends.items():
            paid_in = gross[:, r].sum(axis=0)
            pounds[managed, : self.years] += paid_in * cost[r]
            pounds[unspent, : self.years] += left[:, r].sum(axis=0)

    def _by_route(self, name: str, values: np.ndarray) -> np.ndarray:
        """Money of a family of variables by class, route and year, in pounds."""
        block = self.live.programme.columns[name]
        found = np.zeros((len(self.basis.classes), len(self.basis.routes), self.years))
        taken = np.maximum(self.live.programme.take(name, values), 0.0)
        where = (block.index["class"], block.index["route"], block.index["year"])
        np.add.at(found, where, taken * self.basis.scale.money)
        return found


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
