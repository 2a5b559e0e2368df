"""Floors and caps, in money, in units, in posts, as shares of the money spent, and on outcomes.

floor, cap:              money spent on the subject in t >= or <= amount
units_floor, units_cap:  sum(units[o, t]) over the offers of the subject >= or <= amount
posts_cap:               sum(posts[o] x units[o, t]) over the offers of the subject <= amount
provider_cap:            the same over the offers of the subject <= share x that over offers of all
take_up_floor, take_up_cap:  the same over the offers of the subject >= or <= share x need[l, t] of
                             the lines they are in
share_floor, share_cap:  money on the subject in t >= or <= share x all money spent in t
outcome_floor:           counted outcome of the subject in its areas in t >= amount

A unit of an offer takes posts[o] = sum over roles of hours a unit / hours a post works, which are
(days - absence_days) x hours x (1 - vacant).
With a pool in the subject, all money is what the pool spends. For outcomes a blank year
means each year in which money is spent; a year of its own may be any appraisal year.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from placebudget.programme.basis import Basis, Rule
from placebudget.programme.linear import Draft, Rows
from placebudget.programme.rules.block import Benchmark, Figures, Held, RuleBlock
from placebudget.programme.rules.rule import Picked, RuleRows, money_of, offers_of, posts_a_unit
from placebudget.programme.terms import outcome_terms

if TYPE_CHECKING:
    from placebudget.programme.build import Programme


def write_money(
    draft: Draft, basis: Basis, rules: Sequence[Rule], benchmarks: Mapping[str, Benchmark]
) -> None:
    """Add the block of floors or caps on money."""
    _write(draft, basis, rules, lambda rule: [(money_of(rule, draft, basis), 1.0)])


def compare_money(rule: Rule, figures: Figures) -> Iterator[Held]:
    """Money on the subject, year by year."""
    years, money = figures.basis.years, figures.money(rule)
    for t in rule.years(years):
        yield Held.to(rule, {"year": years[t]}, money[t], rule.amount or 0.0, "£")


def write_units(
    draft: Draft, basis: Basis, rules: Sequence[Rule], benchmarks: Mapping[str, Benchmark]
) -> None:
    """Add the block of floors or caps on units, or on the posts that they take."""
    units = draft.columns["units"]

    def bought(rule: Rule) -> list[tuple[Picked, float]]:
        taken = _taken(rule, basis)[units.index["offer"]]
        hit = taken > 0
        return [(Picked(units.numbers[hit], units.index["year"][hit], taken[hit]), 1.0)]

    _write(draft, basis, rules, bought)


def _taken(rule: Rule, basis: Basis) -> np.ndarray:
    """By offer: what a unit counts for; one, or the posts it takes."""
    each = posts_a_unit(rule, basis) if "role" in rule.subject else 1.0
    return np.asarray(offers_of(rule, basis) * each)


def compare_units(rule: Rule, figures: Figures) -> Iterator[Held]:
    """Units bought of the subject, or the posts they take, year by year."""
    years, has = figures.basis.years, _taken(rule, figures.basis) @ figures.units
    for t in rule.years(years):
        yield Held.to(rule, {"year": years[t]}, has[t], rule.amount or 0.0, rule.record.unit)


def write_provider_shares(
    draft: Draft, basis: Basis, rules: Sequence[Rule], benchmarks: Mapping[str, Benchmark]
) -> None:
    """Add the block of caps on a provider's share of the units."""
    units = draft.columns["units"]

    def bought(rule: Rule) -> Picked:
        hit = offers_of(rule, basis)[units.index["offer"]]
        return Picked(units.numbers[hit], units.index["year"][hit], np.ones(hit.sum()))

    def parts(rule: Rule) -> list[tuple[Picked, float]]:
        return [(bought(rule), 1.0), (bought(_of_all(rule)), -rule.share)]

    _write(draft, basis, rules, parts)


def _of_all(rule: Rule) -> Rule:
    """The rule as if it named no provider."""
    subject = {column: value for column, value in rule.subject.items() if column != "provider"}
    return replace(rule, subject=subject)


def compare_provider_shares(rule: Rule, figures: Figures) -> Iterator[Held]:
    """Units from the provider beside those from all, year by year."""
    years, basis = figures.basis.years, figures.basis
    has, whole = (offers_of(each, basis) @ figures.units for each in (rule, _of_all(rule)))
    for t in rule.years(years):
        yield Held.to(rule, {"year": years[t]}, has[t], rule.share * whole[t], "units", whole[t])


