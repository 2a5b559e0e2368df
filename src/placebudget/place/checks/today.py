"""Today's money: more than there is, by a closed route, for an offer that is not there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from placebudget.place.checks.examination import Check, Examination, error, warning
from placebudget.place.conditions import DIRECT
from placebudget.place.findings import Finding
from placebudget.place.geography import is_blank
from placebudget.texts import listed
from placebudget.words import whole_pounds

_PENNY = 0.005


def today_offers(examined: Examination) -> Iterator[Finding]:
    """Money for a service where it has no offer, or without saying which."""
    known = {
        row.offer: (row.service, examined.geography.key(row.area))
        for _, row in examined.rows("offers")
    }
    for number, row in examined.rows("today"):
        if row.service not in examined.services:
            continue
        area = examined.geography.key(row.area)
        offers = [offer.offer for offer in examined.offers.get((row.service, area), [])]
        if not is_blank(row.offer):
            if row.offer in known and known[row.offer] != (row.service, area):
                service, other = known[row.offer]
                what = f"{row.offer} offers {service} in {other}, not {row.service} in {area}."
                mend = f"Offers there: {listed(offers) or 'none'}."
                yield error("wrong-offer", "today", number, "offer", what, mend)
        elif not offers:
            what = f"{row.service} has no offer in {area}."
            mend = "Add an offer there, or give the area of the service's offers."
            yield error("no-offer-there", "today", number, "area", what, mend)
        elif len(offers) > 1:
            what = f"{row.service} has several offers in {area}: {listed(offers)}."
            yield error("which-offer", "today", number, "offer", what, "Name the one it buys.")


def today_routes(examined: Examination) -> Iterator[Finding]:
    """Money that goes today where its conditions do not let it."""
    for number, row in examined.rows("today"):
        line = examined.line_at.get((row.service, examined.geography.key(row.area)))
        if line is None or row.stream not in examined.streams or not _is_spent(row):
            continue
        route = DIRECT if is_blank(row.pool) else row.pool
        routes, closed = examined.conditions.routes(row.stream, line)
        if route not in routes:
            own = [why for why in closed if why.startswith(f"{route}: ")] or list(closed)
            what = f"{row.stream} pays for {row.service} today, which it may not: {'; '.join(own)}."
            mend = "Change the route, the conditions, or the money."
            yield warning("closed-route", "today", number, "stream", what, mend)


def today_above_funding(examined: Examination) -> Iterator[Finding]:
    """Streams that spend more today than they have, pool management taken in."""
    cost = {name: row.management_cost for name, row in examined.keyed("pools").items()}
    spent: dict[str, float] = {}
    first: dict[str, int] = {}
    for number, row in examined.rows("today"):
        if _is_spent(row):
            kept = 1 - cost.get(row.pool, 0.0)
            gross = row.amount / kept if kept > 0 else float("inf")
            spent[row.stream] = spent.get(row.stream, 0.0) + gross
            first.setdefault(row.stream, number)
    for stream, amount in spent.items():
        year, funding = _funding_of_today(examined, stream)
        if stream in examined.streams and amount > funding + _PENNY:
            what = (
                f"{stream} spends {whole_pounds(amount)} today, with the management cost of pools, "
                f"and has {whole_pounds(funding)} in {year}."
            )
            mend = "Lower today's money, or give the stream a row of funding for that year."
            yield error("today-above-funding", "today", first[stream], "amount", what, mend)


def _funding_of_today(examined: Examination, stream: str) -> tuple[str, float]:
    """What today's money is paid from: funding of today's year, or else of the first."""
    now = examined.place.settings.today_year
    if (stream, now) in examined.funding or not examined.place.years:
        return now, examined.funding.get((stream, now), 0.0)
    first = examined.place.years[0]
    return first, examined.funding.get((stream, first), 0.0)


def _is_spent(row: Any) -> bool:
    return not is_blank(row.amount) and row.amount > 0


CHECKS: tuple[Check, ...] = (today_offers, today_routes, today_above_funding)
