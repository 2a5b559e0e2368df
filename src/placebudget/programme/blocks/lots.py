"""Offers that start once and run in lots.

sum(start[o, t]) <= 1                                             for each o
run[o, t] <= sum(start[o, s] for s <= t)    (not for offers in use today)
smallest_lot[o] x run[o, t] <= units[o, t] <= most[o, t] x run[o, t]

most is the least of capacity, need and money, so that the relaxation is tight.
"""

from __future__ import annotations

import numpy as np

from placebudget.programme.basis import Basis
from placebudget.programme.linear import Draft, Terms


def lots(draft: Draft, basis: Basis) -> None:
    """Add the blocks."""
    if "start" not in draft.columns:
        return
    offers, years = basis.offers, len(basis.years)
    lumpy, fresh = offers.lumpy, offers.lumpy[~offers.in_use[offers.lumpy]]
    start, run, units = (draft.columns[name] for name in ("start", "run", "units"))
    place = np.full(len(offers), -1, np.int64)
    place[lumpy] = np.arange(len(lumpy))

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
