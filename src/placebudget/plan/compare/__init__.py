"""Plans compared: what went in, what came out, and what caused what."""

from placebudget.plan.compare.comparison import Comparison, compare

__all__ = ["Comparison", "compare"]
