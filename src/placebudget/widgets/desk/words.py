"""What the desk says."""

from __future__ import annotations

from placebudget.plan import Plan
from placebudget.words import in_pounds, in_unit

STALE = (
    "This is the last good plan. It does not have the figures as they stand now, for which "
    "there is no plan yet."
)


def reached(plan: Plan, before: Plan | None) -> str:
    """What a plan reaches, and how that compares with the plan before."""
    value, pounds = plan.objective, in_pounds(plan.objective.unit)
    text = f"Solved: {in_unit(value.value, value.unit)} of {value.name}."
    if before is None or before.objective.name != value.name:
        return text
    apart = value.value - before.objective.value
    if abs(apart) < (0.5 if pounds else 0.005):
        return f"{text} That is the same as in the last plan."
    change = in_unit(apart, value.unit, signed=True)
    return f"{text} That is {change} against the last plan."
