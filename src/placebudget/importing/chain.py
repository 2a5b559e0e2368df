"""What services need and bring about, rules, prices and pools of a place in the making."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from placebudget.importing import usual
from placebudget.importing.incomes import IMPROVED
from placebudget.importing.making import CASH, PAYS, ROOM_OF_MONEY, Making
from placebudget.importing.usual import ASSUMED
from placebudget.place.findings import warning
from placebudget.place.settings import GENERAL, financial_year, start_of
from placebudget.words import count, many, percent

Row: TypeAlias = dict[str, Any]

ROOM = 1.3
"""Capacity of a service led by need, as a share of today's units: an assumption."""


def add_chain(made: Making) -> None:
    """Need, outcomes, savings and avoided need of the services, as the library has them."""
    units: dict[str, int] = {}
    outcomes: dict[str, None] = {}
    for key, spent in made.roles.items():
        role = spent.role
        if not usual.measured(role):
            continue
        offer = next(row for row in made.rows["offers"] if row["offer"] == key)
        # The money buys whole units, and pence beside them.
        units[key] = math.floor(spent.amount / made.unit_cost(role))
        effects = usual.effects_of(role)
        offer["capacity"] = _add_need(made, key, role, made.bodies[spent.agency].area, units[key])
        outcomes |= dict.fromkeys(each["outcome"] for each in effects)
        for step, (up_to, works) in enumerate(usual.RETURNS if effects else (), start=1):
            made.add("returns", ASSUMED, "illustrative", service=key, step=step, up_to=up_to,
                     effectiveness=works, note="Those first who gain most: an assumption"
                     )  # fmt: skip
    areas = {key: made.bodies[spent.agency].area for key, spent in made.roles.items()}
    agencies = {body.sector: key for key, body in reversed(made.bodies.items())}
    for outcome in outcomes:
        made.add("outcomes", **usual.outcome_row(outcome))
        for sector, saving, role in usual.savings_of(outcome):
            if sector in agencies:
                service = {"service": role} if role in made.roles else {}
                made.add("savings", **saving, agency=agencies[sector], **service)
        at_risk: dict[str, int] = {}
        for key, spent in made.roles.items():
            row = usual.avoided(outcome, spent.role)
            if row is not None:
                made.add("avoids", outcome=outcome, service=key, **row)
                at_risk[areas[key]] = at_risk.get(areas[key], 0) + units[key]
        # What is made for the whole place is limited there, together.
        makers = {
            areas[key]
            for key, spent in made.roles.items()
            if outcome in (each["outcome"] for each in usual.effects_of(spent.role))
        }
        if at_risk and made.top in makers:
            at_risk = {made.top: sum(at_risk.values())}
        for area, those in at_risk.items():
            _add_at_risk(made, outcome, area, those)
    for row in usual.evidence():
        made.add("evidence", **row)


def _add_need(made: Making, key: str, role: str, area: str, units: int) -> int:
    """Add who needs a service; the capacity that goes with it, an assumption.

    Who needs a service of whose effect nothing is known nobody knows either: it keeps its money.
    """
    service = usual.service_row(role)
    led = service.get("led_by") == "need"
    if not led and not usual.effects_of(role):
        return max(1, math.ceil(units * ROOM_OF_MONEY))
    people = units if led else math.ceil(units * usual.BEYOND)
    note = (
        f"Units that the money of {made.year} buys: everybody in need is taken to be served, and "
        "need to stay as it is"
        if led
        else f"{usual.BEYOND:g} times those whom the money of {made.year} serves: an assumption"
    )
    made.add("needs", ASSUMED, "illustrative", service=key, area=area, people=people, note=note)
    residents = made.population[area]
    # Of whom units are, no more can be in need than live there.
    if people > residents and many(str(service["unit"])):
        made.doubts.append(
            warning(
                "more-need-than-people", "needs", len(made.rows["needs"]) + 1, "people",
                f"{count(people)} people are taken to need {service['name']} where "
                f"{count(residents)} live, as today's money at the unit cost of another place.",
                "Look at the money, the share of it that is the place's, and the unit cost.",
            )
        )  # fmt: skip
    return max(1, math.ceil(people * (ROOM if led else 1.0)))


def _add_at_risk(made: Making, outcome: str, area: str, units: int) -> None:
    note = f"{percent(usual.AT_RISK)} of today’s units: an assumption"
    made.add("at_risk", ASSUMED, "illustrative", outcome=outcome, area=area,
             most=math.ceil(usual.AT_RISK * units), note=note)  # fmt: skip


