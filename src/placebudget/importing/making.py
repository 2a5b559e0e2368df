"""Tables of a place in the making: money of each body line by line, services from the library."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from placebudget.importing import usual
from placebudget.importing.outturn import (
    COUNCIL_TAX,
    HOUSING_BENEFIT,
    NATIONAL,
    RESERVE,
    REST,
    SERVICE,
    Item,
    OutturnLine,
)
from placebudget.importing.pools import IMPROVED
from placebudget.importing.usual import ASSUMED
from placebudget.place import schema
from placebudget.place.findings import Finding
from placebudget.place.settings import start_of
from placebudget.words import money, percent

Row: TypeAlias = dict[str, Any]

ROOM_OF_MONEY = 1.25
"""Most that can go to a service of which nothing is known, of today's."""

CASH = "cash"
"""The index of what does not rise with prices: debt, levies, benefit, what reserves get."""

OUTSIDE, BENEFIT, RESERVES = "outside_services", "housing_benefit", "paid_into_reserves"
TRANSFERS = "benefit_and_transfers"
PUT_BY = {
    "to_school_reserves": "paid_into_school_reserves",
    "to_public_health_reserves": "paid_into_public_health_reserves",
}
"""Purposes of money that goes into no service; that of reserves of one purpose alone, by line."""

TRANSFERRED = f"{REST}net_current"
"""The line that holds benefit and transfers where a file has only their sum."""

NOT_ITEMISED = "grants_for_benefit"
"""Grants that a file does not itemise, as far as benefit and other transfers cost."""

_HEALTH = ("public_health", "other_public_health")
FENCED = {
    "schools_grant": ("schools", PUT_BY["to_school_reserves"]),
    "public_health_grant": (*_HEALTH, PUT_BY["to_public_health_reserves"]),
    "housing_benefit_subsidy": (BENEFIT,),
    NOT_ITEMISED: (BENEFIT, TRANSFERS),
    IMPROVED: ("adult_social_care", "other_adult_social_care"),
    "from_school_reserves": ("schools",),
    "from_public_health_reserves": _HEALTH,
}
"""What a ring-fenced stream may be spent on."""

PAYS = ("council_tax", "police_grant", "nhs_money", "police_money")
"""Streams that pay into pools: of a body the last that it has."""

SETTLED_GRANTS = {
    "improved_better_care_fund": "Improved Better Care Fund",
    "new_homes_bonus": "New Homes Bonus",
    "rural_services_delivery_grant": "Rural Services Delivery Grant",
    "transition_grant": "Transition grant",
    "adult_social_care_support_grant": "Adult Social Care Support Grant",
    "winter_pressures_grant": "Winter pressures grant",
    "social_care_support_grant": "Social Care Support Grant",
    "social_care_grant": "Social Care Grant",
    "market_sustainability": "Market sustainability and improvement fund",
    "discharge_fund": "Discharge fund",
    "lower_tier_services_grant": "Lower Tier Services Grant",
    "services_grant": "Services Grant",
    "funding_guarantee": "Funding guarantee",
    "recovery_grant": "Recovery Grant",
    "childrens_social_care_prevention_grant": "Children’s Social Care Prevention Grant",
}
"""Grants that a settlement names, in the outturn within grants inside external finance."""

GRANTED = {
    "public_health_grant": (
        "grants_inside_aef",
        "public health grant",
        ("public_health", "to_public_health_reserves"),
    ),
    "schools_grant": (
        "grants_inside_aef",
        "schools and education grants",
        ("education", "to_school_reserves"),
    ),
    "housing_benefit_subsidy": ("grants_outside_aef", "housing benefit subsidy", HOUSING_BENEFIT),
}
"""Ring-fenced streams that a line of grants is taken to hold, in this order: the line, the names,
and what each pays as far as it goes: lines of a service, and of reserves of the same purpose.

Public health is first: its grant pays for all of it, while schools get other money too. Grants that
a settlement names come before both: how much they are is known.
"""

