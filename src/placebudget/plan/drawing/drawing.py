"""The drawing of a plan: a small document that a page turns into a picture and a table."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from placebudget.arguments import refusal
from placebudget.errors import CannotAnswer, PlaceBudgetError
from placebudget.place.conditions import rules_in_force, services_by_role
from placebudget.place.subjects import parse_subject
from placebudget.plan.drawing.amounts import AREA, OUTCOME, ribbons
from placebudget.plan.drawing.nodes import COLUMNS, Nodes, used
from placebudget.plan.need import unmet_words
from placebudget.plan.plan import Plan
from placebudget.plan.record.inputs import base_of
from placebudget.plan.simulate import today_of
from placebudget.plan.summary import Summary, summarised
from placebudget.solver import BUILD, CAPACITY, FUNDING, MAXIMUM, MINIMUM, RELEASE, RING_FENCE
from placebudget.texts import shown, templates
from placebudget.words import MAY_NOT_ADD_UP, money, percent

FORMAT = "placebudget-drawing"
VERSION = 1
MIME_TYPE = "application/vnd.placebudget.plan+json"
PROPOSED, TODAY = "proposed", "today"
_NAMES = {
    TODAY: "Today",
    PROPOSED: "Proposed",
    "siloed": "Siloed",
    "aligned": "Best aligned",
    "pooled": "Best pooled",
    "freed": "Best freed",
}
_LAYERS = [
    {"key": AREA, "name": "Areas", "note": "Money stands at the area where it is spent."},
    {
        "key": OUTCOME,
        "name": "Outcomes",
        "note": "Outcomes are counted in units of their own, not in pounds. The money of each "
        "service is shared over its outcomes by the public value they make over all years; of a "
        "service that makes none, by what they save.",
    },
]
_NOTES = [
    "This is a model. It ranks options; a modelled saving is not money anybody has saved.",
    "Money is cash of its year. Savings are in the price base and not discounted; they arise "
    "from services of the same and of earlier years, and go on after the last year of spending.",
    MAY_NOT_ADD_UP,
]


def plan_drawing(plan: Plan, beside: Mapping[str, Plan] | None = None) -> dict[str, Any]:
    """A plan as a network of money, added up by year and layer, ready for JSON.

    Parameters
    ----------
    plan : Plan
        The plan that is proposed.
    beside : mapping of str to Plan, optional
        Further plans of the same years to switch to, by their keys: ``"today"``,
        ``"aligned"``, ``"pooled"``, ``"freed"``, or any other name. Today's money
        is simulated where it is left out and the plan still holds its place.

    Returns
    -------
    dict
        The drawing, in the format of ``drawing.schema.json`` beside this module.
        Amounts are whole pence and add up to the plan's tables.

    Raises
    ------
    CannotAnswer
        If the plans are not for the same years.
    WrongArgument
        If what stands beside it is no plan.

    Examples
    --------
    >>> import placebudget as pb
    >>> drawing = plan_drawing(pb.optimise(pb.example("toy_pooling"), pooling="freed"))
    >>> [each["name"] for each in drawing["plans"]]
    ['Proposed', 'Today']
    >>> sum(link["pence"]["proposed"][0] for link in drawing["links"] if link["kind"] == "funding")
    10000000000
    """
    plans = _plans(plan, {} if beside is None else _beside(beside))
    years = list(plan.place["years"])
    rows = pd.concat(
        [ribbons(each).assign(plan=key) for key, each in plans.items()], ignore_index=True
    )
    nodes = Nodes(list(plans.values()), rows)
    shown = list(nodes.nodes.values())
    numbers = used(shown)
    counted = _counted(plans, years)
    later = [year for year in plan.place["appraisal_years"] if year not in years]
    return {
        "format": {"name": FORMAT, "version": VERSION},
        "title": str(plan.place["title"]),
        "price_base": str(plan.place["price_base"]),
        "years": years,
        "later": " to ".join(dict.fromkeys((later[0], later[-1]))) if later else "",
        "layers": _LAYERS,
        "plans": [_described(key, each) for key, each in plans.items()],
        "columns": [{"key": key, "name": name} for key, name in COLUMNS.items()],
        "nodes": [node.document() | counted.get(node.id, {}) for node in shown],
        "links": _links(rows, nodes, numbers, len(years) + 1),
        "prices": [
            price for key, each in plans.items() for price in prices(key, each, nodes, numbers)
        ],
        "notes": [*_unmet(plans), _status(plan), *_NOTES],
    }


def _beside(given: Mapping[str, Plan]) -> Mapping[str, Plan]:
    """Plans to stand beside the first, by name."""
    fine = isinstance(given, Mapping) and all(isinstance(plan, Plan) for plan in given.values())
    if not fine:
        raise refusal("beside", "plans by name such as {'aligned': plan}, or None", given)
    return given


def _plans(plan: Plan, beside: Mapping[str, Plan]) -> dict[str, Plan]:
    plans = {PROPOSED: plan}
    if plan.status == "simulated" and plan.name == TODAY:
        plans = {TODAY: plan}
    elif TODAY not in beside:
        today = _today(plan)
        plans |= {} if today is None else {TODAY: today}
    plans |= {key: each for key, each in beside.items() if key not in plans}
    for key, each in plans.items():
        if list(each.place["years"]) != list(plan.place["years"]):
            raise CannotAnswer(
                f"the plan {shown(key)} is for the years {', '.join(each.place['years'])} and the "
                f"other for {', '.join(plan.place['years'])}; draw plans of the same years together"
            )
    return plans


def _today(plan: Plan) -> Plan | None:
    """Today's money of the plan's place, without the option that was planned."""
    if plan.source is None:
        return None
    try:
        return today_of(base_of(plan.source))
    except PlaceBudgetError:
        # Faults of the place before its option are not the plan's; it is drawn alone.
        return None


def _described(key: str, plan: Plan) -> dict[str, str]:
    if plan.status == "simulated":
        what = "Money as given, put through the model: nothing is made the most of."
    elif plan.name == "siloed":
        what = f"Each agency plans its own money for itself; status: {plan.status}."
    else:
        pools = {
            "aligned": "of pools only what they pay today",
            "pooled": "with the place's pools",
        }.get(plan.name)
        pools = pools or ("without any limits" if plan.name == "freed" else f"pools: {plan.name}")
        what = f"The plan with the most {plan.objective.name}, {pools}; status: {plan.status}."
    if plan.option:
        what += f" Option: {plan.option}."
    return {"key": key, "name": _NAMES.get(key, key), "note": what}


def _unmet(plans: Mapping[str, Plan]) -> Iterator[str]:
    """Who is not served, by plan: it is read before any amount."""
    for key, plan in plans.items():
        lead, points = unmet_words(plan)
        if lead:
            yield f"{_NAMES.get(key, key)}: {lead}. {'. '.join(points)}."


def _status(plan: Plan) -> str:
    figures = {str(name): float(value) for name, value in plan.place["figures"].items()}
    total = sum(figures.values())
    if total <= 0:
        return "The place does not say where its figures come from."
    parts = [f"{percent(value / total)} {name}" for name, value in sorted(figures.items())]
    return f"Of the funding, {', '.join(parts)}."


def _counted(plans: Mapping[str, Plan], years: list[str]) -> dict[str, dict[str, Any]]:
    """Units of each outcome by plan and year, by the id of its point."""
    found: dict[str, dict[str, Any]] = {}
    slots = {year: n for n, year in enumerate(years)}
    for name, plan in plans.items():
        labels = plan.labels["outcomes"]
        for key, unit in zip(labels["outcome"], labels["unit"], strict=True):
            blank: dict[str, Any] = {"unit": str(unit), "counted": {}}
            point = found.setdefault(f"{OUTCOME}:{key}", blank)
            point["counted"][name] = [0.0] * (len(years) + 1)
        sums = plan.tables["outcomes"].groupby(["outcome", "year"])["counted"].sum()
        for (key, year), counted in sums.items():
            found[f"{OUTCOME}:{key}"]["counted"][name][slots.get(year, len(years))] += counted
    for point in found.values():
        for counted in point["counted"].values():
            counted[:] = [round(float(each), 3) for each in counted]
    return found


def _links(
    rows: pd.DataFrame, nodes: Nodes, numbers: Mapping[str, int], slots: int
) -> list[dict[str, Any]]:
    """Ribbons between points, each with its pence by plan and year."""
    drawn = rows.assign(source=nodes.of(rows["source"]), target=nodes.of(rows["target"]))
    keys = ["kind", "layer", "source", "target"]
    added = drawn.groupby([*keys, "plan", "year"], sort=True)["pence"].sum()
    links: dict[tuple[str, ...], dict[str, Any]] = {}
    for (kind, layer, source, target, plan, year), pence in added.items():
        key = (kind, layer, source, target)
        if key not in links:
            links[key] = {
                "source": numbers[source],
                "target": numbers[target],
                "kind": kind,
                "layer": layer,
                "pence": {},
            }
            notes = _notes(kind, source, target, nodes)
            links[key] |= {"notes": notes} if notes else {}
        amounts = links[key]["pence"].setdefault(plan, [0] * slots)
        amounts[year] = int(pence)
    return list(links.values())


def _notes(kind: str, source: str, target: str, nodes: Nodes) -> list[str]:
    if kind != "contribution":
        return []
    return nodes.contribution(source.partition(":")[2], target.partition(":")[2])


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
    elif kind in (CAPACITY, RELEASE, BUILD):
        units = plan.tables["units"]
        yield from (f"service:{key}" for key in units.loc[units["offer"] == name, "service"])
    elif where:
        yield f"service:{where.partition(' in ')[0]}"
    else:
        subject = subjects.get(name, {})
        for column in ("service", "pool", "outcome"):
            yield from (f"{column}:{key}" for key in subject.get(column, ()))
        if "role" in subject and "service" not in subject:
            staffed = services_by_role(plan.source) if plan.source is not None else {}
            for role in subject["role"]:
                yield from (f"service:{key}" for key in sorted(staffed.get(role, ())))


def _subjects(plan: Plan) -> dict[str, Mapping[str, tuple[str, ...]]]:
    if plan.source is None:
        return {}
    rules = rules_in_force(plan.source)
    return {
        str(row["rule"]): parse_subject(row["subject"])
        for row in rules[["rule", "subject"]].to_dict("records")
    }


# Drawings in pages: drawn where scripts may run, readable where they may not.
#
# The figures stand as plain tables, over all years, a column a plan.

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
