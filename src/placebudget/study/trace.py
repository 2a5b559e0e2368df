"""Following recorded money through pools; what a plan would have recorded.

Every pound that leaves a pool is taken to hold the money in it in proportion:

share[n, o] = sum of flow[m, n] x share[m, o] over m, / sum of flow[m, n]

for every node n that is paid and every origin o, with share[o, o] = 1. Pools may
pay into pools, and back. It is a convention: in a plan, which stream pays for
which service is known, and :func:`placebudget.accounts` says so.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from placebudget.arguments import Arguments, one_of, refusal, sequence
from placebudget.errors import CannotAnswer, UnreadableTable, WrongArgument
from placebudget.place import Place
from placebudget.place.io.cells import figure
from placebudget.place.io.loose import FLOWS, given_table, row_numbers
from placebudget.place.names import Names
from placebudget.plan import Plan
from placebudget.plan.pennies import add_up
from placebudget.plan.record.record import run_record
from placebudget.plan.summary import Paragraph, Summary, sentences
from placebudget.plan.worded_table import labels_of
from placebudget.study.result import StudyResult
from placebudget.study.sharing.coalition_game import Partners
from placebudget.texts import shown
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
    def sums(self) -> Mapping[str, Collection[str]]:
        """Which columns of which tables are parts of a total."""
        return dict.fromkeys(("ends", "left", "conditions"), ("amount",))

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


# Inputs of studies read from a plan: its flows as they would be recorded, an overspent pool.

EXAMPLE_FLOWS = pd.DataFrame(
    [
        ("council tax", "community pool", 300_000.0),
        ("health grant", "community pool", 200_000.0),
        ("health grant", "clinics", 450_000.0),
        ("community pool", "family support", 350_000.0),
        ("community pool", "youth work", 150_000.0),
    ],
    columns=["start", "end", "amount"],
)
"""Flows that nobody has recorded, to show what the screen does."""
EXAMPLE_CONDITIONS = {"health grant": ("clinics", "family support")}
_COST = "management cost of pools"


def recorded_flows(plan: Plan) -> pd.DataFrame:
    """The money of a plan as books would record it: from streams into pools and services.

    What the plan knows, which stream a pool's money came from, is left out, so that
    :func:`placebudget.trace` has to mix it in proportion.

    Returns
    -------
    DataFrame
        start, end, amount, in pounds, cash over all years.

    Examples
    --------
    >>> import placebudget as pb
    >>> flows = recorded_flows(pb.simulate(pb.example("toy_pooling")))
    >>> float(flows["amount"].sum())
    90000000.0
    """
    streams, services, pools = (labels_of(plan, name) for name in ("streams", "services", "pools"))
    money, paid = plan.tables["money"], plan.tables["contributions"]
    direct = money["route"] == "direct"
    parts = [
        _flow(money[direct], "stream", streams, "service", services, "amount"),
        _flow(money[~direct], "route", pools, "service", services, "amount"),
        _flow(paid.assign(net=paid["gross"]), "stream", streams, "pool", pools, "net"),
        _flow(paid.assign(end=_COST), "pool", pools, "end", {},
              "management_cost"),
    ]  # fmt: skip
    rows = pd.concat(parts, ignore_index=True)
    rows = rows.groupby(["start", "end"], as_index=False)["amount"].sum()
    rows["amount"] = rows["amount"].round(2)
    return rows[rows["amount"] > 0].reset_index(drop=True)


def overspent_pool(
    plan: Plan, pool: str | None = None, overspend: float = 0.05
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lines and shares of a pool, were all it pays for to cost more than planned.

    Shares follow what partners contribute; there are no caps. An agreement that says
    otherwise is given to :func:`placebudget.risk_share` as it is.

    Parameters
    ----------
    plan : Plan
        A plan with pools.
    pool : str, optional
        The pool; default the one that pays most.
    overspend : float
        Share by which each service costs more.

    Returns
    -------
    lines, shares : DataFrame
        As :func:`placebudget.risk_share` takes them, over all years.

    Raises
    ------
    CannotAnswer
        If it pays for nothing.
    """
    money = plan.money(["route", "service"])
    pooled = money[money["route"] != "direct"]
    known = sorted(set(pooled["route"]))
    if not known:
        raise CannotAnswer(
            f"the plan {plan.name} pays nothing through pools; plan with pooling='pooled', or give "
            "the lines of an agreement"
        )
    chosen = str(pooled.groupby("route")["amount"].sum().idxmax()) if pool is None else pool
    if chosen not in known:
        raise WrongArgument(
            f"no pool {shown(chosen)} pays for anything here; there are: {', '.join(known)}"
        )
    mine = pooled[pooled["route"] == chosen]
    names, whose = labels_of(plan, "services"), labels_of(plan, "agencies")
    theirs = plan.labels["services"].set_index("service")["commissioner"]
    called = [names.get(key, key) for key in mine["service"]]
    lines = pd.DataFrame(
        {
            # Services of one name are told apart by whose they are.
            "line": [
                name if called.count(name) == 1 else f"{name} ({whose[theirs[key]]})"
                for name, key in zip(called, mine["service"], strict=True)
            ],
            "budget": mine["amount"].to_numpy(float),
            "actual": (mine["amount"].to_numpy(float) * (1 + overspend)).round(2),
        }
    )
    paid = plan.tables["contributions"]
    labels = plan.labels["streams"].set_index("stream")["agency"]
    partner = plan.labels["agencies"].set_index("agency")["partner"]
    paid = paid[paid["pool"] == chosen]
    by = paid["gross"].groupby(paid["stream"].map(labels).map(partner)).sum()
    by = by[by > 0]
    share = add_up((100 * by / by.sum()).tolist(), 2)
    return lines, pd.DataFrame({"partner": by.index.astype(str), "share": share})


