"""One run of one policy: the years of delivery one after the other, and what came of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from threading import Event

import numpy as np

from placebudget.belief import Belief
from placebudget.place import Place
from placebudget.plan import Plan
from placebudget.plan.deliver import counted_by_area
from placebudget.plan.need import Served, avoided_savings, no_savings, serve, with_need_avoided
from placebudget.programme import Basis, Benchmark, fill_steps, read_pooling
from placebudget.programme.blocks.lots import has_begun
from placebudget.study.cycle.assumptions import Chance, Evaluation, Policy
from placebudget.study.cycle.market import MarketRun
from placebudget.study.cycle.owed import Bearing, Owed, owed_of
from placebudget.study.cycle.replanning import Known, Replanner, Standing, standing_of

# One year of delivery: what is commissioned, what of it arrives, and what it costs.


@dataclass(frozen=True)
class Year:
    """What one year of delivery was, in the units of a programme.

    Parameters
    ----------
    units : ndarray
        Units delivered, by offer; capacity to deliver where somebody must be in need.
    paid : ndarray
        Agencies x lines: what is paid in fact.
    over : ndarray
        By agency: what is paid beyond the plan; negative: less than planned.
    evaluation : ndarray
        Money spent on evaluation, by line.
    followed : ndarray
        Share of the delivered units of each line that is followed.
    """

    units: np.ndarray
    paid: np.ndarray
    over: np.ndarray
    evaluation: np.ndarray
    followed: np.ndarray


def deliver(
    basis: Basis,
    standing: Standing,
    t: int,
    chance: Chance,
    belief: Belief,
    evaluation: Evaluation | None,
    placed: np.ndarray | None = None,
    moving: np.ndarray | None = None,
) -> Year:
    """Deliver what stands in the plan for year ``t``.

    An offer commissioned delivers its units less what slips; units that do not
    arrive are not paid for, those that do cost what they cost. Agencies pay for a
    line in the proportions of the plan. Capacity that is paid for is there for those who
    turn out to be in need. Where a provider is gone, others deliver what is ``placed`` with
    them, and ``moving`` its people is paid, both by offer.
    """
    offers, planned = basis.offers, standing.capacity[:, t]
    cost = offers.unit_cost[:, t]
    by_line = np.bincount(offers.line, cost * planned, len(basis.lines))
    share, followed = _evaluated(basis, planned, by_line, belief, evaluation)
    kept = (planned if placed is None else placed) * (1.0 - share[offers.line])
    delivered = kept * (1.0 - chance.undelivered[:, t])
    evaluated = share * by_line
    paid_once = offers.once(standing.started, standing.units > 0)[:, t]
    once = np.bincount(offers.line, paid_once, len(basis.lines))
    actual = np.bincount(offers.line, cost * chance.cost[:, t] * delivered, len(basis.lines))
    whole = by_line + once
    ratio = np.divide(actual + evaluated + once, whole, out=np.ones_like(whole), where=whole > 0)
    paid = standing.paid[:, :, t] * ratio
    if moving is not None:
        paid += _moving(basis, standing.paid[:, :, t], moving)
    over = (paid - standing.paid[:, :, t]).sum(axis=1)
    return Year(delivered, paid, over, evaluated, followed)


def _moving(basis: Basis, paid: np.ndarray, moving: np.ndarray) -> np.ndarray:
    """Agencies x lines: who pays for moving people: who pays for the line, or commissions it."""
    whole, own = paid.sum(axis=0), basis.agencies.astype(str)[:, None] == basis.lines.commissioner
    part = np.divide(paid, whole, out=own.astype(float), where=whole > 0)
    return np.asarray(part * np.bincount(basis.offers.line, moving, len(basis.lines)))


def _evaluated(
    basis: Basis,
    planned: np.ndarray,
    by_line: np.ndarray,
    belief: Belief,
    evaluation: Evaluation | None,
) -> tuple[np.ndarray, np.ndarray]:
    """Share of each line's money that evaluation takes, and of its units that is followed."""
    lines = basis.lines
    share, followed = np.zeros(len(lines)), np.zeros(len(lines))
    if evaluation is None:
        return share, followed
    units = np.bincount(basis.offers.line, planned, len(lines))
    open_ = belief.spread > evaluation.enough
    for service in np.unique(basis.effects.service[open_].astype(str)):
        mine = lines.service == service
        whole, money = units[mine].sum() * basis.scale.units, by_line[mine].sum()
        if whole <= 0 or money <= 0:
            continue
        taken = min(evaluation.followed, evaluation.most * whole)
        price = taken * evaluation.cost / basis.scale.money
        share[mine] = min(price / money, 1.0)
        followed[mine] = taken / whole
    return share, followed


