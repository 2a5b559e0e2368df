"""The screens of a board, one question each, in the order in which they are read.

A further screen is one more file here and one more line in the list; that of a study follows
from its entry.
"""

from placebudget.apps.screens import (
    beside,
    change,
    clash,
    deciding,
    duties,
    first,
    our_money,
    reasons,
    studied,
    together,
)
from placebudget.apps.screens.first import COULD_CHOOSE, GAINS_AND_LOSES, PROPOSED
from placebudget.apps.screens.screen import LEFT_OUT, WAITING, Screen, basis_words, shown, told

SCREENS: tuple[Screen, ...] = (
    our_money.SCREEN,
    duties.SCREEN,
    together.SCREEN,
    change.SCREEN,
    reasons.ADMITS,
    reasons.WHY,
    reasons.COSTS,
    change.GAINS,
    beside.SCREEN,
    *studied.SCREENS,
    clash.SCREEN,
    deciding.DECIDE,
    deciding.DECIDED,
)
"""Every screen there is behind the first."""

FIRST = first.SCREEN
"""With which a board begins; in papers it is the first page."""

_GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Our place and its money", ("our-money", "duties", "gap")),
    (PROPOSED, ("change", "together", "why", "admits")),
    (
        COULD_CHOOSE,
        (
            "rules", "beside", "barriers", "alternatives", "frontier", "priorities", "levels",
            "joining", "reorganisation",
        ),
    ),
    (
        "Beside other councils",
        ("benchmark", "productivity", "exchange", "early_warning"),
    ),
    (
        "Challenged by peers",
        ("excellence", "peer_support", "peer_challenge", "supplementary"),
    ),
    (GAINS_AND_LOSES, ("gains", "areas", "shares", "providers", "pound")),
    (
        "How sure this is",
        (
            "rests", "uncertainty", "robust", "budget_risk", "did_it_work", "years", "todo",
            "changed", "clash",
        ),
    ),
    ("For residents", ("household", "vote")),
    ("Deciding", ("decide", "decided")),
    (
        "Money from the centre",
        ("loosening", "new_burden", "top_slice", "reporting_burden"),
    ),
    (
        "Sums for agreements",
        ("schedule", "overspend", "loan", "outcome_contract", "tender", "recorded"),
    ),
)  # fmt: skip
OF_REGISTER = ("decide", "decided")
"""Screens of a board that keeps a register."""
LIVE_ONLY = ("beside", *OF_REGISTER)
"""Screens of what is chosen on a live board, which papers leave out."""
_REST = tuple(each.key for each in SCREENS if not any(each.key in keys for _, keys in _GROUPS))
GROUPS = (*_GROUPS, *((("Further questions", _REST),) if _REST else ()))
"""Screens by what a reader comes for, each group in the order in which it is read.

A study that no group names stands in one of its own.
"""

__all__ = [
    "COULD_CHOOSE", "FIRST", "GAINS_AND_LOSES", "GROUPS", "LEFT_OUT", "LIVE_ONLY",
    "OF_REGISTER", "PROPOSED", "SCREENS",
    "WAITING", "Screen", "basis_words", "shown", "told",
]  # fmt: skip
