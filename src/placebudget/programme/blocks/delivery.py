"""What money buys, what is bought is delivered step by step, and what of outcomes counts."""

from __future__ import annotations

import numpy as np

from placebudget.programme.basis import Basis
from placebudget.programme.linear import Columns, Draft, Terms
from placebudget.programme.rules.levels import outcome_of
from placebudget.programme.rules.rule import read_rules
from placebudget.programme.terms import produced_terms, spending_terms


def delivery(draft: Draft, basis: Basis) -> None:
    """What money buys, and what is bought is delivered, step by step of the returns.

    sum(money[c, r, l, t]) = sum(unit_cost[o, t] x units[o, t] + set_up_cost[o, t] x start[o, t]
                                 + leaving_cost[o, t] x leave[o, t])
                             + overhead[l, t] x level[s, g] where l is of s and at level g
                                                                      for each l, t
    sum(units[o, t]) over the offers of l + avoided[l, t] = sum(step_units[l, k, t])
                                                                      for each l, t
    A need that does not arise counts as a need met. What is paid for is units, or where capacity
    can be given up only so fast all that is kept.
    """
    years = len(basis.years)
    line, year = (m.ravel() for m in np.mgrid[: len(basis.lines), :years])
    units, steps = draft.columns["units"], draft.columns["step_units"]
    terms = (
        Terms()
        .add(
            basis.offers.line[units.index["offer"]] * years + units.index["year"],
            units.numbers,
            1.0,
        )
        .add(steps.index["line"] * years + steps.index["year"], steps.numbers, -1.0)
    )
    avoided = draft.columns.get("avoided")
    if avoided is not None:
        soon = avoided.index["appraisal_year"] < years
        row = avoided.index["line"] * years + avoided.index["appraisal_year"]
        terms.add(row[soon], avoided.numbers[soon], 1.0)
    draft.add_rows("delivery", {"line": line, "year": year}, terms, "=", 0.0)


def line_cost(draft: Draft, basis: Basis) -> None:
    """Add the block."""
    years = len(basis.years)
    line, year = (m.ravel() for m in np.mgrid[: len(basis.lines), :years])
    money = draft.columns["money"]
    spent = spending_terms(draft, basis)
    terms = (
        Terms()
        .add(money.index["line"] * years + money.index["year"], money.numbers, 1.0)
        .add(basis.offers.line[spent.offer] * years + spent.year, spent.column, -spent.value)
    )
    draft.add_rows("line_cost", {"line": line, "year": year}, terms, "=", 0.0)


def step_order(draft: Draft, basis: Basis, compared: bool) -> None:
    """Steps of returns in order, where filling a later one first would look fairer, or be cheaper.

    step_units[l, k, t] >= width[l, k, t] x full[l, k, t]
    step_units[l, k + 1, t] <= width[l, k + 1, t] x full[l, k, t]

    As returns never rise, the best plan fills the steps of a line in order of
    itself: an earlier step gives more. Only an equity floor can ask for less, in an
    area that is doing well. So these whole numbers stand only in lines whose service
    works on an outcome with such a floor, and only once a plan without them has been
    found to break the order: see :func:`placebudget.solver.solve_in_order`. And always where
    what an outcome obliges to pay could be made less so.

    Parameters
    ----------
    compared : bool
        Whether equity floors ask for it.
    """
    steps = draft.columns["step_units"]
    first = _ordered_steps(basis, compared)
    if not len(first):
        return
    years = len(basis.years)
    at, year = np.repeat(first, years), np.tile(np.arange(years), len(first))
    index = {"line": basis.steps.line[at], "step": basis.steps.step[at] - 1, "year": year}
    full = draft.add_columns("full", index, upper=1.0, integer=True)
    width, rows = basis.steps.width, np.arange(len(at))
    this, later = _numbers(steps, at, year, years), _numbers(steps, at + 1, year, years)
    filled = Terms().add(rows, this, 1.0).add(rows, full.numbers, -width[at, year])
    draft.add_rows("step_filled", index, filled, ">=", 0.0)
    opened = Terms().add(rows, later, 1.0).add(rows, full.numbers, -width[at + 1, year])
    draft.add_rows("next_step", index, opened, "<=", 0.0)


