"""Reading a plan back from its file; everything that is wrong with it is said at once."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

from placebudget.arguments import as_given
from placebudget.errors import UnreadablePlan
from placebudget.plan.columns import LABEL_TABLES, NUMBER, PLAN_TABLES, SOME_LABELS, table
from placebudget.plan.deliver import discounted, saved
from placebudget.plan.plan import ObjectiveValue, Plan
from placebudget.plan.record.cells import (
    LARGEST,
    NUMBERS,
    TEXTS,
    Problems,
    read_cells,
    read_facts,
    read_shares,
    unpacked,
)
from placebudget.plan.record.files import (
    DISCOUNT,
    DRAWING,
    FINDINGS,
    FORMAT,
    RATES,
    SHARED,
    VERSION,
)
from placebudget.plan.record.short import (
    DISCOUNTED,
    NOT_NEEDED,
    RATE_KEYS,
    RATED,
    SAVING_RATES,
    YEAR_FACTORS,
    split_money,
    worked_out,
)
from placebudget.texts import shown

_TEXTS = ("option", "name", "status")
_OBJECTIVE = {"name": str, "unit": str, "value": float}
_PLACE = {
    "name": str,
    "title": str,
    "description": str,
    "digest": str,
    "years": list,
    "appraisal_years": list,
    "price_base": str,
    "today_year": str,
    "figures": NUMBERS,
}
_RUN = {"versions": TEXTS, "solver": str, "options": dict, "seconds": float, "inputs": str}
_KEYS = (
    "format",
    "place",
    *_TEXTS,
    "objective",
    "objectives",
    *PLAN_TABLES,
    "labels",
    "run",
)
_LABELS = {**LABEL_TABLES, **SOME_LABELS}
# Which table of names holds the key that a column of another table refers to.
_NAMED = {
    "stream": "streams",
    "service": "services",
    "area": "areas",
    "outcome": "outcomes",
    "agency": "agencies",
}
# Tables of which a part may be worked out by a rule.
_SHORT = ("money", "outcomes", "savings")
_ONE_OUT = "Take one out."
_AGAIN = "Write it again with plan.to_json, or with placebudget optimise ... --out."


_LARGEST_FILE = 100 * 10**6
_HALF = re.compile(r"\\u[dD][89a-fA-F]")

PlanLike: TypeAlias = Plan | str | os.PathLike[str]


def as_plan(given: PlanLike) -> Plan:
    """The plan that is meant: the plan itself, or its file read.

    Every public function that looks at plans takes them through here.

    Raises
    ------
    UnreadablePlan
        If it is neither, or cannot be read.

    Examples
    --------
    >>> import placebudget as pb
    >>> as_plan(pb.example("toy_pooling"))
    Traceback (most recent call last):
    ...
    placebudget.errors.UnreadablePlan: A plan is needed here, and an object of type Place is none...
    """
    if isinstance(given, Plan):
        return given
    if isinstance(given, str | os.PathLike):
        return read_plan(given)
    raise UnreadablePlan(
        f"A plan is needed here, and an object of type {type(given).__name__} is none. Give what "
        "pb.optimise(place) or pb.simulate(place) makes of a place, or the path of a .plan.json."
    )


def read_plan(path: str | os.PathLike[str]) -> Plan:
    """Read a plan from its file.

    Parameters
    ----------
    path : path or str
        A ``*.plan.json`` file.

    Returns
    -------
    Plan
        Equal to the plan that was written.

    Raises
    ------
    UnreadablePlan
        If there is no such file, it is no plan, it comes from a later version of
        the format, or its parts are not what they should be; all are named.

    Examples
    --------
    >>> import placebudget as pb
    >>> pb.read_plan("nowhere.plan.json")
    Traceback (most recent call last):
    ...
    placebudget.errors.UnreadablePlan: nowhere.plan.json: there is no such file...
    """
    if not isinstance(path, str | os.PathLike):
        raise UnreadablePlan(
            f"The path of a plan's file is needed here, and {as_given(path)} is none. Give the "
            "path of a .plan.json, as plan.to_json writes it."
        )
    problems = Problems(Path(path).name)
    return _read(_content(Path(path), problems), problems)


def read_plan_text(content: str, name: str) -> Plan:
    """Read a plan from the text of its file, which is called by a name in what is said of it."""
    return _read(content, Problems(name))


def _read(content: str, problems: Problems) -> Plan:
    document = _document(content, problems)
    if _check_format(document, problems) == 1:
        document = _from_version_1(document)
    _check_keys(document, problems)
    plan = _plan(document, problems)
    _check_names(plan, problems)
    return plan


def _content(path: Path, problems: Problems) -> str:
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise problems.alone(
                "it cannot be opened: it is no file. Name one that was written as *.plan.json."
            )
        if size > _LARGEST_FILE:
            most = f"{_LARGEST_FILE // 10**6} MB is the most that is read"
            raise problems.alone(f"it has {size:,} bytes, and {most}. {_AGAIN}")
        return path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise problems.alone("there is no such file. Check its name and folder.") from None
    except UnicodeDecodeError:
        raise problems.alone(f"it is not text in UTF-8. {_AGAIN}") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise problems.alone(f"it cannot be opened: {reason or error}.") from None


def _document(content: str, problems: Problems) -> dict[str, Any]:
    try:
        document = json.loads(
            content,
            object_pairs_hook=_without_doubles,
            parse_constant=_no_constant,
        )
        _check_signs(content, document)
    except RecursionError:
        raise problems.alone(f"it is nested too deep to be a plan. {_AGAIN}") from None
    except ValueError as error:
        raise problems.alone(f"it is not JSON: {error}. {_AGAIN}") from None
    if not isinstance(document, dict):
        raise problems.alone(f"it holds no object with the keys of a plan. {_AGAIN}")
    return document


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        double = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {shown(double)} stands twice in one object")
    return found


def _check_signs(content: str, document: Any) -> None:
    """Half of a sign, such as an escape alone can write, cannot be shown or written again."""
    if _HALF.search(content):
        try:
            json.dumps(document, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            half = ascii(error.object[error.start])
            raise ValueError(f"it holds half of a sign, {half}, which is no text") from None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON; write null, or the text infinity")


def _check_format(document: Mapping[str, Any], problems: Problems) -> int:
    """The version; another than can be read cannot be judged key by key, so it is said alone."""
    given = document.get("format")
    if not isinstance(given, dict) or given.get("name") != FORMAT:
        what = f"format: it does not say that it is a plan ({FORMAT!r})."
        raise problems.alone(f"{what} Name a file that was written as *.plan.json.")
    version = given.get("version")
    if isinstance(version, bool) or version not in (1, VERSION):
        what = f"format: version {version!r} is unknown; this release reads 1 and {VERSION}."
        newer = isinstance(version, int) and version > VERSION
        mend = "Use a newer release of placebudget." if newer else _AGAIN
        raise problems.alone(f"{what} {mend}")
    return int(version)


def _from_version_1(document: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in a file of version 1, as this version has it; faults stay faults.

    Money stood there as objects, and "siloed" was said for aligned. Prices said less, and
    something else, and are left out; of need nothing was known.
    """
    money, run = document.get("money"), document.get("run")
    columns = list(PLAN_TABLES["money"])
    if isinstance(money, list):
        rows = [
            [row[name] for name in columns]
            if isinstance(row, dict) and set(row) == set(columns)
            else row
            for row in money
        ]
        money = {"columns": columns, "rows": rows}
    name = "aligned" if document.get("name") == "siloed" else document.get("name")
    if isinstance(run, dict):
        options = run.get("options")
        if isinstance(options, dict) and options.get("pooling") == "siloed":
            run = {**run, "options": {**options, "pooling": "aligned"}}
        run = {**run, "prices_left_out": "the file is of a version that had them otherwise"}
    prices = {"columns": list(PLAN_TABLES["prices"]), "rows": []}
    now = {"name": name, "money": money, "run": run, "prices": prices}
    needs = {"columns": list(PLAN_TABLES["needs"]), "rows": []}
    return {"needs": needs, **document, **{key: now[key] for key in now if key in document}}


