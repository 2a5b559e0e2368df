"""Prices and returns: unit costs without an index, missing rates, steps out of order."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from placebudget.place.checks.examination import Check, Examination
from placebudget.place.finding import Finding, error, warning
from placebudget.place.geography import is_blank
from placebudget.place.schema import schema
from placebudget.place.settings import GENERAL
from placebudget.place.years import financial_year, start_of
from placebudget.texts import listed


def costs_without_index(examined: Examination) -> Iterator[Finding]:
    """Offers whose cost stays flat because no index is named."""
    for number, row in examined.rows("offers"):
        if is_blank(row.index):
            what = f"The unit cost of {row.offer} has no index and stays flat."
            mend = "Name an index of the table inflation: pay, contracts or general, say."
            yield warning("no-index", "offers", number, "index", what, mend)


def missing_rates(examined: Examination) -> Iterator[Finding]:
    """Indices in use without a rate between the price base and the last year."""
    years = examined.place.years
    if not years:
        return
    settings = examined.place.settings
    starts = [start_of(year) for year in (settings.price_base, *years)]
    # Today's money says how many units it buys where capacity or what is avoided starts from them.
    today = min(*starts, start_of(settings.today_year)) if _from_todays_units(examined) else None
    rates: dict[str, set[str]] = {}
    first: dict[str, int] = {}
    for number, row in examined.rows("inflation"):
        if not is_blank(row.rate):
            rates.setdefault(row.index, set()).add(row.year)
            first.setdefault(row.index, number)
    used = {row.index for _, row in examined.rows("offers") if row.index in rates}
    for index in sorted(used | ({GENERAL} & set(rates))):
        first_year = today if today is not None and index in used else min(starts)
        needed = [financial_year(start) for start in range(first_year + 1, max(starts) + 1)]
        missing = [year for year in needed if year not in rates[index]]
        if missing:
            what = f"The index {index} has no rate for {listed(missing)}."
            since = "the price base" if first_year == min(starts) else "the year of today's money"
            mend = f"Add rows from the year after {since} to the last year."
            yield error("missing-rate", "inflation", first[index], "index", what, mend)


def _from_todays_units(examined: Examination) -> bool:
    """Whether a plan starts from the units that today's money buys."""
    return bool(examined.rows("avoids")) or any(
        not (is_blank(row.release) and is_blank(row.build)) for _, row in examined.rows("offers")
    )


def prices_without_rate(examined: Examination) -> Iterator[Finding]:
    """Amounts in prices of a year from which no rates lead to the price base."""
    if not examined.place.years:
        return
    base = start_of(examined.place.settings.price_base)
    rates = {row.year for _, row in examined.rows("inflation") if row.index == GENERAL}
    for table in [name for name, table in schema().items() if "price_year" in table.names]:
        for number, row in examined.rows(table):
            if is_blank(row.price_year):
                continue
            year = start_of(row.price_year)
            between = range(min(base, year) + 1, max(base, year) + 1)
            missing = [name for name in map(financial_year, between) if name not in rates]
            if missing:
                what = (
                    f"Its prices are of {row.price_year}, and the index {GENERAL} has no rate for "
                    f"{listed(missing)}."
                )
                mend = (
                    f"Add the rates to inflation (one that is assumed is marked illustrative), or "
                    f"give the amount in prices of {financial_year(base)}."
                )
                yield error("price-year-without-rate", table, number, "price_year", what, mend)


def no_general_index(examined: Examination) -> Iterator[Finding]:
    """Prices rise, but nothing turns cash into real terms."""
    indices = {row.index for _, row in examined.rows("inflation") if not is_blank(row.index)}
    if indices and GENERAL not in indices:
        what = f"Prices rise by {listed(sorted(indices))}, but there is no index {GENERAL}."
        mend = f"Add the index {GENERAL} (the GDP deflator, say): it turns cash into real terms."
        yield warning("no-general-index", "inflation", None, "index", what, mend)


def steps(examined: Examination) -> Iterator[Finding]:
    """Steps are numbered 1, 2, 3 ...; each ends later and does less than the one before."""
    for service, rows in _by_service(examined).items():
        numbers = [row.step for _, row in rows]
        if numbers != list(range(1, len(rows) + 1)):
            what = f"The steps of {service} are numbered {listed(map(str, numbers))}."
            mend = f"Number them from 1 to {len(rows)}."
            yield error("step-numbers", "returns", rows[0][0], "step", what, mend)
        for (_, before), (number, row) in itertools.pairwise(rows):
            if row.up_to <= before.up_to:
                what = f"Step {row.step} of {service} ends at {row.up_to:g}, not after the last."
                mend = f"Write a share of need above {before.up_to:g}."
                yield error("steps-not-increasing", "returns", number, "up_to", what, mend)
            if row.effectiveness > before.effectiveness:
                what = (
                    f"Step {row.step} of {service} does more ({row.effectiveness:g}) than the "
                    f"step before ({before.effectiveness:g})."
                )
                mend = "Returns may not rise: a programme would buy the better step first."
                yield error("rising-steps", "returns", number, "effectiveness", what, mend)


def steps_without_width(examined: Examination) -> Iterator[Finding]:
    """Several steps without need or capacity, which say how wide a step is."""
    several = {name: rows for name, rows in _by_service(examined).items() if len(rows) > 1}
    for service, area in _unlimited(examined):
        if service in several:
            what = f"{service} has several steps, and neither need nor capacity in {area}."
            mend = "Give the need, or the capacity of each offer there: a step is a share of it."
            number = several[service][0][0]
            yield error("steps-without-width", "returns", number, "up_to", what, mend)


def endless_buying(examined: Examination) -> Iterator[Finding]:
    """Services that money can buy without end."""
    several = {name for name, rows in _by_service(examined).items() if len(rows) > 1}
    endless: dict[str, list[str]] = {}
    for service, area in _unlimited(examined):
        if service not in several:
            endless.setdefault(service, []).append(area)
    for number, row in examined.rows("services"):
        if row.service in endless:
            areas = listed(endless[row.service])
            what = f"{row.service} has neither need nor capacity in {areas}: no money is too much."
            mend = "Give the need, or the capacity of each offer there."
            yield warning("endless-buying", "services", number, "service", what, mend)


def _by_service(examined: Examination) -> dict[str, list[tuple[int, Any]]]:
    found: dict[str, list[tuple[int, Any]]] = {}
    for number, row in examined.rows("returns"):
        if row.service in examined.services and not any(map(is_blank, row[1:4])):
            found.setdefault(row.service, []).append((number, row))
    return {service: sorted(rows, key=lambda pair: pair[1].step) for service, rows in found.items()}


def _unlimited(examined: Examination) -> list[tuple[str, str]]:
    """Lines with a year without need and an offer without capacity."""
    tree, years = examined.geography, set(examined.place.years)
    needed: dict[tuple[str, str], set[str]] = {}
    for _, row in examined.rows("needs"):
        if not is_blank(row.people):
            held = years if is_blank(row.year) else {row.year}
            for area in tree.path(row.area):
                needed[row.service, area] = needed.get((row.service, area), set()) | held
    return [
        (service, area)
        for (service, area), offers in sorted(examined.offers.items())
        if years - needed.get((service, area), set())
        and any(is_blank(offer.capacity) for offer in offers)
    ]


CHECKS: tuple[Check, ...] = (
    costs_without_index,
    missing_rates,
    prices_without_rate,
    no_general_index,
    steps,
    steps_without_width,
    endless_buying,
)
