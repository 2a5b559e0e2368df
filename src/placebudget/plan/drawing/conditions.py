"""What holds for the money at a point of the drawing, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from placebudget.place import Place
from placebudget.place.rule_words import Names, rule_words
from placebudget.place.subjects import parse_subject
from placebudget.plan.drawing.amounts import remembered
from placebudget.plan.plan import Plan
from placebudget.words import number, stated

_MOST = 12
_RAISED = {
    "local": "Raised locally.",
    "national": "Raised nationally.",
    "reinvested": "Made from savings that are spent again.",
}
_NATURE = {
    "statutory": "Statutory: the law says that it must be provided.",
    "preventive": "Preventive.",
    "reactive": "Reactive.",
    "universal": "Universal: for everybody.",
}


def plain(key: str) -> str:
    """A key as words.

    Examples
    --------
    >>> plain("adult_social_care")
    'adult social care'
    """
    return key.replace("_", " ")


def shortened(sentences: Iterable[str]) -> list[str]:
    """Sentences without doubles; very many are counted rather than shown.

    Examples
    --------
    >>> shortened(["a", "b", "a"])
    ['a', 'b']
    """
    found = [each for each in dict.fromkeys(sentences) if each]
    if len(found) <= _MOST:
        return found
    return [*found[:_MOST], f"And {len(found) - _MOST} more conditions."]


class DrawnConditions:
    """Conditions of everything in a plan, by the keys its tables use.

    Parameters
    ----------
    plan : Plan
        Where it still holds its place, purposes of pools, limits of contributions
        and rules are told as well.
    """

    def __init__(self, plan: Plan) -> None:
        self._labels: dict[str, dict[str, dict[str, Any]]] = {
            name: {str(row[frame.columns[0]]): row for row in frame.to_dict("records")}
            for name, frame in plan.labels.items()
        }
        self._place = plan.source
        self._rules = {} if plan.source is None else _rules_by_subject(plan.source)
        self._contributions = {} if plan.source is None else _contributions(plan.source)

    def of(self, table: str, key: str) -> list[str]:
        """Sentences on an agency, a stream, a pool, a service, an area or an outcome."""
        row = self._labels[table].get(key)
        if row is None:
            return _unnamed_pool(key) if table == "pools" else []
        return [each for each in getattr(self, f"_{table}")(key, row) if each]

    def contribution(self, stream: str, pool: str) -> list[str]:
        """What a stream must and may pay into a pool."""
        return self._contributions.get((stream, pool), [])

    def name(self, table: str, key: str) -> str:
        """Name of a key; empty where the plan has none."""
        row = self._labels[table].get(key)
        return "" if row is None else str(row["name"])

    def _agencies(self, key: str, row: Mapping[str, Any]) -> list[str]:
        sector = str(row["sector"])
        told = [f"Sector: {sector.upper() if sector in ('nhs', 'dwp') else plain(sector)}."]
        if row["partner"] not in ("", key):
            told.append(f"Acts together with others as: {plain(str(row['partner']))}.")
        return told

    def _streams(self, key: str, row: Mapping[str, Any]) -> list[str]:
        fence = str(row["ring_fence"])
        return [
            _RAISED.get(str(row["raised"]), ""),
            "Capital money." if row["kind"] == "capital" else "Revenue money.",
            f"Ring-fenced: may only be spent on {_purposes(fence.split(', '))}."
            if fence
            else "Not ring-fenced.",
        ]

    def _pools(self, key: str, row: Mapping[str, Any]) -> list[str]:
        told = []
        if row["host"]:
            told.append(f"Hosted by {self._name('agencies', str(row['host']))}.")
        if row["legal_power"]:
            told.append(f"Legal power: {row['legal_power']}.")
        if self._place is not None:
            table = self._place.pool_purposes
            purposes = sorted(table.loc[table["pool"] == key, "purpose"])
            told.append(
                f"May pay for {_purposes(purposes)}." if purposes else "May pay for any purpose."
            )
        return told

    def _services(self, key: str, row: Mapping[str, Any]) -> list[str]:
        return [
            _NATURE.get(str(row["nature"]), ""),
            f"Purpose: {plain(str(row['purpose']))}." if row["purpose"] else "",
            f"Commissioned by {self._name('agencies', str(row['commissioner']))}.",
            *self._rules.get(("service", key), []),
            *self._rules.get(("purpose", str(row["purpose"])), []),
        ]

    def _areas(self, key: str, row: Mapping[str, Any]) -> list[str]:
        people = float(row["population"])
        return [
            f"Tier: {plain(str(row['tier']))}." if row["tier"] else "",
            f"{number(people)} people live here." if people > 0 else "",
        ]

    def _outcomes(self, key: str, row: Mapping[str, Any]) -> list[str]:
        return [*self._rules.get(("outcome", key), [])]

    def _name(self, table: str, key: str) -> str:
        return self.name(table, key) or plain(key)


@remembered
def conditions(plan: Plan) -> DrawnConditions:
    """The conditions of a plan, gathered once."""
    return DrawnConditions(plan)


def _unnamed_pool(key: str) -> list[str]:
    if key != "freed":
        return []
    return ["One pool of all money, without limits, ring-fences or management cost: a comparison."]


def _purposes(keys: Iterable[str]) -> str:
    words = [plain(key) for key in keys]
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]


def _contributions(place: Place) -> dict[tuple[str, str], list[str]]:
    """Limits and legal powers of contributions, by stream and pool."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in place.filled("contributions").to_dict("records"):
        found.setdefault((row["stream"], row["pool"]), []).extend(_contribution(row))
    return {key: shortened(told) for key, told in found.items()}


def _contribution(row: Mapping[str, Any]) -> list[str]:
    year = "" if pd.isna(row["year"]) else f" in {row['year']}"
    told = []
    if not pd.isna(row["minimum"]) and row["minimum"] > 0:
        told.append(f"Must pay in at least {stated(float(row['minimum']))}{year}.")
    if not pd.isna(row["maximum"]):
        told.append(f"May pay in at most {stated(float(row['maximum']))}{year}.")
    if not pd.isna(row["legal_power"]):
        told.append(f"Legal power: {row['legal_power']}.")
    return told


def _rules_by_subject(place: Place) -> dict[tuple[str, str], list[str]]:
    """Rules as sentences, by the services, purposes and outcomes they name."""
    names = Names(place)
    found: dict[tuple[str, str], list[str]] = {}
    for rule in place.filled("rules").to_dict("records"):
        subject = parse_subject(rule["subject"])
        column = next((c for c in ("service", "purpose", "outcome") if c in subject), None)
        if column is None:
            continue
        said = f"Rule, by {plain(str(rule['basis']))}: {rule_words(rule, names)}."
        for key in subject[column]:
            found.setdefault((column, key), []).append(said)
    return found