def _check_keys(document: Mapping[str, Any], problems: Problems) -> None:
    for key in _KEYS:
        if key not in document:
            problems.add(key, "the key is missing", _AGAIN)
    for key in document:
        if key not in (*_KEYS, FINDINGS, DRAWING):
            problems.add(str(key), "a plan has no such key", "Take it out.")
    problems.raise_if_any()


def _plan(document: Mapping[str, Any], problems: Problems) -> Plan:
    texts = {key: read_facts(key, document[key], str, problems) for key in _TEXTS}
    tables = {
        name: read_cells(name, document[name], columns, problems)
        for name, columns in PLAN_TABLES.items()
        if name not in _SHORT
    }
    given, shares = _apart(document["money"], SHARED)
    tables["money"] = read_cells("money", given, PLAN_TABLES["money"], problems)
    if shares is not None:
        shares = read_shares(f"money.{SHARED}", shares, tables["money"], problems)
    outcomes = _read_outcomes(document["outcomes"], problems)
    savings = _read_savings(document["savings"], problems)
    labels = _labels(document["labels"], problems)
    facts = {
        "place": read_facts("place", document["place"], _PLACE, problems),
        "objective": read_facts("objective", document["objective"], _OBJECTIVE, problems),
        "run": read_facts("run", document["run"], _RUN, problems),
    }
    objectives = _objectives(document["objectives"], facts["objective"], problems)
    problems.raise_if_any()
    frames = {name: table(cells, PLAN_TABLES[name]) for name, cells in tables.items()}
    frames["money"] = split_money(frames["money"], shares or {})
    frames["outcomes"] = outcomes()
    frames["savings"] = savings(frames["outcomes"])
    _check_worked_out(frames, problems)
    return Plan(
        **texts,
        place=unpacked(facts["place"]),
        objective=objectives[0],
        objectives=tuple(objectives),
        tables={name: frames[name] for name in PLAN_TABLES},
        labels={name: table(cells, _LABELS[name]) for name, cells in labels.items()},
        run=unpacked(facts["run"]),
    )