def all_units(rule: Rule, programme: Programme, block: Rows, n: int, values: np.ndarray) -> float:
    """Units from all providers in the year."""
    basis, t = programme.basis, int(block.index["year"][n])
    units = programme.take("units", values).reshape(len(basis.offers), len(basis.years))
    return float(units[offers_of(_of_all(rule), basis), t].sum())


def write_take_up(
    draft: Draft, basis: Basis, rules: Sequence[Rule], benchmarks: Mapping[str, Benchmark]
) -> None:
    """Add the block of floors or caps on the share of the need that offers take."""
    units = draft.columns["units"]

    def bought(rule: Rule) -> list[tuple[Picked, float]]:
        hit = offers_of(rule, basis)[units.index["offer"]]
        return [(Picked(units.numbers[hit], units.index["year"][hit], np.ones(hit.sum())), 1.0)]

    _write(draft, basis, rules, bought, lambda rule, t: rule.share * _needed(rule, basis)[t])


def _needed(rule: Rule, basis: Basis) -> np.ndarray:
    """By year of money: units needed in the lines that the offers of a rule are in."""
    lines = np.unique(basis.offers.line[offers_of(rule, basis)])
    return np.asarray(basis.needed[lines, : len(basis.years)].sum(axis=0))


def compare_take_up(rule: Rule, figures: Figures) -> Iterator[Held]:
    """Units of the subject beside those that are needed, year by year."""
    years, basis = figures.basis.years, figures.basis
    has = offers_of(rule, basis) @ figures.units
    whole = _needed(rule, basis) * basis.scale.units
    for t in rule.years(years):
        yield Held.to(rule, {"year": years[t]}, has[t], rule.share * whole[t], "units", whole[t])


def all_need(rule: Rule, programme: Programme, block: Rows, n: int, values: np.ndarray) -> float:
    """Units needed in the year."""
    return float(_needed(rule, programme.basis)[int(block.index["year"][n])])


def write_shares(
    draft: Draft, basis: Basis, rules: Sequence[Rule], benchmarks: Mapping[str, Benchmark]
) -> None:
    """Add the block of floors or caps on shares."""

    def parts(rule: Rule) -> list[tuple[Picked, float]]:
        whole = money_of(rule, draft, basis, everything=True)
        return [(money_of(rule, draft, basis), 1.0), (whole, -rule.share)]

    _write(draft, basis, rules, parts)


def compare_shares(rule: Rule, figures: Figures) -> Iterator[Held]:
    """Money on the subject beside all money, year by year."""
    years, money, whole = figures.basis.years, figures.money(rule), figures.money(rule, True)
    for t in rule.years(years):
        limit = rule.share * whole[t]
        yield Held.to(rule, {"year": years[t]}, money[t], limit, "£", whole[t])


def all_money(rule: Rule, programme: Programme, block: Rows, n: int, values: np.ndarray) -> float:
    """All money spent in the year."""
    spent = money_of(rule, programme.draft, programme.basis, everything=True)
    return spent.reached(int(block.index["year"][n]), values)


def _write(
    draft: Draft,
    basis: Basis,
    rules: Sequence[Rule],
    parts: Callable[[Rule], list[tuple[Picked, float]]],
    limit: Callable[[Rule, int], float] | None = None,
) -> None:
    """A constraint a rule and year: parts with their factors, against the amount of the rule."""
    rows, kind = RuleRows.empty(), rules[0].record
    scale = basis.scale.units if kind.of_units else basis.scale.money
    for rule in rules:
        summed = parts(rule)
        for t in rule.years(basis.years):
            right = 0.0 if kind.per_cent_of else (rule.amount or 0.0) / scale
            right = right if limit is None else limit(rule, t)
            row = rows.open(rule, t, right)
            for part, factor in summed:
                part.add_to(rows.terms, row, t, factor)
    rows.add_to(draft, rules[0].kind, kind.sense)


MONEY = RuleBlock(write_money, compare_money)
UNITS = POSTS = RuleBlock(write_units, compare_units)
SHARES = RuleBlock(write_shares, compare_shares, all_money)
TAKE_UP = RuleBlock(write_take_up, compare_take_up, all_need)
PROVIDERS = RuleBlock(write_provider_shares, compare_provider_shares, all_units)


def write_outcomes(
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


def compare_outcomes(rule: Rule, figures: Figures) -> Iterator[Held]:
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


OUTCOMES = RuleBlock(write_outcomes, compare_outcomes)