def seen_of(
    basis: Basis, years: list[Year], t: int, chance: Chance, belief: Belief
) -> tuple[np.ndarray, np.ndarray]:
    """What evaluation expected and saw by the end of year ``t``, by effect.

    An effect that works after a lag is seen when it starts to work, in the people
    followed when they were helped.
    """
    effects, lines, steps = basis.effects, basis.lines, basis.steps
    expected = np.zeros(len(effects))
    working: dict[int, np.ndarray] = {}
    for n in range(len(effects)):
        helped = t - int(effects.lag[n])
        if helped < 0 or belief.certain[n]:
            continue
        if helped not in working:
            working[helped] = _working(basis, years[helped], helped, steps.effectiveness)
        mine = lines.service == effects.service[n]
        expected[n] = working[helped][mine].sum() * effects.coefficient[n]
    expected = np.maximum(expected, 0.0)
    return expected, chance.count(t, expected)


def _working(basis: Basis, year: Year, t: int, effectiveness: np.ndarray) -> np.ndarray:
    """Units followed, weighted by how well they work, by line, in single units."""
    every = np.zeros((len(basis.lines), len(basis.years)))
    np.add.at(every[:, t], basis.offers.line, year.units)
    filled = fill_steps(basis, every)[:, t] * effectiveness
    return np.asarray(
        np.bincount(basis.steps.line, filled, len(basis.lines)) * year.followed * basis.scale.units
    )


Counted = dict[tuple[int, int, int], float]


@dataclass(frozen=True)
class History:
    """What came of one run, in pounds and single units.

    Parameters
    ----------
    value : float
        Public value, discounted, as the objective of that name counts it.
    outcomes : ndarray
        Outcomes x appraisal years: counted.
    fiscal, cashable : ndarray
        Agencies x appraisal years: savings in the price base, not discounted.
    spent, over, deficit : ndarray
        Agencies x years, cash: paid for services; paid beyond the plan (negative:
        less); paid beyond the plan and all spare money of the year.
    unpaid : ndarray
        By agency: deficits that no later year of the plan has paid back, cash.
    evaluation : float
        Cash spent on evaluation.
    unmet, empty : ndarray
        Services x years: units of need that is not met, and of capacity that nobody needs.
    prevention_paid : ndarray
        Agencies x appraisal years: money for preventive services, in the price base.
    prevention_fiscal, prevention_cashable : ndarray
        Agencies x appraisal years: what their outcomes save.
    replanned, kept : int
        Times the plan was made again; times no plan kept all rules and it stood.
    truth, mean, spread : ndarray
        By effect: the true effect over the one planned with, and what is believed
        of it in the end.
    owed : Owed
        What came of targets and loans, and where the money of each year came from and went.
    market : MarketRun, optional
        Who was there, who came and went.
    """

    value: float
    outcomes: np.ndarray
    fiscal: np.ndarray
    cashable: np.ndarray
    spent: np.ndarray
    over: np.ndarray
    deficit: np.ndarray
    unpaid: np.ndarray
    evaluation: float
    unmet: np.ndarray
    empty: np.ndarray
    prevention_paid: np.ndarray
    prevention_fiscal: np.ndarray
    prevention_cashable: np.ndarray
    replanned: int
    kept: int
    truth: np.ndarray
    mean: np.ndarray
    spread: np.ndarray
    owed: Owed
    market: MarketRun | None = None