ASSESSED_GRANT = "revenue_support_grant"
"""The grant that is what the settlement's assessment leaves beside retained rates."""

FLAT = (NOT_ITEMISED, "housing_benefit_subsidy")
"""Streams that pay for what stays as it is in cash, whatever other money grows by."""

RECONCILED = (
    "agency",
    "line",
    "name",
    "published_thousand",
    "table",
    "key",
    "in_place_thousand",
    "why",
)
"""Columns of the reconciliation."""

SETTLED = "settlement"
WHOLE = "The whole line"
LEFT = "What is left of the line"
PART = "{} of the line: an assumption, the share of the example Lancashire"
MONEY_ALONE = "Money alone: nothing is known of what it brings"
LED = "The law has all in need served; today’s money is taken to meet today’s need"
UNIT = "Unit as in the library; its share of the line is an assumption"
GIVEN = "As the settlement of the year has it"
IN_STEP = "Changed from {} on as the settlement has it: worked out"
ASSESSED = "The settlement’s assessment of the year, less retained rates as in {}: worked out"
NONE_LEFT = (
    "The settlement’s assessment of the year is {} less than retained rates as in {}: no grant is "
    "left, and what would have to be given up beyond it is taken off nothing here"
)
IN_PRICES = "As much in prices of each year as in {}: an assumption"
FIRST = (
    "As the first year of the settlement has it, {}, taken to be within the grants of the outturn "
    "already: an assumption"
)
BENEFITS = (
    "Grants that the file does not itemise, mostly housing benefit subsidy: taken to pay the "
    "benefit and transfers of which it has the sum alone, an assumption"
)
ONCE = "Money drawn from reserves: nobody knows for what, so a part of every service"
SMALL = "Small amounts of other income stand here too"
ELSEWHERE = "Of the same body, outside the place"
KEPT = (
    "Paid into reserves in that year: taken to be put by in each year ahead too, an assumption, as "
    "no service had it"
)
CRUMB = 5_000
"""Pounds below which the stream that pays most pays a part too: a part should buy something."""
LEAST, TRIFLE = 100_000, 10_000
"""Pounds a year that make a stream of its own; and that are a trifle, whatever they are for."""
FENCE = (
    "As much of the grants as the services of its purpose cost, public health first, then "
    "schools: an assumption"
)
PAID_BY_GRANT = "As much of the line as the schools grant is taken to pay: an assumption"


@dataclass
class Body:
    """An agency in the making.

    Parameters
    ----------
    key, name, sector, area, partner : str
        As in the table of agencies; area: where its services stand.
    items : list of Item
        Its money, which adds up to nothing.
    share : float
        Share of it that is the place's.
    source : str
        Where its money is known from.
    in_prices : bool
        Whether its money is a figure for each resident in prices of a year, and so of each year.
    reference : str
        The form, as a line of it is referred to; blank: no published lines.
    totals : mapping of str to float
        Totals it was published with, in thousands of pounds.
    undivided : frozenset of str
        Service lines that hold other services here than the lines of others do.
    social_care : bool
        Whether it is no council without social care.
    benefit : bool
        Whether it pays housing benefit, as districts and councils of one tier do.
    whole : str
        Name of the body of which it is a share; blank: it is no share.
    """

    key: str
    name: str
    sector: str
    area: str
    items: list[Item]
    share: float = 1.0
    source: str = ASSUMED
    in_prices: bool = False
    reference: str = ""
    note: str = ""
    partner: str | None = None
    totals: Mapping[str, float] = field(default_factory=dict)
    undivided: frozenset[str] = frozenset()
    social_care: bool = True
    benefit: bool = False
    whole: str = ""

    @property
    def published_as(self) -> str:
        """How the body is called where all of it is meant, of which the place may have a share."""
        return self.whole or self.name

    @property
    def tiers(self) -> tuple[str, ...]:
        """Of which tier of councils its duties are: a council of one tier has both."""
        return (*(["upper"] if self.social_care else []), *(["lower"] if self.benefit else []))

    def cost_of(self, lines: Iterable[str]) -> int:
        """What lines cost, less what they bring in, in pounds."""
        return sum(pounds for item, pounds in self.amounts() if item.line.key in lines)

    def amounts(self) -> list[tuple[Item, int]]:
        """What of each item is the place's, in pounds; costs and income add up to nothing."""
        pounds = [round(item.thousand * 1000 * self.share) for item in self.items]
        if pounds:
            largest = max(range(len(pounds)), key=lambda n: abs(pounds[n]))
            pounds[largest] -= sum(pounds)
        return list(zip(self.items, pounds, strict=True))


