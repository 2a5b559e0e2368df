"""Facts that are worked out once a place, or what else is frozen, so that they hold for good."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

import pandas as pd

Frozen = TypeVar("Frozen")
More = ParamSpec("More")
Fact = TypeVar("Fact")


def once(
    work: Callable[Concatenate[Frozen, More], Fact],
) -> Callable[Concatenate[Frozen, More], Fact]:
    """Keep with a place, or another frozen thing, what a function of it gives.

    It is kept for each of its further arguments, which can be hashed. Nobody may change what
    is given; a table is given as a copy, which costs nothing, as pandas copies on write.

    Examples
    --------
    >>> import placebudget as pb
    >>> asked = []
    >>> title = once(lambda place: asked.append(place) or place.title)
    >>> place = pb.example("toy_pooling")
    >>> title(place) == title(place), len(asked)
    (True, 1)
    """

    @wraps(work)
    def known(frozen: Frozen, /, *more: More.args, **named: More.kwargs) -> Fact:
        facts = vars(frozen).setdefault("_facts", {})
        key = (work, *more, *named.items())
        if key not in facts:
            facts[key] = work(frozen, *more, **named)
        fact = facts[key]
        return fact.copy(deep=False) if isinstance(fact, pd.DataFrame) else fact

    return known