def add_rules(made: Making) -> None:
    """Floors of duties that are not led by need, and of each line outside the services."""
    duties = {row["service"]: row.get("duty") for row in made.rows["services"]}
    for key, spent in made.roles.items():
        floor = {"kind": "floor", "subject": f"service={key}", "unit": "pounds",
                 "basis": "assumption"}  # fmt: skip
        if spent.law:
            made.add("rules", ASSUMED, "illustrative", rule=f"{key}_as_today",
                     **{**floor, "basis": "law"}, amount=spent.amount, reference=spent.law,
                     note="No choice of the council: met first. That it costs each year what it "
                          "costs today is an assumption")  # fmt: skip
        elif spent.outside:
            made.add("rules", ASSUMED, "illustrative", rule=f"{key}_as_today", **floor,
                     amount=spent.amount, reference="Taken to cost each year what it costs today",
                     note="In no service, and no choice of the council within the year: met first"
                     )  # fmt: skip
        elif least := usual.of(spent.role).get("floor"):
            made.add("rules", ASSUMED, "illustrative", rule=f"{key}_duty", **floor,
                     amount=round(spent.amount * least, -3), reference=duties[key],
                     note=f"The duty is law; its level, {percent(least)} of today’s money in "
                          "cash, is an assumption")  # fmt: skip


def add_pools(made: Making) -> None:
    """Pools that could be, with limits by population."""
    least = _least_money(made)
    payers = []
    for agency, body in made.bodies.items():
        paying = [key for kind in PAYS if (key := f"{kind}_{agency}") in least]
        if paying:
            granted = f"{IMPROVED}_{agency}"
            amounts = {
                row["year"]: row["amount"]
                for row in made.rows["funding"]
                if row["stream"] == granted and row["year"] in made.years and row["amount"] > 0
            }
            payers.append(
                Payer(
                    body.sector, paying[-1], made.population[body.area], least[paying[-1]],
                    body.social_care, {granted: amounts} if amounts else {},
                )
            )  # fmt: skip
    purposes = {row["purpose"] for row in made.rows["services"]}
    for table, row in proposed(payers, purposes, next(iter(made.bodies))):
        stated = {"source": ASSUMED, "status": "illustrative"} if table != "pool_purposes" else {}
        made.add(table, **{**stated, **row})
    for source in SOURCES if "pools" in made.rows else ():
        made.add("sources", **source)


def _least_money(made: Making) -> dict[str, float]:
    """What each stream that comes every year brings in the years ahead, at the least."""
    least: dict[str, float] = {}
    for row in made.rows["funding"]:
        if row["year"] in made.years:
            least[row["stream"]] = min(least.get(row["stream"], math.inf), row["amount"])
    return {stream: amount for stream, amount in least.items() if amount > 0}


def add_prices(made: Making) -> None:
    """Rates of every index, from the earliest price year to the last year of money."""
    years = [made.year, *made.years]
    for table in ("offers", "outcomes", "savings"):
        years += [row["price_year"] for row in made.rows.get(table, []) if row.get("price_year")]
    last = max(years)
    for row in usual.inflation(GENERAL, min(years), last):
        made.add("inflation", **row)
    used = {row["index"] for row in made.rows["offers"]} - {GENERAL}
    if CASH in used:
        for start in range(start_of(made.year) + 1, start_of(max(made.years)) + 1):
            note = "What goes outside services is taken not to rise with prices"
            row = {"index": CASH, "year": financial_year(start), "rate": 0.0, "note": note}
            made.add("inflation", ASSUMED, "illustrative", **row)
    for index in sorted(used - {CASH}):
        for row in usual.inflation(index, made.year, max(made.years)):
            made.add("inflation", **row)


# Pools that a new place could have: who may pay into which, by which law, and how much.

COUNCIL = "council"
HEALTH = "National Health Service Act 2006, section 75"
CHILDREN = "Children Act 2004, section 10"
BETTER_CARE, BETTER_CARE_FUND = "better_care", "better_care_fund"

SOURCES = (
    {
        "source": BETTER_CARE_FUND, "title": "Better Care Fund: grants and funding",
        "publisher": "NHS England", "year": "2025",
        "reference": "The improved Better Care Fund and the Disabled Facilities Grant, which is "
        "capital, are pooled with the part of the NHS",
    },
    {
        "source": "adaptations_grant", "title": "Disabled Facilities Grant determination 2017-18",
        "publisher": "Department for Communities and Local Government", "year": "2017",
        "reference": "Paid to the county through the Better Care Fund, which passes it on in full "
        "to its districts; read in the report of the Housing Learning and Improvement Network",
    },
)  # fmt: skip
"""Where it stands what the Better Care Fund pools, and what of it is the districts'."""


@dataclass(frozen=True)
class Scheme:
    """A pool that is proposed.

    Parameters
    ----------
    name : str
        Its name.
    purposes : tuple of str
        What it pays for.
    heads : mapping of str to (float, str)
        By sector the most pounds for each resident, an assumption, and the law by which it pays;
        a sector that is not named has no such power here.
    charge : float
        Management, as a share of it: an assumption.
    social_care : bool
        Whether only councils with social care pay.
    source, note : str
        Where it is known from.
    """

    name: str
    purposes: tuple[str, ...]
    heads: Mapping[str, tuple[float, str]]
    charge: float = 0.01
    social_care: bool = False
    source: str = ""
    note: str = "A proposal: what is pooled today stands in no published form"


