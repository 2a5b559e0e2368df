"""Kinds of arguments: figures in a range, yes or no, names among those there are, objects.

Each takes the name of an argument and what was given for it, and gives it back as it may
be worked with. What is of another kind or out of its range is refused in words.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from numbers import Real
from typing import Any, TypeGuard, TypeVar

import numpy as np

from placebudget.errors import WrongArgument
from placebudget.place.arguments import Arguments, as_given, refusal, sequence
from placebudget.place.findings import did_you_mean, listed

T = TypeVar("T")

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


def known_key(kind: str, given: object, keys: Iterable[object]) -> str:
    """A key that the place has; the nearest is offered, or all there are.

    Parameters
    ----------
    kind : str
        What it is a key of, such as "service".
    given : object
        What was given for it.
    keys : iterable
        Those there are; blanks among them are none.

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
    near = did_you_mean(given, known) if isinstance(given, str) else ""
    hint = near or f"There are: {listed(known) or 'none'}."
    raise WrongArgument(f"The place has no {kind} {as_given(given)}. {hint}")


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
