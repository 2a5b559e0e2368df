"""Small places at random in which need must be met and is avoided, by a seed."""

from __future__ import annotations

import random
from typing import Any

import pandas as pd

from placebudget.place import Place, Settings
from placebudget.place.settings import years_between

Row = dict[str, Any]
AREAS = [
    {"area": "place", "tier": "place", "population": 50_000},
    {"area": "north", "parent": "place", "tier": "town", "population": 30_000},
    {"area": "south", "parent": "place", "tier": "town", "population": 20_000},
]
TOWNS = ("north", "south")
COST = {"treat": 1_000.0, "care": 400.0, "prevent": 300.0, "other": 100.0}


def needing(seed: int) -> Place:
    """Prevention of the council spares treatment by the NHS, and care perhaps.

    Lines lie in the place or in its towns, alike or not; today's money, returns, offers,
    capacity that goes and comes slowly, limits and lags are drawn.
    """
    draw = random.Random(seed)
    years = years_between("2027-28", draw.choice((1, 2, 3)))
    now = draw.choice(("2026-27", years[0]))
    where = {name: draw.choice((("place",), TOWNS)) for name in COST}
    led = {name: draw.choice(("need", "need", "budget")) for name in ("treat", "care")}
    # An outcome made at one level that avoids need at another is shared, or summed up.
    needs = [
        {"service": name, "area": area, "year": year, "people": draw.choice((300, 500, 800))}
        for name in ("treat", "care", "prevent")
        for area in where[name]
        for year in draw.choice(((None,), (None, years[-1])))
    ]
    offers, today = [], []
    for name, areas in where.items():
        for area in areas:
            mine = _offers(draw, name, area, led.get(name) != "need", years[-1])
            offers += mine
            if draw.random() < 0.8:
                stream = "core" if name in ("treat", "other") else "tax"
                amount = COST[name] * draw.choice((100, 200, 400))
                offer = None if len(mine) == 1 else mine[0]["offer"]
                row = {"service": name, "area": area, "stream": stream, "offer": offer}
                today.append({**row, "amount": amount})
    services = [
        {"service": name, "commissioner": agency, "purpose": name, "led_by": led.get(name)}
        for name, agency in (
            *(("treat", "nhs"), ("care", "council"), ("prevent", "council"), ("other", "nhs")),
        )
    ]
    tables: dict[str, list[Row]] = {
        "agencies": [{"agency": "council"}, {"agency": "nhs"}],
        "areas": AREAS,
        "streams": [
            {"stream": "tax", "agency": "council", "raised": "local", "carry_forward": 0.1},
            {"stream": "core", "agency": "nhs", "raised": "national"},
        ],
        "funding": [
            {"stream": stream, "year": year, "amount": draw.choice((0.8, 1.0, 1.4)) * amount}
            for stream, amount in (("tax", 900_000.0), ("core", 1_300_000.0))
            for year in dict.fromkeys((now, *years))
        ],
        "services": services,
        "offers": offers,
        "today": today,
        "needs": needs,
        "returns": [row for name in ("treat", "prevent") for row in _returns(draw, name)],
        **_worth(draw, years),
        "inflation": [
            {"index": index, "year": year, "rate": draw.choice((0.0, 0.02, 0.05))}
            for index in ("general", "pay")
            for year in years
        ],
    }
    settings = Settings(
        "needing",
        years,
        discount=draw.choice((0.0, 0.035)),
        today_year=now,
        price_base="2026-27",
        appraisal_years=draw.choice((None, len(years), len(years) + 2)),
    )
    return Place(settings, {name: pd.DataFrame(rows) for name, rows in tables.items() if rows})


def _offers(draw: random.Random, name: str, area: str, limited: bool, last: str) -> list[Row]:
    found = []
    for number in range(draw.choice((1, 1, 2))):
        capacity = draw.choice((None, 600.0, 2_000.0)) if limited else None
        row = {
            "offer": f"{name}_{area}_{number}",
            "service": name,
            "area": area,
            "unit_cost": COST[name] * draw.choice((0.9, 1.0, 1.1)),
            "index": draw.choice(("pay", "general")),
            "capacity": 2_500.0 if name == "other" else capacity,
            "release": draw.choice((None, 0.0, 0.05, 0.3)),
            "first_year": last if number and draw.random() < 0.5 else None,
        }
        if row["capacity"] is not None:
            row["build"] = draw.choice((None, 0.1, 0.5))
        found.append(row)
    return found


def _returns(draw: random.Random, name: str) -> list[Row]:
    steps = draw.choice(((), ((0.6, 1.0), (1.0, 0.5)), ((0.3, 1.0), (0.7, 0.8), (1.0, 0.1))))
    return [
        {"service": name, "step": n, "up_to": up_to, "effectiveness": effectiveness}
        for n, (up_to, effectiveness) in enumerate(steps, start=1)
    ]


def _worth(draw: random.Random, years: tuple[str, ...]) -> dict[str, list[Row]]:
    lag = draw.choice((0, 1, 1))
    effects = [
        {"service": "treat", "outcome": "treated", "impact": 1.0, "lag": 0},
        {"service": "care", "outcome": "cared", "impact": 0.8, "lag": 1},
        {"service": "other", "outcome": "treated", "impact": draw.choice((0.1, 0.2)), "lag": 0},
        {"service": "prevent", "outcome": "fewer", "impact": draw.choice((0.2, 0.6, 1.5))}
        | {"lag": lag, "duration": draw.choice((1, 2)), "drop_off": draw.choice((0.0, 0.3))},
    ]
    avoids = [{"outcome": "fewer", "service": "treat", "units": draw.choice((0.3, 1.0))}]
    if draw.random() < 0.4:
        avoids.append({"outcome": "fewer", "service": "care", "units": 0.5})
    if draw.random() < 0.4:
        avoids.append({"outcome": "cared", "service": "treat", "units": draw.choice((0.1, 0.4))})
    at_risk = [
        {"outcome": "fewer", "area": area, "year": year, "most": draw.choice((80.0, 200.0, 500.0))}
        for area in draw.choice(((), ("place",), TOWNS))
        for year in draw.choice(((None,), (None, years[-1])))
    ]
    return {
        "outcomes": [
            {"outcome": "treated", "social_value": 1_500.0, "weight": 1.0},
            {"outcome": "cared", "social_value": 700.0, "weight": draw.choice((0.0, 2.0))},
            {"outcome": "fewer", "social_value": draw.choice((0.0, 400.0)), "weight": 0.5},
        ],
        "effects": effects,
        "avoids": avoids,
        "at_risk": at_risk,
        "savings": [
            {"outcome": "cared", "agency": "council", "value": 200.0, "cashable": 0.5},
            {"outcome": "fewer", "agency": "council", "value": 90.0, "cashable": 0.4},
        ],
    }
