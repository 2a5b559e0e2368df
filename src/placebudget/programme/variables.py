"""The variables of the programme, all non-negative.

money[c, r, l, t]         what class c pays for line l by route r
contribute[c, p, t]       what class c pays into pool p, gross
unspent[c, p, t]          what stays in the pool of it
idle[c, t], carry[c, t]   what stays with the class, what it takes into t + 1
share[c, t]               what class c puts into shared money, for coalitions
units[o, t]               units bought from offer o
step_units[l, k, t]       of these, units in step k of the returns
start[o, t], run[o, t]    0 or 1, for offers with a set-up cost or a lot, in a choice, or shared
level[s, g]               1 where service s is commissioned at level g, else 0
reward[j], met[j]         share of its reward that a target pays, and 1 where it pays any, else 0
borrow[n]                 what is borrowed
leave[o, t]               1 where an offer whose end costs something runs no longer, else 0
full[l, k, t]             0 or 1, where an equity floor asks for steps in order
counted[y, a, t]          outcome y counted in area a, where something limits it
avoided[l, t]             need of line l avoided, where an outcome avoids it
paid[o, t]                capacity paid for, where it can be given up only so fast
unmet[l, t], dropped[o, t]    need unmet, and capacity given up too fast, where money is short
"""

from __future__ import annotations

import numpy as np

from placebudget.place.conditions import FREED
from placebudget.programme.basis import Basis
from placebudget.programme.linear import Draft
from placebudget.programme.rules.movement import capitalised_lines


def money_columns(draft: Draft, basis: Basis) -> None:
    """money[c, r, l, t]: only what the conditions of money allow has a variable.

    Direct money pays for lines its own agency commissions, in its territory, and for what it
    shares as a member, once an agency has ended for what its successor took over; pooled money
    for any line the pool and the ring-fence allow, and by a pool that is closed for what it pays
    today for other agencies; capital money for capital, or where a capitalisation rule cites a
    direction. In a flexible programme what a ring-fence
    bars stands there too, closed by its bound, and in a programme for coalitions all that
    shared money could pay for.
    """
    capital = basis.lines.capital[:, None] | capitalised_lines(basis)
    parts = []
    for c in range(len(basis.classes)):
        kind = capital if basis.classes.capital[c] else np.ones_like(capital)
        for route in range(len(basis.routes)):
            made = _direct_money if route == 0 else _pooled_money
            parts.append(_cells(c, route, *made(basis, c, route, kind)))
    *index, barred = (np.concatenate(part) for part in zip(*parts, strict=True))
    draft.add_columns(
        "money",
        dict(zip(("class", "route", "line", "year"), index, strict=True)),
        upper=np.where(barred, 0.0, np.inf),
    )


def _direct_money(basis: Basis, c: int, _: int, kind: np.ndarray) -> tuple[np.ndarray, ...]:
    classes = basis.classes
    if classes.free[c]:
        return np.ones_like(kind), np.zeros_like(kind)
    if classes.shared[c]:
        return kind, np.ones_like(kind)
    if basis.pooling.freed and not classes.reinvested[c]:
        return np.zeros_like(kind), np.zeros_like(kind)
    agency = classes.agency[c]
    return _keep_fence(basis, c, basis.pays_itself(agency) & _lasts(basis, c) & kind)


def _lasts(basis: Basis, c: int) -> np.ndarray:
    """Years in which a class may hold money: one of an agency that has ended what it kept."""
    agency, carries = basis.classes.agency[c], basis.classes.carry_forward[c] > 0
    held = [basis.successions.holders(agency, year) for year in basis.years]
    if basis.classes.reinvested[c]:
        return np.ones(len(held), bool)
    return np.array([agency in who or (carries and len(who) == 1) for who in held])


