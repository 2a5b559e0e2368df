"""What flows from where to where in a plan, added up from its tables, in whole pence.

Nothing is worked out again here. Money is to the penny in the plan already; savings
are rounded so that what each agency saves in a year keeps its total.

What was worked out for a plan is kept with it: today's plan is drawn again beside each new one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from placebudget.place.once import once
from placebudget.plan.borrowing import borrowed_by_stream
from placebudget.plan.pennies import to_pennies
from placebudget.plan.plan import DIRECT_ROUTE, Plan

BROUGHT = "extra:brought forward"
LENDERS = "extra:lenders"
REPAID = "extra:loans"
CARRIED = "extra:carried forward"
UNSPENT = "extra:left unspent"
POOL_UNSPENT = "extra:left in pools"
MANAGEMENT = "extra:management of pools"
NO_OUTCOME = "extra:no outcome"
AREA, OUTCOME = "area", "outcome"
_COLUMNS = ["kind", "layer", "source", "target", "year", "pence"]


@once
def ribbons(plan: Plan) -> pd.DataFrame:
    """Every amount of a plan that the drawing shows.

    Parameters
    ----------
    plan : Plan
        Any plan. Savings of the years after those of its money stand together.

    Returns
    -------
    DataFrame
        ``kind``, ``layer`` (``area`` or ``outcome``; empty where both show it),
        ``source`` and ``target`` (as ``"stream:council_tax"``), ``year`` (its
        number among the plan's years; the next number is later) and ``pence``.
    """
    years = list(plan.place["years"])
    parts = [*_money_in(plan), *_pools(plan), *_spending(plan), *_savings(plan, years)]
    slots = {year: n for n, year in enumerate(years)}
    rows = pd.concat([part.reindex(columns=_COLUMNS) for part in parts], ignore_index=True)
    rows["year"] = rows["year"].map(slots).fillna(len(years)).astype("int64")
    rows["pence"] = rows["pence"].astype("int64")
    return rows[rows["pence"] != 0].reset_index(drop=True)


def _pence(pounds: pd.Series) -> pd.Series:
    return (pounds * 100).round().astype("int64")


def _part(
    frame: pd.DataFrame, kind: str, source: object, target: object, pounds: str, layer: str = ""
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "kind": kind,
            "layer": layer,
            "source": source,
            "target": target,
            "year": frame["year"],
            "pence": _pence(frame[pounds]),
        }
    )


def _payers(plan: Plan) -> Mapping[str, str]:
    streams = plan.labels["streams"]
    return dict(zip(streams["stream"], streams["agency"], strict=True))


def _money_in(plan: Plan) -> list[pd.DataFrame]:
    rows = plan.tables["balances"]
    loans = borrowed_by_stream(plan)
    rows = rows.merge(loans, "left", ["stream", "year"]).fillna({"borrowed": 0.0, "borne": 0.0})
    rows["funding"] += rows["borne"] - rows["borrowed"]
    stream = "stream:" + rows["stream"]
    agency = "agency:" + rows["stream"].map(_payers(plan))
    direct = "direct:" + rows["stream"].map(_payers(plan))
    return [
        _part(rows, "funding", agency, stream, "funding"),
        _part(rows, "loan", LENDERS, stream, "borrowed"),
        _part(rows, "loan", stream, REPAID, "borne"),
        _part(rows, "carried", BROUGHT, stream, "carried_in"),
        _part(rows, "carried", stream, CARRIED, "carried_out"),
        _part(rows, "unspent", stream, UNSPENT, "idle"),
        _part(rows, "direct", stream, direct, "direct"),
    ]


def _pools(plan: Plan) -> list[pd.DataFrame]:
    rows = plan.tables["contributions"]
    pool = "pool:" + rows["pool"]
    return [
        _part(rows, "contribution", "stream:" + rows["stream"], pool, "gross"),
        _part(rows, "management", pool, MANAGEMENT, "management_cost"),
        _part(rows, "unspent", pool, POOL_UNSPENT, "unspent"),
    ]


def _spending(plan: Plan) -> list[pd.DataFrame]:
    """Money from its route to services, and on to areas or outcomes."""
    table = plan.tables["money"]
    rows = table.assign(pence=_pence(table["amount"])).drop(columns="amount")
    keys = ["stream", "route", "service", "area", "year"]
    # Whole numbers in place of texts: tens of thousands of flows add up at once.
    rows = rows.astype(dict.fromkeys(keys, "category"))
    paid = rows.groupby(["stream", "route", "service", "year"], observed=True, sort=False)
    paid = paid["pence"].sum().reset_index()
    paid = paid.astype(dict.fromkeys(["stream", "route", "service", "year"], "object"))
    payer = paid["stream"].map(_payers(plan))
    route = ("pool:" + paid["route"]).where(paid["route"] != DIRECT_ROUTE, "direct:" + payer)
    spent = pd.DataFrame(
        {"kind": "spend", "layer": "", "source": route, "target": "service:" + paid["service"]}
    ).assign(year=paid["year"], pence=paid["pence"])
    there = rows.groupby(["service", "area", "year"], observed=True, sort=False)["pence"].sum()
    there = there.reset_index().astype(dict.fromkeys(["service", "area", "year"], "object"))
    delivered = pd.DataFrame(
        {
            "kind": "delivery",
            "layer": AREA,
            "source": "service:" + there["service"],
            "target": "area:" + there["area"],
        }
    ).assign(year=there["year"], pence=there["pence"])
    bought = there.groupby(["service", "year"], as_index=False, sort=True)["pence"].sum()
    return [spent, delivered, _by_outcome(plan, bought)]


def _by_outcome(plan: Plan, bought: pd.DataFrame) -> pd.DataFrame:
    """Money of each service shared over its outcomes by the public value they make.

    Of a service that makes none, as prevention of need may, by what they save.
    """
    made, saved = plan.tables["outcomes"], plan.tables["savings"]
    value = made[["fiscal", "economic", "social"]].sum(axis=1).clip(lower=0)
    worth = value.groupby([made["service"], made["outcome"]]).sum().unstack(fill_value=0.0)
    saving = saved.groupby(["service", "outcome"])["discounted_fiscal"].sum().clip(lower=0)
    instead = saving.unstack(fill_value=0.0).reindex(worth.index, columns=worth.columns)
    worth[:] = shares_by_worth(worth.to_numpy(), instead.fillna(0.0).to_numpy())
    shares = worth.stack().rename("share")
    shares = shares[shares > 0].reset_index()
    rows = bought.reset_index(names="group").merge(shares, on="service", how="left")
    rows["share"] = rows["share"].fillna(1.0)
    pence = to_pennies(
        (rows["pence"] / 100 * rows["share"]).to_numpy(),
        rows["group"].to_numpy(),
        bought["pence"].to_numpy() / 100,
    )
    outcome = ("outcome:" + rows["outcome"]).where(rows["outcome"].notna(), NO_OUTCOME)
    return pd.DataFrame(
        {
            "kind": "delivery",
            "layer": OUTCOME,
            "source": "service:" + rows["service"],
            "target": outcome,
            "year": rows["year"],
            "pence": pence,
        }
    )


def shares_by_worth(worth: np.ndarray, instead: np.ndarray) -> np.ndarray:
    """Shares of outcomes (columns) in the money of services (rows) by the worth they make.

    The money of a service that makes nothing of worth is shared by what is given instead; where
    that is nothing too, it has no share anywhere.

    Examples
    --------
    >>> worth = np.array([[3.0, 1.0], [0.0, 0.0], [0.0, 0.0]])
    >>> shares_by_worth(worth, np.array([[0.0, 1.0], [0.0, 2.0], [0.0, 0.0]]))
    array([[0.75, 0.25],
           [0.  , 1.  ],
           [0.  , 0.  ]])
    """
    worth = np.where(worth.any(axis=1, keepdims=True), worth, instead)
    whole = worth.sum(axis=1, keepdims=True)
    return np.divide(worth, whole, out=np.zeros_like(worth), where=whole > 0)


def _savings(plan: Plan, years: Sequence[str]) -> list[pd.DataFrame]:
    """Fiscal savings by agency, cashable or not, from areas and from outcomes."""
    table = plan.tables["savings"]
    later = ~table["year"].isin(list(years))
    table = table.assign(
        year=table["year"].where(~later, ""), rest=table["fiscal"] - table["cashable"]
    )
    group = table.groupby(["agency", "year"], sort=True).ngroup().to_numpy()
    size = int(group.max()) + 1 if len(group) else 0
    fiscal = np.round(np.bincount(group, table["fiscal"], size), 2)
    cash = np.round(np.bincount(group, table["cashable"], size), 2)
    parts = []
    for kind, measure, totals in (
        ("cashable", "cashable", cash),
        ("not_cashable", "rest", fiscal - cash),
    ):
        pence = to_pennies(table[measure].to_numpy(), group, totals)
        for layer in (AREA, OUTCOME):
            parts.append(
                pd.DataFrame(
                    {
                        "kind": kind,
                        "layer": layer,
                        "source": f"{layer}:" + table[layer],
                        "target": "saver:" + table["agency"],
                        "year": table["year"],
                        "pence": pence,
                    }
                )
            )
    return parts
