"""Financial years, written the way the public sector writes them: 2027-28."""

from __future__ import annotations

import re
from collections.abc import Iterable

from placebudget.errors import WrongArgument
from placebudget.texts import shown

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
