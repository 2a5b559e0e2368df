"""Areas: one tree, each service at one level of it, and who takes over in which."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from placebudget.place.checks.examination import Check, Examination
from placebudget.place.findings import Finding, error, warning
from placebudget.place.geography import Geography, is_blank
from placebudget.place.succession import Successions, pools_within
from placebudget.texts import listed, shown
from placebudget.words import percent


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


def _ending(examined: Examination) -> dict[str, list[tuple[int, Any]]]:
    """Rows of successions that say who, by whom, when and how much, by agency."""
    found: dict[str, list[tuple[int, Any]]] = {}
    for number, row in examined.rows("successions"):
        if not any(map(is_blank, (row.agency, row.successor, row.year, row.share))):
            found.setdefault(row.agency, []).append((number, row))
    return found


def shares_of_successors(examined: Examination) -> Iterator[Finding]:
    """Successors who take over more or less than there is, or not in the same year."""
    for agency, rows in _ending(examined).items():
        whole = sum(row.share for _, row in rows)
        if abs(whole - 1.0) > _HAIR:
            what = f"The successors of {shown(agency)} take over {percent(whole)} of what it has."
            mend = "Change their shares so that they add up to 1."
            yield error("shares-not-whole", "successions", rows[0][0], "share", what, mend)
        for number, row in rows[1:]:
            if row.year != rows[0][1].year:
                what = f"{shown(agency)} ends in {rows[0][1].year} and in {row.year}."
                mend = "Write the same year for all its successors."
                yield error("ends-twice", "successions", number, "year", what, mend)


def successions_in_a_circle(examined: Examination) -> Iterator[Finding]:
    """Agencies that take over from themselves, at once or by others."""
    ending = _ending(examined)
    sound = Successions.of(examined.place).ended
    for agency, rows in ending.items():
        if agency not in sound:
            whom = listed(sorted({str(row.successor) for _, row in rows}))
            what = f"{shown(agency)} ends and goes over to {whom}, and comes back to itself."
            mend = "Name a successor that lasts; an agency that goes on has no row."
            yield error("succession-in-circle", "successions", rows[0][0], "successor", what, mend)


def without_successor(examined: Examination) -> Iterator[Finding]:
    """Services of an agency that ends in areas in which nobody takes over."""
    ends = Successions.of(examined.place)
    agencies = set(examined.keyed("agencies"))
    for agency, rows in _ending(examined).items():
        if agency not in ends.ended or any(row.successor not in agencies for _, row in rows):
            continue
        year = ends.ended[agency].year
        lost: dict[str, None] = {
            f"{line.service} in {line.area}": None
            for line in examined.lines
            if line.commissioner == agency and not ends.in_area(agency, line.area, year)
        }
        if lost:
            what = f"Nobody who takes over from {shown(agency)} has {listed(lost, most=4)}."
            mend = "Give a successor an area that holds it, or add the one that takes over there."
            yield error("nobody-takes-over", "successions", rows[0][0], "successor", what, mend)
        for number, row in rows:
            if row.year == year and (paid := _nothing_there(examined, ends, agency, row)):
                what = (
                    f"{shown(row.successor)} takes over {percent(row.share)} of {listed(paid)}, "
                    "and nothing that these pay for today lies in its area."
                )
                mend = "Change its area or its share, or put in what is spent there today."
                yield warning("share-of-nothing", "successions", number, "share", what, mend)


def _nothing_there(examined: Examination, ends: Successions, agency: str, row: Any) -> list[str]:
    """Streams of an agency that pay for something today, and for nothing where one takes over."""
    areas: dict[str, set[str]] = {}
    for _, paid in examined.rows("today"):
        stream = examined.streams.get(paid.stream)
        if stream is not None and stream.agency == agency:
            areas.setdefault(paid.stream, set()).add(examined.geography.key(paid.area))
    return [
        stream
        for stream, where in areas.items()
        if not any(set(ends.in_area(agency, area, row.year)) & _after(ends, row) for area in where)
    ]


def _after(ends: Successions, row: Any) -> set[str]:
    return set(ends.holders(row.successor, row.year))


def pools_of_one(examined: Examination) -> Iterator[Finding]:
    """Pools that are one body's own once it has taken over from all who pay and are paid."""
    within: dict[str, tuple[str, str]] = {}
    for (pool, year), whose in sorted(pools_within(examined.place).items()):
        within.setdefault(pool, (year, whose))
    for number, row in examined.rows("pools"):
        if row.pool in within:
            year, whose = within[row.pool]
            what = (
                f"From {year} all that {shown(row.pool)} takes in and pays for is {whose}'s: it "
                "is a part of one budget then, takes in nothing more and costs nothing to manage."
            )
            mend = "Leave it so, or let others pay in or be paid from it."
            yield warning("pool-of-one", "pools", number, "pool", what, mend)


_HAIR = 1e-6
"""Shares that add up to one but for less are whole: thirds written out."""

CHECKS: tuple[Check, ...] = (
    shares_of_successors,
    successions_in_a_circle,
    without_successor,
    pools_of_one,
    cycles,
    one_root,
    two_levels_of_offers,
    levels_of_services,
    levels_of_needs,
    limits_below_offers,
)
