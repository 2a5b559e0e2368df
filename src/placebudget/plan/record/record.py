"""What a plan says about itself: its place, the names in it, and how it was made."""

from __future__ import annotations

import math
import platform
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from placebudget.place import Place
from placebudget.place.conditions import kept_services
from placebudget.place.geography import Geography, is_blank
from placebudget.place.once import once
from placebudget.place.place import pounds_by_status
from placebudget.place.schema import schema
from placebudget.place.succession import written
from placebudget.plan.columns import SOME_LABELS, TAKEN_OVER
from placebudget.programme import Basis
from placebudget.programme.money import REINVESTED
from placebudget.solver import DEAREST
from placebudget.words import as_set, count, plain, without_keys

_PACKAGES = ("placebudget", "pulp", "highspy", "piqp", "pandas", "numpy", "scipy")
_PENNY_UP = 0.015  # pounds: what rounding one side up and the other to the nearest may make


def place_record(basis: Basis) -> dict[str, Any]:
    """The place a plan is for, with the status of its figures."""
    place = written(basis.place)
    return {
        "name": place.name,
        "title": place.title,
        "description": place.settings.description,
        "digest": place.digest,
        "years": list(basis.years),
        "appraisal_years": list(basis.appraisal),
        "price_base": place.settings.price_base,
        "today_year": place.settings.today_year,
        "figures": figures_by_status(place),
    }


def figures_by_status(place: Place) -> dict[str, float]:
    """Pounds of funding over the plan's years by how they are known, as far as there are any."""
    amounts = pounds_by_status(place, "funding", place.years)
    there = amounts[amounts != 0].sort_index()
    return {str(name): float(round(amount, 2)) for name, amount in there.items()}


def labels(basis: Basis) -> dict[str, pd.DataFrame]:
    """Names and attributes of everything a plan mentions."""
    tables = dict(_of_place(basis.place))
    more = [
        {
            "stream": f"{REINVESTED}, {agency}",
            "name": f"{REINVESTED}, {agency}",
            "agency": agency,
            "raised": "reinvested",
            "kind": "revenue",
            "ring_fence": "",
        }
        for agency in basis.classes.agency[basis.classes.reinvested]
    ]
    if more:
        streams = tables["streams"]
        tables["streams"] = {
            name: [*streams[name], *(each[name] for each in more)] for name in streams
        }
    if basis.successions:
        tables[TAKEN_OVER] = _taken_over(basis)
    return {name: _sorted_text(cells) for name, cells in tables.items()}


@once
def _of_place(place: Place) -> dict[str, dict[str, list[Any]]]:
    """Names and attributes of what a place holds, a list of cells a column."""
    fences = place.ring_fences.groupby("stream")["purpose"].agg(lambda p: ", ".join(sorted(p)))
    streams = _named(place, "streams", "name", "agency", "raised", "kind")
    streams["ring_fence"] = [fences.get(stream, "") for stream in streams["stream"]]
    agencies = _named(place, "agencies", "name", "sector", "partner")
    agencies["partner"] = _else_the_key(agencies["partner"], agencies["agency"])
    about = ("name", "commissioner", "purpose", "nature", "kind", "unit")
    return {
        "agencies": agencies,
        "streams": streams,
        "services": _named(place, "services", *about),
        "areas": _areas(place),
        "pools": _named(place, "pools", "name", "host", "legal_power"),
        "outcomes": _named(place, "outcomes", "name", "unit"),
    }


def _named(place: Place, table: str, *columns: str) -> dict[str, list[Any]]:
    """Cells of a table's key and of some columns; what has no name goes by its key."""
    rows, key = place.filled(table), schema()[table].key[0]
    cells = {name: rows[name].tolist() for name in (key, *columns)}
    return cells | {"name": _else_the_key(cells["name"], cells[key])}


def _else_the_key(cells: list[Any], keys: list[Any]) -> list[Any]:
    return [key if is_blank(cell) else cell for cell, key in zip(cells, keys, strict=True)]


def _taken_over(basis: Basis) -> dict[str, list[Any]]:
    """Who commissions a line in a year, where that is not who does today."""
    lines, years = basis.lines, np.array(basis.years, dtype=object)
    line, t = np.nonzero(basis.commissioner != lines.commissioner[:, None])
    cells = (lines.service[line], lines.area[line], years[t], basis.commissioner[line, t])
    return dict(zip(SOME_LABELS[TAKEN_OVER], map(list, cells), strict=True))