def _apart(given: Any, key: str) -> tuple[Any, Any]:
    """A table, and what stands in it to work the rest out with; None if nothing does."""
    if not isinstance(given, dict) or key not in given:
        return given, None
    return {name: part for name, part in given.items() if name != key}, given[key]


def _read_outcomes(given: Any, problems: Problems) -> Callable[[], pd.DataFrame]:
    """What makes the table of outcomes, once all that it needs was found in order."""
    given, rates = _apart(given, RATES)
    columns, rated = dict(PLAN_TABLES["outcomes"]), {}
    if not (isinstance(given, dict) and NOT_NEEDED in (given.get("columns") or ())):
        del columns[NOT_NEEDED]
    if rates is not None:
        names = rates.get("columns") if isinstance(rates, dict) else None
        rated = {name: NUMBER for name in RATED if isinstance(names, list) and name in names}
        rated = {**RATE_KEYS, **rated}
        rates = read_cells(f"outcomes.{RATES}", rates, rated, problems)
        keys = list(zip(rates["outcome"], rates["year"], strict=True))
        if len(set(keys)) < len(keys):
            problems.add(f"outcomes.{RATES}", "an outcome has two rates in a year", _ONE_OUT)
    held = {name: kind for name, kind in columns.items() if name in RATE_KEYS or name not in rated}
    cells = read_cells("outcomes", given, held, problems)
    if rates is None:
        none = table({name: [] for name in RATE_KEYS}, RATE_KEYS)
        return lambda: worked_out(table(cells, columns), none)
    return lambda: worked_out(table(cells, held), table(rates, rated))


