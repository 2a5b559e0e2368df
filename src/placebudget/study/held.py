"""Plans held as they are while the figures of their place turn out otherwise.

What was decided stands: the money of every offer in every year, what is paid once, contributions,
and which offers run. Then, at the figures that are drawn,

paid = money / unit cost,      no more than the offer's capacity where that is more than planned,
                               no less than release lets go of what was paid for the year before;
delivered                      of what is paid for, what somebody needs, in the steps of returns;
outcomes, need avoided, value  as of any plan, from what is delivered.

What then has to be found, by agency and year: funding that does not come, beyond what it left
unspent; what need that must be met and is not would cost, by who commissions the service; and
capacity that could not be given up as fast as planned. It is never set against money to spare of
others or of other years. ``worth`` is public value less all that has to be found, real and
discounted, pound for pound.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from placebudget.arguments import instance, sequence
from placebudget.errors import WrongArgument
from placebudget.place import Place
from placebudget.place.settings import start_of
from placebudget.plan import Plan, optimise
from placebudget.plan.evidence import Evidence, objective_value
from placebudget.plan.need import Served, avoided_savings, serve
from placebudget.plan.record.inputs import at_hand
from placebudget.plan.resting import COST, EFFECT, NEED, VALUE, Figure, Kept
from placebudget.plan.simulate import today_of
from placebudget.programme import Basis, standing_pooling
from placebudget.programme.lines import read_outcomes
from placebudget.programme.money import stream_funding
from placebudget.programme.need import read_need
from placebudget.programme.objectives.value import PUBLIC
from placebudget.progress import Report, Stage
from placebudget.solver import RunLimits
from placebudget.study.beliefs import FUNDING, INFLATION, RELEASE, Uncertain
from placebudget.study.potential import TITLES
from placebudget.study.rests_on.result import plan_called

PLANS = ("today", "aligned", "pooled")
"""Plans that are held where nobody names others."""
FIRST_PLANS = "plans to hold"
_MOVED = (
    "made", "links", "need", "steps", "room", "needed", "brought", "at_risk", "bought_today",
    "marginal_cost", "cost_avoided",
)  # fmt: skip
"""What of a basis hangs on effects, unit costs and needs, and is read again."""


@dataclass(frozen=True)
class Decided:
    """What a plan decides, as it is held: offers x years, scaled.

    Parameters
    ----------
    money : ndarray
        Money for units of each offer.
    started : ndarray
        Set-ups paid.
    flows : Money
        Where every pound goes.
    borrowed : mapping of str to float
        Pounds borrowed by loan.
    spare : ndarray
        Agencies x years: money that buys nothing.
    """

    money: np.ndarray
    started: np.ndarray
    flows: Any
    borrowed: Mapping[str, float]
    spare: np.ndarray

    @classmethod
    def of(cls, plan: Plan, place: Place, unit_cost: np.ndarray | None = None) -> Decided:
        """What a plan decides; ``unit_cost`` is what it was made with, where not the place's."""
        kept = Kept(plan, place, PUBLIC)
        basis = kept.basis
        if unit_cost is not None:
            offers = replace(basis.offers, unit_cost=unit_cost)
            kept = Kept(plan, place, PUBLIC, basis.altered((), offers=offers))
        left, year = plan.unspent(["agency", "year"]), {y: t for t, y in enumerate(basis.years)}
        agency = {name: a for a, name in enumerate(basis.agencies)}
        spare = np.zeros((len(agency), len(year)))
        at = left["agency"].map(agency), left["year"].map(year)
        np.add.at(spare, at, left["amount"].to_numpy(float) / basis.scale.money)
        money = kept.paid * kept.basis.offers.unit_cost
        return cls(money, kept.started, kept.money, kept.borrowed, spare)


@dataclass(frozen=True)
class Came:
    """What a plan comes to as it is held, in pounds and people.

    Parameters
    ----------
    value, cashable : float
        Public value, and cashable saving, discounted and real.
    not_served : float
        People in need that must be met and is not, all years added up.
    saved : ndarray
        By agency: cashable saving, discounted and real.
    deficits : ndarray
        Agencies: what has to be found, cash, all years.
    discounted : ndarray
        The same, discounted and real.
    """

    value: float
    cashable: float
    not_served: float
    saved: np.ndarray
    deficits: np.ndarray
    discounted: np.ndarray

    @property
    def worth(self) -> float:
        """Public value less what has to be found."""
        return self.value - float(self.discounted.sum())


