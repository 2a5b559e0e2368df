"""Long tables of a plan in short: without what a rule works out again, to the last digit.

Money of streams that pay alike is kept as one amount a line and one a stream, in
proportion; outcomes as what is produced and a rate by outcome and year; savings as
a rate by outcome and agency, or with the discount of each year. Each is short only
where the rule gives back the very table, and long otherwise, so that any plan can be
written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
import pandas as pd

from placebudget.plan.columns import NUMBER, PLAN_TABLES, TEXT
from placebudget.plan.deliver import saved
from placebudget.plan.pennies import to_pennies

Group: TypeAlias = tuple[str, str, str]
"""Name of streams that pay alike, the route and the year."""
Shares: TypeAlias = Mapping[str, Sequence[float]]
"""By stream: its pounds, then the lines (from 1) with a penny more, or less where negative."""
SHARE_FACTS = {"stream": str, "route": str, "year": str, "shares": dict}
"""Columns of a table of groups, and what stands in each."""

RATED = {
    "counted": "produced",
    "overlap": "produced",
    "fiscal": "counted",
    "economic": "counted",
    "social": "counted",
    "weighted": "counted",
}
"""Columns of outcomes that are another column times a rate, in the order they are worked out."""
NOT_NEEDED = "not_needed"
"""Column of outcomes that stands only where need is avoided."""
RATE_KEYS = {"outcome": TEXT, "year": TEXT}
SAVING_RATES = {"outcome": TEXT, "agency": TEXT, "value": NUMBER, "cashable": NUMBER}
YEAR_FACTORS = {"year": TEXT, "factor": NUMBER}
DISCOUNTED = {"discounted_fiscal": "fiscal", "discounted_cashable": "cashable"}
"""Columns of savings that are another times the factor of the year."""

_MONEY = list(PLAN_TABLES["money"])
_LINE = ["service", "area"]


# --- money -----------------------------------------------------------------------------


def shared_money(money: pd.DataFrame) -> tuple[pd.DataFrame, dict[Group, Shares]]:
    """Money with streams that pay alike as one, and the shares of each.

    Returns
    -------
    money : DataFrame
        As given, with the name of the group as the stream of its rows.
    shares : dict
        By group, route and year.

    Examples
    --------
    >>> import placebudget as pb
    >>> plan = pb.optimise(pb.example("northvale"), pooling="freed", prices=False)
    >>> rows, shares = shared_money(plan.tables["money"])
    >>> len(rows) < len(plan.tables["money"]) / 2
    True
    >>> split_money(rows, shares).equals(plan.tables["money"])
    True
    """
    if not np.isfinite(money["amount"]).all() or money.duplicated(_MONEY[:-1]).any():
        return money, {}
    names: dict[tuple[str, ...], str] = {}
    taken = set(money["stream"])
    parts: list[pd.DataFrame] = []
    shares: dict[Group, Shares] = {}
    for (route, year), rows in money.groupby(["route", "year"]):
        grid = rows.pivot_table("amount", "stream", _LINE, "sum", fill_value=0.0)
        pennies = np.round(grid.to_numpy() * 100.0)
        shared: list[str] = []
        for alike in _alike(pennies):
            streams = tuple(grid.index[alike])
            lines = np.flatnonzero(pennies[alike].sum(axis=0))
            found = _shares(streams, pennies[np.ix_(alike, lines)])
            if found is None:
                continue
            if streams not in names:
                names[streams] = _free_name(taken)
            shares[names[streams], route, year] = found
            part = grid.columns[lines].to_frame(index=False)
            part = part.assign(stream=names[streams], route=route, year=year)
            parts.append(part.assign(amount=pennies[alike][:, lines].sum(axis=0) / 100.0))
            shared += streams
        parts.append(rows[~rows["stream"].isin(shared)])
    short = _sorted(pd.concat(parts)[_MONEY]) if shares else money
    return (short, shares) if split_money(short, shares).equals(money) else (money, {})


def split_money(money: pd.DataFrame, shares: Mapping[Group, Shares]) -> pd.DataFrame:
    """Money by stream again; what is shared adds up by line and by stream."""
    if not shares:
        return money
    groups = dict(iter(money.groupby(["stream", "route", "year"])))
    parts = [money[~money["stream"].isin({name for name, _, _ in shares})]]
    for key, by_stream in shares.items():
        rows, given = groups[key], list(by_stream.values())
        lines = np.round(rows["amount"].to_numpy() * 100.0)
        cells = _in_proportion(np.round([each[0] * 100.0 for each in given]), lines)
        for of_stream, (_, *changed) in zip(cells, given, strict=True):
            changes = np.array(changed, np.int64)
            np.add.at(of_stream, np.abs(changes) - 1, np.sign(changes))
        part = rows.iloc[np.tile(np.arange(len(rows)), len(given))]
        part = part.assign(
            stream=np.repeat(list(by_stream), len(rows)), amount=cells.ravel() / 100.0
        )
        parts.append(part[part["amount"] != 0])
    return _sorted(pd.concat(parts)).astype(dict(PLAN_TABLES["money"]))


def _sorted(money: pd.DataFrame) -> pd.DataFrame:
    return money.sort_values(_MONEY[:-1], ignore_index=True)


def _in_proportion(streams: np.ndarray, lines: np.ndarray) -> np.ndarray:
    """Pennies of each stream on each line, each stream adding up."""
    exact = np.outer(streams, lines) / lines.sum() / 100.0
    group = np.repeat(np.arange(len(streams)), len(lines))
    return to_pennies(exact.ravel(), group, streams / 100.0).reshape(exact.shape)


def _alike(pennies: np.ndarray) -> list[np.ndarray]:
    """Rows in proportion to one another, to a penny; the largest gathers the others."""
    sums = pennies.sum(axis=1)
    left = np.argsort(-sums, kind="stable")
    found = []
    while len(left):
        first = left[0]
        part = sums[left] / sums[first]
        off = np.abs(pennies[left] - part[:, None] * pennies[first])
        mine = (off <= 1.0 + part[:, None]).all(axis=1)
        mine[0] = True
        found.append(np.sort(left[mine]))
        left = left[~mine]
    return found


def _shares(streams: tuple[str, ...], pennies: np.ndarray) -> dict[str, Sequence[float]] | None:
    """Shares that give these pennies; None where writing them out is as short."""
    sums = pennies.sum(axis=1)
    changes = pennies.astype(np.int64) - _in_proportion(sums, pennies.sum(axis=0))
    if np.count_nonzero(pennies) <= sum(pennies.shape) + np.abs(changes).sum():
        return None
    lines = np.arange(1, pennies.shape[1] + 1)
    return {
        stream: [float(total) / 100.0, *np.repeat(lines * np.sign(own), np.abs(own)).tolist()]
        for stream, total, own in zip(streams, sums, changes, strict=True)
    }


def _free_name(taken: set[str]) -> str:
    number = 1
    while f"shared {number}" in taken:
        number += 1
    taken.add(f"shared {number}")
    return f"shared {number}"


# --- outcomes and savings ----------------------------------------------------------------


def rated_outcomes(outcomes: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Outcomes without the columns that are another times a rate, and the rates.

    Examples
    --------
    >>> import placebudget as pb
    >>> made = pb.simulate(pb.example("toy_pooling")).tables["outcomes"]
    >>> rows, rates = rated_outcomes(made)
    >>> list(rows.columns)
    ['outcome', 'service', 'area', 'year', 'produced']
    >>> worked_out(rows, rates).equals(made)
    True
    """
    groups = [(key, rows) for key, rows in outcomes.groupby(list(RATE_KEYS))]
    rates = pd.DataFrame([key for key, _ in groups], columns=list(RATE_KEYS), dtype="str")
    for name, base in RATED.items():
        found = [_rate(rows[base], rows[name]) for _, rows in groups]
        if None not in found:
            rates[name] = np.array(found, float)
    made = list(rates.columns[len(RATE_KEYS) :])
    return outcomes.drop(columns=made if outcomes[NOT_NEEDED].any() else [*made, NOT_NEEDED]), rates


