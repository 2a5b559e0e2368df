"""A plan kept as it is while a figure of its place moves: a straight line, without a solve.

Its money stays where it is. A value changes what its outcomes are worth, an effect how many
there are, a unit cost how many units the money buys, a need how far they reach.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from placebudget.place import Place
from placebudget.plan.evidence import Evidence, objective_value
from placebudget.plan.flows import Money
from placebudget.plan.need import serve
from placebudget.plan.plan import Plan
from placebudget.plan.resting.figures import COST, EFFECT, NEED, VALUE, Figure, multiplied
from placebudget.programme import Basis, read_pooling

# Of a figure: what is not straight is looked at this near.
_STEP = 0.01
_OF_NEED = ("need", "steps", "room", "needed", "brought", "at_risk")
_STALE = {
    VALUE: ("outcomes",),
    EFFECT: ("effects", "made", *_OF_NEED),
    COST: ("offers", "cheapest", "cost_avoided", *_OF_NEED),
    NEED: _OF_NEED,
}
"""What of a basis hangs on a figure of each kind."""


class Kept:
    """A plan kept as it is.

    Parameters
    ----------
    plan : Plan
        Any plan of the place.
    place : Place
        Its place.
    objective : str
        What it is measured by.
    """

    def __init__(self, plan: Plan, place: Place, objective: str) -> None:
        self.objective = objective
        self.basis = Basis(place, read_pooling(place, pooling_of(plan, place)), reinvested(plan))
        self.money = Money(*(plan.tables[name] for name in ("money", "contributions", "balances")))
        self._read(plan)

    def _read(self, plan: Plan) -> None:
        """Units delivered, capacity paid for and starts: offers x years, scaled."""
        basis, rows = self.basis, plan.tables["units"]
        number = {name: o for o, name in enumerate(basis.offers.name)}
        year = {name: t for t, name in enumerate(basis.years)}
        at = [number[o] for o in rows["offer"]], [year[t] for t in rows["year"]]
        shape = (len(basis.offers), len(basis.years))
        self.units, cost, self.started = (np.zeros(shape) for _ in range(3))
        self.units[at] = rows["units"].to_numpy(float) / basis.scale.units
        cost[at] = rows["cost"].to_numpy(float) / basis.scale.money
        self.started[at] = rows["started"].to_numpy(float)
        paid = (cost - self.started * basis.offers.set_up_cost) / basis.offers.unit_cost
        # Costs are written to the penny.
        self.paid = np.where(np.isclose(paid, self.units, rtol=1e-6), self.units, paid)
        self.paid = np.maximum(self.paid, self.units)

    @cached_property
    def value(self) -> float:
        """What it comes to, in the unit of the objective."""
        return self._worth(self.basis, self._as_it_is)

    def slope(self, *figures: Figure) -> float:
        """What of its value hangs on figures of one kind: for each one per cent, times a hundred.

        Of unit costs: on the units that a pound buys. What hangs on several is found as quickly
        as on one.
        """
        ends = [self._moved(figures, 1.0 + way * _STEP) for way in (1, -1)] if figures else [0, 0]
        return (ends[0] - ends[1]) / (2 * _STEP)

    def each_pound(self, figure: Figure) -> float:
        """What of its value each pound of a value brings that stands at nought."""
        changed = self.basis.altered(_STALE[VALUE], place=figure.at(self.basis.place, 1.0))
        return self._worth(changed, self._as_it_is) - self.value

    def _moved(self, figures: tuple[Figure, ...], factor: float) -> float:
        basis = self.basis
        if figures[0].kind == VALUE:
            return self._worth(moved(basis, figures, factor), self._as_it_is)
        if figures[0].kind != COST:
            changed = moved(basis, figures, factor)
            return self._worth(changed, self._evidence(changed))
        offers = basis.place.offers["offer"]
        names = {name for figure in figures for name in offers.iloc[figure.rows]}
        mine = np.array([name in names for name in basis.offers.name])
        changed = moved(basis, figures, 1.0 / factor)
        bought = np.where(mine, factor, 1.0)[:, None]
        return self._worth(changed, self._evidence(changed, bought))

    @cached_property
    def _as_it_is(self) -> Evidence:
        return self._evidence(self.basis)

    def _evidence(self, basis: Basis, bought: np.ndarray | float = 1.0) -> Evidence:
        served = serve(basis, self.units * bought, self.paid * bought)
        paid = self.paid * bought * basis.scale.units
        return Evidence(self.money, served.units * basis.scale.units, paid, self.started, served)

    def _worth(self, basis: Basis, evidence: Evidence) -> float:
        return objective_value(self.objective, basis, evidence)


def moved(basis: Basis, figures: Sequence[Figure], factor: float) -> Basis:
    """A basis with figures of one kind multiplied; what does not hang on them stays as it is."""
    return basis.altered(_STALE[figures[0].kind], place=multiplied(basis.place, figures, factor))


def pooling_of(plan: Plan, place: Place) -> str:
    """How money comes together in a plan; where it was given, as the place has it."""
    given = "pooled" if len(place.pools) else "aligned"
    return str(plan.run["options"].get("pooling", given))


def reinvested(plan: Plan) -> float:
    """Share of cashable savings spent again in a plan."""
    return float(plan.run["options"].get("reinvest", 0.0))
