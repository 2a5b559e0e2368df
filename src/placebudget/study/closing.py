"""What a plan does about the gap, in parts that add up to it.

With C what keeping today's services costs in a year, M the money and S what the plan spends on
services and the management of pools,

gap = C - M = (C - S) - (M - S),

and over each line, with U units that would keep today's standard at c each, and B units that
the plan buys,

C - S = c (U - B) + (c B - S).

The first is need that prevention takes away, beyond what it takes away today; of the rest units
not bought, where B is less than U, or more bought. The second is cheaper ways to buy, less set-up
costs and what is paid for and delivers nothing. What pools take for their
management stands apart on both sides. M - S is what is not spent.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from placebudget.place import Place
from placebudget.place.subjects import led_by_need
from placebudget.plan import Plan
from placebudget.programme import ALIGNED, Basis, read_pooling
from placebudget.programme.lines import needed_units
from placebudget.programme.money import stream_funding
from placebudget.study.standstill import Standstill

CLOSING = (
    "need_avoided", "cheaper", "not_bought", "more_bought", "set_up", "nothing_for_it",
    "management", "not_spent",
)  # fmt: skip
"""What closes a gap (above nothing) or widens it (below); they add up to it."""
_LINES = CLOSING[:6]
_UNITS = ("units_kept", "units_avoided", "units", "units_not_bought")
_LEAST = 1.0  # pounds a line and year: less is rounding to the penny


def closing_tables(
    place: Place, found: Standstill, plans: Sequence[Plan]
) -> dict[str, pd.DataFrame]:
    """What each plan does about the gap: by year, by service, and whose money goes where.

    Returns
    -------
    dict of str to DataFrame
        ``plans``, ``plan_services`` and ``moved``, as :class:`placebudget.study.Outlook` says.
    """
    lines = pd.concat([_by_line(place, found, plan) for plan in plans], ignore_index=True)
    names = [*_UNITS, "cost", "money", *_LINES]
    services = lines.groupby(["plan", "service", "year"], sort=False, as_index=False)[names].sum()
    moved = pd.concat([_moved(place, plan) for plan in plans], ignore_index=True)
    parts = ["funding", "management", "not_spent"]
    years = moved.groupby(["plan", "year"], sort=False)[parts].sum()
    kept = lines.groupby(["plan", "year"])[["cost", *_LINES]].sum()
    years = years.join(kept).fillna(0.0)
    fees = (found.rows["fee"].to_numpy()[:, None] * found.cost).sum(axis=0)
    today = np.tile(fees, len(plans))
    years.insert(0, "gap", years["cost"] + today - years["funding"])
    years["management"] = today - years["management"]
    years["not_spent"] = -years["not_spent"]
    made = years[["gap", *CLOSING]]
    return {
        "plans": (made + 0.0).reset_index(),
        "plan_services": services,
        "moved": moved,
    }


def _by_line(place: Place, found: Standstill, plan: Plan) -> pd.DataFrame:
    """What keeping a line costs, what a plan does instead, and in which parts they differ."""
    basis = Basis(place, read_pooling(place, ALIGNED))
    lines, years, scale = basis.lines, len(place.years), basis.scale
    number, at = lines.position(), {year: t for t, year in enumerate(place.years)}
    shape = (len(lines), years)
    kept, cost = np.zeros(shape), np.zeros(shape)
    keys = zip(found.rows["service"], found.rows["area"], strict=True)
    row_line = np.array([number[key] for key in keys], np.int64)
    np.add.at(kept, row_line, found.units)
    np.add.at(cost, row_line, found.cost * (1.0 - found.rows["fee"].to_numpy())[:, None])
    offer = {name: o for o, name in enumerate(basis.offers.name)}
    units, money, bought, set_up = (np.zeros(shape) for _ in range(4))
    for row in plan.tables["units"].itertuples():
        o, t = offer[row.offer], at[row.year]
        cell = basis.offers.line[o], t
        units[cell] += row.units
        bought[cell] += row.units * basis.offers.unit_cost[o, t] * scale.money / scale.units
        set_up[cell] += row.started * basis.offers.set_up_cost[o, t] * scale.money
    for row in plan.tables["money"].itertuples():
        money[number[row.service, row.area], at[row.year]] += row.amount
    nothing = money - bought - set_up
    nothing[np.abs(nothing) < _LEAST] = 0.0
    # What nobody pays for today is bought at what the plan pays for it.
    own = np.divide(bought, units, out=np.zeros(shape), where=units > 0)
    standard = np.divide(cost, kept, out=own, where=kept > 0)
    line, year = np.nonzero((kept > 0) | (money > 0))
    avoided = _avoided(basis, plan, kept - units)
    fewer = kept - units - avoided
    every = {
        "units_kept": kept,
        "units_avoided": avoided,
        "units": units,
        "units_not_bought": np.maximum(fewer, 0.0),
        "cost": cost,
        "money": money,
        "need_avoided": standard * avoided,
        "cheaper": standard * units - (money - set_up - nothing),
        "not_bought": standard * np.maximum(fewer, 0.0),
        "more_bought": standard * np.minimum(fewer, 0.0),
        "set_up": -set_up,
        "nothing_for_it": -nothing,
    }
    return pd.DataFrame(
        {
            "plan": plan.name,
            "service": lines.service[line],
            "area": lines.area[line],
            "year": np.array(place.years, dtype=object)[year],
            **{name: values[line, year] + 0.0 for name, values in every.items()},
        }
    )


def _avoided(basis: Basis, plan: Plan, fewer: np.ndarray) -> np.ndarray:
    """Lines x years: units of need that a plan takes away beyond what today's services do.

    Below nothing where prevention is cut and need comes back. Services led by budget take no
    more of it than the units by which they differ from today's standard.
    """
    number, at = basis.lines.position(), {year: t for t, year in enumerate(basis.years)}
    seen = needed_units(basis.place, basis.geography, basis.lines, basis.years)
    led = led_by_need(basis.place)
    found = np.zeros_like(fewer)
    for row in plan.tables["needs"].itertuples():
        if row.year not in at:
            continue
        cell = number[row.service, row.area], at[row.year]
        more = row.avoided - (row.needed - seen[cell])
        if row.service not in led:
            more = min(max(more, min(fewer[cell], 0.0)), max(fewer[cell], 0.0))
        found[cell] = more
    return found


def _moved(place: Place, plan: Plan) -> pd.DataFrame:
    """Whose money pays for whose services, by agency and year."""
    whose = place.filled("streams").set_index("stream")["agency"]
    held = stream_funding(place).groupby(whose).sum()
    held.columns = list(place.years)
    paid = plan.money(["agency", "commissioner", "year"])
    own = paid["agency"] == paid["commissioner"]
    fees = plan.tables["contributions"].merge(plan.labels["streams"][["stream", "agency"]])
    keys = pd.MultiIndex.from_product([sorted(place.agencies["agency"]), place.years])

    def by(rows: pd.DataFrame, who: str, column: str = "amount") -> np.ndarray:
        return rows.groupby([who, "year"])[column].sum().reindex(keys, fill_value=0.0).to_numpy()

    made = pd.DataFrame(
        {
            "plan": plan.name,
            "agency": keys.get_level_values(0),
            "year": keys.get_level_values(1),
            "funding": held.stack().reindex(keys, fill_value=0.0).to_numpy(),
            "own": by(paid[own], "agency"),
            "for_others": by(paid[~own], "agency"),
            "by_others": by(paid[~own], "commissioner"),
            "management": by(fees, "agency", "management_cost"),
        }
    )
    spent = made["own"] + made["for_others"] + made["management"]
    return made.assign(not_spent=made["funding"] - spent)
