"""Places in which councils end, worked by hand: one out of two, two out of one."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd

import placebudget as pb
from placebudget.place import Place
from placebudget.study.reorganisation import Reorganisation, reorganisation
from small import POWER, small

AREAS = [
    {"area": "shire", "tier": "place"},
    {"area": "east", "parent": "shire", "tier": "district"},
    {"area": "west", "parent": "shire", "tier": "district"},
]
SECOND = "2028-29"


def agencies(**territories: str | None) -> list[dict[str, str | None]]:
    return [
        {"agency": name, "name": name.title(), "sector": "council", "area": area}
        for name, area in territories.items()
    ]


def needs(**of: tuple[str, int]) -> list[dict[str, Any]]:
    return [{"service": s, "area": area, "people": many} for s, (area, many) in of.items()]


@cache
def two_become_one(*, ends: bool = True, pool: bool = False, area: str | None = None) -> Place:
    """East has £1 million a year and West £2 million; from 2028-29 both are Unity's.

    A pound of care is worth £1 in the east and £3 in the west, where £2.5 million can be used:
    1 + 6 in the first year, and 7.5 + 0.5 in the second, in which all is one purse. Without an area
    of its own Unity is at home where they were.
    """
    unity = [
        {"agency": name, "successor": "unity", "year": SECOND, "share": 1.0}
        for name in ("east", "west")
    ]
    row = {"maximum": 600_000, "minimum": 200_000, "legal_power": POWER}
    joint = {"streams": {"east_tax": row, "west_tax": {}}, "purposes": ("care",)}
    return small(
        {
            "east_tax": {"agency": "east", "amount": [1, 1], "now": 1},
            "west_tax": {"agency": "west", "amount": [2, 2], "now": 2},
        },
        {
            "east_care": {
                "commissioner": "east", "purpose": "care",
                "today": {"east_tax": 1}, "offer": {"area": "east"},
            },
            "west_care": {
                "commissioner": "west", "purpose": "care", "value": 3,
                "today": {"west_tax": 2}, "offer": {"area": "west"},
            },
        },
        years=2, settings={"discount": 0.0, "today_year": "2026-27"},
        areas=AREAS, agencies=agencies(east="east", west="west", unity=area),
        needs=needs(east_care=("east", 5_000), west_care=("west", 2_500)),
        successions=unity if ends else [], pools={"joint": joint} if pool else None,
    )  # fmt: skip


@cache
def one_becomes_two(share: float = 0.6) -> Place:
    """The shire's £1,000,000.01 a year go to North and South.

    A pound is worth £2 in the east, £1 in the west. In the first year all of it goes to the east,
    2.0; in the second 0.6 of it stays there and 0.4 goes to the west, 1.2 + 0.4.
    """
    ends = [
        {"agency": "shire", "successor": "north", "year": SECOND, "share": share},
        {"agency": "shire", "successor": "south", "year": SECOND, "share": 1 - share},
    ]
    return small(
        {"tax": {"agency": "shire", "amount": [1.00000001, 1.00000001], "now": 1.00000001}},
        {
            "care": {
                "commissioner": "shire", "purpose": "care", "value": 2, "today": {"tax": 0.75},
                "offer": {"area": "east"},
            },
            "rest": {"commissioner": "shire", "today": {"tax": 0.25}, "offer": {"area": "west"}},
        },
        years=2, settings={"discount": 0.0, "today_year": "2026-27"},
        areas=AREAS, agencies=agencies(shire="shire", north="east", south="west"),
        needs=needs(care=("east", 5_000), rest=("west", 5_000)),
        successions=ends,
        reserves=[
            {"agency": "shire", "kind": "general", "opening": 100.01, "minimum": 10.0},
        ],
    )  # fmt: skip


UNITY = pb.Option("one council").add(
    "successions",
    {"agency": "east", "successor": "unity", "year": SECOND},
    {"agency": "west", "successor": "unity", "year": SECOND},
)


def as_it_is() -> Place:
    """East and West, with reserves, and what a party says of one council in their place."""
    said = {"option": UNITY.name, "by": "a party", "saving": -100_000.0, "cost": 50_000.0}
    held = [{"agency": who, "opening": 100.01, "minimum": 0.0} for who in ("east", "west")]
    return two_become_one(ends=False).with_(
        option_estimates=pd.DataFrame([{**said, "years": 3}]), reserves=pd.DataFrame(held)
    )


def reorganised() -> Reorganisation:
    return reorganisation(as_it_is(), [UNITY], pooling="aligned")
