"""A session of work on a place, whoever it is for: what is changed, and how it is gone back on."""

from placebudget.work.changes import Changes, Stand, Undo

__all__ = ["Changes", "Stand", "Undo"]
