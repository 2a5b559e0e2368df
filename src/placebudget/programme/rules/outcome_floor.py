"""Floors on outcomes.

outcome_floor:  counted outcome of the subject in its areas in t >= amount

A blank year means each year in which money is spent; a year of its own may be
any appraisal year.
"""

from __future__ import annotations

import numpy as np

from placebudget.programme.basis import Basis, Rule
from placebudget.programme.linear import Draft
from placebudget.programme.rules.rule import Picked, RuleRows, read_rules
from placebudget.programme.terms import OutcomeTerms, outcome_terms


def outcome_floor(draft: Draft, basis: Basis) -> None:
    """Add the block."""
    rules = read_rules(basis, "outcome_floor")
    if not rules:
        return
    counted = outcome_terms(draft, basis)
    rows = RuleRows.empty()
    for rule in rules:
        hit = outcome_of(rule, basis)[counted.outcome] & in_areas(rule, basis, counted)
        picked = Picked(counted.column[hit], counted.year[hit], counted.value[hit])
        for t in outcome_years(rule, basis):
            row = rows.open(rule, t, (rule.amount or 0.0) / basis.scale.units)
            picked.add_to(rows.terms, row, t)
    rows.add_to(draft, "outcome_floor", ">=", "appraisal_year")


def outcome_of(rule: Rule, basis: Basis) -> np.ndarray:
    """Which outcomes a rule names."""
    return np.isin(basis.outcomes.name.astype(str), rule.subject.get("outcome", ()))


def outcome_years(rule: Rule, basis: Basis) -> list[int]:
    """Numbers of the appraisal years a rule about outcomes holds in."""
    return rule.years(basis.years if rule.year is None else basis.appraisal)


def in_areas(rule: Rule, basis: Basis, made: OutcomeTerms) -> np.ndarray:
    """Which terms lie in the areas a rule names, all below taken in."""
    if "area" not in rule.subject:
        return np.ones(len(made.column), bool)
    below = frozenset().union(*(basis.geography.descendants(a) for a in rule.subject["area"]))
    inside = np.array([name in below for name in basis.geography.areas], bool)
    return inside[made.area]
