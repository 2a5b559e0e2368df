"""The way of a simulation: money buys units, units fill steps, steps make outcomes.

It is written apart from the programme, so that a plan found by the solver can be
checked against it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from placebudget.place import Place
from placebudget.place.succession import handed_over
from placebudget.programme import Basis
from placebudget.programme.money import rewarded
from placebudget.value import fading, in_base_prices


@dataclass(frozen=True)
class Made:
    """Outcomes made, one row an effect of a line, over the appraisal years.

    All arrays of amounts are rows x appraisal years, in single units.
    """

    effect: np.ndarray
    line: np.ndarray
    produced: np.ndarray
    counted: np.ndarray


def make_outcomes(
    basis: Basis, step_units: np.ndarray, start: dict[tuple[int, int, int], float] | None = None
) -> Made:
    """Outcomes that units in steps make, and what of them counts.

    Parameters
    ----------
    step_units : ndarray
        Steps x years, scaled units.
    start : dict, optional
        What is counted already by (outcome, area, appraisal year), single units;
        the rest is counted on top, in proportion to what is produced.
    """
    steps, effects, lines = basis.steps, basis.effects, basis.lines
    working = np.zeros((len(lines), len(basis.years)))
    np.add.at(working, steps.line, step_units * steps.effectiveness[:, None])
    working *= basis.scale.units
    horizon = len(basis.appraisal)
    effect, line, produced = [], [], []
    for n in range(len(effects)):
        mine = np.flatnonzero(lines.service == effects.service[n])
        made = np.zeros((len(mine), horizon))
        a_year = working[mine] * effects.coefficient[n]
        shares = fading(int(effects.duration[n]), float(effects.drop_off[n]))
        for first, share in enumerate(shares[:horizon], start=int(effects.lag[n])):
            made[:, first : first + len(basis.years)] += (
                a_year[:, : max(horizon - first, 0)] * share
            )
        effect.append(np.full(len(mine), n))
        line.append(mine)
        produced.append(made)
    rows = np.concatenate(effect) if effect else np.zeros(0, np.int64)
    at = np.concatenate(line) if line else np.zeros(0, np.int64)
    made = np.concatenate(produced) if produced else np.zeros((0, horizon))
    return Made(rows, at, made, _count(basis, rows, at, made, start or {}))


def _count(
    basis: Basis,
    effect: np.ndarray,
    line: np.ndarray,
    produced: np.ndarray,
    start: dict[tuple[int, int, int], float],
) -> np.ndarray:
    """Cut what is produced down to what is at risk, smallest areas first.

    Overlap is shared in proportion over everything the limit takes in, beyond
    what is counted already.
    """
    counted = produced.copy()
    limits = basis.at_risk
    if not limits:
        return counted
    tree = basis.geography
    outcome = basis.effects.outcome[effect]
    area = basis.lines.area[line]
    where = basis.area_of[line]
    base = np.zeros_like(produced)
    for (y, a, t), already in start.items():
        mine = (outcome == y) & (area == tree.areas[a])
        total = produced[mine, t].sum()
        if total > 0:
            base[mine, t] = produced[mine, t] * min(already / total, 1.0)
    most = {key: np.full(produced.shape[1], np.inf) for key in {(y, a) for y, a, _ in limits}}
    for (y, a, t), limit in limits.items():
        most[y, a][t] = limit * basis.scale.units
    for y, a in sorted(most, key=lambda key: (-len(tree.path(tree.areas[key[1]])), key)):
        below = tree.descendants(tree.areas[a])
        inside = np.array([name in below for name in tree.areas], bool)
        mine = (outcome == y) & inside[where]
        whole, kept = counted[mine].sum(axis=0), base[mine].sum(axis=0)
        beyond, nothing = whole > most[y, a], np.zeros_like(whole)
        room = np.divide(
            np.maximum(most[y, a] - kept, 0.0), whole - kept, out=nothing, where=whole > kept
        )
        shared = base[mine] + (counted[mine] - base[mine]) * room
        counted[mine] = np.where(beyond, shared, counted[mine])
    return counted


def counted_by_area(basis: Basis, made: Made) -> np.ndarray:
    """Outcomes x areas x appraisal years, what counts of what is made, scaled."""
    areas = len(basis.geography.areas)
    found = np.zeros((len(basis.outcomes), areas, len(basis.appraisal)))
    where = basis.effects.outcome[made.effect], basis.area_of[made.line]
    np.add.at(found, where, made.counted)
    return found / basis.scale.units


def earned(basis: Basis, made: Made) -> dict[str, np.ndarray]:
    """What rewards of targets bring each stream in each year, in pounds, by what is counted."""
    if not basis.targets:
        return {}
    counted = counted_by_area(basis, made)
    return rewarded(
        (each, each.earned(float(counted[each.outcome, each.areas, each.year].sum())))
        for each in basis.targets
    )


def buy_units(basis: Basis, money: np.ndarray, named: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What money buys: the offer it names, otherwise the cheapest offer first.

    Parameters
    ----------
    money : ndarray
        Lines x years, scaled money that names no offer.
    named : ndarray
        Offers x years, scaled money that names its offer; it buys from no other.

    Returns
    -------
    units, unused : ndarray
        Offers x years in scaled units, and lines x years of money that no offer
        could take (no capacity, or too little for a set-up or a smallest lot).
    """
    offers, years = basis.offers, len(basis.years)
    units = np.zeros((len(offers), years))
    left, lost = money.copy(), np.zeros_like(money)
    started = offers.in_use.copy()
    money = np.maximum(money - _overheads(basis, money, named, started), 0.0)
    left = money.copy()
    for t in range(years):
        # What ends is paid for first, and is known once all is bought: what is left over then
        # may no longer reach for something else, which ends as well.
        ended = np.zeros(len(offers), bool)
        while True:
            fees = np.bincount(offers.line, ended * offers.leaving_cost[:, t], len(money))
            rest = money[:, t] - fees
            bought = _buy(basis, t, np.maximum(rest, 0.0), named[:, t], started)
            units[:, t], left[:, t], lost[:, t] = bought
            # Money that names an offer pays for its end where it buys nothing.
            lost[:, t] = np.maximum(lost[:, t] + np.minimum(rest, 0.0), 0.0)
            now = offers.left(units > 0)[:, t]
            if not (now & ~ended).any():
                break
            ended |= now
        # Less money can fall short of a lot and reach another's, which then has not ended.
        back = (ended & ~now) * offers.leaving_cost[:, t]
        lost[:, t] += np.bincount(offers.line, back, len(money))
        started |= units[:, t] > 0
    return units, np.maximum(left + lost, 0.0)


