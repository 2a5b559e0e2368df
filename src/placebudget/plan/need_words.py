"""Need in words: who is not served first, then what prevention takes away and what that frees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from placebudget.place.subjects import BY_NEED
from placebudget.place.years import in_years
from placebudget.words import count, money, not_served, sentence

if TYPE_CHECKING:
    from placebudget.plan.plan import Plan

# Less than this, in pounds or units, is what a solver's digits leave.
_NOTHING = 0.5
SHORT = "money short of need"
"""What plans are measured by where need must be met; the less, the better, first of all."""
NOT_SERVED, OF_ALL_KINDS = "in need and not served", "people, families and others"
"""How many they are of services that must meet need, whatever each service counts."""
LEAVES, AGAIN = "leaves a budget", "capacity released and used again"
"""What becomes of cashable savings."""
# What plans leave unmet is whole pounds; less than this apart is alike.
_POUND = 1.0


def needs_by_service(plan: Plan) -> pd.DataFrame:
    """Need of each service in the years of money, and what avoiding it saves in all years.

    Returns
    -------
    DataFrame
        By name and unit, in that order: the columns of the table ``needs``, added up, with
        ``name``, ``unit`` and ``empty``, capacity that nobody needs. Services of one name and
        unit, such as home care of several councils, are one.
    """
    table = plan.tables["needs"]
    table = table.assign(empty=(table["paid"] - table["served"]).clip(lower=0))
    figures = list(table.select_dtypes("number").columns)
    later = ~table["year"].isin(plan.place["years"])
    units = [name for name in figures if name not in ("fiscal", "cashable", "value")]
    table.loc[later, units] = 0.0
    keys = ["name", "unit"]
    labels = plan.labels["services"].set_index("service")[keys]
    found = table[["service", *figures]].join(labels, on="service").groupby(keys)[figures].sum()
    return found.assign(**{key: found.index.get_level_values(key) for key in keys})


def need_unmet(plan: Plan) -> tuple[float, float]:
    """People in need that must be served and are not, and the pounds to serve them would cost."""
    table = plan.tables["needs"]
    people, pounds = (float(table[name].sum()) for name in ("not_served", "money_short"))
    return people, pounds


def alike(first: float, second: float) -> bool:
    """Whether as many pounds are missing for need that must be met."""
    return abs(second - first) <= _POUND


def meet_alike(first: Plan, second: Plan) -> bool:
    """Whether two plans meet need alike; if not, value is never subtracted: need comes first."""
    return alike(need_unmet(first)[1], need_unmet(second)[1])


def unmet_change(first: Plan, second: Plan) -> str:
    """How much more or less need a plan leaves unmet than another, in pounds and in need."""
    people, pounds = (b - a for a, b in zip(need_unmet(first), need_unmet(second), strict=True))
    way = "more" if pounds > 0 else "less"
    served = f"{count(abs(people))} {'fewer' if people > 0 else 'more'} in need are served"
    return f"{money(abs(pounds))} {way} of need that must be met is unmet, and {served}"


def unmet_words(plan: Plan) -> tuple[str, tuple[str, ...]]:
    """Need that must be met and is not, in pounds, and by service in its unit; blank if it is."""
    table = plan.tables["needs"]
    short = table[table["money_short"] > _NOTHING]
    if short.empty:
        return "", ()
    labels = plan.labels["services"].set_index("service")[["name", "unit"]]
    points = (
        f"{sentence(str(name))}: {not_served(float(rows['unmet'].sum()), str(unit))} "
        f"{in_years(rows['year'])}; to meet this need would cost "
        f"{money(float(rows['money_short'].sum()))} more"
        for (name, unit), rows in short.join(labels, on="service").groupby(["name", "unit"])
    )
    missing = money(float(short["money_short"].sum()))
    # What stands in the way may be money, or a rule, or capacity: the plan does not say which.
    lead = f"need that must be met is not all met: to meet it would cost {missing} more"
    return lead, tuple(points)


def need_points(plan: Plan) -> Iterator[str]:
    """What became of the need of each service, a sentence each."""
    for row in needs_by_service(plan).to_dict("records"):
        parts = [f"{count(row['needed'])} needed"]
        if row["avoided"] > _NOTHING:
            parts.append(f"{count(row['avoided'])} of it avoided")
        parts.append(f"{count(row['served'])} served")
        if row["unmet"] > _NOTHING:
            parts.append(f"{count(row['unmet'])} not")
        said = f"{sentence(row['name'])} ({row['unit']}): {', '.join(parts)}"
        if row["empty"] > _NOTHING:
            said += f"; capacity for {count(row['empty'])} is paid for and empty"
        if abs(row["cashable"]) > _NOTHING:
            base = plan.place["price_base"]
            said += f"; {money(row['cashable'])} released ({base} prices, discounted)"
        yield said


def used_again(plan: Plan) -> tuple[float, float]:
    """Capacity released in the years of money, as it falls and discounted, in pounds.

    It is cashable, but the plan spends it on something else: it is no cash that leaves a budget.
    """
    needs = plan.tables["needs"]
    released = needs[needs["year"].isin(plan.place["years"])].groupby("year")["cashable"].sum()
    saved = plan.savings("year").set_index("year")[["fiscal", "discounted_fiscal"]]
    saved = saved.reindex(released.index)
    falls = released * saved["fiscal"] / saved["discounted_fiscal"].where(released != 0.0)
    return float(falls.fillna(0.0).sum()), float(released.sum())


def value_of_services_led_by_need(plan: Plan) -> float:
    """Public value of what services led by need bring themselves, in pounds.

    It is the same in every plan that meets all need, and no gain of any.
    """
    needs, made = plan.tables["needs"], plan.tables["outcomes"]
    led = set(needs.loc[needs["led_by"] == BY_NEED, "service"])
    mine = made.loc[made["service"].isin(led), ["fiscal", "economic", "social"]]
    return float(mine.to_numpy().sum())