@dataclass(frozen=True)
class Income:
    """A stream to be: the item it is of, the stem of its key, pounds, columns, and why.

    Where not even the published line says that it is so much, it is ``assumed``.
    """

    item: Item
    stem: str
    amount: int
    columns: Row
    why: str
    assumed: bool = False

    @property
    def recurrent(self) -> bool:
        """Whether it comes every year."""
        return bool(self.columns.get("recurrent", True))


def _folded(incomes: list[Income]) -> list[tuple[Income, list[Income]]]:
    """Incomes, the small ones with the largest that is free and is no council tax.

    A stream of a few hundred pounds beside one of millions is no stream, but its pounds
    must stand somewhere. What is ring-fenced or paid once is so however little it is, but for a
    trifle.
    """

    def free(income: Income) -> bool:
        return income.recurrent and income.stem not in FENCED

    small = [
        each
        for each in incomes
        if each.item.line != COUNCIL_TAX and each.amount < (LEAST if free(each) else TRIFLE)
    ]
    large = [each for each in incomes if free(each) and each not in small]
    if not large:
        return [(each, []) for each in incomes]
    host = max(large, key=lambda each: (each.item.line != COUNCIL_TAX, each.amount))
    return [(each, small if each is host else []) for each in incomes if each not in small]


@dataclass(frozen=True)
class Spent:
    """What a service is to the draft, whose it is, what it costs today, and columns of ``today``.

    Outside the services it costs in the years ahead what it costs today.
    """

    role: str
    agency: str
    amount: int
    told: Row
    outside: bool


