"""The figures behind why a service gets what it gets, each found by solving again."""

from __future__ import annotations

import numpy as np

from placebudget.place import Place
from placebudget.place.conditions import Conditions
from placebudget.place.subjects import lines_of
from placebudget.plan.explain.known import Margin, Why
from placebudget.plan.plan import Plan
from placebudget.programme import Basis
from placebudget.solver import LiveService, Margins, Reading, Stop, Stops
from placebudget.solver.marginal.service_limits import RULE, LimitGroup

_MILLION = 1e6
# Below this many money units (£1,000) there is no room to speak of.
_ROOM = 1e-3
# A limit is worth a sentence where it costs this share of what its money is worth elsewhere.
_TELLING = 0.01
_SHARE_NAMED = 0.5
_CLEAR = 1.1
_SOME = 1_000.0  # pounds


def find_why(margins: Margins, plan: Plan, lines: np.ndarray, years: list[int]) -> Why:
    """Find the figures: of the first year in which it gets money, or could.

    Parameters
    ----------
    margins : Margins
        Of the plan and its place.
    lines : ndarray of bool
        The lines asked about.
    years : list of int
        Numbers of the years asked about.
    """
    money = plan_money(plan, margins.basis, lines)
    funded = float(money[years].sum()) >= 1.0
    live = margins.service(lines, money, open_decisions=not funded)
    if not funded and _start_cost(live, np.array(years)) > 0:
        return _looked_into(live, money, years, years)
    found = [t for t in years if money[t] >= _SOME] or [max(years, key=lambda t: float(money[t]))]
    first: Why | None = None
    for t in found if funded else years:
        why = _looked_into(live, money, [t], years)
        if funded or not why.limits:
            return why
        first = first or why
    assert first is not None
    return first


def _looked_into(live: LiveService, money: np.ndarray, years: list[int], asked: list[int]) -> Why:
    search = _Search(live, np.array(years), Why(years, asked, money))
    search.upwards()
    search.downwards()
    search.sideways()
    return search.why


def plan_money(plan: Plan, basis: Basis, lines: np.ndarray) -> np.ndarray:
    """Money of a plan on some lines, in pounds by year."""
    chosen = set(zip(basis.lines.service[lines], basis.lines.area[lines], strict=True))
    table = plan.tables["money"]
    keys = zip(table["service"], table["area"], strict=True)
    mine = table[np.fromiter((key in chosen for key in keys), bool, len(table))]
    spent = mine.groupby("year")["amount"].sum()
    return spent.reindex(list(basis.years)).fillna(0.0).to_numpy(float)


def _start_cost(live: LiveService, years: np.ndarray) -> float:
    """Least it takes to start any offer: set-up and smallest lot, in the cheapest year."""
    offers = live.basis.offers
    mine = live.lines[offers.line]
    open_ = years[None, :] >= offers.first_year[mine][:, None]
    cost = offers.set_up_cost[mine] + offers.smallest_lot[mine][:, None] * offers.unit_cost[mine]
    fresh = np.where(offers.in_use[mine][:, None], cost - offers.set_up_cost[mine], cost)
    return float(fresh[:, years][open_].min(initial=np.inf)) if open_.any() else 0.0


