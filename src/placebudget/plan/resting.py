"""What the value of a plan rests on: figures of its place, and a plan kept while one moves.

What stands in several rows but is one figure, such as the cost of a service that is bought
at one price in many areas, or the need for a service, is moved as one.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isnan, nan
from typing import Any

import numpy as np
import pandas as pd

from placebudget.place import Place
from placebudget.place.once import once
from placebudget.place.place import (
    DERIVED,
    ILLUSTRATIVE,
    PLACEHOLDER,
    PUBLISHED,
    UNSTATED,
    status_of,
)
from placebudget.place.population import needs_of
from placebudget.plan.borrowing import BORROWED
from placebudget.plan.evidence import Evidence, objective_value
from placebudget.plan.flows import Money
from placebudget.plan.need import serve
from placebudget.plan.plan import Plan
from placebudget.programme import Basis, read_pooling
from placebudget.value import effect_per_unit

VALUE, EFFECT, COST, NEED = "value", "effect", "unit cost", "need"
KINDS = (VALUE, EFFECT, COST, NEED)
ECONOMIC, SOCIAL, FISCAL = "economic", "social", "fiscal"
_LESS_SURE = (PUBLISHED, DERIVED, UNSTATED, ILLUSTRATIVE, PLACEHOLDER)
ASSUMED = ILLUSTRATIVE, PLACEHOLDER
"""What no figure of the place stands behind."""


@dataclass(frozen=True)
class Figure:
    """A figure of a place, which may stand in several rows.

    Parameters
    ----------
    kind : str
        ``"value"``, ``"effect"``, ``"unit cost"`` or ``"need"``.
    table, column : str
        Where it stands.
    rows : ndarray
        In which rows.
    amount : float
        What it is: pounds as its table has them; of an effect, outcome made by a unit; of a
        need, people in the first year.
    service, outcome, agency, part : str
        What it is of; a part of value is fiscal, economic or social.
    prices : str
        The year in whose prices it stands, where it is pounds.
    status : str
        Published, derived, illustrative, placeholder or not stated; of several rows the least sure.
    source : str
        Keys of its sources.
    low, high : float
        The least and the most that its source gives; not a number where it gives no range.
    """

    kind: str
    table: str
    column: str
    rows: np.ndarray
    amount: float
    service: str = ""
    outcome: str = ""
    agency: str = ""
    part: str = ""
    prices: str = ""
    status: str = UNSTATED
    source: str = ""
    low: float = nan
    high: float = nan

    @property
    def ends(self) -> tuple[float, float]:
        """The range that its source gives, as multiples of the figure; else none at all."""
        low, high = (1.0 if isnan(end) else end / self.amount for end in (self.low, self.high))
        return low, high

    @property
    def in_pounds(self) -> bool:
        """Whether it is counted in pounds."""
        return self.kind in (VALUE, COST)

    def times(self, place: Place, factor: float) -> Place:
        """The place with the figure multiplied; all else as it is."""
        return multiplied(place, [self], factor)

    def at(self, place: Place, amount: float) -> Place:
        """The place with another amount in its rows, which may be nought as they stand."""
        table = place.tables[self.table].copy()
        given = table[self.column].to_numpy(float, copy=True)
        given[self.rows] = amount
        table[self.column] = given
        return place.with_(**{self.table: table})


def multiplied(place: Place, figures: Iterable[Figure], factor: float) -> Place:
    """A place with some of its figures multiplied; all else as it is."""
    tables: dict[str, pd.DataFrame] = {}
    for figure in figures:
        table = tables.setdefault(figure.table, place.tables[figure.table].copy())
        held = place.filled(figure.table)[figure.column].to_numpy(float)
        given = table[figure.column].to_numpy(float, copy=True)
        given[figure.rows] = held[figure.rows] * factor
        table[figure.column] = given
    return place.with_(**tables)


@once
def figures_of(place: Place) -> tuple[Figure, ...]:
    """Every value, effect, unit cost and need of a place that is not nought."""
    found = (*_values(place), *_effects(place), *_costs(place), *_needs(place))
    return tuple(figure for figure in found if figure.amount)


def values_at_nought(place: Place) -> list[Figure]:
    """Of every outcome that has neither economic nor social value: its social value, nought."""
    worth = place.filled("outcomes")[["economic_value", "social_value"]].any(axis=1)
    return [
        figure
        for figure in _values(place)
        if figure.part == SOCIAL and not worth.iloc[figure.rows[0]]
    ]


def _values(place: Place) -> Iterator[Figure]:
    for table, columns in (
        ("outcomes", {"economic_value": ECONOMIC, "social_value": SOCIAL}),
        ("savings", {"value": FISCAL}),
    ):
        origins = Origins(place, table)
        for n, row in enumerate(place.filled(table).to_dict("records")):
            for column, part in columns.items():
                ends = [float(row.get(f"{part}_{end}", nan)) for end in ("low", "high")]
                yield Figure(
                    VALUE, table, column, np.array([n]), float(row[column]),
                    outcome=row["outcome"], agency=row.get("agency", ""), part=part,
                    prices=_prices(place, row["price_year"]), **origins.of([n]),
                    low=ends[0], high=ends[1],
                )  # fmt: skip


def _effects(place: Place) -> Iterator[Figure]:
    table, origins = place.filled("effects"), Origins(place, "effects")
    made = effect_per_unit(table, place.filled("evidence"))
    for n, row in enumerate(table.to_dict("records")):
        yield Figure(
            EFFECT, "effects", "impact", np.array([n]), float(made[n]),
            service=row["service"], outcome=row["outcome"], **origins.of([n]),
        )  # fmt: skip


def _costs(place: Place) -> Iterator[Figure]:
    table, origins = place.filled("offers"), Origins(place, "offers")
    year = table["price_year"].where(table["price_year"].notna(), place.settings.price_base)
    for (service, cost, prices), rows in _together(table["service"], table["unit_cost"], year):
        yield Figure(
            COST, "offers", "unit_cost", rows, float(str(cost)), service=str(service),
            prices=str(prices), **origins.of(rows),
        )  # fmt: skip


def _needs(place: Place) -> Iterator[Figure]:
    table, given = needs_of(place), len(place.tables["needs"])
    first = table[table["year"].isna() | (table["year"] == place.years[0])]
    # A row of its own year comes before the row with a blank year.
    own = first.sort_values("year", na_position="first", kind="stable")
    own = own.drop_duplicates(["service", "area"], keep="last")
    # Need that follows from the population stands in the shares of it.
    for name, column, mine in (
        ("needs", "people", own[own.index < given]),
        ("prevalence", "share", own[own.index >= given]),
    ):
        people, origins = mine.groupby("service")["people"].sum(), Origins(place, name)
        for (service,), rows in _together(place.tables[name]["service"]):
            yield Figure(
                NEED, name, column, rows, float(people.get(service, 0.0)),
                service=str(service), **origins.of(rows),
            )  # fmt: skip


def _together(*columns: pd.Series) -> Iterator[tuple[tuple[Hashable, ...], np.ndarray]]:
    """Rows that are alike in some columns, in the order in which they come."""
    rows: dict[tuple[Hashable, ...], list[int]] = {}
    for n, key in enumerate(zip(*columns, strict=True)):
        rows.setdefault(key, []).append(n)
    yield from ((key, np.array(mine)) for key, mine in rows.items())


def _prices(place: Place, year: object) -> str:
    return place.settings.price_base if pd.isna(year) else str(year)


class Origins:
    """Status and source of the rows of a table."""

    def __init__(self, place: Place, table: str) -> None:
        rows = place.tables[table]
        none = pd.Series(None, index=rows.index, dtype=object)
        self._status = status_of(rows.assign(status=rows.get("status", none))).tolist()
        self._source = rows.get("source", none).astype(object).tolist()

    def of(self, rows: Iterable[int]) -> dict[str, Any]:
        """Of some rows: the least sure status, all sources."""
        sources = (self._source[n] for n in rows)
        return {
            "status": max((self._status[n] for n in rows), key=_LESS_SURE.index),
            "source": ", ".join(dict.fromkeys(str(each) for each in sources if pd.notna(each))),
        }


# A plan kept as it is while a figure of its place moves, without a solve.
# Its money stays where it is. A value changes what its outcomes are worth, an effect how many
# there are, a unit cost how many units the money buys, a need how far they reach.

# How far a figure is moved each way to see what hangs on it.
STEP = 0.01
_OF_NEED = ("need", "steps", "room", "needed", "brought", "at_risk")
_STALE = {
    VALUE: ("outcomes",),
    EFFECT: ("effects", "made", *_OF_NEED),
    COST: ("offers", "marginal_cost", "cost_avoided", "bought_today", *_OF_NEED),
    NEED: ("given", "links", "marginal_cost", "cost_avoided", *_OF_NEED),
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
    basis : Basis, optional
        What it was made from, where that has other figures than the place.
    """

    def __init__(
        self, plan: Plan, place: Place, objective: str, basis: Basis | None = None
    ) -> None:
        self.objective = objective
        mode = read_pooling(place, pooling_of(plan, place))
        self.basis = basis or Basis(place, mode, reinvested(plan))
        self.money = Money(*(plan.tables[name] for name in ("money", "contributions", "balances")))
        loans = plan.run.get(BORROWED, {})
        self.borrowed = {name: float(loan["pounds"]) for name, loan in loans.items()}
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
        once = basis.offers.once(self.started, self.units > 0)
        paid = (cost - once) / basis.offers.unit_cost
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
        return Shifted(self.basis.place, figures).slope(self) if figures else 0.0

    def each_pound(self, figure: Figure) -> float:
        """What of its value each pound of a value brings that stands at nought."""
        changed = self.basis.altered(_STALE[VALUE], place=figure.at(self.basis.place, 1.0))
        return self._worth(changed, self._as_it_is) - self.value

    def at(self, figures: Sequence[Figure], factor: float, changed: Basis) -> float:
        """What it comes to where figures are multiplied, of a unit cost what a pound buys."""
        if figures[0].kind == VALUE:
            return self._worth(changed, self._as_it_is)
        if figures[0].kind != COST:
            return self._worth(changed, self._evidence(changed))
        # Of a personal budget advice stays as it is.
        bought = self.basis.offers.unit_cost / changed.offers.unit_cost
        return self._worth(changed, self._evidence(changed, bought))

    @cached_property
    def _as_it_is(self) -> Evidence:
        return self._evidence(self.basis)

    def _evidence(self, basis: Basis, bought: np.ndarray | float = 1.0) -> Evidence:
        served = serve(basis, self.units * bought, self.paid * bought)
        paid = self.paid * bought * basis.scale.units
        return Evidence(
            self.money, served.units * basis.scale.units, paid, self.started, served,
            borrowed=self.borrowed,
        )  # fmt: skip

    def _worth(self, basis: Basis, evidence: Evidence) -> float:
        return objective_value(self.objective, basis, evidence)


