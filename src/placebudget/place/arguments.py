"""Arguments as people give them: read one by one, refused together in words.

A reader takes what was given and gives it back as it may be worked with, or raises an
error that says what is needed and what was given; the plain ones stand in
:mod:`placebudget.place.argument_kinds`. :class:`Arguments` lets a function read all it
is given before it refuses any.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from numbers import Real
from types import TracebackType
from typing import Any, ParamSpec, TypeVar, cast

import numpy as np
import pandas as pd

from placebudget.errors import PlaceBudgetError, WrongArgument, together
from placebudget.place.findings import did_you_mean, shown

P = ParamSpec("P")
T = TypeVar("T")

_LONGEST = 60
_PLAIN = (bytes, Real, list, tuple, dict, set, frozenset)
# What stands for an argument that was refused, until the block ends.
_REFUSED: Any = object()


class Arguments:
    """Read all arguments of a call, then refuse those that cannot be meant, all at once.

    One error is raised as it is; several become one that names them all, of their own
    kind where they have one. What rests on a refused argument is not read.

    Raises
    ------
    WrongArgument
        When the block ends, if several things of different kinds were refused.

    Examples
    --------
    >>> from placebudget.place.argument_kinds import whole
    >>> with Arguments() as given:
    ...     runs = given.read(whole, "runs", 0, least=1)
    ...     seed = given.read(whole, "seed", "x")
    Traceback (most recent call last):
    ...
    placebudget.errors.WrongArgument: 2 things that were given cannot be meant:
    - runs is a whole number of 1 or more, not 0
    - seed is a whole number of 0 or more, not 'x'
    """

    def __init__(self) -> None:
        self._refused: list[PlaceBudgetError] = []

    def read(self, reader: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What a reader makes of its arguments; what it refuses is kept for the end."""
        if any(each is _REFUSED for each in args):
            return cast(T, _REFUSED)
        try:
            return reader(*args, **kwargs)
        except PlaceBudgetError as error:
            self._refused.append(error)
            return cast(T, _REFUSED)

    def __enter__(self) -> Arguments:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None or not self._refused:
            return
        if len(self._refused) == 1:
            raise self._refused[0]
        problems = [text for each in self._refused for text in _problems(each)]
        kinds = {type(each) for each in self._refused}
        kind = kinds.pop() if len(kinds) == 1 else WrongArgument
        raise kind.of(problems) if issubclass(kind, WrongArgument) else kind(together(problems))


def _problems(error: PlaceBudgetError) -> tuple[str, ...]:
    """What an error names, one each."""
    return error.problems if isinstance(error, WrongArgument) else (str(error),)


def sequence(given: object) -> Sequence[Any] | None:
    """A list of things in order; None for what is no list, texts and tables included."""
    if isinstance(given, pd.Series | pd.Index | np.ndarray):
        given = given.tolist()
    if isinstance(given, Sequence | Set) and not isinstance(given, str | bytes):
        return list(given)
    return None


def refusal(name: str, wanted: str, given: object, known: Iterable[str] = ()) -> WrongArgument:
    """The error that says what an argument is, what was given, and what may be meant."""
    return WrongArgument(offered(f"{name} is {wanted}, not {as_given(given)}", given, known))


def offered(said: str, given: object, known: Iterable[str]) -> str:
    """What is said of a name that is not known, and the nearest that is.

    Examples
    --------
    >>> offered("no pool 'beter_care'", "beter_care", ["better_care"])
    "no pool 'beter_care'. Did you mean better_care?"
    """
    hint = did_you_mean(given, known) if isinstance(given, str) else ""
    return f"{said}. {hint}" if hint else said


def as_given(value: object) -> str:
    """A value as it is shown to who gave it: short, on one line.

    Examples
    --------
    >>> as_given("gpu"), as_given(object()), as_given("x" * 99)[-6:]
    ("'gpu'", 'an object of type object', "xx...'")
    """
    if value is pd.NA:
        return "a blank"
    if isinstance(value, str):
        return shown(value, _LONGEST)
    if value is None or isinstance(value, _PLAIN):
        said = " ".join(repr(value).split())
        return said if len(said) <= _LONGEST else f"{said[: _LONGEST - 3]}..."
    return f"an object of type {type(value).__name__}"
