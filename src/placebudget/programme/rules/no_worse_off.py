"""No worse off: an agency fares at least as well as in the aligned plan.

discounted savings of the agency          >= (1 - share) x those of the aligned plan
discounted value of what it commissions   >= (1 - share) x that of the aligned plan

Both benchmarks are numbers taken from the aligned plan. Savings are of counted
outcomes; the value of services is of outcomes produced, before overlap, since
overlap is shared over services only once a plan is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from placebudget.programme.basis import Basis
from placebudget.programme.linear import Draft, Terms
from placebudget.programme.rules.rule import read_rules
from placebudget.programme.terms import outcome_terms


@dataclass(frozen=True)
class Benchmark:
    """What the aligned plan gives an agency, discounted, in pounds."""

    savings: float
    value: float


def no_worse_off(draft: Draft, basis: Basis, benchmarks: Mapping[str, Benchmark]) -> None:
    """Add the blocks."""
    rules = [
        (rule, agency)
        for rule in read_rules(basis, "no_worse_off")
        for agency in rule.subject.get("agency", ())
        if agency in benchmarks
    ]
    if not rules:
        return
    number = {agency: n for n, agency in enumerate(basis.agencies)}
    counted = outcome_terms(draft, basis)
    savings, value = Terms(), Terms()
    for row, (_, agency) in enumerate(rules):
        worth = basis.outcomes.agency_fiscal[:, number[agency]]
        saved = worth[counted.outcome] * basis.discount[counted.year] * counted.value
        savings.add(np.full(len(saved), row), counted.column, saved)
        column, made = commissioned_value(draft, basis, agency)
        value.add(np.full(len(column), row), column, made)
    index = {
        "rule": np.array([rule.number for rule, _ in rules]),
        "agency": np.array([number[agency] for _, agency in rules]),
    }
    keep = np.array([1.0 - rule.share for rule, _ in rules]) / basis.scale.money
    least = np.array([(benchmarks[a].savings, benchmarks[a].value) for _, a in rules])
    draft.add_rows("no_worse_off_savings", index, savings, ">=", keep * least[:, 0])
    draft.add_rows("no_worse_off_value", index, value, ">=", keep * least[:, 1])


def commissioned_value(draft: Draft, basis: Basis, agency: str) -> tuple[np.ndarray, np.ndarray]:
    """Columns and discounted public value of the units an agency commissions."""
    effects, steps, years = basis.effects, basis.steps, len(basis.years)
    first, discounted = draft.columns["step_units"].first, basis.made @ basis.discount
    line = steps.line
    mine = basis.lines.commissioner[line] == agency
    value = np.zeros((len(steps), years))
    for n in range(len(effects)):
        at = np.flatnonzero(mine & (basis.lines.service[line] == effects.service[n]))
        worth = basis.outcomes.public[effects.outcome[n]]
        value[at] += steps.effectiveness[at][:, None] * discounted[n] * worth
    step, year = np.nonzero(value)
    return first + step * years + year, value[step, year]
