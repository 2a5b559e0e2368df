"""Income of a body as streams: which line is which, and what each brings in the years ahead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
    Body,
    Item,
    OutturnLine,
)
from placebudget.place.settings import start_of
from placebudget.texts import listed
from placebudget.words import money, percent

Row: TypeAlias = dict[str, Any]

IMPROVED = "improved_better_care_fund"
"""The grant all of which is pooled: a condition of it."""

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
    IMPROVED: ("home_and_residential_care", "other_adult_social_care"),
    "from_school_reserves": ("schools",),
    "from_public_health_reserves": _HEALTH,
}
"""What a ring-fenced stream may be spent on."""

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
    "under_indexing": "Compensation for under-indexing the business rates multiplier",
    "new_homes_bonus_returned": "New Homes Bonus returned",
    "grants_rolled_in": "Grants rolled in",
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

SETTLED = "settlement"
WHOLE = "The whole line"
LEFT = "What is left of the line"
GIVEN = "As the settlement of the year has it"
IN_STEP = "Changed from {} on as the settlement has it: worked out"
ASSESSED = "The settlement’s assessment of the year, less retained rates as in {}: worked out"
CHANGED = "The grant of {}, changed by as many pounds as the settlement’s assessment: worked out"
NONE_LEFT = (
    "{}. That is {} below nothing: no grant is left, and what would have to be given up beyond it "
    "is taken off nothing here"
)
STILL = "{}. {} stay as they are"
PARISHES = "{} that parishes ask for"
ABOVE = "no line of the outturn says it: what its council tax is above the settlement’s"
IN_PRICES = "As much in prices of each year as in {}: an assumption"
FIRST = (
    "As the first year of the settlement has it, {}, taken to be within the grants of the outturn "
    "already: an assumption"
)
BENEFITS = (
    "Grants that the file does not itemise, mostly housing benefit subsidy: taken to pay the "
    "benefit and transfers of which it has the sum alone, an assumption"
)
LEAST, TRIFLE = 100_000, 10_000
"""Pounds a year that make a stream of its own; and that are a trifle, whatever they are for."""
FENCE = (
    "As much of the grants as the services of its purpose cost, public health first, then "
    "schools: an assumption"
)


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


def folded(incomes: list[Income]) -> list[tuple[Income, list[Income]]]:
    """Incomes, the small ones with the largest that is free, and is no grant of a settlement.

    A stream of a few hundred pounds beside one of millions is no stream, but its pounds
    must stand somewhere, last of all with council tax. What is ring-fenced or paid once is so
    however little it is, but for a trifle; what a settlement names is a stream in its years.
    """

    def free(income: Income) -> bool:
        return income.recurrent and income.stem not in FENCED

    small = [
        each
        for each in incomes
        if each.item.line != COUNCIL_TAX
        and each.stem not in SETTLED_GRANTS
        and each.amount < (LEAST if free(each) else TRIFLE)
    ]
    large = [each for each in incomes if free(each) and each not in small]
    if not large:
        return [(each, []) for each in incomes]
    host = max(
        large,
        key=lambda each: (
            each.item.line != COUNCIL_TAX,
            each.stem not in SETTLED_GRANTS,
            each.amount,
        ),
    )
    return [(each, small if each is host else []) for each in incomes if each not in small]


@dataclass
class Incomes:
    """What is known of money in the years ahead: growth, and figures of the settlement.

    Parameters
    ----------
    year, years : str, tuple of str
        The outturn's year, and those ahead.
    growth : mapping of str to float
        Growth a year by kind of stream or sector; "" for all others.
    settlement : mapping of str to mapping
        Figures of the settlement by agency, year and line.
    used : set of str
        What of the growth money was carried forward by.
    ended : mapping of str to list of str
        The years in which the settlement leaves a body no grant.
    """

    year: str
    years: tuple[str, ...]
    growth: Mapping[str, float]
    settlement: dict[str, Mapping[str, Mapping[str, float]]]
    used: set[str] = field(default_factory=set)
    ended: dict[str, list[str]] = field(default_factory=dict)

    def granted(self, body: Body) -> dict[str, int]:
        """What each ring-fenced grant is taken to be: what it pays for, as far as grants go."""
        left = {line: -body.cost_of([line]) for line in ("grants_inside_aef", "grants_outside_aef")}
        left["grants_inside_aef"] -= sum(self.given(body, self.first_settled(body)).values())
        granted = {}
        for stem, (line, _, paid) in GRANTED.items():
            granted[stem] = max(0, min(left[line], body.cost_of(paid)))
            left[line] -= granted[stem]
        return granted

    def incomes_of(
        self, body: Body, item: Item, pounds: int, granted: Mapping[str, int]
    ) -> Iterator[Income]:
        """Streams that an income is divided into."""
        line, left = item.line, pounds
        named: Row
        if line.key == "grants_inside_aef":
            first = self.first_settled(body)
            for stem, amount in self.given(body, first).items():
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

    def given(self, body: Body, year: str) -> dict[str, int]:
        """Grants of the settlement in a year, in pounds, but for those that are ever a trifle."""
        held = self.settlement.get(body.key, {}).get(year, {})
        pounds, most = 1000 * body.share, self._most(body)
        named = [stem for stem in SETTLED_GRANTS if held.get(stem) and most[stem] >= TRIFLE]
        return {stem: round(held[stem] * pounds) for stem in named}

    def trifles(self, body: Body) -> list[str]:
        """Grants of the settlement that are in no year more than a trifle, by name."""
        most = self._most(body)
        return [name for stem, name in SETTLED_GRANTS.items() if 0 < most[stem] < TRIFLE]

    def _most(self, body: Body) -> dict[str, float]:
        """What each grant of the settlement brings in the year in which it brings most."""
        years, pounds = self.settlement.get(body.key, {}).values(), 1000 * body.share
        return {
            stem: max((lines.get(stem, 0.0) * pounds for lines in years), default=0.0)
            for stem in SETTLED_GRANTS
        }

    def ahead(
        self, body: Body, income: Income, small: Sequence[Income] = ()
    ) -> Iterator[tuple[str, int, str, str]]:
        """What a stream brings in each year ahead, and by which rule.

        As the settlement has it where it has the year; else carried forward from the year before
        of which more is known. Small amounts that stand beside it stay as they are, and so does
        tax that parishes ask for: the settlement leaves it out.
        """
        stem = income.stem
        parishes, known = self.parishes(body) if income.item.line == COUNCIL_TAX else (0, True)
        parishes = min(parishes, income.amount)
        told = PARISHES if known else f"{PARISHES} ({ABOVE})"
        parts = [told.format(money(parishes))] * bool(parishes)
        parts += [f"{money(each.amount)} of {each.item.line.name}" for each in small]
        still = parishes + sum(each.amount for each in small)
        for year, scaled, source, told in self._scaled(body, stem, income.amount - parishes):
            yield (
                year, scaled + still, source,
                STILL.format(told, listed(parts)) if parts else told,
            )  # fmt: skip

    def parishes(self, body: Body) -> tuple[int, bool]:
        """What parishes ask for, in pounds, and whether a line of the outturn says it.

        Where none does, money of the outturn stands in no line, and the settlement has the tax of
        its year, it is what the outturn's tax is above that, as far as it stands in no line.
        """
        asked = body.cost_of(["parish_precepts"])
        if asked or not body.benefit:
            return max(0, asked), True
        held = self.settlement.get(body.key, {}).get(self.year, {})
        if not (own := held.get(COUNCIL_TAX.total)):
            return 0, body.cost_of([TRANSFERRED]) <= 0
        above = -body.cost_of([COUNCIL_TAX.key]) - round(own * 1000 * body.share)
        above = min(above, body.cost_of([TRANSFERRED]))
        # An outturn is in thousands of pounds: within one half, it is the settlement's figure.
        return (above, False) if above > 500 * body.share else (0, True)

    def _scaled(self, body: Body, stem: str, amount: int) -> Iterator[tuple[str, int, str, str]]:
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
            # An outturn is in thousands of pounds: within one half, it is the settlement's figure.
            if begun and abs(there - start * pounds) <= 0.5 * pounds:
                return round(given["council_tax_requirement"] * pounds), GIVEN
            changed = there * given["council_tax_requirement"] / start
            return round(changed), IN_STEP.format(since)
        if stem in SETTLED_GRANTS and given and first.get(stem):
            whole = amount == round(first[stem] * pounds)
            told = GIVEN if whole else IN_STEP.format(since)
            return round(amount * given.get(stem, 0.0) / first[stem]), told
        assessed = "settlement_funding_assessment"
        if stem == ASSESSED_GRANT and given.get(assessed) and first.get(assessed):
            # What the assessment counts as rates: less than what a council that grows retains.
            rates, told = first[assessed] * pounds - amount, CHANGED
            if not begun:
                rates, told = -body.cost_of(["retained_rates"]), ASSESSED
            left, told = round(given[assessed] * pounds - rates), told.format(self.year)
            if left <= 0:
                self.ended.setdefault(body.published_as, []).append(year)
                return 0, NONE_LEFT.format(told, money(-left))
            return left, told
        return None


def purpose_of(body: Body, line: OutturnLine) -> str:
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
