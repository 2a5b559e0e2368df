"""Checks: everything that is wrong or doubtful about a place, all at once.

Each module holds checks of one kind and lists them in ``CHECKS``. A check is a
small function from an examination to findings; it does not stumble over what
other checks report, and it says nothing about it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from placebudget.place.checks.follows import Follows
from placebudget.place.checks.in_part import check_in_part
from placebudget.place.checks.order import ALL, found_by
from placebudget.place.findings import Findings

if TYPE_CHECKING:
    from placebudget.place.place import Place

__all__ = ["check", "check_in_part"]


def check(place: Place) -> Findings:
    """Check a place.

    Parameters
    ----------
    place : Place
        The place.

    Returns
    -------
    Findings
        Errors, which stop a plan, and warnings, which should be read.

    Examples
    --------
    >>> from placebudget.place import example
    >>> check(example("toy_pooling")).errors
    <Findings: 0 errors, 0 warnings>
    """
    return Findings([*place.origin.remarks, *found_by(ALL, place)], Follows(place))
