"""The points and ribbons of a drawing that is drawn again and again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from placebudget.plan.deliver import Made
from placebudget.plan.drawing import amounts
from placebudget.plan.drawing.nodes import Nodes
from placebudget.plan.evidence import bought
from placebudget.plan.need import no_savings, serve, with_need_avoided
from placebudget.plan.plan import Plan
from placebudget.solver import Session
from placebudget.value import in_base_prices

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
