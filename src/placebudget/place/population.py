"""Need that follows from the population: people of an age times the share of them in need.

need[service, area, year] = sum over bands (people[area, band, year] x share[service, band]
                            x (1 + trend)^(years since the first year of the place))

Between two years that are given people grow by the same rate each year; before the first and
after the last of them nothing is known, and nothing is filled. A need that is given wins.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from placebudget.place.geography import Geography, each_row, is_blank
from placebudget.place.once import once
from placebudget.place.settings import start_of

if TYPE_CHECKING:
    from placebudget.place.place import Place

WHOLE = "all_ages"
OLDER = 65
"""From this age on people count as older."""
OLDEST = 85
"""From this age on far more people need care than just below it, and their number grows faster."""

_BAND = re.compile(r"(\d{1,3})_(?:(\d{1,3})|plus)", re.ASCII)


class Ages(NamedTuple):
    """The ages of a band, both among them; without an end: and over."""

    first: int
    last: float

    def overlap(self, other: Ages) -> bool:
        """Whether anybody is in both."""
        return self.first <= other.last and other.first <= self.last

    @property
    def hide_oldest(self) -> bool:
        """Whether the oldest are in it together with younger people."""
        return self.first < OLDEST <= self.last


def ages_of(band: object) -> Ages | None:
    """The ages that the key of a band says; None where it says none.

    Examples
    --------
    >>> ages_of("0_15"), ages_of("85_plus").first, ages_of("all_ages").last
    (Ages(first=0, last=15.0), 85, inf)
    >>> ages_of("the old"), ages_of("64_18")
    (None, None)
    """
    if band == WHOLE:
        return Ages(0, float("inf"))
    match = _BAND.fullmatch(str(band))
    if match is None:
        return None
    ages = Ages(int(match[1]), float(match[2] or "inf"))
    return ages if ages.first <= ages.last else None


def people_between(given: Mapping[int, float], year: int) -> float | None:
    """People in a year between two that are given; None outside them.

    They grow by the same rate each year; to or from nobody in a straight line.

    Examples
    --------
    >>> burnley = {2022: 17_233, 2032: 20_351}
    >>> round(people_between(burnley, 2027), 1), people_between(burnley, 2033)
    (18727.2, None)
    """
    if year in given:
        return given[year]
    before = max((each for each in given if each < year), default=None)
    after = min((each for each in given if each > year), default=None)
    if before is None or after is None:
        return None
    low, high = given[before], given[after]
    part = (year - before) / (after - before)
    if min(low, high) <= 0:
        return low + (high - low) * part
    return low * (high / low) ** part


def years_of_need(place: Place) -> dict[int, str]:
    """Financial years in which need counts, by the calendar year in which they begin."""
    years = (place.settings.today_year, *place.years)
    return {start_of(year): year for year in years if year}


@once
def people_by_band(place: Place) -> dict[tuple[str, str], dict[int, float]]:
    """People by area and band, over the years that are given."""
    tree = Geography.of(place)
    found: dict[tuple[str, str], dict[int, float]] = {}
    for row in each_row(place.cohorts):
        if not (is_blank(row.band) or is_blank(row.year) or is_blank(row.people)):
            years = found.setdefault((tree.key(row.area), row.band), {})
            years[start_of(row.year)] = float(row.people)
    return found


@once
def need_by_population(place: Place) -> pd.DataFrame:
    """Need that follows from the population, whether or not any is given as well.

    Returns
    -------
    DataFrame
        service, area, year, people and status, for each area in which the people of all bands
        of the service are known, in the years of the place and of today's money.
    """
    years = years_of_need(place)
    first = start_of(place.years[0]) if place.years else 0
    shares: dict[str, dict[str, tuple[float, float]]] = {}
    for row in each_row(place.filled("prevalence")):
        if not (
            is_blank(row.service) or is_blank(row.band) or is_blank(row.share) or row.trend <= -1
        ):
            shares.setdefault(row.service, {})[row.band] = (float(row.share), float(row.trend))
    people = people_by_band(place)
    areas = dict.fromkeys(area for area, _ in people)
    rows = []
    for service, of_band in shares.items():
        status = _least_sure(place, service, of_band)
        for area in areas:
            known = [people.get((area, band)) for band in of_band]
            for start, year in years.items():
                held = [None if each is None else people_between(each, start) for each in known]
                if not any(each is None for each in held):
                    need = sum(
                        float(each or 0.0) * share * (1 + trend) ** (start - first)
                        for each, (share, trend) in zip(held, of_band.values(), strict=True)
                    )
                    rows.append((service, area, year, need, status))
    return pd.DataFrame(rows, columns=["service", "area", "year", "people", "status"])


@once
def needs_of(place: Place) -> pd.DataFrame:
    """Needs as the model takes them: those that are given, and by population where none is.

    Returns
    -------
    DataFrame
        The table needs with defaults; below its rows those that the population fills.
    """
    given = place.filled("needs")
    found = need_by_population(place)
    if found.empty:
        return given
    stated = needs_given(place)
    tree = Geography.of(place)
    fills = [
        not any((service, up, year) in stated for up in tree.path(area))
        for service, area, year in zip(found["service"], found["area"], found["year"], strict=True)
    ]
    filled = found[fills].reindex(columns=given.columns).astype(object)
    return pd.concat([given.astype(object), filled], ignore_index=True).infer_objects()


def needs_given(place: Place) -> dict[tuple[str, str, str], float]:
    """People of the table needs by service, area and year; a year of its own before a blank one."""
    tree = Geography.of(place)
    years = tuple(years_of_need(place).values())
    found: dict[tuple[str, str, str], float] = {}
    for blank in (True, False):
        for row in each_row(place.needs):
            if is_blank(row.year) == blank and not is_blank(row.people):
                area = tree.key(row.area)
                for year in years if blank else (row.year,):
                    found[row.service, area, year] = float(row.people)
    return found


def _least_sure(place: Place, service: str, bands: Collection[str]) -> str | None:
    """What a need so worked out is: derived, or illustrative where a figure of it is."""
    shares = place.prevalence
    said = {
        *shares.loc[shares["service"] == service, "status"],
        *place.cohorts.loc[place.cohorts["band"].isin(bands), "status"],
    }
    if said & {"illustrative", "placeholder"}:
        return "illustrative"
    return None if any(map(is_blank, said)) else "derived"
