"""Virement: only part of today's money on a subject may be moved elsewhere.

money spent on the subject in t >= (1 - share) x today's money on it, carried on
"""

from __future__ import annotations

import numpy as np

from placebudget.programme.basis import Basis, Rule
from placebudget.programme.linear import Draft
from placebudget.programme.rules.rule import (
    RuleRows,
    lines_of,
    money_of,
    offers_of,
    read_rules,
)


def virement(draft: Draft, basis: Basis) -> None:
    """Add the block."""
    rows = RuleRows.empty()
    for rule in read_rules(basis, "virement"):
        money, today = money_of(rule, draft, basis), today_of(rule, basis)
        for t in rule.years(basis.years):
            row = rows.open(rule, t, max(1.0 - rule.share, 0.0) * today[t])
            money.add_to(rows.terms, row, t)
    rows.add_to(draft, "virement", ">=")


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
