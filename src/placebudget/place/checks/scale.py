"""Money at the wrong scale: £, £ thousand and £ million mixed, suspected and named.

Files hold pounds. Nothing but a comparison tells that a figure does not: with the same
stream in other years, with today's money, with what units cost and people need, with
the number of residents. What differs by about a thousand or a million is a warning
that names the rows and the factor; nothing is changed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any

from placebudget.place.checks.examination import Check, Examination
from placebudget.place.conditions import money_today
from placebudget.place.findings import Finding, warning
from placebudget.place.geography import is_blank
from placebudget.place.rule_kinds import rule_kind
from placebudget.texts import listed, shown
from placebudget.words import count, pence, sentence, whole_pounds

THOUSAND, MILLION = 1_000, 1_000_000
_NAMES = {THOUSAND: "£ thousand", MILLION: "£ million"}
# About a thousand, about a million: by how much figures may differ besides.
_SLACK = 3.4
# No stream of a place that has millions is smaller, and no floor, contribution or reserve.
_SMALL_STREAM, _SMALL_AMOUNT = 10_000, 1_000
# Public money a head and year: the least and the most that a whole place could have.
_LEAST_A_HEAD, _MOST_A_HEAD = 10, 300_000
# Share of the cost of all need that a place's money covers, at the least and at the most.
_LEAST_COVER, _MOST_COVER = 1 / 200, 300
# A programme that is small on purpose covers at least so much of the need it names.
_COVER_OF_A_PROGRAMME = 1 / 20

Rows = list[tuple[int, float]]


def years_of_a_stream(examined: Examination) -> Iterator[Finding]:
    """Funding of one stream that jumps by a thousand or a million between years."""
    yield from _apart(examined, "funding", "stream", "amount", "funding of {}", "is")


def offers_of_a_service(examined: Examination) -> Iterator[Finding]:
    """Unit costs of one service that differ by a thousand or a million between offers."""
    yield from _apart(examined, "offers", "service", "unit_cost", "unit costs of {}", "are")


def small_streams(examined: Examination) -> Iterator[Finding]:
    """Streams of a few pounds beside streams of millions."""
    streams = _grouped(examined, "funding", "stream", "amount")
    usual = median(_largest(rows) for rows in streams.values()) if streams else 0.0
    for stream, rows in streams.items():
        own = _largest(rows)
        if own < _SMALL_STREAM and usual / own > MILLION**0.5 / _SLACK:
            factor = MILLION if own < _SMALL_AMOUNT else THOUSAND
            what = (
                f"{shown(stream, quoted=False)} brings {whole_pounds(own)} a year; streams usually "
                f"bring {whole_pounds(usual)} here."
            )
            yield _suspected("funding", [row for row, _ in rows], "amount", what, factor)


def small_amounts(examined: Examination) -> Iterator[Finding]:
    """Floors, contributions and reserves of a few pounds where there are millions.

    A floor of what its service costs today is at the scale of today's money, whatever that is.
    """
    total = _first_year(examined)
    if total < MILLION:
        return
    known = {f"service={key}": paid for key, paid in money_today(examined.place).items()}
    for table, column in _AMOUNTS:
        rows = [
            (number, float(getattr(row, column)))
            for number, row in examined.rows(table)
            if not is_blank(getattr(row, column))
            and 0 < getattr(row, column) < _SMALL_AMOUNT
            and (table != "rules" or rule_kind(row.kind).of_money)
            and (table != "rules" or row.amount != known.get(row.subject))
        ]
        if rows:
            amounts = listed((whole_pounds(amount) for _, amount in rows), most=3)
            said = f"An amount of {amounts}" if len(rows) == 1 else f"Amounts of {amounts}"
            what = f"{said}, where the place has {whole_pounds(total)} a year."
            factor = MILLION if _largest(rows) * MILLION <= total else THOUSAND
            yield _suspected(table, [row for row, _ in rows], column, what, factor)


def funding_and_today(examined: Examination) -> Iterator[Finding]:
    """Streams whose money today is about a thousandth, or a thousandfold, of their funding."""
    funding = _grouped(examined, "funding", "stream", "amount")
    today = _grouped(examined, "today", "stream", "amount")
    found: dict[tuple[str, int], list[tuple[str, list[int]]]] = {}
    for stream in funding.keys() & today.keys():
        brings = _largest(funding[stream])
        spends = sum(amount for _, amount in today[stream])
        table = "funding" if spends > brings else "today"
        factor = _factor(max(spends, brings) / min(spends, brings))
        if factor:
            rows = [row for row, _ in (funding if table == "funding" else today)[stream]]
            found.setdefault((table, factor), []).append((stream, rows))
    for (table, factor), streams in sorted(found.items()):
        names = listed(sorted(shown(name, quoted=False) for name, _ in streams), most=5)
        relation = "less" if table == "today" else "more"
        what = f"Today's money of {names} is about {factor:,} times {relation} than its funding."
        rows = sorted(row for _, each in streams for row in each)
        yield _suspected(table, rows, "amount", what, factor)


def today_and_need(examined: Examination) -> Iterator[Finding]:
    """Today's money that would meet the need a thousandfold, or buy nobody anything."""
    need = _need(examined)
    too_much: dict[int, list[int]] = {}
    too_little = []
    for number, row in examined.rows("today"):
        key = (row.service, examined.geography.key(row.area))
        costs = [offer.unit_cost for offer in examined.offers.get(key, ()) if offer.unit_cost > 0]
        if is_blank(row.amount) or row.amount <= 0 or not costs:
            continue
        wanted = need.get(key, 0.0)
        factor = _factor(row.amount / min(costs) / wanted) if wanted >= 1 else None
        if factor:
            too_much.setdefault(factor, []).append(number)
        elif row.amount < max(costs) / 20 and wanted * min(costs) > row.amount * THOUSAND:
            too_little.append(number)
    for factor, rows in too_much.items():
        what = f"The money would buy about {factor:,} times what people need at the unit cost."
        yield _suspected("today", rows, "amount", what, factor, "the unit cost is")
    if too_little:
        what = "The money does not buy a twentieth of one unit."
        yield _suspected("today", too_little, "amount", what, THOUSAND)


