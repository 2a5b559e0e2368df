"""Studies that a board asks for with figures typed in: what they need, read and checked."""

from placebudget.apps.asked.overspend import Agreement, overspend
from placebudget.apps.asked.parts import Barriers, barriers
from placebudget.apps.asked.recorded import Recorded, recorded
from placebudget.apps.asked.years import Years, years

__all__ = [
    "Agreement",
    "Barriers",
    "Recorded",
    "Years",
    "barriers",
    "overspend",
    "recorded",
    "years",
]
