"""Each thing that can be wrong with a place is found: where, how bad, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from full_place import every_column
from placebudget.errors import InvalidPlace
from placebudget.place import Findings, Place, Settings, check, examples, read, schema
from placebudget.place.checks import values
from placebudget.place.checks.examination import Examination
from places import MADE_UP, POWER, YEARS, rows_of, tiny

Row = dict[str, Any]
AREAS = [
    {"area": "county", "tier": "county", "population": 30, **MADE_UP},
    {"area": "north", "parent": "county", "tier": "town", "population": 10, **MADE_UP},
    {"area": "south", "parent": "county", "tier": "town", "population": 20, **MADE_UP},
]


def changed(table: str, row: int, **values: Any) -> dict[str, list[Row]]:
    """A table of the tiny place with one row (from 1) changed."""
    rows = rows_of(table)
    rows[row - 1] = {**rows[row - 1], **values}
    return {table: rows}


def added(table: str, *rows: Row) -> dict[str, list[Row]]:
    """A table of the tiny place with rows added."""
    return {table: [*rows_of(table), *({**MADE_UP, **row} for row in rows)]}


def unsourced(table: str, *rows: Row) -> dict[str, list[Row]]:
    """A table of the tiny place, without columns for sources, with rows added."""
    return {table: [*rows_of(table), *rows]}


def rule(kind: str, subject: str | None = None, amount: float | None = 1, **values: Any) -> Any:
    """The table of rules with one rule."""
    row = {"rule": "r", "kind": kind, "subject": subject, "amount": amount, "basis": "policy"}
    return {"rules": [{**row, "reference": "minute 1", **MADE_UP, **values}]}


def settings(**values: Any) -> dict[str, Any]:
    return {"settings": Settings(**{"name": "tiny", "years": YEARS, **values})}


def found(place: Place) -> list[tuple[str, str, str, int | None, str | None]]:
    """Findings but those about the scale of money, for figures here are chosen to be easy."""
    return [
        (f.severity[0], f.code, f.table, f.row, f.column)
        for f in place.check()
        if f.code != "wrong-scale"
    ]


LIMIT: Row = {"outcome": "admissions", "most": 900, **MADE_UP}


def led(**tables: Any) -> dict[str, Any]:
    """Treatment is led by need; prevention avoids it, within what is at risk."""
    return {
        **changed("services", 2, led_by="need"),
        **avoids(("admissions", "treatment")),
        "at_risk": [LIMIT],
        "savings": None,
        **tables,
    }


def avoids(*pairs: tuple[str, str]) -> dict[str, list[Row]]:
    """The table avoids, one unit an outcome."""
    return {"avoids": [{"outcome": y, "service": s, "units": 1, **MADE_UP} for y, s in pairs]}


def in_towns(*services: str) -> dict[str, list[Row]]:
    """Offers and need of services in the towns, of the others in the county."""
    offers, needs = (
        [
            {**row, **({"offer": f"{row['offer']}_{area}"} if table == "offers" else {}), **at}
            for row in rows_of(table)
            for area in (("north", "south") if row["service"] in services else (None,))
            for at in [{"area": area}]
        ]
        for table in ("offers", "needs")
    )
    return {"areas": AREAS, "offers": offers, "needs": needs, "today": None}


CASES: dict[str, tuple[dict[str, Any], list[tuple[Any, ...]]]] = {
    # settings
    "name is no key": (settings(name="Tiny Place"), [("e", "bad-name", "place", None, "name")]),
    "years with a gap": (
        {
            **settings(years=("2027-28", "2029-30")),
            "funding": None,
            "inflation": None,
        },
        [
            ("e", "years-not-consecutive", "place", None, "years"),
            ("e", "missing-table", "funding", None, None),
            ("e", "unknown-key", "offers", 2, "index"),
            ("e", "unknown-key", "offers", 3, "index"),
            ("e", "today-above-funding", "today", 2, "amount"),
            ("e", "today-above-funding", "today", 3, "amount"),
            ("w", "missing-funding", "streams", 2, "stream"),
            ("w", "missing-funding", "streams", 3, "stream"),
        ],
    ),
    "appraisal shorter than the plan": (
        settings(appraisal_years=1),
        [("e", "appraisal-too-short", "place", None, "appraisal_years")],
    ),
    "appraisal without end": (
        changed("effects", 1, duration=1_000_000),
        [("e", "appraisal-too-long", "place", None, "appraisal_years")],
    ),
    "today after the first year": (
        settings(today_year="2028-29"),
        [("e", "today-after-first-year", "place", None, "today_year")],
    ),
    "discount unknown": (
        settings(discount="blue book"),
        [("e", "bad-discount", "place", None, "discount")],
    ),
    "discount in per cent": (
        settings(discount=3.5),
        [("e", "bad-discount", "place", None, "discount")],
    ),
    "discount schedule that falls": (
        settings(discount=[[75, 0.03], [30, 0.035]]),
        [("e", "bad-discount", "place", None, "discount")],
    ),
    # keys
    "a required table without rows": (
        {"effects": None},
        [("e", "missing-table", "effects", None, None)],
    ),
    "a required cell blank": (
        changed("savings", 1, value=None),
        [("e", "missing-value", "savings", 2, "value")],
    ),
    "a key with spaces": (
        changed("savings", 1, agency="nhs "),
        [
            ("e", "stray-space", "savings", 2, "agency"),
            ("e", "unknown-key", "savings", 2, "agency"),
        ],
    ),
    "a key twice": (
        added("savings", {"outcome": "admissions", "agency": "nhs", "value": 1, "cashable": 0}),
        [("e", "doubled-key", "savings", 3, "outcome")],
    ),
    "a blank area and the whole place": (
        {
            "areas": AREAS,
            **added("needs", {"service": "treatment", "area": "county", "people": 1}),
        },
        [("e", "doubled-key", "needs", 4, "service")],
    ),
    "an unknown key": (
        changed("today", 2, stream="nhs_cor"),
        [("e", "unknown-key", "today", 3, "stream")],
    ),
    "an unknown purpose": (
        {"ring_fences": [{"stream": "council_tax", "purpose": "public_heath"}]},
        [
            ("e", "unknown-key", "ring_fences", 2, "purpose"),
            ("w", "useless-stream", "streams", 2, "stream"),
            ("w", "closed-route", "today", 2, "stream"),
        ],
    ),
    "a pool that reads as a kind of pooling": (
        {
            "pools": [
                {"pool": pool, "legal_power": POWER, **MADE_UP} for pool in ("freed", "a,b", "fine")
            ],
            "contributions": None,
        },
        [("e", "unusable-key", "pools", 2, "pool"), ("e", "unusable-key", "pools", 3, "pool")],
    ),
    "a key that cannot stand in a subject": (
        {"areas": [*AREAS, {"area": "a|b", "parent": "county", "tier": "x;y", **MADE_UP}]},
        [("e", "unusable-key", "areas", 5, "area"), ("e", "unusable-key", "areas", 5, "tier")],
    ),
    # values
    "a negative amount": (
        changed("needs", 1, people=-5),
        [("e", "negative", "needs", 2, "people")],
    ),
    "a share above 1": (
        changed("effects", 2, retention=80),
        [("e", "outside-range", "effects", 3, "retention")],
    ),
    "a cost of nothing": (
        changed("offers", 1, unit_cost=0),
        [("e", "outside-range", "offers", 2, "unit_cost")],
    ),
    "a number without end": (
        changed("outcomes", 2, social_value=float("inf")),
        [("e", "outside-range", "outcomes", 3, "social_value")],
    ),
    "a word not in the list": (
        changed("services", 2, nature="statutary"),
        [("e", "unknown-word", "services", 3, "nature")],
    ),
    "a minimum above the maximum": (
        changed("contributions", 1, minimum=3, maximum=2),
        [("e", "minimum-above-maximum", "contributions", 2, "minimum")],
    ),
    "a least share above the maximum": (
        changed("contributions", 1, minimum_share=0.5, maximum=4_000_000),
        [("e", "minimum-above-maximum", "contributions", 2, "minimum_share")],
    ),
    "a lot above capacity": (
        changed("offers", 2, smallest_lot=9, capacity=8),
        [("e", "lot-above-capacity", "offers", 3, "smallest_lot")],
    ),
    "a leaving cost without a lot": (
        changed("offers", 2, leaving_cost=9_000),
        [("e", "leaving-without-lot", "offers", 3, "smallest_lot")],
    ),
    # years
    "years outside": (
        {
            **added("funding", {"stream": "nhs_core", "year": "2031-32", "amount": 1}),
            **changed("needs", 1, year="2029-30"),
            **changed("offers", 2, first_year="2026-27"),
            **rule("floor", year="2029-30"),
            "contributions": [
                {"pool": "shared", "stream": "nhs_core", "year": "2026-27", "legal_power": POWER}
                | MADE_UP
            ],
        },
        [
            ("e", "year-outside", "contributions", 2, "year"),
            ("e", "year-outside", "needs", 2, "year"),
            ("e", "year-outside", "offers", 3, "first_year"),
            ("e", "year-outside", "funding", 6, "year"),
            ("e", "year-outside", "rules", 2, "year"),
            ("w", "endless-buying", "services", 2, "service"),
        ],
    ),
    "a limit beyond the appraisal": (
        {"at_risk": [{"outcome": "recoveries", "year": "2029-30", "most": 1, **MADE_UP}]},
        [("e", "year-outside", "at_risk", 2, "year")],
    ),
    "funding missing for a year": (
        {"funding": rows_of("funding")[:3]},
        [("w", "missing-funding", "streams", 3, "stream")],
    ),
    # geography
    "a circle of areas": (
        {
            "areas": [
                AREAS[0],
                {"area": "a", "parent": "b", **MADE_UP},
                {"area": "b", "parent": "a", **MADE_UP},
            ]
        },
        [("e", "area-cycle", "areas", 3, "parent"), ("e", "area-cycle", "areas", 4, "parent")],
    ),
    "two trees": (
        {"areas": [*AREAS, {"area": "elsewhere", **MADE_UP}]},
        [("e", "several-roots", "areas", 5, "parent")],
    ),
    "offers at two levels": (
        {
            "areas": AREAS,
            **added(
                "offers",
                {
                    "offer": "north",
                    "service": "treatment",
                    "area": "north",
                    "unit_cost": 1,
                    "index": "general",
                    "capacity": 5,
                },
            ),
        },
        [("e", "two-levels", "offers", 4, "area")],
    ),
    "need above its offers": (
        {"areas": AREAS, **changed("offers", 1, area="north", capacity=9), "today": None},
        [("e", "two-levels", "needs", 2, "area")],
    ),
    "need counted twice": (
        {"areas": AREAS, **added("needs", {"service": "treatment", "area": "south", "people": 1})},
        [("e", "two-levels", "needs", 4, "area")],
    ),
    "need that nothing serves": (
        {
            "areas": AREAS,
            **changed("offers", 1, area="north", capacity=9),
            **changed("needs", 1, area="south"),
            "today": None,
        },
        [("w", "unserved-need", "needs", 2, "area")],
    ),
    "a limit below the offers": (
        {
            "areas": AREAS,
            "at_risk": [{"outcome": "recoveries", "area": "south", "most": 1, **MADE_UP}],
        },
        [("w", "limit-below-offers", "at_risk", 2, "area")],
    ),
    # money
    "low reserves": (
        {"reserves": [{"agency": "council", "opening": 1, "minimum": 2, **MADE_UP}]},
        [("w", "reserves-below-minimum", "reserves", 2, "opening")],
    ),
    "a recurrent service on one-off money": (
        changed("streams", 1, recurrent=False),
        [("w", "one-off-money", "today", 2, "stream")],
    ),
    "savings nearly all cashable": (
        changed("savings", 1, cashable=0.81),
        [("w", "mostly-cashable", "savings", 2, "cashable")],
    ),
    "a pool without a power": (
        changed("pools", 1, legal_power=None),
        [("w", "no-legal-power", "pools", 2, "legal_power")],
    ),
    "a contribution without a power": (
        changed("contributions", 2, legal_power=None),
        [("w", "no-legal-power", "contributions", 3, "legal_power")],
    ),
    "minima above funding": (
        changed("contributions", 1, minimum=10_000_001),
        [
            ("e", "minima-above-funding", "contributions", 2, "minimum"),
            ("e", "minima-above-funding", "contributions", 2, "minimum"),
        ],
    ),
    "shares of one stream above all of it": (
        {
            "pools": [
                {"pool": pool, "host": "council", "legal_power": POWER, **MADE_UP}
                for pool in ("shared", "second")
            ],
            "contributions": [
                {"pool": pool, "stream": "nhs_core", "minimum_share": 0.6, "legal_power": POWER}
                | MADE_UP
                for pool in ("shared", "second")
            ],
        },
        [
            ("e", "minima-above-funding", "contributions", 2, "minimum"),
            ("e", "minima-above-funding", "contributions", 2, "minimum"),
        ],
    ),
    "capital money for revenue services": (
        changed("streams", 1, kind="capital"),
        [
            ("w", "useless-stream", "streams", 2, "stream"),
            ("w", "closed-route", "today", 2, "stream"),
        ],
    ),
    "a service that no money reaches": (
        {"pool_purposes": [{"pool": "shared", "purpose": "public_health"}], "today": None}
        | changed("services", 2, commissioner="council")
        | {"ring_fences": [{"stream": "council_tax", "purpose": "public_health"}]},
        [("w", "unreachable-service", "services", 3, "service")],
    ),
    "a service without an offer": (
        added("services", {"service": "s", "commissioner": "nhs", "purpose": "health_care"}),
        [("w", "no-offer", "services", 4, "service")],
    ),
    # today
    "today where there is no offer": (
        {"areas": AREAS, **changed("today", 1, area="north")},
        [("e", "no-offer-there", "today", 2, "area")],
    ),
    "today without saying which offer": (
        added(
            "offers",
            {"offer": "b", "service": "treatment", "unit_cost": 1, "index": "general"},
        ),
        [("e", "which-offer", "today", 3, "offer")],
    ),
    "today's offer of another service": (
        changed("today", 1, offer="treatment_in_house"),
        [("e", "wrong-offer", "today", 2, "offer")],
    ),
    "today by a closed route": (
        added("today", {"service": "treatment", "stream": "council_tax", "amount": 1e6}),
        [("w", "closed-route", "today", 4, "stream")],
    ),
    "today above funding": (
        changed("today", 2, amount=20e6 + 0.01),
        [("e", "today-above-funding", "today", 3, "amount")],
    ),
    "today above funding, with the management cost of the pool": (
        changed("today", 2, amount=19e6, pool="shared") | changed("pools", 1, management_cost=0.06),
        [("e", "today-above-funding", "today", 3, "amount")],
    ),
    # prices
    "a cost without an index": (
        changed("offers", 2, index=None),
        [("w", "no-index", "offers", 3, "index")],
    ),
    "a rate missing": (
        settings(price_base="2025-26", today_year="2027-28"),
        [("e", "missing-rate", "inflation", 2, "index")],
    ),
    "no general index": (
        {
            "inflation": [{"index": "pay", "year": y, "rate": 0, **MADE_UP} for y in YEARS],
            "offers": [{**row, "index": "pay"} for row in rows_of("offers")],
        },
        [("w", "no-general-index", "inflation", None, "index")],
    ),
    # outcomes
    "an outcome and a part of it, both made by one service": (
        {
            **changed("outcomes", 2, includes="admissions"),
            **added("effects", {"service": "treatment", "outcome": "admissions"}),
        },
        [("e", "counted-twice", "effects", 3, "outcome")],
    ),
    "a part by way of another outcome": (
        {
            "outcomes": [
                *changed("outcomes", 2, includes="calls | nothing_else")["outcomes"],
                {"outcome": "calls", "includes": "admissions", **MADE_UP},
            ],
            **added("effects", {"service": "treatment", "outcome": "admissions"}),
        },
        [
            ("e", "unknown-outcome", "outcomes", 3, "includes"),
            ("e", "counted-twice", "effects", 3, "outcome"),
        ],
    ),
    "outcomes that include one another": (
        {
            "outcomes": [
                {**row, "includes": other}
                for row, other in zip(
                    rows_of("outcomes"), ("recoveries", "admissions"), strict=True
                )
            ]
        },
        [
            ("e", "included-in-itself", "outcomes", 2, "includes"),
            ("e", "included-in-itself", "outcomes", 3, "includes"),
        ],
    ),
    "a quality-adjusted life year beside a point of life satisfaction": (
        {
            "outcomes": [
                *changed("outcomes", 2, unit="WELLBY")["outcomes"],
                {"outcome": "life_years", "name": "QALYs", "social_value": 70_000, **MADE_UP},
            ],
            **added("effects", {"service": "treatment", "outcome": "life_years", "impact": 0.1}),
        },
        [("w", "may-count-twice", "effects", 3, "outcome")],
    ),
    # returns
    "steps that rise, do not increase, and are misnumbered": (
        {
            "returns": [
                {"service": "treatment", "step": 1, "up_to": 0.5, "effectiveness": 0.5, **MADE_UP},
                {"service": "treatment", "step": 3, "up_to": 0.5, "effectiveness": 0.6, **MADE_UP},
            ]
        },
        [
            ("e", "step-numbers", "returns", 2, "step"),
            ("e", "steps-not-increasing", "returns", 3, "up_to"),
            ("e", "rising-steps", "returns", 3, "effectiveness"),
        ],
    ),
    "several steps without need or capacity": (
        {
            "needs": rows_of("needs")[:1],
            "returns": [
                {"service": "treatment", "step": 1, "up_to": 0.5, "effectiveness": 1, **MADE_UP},
                {"service": "treatment", "step": 2, "up_to": 1, "effectiveness": 0.6, **MADE_UP},
            ],
        },
        [("e", "steps-without-width", "returns", 2, "up_to")],
    ),
    "money can buy without end": (
        {"needs": rows_of("needs")[:1]},
        [("w", "endless-buying", "services", 3, "service")],
    ),
    # need
    "led by need, and no need given": (
        led(
            needs=rows_of("needs")[:1], offers=[{**r, "capacity": 9_000} for r in rows_of("offers")]
        ),
        [("e", "need-not-given", "services", 3, "led_by")],
    ),
    "need avoided, and given in one year only": (
        {
            **led(needs=[{**row, "year": YEARS[0]} for row in rows_of("needs")]),
            "services": rows_of("services"),
            "offers": [{**row, "capacity": 9_000} for row in rows_of("offers")],
        },
        [("e", "need-not-given", "services", 3, "service")],
    ),
    "led by need, and returns that end before": (
        led(
            returns=[
                {"service": "treatment", "step": 1, "up_to": 0.5, "effectiveness": 1, **MADE_UP},
                {"service": "treatment", "step": 2, "up_to": 0.9, "effectiveness": 1, **MADE_UP},
            ]
        ),
        [("e", "returns-end-early", "returns", 3, "up_to")],
    ),
    "led by need, and capacity for fewer": (
        led(**changed("offers", 2, capacity=11_999)),
        [("e", "capacity-below-need", "offers", 3, "capacity")],
    ),
    "led by need, and no offer in the first year": (
        led(**changed("offers", 2, first_year=YEARS[1])),
        [("e", "capacity-below-need", "offers", 3, "first_year")],
    ),
    "led by need, and no offer of a choice is large enough": (
        led(
            offers=[
                *({**row, "capacity": 7_000} for row in rows_of("offers")),
                {**rows_of("offers")[1], "offer": "second", "capacity": 7_000},
            ],
            today=rows_of("today")[:1],
            choices=[{"choice": "who", "offer": o} for o in ("treatment_in_house", "second")],
        ),
        [("e", "capacity-below-need", "offers", 3, "capacity")],
    ),
    "a choice of one offer": (
        {"choices": [{"choice": "who", "offer": "treatment_in_house"}]},
        [("e", "choice-of-one", "choices", 2, "offer")],
    ),
    "a choice with two rules": (
        {
            "choices": [
                {"choice": "who", "offer": "treatment_in_house", "rule": "at_most_one"},
                {"choice": "who", "offer": "prevention_in_house"},
            ]
        },
        [("e", "choice-in-two-ways", "choices", 3, "rule")],
    ),
    "a choice of which today buys several": (
        {
            "today": [{**row, "offer": f"{row['service']}_in_house"} for row in rows_of("today")],
            "choices": [
                {"choice": "who", "offer": f"{service}_in_house"}
                for service in ("treatment", "prevention")
            ],
        },
        [("w", "choice-of-today", "choices", 2, "choice")],
    ),
    "growth by a share of no capacity": (
        changed("offers", 2, build=0.1),
        [("e", "build-without-capacity", "offers", 3, "build")],
    ),
    "services that avoid need of one another in one year": (
        led(
            **avoids(("admissions", "treatment"), ("recoveries", "prevention")),
            at_risk=[LIMIT, {**LIMIT, "outcome": "recoveries"}],
        ),
        [("e", "avoided-in-a-loop", "avoids", 2, "service")],
    ),
    "a service that avoids its own need in one year": (
        led(**avoids(("recoveries", "treatment")), at_risk=[{**LIMIT, "outcome": "recoveries"}]),
        [("e", "avoided-in-a-loop", "avoids", 2, "service")],
    ),
    "a saving of what is avoided": (
        led(**changed("savings", 1, service="treatment")),
        [("e", "saved-twice", "savings", 2, "service")],
    ),
    "a saving of the agency whose need is avoided, of a cost that is not named": (
        led(savings=rows_of("savings")),
        [("w", "may-be-saved-twice", "savings", 2, "service")],
    ),
    "avoided without limit": (
        led(at_risk=None),
        [("w", "avoided-without-end", "avoids", 2, "outcome")],
    ),
    "prevention where the need is not": (
        led(
            **{
                **in_towns("prevention"),
                "offers": [
                    {**row, "area": area}
                    for row, area in zip(rows_of("offers"), ("north", "south"), strict=True)
                ],
                "needs": [
                    {**row, "area": area}
                    for row, area in zip(rows_of("needs"), ("north", "south"), strict=True)
                ],
            }
        ),
        [("w", "avoided-nowhere", "avoids", 2, "service")],
    ),
    "a limit over areas with needs of their own": (
        led(**in_towns("prevention", "treatment")),
        [("e", "at-risk-over-areas", "at_risk", 2, "area")],
    ),
    "a rate missing for today's units": (
        {
            **settings(price_base=YEARS[0], today_year="2025-26"),
            **changed("offers", 2, release=0.1),
        },
        [("e", "missing-rate", "inflation", 2, "index")],
    ),
    "money held where need leads": (
        led(**rule("floor", "service=treatment")),
        [("w", "money-held-where-need-leads", "rules", 2, "subject")],
    ),
    "every line locked, one of them led by need": (
        led(**rule("lock", None, 5)),
        [("w", "money-held-where-need-leads", "rules", 2, "subject")],
    ),
    # sources
    "figures without source and status": (
        unsourced(
            "savings",
            {"outcome": "recoveries", "agency": "nhs", "value": 1, "cashable": 0},
            {"outcome": "recoveries", "agency": "council", "value": 1, "cashable": 0},
        ),
        [("w", "no-source", "savings", 3, "source"), ("w", "no-status", "savings", 3, "status")],
    ),
    # rules
    "a subject that cannot be read": (
        rule("floor", "service treatment"),
        [("e", "unreadable-subject", "rules", 2, "subject")],
    ),
    "a subject with an unknown column": (
        rule("floor", "servce=treatment"),
        [("e", "unreadable-subject", "rules", 2, "subject")],
    ),
    "a subject with unknown values": (
        rule("floor", "service=treatment|treatmnt; agency=nobody"),
        [
            ("e", "unknown-value", "rules", 2, "subject"),
            ("e", "unknown-value", "rules", 2, "subject"),
        ],
    ),
    "a subject that picks nothing": (
        rule("floor", "service=treatment; agency=council"),
        [("e", "picks-nothing", "rules", 2, "subject")],
    ),
    "a pool and a delivery model": (
        rule("cap", "pool=shared; delivery_model=in-house"),
        [("e", "subject-does-not-fit", "rules", 2, "subject")],
    ),
    "a lock on a pool": (
        rule("lock", "pool=shared"),
        [("e", "subject-does-not-fit", "rules", 2, "subject")],
    ),
    "an outcome floor without an outcome": (
        rule("outcome_floor"),
        [("e", "subject-incomplete", "rules", 2, "subject")],
    ),
    "an equity floor without a tier": (
        rule("equity_floor", "outcome=recoveries"),
        [("e", "subject-incomplete", "rules", 2, "subject")],
    ),
    "an equity floor over two outcomes": (
        {"areas": AREAS, **rule("equity_floor", "outcome=recoveries|admissions; tier=town")},
        [("e", "subject-does-not-fit", "rules", 2, "subject")],
    ),
    "an equity floor without populations": (
        {
            "areas": [*AREAS[:2], {**AREAS[2], "population": None}],
            **rule("equity_floor", "outcome=recoveries; tier=town"),
        },
        [("e", "no-population", "rules", 2, "subject")],
    ),
    "no worse off without an agency": (
        rule("no_worse_off", None, None),
        [("e", "subject-incomplete", "rules", 2, "subject")],
    ),
    "a rule without an amount": (
        rule("pace", None, None),
        [("e", "missing-amount", "rules", 2, "amount")],
    ),
    "more than all": (
        rule("share_cap", "service=treatment", 101),
        [("e", "above-hundred", "rules", 2, "amount")],
    ),
    "an amount in another unit": (
        rule("units_cap", unit="pounds"),
        [("e", "wrong-unit", "rules", 2, "unit")],
    ),
    "capitalisation without a direction": (
        rule("capitalisation", reference=None),
        [("e", "no-direction", "rules", 2, "reference")],
    ),
    "a statutory service without a floor": (
        changed("services", 1, nature="statutory") | rule("floor", "service=treatment"),
        [("w", "statutory-without-floor", "services", 2, "nature")],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_it_finds(case: str) -> None:
    tables, expected = CASES[case]
    assert found(tiny(**tables)) == expected


FINE: dict[str, dict[str, Any]] = {
    "as it is": {},
    "one step of returns needs no width": {
        "returns": [
            {"service": "treatment", "step": 1, "up_to": 0.5, "effectiveness": 1, **MADE_UP}
        ]
    },
    "capacity takes the place of need": {
        "needs": None,
        "offers": [{**row, "capacity": 9_000} for row in rows_of("offers")],
    },
    "rows of their own year and for each year": {
        **added("needs", {"service": "treatment", "year": YEARS[1], "people": 9}),
        **added(
            "contributions",
            {
                "pool": "shared",
                "stream": "nhs_core",
                "year": YEARS[0],
                "minimum": 20e6,
                "legal_power": POWER,
            },
        ),
    },
    "need that is met and avoided": led(),
    "need that is avoided and led by budget": {**led(), "services": rows_of("services")},
    "services that avoid need of one another a year later": led(
        **avoids(("admissions", "treatment"), ("recoveries", "prevention")),
        at_risk=[LIMIT, {**LIMIT, "outcome": "recoveries"}],
        effects=[{**row, "lag": n} for n, row in enumerate(rows_of("effects"))],
    ),
    "a saving of another cost than that avoided": led(
        **changed("savings", 1, service="prevention")
    ),
    "a saving of another agency than that whose need is avoided": led(
        **changed("savings", 1, agency="council")
    ),
    "a limit over areas with one need above them": led(**in_towns("prevention")),
    "a limit in each area with a need of its own": led(
        **in_towns("prevention", "treatment"),
        at_risk=[{**LIMIT, "area": area} for area in ("north", "south")],
    ),
    "a floor under several services, one of them led by need": led(**rule("floor", None)),
    "a statutory service led by need": led(
        **changed("services", 2, led_by="need", nature="statutory")
    ),
    "today's units not asked for": settings(price_base=YEARS[0], today_year="2025-26"),
    "an outcome beside a part that has no value of its own": {
        "outcomes": [
            {**rows_of("outcomes")[0], "includes": "recoveries"},
            {**rows_of("outcomes")[1], "social_value": 0},
        ],
        **added("effects", {"service": "prevention", "outcome": "recoveries"}),
    },
    "a part made by another service": changed("outcomes", 2, includes="admissions"),
    "need below an offer": {
        "areas": AREAS,
        "needs": [
            {"service": service, "area": area, "people": 9, **MADE_UP}
            for service in ("prevention", "treatment")
            for area in ("north", "south")
        ],
    },
    "funding of today and today paid from it": {
        **settings(today_year="2026-27"),
        **added("funding", {"stream": "council_tax", "year": "2026-27", "amount": 30e6}),
        **changed("today", 1, amount=30e6),
    },
    "outcome rules in appraisal years": {
        **settings(appraisal_years=5),
        **rule("outcome_floor", "outcome=recoveries", year="2031-32"),
    },
    "carried money helps to pay a minimum": {
        **changed("streams", 1, carry_forward=0.5),
        "contributions": [
            {
                "pool": "shared",
                "stream": "council_tax",
                "year": YEARS[1],
                "minimum": 15e6,
                "legal_power": POWER,
                **MADE_UP,
            }
        ],
    },
    "a lock keeps a statutory service": {
        **changed("services", 1, nature="statutory"),
        **rule("lock", "agency=council", None),
    },
    "capitalisation opens revenue services to capital": {
        **changed("streams", 1, kind="capital"),
        **rule("capitalisation", "agency=council", None),
    },
    "a direction may have no limit": rule("capitalisation", None, None),
    "equity floors": {
        "areas": AREAS,
        **rule("equity_floor", "outcome=recoveries; tier=town", 90, unit="per cent"),
    },
}


@pytest.mark.parametrize("case", FINE)
def test_it_is_content_with(case: str) -> None:
    assert found(tiny(**FINE[case])) == []


@pytest.mark.parametrize("name", examples())
def test_examples_have_no_errors(name: str) -> None:
    assert str(read(name).check().errors) == "No findings."


def test_a_place_of_nonsense_is_checked_without_stumbling() -> None:
    nonsense = every_column()
    assert {"unknown-key", "wrong-unit", "outside-range"} <= nonsense.check().codes
    assert check(Place(Settings(name="empty", years=()), {})).errors.codes == {
        "missing-table",
        "missing-years",
    }
    without_years = read("northvale").with_(Settings(name="northvale", years=()))
    assert "missing-years" in str(without_years.check())


@pytest.mark.parametrize("table", list(schema()))
def test_blank_and_strange_cells_do_not_stop_other_checks(table: str) -> None:
    place, described = read("northvale"), schema()[table]
    links = [[c] for c in described.columns if c.name in described.key or c.refers]
    others = [c for c in described.columns if [c] not in links]
    for columns in (*links, others):
        cells = {
            column.name: [
                "nobody" if column.type == "string" and row % 2 else None
                for row in range(len(place.tables[table]))
            ]
            for column in columns
        }
        broken = place.with_(**{table: place.tables[table].assign(**cells)})
        found = broken.check()
        assert found.grouped()["findings"].sum() == len(found), list(cells)


LIMITED = [
    (table.name, column.name, value, code)
    for table in schema().values()
    for column in table.columns
    for value, code in [
        *([(None, "missing-value")] if column.required else []),
        *([("no such word", "unknown-word")] if column.allowed else []),
        *([("no such key", "unknown-key")] if column.refers else []),
        *([(column.minimum - 1, None)] if column.minimum is not None else []),
        *([(column.maximum + 1, "outside-range")] if column.maximum is not None else []),
        *([(column.above, "outside-range")] if column.above is not None else []),
    ]
]


@pytest.mark.parametrize("table", list(schema()))
def test_every_limit_of_the_schema_is_checked(table: str) -> None:
    """The first row of the table once for each limit, with one cell of it beyond that limit."""
    place = read("northvale")
    limits = [limit for name, *limit in LIMITED if name == table]
    first = place.tables[table].astype(object).head(1)
    rows = first.reindex([0] * len(limits)).reset_index(drop=True)
    for number, (column, value, _) in enumerate(limits):
        rows.loc[number, column] = value
    examined = Examination(place.with_(**{table: rows}))
    found = [
        ((finding.table, finding.row, finding.column), finding.code)
        for one in values.CHECKS
        for finding in one(examined)
    ]
    for number, (column, value, code) in enumerate(limits):
        said = {each for where, each in found if where == (table, number + 2, column)}
        expected = {code} if code else {"negative", "outside-range"}
        assert expected & said, (column, value, said)


def test_findings_say_what_where_and_how_to_mend() -> None:
    findings = tiny(**changed("today", 2, stream="nhs_cor")).check()
    assert str(findings) == (
        "1 error, 0 warnings\n"
        "- error: today, row 3, stream: No stream 'nhs_cor' in the table streams. "
        "Did you mean nhs_core? [unknown-key]"
    )
    with pytest.raises(InvalidPlace, match="nhs_cor") as raised:
        findings.raise_if_errors()
    assert raised.value.findings == tuple(findings)


def test_findings_become_a_table_and_can_be_picked() -> None:
    findings = tiny(needs=None, effects=None).check()
    assert len(findings.to_frame()) == len(findings) == 3
    assert findings.to_frame()["row"].isna().tolist() == [True, False, False]
    assert findings.of("endless-buying") == findings.warnings == findings[1:]
    assert findings.errors.codes == {"missing-table"}
    assert findings.warnings.raise_if_errors() == findings.warnings
    assert Findings().to_frame().empty


def test_reasons_of_a_stream_that_nothing_can_use_are_given() -> None:
    fence = [{"stream": "council_tax", "purpose": "public_health"}]
    place = tiny(ring_fences=fence, **changed("services", 1, purpose="prevention"))
    [useless] = place.check().of("useless-stream")
    assert "council_tax is ring-fenced to public_health; prevention is for prevention" in (
        useless.what
    )
