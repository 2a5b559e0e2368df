"""What services need and bring about, rules, pools and prices of a place in the making."""

from __future__ import annotations

import math

from placebudget.importing import usual
from placebudget.importing.making import CASH, PAYS, ROOM_OF_MONEY, Making
from placebudget.importing.pools import IMPROVED, SOURCES, Payer, proposed
from placebudget.importing.usual import ASSUMED
from placebudget.place.findings import warning
from placebudget.place.settings import GENERAL, financial_year, start_of
from placebudget.words import count, many, percent

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
    agencies = {body.sector: key for key, body in reversed(made.bodies.items())}
    for outcome in outcomes:
        made.add("outcomes", **usual.outcome_row(outcome))
        for sector, saving, role in usual.savings_of(outcome):
            if sector in agencies:
                service = {"service": role} if role in made.roles else {}
                made.add("savings", **saving, agency=agencies[sector], **service)
        for key, spent in made.roles.items():
            row = usual.avoided(outcome, spent.role)
            if row is not None:
                made.add("avoids", outcome=outcome, service=key, **row)
                _add_at_risk(made, outcome, made.bodies[spent.agency].area, units[key])
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
        if spent.outside:
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
