"""The settings of a place: its name, its years and what years are, how benefits are appraised."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from placebudget.arguments import Arguments, is_number, refusal, sequence, text
from placebudget.errors import WrongArgument
from placebudget.texts import shown

# Financial years, written the way the public sector writes them: 2027-28.

_YEAR = re.compile(r"^\s*(\d{4})\s*(?:[-/\u2013]\s*(\d{2}|\d{4}))?\s*$", re.ASCII)


def financial_year(start: int) -> str:
    """Name of the financial year that starts in April of ``start``.

    Examples
    --------
    >>> financial_year(2027)
    '2027-28'
    """
    return f"{start}-{(start + 1) % 100:02d}"


def start_of(year: str) -> int:
    """Calendar year in which a financial year starts.

    Raises
    ------
    WrongArgument
        If the text is not a financial year.

    Examples
    --------
    >>> start_of("2027-28"), start_of("2027/28"), start_of("2027")
    (2027, 2027, 2027)
    """
    match = _YEAR.match(str(year))
    if not match:
        raise WrongArgument(f"{shown(year)} is not a financial year; write it as 2027-28")
    start = int(match.group(1))
    end = match.group(2)
    if end is not None and end not in (f"{start + 1}", f"{(start + 1) % 100:02d}"):
        raise WrongArgument(f"{shown(year)} does not span one year; write {financial_year(start)}")
    return start


def years_between(first: str, count: int) -> tuple[str, ...]:
    """``count`` financial years from ``first`` on.

    Examples
    --------
    >>> years_between("2027-28", 3)
    ('2027-28', '2028-29', '2029-30')
    """
    start = start_of(first)
    return tuple(financial_year(start + k) for k in range(count))


def in_years(years: Iterable[str]) -> str:
    """In which years something holds: those that follow one another by the first and the last.

    Examples
    --------
    >>> in_years(["2028-29", "2027-28", "2029-30"]), in_years(["2027-28", "2029-30"])
    ('from 2027-28 to 2029-30', 'in 2027-28 and 2029-30')
    """
    names = sorted(set(years))
    if len(names) > 1 and start_of(names[-1]) - start_of(names[0]) == len(names) - 1:
        return f"from {names[0]} to {names[-1]}"
    return f"in {' and '.join(filter(None, (', '.join(names[:-1]), *names[-1:])))}"


GREEN_BOOK = "green book"
KEEP, FREE = "keep", "free"
"""What becomes of today's money of services without any effect."""

GENERAL = "general"
"""The index that turns cash into real terms and back."""


@dataclass(frozen=True)
class Settings:
    """What ``datapackage.json`` says about the place as a whole.

    Parameters
    ----------
    name : str
        Short key: lower case, digits, hyphens and underscores.
    title, description : str
        As they should be read.
    years : tuple of str
        Financial years in which money is spent, without gaps.
    appraisal_years : int, optional
        Number of years, from the first, whose benefits count. Default: the
        years plus the longest lag and duration of an effect, less one.
    discount : str or float or tuple of (year, rate)
        ``"green book"`` (3.5 % to year 30, 3 % to year 75, then 2.5 %),
        ``"green book health"`` (1.5 % and its own steps), one rate, or pairs
        (last year, rate) of a schedule.
    price_base : str
        Financial year in whose prices unit costs and values stand.
    today_year : str
        Financial year of the table ``today``.
    without_effects : str
        ``"keep"``: services without any effect keep today's money. ``"free"``: it
        may be spent elsewhere.

    Raises
    ------
    WrongArgument
        If a text is none, or a year is no financial year; all are named.
    """

    name: str
    years: tuple[str, ...]
    title: str = ""
    description: str = ""
    appraisal_years: int | None = None
    discount: Any = GREEN_BOOK
    price_base: str = ""
    today_year: str = ""
    without_effects: str = KEEP
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with Arguments() as asked:
            for name in ("name", "title", "description", "without_effects"):
                asked.read(text, name, getattr(self, name))
            years = asked.read(_years, self.years)
            asked.read(_count, self.appraisal_years)
            base = asked.read(_year, "price_base", self.price_base)
            today = asked.read(_year, "today_year", self.today_year)
        object.__setattr__(self, "years", years)
        first = years[0] if years else ""
        object.__setattr__(self, "price_base", base or first)
        object.__setattr__(self, "today_year", today or first)
        object.__setattr__(self, "title", self.title or self.name)
        object.__setattr__(self, "discount", _frozen(self.discount))