class _Search:
    """Pushes a live service about and notes what happens."""

    def __init__(self, live: LiveService, years: np.ndarray, why: Why) -> None:
        self.live, self.years, self.why = live, years, why
        self.scale = live.basis.scale.money
        self.value = live.held.value
        self.own = float(live.held.own[years].sum())
        self.stops = Stops(live, years)

    # --- more -------------------------------------------------------------------

    def upwards(self) -> None:
        """What the next £1 million would do, and what keeps it away."""
        live, why = self.live, self.why
        one = _MILLION / self.scale
        bound = max(float(live.basis.classes.funding.sum()), one)
        most = live.most(self.years, bound)
        room = 0.0 if most is None else self._more(most)
        why.room = room * self.scale if room < bound * (1 - 1e-9) else np.inf
        elsewhere = live.elsewhere(one, self.years)
        if elsewhere is not None:
            why.cut_off = (elsewhere.value - self.value) / _MILLION
            why.cut_off_at = self._service(elsewhere, one)
        if room < _ROOM:
            self._at_its_limits(most, bound, one)
            return
        why.start_cost = 0.0 if why.funded else _start_cost(live, self.years) * self.scale
        step = min(max(one, self._whole_start(one)), room)
        why.step = step * self.scale
        self._next(step)
        found = self.stops.binding(step)
        why.stops = [s for s in found if s.moved > 0 and self._tells(s)]
        if live.slopes is not None and len(self.years) == 1 and why.next_worth is not None:
            worth = np.full(live.years, np.nan)
            worth[self.years] = why.next_worth
            unreached = self.stops.money_elsewhere(step, worth)
            why.unreached = [s for s in unreached if self._tells(s)]
        if not why.funded and why.next_worth:
            self._cheaper()

    def _whole_start(self, one: float) -> float:
        """Money for a start and the least it may run at, or £1 million of it."""
        start = self.why.start_cost / self.scale
        return 0.0 if not start else max(start, self._set_up() + one)

    def _set_up(self) -> float:
        offers = self.live.basis.offers
        mine = self.live.lines[offers.line] & ~offers.in_use
        return float(offers.set_up_cost[mine][:, self.years].max(initial=0.0))

    def _at_its_limits(self, most: Reading | None, bound: float, step: float) -> None:
        if most is None:
            return
        groups = self.stops.on_the_service(most, bound)
        self.why.limits = [
            Stop(g.kind, g.name, tuple(sorted(g.years)), rule=g.rule) for g in groups
        ]
        if groups:
            self.why.if_set_aside = self.stops.proved(groups, step)

    def _next(self, step: float) -> None:
        live, why = self.live, self.why
        given, forced = live.given(step, self.years), live.forced(step, self.years)
        if given is not None:
            why.next_worth = given.value - self.value
        if given is not None and forced is not None:
            why.next_cost = given.value - forced.value
            payer = self._payer(forced, step)
            why.next_from = self._service(forced, -step, payer)
            why.next_paid_by = self._streams(payer)

    def _cheaper(self) -> None:
        """The unit cost at which a service without money would get some, tried on both sides."""
        live, why = self.live, self.why
        assert why.next_worth is not None
        if not why.next_cost or why.next_cost <= why.next_worth or live.slopes is None:
            return
        share = why.next_worth / why.next_cost
        near = []
        for factor in (0.995 * share, 1.005 * share):
            live.cheaper(factor)
            near.append(live.worth_having(self.years))
        live.cheaper(1.0)
        if near[0] > self.stops.tiny >= near[1]:
            why.cost_share = share

    # --- less -------------------------------------------------------------------

    def downwards(self) -> None:
        """What the last £1 million does, and what holds it there."""
        live, why = self.live, self.why
        if self.own < _ROOM:
            return
        least = live.least(self.years)
        fall = 0.0 if least is None else self.own - float(least.own[self.years].sum())
        why.free_fall = fall * self.scale
        step = min(_MILLION / self.scale, fall if fall >= _ROOM else self.own)
        why.last_step = step * self.scale
        robbed, forced = live.robbed(step, self.years), live.forced(-step, self.years)
        if robbed is not None:
            why.last_worth = self.value - robbed.value
        if robbed is not None and forced is not None:
            why.last_elsewhere = forced.value - robbed.value
            why.last_paid_by = self._streams(self._payer(forced, -step))
        if least is not None and fall < _ROOM:
            groups = self.stops.holding(least)
            why.holds = [Stop(RULE, g.name, tuple(sorted(g.years)), rule=g.rule) for g in groups]
            why.held_worth = self.stops.worth_without(groups, step)
            why.held_elsewhere = self._elsewhere_without(groups, step)
        else:
            found = self.stops.binding(-step)
            why.holds = [s for s in found if s.kind == RULE and s.moved < 0 and self._tells(s)]
        if fall > self.own - _ROOM:
            self._average()

    # --- the other years --------------------------------------------------------------

    def sideways(self) -> None:
        """What the next money would do in each of the other years, there and where it is."""
        live, why = self.live, self.why
        if why.start_cost or not (why.limits or why.step):
            return
        for t in why.others:
            year = np.array([t])
            if why.limits:
                one = _MILLION / self.scale
                most = live.most(year, one)
                if most is not None and self._more(most) < _ROOM:
                    why.full.append(t)
                continue
            step = why.step / self.scale
            given = live.given(step, year)
            forced = None if given is None else live.forced(step, year)
            if given is not None and forced is not None:
                there = (given.value - self.value) / why.step
                why.margins[t] = Margin(there, (given.value - forced.value) / why.step)

    def _elsewhere_without(self, groups: list[LimitGroup], step: float) -> float | None:
        """What the last money would be worth elsewhere, with rules set aside that hold it."""
        live = self.live
        rows = np.array([n for group in groups for n in group.rows], np.int64)
        aside = [(rows, -np.inf, np.inf)]
        total = (np.array([live.extra_total]), -step, -step)
        purse = (live.purse(self.years, here=True), -np.inf, 0.0)
        robbed = live.push([live.as_held, total, *aside], [purse])
        forced = live.forced(-step, self.years, *aside)
        return None if robbed is None or forced is None else forced.value - robbed.value

    def _more(self, reading: Reading) -> float:
        """How much more is spent on the service than its own money, in money units."""
        return float(reading.spent[self.live.lines].sum() - self.live.held.own.sum())

    def _tells(self, stop: Stop) -> bool:
        """Whether what a limit costs is large enough to speak of."""
        least = _TELLING * max(self.why.cut_off, 0.0) * abs(stop.moved)
        return stop.gain >= least

    def _average(self) -> None:
        none = self.live.robbed(self.own, self.years)
        if none is not None:
            self.why.average_worth = (self.value - none.value) / (self.own * self.scale)

    def _payer(self, reading: Reading, amount: float) -> int | None:
        """The class of money that moves by most of an amount on the service."""
        live = self.live
        index = live.money.index
        at = live.mine & ~live.free & np.isin(index["year"], self.years)
        numbers = live.money.numbers[at]
        change = (reading.values[numbers] - live.held.values[numbers]) * np.sign(amount)
        moved = np.bincount(index["class"][at], change, len(live.basis.classes))
        return int(np.argmax(moved)) if _clear(moved, amount) else None

    def _streams(self, payer: int | None) -> tuple[str, ...]:
        return () if payer is None else tuple(self.live.basis.classes.streams[payer])

    def _service(self, reading: Reading, amount: float, payer: int | None = None) -> str:
        """The service elsewhere that takes, or gives, most of an amount.

        Where it is known which money moves, it is looked for among what that money may
        pay for: elsewhere plans that are equally good may differ for no reason.
        """
        live = self.live
        change = (reading.spent - live.held.spent).sum(axis=1) * np.sign(amount)
        change[live.lines] = 0.0
        if payer is not None:
            index = live.money.index
            may = (index["class"] == payer) & (live.money.upper > 0)
            change[np.setdiff1d(np.arange(len(change)), index["line"][may])] = 0.0
        services, of = np.unique(live.basis.lines.service.astype(str), return_inverse=True)
        moved = np.bincount(of, change)
        best = int(np.argmax(moved))
        return str(services[best]) if _clear(moved, amount) else ""


