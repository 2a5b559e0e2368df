"""What was worked out for a plan is kept as long as the plan is.

A plan is frozen, and today's plan is drawn again beside each new one: a screen that
solves while somebody waits should not add up the same tables twice.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from placebudget.plan.plan import Plan

Made = TypeVar("Made")


def remembered(make: Callable[[Plan], Made]) -> Callable[[Plan], Made]:
    """Let a function of a plan work it out once for each plan.

    Examples
    --------
    >>> import placebudget as pb
    >>> plan, calls = pb.simulate(pb.example("toy_pooling")), []
    >>> name = remembered(lambda plan: calls.append(1) or plan.name)
    >>> name(plan), name(plan), len(calls)
    ('today', 'today', 1)
    """
    # By identity: plans compare by their tables, which would cost more than it saves.
    kept: dict[int, Made] = {}

    @wraps(make)
    def found(plan: Plan) -> Made:
        key = id(plan)
        if key not in kept:
            kept[key] = make(plan)
            weakref.finalize(plan, kept.pop, key, None)
        return kept[key]

    return found
