"""Questions asked of many plans."""

from placebudget.study.potential import TITLES, Potential, potential

__all__ = ["TITLES", "Potential", "potential"]