def _pooled_money(basis: Basis, c: int, route: int, kind: np.ndarray) -> tuple[np.ndarray, ...]:
    classes, lines, pool = basis.classes, basis.lines, basis.routes[route]
    nowhere = np.zeros_like(kind)
    if classes.reinvested[c] or classes.free[c] or classes.shared[c]:
        return nowhere, nowhere
    if pool == FREED:
        return kind, nowhere
    limits = basis.contributions
    mine = (limits.klass == c) & (limits.pool == pool)
    if not mine.any():
        return nowhere, nowhere
    open_years = np.zeros(len(basis.years), bool)
    open_years[limits.year[mine]] = True
    bound = np.zeros(len(basis.years), bool)
    bound[limits.year[mine & limits.stays_in_area]] = True
    purposes = basis.pool_purposes.get(str(pool))
    served = np.array([purposes is None or p in purposes for p in lines.purpose], bool)
    home = basis.at_home(classes.agency[c])
    allowed = served[:, None] & open_years & (home[:, None] | ~bound) & kind
    if pool not in basis.pooling.pools:
        allowed &= paid_today(basis, c, pool)[:, None]
    return _keep_fence(basis, c, allowed)


def paid_today(basis: Basis, c: int, pool: str) -> np.ndarray:
    """Lines of the agencies and purposes for which a pool pays today from a class."""
    rows = basis.pooled_today
    rows = rows[(rows["pool"] == pool) & rows["stream"].isin(basis.classes.streams[c])]
    pairs = set(zip(rows["agency"], rows["purpose"], strict=True))
    lines = zip(basis.lines.commissioner, basis.lines.purpose, strict=True)
    return np.array([pair in pairs for pair in lines], bool)


def _keep_fence(basis: Basis, c: int, allowed: np.ndarray) -> tuple[np.ndarray, ...]:
    """Cells that have a variable, and those among them that a bound closes."""
    fence = basis.classes.fence[c]
    if fence is None:
        return allowed, np.zeros_like(allowed)
    inside = np.array([purpose in fence for purpose in basis.lines.purpose], bool)[:, None]
    if basis.pooling.flexible:
        return allowed, np.broadcast_to(~inside, allowed.shape)
    return allowed & inside, np.zeros_like(allowed)


def _cells(c: int, route: int, allowed: np.ndarray, barred: np.ndarray) -> tuple[np.ndarray, ...]:
    line, year = np.nonzero(allowed)
    return np.full(len(line), c), np.full(len(line), route), line, year, barred[line, year]


def pool_columns(draft: Draft, basis: Basis) -> None:
    """contribute[c, p, t] between its minimum and maximum, and unspent[c, p, t]."""
    limits = basis.contributions
    number = {route: n for n, route in enumerate(basis.routes)}
    klass, year = limits.klass, limits.year
    route = np.array([number[pool] for pool in limits.pool], np.int64)
    lower, upper = limits.minimum, limits.maximum
    if basis.pooling.freed:
        funded = np.flatnonzero(~basis.classes.reinvested & ~basis.classes.free)
        years = np.arange(len(basis.years))
        klass = np.concatenate([klass, np.repeat(funded, len(years))])
        year = np.concatenate([year, np.tile(years, len(funded))])
        added = len(klass) - len(route)
        route = np.concatenate([route, np.full(added, number[FREED])])
        lower = np.concatenate([lower, np.zeros(added)])
        upper = np.concatenate([upper, np.full(added, np.inf)])
    index = {"class": klass, "route": route, "year": year}
    draft.add_columns("contribute", index, lower, upper)
    draft.add_columns("unspent", index)


