"""Why a plan gives what it gives: what was found by solving again, put together."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import numpy as np
import pandas as pd

from placebudget.arguments import Arguments, known_key
from placebudget.errors import CannotAnswer
from placebudget.place import Place
from placebudget.place.conditions import Conditions
from placebudget.place.geography import Geography
from placebudget.place.io.reading import PlaceLike, as_place
from placebudget.place.names import Names
from placebudget.place.subjects import lines_of
from placebudget.plan.explain.known import (
    Margin,
    Speech,
    Why,
    money_today,
    say_what_ends,
    say_what_is_borrowed,
    say_what_it_avoids,
    say_what_targets_pay,
    say_which_runs,
    why_it_must_be_met,
)
from placebudget.plan.explain.words import Words
from placebudget.plan.need import shortfall_of
from placebudget.plan.plan import Plan
from placebudget.plan.record.inputs import at_hand
from placebudget.plan.record.reading import PlanLike, as_plan
from placebudget.plan.record.record import gave_way_of, run_record
from placebudget.plan.result import Result
from placebudget.plan.summary import Summary, sentences
from placebudget.programme import SILOED, Basis, Benchmark, standing_pooling
from placebudget.solver import LiveService, Margins, Reading, RunLimits, Stop, Stops
from placebudget.solver.marginal.service_limits import RULE, LimitGroup
from placebudget.value import in_base_prices
from placebudget.words import money, pence, sentence

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


@dataclass(frozen=True)
class Explanation(Result):
    """Why a service gets what it gets.

    Parameters
    ----------
    service, area : str
        Keys; the area is empty for the whole place.
    title : str
        The service as it should be read.
    sentences : tuple of str
        At most six: why this much, what stopped it, what the next £1 million would
        do, what would have to change. ``str()`` joins them.
    figures : DataFrame
        What carries them: sentence (its number), figure, year ("all": the years
        together), value, unit.
    run : mapping
        Versions, and what was explained of which plan.
    """

    service: str
    area: str
    title: str
    sentences: tuple[str, ...]
    figures: pd.DataFrame = field(repr=False, compare=False)
    run: Mapping[str, Any] = field(repr=False, compare=False)

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """The figures that carry the sentences."""
        return {"figures": self.figures}

    @property
    def notes(self) -> tuple[str, ...]:
        """How the figures were found."""
        return ("Each figure was found by solving again.",)

    def summarised(self) -> Summary:
        """What ``summary`` says, as data."""
        return Summary(self.title, tuple(sentences(self.sentences)))

    def __str__(self) -> str:
        return " ".join(self.sentences)


_MOST = 6  # sentences of an explanation

# The last plan explained and its programme: the next service of it is quick.
_last: list[tuple[weakref.ref[Plan], str, Margins]] = []


def explain(
    plan: PlanLike,
    service: str,
    area: str | None = None,
    *,
    year: str | None = None,
    place: PlaceLike | None = None,
    stop: Event | None = None,
) -> Explanation:
    """Why a service gets what it gets in a plan.

    Parameters
    ----------
    plan : Plan or path
        The plan, or its ``*.plan.json``.
    service : str
        Key of any service of the place, whether it gets money or not.
    area : str, optional
        Key of an area; default: wherever it is offered.
    year : str, optional
        One year; default: the years of the plan together.
    place : Place, path or str, optional
        The place, or what :func:`placebudget.read` reads, where the plan was read from a file.
    stop : threading.Event, optional
        Setting it from another thread ends the run.

    Returns
    -------
    Explanation
        Sentences that can be read out, and the figures that carry them; each was
        found by solving again.

    Raises
    ------
    WrongArgument
        If the place has no such service, area or year.
    CannotAnswer
        If the place is not at hand, or is not the one the plan was made for.

    Examples
    --------
    >>> import placebudget as pb
    >>> plan = pb.optimise(pb.example("toy_pooling"), pooling="freed")
    >>> print(plan.explain("family_support").sentences[0])
    Family support gets £40 million, more than today’s £25 million, because the last £1 million is
    worth £2 of public value a pound there, more than the £1 it would be worth elsewhere.
    """
    with Arguments() as asked:
        plan = asked.read(as_plan, plan)
        given = None if place is None else asked.read(as_place, place)
        limits = asked.read(RunLimits.given, stop=stop)
    found = at_hand(plan, given, "an explanation solves again, and so")
    with Arguments() as asked:
        asked.read(known_key, "service", service, found.services["service"])
        if area is not None:
            asked.read(known_key, "area", area, Geography.of(found).areas)
        if year is not None:
            asked.read(known_key, "year", year, found.years)
    if plan.name == SILOED:
        raise CannotAnswer(
            "in a siloed plan each agency plans for itself, so that there is no one goal to "
            "explain it by; explain the aligned, pooled or freed plan"
        )
    margins = None if plan.status == "simulated" else _margins(plan, found, limits)
    basis = Basis(found, standing_pooling(found)) if margins is None else margins.basis
    years = _years(basis, year)
    lines, at = _lines(basis, service, area)
    title = _title(basis, service, at or _common_area(basis, lines))
    if not lines.any():
        speech = Speech()
        speech.say(f"{title} gets no money: there is no offer of it there to buy from.")
    elif margins is None:
        speech = _of_given_money(plan, basis, lines, years, title)
    elif basis.need.led[lines].all():
        paid = plan_money(plan, basis, lines)
        speech = why_it_must_be_met(plan, basis, lines, years, paid, title)
    else:
        why = find_why(margins, plan, lines, years)
        why.today = money_today(basis, lines)
        why.unreached = [each for each in why.unreached if alone_barred(basis, lines, each)]
        speech = _words(why, title, margins, lines, service).spoken()
        say_what_it_avoids(speech, plan, basis, lines, years)
        if basis.shortfall is not None:
            speech.say("More money would first meet need that must be met and is not.")
    if margins is not None:
        say_which_runs(speech, plan, basis, lines, years)
        say_what_ends(speech, plan, basis, lines)
        say_what_targets_pay(speech, plan, basis, lines)
        say_what_is_borrowed(speech, plan, basis, lines)
    speech = speech.within(_MOST)
    about = run_record(
        study="explanation", place=plan.place["name"], inputs=str(plan.place["digest"]),
        options={"plan": plan.name, "service": service, "area": at},
    )  # fmt: skip
    return Explanation(service, at, title, tuple(speech.sentences), speech.figures(), about)


def _words(why: Why, title: str, margins: Margins, lines: np.ndarray, service: str) -> Words:
    basis = margins.basis
    offers = in_base_prices(basis.place, "offers").set_index("offer")
    mine = basis.offers.name[lines[basis.offers.line]]
    costs = sorted(set(offers.loc[mine, "unit_cost"].astype(float)))
    unit = basis.place.filled("services").set_index("service")["unit"][service]
    return Words(why, title, basis, margins.programme.objectives[0], costs, str(unit))


def _margins(plan: Plan, place: Place, limits: RunLimits) -> Margins:
    for kept, digest, margins in _last:
        if kept() is plan and digest == place.digest:
            margins.limits = limits
            return margins
    options = plan.run["options"]
    marks = {name: Benchmark(**mark) for name, mark in plan.run.get("benchmarks", {}).items()}
    margins = Margins(
        place,
        plan.tables["units"],
        pooling=options["pooling"],
        objective=options["objective"][0],
        reinvest=options["reinvest"],
        benchmarks=marks,
        limits=limits,
        ordered=plan.run.get("steps_ordered", False),
        gave_way=gave_way_of(plan.run),
        shortfall=shortfall_of(plan.run),
    )
    _last[:] = [(weakref.ref(plan), place.digest, margins)]
    return margins


def _years(basis: Basis, year: str | None) -> list[int]:
    if year is None:
        return list(range(len(basis.years)))
    return [basis.years.index(year)]


def _lines(basis: Basis, service: str, area: str | None) -> tuple[np.ndarray, str]:
    """The lines asked about, and the area they stand for (empty: the whole place)."""
    mine = basis.lines.service == service
    if area is None:
        return mine, ""
    tree = basis.geography
    below = mine & np.array([tree.is_within(a, area) for a in basis.lines.area], bool)
    if below.any():
        return below, area
    above = mine & np.array([tree.is_within(area, a) for a in basis.lines.area], bool)
    # What is commissioned for a wider area is explained for that wider area.
    return above, str(basis.lines.area[above][0]) if above.any() else area


def _common_area(basis: Basis, lines: np.ndarray) -> str:
    """The smallest area that holds all lines."""
    paths = [basis.geography.path(area) for area in basis.lines.area[lines]]
    shared = [area for area in paths[0] if all(area in path for path in paths)] if paths else []
    return max(shared, key=lambda area: len(basis.geography.path(area)), default="")


def _title(basis: Basis, service: str, area: str) -> str:
    """The service as it should be read: by its area, or told apart from others of its name."""
    names = Names(basis.place)
    if area and area != basis.geography.root:
        plain, where = names.bare("service", service), names.of("area", area)
        name = f"{plain} in {where}"
    else:
        name = names.of("service", service)
    return sentence(name)


def _of_given_money(
    plan: Plan, basis: Basis, lines: np.ndarray, years: list[int], title: str
) -> Speech:
    """Money that was given, not chosen: what it is and what it does."""
    speech = Speech()
    paid = float(plan_money(plan, basis, lines)[years].sum())
    given = "today's spending, carried on" if plan.name == "today" else "the money it was given"
    speech.say(
        f"{title} gets {money(paid)} because that is {given}; this plan was not chosen for its "
        "value.",
        ("money", paid, "pounds"),
    )
    if len(years) == len(basis.years) and paid >= 1:
        keys = set(zip(basis.lines.service[lines], basis.lines.area[lines], strict=True))
        table: Any = plan.tables["outcomes"]
        mine = [key in keys for key in zip(table["service"], table["area"], strict=True)]
        value = float(table.loc[mine, ["fiscal", "economic", "social"]].to_numpy().sum())
        speech.say(
            f"That is worth {money(value)} of public value, {pence(value / paid)} a pound "
            "on average.",
            ("public value", value, "pounds, discounted"),
            ("public value a pound", value / paid, "pounds a pound"),
        )
    speech.say("What the next £1 million would do is known for a plan that was optimised.")
    return speech
