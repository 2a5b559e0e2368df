"""Virement: only part of today's money on a subject may be moved elsewhere.

money spent on the subject in t >= (1 - share) x today's money on it, carried on
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from placebudget.programme.basis import Basis, Rule
from placebudget.programme.linear import Draft, Rows
from placebudget.programme.rules.block import Benchmark, Figures, Held, RuleBlock
from placebudget.programme.rules.rule import RuleRows, lines_of, money_of, offers_of

if TYPE_CHECKING:
    from placebudget.programme.build import Programme


def write(
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


def compare(rule: Rule, figures: Figures) -> Iterator[Held]:
    """Money on the subject beside today's."""
    years, money = figures.basis.years, figures.money(rule)
    today = today_of(rule, figures.basis) * figures.basis.scale.money
    for t in rule.years(years):
        least = max(1 - rule.share, 0) * today[t]
        yield Held(rule, {"year": years[t]}, money[t], least, np.inf, "£", today[t])


def whole(rule: Rule, programme: Programme, block: Rows, n: int, values: np.ndarray) -> float:
    """Today's money on the subject, carried on."""
    return float(today_of(rule, programme.basis)[block.index["year"][n]])


BLOCK = RuleBlock(write, compare, whole)


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
