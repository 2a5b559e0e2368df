"""What services need and bring about, rules, pools and prices of a place in the making."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from placebudget.importing import pattern
from placebudget.importing.making import (
    ASSUMED,
    BENEFIT,
    CASH,
    OUTSIDE,
    PAYS,
    POOLS,
    Making,
    Row,
)
from placebudget.place.findings import warning
from placebudget.place.settings import GENERAL, financial_year, start_of
from placebudget.words import count, many, percent

ROOM = 1.3
"""Capacity of a service led by need, as a share of today's units: as in the example."""


def add_chain(made: Making) -> None:
    """Need, effects, outcomes and savings of the services, as in the example."""
    outcomes: list[str] = []
    units: dict[str, float] = {}
    for key, (role, agency, amount, _) in made.roles.items():
        if not pattern.rows_of("offers", role) or not pattern.measured(role):
            continue
        area = made.bodies[agency].area
        units[key] = amount / pattern.unit_cost(role, made.year)
        offer = next(row for row in made.rows["offers"] if row["offer"] == key)
        offer["capacity"] = _add_need(made, key, role, area, units[key])
        for row in pattern.rows_of("returns", role):
            made.add("returns", **{**row, "service": key})
        for row in pattern.rows_of("effects", role):
            made.add("effects", **{**row, "service": key})
            outcomes.append(row["outcome"])
    agencies = {body.sector: key for key, body in reversed(made.bodies.items())}
    for outcome in dict.fromkeys(outcomes):
        (row,) = pattern.rows_of("outcomes", outcome, "outcome")
        row.setdefault("price_year", pattern.worked().settings.price_base)
        # Keys in one cell, divided as the format of a place has it.
        within = [key.strip() for key in str(row.get("includes", "")).split("|")]
        row["includes"] = " | ".join(key for key in within if key in outcomes) or None
        made.add("outcomes", **row)
        for saving in _savings(made, outcome, agencies):
            made.add("savings", **saving)
    for key, (role, agency, *_) in made.roles.items():
        for row in pattern.rows_of("avoids", role):
            if row["outcome"] in outcomes:
                made.add("avoids", **{**row, "service": key})
                _add_at_risk(made, row["outcome"], made.bodies[agency].area, units[key])
    avoiding = {row["outcome"] for row in made.rows.get("at_risk", [])}
    heads = pattern.per_head("at_risk", "outcome", "most")
    for outcome in dict.fromkeys(outcomes):
        if outcome in heads and outcome not in avoiding:
            made.add("at_risk", ASSUMED, "illustrative", outcome=outcome, area=made.top,
                     most=round(heads[outcome] * made.population[made.top], 1),
                     note="By population, as in the example")  # fmt: skip
    for row in pattern.worked().evidence.to_dict("records"):
        made.add("evidence", **row)


def _add_need(made: Making, key: str, role: str, area: str, units: float) -> int:
    """Add who needs a service; the capacity that goes with it, an assumption."""
    service = pattern.first_row("services", role)
    # Money beyond the last step of returns buys nothing: today's is taken to lie within it.
    last = max((row["up_to"] for row in pattern.rows_of("returns", role)), default=1.0)
    a_person = service.get("units_per_person", 1.0)
    led = service.get("led_by") == "need"
    people = units / a_person / min(1.0, last)
    note = f"At least those whom the money of {made.year} serves"
    if led:
        note = (
            f"Units that the money of {made.year} buys: everybody in need is taken to be served, "
            "and need to stay as it is"
        )
    else:
        by_population = pattern.per_head("needs", "service", "people").get(role, 0.0)
        if by_population * made.population[area] > people:
            people = by_population * made.population[area]
            note = "By population, as in the example"
    # No more than the money buys, where all of them must be served.
    people = (math.floor if led else math.ceil)(people * 1e6) / 1e6
    made.add("needs", ASSUMED, "illustrative", service=key, area=area, people=people, note=note)
    residents = made.population[area]
    # Of whom units are, no more can be in need than live there.
    if people > residents and many(str(service.get("unit", ""))):
        made.doubts.append(
            warning(
                "more-need-than-people", "needs", len(made.rows["needs"]) + 1, "people",
                f"{count(people)} people are taken to need {service['name']} where "
                f"{count(residents)} live, as today's money at the unit cost of another place.",
                "Look at the money, the share of it that is the place's, and the unit cost.",
            )
        )  # fmt: skip
    return max(1, math.ceil(people * a_person * (ROOM if led else min(1.0, last))))


def _add_at_risk(made: Making, outcome: str, area: str, units: float) -> None:
    part = pattern.AT_RISK.get(outcome)
    most, note = 0.0, ""
    if part:
        most, note = part * units, f"{percent(part)} of today’s units: an assumption"
    else:
        heads = pattern.per_head("at_risk", "outcome", "most")
        most = heads[outcome] * made.population[area]
        note = "By population, as in the example"
    made.add("at_risk", ASSUMED, "illustrative", outcome=outcome, area=area,
             most=round(most, 1), note=note)  # fmt: skip


