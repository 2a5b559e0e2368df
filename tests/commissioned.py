"""A shared payroll, youth work at one of two levels, and care of two providers, by hand."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd

from placebudget.place import Place, Settings
from places import MADE_UP, tiny
from small import small

COUNCILS = ("first", "second", "third")
ALONE = dict(zip(COUNCILS, (4, 5, 9), strict=True))
JOINED = dict(zip(COUNCILS, (1, 2, 3), strict=True))


def payrolls(years: int = 1, *, sharing: dict[str, Any] | None = None, **tables: Any) -> Place:
    """Three councils have to run a payroll each: alone for £4, 5 and 9 million a year.

    Joined they pay £1, 2 and 3 million, half a million once to join, and together £4 million a
    year for what is shared, or £6 million where the third is in. What is left buys grants that
    are worth what they cost.
    """
    names = tuple(f"{year}-{(year + 1) % 100:02d}" for year in range(2027, 2027 + years))
    offers, services, needs, streams, funding = [], [], [], [], []
    for council in COUNCILS:
        payroll, grants = f"payroll_{council}", f"grants_{council}"
        whole = {"service": payroll, "smallest_lot": 1, "capacity": 1, **MADE_UP}
        offers += [
            {"offer": f"alone_{council}", "unit_cost": ALONE[council] * 1e6, **whole},
            {"offer": f"joined_{council}", "unit_cost": JOINED[council] * 1e6, "set_up_cost": 5e5}
            | whole,
            {"offer": grants, "service": grants, "unit_cost": 1_000, **MADE_UP},
        ]
        services += [
            {"service": payroll, "commissioner": council, "purpose": "support", "led_by": "need"},
            {"service": grants, "commissioner": council, "purpose": "grants"},
        ]
        needs.append({"service": payroll, "people": 1, **MADE_UP})
        streams.append({"stream": f"tax_{council}", "agency": council, "raised": "local"})
        funding += [
            {"stream": f"tax_{council}", "year": y, "amount": 1e7, **MADE_UP} for y in names
        ]
    services.append({"service": "one_payroll", "commissioner": "first", "purpose": "support"})
    offers.append(
        {"offer": "one_payroll", "service": "one_payroll", "unit_cost": 1e6, "smallest_lot": 4}
        | MADE_UP
    )
    shared = [
        {"shared_offer": "one_payroll", "offer": f"joined_{council}", "takes": takes}
        | (sharing or {})
        for council, takes in zip(COUNCILS, (0, 0, 2), strict=True)
    ]
    grants = [f"grants_{council}" for council in COUNCILS]
    kept: dict[str, Any] = dict.fromkeys(
        ("pools", "contributions", "today", "savings", "inflation")
    )
    return tiny(
        Settings(name="payrolls", title="Payrolls", years=names, discount=0.0),
        **kept
        | {
            "agencies": [
                {"agency": each, "name": f"{each.title()} Council", "sector": "council"}
                for each in COUNCILS
            ],
            "streams": [each | MADE_UP for each in streams],
            "funding": funding,
            "services": [each | MADE_UP for each in services],
            "offers": offers,
            "shared_services": shared,
            "needs": needs,
            "outcomes": [{"outcome": "good", "social_value": 1_000, **MADE_UP}],
            "effects": [
                {"service": each, "outcome": "good", "impact": 1.0, **MADE_UP} for each in grants
            ],
        }
        | tables,
    )


BOTH = {year: [*COUNCILS] for year in ("2027-28", "2028-29")}


def cheaper_apart(notice: int = 0, *, leaving: float | None = None, today: bool = False) -> Place:
    """In the second year staying alone costs half: 9 against 12 for all three.

    Leaving costs each member as much as is said, £ million.
    """
    made = payrolls(2, sharing={"notice_years": notice})
    offers, falling = made.offers, pd.DataFrame({"year": [*BOTH], "rate": [0.0, -0.5]})
    alone, joined = (offers["offer"].str.startswith(each) for each in ("alone", "joined"))
    offers = offers.assign(index=offers["index"].where(~alone, "falling"))
    if leaving is not None:
        offers = offers.assign(leaving_cost=joined * leaving * 1e6)
    rows = [
        {"service": f"payroll_{each}", "stream": f"tax_{each}", "amount": JOINED[each] * 1e6}
        | {"offer": f"joined_{each}", **MADE_UP}
        for each in COUNCILS
    ]
    return made.with_(
        offers=offers,
        inflation=falling.assign(index="falling"),
        **({"today": pd.DataFrame(rows)} if today else {}),
    )


AREAS = [
    {"area": "place", "tier": "county"},
    {"area": "north", "parent": "place", "tier": "district", "population": 30_000},
    {"area": "south", "parent": "place", "tier": "district", "population": 10_000},
]


@cache
def youth(county: float = 90_000, district: float = 40_000, kept: float = 0.8) -> Place:
    """Youth work for 400 in the north and 200 in the south, worth £2,000 each.

    £1,000 a place in districts; £900 for the whole county, where a share of the effect is kept.
    £1 million a year; what is left buys something worth what it costs.
    """
    offers = [{"offer": "youth_county", "unit_cost": 900}] + [
        {"offer": f"youth_{area}", "area": area} for area in ("north", "south")
    ]
    made = small(
        {"tax": {"agency": "council", "amount": [1, 1]}},
        {"youth": {"people": None, "value": 2, "offer": offers}, "other": {"people": 90_000}},
        areas=AREAS, years=2, settings={"discount": 0.0},
    )  # fmt: skip
    needs = [
        {"service": "youth", "area": a, "people": n} for a, n in (("north", 400), ("south", 200))
    ]
    levels = [("youth", "county", county, kept), ("youth", "district", district, 1.0)]
    return made.with_(
        needs=pd.concat([made.needs, pd.DataFrame(needs)], ignore_index=True),
        levels=pd.DataFrame(levels, columns=["service", "tier", "overhead", "kept"]),
    )


@cache
def homes(*, entrant: bool = True, years: int = 1, **known: Any) -> Place:
    """Care for 100 worth £20,000 each: A has 60 at £10,000, B 30 at £12,000.

    An entrant would have 40 at £9,000 for £50,000 once. What is left buys something worth what it
    costs. All three have a row of the table providers, with what is known of them.
    """
    offers = [("A", 10_000, 60, 0), ("B", 12_000, 30, 0), ("C", 9_000, 40, 50_000)]
    names = ("provider", "unit_cost", "capacity", "set_up_cost")
    rows = [dict(zip(names, each, strict=True)) for each in offers[: 3 if entrant else 2]]
    rows = [row | {"offer": f"care_{row['provider'].lower()}"} for row in rows]
    made = small(
        {"tax": {"agency": "council", "amount": [2.0] * years}},
        {"care": {"people": 100, "cost": 10_000, "value": 2, "offer": rows},
         "other": {"people": None, "offer": {"capacity": 90_000}}},
        years=years, settings={"discount": 0.0},
    )  # fmt: skip
    told = [
        {"provider": row["provider"], "entrant": row["provider"] == "C", **known} for row in rows
    ]
    return made.with_(providers=pd.DataFrame(told))