class World:
    """A place under one pooling with its first plan, ready to be lived through.

    Parameters
    ----------
    place : Place
        The place.
    pooling, objective : str
        How plans are made.
    standing : Standing
        The first plan.
    benchmarks : mapping of str to Benchmark
        What working apart gives each agency with a rule ``no_worse_off``.
    counted : dict
        What the plan counts of each outcome, where it does not follow from its money
        alone; see :func:`counted_of`.
    stop : threading.Event, optional
        Ends a solve.
    """

    def __init__(
        self,
        place: Place,
        pooling: str,
        objective: str,
        standing: Standing,
        benchmarks: Mapping[str, Benchmark],
        counted: Counted,
        stop: Event | None = None,
    ) -> None:
        self.basis = Basis(place, read_pooling(place, pooling))
        self.first, self.counted = standing, counted
        self.replanner = Replanner(place, pooling, objective, benchmarks, standing, stop)
        self.preventive = self.basis.lines.nature == "preventive"
        self.bearing = Bearing.of(self.basis)

    def live(
        self,
        policy: Policy,
        chance: Chance,
        spread: np.ndarray,
        evaluation: Evaluation,
        market: MarketRun | None = None,
    ) -> History:
        """Live through one run of a policy; ``market`` is moved along with it."""
        basis, standing, belief = self.basis, self.first, Belief.of(spread)
        more = np.zeros((len(basis.agencies), len(basis.years)))
        years: list[Year] = []
        replanned = kept = 0
        bought = evaluation if policy.evaluate else None
        closed = None if market is None else market.closed
        counted, share = np.full((2, len(basis.targets)), np.nan)
        for t in range(len(basis.years)):
            now = None if market is None else market.closed
            apart = np.abs(standing.shares[:, t] - share) > 1e-9
            known = Known(belief.mean, more, now, share, bool(apart.any()))
            changed = closed is not None and now is not None and bool((closed != now).any())
            if t and policy.replan and (changed or not known.nothing_new):
                found = self.replanner.replan(standing, t, known)
                replanned, kept = replanned + (found is not None), kept + (found is None)
                standing, closed = found or standing, now
            if market is None:
                years.append(deliver(basis, standing, t, chance, belief, bought))
            else:
                years.append(self._in_market(market, standing, years, t, chance, belief, bought))
            if bought is not None:
                belief = belief.update(*seen_of(basis, years, t, chance, belief))
            self._settle(standing, years, t, chance, counted, share)
            if policy.replan and t + 1 < len(basis.years):
                more[:, t + 1] = self._carried_on(standing, years[t], t, share)
        times = (replanned, kept)
        settled = (counted, share)
        lived = self._history(standing, years, chance, belief, times, policy.replan, settled)
        return lived if market is None else replace(lived, market=market)

    def _in_market(
        self,
        market: MarketRun,
        standing: Standing,
        years: list[Year],
        t: int,
        chance: Chance,
        belief: Belief,
        bought: Evaluation | None,
    ) -> Year:
        """A year in which providers may fail, and after which they may leave or enter."""
        basis, planned = self.basis, standing.capacity
        begun = has_begun(basis, standing.started)[:, t]
        taken = market.open_year(basis, planned[:, t], begun, t)
        year = deliver(basis, standing, t, chance, belief, bought, taken, market.moving[t])
        income = basis.offers.unit_cost[:, t] * chance.cost[:, t] * year.units
        served = self._served(standing, [*years, year], chance)
        market.close_year(basis, year.units, income, served.unmet(basis)[:, t], t)
        return year

    def _served(self, standing: Standing, years: list[Year], chance: Chance) -> Served:
        """Who is served by what is delivered so far and, after that, by what is planned."""
        units = standing.capacity.copy()
        units[:, : len(years)] = np.stack([each.units for each in years], axis=1)
        return serve(as_it_is(self.basis, chance.truth), units, units, self.counted)

    def _settle(
        self,
        standing: Standing,
        years: list[Year],
        t: int,
        chance: Chance,
        counted: np.ndarray,
        share: np.ndarray,
    ) -> None:
        """What the targets of a year count, and the share of its reward that each pays."""
        due = [n for n, target in enumerate(self.basis.targets) if target.year == t]
        if not due:
            return
        found = counted_by_area(self.basis, self._served(standing, years, chance).made)
        for n in due:
            target = self.basis.targets[n]
            counted[n] = found[target.outcome, target.areas, t].sum()
            share[n] = target.earned(counted[n])

    def _carried_on(self, standing: Standing, year: Year, t: int, share: np.ndarray) -> np.ndarray:
        """What a year's deficits and money left over do to the money of the next."""
        over = year.over + self.bearing.missed(standing.shares, share)[:, t]
        deficit = np.maximum(over - standing.spare[:, t], 0.0)
        saved = np.maximum(-over, 0.0)
        return np.minimum(saved, self.replanner.allowance(self.basis.agencies, t)) - deficit

    def _history(
        self,
        standing: Standing,
        years: list[Year],
        chance: Chance,
        belief: Belief,
        times: tuple[int, int],
        repaid: bool,
        settled: tuple[np.ndarray, np.ndarray],
    ) -> History:
        basis = self.basis
        pounds = basis.scale.money
        actual = as_it_is(basis, chance.truth)
        units = np.stack([year.units for year in years], axis=1)
        served = serve(actual, units, units, self.counted)
        made, released = served.made, _released(actual, served)
        by_prevention = _Released(
            0.0, released.fiscal[self.preventive], released.cashable[self.preventive]
        )
        outcome = basis.effects.outcome[made.effect]
        everything = _by_outcome(basis, outcome, made.counted)
        mine = self.preventive[made.line]
        prevented = _by_outcome(basis, outcome[mine], made.counted[mine])
        per_unit = pounds / basis.scale.units
        fiscal = basis.outcomes.agency_fiscal.T * per_unit
        cashable = basis.outcomes.agency_cashable.T * per_unit
        over = np.stack([year.over for year in years], axis=1)
        paid = np.stack([year.paid for year in years], axis=2)
        real = paid[:, self.preventive].sum(axis=1) / basis.general
        prevention_paid = np.zeros((len(basis.agencies), len(basis.appraisal)))
        prevention_paid[:, : len(basis.years)] = real * pounds
        beyond = over + self.bearing.missed(standing.shares, settled[1]) - standing.spare
        deficit = np.maximum(beyond, 0.0) * pounds
        owed = owed_of(
            basis, self.bearing, *settled, standing.loans, standing.held, paid.sum(axis=1),
            np.maximum(beyond, 0.0), np.maximum(-beyond, 0.0),
        )  # fmt: skip
        return History(
            value=float((basis.outcomes.public_value * per_unit * everything).sum())
            + released.value
            - float(basis.debt_worth @ owed.drawn),
            outcomes=everything,
            fiscal=fiscal @ everything + released.fiscal.sum(axis=0),
            cashable=cashable @ everything + released.cashable.sum(axis=0),
            spent=paid.sum(axis=1) * pounds,
            over=over * pounds,
            deficit=deficit,
            unpaid=deficit[:, -1] if repaid else deficit.sum(axis=1),
            evaluation=float(sum(year.evaluation.sum() for year in years)) * pounds,
            prevention_paid=prevention_paid,
            unmet=_by_service(actual, served.unmet(actual) * actual.need.led[:, None]),
            empty=_by_service(actual, _empty(actual, units, served)),
            prevention_fiscal=fiscal @ prevented + by_prevention.fiscal.sum(axis=0),
            prevention_cashable=cashable @ prevented + by_prevention.cashable.sum(axis=0),
            replanned=times[0],
            kept=times[1],
            truth=chance.truth,
            mean=belief.mean,
            spread=belief.spread,
            owed=owed,
        )


