"""Tables of a place in the making: money of each body line by line, services from the library."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from placebudget.importing import usual
from placebudget.importing.incomes import (
    FENCED,
    GIVEN,
    GRANTED,
    LEFT,
    SETTLED,
    SETTLED_GRANTS,
    WHOLE,
    Income,
    Incomes,
    folded,
    purpose_of,
)
from placebudget.importing.outturn import LAWS, RESERVE, SERVICE, Body, Item
from placebudget.importing.usual import ASSUMED
from placebudget.place import schema
from placebudget.place.findings import Finding
from placebudget.words import percent

Row: TypeAlias = dict[str, Any]

ROOM_OF_MONEY = 1.25
"""Most that can go to a service of which nothing is known, of today's."""

CASH = "cash"
"""The index of what does not rise with prices: debt, levies, benefit, what reserves get."""

PAYS = ("council_tax", "police_grant", "nhs_money", "police_money")
"""Streams that pay into pools: of a body the last that it has."""

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

PART = "{} of the line: an assumption, the share of the example Lancashire"
MONEY_ALONE = "Money alone: nothing is known of what it brings"
LED = "The law has all in need served; today’s money is taken to meet today’s need"
UNIT = "Unit as in the library; its share of the line is an assumption"
ONCE = "Money drawn from reserves: nobody knows for what, so a part of every service"
SMALL = "Small amounts of other income stand here too"
ELSEWHERE = "Of the same body, outside the place"
KEPT = (
    "Paid into reserves in that year: taken to be put by in each year ahead too, an assumption, as "
    "no service had it"
)
CRUMB = 5_000
"""Pounds below which the stream that pays most pays a part too: a part should buy something."""
PAID_BY_GRANT = "As much of the line as the schools grant is taken to pay: an assumption"


@dataclass(frozen=True)
class Spent:
    """What a service is to the draft, whose it is, what it costs today, and columns of ``today``.

    Outside the services it costs in the years ahead what it costs today, some of it by a law.
    """

    role: str
    agency: str
    amount: int
    told: Row
    outside: bool
    law: str = ""


@dataclass
class Making:
    """Tables of a place while they grow.

    Parameters
    ----------
    incomes : Incomes
        What is known of money in the years ahead.
    """

    incomes: Incomes
    rows: dict[str, list[Row]] = field(default_factory=dict)
    reconciled: list[Row] = field(default_factory=list)
    bodies: dict[str, Body] = field(default_factory=dict)
    population: dict[str, float] = field(default_factory=dict)
    roles: dict[str, Spent] = field(default_factory=dict)
    doubts: list[Finding] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)
    councils: tuple[str, ...] = ()

    @property
    def year(self) -> str:
        """The outturn's year."""
        return self.incomes.year

    @property
    def years(self) -> tuple[str, ...]:
        """The years ahead."""
        return self.incomes.years

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
        granted = self.incomes.granted(body)
        for item, pounds in body.amounts():
            if pounds > 0:
                for service, amount, why in self._services(body, item, pounds, granted):
                    costs[service] = costs.get(service, 0) + amount
                    self._reconcile(body, item, "today", service, amount, why)
        incomes = [
            income
            for item, pounds in body.amounts()
            if pounds < 0
            for income in self.incomes.incomes_of(body, item, -pounds, granted)
        ]
        streams: dict[str, tuple[int, bool]] = {}
        for income, small in folded(incomes):
            stream = self._stream(body, income, small)
            beside = sum(each.amount for each in small)
            streams[stream] = income.amount + beside, income.recurrent
            self._reconcile(body, income.item, "funding", stream, -income.amount, income.why)
            for each in small:
                self._reconcile(body, each.item, "funding", stream, -each.amount, SMALL)
        self._add_later(body)
        for item, pounds in body.amounts():
            self._reconcile(body, item, "", "", item.pounds - pounds, ELSEWHERE)
        self._pay(costs, streams)

    def _add_later(self, body: Body) -> None:
        """Grants of the settlement that begin after its first year, and so after the outturn's."""
        ahead = {year: self.incomes.given(body, year) for year in self.years}
        begun = self.incomes.given(body, self.incomes.first_settled(body))
        for stem, name in SETTLED_GRANTS.items():
            key = f"{stem}_{body.key}"
            if stem in begun or not any(stem in given for given in ahead.values()):
                continue
            known = self.incomes.first_settled(body)
            self.add("streams", SETTLED, "published", stream=key, agency=body.key,
                     name=f"{name}, {body.name}", raised="national", note=GIVEN)  # fmt: skip
            amount = 0
            for year, given in ahead.items():
                if self.incomes.settlement[body.key].get(year):
                    known, amount = year, given.get(stem, 0)
                    row = {"source": SETTLED, "status": "published", "note": GIVEN}
                else:
                    told = f"Carried forward from {known}, flat in cash: an assumption"
                    row = {"source": body.source, "status": "illustrative", "note": told}
                self.add("funding", stream=key, year=year, amount=amount, **row)
            self._fence(body, stem, key)

    def _fence(self, body: Body, stem: str, stream: str) -> None:
        """Hold a stream to its purpose, where its body has a service of it: else it is free."""
        services = self.rows.get("services", [])
        purposes = {row["purpose"] for row in services if row["commissioner"] == body.key}
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
            known = {"name": line.name, "purpose": purpose_of(body, line), "nature": "universal"}
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
        """A service with its offer.

        Its key names the body too, but for the first council and for what a sector is there for:
        so it is the same in each year, whoever else has money of that line.
        """
        first = next(iter(self.bodies)) == body.key or item.line.key == body.sector
        key = role if first and role not in self.roles else f"{role}_{body.key}"
        reference = f"{'' if whole else 'Part of '}{body.reference}, {item.line.name}"
        outside = item.line.what != SERVICE
        self.roles[key] = Spent(role, body.key, amount, {
            **({"reference": reference} if body.reference else {}),
            "source": body.source if whole or body.reference else ASSUMED,
            "status": "derived" if whole and body.reference else "illustrative",
            "note": f"{body.note}. {why}" if body.note else why,
        }, outside, LAWS.get(item.line.key, ""))  # fmt: skip
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

    def _stream(self, body: Body, income: Income, small: Sequence[Income]) -> str:
        """A stream with its funding, small amounts beside it: of today, and carried forward."""
        beside = sum(each.amount for each in small)
        key, amount = f"{income.stem}_{body.key}", income.amount + beside
        status = "illustrative"
        if body.reference and not income.assumed:
            whole = amount == -income.item.pounds and income.item.line.income
            status = "published" if whole else "derived"
        more = f". {SMALL}" if beside else ""
        note = f"{body.note}. {income.why}{more}" if body.note else f"{income.why}{more}"
        name = str(income.columns["name"])
        named = {**income.columns, "name": f"{name[0].upper()}{name[1:]}, {body.name}"}
        self.add("streams", body.source, status, stream=key, agency=body.key, note=note, **named)
        self.add(
            "funding", body.source, status, stream=key, year=self.year, amount=amount, note=note
        )
        self._fence(body, income.stem, key)
        if income.recurrent:
            for year, ahead, source, told in self.incomes.ahead(body, income, small):
                known = "derived" if source == SETTLED else "illustrative"
                known = "published" if told == GIVEN else known
                self.add("funding", source, known, stream=key, year=year, amount=ahead, note=told)
        return key

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
