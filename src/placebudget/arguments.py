"""Arguments as people give them: read one by one, refused together in words.

A reader takes what was given and gives it back as it may be worked with, or raises an
error that says what is needed and what was given. :class:`Arguments` lets a function read all it
is given before it refuses any.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from decimal import Decimal
from numbers import Real
from types import TracebackType
from typing import Any, ParamSpec, TypeGuard, TypeVar, cast

import numpy as np
import pandas as pd

from placebudget.errors import PlaceBudgetError, WrongArgument, together
from placebudget.texts import did_you_mean, listed, shown

P = ParamSpec("P")
T = TypeVar("T")

_LONGEST = 60
_TYPED = re.compile(r"£?\s*(-?[\d,]+(?:\.\d+)?)\s*(%|m|million|bn|billion)?", re.IGNORECASE)
_TIMES = {"": "1", "%": "0.01", "m": "1e6", "million": "1e6", "bn": "1e9", "billion": "1e9"}
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
    >>> from placebudget.arguments import whole
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


OR_NONE = ", or None"


# --- figures --------------------------------------------------------------------


def whole(
    name: str, given: object, *, least: int = 0, most: int | None = None, otherwise: str = ""
) -> int:
    """A whole number within its range.

    Parameters
    ----------
    name : str
        Name of the argument.
    given : object
        What was given for it.
    least, most : int
        The range.
    otherwise : str
        What else may be given, as it is said.

    Examples
    --------
    >>> whole("workers", 4.0, least=1)
    4
    >>> whole("workers", 0, least=1)
    Traceback (most recent call last):
    ...
    placebudget.errors.WrongArgument: workers is a whole number of 1 or more, not 0
    """
    if is_number(given) and given == int(given) and _within(given, least, most):
        return int(given)
    wanted = f"of {least} or more" if most is None else f"from {least} to {most}"
    raise refusal(name, f"a whole number {wanted}{otherwise}", given)


def number(
    name: str,
    given: object,
    *,
    least: float | None = None,
    most: float | None = None,
    above: float | None = None,
    below: float | None = None,
    otherwise: str = "",
) -> float:
    """A finite number within its range.

    Parameters
    ----------
    name, given
        The argument and what was given for it.
    least, most : float, optional
        The range, ends included.
    above, below : float, optional
        The range, ends left out.
    otherwise : str
        What else may be given, as it is said.

    Examples
    --------
    >>> number("steadiness", 0, above=0)
    Traceback (most recent call last):
    ...
    placebudget.errors.WrongArgument: steadiness is a number above 0, not 0
    """
    if (
        is_number(given)
        and _within(given, least, most)
        and (above is None or given > above)
        and (below is None or given < below)
    ):
        return float(given)
    if least is not None and most is not None:
        parts = [f"from {least:g} to {most:g}"]
    else:
        ends = {"of {:g} or more": least, "of {:g} or less": most}
        ends |= {"above {:g}": above, "below {:g}": below}
        parts = [text.format(end) for text, end in ends.items() if end is not None]
    raise refusal(name, f"a number {' and '.join(parts)}".strip() + otherwise, given)


def typed_number(name: str, given: object, *, above: float | None = None) -> float:
    """A number, or its text as people write it: 480 million, 480m, 10.5%, 288,210.

    Examples
    --------
    >>> typed_number("nhs", "£480 million"), typed_number("share", "10.5%")
    (480000000.0, 0.105)
    >>> typed_number("population", "288,210 or so")
    Traceback (most recent call last):
    ...
    placebudget.errors.WrongArgument: population is a number, not '288,210 or so'
    """
    if isinstance(given, str) and (match := _TYPED.fullmatch(given.strip())):
        times = Decimal(_TIMES[(match[2] or "").lower()])
        given = float(Decimal(match[1].replace(",", "")) * times)
    return number(name, given, above=above)


def by_name(
    name: str, given: object, such_as: str, *, above: float | None = None, alike: bool = False
) -> dict[str, float]:
    """Numbers by name: a mapping, or a list of texts such as ``Exampleton=200,000``.

    Parameters
    ----------
    name, given
        The argument and what was given for it.
    such_as : str
        Such a text, as it is said.
    above : float, optional
        Above what each number is.
    alike : bool
        Whether one number may be given for all; it has the name "".

    Examples
    --------
    >>> by_name("population", ["Exampleton=200,000", "Vale = 90000"], "Exampleton=200,000")
    {'Exampleton': 200000.0, 'Vale': 90000.0}
    """
    if isinstance(given, Mapping):
        pairs = [(str(key), value) for key, value in given.items()]
    else:
        every = sequence(given)
        pairs = []
        for each in [given] if every is None else every:
            key, named, what = each.rpartition("=") if isinstance(each, str) else ("", "", each)
            if not (named or alike) or (named and not key.strip()):
                raise refusal(name, f"figures by name, such as {such_as}", each)
            pairs.append((key.strip(), what))
    with Arguments() as asked:
        return {
            key: asked.read(typed_number, f"{name} of {key}" if key else name, what, above=above)
            for key, what in pairs
        }


def share(name: str, given: object, *, all_of_it: bool = True) -> float:
    """A share of something, also nothing of it.

    Parameters
    ----------
    name, given
        The argument and what was given for it.
    all_of_it : bool
        Whether it may be 1.

    Examples
    --------
    >>> share("reinvest", 80)
    Traceback (most recent call last):
    ...
    placebudget.errors.WrongArgument: reinvest is a share from 0 to 1 (0.25: a quarter), not 80
    """
    if is_number(given) and 0 <= given <= 1 and (all_of_it or given < 1):
        return float(given)
    end = "1" if all_of_it else "below 1"
    raise refusal(name, f"a share from 0 to {end} (0.25: a quarter)", given)


def numbers(
    name: str, given: object, *, least: float, most: float | None = None, such_as: str
) -> tuple[float, ...]:
    """A list of numbers within a range, in the order given.

    Examples
    --------
    >>> numbers("floors", 50, least=0, such_as="[50, 100]")
    Traceback (most recent call last):
    ...
    placebudget.errors.WrongArgument: floors is a list of numbers such as [50, 100], not 50
    """
    values = sequence(given)
    if values is None:
        raise refusal(name, f"a list of numbers such as {such_as}", given)
    with Arguments() as each:
        found = [
            each.read(number, f"{name}[{n}]", value, least=least, most=most)
            for n, value in enumerate(values)
        ]
    return tuple(found)


def is_number(value: object) -> TypeGuard[float]:
    """Whether a value is a finite number; true and false are none."""
    return (
        isinstance(value, Real)
        and not isinstance(value, bool | np.bool_)
        and math.isfinite(float(value))
    )


def _within(value: float, least: float | None, most: float | None) -> bool:
    return (least is None or value >= least) and (most is None or value <= most)


# --- words ----------------------------------------------------------------------


def flag(name: str, given: object) -> bool:
    """Yes or no, and nothing that would have to be guessed.

    Examples
    --------
    >>> flag("pools", "no")
    Traceback (most recent call last):
    ...
    placebudget.errors.WrongArgument: pools is True or False, not 'no'
    """
    if isinstance(given, bool | np.bool_):
        return bool(given)
    raise refusal(name, "True or False", given)


def text(name: str, given: object, *, otherwise: str = "") -> str:
    """A text, also an empty one."""
    if isinstance(given, str):
        return given
    raise refusal(name, f"a text{otherwise}", given)


def one_of(name: str, given: object, known: Iterable[str], *, otherwise: str = "") -> str:
    """One of the names there are; the nearest is offered.

    Examples
    --------
    >>> one_of("kind", "monney", ["money", "savings"])
    Traceback (most recent call last):
    ...
    placebudget.errors.WrongArgument: kind is one of money, savings, not 'monney'. Did you mean money?
    """  # noqa: E501
    known = list(known)
    if isinstance(given, str) and given in known:
        return given
    raise refusal(name, f"one of {', '.join(known) or '(none)'}{otherwise}", given, known)


def known_key(
    kind: str,
    given: object,
    keys: Iterable[object],
    *,
    of: str = "The place",
    also: Iterable[str] = (),
) -> str:
    """A key that the place, or what else is meant, has; the nearest is offered, or all there are.

    Parameters
    ----------
    kind : str
        What it is a key of, such as "service".
    given : object
        What was given for it.
    keys : iterable
        Those there are; blanks among them are none.
    of : str
        What has them, as it is said.
    also : iterable of str
        Other words for them: offered where they are near, and not listed besides.

    Raises
    ------
    WrongArgument
        If it is none of them.

    Examples
    --------
    >>> known_key("pool", "beter_care", ["better_care"])
    Traceback (most recent call last):
    ...
    placebudget.errors.WrongArgument: The place has no pool 'beter_care'. Did you mean better_care?
    """
    known = [each for each in keys if isinstance(each, str)]
    if isinstance(given, str) and given in known:
        return given
    near = did_you_mean(given, [*known, *also]) if isinstance(given, str) else ""
    hint = near or f"There are: {listed(known) or 'none'}."
    raise WrongArgument(f"{of} has no {kind} {as_given(given)}. {hint}")


def key_or_name(kind: str, given: object, names: Mapping[str, str], *, of: str) -> str:
    """The key of something that may be named by its key or by its name.

    Parameters
    ----------
    names : mapping of str to str
        Names by key.
    of : str
        What holds them.

    Raises
    ------
    WrongArgument
        If there is none, or several, of that name.

    Examples
    --------
    >>> key_or_name("council", "Ashby", {"a1": "Ashby", "b1": "Brooke"}, of="The review")
    'a1'
    """
    if isinstance(given, str):
        wanted = given.strip().casefold()
        held = [key for key, name in names.items() if str(name).casefold() == wanted]
        held = [given] if given in names else held
        if len(held) == 1:
            return held[0]
        if held:
            raise WrongArgument(
                f"{shown(given)} is the name of more than one {kind}: {', '.join(held)}; give a key"
            )
    return known_key(kind, given, names.values(), of=of, also=names)


def texts(name: str, given: object, *, such_as: str, doubles: bool = False) -> tuple[str, ...]:
    """A text or several, as a tuple, without doubles unless they are meant.

    Examples
    --------
    >>> texts("by", "year", such_as="'year' or ['agency', 'year']"), texts("by", (), such_as="")
    (('year',), ())
    """
    if isinstance(given, str):
        return (given,)
    values = sequence(given)
    if values is None or not all(isinstance(each, str) for each in values):
        raise refusal(name, f"a text or a list of texts, such as {such_as}", given)
    return tuple(values if doubles else dict.fromkeys(values))


# --- objects --------------------------------------------------------------------


def instance(name: str, given: object, kind: type[T], wanted: str) -> T:
    """An object of a class.

    Parameters
    ----------
    name, given
        The argument and what was given for it.
    kind : type
        The class.
    wanted : str
        How such an object is called and made.

    Examples
    --------
    >>> instance("scale", 3, str, "a unit")
    Traceback (most recent call last):
    ...
    placebudget.errors.WrongArgument: scale is a unit, not 3
    """
    if isinstance(given, kind):
        return given
    raise refusal(name, wanted, given)


def able(name: str, given: object, method: str, wanted: str) -> Any:
    """An object that can do something, whatever its class; None stays None."""
    if given is None or (not isinstance(given, type) and callable(getattr(given, method, None))):
        return given
    raise refusal(name, f"{wanted}{OR_NONE}", given)


def is_left_out(given: object) -> bool:
    """Whether an argument was left out: None, or no letter.

    Examples
    --------
    >>> is_left_out(""), is_left_out(0)
    (True, False)
    """
    return given is None or (isinstance(given, str) and not given)


def optional(reader: Callable[..., T], name: str, given: object, **how: Any) -> T | None:
    """What may be left out: None stays None, anything else is read.

    Examples
    --------
    >>> optional(whole, "workers", None, least=1)
    >>> optional(whole, "workers", -1, least=1)
    Traceback (most recent call last):
    ...
    placebudget.errors.WrongArgument: workers is a whole number of 1 or more, or None, not -1
    """
    return None if given is None else reader(name, given, otherwise=OR_NONE, **how)
