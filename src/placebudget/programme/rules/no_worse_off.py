"""No worse off: an agency fares at least as well as working apart.

discounted savings of the agency          >= (1 - share) x those of working apart
discounted value of what it commissions   >= (1 - share) x that of working apart

Both benchmarks are numbers taken from the siloed plan, each agency for itself, or where
that leaves need unmet or breaks a rule from the aligned plan. Savings are of counted
outcomes; the value of services is of outcomes produced, before overlap, since
overlap is shared over services only once a plan is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from placebudget.programme.basis import Basis, Rule
from placebudget.programme.linear import Draft, Rows, Terms
from placebudget.programme.rules.block import Benchmark, Figures, Held, RuleBlock
from placebudget.programme.terms import avoided_saving, outcome_terms

if TYPE_CHECKING:
    from placebudget.programme.build import Programme

# What is compared, by family of constraints.
_COMPARED = {"no_worse_off_savings": "savings", "no_worse_off_value": "value"}


def write(
    draft: Draft, basis: Basis, rules: Sequence[Rule], benchmarks: Mapping[str, Benchmark]
) -> None:
    """Add the blocks."""
    compared = [
        (rule, agency)
        for rule in rules
        for agency in rule.subject.get("agency", ())
        if agency in benchmarks
    ]
    if not compared:
        return
    number = {agency: n for n, agency in enumerate(basis.agencies)}
    counted = outcome_terms(draft, basis)
    savings, value = Terms(), Terms()
    for row, (_, agency) in enumerate(compared):
        worth = basis.outcomes.agency_fiscal[:, number[agency]]
        saved = worth[counted.outcome] * basis.discount[counted.year] * counted.value
        savings.add(np.full(len(saved), row), counted.column, saved)
        avoided, _ = _avoided(draft, basis, agency)
        column = np.flatnonzero(avoided)
        savings.add(np.full(len(column), row), column, avoided[column])
        column, made = commissioned_value(draft, basis, agency)
        value.add(np.full(len(column), row), column, made)
    index = {
        "rule": np.array([rule.number for rule, _ in compared]),
        "agency": np.array([number[agency] for _, agency in compared]),
    }
    for name, terms in zip(_COMPARED, (savings, value), strict=True):
        right = _right(name, index, draft, basis, benchmarks)
        draft.add_rows(name, index, terms, ">=", right)


def right_sides(
    programme: Programme, benchmarks: Mapping[str, Benchmark]
) -> Iterator[tuple[Rows, np.ndarray]]:
    """Families of constraints of a programme, with what they ask for by other benchmarks."""
    for name in _COMPARED:
        if block := programme.rows.get(name):
            right = _right(name, block.index, programme.draft, programme.basis, benchmarks)
            yield block, right


def _right(
    family: str,
    index: Mapping[str, np.ndarray],
    draft: Draft,
    basis: Basis,
    benchmarks: Mapping[str, Benchmark],
) -> np.ndarray:
    share = {rule.number: rule.share for rule in basis.rules}
    keep = np.array([1.0 - share[n] for n in index["rule"].tolist()]) / basis.scale.money
    marks = [benchmarks[basis.agencies[n]] for n in index["agency"].tolist()]
    least = keep * np.array([getattr(mark, _COMPARED[family]) for mark in marks])
    if _COMPARED[family] == "savings":
        least -= [_avoided(draft, basis, basis.agencies[n])[1] for n in index["agency"].tolist()]
    return least


def _avoided(draft: Draft, basis: Basis, agency: str) -> tuple[np.ndarray, float]:
    """What need avoided in its own services saves the agency, by column, and a constant."""
    return avoided_saving(draft, basis, lines=basis.lines.commissioner == agency)


def compare(rule: Rule, figures: Figures) -> Iterator[Held]:
    """What each agency saves and what it commissions is worth, beside working apart."""
    keep = 1.0 - rule.share
    for agency in rule.subject.get("agency", ()):
        if agency in figures.benchmarks:
            mark, has = figures.benchmarks[agency], figures.fares(agency)
            at = {"agency": agency}
            least = keep * mark.savings, keep * mark.value
            yield Held(
                rule, {**at, "of": "savings"}, has.savings, least[0], np.inf, "£", mark.savings
            )
            yield Held(rule, {**at, "of": "value"}, has.value, least[1], np.inf, "£", mark.value)


def whole(rule: Rule, programme: Programme, block: Rows, n: int, values: np.ndarray) -> float:
    """What working apart gives the agency."""
    mark = programme.benchmarks[str(programme.basis.agencies[block.index["agency"][n]])]
    return float(getattr(mark, _COMPARED[block.name])) / programme.basis.scale.money


def commissioned_value(draft: Draft, basis: Basis, agency: str) -> tuple[np.ndarray, np.ndarray]:
    """Columns and discounted public value of the units an agency commissions."""
    effects, steps, years = basis.effects, basis.steps, len(basis.years)
    first, worth = draft.columns["step_units"].first, basis.outcomes.public_value
    line = steps.line
    mine = basis.lines.commissioner[line] == agency
    value = np.zeros((len(steps), years))
    for n in range(len(effects)):
        at = np.flatnonzero(mine & (basis.lines.service[line] == effects.service[n]))
        made = basis.made[n] @ worth[effects.outcome[n]]
        value[at] += steps.effectiveness[at][:, None] * made
    step, year = np.nonzero(value)
    return first + step * years + year, value[step, year]


BLOCK = RuleBlock(write, compare, whole)
