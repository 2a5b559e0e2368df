"""Inputs of studies read from a plan: its flows as they would be recorded, an overspent pool."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import pandas as pd

from placebudget.errors import CannotAnswer, WrongArgument
from placebudget.place import Place
from placebudget.place.names import Names
from placebudget.plan import Plan
from placebudget.plan.pennies import add_up
from placebudget.plan.worded_table import labels_of
from placebudget.study.sharing.coalition_game import Partners
from placebudget.texts import shown

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