def _ordered_steps(basis: Basis, compared_areas: bool) -> np.ndarray:
    """Steps, all but the last of their line, that have to be full before the next opens."""
    steps, effects = basis.steps, basis.effects
    compared = np.zeros(len(basis.outcomes), bool)
    for rule in read_rules(basis) if compared_areas else ():
        if rule.record.compares_areas:
            compared |= outcome_of(rule, basis)
    compared[[target.outcome for target in basis.targets if target.owed]] = True
    working = np.unique(effects.service[compared[effects.outcome]].astype(str))
    of_line = np.isin(basis.lines.service.astype(str), working)
    goes_on = steps.line[:-1] == steps.line[1:]
    return np.flatnonzero(goes_on & of_line[steps.line[:-1]])


def _numbers(steps: Columns, at: np.ndarray, year: np.ndarray, years: int) -> np.ndarray:
    return steps.first + at * years + year


# Outcomes that something limits have a variable of their own, and no more counts than is at risk.
#
# counted[y, a, t] <= produced[y, a, t]                             for each limited y
# sum(counted[y, a, t] for areas a in r) <= most[y, r, t]           for each row of at_risk
#
# produced is the sum over the lines in area a of effectiveness x effect x fading x
# step_units. Outcomes that nothing limits need no variable: what is produced counts.


def counted_columns(draft: Draft, basis: Basis) -> None:
    """Add the variables."""
    limited = basis.limited
    if not len(limited):
        return
    made = produced_terms(draft, basis, limited)
    areas, horizon = len(basis.geography.areas), len(basis.appraisal)
    keys = np.unique((made.outcome * areas + made.area) * horizon + made.year)
    draft.add_columns(
        "counted",
        {
            "outcome": keys // (areas * horizon),
            "area": keys // horizon % areas,
            "appraisal_year": keys % horizon,
        },
    )


def counted_rows(draft: Draft, basis: Basis) -> None:
    """Add the constraints."""
    if "counted" not in draft.columns:
        return
    counted = draft.columns["counted"]
    areas, horizon = len(basis.geography.areas), len(basis.appraisal)
    index = counted.index
    keys = (index["outcome"] * areas + index["area"]) * horizon + index["appraisal_year"]
    made = produced_terms(draft, basis, basis.limited)
    row = np.searchsorted(keys, (made.outcome * areas + made.area) * horizon + made.year)
    terms = (
        Terms()
        .add(np.arange(len(counted)), counted.numbers, 1.0)
        .add(row, made.column, -made.value)
    )
    draft.add_rows("counted", index, terms, "<=", 0.0)


def at_risk_rows(draft: Draft, basis: Basis) -> None:
    """Add the block."""
    if "counted" not in draft.columns:
        return
    counted, limits = draft.columns["counted"], basis.at_risk
    index, names = counted.index, basis.geography.areas
    keys, most = np.array(list(limits)), np.array(list(limits.values()))
    rows, columns = [], []
    for area in np.unique(keys[:, 1]):
        below = basis.geography.descendants(names[area])
        inside = np.array([name in below for name in names], bool)
        mine = np.flatnonzero(keys[:, 1] == area)
        number = np.full((len(basis.outcomes), len(basis.appraisal)), -1, np.int64)
        number[keys[mine, 0], keys[mine, 2]] = mine
        row = number[index["outcome"], index["appraisal_year"]]
        hit = (row >= 0) & inside[index["area"]]
        rows.append(row[hit])
        columns.append(counted.numbers[hit])
    # A limit on what nothing makes needs no row.
    used, row = np.unique(np.concatenate(rows), return_inverse=True)
    if len(used):
        outcome, area, year = keys[used].T
        where = {"outcome": outcome, "area": area, "appraisal_year": year}
        terms = Terms().add(row, np.concatenate(columns), 1.0)
        draft.add_rows("at_risk", where, terms, "<=", most[used])
