"""The screens of a board, one question each, in the order in which they are read.

A further screen is one more file here and one more line in the list.
"""

from placebudget.apps.screens import (
    areas,
    barriers,
    change,
    clash,
    duties,
    gains,
    our_money,
    overspend,
    pound,
    recorded,
    rule_costs,
    shares,
    together,
    why,
    years,
)
from placebudget.apps.screens.screen import Screen, shown

SCREENS: tuple[Screen, ...] = (
    our_money.SCREEN,
    duties.SCREEN,
    together.SCREEN,
    change.SCREEN,
    why.SCREEN,
    rule_costs.SCREEN,
    barriers.SCREEN,
    gains.SCREEN,
    shares.SCREEN,
    overspend.SCREEN,
    pound.SCREEN,
    recorded.SCREEN,
    areas.SCREEN,
    years.SCREEN,
    clash.SCREEN,
)
"""Every screen there is."""

__all__ = ["SCREENS", "Screen", "shown"]
