"""Need that must be met, need that prevention takes away, and capacity paid for.

Need is what is seen today, so that what today's services avoid is not in it: it is added
back, and what earlier purchases still bring counts as avoided. With today's units of each
line weighted by effectiveness, and theta(j) the share of an effect j years after buying,

added[l]      = sum(units avoided by an outcome x effect x today's units x sum(theta))
brought[l, t] = the same with sum(theta(j) for j > t): what earlier purchases still avoid

both no more than at_risk allows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from placebudget.place.geography import Geography, is_blank
from placebudget.place.subjects import led_by_need
from placebudget.programme.lines import offers_in_order
from placebudget.value import price_levels

if TYPE_CHECKING:
    from placebudget.programme.basis import Basis


@dataclass(frozen=True)
class Need:
    """What is needed, avoided and paid for, in scaled units.

    Parameters
    ----------
    led : ndarray of bool
        Lines whose service is led by need: everybody in need is served.
    avoidable : ndarray of bool
        Lines whose need some outcome avoids.
    added : ndarray
        By line: need that today's services avoid already.
    brought : ndarray
        Lines x appraisal years: need that earlier purchases still avoid.
    outcome, area, line : ndarray of int
        Links: a counted outcome in an area avoids need of a line.
    units : ndarray
        Links x appraisal years: units avoided by one outcome.
    risk_taken : dict
        By (outcome, area, appraisal year): what earlier purchases bring of an outcome.
    paid_today : ndarray
        By offer: capacity that today's money pays for.
    release, build : ndarray
        By offer: most capacity given up, and most units added, in a year; not a number
        where nothing limits it.
    """

    led: np.ndarray
    avoidable: np.ndarray
    added: np.ndarray
    brought: np.ndarray
    outcome: np.ndarray
    area: np.ndarray
    line: np.ndarray
    units: np.ndarray
    risk_taken: dict[tuple[int, int, int], float]
    paid_today: np.ndarray
    release: np.ndarray
    build: np.ndarray

    @property
    def held(self) -> np.ndarray:
        """Numbers of the offers whose capacity can be given up only so fast."""
        return np.flatnonzero(~np.isnan(self.release))

    @property
    def kept(self) -> np.ndarray:
        """By offer: share of the capacity paid for that stays for another year at least."""
        return np.where(np.isnan(self.release), 0.0, 1.0 - self.release)

    @property
    def built(self) -> np.ndarray:
        """Numbers of the offers whose units can grow only so fast."""
        return np.flatnonzero(~np.isnan(self.build))

    @property
    def lasting(self) -> np.ndarray:
        """Lines led by need whose need can be avoided: what prevention is worth later."""
        return self.led & self.avoidable

    @property
    def plain(self) -> bool:
        """Whether the place says nothing of all this."""
        return not (self.led.any() or len(self.line) or len(self.held) or len(self.built))


def read_need(basis: Basis) -> Need:
    """What a place says about need, from its tables."""
    place, lines, offers = basis.place, basis.lines, basis.offers
    table = offers_in_order(place)
    avoids = place.avoids
    led = np.isin(lines.service, list(led_by_need(place)))
    release, build = table["release"].to_numpy(float), table["build"].to_numpy(float)
    horizon, none = len(basis.appraisal), np.zeros(0, np.int64)
    added, brought = np.zeros(len(lines)), np.zeros((len(lines), horizon))
    taken: dict[tuple[int, int, int], float] = {}
    links = none, none, none, np.zeros((0, horizon))
    paid = np.zeros(len(offers))
    if len(avoids) or not np.isnan([*release, *build]).all():
        paid = basis.bought_today
    if len(avoids):
        links = basis.links
        added, brought, taken = _brought(basis, links, np.bincount(offers.line, paid, len(lines)))
    avoidable = np.zeros(len(lines), bool)
    avoidable[links[2]] = True
    return Need(led, avoidable, added, brought, *links, taken, paid, release, build)


def today_units(basis: Basis) -> np.ndarray:
    """Units of each offer that today's money buys at today's prices: named offers, then cheapest.

    Today's money is that of ``today_year``; it is not carried on here.
    """
    place, offers, lines = basis.place, basis.offers, basis.lines
    table = offers_in_order(place)
    first, inflation = place.years[0], place.filled("inflation")
    now = [place.settings.today_year]
    index = [None if is_blank(each) else str(each) for each in table["index"]]
    level = {each: price_levels(inflation, each, first, now)[0] for each in set(index)}
    cost = offers.unit_cost[:, 0] * np.array([level[each] for each in index])
    number = {name: o for o, name in enumerate(offers.name)}
    at = lines.position()
    spent, unnamed = np.zeros(len(offers)), np.zeros(len(lines))
    rows = place.filled("today")
    columns = (rows[name].tolist() for name in ("service", "area", "offer", "amount"))
    for service, area, offer, amount in zip(*columns, strict=True):
        money = amount / basis.scale.money
        if is_blank(offer):
            unnamed[at[service, basis.geography.key(area)]] += money
        else:
            spent[number[offer]] += money
    units = spent / cost
    for o in np.lexsort((offers.name.astype(str), cost)):
        line = offers.line[o]
        alone = (offers.line == line).sum() == 1
        room = np.inf if alone else max(offers.capacity[o] - units[o], 0.0)
        bought = min(unnamed[line] / cost[o], room)
        units[o] += bought
        unnamed[line] -= bought * cost[o]
    return units


def read_links(basis: Basis) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """From each outcome and area in which a line makes it to the lines it takes need from.

    The line in that area; else those below it, in proportion to need; else the nearest above.
    """
    avoids = basis.place.filled("avoids").sort_values(["outcome", "service"], kind="stable")
    lines, tree = basis.lines, basis.geography
    code = {area: n for n, area in enumerate(tree.areas)}
    outcome = {name: y for y, name in enumerate(basis.outcomes.name)}
    need = basis.given[:, 1:]
    years = np.minimum(np.arange(len(basis.appraisal)), len(basis.years) - 1)
    made, where, taken, units = [], [], [], []
    columns = (avoids[name].tolist() for name in ("outcome", "service", "units"))
    for name, service, each in zip(*columns, strict=True):
        y = outcome[name]
        makers = basis.effects.service[basis.effects.outcome == y]
        places = sorted({str(area) for area in lines.area[np.isin(lines.service, makers)]})
        mine = np.flatnonzero(lines.service == service)
        for area in places:
            at, share = _shares(tree, area, mine, lines.area, need)
            made += [y] * len(at)
            where += [code[area]] * len(at)
            taken += at.tolist()
            units += [each * part for part in share[:, years]]
    shape = (len(made), len(basis.appraisal))
    outcomes, areas, taking = (np.array(part, np.int64) for part in (made, where, taken))
    return outcomes, areas, taking, np.array(units, float).reshape(shape)


def _shares(
    tree: Geography, area: str, mine: np.ndarray, areas: np.ndarray, need: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Lines of a service that an outcome in an area takes need from, with the share of each."""
    own = [n for n in mine if areas[n] == area]
    below = [n for n in mine if areas[n] in tree.descendants(area)]
    above = [n for up in tree.path(area) for n in mine if areas[n] == up]
    at = np.array(own or below or above[:1], np.int64)
    if not len(at):
        return at, np.zeros((0, need.shape[1]))
    weight = np.nan_to_num(need[at])
    whole = weight.sum(axis=0)
    even = np.full_like(weight, 1.0 / len(at))
    return at, np.divide(weight, whole, out=even, where=whole > 0)