class Shifted:
    """Figures of one kind, more and less of them, for several plans of their place.

    What hangs on them is read once: a place has it, and no plan.

    Parameters
    ----------
    place : Place
        The place.
    figures : sequence of Figure
        Figures of one kind, one or more.
    """

    def __init__(self, place: Place, figures: Sequence[Figure]) -> None:
        self._place, self._figures, self._kind = place, figures, figures[0].kind
        self._read: dict[float, dict[str, Any]] = {}

    def at(self, plan: Kept, factor: float) -> float:
        """What a plan comes to where they are multiplied, of a unit cost what a pound buys."""
        read, stale = self._read.get(factor), _STALE[self._kind]
        if read is None:
            cost = self._kind == COST
            place = multiplied(self._place, self._figures, 1 / factor if cost else factor)
            read = self._read[factor] = {"place": place}
        changed = plan.basis.altered(stale, **read)
        value = plan.at(self._figures, factor, changed)
        read |= {name: of for name, of in vars(changed).items() if name in stale}
        return value

    def slope(self, plan: Kept) -> float:
        """What of the value of a plan hangs on them, as :meth:`Kept.slope` tells it."""
        return (self.at(plan, 1.0 + STEP) - self.at(plan, 1.0 - STEP)) / (2 * STEP)


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