class Moving:
    """A place whose figures turn out otherwise, all at once.

    Every figure is read once: a basis is a straight line in it until need, steps and costs are
    worked out from it.

    Parameters
    ----------
    place : Place
        The place; it has passed its checks.
    figures : sequence of Uncertain
        What moves.
    """

    def __init__(self, place: Place, figures: Sequence[Uncertain]) -> None:
        self.figures = figures
        self.basis = basis = Basis(place, standing_pooling(place))
        self._kinds = np.array([each.figure.kind for each in figures], dtype=object)
        offers = place.filled("offers")
        self._offer = {name: o for o, name in enumerate(basis.offers.name)}
        self._by_row = [self._offer[name] for name in offers["offer"]]
        index = offers["index"].astype(object).where(offers["index"].notna(), "").tolist()
        self._index = np.empty(len(index), dtype=object)
        self._index[self._by_row] = index
        order = place.filled("effects").sort_values(["service", "outcome"], kind="stable").index
        self._effect = np.argsort(np.asarray(order))
        self._needs = {n: self._given_by(each.figure) for n, each in self._of(NEED)}
        self._values = {n: self._worth_by(each.figure) for n, each in self._of(VALUE)}
        funding = stream_funding(place)
        holder = dict(zip(place.streams["stream"], place.streams["agency"], strict=True))
        self._funding = np.zeros((len(basis.agencies), len(basis.years)))
        agency = {name: a for a, name in enumerate(basis.agencies)}
        at = [agency[holder[stream]] for stream in funding.index]
        np.add.at(self._funding, at, funding.to_numpy(float) / basis.scale.money)
        self._agency = agency
        per_person = place.filled("services").set_index("service")["units_per_person"]
        self._people = basis.scale.units / per_person.loc[basis.lines.service].to_numpy(float)
        self._planned: dict[int, np.ndarray] = {}

    def _of(self, kind: str) -> list[tuple[int, Uncertain]]:
        return [(n, each) for n, each in enumerate(self.figures) if each.figure.kind == kind]

    def _given_by(self, figure: Figure) -> np.ndarray:
        """What a need adds to the need that is seen, each time it is there once more."""
        twice = Basis(figure.times(self.basis.place, 2.0), self.basis.pooling)
        return np.nan_to_num(twice.given - self.basis.given)

    def _worth_by(self, figure: Figure) -> dict[str, np.ndarray]:
        """What a value adds to what outcomes are worth, each time it is there once more."""
        basis, place = self.basis, figure.times(self.basis.place, 2.0)
        twice = vars(read_outcomes(place, basis.agencies, basis.scale))
        mine = ("fiscal", "transfers", "cashable", "economic", "social", "agency_fiscal",
                "agency_cashable")  # fmt: skip
        added = {name: twice[name] - vars(basis.outcomes)[name] for name in mine}
        return {name: more for name, more in added.items() if more.any()}

    def at(self, factors: np.ndarray) -> Basis:
        """The basis with every figure multiplied by its factor; of prices, by so much a year."""
        basis = self.basis
        now: dict[str, np.ndarray] = {}
        cost, given = basis.offers.unit_cost.copy(), basis.given.copy()
        coefficient, general = basis.effects.coefficient.copy(), basis.general.copy()
        # Prices of the price base are known.
        base = basis.place.settings.price_base
        rising = np.cumsum([start_of(year) > start_of(base) for year in basis.years])
        share, rises = np.ones(len(basis.offers)), np.ones_like(cost)
        for n, each in enumerate(self.figures):
            figure, factor = each.figure, factors[n]
            if figure.kind == COST:
                cost[[self._by_row[row] for row in figure.rows]] *= factor
            elif figure.kind == EFFECT:
                coefficient[self._effect[figure.rows]] *= factor
            elif figure.kind == NEED:
                given += (factor - 1.0) * self._needs[n]
            elif figure.kind == VALUE:
                for name, more in self._values[n].items():
                    now[name] = now.get(name, vars(basis.outcomes)[name]) + (factor - 1.0) * more
            elif figure.kind == INFLATION:
                rises[self._index == figure.part] *= factor**rising
                general = general * factor**rising if figure.part == "general" else general
            elif figure.kind == RELEASE:
                share[[self._by_row[row] for row in figure.rows]] = factor
        # What today's money buys is bought before prices rise otherwise.
        now_bought = basis.altered(
            ("bought_today",), offers=replace(basis.offers, unit_cost=cost)
        ).bought_today
        moved = basis.altered(
            _MOVED,
            general=general,
            given=given,
            bought_today=now_bought,
            offers=replace(basis.offers, unit_cost=cost * rises),
            effects=replace(basis.effects, coefficient=coefficient),
            outcomes=replace(basis.outcomes, **now),
        )
        if (share != 1.0).any():
            need = read_need(moved)
            need = replace(need, release=np.minimum(need.release * share, 1.0))
            moved = moved.altered((), need=need)
        return moved

    def unit_cost(self, factors: np.ndarray) -> np.ndarray:
        """Unit costs as they turn out: offers x years, scaled."""
        return self.at(factors).offers.unit_cost

    def place(self, factors: np.ndarray, *, funding: bool = False) -> Place:
        """The place as a table has it with figures multiplied, to be planned anew.

        Without ``funding`` money is as it is known: nobody can plan with it before it is there.
        """
        place = self.basis.place
        tables: dict[str, pd.DataFrame] = {}
        for n, each in enumerate(self.figures):
            figure, factor = each.figure, factors[n]
            if figure.kind == FUNDING and not funding:
                continue
            table = tables.setdefault(figure.table, place.tables[figure.table].copy())
            held = place.filled(figure.table)[figure.column].to_numpy(float)[figure.rows]
            column = table[figure.column].to_numpy(float, copy=True)
            times = held * factor
            if figure.kind == INFLATION:
                times = (1.0 + held) * factor - 1.0
            column[figure.rows] = np.minimum(times, 1.0) if figure.kind == RELEASE else times
            table[figure.column] = column
        return place.with_(**tables)

    def missing(self, factors: np.ndarray) -> np.ndarray:
        """Agencies x years: funding that does not come, scaled."""
        found = np.zeros_like(self._funding)
        for n, each in self._of(FUNDING):
            at = self._agency[each.figure.agency]
            found[at] = np.maximum(1.0 - factors[n], 0.0) * self._funding[at]
        return found

    def came(self, decided: Decided, moved: Basis, missing: np.ndarray) -> Came:
        """What a plan comes to as it is held."""
        basis = self.basis
        cost = moved.offers.unit_cost
        planned = decided.money / basis.offers.unit_cost
        paid = np.minimum(decided.money / cost, np.maximum(basis.offers.capacity[:, None], planned))
        paid, stuck = _no_faster(basis, moved, planned, paid)
        served = serve(moved, paid, paid)
        scale = basis.scale
        evidence = Evidence(
            decided.flows, served.units * scale.units, paid * scale.units, decided.started,
            served, borrowed=decided.borrowed,
        )  # fmt: skip
        found = np.maximum(missing - decided.spare, 0.0)
        own = moved.commissioner
        unmet = served.money_short(moved) + moved.by_line(stuck * cost)
        for a, name in enumerate(basis.agencies):
            found[a] += np.where(own == name, unmet, 0.0).sum(axis=0)
        real = moved.discount[: len(moved.years)] / moved.general
        led = basis.need.led[:, None]
        saved = self._saved(moved, served)
        return Came(
            objective_value(PUBLIC, moved, evidence),
            float(saved.sum()),
            float((served.unmet(moved) * led * self._people[:, None]).sum()),
            saved,
            found.sum(axis=1) * scale.money,
            (found * real).sum(axis=1) * scale.money,
        )

    def _saved(self, basis: Basis, served: Served) -> np.ndarray:
        """By agency: cashable saving, discounted and real, in pounds."""
        made, outcomes, scale = served.made, basis.outcomes, basis.scale
        counted = np.zeros((len(outcomes), made.counted.shape[1]))
        np.add.at(counted, basis.effects.outcome[made.effect], made.counted)
        each = (counted * outcomes.discount).sum(axis=1) @ outcomes.agency_cashable
        found = each * scale.money / scale.units
        released = avoided_savings(basis, served)[1].sum(axis=1)
        np.add.at(found, [self._agency[who] for who in basis.lines.commissioner], released)
        return np.asarray(found)


