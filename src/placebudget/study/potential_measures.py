"""What a plan is measured by when plans are set side by side."""

from __future__ import annotations

from collections.abc import Iterator

from placebudget.plan import Plan

PUBLIC_VALUE = "public value"
CASHABLE = "cashable saving"
CASHABLE_AS_IT_FALLS = "cashable saving as it falls"


def measures_of(plan: Plan) -> Iterator[tuple[str, float, str]]:
    """Name, value and unit of everything a plan is measured by."""
    real = f"pounds, {plan.place['price_base']} prices, discounted"
    falls = f"pounds, {plan.place['price_base']} prices, not discounted"
    cash = "pounds, cash"
    outcomes = plan.outcomes()
    yield PUBLIC_VALUE, plan.public_value(), real
    for part in ("fiscal", "economic", "social"):
        yield f"{part} value", float(outcomes[part].sum()), real
    saved = plan.savings()[["discounted_cashable", "cashable"]].sum()
    yield CASHABLE, float(saved["discounted_cashable"]), real
    yield CASHABLE_AS_IT_FALLS, float(saved["cashable"]), falls
    yield "money on services", float(plan.money()["amount"].sum()), cash
    yield "management cost", plan.management_cost(), cash
    yield "money not spent", float(plan.unspent()["amount"].sum()), cash
    for each in plan.objectives:
        if each.name not in (PUBLIC_VALUE, CASHABLE):
            yield each.name, each.value, each.unit
