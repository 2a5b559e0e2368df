"""Checks: everything that is wrong or doubtful about a place, all at once.

Each module holds checks of one kind and lists them in ``CHECKS``. A check is a
small function from an examination to findings; it does not stumble over what
other checks report, and it says nothing about it.
"""

from placebudget.place.checks.checking import (
    check,
    check_in_part,
    check_rows,
    check_rows_in_part,
)

__all__ = ["check", "check_in_part", "check_rows", "check_rows_in_part"]
