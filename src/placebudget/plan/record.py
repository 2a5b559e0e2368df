"""What a plan says about itself: its place, the names in it, and how it was made."""

from __future__ import annotations

import math
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import pandas as pd

from placebudget.place import Place
from placebudget.place.kept import kept_services
from placebudget.programme import Basis
from placebudget.programme.money import REINVESTED

_PACKAGES = ("placebudget", "pulp", "highspy", "piqp", "pandas", "numpy", "scipy")


def place_record(basis: Basis) -> dict[str, Any]:
    """The place a plan is for, with the status of its figures."""
    place = basis.place
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
    """Pounds of funding over the plan's years that are published, derived, illustrative."""
    funding = place.funding
    funding = funding[funding["year"].isin(place.years)]
    status = funding["status"].astype(object).where(funding["status"].notna(), "not stated")
    amounts = funding["amount"].groupby(status).sum()
    return {str(name): float(round(amount, 2)) for name, amount in amounts.items()}


def labels(basis: Basis) -> dict[str, pd.DataFrame]:
    """Names and attributes of everything a plan mentions."""
    place = basis.place
    agencies = place.filled("agencies")[["agency", "name", "sector", "partner"]]
    agencies["name"] = agencies["name"].fillna(agencies["agency"])
    agencies["partner"] = agencies["partner"].fillna(agencies["agency"])
    fences = place.ring_fences.groupby("stream")["purpose"].agg(lambda p: ", ".join(sorted(p)))
    streams = place.filled("streams")[["stream", "name", "agency", "raised", "kind"]]
    streams["name"] = streams["name"].fillna(streams["stream"])
    streams["ring_fence"] = pd.Series([fences.get(s, "") for s in streams["stream"]], dtype="str")
    extra = [
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
    if extra:
        streams = pd.concat([streams, pd.DataFrame(extra)], ignore_index=True)
    services = place.filled("services")[
        ["service", "name", "commissioner", "purpose", "nature", "kind", "unit"]
    ]
    services["name"] = services["name"].fillna(services["service"])
    outcomes = place.filled("outcomes")[["outcome", "name", "unit"]]
    outcomes["name"] = outcomes["name"].fillna(outcomes["outcome"])
    pools = place.filled("pools")[["pool", "name", "host", "legal_power"]]
    pools["name"] = pools["name"].fillna(pools["pool"])
    tables = {
        "agencies": agencies,
        "streams": streams,
        "services": services,
        "areas": _areas(basis),
        "pools": pools,
        "outcomes": outcomes,
    }
    return {name: _sorted_text(frame) for name, frame in tables.items()}


def _areas(basis: Basis) -> pd.DataFrame:
    tree = basis.geography
    table = basis.place.areas.set_index("area")["name"]
    names = [table.get(area) for area in tree.areas]
    return pd.DataFrame(
        {
            "area": list(tree.areas),
            "name": [a if pd.isna(n) else n for a, n in zip(tree.areas, names, strict=True)],
            "parent": [tree.parents.get(area, "") for area in tree.areas],
            "tier": [tree.tiers.get(area, "") for area in tree.areas],
            "population": [float(tree.populations.get(area, float("nan"))) for area in tree.areas],
        }
    )


def _sorted_text(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.sort_values(frame.columns[0], ignore_index=True)
    for name in frame.columns:
        if name != "population":
            frame[name] = frame[name].fillna("").astype("str")
    return frame


def kept_record(basis: Basis) -> dict[str, Any]:
    """Services kept at today's money as nothing is known of them, and where they are not."""
    kept = kept_services(basis.place)
    # Pennies on the loose side: with less the plan could not be found again.
    gave_way = [
        [*where, math.copysign(math.ceil(abs(pounds) * 100) / 100, pounds)]
        for where, pounds in sorted(basis.gave_way.items())
    ]
    facts = {"kept": list(kept), "gave_way": gave_way}
    return {name: each for name, each in facts.items() if each}


def run_record(**facts: Any) -> dict[str, Any]:
    """How a plan was made: versions, and the facts given."""
    return {"versions": versions(), **facts}


def versions() -> dict[str, str]:
    """Versions of Python and of the packages a plan rests on."""
    return dict(_versions())


@cache
def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