def conditions_of(place: Place, plan: Plan) -> dict[str, tuple[str, ...]]:
    """For ring-fenced streams, by name, the services they may pay for, by name.

    What a pool costs to manage is no use that a ring-fence bars.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("toy_pooling")
    >>> conditions_of(place, pb.simulate(place))["Police money"]
    ('policing', 'management cost of pools')
    """
    called, services = labels_of(plan, "streams"), plan.labels["services"]
    held = place.ring_fences.groupby("stream", sort=False)["purpose"].agg(set)
    return {
        str(called[stream]): (*services.loc[services["purpose"].isin(purposes), "name"], _COST)
        for stream, purposes in held.items()
        if stream in called
    }


def pools_of(plan: Plan) -> dict[str, str]:
    """The pools that pay for something in a plan, by name, the largest first."""
    money = plan.money("route").set_index("route")["amount"].drop("direct", errors="ignore")
    money = money[money > 0].sort_values(ascending=False, kind="stable")
    names = labels_of(plan, "pools")
    return {str(key): str(names.get(str(key), key)) for key in money.index}


def lines_of(place: Place, plan: Plan, pool: str) -> pd.DataFrame:
    """What a pool pays for, the largest first: line and budget, pounds over all years.

    Raises
    ------
    CannotAnswer
        If it pays for nothing.
    """
    money = plan.money(["route", "service"])
    lines = money[(money["route"] == pool) & (money["amount"] >= 0.005)]
    lines = lines.sort_values("amount", ascending=False, kind="stable")
    names = Names(place)
    called = [names.of("service", str(key)) for key in lines["service"]]
    return _keyed("line", called, budget=lines["amount"].round(2))


def partners_of(place: Place, plan: Plan, pool: str) -> pd.DataFrame:
    """Who pays into a pool, and which part of what is paid in: partner and share, per cent.

    Raises
    ------
    CannotAnswer
        If it pays for nothing.
    """
    _, shares = overspent_pool(plan, pool, 0.0)
    names = Partners.of(place).names
    called = [names[key] for key in shares["partner"]]
    return _keyed("partner", called, share=shares["share"])


def _keyed(what: str, names: Iterable[str], **figures: pd.Series) -> pd.DataFrame:
    """Names and figures by a key fit for a box; names that come again are told apart."""
    made: dict[str, str] = {}
    for name in names:
        again = sum(held.startswith(name) for held in made.values())
        text = name if name not in made.values() else f"{name} ({again + 1})"
        key = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "line"
        while key in made:
            key += "-x"
        made[key] = text
    columns = {name: values.to_numpy(float) for name, values in figures.items()}
    return pd.DataFrame({what: list(made.values()), **columns}, index=list(made))


def _flow(
    rows: pd.DataFrame,
    start: str,
    starts: Mapping[str, str],
    end: str,
    ends: Mapping[str, str],
    amount: str,
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "start": [starts.get(key, key) for key in rows[start]],
            "end": [ends.get(key, key) for key in rows[end]],
            "amount": rows[amount].to_numpy(float),
        }
    )