def as_it_is(basis: Basis, truth: np.ndarray) -> Basis:
    """The basis of a place with effects as they are: all else that was read from it stays.

    With them goes what today's services avoid, which is added to the need that is seen.
    """
    if (truth == 1.0).all():
        return basis
    return basis.with_coefficients(basis.effects.coefficient * truth)


@dataclass(frozen=True)
class _Released:
    """What avoiding need saves, by maker, in pounds: see :func:`avoided_savings`.

    Parameters
    ----------
    value : float
        Public value, discounted: money released after the last year of money.
    fiscal, cashable : ndarray
        Lines (that avoid) x agencies (that save) x appraisal years, not discounted.
    """

    value: float
    fiscal: np.ndarray
    cashable: np.ndarray


def _released(basis: Basis, served: Served) -> _Released:
    shape = (len(basis.lines), len(basis.agencies), len(basis.appraisal))
    fiscal, cashable = np.zeros(shape), np.zeros(shape)
    if not basis.need.lasting.any():
        return _Released(0.0, fiscal, cashable)
    rows = with_need_avoided(basis, served, no_savings())
    line = basis.lines.position()
    at = (
        [line[key] for key in zip(rows["service"], rows["area"], strict=True)],
        np.searchsorted(basis.agencies.astype(str), rows["agency"].to_numpy(str)),
        [basis.appraisal.index(year) for year in rows["year"]],
    )
    np.add.at(fiscal, at, rows["fiscal"].to_numpy(float))
    np.add.at(cashable, at, rows["cashable"].to_numpy(float))
    _, discounted = avoided_savings(basis, served)
    return _Released(float(discounted[:, len(basis.years) :].sum()), fiscal, cashable)


