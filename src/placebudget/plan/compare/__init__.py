"""Plans compared: what went in, what came out, and what caused what."""

from placebudget.plan.compare.asking import compare
from placebudget.plan.compare.comparison import Comparison

__all__ = ["Comparison", "compare"]
