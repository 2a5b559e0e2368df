"""One plan in a few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from placebudget.words import but_for_pennies, count, money, plain

if TYPE_CHECKING:
    from placebudget.plan.plan import Plan


def summary(plan: Plan) -> str:
    """What a plan is, what it reaches, and what it does not keep.

    Examples
    --------
    >>> import placebudget as pb
    >>> print(pb.simulate(pb.example("toy_pooling")).summary())
    Toy place for pooling (invented): today’s spending carried on
    public value: £285 million (2025-26 prices, discounted)
    money on services: £90 million; not spent: £10 million
    savings as they fall: £0, of which cashable £0 (2025-26 prices, not discounted)
    """
    spent = float(plan.money()["amount"].sum())
    unspent = but_for_pennies(float(plan.unspent()["amount"].sum()), spent)
    saved = plan.savings()[["fiscal", "cashable"]].sum()
    lines = [
        f"{plan.place['title']}: {_called(plan)}",
        *(_objective(each.name, each.unit, each.value) for each in plan.objectives),
        f"money on services: {money(spent)}; not spent: {money(unspent)}",
        f"savings as they fall: {money(saved['fiscal'])}, of which cashable "
        f"{money(saved['cashable'])} ({plan.place['price_base']} prices, not discounted)",
    ]
    for title, key in (
        ("rules not kept", "rules_not_kept"),
        ("conditions not kept", "conditions_not_kept"),
    ):
        found = plan.run.get(key) or []
        if found:
            lines += [f"{title}:", *(f"- {each}" for each in found)]
    return "\n".join(lines)


def _called(plan: Plan) -> str:
    """What a plan is, and why it is not the best where it is not."""
    if plan.status == "simulated":
        today = "today’s spending carried on"
        return today if plan.name == "today" else f"{today}, {plain(plan.name)}"
    best = f"best {plan.name} plan" if plan.name in ("siloed", "pooled", "freed") else plan.name
    return best if plan.status == "optimal" else f"{best}: {plain(plan.status)}"


def _objective(name: str, unit: str, value: float) -> str:
    head, _, rest = unit.partition(", ")
    if head == "pounds":
        return f"{name}: {money(value)} ({rest})"
    return f"{name}: {count(value)} ({unit})"
