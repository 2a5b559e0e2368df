"""A council that prevents and an NHS that must treat: small enough to work out by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from placebudget.place import Place, Settings

YEARS = ("2027-28", "2028-29", "2029-30")


def place_of(tables: Mapping[str, Sequence[Mapping[str, Any]]], **settings: Any) -> Place:
    """A place from rows, without discount or inflation."""
    made = {"name": "worked", "years": YEARS, "appraisal_years": 3, "discount": 0.0, **settings}
    frames = {name: pd.DataFrame(list(rows)) for name, rows in tables.items() if rows}
    return Place(Settings(**made), frames)


def worked(
    *,
    release: float | None = 0.05,
    nursing: bool = True,
    family_value: float = 0.0,
    family_today: float = 0.0,
    nhs: Sequence[float] = (100e6, 100e6, 100e6),
    need: float = 100_000,
    rules: Sequence[Mapping[str, Any]] = (),
    **settings: Any,
) -> Place:
    """Family support of the council avoids attendances that the NHS must treat."""
    services = [
        {"service": "emergency", "commissioner": "nhs", "purpose": "health", "led_by": "need"},
        {"service": "family", "commissioner": "council", "purpose": "families"},
        {"service": "libraries", "commissioner": "council", "purpose": "culture"},
    ]
    offers = [
        {"offer": "emergency", "service": "emergency", "unit_cost": 1000.0, "release": release},
        {"offer": "family", "service": "family", "unit_cost": 2000.0},
        {"offer": "libraries", "service": "libraries", "unit_cost": 1.0},
    ]
    outcomes = [
        {"outcome": "treated", "social_value": 1200.0},
        {"outcome": "fewer", "social_value": 0.0},
        {"outcome": "read", "social_value": 1.0},
    ]
    effects = [
        {"service": "emergency", "outcome": "treated", "impact": 1.0, "lag": 0},
        {"service": "family", "outcome": "fewer", "impact": 3.0, "lag": 1},
        {"service": "libraries", "outcome": "read", "impact": 1.0, "lag": 0},
    ]
    if nursing:
        services.append({"service": "nursing", "commissioner": "nhs", "purpose": "health"})
        offers.append({"offer": "nursing", "service": "nursing", "unit_cost": 1.0})
        outcomes.append({"outcome": "nursed", "social_value": 2.0})
        effects.append({"service": "nursing", "outcome": "nursed", "impact": 1.0, "lag": 0})
    if family_value:
        outcomes.append({"outcome": "families", "social_value": family_value})
        effects.append({"service": "family", "outcome": "families", "impact": 1.0, "lag": 0})
    return place_of(
        {
            "agencies": [{"agency": "council"}, {"agency": "nhs"}],
            "streams": [
                {"stream": "tax", "agency": "council", "raised": "local"},
                {"stream": "grant", "agency": "nhs", "raised": "national"},
            ],
            "funding": [
                *({"stream": "tax", "year": year, "amount": 10e6} for year in YEARS),
                *(
                    {"stream": "grant", "year": year, "amount": amount}
                    for year, amount in zip(YEARS, nhs, strict=True)
                ),
            ],
            "services": services,
            "offers": offers,
            "today": [
                {"service": "emergency", "stream": "grant", "amount": min(nhs[0], 100e6)},
                {"service": "libraries", "stream": "tax", "amount": 10e6 - family_today},
                *(
                    [{"service": "family", "stream": "tax", "amount": family_today}]
                    if family_today
                    else []
                ),
            ],
            "needs": [{"service": "emergency", "people": need}],
            "outcomes": outcomes,
            "effects": effects,
            "avoids": [{"outcome": "fewer", "service": "emergency", "units": 1.0}],
            "rules": [{"basis": "policy", **rule} for rule in rules],
        },
        **settings,
    )
