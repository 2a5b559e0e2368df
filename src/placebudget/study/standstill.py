"""What today's services cost, and how prices and need move that cost year by year.

A row is what one stream pays today for one offer of a line. It keeps today's standard:
the same service, bought the same way, for the same share of those in need. With C the cost
today, p the rise of prices since and n that of need, it costs C (1 + p) (1 + n), which is

C, + C p (prices), + C n (demand), + C p n (both at once),

each taken from the cost today, so that no order of theirs matters.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from placebudget.errors import CannotAnswer
from placebudget.place import Place
from placebudget.place.geography import Geography, is_blank
from placebudget.place.settings import start_of
from placebudget.place.subjects import led_by_need
from placebudget.place.succession import succeeded
from placebudget.plan import Plan
from placebudget.plan.borrowing import borrowed_by_stream
from placebudget.programme import ALIGNED, Basis, read_pooling
from placebudget.programme.lines import needed_units, people_in_need
from placebudget.programme.money import stream_funding
from placebudget.value import in_base_prices, price_levels

Line = tuple[str, str]


@dataclass(frozen=True)
class Standstill:
    """Today's services, a row for what each stream pays for each offer.

    Parameters
    ----------
    rows : DataFrame
        agency (who pays), kind (of the money: revenue or capital), service, area, offer,
        today (money today, pounds), units (today;
        for services led by need all that are needed), unit_cost (today, with what a pool takes),
        fee (what of that the pool takes, a share).
    rise : ndarray
        Rows x years: rise of prices since today, a share.
    units : ndarray
        Rows x years: units that keep today's standard.
    assumed : frozenset of str
        Services without a need given: they grow with population, where that is given.
    """

    rows: pd.DataFrame
    rise: np.ndarray
    units: np.ndarray
    assumed: frozenset[str]

    @property
    def base(self) -> np.ndarray:
        """Rows: cost today."""
        return np.asarray(self.rows["units"] * self.rows["unit_cost"], dtype=float)

    @property
    def prices(self) -> np.ndarray:
        """Rows x years: what dearer prices add to the cost today."""
        return self.base[:, None] * self.rise

    @property
    def added(self) -> np.ndarray:
        """Rows x years: what more units than today cost at today's prices."""
        more = self.units - self.rows["units"].to_numpy()[:, None]
        return np.asarray(more * self.rows["unit_cost"].to_numpy()[:, None])

    @property
    def both(self) -> np.ndarray:
        """Rows x years: what dearer prices add to what more need costs."""
        return self.added * self.rise

    @property
    def cost(self) -> np.ndarray:
        """Rows x years: what keeping today's services costs."""
        return self.base[:, None] + self.prices + self.added + self.both


def standstill(place: Place, population: float = 0.0) -> Standstill:
    """Today's services and what would keep them.

    Parameters
    ----------
    place : Place
        A place that has passed its checks.
    population : float
        Growth a year of services without a need given, a share.

    Raises
    ------
    CannotAnswer
        If an index has no rate between the year of today's money and the years of the place.
    """
    geography, settings = Geography.of(place), place.settings
    prices = _prices(place)
    offers = in_base_prices(place, "offers").sort_values(["unit_cost", "offer"], kind="stable")
    of_line: dict[Line, list[str]] = defaultdict(list)
    for offer, service, area in _cells(offers, "offer", "service", "area"):
        of_line[service, geography.key(area)].append(offer)
    cost_today = {
        offer: cost * prices[_index(index)][0]
        for offer, cost, index in _cells(offers, "offer", "unit_cost", "index")
    }
    needed = _needed(place, geography, set(of_line))
    services, by_need = place.filled("services").set_index("service"), led_by_need(place)
    led = {line for line in needed if line[0] in by_need}
    paid = _paid(place, geography, of_line)
    for service, area in sorted(led - {(row[2], row[3]) for row in paid}):
        who, kind = services.loc[service, ["commissioner", "kind"]]
        paid.append((who, kind, service, area, of_line[service, area][0], 0.0, 1.0))
    names = ["agency", "kind", "service", "area", "offer", "today", "gross"]
    rows = pd.DataFrame(paid, columns=names).astype({"today": float, "gross": float})
    index = dict(_cells(offers, "offer", "index"))
    levels = np.array([prices[_index(index[offer])] for offer in rows["offer"]])
    levels = levels.reshape(len(rows), len(place.years) + 1)
    unit_cost = rows["offer"].map(cost_today).to_numpy(float) * rows["gross"].to_numpy()
    units = rows["today"].to_numpy() / unit_cost
    passed = np.array([start_of(year) - start_of(settings.today_year) for year in place.years])
    kept = np.repeat(units[:, None], len(place.years), axis=1)
    for line, mine in rows.groupby(["service", "area"]).indices.items():
        need = needed.get(line)
        if need is None:
            kept[mine] *= (1.0 + population) ** passed
        elif line in led:
            whole = units[mine].sum()
            part = units[mine] / whole if whole > 0 else np.full(len(mine), 1.0 / len(mine))
            units[mine], kept[mine] = need[0] * part, np.outer(part, need[1:])
        elif need[0] > 0:
            kept[mine] *= need[1:] / need[0]
    without = set(rows["service"]) - {service for service, _ in needed}
    return Standstill(
        rows.assign(units=units, unit_cost=unit_cost, fee=1.0 - 1.0 / rows["gross"]),
        levels[:, 1:] / levels[:, :1] - 1.0,
        kept,
        frozenset(without),
    )