def _empty(basis: Basis, units: np.ndarray, served: Served) -> np.ndarray:
    """Lines x years: capacity that nobody needs."""
    counts = (basis.need.led | basis.need.avoidable)[:, None]
    return np.where(counts, basis.by_line(units - served.units), 0.0)


def _by_service(basis: Basis, amounts: np.ndarray) -> np.ndarray:
    """Amounts by line added up by service, in single units."""
    services = np.unique(basis.lines.service.astype(str))
    found = np.zeros((len(services), amounts.shape[1]))
    np.add.at(found, np.searchsorted(services, basis.lines.service.astype(str)), amounts)
    return found * basis.scale.units


def counted_of(plan: Plan, basis: Basis, standing: Standing) -> Counted:
    """What a plan counts of each outcome, where its units alone would count otherwise.

    Where a rule about outcomes rests on how overlap is divided between areas, the plan
    divides it in its own way, and so does what is delivered from it.
    """
    made = serve(basis, standing.capacity, standing.capacity).made
    outcome = {name: n for n, name in enumerate(basis.outcomes.name)}
    area = {name: n for n, name in enumerate(basis.geography.areas)}
    year = {name: n for n, name in enumerate(basis.appraisal)}
    rows = plan.tables["outcomes"]
    at = (
        [outcome[name] for name in rows["outcome"]],
        [area[name] for name in rows["area"]],
        [year[name] for name in rows["year"]],
    )
    shape = (len(outcome), len(area), len(year))
    planned, found = np.zeros(shape), np.zeros(shape)
    np.add.at(planned, at, rows["counted"].to_numpy(float))
    where = np.array([area[name] for name in basis.lines.area[made.line]], np.int64)
    np.add.at(found, (basis.effects.outcome[made.effect], where), made.counted)
    if np.allclose(planned, found, rtol=1e-9, atol=1e-6):
        return {}
    return {tuple(key): float(planned[tuple(key)]) for key in np.argwhere(planned > 0).tolist()}  # type: ignore[misc]


def first_plan(plan: Plan, place: Place) -> tuple[Standing, dict[str, Benchmark], Counted]:
    """What a world needs of a plan, small enough to be sent to a worker."""
    basis = Basis(place, read_pooling(place, plan.name))
    standing = standing_of(plan, basis)
    marks = {name: Benchmark(**mark) for name, mark in plan.run["benchmarks"].items()}
    return standing, marks, counted_of(plan, basis, standing)


def _by_outcome(basis: Basis, outcome: np.ndarray, counted: np.ndarray) -> np.ndarray:
    found = np.zeros((len(basis.outcomes), len(basis.appraisal)))
    np.add.at(found, outcome, counted)
    return found
