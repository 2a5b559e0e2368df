"""Money by class turned into money by stream, to the penny.

Carried money splits over a class by the year's funding, everything else by what
each stream has left. Then no condition of a stream is broken, and both accounts
of every pound are exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from placebudget.plan.pennies import to_pennies
from placebudget.programme import Basis, Programme
from placebudget.programme.money import REINVESTED, Classes, stream_funding

_KEY = ["stream", "route", "service", "area", "year"]


@dataclass(frozen=True)
class Money:
    """Where the money of every stream goes, in pounds to the penny.

    Parameters
    ----------
    flows : DataFrame
        stream, route, service, area, year, amount.
    contributions : DataFrame
        stream, pool, year, gross, management_cost, spent, unspent.
    balances : DataFrame
        stream, year, funding, carried_in, direct, contributed, carried_out, idle.
    """

    flows: pd.DataFrame
    contributions: pd.DataFrame
    balances: pd.DataFrame

    @cached_property
    def reinvested(self) -> pd.DataFrame:
        """The flows of savings that are spent again."""
        return self.flows[self.flows["stream"].str.startswith(REINVESTED)]


def split_over_streams(
    programme: Programme, values: np.ndarray, rewards: Mapping[str, np.ndarray]
) -> Money:
    """The money of a solution by stream.

    Parameters
    ----------
    values : ndarray
        Value of every variable of the programme.
    rewards : mapping of str to ndarray
        What rewards of targets and loans bring each stream in each year, in pounds.
    """
    basis, columns = programme.basis, programme.columns
    use = pd.concat([_block(columns[n], n, values) for n in ("money", "contribute", "unspent")])
    carry = _block(columns["carry"], "carry", values)
    by_stream = _shares(basis, carry, rewards)
    parts = use.merge(by_stream, on=["class", "year"])
    parts["amount"] = parts["value"] * parts["rest"] * basis.scale.money
    return round_and_balance(basis, parts, by_stream)


def _block(block, name: str, values: np.ndarray) -> pd.DataFrame:  # type: ignore[no-untyped-def]
    amount = values[block.first : block.first + len(block)]
    frame = pd.DataFrame(dict(block.index))
    frame["value"], frame["block"] = np.maximum(amount, 0.0), name
    return frame[frame["value"] > 0]


def _shares(basis: Basis, carry: pd.DataFrame, rewards: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """Each stream's part of what its class uses in a year, and what it carries.

    Returns class, year, stream, funding and carried_out in pounds (exact), and
    ``rest``, the share of everything that is not carried.
    """
    classes, years = basis.classes, len(basis.years)
    carried = np.zeros((len(classes), years))
    np.add.at(carried, (carry["class"], carry["year"]), carry["value"])
    names, of = streams_of(classes)
    own = stream_funding(basis.place).reindex(names, fill_value=0.0)
    own = np.round((own + of_streams(basis, rewards, names)).to_numpy(float), 2)
    purses = purses_of(of, own, carried * basis.scale.money, classes.reinvested)
    return pd.DataFrame(
        {
            "class": np.repeat(of, years),
            "year": np.tile(np.arange(years), len(names)),
            "stream": np.repeat(np.array(names, dtype=object), years),
            "funding": own.ravel(),
            "carried_in": purses.carried_in.ravel(),
            "carried_out": purses.carried_out.ravel(),
            "rest": purses.rest.ravel(),
        }
    )


def of_streams(
    basis: Basis, rewards: Mapping[str, np.ndarray], names: Sequence[str]
) -> pd.DataFrame:
    """What rewards and loans bring, in pounds: streams x years."""
    years = list(basis.years)
    brought = pd.DataFrame.from_dict(dict(rewards), orient="index", columns=years, dtype=float)
    return brought.reindex(names, fill_value=0.0)


def streams_of(classes: Classes) -> tuple[list[str], np.ndarray]:
    """All streams, class by class, and the class of each."""
    names = [name for members in classes.streams for name in members]
    return names, np.repeat(np.arange(len(classes)), [len(each) for each in classes.streams])


@dataclass(frozen=True)
class Purses:
    """What each stream brings and carries forward in pounds, and its part of its class.

    All arrays are streams x years.

    Parameters
    ----------
    carried_in, carried_out : ndarray
        To the penny.
    rest : ndarray
        Share of everything that its class uses and does not carry.
    """

    carried_in: np.ndarray
    carried_out: np.ndarray
    rest: np.ndarray


def purses_of(
    of: np.ndarray, own: np.ndarray, carried: np.ndarray, reinvested: np.ndarray
) -> Purses:
    """Split what classes carry over their streams, and see what each stream has left.

    Parameters
    ----------
    of : ndarray of int
        Class of each stream.
    own : ndarray of shape (streams, years)
        Funding of each stream, in pounds.
    carried : ndarray of shape (classes, years)
        What each class carries to the next year, in pounds.
    reinvested : ndarray of bool
        By class, whether it is savings reinvested: one stream, worth what is made of it.

    Examples
    --------
    >>> one, both = np.zeros(2, np.int64), np.array([[30.0, 0.0], [10.0, 0.0]])
    >>> found = purses_of(one, both, np.array([[20.0, 0.0]]), np.array([False]))
    >>> found.carried_out[:, 0], found.rest[:, 1]
    (array([15.,  5.]), array([0.75, 0.25]))
    """
    into, out, rest = np.zeros_like(own), np.zeros_like(own), np.zeros_like(own)
    size = len(carried)
    alike = 1.0 / np.bincount(of, minlength=size)[of]
    before = np.zeros(len(own))
    for t in range(own.shape[1]):
        total = np.bincount(of, own[:, t], size)[of]
        share = np.divide(own[:, t], total, out=np.zeros_like(total), where=total > 0)
        kept = np.minimum(carried[of, t] * share, before + own[:, t])
        into[:, t] = before
        out[:, t] = np.round(np.where(reinvested[of], carried[of, t], kept), 2)
        left = before + own[:, t] - out[:, t]
        whole = np.bincount(of, left, size)[of]
        rest[:, t] = np.divide(left, whole, out=alike.copy(), where=whole > 0)
        before = out[:, t]
    return Purses(into, out, rest)


def round_and_balance(basis: Basis, parts: pd.DataFrame, by_stream: pd.DataFrame) -> Money:
    """Round every use of a stream so that its year adds up exactly.

    Parameters
    ----------
    parts : DataFrame
        class, year, stream, block (money, contribute, unspent), route, line,
        amount in pounds.
    by_stream : DataFrame
        class, year, stream, funding, carried_in, carried_out, in pounds.
    """
    direct = parts[(parts["block"] == "money") & (parts["route"] == 0)]
    paid_in = parts[parts["block"] == "contribute"]
    purse = by_stream.reset_index(drop=True)
    at = _KeyedRows(purse, ["stream", "year"])
    reinvested = basis.classes.reinvested[purse["class"]]
    both = pd.concat([direct, paid_in], ignore_index=True)
    of = at.number(both)
    used = at.added_up(of, both["amount"].to_numpy(float))
    # Savings reinvested are worth what is made of them: their purse is their use.
    made = (used + purse["carried_out"] - purse["carried_in"]).round(2)
    purse["funding"] = np.where(reinvested, made, purse["funding"])
    free = (purse["funding"] + purse["carried_in"] - purse["carried_out"]).to_numpy(float)
    idle = np.maximum(free - used, 0.0)
    amounts = np.concatenate([both["amount"].to_numpy(float), idle])
    rounded = _rounded(amounts, np.concatenate([of, np.arange(len(purse))]), free)
    both["amount"] = rounded[: len(both)]
    return _tables(basis, both, parts, purse, rounded[len(both) :])


class _KeyedRows:
    """Rows of a table by their keys, each there once, and what is added up for each of them."""

    def __init__(self, rows: pd.DataFrame, key: list[str]) -> None:
        self.key = key
        self._row = {name: n for n, name in enumerate(self._names(rows))}

    def _names(self, frame: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
        return zip(*(frame[name].tolist() for name in self.key), strict=True)

    def number(self, frame: pd.DataFrame) -> np.ndarray:
        """Of rows of another table which row is meant; below nought where it is none."""
        return np.array([self._row.get(name, -1) for name in self._names(frame)], np.int64)

    def added_up(self, number: np.ndarray, amounts: np.ndarray) -> np.ndarray:
        """Amounts of rows of another table, by the row that is meant."""
        there = number >= 0
        return np.bincount(number[there], amounts[there], len(self._row)).astype(float)


def _tables(
    basis: Basis, first: pd.DataFrame, parts: pd.DataFrame, purse: pd.DataFrame, idle: np.ndarray
) -> Money:
    """Where money goes, once what streams spend themselves and pay into pools is rounded."""
    paid_in = first[first["block"] == "contribute"].reset_index(drop=True)
    at = _KeyedRows(paid_in, ["stream", "route", "year"])
    gross = paid_in["amount"].to_numpy(float)
    fee = gross * basis.management_cost[paid_in["route"].to_numpy(np.int64)]
    left = parts[parts["block"] == "unspent"]
    kept = at.added_up(at.number(left), left["amount"].to_numpy(float))
    pooled = parts[(parts["block"] == "money") & (parts["route"] > 0)]
    of = at.number(pooled)
    pooled, of = pooled[of >= 0].reset_index(drop=True), of[of >= 0]
    each = np.arange(len(paid_in))
    amounts = np.concatenate([pooled["amount"].to_numpy(float), fee, kept])
    rounded = _rounded(amounts, np.concatenate([of, each, each]), gross)
    pooled["amount"] = rounded[: len(pooled)]
    fee, kept = np.split(rounded[len(pooled) :], 2)
    paid_in = paid_in.assign(
        management_cost=fee, spent=at.added_up(of, pooled["amount"].to_numpy(float)), unspent=kept
    )
    direct = first[first["block"] == "money"]
    return Money(
        flows=_flows(basis, pd.concat([direct, pooled], ignore_index=True)),
        contributions=_contributions(basis, paid_in),
        balances=_balances(basis, first, purse, idle),
    )


def _rounded(amounts: np.ndarray, group: np.ndarray, totals: np.ndarray) -> np.ndarray:
    return to_pennies(amounts, group, totals) / 100.0


def _flows(basis: Basis, flows: pd.DataFrame) -> pd.DataFrame:
    flows = flows[flows["amount"] > 0]
    line = flows["line"].to_numpy(np.int64)
    frame = pd.DataFrame(
        {
            "stream": flows["stream"].astype("str"),
            "route": basis.routes[flows["route"].to_numpy(np.int64)],
            "service": basis.lines.service[line],
            "area": basis.lines.area[line],
            "year": np.array(basis.years, dtype=object)[flows["year"].to_numpy(np.int64)],
            "amount": flows["amount"].to_numpy(float),
        }
    )
    frame[_KEY] = frame[_KEY].astype("str")
    return frame.sort_values(_KEY, ignore_index=True)


def _contributions(basis: Basis, paid_in: pd.DataFrame) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "stream": paid_in["stream"].astype("str"),
            "pool": basis.routes[paid_in["route"].to_numpy(np.int64)],
            "year": _years(basis, paid_in["year"]),
            "gross": paid_in["amount"].to_numpy(float),
            "management_cost": paid_in["management_cost"].to_numpy(float),
            "spent": paid_in["spent"].round(2).to_numpy(float),
            "unspent": paid_in["unspent"].to_numpy(float),
        }
    )
    frame = frame[frame["gross"] > 0]
    key = ["stream", "pool", "year"]
    frame[key] = frame[key].astype("str")
    return frame.sort_values(key, ignore_index=True)


def _balances(
    basis: Basis, first: pd.DataFrame, purse: pd.DataFrame, idle: np.ndarray
) -> pd.DataFrame:
    at = _KeyedRows(purse, ["stream", "year"])

    def used(block: str) -> np.ndarray:
        mine = first[first["block"] == block]
        return at.added_up(at.number(mine), mine["amount"].to_numpy(float)).round(2)

    frame = pd.DataFrame(
        {
            "stream": purse["stream"],
            "year": _years(basis, purse["year"]),
            "funding": purse["funding"].to_numpy(float),
            "carried_in": purse["carried_in"].to_numpy(float),
            "direct": used("money"),
            "contributed": used("contribute"),
            "carried_out": purse["carried_out"].to_numpy(float),
            "idle": idle.round(2),
        }
    )
    frame[["stream", "year"]] = frame[["stream", "year"]].astype("str")
    return frame.sort_values(["stream", "year"], ignore_index=True)


def _years(basis: Basis, codes: pd.Series) -> np.ndarray:
    return np.array(basis.years, dtype=object)[codes.to_numpy(np.int64)]
