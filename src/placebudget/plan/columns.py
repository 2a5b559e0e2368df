"""What the tables of a plan hold: their columns and the type of each."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from placebudget.solver import PRICE_COLUMNS

TEXT, NUMBER, TRUTH = "str", "float64", "bool"

_FLOW = {"stream": TEXT, "route": TEXT, "service": TEXT, "area": TEXT, "year": TEXT}

PLAN_TABLES: Mapping[str, Mapping[str, str]] = {
    "money": {**_FLOW, "amount": NUMBER},
    "contributions": {
        "stream": TEXT,
        "pool": TEXT,
        "year": TEXT,
        "gross": NUMBER,
        "management_cost": NUMBER,
        "spent": NUMBER,
        "unspent": NUMBER,
    },
    "balances": {
        "stream": TEXT,
        "year": TEXT,
        "funding": NUMBER,
        "carried_in": NUMBER,
        "direct": NUMBER,
        "contributed": NUMBER,
        "carried_out": NUMBER,
        "idle": NUMBER,
    },
    "units": {
        "offer": TEXT,
        "service": TEXT,
        "area": TEXT,
        "year": TEXT,
        "units": NUMBER,
        "started": TRUTH,
        "cost": NUMBER,
    },
    "outcomes": {
        "outcome": TEXT,
        "service": TEXT,
        "area": TEXT,
        "year": TEXT,
        "produced": NUMBER,
        "counted": NUMBER,
        "overlap": NUMBER,
        "fiscal": NUMBER,
        "economic": NUMBER,
        "social": NUMBER,
        "weighted": NUMBER,
    },
    "savings": {
        "outcome": TEXT,
        "agency": TEXT,
        "service": TEXT,
        "area": TEXT,
        "year": TEXT,
        "fiscal": NUMBER,
        "cashable": NUMBER,
        "discounted_fiscal": NUMBER,
        "discounted_cashable": NUMBER,
    },
    "prices": PRICE_COLUMNS,
}
"""Tables of a plan; amounts of money are pounds."""

LABEL_TABLES: Mapping[str, Mapping[str, str]] = {
    "agencies": dict.fromkeys(("agency", "name", "sector", "partner"), TEXT),
    "streams": dict.fromkeys(("stream", "name", "agency", "raised", "kind", "ring_fence"), TEXT),
    "services": dict.fromkeys(
        ("service", "name", "commissioner", "purpose", "nature", "kind", "unit"), TEXT
    ),
    "areas": {
        **dict.fromkeys(("area", "name", "parent", "tier"), TEXT),
        "population": NUMBER,
    },
    "pools": dict.fromkeys(("pool", "name", "host", "legal_power"), TEXT),
    "outcomes": dict.fromkeys(("outcome", "name", "unit"), TEXT),
}
"""Names and attributes that let a plan be read without its place."""


def table(rows: Mapping[str, list[object]], columns: Mapping[str, str]) -> pd.DataFrame:
    """A typed frame from the cells of each column."""
    return pd.DataFrame({name: pd.Series(rows[name], dtype=columns[name]) for name in columns})