def _clear(moved: np.ndarray, amount: float) -> bool:
    """Whether one of several takes most of an amount, and nothing else moves that need not.

    Where plans are equally good money may change places with other money besides: what
    moves then says nothing.
    """
    most, total = float(moved.max()), float(moved.clip(min=0).sum())
    return most >= _SHARE_NAMED * abs(amount) and total <= _CLEAR * abs(amount)


def alone_barred(basis: Basis, lines: np.ndarray, stop: Stop) -> bool:
    """Whether money would reach a service but for its being capital, or for its ring-fence.

    A grant of one council that is ring-fenced would not pay for another council's service
    without the ring-fence either: then the ring-fence is not why.

    Parameters
    ----------
    basis : Basis
        Of the plan.
    lines : ndarray of bool
        The lines asked about.
    stop : Stop
        Of money that cannot get there.
    """
    pooling = basis.pooling
    if pooling.freed:
        return True
    without = _without_condition(basis.place, stop.streams[0])
    if without is None:
        return True
    conditions = Conditions(without, pooling.pools or "aligned")
    asked = set(zip(basis.lines.service[lines], basis.lines.area[lines], strict=True))
    held = [
        line for line in lines_of(without, basis.geography) if (line.service, line.area) in asked
    ]
    return any(conditions.routes(stop.streams[0], line)[0] for line in held)


def _without_condition(place: Place, stream: str) -> Place | None:
    """The place with the stream as revenue money, or without its ring-fence; None: neither."""
    streams, fences = place.streams, place.ring_fences
    mine = streams["stream"] == stream
    if (place.filled("streams")["kind"][mine] == "capital").any():
        return place.with_(streams=streams.assign(kind=streams["kind"].mask(mine, "revenue")))
    fenced = fences["stream"] == stream
    return place.with_(ring_fences=fences[~fenced]) if fenced.any() else None
