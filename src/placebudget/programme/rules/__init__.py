"""The rules of a place as constraints, one file a kind of rule."""

from placebudget.programme.basis import Rule
from placebudget.programme.rules.capitalisation import capitalisation, capitalised_lines
from placebudget.programme.rules.equity_floor import equity_floor
from placebudget.programme.rules.floor_and_cap import floor_and_cap
from placebudget.programme.rules.lock import lock
from placebudget.programme.rules.no_worse_off import Benchmark, no_worse_off
from placebudget.programme.rules.outcome_floor import outcome_floor, outcome_of
from placebudget.programme.rules.pace import pace
from placebudget.programme.rules.rule import read_rules
from placebudget.programme.rules.shares import shares
from placebudget.programme.rules.units import units_floor_and_cap
from placebudget.programme.rules.virement import virement

__all__ = [
    "Benchmark",
    "Rule",
    "capitalisation",
    "capitalised_lines",
    "equity_floor",
    "floor_and_cap",
    "lock",
    "no_worse_off",
    "outcome_floor",
    "outcome_of",
    "pace",
    "read_rules",
    "shares",
    "units_floor_and_cap",
    "virement",
]
