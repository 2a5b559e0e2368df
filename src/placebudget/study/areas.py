"""What each area of a tier gets: money and outcomes, a head and a person in need."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from placebudget.errors import CannotAnswer
from placebudget.place import Place
from placebudget.place.geography import Geography, is_blank
from placebudget.plan import Plan
from placebudget.programme.lines import people_in_need
from placebudget.programme.objectives.worst_off import areas_compared
from placebudget.programme.rules.equity_floor import shares_of_areas

MONEY, WEIGHTED = "money on services", "weighted outcomes"
AREA_COLUMNS = [
    *("plan", "area", "name", "population", "measure", "unit"),
    *("total", "a_head", "a_person_in_need"),
]
_AVERSIONS = (0.5, 1.0, 2.0)


@dataclass(frozen=True)
class Compared:
    """Areas that are compared.

    Parameters
    ----------
    tree : Geography
        All areas.
    areas : tuple of str
        Those compared, of one tier.
    shares : ndarray
        Compared areas x all areas: what part of an area's services counts in each
        compared area; services of a wider area count by population.
    people : ndarray
        Residents of each compared area.
    names : dict
        How areas are called.
    """

    tree: Geography
    areas: tuple[str, ...]
    shares: np.ndarray
    people: np.ndarray
    names: dict[str, str]

    @property
    def tier(self) -> str:
        """The tier compared."""
        return self.tree.tiers.get(self.areas[0], "")

    def spread(self, table: pd.DataFrame, column: str) -> np.ndarray:
        """Amounts of a table with a column ``area``, added up by compared area."""
        code = {area: n for n, area in enumerate(self.tree.areas)}
        amounts = np.zeros(len(code))
        at = [code[area] for area in table["area"]]
        np.add.at(amounts, np.array(at, np.int64), table[column].to_numpy(float))
        return self.shares @ amounts


def compared_areas(
    plan: Plan, tier: str | None = None, served: Iterable[str] | None = None
) -> Compared:
    """The areas of a plan that can be compared.

    Parameters
    ----------
    plan : Plan
        Any plan.
    tier : str, optional
        The tier; default the lowest that has services and a population everywhere.
    served : iterable of str, optional
        Areas that have services; default those in which the plan spends.

    Raises
    ------
    CannotAnswer
        If there is no such tier, or it has fewer than two areas, or an area has no
        population.
    """
    table = plan.labels["areas"]
    known = table[table["population"].notna()]
    tree = Geography.of_areas(
        dict(zip(table["area"], table["parent"], strict=True)),
        {a: t for a, t in zip(table["area"], table["tier"], strict=True) if not is_blank(t)},
        dict(zip(known["area"], known["population"], strict=True)),
    )
    if tier is None:
        spent = set(plan.tables["money"]["area"]) | set(plan.tables["outcomes"]["area"])
        areas = areas_compared(tree, spent if served is None else served)
    else:
        areas = list(tree.of_tier(tier))
    missing = [area for area in areas if not tree.populations.get(area)]
    if len(areas) < 2 or missing:
        tiers = ", ".join(sorted(set(tree.tiers.values()))) or "(none)"
        said = f"{', '.join(missing)} has none" if missing else f"there are {len(areas)}"
        raise CannotAnswer(
            f"comparing areas takes two or more of one tier, each with a population; {said}. "
            f"Tiers of the place: {tiers}"
        )
    people = np.array([tree.populations[area] for area in areas])
    names = dict(zip(table["area"], table["name"], strict=True))
    return Compared(tree, tuple(areas), shares_of_areas(tree, areas), people, names)


def area_table(
    name: str, plan: Plan, compared: Compared, outcome: str, place: Place | None
) -> pd.DataFrame:
    """Money, weighted outcomes and one outcome by area.

    Parameters
    ----------
    name : str
        What the plan is called.
    outcome : str
        The outcome shown beside those weighted.
    place : Place, optional
        Where people in need are read; without, figures a person in need are blank.

    Returns
    -------
    DataFrame
        plan, area, name, population, measure, unit, total, a_head, a_person_in_need.
    """
    need = None if place is None else _need(place, compared)
    outcomes = plan.tables["outcomes"]
    unit = plan.labels["outcomes"].set_index("outcome")["unit"].get(outcome, "")
    rows = []
    for measure, said, table, column in (
        (MONEY, "pounds, cash, all years", plan.tables["money"], "amount"),
        (WEIGHTED, "weighted outcomes, discounted", outcomes, "weighted"),
        (
            outcome,
            f"{unit or 'units'}, all years",
            outcomes[outcomes["outcome"] == outcome],
            "counted",
        ),
    ):
        total = compared.spread(table, column)
        per_need = np.full(len(total), np.nan)
        if need is not None:
            people, services = need
            met = compared.spread(table[table["service"].isin(services)], column)
            per_need = np.divide(met, people, out=per_need, where=people > 0)
        for n, area in enumerate(compared.areas):
            rows.append(
                (
                    name, area, compared.names.get(area, area), float(compared.people[n]), measure,
                    said, float(total[n]), float(total[n] / compared.people[n]), float(per_need[n]),
                )
            )  # fmt: skip
    return pd.DataFrame(rows, columns=AREA_COLUMNS)


def group_table(areas: pd.DataFrame, groups: pd.Series) -> pd.DataFrame:
    """What areas get, by groups of areas.

    Parameters
    ----------
    areas : DataFrame
        What :func:`area_table` gives, of one plan or several.
    groups : Series
        The group of each area that has one.

    Returns
    -------
    DataFrame
        plan, group, population, measure, unit, total, a_head: the groups in order, under each
        plan. Areas without a group are in none.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     [("best", "a", "A", 10.0, "money", "pounds", 50.0, 5.0, 0.0),
    ...      ("best", "b", "B", 30.0, "money", "pounds", 30.0, 1.0, 0.0)], columns=AREA_COLUMNS,
    ... )
    >>> group_table(table, pd.Series({"a": 1, "b": 1}))["a_head"].tolist()
    [2.0]
    """
    told = areas.assign(group=areas["area"].map(groups)).dropna(subset="group")
    keys = ["plan", "group", "measure", "unit"]
    found = told.groupby(keys, sort=False, as_index=False)[["population", "total"]].sum()
    found["a_head"] = found["total"] / found["population"]
    order = {name: n for n, name in enumerate(dict.fromkeys(areas["plan"]))}
    found = found.assign(group=found["group"].astype(int), at=found["plan"].map(order))
    found = found.sort_values(["at", "group"], kind="stable", ignore_index=True)
    return found[["plan", "group", "population", "measure", "unit", "total", "a_head"]]


def _need(place: Place, compared: Compared) -> tuple[np.ndarray, set[str]]:
    """Person-years in need by compared area, and the services with needs."""
    spread = people_in_need(place, compared.tree, place.years)
    table = pd.DataFrame(
        [(area, float(np.nansum(people))) for (_, area), people in spread.items()],
        columns=["area", "people"],
    )
    return compared.spread(table, "people"), {service for service, _ in spread}


def inequality_table(areas: pd.DataFrame) -> pd.DataFrame:
    """Indices of inequality of figures a head, by plan and measure.

    Returns
    -------
    DataFrame
        plan, measure, index, value: Gini, Atkinson for three aversions, and the
        lowest and the highest figure as shares of the mean.
    """
    rows = []
    for (plan, measure), group in areas.groupby(["plan", "measure"], sort=False):
        heads, people = group["a_head"].to_numpy(), group["population"].to_numpy()
        mean = float(heads @ people / people.sum())
        found = {"Gini": gini(heads, people)}
        found |= {f"Atkinson ({e:g})": atkinson(heads, e, people) for e in _AVERSIONS}
        if mean > 0:
            found["lowest, share of the mean"] = float(heads.min() / mean)
            found["highest, share of the mean"] = float(heads.max() / mean)
        rows += [(plan, measure, index, value) for index, value in found.items()]
    return pd.DataFrame(rows, columns=["plan", "measure", "index", "value"])


def pace_table(name: str, plan: Plan, compared: Compared, today: Plan | None) -> pd.DataFrame:
    """Money a head by area and year, and its change against the year before.

    Parameters
    ----------
    today : Plan, optional
        Today's money, carried on, with which the first year is compared.

    Returns
    -------
    DataFrame
        plan, area, year, money (pounds, cash), a_head, change (share of the year
        before; blank where there is none).
    """
    years = list(plan.place["years"])
    before = None
    if today is not None:
        first = today.tables["money"]
        before = compared.spread(first[first["year"] == years[0]], "amount")
    rows = []
    money = plan.tables["money"]
    for year in years:
        now = compared.spread(money[money["year"] == year], "amount")
        for n, area in enumerate(compared.areas):
            past = np.nan if before is None or before[n] == 0 else before[n]
            change = float(now[n] / past - 1)
            rows.append(
                (name, area, year, float(now[n]), float(now[n] / compared.people[n]), change)
            )
        before = now
    return pd.DataFrame(rows, columns=["plan", "area", "year", "money", "a_head", "change"])


def gini(a_head: Sequence[float], people: Sequence[float] | None = None) -> float:
    """Gini coefficient: mean difference between two people, over twice the mean.

    sum of n[p] n[q] |h[p] - h[q]| over all pairs, / (2 N sum of n[p] h[p])

    Parameters
    ----------
    a_head : sequence of float
        Figure a head of each area, none negative.
    people : sequence of float, optional
        People of each area; default: the same everywhere.

    Returns
    -------
    float
        0 where all have the same; towards 1 where one has it all. Nothing to share: 0.

    Examples
    --------
    >>> round(gini([1, 2, 3, 4, 5]), 6)
    0.266667
    """
    values, weights = _read(a_head, people)
    total = weights @ values
    if total == 0:
        return 0.0
    apart = np.abs(values[:, None] - values[None, :])
    return float(weights @ apart @ weights / (2 * weights.sum() * total))


def atkinson(
    a_head: Sequence[float], aversion: float = 1.0, people: Sequence[float] | None = None
) -> float:
    """Atkinson index: the share of the whole that equality would make dispensable.

    Parameters
    ----------
    a_head : sequence of float
        Figure a head of each area, none negative.
    aversion : float
        How much inequality counts, above 0; 1 is the geometric mean.
    people : sequence of float, optional
        People of each area; default: the same everywhere.

    Returns
    -------
    float
        Between 0 and 1; 1 where an area has nothing and ``aversion`` is 1 or more.

    Examples
    --------
    >>> [round(atkinson([1, 2, 3, 4, 5], aversion), 6) for aversion in (0.5, 1, 2)]
    [0.063153, 0.13161, 0.270073]
    """
    if not aversion > 0:
        raise CannotAnswer(f"aversion to inequality is above 0, not {aversion:g}")
    values, weights = _read(a_head, people)
    share = weights / weights.sum()
    mean = share @ values
    if mean == 0:
        return 0.0
    if aversion >= 1 and (values[share > 0] == 0).any():
        return 1.0
    held, share = values[share > 0] / mean, share[share > 0]
    if aversion == 1:
        return float(1 - np.exp(share @ np.log(held)))
    return float(1 - (share @ held ** (1 - aversion)) ** (1 / (1 - aversion)))


def _read(a_head: Sequence[float], people: Sequence[float] | None) -> tuple[np.ndarray, np.ndarray]:
    values = np.asarray(a_head, float)
    weights = np.ones(len(values)) if people is None else np.asarray(people, float)
    if len(values) != len(weights) or not len(values):
        raise CannotAnswer("each area needs a figure a head and a number of people")
    if not (np.isfinite(values).all() and (values >= 0).all()):
        raise CannotAnswer("figures a head must be there and not negative")
    if not (np.isfinite(weights).all() and (weights >= 0).all() and weights.sum() > 0):
        raise CannotAnswer("numbers of people must be there and not negative, and some above 0")
    return values, weights
