"""The figures that a gain may rest on: values, effects, unit costs and needs.

What stands in several rows but is one figure, such as the cost of a service that is bought
at one price in many areas, or the need for a service, is moved as one.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from math import isnan, nan
from typing import Any

import numpy as np
import pandas as pd

from placebudget.place import Place
from placebudget.place.place import PLACEHOLDER
from placebudget.place.population import needs_of
from placebudget.value import effect_per_unit

VALUE, EFFECT, COST, NEED = "value", "effect", "unit cost", "need"
KINDS = (VALUE, EFFECT, COST, NEED)
ECONOMIC, SOCIAL, FISCAL = "economic", "social", "fiscal"
PUBLISHED, DERIVED, ILLUSTRATIVE, UNSTATED = "published", "derived", "illustrative", "not stated"
_LESS_SURE = (PUBLISHED, DERIVED, UNSTATED, ILLUSTRATIVE, PLACEHOLDER)
ASSUMED = ILLUSTRATIVE, PLACEHOLDER
"""What no figure of the place stands behind."""


@dataclass(frozen=True)
class Figure:
    """A figure of a place, which may stand in several rows.

    Parameters
    ----------
    kind : str
        ``"value"``, ``"effect"``, ``"unit cost"`` or ``"need"``.
    table, column : str
        Where it stands.
    rows : ndarray
        In which rows.
    amount : float
        What it is: pounds as its table has them; of an effect, outcome made by a unit; of a
        need, people in the first year.
    service, outcome, agency, part : str
        What it is of; a part of value is fiscal, economic or social.
    prices : str
        The year in whose prices it stands, where it is pounds.
    status : str
        Published, derived, illustrative, placeholder or not stated; of several rows the least sure.
    source : str
        Keys of its sources.
    low, high : float
        The least and the most that its source gives; not a number where it gives no range.
    """

    kind: str
    table: str
    column: str
    rows: np.ndarray
    amount: float
    service: str = ""
    outcome: str = ""
    agency: str = ""
    part: str = ""
    prices: str = ""
    status: str = UNSTATED
    source: str = ""
    low: float = nan
    high: float = nan

    @property
    def ends(self) -> tuple[float, float]:
        """The range that its source gives, as multiples of the figure; else none at all."""
        low, high = (self.amount if isnan(end) else end for end in (self.low, self.high))
        return low / self.amount, high / self.amount

    @property
    def in_pounds(self) -> bool:
        """Whether it is counted in pounds."""
        return self.kind in (VALUE, COST)

    def times(self, place: Place, factor: float) -> Place:
        """The place with the figure multiplied; all else as it is."""
        return multiplied(place, [self], factor)

    def at(self, place: Place, amount: float) -> Place:
        """The place with another amount in its rows, which may be nought as they stand."""
        table = place.tables[self.table].copy()
        given = table[self.column].to_numpy(float, copy=True)
        given[self.rows] = amount
        table[self.column] = given
        return place.with_(**{self.table: table})


def multiplied(place: Place, figures: Iterable[Figure], factor: float) -> Place:
    """A place with some of its figures multiplied; all else as it is."""
    tables: dict[str, pd.DataFrame] = {}
    for figure in figures:
        table = tables.setdefault(figure.table, place.tables[figure.table].copy())
        held = place.filled(figure.table)[figure.column].to_numpy(float)
        given = table[figure.column].to_numpy(float, copy=True)
        given[figure.rows] = held[figure.rows] * factor
        table[figure.column] = given
    return place.with_(**tables)


def figures_of(place: Place) -> list[Figure]:
    """Every value, effect, unit cost and need of a place that is not nought."""
    found = (*_values(place), *_effects(place), *_costs(place), *_needs(place))
    return [figure for figure in found if figure.amount]


def values_at_nought(place: Place) -> list[Figure]:
    """Of every outcome that has neither economic nor social value: its social value, nought."""
    worth = place.filled("outcomes")[["economic_value", "social_value"]].any(axis=1)
    return [
        figure
        for figure in _values(place)
        if figure.part == SOCIAL and not worth.iloc[figure.rows[0]]
    ]


def _values(place: Place) -> Iterator[Figure]:
    for table, columns in (
        ("outcomes", {"economic_value": ECONOMIC, "social_value": SOCIAL}),
        ("savings", {"value": FISCAL}),
    ):
        origins = _Origins(place, table)
        for n, row in enumerate(place.filled(table).to_dict("records")):
            for column, part in columns.items():
                ends = [float(row.get(f"{part}_{end}", nan)) for end in ("low", "high")]
                yield Figure(
                    VALUE, table, column, np.array([n]), float(row[column]),
                    outcome=row["outcome"], agency=row.get("agency", ""), part=part,
                    prices=_prices(place, row["price_year"]), **origins.of([n]),
                    low=ends[0], high=ends[1],
                )  # fmt: skip


def _effects(place: Place) -> Iterator[Figure]:
    table, origins = place.filled("effects"), _Origins(place, "effects")
    made = effect_per_unit(table, place.filled("evidence"))
    for n, row in enumerate(table.to_dict("records")):
        yield Figure(
            EFFECT, "effects", "impact", np.array([n]), float(made[n]),
            service=row["service"], outcome=row["outcome"], **origins.of([n]),
        )  # fmt: skip


def _costs(place: Place) -> Iterator[Figure]:
    table, origins = place.filled("offers"), _Origins(place, "offers")
    year = table["price_year"].where(table["price_year"].notna(), place.settings.price_base)
    for (service, cost, prices), rows in _together(table["service"], table["unit_cost"], year):
        yield Figure(
            COST, "offers", "unit_cost", rows, float(str(cost)), service=str(service),
            prices=str(prices), **origins.of(rows),
        )  # fmt: skip


def _needs(place: Place) -> Iterator[Figure]:
    table, given = needs_of(place), len(place.tables["needs"])
    first = table[table["year"].isna() | (table["year"] == place.years[0])]
    # A row of its own year comes before the row with a blank year.
    own = first.sort_values("year", na_position="first", kind="stable")
    own = own.drop_duplicates(["service", "area"], keep="last")
    # Need that follows from the population stands in the shares of it.
    for name, column, mine in (
        ("needs", "people", own[own.index < given]),
        ("prevalence", "share", own[own.index >= given]),
    ):
        people, origins = mine.groupby("service")["people"].sum(), _Origins(place, name)
        for (service,), rows in _together(place.tables[name]["service"]):
            yield Figure(
                NEED, name, column, rows, float(people.get(service, 0.0)),
                service=str(service), **origins.of(rows),
            )  # fmt: skip


def _together(*columns: pd.Series) -> Iterator[tuple[tuple[Hashable, ...], np.ndarray]]:
    """Rows that are alike in some columns, in the order in which they come."""
    rows: dict[tuple[Hashable, ...], list[int]] = {}
    for n, key in enumerate(zip(*columns, strict=True)):
        rows.setdefault(key, []).append(n)
    yield from ((key, np.array(mine)) for key, mine in rows.items())


def _prices(place: Place, year: object) -> str:
    return place.settings.price_base if pd.isna(year) else str(year)


class _Origins:
    """Status and source of the rows of a table."""

    def __init__(self, place: Place, table: str) -> None:
        rows = place.tables[table]
        none = pd.Series(None, index=rows.index, dtype=object)
        status = rows.get("status", none).astype(object)
        status = status.where(status.notna(), UNSTATED)
        self._status = status.tolist()
        self._source = rows.get("source", none).astype(object).tolist()

    def of(self, rows: Iterable[int]) -> dict[str, Any]:
        """Of some rows: the least sure status, all sources."""
        sources = (self._source[n] for n in rows)
        return {
            "status": max((self._status[n] for n in rows), key=_LESS_SURE.index),
            "source": ", ".join(dict.fromkeys(str(each) for each in sources if pd.notna(each))),
        }
