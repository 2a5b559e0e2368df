"""Drawings in pages: drawn where scripts may run, readable where they may not.

The figures stand as plain tables, over all years, a column a plan.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from placebudget.plan.drawing.drawing import MIME_TYPE, plan_drawing
from placebudget.plan.plan import Plan
from placebudget.plan.summary import Summary, summarised
from placebudget.templates import templates
from placebudget.words import money

_SAVINGS = ("cashable", "not_cashable")
_START = """
const plan = document.getElementById('plan');
plan.replaceChildren();
renderPlan(plan, JSON.parse(document.getElementById('drawing').textContent));
"""


def plan_bundle(plan: Plan) -> dict[str, Any]:
    """What a notebook shows of a plan: its drawing, or a table, or text.

    Parameters
    ----------
    plan : Plan
        Any plan.

    Returns
    -------
    dict
        By MIME type, the richest first; a page takes the first it knows.
    """
    drawing = plan_drawing(plan)
    said = summarised(plan)
    return {
        MIME_TYPE: drawing,
        "text/html": rendered("figures.html", lines=_lines(said), tables=tables(drawing)),
        "text/plain": "\n".join(said.lines),
    }


@dataclass(frozen=True)
class Embedded:
    """A drawing as it stands in a page.

    Parameters
    ----------
    data, script : str
        The drawing and what draws it, as they may stand in an element ``script``.
    policy : str
        What the page allows: this script, and nothing from elsewhere.
    """

    data: str
    script: str
    policy: str


def embedded(drawing: Mapping[str, Any]) -> Embedded:
    """What :func:`~placebudget.plan.drawing.plan_drawing` gives, for a page of one's own.

    It is drawn into the element with the id ``plan``, from that with the id ``drawing``.
    """
    script = f"{planview()}{_START}"
    return Embedded(_data(drawing), script, _policy(script))


@cache
def planview() -> str:
    """The module that draws, as it stands in the package."""
    return (files("placebudget.plan.drawing") / "planview.js").read_text("utf-8")


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


def rendered(template: str, **given: Any) -> str:
    """A template of the drawing filled in, every text escaped."""
    found = templates("placebudget.plan.drawing").get_template(template)
    return found.render(money=money, **given).strip()


def _lines(summary: Summary) -> tuple[str, ...]:
    return (summary.title, *summary.sentences)


def _data(drawing: Mapping[str, Any]) -> str:
    text = json.dumps(drawing, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _policy(script: str) -> str:
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