def _areas(place: Place) -> dict[str, list[Any]]:
    tree = Geography.of(place)
    names = dict(zip(*(place.areas[name].tolist() for name in ("area", "name")), strict=True))
    return {
        "area": list(tree.areas),
        "name": _else_the_key([names.get(area) for area in tree.areas], list(tree.areas)),
        "parent": [tree.parents.get(area, "") for area in tree.areas],
        "tier": [tree.tiers.get(area, "") for area in tree.areas],
        "population": [float(tree.populations.get(area, float("nan"))) for area in tree.areas],
    }


def _sorted_text(cells: Mapping[str, list[Any]]) -> pd.DataFrame:
    """A table by its first column; all but numbers of people are texts."""
    first = next(iter(cells.values()))
    order = sorted(range(len(first)), key=first.__getitem__)
    people = {"population": "float64"}
    return pd.DataFrame(
        {
            name: pd.Series(
                [column[n] if name in people or not is_blank(column[n]) else "" for n in order],
                dtype=people.get(name, "str"),
            )
            for name, column in cells.items()
        }
    )


def kept_record(basis: Basis, paid: np.ndarray) -> dict[str, Any]:
    """Services kept at today's money as nothing is known of them, and where they are not.

    ``gave_way`` has service, area and, a year each: the year, pounds by which it may have less
    than today, or more, and by which it has so where that is another amount.

    Parameters
    ----------
    paid : ndarray
        Offers x years, pounds.
    """
    kept, lines = kept_services(basis.place), basis.lines
    gave_way: dict[tuple[str, str], list[list[Any]]] = {}
    number, year = lines.position(), {name: t for t, name in enumerate(basis.years)}
    for (service, area, when), sides in sorted(basis.gave_way.items()):
        line, t = number[service, area], year[when]
        has = paid[basis.offers.line == line, t].sum() - lines.today[line, t] * basis.scale.money
        for pounds, done in zip(sides, (min(has, 0.0), max(has, 0.0)), strict=True):
            if pounds:
                # Pennies on the loose side: with less the plan could not be found again.
                may = math.copysign(math.ceil(abs(pounds) * 100) / 100, pounds)
                actual = [] if abs(may - done) < _PENNY_UP else [round(done, 2)]
                gave_way.setdefault((service, area), []).append([when, may, *actual])
    facts = {"kept": list(kept), "gave_way": [[*at, *years] for at, years in gave_way.items()]}
    return {name: each for name, each in facts.items() if each}


def ways_given(run: Mapping[str, Any]) -> Iterator[tuple[str, str, str, float, float]]:
    """Service, area, year, pounds it may have less or more than today, and pounds it has so."""
    for service, area, *years in run.get("gave_way", ()):
        for year, may, *actual in years:
            yield service, area, year, may, actual[0] if actual else may


def gave_way_of(run: Mapping[str, Any]) -> dict[tuple[str, str, str], tuple[float, float]]:
    """What gave way, as it was recorded: ``gave_way`` of :class:`placebudget.programme.Basis`."""
    found: dict[tuple[str, str, str], tuple[float, float]] = {}
    for service, area, year, pounds, _ in ways_given(run):
        less, more = found.get((service, area, year), (0.0, 0.0))
        found[service, area, year] = min(less, pounds), max(more, pounds)
    return found


def run_record(**facts: Any) -> dict[str, Any]:
    """How a plan was made: versions, and the facts given."""
    return {"versions": versions(), **facts}


def versions() -> dict[str, str]:
    """Versions of Python and of the packages a plan rests on."""
    return dict(_versions())


@cache
def _versions() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    found = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


# What a run was asked for, in words: yes and no, shares in per cent, times with their unit.

_NAMES = {
    "objective": "what to make the most of",
    "reinvest": "cashable savings spent again",
    "seconds": "time allowed",
    "gap": "gap allowed in decisions on offers",
    "prices": "limits priced",
    "scale": "pounds and units the programme counts by",
    "cuts": "cuts of all budgets",
    "orders": "orders drawn",
    "samples": "orders of joining drawn",
    "spread": "spread of effects by grade of evidence",
    "floors": "equity floors priced",
    "paces": "limits to the pace of change priced",
    "pass_on": "what is above a cap passes on",
    "runs_done": "runs done",
    "seed": "seed of what is drawn",
    "ring_fences": "each ring-fence alone",
    "pools": "each pool alone",
    "followed": "units followed of a service and year",
    "most": "at most of what is planned",
    "cost": "cost of a unit followed",
    "enough": "known well enough at a spread of",
}
_LEFT_OUT = {"scale": "£ million, thousand units", "seconds": "no limit"}
_SHARES = (
    *("reinvest", "gap", "cuts", "spread"),
    *("undelivered", "overrun", "overrun_spread", "most", "enough"),
)
_POUNDS = ("cost", "risk_pool")
_PER_CENT = ("floors", "paces")


