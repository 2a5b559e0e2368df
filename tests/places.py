"""A small valid place for tests; every table can be replaced.

The council (£10 million a year) commissions prevention at £1,000 a unit, the NHS
board (£20 million a year) treatment at £2,000 a unit, over two years. Both may
pay into one pool without limits. Prices stand still, except that the index
general has a rate of 0 in both years.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import pandas as pd

from placebudget.place import Place, Settings

YEARS = ("2027-28", "2028-29")
MADE_UP = {"source": "made_up", "status": "illustrative"}
POWER = "National Health Service Act 2006, section 75"

Rows = pd.DataFrame | Sequence[dict[str, Any]] | None

_TABLES: dict[str, list[dict[str, Any]]] = {
    "agencies": [
        {"agency": "council", "name": "Tiny Council", "sector": "council"},
        {"agency": "nhs", "name": "Tiny NHS Board", "sector": "nhs"},
    ],
    "streams": [
        {"stream": "council_tax", "agency": "council", "raised": "local", **MADE_UP},
        {"stream": "nhs_core", "agency": "nhs", "raised": "national", **MADE_UP},
    ],
    "funding": [
        {"stream": stream, "year": year, "amount": amount, **MADE_UP}
        for stream, amount in (("council_tax", 10e6), ("nhs_core", 20e6))
        for year in YEARS
    ],
    "pools": [{"pool": "shared", "host": "council", "legal_power": POWER, **MADE_UP}],
    "contributions": [
        {"pool": "shared", "stream": stream, "legal_power": POWER, **MADE_UP}
        for stream in ("council_tax", "nhs_core")
    ],
    "services": [
        {
            "service": "prevention",
            "name": "prevention",
            "commissioner": "council",
            "purpose": "public_health",
            "nature": "preventive",
            **MADE_UP,
        },
        {
            "service": "treatment",
            "name": "treatment",
            "commissioner": "nhs",
            "purpose": "health_care",
            "nature": "reactive",
            **MADE_UP,
        },
    ],
    "offers": [
        {
            "offer": "prevention_in_house",
            "service": "prevention",
            "unit_cost": 1_000,
            "index": "general",
            **MADE_UP,
        },
        {
            "offer": "treatment_in_house",
            "service": "treatment",
            "unit_cost": 2_000,
            "index": "general",
            **MADE_UP,
        },
    ],
    "today": [
        {"service": "prevention", "stream": "council_tax", "amount": 8e6, **MADE_UP},
        {"service": "treatment", "stream": "nhs_core", "amount": 20e6, **MADE_UP},
    ],
    "needs": [
        {"service": "prevention", "people": 12_000, **MADE_UP},
        {"service": "treatment", "people": 12_000, **MADE_UP},
    ],
    "outcomes": [
        {"outcome": "admissions", "name": "Admissions avoided", "better": "less", **MADE_UP},
        {"outcome": "recoveries", "name": "Recoveries", "social_value": 3_000, **MADE_UP},
    ],
    "effects": [
        {"service": "prevention", "outcome": "admissions", "impact": 0.5, **MADE_UP},
        {"service": "treatment", "outcome": "recoveries", "impact": 0.8, **MADE_UP},
    ],
    "savings": [
        {"outcome": "admissions", "agency": "nhs", "value": 4_000, "cashable": 0.3, **MADE_UP},
    ],
    "inflation": [{"index": "general", "year": year, "rate": 0, **MADE_UP} for year in YEARS],
    "sources": [{"source": "made_up", "title": "Made-up figures for tests"}],
}


def tiny(settings: Settings | None = None, **tables: Rows) -> Place:
    """A small valid place with some tables replaced.

    A table is a frame, a list of rows, or None for an empty table.
    """
    return _whole().with_(settings, **{name: frame(rows) for name, rows in tables.items()})


@cache
def _whole() -> Place:
    """With every table as it is, made once: what is kept need not be read again."""
    frames = {name: frame(rows) for name, rows in _TABLES.items()}
    return Place(Settings(name="tiny", title="Tiny", years=YEARS), frames)


def rows_of(table: str) -> list[dict[str, Any]]:
    """The rows of a table of the tiny place, to change and hand back."""
    return [dict(row) for row in _TABLES.get(table, [])]


def frame(rows: Rows) -> pd.DataFrame:
    """Rows as a frame."""
    if rows is None:
        return pd.DataFrame()
    return rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows))