@dataclass
class Making:
    """Tables of a place while they grow.

    Parameters
    ----------
    year, years : str, tuple of str
        The outturn's year, and those ahead.
    growth : mapping of str to float
        Growth a year by kind of stream or sector; "" for all others.
    settlement : mapping of str to mapping
        Figures of the settlement by agency, year and line.
    """

    year: str
    years: tuple[str, ...]
    growth: Mapping[str, float]
    settlement: dict[str, Mapping[str, Mapping[str, float]]]
    rows: dict[str, list[Row]] = field(default_factory=dict)
    reconciled: list[Row] = field(default_factory=list)
    bodies: dict[str, Body] = field(default_factory=dict)
    population: dict[str, float] = field(default_factory=dict)
    roles: dict[str, Spent] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    ended: dict[str, str] = field(default_factory=dict)
    doubts: list[Finding] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)

    def add(self, table: str, source: str = "", status: str = "", **row: Any) -> None:
        """Add a row, with where it is from."""
        if source:
            row["source"] = source
        if status:
            row["status"] = status
        self.rows.setdefault(table, []).append(row)

    # --- money of a body -------------------------------------------------------------

    def add_body(self, body: Body) -> None:
        """An agency with its services, its streams, and which of them paid for which today."""
        self.bodies[body.key] = body
        territory = {} if body.area == self.top else {"area": body.area}
        partner = {"partner": body.partner} if body.partner else {}
        self.add(
            "agencies", agency=body.key, name=body.name, sector=body.sector, **territory, **partner
        )
        costs: dict[str, int] = {}
        granted = self._granted(body)
        for item, pounds in body.amounts():
            if pounds > 0:
                for service, amount, why in self._services(body, item, pounds, granted):
                    costs[service] = costs.get(service, 0) + amount
                    self._reconcile(body, item, "today", service, amount, why)
        incomes = [
            income
            for item, pounds in body.amounts()
            if pounds < 0
            for income in self._income(body, item, -pounds, granted)
        ]
        streams: dict[str, tuple[int, bool]] = {}
        for income, small in _folded(incomes):
            amount = income.amount + sum(each.amount for each in small)
            stream = self._stream(body, income, amount)
            streams[stream] = amount, income.recurrent
            self._reconcile(body, income.item, "funding", stream, -income.amount, income.why)
            for each in small:
                self._reconcile(body, each.item, "funding", stream, -each.amount, SMALL)
        self._add_later(body)
        for item, pounds in body.amounts():
            self._reconcile(body, item, "", "", item.pounds - pounds, ELSEWHERE)
        self._pay(costs, streams)

    def _add_later(self, body: Body) -> None:
        """Grants of the settlement that begin after its first year, and so after the outturn's."""
        ahead = {year: self._given(body, year) for year in self.years}
        begun = self._given(body, self.first_settled(body))
        for stem, name in SETTLED_GRANTS.items():
            key = f"{stem}_{body.key}"
            if stem in begun or not any(stem in given for given in ahead.values()):
                continue
            known = self.first_settled(body)
            self.add("streams", SETTLED, "published", stream=key, agency=body.key,
                     name=f"{name}, {body.name}", raised="national", note=GIVEN)  # fmt: skip
            amount = 0
            for year, given in ahead.items():
                if self.settlement[body.key].get(year):
                    known, amount = year, given.get(stem, 0)
                    row = {"source": SETTLED, "status": "published", "note": GIVEN}
                else:
                    told = f"Carried forward from {known}, flat in cash: an assumption"
                    row = {"source": body.source, "status": "illustrative", "note": told}
                self.add("funding", stream=key, year=year, amount=amount, **row)
            self._fence(stem, key)

    def _fence(self, stem: str, stream: str) -> None:
        purposes = {row["purpose"] for row in self.rows["services"]}
        for purpose in FENCED.get(stem, ()):
            if purpose in purposes:
                self.add("ring_fences", stream=stream, purpose=purpose)

    @property
    def top(self) -> str:
        """The area that is the whole place."""
        return str(self.rows["areas"][0]["area"])

    def _reconcile(
        self, body: Body, item: Item, table: str, key: str, pounds: int, why: str
    ) -> None:
        if body.reference and pounds:
            row = (
                body.key,
                item.line.key,
                item.line.name,
                item.thousand,
                table,
                key,
                pounds / 1000,
            )
            self.reconciled.append(dict(zip(RECONCILED, (*row, why), strict=True)))

    def _services(
        self, body: Body, item: Item, pounds: int, granted: Mapping[str, int]
    ) -> Iterator[tuple[str, int, str]]:
        """Services that a cost is divided into, each with its share."""
        line = item.line
        parts = usual.PARTS.get(line.key, {})
        if line.what != SERVICE:
            known = {"name": line.name, "purpose": _purpose(body, line), "nature": "universal"}
            why = "In no service: a row of its own"
            if line.what == RESERVE:
                known["name"], why = f"paid into {line.name}", KEPT
            yield self._service(body, item, line.key, known, pounds, True, why), pounds, why
        elif not parts or line.key in body.undivided:
            known = {"name": line.name, "purpose": line.key, "nature": "universal"}
            role = f"{line.key}_services"
            yield self._service(body, item, role, known, pounds, True, WHOLE), pounds, WHOLE
        else:
            left = pounds
            for role, share in parts.items():
                amount, why = left, LEFT
                if isinstance(share, str):
                    _, _, paid = GRANTED[share]
                    put_by = body.cost_of([key for key in paid if key != line.key])
                    amount = min(left, max(0, granted[share] - put_by))
                    why = PAID_BY_GRANT
                elif share is not None:
                    amount = self._in_whole_units(role, pounds * share)
                    why = PART.format(percent(share))
                left -= amount
                if not amount:
                    continue
                whole = amount == pounds
                why = WHOLE if whole else why
                known = usual.service_row(role)
                yield self._service(body, item, role, known, amount, whole, why), amount, why

    def unit_cost(self, role: str) -> float:
        """What one unit of a service costs in the outturn's year."""
        offer = usual.offer_row(role)
        return float(offer["unit_cost"]) * usual.level(offer["price_year"], self.year)

    def _in_whole_units(self, role: str, pounds: float) -> int:
        """Pounds that buy whole units, where units are more than money: people, visits, posts."""
        if not usual.measured(role):
            return round(pounds)
        cost = self.unit_cost(role)
        return math.ceil(math.floor(pounds / cost) * cost)

    def _service(
        self, body: Body, item: Item, role: str, known: Row, amount: int, whole: bool, why: str
    ) -> str:
        """A service with its offer; where its role is taken, the key names the agency too."""
        key = role if role not in self.roles else f"{role}_{body.key}"
        reference = f"{'' if whole else 'Part of '}{body.reference}, {item.line.name}"
        outside = item.line.what != SERVICE
        self.roles[key] = Spent(role, body.key, amount, {
            **({"reference": reference} if body.reference else {}),
            "source": body.source if whole or body.reference else ASSUMED,
            "status": "derived" if whole and body.reference else "illustrative",
            "note": f"{body.note}. {why}" if body.note else why,
        }, outside)  # fmt: skip
        measured = usual.measured(role)
        offer = usual.offer_row(role)
        carried = ("name", "purpose", "nature", "led_by")
        note = usual.nothing_found(role) or (LED if known.get("led_by") else UNIT)
        self.add(
            "services", ASSUMED, "illustrative", service=key, commissioner=body.key,
            unit=known["unit"] if measured else f"£1,000 of service at prices of {self.year}",
            note=note if measured else MONEY_ALONE,
            **{name: known[name] for name in carried if name in known},
            **usual.law_and_findings(role, body.tiers),
        )  # fmt: skip
        bought = {
            "offer": key, "service": key, "area": body.area,
            "provider": usual.of(role).get("provider", body.published_as),
            "delivery_model": offer["delivery_model"],
            "index": CASH if outside else offer["index"],
        }  # fmt: skip
        if measured:
            names = ("unit_cost", "price_year", "release", "build", "note")
            bought |= {name: offer[name] for name in names if name in offer}
            self.add("offers", offer["source"], offer["status"], **bought)
        else:
            bought["note"] = (
                f"Pounds of service, at most {ROOM_OF_MONEY} times today’s: an assumption"
            )
            bought["capacity"] = math.ceil(amount * ROOM_OF_MONEY) / 1000
            if outside:
                bought |= {"note": "Just what it costs today", "capacity": amount / 1000}
            self.add("offers", ASSUMED, "illustrative", **bought, unit_cost=1000)
        return key

    # --- income ----------------------------------------------------------------------

    def _granted(self, body: Body) -> dict[str, int]:
        """What each ring-fenced grant is taken to be: what it pays for, as far as grants go."""
        left = {line: -body.cost_of([line]) for line in ("grants_inside_aef", "grants_outside_aef")}
        left["grants_inside_aef"] -= sum(self._given(body, self.first_settled(body)).values())
        granted = {}
        for stem, (line, _, paid) in GRANTED.items():
            granted[stem] = max(0, min(left[line], body.cost_of(paid)))
            left[line] -= granted[stem]
        return granted

    def _income(
        self, body: Body, item: Item, pounds: int, granted: Mapping[str, int]
    ) -> Iterator[Income]:
        """Streams that an income is divided into."""
        line, left = item.line, pounds
        named: Row
        if line.key == "grants_inside_aef":
            first = self.first_settled(body)
            for stem, amount in self._given(body, first).items():
                taken = min(left, amount)
                left -= taken
                if taken:
                    named = {"name": SETTLED_GRANTS[stem], "raised": "national"}
                    known = first == self.year
                    why = GIVEN if known else FIRST.format(first)
                    yield Income(item, stem, taken, named, why, not known)
        for stem, (within, name, _) in GRANTED.items():
            if within == line.key and granted[stem]:
                left -= granted[stem]
                named = {"name": name, "raised": "national"}
                yield Income(item, stem, granted[stem], named, FENCE)
        if line.key == f"{REST}net_revenue":
            taken = min(left, _transfers_left(body))
            left -= taken
            if taken:
                named = {"name": "Grants for benefit and transfers", "raised": "national"}
                yield Income(item, NOT_ITEMISED, taken, named, BENEFITS, True)
        if line.key in ("grants_inside_aef", "grants_outside_aef"):
            if left:
                named = {"name": "Other grants", "raised": "national"}
                yield Income(item, line.key, left, named, LEFT)
        elif line.what == SERVICE:
            named = {"name": f"Income above cost: {line.name}", "raised": "local"}
            yield Income(item, f"income_{line.key}", pounds, named, "A line below nought is income")
        elif line.what == RESERVE:
            named = {"name": f"Drawn from {line.name}", "raised": "local", "recurrent": False}
            stem = line.key.replace("to_", "from_", 1)
            yield Income(item, stem, pounds, named, "Money paid once")
        elif left:
            national = line.what == NATIONAL or line.key.startswith(REST)
            named = {"name": line.name, "raised": "national" if national else "local"}
            if line == COUNCIL_TAX:
                named["council_tax"] = True
            yield Income(item, line.key, left, named, WHOLE if left == pounds else LEFT)

    def first_settled(self, body: Body) -> str:
        """The first year, from the outturn's on, of which the settlement has figures of a body."""
        held = self.settlement.get(body.key, {})
        return min((year for year, lines in held.items() if lines), default=self.year)

    def _given(self, body: Body, year: str) -> dict[str, int]:
        """Grants of the settlement in a year, in pounds."""
        held = self.settlement.get(body.key, {}).get(year, {})
        pounds = 1000 * body.share
        return {stem: round(held[stem] * pounds) for stem in SETTLED_GRANTS if held.get(stem)}

    def _stream(self, body: Body, income: Income, amount: int) -> str:
        """A stream with its funding: of today, and carried forward."""
        key = f"{income.stem}_{body.key}"
        status = "illustrative"
        if body.reference and not income.assumed:
            whole = amount == -income.item.pounds and income.item.line.income
            status = "published" if whole else "derived"
        more = "" if amount == income.amount else f". {SMALL}"
        note = f"{body.note}. {income.why}{more}" if body.note else f"{income.why}{more}"
        name = str(income.columns["name"])
        named = {**income.columns, "name": f"{name[0].upper()}{name[1:]}, {body.name}"}
        self.add("streams", body.source, status, stream=key, agency=body.key, note=note, **named)
        self.add(
            "funding", body.source, status, stream=key, year=self.year, amount=amount, note=note
        )
        self._fence(income.stem, key)
        if income.recurrent:
            for year, ahead, source, told in self._ahead(body, income.stem, amount):
                known = "derived" if source == SETTLED else "illustrative"
                self.add("funding", source, known, stream=key, year=year, amount=ahead, note=told)
                if source == SETTLED and income.stem == ASSESSED_GRANT and not ahead:
                    self.ended.setdefault(body.published_as, year)
        return key

    def _ahead(self, body: Body, stem: str, amount: int) -> Iterator[tuple[str, int, str, str]]:
        """What a stream brings in each year ahead, and by which rule.

        As the settlement has it where it has the year; else carried forward from the year before
        of which more is known.
        """
        known, start = self.year, amount
        rate = 0.0 if stem in FLAT else self._rate(body, stem)
        for year in self.years:
            given = self._settled(body, stem, amount, year)
            if given is not None:
                known, (start, told) = year, given
                yield year, start, SETTLED, told
                continue
            if rate is None and body.in_prices:
                priced = round(amount * usual.level(self.year, year))
                yield year, priced, body.source, IN_PRICES.format(self.year)
                continue
            rule = f"{percent(rate)} more a year" if rate else "flat in cash"
            n = start_of(year) - start_of(known)
            yield (
                year, round(start * (1 + (rate or 0.0)) ** n), body.source,
                f"Carried forward from {known}, {rule}: an assumption",
            )  # fmt: skip

    def _rate(self, body: Body, stem: str) -> float | None:
        """Growth a year: of the kind of stream, else of the agency's sector, else of all."""
        for kind in (stem, body.sector, ""):
            if kind in self.growth:
                self.used.add(kind)
                return self.growth[kind]
        return None

    def _settled(self, body: Body, stem: str, amount: int, year: str) -> tuple[int, str] | None:
        """What a stream brings by the settlement, and how; None where that does not say.

        Where the settlement begins after the outturn, council tax changes as in the settlement from
        its first year on, and its assessment is taken as it stands.
        """
        held = self.settlement.get(body.key, {})
        given, since = held.get(year, {}), self.first_settled(body)
        first, pounds = held.get(since, {}), 1000 * body.share
        begun = since == self.year
        if stem == "council_tax" and given.get("council_tax_requirement"):
            start = first.get("council_tax_requirement")
            if not start or year == since:
                return None
            years = start_of(since) - start_of(self.year)
            there = amount * (1 + (self._rate(body, stem) or 0.0)) ** years
            changed = there * given["council_tax_requirement"] / start
            return round(changed), IN_STEP.format(since)
        if stem in SETTLED_GRANTS and given and first.get(stem):
            whole = amount == round(first[stem] * pounds)
            told = GIVEN if whole else IN_STEP.format(since)
            return round(amount * given.get(stem, 0.0) / first[stem]), told
        assessed = "settlement_funding_assessment"
        if stem == ASSESSED_GRANT and given.get(assessed) and first.get(assessed):
            rates = sum(-p for item, p in body.amounts() if item.line.key == "retained_rates")
            total = given[assessed] * pounds
            if begun:
                total = (amount + rates) * given[assessed] / first[assessed]
            left = round(total) - rates
            if left <= 0:
                return 0, NONE_LEFT.format(money(-left), self.year)
            return left, ASSESSED.format(self.year)
        return None

    # --- who paid for what -----------------------------------------------------------

    def _pay(self, costs: Mapping[str, int], streams: Mapping[str, tuple[int, bool]]) -> None:
        """Today's money by stream: fenced money first, money paid once next, then in proportion.

        What goes outside services is paid from streams that stay as they are, as far as these
        reach: it is not to fall as a grant does.
        """
        left = dict(costs)
        purpose = {row["service"]: row["purpose"] for row in self.rows["services"]}
        fences: dict[str, set[str]] = {}
        for row in self.rows.get("ring_fences", []):
            fences.setdefault(row["stream"], set()).add(row["purpose"])
        outside = [key for key in left if self.roles[key].outside]
        general: dict[str, int] = {}
        once: dict[str, int] = {}
        for stream, (amount, recurrent) in streams.items():
            if stream in fences:
                wanted = [key for key in left if purpose[key] in fences[stream]]
                for key, paid in zip(
                    wanted, _divided(amount, [left[k] for k in wanted]), strict=True
                ):
                    self._paid(left, key, stream, paid)
            elif recurrent:
                general[stream] = amount
            else:
                once[stream] = amount
        for stream, amount in once.items():
            wanted = [key for key in left if key not in outside]
            wanted = wanted if sum(left[key] for key in wanted) >= amount else list(left)
            total = sum(left[key] for key in wanted)
            # A part should buy something.
            large = [key for key in wanted if amount * left[key] >= CRUMB * total]
            wanted = large if sum(left[key] for key in large) >= amount else wanted
            parts = _divided(amount, [left[key] for key in wanted])
            for key, paid in zip(wanted, parts, strict=True):
                self._paid(left, key, stream, paid, once=True)
        flat = {key: general[key] for key in self._as_it_is(streams) if key in general}
        self._in_proportion(outside, left, flat)
        general |= flat
        self._in_proportion(list(left), left, general)

    def _as_it_is(self, streams: Iterable[str]) -> list[str]:
        """Streams that bring in every year ahead what they pay for today."""
        amounts: dict[str, list[int]] = {key: [] for key in streams}
        for row in self.rows["funding"]:
            if row["stream"] in amounts:
                amounts[row["stream"]].append(row["amount"])
        return [key for key, held in amounts.items() if len(held) > 1 and len(set(held)) == 1]

    def _in_proportion(
        self, services: list[str], left: dict[str, int], general: dict[str, int]
    ) -> None:
        """Pay for services from free money in proportion, as far as it goes."""
        # The dearest service last: it takes what is left of every stream.
        for key in sorted(services, key=lambda service: left[service]):
            held = list(general.values())
            parts = _divided(min(left[key], sum(held)), held)
            if parts != held:
                parts = _without_crumbs(parts, held)
            for stream, paid in zip(list(general), parts, strict=True):
                self._paid(left, key, stream, paid)
                general[stream] -= paid

    def _paid(
        self, left: dict[str, int], service: str, stream: str, amount: int, *, once: bool = False
    ) -> None:
        if not amount:
            return
        left[service] -= amount
        spent = self.roles[service]
        told = spent.told
        if once:
            told = {**told, "status": "illustrative", "note": f"{told['note']}. {ONCE}"}
        self.add("today", service=service, area=self.bodies[spent.agency].area, stream=stream,
                 amount=amount, **told)  # fmt: skip