def class_columns(draft: Draft, basis: Basis) -> None:
    """idle[c, t], and carry[c, t] up to its share of funding; none after the last year."""
    classes, years = basis.classes, len(basis.years)
    klass, year = (m.ravel() for m in np.mgrid[: len(classes), :years])
    draft.add_columns("idle", {"class": klass, "year": year})
    most = classes.carry_forward[:, None] * classes.funding
    most = np.where(classes.reinvested[:, None], np.inf, most)
    may = (classes.carry_forward[klass] > 0) & (year < years - 1)
    may &= ~_divided_next(basis)[klass, year]
    index = {"class": klass[may], "year": year[may]}
    draft.add_columns("carry", index, upper=most[klass[may], year[may]])
    if classes.shared.any():
        own = np.repeat(np.flatnonzero(~classes.shared), years)
        index = {"class": own, "year": np.tile(np.arange(years), len(own) // years)}
        draft.add_columns("share", index, upper=0.0)


def _divided_next(basis: Basis) -> np.ndarray:
    """Classes x years after which several take over: what is divided is not carried into it."""
    ends, years = basis.successions, basis.years
    found = np.zeros((len(basis.classes), len(years)), bool)
    for c, agency in enumerate([] if basis.pooling.freed else basis.classes.agency):
        for t, year in enumerate(years[1:]):
            found[c, t] = len(ends.holders(agency, year)) > len(ends.holders(agency, years[t]))
    return found


def unit_columns(draft: Draft, basis: Basis) -> None:
    """units[o, t] up to capacity, none before the first year; step_units[l, k, t]."""
    offers, steps, years = basis.offers, basis.steps, len(basis.years)
    offer, year = (m.ravel() for m in np.mgrid[: len(offers), :years])
    open_ = year >= offers.first_year[offer]
    most = np.where(open_, offers.capacity[offer], 0.0)
    draft.add_columns("units", {"offer": offer, "year": year}, upper=most)
    step, year = (m.ravel() for m in np.mgrid[: len(steps), :years])
    index = {"line": steps.line[step], "step": steps.step[step] - 1, "year": year}
    draft.add_columns("step_units", index, upper=steps.width.ravel())


def lot_columns(draft: Draft, basis: Basis) -> None:
    """start[o, t] and run[o, t], 0 or 1, for offers that need a decision; level and leave.

    An offer that today's money buys from has started already, and one that is only to be
    chosen among others need not start; its start is closed.
    """
    lumpy, years = basis.offers.lumpy, len(basis.years)
    if not len(lumpy):
        return
    offer, year = np.repeat(lumpy, years), np.tile(np.arange(years), len(lumpy))
    open_ = year >= basis.offers.first_year[offer]
    may_start = open_ & basis.offers.starts[offer]
    index = {"offer": offer, "year": year}
    draft.add_columns("start", index, upper=may_start.astype(float), integer=True)
    draft.add_columns("run", index, upper=open_.astype(float), integer=True)
    if basis.levels:
        number = [n for level in basis.levels for n in level.tiers]
        draft.add_columns("level", {"level": np.array(number)}, upper=np.ones(len(number)))
    if len(leaving := basis.offers.leaving):
        offer, year = np.repeat(leaving, years), np.tile(np.arange(years), len(leaving))
        ran = (year > 0) | basis.offers.in_use[offer]
        draft.add_columns("leave", {"offer": offer, "year": year}, upper=ran.astype(float))


def name_dimensions(draft: Draft, basis: Basis) -> None:
    """Names behind the codes of every dimension."""
    lines, root = basis.lines, basis.geography.root
    draft.names = {
        "class": basis.classes.name,
        "route": basis.routes,
        "line": np.array(
            [
                s if a == root else f"{s} in {a}"
                for s, a in zip(lines.service, lines.area, strict=True)
            ],
            dtype=object,
        ),
        "offer": basis.offers.name,
        "year": np.array(basis.years, dtype=object),
        "appraisal_year": np.array(basis.appraisal, dtype=object),
        "step": np.arange(1, basis.steps.step.max(initial=1) + 1),
        "outcome": basis.outcomes.name,
        "purpose": np.unique(lines.purpose.astype(str)).astype(object),
        "area": np.array(basis.geography.areas, dtype=object),
        "agency": basis.agencies,
        "rule": np.array([rule.name for rule in basis.rules], dtype=object),
        "choice": np.array([choice.name for choice in basis.choices], dtype=object),
        "shared": basis.offers.name[[shared.offer for shared in basis.shared]],
        "level": np.array(
            [
                f"{level.service} at {tier}"
                for level in basis.levels
                for tier in level.tiers.values()
            ],
            dtype=object,
        ),
        "target": np.array([target.name for target in basis.targets], dtype=object),
        "loan": np.array([loan.name for loan in basis.loans], dtype=object),
        "service_level": np.array([level.service for level in basis.levels], dtype=object),
        "since": np.array([*basis.years, "today"], dtype=object),
        "all": np.array(["the place"], dtype=object),
    }
