"""A small place that uses every table and every column at once, and has a plan."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd

from placebudget.place import Place, Settings

YEARS = ("2027-28", "2028-29")
TODAY = "2026-27"
NOTES = {"source": "guess", "status": "illustrative", "note": "made up"}
POWER = "National Health Service Act 2006, section 75"


@cache
def rich() -> Place:
    """The place."""
    settings = Settings(
        name="rich",
        years=YEARS,
        discount=0.035,
        price_base=TODAY,
        today_year=TODAY,
        appraisal_years=5,
    )
    return Place(settings, {name: pd.DataFrame(rows) for name, rows in _tables().items()})


def _tables() -> dict[str, list[dict[str, Any]]]:
    tables = {
        "agencies": _rows(
            ("agency", "name", "sector", "area", "partner"),
            ("council", "Council", "council", "place", "councils"),
            ("district", "District", "council", "north", "councils"),
            ("nhs", "NHS", "nhs", "place", "health"),
            ("benefits", "Benefits", "dwp", "place", "state"),
            ("coast", "Coast", "council", "place", "coast"),
            ("moor", "Moor", "council", "village", "moor"),
        ),
        "successions": _rows(
            ("agency", "successor", "year", "share"),
            ("district", "coast", YEARS[1], 0.7),
            ("district", "moor", YEARS[1], 0.3),
        ),
        "areas": _rows(
            ("area", "name", "parent", "tier", "population", "deprivation"),
            ("place", "Place", None, "place", 40_000, None),
            ("north", "North", "place", "district", 30_000, 2),
            ("south", "South", "place", "district", 10_000, 1),
            ("village", "Village", "north", "ward", 2_000, None),
        ),
        "streams": _rows(
            (
                "stream",
                "name",
                "agency",
                "raised",
                "kind",
                "recurrent",
                "carry_forward",
                "council_tax",
                "continues",
            ),
            ("tax_1", "Tax one", "council", "local", "revenue", True, 0.1, True, None),
            ("tax_2", "Tax two", "council", "local", "revenue", True, 0.1, True, None),
            ("grant", "Grant", "council", "national", "revenue", False, 0.0, False, "tax_2"),
            ("rates", "Rates", "district", "local", "revenue", True, 0.0, False, None),
            ("receipts", "Receipts", "district", "local", "capital", False, 0.5, False, None),
            ("core", "Core", "nhs", "national", "revenue", True, 0.0, False, None),
        ),
        "funding": _funding(),
        "ring_fences": _rows(("stream", "purpose"), ("grant", "families"), ("grant", "care")),
        "pools": _rows(
            ("pool", "name", "host", "legal_power", "management_cost", "open"),
            ("fund", "Fund", "council", POWER, 0.02, True),
            ("hub", "Hub", "nhs", POWER, 0.01, True),
        ),
        "contributions": _rows(
            (
                "pool",
                "stream",
                "year",
                "minimum",
                "minimum_share",
                "maximum",
                "legal_power",
                "stays_in_area",
            ),
            ("fund", "core", None, 200_000, 0.0, 900_000, POWER, False),
            ("fund", "core", YEARS[1], 100_000, 0.0, 800_000, POWER, False),
            ("fund", "rates", None, 0, 0.0, 400_000, POWER, True),
            ("hub", "grant", None, None, 0.02, 300_000, POWER, False),
        ),
        "pool_purposes": _rows(
            ("pool", "purpose"), ("fund", "care"), ("fund", "health"), ("hub", "families")
        ),
    }
    tables |= _services() | _worth() | _limits()
    for service in tables["services"]:
        service["led_by"] = "need" if service["service"] == "urgent" else "budget"
        service |= {"duty": "An act, section 1", "no_difference": "guess"}
    tables["outcomes"][0] |= {"social_low": 900, "social_high": 2_100}
    tables["effects"][1]["estimate"] = "made_up"
    for table in ("effects", "needs", "offers", "funding", "savings"):
        tables[table][0]["spread"] = 0.15
    for offer in tables["offers"]:
        offer["price_year"] = {"hubs_2": "2025-26", "ward_1": "2024-25"}.get(offer["offer"])
        offer["release"] = {"urgent_1": 0.02}.get(offer["offer"])
        offer["build"] = {"hubs_1": 0.3}.get(offer["offer"])
    plain = {"agencies", "ring_fences", "pool_purposes", "choices", "shared_services", "sources"}
    plain |= {"gateways"}
    plain |= {"target_shares"}
    return {
        name: rows if name in plain else [{**row, **NOTES} for row in rows]
        for name, rows in tables.items()
    }


def _rows(columns: tuple[str, ...], *rows: tuple[Any, ...]) -> list[dict[str, Any]]:
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _funding() -> list[dict[str, Any]]:
    amounts = {
        "tax_1": (2_000_000, 2_100_000, 2_300_000),
        "tax_2": (1_000_000, 1_000_000, 1_200_000),
        "grant": (500_000, 600_000, 400_000),
        "rates": (400_000, 450_000, 500_000),
        "receipts": (100_000, 300_000, 200_000),
        "core": (3_000_000, 3_300_000, 3_200_000),
    }
    return [
        {"stream": stream, "year": year, "amount": amount}
        for stream, row in amounts.items()
        for year, amount in zip((TODAY, *YEARS), row, strict=True)
    ]


def _services() -> dict[str, list[dict[str, Any]]]:
    return {
        "services": _rows(
            (
                *("service", "name", "commissioner", "purpose", "nature", "kind", "unit"),
                "units_per_person",
            ),
            ("care", "care", "council", "care", "statutory", "revenue", "visit", 2.0),
            ("hubs", "hubs", "council", "families", "preventive", "revenue", "family", 1.0),
            ("ward", "ward", "nhs", "health", "reactive", "revenue", "bed", 1.0),
            ("homes", "homes", "district", "housing", "universal", "capital", "home", 1.0),
            ("bus", "bus", "district", "transport", "universal", "revenue", "trip", 1.0),
            ("urgent", "urgent care", "nhs", "health", "statutory", "revenue", "case", 1.0),
            ("desk", "desk", "council", "families", "universal", "revenue", "desk", 1.0),
        ),
        "offers": _rows(
            (
                *("offer", "service", "area", "provider", "delivery_model", "unit_cost", "index"),
                *("capacity", "set_up_cost", "smallest_lot", "first_year", "leaving_cost"),
            ),
            ("care_n", "care", "north", "Trust", "trust", 900, "pay", None, 0, 0, None, 0),
            ("care_s", "care", "south", "Firm", "contract", 1_000, "general", None, 0, 0, None, 0),
            ("hubs_1", "hubs", None, "Council", "in-house", 500, "pay", 900, 0, 0, None, 0),
            ("hubs_2", "hubs", None, "Guild", "mutual", 450, "pay", 600, 50_000, 50, YEARS[1], 9e4),
            ("ward_1", "ward", None, "NHS", "in-house", 2_000, "pay", None, 0, 0, None, 0),
            ("homes_1", "homes", "north", "Firm", "contract", 5_000, None, 90, 0, 0, None, 0),
            ("bus_2", "bus", "north", "Guild", "mutual", 290, None, 900, 0, 0, None, 0),
            ("bus_1", "bus", "village", "Firm", "contract", 300, "general", 400, 0, 5, None, 2e4),
            ("urgent_1", "urgent", None, "NHS", "in-house", 1_000, "pay", None, 0, 0, None, 0),
            ("hubs_3", "hubs", None, "Guild", "shared", 400, None, 300, 0, 10, None, 0),
            ("desk_1", "desk", None, "Council", "shared", 1_000, None, 100, 0, 15, None, 0),
        ),
        "choices": _rows(
            ("choice", "offer", "rule", "note"),
            ("who_runs_hubs", "hubs_1", "at_most_one", "A note"),
            ("who_runs_hubs", "hubs_2", "at_most_one", "A note"),
        ),
        "personal_budgets": _rows(
            ("offer", "saving", "recovered", "advice", "pot"),
            ("care_s", 0.04, 0.05, 60.0, 900_000.0),
        ),
        "gateways": _rows(
            ("gateway", "offer", "year", "passed", "released", "reviewer", "note"),
            ("second_case", "hubs_3", YEARS[0], False, 0.8, "Board", "A note"),
            ("ward_case", "bus_1", YEARS[1], True, 0.0, "Board", "A note"),
        ),
        "shared_services": _rows(
            ("shared_offer", "offer", "takes", "least_members", "notice_years", "note"),
            ("desk_1", "hubs_2", 20.0, 1, 2, "A note"),
            ("desk_1", "hubs_3", 5.0, 1, 2, "A note"),
        ),
        "levels": _rows(
            ("service", "tier", "overhead", "kept"),
            ("bus", "ward", 2_000, 0.95),
            ("bus", "district", 9_000, 1.0),
        ),
        "posts": _rows(
            ("role", "name", "days", "absence_days", "hours", "vacant"),
            ("nurses", "nurses", 220, 10.0, 7.5, 0.1),
            ("carers", "carers", 225, 8.8, 7.4, 0.05),
        ),
        "staffing": _rows(
            ("offer", "role", "hours"),
            ("ward_1", "nurses", 900),
            ("care_s", "carers", 300),
            ("care_n", "nurses", 40),
            ("care_n", "carers", 250),
        ),
        "providers": _rows(
            ("provider", "quality", "fixed_cost", "margin", "failure", "moving_cost", "entrant"),
            ("Guild", 80.0, 40_000, 0.2, 0.05, 300, True),
            ("Firm", 60.0, 90_000, 0.15, 0.1, 500, False),
        ),
        "today": _rows(
            ("service", "area", "stream", "amount", "pool", "offer", "reference"),
            ("care", "north", "tax_1", 900_000, None, None, "Revenue outturn, line 1"),
            ("care", "south", "core", 400_000, "fund", None, None),
            ("hubs", None, "tax_2", 300_000, None, "hubs_1", None),
            ("ward", None, "core", 1_300_000, None, None, None),
            ("homes", "north", "receipts", 80_000, None, None, None),
            ("urgent", None, "core", 350_000, None, None, None),
        ),
        "needs": _rows(
            ("service", "area", "year", "people"),
            ("care", "north", None, 700),
            ("care", "north", YEARS[1], 800),
            ("hubs", None, None, 1_200),
            ("ward", None, None, 2_000),
            ("bus", "village", None, 500),
            ("urgent", None, None, 350),
        ),
        "cohorts": _rows(
            ("area", "band", "year", "people"),
            ("south", "18_84", TODAY, 880),
            ("south", "18_84", YEARS[1], 920),
            ("south", "85_plus", TODAY, 100),
            ("south", "85_plus", YEARS[1], 120),
            ("south", "0_17", TODAY, 700),
            ("south", "0_17", YEARS[1], 600),
        ),
        "prevalence": _rows(
            ("service", "band", "share", "trend"),
            ("care", "18_84", 0.5, 0.01),
            ("care", "85_plus", 0.6, None),
        ),
        "returns": _rows(
            ("service", "step", "up_to", "effectiveness"),
            ("hubs", 1, 0.4, 1.0),
            ("hubs", 2, 0.9, 0.6),
            ("ward", 1, 1.0, 0.9),
            ("urgent", 1, 0.5, 1.0),
            ("urgent", 2, 1.0, 0.8),
        ),
    }


def _worth() -> dict[str, list[dict[str, Any]]]:
    return {
        "outcomes": _rows(
            (
                *("outcome", "name", "unit", "better", "weight", "economic_value"),
                *("social_value", "price_year", "discount", "includes"),
            ),
            ("stays", "Stays", "stay", "less", 1.5, 100, 1_500, "2024-25", "0.01", "calls"),
            ("calls", "Calls", "call", "less", 1.0, 0, 0, None, None, None),
            ("years", "Years", "year", "more", 1.0, 50, 900, None, "green book health", None),
            ("falls", "Falls", "fall", "less", 0.5, 0, 0, None, None, None),
        ),
        "effects": _rows(
            (
                *("service", "outcome", "engagement", "retention", "impact", "deadweight"),
                *("attribution", "evidence", "lag", "duration", "drop_off"),
            ),
            ("care", "years", 0.9, 0.95, 1.0, 0.1, 0.9, "b", 0, 1, 0.0),
            ("hubs", "stays", 0.8, 0.7, 0.4, 0.2, 0.8, "a", 1, 3, 0.2),
            ("ward", "years", 1.0, 1.0, 1.5, 0.0, 1.0, None, 0, 1, 0.0),
            ("ward", "stays", 0.9, 0.9, 0.3, 0.3, 0.7, "b", 0, 2, 0.3),
            ("homes", "years", 1.0, 1.0, 3.0, 0.2, 1.0, "a", 0, 2, 0.1),
            ("bus", "stays", 1.0, 1.0, 0.1, 0.0, 1.0, None, 0, 1, 0.0),
            ("hubs", "calls", 0.9, 0.8, 0.3, 0.1, 0.9, "a", 1, 2, 0.1),
            ("urgent", "years", 1.0, 1.0, 0.2, 0.0, 1.0, None, 0, 1, 0.0),
            ("bus", "falls", 1.0, 1.0, 0.1, 0.0, 1.0, None, 1, 1, 0.0),
        ),
        "savings": _rows(
            ("outcome", "agency", "value", "price_year", "cashable", "transfer", "service"),
            ("stays", "nhs", 1_800, "2025-26", 0.3, False, "care"),
            ("stays", "benefits", 400, None, 0.5, True, None),
            ("years", "council", 300, YEARS[0], 0.4, False, None),
        ),
        "avoids": _rows(("outcome", "service", "units"), ("calls", "urgent", 0.5)),
        "at_risk": _rows(
            ("outcome", "area", "year", "most"),
            ("stays", None, None, 900),
            ("stays", None, "2029-30", 700),
            ("stays", "south", None, 800),
            ("calls", None, None, 250),
            ("calls", None, "2029-30", 90),
        ),
        "targets": _rows(
            (
                *("target", "name", "outcome", "area", "year", "baseline", "stretch"),
                *("threshold", "reward", "instalments", "payer", "investor"),
            ),
            (
                "settled",
                "settled",
                "years",
                None,
                YEARS[0],
                900,
                2_600,
                0.6,
                90_000,
                2,
                "Dept",
                None,
            ),
            ("safe", "safe", "years", "north", YEARS[0], 100, 700, 0.5, 60_000, 1, "Dept", "tax_1"),
        ),
        "target_shares": _rows(
            ("target", "stream", "share", "pays"),
            ("settled", "core", 0.5, False),
            ("settled", "tax_1", 0.5, False),
            ("safe", "rates", 0.5, False),
            ("safe", "core", 0.2, True),
        ),
        "loans": _rows(
            (
                *("loan", "name", "lender", "stream", "borne_by", "first_year", "most", "rate"),
                *("years", "kind", "half_yearly", "later_pound"),
            ),
            (
                *("homes", "for homes", "Board", "receipts", "rates", YEARS[0], 90_000, 0.04),
                *(12, "eip", True, 1.1),
            ),
            (
                *("late", "for later", "Board", "receipts", "rates", YEARS[1], 40_000, 0.05),
                *(5, "annuity", False, 1.3),
            ),
        ),
        "evidence": _rows(
            ("grade", "name", "optimism_bias", "spread"),
            ("a", "Good", 0.05, 0.1),
            ("b", "Fair", 0.15, 0.3),
        ),
        "inflation": [
            {"index": index, "year": year, "rate": rate}
            for index, years, rates in (
                ("general", (*YEARS, "2025-26", TODAY), (0.02, 0.025, 0.05, 0.03)),
                ("pay", YEARS, (0.03, 0.04)),
            )
            for year, rate in zip(years, rates, strict=True)
        ],
    }


def _limits() -> dict[str, list[dict[str, Any]]]:
    law, policy = "law", "policy"
    rules = [
        ("care_floor", "floor", "service=care", None, 800_000, "pounds", law),
        ("firm_cap", "cap", "provider=Firm", None, 2_000_000, "pounds", policy),
        ("ward_units", "units_floor", "nature=reactive", None, 300, "units", policy),
        ("model_units", "units_cap", "delivery_model=in-house", YEARS[0], 2_500, "units", policy),
        ("nurse_posts", "posts_cap", "role=nurses", None, 600, "posts", policy),
        ("carer_posts", "posts_cap", "role=carers; area=north", YEARS[1], 120, "posts", law),
        ("firm_share", "provider_cap", "service=care; provider=Firm", None, 95, "per cent", policy),
        ("some_choose", "take_up_floor", "service=ward", None, 5, "per cent", law),
        ("not_all", "take_up_cap", "service=care; provider=Trust", YEARS[1], 95, "per cent", law),
        ("stays_floor", "outcome_floor", "outcome=stays", YEARS[1], 10, "outcome units", policy),
        ("ward_lock", "lock", "service=ward", YEARS[0], 60, "per cent", policy),
        ("care_pace", "pace", "provider=Trust|Firm", None, 60, "per cent", policy),
        ("hub_share", "share_floor", "nature=preventive", None, 2, "per cent", policy),
        ("pool_share", "share_cap", "pool=fund; service=care", None, 90, "per cent", policy),
        ("fair", "equity_floor", "outcome=years; tier=district", None, 30, "per cent", policy),
        ("pool_kept", "virement", "pool=fund; purpose=care", None, 80, "per cent", policy),
        ("nhs_kept", "no_worse_off", "agency=nhs", None, 50, "per cent", policy),
        ("direction", "capitalisation", "service=care", None, 90_000, "pounds", law),
    ]
    columns = ("rule", "kind", "subject", "year", "amount", "unit", "basis")
    return {
        "rules": [{**row, "reference": "An Act"} for row in _rows(columns, *rules)],
        "reserves": _rows(
            ("agency", "kind", "opening", "minimum"), ("council", "general", 5e6, 2e6)
        ),
        "option_estimates": _rows(
            ("option", "by", "saving", "cost", "years"),
            ("one council", "a party", 1_200_000, 300_000, 4),
        ),
        "sources": _rows(
            ("source", "title", "publisher", "year", "reference", "licence", "borrowed"),
            ("guess", "Made-up figures", "Nobody", "2026", "none", "none", True),
        ),
    }
