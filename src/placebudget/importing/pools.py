"""Pools that a new place could have: who may pay into which, by which law, and how much."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Row: TypeAlias = dict[str, Any]

COUNCIL = "council"
HEALTH = "National Health Service Act 2006, section 75"
CHILDREN = "Children Act 2004, section 10"
BETTER_CARE, BETTER_CARE_FUND = "better_care", "better_care_fund"
IMPROVED = "improved_better_care_fund"
"""The grant all of which is pooled: a condition of it."""

SOURCES = (
    {
        "source": BETTER_CARE_FUND, "title": "Better Care Fund: grants and funding",
        "publisher": "NHS England", "year": "2025",
        "reference": "The improved Better Care Fund and the Disabled Facilities Grant, which is "
        "capital, are pooled with the part of the NHS",
    },
    {
        "source": "adaptations_grant", "title": "Disabled Facilities Grant determination 2017-18",
        "publisher": "Department for Communities and Local Government", "year": "2017",
        "reference": "Paid to the county through the Better Care Fund, which passes it on in full "
        "to its districts; read in the report of the Housing Learning and Improvement Network",
    },
)  # fmt: skip
"""Where it stands what the Better Care Fund pools, and what of it is the districts'."""


@dataclass(frozen=True)
class Scheme:
    """A pool that is proposed.

    Parameters
    ----------
    name : str
        Its name.
    purposes : tuple of str
        What it pays for.
    heads : mapping of str to (float, str)
        By sector the most pounds for each resident, an assumption, and the law by which it pays;
        a sector that is not named has no such power here.
    charge : float
        Management, as a share of it: an assumption.
    social_care : bool
        Whether only councils with social care pay.
    source, note : str
        Where it is known from.
    """

    name: str
    purposes: tuple[str, ...]
    heads: Mapping[str, tuple[float, str]]
    charge: float = 0.01
    social_care: bool = False
    source: str = ""
    note: str = "A proposal: what is pooled today stands in no published form"


SCHEMES = {
    BETTER_CARE: Scheme(
        "Better Care Fund",
        ("adult_social_care", "out_of_hospital"),
        {COUNCIL: (7.7, HEALTH), "nhs": (124.9, HEALTH)},
        charge=0.0,
        social_care=True,
        source=BETTER_CARE_FUND,
        note="Pooled by councils with social care and the NHS; a district’s part is the Disabled "
        "Facilities Grant, which the county passes on to it: capital, in no line of an outturn. "
        "What is pooled today stands in no published form",
    ),
    "families_first": Scheme(
        "Families first pool",
        ("families", "public_health", "mental_health"),
        {
            COUNCIL: (7.7, CHILDREN),
            "nhs": (7.5, f"{CHILDREN}; {HEALTH}"),
            "police": (2.5, CHILDREN),
        },
    ),
    "safe_homes": Scheme(
        "Safe homes pool",
        ("homelessness", "victims"),
        {
            COUNCIL: (7.7, "Localism Act 2011, section 1"),
            "nhs": (5.6, HEALTH),
            "police": (2.5, "Police Reform and Social Responsibility Act 2011, section 9"),
        },
    ),
}
"""The pools proposed. Districts are partners under the Children Act 2004, section 10(4)."""


@dataclass(frozen=True)
class Payer:
    """An agency that could pay into pools, and the money it would pay with.

    Parameters
    ----------
    sector, stream : str
        Its sector, and the stream that pays.
    residents : float
        Of its area.
    least : float
        What the stream brings in a year, at the least.
    social_care : bool
        Whether it is no council without social care.
    all_pooled : mapping of str to mapping
        Streams all of which is pooled in the Better Care Fund, by year.
    """

    sector: str
    stream: str
    residents: float
    least: float
    social_care: bool = True
    all_pooled: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


def proposed(
    payers: Sequence[Payer], purposes: Collection[str], host: str
) -> Iterator[tuple[str, Row]]:
    """Rows of pools, their purposes and contributions, each with its table.

    A pool is proposed where a council and another sector may pay into it and a service has its
    purpose. All that a stream may pay into pools together is never more than the stream.

    Parameters
    ----------
    payers : sequence of Payer
        Who could pay.
    purposes : collection of str
        Of the services that there are.
    host : str
        The agency that holds the pools.

    Examples
    --------
    >>> council = Payer("council", "council_tax", 100_000, 90e6)
    >>> nhs = Payer("nhs", "nhs_money", 100_000, 200e6)
    >>> rows = list(proposed([council, nhs], {"adult_social_care"}, "council"))
    >>> [(table, row.get("stream"), row.get("maximum")) for table, row in rows][2:]
    [('contributions', 'council_tax', 770000), ('contributions', 'nhs_money', 12490000)]
    """
    paying: dict[str, list[tuple[Payer, float, str]]] = {}
    for pool, scheme in SCHEMES.items():
        rows = [
            (payer, scheme.heads[payer.sector][0] * payer.residents, scheme.heads[payer.sector][1])
            for payer in payers
            if payer.sector in scheme.heads and (payer.social_care or not scheme.social_care)
        ]
        sectors = {payer.sector for payer, *_ in rows}
        if COUNCIL in sectors and len(sectors) > 1 and set(scheme.purposes) & set(purposes):
            paying[pool] = rows
    asked: dict[str, float] = {}
    for payer, most, _ in (each for rows in paying.values() for each in rows):
        asked[payer.stream] = asked.get(payer.stream, 0.0) + most
    for pool, rows in paying.items():
        scheme = SCHEMES[pool]
        laws = dict.fromkeys(law for _, law in scheme.heads.values() if ";" not in law)
        source = {"source": scheme.source} if scheme.source else {}
        yield "pools", {
            "pool": pool, "name": scheme.name, "host": host, "legal_power": "; ".join(laws),
            "management_cost": scheme.charge, "note": scheme.note, **source,
        }  # fmt: skip
        for purpose in scheme.purposes:
            if purpose in purposes:
                yield "pool_purposes", {"pool": pool, "purpose": purpose}
        for payer, most, law in rows:
            held = min(1.0, payer.least / asked[payer.stream])
            limited = "" if held == 1.0 else ", together no more than the stream"
            yield "contributions", {
                "pool": pool, "stream": payer.stream, "legal_power": law,
                "maximum": math.floor(most * held / 1000) * 1000,
                "note": f"By population, as in the example Lancashire{limited}: an assumption",
            }  # fmt: skip
            for stream, amounts in payer.all_pooled.items() if pool == BETTER_CARE else ():
                for year, amount in amounts.items():
                    yield "contributions", {
                        "pool": pool, "stream": stream, "year": year, "minimum": amount,
                        "maximum": amount, "legal_power": law, "source": BETTER_CARE_FUND,
                        "note": "Condition of the grant: all of it is pooled",
                    }  # fmt: skip