def _purpose(body: Body, line: OutturnLine) -> str:
    """The purpose of a cost that goes into no service."""
    if line.what == RESERVE:
        return PUT_BY.get(line.key, RESERVES)
    if line.key in HOUSING_BENEFIT:
        return BENEFIT
    return TRANSFERS if line.key == TRANSFERRED and body.benefit else OUTSIDE


def _transfers_left(body: Body) -> int:
    """What benefit and transfers of a body that pays benefit cost that no subsidy pays."""
    if not body.benefit:
        return 0
    costs = sum(max(0, body.cost_of([line])) for line in (*HOUSING_BENEFIT, TRANSFERRED))
    return max(0, costs + body.cost_of(["grants_outside_aef"]))


def _divided(amount: int, weights: list[int]) -> list[int]:
    """An amount in whole pounds, in proportion to weights that are together no less.

    Examples
    --------
    >>> _divided(10, [1, 1, 20]), _divided(3, [1, 1, 1]), _divided(0, [])
    ([1, 0, 9], [1, 1, 1], [])
    """
    total = sum(weights)
    if not total:
        return [0 for _ in weights]
    parts = [amount * weight // total for weight in weights]
    rests = [amount * weight % total for weight in weights]
    for n in sorted(range(len(weights)), key=lambda n: (-rests[n], n))[: amount - sum(parts)]:
        parts[n] += 1
    return parts


def _without_crumbs(parts: list[int], held: list[int]) -> list[int]:
    """Parts of a payment, none of only a few pounds where the largest can bear it."""
    largest = max(range(len(parts)), key=lambda n: parts[n])
    for n, part in enumerate(parts):
        if n != largest and part < CRUMB and parts[largest] + part <= held[largest]:
            parts[largest] += part
            parts[n] = 0
    return parts


def with_sources(rows: Mapping[str, list[Row]]) -> set[str]:
    """Keys of sources that rows refer to."""
    return {
        row["source"]
        for name, found in rows.items()
        if schema()[name].figures
        for row in found
        if row.get("source")
    }
