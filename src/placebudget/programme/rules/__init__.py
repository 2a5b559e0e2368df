"""The rules of a place as constraints, a block a kind of rule.

A new kind needs its record in ``place/rule_kinds.py`` and its block here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from placebudget.place import RULE_KINDS
from placebudget.programme.basis import Basis, Rule
from placebudget.programme.linear import Draft
from placebudget.programme.rules import equity_floor, levels, movement, no_worse_off
from placebudget.programme.rules.block import Benchmark, Figures, Held, RuleBlock
from placebudget.programme.rules.rule import read_rules

BLOCKS: dict[str, RuleBlock] = {
    "floor": levels.MONEY,
    "cap": levels.MONEY,
    "units_floor": levels.UNITS,
    "units_cap": levels.UNITS,
    "posts_cap": levels.POSTS,
    "provider_cap": levels.PROVIDERS,
    "take_up_floor": levels.TAKE_UP,
    "take_up_cap": levels.TAKE_UP,
    "outcome_floor": levels.OUTCOMES,
    "lock": movement.LOCK,
    "pace": movement.PACE,
    "share_floor": levels.SHARES,
    "share_cap": levels.SHARES,
    "equity_floor": equity_floor.BLOCK,
    "virement": movement.VIREMENT,
    "no_worse_off": no_worse_off.BLOCK,
    "capitalisation": movement.CAPITALISATION,
}
"""What each kind of rule does."""

__all__ = [
    "BLOCKS",
    "Benchmark",
    "Figures",
    "Held",
    "Rule",
    "RuleBlock",
    "compared",
    "read_rules",
    "write_rules",
]


def write_rules(draft: Draft, basis: Basis, benchmarks: Mapping[str, Benchmark]) -> None:
    """Add the constraints of all rules, kind by kind."""
    rules = read_rules(basis)
    for kind in RULE_KINDS:
        if mine := [rule for rule in rules if rule.kind == kind]:
            BLOCKS[kind].write(draft, basis, mine, benchmarks)


def compared(figures: Figures) -> Iterator[Held]:
    """Every rule of the place in every year and place it holds, beside what a plan has."""
    for rule in read_rules(figures.basis):
        yield from BLOCKS[rule.kind].compare(rule, figures)