def _brought(
    basis: Basis, links: tuple[np.ndarray, ...], units: np.ndarray
) -> tuple[np.ndarray, np.ndarray, dict[tuple[int, int, int], float]]:
    """What today's services avoid, and still will of what they did before the first year."""
    lines, effects, tree = basis.lines, basis.effects, basis.geography
    outcome, area, line, each = links
    working = _effective(basis, units)
    horizon, longest = len(basis.appraisal), int((effects.lag + effects.duration).max(initial=1))
    profile = effects.made(1, max(longest, horizon + 1))[:, 0, :]
    # Column 0 is what the whole effect brings, as it stands today; then year by year what is left.
    left = np.cumsum(profile[:, ::-1], axis=1)[:, ::-1][:, : horizon + 1]
    brings = np.zeros((len(basis.outcomes), len(tree.areas), horizon + 1))
    avoiding = np.unique(outcome)
    for n in range(len(effects)):
        y = int(effects.outcome[n])
        if y in avoiding:
            for at in np.flatnonzero(lines.service == effects.service[n]):
                brings[y, basis.area_of[at]] += working[at] * left[n]
    _cap(basis, brings)
    added, brought = np.zeros(len(lines)), np.zeros((len(lines), horizon))
    np.add.at(added, line, each[:, 0] * brings[outcome, area, 0])
    np.add.at(brought, line, each * brings[outcome, area, 1:])
    found = {
        (int(y), int(a), int(t)): float(brings[y, a, t + 1])
        for y, a, t in zip(*np.nonzero(brings[:, :, 1:]), strict=True)
    }
    return added, brought, found


def _effective(basis: Basis, units: np.ndarray) -> np.ndarray:
    """Today's units of each line, weighted by the effectiveness of the steps they fill."""
    lines, offers = basis.lines, basis.offers
    now, first = basis.given[:, 0], basis.given[:, 1]
    today = np.where(np.isnan(now), first, now)
    room = np.bincount(offers.line, offers.capacity, len(lines))
    today = np.where(np.isnan(today), room, today)
    line, _, share, effectiveness = basis.returns
    left, working = units.copy(), np.zeros(len(lines))
    for at, part, works in zip(line, share, effectiveness, strict=True):
        taken = min(left[at], part * today[at]) if part > 0 else 0.0
        working[at] += taken * works
        left[at] -= taken
    return working


def _cap(basis: Basis, brings: np.ndarray) -> None:
    """No more than is at risk, smallest areas first, shared in proportion."""
    tree = basis.geography
    limits = basis.whole_risk
    deepest = sorted(limits, key=lambda key: (-len(tree.path(tree.areas[key[1]])), key))
    for y, a, t in deepest:
        below = tree.descendants(tree.areas[a])
        inside = np.array([name in below for name in tree.areas], bool)
        for at in (0, 1) if t == 0 else (t + 1,):
            whole = brings[y, inside, at].sum()
            if whole > limits[y, a, t]:
                brings[y, inside, at] *= limits[y, a, t] / whole
