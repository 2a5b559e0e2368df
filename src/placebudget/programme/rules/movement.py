"""How far money may move: locks, pace of change, virement, capital money for revenue.

lock, a line of the subject at a time:

(1 - share) x today[l, t] <= money spent on l in t <= (1 + share) x today[l, t]

today is carried on with the funding of the streams that pay it; the share is
the amount in per cent, 0 where blank. The lock on services without effects, which no row
asks for, gives way to all other rules and limits: there stand the least amounts, found
first, by which some of its lines have to have more or less than today.

pace:            (1 - share) x money in t-1 <= money in t <= (1 + share) x money in t-1
virement:        money spent on the subject in t >= (1 - share) x today's money on it, carried on
capitalisation:  sum(money[c, r, l, t]) over capital classes and the subject's revenue lines
                 <= amount

Of pace, money in t-1 of the first year is today's money, carried on. Without a rule of
capitalisation the variables do not exist; a blank amount sets no limit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from placebudget.programme.basis import Basis, Rule
from placebudget.programme.linear import Draft, Rows, Terms
from placebudget.programme.rules.block import Benchmark, Figures, Held, RuleBlock
from placebudget.programme.rules.rule import RuleRows, lines_of, money_of, offers_of, read_rules
from placebudget.programme.terms import spending_terms

if TYPE_CHECKING:
    from placebudget.programme.build import Programme

# Locks: each line of the subject stays near today's money.


def write_lock(
    draft: Draft, basis: Basis, rules: Sequence[Rule], benchmarks: Mapping[str, Benchmark]
) -> None:
    """Add the blocks."""
    spent, years, count = spending_terms(draft, basis), len(basis.years), len(basis.lines)
    line_of, today = basis.offers.line[spent.offer], basis.lines.today
    for name, sense, sign in (("lock_least", ">=", -1.0), ("lock_most", "<=", 1.0)):
        terms, rule_no, line_no, year_no, right = Terms(), [], [], [], []
        height = 0
        for rule in rules:
            lines = np.flatnonzero(lines_of(rule, basis))
            held = np.array(rule.years(basis.years), np.int64)
            row = np.full((count, years), -1, np.int64)
            cells = np.ix_(lines, held)
            row[cells] = height + np.arange(len(lines) * len(held)).reshape(len(lines), len(held))
            height += len(lines) * len(held)
            at = row[line_of, spent.year]
            terms.add(at[at >= 0], spent.column[at >= 0], spent.value[at >= 0])
            rule_no.append(np.full(len(lines) * len(held), rule.number))
            line_no.append(np.repeat(lines, len(held)))
            year_no.append(np.tile(held, len(lines)))
            near = today[cells] * max(1.0 + sign * rule.share, 0.0)
            right.append((near + _given_way(rule, basis, sign)[cells]).ravel())
        index = {
            "rule": np.concatenate(rule_no),
            "line": np.concatenate(line_no),
            "year": np.concatenate(year_no),
        }
        draft.add_rows(name, index, terms, sense, np.concatenate(right))


def compare_lock(rule: Rule, figures: Figures) -> Iterator[Held]:
    """Money on each line beside today's."""
    lines, years, pound = figures.basis.lines, figures.basis.years, figures.basis.scale.money
    has, given_way = figures.money_by_line, [_given_way(rule, figures.basis, s) for s in (-1, 1)]
    for line in np.flatnonzero(lines_of(rule, figures.basis)):
        for t in rule.years(years):
            today = lines.today[line, t] * pound
            at = {"service": lines.service[line], "area": lines.area[line], "year": years[t]}
            less, more = (each[line, t] * pound for each in given_way)
            low, high = max(1 - rule.share, 0) * today + less, (1 + rule.share) * today + more
            yield Held(rule, at, has[line, t], low, high, "£", today)


def _given_way(rule: Rule, basis: Basis, sign: float) -> np.ndarray:
    """By how much less, or more, than it asks for the lock on services without effects holds."""
    if not rule.implied:
        return np.zeros((len(basis.lines), len(basis.years)))
    less, more = basis.given_way
    return less if sign < 0 else more


def lock_whole(rule: Rule, programme: Programme, block: Rows, n: int, values: np.ndarray) -> float:
    """Today's money on the line, carried on."""
    return float(programme.basis.lines.today[block.index["line"][n], block.index["year"][n]])


LOCK = RuleBlock(write_lock, compare_lock, lock_whole)


# Virement: only part of today's money on a subject may be moved elsewhere.


def write_virement(
    draft: Draft, basis: Basis, rules: Sequence[Rule], benchmarks: Mapping[str, Benchmark]
) -> None:
    """Add the block."""
    rows = RuleRows.empty()
    for rule in rules:
        money, today = money_of(rule, draft, basis), today_of(rule, basis)
        for t in rule.years(basis.years):
            row = rows.open(rule, t, max(1.0 - rule.share, 0.0) * today[t])
            money.add_to(rows.terms, row, t)
    rows.add_to(draft, rules[0].kind, ">=")


