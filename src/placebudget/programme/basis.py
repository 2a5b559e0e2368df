"""The basis of a programme: a place under one pooling, as arrays in sorted order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, wraps
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from placebudget.place import RULE_KINDS, Place, RuleKind
from placebudget.place.conditions import (
    FREED,
    Pooling,
    purposes_by,
    rules_in_force,
    shared_by,
)
from placebudget.place.geography import Geography, each_row
from placebudget.place.once import once
from placebudget.place.settings import GENERAL, years_between
from placebudget.place.subjects import parse_subject
from placebudget.place.succession import Successions, succeeded
from placebudget.programme.lines import (
    Effects,
    Lines,
    OfferChoice,
    Offers,
    Outcomes,
    ServiceLevel,
    SharedOffer,
    Steps,
    UnitScale,
    appraisal_length,
    needed_units,
    place_discount,
    read_at_risk,
    read_choices,
    read_effects,
    read_levels,
    read_lines,
    read_offers,
    read_outcomes,
    read_shared,
    read_steps,
    returns_of,
)
from placebudget.programme.money import (
    DIRECT,
    Classes,
    Contributions,
    LoanTerms,
    Target,
    carried_on,
    class_contributions,
    contribution_limits,
    read_classes,
    read_loans,
    read_targets,
)
from placebudget.programme.need import Need, read_links, read_need, today_units
from placebudget.value import price_levels

_CONTRIBUTED = ["pool", "stream", "t"]


@dataclass(frozen=True)
class Rule:
    """One rule of a place.

    Parameters
    ----------
    number : int
        Position among the rules sorted by key.
    name, kind, basis : str
        As in the table.
    subject : dict of str to tuple of str
        What it holds for.
    year : str or None
        Its year; None for each.
    amount : float or None
        As in the table, unscaled.
    implied : bool
        Whether the setting ``without_effects`` asks for it, and no row of the table.
    """

    number: int
    name: str
    kind: str
    subject: dict[str, tuple[str, ...]]
    year: str | None
    amount: float | None
    basis: str
    implied: bool = False

    @property
    def record(self) -> RuleKind:
        """What is known of its kind."""
        return RULE_KINDS[self.kind]

    def years(self, among: tuple[str, ...]) -> list[int]:
        """Numbers of the years it holds in."""
        return [t for t, year in enumerate(among) if self.year is None or year == self.year]

    @property
    def share(self) -> float:
        """The amount, a percentage, as a share."""
        return (self.amount or 0.0) / 100.0


@once
def rules_of(place: Place) -> tuple[Rule, ...]:
    """All rules of a place, sorted by key."""
    table = rules_in_force(place).sort_values("rule", kind="stable")
    return tuple(
        Rule(
            number=n,
            name=row.rule,
            kind=row.kind,
            subject=parse_subject(row.subject),
            year=None if pd.isna(row.year) else row.year,
            amount=None if pd.isna(row.amount) else float(row.amount),
            basis=row.basis,
            implied=bool(row.implied),
        )
        for n, row in enumerate(each_row(table))
    )


_A_POUND = 1.0

# Capacity that falls short of need by less is enough.
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Shortfall:
    """What may be missing at most where money cannot meet all need that must be met.

    Parameters
    ----------
    unmet : float
        Cost of need unmet, at the offers that take the last of it, in cash and scaled money.
    dropped : float
        Cost of capacity given up faster than it can be: it gives way before need does.
    """

    unmet: float = np.inf
    dropped: float = np.inf

    @classmethod
    def least(cls, unmet: float, dropped: float, money: float) -> Shortfall | None:
        """The least there can be, from pounds; None below a pound, where all need can be met.

        A penny more than that, which no solver can keep to its last digit.
        """
        if unmet + dropped < _A_POUND:
            return None
        return cls(*((each + _A_POUND / 100) / money for each in (unmet, dropped)))

    def in_pounds(self, money: float) -> dict[str, float]:
        """What it is in whole pounds, as it is recorded."""
        return {
            "need_unmet": round(self.unmet * money),
            "capacity_dropped": round(self.dropped * money),
        }


Fact = TypeVar("Fact")
_ALTERED = "_altered"


def _of_place(work: Callable[[Basis], Fact]) -> cached_property[Fact]:
    """What hangs on the place and the scale alone: read once for all their bases.

    One that was altered keeps what it reads to itself.
    """

    @wraps(work)
    def known(basis: Basis) -> Fact:
        facts = basis.read
        if work.__name__ not in facts:
            facts[work.__name__] = work(basis)
        fact: Fact = facts[work.__name__]
        return fact

    return cached_property(known)


@dataclass(frozen=True)
class Basis:
    """Everything a block of the programme is written from.

    Parameters
    ----------
    place : Place
        The place; it must have passed its checks. It is held as successors hold it.
    pooling : Pooling
        Which pools there are, and whether ring-fences hold.
    reinvest : float, optional
        Share of recurrent cashable savings delivered and spent again.
    scale : UnitScale
        Units of money and of services in the programme.
    probe : bool
        Whether there is a class of free money, with no funding and no
        conditions, by which the price of a ring-fence is found.
    shortfall : Shortfall, optional
        How much need may go unmet where money cannot meet all that must be met.
    gave_way : mapping of (service, area, year) to (float, float)
        Where a service without effects cannot keep today's money: pounds by which it may
        have less, 0 or below, and more, 0 or above. What the same money pays for gives way by
        one share, so that a line can be let go on both sides.
    """

    place: Place
    pooling: Pooling
    reinvest: float = 0.0
    scale: UnitScale = field(default_factory=UnitScale)
    probe: bool = False
    shortfall: Shortfall | None = None
    gave_way: Mapping[tuple[str, str, str], tuple[float, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "place", succeeded(self.place))

    def altered(self, stale: Collection[str] = (), **now: Any) -> Basis:
        """The same with something else; all but what is stale is not worked out again."""
        other = replace(self)
        known = {**self.read, **vars(self)}
        known = {name: of for name, of in known.items() if name not in stale}
        vars(other).update({**known, **now, _ALTERED: True})
        return other

    @property
    def read(self) -> dict[str, Any]:
        """What is read of the place already, by name: of one that was altered nothing."""
        if _ALTERED in vars(self):
            return {}
        facts: dict[Any, dict[str, Any]] = vars(self.place).setdefault("_facts", {})
        return facts.setdefault(self.scale, {})

    def probed(self) -> Basis:
        """The same with a class of free money."""
        return self.altered({"classes", "contributions"}, probe=True)

    def with_coefficients(self, coefficients: np.ndarray) -> Basis:
        """The same with other effects, and all that hangs on them."""
        stale = {"made"}
        if len(self.need.line):
            stale |= {"need", "steps", "room", "needed", "brought", "at_risk"}
        return self.altered(stale, effects=replace(self.effects, coefficient=coefficients))

    @_of_place
    def geography(self) -> Geography:
        """The tree of areas."""
        return Geography.of(self.place)

    @property
    def years(self) -> tuple[str, ...]:
        """Years in which money is spent."""
        return self.place.years

    @_of_place
    def appraisal(self) -> tuple[str, ...]:
        """Years whose benefits count."""
        return years_between(self.years[0], appraisal_length(self.place))

    @_of_place
    def discount(self) -> np.ndarray:
        """Discount factors of the appraisal years."""
        return place_discount(self.place)

    @_of_place
    def general(self) -> np.ndarray:
        """Cash of each spending year that one real pound is."""
        inflation = self.place.filled("inflation")
        return price_levels(inflation, GENERAL, self.place.settings.price_base, self.years)

    @_of_place
    def agencies(self) -> np.ndarray:
        """Keys of the agencies, sorted."""
        return np.array(sorted(self.place.agencies["agency"]), dtype=object)

    @_of_place
    def exchequer(self) -> frozenset[str]:
        """Agencies whose savings go to the Exchequer."""
        table = self.place.filled("agencies")
        return frozenset(table.loc[table["sector"] == "dwp", "agency"])

    def at_home(self, agency: str) -> np.ndarray:
        """Which lines lie where an agency's own money pays."""
        homes = [self.within(area) for area in self.successions.home(agency)]
        return np.any(homes, axis=0)

    @_of_place
    def successions(self) -> Successions:
        """Who holds in a year what an agency held."""
        return Successions.of(self.place)

    @_of_place
    def commissioner(self) -> np.ndarray:
        """Lines x years: who commissions a line; of several successors in its area the largest."""
        lines, years = self.lines, self.years
        found = np.repeat(lines.commissioner[:, None], len(years), axis=1)
        for line in np.flatnonzero(np.isin(lines.commissioner, list(self.successions.ended))):
            who, area = lines.commissioner[line], lines.area[line]
            found[line] = [self.successions.commissioner(who, area, year) for year in years]
        return found

    def pays_itself(self, agency: str) -> np.ndarray:
        """Lines x years: whether an agency's own money may pay for a line without a pool.

        It pays for lines that it commissions in its territory, and for what it shares as a
        member; once an agency has ended its successor does, for what it took over.
        """
        if agency not in self._own:
            self._own[agency] = self._paid_itself(agency)
        return self._own[agency]

    @_of_place
    def _own(self) -> dict[str, np.ndarray]:
        return {}

    def _paid_itself(self, agency: str) -> np.ndarray:
        lines, ends = self.lines, self.successions
        own = (lines.commissioner == agency) & self.at_home(agency)
        allowed = np.repeat(own[:, None], len(self.years), axis=1)
        if ends:
            for line, (who, area) in enumerate(zip(lines.commissioner, lines.area, strict=True)):
                if who in ends.ended or agency in ends.ended:
                    allowed[line] = [ends.pays_itself(agency, who, area, y) for y in self.years]
        for t, year in enumerate(self.years):
            for holder in ends.names_of(agency):
                if agency in ends.holders(holder, year):
                    shared = list(shared_by(self.place, holder))
                    allowed[:, t] |= np.isin(lines.service, shared)
        return allowed

    @cached_property
    def given_way(self) -> np.ndarray:
        """Less and more by lines and years, in scaled money; see ``gave_way``."""
        found = np.zeros((2, len(self.lines), len(self.years)))
        number, year = self.lines.position(), {name: t for t, name in enumerate(self.years)}
        for (service, area, when), pounds in self.gave_way.items():
            found[:, number[service, area], year[when]] = np.array(pounds) / self.scale.money
        return found

    @_of_place
    def today(self) -> pd.DataFrame:
        """Today's money, carried on; see :func:`carried_on`."""
        return carried_on(self.place, self.geography)

    @_of_place
    def lines(self) -> Lines:
        """Services in areas."""
        return read_lines(self.place, self.geography, self.today, self.scale)

    @_of_place
    def offers(self) -> Offers:
        """Ways to buy them."""
        return read_offers(self.place, self.geography, self.lines, self.scale)

    @_of_place
    def steps(self) -> Steps:
        """Steps of returns."""
        return read_steps(self.offers, self.returns, self.given[:, 1:], self.need.added)

    @_of_place
    def returns(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Line, number, share of need and effectiveness of every step."""
        return returns_of(self.place, self.lines, self.geography)

    @_of_place
    def given(self) -> np.ndarray:
        """Lines x years, today's first: units of need as it is seen; not a number for none."""
        return np.hstack(
            [
                needed_units(self.place, self.geography, self.lines, years) / self.scale.units
                for years in ((self.place.settings.today_year,), self.years)
            ]
        )

    @_of_place
    def bought_today(self) -> np.ndarray:
        """By offer: units that today's money buys."""
        return today_units(self)

    @_of_place
    def links(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Outcome, area, line and units: which outcome takes need from which line."""
        return read_links(self)

    @_of_place
    def need(self) -> Need:
        """Need that must be met, that prevention takes away, and capacity paid for."""
        return read_need(self)

    def by_line(self, amounts: np.ndarray) -> np.ndarray:
        """Amounts by offer and year added up by line."""
        lines = np.zeros((len(self.lines), amounts.shape[1]))
        np.add.at(lines, self.offers.line, amounts)
        return lines

    @_of_place
    def area_of(self) -> np.ndarray:
        """By line: number of its area."""
        code = {area: n for n, area in enumerate(self.geography.areas)}
        return np.array([code[area] for area in self.lines.area], np.int64)

    def by_line_of_steps(self, amounts: np.ndarray) -> np.ndarray:
        """Amounts by step and year added up by line."""
        lines = np.zeros((len(self.lines), amounts.shape[1]))
        np.add.at(lines, self.steps.line, amounts)
        return lines

    @_of_place
    def room(self) -> np.ndarray:
        """Lines x years: units that fit into the steps of returns."""
        return self.by_line_of_steps(self.steps.width)

    @_of_place
    def brought(self) -> np.ndarray:
        """Lines x appraisal years: need that earlier purchases still avoid, no more than needed."""
        return np.minimum(self.need.brought, self.needed)

    @_of_place
    def needed(self) -> np.ndarray:
        """Lines x appraisal years: units needed, with those that today's services avoid.

        After the last year of money as in it.
        """
        share = np.bincount(self.steps.line, self.steps.share, len(self.lines))
        needed = self.room / share[:, None]
        last = np.minimum(np.arange(len(self.appraisal)), len(self.years) - 1)
        return np.asarray(needed[:, last])

    @property
    def missing(self) -> dict[str, float]:
        """What may be missing at most, in pounds, where money cannot meet all need."""
        return {} if self.shortfall is None else self.shortfall.in_pounds(self.scale.money)

    @_of_place
    def marginal_cost(self) -> np.ndarray:
        """Lines x years: unit cost of the offer that takes the last of the need, in cash.

        The offers there are, filled in order of cost up to their capacity. Where a line has no
        offer yet, of the cheapest that is to come.
        """
        offers, years = self.offers, len(self.years)
        there = np.arange(years) >= offers.first_year[:, None]
        cost = np.full((len(self.lines), years), np.inf)
        np.minimum.at(cost, offers.line, np.where(there, offers.unit_cost, np.inf))
        none_yet = ~np.isfinite(cost)
        to_come = np.full_like(cost, np.inf)
        np.minimum.at(to_come, offers.line, offers.unit_cost)
        needed = np.where(np.isfinite(self.needed), self.needed, 0.0)[offers.line]
        for t in range(years):
            order = np.lexsort((offers.unit_cost[:, t], offers.line))
            line, need = offers.line[order], needed[order, t]
            room = np.where(there[order, t], np.minimum(offers.capacity[order], need), 0.0)
            first = np.searchsorted(line, line)
            cheaper = np.cumsum(room) - room
            cheaper -= cheaper[first]
            wanted = there[order, t] & (cheaper < need * (1.0 - _ROUNDING))
            np.maximum.at(cost[:, t], line[wanted], offers.unit_cost[order[wanted], t])
        return np.where(none_yet, to_come, cost)

    @_of_place
    def cost_avoided(self) -> np.ndarray:
        """Lines x appraisal years: cost of a unit that is not needed, real and discounted.

        After the last year of money real cost is as in it.
        """
        last = np.minimum(np.arange(len(self.appraisal)), len(self.years) - 1)
        return np.asarray((self.marginal_cost / self.general)[:, last] * self.discount)

    @_of_place
    def choices(self) -> tuple[OfferChoice, ...]:
        """Offers of which one alone runs."""
        return read_choices(self.place, self.offers)

    @_of_place
    def shared(self) -> tuple[SharedOffer, ...]:
        """Offers that members share."""
        return read_shared(self.place, self.offers, self.scale)

    @_of_place
    def levels(self) -> tuple[ServiceLevel, ...]:
        """Services of which a level is chosen."""
        return read_levels(self.place, self.offers)

    def at_shut_levels(self, served: np.ndarray) -> np.ndarray:
        """Lines of a service that is served at another level.

        Parameters
        ----------
        served : ndarray
            Lines x years: whether anything is delivered.
        """
        offers, levelled = self.offers, np.zeros(len(self.lines), bool)
        levelled[offers.line[offers.level >= 0]] = True
        open_ = offers.line[offers.at_open_level(served[offers.line])]
        shut = levelled & np.isin(self.lines.service, self.lines.service[open_])
        shut[open_] = False
        return shut

    @property
    def decisions(self) -> tuple[OfferChoice | SharedOffer | ServiceLevel, ...]:
        """All that holds which offers run together."""
        return (*self.choices, *self.shared, *self.levels)

    @_of_place
    def outcomes(self) -> Outcomes:
        """What changes for people, with its value."""
        return read_outcomes(self.place, self.agencies, self.scale)

    @_of_place
    def effects(self) -> Effects:
        """How much outcome a unit makes."""
        return read_effects(self.place, self.outcomes.name)

    @_of_place
    def made(self) -> np.ndarray:
        """Outcome a unit makes: effects x years it is bought in x appraisal years."""
        return self.effects.made(len(self.years), len(self.appraisal))

    @_of_place
    def at_risk(self) -> dict[tuple[int, int, int], float]:
        """Most that a plan can make count, by numbers of outcome, area and appraisal year.

        In scaled units; less what earlier purchases still bring of outcomes that avoid need.
        """
        limits, taken = dict(self.whole_risk), self.need.risk_taken
        for y, a, t in limits if taken else ():
            below = self.geography.descendants(self.geography.areas[a])
            inside = [n for n, area in enumerate(self.geography.areas) if area in below]
            brought = sum(taken.get((y, at, t), 0.0) for at in inside)
            limits[y, a, t] = max(limits[y, a, t] - brought, 0.0)
        return limits

    @_of_place
    def whole_risk(self) -> dict[tuple[int, int, int], float]:
        """Most that counts whoever brought it, by the same numbers."""
        return read_at_risk(
            self.place, self.geography, self.outcomes.name, self.appraisal, self.scale
        )

    @_of_place
    def limited(self) -> np.ndarray:
        """Numbers of the outcomes that the table at_risk limits."""
        return np.unique([y for y, _, _ in self.whole_risk]).astype(np.int64)

    @cached_property
    def pooled_today(self) -> pd.DataFrame:
        """What pools pay today for another agency's lines, carried on, that stays with them.

        A pool that is closed goes on with it; so does every pool of a flexible place, in
        which pools can be closed.

        Returns
        -------
        DataFrame
            pool, stream, agency (that commissions the line), purpose, t, amount in pounds,
            payment (number of the row of today's money).
        """
        today, line, years = self.today, self.today_line, len(self.years)
        holder = dict(zip(*(self.place.streams[n] for n in ("stream", "agency")), strict=True))
        agency = self.lines.commissioner[line]
        held = np.array([holder[stream] for stream in today["stream"].tolist()], dtype=object)
        other = held != agency
        if self.successions:
            other &= held != self.commissioner[line, today["t"].to_numpy(np.int64)]
        route = today["route"].to_numpy(object)
        closed = route != DIRECT
        if not self.pooling.flexible:
            closed &= ~np.isin(route, list(self.pooling.pools)) & (not self.pooling.freed)
        at = np.flatnonzero(closed & other)
        rows = pd.DataFrame(
            {
                "pool": route[at],
                "stream": today["stream"].to_numpy(object)[at],
                "agency": agency[at],
                "purpose": self.lines.purpose[line[at]],
                "t": today["t"].to_numpy()[at],
                "amount": today["amount"].to_numpy()[at],
                "payment": at // max(years, 1),
            }
        )
        if rows.empty:
            return rows
        may = pd.MultiIndex.from_frame(self._all_limits[_CONTRIBUTED])
        return rows[pd.MultiIndex.from_frame(rows[_CONTRIBUTED]).isin(may)]

    @cached_property
    def above_maximum(self) -> pd.DataFrame:
        """Where pools that are closed go on with more than they may take in while they are open.

        Returns
        -------
        DataFrame
            pool, stream, t, paid (into the pool, its management cost with it) and maximum, in
            pounds.
        """
        paid = self.pooled_today.groupby(_CONTRIBUTED, as_index=False)["amount"].sum()
        cost = self.place.filled("pools").set_index("pool")["management_cost"]
        paid["paid"] = paid["amount"] / (1.0 - paid["pool"].map(cost).astype(float))
        held = paid.merge(self._all_limits, on=_CONTRIBUTED)
        above = held["paid"] - held["maximum"] >= 0.005
        return held.loc[above, [*_CONTRIBUTED, "paid", "maximum"]]

    @_of_place
    def _all_limits(self) -> pd.DataFrame:
        return contribution_limits(self.place, self.years)

    @cached_property
    def _limits(self) -> pd.DataFrame:
        limits = self._all_limits
        open_ = limits["pool"].isin(self.pooling.pools)
        if self.pooled_today.empty:
            return limits[open_]
        stays = pd.MultiIndex.from_frame(self.pooled_today[_CONTRIBUTED])
        kept = ~open_ & pd.MultiIndex.from_frame(limits[_CONTRIBUTED]).isin(stays)
        # What a closed pool goes on with is said in full by a constraint.
        return pd.concat([limits[open_], limits[kept].assign(minimum=0.0, maximum=np.inf)])

    @cached_property
    def classes(self) -> Classes:
        """Streams that every condition treats alike."""
        who: tuple[str, ...] = ()
        if self.reinvest > 0:
            savers = self.place.savings["agency"].unique()
            who = tuple(sorted(set(savers) - self.exchequer))
        return read_classes(
            self.place,
            self._limits,
            self.scale,
            who,
            probe=self.probe,
            freed=self.pooling.freed,
            apart=self.pooling.flexible,
            alone=frozenset(self.pooled_today["stream"]).union(
                stream
                for target in self.targets
                for stream, pounds in target.paid.items()
                if (pounds < 0).any()
            )
            | {s for loan in self.loans for s, moved in loan.moves.items() if (moved < 0).any()},
            sharing=self.pooling.coalitions,
        )

    @_of_place
    def targets(self) -> tuple[Target, ...]:
        """Targets that pay a reward in a year of money."""
        return read_targets(
            self.place, self.geography, self.outcomes.name, self.appraisal, self.scale
        )

    @_of_place
    def loans(self) -> tuple[LoanTerms, ...]:
        """Loans that may be taken."""
        return read_loans(self.place)

    @_of_place
    def debt_worth(self) -> np.ndarray:
        """By loan: what a pound borrowed takes off the value of a plan by being owed after it.

        What is left after the last year of money, real and discounted as of it.
        """
        real = float(self.discount[len(self.years) - 1] / self.general[-1])
        return np.array([loan.left * loan.later_pound * real for loan in self.loans])

    @_of_place
    def interest_worth(self) -> np.ndarray:
        """By loan: interest on a pound borrowed in the years of money, real and discounted."""
        real = self.discount[: len(self.years)] / self.general
        return np.array([float(loan.interest @ real) for loan in self.loans])

    @cached_property
    def contributions(self) -> Contributions:
        """Limits of contributions, by class, pool and year, of the pools there are."""
        return class_contributions(self.classes, self._limits, self.scale)

    @cached_property
    def routes(self) -> np.ndarray:
        """How money reaches a line: direct, or through a pool."""
        freed = [FREED] if self.pooling.freed else []
        pools = sorted({*self.pooling.pools, *self.pooled_today["pool"]})
        return np.array([DIRECT, *pools, *freed], dtype=object)

    @cached_property
    def management_cost(self) -> np.ndarray:
        """Share of contributions taken, by route."""
        pools = self.place.filled("pools").set_index("pool")["management_cost"]
        return np.array([float(pools.get(route, 0.0)) for route in self.routes])

    @_of_place
    def pool_purposes(self) -> dict[str, frozenset[str]]:
        """Purposes of each pool that names any."""
        return purposes_by(self.place, "pool_purposes", "pool")

    @_of_place
    def rules(self) -> tuple[Rule, ...]:
        """The rules of the place, those about pools that are closed among them."""
        return rules_of(self.place)

    @_of_place
    def today_line(self) -> np.ndarray:
        """Number of the line that each row of today's money pays for."""
        number = self.lines.position()
        keys = zip(self.today["service"].tolist(), self.today["area"].tolist(), strict=True)
        return np.array([number[key] for key in keys], np.int64)

    @_of_place
    def _within(self) -> dict[str, np.ndarray]:
        return {}

    def within(self, area: str) -> np.ndarray:
        """Which lines lie in an area or below it."""
        if area not in self._within:
            below = self.geography.descendants(area)
            inside = np.array([name in below for name in self.lines.area], dtype=bool)
            inside.flags.writeable = False
            self._within[area] = inside
        return self._within[area]


def fill_steps(basis: Basis, units: np.ndarray) -> np.ndarray:
    """Fill the steps of returns in order.

    Parameters
    ----------
    units : ndarray
        Lines x years, scaled units.

    Returns
    -------
    ndarray
        Steps x years; units beyond the last step are in none.
    """
    steps = basis.steps
    filled = np.zeros_like(steps.width)
    left = units.copy()
    for number in np.unique(steps.step):
        now = np.flatnonzero(steps.step == number)
        take = np.minimum(left[steps.line[now]], steps.width[now])
        filled[now] = take
        left[steps.line[now]] -= take
    return filled