def _overheads(
    basis: Basis, money: np.ndarray, named: np.ndarray, started: np.ndarray
) -> np.ndarray:
    """Lines x years: overhead of the levels that the money opens, paid before anything else."""
    offers = basis.offers
    if not offers.overhead.any():
        return np.zeros_like(money)
    years = range(money.shape[1])
    runs = [_buy(basis, t, money[:, t], named[:, t], started)[0] > 0 for t in years]
    open_ = offers.at_open_level(np.array(runs).T)
    return basis.by_line(open_[:, None] * offers.overhead)


def _buy(
    basis: Basis, t: int, money: np.ndarray, named: np.ndarray, started: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Units bought in a year by offer, and money left and lost by line."""
    offers = basis.offers
    units, left, lost = np.zeros(len(offers)), money.copy(), np.zeros(len(money))
    for o in np.lexsort((offers.name.astype(str), offers.unit_cost[:, t])):
        line, own = offers.line[o], named[o]
        lost[line] += own
        if own + left[line] <= 0 or t < offers.first_year[o]:
            continue
        fee = 0.0 if started[o] else offers.set_up_cost[o, t]
        purse = own + left[line] - fee
        bought = min(purse / offers.unit_cost[o, t], offers.capacity[o])
        if bought <= 0 or bought < offers.smallest_lot[o]:
            continue
        units[o] = bought
        cost = bought * offers.unit_cost[o, t] + fee
        lost[line] -= min(own, cost)
        left[line] -= max(cost - own, 0.0)
    return units, left, lost


def outcome_table(basis: Basis, made: Made, not_needed: np.ndarray | None = None) -> pd.DataFrame:
    """Outcomes by service, area and year, with their discounted value in pounds.

    Parameters
    ----------
    made : Made
        Outcomes.
    not_needed : ndarray, optional
        What of the counted comes from need avoided, like ``made.counted``; left out, none.
    """
    horizon = len(basis.appraisal)
    row, year = np.nonzero(made.produced > 0)
    y = basis.effects.outcome[made.effect[row]]
    per_unit = basis.scale.money / basis.scale.units
    outcomes, lines = basis.outcomes, basis.lines
    counted, own = made.counted[row, year], outcomes.own_discount[y, year]
    names = np.array(basis.appraisal[:horizon], dtype=object)
    frame = pd.DataFrame(
        {
            "outcome": outcomes.name[y],
            "service": lines.service[made.line[row]],
            "area": lines.area[made.line[row]],
            "year": names[year],
            "produced": made.produced[row, year],
            "counted": counted,
            "overlap": made.produced[row, year] - counted,
            "not_needed": np.zeros(len(row)) if not_needed is None else not_needed[row, year],
            # A rate first, the same wherever an outcome arises in a year: files keep only that.
            "fiscal": counted * (outcomes.resources[y] * per_unit * basis.discount[year]),
            "economic": counted * (outcomes.economic[y] * per_unit * own),
            "social": counted * (outcomes.social[y] * per_unit * own),
            "weighted": counted * (outcomes.weight[y] * own),
        }
    )
    return _text_columns(
        frame.sort_values(["outcome", "service", "area", "year"], ignore_index=True)
    )


def savings_table(basis: Basis, outcomes: pd.DataFrame) -> pd.DataFrame:
    """Savings by outcome, agency, service, area and year, in pounds.

    ``fiscal`` and ``cashable`` are real, in the price base; ``discounted_...`` as
    counted in objectives.
    """
    values = in_base_prices(basis.place, "savings")[["outcome", "agency", "value", "cashable"]]
    discount = pd.DataFrame({"year": basis.appraisal, "factor": basis.discount})
    return saved(outcomes, values, discount)


def saved(outcomes: pd.DataFrame, values: pd.DataFrame, discount: pd.DataFrame) -> pd.DataFrame:
    """Savings that outcomes make at given values.

    Parameters
    ----------
    outcomes : DataFrame
        What :func:`outcome_table` gives.
    values : DataFrame
        outcome, agency, value (pounds an outcome) and cashable (its share).
    discount : DataFrame
        year and factor.
    """
    rows = outcomes[["outcome", "service", "area", "year", "counted"]].merge(values, on="outcome")
    rows["fiscal"] = rows["counted"] * rows["value"]
    rows["cashable"] = rows["fiscal"] * rows["cashable"]
    key = ["outcome", "agency", "service", "area", "year"]
    found = rows[[*key, "fiscal", "cashable"]].sort_values(key, ignore_index=True)
    return _text_columns(discounted(found, discount))


def discounted(savings: pd.DataFrame, discount: pd.DataFrame) -> pd.DataFrame:
    """Savings, discounted as well, at the factors of their years."""
    factor = savings["year"].map(discount.set_index("year")["factor"]).astype(float)
    return savings.assign(
        discounted_fiscal=savings["fiscal"] * factor,
        discounted_cashable=savings["cashable"] * factor,
    )


def by_provider(
    place: Place, units: pd.DataFrame, by: Sequence[str] = ("service",)
) -> pd.DataFrame:
    """Who delivers how much of each service: provider, units, and the share of all units.

    Parameters
    ----------
    units : DataFrame
        service, offer, units, as the table of a plan has them, and what else is asked for.
    by : sequence of str
        Within what shares add up: service, or service and year.
    """
    rows = units[units["units"] > 0]
    rows = rows.assign(provider=rows["offer"].map(providers_of(place)))
    found = rows.groupby([*by, "provider"], as_index=False)["units"].sum()
    return found.assign(share=found["units"] / found.groupby(list(by))["units"].transform("sum"))


def providers_of(place: Place) -> pd.Series:
    """Who delivers, by offer: who commissions it where an offer names nobody."""
    offers = place.filled("offers").set_index("offer")
    services, agencies = (place.filled(name) for name in ("services", "agencies"))
    names = dict(zip(agencies["agency"], agencies["name"].fillna(agencies["agency"]), strict=True))
    own = offers["service"].map(services.set_index("service")["commissioner"].map(names))
    return offers["provider"].where(offers["provider"].notna(), own)


def concentration(shares: pd.Series | np.ndarray) -> float:
    """How far a market leans on few: the sum of squared shares, 1 for one provider alone.

    Examples
    --------
    >>> round(concentration(pd.Series([60, 30]) / 90), 4)
    0.5556
    """
    return float((shares**2).sum())


def savings_by_holder(basis: Basis, savings: pd.DataFrame) -> pd.DataFrame:
    """Savings, those of an agency that has ended as its successors have them."""
    if not basis.successions:
        return savings
    measures = ["fiscal", "cashable", "discounted_fiscal", "discounted_cashable"]
    key = ["outcome", "agency", "service", "area", "year"]
    rows = handed_over(basis.place, savings, measures).groupby(key, as_index=False)[measures].sum()
    return _text_columns(rows.sort_values(key, ignore_index=True))


def _text_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """Keys as text, also in a table without rows."""
    for name in frame.columns:
        if name in ("outcome", "agency", "service", "area", "year"):
            frame[name] = frame[name].astype("str")
    return frame
