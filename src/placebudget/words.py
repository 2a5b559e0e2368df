"""Figures in words: the one module that rounds a figure and writes it.

Every figure is rounded by itself, half away from nought, so that it reads the same
wherever it stands; a total is the rounded total, not the total of rounded parts. What
is rounded is the decimal figure of fifteen digits, which is all that a spreadsheet
holds for shown too: 82.85 becomes 82.9 in a sentence, a table and a cell of a workbook,
though the nearest binary number is a little less.

=====================  ==========================================================
pounds                 whole below £1,000, whole thousands below £1 million, then
                       millions with one decimal, billions with two; noughts at
                       the end drop: "£2.5 million", "£40 million"
£ million, in tables   one decimal
pounds and pence       two decimals: accounts and payments
whole pounds           a head, a unit, and in findings on a place
per cent               one decimal, two below one per cent; noughts at the end drop
any other unit         whole from 100 up, three digits below; noughts at the end drop
=====================  ==========================================================

An amount that somebody set, such as a limit, is said as it was set where two decimals
do. A true minus sign stands before what is negative, and a figure that rounds to nothing
has no sign.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal

from placebudget.texts import Phrase

MINUS = "\u2212"
MAY_NOT_ADD_UP = "Figures may not add up because of rounding."
_KEY = re.compile(r"(?<![^\s(“])[a-z0-9]+(?:_[a-z0-9]+)+(?![^\s,.;:)”])")
_MILLION = 1_000_000
_BILLION = 1_000_000_000
# What a binary number stands for as a spreadsheet and a reader see it, and room to round it.
_DIGITS = Context(prec=15, rounding=ROUND_HALF_UP)
_ROOM = Context(prec=400, rounding=ROUND_HALF_UP)


def rounded(value: float, digits: int = 0) -> float:
    """A figure as it is shown: half away from nought.

    Parameters
    ----------
    value : float
        Any figure; what is not finite stays as it is.
    digits : int
        Decimal places.

    Examples
    --------
    >>> rounded(82.85, 1), rounded(-2.5), rounded(0.125, 2)
    (82.9, -3.0, 0.13)
    """
    return float(_decimal(value, digits)) if math.isfinite(value) else float(value)


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
    >>> number(12345.678, 1), number(-0.04, 1), number(3, signed=True), number(82.85, 1)
    ('12,345.7', '0.0', '+3', '82.9')
    """
    text = f"{_decimal(abs(value), digits):,f}" if math.isfinite(value) else f"{abs(value)}"
    return _sign(value, text, signed) + text


def count(value: float, *, signed: bool = False) -> str:
    """A figure in a unit other than pounds: whole from 100 up, three digits below.

    Parameters
    ----------
    value : float
        People, incidents, points.
    signed : bool
        Whether a gain gets a plus sign.

    Examples
    --------
    >>> count(13546.7), count(9.4), count(12), count(0.01234), count(-99.96)
    ('13,547', '9.4', '12', '0.0123', '−100')
    """
    return _short(number(value, digits_of_count(value), signed=signed))


