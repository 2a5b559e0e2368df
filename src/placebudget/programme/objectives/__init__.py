"""Objectives: what a plan is to make the most of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from placebudget.arguments import as_given, offered
from placebudget.errors import WrongArgument
from placebudget.programme.basis import Basis
from placebudget.programme.linear import Draft
from placebudget.programme.objectives.value import (
    CASHABLE,
    DROPPED,
    FISCAL,
    NET,
    PUBLIC,
    UNMET,
    WEIGHTED,
    Objective,
    no_empty_capacity,
    shortfall_objective,
    value_objective,
)
from placebudget.programme.objectives.worst_off import LEXIMIN, WORST_OFF, worst_off_objective

OBJECTIVES = (PUBLIC, NET, FISCAL, CASHABLE, WEIGHTED, WORST_OFF, LEXIMIN)

__all__ = ["OBJECTIVES", "Objective", "add_objectives", "read_objectives"]


def read_objectives(objective: str | Sequence[str]) -> tuple[str, ...]:
    """Understand an objective, or an ordered list of them, as a user writes it.

    Raises
    ------
    WrongArgument
        If a name is not known.

    Examples
    --------
    >>> read_objectives(["Public value", "cashable_saving"])
    ('public value', 'cashable saving')
    """
    several = isinstance(objective, Sequence) and not isinstance(objective, str)
    wanted = list(objective) if several else [objective]
    spelt = {_plain(name): name for name in OBJECTIVES}
    unknown = [name for name in wanted if _plain(str(name)) not in spelt]
    if unknown or not wanted:
        said = (
            f"no such objective: {', '.join(map(as_given, unknown)) or '(none named)'}; "
            f"write one of: {', '.join(OBJECTIVES)}"
        )
        raise WrongArgument(offered(said, next(iter(unknown), None), OBJECTIVES))
    return tuple(dict.fromkeys(spelt[_plain(str(name))] for name in wanted))


def add_objectives(names: Sequence[str], draft: Draft, basis: Basis) -> tuple[Objective, ...]:
    """The objectives named, with what they need added to the draft."""
    made = [_objective(name, draft, basis) for name in names]
    if basis.need.avoidable.any() and not set(names) & {UNMET, DROPPED}:
        made.append(no_empty_capacity(draft, basis))
    # Columns added by a later objective get no gain in an earlier one.
    return tuple(replace(each, gain=_padded(each.gain, draft.width)) for each in made)


def _objective(name: str, draft: Draft, basis: Basis) -> Objective:
    if name in (WORST_OFF, LEXIMIN):
        return worst_off_objective(name, draft, basis)
    if name in (UNMET, DROPPED):
        return shortfall_objective(name, draft, basis)
    return value_objective(name, draft, basis)


def _plain(name: str) -> str:
    return " ".join(name.lower().replace("_", " ").replace("-", " ").split())


def _padded(gain: np.ndarray, width: int) -> np.ndarray:
    return np.concatenate([gain, np.zeros(width - len(gain))])