def _no_faster(
    basis: Basis, moved: Basis, planned: np.ndarray, paid: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Capacity paid for as release lets it go, and what of it the plan had no money for.

    What a plan itself gives up faster than it can, stands.
    """
    kept = moved.need.kept
    held, stuck = paid.copy(), np.zeros_like(paid)
    before, then = moved.need.paid_today, basis.need.paid_today
    for t in range(paid.shape[1]):
        given = np.maximum(basis.need.kept * then - planned[:, t], 0.0)
        stuck[:, t] = np.maximum(kept * before - given - held[:, t], 0.0)
        held[:, t] += stuck[:, t]
        before, then = held[:, t], planned[:, t]
    return held, stuck


# Which plans are held: those that are given, and those that are made first.


def read_plans(given: object) -> dict[str, Plan | None]:
    """Plans to hold, those that are yet to be made without a plan."""
    if isinstance(given, Mapping):
        found: dict[str, Plan | None] = {
            str(name): instance("plans", plan, Plan, "plans by name")
            for name, plan in given.items()
        }
    else:
        names = [given] if isinstance(given, str) else sequence(given)
        wrong = [name for name in names or () if name not in TITLES]
        if names is None or wrong:
            raise WrongArgument(
                f"plans are some of {', '.join(TITLES)}, or plans by name"
                + (f", and {wrong[0]!r} is none" if wrong else "")
            )
        found = dict.fromkeys(names)
    if not found:
        raise WrongArgument("there is no plan to hold: name one or more")
    return found


def made_of(
    place: Place, wanted: Mapping[str, Plan | None], limits: RunLimits, report: Report
) -> dict[str, Plan]:
    """Plans to hold; those that are not there yet are made."""
    held: dict[str, Plan] = {}
    for n, (name, plan) in enumerate(wanted.items()):
        report(Stage(f"{FIRST_PLANS}, {plan_called(name)}", FIRST_PLANS, name), n, len(wanted))
        if plan is not None:
            at_hand(plan, place, "what a plan comes to at other figures")
        held[name] = plan or _made(place, name, limits)
    return held


def _made(place: Place, name: str, limits: RunLimits) -> Plan:
    if name == "today":
        return today_of(place)
    return optimise(
        place, pooling=name, prices=False, seconds=limits.seconds, gap=limits.gap, stop=limits.stop
    )
