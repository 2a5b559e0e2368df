"""What is said where figures were changed and what is shown is of before, at desks and boards."""

from __future__ import annotations

STALE = (
    "This is the last good plan. It does not have the figures as they stand now, for which "
    "there is no plan yet."
)
ABOUT_LAST_GOOD = "This is about the last good plan."
OF_BEFORE = "The figures shown are still those of before."


def not_yet(what: str = "Figures") -> str:
    """That something was changed, and no plan has it yet.

    Examples
    --------
    >>> not_yet("The tables")
    'The tables changed, not yet recalculated. The figures shown are still those of before.'
    """
    return f"{what} changed, not yet recalculated. {OF_BEFORE}"