def _years(given: object) -> tuple[str, ...]:
    years = sequence(given)
    if years is None:
        raise refusal("years", "a list of financial years such as ['2027-28', '2028-29']", given)
    with Arguments() as asked:
        # A blank is no year of the plan, and said so.
        found = [asked.read(_year, f"years[{n}]", year or " ") for n, year in enumerate(years)]
    return tuple(found)


def _count(given: object) -> None:
    # How many there may be depends on the years and effects; the place's checks say.
    if given is not None and not (is_number(given) and float(given).is_integer()):
        raise refusal("appraisal_years", "a whole number of years, or None", given)


def _year(name: str, given: object) -> str:
    """A financial year as the project spells it; blank stays blank."""
    if given is None or (isinstance(given, str) and not given):
        return ""
    if not isinstance(given, str | int):
        raise refusal(name, "a financial year such as '2027-28'", given)
    try:
        return financial_year(start_of(str(given)))
    except WrongArgument as error:
        raise WrongArgument(f"{name}: {error}") from None


def _frozen(value: Any) -> Any:
    """Lists as tuples: settings are equal wherever their lists came from."""
    return tuple(_frozen(part) for part in value) if isinstance(value, list | tuple) else value


GREEN_BOOK_STEPS = ((30, 0.035), (75, 0.030), (10_000, 0.025))
HEALTH_STEPS = ((10_000, 0.015),)
NAMED_DISCOUNTS = {"green book": GREEN_BOOK_STEPS, "green book health": HEALTH_STEPS}


def own_discount(cell: str) -> str | float:
    """The discount of one outcome, as a cell holds it: a name, or one rate.

    Examples
    --------
    >>> own_discount("green book health"), own_discount("0.015")
    ('green book health', 0.015)
    """
    try:
        return float(cell)
    except ValueError:
        return cell


def discount_steps(discount: Any) -> tuple[tuple[int, float], ...]:
    """Read a discount setting as steps of (last year it holds for, rate).

    Parameters
    ----------
    discount : str, float or sequence of (int, float)
        ``"green book"``, ``"green book health"``, one rate for all years, or
        steps.

    Raises
    ------
    ValueError
        If it is none of these, or a rate is not between 0 and 1.

    Examples
    --------
    >>> discount_steps(0.035)
    ((10000, 0.035),)
    """
    if isinstance(discount, str):
        steps = NAMED_DISCOUNTS.get(discount.strip().lower().replace("_", " "))
        if steps is None:
            raise ValueError(
                f"discount {shown(discount)} is not known; write one of "
                f"{', '.join(NAMED_DISCOUNTS)}, a rate such as 0.035, or pairs of last year "
                "and rate"
            )
        return steps
    if isinstance(discount, (int, float)) and not isinstance(discount, bool):
        steps = ((10_000, float(discount)),)
    elif isinstance(discount, Sequence):
        pairs = [pair for pair in discount if isinstance(pair, Sequence) and len(pair) == 2]
        figures = [each for pair in pairs for each in pair]
        if not pairs or len(pairs) < len(discount) or not all(map(is_number, figures)):
            raise ValueError("a discount schedule is a list of pairs: last year, rate")
        steps = tuple((int(last), float(rate)) for last, rate in pairs)
    else:
        raise ValueError(f"discount {shown(discount)} is neither a name, a rate nor a schedule")
    if any(not 0 <= rate < 1 for _, rate in steps):
        raise ValueError("a discount rate is a share between 0 and 1, such as 0.035")
    if any(a[0] >= b[0] for a, b in pairwise(steps)):
        raise ValueError("the last years of a discount schedule must rise")
    return steps