def compare_virement(rule: Rule, figures: Figures) -> Iterator[Held]:
    """Money on the subject beside today's."""
    years, money = figures.basis.years, figures.money(rule)
    today = today_of(rule, figures.basis) * figures.basis.scale.money
    for t in rule.years(years):
        least = max(1 - rule.share, 0) * today[t]
        yield Held(rule, {"year": years[t]}, money[t], least, np.inf, "£", today[t])


def virement_whole(
    rule: Rule, programme: Programme, block: Rows, n: int, values: np.ndarray
) -> float:
    """Today's money on the subject, carried on."""
    return float(today_of(rule, programme.basis)[block.index["year"][n]])


VIREMENT = RuleBlock(write_virement, compare_virement, virement_whole)


def today_of(rule: Rule, basis: Basis) -> np.ndarray:
    """Today's money on a rule's subject, carried on, by year, in money units."""
    chosen = rows_of_today(rule, basis)
    year, amount = basis.today["t"].to_numpy()[chosen], basis.today["amount"].to_numpy()[chosen]
    return np.bincount(year, amount, len(basis.years)) / basis.scale.money


def rows_of_today(rule: Rule, basis: Basis) -> np.ndarray:
    """Which rows of today's money, carried on, a rule's subject takes in."""
    today, line, offers = basis.today, basis.today_line, basis.offers
    chosen = lines_of(rule, basis)[line] if len(line) else np.zeros(0, bool)
    if "pool" in rule.subject:
        chosen &= today["route"].isin(rule.subject["pool"]).to_numpy()
    if "provider" in rule.subject or "delivery_model" in rule.subject:
        named = dict(zip(offers.name, offers_of(rule, basis), strict=True))
        only = {line: offer for offer, line in zip(offers.name, offers.line, strict=True)}
        offer = [name or only[at] for name, at in zip(today["offer"], line, strict=True)]
        chosen &= np.array([named[name] for name in offer], bool)
    return chosen


# Pace of change: the subject's money moves by at most a share a year.


def write_pace(
    draft: Draft, basis: Basis, rules: Sequence[Rule], benchmarks: Mapping[str, Benchmark]
) -> None:
    """Add the blocks."""
    for name, sense, sign in (("pace_least", ">=", -1.0), ("pace_most", "<=", 1.0)):
        rows = RuleRows.empty()
        for rule in rules:
            money = money_of(rule, draft, basis)
            factor = max(1.0 + sign * rule.share, 0.0)
            for t in rule.years(basis.years):
                right = factor * today_of(rule, basis)[0] if t == 0 else 0.0
                row = rows.open(rule, t, right)
                money.add_to(rows.terms, row, t)
                if t > 0:
                    money.add_to(rows.terms, row, t - 1, -factor)
        rows.add_to(draft, name, sense)


def compare_pace(rule: Rule, figures: Figures) -> Iterator[Held]:
    """Money on the subject beside that of the year before."""
    years, money = figures.basis.years, figures.money(rule)
    today = today_of(rule, figures.basis)[0] * figures.basis.scale.money
    for t in rule.years(years):
        before = money[t - 1] if t else today
        low, high = max(1 - rule.share, 0) * before, (1 + rule.share) * before
        yield Held(rule, {"year": years[t]}, money[t], low, high, "£", before)


def pace_whole(rule: Rule, programme: Programme, block: Rows, n: int, values: np.ndarray) -> float:
    """Money of the year before, or today's."""
    year = int(block.index["year"][n])
    if year == 0:
        return float(today_of(rule, programme.basis)[0])
    return money_of(rule, programme.draft, programme.basis).reached(year - 1, values)


PACE = RuleBlock(write_pace, compare_pace, pace_whole)


# Capitalisation: capital money may pay for revenue where a direction allows it.


def capitalised_lines(basis: Basis) -> np.ndarray:
    """Lines x years that capital money may pay for under a direction."""
    allowed = np.zeros((len(basis.lines), len(basis.years)), bool)
    for rule in read_rules(basis):
        if not rule.record.directed:
            continue
        lines = lines_of(rule, basis)
        for t in rule.years(basis.years):
            allowed[:, t] |= lines
    return allowed


def write_capitalisation(
    draft: Draft, basis: Basis, rules: Sequence[Rule], benchmarks: Mapping[str, Benchmark]
) -> None:
    """Add the block."""
    rows = RuleRows.empty()
    money = draft.columns["money"]
    line, year = money.index["line"], money.index["year"]
    capital = basis.classes.capital[money.index["class"]] & ~basis.lines.capital[line]
    for rule in rules:
        if rule.amount is None:
            continue
        mine = capital & lines_of(rule, basis)[line]
        for t in rule.years(basis.years):
            hit = mine & (year == t)
            row = rows.open(rule, t, rule.amount / basis.scale.money)
            rows.terms.add(np.full(hit.sum(), row), money.numbers[hit], 1.0)
    rows.add_to(draft, rules[0].kind, rules[0].record.sense)


def compare_capitalisation(rule: Rule, figures: Figures) -> Iterator[Held]:
    """Capital money on the subject's revenue lines, year by year."""
    if rule.amount is None:
        return
    years, money = figures.basis.years, figures.capital_on_revenue(rule)
    for t in rule.years(years):
        yield Held.to(rule, {"year": years[t]}, money[t], rule.amount, "£")


CAPITALISATION = RuleBlock(write_capitalisation, compare_capitalisation)
