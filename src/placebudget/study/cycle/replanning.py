"""Planning again: the past as it was, the years to come with what is known by now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as changed
from functools import cached_property
from threading import Event
from typing import Any

import numpy as np
import pandas as pd

from placebudget.errors import Stopped
from placebudget.place import Place
from placebudget.place.subjects import led_by_need
from placebudget.place.succession import succeeded
from placebudget.plan import Plan
from placebudget.programme import Basis, Benchmark, Programme, build, read_pooling
from placebudget.programme.basis import Shortfall
from placebudget.programme.blocks.balances import TARGETS
from placebudget.programme.blocks.lots import running
from placebudget.programme.linear import Matrix, worth
from placebudget.programme.money import stream_funding
from placebudget.programme.objectives.value import DROPPED, UNMET, shortfall_objective
from placebudget.programme.terms import capacity_columns
from placebudget.solver import RunLimits, Status
from placebudget.solver.backend.answer import SolverResult
from placebudget.solver.backend.highs import LiveHighs
from placebudget.solver.stages.giving_way import least_given
from placebudget.study.cycle.owed import (
    planned_loans,
    planned_money,
    planned_shares,
    solved_owed,
)

# What rounding may leave between a year as it was planned and as it is found again, £ million.
_HAIR = 1e-7
# Constraints that say nothing of years gone by, in which what was is known.
_OF_NEED = ("need_met", "release", "build")


@dataclass(frozen=True)
class Standing:
    """A plan as arrays, in the units of a programme (£ million, thousand units).

    Parameters
    ----------
    units, capacity, started : ndarray
        Offers x years: units planned to be delivered, capacity paid for (no less), and
        set-ups paid.
    paid : ndarray
        Agencies x lines x years: money for each line.
    spare : ndarray
        Agencies x years: money that buys nothing.
    carried : ndarray
        Classes x years: money carried into the next year.
    shares, loans : ndarray
        Targets x years: the share of its reward that is counted on; loans x years: what is
        borrowed, of which the first year of the loan counts.
    held : ndarray
        What the plan holds of each year's money besides; see :func:`planned_money`.
    """

    units: np.ndarray
    capacity: np.ndarray
    started: np.ndarray
    paid: np.ndarray
    spare: np.ndarray
    carried: np.ndarray
    shares: np.ndarray
    loans: np.ndarray
    held: np.ndarray


def standing_of(plan: Plan, basis: Basis) -> Standing:
    """What a plan commissions; ``basis`` is that of its place and pooling."""
    year = {name: t for t, name in enumerate(basis.years)}
    agency = {name: a for a, name in enumerate(basis.agencies)}
    klass = {name: c for c, names in enumerate(basis.classes.streams) for name in names}
    offer = {name: o for o, name in enumerate(basis.offers.name)}
    held_by = dict(
        zip(plan.labels["streams"]["stream"], plan.labels["streams"]["agency"], strict=True)
    )
    shape = (len(offer), len(year))
    units, started = np.zeros(shape), np.zeros(shape)
    bought = plan.tables["units"]
    at = (_codes(bought["offer"], offer), _codes(bought["year"], year))
    units[at] = bought["units"].to_numpy(float) / basis.scale.units
    started[at] = bought["started"].to_numpy(float)
    capacity, offers = units.copy(), basis.offers
    spent = np.zeros(shape)
    spent[at] = bought["cost"].to_numpy(float) / basis.scale.money
    held = basis.need.held
    kept = (spent - offers.once(started, units > 0))[held] / offers.unit_cost[held]
    # The cost is rounded to a penny: what is within half of one holds nothing empty.
    half_penny = 0.0051 / basis.scale.money / offers.unit_cost[held]
    capacity[held] = np.where(kept > units[held] + half_penny, kept, units[held])
    paid = np.zeros((len(agency), len(basis.lines), len(year)))
    money, number = plan.tables["money"], basis.lines.position()
    line = [number[key] for key in zip(money["service"], money["area"], strict=True)]
    who = _codes(money["stream"].map(held_by), agency)
    np.add.at(paid, (who, line, _codes(money["year"], year)), money["amount"].to_numpy(float))
    spare = np.zeros((len(agency), len(year)))
    left = plan.unspent(["agency", "year"])
    np.add.at(spare, (_codes(left["agency"], agency), _codes(left["year"], year)), left["amount"])
    carried = np.zeros((len(basis.classes), len(year)))
    kept = plan.tables["balances"]
    np.add.at(
        carried, (_codes(kept["stream"], klass), _codes(kept["year"], year)), kept["carried_out"]
    )
    pounds = basis.scale.money
    return Standing(
        units, capacity, started, paid / pounds, spare / pounds, carried / pounds,
        planned_shares(plan, basis), planned_loans(plan, basis), planned_money(plan, basis),
    )  # fmt: skip


def standing_from(programme: Programme, values: np.ndarray) -> Standing:
    """What a solution of the programme commissions.

    Where all money is freed and agencies share a class, they pay for what it buys by
    their funding of the year.
    """
    basis = programme.basis
    shape = (len(basis.offers), len(basis.years))
    units = np.maximum(programme.take("units", values), 0.0).reshape(shape)
    capacity = np.maximum(values[capacity_columns(programme.draft, basis)], units)
    started = np.zeros(shape)
    if "start" in programme.columns:
        start = programme.columns["start"]
        started[start.index["offer"], start.index["year"]] = np.round(
            programme.take("start", values)
        )
    weights = class_weights(basis)
    money = programme.columns["money"]
    spent = np.zeros((len(basis.classes), len(basis.lines), len(basis.years)))
    amounts = np.maximum(programme.take("money", values), 0.0)
    np.add.at(spent, (money.index["class"], money.index["line"], money.index["year"]), amounts)
    paid = np.einsum("cat,clt->alt", weights, spent)
    left = np.zeros((len(basis.classes), len(basis.years)))
    for name in ("idle", "unspent"):
        block = programme.columns[name]
        amounts = np.maximum(programme.take(name, values), 0.0)
        np.add.at(left, (block.index["class"], block.index["year"]), amounts)
    carried = np.zeros_like(left)
    block = programme.columns["carry"]
    np.add.at(
        carried,
        (block.index["class"], block.index["year"]),
        np.maximum(programme.take("carry", values), 0.0),
    )
    spare = np.einsum("cat,ct->at", weights, left)
    return Standing(units, capacity, started, paid, spare, carried, *solved_owed(programme, values))


def class_weights(basis: Basis) -> np.ndarray:
    """Classes x agencies x years: whose money a class is, by its funding."""
    funding = basis.place.filled("funding")
    agency = {name: a for a, name in enumerate(basis.agencies)}
    year = {name: t for t, name in enumerate(basis.years)}
    holder = dict(zip(basis.place.streams["stream"], basis.place.streams["agency"], strict=True))
    klass = {name: c for c, names in enumerate(basis.classes.streams) for name in names}
    weights = np.zeros((len(basis.classes), len(agency), len(year)))
    rows = funding[funding["year"].isin(year) & funding["stream"].isin(klass)]
    at = (
        _codes(rows["stream"], klass),
        _codes(rows["stream"].map(holder), agency),
        _codes(rows["year"], year),
    )
    np.add.at(weights, at, rows["amount"].to_numpy(float))
    total = weights.sum(axis=1, keepdims=True)
    # Without funding in a year what a class spends was carried: it is whose it was.
    ever = weights.sum(axis=2, keepdims=True)
    first = np.divide(ever, ever.sum(axis=1, keepdims=True), out=np.zeros_like(ever),
                      where=ever.sum(axis=1, keepdims=True) > 0)  # fmt: skip
    return np.where(total > 0, np.divide(weights, total, out=np.zeros_like(weights),
                                         where=total > 0), first)  # fmt: skip


def _codes(values: pd.Series, number: dict[str, int]) -> Sequence[int]:
    return [number[value] for value in values]


@dataclass(frozen=True)
class Known:
    """What is known when the plan is made again.

    Parameters
    ----------
    effect : ndarray
        Expected effect over the effect planned with first, by effect.
    funding : ndarray
        Agencies x years: what deficits take from money to come, and what is left
        over and may be carried adds to it, £ million.
    closed : ndarray, optional
        Offers of providers who are not there.
    share : ndarray, optional
        By target, the share of its reward that is paid; not a number before it is settled.
    unlike : bool
        Whether that is another than planned.
    """

    effect: np.ndarray
    funding: np.ndarray
    closed: np.ndarray | None = None
    share: np.ndarray | None = None
    unlike: bool = False

    @property
    def nothing_new(self) -> bool:
        """Whether all went as planned, so that the plan stands."""
        as_planned = (self.effect == 1.0).all() and (np.abs(self.funding) <= _HAIR).all()
        return bool(as_planned and not self.unlike)


class Replanner:
    """Makes the plan of one pooling again in any year.

    Every plan is solved from the same start, that of the first plan, so that it does
    not depend on what was solved before.

    Parameters
    ----------
    place : Place
        The place.
    pooling, objective : str
        How plans are made.
    benchmarks : mapping of str to Benchmark
        What working apart gives each agency with a rule ``no_worse_off``.
    first : Standing
        The first plan; its decisions to start and run offers stand.
    stop : threading.Event, optional
        Ends a solve.
    """

    def __init__(
        self,
        place: Place,
        pooling: str,
        objective: str,
        benchmarks: Mapping[str, Benchmark],
        first: Standing,
        stop: Event | None = None,
    ) -> None:
        place = succeeded(place)
        self.place, self.objective, self.first = place, objective, first
        self.mode, self.benchmarks = read_pooling(place, pooling), benchmarks
        self.limits = RunLimits(stop=stop)
        self.funding = stream_funding(place)
        streams = place.filled("streams").set_index("stream").loc[self.funding.index]
        fenced = set(place.ring_fences["stream"])
        self.holder = streams["agency"].to_numpy(object)
        # Deficits fall on money that is free to be used otherwise.
        self.bears = np.array(
            [kind == "revenue" and name not in fenced
             for name, kind in zip(self.funding.index, streams["kind"], strict=True)]
        )  # fmt: skip
        self.carries = streams["carry_forward"].to_numpy(float)

    def replan(self, standing: Standing, t: int, known: Known) -> Standing | None:
        """The plan from year ``t`` on; None where no plan keeps all rules any more.

        Parameters
        ----------
        standing : Standing
            The plan so far; its years before ``t`` stay as they are.
        t : int
            Number of the first year that is still open.
        known : Known
            What is known.

        Raises
        ------
        Stopped
            If it was stopped.
        """
        programme = self._programme(known)
        matrix = self._with_the_past(programme, standing, t, known.closed, known.share)
        live = LiveHighs(matrix, -programme.objectives[0].gain)
        live.relax_integers()
        live.back_to(self._start)
        open_ = self._still_open(programme, known.share)
        if len(open_):
            live.restore_integers(open_)
        answer = live.run(self.limits)
        if answer.status is Status.INFEASIBLE and programme.basis.need.led.any():
            answer = self._with_least_unmet(programme, live)
        if answer.status is Status.INFEASIBLE and (
            given := least_given(changed(programme, matrix=matrix), self.limits)
        ):
            rows, room = np.array(list(given)), np.array(list(given.values()))
            live.change_rows(rows, matrix.row_lower[rows] - room, matrix.row_upper[rows] + room)
            answer = live.run(self.limits)
        if answer.status in (Status.STOPPED, Status.TIME_LIMIT):
            raise Stopped("the plan was not made again: the run was stopped")
        if answer.status is not Status.OPTIMAL or answer.values is None:
            return None
        found = standing_from(programme, answer.values)
        return _joined(standing, found, t)

    def _with_least_unmet(self, programme: Programme, live: LiveHighs) -> SolverResult:
        """The best plan with least need unmet and then least capacity given up too fast."""
        blocks = [programme.rows.get(name) for name in ("least_unmet", "least_dropped")]
        rows = [np.zeros(0, np.int64) if block is None else block.numbers for block in blocks]
        none = np.full(2, np.inf)
        for row in rows:
            live.change_rows(row, -none[: len(row)], none[: len(row)])
        for name, row in zip((UNMET, DROPPED), rows, strict=True):
            cost = -shortfall_objective(name, programme.draft, programme.basis).gain
            live.change_cost(cost)
            answer = live.run(self.limits)
            if answer.status is not Status.OPTIMAL or answer.values is None:
                break
            least = np.full(len(row), worth(cost, answer.values) + _HAIR)
            live.change_rows(row, -none[: len(row)], least)
        live.change_cost(-programme.objectives[0].gain)
        return live.run(self.limits)

    def allowance(self, agencies: np.ndarray, t: int) -> np.ndarray:
        """What each agency may carry out of year ``t`` at most, £ million."""
        most = self.carries * self.funding.to_numpy(float)[:, t] / 1e6
        return np.array([most[self.holder == agency].sum() for agency in agencies])

    def _programme(self, known: Known) -> Programme:
        """The programme with what is known: effects learned, money as it is."""
        effects = self.place.effects.sort_values(["service", "outcome"], kind="stable")
        impact = self.place.filled("effects").loc[effects.index, "impact"].astype(float)
        learned = effects.assign(impact=impact.to_numpy() * known.effect).sort_index()
        place = self.place.with_(effects=learned, funding=self._funding(known.funding))
        led = bool(led_by_need(place))
        return build(
            place, self.mode, objectives=[self.objective], benchmarks=self.benchmarks,
            shortfall=Shortfall(0.0, 0.0) if led else None,
        )  # fmt: skip

    def _funding(self, more: np.ndarray) -> Any:
        """The table of funding with more, or less, for each agency and year."""
        table, years = self.place.funding.copy(), list(self.place.years)
        if not (np.abs(more) > _HAIR).any():
            return table
        amounts = self.funding.to_numpy(float).copy()
        agencies = sorted(self.place.agencies["agency"])
        for a, t in zip(*np.nonzero(np.abs(more) > _HAIR), strict=True):
            change = more[a, t] * 1e6
            mine = self.holder == agencies[a]
            takers = mine & (self.bears if change < 0 else self.carries > 0)
            held = amounts[takers, t]
            if held.sum() <= 0:
                continue
            amounts[takers, t] = np.maximum(held + change * held / held.sum(), 0.0)
        before = self.funding.to_numpy(float)
        factor = np.divide(amounts, before, out=np.ones_like(amounts), where=before > 0)
        row = {name: n for n, name in enumerate(self.funding.index)}
        by = [
            factor[row[stream], years.index(year)] if year in years else 1.0
            for stream, year in zip(table["stream"], table["year"], strict=True)
        ]
        return table.assign(amount=table["amount"].to_numpy(float) * np.array(by))

    def _with_the_past(
        self,
        programme: Programme,
        standing: Standing,
        t: int,
        closed: np.ndarray | None = None,
        share: np.ndarray | None = None,
    ) -> Matrix:
        """What was bought before year ``t`` fixed, with its rules gone by, and all decisions.

        From year ``t`` on nothing is bought from offers that are closed, and what they held goes.
        """
        m = programme.matrix
        lower, upper, integer = m.lower.copy(), m.upper.copy(), m.integer.copy()
        low, high = m.row_lower.copy(), m.row_upper.copy()
        for name, decided in (("start", self.first.started), ("run", self._running())):
            made = programme.columns.get(name)
            if made is not None:
                value = np.minimum(decided[made.index["offer"], made.index["year"]], made.upper)
                lower[made.numbers] = upper[made.numbers] = value
                integer[made.numbers] = False
        units = programme.columns["units"]
        past = units.index["year"] < t
        bought = standing.units[units.index["offer"][past], units.index["year"][past]]
        lower[units.numbers[past]] = upper[units.numbers[past]] = bought
        paid_for = capacity_columns(programme.draft, programme.basis)[:, :t]
        lower[paid_for] = upper[paid_for] = np.where(
            paid_for == units.numbers.reshape(-1, len(programme.basis.years))[:, :t],
            standing.units[:, :t], standing.capacity[:, :t],
        )  # fmt: skip
        if closed is not None:
            self._close(programme, closed, t, (lower, upper, low))
        carry = programme.columns["carry"]
        last = carry.index["year"] == t - 1
        upper[carry.numbers[last]] = standing.carried[carry.index["class"][last], t - 1] + _HAIR
        for block in programme.rows.values():
            year = block.index.get("year", block.index.get("appraisal_year"))
            by_rule = "rule" in block.index or block.name in _OF_NEED
            if by_rule and year is not None:
                gone = block.numbers[year < t]
                low[gone], high[gone] = -np.inf, np.inf
        if share is not None:
            _settle(programme, share, (lower, upper, low, high))
        borrow = programme.columns.get("borrow")
        if borrow is not None:
            first = np.array([loan.first for loan in programme.basis.loans])
            drawn = borrow.numbers[first < t]
            lower[drawn] = upper[drawn] = np.minimum(
                standing.loans[first < t, -1], borrow.upper[first < t]
            )
        return changed(m, lower=lower, upper=upper, integer=integer, row_lower=low, row_upper=high)

    def _still_open(self, programme: Programme, share: np.ndarray | None) -> np.ndarray:
        """What decides, in whole numbers, which targets that are not settled pay."""
        if share is None:
            return np.zeros(0, np.int64)
        blocks = [programme.columns[name] for name in ("met", "whole") if name in programme.columns]
        open_ = [block.numbers[np.isnan(share)[block.index["target"]]] for block in blocks]
        return np.concatenate([*open_, np.zeros(0, np.int64)]).astype(np.int64)

    def _close(
        self,
        programme: Programme,
        closed: np.ndarray,
        t: int,
        bounds: tuple[np.ndarray, np.ndarray, np.ndarray],
    ) -> None:
        """Nothing of closed offers from year ``t`` on: units, capacity, and that they run."""
        lower, upper, low = bounds
        held = [capacity_columns(programme.draft, programme.basis)[closed, t:].ravel()]
        for name in ("units", "run"):
            made = programme.columns.get(name)
            if made is not None:
                shut = closed[made.index["offer"]] & (made.index["year"] >= t)
                held.append(made.numbers[shut])
        for numbers in held:
            lower[numbers] = upper[numbers] = 0.0
        release = programme.rows.get("release")
        if release is not None:
            low[release.numbers[closed[release.index["offer"]]]] = -np.inf

    def _running(self) -> np.ndarray:
        """Offers that run in the first plan: from their start, or when bought in lots."""
        basis = self._plain.basis
        return running(basis, self.first.units > 0, self.first.started).astype(float)

    @cached_property
    def _plain(self) -> Programme:
        """The programme as the first plan knew it."""
        nothing = np.zeros((len(self.place.agencies), len(self.place.years)))
        return self._programme(Known(np.ones(len(self.place.effects)), nothing))

    @cached_property
    def _start(self) -> Any:
        """The basis of the first plan, from which every other is solved."""
        programme = self._plain
        live = LiveHighs(
            self._with_the_past(programme, self.first, 0), -programme.objectives[0].gain
        )
        live.relax_integers()
        answer = live.run(self.limits)
        return live.mark() if answer.status is Status.OPTIMAL else None


def _settle(
    programme: Programme,
    share: np.ndarray,
    limits: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray],
) -> None:
    """Targets that are settled pay what they pay, whatever the plan now thinks was counted."""
    lower, upper, low, high = limits
    known = ~np.isnan(share)
    paid = np.where(known, share, 0.0)
    for name, value in (("reward", paid), ("met", paid > 0), ("whole", paid >= 1)):
        block = programme.columns.get(name)
        if block is not None:
            mine = known[block.index["target"]]
            fixed = value[block.index["target"]][mine].astype(float)
            lower[block.numbers[mine]] = upper[block.numbers[mine]] = fixed
    for name in TARGETS:
        rows = programme.rows.get(name)
        if rows is not None:
            gone = rows.numbers[known[rows.index["target"]]]
            low[gone], high[gone] = -np.inf, np.inf


def _joined(past: Standing, future: Standing, t: int) -> Standing:
    """The years before ``t`` of one plan and the rest of another."""

    def join(before: np.ndarray, after: np.ndarray) -> np.ndarray:
        return np.concatenate([before[..., :t], after[..., t:]], axis=-1)

    return Standing(*(join(getattr(past, name), getattr(future, name)) for name in vars(past)))