SCHEMES = {
    BETTER_CARE: Scheme(
        "Better Care Fund",
        ("home_and_residential_care", "out_of_hospital"),
        {COUNCIL: (7.7, HEALTH), "nhs": (124.9, HEALTH)},
        charge=0.0,
        social_care=True,
        source=BETTER_CARE_FUND,
        note="Pooled by councils with social care and the NHS; a district’s part is the Disabled "
        "Facilities Grant, which the county passes on to it: capital, in no line of an outturn. "
        "What is pooled today stands in no published form",
    ),
    "families_first": Scheme(
        "Families first pool",
        ("families", "public_health", "mental_health"),
        {
            COUNCIL: (7.7, CHILDREN),
            "nhs": (7.5, f"{CHILDREN}; {HEALTH}"),
            "police": (2.5, CHILDREN),
        },
    ),
    "safe_homes": Scheme(
        "Safe homes pool",
        ("homelessness", "victims"),
        {
            COUNCIL: (7.7, "Localism Act 2011, section 1"),
            "nhs": (5.6, HEALTH),
            "police": (2.5, "Police Reform and Social Responsibility Act 2011, section 9"),
        },
    ),
}
"""The pools proposed. Districts are partners under the Children Act 2004, section 10(4)."""


@dataclass(frozen=True)
class Payer:
    """An agency that could pay into pools, and the money it would pay with.

    Parameters
    ----------
    sector, stream : str
        Its sector, and the stream that pays.
    residents : float
        Of its area.
    least : float
        What the stream brings in a year, at the least.
    social_care : bool
        Whether it is no council without social care.
    all_pooled : mapping of str to mapping
        Streams all of which is pooled in the Better Care Fund, by year.
    """

    sector: str
    stream: str
    residents: float
    least: float
    social_care: bool = True
    all_pooled: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


def proposed(
    payers: Sequence[Payer], purposes: Collection[str], host: str
) -> Iterator[tuple[str, Row]]:
    """Rows of pools, their purposes and contributions, each with its table.

    A pool is proposed where a council and another sector may pay into it and a service has its
    purpose. All that a stream may pay into pools together is never more than the stream.

    Parameters
    ----------
    payers : sequence of Payer
        Who could pay.
    purposes : collection of str
        Of the services that there are.
    host : str
        The agency that holds the pools.

    Examples
    --------
    >>> council = Payer("council", "council_tax", 100_000, 90e6)
    >>> nhs = Payer("nhs", "nhs_money", 100_000, 200e6)
    >>> rows = list(proposed([council, nhs], {"home_and_residential_care"}, "council"))
    >>> [(table, row.get("stream"), row.get("maximum")) for table, row in rows][2:]
    [('contributions', 'council_tax', 770000), ('contributions', 'nhs_money', 12490000)]
    """
    paying: dict[str, list[tuple[Payer, float, str]]] = {}
    for pool, scheme in SCHEMES.items():
        rows = [
            (payer, scheme.heads[payer.sector][0] * payer.residents, scheme.heads[payer.sector][1])
            for payer in payers
            if payer.sector in scheme.heads and (payer.social_care or not scheme.social_care)
        ]
        sectors = {payer.sector for payer, *_ in rows}
        if COUNCIL in sectors and len(sectors) > 1 and set(scheme.purposes) & set(purposes):
            paying[pool] = rows
    asked: dict[str, float] = {}
    for payer, most, _ in (each for rows in paying.values() for each in rows):
        asked[payer.stream] = asked.get(payer.stream, 0.0) + most
    for pool, rows in paying.items():
        scheme = SCHEMES[pool]
        laws = dict.fromkeys(law for _, law in scheme.heads.values() if ";" not in law)
        source = {"source": scheme.source} if scheme.source else {}
        yield "pools", {
            "pool": pool, "name": scheme.name, "host": host, "legal_power": "; ".join(laws),
            "management_cost": scheme.charge, "note": scheme.note, **source,
        }  # fmt: skip
        for purpose in scheme.purposes:
            if purpose in purposes:
                yield "pool_purposes", {"pool": pool, "purpose": purpose}
        for payer, most, law in rows:
            held = min(1.0, payer.least / asked[payer.stream])
            limited = "" if held == 1.0 else ", together no more than the stream"
            yield "contributions", {
                "pool": pool, "stream": payer.stream, "legal_power": law,
                "maximum": math.floor(most * held / 1000) * 1000,
                "note": f"By population, as in the example Lancashire{limited}: an assumption",
            }  # fmt: skip
            for stream, amounts in payer.all_pooled.items() if pool == BETTER_CARE else ():
                for year, amount in amounts.items():
                    yield "contributions", {
                        "pool": pool, "stream": stream, "year": year, "minimum": amount,
                        "maximum": amount, "legal_power": law, "source": BETTER_CARE_FUND,
                        "note": "Condition of the grant: all of it is pooled",
                    }  # fmt: skip
