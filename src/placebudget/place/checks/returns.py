"""Returns: steps in order and falling, and something that ends them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from placebudget.place.checks.examination import Check, Examination, error, warning
from placebudget.place.findings import Finding
from placebudget.place.geography import is_blank
from placebudget.texts import listed


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


CHECKS: tuple[Check, ...] = (steps, steps_without_width, endless_buying)
