"""In what the inputs of plans differ: place, tables, option, objective, pooling, versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from placebudget.place import schema
from placebudget.plan.inputs import recorded_option, recorded_place, rows_apart
from placebudget.plan.plan import Plan

KIND = "kind"
"""The input that says whether a plan is the best one or given money, simulated."""

_SETTINGS = ("years", "appraisal_years", "price_base", "today_year")
_ARGUMENTS = ("objective", "pooling", "reinvest", "seconds", "gap", "money")


def inputs_that_differ(plans: Mapping[str, Plan]) -> pd.DataFrame:
    """Inputs that are not the same in all plans.

    Returns
    -------
    DataFrame
        ``input``, and what each plan has, in words: a column a plan.
    """
    facts = {name: _facts(plan) for name, plan in plans.items()}
    first = next(iter(plans.values()))
    rows = []
    for fact in dict.fromkeys(key for known in facts.values() for key in known):
        values = [known.get(fact, "") for known in facts.values()]
        if len(set(values)) > 1:
            rows.append((fact, *values))
    for table in schema():
        said = {name: _table(first, plan, table) for name, plan in plans.items()}
        if len(set(said.values())) > 1:
            rows.append((f"table {table}", *said.values()))
    return pd.DataFrame(rows, columns=["input", *plans], dtype="str")


def _facts(plan: Plan) -> dict[str, str]:
    run = plan.run
    record = recorded_place(run)
    option = recorded_option(run)
    facts = {"place": plan.place["name"], KIND: _kind(plan)}
    facts |= {name: _words(plan.place.get(name)) for name in _SETTINGS}
    facts["settings of the place"] = f"hash {record['settings'][:8]}"
    facts["option"] = "none" if option is None else str(option)
    known = dict(run["options"])
    facts |= {name: _words(known.get(name)) for name in _ARGUMENTS}
    facts["solver"] = run["solver"] or "none"
    facts |= {f"version of {name}": number for name, number in run["versions"].items()}
    return facts


def _kind(plan: Plan) -> str:
    return "given money, simulated" if plan.status == "simulated" else "best plan"


def _table(first: Plan, plan: Plan, table: str) -> str:
    """A table of a plan's place against the first plan's."""
    before, now = recorded_place(first.run), recorded_place(plan.run)
    if before["tables"].get(table) == now["tables"].get(table):
        return "the same"
    only_before, only_now = rows_apart(before["rows"].get(table, ""), now["rows"].get(table, ""))
    rows = "row" if only_now == 1 else "rows"
    return f"{only_now} {rows} new or changed, {only_before} of the first plan gone or changed"


def _words(value: Any) -> str:
    if value is None or value in ("", 0):
        return "none"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)
