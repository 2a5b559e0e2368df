"""Lines of a revenue outturn: which total each belongs to, and where it stands in a place.

An outturn is a ladder: lines lead from one published total to the next. What a file does
not hold of a rung is the difference of its two totals, so that every pound has a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from placebudget.errors import WrongArgument
from placebudget.importing.authorities import register
from placebudget.importing.usual import ASSUMED

SERVICE, OUTSIDE, RESERVE, LOCAL, NATIONAL = "service", "outside", "reserve", "local", "national"
"""What a line is: a service, money outside the services, a movement of reserves, or income."""

REST = "rest_of_"
"""How the key of a row begins that holds what a file does not itemise below a total."""


@dataclass(frozen=True)
class OutturnLine:
    """One line of an outturn.

    Parameters
    ----------
    key, name : str
        Short key, and how it should be read.
    total : str
        The first total of the ladder that holds it.
    what : str
        :data:`SERVICE`, :data:`OUTSIDE`, :data:`RESERVE`, :data:`LOCAL` or :data:`NATIONAL`.
    """

    key: str
    name: str
    total: str
    what: str

    @property
    def income(self) -> bool:
        """Whether a positive amount is income."""
        return self.what in (LOCAL, NATIONAL)


@dataclass(frozen=True)
class Item:
    """A line of one authority: a cost where it is positive, else income; thousands of pounds."""

    line: OutturnLine
    thousand: float

    @property
    def pounds(self) -> int:
        """The amount, a cost where it is positive."""
        return round(self.thousand * 1000)


TOTALS = {
    "total_service": "total service expenditure",
    "net_current": "net current expenditure",
    "net_revenue": "net revenue expenditure",
    "council_tax_requirement": "council tax requirement",
}
"""Published totals, each with all lines of those before it."""

_LINES = {
    "total_service": {
        SERVICE: {
            "education": "education",
            "highways_transport": "highways and transport",
            "social_care_all": "social care, not divided",
            "childrens_social_care": "children's social care",
            "adult_social_care": "adult social care",
            "public_health": "public health",
            "housing": "housing services",
            "cultural": "culture and related services",
            "environmental": "environment and regulation",
            "planning": "planning and development",
            "police": "police services",
            "fire": "fire and rescue services",
            "central": "central services",
            "other": "other services",
        },
    },
    "net_current": {
        OUTSIDE: {
            "housing_benefit_rent_allowances": "housing benefit: rent allowances",
            "housing_benefit_non_hra": "housing benefit: rent rebates outside council homes",
            "housing_benefit_hra": "housing benefit: rent rebates to council tenants",
            "parish_precepts": "parish precepts",
            "transport_levy": "transport levy",
            "waste_levy": "waste disposal levy",
            "pensions_levy": "London pensions levy",
            "other_levies": "other levies",
            "external_trading": "external trading accounts",
            "internal_trading": "internal trading accounts",
        },
    },
    "net_revenue": {
        OUTSIDE: {
            "flood_levy": "flood defence levy",
            "capital_from_revenue": "capital spending paid from revenue",
            "capital_from_revenue_public_health": "capital spending on public health, from revenue",
            "bad_debts": "provision for bad debts",
            "repayment_of_principal": "repayment of debt",
            "leasing": "leasing payments",
            "interest_payable": "interest paid",
            "interest_hra_item_8": "interest of the housing revenue account",
            "carbon_allowances": "carbon allowances bought",
            "carbon_allowances_sold": "carbon allowances sold",
        },
        LOCAL: {
            "interest_received": "interest and investment income",
            "business_rates_supplement": "business rates supplement",
        },
        NATIONAL: {
            "grants_outside_aef": "grants outside aggregate external finance",
            "local_services_support_grant": "Local Services Support Grant",
            "area_based_grant": "area based grant",
            "grants_inside_aef": "grants inside aggregate external finance",
        },
    },
    "council_tax_requirement": {
        RESERVE: {
            "to_school_reserves": "schools' reserves",
            "to_public_health_reserves": "public health reserves",
            "to_earmarked_reserves": "earmarked reserves",
            "to_unallocated_reserves": "unallocated reserves",
        },
        NATIONAL: {
            "revenue_support_grant": "Revenue Support Grant",
            "police_grant": "police grant",
            "general_gla_grant": "general grant of the Greater London Authority",
            "redistributed_rates": "redistributed business rates",
        },
        LOCAL: {"retained_rates": "retained business rates"},
        OUTSIDE: {
            "collection_fund_council_tax": "collection fund",
            "other_items": "other items of financing",
        },
    },
}

LEVIES = "Local Government Finance Act 1988, section 74"
BENEFIT_LAW = "Social Security Administration Act 1992, section 134"
LAWS = {
    "parish_precepts": "Local Government Finance Act 1992, section 41",
    **dict.fromkeys(
        ("transport_levy", "waste_levy", "pensions_levy", "other_levies", "flood_levy"), LEVIES
    ),
    "repayment_of_principal": "Local Authorities (Capital Finance and Accounting) (England) "
    "Regulations 2003, regulation 27",
    "interest_payable": "Local Government Act 2003, section 13",
    "housing_benefit_rent_allowances": BENEFIT_LAW,
    "housing_benefit_non_hra": BENEFIT_LAW,
    "housing_benefit_hra": BENEFIT_LAW,
}
"""By which law lines outside the services have to be paid; of others it is an assumption."""

HOUSING_BENEFIT = (
    "housing_benefit_rent_allowances",
    "housing_benefit_non_hra",
    "housing_benefit_hra",
)
"""What is paid for the Department for Work and Pensions, and comes back as subsidy."""

LINES = {
    key: OutturnLine(key, name, total, what)
    for total, kinds in _LINES.items()
    for what, lines in kinds.items()
    for key, name in lines.items()
}
"""Lines by key, in the order of the form."""

RESERVES = {
    "general": "unallocated_reserves",
    "earmarked": "earmarked_reserves",
    "schools": "school_reserves",
    "public health": "public_health_reserves",
}
"""Kinds of reserves, and what their lines are called: their start, their end, what is paid in."""

COUNCIL_TAX = OutturnLine("council_tax", "council tax", "council_tax_requirement", LOCAL)
"""The last total: what council tax has to pay for."""


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


def items(lines: Mapping[str, float]) -> list[Item]:
    """All money of one authority's outturn, line by line, with what is not itemised.

    Costs and income add up to nothing: what is spent was paid from somewhere. A total of
    nothing above lines that are something is none that was published.

    Parameters
    ----------
    lines : mapping of str to float
        Thousands of pounds by key of line or total. Income is positive, as is what is
        paid into reserves.

    Examples
    --------
    >>> found = items({"education": 5, "total_service": 5, "net_current": 6, "net_revenue": 6,
    ...     "revenue_support_grant": 2, "council_tax_requirement": 4})
    >>> {item.line.key: item.thousand for item in found}
    {'education': 5, 'rest_of_net_current': 1, 'revenue_support_grant': -2, 'council_tax': -4}
    """
    found: list[Item] = []
    for total, name in TOTALS.items():
        for line in LINES.values():
            if line.total == total and lines.get(line.key):
                amount = lines[line.key]
                found.append(Item(line, -amount if line.income else amount))
        if total in lines and (lines[total] or total == COUNCIL_TAX.total):
            rest = round(lines[total] - sum(item.thousand for item in found), 6)
            if rest:
                line = OutturnLine(REST + total, f"not itemised in {name}", total, OUTSIDE)
                found.append(Item(line, rest))
    requirement = round(sum(item.thousand for item in found), 6)
    if requirement:
        found.append(Item(COUNCIL_TAX, -requirement))
    return found


def totals_in(lines: Mapping[str, float]) -> dict[str, float]:
    """Totals that an outturn was published with, in thousands of pounds.

    Raises
    ------
    WrongArgument
        If it has no council tax requirement: what paid for the lines is not known.
    """
    if COUNCIL_TAX.total not in lines:
        raise WrongArgument(
            "the outturn has no council tax requirement, so that nothing says what paid for its "
            "lines; give the summary (RS), which has service lines and financing"
        )
    return {
        total: lines[total] for total in TOTALS if lines.get(total) or total == COUNCIL_TAX.total
    }


KINDS = {"county": True, "unitary": True, "metropolitan": True, "london": True, "district": False}
"""Whether councils of a kind have the services of the upper tier."""


@dataclass(frozen=True)
class Council:
    """A council, and whether it has the upper tier's services, the lower tier's, or both."""

    code: str
    name: str
    key: str
    items: list[Item]
    upper: bool
    lower: bool
    totals: dict[str, float]


def is_upper(code: str, lines: Mapping[str, float]) -> bool:
    """Whether a council has schools and social care: as the register knows its kind.

    Of others their money says it: a fifth of all services, and mostly far more. A district may
    have a few pounds of either.
    """
    one = register().get(code)
    if one is not None and one.kind in KINDS:
        return KINDS[one.kind]
    services = {
        line.key: lines.get(line.key, 0.0) for line in LINES.values() if line.what == SERVICE
    }
    upper = ("education", "social_care_all", "childrens_social_care", "adult_social_care")
    return sum(services[key] for key in upper) > 0.2 * sum(services.values())