def unit_costs_and_budgets(examined: Examination) -> Iterator[Finding]:
    """All the money of the place against the cost of all need."""
    total, cost = _first_year(examined), _cost_of_need(examined)
    if not (0 < total < math.inf and 0 < cost < math.inf):
        return
    cover = total / cost
    what = (
        f"The place has {whole_pounds(total)} in its first year; meeting all need would cost "
        f"{whole_pounds(cost)}."
    )
    if cover < _LEAST_COVER:
        factor = _nearest(1 / cover)
        yield _suspected("funding", _rows_of(examined, "funding"), "amount", what, factor)
    elif cover > _MOST_COVER:
        rows = _rows_of(examined, "offers")
        yield _suspected("offers", rows, "unit_cost", what, _nearest(cover))


def funding_a_head(examined: Examination) -> Iterator[Finding]:
    """All the money of the place against its residents."""
    people = examined.geography.populations.get(examined.geography.root, 0.0)
    total = _first_year(examined)
    if people <= 0 or total <= 0:
        return
    cost = _cost_of_need(examined)
    is_programme = cost > 0 and total / cost > _COVER_OF_A_PROGRAMME
    each = total / people
    what = f"Funding is {pence(each)} for each of {count(people)} residents in the first year."
    if each < _LEAST_A_HEAD and not is_programme:
        factor = THOUSAND if each * THOUSAND >= _LEAST_A_HEAD * 10 else MILLION
        yield _suspected("funding", _rows_of(examined, "funding"), "amount", what, factor)
    elif each > _MOST_A_HEAD:
        mend = "Count single residents and single pounds: is the population in thousands?"
        yield warning("wrong-scale", "areas", None, "population", what, mend)


_AMOUNTS = (
    ("rules", "amount"),
    ("contributions", "minimum"),
    ("contributions", "maximum"),
    ("reserves", "opening"),
)


