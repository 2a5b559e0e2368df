"""Areas: one tree, and each service at one level of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from placebudget.place.checks.examination import Check, Examination
from placebudget.place.findings import Finding, error, warning
from placebudget.place.geography import Geography, is_blank
from placebudget.texts import listed


def cycles(examined: Examination) -> Iterator[Finding]:
    """Areas that are part of themselves."""
    tree = examined.geography
    for number, row in examined.rows("areas"):
        if is_blank(row.area) or is_blank(row.parent):
            continue
        path = tree.path(row.area)
        if tree.parents.get(path[-1]) == row.area:
            what = f"{row.area} is part of itself: {' > '.join((*path, row.area))}."
            mend = "Give one of these areas a parent outside the circle, or none."
            yield error("area-cycle", "areas", number, "parent", what, mend)


def one_root(examined: Examination) -> Iterator[Finding]:
    """A place is one tree: one area without a parent."""
    roots = [(n, row.area) for n, row in examined.rows("areas") if is_blank(row.parent)]
    for number, area in roots[1:]:
        what = f"{area} has no parent, and neither has {roots[0][1]}: a place is one tree."
        mend = "Add an area for the whole place and make it the parent of both."
        yield error("several-roots", "areas", number, "parent", what, mend)


def two_levels_of_offers(examined: Examination) -> Iterator[Finding]:
    """Offers of a service in an area and in one it is part of."""
    levelled = {row.service for _, row in examined.rows("levels")}
    for number, row in examined.rows("offers"):
        if row.service in levelled:
            continue
        area = examined.geography.key(row.area)
        above = [
            other
            for other in examined.geography.ancestors(area)
            if (row.service, other) in examined.offers
        ]
        if above:
            what = f"{row.service} is offered in {area} and in {listed(above)}, which holds it."
            mend = "Offer a service at one level: in the wider area or in those below it."
            yield error("two-levels", "offers", number, "area", what, mend)


def levels_of_services(examined: Examination) -> Iterator[Finding]:
    """Levels without offers, offers at no level, and services whose need cannot be at several."""
    tree = examined.geography
    rows: dict[str, list[tuple[int, Any]]] = {}
    for number, row in examined.rows("levels"):
        if row.service in examined.services and not is_blank(row.tier):
            rows.setdefault(row.service, []).append((number, row))
    avoided = {row.service for _, row in examined.rows("avoids")}
    for service, mine in rows.items():
        areas: dict[str, list[str]] = {row.tier: [] for _, row in mine}
        for of, area in examined.offers:
            tier = tree.tiers.get(area, "")
            if of == service and tier in areas:
                areas[tier].append(area)
            elif of == service:
                what = f"{service} is offered in {area}, which is at none of its levels."
                mend = "Add a row for its tier, or offer it in areas of the tiers there are."
                yield error("offer-at-no-level", "levels", mine[0][0], "tier", what, mend)
        for number, row in mine:
            if not areas[row.tier]:
                what = f"{service} has no offer in an area of the tier {row.tier}."
                mend = "Add offers there, or remove the row."
                yield error("level-without-offer", "levels", number, "tier", what, mend)
        if examined.services[service].led_by == "need" or service in avoided:
            what = f"{service} is led by need, or its need is avoided: it stands at one level."
            mend = "Offer it at one level and remove its rows, or let its budget lead it."
            yield error("level-of-need", "levels", mine[0][0], "service", what, mend)
        for need in sorted({tree.key(r.area) for r in examined.needs if r.service == service}):
            wide = [t for t, at in areas.items() if any(_above(tree, need, each) for each in at)]
            if wide:
                what = f"Need for {service} in {need} stands above its level {listed(wide)}."
                mend = "Give need for the areas of its lowest level, or below them."
                yield error("need-above-level", "levels", mine[0][0], "tier", what, mend)


def _above(tree: Geography, need: str, offered: str) -> bool:
    return need != offered and tree.is_within(offered, need)


def levels_of_needs(examined: Examination) -> Iterator[Finding]:
    """Needs above or beside the offers of their service, or counted twice."""
    tree = examined.geography
    counted = {(row.service, tree.key(row.area)) for row in examined.needs}
    offered: dict[str, list[str]] = {}
    for service, area in examined.offers:
        offered.setdefault(service, []).append(area)
    for number, row in examined.rows("needs"):
        if row.service not in examined.services:
            continue
        area, areas = tree.key(row.area), offered.get(row.service, [])
        above = [other for other in tree.ancestors(area) if (row.service, other) in counted]
        if above:
            what = f"Need for {row.service} is given in {area} and in {listed(above)}."
            mend = "Give need at one level only, or people count twice."
            yield error("two-levels", "needs", number, "area", what, mend)
        elif any(tree.is_within(area, other) for other in areas):
            continue
        elif any(tree.is_within(other, area) for other in areas):
            what = f"Need for {row.service} in {area} stands above its offers."
            mend = "Give need for the areas of the offers, or below them."
            yield error("two-levels", "needs", number, "area", what, mend)
        else:
            what = f"No offer of {row.service} serves {area}; its need is not met by any money."
            yield warning("unserved-need", "needs", number, "area", what, "Add an offer there.")


def limits_below_offers(examined: Examination) -> Iterator[Finding]:
    """At-risk limits below the areas where outcomes are made."""
    tree = examined.geography
    makers: dict[str, set[str]] = {}
    for _, row in examined.rows("effects"):
        makers.setdefault(row.outcome, set()).add(row.service)
    for number, row in examined.rows("at_risk"):
        area = tree.key(row.area)
        wider = sorted(
            {
                line.area
                for line in examined.lines
                if line.service in makers.get(row.outcome, ())
                and line.area != area
                and tree.is_within(area, line.area)
            }
        )
        if wider:
            what = f"{row.outcome} is made in {listed(wider)}, above {area}; the limit misses it."
            mend = "Give the limit for the area of the offers, or offer the services below."
            yield warning("limit-below-offers", "at_risk", number, "area", what, mend)


CHECKS: tuple[Check, ...] = (
    cycles,
    one_root,
    two_levels_of_offers,
    levels_of_services,
    levels_of_needs,
    limits_below_offers,
)