def _read_savings(given: Any, problems: Problems) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """What makes the table of savings of that of outcomes."""
    held = dict(PLAN_TABLES["savings"])
    given, discount = _apart(given, DISCOUNT)
    if discount is None:
        cells = read_cells("savings", given, held, problems)
        return lambda outcomes: table(cells, held)
    factors = read_cells(f"savings.{DISCOUNT}", discount, YEAR_FACTORS, problems)
    if len(set(factors["year"])) < len(factors["year"]):
        problems.add(f"savings.{DISCOUNT}", "a year has two factors", _ONE_OUT)
    if set(given) != {RATES}:
        held = {name: kind for name, kind in held.items() if name not in DISCOUNTED}
        cells = read_cells("savings", given, held, problems)
        return lambda outcomes: discounted(table(cells, held), table(factors, YEAR_FACTORS))
    rates = read_cells(f"savings.{RATES}", given[RATES], SAVING_RATES, problems)
    pairs = list(zip(rates["outcome"], rates["agency"], strict=True))
    if len(set(pairs)) < len(pairs):
        problems.add(f"savings.{RATES}", "an outcome saves an agency two values", _ONE_OUT)
    return lambda outcomes: saved(
        outcomes, table(rates, SAVING_RATES), table(factors, YEAR_FACTORS)
    )


def _check_worked_out(frames: Mapping[str, pd.DataFrame], problems: Problems) -> None:
    """What was worked out has all its figures, none of them beyond what a plan can hold."""
    for name in _SHORT:
        numbers = frames[name].select_dtypes("number")
        for column in numbers.columns[~(numbers.abs() <= LARGEST).all()]:
            what = "a figure of it cannot be worked out: a rate is missing or too large"
            problems.add(f"{name}.{column}", what, _AGAIN)
        if (frames["money"]["amount"] < 0).any() and name == "money":
            problems.add("money.amount", "a share of a line is below nothing", _AGAIN)
    problems.raise_if_any()


def _labels(given: Any, problems: Problems) -> dict[str, dict[str, list[Any]]]:
    there = [name for name in SOME_LABELS if isinstance(given, dict) and name in given]
    wanted = dict.fromkeys((*LABEL_TABLES, *there), dict)
    found = read_facts("labels", given, wanted, problems)
    return {
        name: read_cells(f"labels.{name}", found[name], _LABELS[name], problems)
        for name in wanted
        if name in found
    }


def _objectives(given: Any, first: Any, problems: Problems) -> list[ObjectiveValue]:
    if not isinstance(given, list) or not given:
        problems.add("objectives", "it is no list of objectives", _AGAIN)
        return []
    before = len(problems)
    found = [
        read_facts(f"objectives[{n}]", each, _OBJECTIVE, problems) for n, each in enumerate(given)
    ]
    if len(problems) > before:
        return []
    for n, each in enumerate(found):
        for key in set(each) - set(_OBJECTIVE):
            problems.add(f"objectives[{n}].{key}", "an objective has no such key", "Take it out.")
    if first != found[0]:
        problems.add("objective", "it is not the first of the objectives", _AGAIN)
    if len(problems) > before:
        return []
    return [ObjectiveValue(e["name"], e["unit"], float(e["value"])) for e in found]


def _check_names(plan: Plan, problems: Problems) -> None:
    """Every key that a table uses has a name in the labels."""
    for name, frame in plan.tables.items():
        for column in frame.columns.intersection(list(_NAMED)):
            known = plan.labels[_NAMED[column]][column]
            for key in _strangers(frame[column], known):
                mend = f"Add it to labels.{_NAMED[column]}."
                problems.add(f"{name}.{column}", f"{shown(key)} has no name", mend)
    problems.raise_if_any()


def _strangers(used: pd.Series, known: pd.Series) -> list[str]:
    return sorted(set(used) - set(known))