def _apart(
    examined: Examination, table: str, key: str, column: str, named: str, verb: str
) -> Iterator[Finding]:
    for name, rows in _grouped(examined, table, key, column).items():
        usual = median(amount for _, amount in rows)
        top = _largest(rows)
        small = {row: amount for row, amount in rows if _factor(top / amount)}
        if not small:
            continue
        factor = _factor(top / min(small.values())) or THOUSAND
        large = [row for row, _ in rows if row not in small]
        subject = named.format(shown(name, quoted=False))
        what = (
            f"{sentence(subject)} in {_rows(list(small))} {verb} about {factor:,} "
            f"times less than in {_rows(large)}: {whole_pounds(min(small.values()))} "
            f"and {whole_pounds(top)}."
        )
        # Named are the few that differ from the many.
        odd = list(small) if top / usual < _SLACK * 10 else large
        yield _suspected(table, odd or list(small), column, what, factor)


def _suspected(
    table: str, rows: list[int], column: str, what: str, factor: int, unless: str = ""
) -> Finding:
    verb = "is" if len(rows) == 1 else "are"
    mend = f"Write pounds everywhere: {verb} {_rows(rows)} in {_NAMES[factor]}? "
    mend += f"Then multiply by {factor:,}"
    mend += f", unless {unless} at the wrong scale." if unless else "."
    return warning("wrong-scale", table, rows[0] if len(rows) == 1 else None, column, what, mend)


def _factor(ratio: float) -> int | None:
    """A thousand or a million, where a ratio is about that."""
    for factor in (THOUSAND, MILLION):
        if factor / _SLACK <= ratio <= factor * _SLACK:
            return factor
    return None


def _nearest(ratio: float) -> int:
    return min((THOUSAND, MILLION), key=lambda factor: abs(math.log(ratio / factor)))


def _grouped(examined: Examination, table: str, key: str, column: str) -> dict[str, Rows]:
    """Amounts above nothing by key, each with its row."""
    groups: dict[str, Rows] = {}
    for number, row in examined.rows(table):
        name, amount = getattr(row, key), getattr(row, column)
        if not is_blank(name) and not is_blank(amount) and 0 < amount < math.inf:
            groups.setdefault(name, []).append((number, float(amount)))
    return groups


def _first_year(examined: Examination) -> float:
    years = examined.place.years
    amounts = examined.funding.items()
    return sum(amount for (_, year), amount in amounts if years and year == years[0])


def _need(examined: Examination) -> Mapping[tuple[str, str], float]:
    """Units needed in the first year by service and area of its offers, roughly."""
    need: dict[tuple[str, str], float] = {}
    years = examined.place.years
    offered: dict[str, list[str]] = {}
    for name, area in examined.offers:
        offered.setdefault(name, []).append(area)
    for row in examined.needs:
        service: Any = examined.services.get(row.service)
        if service is None or is_blank(row.people):
            continue
        if not is_blank(row.year) and (not years or row.year != years[0]):
            continue
        path = set(examined.geography.path(row.area))
        for area in offered.get(row.service, ()):
            if area in path:
                key = (row.service, area)
                need[key] = need.get(key, 0.0) + row.people * service.units_per_person
    return need


def _cost_of_need(examined: Examination) -> float:
    cost = 0.0
    for key, units in _need(examined).items():
        costs = [offer.unit_cost for offer in examined.offers.get(key, ()) if offer.unit_cost > 0]
        cost += units * min(costs, default=0.0)
    return cost


def _rows_of(examined: Examination, table: str) -> list[int]:
    return [number for number, _ in examined.rows(table)]


def _largest(rows: Rows) -> float:
    return max(amount for _, amount in rows)


def _rows(numbers: Sequence[int]) -> str:
    return f"row{'' if len(numbers) == 1 else 's'} {listed(map(str, numbers), most=6)}"


CHECKS: tuple[Check, ...] = (
    years_of_a_stream,
    offers_of_a_service,
    small_streams,
    small_amounts,
    funding_and_today,
    today_and_need,
    unit_costs_and_budgets,
    funding_a_head,
)
