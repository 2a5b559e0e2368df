"""The screens of a board, one question each, in the order in which they are read.

A further screen is one more file here and one more line in the list; that of a study follows
from its entry.
"""

from placebudget.apps.screens import (
    change,
    clash,
    duties,
    our_money,
    reasons,
    studied,
    together,
)
from placebudget.apps.screens.screen import Screen, shown

SCREENS: tuple[Screen, ...] = (
    our_money.SCREEN,
    duties.SCREEN,
    together.SCREEN,
    change.SCREEN,
    reasons.ADMITS,
    reasons.WHY,
    reasons.COSTS,
    change.GAINS,
    *studied.SCREENS,
    clash.SCREEN,
)
"""Every screen there is."""

__all__ = ["SCREENS", "Screen", "shown"]
