"""Offers that start once and run in lots, choices between offers, and what members share.

sum(start[o, t]) <= 1                                             for each o
run[o, t] <= sum(start[o, s] for s <= t)    (not for offers in use today)
smallest_lot[o] x run[o, t] <= units[o, t] <= most[o, t] x run[o, t]

most is the least of capacity, need and money, so that the relaxation is tight.

run[o, t - 1] - run[o, t] <= leave[o, t]                          where its end costs something
leave[o, t] <= run[o, t - 1],  leave[o, t] <= 1 - run[o, t]

before the first year run is 1 where today's money buys from it, else 0. So leave is a whole
number wherever run is.

sum(run[o, t] for o in choice) <= 1         for each choice and year
sum(run[o, t] for o in choice) >= 1         where exactly one has to run

both in years in which one of the offers is open. An offer of a choice that has neither a
set-up cost nor a smallest lot runs without a start.

run[m, t] <= run[o, t]                      for each member m of a shared offer o
sum(run[m, t] for m) >= least[o] x run[o, t]
units[o, t] >= smallest_lot[o] x run[o, t] + sum(takes[m] x run[m, t] for m)
run[m, u] >= run[m, t] - run[m, t - 1]      for t < u < t + notice[m]
run[m, u] >= 1                              for u < notice[m], where today's money buys from m

sum(level[s, g] for g) <= 1                 for each service s of which a level is chosen
run[o, t] <= level[s, g] <= sum(run[o, t])  for the offers o of s at level g

so that level is a whole number wherever run is. One level holds for all years.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from placebudget.programme.basis import Basis
from placebudget.programme.linear import Draft, Terms
from placebudget.programme.lines import OfferChoice, ServiceLevel, SharedOffer
from placebudget.programme.money import rewarded


def lots(draft: Draft, basis: Basis) -> None:
    """Add the blocks."""
    if "start" not in draft.columns:
        return
    offers, years = basis.offers, len(basis.years)
    lumpy, fresh = offers.lumpy, np.flatnonzero(offers.starts)
    start, run, units = (draft.columns[name] for name in ("start", "run", "units"))
    place = _places(basis)

    def at(block, offer: np.ndarray, t: int) -> np.ndarray:  # type: ignore[no-untyped-def]
        return block.first + place[offer] * years + t

    once, after = Terms(), Terms()
    for t in range(years):
        once.add(np.arange(len(fresh)), at(start, fresh, t), 1.0)
        rows = np.arange(len(fresh)) * years + t
        after.add(rows, at(run, fresh, t), 1.0)
        for earlier in range(t + 1):
            after.add(rows, at(start, fresh, earlier), -1.0)
    draft.add_rows("start_once", {"offer": fresh}, once, "<=", 1.0)
    index = {"offer": np.repeat(fresh, years), "year": np.tile(np.arange(years), len(fresh))}
    draft.add_rows("run_after_start", index, after, "<=", 0.0)

    offer, year = np.repeat(lumpy, years), np.tile(np.arange(years), len(lumpy))
    bought = units.first + offer * years + year
    rows = np.arange(len(offer))
    least = Terms().add(rows, bought, 1.0).add(rows, run.numbers, -offers.smallest_lot[offer])
    draft.add_rows("smallest_lot", {"offer": offer, "year": year}, least, ">=", 0.0)
    most = Terms().add(rows, bought, 1.0).add(rows, run.numbers, -most_units(basis)[offer, year])
    draft.add_rows("largest_lot", {"offer": offer, "year": year}, most, "<=", 0.0)


def leaving(draft: Draft, basis: Basis) -> None:
    """Add the block: what runs no longer has been left, and nothing else has."""
    if "leave" not in draft.columns:
        return
    leave, run, years = draft.columns["leave"], draft.columns["run"], len(basis.years)
    offer, year = leave.index["offer"], leave.index["year"]
    now = run.first + _places(basis)[offer] * years + year
    rows, later = np.arange(len(offer)), year > 0
    today = np.where(later, 0.0, basis.offers.in_use[offer])
    due = Terms().add(rows, leave.numbers, 1.0).add(rows, now, 1.0)
    due.add(rows[later], now[later] - 1, -1.0)
    draft.add_rows("leave_due", leave.index, due, ">=", today)
    shut = Terms().add(rows, leave.numbers, 1.0).add(rows, now, 1.0)
    draft.add_rows("leave_shut", leave.index, shut, "<=", 1.0)
    ran = Terms().add(rows[: later.sum()], leave.numbers[later], 1.0)
    ran.add(rows[: later.sum()], now[later] - 1, -1.0)
    index = {"offer": offer[later], "year": year[later]}
    draft.add_rows("leave_ran", index, ran, "<=", 0.0)


def _places(basis: Basis) -> np.ndarray:
    """Where each offer stands among those of which it is decided whether they run."""
    place = np.full(len(basis.offers), -1, np.int64)
    place[basis.offers.lumpy] = np.arange(len(basis.offers.lumpy))
    return place


CHOICES = CHOICE_MOST, CHOICE_LEAST = "choice_most", "choice_least"
"""Families of constraints that choices stand in."""


def choices(draft: Draft, basis: Basis) -> None:
    """Add the blocks: of the offers of a choice at most one runs, or exactly one."""
    for name, sense, held in (
        (CHOICE_MOST, "<=", range(len(basis.choices))),
        (CHOICE_LEAST, ">=", [n for n, each in enumerate(basis.choices) if each.exactly]),
    ):
        if held:
            _one_of(draft, basis, name, sense, held)


def _one_of(draft: Draft, basis: Basis, name: str, sense: str, held: Sequence[int]) -> None:
    run, years = draft.columns["run"], len(basis.years)
    place = _places(basis)
    terms, choice_no, year_no = Terms(), list[int](), list[int]()
    for n in held:
        choice = basis.choices[n]
        for t in choice.years(basis.offers, years):
            row = np.full(len(choice.offers), len(year_no))
            terms.add(row, run.first + place[choice.offers] * years + t, 1.0)
            choice_no.append(n)
            year_no.append(int(t))
    index = {"choice": np.array(choice_no, np.int64), "year": np.array(year_no, np.int64)}
    draft.add_rows(name, index, terms, sense, 1.0)


SHARING = SHARED_OPEN, SHARED_LEAST, SHARED_TAKES, SHARED_NOTICE = (
    "shared_open",
    "shared_least",
    "shared_takes",
    "shared_notice",
)
"""Families of constraints that shared services stand in."""

LEVELS = LEVEL_ONE, LEVEL_SHUT, LEVEL_USED = "level_one", "level_shut", "level_used"
"""Families of constraints that levels of services stand in."""

DECISIONS = (*CHOICES, *SHARING, LEVEL_ONE, LEVEL_SHUT, "owed_met", "owed_share")
"""Families of constraints that hold which offers run together, and what has to be paid."""


def levels(draft: Draft, basis: Basis) -> None:
    """Add the blocks: a service is commissioned at one level, and offers of others are shut."""
    level = draft.columns.get("level")
    if level is None:
        return
    years, place, run = len(basis.years), _places(basis), draft.columns["run"]
    one, used = Terms(), Terms()
    for n, service in enumerate(basis.levels):
        mine = level.first + np.array(list(service.tiers))
        one.add(np.full(len(mine), n), mine, 1.0)
    which = np.arange(len(basis.levels))
    draft.add_rows(LEVEL_ONE, {"service_level": which}, one, "<=", 1.0)
    offer = np.repeat(np.flatnonzero(basis.offers.level >= 0), years)
    year = np.tile(np.arange(years), len(offer) // years)
    runs, at = run.first + place[offer] * years + year, basis.offers.level[offer]
    rows = np.arange(len(offer))
    shut = Terms().add(rows, runs, 1.0).add(rows, level.first + at, -1.0)
    of = {n: m for m, each in enumerate(basis.levels) for n in each.tiers}
    service_of = np.array([of[n] for n in at.tolist()], np.int64)
    index = {"service_level": service_of, "offer": offer, "year": year}
    draft.add_rows(LEVEL_SHUT, index, shut, "<=", 0.0)
    used.add(np.arange(len(level)), level.numbers, 1.0).add(at, runs, -1.0)
    draft.add_rows(LEVEL_USED, level.index, used, "<=", 0.0)


def sharing(draft: Draft, basis: Basis) -> None:
    """Add the blocks: a shared offer runs with enough members, and they only with it."""
    if not basis.shared:
        return
    years, offers = len(basis.years), basis.offers
    place = _places(basis)

    def run(offer: int, t: int) -> int:
        return int(draft.columns["run"].first + place[offer] * years + t)

    rows = {name: _Listed() for name in SHARING}
    for n, shared in enumerate(basis.shared):
        members = shared.members.tolist()
        for t in range(years):
            whole = run(shared.offer, t)
            each = [run(m, t) for m in members]
            for m, own in zip(members, each, strict=True):
                rows[SHARED_OPEN].add((n, m, t), {own: 1.0, whole: -1.0})
            with_least = dict.fromkeys(each, 1.0) | {whole: -float(shared.least)}
            rows[SHARED_LEAST].add((n, shared.offer, t), with_least)
            taken = dict(zip(each, (-shared.takes).tolist(), strict=True))
            if shared.takes.any():
                units = draft.columns["units"].first + shared.offer * years + t
                taken |= {units: 1.0, whole: -float(offers.smallest_lot[shared.offer])}
                rows[SHARED_TAKES].add((n, shared.offer, t), taken)
        for m, notice in zip(members, shared.notice.tolist(), strict=True):
            for u, t in _kept_on(years, notice):
                held = {run(m, u): 1.0, run(m, t): -1.0} | ({run(m, t - 1): 1.0} if t else {})
                if not (t == 0 and offers.in_use[m]):
                    rows[SHARED_NOTICE].add((n, m, u, t), held)
            for u in range(min(notice, years)) if offers.in_use[m] else ():
                rows[SHARED_NOTICE].add((n, m, u, years), {run(m, u): 1.0}, 1.0)
    rows[SHARED_OPEN].write(draft, SHARED_OPEN, "<=")
    for name in SHARING[1:]:
        rows[name].write(draft, name, ">=")


def _kept_on(years: int, notice: int) -> list[tuple[int, int]]:
    """Years after that of joining in which a member is still kept: the year, that of joining."""
    return [(u, t) for t in range(years) for u in range(t + 1, min(t + notice, years))]


class _Listed:
    """Constraints of one family, listed one by one."""

    def __init__(self) -> None:
        self.terms, self.right = Terms(), list[float]()
        self.at = list[tuple[int, ...]]()

    def add(self, at: tuple[int, ...], value: dict[int, float], right: float = 0.0) -> None:
        row = np.full(len(value), len(self.at))
        self.terms.add(row, np.array(list(value), np.int64), np.array(list(value.values())))
        self.at.append(at)
        self.right.append(right)

    def write(self, draft: Draft, name: str, sense: str) -> None:
        if self.at:
            codes = np.array(self.at, np.int64).T
            names = ("shared", "offer", "year", "since")[: len(codes)]
            index = dict(zip(names, codes, strict=True))
            draft.add_rows(name, index, self.terms, sense, np.array(self.right))


def running(basis: Basis, bought: np.ndarray, started: np.ndarray) -> np.ndarray:
    """Which offers run by what a plan buys: offers x years.

    An offer without a smallest lot stays open from its start on, bought from or not. Of a
    choice, that runs which is bought from; of one in which exactly one has to run and nothing
    is bought, the first that can.

    Parameters
    ----------
    bought, started : ndarray
        Offers x years: whether units are bought, whether it starts.
    """
    offers, begun = basis.offers, has_begun(basis, started)
    lots = (offers.smallest_lot > 0) | offers.decided
    found = one_of_each(basis, np.where(lots[:, None], bought, begun), begun)
    for shared in basis.shared:
        found[shared.offer] |= found[shared.members].any(axis=0)
    return found


def has_begun(basis: Basis, started: np.ndarray) -> np.ndarray:
    """Offers x years: whether an offer has started, or need not."""
    return np.asarray((np.cumsum(started, axis=1) > 0) | ~basis.offers.starts[:, None])


def one_of_each(basis: Basis, runs: np.ndarray, begun: np.ndarray) -> np.ndarray:
    """What runs, with the first that can where exactly one has to and none does."""
    found, offers = runs.astype(bool), basis.offers
    can = begun & (offers.smallest_lot == 0)[:, None]
    can &= np.arange(len(basis.years)) >= offers.first_year[:, None]
    for choice in basis.choices:
        for t in choice.years(offers, len(basis.years)) if choice.exactly else ():
            able = choice.offers[can[choice.offers, t]]
            if len(able) and not found[choice.offers, t].any():
                found[able[0], t] = True
    return found


def both_or_none(
    basis: Basis, runs: np.ndarray, begun: np.ndarray
) -> list[tuple[OfferChoice, int, np.ndarray]]:
    """Choices that are not kept: which, the number of the year, and the offers that run.

    Parameters
    ----------
    runs, begun : ndarray
        Offers x years: whether it delivers, whether it has started.
    """
    found = []
    all_run = one_of_each(basis, runs, begun)
    for choice in basis.choices:
        for t in choice.years(basis.offers, len(basis.years)).tolist():
            mine = choice.offers[all_run[choice.offers, t]]
            if len(mine) > 1 or (choice.exactly and not len(mine)):
                found.append((choice, t, mine))
    return found


def not_shared(
    basis: Basis, runs: np.ndarray, units: np.ndarray
) -> list[tuple[SharedOffer, int, np.ndarray, float]]:
    """Shared offers that are not what they have to be: which, the number of the year, who joined.

    And the units of it that they take beside its smallest lot.

    Parameters
    ----------
    runs : ndarray
        Offers x years: whether it delivers.
    units : ndarray
        Offers x years: what it delivers, with the slack of the figures.
    """
    found, offers, years = [], basis.offers, len(basis.years)
    for shared in basis.shared:
        joined = runs[shared.members].astype(bool)
        opened = joined.any(axis=0) | runs[shared.offer]
        enough = joined.sum(axis=0) >= shared.least
        enough &= units[shared.offer] >= offers.smallest_lot[shared.offer] + shared.takes @ joined
        kept = ~opened | enough
        for m, notice, runs_in in zip(shared.members, shared.notice, joined, strict=True):
            for u, t in _kept_on(years, int(notice)):
                before = offers.in_use[m] if t == 0 else runs_in[t - 1]
                kept[u] &= runs_in[u] or before or not runs_in[t]
            for u in range(min(int(notice), years)) if offers.in_use[m] else ():
                kept[u] &= runs_in[u]
        for t in np.flatnonzero(~kept).tolist():
            taken = float(shared.takes @ joined[:, t])
            found.append((shared, t, shared.members[joined[:, t]], taken))
    return found


def at_two_levels(basis: Basis, runs: np.ndarray) -> list[tuple[ServiceLevel, list[str]]]:
    """Services that deliver at more than one level, and at which.

    Parameters
    ----------
    runs : ndarray
        Offers x years: whether it delivers.
    """
    open_ = basis.offers.at_open_level(runs)
    found = []
    for service in basis.levels:
        at = set(basis.offers.level[service.offers[open_[service.offers]]].tolist())
        if len(at) > 1:
            found.append((service, [service.tiers[n] for n in sorted(at)]))
    return found


def most_units(basis: Basis, funding: np.ndarray | None = None) -> np.ndarray:
    """Most units an offer can deliver: the least of capacity, need and money.

    Parameters
    ----------
    basis : Basis
        Offers, needs and years.
    funding : ndarray, optional
        What all streams bring in each year, if other than the place says.
    """
    funding = basis.classes.funding.sum(axis=0) if funding is None else funding
    offers, need = basis.offers, basis.room
    purse = np.cumsum(funding)
    for pounds in rewarded((target, 1.0) for target in basis.targets).values():
        purse = purse + np.cumsum(np.maximum(pounds, 0.0)) / basis.scale.money
    for loan in basis.loans:
        purse = purse + loan.most / basis.scale.money * (np.arange(len(purse)) >= loan.first)
    if basis.reinvest:
        purse = purse + _most_reinvested(basis, need, purse)
    money = purse[None, :] / offers.unit_cost
    return np.minimum(np.minimum(offers.capacity[:, None], need[offers.line]), money)


def _most_reinvested(basis: Basis, need: np.ndarray, purse: np.ndarray) -> np.ndarray:
    """Savings that can have been delivered by each year.

    No more than if every line had all the money there is and every unit worked
    as well as in its best step. Needs may be without end, money never is.
    """
    lines, effects, years = basis.lines, basis.effects, len(basis.years)
    cheapest = np.full((len(lines), years), np.inf)
    np.minimum.at(cheapest, basis.offers.line, basis.offers.unit_cost)
    working = np.zeros(len(lines))
    np.maximum.at(working, basis.steps.line, basis.steps.effectiveness)
    delivered, made = np.zeros(years), basis.made[:, :, :years]
    for t in range(years):
        units = working * np.minimum(need[:, t], (purse[t] + delivered[t]) / cheapest[:, t])
        for n, service in enumerate(effects.service):
            cash = basis.outcomes.cashable[effects.outcome[n]] * basis.general
            saved = units[lines.service == service].sum() * cash * made[n, t]
            delivered[1:] += basis.reinvest * np.cumsum(saved)[:-1]
    return delivered