def _paid(
    place: Place, geography: Geography, of_line: dict[Line, list[str]]
) -> list[tuple[str, str, str, str, str, float, float]]:
    """What is paid today: who pays, in which kind of money, for service, area and offer.

    Then pounds, and how many are paid for one that is spent.

    What a pool takes for its management is part of what a service costs.
    """
    streams = place.filled("streams").set_index("stream")
    taken = place.filled("pools").set_index("pool")["management_cost"]
    rows = []
    columns = ("service", "area", "stream", "pool", "offer", "amount")
    for service, area, stream, pool, offer, amount in _cells(place.filled("today"), *columns):
        if amount <= 0:
            continue
        where = geography.key(area)
        kept = 1.0 if is_blank(pool) else 1.0 - float(taken[pool])
        gross = 1.0 / kept if kept > 0 else 1.0
        bought = of_line[service, where][0] if is_blank(offer) else offer
        who, kind = streams.loc[stream, ["agency", "kind"]]
        rows.append((who, kind, service, where, bought, amount * gross, gross))
    return sorted(rows)


def _needed(place: Place, geography: Geography, lines: set[Line]) -> dict[Line, np.ndarray]:
    """Units needed by line: today, then each year of the place.

    Today's need is that of the year of today's money, else the one for any year, else the
    first there is. A year without one has that of the year before.
    """
    years = (place.settings.today_year, *place.years)
    per_person = dict(_cells(place.filled("services"), "service", "units_per_person"))
    needed: dict[Line, np.ndarray] = {}
    of_today = people_in_need(place, geography, years[:1])
    for (service, area), people in people_in_need(place, geography, place.years).items():
        upper = next((up for up in geography.path(area) if (service, up) in lines), None)
        known = pd.Series([*of_today[service, area], *people]).bfill().ffill().to_numpy(float)
        if upper is not None and not np.isnan(known).any():
            known = known * per_person[service]
            needed[service, upper] = needed.get((service, upper), 0.0) + known
    return needed


def _prices(place: Place) -> dict[str, np.ndarray]:
    """Level of each index today, then in each year of the place."""
    years = (place.settings.today_year, *place.years)
    inflation, base = place.filled("inflation"), place.settings.price_base
    found, missing = {}, []
    for index in sorted({_index(each) for each in place.filled("offers")["index"]}):
        try:
            found[index] = price_levels(inflation, index or None, base, years)
        except KeyError as error:
            missing.append(str(error.args[0]))
    if missing:
        raise CannotAnswer(
            f"today's costs cannot be carried on: {'; '.join(missing)}. Add it to the table "
            "inflation."
        )
    return found


def _index(given: object) -> str:
    return "" if is_blank(given) else str(given)


def _cells(table: pd.DataFrame, *columns: str) -> zip:  # type: ignore[type-arg]
    return zip(*(table[name].tolist() for name in columns), strict=True)


# What a plan does about the gap, in parts that add up to it.
#
# With C what keeping today's services costs in a year, M the money and S what the plan spends on
# services and the management of pools,
#
# gap = C - M = (C - S) - (M - S),
#
# and over each line, with U units that would keep today's standard at c each, and B units that
# the plan buys,
#
# C - S = c (U - B) + (c B - S).
#
# The first is need that prevention takes away, beyond what it takes away today; of the rest units
# not bought, where B is less than U, or more bought. The second is cheaper ways to buy, less set-up
# and leaving costs and what is paid for and delivers nothing. What pools take for their
# management stands apart on both sides. M - S is what is not spent, less what is borrowed and not
# borne for loans.

CLOSING = (
    "need_avoided", "cheaper", "not_bought", "more_bought", "set_up", "nothing_for_it",
    "management", "borrowed", "not_spent",
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
    parts = ["funding", "management", "borrowed", "not_spent"]
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
    units, money, bought = (np.zeros(shape) for _ in range(3))
    runs, started = (np.zeros((len(offer), years)) for _ in range(2))
    for row in plan.tables["units"].itertuples():
        o, t = offer[row.offer], at[row.year]
        cell = basis.offers.line[o], t
        units[cell] += row.units
        bought[cell] += row.units * basis.offers.unit_cost[o, t] * scale.money / scale.units
        runs[o, t], started[o, t] = row.units > 0, row.started
    set_up = basis.by_line(basis.offers.once(started, runs)) * scale.money
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
    place = succeeded(place)
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
    loans = borrowed_by_stream(plan).assign(agency=lambda rows: rows["stream"].map(whose))
    made["borrowed"] = by(loans, "agency", "borrowed") - by(loans, "agency", "borne")
    spent = made["own"] + made["for_others"] + made["management"]
    return made.assign(not_spent=made["funding"] + made["borrowed"] - spent)
