"""Steps of returns in order, where filling a later one first would look fairer.

step_units[l, k, t] >= width[l, k, t] x full[l, k, t]
step_units[l, k + 1, t] <= width[l, k + 1, t] x full[l, k, t]

As returns never rise, the best plan fills the steps of a line in order of
itself: an earlier step gives more. Only an equity floor can ask for less, in an
area that is doing well. So these whole numbers stand only in lines whose service
works on an outcome with such a floor, and only once a plan without them has been
found to break the order: see :func:`placebudget.solver.solve_in_order`.
"""

from __future__ import annotations

import numpy as np

from placebudget.programme.basis import Basis
from placebudget.programme.linear import Columns, Draft, Terms
from placebudget.programme.rules.outcome_floor import outcome_of
from placebudget.programme.rules.rule import read_rules


def step_order(draft: Draft, basis: Basis) -> None:
    """Add the variables and constraints."""
    steps = draft.columns["step_units"]
    first = _ordered_steps(basis)
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


def _ordered_steps(basis: Basis) -> np.ndarray:
    """Steps, all but the last of their line, that have to be full before the next opens."""
    steps, effects = basis.steps, basis.effects
    compared = np.zeros(len(basis.outcomes), bool)
    for rule in read_rules(basis):
        if rule.record.compares_areas:
            compared |= outcome_of(rule, basis)
    working = np.unique(effects.service[compared[effects.outcome]].astype(str))
    of_line = np.isin(basis.lines.service.astype(str), working)
    goes_on = steps.line[:-1] == steps.line[1:]
    return np.flatnonzero(goes_on & of_line[steps.line[:-1]])


def _numbers(steps: Columns, at: np.ndarray, year: np.ndarray, years: int) -> np.ndarray:
    return steps.first + at * years + year
