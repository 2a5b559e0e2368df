"""The library: what is known of services, their costs and their effects, to be used in places."""

from placebudget.knowledge.library import Export, Library, UnitCost, library
from placebudget.knowledge.using import size_of

__all__ = ["Export", "Library", "UnitCost", "library", "size_of"]