def worked_out(outcomes: pd.DataFrame, rates: pd.DataFrame) -> pd.DataFrame:
    """Outcomes with all their columns again; blank where an outcome has no rate in a year."""
    found = outcomes.merge(rates, "left", list(RATE_KEYS))
    for name, base in RATED.items():
        if name in rates.columns:
            found[name] = found[base] * found[name]
    if NOT_NEEDED not in found:
        found[NOT_NEEDED] = 0.0
    return found[list(PLAN_TABLES["outcomes"])]


def rated_savings(
    outcomes: pd.DataFrame, savings: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """What an outcome saves an agency, and the discount by year; None if that is not all.

    Examples
    --------
    >>> import placebudget as pb
    >>> tables = pb.simulate(pb.example("toy_pooling")).tables
    >>> rates = rated_savings(tables["outcomes"], tables["savings"])
    >>> saved(tables["outcomes"], *rates).equals(tables["savings"])
    True
    """
    pairs = savings[["outcome", "agency"]].drop_duplicates()
    rows = saved(
        outcomes,
        pairs.assign(value=1.0, cashable=1.0),
        pd.DataFrame({"year": outcomes["year"].unique(), "factor": 1.0}),
    )
    keys = list(rows.columns[:5])
    if not rows[keys].equals(savings[keys]):
        return None
    base = savings.assign(counted=rows["fiscal"])
    found = [
        (*pair, _rate(own["counted"], own["fiscal"]), _rate(own["fiscal"], own["cashable"]))
        for pair, own in base.groupby(["outcome", "agency"])
    ]
    rates, discount = pd.DataFrame(found, columns=list(SAVING_RATES)), discount_factors(savings)
    if rates.isna().any(axis=None) or discount is None:
        return None
    rates = rates.astype(SAVING_RATES)
    return (rates, discount) if saved(outcomes, rates, discount).equals(savings) else None


def discount_factors(savings: pd.DataFrame) -> pd.DataFrame | None:
    """The discount by year; None if it does not give back what is discounted.

    Examples
    --------
    >>> import placebudget as pb
    >>> made = pb.simulate(pb.example("northvale")).tables["savings"]
    >>> discount_factors(made)["factor"].round(4).tolist()[:3]
    [1.0, 0.9662, 0.9335]
    """
    found = []
    for year, rows in savings.groupby("year"):
        real, made = (
            pd.concat([rows[n] for n in names]) for names in (DISCOUNTED.values(), DISCOUNTED)
        )
        found.append((year, _rate(real, made)))
    factors = pd.DataFrame(found, columns=list(YEAR_FACTORS))
    return None if factors.isna().any(axis=None) else factors.astype(YEAR_FACTORS)


def _rate(base: pd.Series, made: pd.Series) -> float | None:
    """The number with which each of the base makes the other, to the last digit."""
    whole, part = base.to_numpy(), made.to_numpy()
    if not (np.isfinite(whole).all() and np.isfinite(part).all()):
        return None
    some = np.flatnonzero(whole)
    guess = part[some[0]] / whole[some[0]] if len(some) else 0.0
    below, above = np.nextafter(guess, -np.inf), np.nextafter(guess, np.inf)
    near = (guess, below, above, np.nextafter(below, -np.inf), np.nextafter(above, np.inf))
    return next((float(rate) for rate in near if np.array_equal(whole * rate, part)), None)
