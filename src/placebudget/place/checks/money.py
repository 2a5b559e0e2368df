"""Money and what it buys: contributions, reserves, one-off money; unit costs, savings, rates."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any

from placebudget.place.checks.examination import Check, Examination
from placebudget.place.conditions import DIRECT, least_paid
from placebudget.place.findings import Finding, error, warning
from placebudget.place.geography import is_blank
from placebudget.place.schema import schema
from placebudget.place.settings import GENERAL, financial_year, start_of
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
    """Services that go on, paid today from money that does not: one finding a stream."""
    paid: dict[str, tuple[int, set[str], float]] = {}
    for number, row in examined.rows("today"):
        stream, service = examined.streams.get(row.stream), examined.services.get(row.service)
        if stream is None or service is None or is_blank(row.amount) or row.amount <= 0:
            continue
        if not stream.recurrent and service.kind == "revenue":
            first, services, amount = paid.get(row.stream, (number, set(), 0.0))
            paid[row.stream] = first, services | {row.service}, amount + row.amount
    for name, (first, services, amount) in paid.items():
        what = f"{listed(sorted(services), most=3)} go on" if len(services) > 1 else ""
        what = what or f"{next(iter(services))} goes on"
        what += f"; {name}, which pays {whole_pounds(amount)} of it today, is one-off."
        mend = "Find recurrent money for it, or say that it ends."
        yield warning("one-off-money", "today", first, "stream", what, mend)


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
            brought = examined.funding.get((name, year), 0.0)
            minima = [(max(least_paid(row, brought), 0.0), row.pool) for _, row in rows]
            least = sum(amount for amount, _ in minima)
            carried = examined.funding.get((name, years[t - 1]), 0.0) if t else 0.0
            most = brought + stream.carry_forward * carried
            # Funding below nothing is told by itself.
            if most >= 0 and least > most + _PENNY:
                pools = listed(pool for amount, pool in minima if amount > 0)
                what = (
                    f"{name} must pay at least {whole_pounds(least)} into {pools} in {year} "
                    f"and has {whole_pounds(most)}."
                )
                yield error(
                    "minima-above-funding", "contributions", rows[0][0], "minimum", what,
                    "Lower the minima, or raise the funding.",
                )  # fmt: skip


def share_above_maximum(examined: Examination) -> Iterator[Finding]:
    """Contributions that must be a share of what a stream brings, and may not be as much."""
    years = examined.place.years
    for number, row in examined.rows("contributions"):
        if not is_blank(row.minimum) or is_blank(row.maximum):
            continue
        held = years if is_blank(row.year) else (row.year,)
        least = max(least_paid(row, examined.funding.get((row.stream, year), 0.0)) for year in held)
        if least > row.maximum + _PENNY:
            yield error(
                "minimum-above-maximum", "contributions", number, "minimum_share",
                f"The minimum, {percent(row.minimum_share)} of what {row.stream} brings, comes to "
                f"{whole_pounds(least)}, above the maximum {whole_pounds(row.maximum)}.",
                "Lower the share or raise the maximum.",
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
        routes, closed = examined.conditions_today.routes(row.stream, line)
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


# Prices and returns: unit costs without an index, missing rates, steps out of order.


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
    for row in examined.needs:
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


def loans(examined: Examination) -> Iterator[Finding]:
    """Loans for revenue, borne by capital or by a grant for something, or of two agencies."""
    fenced = {row.stream for _, row in examined.rows("ring_fences")}
    for number, row in examined.rows("loans"):
        into, by = examined.streams.get(row.stream), examined.streams.get(row.borne_by)
        if into is not None and into.kind != "capital":
            what = f"What is borrowed would come into {row.stream}, which is revenue money."
            mend = (
                "Give the loan a stream of kind capital; where a direction lets capital pay for "
                "revenue, that is a rule of kind capitalisation."
            )
            yield error("loan-into-revenue", "loans", number, "stream", what, mend)
        if by is not None and by.kind == "capital":
            what = f"Interest and provision would be borne by {row.borne_by}, which is capital."
            mend = "Name a stream of revenue money that bears them."
            yield error("loan-borne-by-capital", "loans", number, "borne_by", what, mend)
        if into is not None and by is not None and into.agency != by.agency:
            what = f"{into.agency} would have the money and {by.agency} bear it."
            mend = "Let one agency do both; another shares the cost by a contribution to a pool."
            yield error("loan-of-two", "loans", number, "borne_by", what, mend)
        if row.borne_by in fenced:
            what = f"{row.borne_by} is ring-fenced, and a loan is none of its purposes."
            mend = "Name money of no purpose, or see that the grant may bear it."
            yield warning("loan-borne-by-grant", "loans", number, "borne_by", what, mend)


def gateways(examined: Examination) -> Iterator[Finding]:
    """Gateways that release a share of a capacity that is not given."""
    capacity = {row.offer: row.capacity for _, row in examined.rows("offers")}
    for number, row in examined.rows("gateways"):
        part = not row.passed and 0 < row.released < 1
        if part and row.offer in capacity and is_blank(capacity[row.offer]):
            what = f"{row.offer} has no capacity of which a share could be released."
            mend = "Give the offer a capacity, or release nothing."
            yield error("released-without-capacity", "gateways", number, "released", what, mend)


CHECKS: tuple[Check, ...] = (
    low_reserves,
    loans,
    gateways,
    one_off_money,
    large_savings,
    legal_powers,
    minima_above_funding,
    share_above_maximum,
    useless_streams,
    unreachable_services,
    today_offers,
    today_routes,
    today_above_funding,
    costs_without_index,
    missing_rates,
    prices_without_rate,
    no_general_index,
    steps,
    steps_without_width,
    endless_buying,
)
