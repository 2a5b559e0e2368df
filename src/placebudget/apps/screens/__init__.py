"""The screens of a board, one question each, in the order in which they are read.

A further screen is one more file here and one more line in the list.
"""

from placebudget.apps.screens import (
    areas,
    change,
    clash,
    duties,
    gains,
    our_money,
    pound,
    rule_costs,
    shares,
    together,
    why,
)
from placebudget.apps.screens.screen import Screen, shown

SCREENS: tuple[Screen, ...] = (
    our_money.SCREEN,
    duties.SCREEN,
    together.SCREEN,
    change.SCREEN,
    why.SCREEN,
    rule_costs.SCREEN,
    gains.SCREEN,
    shares.SCREEN,
    pound.SCREEN,
    areas.SCREEN,
    clash.SCREEN,
)
"""Every screen there is."""

__all__ = ["SCREENS", "Screen", "shown"]
