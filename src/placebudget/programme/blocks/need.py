"""Need that must be met, need that prevention takes away, capacity that goes only so fast.

sum(step_units[l, k, t]) + unmet[l, t] = need[l, t]               for lines led by need
avoided[l, t] <= sum(units x counted outcome) + brought[l, t]     for lines that can be avoided
units[o, t] <= paid[o, t]                                         for offers with a release
paid[o, t] + dropped[o, t] >= (1 - release[o]) x paid[o, t-1]     paid[o, -1]: today's units
units[o, t] <= units[o, t-1] + build[o] x capacity[o]             units[o, -1]: today's units

and after the last year of money, for lines led by need that can be avoided, with need and
cost as in the last year:

sum(paid[o, t]) + avoided[l, t] >= need[l]

unmet and dropped stand there only where the money cannot meet all need: what they cost is
then no more than the least that is possible.
"""

from __future__ import annotations

import numpy as np

from placebudget.programme.basis import Basis
from placebudget.programme.linear import Draft, Terms
from placebudget.programme.objectives.value import DROPPED, UNMET, shortfall_objective
from placebudget.programme.terms import outcome_terms


def need_columns(draft: Draft, basis: Basis) -> None:
    """Add the variables; a place without the tables and columns has none of them."""
    need, offers = basis.need, basis.offers
    if need.plain:
        return
    years, horizon = len(basis.years), len(basis.appraisal)
    if len(need.line):
        line, year = _grid(np.flatnonzero(need.avoidable), 0, years)
        later, after = _grid(np.flatnonzero(need.lasting), years, horizon)
        index = {"line": np.append(line, later), "appraisal_year": np.append(year, after)}
        draft.add_columns("avoided", index)
    offer, year = _grid(need.held, 0, years)
    later, after = _grid(np.flatnonzero(need.lasting[offers.line]), years, horizon)
    if len(offer) or len(later):
        index = {"offer": np.append(offer, later), "appraisal_year": np.append(year, after)}
        draft.add_columns("paid", index)
    if basis.shortfall is not None:
        line, year = _grid(np.flatnonzero(need.led), 0, years)
        draft.add_columns("unmet", {"line": line, "year": year})
        offer, year = _grid(need.held, 0, years)
        draft.add_columns("dropped", {"offer": offer, "year": year})


def need_rows(draft: Draft, basis: Basis) -> None:
    """Add the blocks."""
    if basis.need.plain:
        return
    _need_met(draft, basis)
    _avoided(draft, basis)
    _capacity(draft, basis)
    _build(draft, basis)
    _after_the_last_year(draft, basis)
    _shortfall(draft, basis)


def _grid(things: np.ndarray, first: int, last: int) -> tuple[np.ndarray, np.ndarray]:
    years = np.arange(first, last)
    return np.repeat(things, len(years)), np.tile(years, len(things))


