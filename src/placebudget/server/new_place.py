"""A new place to overwrite: few rows for each agency, every figure a placeholder and said to be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from placebudget.arguments import Arguments
from placebudget.errors import WrongArgument
from placebudget.importing import SECTORS, FirstDraft, Partner, place_from, usual
from placebudget.importing.chain import Payer, proposed
from placebudget.importing.partners import typed_of
from placebudget.place import Option, Place, example, examples
from placebudget.place.io.folder import example_folder
from placebudget.place.place import PLACEHOLDER
from placebudget.place.settings import Settings
from placebudget.server.requests import Agency, NewPlace
from placebudget.texts import key_of, listed
from placebudget.writing import folder_for_a_while

MONEY = 10_000_000
TODAY = {"prevention": 500_000, "help": 9_500_000}
FLOOR = 8_500_000
NEEDED = 12_000_000
"""What help for all in need would cost an agency."""
# The first agency could prevent more than it can pay for: what pooling is about.
PREVENTABLE = {"first": 6_000_000, "others": 1_000_000}


GROWTH = 0.02
RESIDENTS = 100_000
DESCRIPTION = (
    "Every figure is a placeholder, nobody's yet. Replace the rows by those of your own place, and "
    "their status; “What is to do” lists them, those first behind which most money stands."
)

Row = dict[str, Any]


def new_place(asked: NewPlace) -> Place:
    """A place with the agencies asked for that can be planned as it is, and says what it is.

    Each agency has one stream, help as it is today and a service that prevents
    the need for it; what is prevented saves money to the agency itself and to the
    next one, and the first could prevent more than it can pay for, so that there
    is something to gain from working together.

    Parameters
    ----------
    asked : NewPlace
        Title, years and agencies.

    Examples
    --------
    >>> asked = NewPlace("Exampleton", ("2027-28",), (Agency("Council", "council"),))
    >>> [each.code for each in new_place(asked).check()]
    ['placeholder-figures']
    """
    keys = dict(zip(_keys(asked), asked.agencies, strict=True))
    area = key_of(asked.title, "place")
    tables: dict[str, list[Row]] = {
        "agencies": [
            {"agency": key, "name": agency.name, "sector": agency.sector}
            for key, agency in keys.items()
        ],
        "areas": [{"area": area, "name": asked.title, "tier": "place", "population": RESIDENTS}],
        "inflation": [
            {"index": "general", "year": year, "rate": GROWTH if n else 0.0}
            for n, year in enumerate(asked.years)
        ],
        "sources": [{"source": "placeholder", "title": "Placeholders, to be replaced"}],
    }
    for add in (*map(list, _rows_of_agencies(keys, asked.years)), list(_pools(keys))):
        for name, row in add:
            tables.setdefault(name, []).append(row)
    settings = Settings(name=area, title=asked.title, years=asked.years, description=DESCRIPTION)
    frames = {
        name: pd.DataFrame([_stated(name, row) for row in rows])
        for name, rows in tables.items()
        if rows
    }
    return Place(settings, frames)


def first_option() -> Option:
    """An option to begin with: the same place with more money."""
    return Option("five per cent more", "All funding five per cent higher.").scale("funding", 1.05)


def _keys(asked: NewPlace) -> list[str]:
    keys: list[str] = []
    for agency in asked.agencies:
        key = stem = key_of(agency.name, "agency")
        number = 2
        while key in keys:
            key, number = f"{stem}_{number}", number + 1
        keys.append(key)
    return keys


def _stated(table: str, row: Row) -> Row:
    """A row that says it is a placeholder, in tables that say so."""
    silent = ("agencies", "sources", "pool_purposes")
    return row if table in silent else {**row, "source": "placeholder", "status": PLACEHOLDER}


def _rows_of_agencies(
    keys: dict[str, Agency], years: tuple[str, ...]
) -> Iterator[Iterator[tuple[str, Row]]]:
    order = list(keys)
    for number, (key, agency) in enumerate(keys.items()):
        savers = dict.fromkeys((key, order[(number + 1) % len(order)]))
        yield _agency(key, agency, list(savers), years)
        cost, worth = _costs(agency), PREVENTABLE["others" if number else "first"]
        people = {"prevention": worth / cost["prevention"], "help": NEEDED / cost["help"]}
        yield _needs(key, {kind: round(number) for kind, number in people.items()})


def _agency(
    key: str, agency: Agency, savers: list[str], years: tuple[str, ...]
) -> Iterator[tuple[str, Row]]:
    raised = "local" if agency.sector == "council" else "national"
    stream = f"{key}_money"
    yield "streams", {
        "stream": stream, "name": f"money of {agency.name}", "agency": key, "raised": raised,
        "recurrent": True,
    }  # fmt: skip
    for n, year in enumerate(years):
        amount = round(MONEY * (1 + GROWTH) ** n, -3)
        yield "funding", {"stream": stream, "year": year, "amount": amount}
    for kind in ("prevention", "help"):
        yield from _service(f"{key}_{kind}", kind, key, agency, stream)
    cost = _costs(agency)
    avoided, helped = f"{key}_avoided", f"{key}_helped"
    yield "outcomes", {
        "outcome": avoided, "name": f"crises avoided, {agency.name}", "unit": "crisis",
        "better": "less", "social_value": 2.25 * cost["prevention"],
    }  # fmt: skip
    yield "outcomes", {
        "outcome": helped, "name": f"people helped, {agency.name}", "unit": "person",
        "social_value": 1.25 * cost["help"],
    }  # fmt: skip
    yield "effects", {"service": f"{key}_prevention", "outcome": avoided, "impact": 0.3}
    yield "effects", {"service": f"{key}_help", "outcome": helped, "impact": 0.8}
    for saver in savers:
        yield "savings", {
            "outcome": avoided, "agency": saver, "value": 1.5 * cost["prevention"],
            "cashable": 0.3,
        }  # fmt: skip
    yield "rules", {
        "rule": f"{key}_floor", "kind": "floor", "subject": f"service={key}_help",
        "amount": FLOOR, "unit": "pounds", "basis": "policy",
        "reference": "placeholder, to be replaced",
    }  # fmt: skip


def _costs(agency: Agency) -> dict[str, int]:
    """What a unit of help and of prevention may cost."""
    return {kind: said["cost"] for kind, said in usual.begun(agency.sector).items()}


def _needs(key: str, people: dict[str, int]) -> Iterator[tuple[str, Row]]:
    for kind, number in people.items():
        yield "needs", {"service": f"{key}_{kind}", "people": number}


def _service(
    service: str, kind: str, key: str, agency: Agency, stream: str
) -> Iterator[tuple[str, Row]]:
    said = usual.begun(agency.sector)[kind]
    nature = {"prevention": "preventive", "help": "reactive"}[kind]
    yield "services", {
        "service": service, "name": f"{said['name']}, {agency.name}", "commissioner": key,
        "purpose": said["purpose"], "nature": nature, "unit": "person helped for a year",
    }  # fmt: skip
    yield "offers", {
        "offer": service, "service": service, "provider": agency.name,
        "unit_cost": _costs(agency)[kind], "index": "general",
    }  # fmt: skip
    yield "today", {"service": service, "stream": stream, "amount": TODAY[kind]}
    if kind == "prevention":
        yield "returns", {"service": service, "step": 1, "up_to": 0.5, "effectiveness": 1.0}
        yield "returns", {"service": service, "step": 2, "up_to": 1.0, "effectiveness": 0.6}


def _pools(keys: dict[str, Agency]) -> Iterator[tuple[str, Row]]:
    """The pools that the law allows these agencies, as a place from published files has them."""
    payers = [
        Payer(agency.sector, f"{key}_money", RESIDENTS, MONEY) for key, agency in keys.items()
    ]
    purposes = {
        said["purpose"] for agency in keys.values() for said in usual.begun(agency.sector).values()
    }
    for table, row in proposed(payers, purposes, next(iter(keys))):
        yield table, {name: cell for name, cell in row.items() if name != "source"}


# --- files of new folders -------------------------------------------------------


def described_examples() -> list[dict[str, Any]]:
    """Name, title, description and years of each example place."""
    places = [example(name) for name in examples()]
    return [
        {
            "name": place.name,
            "title": place.title,
            "description": place.settings.description,
            "years": list(place.years),
        }
        for place in places
    ]


def files_of_example(name: str) -> dict[str, bytes]:
    """All files of an example place by their path in its folder."""
    with example_folder(name) as folder:
        return _files(folder)


def files_of_new_place(asked: NewPlace) -> dict[str, bytes]:
    """Tables and options of a new place by their path in its folder."""
    with folder_for_a_while("The place") as parent:
        place = _from_files(asked, parent) if asked.files else new_place(asked)
        folder = place.write(parent / "place")
        first_option().save(folder)
        return _files(folder)


def _from_files(asked: NewPlace, folder: Path) -> FirstDraft:
    """A place from published files; the agencies are its councils and its partners."""
    paths = [folder / name for name in asked.files]
    for path in paths:
        path.write_bytes(asked.files[path.name])
    other = [each.name for each in asked.agencies if each.sector not in ("council", *SECTORS)]
    if other:
        raise WrongArgument(
            f"From files come councils, NHS, police, fire and DWP; add {listed(other)} to the "
            "tables afterwards."
        )
    councils = [agency.name for agency in asked.agencies if agency.sector == "council"]
    with Arguments() as given:
        partners = [
            given.read(_partner, agency) for agency in asked.agencies if agency.sector in SECTORS
        ]
    whose = (councils or [asked.title])[0]
    residents = [line if "=" in line else f"{whose}={line}" for line in asked.residents]
    return place_from(
        asked.title,
        paths,
        authorities=councils or None,
        years=asked.years or asked.ahead,
        partners=partners,
        population=residents,
    )


def _partner(agency: Agency) -> Partner:
    return Partner(agency.sector, agency.name, **typed_of(agency.known_by))


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }
