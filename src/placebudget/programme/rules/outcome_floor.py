"""Floors on outcomes.

outcome_floor:  counted outcome of the subject in its areas in t >= amount

A blank year means each year in which money is spent; a year of its own may be
any appraisal year.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from placebudget.programme.basis import Basis, Rule
from placebudget.programme.linear import Draft
from placebudget.programme.rules.block import Benchmark, Figures, Held, RuleBlock
from placebudget.programme.rules.rule import Picked, RuleRows
from placebudget.programme.terms import outcome_terms


def write(
    draft: Draft, basis: Basis, rules: Sequence[Rule], benchmarks: Mapping[str, Benchmark]
) -> None:
    """Add the block."""
    counted = outcome_terms(draft, basis)
    rows = RuleRows.empty()
    for rule in rules:
        hit = outcome_of(rule, basis)[counted.outcome] & areas_of(rule, basis)[counted.area]
        picked = Picked(counted.column[hit], counted.year[hit], counted.value[hit])
        for t in outcome_years(rule, basis):
            row = rows.open(rule, t, (rule.amount or 0.0) / basis.scale.units)
            picked.add_to(rows.terms, row, t)
    rows.add_to(draft, rules[0].kind, rules[0].record.sense, "appraisal_year")


def compare(rule: Rule, figures: Figures) -> Iterator[Held]:
    """What counts of the outcome in its areas, year by year."""
    basis = figures.basis
    made = figures.by_area(outcome_of(rule, basis), figures.counted)
    has = made[areas_of(rule, basis)].sum(axis=0)
    for t in outcome_years(rule, basis):
        at = {"year": basis.appraisal[t]}
        yield Held.to(rule, at, float(has[t]), rule.amount or 0.0, "outcomes")


def outcome_of(rule: Rule, basis: Basis) -> np.ndarray:
    """Which outcomes a rule names."""
    return np.isin(basis.outcomes.name.astype(str), rule.subject.get("outcome", ()))


def outcome_years(rule: Rule, basis: Basis) -> list[int]:
    """Numbers of the appraisal years a rule about outcomes holds in."""
    return rule.years(basis.years if rule.year is None else basis.appraisal)


def areas_of(rule: Rule, basis: Basis) -> np.ndarray:
    """Which areas a rule names, all below taken in; all of them where it names none."""
    tree = basis.geography
    inside = rule.subject.get("area", tree.areas)
    return np.array([any(tree.is_within(area, a) for a in inside) for area in tree.areas], bool)


BLOCK = RuleBlock(write, compare)