def digits_of_count(value: float) -> int:
    """How many decimals :func:`count` gives at most.

    Examples
    --------
    >>> digits_of_count(13546.7), digits_of_count(9.4), digits_of_count(0)
    (0, 2, 0)
    """
    if not value or not math.isfinite(value):
        return 0
    return min(max(2 - math.floor(math.log10(abs(value))), 0), 9)


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
    >>> money(2_540_000), money(249_600), money(-1_234_000_000), money(40_000_000)
    ('£2.5 million', '£250,000', '−£1.23 billion', '£40 million')
    """
    size = abs(pounds)
    if size >= 0.9995 * _BILLION:
        text = f"£{_short(number(size / _BILLION, 2))} billion"
    elif size >= 999_500:
        text = f"£{_short(number(size / _MILLION, 1))} million"
    elif size >= 999.5:
        text = f"£{number(size / 1000)},000"
    else:
        text = f"£{number(size)}"
    return _sign(pounds, text, signed) + text


def as_set(value: float) -> str:
    """A figure that somebody set, with the decimals that it has, four at most.

    Examples
    --------
    >>> as_set(1200.0), as_set(5.25), as_set(2.5)
    ('1,200', '5.25', '2.5')
    """
    return _short(number(value, 4))


def stated(pounds: float) -> str:
    """An amount that somebody set, in full where two decimals do: "£2.45 million".

    Parameters
    ----------
    pounds : float
        Amount in pounds: a limit, a duty.

    Examples
    --------
    >>> stated(2_450_000), stated(40_000_000), stated(249_600), stated(2_450_123.4)
    ('£2.45 million', '£40 million', '£249,600', '£2.5 million')
    """
    if pounds >= _BILLION and not pounds % (10 * _MILLION):
        return money(pounds)
    if pounds >= _MILLION and not pounds % 10_000:
        return f"£{as_set(pounds / _MILLION)} million"
    if 0 <= pounds < _MILLION and not pounds % 1:
        return f"£{number(pounds)}"
    return money(pounds)


def whole_pounds(pounds: float) -> str:
    """Pounds to the pound: a head, a unit, an amount of a table.

    Examples
    --------
    >>> whole_pounds(1234567.5), whole_pounds(-5)
    ('£1,234,568', '−£5')
    """
    text = f"£{number(abs(pounds))}"
    return _sign(pounds, text, False) + text


def pence(pounds: float, *, signed: bool = False) -> str:
    """Pounds and pence, for accounts and payments.

    Parameters
    ----------
    pounds : float
        Amount in pounds.
    signed : bool
        Whether a gain gets a plus sign.

    Examples
    --------
    >>> pence(1234.5), pence(-0.25), pence(-0.001)
    ('£1,234.50', '−£0.25', '£0.00')
    """
    text = f"£{number(abs(pounds), 2)}"
    return _sign(pounds, text, signed) + text


def percent(share: float, *, signed: bool = False) -> str:
    """A share as per cent: one decimal, two below one per cent.

    Examples
    --------
    >>> percent(0.125), percent(-0.02), percent(0.0087), percent(0.4366)
    ('12.5%', '−2%', '0.87%', '43.7%')
    """
    size = abs(100 * share)
    return _short(number(100 * share, 2 if size < 1 else 1, signed=signed)) + "%"


def in_pounds(unit: str) -> bool:
    """Whether a unit is money: the one place that knows how such units begin.

    Examples
    --------
    >>> in_pounds("pounds, 2025-26 prices"), in_pounds("pounds a head"), in_pounds("incidents")
    (True, True, False)
    """
    return unit.split(" ")[0].rstrip(",") == "pounds"


def in_unit(value: float, unit: str, *, signed: bool = False) -> str:
    """A figure as its unit asks for: pounds as money, anything else as a count.

    Parameters
    ----------
    value : float
        The figure.
    unit : str
        Its unit, as tables of plans and studies name it.
    signed : bool
        Whether a gain gets a plus sign.

    Examples
    --------
    >>> in_unit(2_540_000, "pounds, 2025-26 prices"), in_unit(9.4, "incidents")
    ('£2.5 million', '9.4')
    """
    return (money if in_pounds(unit) else count)(value, signed=signed)


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


def plain(key: object) -> str:
    """A key, or the name of a method, as words.

    Examples
    --------
    >>> plain("other_nhs"), plain("dwp"), plain("Shapley value")
    ('other NHS', 'DWP', 'what each adds on average')
    """
    text = str(key).replace("_", " ")
    if text in METHODS:
        return METHODS[text]
    return text.replace("nhs", "NHS").replace("dwp", "DWP")


_MANY = {
    "person": "people",
    "child": "children",
    "family": "families",
    "baby": "babies",
    **{one: f"{one}s" for one in ("household", "home", "patient", "adult", "carer", "parent")},
    **{one: f"{one}s" for one in ("resident", "tenant", "pupil", "student", "victim", "couple")},
    **{one: f"{one}s" for one in ("council", "area")},
}
"""Who or what may be in need of a unit of service, where a unit is of one of them."""


def many(unit: str) -> str:
    """Those that units of a service are of, many of them; blank for any other unit.

    Parameters
    ----------
    unit : str
        What one unit is, its noun first.

    Examples
    --------
    >>> many("family helped for a year"), many("child cared for"), many("officer for a year")
    ('families', 'children', '')
    """
    return _MANY.get(_noun(unit), "")


def one_of(unit: str) -> str:
    """The one that a unit of service is of; blank as for :func:`many`.

    Examples
    --------
    >>> one_of("household helped"), one_of("officer for a year")
    ('household', '')
    """
    return _noun(unit) if many(unit) else ""


def _noun(unit: str) -> str:
    return re.split(r"[ ,;]", unit, maxsplit=1)[0].lower()


_A_YEAR_OF_IT = re.compile(r"(\bfor|,) a year$")


def many_over(unit: str, years: int) -> str:
    """Those that units of a service are of, added up over years; blank for any other unit.

    One who is served in three years is three years of the service and not three people.

    Parameters
    ----------
    unit : str
        What one unit is, its noun first.
    years : int
        How many years are added up.

    Examples
    --------
    >>> many_over("child cared for, a year", 5), many_over("child cared for, a year", 1)
    ('child-years', 'children')
    >>> many_over("family helped", 5), many_over("officer for a year", 5)
    ('families', '')
    """
    who = many(unit)
    if who and years > 1 and _A_YEAR_OF_IT.search(unit):
        return f"{_noun(unit)}-years"
    return who


def not_served(amount: float, unit: str, years: int = 1) -> str:
    """Units that are needed and not provided, in the noun of the unit.

    One who is not served in three years is three years of the service and not three people:
    so units that are a year of it for somebody are called, where they are of several years.

    Examples
    --------
    >>> not_served(5104, "person supported at home for a year", years=5)
    '5,104 years of it are needed and not provided'
    >>> not_served(1313, "child cared for, a year"), not_served(12, "patrol")
    ('1,313 children in need are not served', '12 more are needed than provided (patrol)')
    """
    if who := many(unit):
        if years > 1 and _A_YEAR_OF_IT.search(unit):
            return f"{count(amount)} years of it are needed and not provided"
        # Of those who are people, only whole ones.
        return f"{count(max(1.0, float(round(amount))))} {who} in need are not served"
    # Two thirds of an officer or of an episode are nobody.
    whole = float(round(amount)) if amount >= 1 else amount
    return f"{count(whole)} more are needed than provided ({unit})"


METHODS = {
    "Shapley value": "what each adds on average",
    "nucleolus": "least discontent",
    "Owen point": "prices of the shared plan",
    "least core": "smallest shortfall",
    "coalition": "group of partners",
    "coalitions": "groups of partners",
    "leximin": "worst-off areas in turn",
    "Gini": "inequality index",
}
"""Methods by the names of the literature, and what people read; the glossary has both."""


def without_keys(text: str) -> str:
    """A text in which keys that stand by themselves are words.

    Examples
    --------
    >>> without_keys("home_adaptations in valley, see https://a.uk/b_c")
    'home adaptations in valley, see https://a.uk/b_c'
    """
    return _KEY.sub(lambda found: plain(found[0]), text)


def years_in_words(years: Sequence[str]) -> str:
    """The years from the first to the last.

    Examples
    --------
    >>> years_in_words(["2027-28", "2028-29", "2029-30"]), years_in_words(["2027-28"])
    ('2027-28 to 2029-30', '2027-28')
    """
    return f"{years[0]} to {years[-1]}" if len(years) > 1 else str(years[0])


def sentence(text: str) -> str:
    """The text with a capital at its start; the rest as it is.

    Examples
    --------
    >>> sentence("home care in Burnley")
    'Home care in Burnley'
    """
    if not isinstance(text, Phrase):
        return text[:1].upper() + text[1:]
    first, *rest = text.values or ("",)
    if text.words.startswith("%1"):
        return Phrase(text.words, sentence(first) if isinstance(first, str) else first, *rest)
    return Phrase(text.words[:1].upper() + text.words[1:], *text.values)


def _decimal(value: float, digits: int) -> Decimal:
    exact = _DIGITS.create_decimal_from_float(float(value))
    return exact.quantize(Decimal(1).scaleb(-digits), context=_ROOM)


def _short(text: str) -> str:
    """A figure without noughts at its end."""
    return text.rstrip("0").removesuffix(".") if "." in text else text


def _sign(value: float, text: str, signed: bool) -> str:
    if not any(character in "123456789" for character in text):
        return ""
    if value < 0:
        return MINUS
    return "+" if signed else ""
