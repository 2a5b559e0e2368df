"""Population and prevalence: people counted twice, ages that hide need, need filled or not."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from placebudget.place.checks.examination import Check, Examination
from placebudget.place.findings import Finding, error, warning
from placebudget.place.geography import is_blank
from placebudget.place.population import ages_of, need_by_population, needs_given, people_by_band
from placebudget.place.settings import in_years
from placebudget.texts import listed, shown
from placebudget.words import count

# Figures of people that differ by less are the same, rounded in two ways.
_SAME = 0.005


def bands(examined: Examination) -> Iterator[Finding]:
    """Bands whose ages their key does not say."""
    said = set[str]()
    for number, band in examined.cells("cohorts", "band"):
        if ages_of(band) is None and band not in said:
            said.add(band)
            what = f"{shown(band)} does not say which ages it holds."
            mend = "Write 0_15, 65_84, 85_plus or all_ages."
            yield error("band-without-ages", "cohorts", number, "band", what, mend)


def overlapping_bands(examined: Examination) -> Iterator[Finding]:
    """Bands of one service that count the same people twice."""
    for service, rows in _shares(examined).items():
        for (_, one), (number, other) in combinations(rows, 2):
            ages, more = ages_of(one.band), ages_of(other.band)
            if ages and more and one.band != other.band and ages.overlap(more):
                what = f"{service} counts people of {one.band} and of {other.band} twice."
                mend = "Keep bands apart, as 65_84 and 85_plus are."
                yield error("bands-overlap", "prevalence", number, "band", what, mend)


def areas_in_areas(examined: Examination) -> Iterator[Finding]:
    """Cohorts of an area beside those of areas in it, such as a county and its districts."""
    tree, numbers = examined.geography, dict[tuple[str, str], int]()
    for number, row in examined.rows("cohorts"):
        numbers.setdefault((tree.key(row.area), row.band), number)
    areas = dict.fromkeys(area for area, _ in numbers)
    for area in areas:
        within = [each for each in areas if each != area and tree.is_within(each, area)]
        twice = [each for each in within if _shared_ages(numbers, area, each)]
        if twice:
            number = next(number for (at, _), number in numbers.items() if at == area)
            what = (
                f"{area} holds {listed(twice, most=5)}, whose people are given as well: "
                "they would count twice."
            )
            mend = f"Keep the rows of {area}, or those of the areas in it."
            yield error("people-count-twice", "cohorts", number, "area", what, mend)


def _shared_ages(numbers: dict[tuple[str, str], int], area: str, other: str) -> bool:
    own, others = (
        [ages for at, band in numbers if at == where and (ages := ages_of(band))]
        for where in (area, other)
    )
    return any(one.overlap(each) for one in own for each in others)


def oldest_hidden(examined: Examination) -> Iterator[Finding]:
    """Bands that hold the oldest together with younger people."""
    services: dict[str, list[str]] = {}
    numbers: dict[str, int] = {}
    for number, row in examined.rows("prevalence"):
        ages = ages_of(row.band)
        if ages is not None and ages.hide_oldest:
            services.setdefault(row.band, []).append(str(row.service))
            numbers.setdefault(row.band, number)
    for band, names in services.items():
        what = (
            f"{band} hides those of 85 and over, of whom far more need care and whose number "
            f"grows otherwise: need of {listed(names, most=5)} may grow faster than it says."
        )
        mend = "Give the people of 85_plus apart, where the projection has them."
        yield warning("band-hides-oldest", "prevalence", numbers[band], "band", what, mend)


def nobody_in_need(examined: Examination) -> Iterator[Finding]:
    """Cohorts of which no need is worked out."""
    if examined.rows("cohorts") and not examined.rows("prevalence"):
        what = "Residents are given by age, and no share of them in need of any service."
        mend = "Add rows to prevalence, or remove the cohorts."
        yield warning("cohorts-unused", "cohorts", None, "band", what, mend)


def bands_missing(examined: Examination) -> Iterator[Finding]:
    """Areas in which a service counts some of its bands, and others are not given."""
    people = people_by_band(examined.place)
    areas = dict.fromkeys(area for area, _ in people)
    known = {band for _, band in people}
    for service, rows in _shares(examined).items():
        for area in areas:
            absent = [
                row.band for _, row in rows if row.band in known and (area, row.band) not in people
            ]
            if absent and len(absent) < len(rows):
                what = f"{service} counts {listed(absent)}, and nothing says how many of {area}."
                mend = f"Add rows for {area} to cohorts: without them its need is not worked out."
                yield error("band-not-there", "prevalence", rows[0][0], "band", what, mend)


def years_not_filled(examined: Examination) -> Iterator[Finding]:
    """Years of a service for which neither need nor the population is known."""
    found = need_by_population(examined.place)
    given = needs_given(examined.place)
    tree, years = examined.geography, set(examined.place.years)
    filled: dict[tuple[str, str], set[str]] = {}
    for row in found.itertuples():
        filled.setdefault((row.service, row.area), set()).add(row.year)
    for service, rows in _shares(examined).items():
        missing = set[str]()
        for area in dict.fromkeys(at for at, _ in people_by_band(examined.place)):
            stated = {year for s, at, year in given if s == service and at in tree.path(area)}
            known = filled.get((service, area), set())
            missing |= years - known - stated if known else set()
        if missing or (rows and service not in {name for name, _ in filled} and years):
            when = in_years(missing or years)
            what = f"The cohorts do not reach every year: need of {service} is not filled {when}."
            mend = "Give people for a year before and one after, or the need itself."
            yield warning("population-not-known", "prevalence", rows[0][0], "service", what, mend)


def need_given_as_well(examined: Examination) -> Iterator[Finding]:
    """Needs that are given and follow from the population as well: what is given counts."""
    tree = examined.geography
    found: dict[tuple[str, str], list[tuple[str, float]]] = {}
    for row in need_by_population(examined.place).itertuples():
        found.setdefault((row.service, row.year), []).append((row.area, row.people))
    for (service, area, year), people in needs_given(examined.place).items():
        same = found.get((service, year), ())
        within = [worked for each, worked in same if tree.is_within(each, area)]
        worked = sum(within)
        if within and abs(worked - people) > _SAME * max(people, worked, 1.0):
            number = next(
                number
                for number, row in examined.rows("needs")
                if (row.service, tree.key(row.area)) == (service, area)
                and (row.year == year or is_blank(row.year))
            )
            what = (
                f"Need of {service} in {area} in {year} is given, {count(people)}; by population "
                f"it is {count(worked)}. The given one counts."
            )
            mend = "Correct the share in prevalence, or remove the need to have it worked out."
            yield warning("need-given-twice", "needs", number, "people", what, mend)


def need_where_nothing_is_offered(examined: Examination) -> Iterator[Finding]:
    """Need by population above the offers of its service, or where there are none."""
    tree = examined.geography
    areas = dict.fromkeys(area for area, _ in people_by_band(examined.place))
    for service, rows in _shares(examined).items():
        offered = [area for name, area in examined.offers if name == service]
        if not offered:
            continue
        above = [
            area
            for area in areas
            if area not in offered and any(tree.is_within(each, area) for each in offered)
        ]
        without = [
            area for area in areas if area not in above and not set(tree.path(area)) & set(offered)
        ]
        number = rows[0][0]
        if above:
            what = f"People of {listed(above, most=5)} are given above the offers of {service}."
            mend = "Give people for the areas of the offers, or below them."
            yield error("two-levels", "prevalence", number, "service", what, mend)
        if without:
            what = f"No offer of {service} serves {listed(without, most=5)}: need there is unmet."
            mend = "Add an offer there, or leave these people out."
            yield warning("unserved-need", "prevalence", number, "service", what, mend)


def _shares(examined: Examination) -> dict[str, list[tuple[int, Any]]]:
    """Rows of prevalence by service."""
    found: dict[str, list[tuple[int, Any]]] = {}
    for number, row in examined.rows("prevalence"):
        if row.service in examined.services and not is_blank(row.band):
            found.setdefault(row.service, []).append((number, row))
    return found


CHECKS: tuple[Check, ...] = (
    bands,
    overlapping_bands,
    areas_in_areas,
    oldest_hidden,
    nobody_in_need,
    bands_missing,
    years_not_filled,
    need_given_as_well,
    need_where_nothing_is_offered,
)
