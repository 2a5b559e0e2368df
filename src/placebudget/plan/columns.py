"""What the tables of a plan hold: their columns and the type of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from placebudget.arguments import offered
from placebudget.errors import WrongArgument
from placebudget.plan.pennies import to_pennies
from placebudget.solver import PRICE_COLUMNS

TEXT, NUMBER, TRUTH = "str", "float64", "bool"
_FLOW = {"stream": TEXT, "route": TEXT, "service": TEXT, "area": TEXT, "year": TEXT}
PLAN_TABLES: Mapping[str, Mapping[str, str]] = {
    "money": {**_FLOW, "amount": NUMBER},
    "contributions": {
        "stream": TEXT,
        "pool": TEXT,
        "year": TEXT,
        "gross": NUMBER,
        "management_cost": NUMBER,
        "spent": NUMBER,
        "unspent": NUMBER,
    },
    "balances": {
        "stream": TEXT,
        "year": TEXT,
        "funding": NUMBER,
        "carried_in": NUMBER,
        "direct": NUMBER,
        "contributed": NUMBER,
        "carried_out": NUMBER,
        "idle": NUMBER,
    },
    "units": {
        "offer": TEXT,
        "service": TEXT,
        "area": TEXT,
        "year": TEXT,
        "units": NUMBER,
        "started": TRUTH,
        "cost": NUMBER,
    },
    "outcomes": {
        "outcome": TEXT,
        "service": TEXT,
        "area": TEXT,
        "year": TEXT,
        "produced": NUMBER,
        "counted": NUMBER,
        "overlap": NUMBER,
        "not_needed": NUMBER,
        "fiscal": NUMBER,
        "economic": NUMBER,
        "social": NUMBER,
        "weighted": NUMBER,
    },
    "savings": {
        "outcome": TEXT,
        "agency": TEXT,
        "service": TEXT,
        "area": TEXT,
        "year": TEXT,
        "fiscal": NUMBER,
        "cashable": NUMBER,
        "discounted_fiscal": NUMBER,
        "discounted_cashable": NUMBER,
    },
    "needs": {
        "service": TEXT,
        "area": TEXT,
        "led_by": TEXT,
        "year": TEXT,
        "needed": NUMBER,
        "avoided": NUMBER,
        "served": NUMBER,
        "unmet": NUMBER,
        "not_served": NUMBER,
        "money_short": NUMBER,
        "paid": NUMBER,
        "fiscal": NUMBER,
        "cashable": NUMBER,
        "value": NUMBER,
    },
    "prices": PRICE_COLUMNS,
}
"""Tables of a plan; amounts of money are pounds."""
LABEL_TABLES: Mapping[str, Mapping[str, str]] = {
    "agencies": dict.fromkeys(("agency", "name", "sector", "partner"), TEXT),
    "streams": dict.fromkeys(("stream", "name", "agency", "raised", "kind", "ring_fence"), TEXT),
    "services": dict.fromkeys(
        ("service", "name", "commissioner", "purpose", "nature", "kind", "unit"), TEXT
    ),
    "areas": {
        **dict.fromkeys(("area", "name", "parent", "tier"), TEXT),
        "population": NUMBER,
    },
    "pools": dict.fromkeys(("pool", "name", "host", "legal_power"), TEXT),
    "outcomes": dict.fromkeys(("outcome", "name", "unit"), TEXT),
}
"""Names and attributes that let a plan be read without its place."""
TAKEN_OVER = "taken_over"
SOME_LABELS: Mapping[str, Mapping[str, str]] = {
    TAKEN_OVER: dict.fromkeys(("service", "area", "year", "commissioner"), TEXT),
}
"""Labels that some plans have: who commissions a line in a year, where an agency has ended."""
MEASURES: Mapping[str, Sequence[str]] = {
    "money": ["amount"],
    "unspent": ["amount"],
    "outcomes": [
        *("produced", "counted", "overlap", "not_needed"),
        *("fiscal", "economic", "social", "weighted"),
    ],
    "savings": ["fiscal", "cashable", "discounted_fiscal", "discounted_cashable"],
}
"""What of a table is added up."""


def table(rows: Mapping[str, list[object]], columns: Mapping[str, str]) -> pd.DataFrame:
    """A typed frame from the cells of each column."""
    return pd.DataFrame({name: pd.Series(rows[name], dtype=columns[name]) for name in columns})


def added_up(
    rows: pd.DataFrame,
    table: str,
    by: Sequence[str],
    measures: Sequence[str],
    labels: Mapping[str, pd.DataFrame],
    finer: Mapping[str, Callable[[pd.DataFrame], pd.DataFrame]] | None = None,
) -> pd.DataFrame:
    """A table added up by some columns; as it is where none are asked for.

    Parameters
    ----------
    rows : DataFrame
        The table.
    table : str
        What it is called.
    by : sequence of str
        Columns of the table, or attributes of what it names.
    measures : sequence of str
        Columns that are added up.
    labels : mapping of str to DataFrame
        Attributes of streams, agencies and services.
    finer : mapping of str to callable, optional
        Columns that only a split of the rows has, and what splits them.

    Raises
    ------
    WrongArgument
        If it cannot be added up by one of them; says by which it can.
    """
    if not by:
        return rows.reset_index(drop=True)
    finer = finer or {}
    if not {*by} <= {*rows.columns} - {*measures}:
        rows = _with_attributes(rows, labels)
    known = [*(name for name in rows.columns if name not in measures), *finer]
    unknown = [name for name in by if name not in known]
    if unknown:
        said = f"{table} cannot be added up by {', '.join(map(repr, unknown))}"
        raise WrongArgument(offered(f"{said}; choose from: {', '.join(known)}", unknown[0], known))
    for name in finer.keys() & set(by):
        rows = finer[name](rows)
    grouped = rows.groupby(list(by), sort=True, dropna=False, as_index=False)[list(measures)].sum()
    if "amount" in measures:
        grouped["amount"] = grouped["amount"].round(2)
    return grouped


def split_over_offers(money: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Money with the offer it buys from, each row still adding up to the penny.

    Parameters
    ----------
    money : DataFrame
        service, area, year, amount, and any other columns.
    units : DataFrame
        offer, service, area, year and cost: what is bought there. Money beyond all
        cost buys nothing, and has the empty text for an offer.

    Examples
    --------
    >>> money = pd.DataFrame({"service": ["care"], "area": ["ayr"], "year": ["1"], "amount": [9.0]})
    >>> units = pd.DataFrame({"offer": ["home", "ward"], "cost": [3.0, 4.0]})
    >>> units = units.assign(service="care", area="ayr", year="1")
    >>> split_over_offers(money, units)[["offer", "amount"]].values.tolist()
    [['home', 3.0], ['ward', 4.0], ['', 2.0]]
    """
    line = ["service", "area", "year"]
    bought = units.groupby([*line, "offer"], as_index=False)["cost"].sum()
    spent = money.groupby(line, as_index=False)["amount"].sum()
    spent = spent.merge(bought.groupby(line, as_index=False)["cost"].sum(), "left", line)
    over = spent["amount"] - spent["cost"].fillna(0.0)
    # Costs are rounded one by one: what is less than a pound, or nothing to the sum, is no rest.
    rest = spent[over >= np.maximum(1.0, 1e-6 * spent["amount"])]
    rest = rest[line].assign(offer="", cost=over)
    rows = money.reset_index(drop=True).reset_index(names="row")
    rows = rows.merge(pd.concat([bought, rest], ignore_index=True), "left", line)
    rows["offer"] = rows["offer"].fillna("")
    whole = rows.groupby("row")["cost"].transform("sum")
    share = (rows["cost"] / whole).where(whole > 0, 1.0)
    pennies = to_pennies(
        (rows["amount"] * share).to_numpy(), rows["row"].to_numpy(), money["amount"].to_numpy()
    )
    rows["amount"] = pennies / 100.0
    return rows[rows["amount"] != 0].drop(columns=["row", "cost"])


def _with_attributes(rows: pd.DataFrame, labels: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    if "stream" in rows.columns:
        rows = rows.merge(labels["streams"][["stream", "agency", "raised"]], "left", "stream")
    if "agency" in rows.columns:
        rows = rows.merge(labels["agencies"][["agency", "partner"]], "left", "agency")
    if "service" in rows.columns:
        services = labels["services"][["service", "purpose", "commissioner"]]
        rows = rows.merge(services, "left", "service")
        if TAKEN_OVER in labels and {"area", "year"} <= set(rows.columns):
            line = ["service", "area", "year"]
            now = rows[line].merge(labels[TAKEN_OVER], "left", line)["commissioner"]
            rows["commissioner"] = now.fillna(rows["commissioner"])
    return rows
