"""Random small places: as plain tables, and as a place."""

from __future__ import annotations

from typing import Any

import pandas as pd
from hypothesis import strategies as st

from placebudget.place import Place, Settings
from placebudget.place.settings import years_between

Tables = dict[str, list[dict[str, Any]]]

AGENCIES = ("council", "nhs")
PURPOSES = ("care", "health", "works")
POWER = "National Health Service Act 2006, section 75"


def one_of(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


@st.composite
def tables(draw: st.DrawFn) -> tuple[Tables, int]:
    """Tables and the number of years."""
    years = draw(st.integers(1, 3))
    services = [_service(draw, n) for n in range(draw(st.integers(2, 4)))]
    purposes = sorted({s["purpose"] for s in services})
    some = one_of((), (), (purposes[0],), tuple(purposes[:2]))
    streams = [_stream(draw, n, years, some) for n in range(draw(st.integers(2, 4)))]
    made: Tables = {"services": services, "streams": streams}
    made["needs"] = [
        {"service": s["service"], "people": draw(one_of(500, 1_000, 4_000))} for s in services
    ]
    made["returns"] = [row for s in services for row in _returns(draw, s["service"])]
    made["offers"] = [row for s in services for row in _offers(draw, s["service"], years)]
    made["outcomes"] = [
        {
            "outcome": f"y{n}",
            "social_value": draw(one_of(0.0, 300.0, 1_250.0)),
            "economic_value": draw(one_of(0.0, 70.0)),
        }
        for n in range(2)
    ]
    made["effects"] = [row for s in services for row in _effects(draw, s["service"])]
    made["savings"] = [
        {"outcome": "y0", "agency": draw(one_of(*AGENCIES)), "value": 410.0, "cashable": 0.3}
    ]
    made["inflation"] = [{"rate": draw(one_of(0.0, 0.025, 0.1))}]
    made["pools"] = [_pool(draw, n, some) for n in range(draw(st.integers(0, 2)))]
    made["contributions"] = [
        _contribution(draw, pool["pool"], stream)
        for pool in made["pools"]
        for stream in streams
        if draw(st.booleans())
    ]
    made["rules"] = [_rule(draw, services)] if draw(st.booleans()) else []
    return made, years


def _service(draw: st.DrawFn, n: int) -> dict[str, Any]:
    purpose = draw(one_of(*PURPOSES))
    return {
        "service": f"s{n}",
        "commissioner": draw(one_of(*AGENCIES)),
        "purpose": purpose,
        "kind": draw(one_of("revenue", "revenue", "capital")),
    }


def _stream(draw: st.DrawFn, n: int, years: int, some: st.SearchStrategy[Any]) -> dict[str, Any]:
    return {
        "stream": f"m{n}",
        "agency": draw(one_of(*AGENCIES)),
        "raised": draw(one_of("local", "national")),
        "kind": draw(one_of("revenue", "revenue", "capital")),
        "carry_forward": draw(one_of(0.0, 0.1, 1.0)),
        "fence": draw(some),
        "amounts": [draw(one_of(0.0, 400_000.0, 1_000_000.0, 2_345_678.9)) for _ in range(years)],
    }


def _returns(draw: st.DrawFn, service: str) -> list[dict[str, Any]]:
    three = ((0.5, 1.0), (0.6, 0.9), (1.0, 0.1))
    steps = draw(one_of((), ((1.0, 0.9),), ((0.3, 1.0), (0.8, 0.5)), three))
    return [
        {"service": service, "step": k, "up_to": up_to, "effectiveness": effectiveness}
        for k, (up_to, effectiveness) in enumerate(steps, start=1)
    ]


def _offers(draw: st.DrawFn, service: str, years: int) -> list[dict[str, Any]]:
    return [
        {
            "offer": f"{service}_o{n}",
            "service": service,
            "unit_cost": draw(one_of(250.0, 999.99, 1_000.0, 4_000.0)),
            "capacity": draw(one_of(None, 300.0, 1_500.0)),
            "opens": draw(st.integers(0, years - 1)),
        }
        for n in range(draw(st.integers(1, 2)))
    ]


def _effects(draw: st.DrawFn, service: str) -> list[dict[str, Any]]:
    return [
        {
            "service": service,
            "outcome": f"y{n}",
            "impact": draw(one_of(0.2, 1.0, 3.0)),
            "engagement": draw(one_of(0.5, 1.0)),
            "deadweight": draw(one_of(0.0, 0.25)),
            "lag": draw(st.integers(0, 2)),
            "duration": draw(st.integers(1, 3)),
            "drop_off": draw(one_of(0.0, 0.3)),
        }
        for n in range(draw(st.integers(1, 2)))
    ]


def _pool(draw: st.DrawFn, n: int, some: st.SearchStrategy[Any]) -> dict[str, Any]:
    return {
        "pool": f"p{n}",
        "purposes": draw(some),
        "management_cost": draw(one_of(0.0, 0.02, 0.5)),
    }


def _contribution(draw: st.DrawFn, pool: str, stream: dict[str, Any]) -> dict[str, Any]:
    least = draw(one_of(0.0, 0.0, 100_000.0))
    return {
        "pool": pool,
        "stream": stream["stream"],
        "minimum": least,
        "maximum": draw(one_of(None, 100_000.0, 700_000.0)),
    }


def _rule(draw: st.DrawFn, services: list[dict[str, Any]]) -> dict[str, Any]:
    kind, amount = draw(one_of(("floor", 150_000.0), ("cap", 300_000.0), ("share_cap", 40.0)))
    service = draw(one_of(*services))["service"]
    return {"rule": "r", "kind": kind, "subject": f"service={service}", "amount": amount}


def as_place(made: Tables, years: int) -> Place:
    """The same tables as a place."""
    names = years_between("2027-28", years)

    def rows(name: str, **more: Any) -> list[dict[str, Any]]:
        hidden = {"amounts", "fence", "purposes", "opens"}
        kept = [{k: v for k, v in row.items() if k not in hidden} for row in made[name]]
        return [{**row, **more} for row in kept]

    frames = {
        "agencies": [{"agency": agency} for agency in AGENCIES],
        "streams": rows("streams"),
        "funding": [
            {"stream": s["stream"], "year": year, "amount": amount}
            for s in made["streams"]
            for year, amount in zip(names, s["amounts"], strict=True)
        ],
        "ring_fences": [
            {"stream": s["stream"], "purpose": p} for s in made["streams"] for p in s["fence"]
        ],
        "pools": rows("pools", legal_power=POWER),
        "pool_purposes": [
            {"pool": p["pool"], "purpose": purpose}
            for p in made["pools"]
            for purpose in p["purposes"]
        ],
        "contributions": rows("contributions", legal_power=POWER),
        "services": rows("services"),
        "offers": [
            {**row, "index": "general", "first_year": names[o["opens"]]}
            for row, o in zip(rows("offers"), made["offers"], strict=True)
        ],
        "needs": rows("needs"),
        "returns": rows("returns"),
        "outcomes": rows("outcomes"),
        "effects": rows("effects"),
        "savings": rows("savings"),
        "rules": rows("rules", basis="policy"),
        "inflation": [
            {"index": "general", "year": year, "rate": made["inflation"][0]["rate"]}
            for year in names
        ],
    }
    settings = Settings(name="random", years=names, discount=0.035)
    return Place(settings, {name: pd.DataFrame(table) for name, table in frames.items()})
