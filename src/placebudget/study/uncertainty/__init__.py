"""What if we are wrong: plans held as they are while figures turn out otherwise."""

from placebudget.study.uncertainty.result import Uncertainty
from placebudget.study.uncertainty.study import uncertainty

__all__ = ["Uncertainty", "uncertainty"]
