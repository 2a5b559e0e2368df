"""Money by class turned into money by stream, to the penny.

Carried money splits over a class by the year's funding, everything else by what
each stream has left. Then no condition of a stream is broken, and both accounts
of every pound are exact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

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
    purse = by_stream.set_index(["stream", "year"])
    reinvested = basis.classes.reinvested[purse["class"]]
    used = pd.concat([direct, paid_in]).groupby(["stream", "year"])["amount"].sum()
    used = used.reindex(purse.index, fill_value=0.0)
    # Savings reinvested are worth what is made of them: their purse is their use.
    made = (used + purse["carried_out"] - purse["carried_in"]).round(2)
    purse["funding"] = np.where(reinvested, made, purse["funding"])
    free = purse["funding"] + purse["carried_in"] - purse["carried_out"]
    idle = pd.DataFrame({"amount": (free - used).clip(lower=0.0)}).reset_index()
    idle["block"] = "idle"
    first = pd.concat([direct, paid_in, idle], ignore_index=True)
    first["amount"] = _rounded(first, ["stream", "year"], free)
    return _tables(basis, first, parts, purse)


def _tables(basis: Basis, first: pd.DataFrame, parts: pd.DataFrame, purse: pd.DataFrame) -> Money:
    paid_in = first[first["block"] == "contribute"]
    gross = paid_in.set_index(["stream", "route", "year"])["amount"]
    cost = basis.management_cost[gross.index.get_level_values("route").to_numpy(np.int64)]
    pooled = parts[(parts["block"] == "money") & (parts["route"] > 0)]
    left = parts[parts["block"] == "unspent"]
    fee = pd.DataFrame({"amount": gross.to_numpy() * cost}, index=gross.index).reset_index()
    fee["block"] = "fee"
    kept = left.set_index(["stream", "route", "year"])["amount"].reindex(
        gross.index, fill_value=0.0
    )
    kept = kept.reset_index()
    kept["block"] = "unspent"
    second = pd.concat([pooled, fee, kept], ignore_index=True)
    key = ["stream", "route", "year"]
    second = second[pd.MultiIndex.from_frame(second[key]).isin(gross.index)].reset_index(drop=True)
    second["amount"] = _rounded(second, key, gross)
    direct = first[first["block"] == "money"]
    flows = pd.concat([direct, second[second["block"] == "money"]], ignore_index=True)
    return Money(
        flows=_flows(basis, flows),
        contributions=_contributions(basis, second, gross),
        balances=_balances(basis, first, purse),
    )


def _rounded(parts: pd.DataFrame, key: list[str], totals: pd.Series) -> np.ndarray:
    group = totals.index.get_indexer(pd.MultiIndex.from_frame(parts[key]))
    amounts = parts["amount"].to_numpy(float)
    return to_pennies(amounts, group.astype(np.int64), totals.to_numpy(float)) / 100.0


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


def _contributions(basis: Basis, second: pd.DataFrame, gross: pd.Series) -> pd.DataFrame:
    wide = second.groupby(["stream", "route", "year", "block"])["amount"].sum().unstack("block")
    wide = wide.reindex(index=gross.index, columns=["fee", "money", "unspent"]).fillna(0.0)
    frame = pd.DataFrame(
        {
            "stream": gross.index.get_level_values("stream"),
            "pool": basis.routes[gross.index.get_level_values("route").to_numpy(np.int64)],
            "year": _years(basis, gross.index.get_level_values("year")),
            "gross": gross.to_numpy(float),
            "management_cost": wide["fee"].to_numpy(),
            "spent": wide["money"].round(2).to_numpy(),
            "unspent": wide["unspent"].to_numpy(),
        }
    )
    frame = frame[frame["gross"] > 0]
    key = ["stream", "pool", "year"]
    frame[key] = frame[key].astype("str")
    return frame.sort_values(key, ignore_index=True)


def _balances(basis: Basis, first: pd.DataFrame, purse: pd.DataFrame) -> pd.DataFrame:
    wide = first.groupby(["stream", "year", "block"])["amount"].sum().unstack("block")
    wide = wide.reindex(index=purse.index, columns=["money", "contribute", "idle"]).fillna(0.0)
    frame = pd.DataFrame(
        {
            "stream": purse.index.get_level_values("stream"),
            "year": _years(basis, purse.index.get_level_values("year")),
            "funding": purse["funding"].to_numpy(float),
            "carried_in": purse["carried_in"].to_numpy(float),
            "direct": wide["money"].round(2).to_numpy(),
            "contributed": wide["contribute"].round(2).to_numpy(),
            "carried_out": purse["carried_out"].to_numpy(float),
            "idle": wide["idle"].round(2).to_numpy(),
        }
    )
    frame[["stream", "year"]] = frame[["stream", "year"]].astype("str")
    return frame.sort_values(["stream", "year"], ignore_index=True)


def _years(basis: Basis, codes: pd.Index) -> np.ndarray:
    return np.array(basis.years, dtype=object)[codes.to_numpy(np.int64)]
