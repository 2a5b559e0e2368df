"""Plans side by side: what each is worth, pays for, brings about and saves.

Every function takes plans by the name they are shown under and gives sheets of
figures; the command line, reports and widgets only show them.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from placebudget.plan import Plan
from placebudget.view.sheet import MILLION, Sheet, side_by_side

Plans = Mapping[str, Plan]
POUNDS = "£ million"
LATER = "later"
CASHABLE = "of which cashable"


def comparison(plans: Plans) -> list[Sheet]:
    """All sheets that set plans side by side, in the order in which they are read."""
    return [
        worth(plans),
        money_by(plans, "purpose"),
        money_by(plans, "agency"),
        outcomes(plans),
        *savings(plans),
    ]


def worth(plans: Plans) -> Sheet:
    """Public value and its parts, and the money it takes.

    Value is discounted and in the price base; money is cash over all years.
    """
    return Sheet(
        "Public value and money, all years",
        POUNDS,
        pd.DataFrame({name: _worth(plan) for name, plan in plans.items()}) / MILLION,
        note="Value is discounted and real, money is cash.",
    )


def _worth(plan: Plan) -> dict[str, float]:
    outcomes = plan.outcomes()
    parts = {part: float(outcomes[part].sum()) for part in ("fiscal", "economic", "social")}
    return {
        "Public value": sum(parts.values()),
        **{f"  of which {part}": value for part, value in parts.items()},
        "Money spent on services": float(plan.money()["amount"].sum()),
        "Management cost of pools": plan.management_cost(),
        "Money not spent": float(plan.unspent()["amount"].sum()),
    }


def money_by(plans: Plans, by: str) -> Sheet:
    """Money on services over all years, by purpose, agency or another column."""
    frames = {name: plan.money(by) for name, plan in plans.items()}
    table = named(side_by_side(frames, by, "amount"), plans, by)
    who = " that pays" if by == "agency" else ""
    return Sheet(f"Money by {by}{who}, all years", POUNDS, table, adds_up="down")


def outcomes(plans: Plans) -> Sheet:
    """Outcomes counted over all years, each in its own unit."""
    frames = {name: plan.outcomes("outcome") for name, plan in plans.items()}
    table = side_by_side(frames, "outcome", "counted", scale=1.0).sort_index()
    labels = _labels(plans, "outcome")
    units = labels["unit"].reindex(table.index).fillna("")
    table = named(table, plans, "outcome")
    table.index = [
        f"{name} ({unit})" if unit else name for name, unit in zip(table.index, units, strict=True)
    ]
    return Sheet("Outcomes, all years", "", table, digits=0, note="Each in its own unit.")


def savings(plans: Plans) -> list[Sheet]:
    """Savings by agency and year with the cashable part, one sheet a plan."""
    frames = {name: plan.savings(["agency", "year"]) for name, plan in plans.items()}
    everyone = side_by_side(frames, "agency", "fiscal").index
    return [
        Sheet(
            f"Savings by agency and year, {name}",
            POUNDS,
            named(_by_year(frames[name], everyone, plans[name].place["years"]), plans, "agency"),
            adds_up="both",
            of_which=CASHABLE,
            note=f"Real, not discounted. {LATER.capitalize()}: benefits after the last year.",
        )
        for name in plans
    ]


def _by_year(frame: pd.DataFrame, agencies: pd.Index, years: list[str]) -> pd.DataFrame:
    when = frame["year"].where(frame["year"].isin(years), LATER)
    table = frame.pivot_table("fiscal", "agency", when, "sum", fill_value=0.0)
    later = [LATER] if (when == LATER).any() else []
    table = table.reindex(agencies, columns=[*years, *later], fill_value=0.0)
    cashable = frame.groupby("agency")["cashable"].sum().reindex(agencies, fill_value=0.0)
    return table.assign(**{CASHABLE: cashable}) / MILLION


def named(table: pd.DataFrame, plans: Plans, by: str) -> pd.DataFrame:
    """The table with full names instead of keys, where plans know them."""
    labels = _labels(plans, by)
    if labels.empty:
        words = [str(key).replace("_", " ") for key in table.index]
    else:
        names = labels["name"]
        words = [str(names.get(key, key)) for key in table.index]
    return table.set_axis(words, axis=0)


def _labels(plans: Plans, by: str) -> pd.DataFrame:
    of = {
        "agency": "agencies",
        "stream": "streams",
        "service": "services",
        "area": "areas",
        "pool": "pools",
        "outcome": "outcomes",
    }
    if by not in of:
        return pd.DataFrame()
    frames = [plan.labels[of[by]] for plan in plans.values()]
    return pd.concat(frames).drop_duplicates(by).set_index(by)
