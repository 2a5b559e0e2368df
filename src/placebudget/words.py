"""Figures in words: pounds, per cent, counts, and rounding that adds up.

A true minus sign stands before what is negative, and a figure that rounds to
nothing has no sign.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

MINUS = "\u2212"
_MILLION = 1_000_000
_BILLION = 1_000_000_000


def number(value: float, digits: int = 0, *, signed: bool = False) -> str:
    """A figure with commas between thousands.

    Parameters
    ----------
    value : float
        Any figure.
    digits : int
        Decimal places.
    signed : bool
        Whether a gain gets a plus sign.

    Examples
    --------
    >>> number(12345.678, 1), number(-0.04, 1), number(3, signed=True)
    ('12,345.7', '0.0', '+3')
    """
    text = f"{abs(value):,.{digits}f}"
    return _sign(value, text, signed) + text


def money(pounds: float, *, signed: bool = False) -> str:
    """Pounds as a report writes them.

    Parameters
    ----------
    pounds : float
        Amount in pounds.
    signed : bool
        Whether a gain gets a plus sign.

    Returns
    -------
    str
        Whole pounds below £1,000, whole thousands below £1 million, millions
        with one decimal, billions with two.

    Examples
    --------
    >>> money(2_540_000), money(249_600), money(-1_234_000_000), money(12.4)
    ('£2.5 million', '£250,000', '−£1.23 billion', '£12')
    """
    size = abs(pounds)
    if size >= 0.9995 * _BILLION:
        text = f"£{size / _BILLION:,.2f} billion"
    elif size >= 999_500:
        text = f"£{size / _MILLION:,.1f} million"
    elif size >= 999.5:
        text = f"£{round(size / 1000) * 1000:,.0f}"
    else:
        text = f"£{size:,.0f}"
    return _sign(pounds, text, signed) + text


def spoken(pounds: float) -> str:
    """Pounds as a sentence says them: "£2.5 million", but "£40 million".

    Examples
    --------
    >>> spoken(40_000_000), spoken(2_540_000)
    ('£40 million', '£2.5 million')
    """
    return money(pounds).replace(".0 million", " million").replace(".00 billion", " billion")


def gained(before: float, after: float) -> str:
    """The gain from one amount to another, as who subtracts them in a table finds it.

    Tables print amounts in £ million with one decimal. A gain of £1 million or more is
    the difference of what they print; a smaller one is said as it is.

    Examples
    --------
    >>> gained(9_289_140_000, 9_428_760_000), money(9_428_760_000 - 9_289_140_000)
    ('+£139.7 million', '£139.6 million')
    >>> gained(277_700_000, 277_263_000)
    '−£437,000'
    """
    gain = after - before
    if abs(gain) >= _MILLION:
        first, last = (add_up([amount / _MILLION], 1)[0] for amount in (before, after))
        gain = (last - first) * _MILLION
    return money(gain, signed=True)


def but_for_pennies(part: float, whole: float) -> float:
    """A part of the money, or nothing where it is no more than rounding to the penny leaves.

    Parameters
    ----------
    part, whole : float
        Pounds; less than a millionth of the whole is nothing.

    Examples
    --------
    >>> but_for_pennies(0.98, 37_679_000_000), but_for_pennies(4_000, 90_000_000)
    (0.0, 4000)
    """
    return part if abs(part) >= abs(whole) / _MILLION else 0.0


def percent(share: float, digits: int = 0, *, signed: bool = False) -> str:
    """A share as per cent.

    Examples
    --------
    >>> percent(0.125, 1), percent(-0.02)
    ('12.5%', '−2%')
    """
    return number(100 * share, digits, signed=signed) + "%"


def plain(key: object) -> str:
    """A key as words.

    Examples
    --------
    >>> plain("other_nhs"), plain("dwp")
    ('other NHS', 'DWP')
    """
    text = str(key).replace("_", " ")
    return text.replace("nhs", "NHS").replace("dwp", "DWP")


def sentence(text: str) -> str:
    """The text with a capital at its start; the rest as it is.

    Examples
    --------
    >>> sentence("home care in Burnley")
    'Home care in Burnley'
    """
    return text[:1].upper() + text[1:]


def _sign(value: float, text: str, signed: bool) -> str:
    if not any(character in "123456789" for character in text):
        return ""
    if value < 0:
        return MINUS
    return "+" if signed else ""


def add_up(values: Sequence[float], digits: int = 0) -> list[float]:
    """Round so that the rounded figures add up to their rounded total.

    The method of the largest remainder: every figure is rounded down, then
    those that lost most go up by one step until the total is met.

    Parameters
    ----------
    values : sequence of float
        Parts of one total.
    digits : int
        Decimal places to keep.

    Returns
    -------
    list of float
        Each within one step of its figure.

    Raises
    ------
    ValueError
        If a figure is blank or not finite: blank is not zero.

    Examples
    --------
    >>> add_up([33.4, 33.3, 33.3])
    [34.0, 33.0, 33.0]
    >>> add_up([0.25, 0.25, -0.1], 1)
    [0.3, 0.2, -0.1]
    """
    if not all(math.isfinite(value) for value in values):
        raise ValueError("only finite figures can be rounded to add up; leave blanks out")
    scale = 10**digits
    # Nine decimals of a step: what floating point adds must not push a figure down.
    steps = [round(value * scale, 9) for value in values]
    rounded = [math.floor(step) for step in steps]
    missing = math.floor(round(math.fsum(steps), 6) + 0.5) - sum(rounded)
    by_loss = sorted(range(len(steps)), key=lambda i: (rounded[i] - steps[i], -abs(steps[i]), i))
    for i in by_loss[:missing]:
        rounded[i] += 1
    return [step / scale for step in rounded]
