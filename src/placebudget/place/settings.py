"""The settings of a place: its name, its years, how benefits are appraised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from placebudget.place.years import financial_year, start_of

GREEN_BOOK = "green book"


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
    """

    name: str
    years: tuple[str, ...]
    title: str = ""
    description: str = ""
    appraisal_years: int | None = None
    discount: Any = GREEN_BOOK
    price_base: str = ""
    today_year: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        years = tuple(financial_year(start_of(year)) for year in self.years)
        object.__setattr__(self, "years", years)
        first = years[0] if years else ""
        for name in ("price_base", "today_year"):
            value = getattr(self, name) or first
            object.__setattr__(self, name, financial_year(start_of(value)) if value else "")
        object.__setattr__(self, "title", self.title or self.name)
        object.__setattr__(self, "discount", _frozen(self.discount))


def _frozen(value: Any) -> Any:
    """Lists as tuples: settings are equal wherever their lists came from."""
    return tuple(_frozen(part) for part in value) if isinstance(value, list | tuple) else value
