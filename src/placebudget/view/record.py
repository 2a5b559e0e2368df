"""What plans are and how they were made, beside each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from placebudget.plan import Plan
from placebudget.plan.workbook import facts


def run_records(plans: Mapping[str, Plan]) -> list[list[Any]]:
    """Rows of what is said of each plan: the name of a fact, then its value in each.

    Parameters
    ----------
    plans : mapping of str to Plan
        Plans by the name they are shown under.

    Returns
    -------
    list of list
        A fact that a plan does not have is None there. Facts of one name (rules
        that a plan does not keep) are joined.
    """
    told = [_joined(plan) for plan in plans.values()]
    names = list(dict.fromkeys(name for record in told for name in record))
    return [[name, *(record.get(name) for record in told)] for name in names]


def _joined(plan: Plan) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in facts(plan):
        found[name] = f"{found[name]}; {value}" if name in found else value
    return found
