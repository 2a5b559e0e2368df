"""The figures of a drawing as plain tables, over all years, a column a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_SAVINGS = ("cashable", "not_cashable")


@dataclass(frozen=True)
class DrawnTable:
    """A title, what stands above the columns, rows of pence, and their total."""

    title: str
    heads: Sequence[str]
    rows: Sequence[tuple[str, Sequence[int]]]
    total: tuple[str, Sequence[int]]


def tables(drawing: Mapping[str, Any]) -> list[DrawnTable]:
    """Who pays in, what it is spent on and who saves, in the order people ask.

    Parameters
    ----------
    drawing : mapping
        What :func:`~placebudget.plan.drawing.plan_drawing` gives.
    """
    base = drawing["price_base"]
    return [
        _table(drawing, "Funding by agency, all years", ("funding",), "source", ""),
        _table(drawing, "Money spent by pool or directly, all years", ("spend",), "source", ""),
        _table(drawing, "Money spent by service, all years", ("spend",), "target", ""),
        _table(drawing, "Money spent by area, all years", ("delivery",), "target", "area"),
        _table(drawing, f"Savings by agency, {base} prices, all years", _SAVINGS, "target", "area"),
        _table(
            drawing, f"Savings that are cashable, {base} prices", ("cashable",), "target", "area"
        ),
    ]


def _table(
    drawing: Mapping[str, Any], title: str, kinds: Sequence[str], end: str, layer: str
) -> DrawnTable:
    keys = [plan["key"] for plan in drawing["plans"]]
    found: dict[int, list[int]] = {}
    for link in drawing["links"]:
        if link["kind"] in kinds and link["layer"] == layer:
            row = found.setdefault(link[end], [0] * len(keys))
            for n, key in enumerate(keys):
                row[n] += sum(link["pence"].get(key, ()))
    ordered = sorted(found.items(), key=lambda item: (-max(item[1]), item[0]))
    rows = [(drawing["nodes"][n]["name"], amounts) for n, amounts in ordered]
    total = [sum(amounts[n] for _, amounts in rows) for n in range(len(keys))]
    names = [plan["name"] for plan in drawing["plans"]]
    return DrawnTable(title, [title.partition(",")[0], *names], rows, ("Together", total))
