"""Prices of limits, each at the points of the drawing it is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from placebudget.place.subjects import parse_subject
from placebudget.plan.drawing.nodes import Nodes
from placebudget.plan.plan import Plan
from placebudget.solver import CAPACITY, FUNDING, MAXIMUM, MINIMUM, RING_FENCE


def prices(key: str, plan: Plan, nodes: Nodes, numbers: Mapping[str, int]) -> list[dict[str, Any]]:
    """Sentences on what the binding limits of a plan cost.

    Parameters
    ----------
    key : str
        Key of the plan in the drawing.
    plan : Plan
        The plan.
    nodes : Nodes
        Points of the drawing.
    numbers : mapping of str to int
        Number of each point.

    Returns
    -------
    list of dict
        ``plan``, ``year`` (empty: all), ``about`` (numbers of points; empty: the
        whole plan) and ``sentence``.
    """
    subjects = _subjects(plan)
    found = []
    for row in plan.tables["prices"].to_dict("records"):
        points = (nodes.point(id_) for id_ in _ids(row, subjects, plan))
        about = dict.fromkeys(numbers[point] for point in points if point is not None)
        year, sentence = str(row["year"]), str(row["sentence"])
        found.append({"plan": key, "year": year, "about": list(about), "sentence": sentence})
    return found


def _ids(
    row: Mapping[str, Any], subjects: Mapping[str, Mapping[str, tuple[str, ...]]], plan: Plan
) -> Iterator[str]:
    kind, name, where = str(row["kind"]), str(row["name"]), str(row["where"])
    if kind in (RING_FENCE, FUNDING):
        yield from (f"stream:{key}" for key in name.split(", "))
    elif kind in (MAXIMUM, MINIMUM):
        yield f"pool:{name}"
        yield from (f"stream:{key}" for key in where.split(", "))
    elif kind == CAPACITY:
        units = plan.tables["units"]
        yield from (f"service:{key}" for key in units.loc[units["offer"] == name, "service"])
    elif where:
        yield f"service:{where.partition(' in ')[0]}"
    else:
        subject = subjects.get(name, {})
        for column in ("service", "pool", "outcome"):
            yield from (f"{column}:{key}" for key in subject.get(column, ()))


def _subjects(plan: Plan) -> dict[str, Mapping[str, tuple[str, ...]]]:
    if plan.source is None:
        return {}
    rules = plan.source.filled("rules")
    return {
        str(row["rule"]): parse_subject(row["subject"])
        for row in rules[["rule", "subject"]].to_dict("records")
    }
