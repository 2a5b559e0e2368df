"""Equity floors: no area of a tier falls far below the mean.

outcome[a, t] / population[a]
    >= share x sum(outcome[b, t]) / sum(population[b])            for each area a of the tier

Lines below an area count in it in full, lines in a wider area by population.
What is produced counts, not what is left after overlap: otherwise leaving
outcomes uncounted in one area would look like fairness to another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from placebudget.place.geography import Geography
from placebudget.programme.basis import Basis, Rule
from placebudget.programme.linear import Draft, Rows, Terms, worth
from placebudget.programme.rules.block import Benchmark, Figures, Held, RuleBlock
from placebudget.programme.rules.levels import outcome_of, outcome_years
from placebudget.programme.terms import produced_terms

if TYPE_CHECKING:
    from placebudget.programme.build import Programme


def write(
    draft: Draft, basis: Basis, rules: Sequence[Rule], benchmarks: Mapping[str, Benchmark]
) -> None:
    """Add the block."""
    terms = Terms()
    rule_no: list[int] = []
    area_no: list[int] = []
    year_no: list[int] = []
    for rule in rules:
        areas = compared_areas(rule, basis)
        reach = area_shares(basis, areas)
        people = np.array([basis.geography.populations[area] for area in areas])
        made = produced_terms(draft, basis, np.flatnonzero(outcome_of(rule, basis)))
        code = {area: n for n, area in enumerate(basis.geography.areas)}
        for t in outcome_years(rule, basis):
            hit = made.year == t
            weight = reach[:, made.area[hit]]
            whole = rule.share * weight.sum(axis=0) / people.sum()
            for n, area in enumerate(areas):
                row = np.full(hit.sum(), len(rule_no))
                value = (weight[n] - people[n] * whole) * made.value[hit]
                terms.add(row, made.column[hit], value)
                rule_no.append(rule.number)
                area_no.append(code[area])
                year_no.append(t)
    if rule_no:
        index = {
            "rule": np.array(rule_no),
            "area": np.array(area_no),
            "appraisal_year": np.array(year_no),
        }
        draft.add_rows(rules[0].kind, index, terms, rules[0].record.sense, 0.0)


def compare(rule: Rule, figures: Figures) -> Iterator[Held]:
    """What each area makes beside the mean, year by year."""
    basis, areas = figures.basis, compared_areas(rule, figures.basis)
    reach = area_shares(basis, areas)
    people = np.array([basis.geography.populations[area] for area in areas])
    produced = figures.by_area(outcome_of(rule, basis), figures.produced)
    for t in outcome_years(rule, basis):
        made = reach @ produced[:, t]
        mean = made.sum() / people.sum()
        for area, has, residents in zip(areas, made, people, strict=True):
            # Compared as totals: outcomes a head of a large area are small numbers.
            whole, at = mean * residents, {"area": area, "year": basis.appraisal[t]}
            yield Held.to(rule, at, has, rule.share * whole, "outcomes", whole)


def whole(rule: Rule, programme: Programme, block: Rows, n: int, values: np.ndarray) -> float:
    """The mean, times the people of the area."""
    basis = programme.basis
    areas = compared_areas(rule, basis)
    people = np.array([basis.geography.populations[area] for area in areas])
    outcomes = np.flatnonzero(outcome_of(rule, basis))
    made = produced_terms(programme.draft, basis, outcomes)
    hit = made.year == int(block.index["appraisal_year"][n])
    weight = area_shares(basis, areas)[:, made.area[hit]].sum(axis=0)
    total = worth(weight, made.value[hit] * values[made.column[hit]])
    area = basis.geography.areas[int(block.index["area"][n])]
    return total * basis.geography.populations[area] / float(people.sum())


def compared_areas(rule: Rule, basis: Basis) -> list[str]:
    """Areas an equity floor compares: those of its tier, within its area if it names one."""
    tree = basis.geography
    areas = [area for tier in rule.subject.get("tier", ()) for area in tree.of_tier(tier)]
    inside = rule.subject.get("area")
    if inside is None:
        return areas
    return [area for area in areas if any(tree.is_within(area, other) for other in inside)]


def area_shares(basis: Basis, areas: list[str]) -> np.ndarray:
    """Share of each area's outcome that counts in each compared area.

    Returns
    -------
    ndarray
        Compared areas x all areas: 1 for the area itself and all below it; for
        a wider area, the compared area's part of its population.
    """
    return shares_of_areas(basis.geography, areas)


def shares_of_areas(tree: Geography, areas: Sequence[str]) -> np.ndarray:
    """The same from the tree alone."""
    shares = np.zeros((len(areas), len(tree.areas)))
    for n, area in enumerate(areas):
        for m, other in enumerate(tree.areas):
            if tree.is_within(other, area):
                shares[n, m] = 1.0
            elif tree.is_within(area, other):
                whole = tree.populations.get(other) or sum(
                    tree.populations[peer] for peer in areas if tree.is_within(peer, other)
                )
                shares[n, m] = tree.populations[area] / whole
    return shares


BLOCK = RuleBlock(write, compare, whole)
