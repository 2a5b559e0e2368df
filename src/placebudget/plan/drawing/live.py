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
import pandas as pd

from placebudget.plan.deliver import Made
from placebudget.plan.drawing import amounts
from placebudget.plan.drawing.drawing import PROPOSED
from placebudget.plan.drawing.nodes import Nodes
from placebudget.plan.evidence import bought
from placebudget.plan.flows import purses_of, streams_of
from placebudget.plan.need import no_savings, serve, with_need_avoided
from placebudget.plan.plan import Plan
from placebudget.programme import Basis
from placebudget.programme.money import borrowed, rewarded
from placebudget.solver import Session
from placebudget.value import in_base_prices

# The points and ribbons of a drawing that is drawn again and again.

_HALF_A_PENNY = 0.005


class LiveRibbons:
    """Ribbons by what they join; one that a drawing does not have yet gets a number of its own.

    Parameters
    ----------
    drawing : mapping
        The drawing of a plan.
    plans : mapping of str to Plan
        The plans in it, by their keys.
    """

    def __init__(self, drawing: Mapping[str, Any], plans: Mapping[str, Plan]) -> None:
        rows = pd.concat([amounts.ribbons(each) for each in plans.values()], ignore_index=True)
        self._nodes = Nodes(list(plans.values()), rows)
        self._numbers = {node["id"]: n for n, node in enumerate(drawing["nodes"])}
        self.links: list[dict[str, Any]] = [dict(link) for link in drawing["links"]]
        self._at = {
            (link["kind"], link["layer"], link["source"], link["target"]): n
            for n, link in enumerate(self.links)
        }

    def at(self, kind: str, layer: str, source: str, target: str) -> int:
        """Where a ribbon stands; the last place of all where a point is missing."""
        points = (self._nodes.point(source) or "", self._nodes.point(target) or "")
        ends = [self._numbers.get(point, -1) for point in points]
        if min(ends) < 0:
            return -1
        key = (kind, layer, ends[0], ends[1])
        if key not in self._at:
            self._at[key] = len(self.links)
            self.links.append(
                {"source": ends[0], "target": ends[1], "kind": kind, "layer": layer, "pence": {}}
            )
        return self._at[key]

    def at_now(self, kind: str, layer: str, source: str, target: str, pounds: np.ndarray) -> int:
        """A ribbon while it is drawn; one that is new has no place in this drawing yet."""
        at = self.at(kind, layer, source, target)
        return at if at < len(pounds) - 1 else -1