def option_name(name: str) -> str:
    """An option of a run as it should be read.

    Examples
    --------
    >>> option_name("reinvest"), option_name("slippage")
    ('cashable savings spent again', 'slippage')
    """
    return _NAMES.get(name, plain(name))


def option_in_words(name: str, value: Any) -> str:
    """What was given for an option, in words.

    Parameters
    ----------
    name : str
        The option.
    value : object
        Plain data, as a run record holds it.

    Examples
    --------
    >>> option_in_words("prices", True), option_in_words("seconds", 60)
    ('the 25 dearest', '60 seconds')
    >>> option_in_words("pools", False), option_in_words("cuts", [0.1, 0.2])
    ('no', '10%, 20%')
    """
    if name == "prices" and isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if name == "prices":
        many = DEAREST if value is True else int(value or 0)
        return f"the {many} dearest" if many else "none"
    if value is None or value in ("", [], ()):
        return _LEFT_OUT.get(name, "none")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        named = (_part(name, str(key), part) for key, part in value.items())
        return ", ".join(named)
    if isinstance(value, list | tuple):
        parts = [option_in_words(name, each) for each in value]
        return ("; " if any("," in part for part in parts) else ", ").join(parts)
    if isinstance(value, int | float):
        return _figure(name, value)
    return str(value)


def _part(option: str, key: str, value: Any) -> str:
    name = key if option not in _SHARES else option
    said = option_name(key) if name == key else plain(key)
    return f"{said or 'no grade'}: {option_in_words(name, value)}"


def _figure(name: str, value: float) -> str:
    if name in ("reinvest", "gap") and not value:
        return "none"
    if name in _SHARES:
        return f"{as_set(100 * value)}%"
    said = as_set(value)
    if name in _PER_CENT:
        return f"{said}%"
    if name in _POUNDS:
        return f"£{said}"
    if name == "seed":
        return str(value)
    if name == "seconds":
        return f"{said} second" if value == 1 else f"{said} seconds"
    return said


def method_in_words(run: Mapping[str, Any]) -> str:
    """How a plan was solved, and why so; blank where its record does not say, as of one simulated.

    Examples
    --------
    >>> import placebudget as pb
    >>> plan = pb.optimise(pb.example("toy_pooling"), prices=False)
    >>> method_in_words(plan.run)  # doctest: +NORMALIZE_WHITESPACE
    'the simplex method, the fastest where methods were compared, which was from 69,943 to 1,049,145
    columns; this programme has 25'
    """
    match run:
        case {
            "method": {"name": str(name), "whole_numbers": whole, "compared": [least, most]},
            "variables": int(columns),
        } if isinstance(least, int) and isinstance(most, int):
            if not name:
                return f"the one that {run['solver']} chooses"
            step = "branch and bound by " if whole else ""
            larger = ", and is larger than any of these" if columns > most else ""
            return (
                f"{step}the {name} method, the fastest where methods were compared, which was "
                f"from {count(least)} to {count(most)} columns; this programme has "
                f"{count(columns)}{larger}"
            )
    return ""


def compared_at(run: Mapping[str, Any]) -> bool:
    """Whether a plan's programme is as large as those whose methods were compared, or larger."""
    return bool(method_in_words(run)) and run["variables"] >= run["method"]["compared"][0]


def run_facts(run: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """How an answer was made, in words: a name and a value each."""
    for name, value in run.items():
        if name not in ("versions", "options", "inputs"):
            yield plain(name), without_keys(option_in_words(name, value))
    for name, value in run.get("options", {}).items():
        said = option_name(name)
        # How far a run came stands among what it was asked for, but was not.
        asked = said if name == "runs_done" else f"asked for: {said}"
        yield asked, without_keys(option_in_words(name, value))
    for name, value in run["versions"].items():
        yield f"version of {name}", value
