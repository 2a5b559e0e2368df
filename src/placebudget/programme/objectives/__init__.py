"""Objectives: what a plan is to make the most of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from placebudget.arguments import as_given, offered
from placebudget.errors import CannotAnswer, WrongArgument
from placebudget.place import Place
from placebudget.programme.basis import Basis
from placebudget.programme.linear import Draft
from placebudget.programme.money import read_loans
from placebudget.programme.objectives.value import (
    CASHABLE,
    DROPPED,
    FISCAL,
    NET,
    PUBLIC,
    UNMET,
    VALUED,
    WEIGHTED,
    Objective,
    no_empty_capacity,
    shortfall_objective,
    value_objective,
)
from placebudget.programme.objectives.worst_off import LEXIMIN, WORST_OFF, worst_off_objective
from placebudget.texts import listed
from placebudget.words import plain

OBJECTIVES = (PUBLIC, NET, FISCAL, CASHABLE, WEIGHTED, WORST_OFF, LEXIMIN)

__all__ = ["OBJECTIVES", "Objective", "add_objectives", "read_objectives", "refuse_uncounted_debt"]


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


def refuse_uncounted_debt(place: Place, names: Sequence[str]) -> None:
    """Refuse to borrow for what does not count what is still owed after the last year of money.

    Raises
    ------
    CannotAnswer
        If the first objective is not in pounds, and a loan would leave something to later years.
    """
    owed = [loan.name for loan in read_loans(place) if loan.left > 0]
    if owed and names[0] not in VALUED:
        raise CannotAnswer(
            f"{listed(map(plain, owed))} would still be owed after {place.years[-1]}, which "
            f"“{names[0]}” does not count, so that it would be borrowed for nothing. Choose an "
            f"objective in pounds ({listed(VALUED)}), or set the most that can be borrowed to 0"
        )


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
