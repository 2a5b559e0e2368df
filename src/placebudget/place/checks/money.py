"""Money: contributions, reserves, one-off money, savings; what may not be paid or is not there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from placebudget.place.checks.examination import Check, Examination
from placebudget.place.conditions import DIRECT
from placebudget.place.finding import Finding, error, warning
from placebudget.place.geography import is_blank
from placebudget.texts import listed
from placebudget.words import percent, whole_pounds

MOST_CASHABLE = 0.8


def low_reserves(examined: Examination) -> Iterator[Finding]:
    """Reserves below what the chief finance officer advises."""
    for number, row in examined.rows("reserves"):
        if not is_blank(row.opening) and row.opening < row.minimum:
            what = (
                f"{row.agency} opens with {whole_pounds(row.opening)} of {row.kind} reserves, "
                f"below its minimum of {whole_pounds(row.minimum)}."
            )
            mend = "Agree how the reserve is built up before money is moved."
            yield warning("reserves-below-minimum", "reserves", number, "opening", what, mend)


def one_off_money(examined: Examination) -> Iterator[Finding]:
    """Services that go on, paid today from money that does not."""
    for number, row in examined.rows("today"):
        stream, service = examined.streams.get(row.stream), examined.services.get(row.service)
        if stream is None or service is None or is_blank(row.amount) or row.amount <= 0:
            continue
        if not stream.recurrent and service.kind == "revenue":
            what = f"{row.service} goes on; {row.stream}, which pays for it today, is one-off."
            mend = "Find recurrent money for it, or say that it ends."
            yield warning("one-off-money", "today", number, "stream", what, mend)


def large_savings(examined: Examination) -> Iterator[Finding]:
    """Savings of which more is said to be cashable than places have seen."""
    for number, row in examined.rows("savings"):
        if not is_blank(row.cashable) and MOST_CASHABLE < row.cashable <= 1:
            what = f"{percent(row.cashable)} of the saving is said to be cashable."
            mend = f"Above {percent(MOST_CASHABLE)} is rare: show how the money leaves the budget."
            yield warning("mostly-cashable", "savings", number, "cashable", what, mend)


_PENNY = 0.005


def legal_powers(examined: Examination) -> Iterator[Finding]:
    """Pools without a power they stand on, contributions without a power to make them."""
    for number, row in examined.rows("pools"):
        if is_blank(row.legal_power) and not is_blank(row.pool):
            what = f"No power is named on which the pool {row.pool} stands."
            mend = "Name the Act and section under which its host may hold it."
            yield warning("no-legal-power", "pools", number, "legal_power", what, mend)
    for number, row in examined.rows("contributions"):
        if is_blank(row.legal_power):
            what = f"No power is named under which {row.stream} may pay into {row.pool}."
            mend = "Name the Act and section, or take the contribution out."
            yield warning("no-legal-power", "contributions", number, "legal_power", what, mend)


def minima_above_funding(examined: Examination) -> Iterator[Finding]:
    """Minima of a stream's contributions that add up to more than it can have.

    Besides the year's funding a stream may have what it carried from the year before.
    """
    years = examined.place.years
    by_stream: dict[str, list[tuple[int, Any]]] = {}
    for number, row in examined.rows("contributions"):
        by_stream.setdefault(row.stream, []).append((number, row))
    for name, stream in examined.streams.items():
        for t, year in enumerate(years):
            rows = _holding(by_stream.get(name, []), year)
            least = sum(max(row.minimum, 0.0) for _, row in rows)
            carried = examined.funding.get((name, years[t - 1]), 0.0) if t else 0.0
            most = examined.funding.get((name, year), 0.0) + stream.carry_forward * carried
            # Funding below nothing is told by itself.
            if most >= 0 and least > most + _PENNY:
                pools = listed(row.pool for _, row in rows if row.minimum > 0)
                what = (
                    f"{name} must pay at least {whole_pounds(least)} into {pools} in {year} "
                    f"and has {whole_pounds(most)}."
                )
                yield error(
                    "minima-above-funding", "contributions", rows[0][0], "minimum", what,
                    "Lower the minima, or raise the funding.",
                )  # fmt: skip


def _holding(rows: list[tuple[int, Any]], year: str) -> list[tuple[int, Any]]:
    """Of a stream's rows those that hold in a year: its own before one for each year."""
    holding: dict[str, tuple[int, Any]] = {}
    for number, row in rows:
        if row.year == year or (is_blank(row.year) and row.pool not in holding):
            holding[row.pool] = (number, row)
    return list(holding.values())


# --- today's money and routes ---------------------------------------------------


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


_MOST_REASONS = 6


def useless_streams(examined: Examination) -> Iterator[Finding]:
    """Streams whose conditions shut out every service."""
    for number, row in examined.rows("streams"):
        if is_blank(row.stream) or not examined.lines:
            continue
        reasons: dict[str, None] = {}
        for line in examined.lines:
            routes, closed = examined.conditions.routes(row.stream, line)
            if routes:
                break
            reasons |= dict.fromkeys(closed)
        else:
            what = f"No service can use {row.stream}: {_reasons(reasons)}."
            mend = "Loosen one of these conditions, or add a service it may pay for."
            yield warning("useless-stream", "streams", number, "stream", what, mend)


def unreachable_services(examined: Examination) -> Iterator[Finding]:
    """Services that no stream can pay for in some area, or that have no offer."""
    offered = {line.service for line in examined.lines}
    for number, row in examined.rows("services"):
        if is_blank(row.service):
            continue
        if row.service not in offered:
            what = f"{row.service} has no offer, so no money can buy it."
            yield warning("no-offer", "services", number, "service", what, "Add an offer.")
            continue
        for line in (line for line in examined.lines if line.service == row.service):
            reasons: dict[str, None] = {}
            for stream in examined.streams:
                routes, closed = examined.conditions.routes(stream, line)
                if routes:
                    break
                reasons |= dict.fromkeys(closed)
            else:
                where = "" if line.area == examined.geography.root else f" in {line.area}"
                what = f"No money can reach {row.service}{where}: {_reasons(reasons)}."
                mend = "Loosen one of these conditions, or add money that may pay for it."
                yield warning("unreachable-service", "services", number, "service", what, mend)


def _reasons(reasons: Iterable[str]) -> str:
    reasons = list(reasons)
    more = len(reasons) - _MOST_REASONS
    shown = "; ".join(reasons[:_MOST_REASONS]) or "there is none"
    return f"{shown}; and {more} more reasons" if more > 0 else shown


CHECKS: tuple[Check, ...] = (
    low_reserves,
    one_off_money,
    large_savings,
    legal_powers,
    minima_above_funding,
    useless_streams,
    unreachable_services,
    today_offers,
    today_routes,
    today_above_funding,
)
