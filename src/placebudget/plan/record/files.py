"""A plan as a file, ``*.plan.json``: written whole, read back equal.

The keys of the file are those of the plan: ``place``, ``option``, ``name``,
``status``, ``objective``, ``objectives``, its tables, ``labels`` and ``run``, and
before them ``format`` with the name and version of the format; after them stand
``findings``, what the plan must admit, and ``drawing``, with which a viewer shows the plan;
reading passes over both. A table is an
object of ``columns`` and ``rows``; a text that is null is that of the row above. Where it has
``years`` too, a row holds its figures of all years, each column's as a list: one figure for all
where they are the same, or the name of a column of the row with the same figures. What a rule
works out again is left out: money of streams that pay alike stands once, with ``shared``;
outcomes and savings have ``rates``, or savings their ``discount`` alone. A figure that does not
exist (what tightening costs where no plan would be left, a population nobody gave) is null, and
one without end is the text ``"infinity"``. The schema beside this module, ``plan.schema.json``,
says the same to programmes.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from placebudget.plan.columns import NUMBER, TEXT
from placebudget.plan.drawing import plan_drawing
from placebudget.plan.plan import Plan
from placebudget.plan.record.short import (
    DISCOUNTED,
    RATE_KEYS,
    SHARE_FACTS,
    discount_factors,
    rated_outcomes,
    rated_savings,
    shared_money,
)
from placebudget.writing import file_to_write, replace_with

if TYPE_CHECKING:
    from placebudget.plan.findings import PlanFindings

FORMAT = "placebudget-plan"
VERSION = 2
INFINITY = "infinity"
FINDINGS = "findings"
"""Key of what the plan must admit: for readers; reading a plan passes over it."""
DRAWING = "drawing"
"""Key of the drawing: for viewers; reading a plan passes over it."""
BY_YEAR = ("money", "contributions", "balances", "units", "outcomes", "savings", "needs")
"""Tables whose rows hold all years."""
SHARED, RATES, DISCOUNT = "shared", "rates", "discount"
"""Keys of what a rule works the rest of a table out with."""
_EXACT = 2**53
ENDLESS = "without_end"
"""Key of an object that stands for a number without end outside the tables."""


def write_json(plan: Plan, path: str | os.PathLike[str]) -> Path:
    """Write a plan as ``*.plan.json``; :func:`read_plan` gives an equal one back.

    Parameters
    ----------
    plan : Plan
        Any plan.
    path : path or str
        The file. It is written beside its place and renamed, so that a reader
        never finds half a plan.

    Returns
    -------
    Path
        Where it was written.

    Raises
    ------
    WrongArgument
        If the path is none, or does not end in ``.json``.

    Examples
    --------
    >>> import tempfile
    >>> import placebudget as pb
    >>> plan = pb.simulate(pb.example("toy_pooling"))
    >>> file = write_json(plan, Path(tempfile.mkdtemp()) / "today.plan.json")
    >>> pb.read_plan(file) == plan
    True
    """
    goal = file_to_write(path, ".json")
    content = file_text(plan).encode()
    replace_with(goal, content)
    return goal


def file_text(plan: Plan) -> str:
    """What stands in the file: the plan, and what those want who only read or look."""
    # Made first: what cannot be written is refused as the plan's own, not the drawing's.
    parts = _parts(plan)
    found = plan.known_findings
    admitted = "null" if found is None else _findings(found)
    drawing = _drawing(plan_drawing(plan))
    return _object(parts | {FINDINGS: admitted, DRAWING: drawing}) + "\n"


def plan_text(plan: Plan) -> str:
    """A plan as text: a line a key, a line a row of a table."""
    return _object(_parts(plan)) + "\n"


def _parts(plan: Plan) -> dict[str, str]:
    return {
        "format": _line({"name": FORMAT, "version": VERSION}),
        "place": _line(_packed(plan.place)),
        "option": _line(plan.option),
        "name": _line(plan.name),
        "status": _line(plan.status),
        "objective": _line(asdict(plan.objective)),
        "objectives": _line([asdict(each) for each in plan.objectives]),
        **{name: _object(parts) for name, parts in _tables(plan.tables).items()},
        "labels": _object({name: _table(frame) for name, frame in plan.labels.items()}),
        "run": _line(_packed(plan.run)),
    }


def _line(value: Any) -> str:
    # allow_nan: what is not a number belongs into a cell that may be blank, or nowhere.
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _object(parts: Mapping[str, str]) -> str:
    return "{\n" + ",\n".join(f"{_line(key)}:{text}" for key, text in parts.items()) + "\n}"


def _tables(tables: Mapping[str, pd.DataFrame]) -> dict[str, dict[str, str]]:
    """The parts of each table, in short where a rule makes the rest of it."""
    money, shares = shared_money(tables["money"])
    outcomes, rates = rated_outcomes(tables["outcomes"])
    saving = rated_savings(tables["outcomes"], tables["savings"])
    short = {**tables, "money": money, "outcomes": outcomes}
    parts = {name: _parts_of(frame, years=name in BY_YEAR) for name, frame in short.items()}
    if shares:
        rows = [
            [*group, {s: [_number(pounds), *lines] for s, (pounds, *lines) in own.items()}]
            for group, own in shares.items()
        ]
        columns = _line(list(SHARE_FACTS))
        parts["money"][SHARED] = _object(
            {"columns": columns, "rows": _lines([_line(row) for row in rows])}
        )
    if len(rates.columns) > len(RATE_KEYS):
        parts["outcomes"][RATES] = _object(_parts_of(rates, years=True))
    if saving is not None:
        parts["savings"] = {RATES: _table(saving[0]), DISCOUNT: _table(saving[1])}
    elif (factors := discount_factors(tables["savings"])) is not None:
        held = tables["savings"].drop(columns=list(DISCOUNTED))
        parts["savings"] = {**_parts_of(held, years=True), DISCOUNT: _table(factors)}
    return parts


def _findings(found: PlanFindings) -> str:
    """Findings as columns and rows, without words; a figure with its unit, to the sixth decimal."""
    rows = [
        _line([
            each.code, each.keys, each.years,
            {name: [None if math.isnan(value) else round(value, 6), unit]
             for name, (value, unit) in each.figures.items()},
        ])
        for each in found
    ]  # fmt: skip
    return _object({"columns": _line(["code", "about", "years", "figures"]), "rows": _lines(rows)})


def _drawing(drawing: Mapping[str, Any]) -> str:
    """A drawing with its links as columns and rows, a column of pence a plan.

    Kinds, layers and notes, which come again and again, are numbers of texts.
    """
    plans = [each["key"] for each in drawing["plans"]]
    texts: dict[str, int] = {}

    def number(text: str) -> int:
        return texts.setdefault(text, len(texts))

    def numbers(notes: Sequence[str] | None) -> list[int] | None:
        return None if notes is None else [number(note) for note in notes]

    nodes = [{**node, "notes": numbers(node["notes"])} for node in drawing["nodes"]]
    rows = [
        _line([
            link["source"], link["target"], number(link["kind"]), number(link["layer"]),
            numbers(link.get("notes")), *(link["pence"].get(key) for key in plans),
        ])
        for link in drawing["links"]
    ]  # fmt: skip
    columns = _line(["source", "target", "kind", "layer", "notes", *plans])
    links = f'{{"columns":{columns},"rows":{_lines(rows)}}}'
    parts = {key: _line(value) for key, value in drawing.items()}
    return _object(parts | {"nodes": _line(nodes), "links": links, "texts": _line(list(texts))})


def _table(frame: pd.DataFrame) -> str:
    return _object(_parts_of(frame, years=False))


def _parts_of(frame: pd.DataFrame, *, years: bool) -> dict[str, str]:
    texts = [name for name in frame.columns if str(frame[name].dtype) == TEXT]
    if not years:
        rows = [_line(row) for row in _not_again(_rows(frame), list(frame.columns), texts)]
        return {"columns": _line(list(frame.columns)), "rows": _lines(rows)}
    names = sorted(set(frame["year"]))
    texts.remove("year")
    figures = [name for name in frame.columns if name not in (*texts, "year")]
    runs = _runs(frame[["year", *texts, *figures]], len(texts), names)
    columns = [*texts, *figures]
    return {
        "columns": _line(columns),
        "years": _line(names),
        "rows": _lines([_line(_once(row, columns)) for row in _not_again(runs, columns, texts)]),
    }


def _not_again(
    rows: Iterable[list[Any]], columns: Sequence[str], texts: Collection[str]
) -> Iterator[list[Any]]:
    """Rows without the texts that stand in the row above."""
    above: list[Any] = [None] * len(columns)
    for row in rows:
        cells = zip(columns, row, above, strict=True)
        yield [None if name in texts and cell == last else cell for name, cell, last in cells]
        above = row


def _once(row: list[Any], columns: Sequence[str]) -> list[Any]:
    """A row with one figure where all years have it, or where another column has the same."""
    found: list[Any] = []
    for n, cell in enumerate(row):
        if isinstance(cell, list) and cell[0] is not None and cell.count(cell[0]) == len(cell):
            found.append(cell[0])
        elif isinstance(cell, list) and cell in row[:n]:
            found.append(columns[row.index(cell)])
        else:
            found.append(cell)
    return found


def _runs(frame: pd.DataFrame, texts: int, years: list[str]) -> Iterator[list[Any]]:
    """Rows that follow each other and differ in a later year and its figures, as one."""
    number = {year: n for n, year in enumerate(years)}
    keys: list[Any] | None = None
    lists: list[list[Any]] = []
    last = -1
    for year, *row in _rows(frame):
        at = number[year]
        if row[:texts] != keys or at <= last:
            if keys is not None:
                yield [*keys, *lists]
            keys, lists = row[:texts], [[None] * len(years) for _ in row[texts:]]
        for figures, figure in zip(lists, row[texts:], strict=True):
            figures[at] = figure
        last = at
    if keys is not None:
        yield [*keys, *lists]


def _lines(rows: list[str]) -> str:
    return "[\n" + ",\n".join(rows) + "\n]" if rows else "[]"


def _rows(frame: pd.DataFrame) -> Iterator[list[Any]]:
    columns = [
        [_number(value) for value in frame[name].tolist()]
        if str(frame[name].dtype) == NUMBER
        else frame[name].tolist()
        for name in frame.columns
    ]
    return (list(row) for row in zip(*columns, strict=True))


def _number(value: float) -> float | str | None:
    if math.isnan(value):
        return None
    if not math.isfinite(value):
        return _endless(value)
    return int(value) if value.is_integer() and abs(value) < _EXACT else value


def _endless(value: float) -> str:
    return INFINITY if value > 0 else f"-{INFINITY}"


def _packed(value: Any) -> Any:
    """Plain data for JSON; a number without end becomes an object that says so."""
    if isinstance(value, Mapping):
        return {str(key): _packed(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_packed(part) for part in value]
    if isinstance(value, np.generic):
        return _packed(value.item())
    if isinstance(value, float) and math.isinf(value):
        return {ENDLESS: _endless(value)}
    return value
