"""What today's services cost, and how prices and need move that cost year by year.

A row is what one stream pays today for one offer of a line. It keeps today's standard:
the same service, bought the same way, for the same share of those in need. With C the cost
today, p the rise of prices since and n that of need, it costs C (1 + p) (1 + n), which is

C, + C p (prices), + C n (demand), + C p n (both at once),

each taken from the cost today, so that no order of theirs matters.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import pandas as pd

from placebudget.errors import CannotAnswer
from placebudget.place import Place
from placebudget.place.geography import Geography, is_blank
from placebudget.place.subjects import led_by_need
from placebudget.place.years import start_of
from placebudget.programme.lines import people_in_need
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
