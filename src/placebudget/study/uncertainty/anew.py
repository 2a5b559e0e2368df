"""Plans made anew at figures as they turned out, and what their services get."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from placebudget.errors import Infeasible
from placebudget.place import Place
from placebudget.plan import Plan
from placebudget.plan.optimise import plan_of, writing
from placebudget.plan.repairs import solved
from placebudget.plan.simulate import today_of
from placebudget.programme import one_goal
from placebudget.programme.objectives.value import PUBLIC
from placebudget.solver import DEFAULT_SOLVER, RunLimits
from placebudget.study.held import Decided, Moving
from placebudget.study.uncertainty.result import A_POUND

# What a service has more or less than today, of its money, to be raised or cut.
_MOVED = 0.01


@dataclass(frozen=True)
class Remade:
    """A plan made anew at figures as they turned out.

    Parameters
    ----------
    decided : Decided
        What it decides.
    money : Series
        Pounds by service, all years.
    full : frozenset of str
        Services that get all they need or can take, in all years and areas.
    """

    decided: Decided
    money: pd.Series
    full: frozenset[str]


@dataclass(frozen=True)
class MadeAnew:
    """How plans are made anew: each from cold, so that it does not matter who makes which."""

    moving: Moving
    pooling: str
    seconds: float | None
    gap: float

    def __call__(self, part: Sequence[np.ndarray]) -> list[Remade | None]:
        return [self._made(factors) for factors in part]

    def _made(self, factors: np.ndarray) -> Remade | None:
        place, moving = self.moving.place(factors), self.moving
        limits, started = RunLimits(self.seconds, self.gap), time.monotonic()
        mode = one_goal(place, self.pooling)
        options = {
            "objective": [PUBLIC], "pooling": mode.name, "reinvest": 0.0, "gap": self.gap,
            "seconds": self.seconds, "prices": 0, "scale": None,
        }  # fmt: skip
        try:
            marks, write = writing(place, (PUBLIC,), mode, 0.0, DEFAULT_SOLVER, limits, None)
            programme, solution = solved(write, DEFAULT_SOLVER, limits, named=False)
        except Infeasible:
            return None
        plan = plan_of(programme, solution, marks, options, None, started)
        decided = Decided.of(plan, moving.basis.place, moving.unit_cost(factors))
        return Remade(decided, _spent(plan), _full(plan, programme.basis))


def _spent(plan: Plan) -> pd.Series:
    return plan.money("service").set_index("service")["amount"]


def _full(plan: Plan, basis: Any) -> frozenset[str]:
    """Services whose need is wholly met, or whose capacity is wholly bought, everywhere."""
    units = plan.tables["units"]
    bought = np.zeros((len(basis.offers), len(basis.years)))
    number_of = {name: o for o, name in enumerate(basis.offers.name)}
    year = {name: t for t, name in enumerate(basis.years)}
    at = units["offer"].map(number_of).to_numpy(), units["year"].map(year).to_numpy()
    np.add.at(bought, at, units["units"].to_numpy(float) / basis.scale.units)
    open_ = np.arange(len(basis.years)) >= basis.offers.first_year[:, None]
    most = basis.by_line(np.where(open_, basis.offers.capacity[:, None], 0.0))
    room = np.maximum(basis.room - basis.brought[:, : len(basis.years)], 0.0)
    full = (basis.by_line(bought) >= np.minimum(most, room) * (1.0 - 1e-6)).all(axis=1)
    services = basis.lines.service
    return frozenset(str(each) for each in set(services) if full[services == each].all())


def services_anew(
    place: Place, held: Mapping[str, Plan], anew: Mapping[int, Remade]
) -> pd.DataFrame:
    """How often each service has money, more or less than today, and all that it can take."""
    columns = ["service", "today", "planned", "mean", "funded", "more", "less", "at_most"]
    if not anew:
        return pd.DataFrame([], columns=columns)
    services = sorted(place.services["service"])
    today = _spent(today_of(place)).reindex(services, fill_value=0.0)
    plan = held.get("pooled", list(held.values())[-1])
    planned = _spent(plan).reindex(services, fill_value=0.0)
    each = pd.DataFrame({n: made.money for n, made in anew.items()})
    each = each.reindex(services).fillna(0.0)
    step = np.maximum(_MOVED * today.to_numpy(), A_POUND)[:, None]
    more = each.to_numpy() - today.to_numpy()[:, None]
    full = np.array([[name in made.full for made in anew.values()] for name in services])
    return pd.DataFrame(
        {
            "service": services, "today": today.to_numpy(), "planned": planned.to_numpy(),
            "mean": each.mean(axis=1).to_numpy(),
            "funded": (each.to_numpy() >= A_POUND).mean(axis=1),
            "more": (more > step).mean(axis=1), "less": (more < -step).mean(axis=1),
            "at_most": full.mean(axis=1),
        }
    )  # fmt: skip
