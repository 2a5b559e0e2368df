"""What an outturn cannot say of a service, taken from a worked example place.

An outturn holds money by line. What a line buys, what a unit costs, what it brings about and how
fast it can shrink comes from the example Lancashire, row by row with its source and status, so
that each such figure stands, and is mended, in one place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import pandas as pd

from placebudget.place import Place, example
from placebudget.place.settings import GENERAL, financial_year, start_of
from placebudget.value import price_levels

EXAMPLE, COUNCIL = "lancashire", "blackburn"
"""The example, and its council that holds both tiers: its rows stand for any council's."""

Row = dict[str, Any]

PARTS: dict[str, dict[str, float | None]] = {
    "adult_social_care": {
        "home_care": 0.27,
        "residential_care": 0.45,
        "reablement": 0.02,
        "falls_prevention": 0.005,
        "other_adult_social_care": None,
    },
    "childrens_social_care": {
        "children_in_care": 0.52,
        "family_hubs": 0.07,
        "family_group_conferences": 0.0025,
        "other_children_social_care": None,
    },
    "public_health": {
        "drug_alcohol_treatment": 0.26,
        "stop_smoking": 0.05,
        "other_public_health": None,
    },
    "housing": {
        "homelessness_prevention": 0.209,
        "temporary_accommodation": 0.341,
        "other_housing": None,
    },
    "education": {"education": None},
    "highways_transport": {"highways": None},
    "cultural": {"culture": None},
    "environmental": {"environment": None},
    "planning": {"planning": None},
    "central": {"central_services": None},
    "fire": {"home_safety_visits": 0.06, "fire_response": None},
    "police": {
        "neighbourhood_policing": 0.167,
        "domestic_abuse_support": 0.019,
        "hot_spot_patrols": 0.006,
        "other_policing": None,
    },
    "nhs": {
        "emergency_care": 0.262,
        "community_nursing": 0.079,
        "mental_health_crisis": 0.017,
        "hospital_at_home": 0.0045,
        "other_nhs": None,
    },
    "dwp": {"employment_coaching": None},
}
"""Services a line is divided into, with the share of each as in the example; the last, the rest."""

FLOORS = {
    "other_adult_social_care": (0.8, "Care Act 2014, section 18"),
    "other_children_social_care": (0.8, "Children Act 1989, sections 31 and 47"),
    "homelessness_prevention": (0.8, "Housing Act 1996, section 195"),
    "fire_response": (0.9, "Fire and Rescue Services Act 2004, section 7"),
}
"""Duties that are not led by need: the least share of today's money, an assumption, and the law."""

AT_RISK = {"care_home_years": 0.125, "child_care_years": 0.125, "emergency_admissions": 0.09}
"""Most that can be avoided of a service led by need, as a share of today's units."""


@cache
def worked() -> Place:
    """The example place."""
    return example(EXAMPLE)


def role(key: object) -> str:
    """A service of the example without the council it belongs to."""
    return str(key).removesuffix(f"_{COUNCIL}")


@cache
def people() -> float:
    """Residents of the example."""
    areas = worked().areas.set_index("area")
    return float(areas.loc[EXAMPLE, "population"])


@cache
def _by_role(table: str, column: str) -> dict[str, tuple[Row, ...]]:
    """Rows of a table of the example by service, of the one council and of the partners."""
    others = set(worked().agencies.query("sector == 'council'")["agency"]) - {COUNCIL}
    commissioner = worked().services.set_index("service")["commissioner"]
    rows: dict[str, list[Row]] = {}
    for row in worked().tables[table].to_dict("records"):
        if commissioner.get(row[column]) not in others:
            rows.setdefault(role(row[column]), []).append(_written(row))
    return {key: tuple(found) for key, found in rows.items()}


def _written(row: Row) -> Row:
    """A row without its blanks."""
    return {str(name): value for name, value in row.items() if not pd.isna(value)}


def rows_of(table: str, service: str, column: str = "service") -> list[Row]:
    """Rows of a table about a service of the example, as copies."""
    return [dict(row) for row in _by_role(table, column).get(service, ())]


def first_row(table: str, service: str) -> Row:
    """The first row of a table about a service, or none."""
    return next(iter(rows_of(table, service)), {})


def measured(service: str) -> bool:
    """Whether units of a service are more than money: what it brings about is known then."""
    return not str(first_row("services", service).get("unit", "£")).startswith("£")


@cache
def per_head(table: str, column: str, amount: str) -> dict[str, float]:
    """Amount for each resident by service or outcome, over the whole example."""
    suffixes = [f"_{key}" for key in worked().agencies["agency"]]
    rows = worked().tables[table]
    rows = rows[rows["year"].isna()]
    totals: dict[str, float] = {}
    for key, value in zip(rows[column], rows[amount], strict=True):
        plain = next((key.removesuffix(end) for end in suffixes if key.endswith(end)), key)
        totals[plain] = totals.get(plain, 0.0) + float(value)
    return {key: total / people() for key, total in totals.items()}


def unit_cost(service: str, base: str) -> float:
    """Cost of a unit in the prices of a year."""
    offer = first_row("offers", service)
    year = offer.get("price_year", worked().settings.price_base)
    return float(offer["unit_cost"] * level(year, base))


def level(year: str, base: str) -> float:
    """What one pound of a year is in the prices of another, by the index general."""
    rates = pd.DataFrame(inflation(GENERAL, *sorted((year, base))))
    return float(price_levels(rates, GENERAL, year, [base])[0]) if len(rates) else 1.0


def inflation(index: str, first: str, last: str) -> Iterator[Row]:
    """Rates of an index after the first year up to the last.

    Where the example has none for an index, the rate of general stands for it; beyond the
    years of the example, its last rate.
    """
    table = worked().inflation
    held = {
        name: {row["year"]: _written(row) for row in rows.to_dict("records")}
        for name, rows in table.groupby("index")
    }
    own, general = held[index], held[GENERAL]
    for start in range(start_of(first) + 1, start_of(last) + 1):
        year = financial_year(start)
        if year in own:
            yield own[year]
            continue
        row = dict(general.get(year) or own[max(own)])
        row |= {"index": index, "year": year, "status": "illustrative"}
        row["note"] = (
            "No figure of its own: as the index general"
            if year in general
            else f"Assumed to go on as in {max(own)}"
        )
        yield row


def sources(used: Iterable[str]) -> list[Row]:
    """Sources of the example that rows refer to: borrowed, as they are of another place."""
    wanted = set(used)
    return [
        {**_written(row), "borrowed": True}
        for row in worked().sources.to_dict("records")
        if row["source"] in wanted
    ]
