"""The figures that a gain may rest on: values, effects, unit costs and needs.

What stands in several rows but is one figure, such as the cost of a service that is bought
at one price in many areas, or the need for a service, is moved as one.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from placebudget.place import Place
from placebudget.value import effect_per_unit, uprated

VALUE, EFFECT, COST, NEED = "value", "effect", "unit cost", "need"
KINDS = (VALUE, EFFECT, COST, NEED)
ECONOMIC, SOCIAL, FISCAL = "economic", "social", "fiscal"
PUBLISHED, DERIVED, ILLUSTRATIVE, UNSTATED = "published", "derived", "illustrative", "not stated"
_LESS_SURE = (PUBLISHED, DERIVED, UNSTATED, ILLUSTRATIVE)


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
        Published, derived, illustrative or not stated; of several rows the least sure.
    source : str
        Keys of its sources.
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

    @property
    def in_pounds(self) -> bool:
        """Whether it is counted in pounds."""
        return self.kind in (VALUE, COST)

    def times(self, place: Place, factor: float) -> Place:
        """The place with the figure multiplied; all else as it is."""
        table = place.tables[self.table].copy()
        held = place.filled(self.table)[self.column].astype(float).to_numpy().copy()
        held[self.rows] *= factor
        given = table[self.column].astype(float).to_numpy().copy()
        given[self.rows] = held[self.rows]
        table[self.column] = given
        return place.with_(**{self.table: table})


def figures_of(place: Place) -> list[Figure]:
    """Every value, effect, unit cost and need of a place that is not nought."""
    found = (*_values(place), *_effects(place), *_costs(place), *_needs(place))
    return [figure for figure in found if figure.amount]


def _values(place: Place) -> Iterator[Figure]:
    for table, columns in (
        ("outcomes", {"economic_value": ECONOMIC, "social_value": SOCIAL}),
        ("savings", {"value": FISCAL}),
    ):
        for n, row in enumerate(place.filled(table).to_dict("records")):
            for column, part in columns.items():
                yield Figure(
                    VALUE, table, column, np.array([n]), float(row[column]),
                    outcome=row["outcome"], agency=row.get("agency", ""), part=part,
                    prices=_prices(place, row["price_year"]), **_origin(place, table, [n]),
                )  # fmt: skip


def _effects(place: Place) -> Iterator[Figure]:
    table = place.filled("effects")
    made = effect_per_unit(table, place.filled("evidence"))
    for n, row in enumerate(table.to_dict("records")):
        yield Figure(
            EFFECT, "effects", "impact", np.array([n]), float(made[n]),
            service=row["service"], outcome=row["outcome"], **_origin(place, "effects", [n]),
        )  # fmt: skip


def _costs(place: Place) -> Iterator[Figure]:
    table = place.filled("offers")
    year = table["price_year"].where(table["price_year"].notna(), place.settings.price_base)
    for (service, cost, prices), rows in _together(table["service"], table["unit_cost"], year):
        yield Figure(
            COST, "offers", "unit_cost", rows, float(str(cost)), service=str(service),
            prices=str(prices), **_origin(place, "offers", rows),
        )  # fmt: skip


def _needs(place: Place) -> Iterator[Figure]:
    table = place.filled("needs")
    first = table[table["year"].isna() | (table["year"] == place.years[0])]
    # A row of its own year comes before the row with a blank year.
    own = first.sort_values("year", na_position="first", kind="stable")
    own = own.drop_duplicates(["service", "area"], keep="last")
    people = own.groupby("service")["people"].sum()
    for (service,), rows in _together(table["service"]):
        yield Figure(
            NEED, "needs", "people", rows, float(people.get(service, 0.0)),
            service=str(service), **_origin(place, "needs", rows),
        )  # fmt: skip


def _together(*columns: pd.Series) -> Iterator[tuple[tuple[Hashable, ...], np.ndarray]]:
    """Rows that are alike in some columns, in the order in which they come."""
    rows: dict[tuple[Hashable, ...], list[int]] = {}
    for n, key in enumerate(zip(*columns, strict=True)):
        rows.setdefault(key, []).append(n)
    yield from ((key, np.array(mine)) for key, mine in rows.items())


def _prices(place: Place, year: object) -> str:
    return place.settings.price_base if pd.isna(year) else str(year)


def _origin(place: Place, table: str, rows: object) -> dict[str, str]:
    """Status and source of some rows of a table."""
    mine = place.tables[table].iloc[list(rows)]  # type: ignore[call-overload]
    found = {"status": UNSTATED, "source": ""}
    if "status" in mine:
        status = mine["status"].astype(object).where(mine["status"].notna(), UNSTATED)
        status = status.mask((status == PUBLISHED) & uprated(place, table)[mine.index], DERIVED)
        found["status"] = max(status, key=_LESS_SURE.index)
    if "source" in mine:
        found["source"] = ", ".join(dict.fromkeys(mine["source"].dropna().astype(str)))
    return found
