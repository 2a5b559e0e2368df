"""The register: what was considered and decided, by whom and why, and what came of it.

A register is append-only: an entry stays as it was made, each carries the hash of the one
before it, and what was wrong is corrected by a new one that names it.
"""

from placebudget.register.chain import Entry
from placebudget.register.minutes import Minutes
from placebudget.register.record import Record
from placebudget.register.register import Register

__all__ = ["Entry", "Minutes", "Record", "Register"]
