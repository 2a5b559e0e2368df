"""The points of the drawing: what stands for whom, under which name and conditions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from placebudget.place import Place
from placebudget.place.conditions import open_pools, rules_in_force, services_by_role
from placebudget.place.names import (
    EXACTLY_ONE,
    Names,
    basis_of,
    choice_words,
    leaving_words,
    level_words,
    rule_words,
    sharing_words,
    target_words,
)
from placebudget.place.once import once
from placebudget.place.subjects import parse_subject
from placebudget.place.succession import succeeded
from placebudget.plan.borrowing import gate_words
from placebudget.plan.drawing import amounts
from placebudget.plan.plan import Plan
from placebudget.words import number, percent, sentence, stated

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
COLUMNS: Mapping[str, str] = {
    "agency": "Agencies",
    "stream": "Funding streams",
    "route": "Pools or direct",
    "service": "Services",
    "result": "Areas or outcomes",
    "saver": "Saving agencies",
}
# What an id begins with: its column, the table of names behind it, and how many
# points of it a drawing holds at most, less than 300 together.
_PARTS = {
    "agency": ("agency", "agencies", 20),
    "stream": ("stream", "streams", 90),
    "pool": ("route", "pools", 12),
    "direct": ("route", "agencies", 20),
    "service": ("service", "services", 50),
    "area": ("result", "areas", 35),
    "outcome": ("result", "outcomes", 35),
    "saver": ("saver", "agencies", 20),
}
_EXTRAS = {
    amounts.BROUGHT: ("agency", "Brought forward from the year before"),
    amounts.LENDERS: ("agency", "Borrowed"),
    amounts.REPAID: ("route", "Interest and provision for loans"),
    amounts.CARRIED: ("route", "Carried forward to the next year"),
    amounts.UNSPENT: ("route", "Left unspent"),
    amounts.POOL_UNSPENT: ("service", "Left unspent in pools"),
    amounts.MANAGEMENT: ("service", "Managing the pools"),
    amounts.NO_OUTCOME: ("result", "No valued outcome in the model"),
}
_REST = {
    "agency": "All other agencies",
    "stream": "All other streams",
    "pool": "All other pools",
    "direct": "All other direct money",
    "service": "All other services",
    "area": "All other areas",
    "outcome": "All other outcomes",
    "saver": "All other agencies that save",
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
        self._contributions = {} if plan.source is None else _contributions(succeeded(plan.source))

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
        return [*told, *self._taking_over(key)]

    def _taking_over(self, key: str) -> list[str]:
        """Whom an agency takes over from, and who takes over from it."""
        rows = None if self._place is None else self._place.filled("successions")
        told = []
        for row in () if rows is None else rows.itertuples():
            what = "all" if row.share >= 1.0 else percent(row.share)
            if row.agency == key:
                who = self._name("agencies", str(row.successor))
                told.append(f"Ends: from {row.year} {who} has {what} of what it has.")
            elif row.successor == key:
                who = self._name("agencies", str(row.agency))
                told.append(f"From {row.year} it has {what} of what {who} has.")
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
            if key not in open_pools(self._place):
                told.append("Closed: it goes on with what it pays today.")
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


@once
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
    elif pd.isna(row["minimum"]) and row["minimum_share"] > 0:
        told.append(
            f"Must pay in at least {percent(row['minimum_share'])} of what it brings{year}."
        )
    if not pd.isna(row["maximum"]):
        told.append(f"May pay in at most {stated(float(row['maximum']))}{year}.")
    if not pd.isna(row["legal_power"]):
        told.append(f"Legal power: {row['legal_power']}.")
    return told


def _rules_by_subject(place: Place) -> dict[tuple[str, str], list[str]]:
    """Rules and what else holds, as sentences, by services, purposes and outcomes they name."""
    names = Names(place)
    found: dict[tuple[str, str], list[str]] = {}
    staffed = services_by_role(place)
    for rule in rules_in_force(place).to_dict("records"):
        subject = parse_subject(rule["subject"])
        named = ("service", "purpose", "outcome", "role")
        column = next((c for c in named if c in subject), None)
        if column is None:
            continue
        said = f"Rule, by {plain(basis_of(rule))}: {rule_words(rule, names)}."
        for key in subject[column]:
            if column == "role":
                for service in sorted(staffed.get(key, ())):
                    found.setdefault(("service", service), []).append(said)
            else:
                found.setdefault((column, key), []).append(said)
    service = place.offers.set_index("offer")["service"]
    for _, rows in place.filled("choices").groupby("choice"):
        exactly = bool((rows["rule"] == EXACTLY_ONE).any())
        said = f"{sentence(choice_words(rows['offer'], exactly=exactly))}."
        for key in dict.fromkeys(service[rows["offer"]]):
            found.setdefault(("service", str(key)), []).append(said)
    for shared, rows in place.filled("shared_services").groupby("shared_offer"):
        least = int(rows["least_members"].max())
        said = f"{sentence(sharing_words(str(shared), rows['offer'], least))}."
        for key in dict.fromkeys(service[[shared, *rows["offer"]]]):
            found.setdefault(("service", str(key)), []).append(said)
    for key, rows in place.levels.groupby("service"):
        said = f"{sentence(level_words(str(key), sorted(rows['tier'])))}."
        found.setdefault(("service", str(key)), []).append(said)
    for row in place.filled("targets").to_dict("records"):
        said = f"{sentence(target_words(row, names))}."
        found.setdefault(("outcome", str(row["outcome"])), []).append(said)
    for row in place.filled("gateways").to_dict("records"):
        if not row["passed"]:
            said = f"{sentence(gate_words(row))}."
            found.setdefault(("service", str(service[row["offer"]])), []).append(said)
    offers = place.filled("offers")
    for row in offers[offers["leaving_cost"] > 0].itertuples():
        said = f"{sentence(leaving_words(row.offer, row.leaving_cost))}, in the year it ends."
        found.setdefault(("service", str(row.service)), []).append(said)
    return found


"""Columns of the drawing from left to right, and their titles."""


@dataclass
class Node:
    """One point: whom it stands for, in which column."""

    id: str
    column: str
    name: str
    keys: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """As it stands in the drawing."""
        return {"id": self.id, "column": self.column, "name": self.name, "notes": self.notes}


class Nodes:
    """All points of a drawing, and which point each id of the amounts belongs to.

    Services of the same name and purpose, as the districts of a county have them,
    are one point. Where a column would hold more than can be read, the smallest
    go into one point for all others.

    Parameters
    ----------
    plans : sequence of Plan
        The plans that are drawn.
    rows : DataFrame
        Their amounts, as :func:`~placebudget.plan.drawing.amounts.ribbons` gives them.
    """

    def __init__(self, plans: Sequence[Plan], rows: pd.DataFrame) -> None:
        self._plans = plans
        self._conditions = [conditions(plan) for plan in plans]
        self._point: dict[str, str] = {}
        self.nodes: dict[str, Node] = {}
        sizes = pd.concat(
            [rows.groupby(end)["pence"].sum() for end in ("source", "target")], axis=1
        ).max(axis=1)
        self._gather(sizes.sort_values(ascending=False, kind="stable"))

    def of(self, ids: pd.Series) -> pd.Series:
        """The point each id belongs to."""
        return ids.map(self._point)

    def point(self, id_: str) -> str | None:
        """The point an id belongs to; None where the drawing does not show it."""
        return self._point.get(id_)

    def _gather(self, sizes: pd.Series) -> None:
        same = self._same_services()
        ids = [str(each) for each in sizes.index]
        merged = {id_: same.get(id_, id_) for id_ in ids}
        totals = sizes.groupby([merged[id_] for id_ in ids]).sum()
        ranked = totals.sort_values(ascending=False, kind="stable").index
        counts = Counter(str(id_).partition(":")[0] for id_ in ranked)
        room = dict.fromkeys(_PARTS, 0)
        goal: dict[str, str] = {}
        for id_ in (str(each) for each in ranked):
            part = id_.partition(":")[0]
            if part in room:
                room[part] += 1
                fits = room[part] < _PARTS[part][2] or counts[part] == _PARTS[part][2]
                goal[id_] = id_ if fits else f"rest:{part}"
            else:
                goal[id_] = id_
        for id_ in ids:
            self._point[id_] = goal[merged[id_]]
            self._add(self._point[id_], id_)
        order = list(COLUMNS)
        self.nodes = dict(sorted(self.nodes.items(), key=lambda item: order.index(item[1].column)))
        for node in self.nodes.values():
            node.notes = shortened(node.notes)

    def _same_services(self) -> dict[str, str]:
        """Ids of services, each with the first id of the same name and purpose."""
        first: dict[tuple[str, str], str] = {}
        found = {}
        for plan in self._plans:
            table = plan.labels["services"]
            for row in table[["service", "name", "purpose"]].itertuples(index=False):
                id_ = f"service:{row.service}"
                found[id_] = first.setdefault((row.name, row.purpose), id_)
        return found

    def _add(self, point: str, id_: str) -> None:
        part, _, key = id_.partition(":")
        if point not in self.nodes:
            self.nodes[point] = Node(point, *self._column_and_name(point))
        node = self.nodes[point]
        if part in _PARTS:
            node.keys.append(key)
            node.notes += self._notes(point, part, key)

    def _column_and_name(self, point: str) -> tuple[str, str]:
        part, _, key = point.partition(":")
        if point in _EXTRAS:
            return _EXTRAS[point]
        if part == "rest":
            return _PARTS[key][0], _REST[key]
        name = self._name(_PARTS[part][1], key)
        if point == "pool:freed" and name == key:
            name = "One pool of all money"
        return _PARTS[part][0], f"Direct, {name}" if part == "direct" else name

    def _name(self, table: str, key: str) -> str:
        named = (each.name(table, key) for each in self._conditions)
        return next((name for name in named if name), plain(key))

    def _notes(self, point: str, part: str, key: str) -> list[str]:
        if part == "direct":
            return ["Spent by the agency itself on services it commissions, outside any pool."]
        told = self._first_told(_PARTS[part][1], key)
        if part == "saver":
            if "Sector: DWP." in told:
                return ["These savings go to the Exchequer and never enter a pool."]
            return ["What the outcomes save this agency; only the cashable part frees money."]
        if point.startswith("rest:"):
            return [f"{self._name(_PARTS[part][1], key)}."]
        return told

    def _first_told(self, table: str, key: str) -> list[str]:
        told = (each.of(table, key) for each in self._conditions)
        return next((sentences for sentences in told if sentences), [])

    def contribution(self, stream: str, pool: str) -> list[str]:
        """What a stream must and may pay into a pool, by the first plan that says so."""
        told = (each.contribution(stream, pool) for each in self._conditions)
        return next((sentences for sentences in told if sentences), [])


def used(nodes: Iterable[Node]) -> dict[str, int]:
    """Number of each node, by its id."""
    return {node.id: n for n, node in enumerate(nodes)}