class LiveOutcomes:
    """Draws what money makes, and who saves.

    Parameters
    ----------
    live : Session
        The session.
    ribbons : LiveRibbons
        The ribbons of the drawing.
    """

    def __init__(self, live: Session, ribbons: LiveRibbons) -> None:
        self.live, self.ribbons = live, ribbons
        self.basis = basis = live.programme.basis
        self.years = len(basis.years)
        self._services, self._service = np.unique(
            basis.lines.service.astype(str), return_inverse=True
        )
        names = basis.outcomes.name
        self._slot = {year: t for t, year in enumerate(basis.years)}
        self._nothing = no_savings()
        self._pounds_a_unit = basis.scale.money / basis.scale.units
        self._no_outcome = np.array(
            [
                self.ribbons.at("delivery", amounts.OUTCOME, f"service:{s}", amounts.NO_OUTCOME)
                for s in self._services
            ],
            np.int64,
        )
        values = in_base_prices(basis.place, "savings")
        number = {name: n for n, name in enumerate(names)}
        self._savings = [
            (number[row.outcome], str(row.agency), float(row.value), float(row.cashable))
            for row in values.itertuples(index=False)
        ]

    def draw(self, values: np.ndarray, spent: np.ndarray, pounds: np.ndarray) -> np.ndarray:
        """Add outcomes and savings of a solution to their ribbons.

        Parameters
        ----------
        values : ndarray
            Value of every variable.
        spent : ndarray of shape (lines, years)
            Pounds spent.
        pounds : ndarray of shape (ribbons + 1, years + 1)
            Filled here; its last row takes what has no ribbon, its last column
            what comes after the years of the plan.

        Returns
        -------
        ndarray of shape (outcomes, years + 1)
            Outcomes counted.
        """
        basis = self.basis
        made, avoided = self._made(values)
        outcome = basis.effects.outcome[made.effect]
        self._share_money(made.counted, made.line, outcome, avoided, spent, pounds)
        slots = np.zeros((len(outcome), self.years + 1))
        slots[:, : self.years] = made.counted[:, : self.years]
        slots[:, self.years] = made.counted[:, self.years :].sum(axis=1)
        areas, at = np.unique(basis.lines.area[made.line].astype(str), return_inverse=True)
        counted = np.zeros((len(areas), len(basis.outcomes.name), self.years + 1))
        np.add.at(counted, (at, outcome), slots)
        for y, agency, value, cashable in self._savings:
            name, saver = f"outcome:{basis.outcomes.name[y]}", f"saver:{agency}"
            for kind, share in (("cashable", cashable), ("not_cashable", 1.0 - cashable)):
                whole = counted[:, y].sum(axis=0) * value * share
                if not whole.any():
                    continue
                pounds[self.ribbons.at_now(kind, amounts.OUTCOME, name, saver, pounds)] += whole
                for n in np.flatnonzero(counted[:, y].any(axis=1)):
                    where = self.ribbons.at_now(
                        kind, amounts.AREA, f"area:{areas[n]}", saver, pounds
                    )
                    pounds[where] += counted[n, y] * value * share
        for row in avoided.itertuples(index=False):
            slot = self._slot.get(row.year, self.years)
            parts = {"cashable": row.cashable, "not_cashable": row.fiscal - row.cashable}
            for kind, amount in parts.items():
                if abs(amount) < _HALF_A_PENNY:
                    continue
                for layer, name in ((amounts.OUTCOME, row.outcome), (amounts.AREA, row.area)):
                    ends = f"{layer}:{name}", f"saver:{row.agency}"
                    pounds[self.ribbons.at_now(kind, layer, *ends, pounds), slot] += amount
        return np.asarray(counted.sum(axis=0))

    def _made(self, values: np.ndarray) -> tuple[Made, pd.DataFrame]:
        """Outcomes, and what need avoided saves."""
        basis, programme = self.basis, self.live.programme
        served = serve(basis, *bought(programme, values))
        return served.made, with_need_avoided(basis, served, self._nothing)

    def _share_money(
        self,
        counted: np.ndarray,
        line: np.ndarray,
        outcome: np.ndarray,
        avoided: pd.DataFrame,
        spent: np.ndarray,
        pounds: np.ndarray,
    ) -> None:
        """Money of each service shared over its outcomes by the public value they make.

        Of a service that makes none, by what they save.
        """
        basis = self.basis
        value = basis.outcomes.public_value[outcome] * counted
        worth = np.zeros((len(self._services), len(basis.outcomes.name)))
        made = self._service[line], outcome
        np.add.at(worth, made, np.maximum(value, 0.0).sum(axis=1))
        fiscal = basis.outcomes.discounted(basis.outcomes.fiscal)
        saved = np.zeros_like(worth)
        np.add.at(saved, made, (fiscal[outcome] * counted).sum(axis=1) * self._pounds_a_unit)
        by = (
            np.searchsorted(self._services, avoided["service"].to_numpy(str)),
            np.searchsorted(basis.outcomes.name.astype(str), avoided["outcome"].to_numpy(str)),
        )
        np.add.at(saved, by, avoided["discounted_fiscal"])
        money = np.zeros((len(self._services), self.years))
        np.add.at(money, self._service, spent)
        shares = amounts.shares_by_worth(worth, np.maximum(saved, 0.0))
        bare = ~shares.any(axis=1)
        np.add.at(pounds[:, : self.years], self._no_outcome[bare], money[bare])
        for s, y in zip(*np.nonzero(shares), strict=True):
            if not money[s].any():
                continue
            ends = f"service:{self._services[s]}", f"outcome:{basis.outcomes.name[y]}"
            at = self.ribbons.at_now("delivery", amounts.OUTCOME, *ends, pounds)
            pounds[at, : self.years] += money[s] * shares[s, y]


_WAYS = ("funding", "borrowed", "borne", "brought", "carried", "idle", "direct")


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
            found["borrowed"].append(link("loan", "", amounts.LENDERS, s))
            found["borne"].append(link("loan", "", s, amounts.REPAID))
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
        take, basis = self.live.programme.take, self.basis
        earned = rewarded(zip(basis.targets, take("reward", values), strict=True))
        loans = borrowed(zip(basis.loans, take("borrow", values) * scale, strict=True))
        nothing = np.zeros(self.years)
        given, lent = (
            np.array([sum((p.get(s, nothing) for p in parts), nothing) for s in self._streams])
            for parts in ((funding, earned), (loans,))
        )
        own = given + lent
        of, now = self._of, pounds[:, : self.years]
        purses = purses_of(of, own, carried, classes.reinvested)
        left = purses.carried_in + own - purses.carried_out
        used = purses.rest * (direct + gross.sum(axis=1))[of]
        parts = {
            "funding": given,
            "borrowed": np.maximum(lent, 0.0),
            "borne": np.maximum(-lent, 0.0),
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
