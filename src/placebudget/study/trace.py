"""Following recorded money through pools, where nothing says which pound went where.

Every pound that leaves a pool is taken to hold the money in it in proportion:

share[n, o] = sum of flow[m, n] x share[m, o] over m, / sum of flow[m, n]

for every node n that is paid and every origin o, with share[o, o] = 1. Pools may
pay into pools, and back. It is a convention: in a plan, which stream pays for
which service is known, and :func:`placebudget.accounts` says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from placebudget.arguments import Arguments, one_of, refusal, sequence
from placebudget.errors import UnreadableTable
from placebudget.place.io.cells import figure
from placebudget.place.io.loose import FLOWS, given_table, row_numbers
from placebudget.plan.pennies import add_up
from placebudget.plan.record.record import run_record
from placebudget.plan.summary import Paragraph, Summary, sentences
from placebudget.study.result import StudyResult
from placebudget.words import pence, plain

_KEY = ["start", "end"]


@dataclass(frozen=True, eq=False)
class Trace(StudyResult):
    """Recorded money by where it came from.

    ``tables`` holds, in pounds to the penny:

    - ``flows``: start, end, origin, amount: every recorded flow by origin;
    - ``ends``: end, origin, amount, share: what each end was paid by each origin;
    - ``left``: pool, amount: what pools did not pay on;
    - ``conditions``: origin, end, amount: money that ended where its conditions bar it.
    """

    @property
    def table(self) -> pd.DataFrame:
        """What each end was paid, by origin."""
        return self.tables["ends"]

    def summarised(self) -> Summary:
        """What each end was paid by whom."""
        paid, barred = [], []
        for end, group in self.table.groupby("end", sort=True):
            # Names may hold commas.
            parts = "; ".join(
                f"{pence(row.amount)} from {plain(row.origin)}" for row in group.itertuples()
            )
            paid.append(f"{plain(end)}: {parts}")
        for row in self.tables["conditions"].itertuples():
            barred.append(
                f"Proportional mixing would put {pence(row.amount)} of {plain(row.origin)} into "
                f"{plain(row.end)}, which its conditions bar: it is no account of this money."
            )
        return Summary(self.title, (Paragraph("", tuple(paid)), *sentences(barred)))


def trace(flows: pd.DataFrame, *, conditions: Mapping[str, Iterable[str]] | None = None) -> Trace:
    """Follow recorded flows of money through pools, mixing in proportion.

    Parameters
    ----------
    flows : DataFrame
        ``start``, ``end``, ``amount`` in pounds. What only pays is an origin, what
        only is paid is an end, anything else a pool.
    conditions : mapping of str to iterable of str, optional
        For origins with conditions, the ends they may pay for.

    Returns
    -------
    Trace
        Every flow and every end by origin.

    Raises
    ------
    UnreadableTable
        If it is no table, a column is missing, an amount is not a number above nothing,
        a pool pays more than it is paid, money circles without an origin, or what has
        conditions is no origin.

    Examples
    --------
    >>> flows = pd.DataFrame(
    ...     [("tax", "pool", 30), ("grant", "pool", 20), ("pool", "support", 40)],
    ...     columns=["start", "end", "amount"],
    ... )
    >>> trace(flows).table[["origin", "amount"]].to_dict("split")["data"]
    [['grant', 16.0], ['tax', 24.0]]
    """
    with Arguments() as asked:
        table = asked.read(_read, flows)
        allowed = asked.read(_conditions, conditions)
    paid = table.groupby("end")["amount"].sum()
    paying = table.groupby("start")["amount"].sum()
    origins = sorted(set(paying.index) - set(paid.index))
    pools = sorted(set(paying.index) & set(paid.index))
    with Arguments() as asked:
        asked.read(_balanced, pools, paid, paying)
        for name in allowed:
            asked.read(one_of, "an origin with conditions", name, origins)
    shares = _shares(table, origins, pools, paid)
    rows = []
    for flow in table.itertuples():
        parts = add_up([flow.amount * share for share in shares[flow.start]], 2)
        rows += [
            (flow.start, flow.end, origin, amount)
            for origin, amount in zip(origins, parts, strict=True)
            if amount
        ]
    by_origin = pd.DataFrame(rows, columns=[*_KEY, "origin", "amount"])
    final = by_origin[~by_origin["end"].isin(pools)]
    ends = final.groupby(["end", "origin"], as_index=False)["amount"].sum()
    ends["amount"] = ends["amount"].round(2)
    ends["share"] = ends["amount"] / ends.groupby("end")["amount"].transform("sum")
    left = pd.DataFrame(
        [(pool, round(float(paid[pool] - paying[pool]), 2)) for pool in pools],
        columns=["pool", "amount"],
    )
    barred = [
        row.origin in allowed and row.end not in allowed[row.origin] for row in ends.itertuples()
    ]
    tables = {
        "flows": by_origin,
        "ends": ends,
        "left": left,
        "conditions": ends.loc[barred, ["origin", "end", "amount"]].reset_index(drop=True),
    }
    notes = (
        "Amounts are pounds to the penny; every flow adds up by origin.",
        "Money in a pool is taken to be mixed in proportion. That is a convention.",
    )
    return Trace("Recorded money by where it came from", tables, notes, run_record(study="trace"))


def _read(flows: pd.DataFrame) -> pd.DataFrame:
    table = given_table("flows", flows, FLOWS)[[*_KEY, "amount"]].copy()
    table.index = pd.Index(row_numbers(table))
    table["amount"] = [figure(cell) for cell in table["amount"]]
    wrong = table[table["amount"].isna() | (table["amount"] < 0) | table[_KEY].isna().any(axis=1)]
    if len(wrong):
        numbers = ", ".join(str(n) for n in wrong.index[:5])
        raise UnreadableTable(
            f"each flow needs a start, an end and an amount that is not negative; see row {numbers}"
        )
    table[_KEY] = table[_KEY].astype(str)
    return table[table["amount"] > 0].reset_index(drop=True)


def _conditions(given: Mapping[str, Iterable[str]] | None) -> dict[str, set[str]]:
    """The ends each origin with conditions may pay for."""
    such_as = "conditions such as {'grant': ['support']}, or None"
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise refusal("conditions", such_as, given)
    found = {origin: sequence(ends) for origin, ends in given.items()}
    wrong = [origin for origin, ends in found.items() if ends is None]
    if wrong:
        raise refusal(f"conditions[{wrong[0]!r}]", "a list of ends", given[wrong[0]])
    return {origin: set(map(str, ends or ())) for origin, ends in found.items()}


def _balanced(pools: list[str], paid: pd.Series, paying: pd.Series) -> None:
    over = [
        f"{pool} pays {pence(paying[pool])} and is paid {pence(paid[pool])}"
        for pool in pools
        if paying[pool] > paid[pool] + 0.005
    ]
    if over:
        raise UnreadableTable(
            f"a pool pays no more than it is paid: {'; '.join(over)}; record what is missing"
        )


def _shares(
    table: pd.DataFrame, origins: list[str], pools: list[str], paid: pd.Series
) -> dict[str, np.ndarray]:
    """Share of every origin in every origin and pool."""
    number = {pool: n for n, pool in enumerate(pools)}
    origin = {name: n for n, name in enumerate(origins)}
    mixing, brought = np.eye(len(pools)), np.zeros((len(pools), len(origins)))
    for flow in table.itertuples():
        if flow.end in number:
            part = flow.amount / paid[flow.end]
            if flow.start in number:
                mixing[number[flow.end], number[flow.start]] -= part
            else:
                brought[number[flow.end], origin[flow.start]] += part
    try:
        found = np.linalg.solve(mixing, brought)
    except np.linalg.LinAlgError:
        found = np.full_like(brought, np.nan)
    if not np.allclose(found.sum(axis=1), 1.0):
        raise UnreadableTable(
            "some pools only pay each other, so their money comes from nowhere; record what was "
            "paid into them from outside"
        )
    shares = {pool: found[n] for pool, n in number.items()}
    return shares | {name: np.eye(len(origins))[n] for name, n in origin.items()}
