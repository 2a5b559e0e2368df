"""The figures behind why a service gets what it gets, each found by solving again."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from placebudget.plan.plan import Plan
from placebudget.programme import Basis
from placebudget.solver import LiveService, Margins, Reading, Stop, Stops
from placebudget.solver.limit_groups import RULE

_MILLION = 1e6
# Below this many money units (£1,000) there is no room to speak of.
_ROOM = 1e-3
# A limit is worth a sentence where it costs this share of what its money is worth elsewhere.
_TELLING = 0.01
_SHARE_NAMED = 0.5


@dataclass
class Why:
    """What is known about one service in one plan; pounds and the objective's unit.

    ``None`` stands for what no plan allows. ``next_`` is about ``step`` pounds more,
    ``last_`` about ``last_step`` pounds less; worths are for the whole step.
    """

    years: list[int]
    money: np.ndarray  # pounds by year of the plan
    step: float = 0.0
    last_step: float = 0.0
    room: float = np.inf  # pounds more it could use, whoever pays
    free_fall: float = 0.0  # pounds less the rules let it have
    start_cost: float = 0.0  # pounds it takes to start at all
    next_worth: float | None = None
    next_cost: float | None = None  # what the same money does now
    next_from: str = ""  # service that gives most of it
    last_worth: float | None = None
    last_elsewhere: float | None = None
    last_to: str = ""
    average_worth: float | None = None  # a pound of all its money
    cut_off: float = 0.0  # a pound of free money, at best elsewhere
    cut_off_at: str = ""
    limits: list[Stop] = field(default_factory=list)  # nothing more can be used: all of these
    if_set_aside: Stop | None = None
    stops: list[Stop] = field(default_factory=list)
    holds: list[Stop] = field(default_factory=list)
    held_worth: float | None = None  # last step, with the holding rules set aside
    unreached: list[Stop] = field(default_factory=list)
    cost_share: float | None = None  # of its unit cost, at which it would get money
    next_by_year: dict[int, float] = field(default_factory=dict)  # a pound
    last_by_year: dict[int, float] = field(default_factory=dict)  # a pound

    @property
    def total(self) -> float:
        """Money in the years asked about, in pounds."""
        return float(self.money[self.years].sum())

    @property
    def funded(self) -> bool:
        """Whether it gets any money."""
        return self.total >= 1.0


def find_why(margins: Margins, plan: Plan, lines: np.ndarray, years: list[int]) -> Why:
    """Find the figures.

    Parameters
    ----------
    margins : Margins
        Of the plan and its place.
    lines : ndarray of bool
        The lines asked about.
    years : list of int
        Numbers of the years asked about.
    """
    basis = margins.basis
    money = plan_money(plan, basis, lines)
    why = Why(years, money)
    live = margins.service(lines, money, open_decisions=not why.funded)
    search = _Search(live, np.array(years), why)
    search.upwards()
    search.downwards()
    return why


def plan_money(plan: Plan, basis: Basis, lines: np.ndarray) -> np.ndarray:
    """Money of a plan on some lines, in pounds by year."""
    chosen = set(zip(basis.lines.service[lines], basis.lines.area[lines], strict=True))
    table = plan.tables["money"]
    keys = zip(table["service"], table["area"], strict=True)
    mine = table[np.fromiter((key in chosen for key in keys), bool, len(table))]
    spent = mine.groupby("year")["amount"].sum()
    return spent.reindex(list(basis.years)).fillna(0.0).to_numpy(float)


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
        room = 0.0 if most is None else float(most.spent[live.lines].sum() - live.held.own.sum())
        why.room = room * self.scale if room < bound * (1 - 1e-9) else np.inf
        elsewhere = live.elsewhere(one, self.years)
        if elsewhere is not None:
            why.cut_off = (elsewhere.value - self.value) / _MILLION
            why.cut_off_at = self._service(elsewhere, one)
        if room < _ROOM:
            self._at_its_limits(most, bound, one)
            return
        why.start_cost = 0.0 if why.funded else self._start_cost() * self.scale
        step = min(max(one, self._whole_start(one)), room)
        why.step = step * self.scale
        self._next(step)
        found = self.stops.binding(step)
        why.stops = [s for s in found if s.moved > 0 and self._tells(s)]
        worth = self._next_by_year(step)
        if live.slopes is not None:
            unreached = self.stops.money_elsewhere(step, worth)
            why.unreached = [s for s in unreached if self._tells(s)]
        if not why.funded and why.next_worth:
            self._cheaper()

    def _whole_start(self, one: float) -> float:
        """Money for a start and the least it may run at, or £1 million of it."""
        start = self.why.start_cost / self.scale
        return 0.0 if not start else max(start, self._set_up() + one)

    def _start_cost(self) -> float:
        """Least it takes to start any offer: set-up and smallest lot, in the cheapest year."""
        offers = self.live.basis.offers
        mine = self.live.lines[offers.line]
        years = self.years[None, :] >= offers.first_year[mine][:, None]
        cost = (
            offers.set_up_cost[mine] + offers.smallest_lot[mine][:, None] * offers.unit_cost[mine]
        )
        fresh = np.where(offers.in_use[mine][:, None], cost - offers.set_up_cost[mine], cost)
        return float(fresh[:, self.years][years].min(initial=np.inf)) if years.any() else 0.0

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
            why.next_from = self._service(forced, -step)

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

    def _next_by_year(self, step: float) -> np.ndarray:
        """What the next money is worth in each year; not a number where none can be used."""
        live, why = self.live, self.why
        worth = np.full(live.years, np.nan)
        if len(self.years) == 1:
            worth[self.years] = np.nan if why.next_worth is None else why.next_worth
            return worth
        for t in self.years:
            given = live.given(step, np.array([t]))
            if given is not None:
                worth[t] = given.value - self.value
                why.next_by_year[int(t)] = worth[t] / (step * self.scale)
        return worth

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
            why.last_to = self._service(forced, step)
        if least is not None and fall < _ROOM:
            groups = self.stops.holding(least)
            why.holds = [Stop(RULE, g.name, tuple(sorted(g.years)), rule=g.rule) for g in groups]
            why.held_worth = self.stops.worth_without(groups, step)
        else:
            found = self.stops.binding(-step)
            why.holds = [s for s in found if s.kind == RULE and s.moved < 0 and self._tells(s)]
        if fall > self.own - _ROOM:
            self._average()
        if len(self.years) > 1:
            self._last_by_year(step)

    def _last_by_year(self, step: float) -> None:
        live, why = self.live, self.why
        for t in self.years:
            last = min(step, float(live.held.own[t]))
            robbed = live.robbed(last, np.array([t])) if last >= _ROOM else None
            if robbed is not None:
                why.last_by_year[int(t)] = (self.value - robbed.value) / (last * self.scale)

    def _tells(self, stop: Stop) -> bool:
        """Whether what a limit costs is large enough to speak of."""
        least = _TELLING * max(self.why.cut_off, 0.0) * abs(stop.moved)
        return stop.gain >= least

    def _average(self) -> None:
        none = self.live.robbed(self.own, self.years)
        if none is not None:
            self.why.average_worth = (self.value - none.value) / (self.own * self.scale)

    def _service(self, reading: Reading, amount: float) -> str:
        """The service elsewhere that takes, or gives, most of an amount."""
        live = self.live
        change = (reading.spent - live.held.spent).sum(axis=1) * np.sign(amount)
        change[live.lines] = 0.0
        services, of = np.unique(live.basis.lines.service.astype(str), return_inverse=True)
        moved = np.bincount(of, change)
        best = int(np.argmax(moved))
        return str(services[best]) if moved[best] >= _SHARE_NAMED * abs(amount) else ""