def _position(shape: tuple[int, int], first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Row by two codes; -1 where there is none."""
    at = np.full(shape, -1, np.int64)
    at[first, second] = np.arange(len(first))
    return at


def _need_met(draft: Draft, basis: Basis) -> None:
    line, year = _grid(np.flatnonzero(basis.need.led), 0, len(basis.years))
    if not len(line):
        return
    at = _position((len(basis.lines), len(basis.years)), line, year)
    steps, unmet = draft.columns["step_units"], draft.columns.get("unmet")
    row = at[steps.index["line"], steps.index["year"]]
    terms = Terms().add(row[row >= 0], steps.numbers[row >= 0], 1.0)
    if unmet is not None:
        terms.add(np.arange(len(unmet)), unmet.numbers, 1.0)
    needed = basis.needed[line, year]
    draft.add_rows("need_met", {"line": line, "year": year}, terms, "=", needed)


def _avoided(draft: Draft, basis: Basis) -> None:
    avoided, need = draft.columns.get("avoided"), basis.need
    if avoided is None:
        return
    line, year = avoided.index["line"], avoided.index["appraisal_year"]
    shape = (len(basis.lines), len(basis.appraisal))
    at = _position(shape, line, year)
    terms = Terms().add(np.arange(len(avoided)), avoided.numbers, 1.0)
    counted = outcome_terms(draft, basis)
    for y, area, taken, units in zip(need.outcome, need.area, need.line, need.units, strict=True):
        mine = np.flatnonzero((counted.outcome == y) & (counted.area == area))
        row = at[taken, counted.year[mine]]
        mine, row = mine[row >= 0], row[row >= 0]
        value = counted.value[mine] * units[counted.year[mine]]
        terms.add(row, counted.column[mine], -value)
    draft.add_rows("avoided", avoided.index, terms, "<=", basis.brought[line, year])


def _capacity(draft: Draft, basis: Basis) -> None:
    need, years, horizon = basis.need, len(basis.years), len(basis.appraisal)
    paid = draft.columns.get("paid")
    if paid is None or not len(need.held):
        return
    at = _position((len(basis.offers), horizon), paid.index["offer"], paid.index["appraisal_year"])
    offer, year = _grid(need.held, 0, years)
    units = draft.columns["units"].first + offer * years + year
    rows = np.arange(len(offer))
    terms = Terms().add(rows, units, 1.0).add(rows, paid.first + at[offer, year], -1.0)
    draft.add_rows("paid_for", {"offer": offer, "year": year}, terms, "<=", 0.0)
    offer, year = paid.index["offer"], paid.index["appraisal_year"]
    mine = np.flatnonzero(~np.isnan(need.release[offer]))
    offer, year, rows = offer[mine], year[mine], np.arange(len(mine))
    keep = need.kept[offer]
    before = at[offer, np.maximum(year - 1, 0)]
    fresh = year == 0
    terms = Terms().add(rows, paid.numbers[mine], 1.0)
    terms.add(rows[~fresh], paid.first + before[~fresh], -keep[~fresh])
    dropped = draft.columns.get("dropped")
    if dropped is not None:
        soon = year < years
        place = _position((len(basis.offers), years), dropped.index["offer"], dropped.index["year"])
        terms.add(rows[soon], dropped.first + place[offer[soon], year[soon]], 1.0)
    right = np.where(fresh, keep * need.paid_today[offer], 0.0)
    draft.add_rows("release", {"offer": offer, "appraisal_year": year}, terms, ">=", right)


def _build(draft: Draft, basis: Basis) -> None:
    need, years = basis.need, len(basis.years)
    offer, year = _grid(need.built, 0, years)
    if not len(offer):
        return
    now, rows = draft.columns["units"].first + offer * years + year, np.arange(len(offer))
    fresh = year == 0
    terms = Terms().add(rows, now, 1.0).add(rows[~fresh], now[~fresh] - 1, -1.0)
    right = need.build[offer] * basis.offers.capacity[offer] + np.where(
        fresh, need.paid_today[offer], 0.0
    )
    draft.add_rows("build", {"offer": offer, "year": year}, terms, "<=", right)


def _after_the_last_year(draft: Draft, basis: Basis) -> None:
    need, years = basis.need, len(basis.years)
    line, year = _grid(np.flatnonzero(need.lasting), years, len(basis.appraisal))
    if not len(line):
        return
    at = _position((len(basis.lines), len(basis.appraisal)), line, year)
    paid, avoided = draft.columns["paid"], draft.columns["avoided"]
    terms = Terms()
    for block, of_line in (
        (paid, basis.offers.line[paid.index["offer"]]),
        (avoided, avoided.index["line"]),
    ):
        row = at[of_line, block.index["appraisal_year"]]
        terms.add(row[row >= 0], block.numbers[row >= 0], 1.0)
    index = {"line": line, "appraisal_year": year}
    draft.add_rows("need_after", index, terms, ">=", basis.needed[line, year])


def _shortfall(draft: Draft, basis: Basis) -> None:
    allowed = basis.shortfall
    if allowed is None:
        return
    for name, cost, most in (
        ("unmet", shortfall_objective(UNMET, draft, basis).gain, allowed.unmet),
        ("dropped", shortfall_objective(DROPPED, draft, basis).gain, allowed.dropped),
    ):
        column = np.flatnonzero(cost)
        if len(column):
            terms = Terms().add(np.zeros(len(column), np.int64), column, -cost[column])
            draft.add_rows(f"least_{name}", {"all": np.zeros(1, np.int64)}, terms, "<=", most)