def _savings(made: Making, outcome: str, agencies: Mapping[str, str]) -> list[Row]:
    """Savings of an outcome to the agencies that are there; a council's is that of all councils."""
    sectors = pattern.worked().agencies.set_index("agency")["sector"]
    found: dict[str, Row] = {}
    rows = pattern.worked().savings
    for row in rows[rows["outcome"] == outcome].to_dict("records"):
        agency = agencies.get(sectors[row["agency"]])
        kept = {name: value for name, value in row.items() if not pd.isna(value)}
        if agency is None:
            continue
        if agency in found:
            found[agency]["value"] = round(found[agency]["value"] + kept["value"], 2)
            found[agency]["note"] = f"Of all councils of the example together: {kept['note']}"
            continue
        service = kept.pop("service", None)
        role = pattern.role(service) if service else ""
        if role in made.roles:
            kept["service"] = role
        found[agency] = {**kept, "agency": agency}
    return list(found.values())


def add_rules(made: Making) -> None:
    """Floors of duties that are not led by need, and what stays outside the services."""
    for key, (role, _, amount, _) in made.roles.items():
        if role in pattern.FLOORS:
            least, law = pattern.FLOORS[role]
            made.add("rules", ASSUMED, "illustrative", rule=f"{key}_duty", kind="floor",
                     subject=f"service={key}", amount=round(amount * least, -3), unit="pounds",
                     basis="law", reference=law,
                     note=f"The duty is law; its level, {percent(least)} of today’s money in "
                          "cash, is an assumption")  # fmt: skip
    purposes = {row["purpose"] for row in made.rows["services"]}
    for purpose, name in ((OUTSIDE, "levies, debt and other money outside services"),
                          (BENEFIT, "housing benefit")):  # fmt: skip
        if purpose in purposes:
            made.add("rules", ASSUMED, "illustrative", rule=f"{purpose}_as_today", kind="lock",
                     subject=f"purpose={purpose}", amount=0, unit="per cent", basis="assumption",
                     reference=f"What goes to {name} is taken to follow today’s money",
                     note="No choice of the council within the year")  # fmt: skip


def add_pools(made: Making) -> None:
    """Pools that could be, with the limits of the example by population."""
    host = next(iter(made.bodies))
    purposes = {row["purpose"] for row in made.rows["services"]}
    least = _least_money(made)
    paying = {
        agency: [f"{kind}_{agency}" for kind in PAYS if f"{kind}_{agency}" in least]
        for agency in made.bodies
    }
    found: dict[str, list[tuple[str, float, str]]] = {}
    for pool, (_, wanted, heads) in POOLS.items():
        found[pool] = [
            (paying[agency][-1], a_head * made.population[made.bodies[agency].area], law)
            for agency, body in made.bodies.items()
            if body.sector in heads and paying[agency]
            for a_head, law in [heads[body.sector]]
        ]
        if len(found[pool]) < 2 or not purposes & set(wanted):
            del found[pool]
    asked: dict[str, float] = {}
    for stream, most, _ in (each for rows in found.values() for each in rows):
        asked[stream] = asked.get(stream, 0.0) + most
    for pool, rows in found.items():
        name, wanted, heads = POOLS[pool]
        charge = 0.0 if pool == "better_care" else 0.01
        laws = dict.fromkeys(law for _, law in heads.values() if ";" not in law)
        made.add("pools", ASSUMED, "illustrative", pool=pool, name=name, host=host,
                 legal_power="; ".join(laws), management_cost=charge,
                 note="A proposal: what is pooled today stands in no published form")  # fmt: skip
        for purpose in wanted:
            if purpose in purposes:
                made.add("pool_purposes", pool=pool, purpose=purpose)
        for stream, most, law in rows:
            # All that a stream may pay into pools together is never more than the stream.
            held = min(1.0, least[stream] / asked[stream])
            limited = "" if held == 1.0 else ", together no more than the stream"
            made.add("contributions", ASSUMED, "illustrative", pool=pool, stream=stream,
                     maximum=math.floor(most * held / 1000) * 1000, legal_power=law,
                     note=f"By population, as in the example{limited}: an assumption"
                     )  # fmt: skip


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
    for row in pattern.inflation(GENERAL, min(years), last):
        made.add("inflation", **row)
    used = {row["index"] for row in made.rows["offers"]} - {GENERAL}
    if CASH in used:
        for start in range(start_of(made.year) + 1, start_of(max(made.years)) + 1):
            note = "What goes outside services is taken not to rise with prices"
            row = {"index": CASH, "year": financial_year(start), "rate": 0.0, "note": note}
            made.add("inflation", ASSUMED, "illustrative", **row)
    for index in sorted(used - {CASH}):
        for row in pattern.inflation(index, made.year, max(made.years)):
            made.add("inflation", **row)
