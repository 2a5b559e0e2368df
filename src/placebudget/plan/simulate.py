"""What given money does: today's spending, or any other, through the full model."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from placebudget.arguments import Arguments, as_given, text
from placebudget.errors import UnreadableTable
from placebudget.place import Option, Place
from placebudget.place.io.cells import figure
from placebudget.place.io.loose import MONEY, given_table, row_numbers
from placebudget.place.io.reading import PlaceLike, checked_place
from placebudget.place.once import once
from placebudget.plan.deliver import buy_units, earned
from placebudget.plan.evidence import Evidence, objective_value
from placebudget.plan.flows import of_streams, round_and_balance
from placebudget.plan.need import serve
from placebudget.plan.optimise import assemble_plan
from placebudget.plan.plan import ObjectiveValue, Plan
from placebudget.plan.record.record import run_record
from placebudget.plan.verify import (
    check_balances,
    check_conditions,
    check_contributions,
    check_decisions,
    check_rules,
)
from placebudget.programme import DIRECT, Basis, standing_pooling
from placebudget.programme.money import borrowed, stream_funding
from placebudget.programme.objectives.value import PUBLIC
from placebudget.texts import shown
from placebudget.words import pence

_MOST_SHOWN = 50
_COLUMNS = ["stream", "route", "service", "area", "offer", "year", "amount"]


def simulate(
    place: PlaceLike,
    money: pd.DataFrame | None = None,
    *,
    option: Option | str | None = None,
    name: str = "",
) -> Plan:
    """What given money does, through the full model.

    Parameters
    ----------
    place : Place, path or str
        The place, or what :func:`placebudget.read` reads. It is checked first.
    money : DataFrame, optional
        Columns stream, service, year, amount (pounds), and where they apply
        route (default direct), area (default the whole place) and offer. Left
        out: today's money, carried on with the funding of its streams. Money
        without an offer buys the cheapest first.
    option : Option or str, optional
        An option to apply first, or the name of one stored beside the place.
    name : str, optional
        What to call the plan; ``"today"`` or ``"simulated"`` by default.

    Returns
    -------
    Plan
        With status ``"simulated"``; rules it does not keep and money that buys
        nothing stand in ``plan.run``.

    Raises
    ------
    InvalidPlace
        If the place has errors.
    UnreadableTable
        If the money is no such table, names what does not exist, goes where its
        conditions do not let it, or is more than there is; everything is named.

    Examples
    --------
    >>> import placebudget as pb
    >>> today = pb.simulate(pb.example("toy_pooling"))
    >>> today.status
    'simulated'
    """
    started = time.monotonic()
    with Arguments() as asked:
        place = asked.read(checked_place, place, option)
        if money is not None:
            money = asked.read(given_table, "money", money, MONEY)
        name = asked.read(text, "name", name)
    basis = Basis(place, standing_pooling(place))
    given = _today(basis) if money is None else _given(basis, money)
    evidence, unused = _delivered(basis, given, carried_on=money is None)
    cash, served = evidence.money, evidence.served
    problems = [
        *check_balances(cash),
        *check_conditions(basis, cash.flows),
        *(check_contributions(basis, cash, 0.0) if money is not None else []),
    ]
    if problems and money is not None:
        raise UnreadableTable("the money cannot be spent like this:\n- " + "\n- ".join(problems))
    lines = basis.by_line(evidence.paid / basis.scale.units)
    beyond = lines.sum() - (served.filled - served.avoided[:, : len(basis.years)]).sum()
    value = objective_value(PUBLIC, basis, evidence)
    unit = f"pounds, {place.settings.price_base} prices, discounted"
    run = run_record(
        solver="",
        options={"money": "today" if money is None else "given"},
        seconds=round(time.monotonic() - started, 3),
        inputs=place.digest,
        money=None if money is None else _recorded(given),
        rules_not_kept=[
            *check_rules(basis, evidence, 0.0),
            *check_decisions(basis, evidence, 0.0),
        ],
        conditions_not_kept=problems,
        money_without_effect=round(float(unused.sum()) * basis.scale.money, 2),
        units_beyond_need=round(float(beyond) * basis.scale.units, 6),
    )
    called = name or ("today" if money is None else "simulated")
    values = [ObjectiveValue(PUBLIC, unit, value)]
    return assemble_plan(basis, called, "simulated", values, evidence, None, run)


def today_comes_to(place: Place, objectives: Sequence[str]) -> dict[str, float]:
    """How much of each objective today's money comes to, each in its own unit."""
    basis = Basis(place, standing_pooling(place))
    evidence, _ = _delivered(basis, _today(basis), carried_on=True)
    return {name: objective_value(name, basis, evidence) for name in objectives}


def _delivered(
    basis: Basis, given: pd.DataFrame, *, carried_on: bool
) -> tuple[Evidence, np.ndarray]:
    """What money buys and how it flows, and what of it buys nothing by line and year."""
    units, begun, unused = _units(basis, given)
    served = serve(basis, units, units)
    # Today's money is carried on as it is, without the targets and loans that a plan may go for.
    rewards = {} if carried_on else earned(basis, served.made)
    parts, by_stream, loans = _parts(basis, given, rewards, may_borrow=not carried_on)
    cash = round_and_balance(basis, parts, by_stream)
    scale = basis.scale.units
    evidence = Evidence(cash, served.units * scale, units * scale, begun, served, borrowed=loans)
    return evidence, unused


@once
def today_of(place: Place) -> Plan:
    """What today's spending of a place gives: the same for whoever shows it."""
    return simulate(place)


def _today(basis: Basis) -> pd.DataFrame:
    rows = basis.today.copy()
    rows["year"] = np.array(basis.years, dtype=object)[rows["t"].to_numpy(np.int64)]
    return rows[_COLUMNS]


def _recorded(given: pd.DataFrame) -> dict[str, list[Any]]:
    """The money as it was given, so that the plan can be made again."""
    return {"columns": list(given.columns), "rows": given.astype(object).to_numpy().tolist()}


def _given(basis: Basis, money: pd.DataFrame) -> pd.DataFrame:
    """Money as a user gives it, in the columns of this module; every fault is named."""
    rows = money.reindex(columns=_COLUMNS).copy()
    rows["route"] = rows["route"].astype(object).where(rows["route"].notna(), DIRECT)
    rows["area"] = [
        basis.geography.key(area if pd.api.types.is_scalar(area) else as_given(area))
        for area in rows["area"]
    ]
    rows["offer"] = rows["offer"].astype(object).where(rows["offer"].notna(), "")
    cells = rows["amount"].tolist()
    rows["amount"] = [figure(cell) for cell in cells]
    lines = basis.lines.position()
    offers = dict(zip(basis.offers.name, basis.offers.line, strict=True))
    streams = set(basis.place.streams["stream"])
    problems = []
    for number, (row, cell_given) in zip(
        row_numbers(money), zip(rows.itertuples(index=False), cells, strict=True), strict=True
    ):
        stream, service, route, year, offer = (
            cell if isinstance(cell, str) else as_given(cell)
            for cell in (row.stream, row.service, row.route, row.year, row.offer)
        )
        line = lines.get((service, row.area))
        amount = as_given(cell_given)
        faults = [
            (stream not in streams, f"no stream {shown(stream)}"),
            (line is None, f"no offer of {shown(service)} in {shown(row.area)}"),
            (route not in basis.routes, f"no route {shown(route)}"),
            (year not in basis.years, f"{shown(year)} is not a year of the place"),
            (not row.amount >= 0, f"the amount {amount} is not a sum of money"),
            (bool(offer) and offers.get(offer) != line, f"no offer {shown(offer)} there"),
        ]
        problems += [f"row {number}: {text}" for wrong, text in faults if wrong]
    if problems:
        more = len(problems) - _MOST_SHOWN
        told = [*problems[:_MOST_SHOWN], *([f"and {more} more"] if more > 0 else [])]
        raise UnreadableTable("the money does not fit the place:\n- " + "\n- ".join(told))
    return rows


def _parts(
    basis: Basis,
    given: pd.DataFrame,
    rewards: Mapping[str, np.ndarray],
    *,
    may_borrow: bool,
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, float]]:
    """Money as uses of streams, with the contributions it takes, and what has to be borrowed.

    Nothing is carried.
    """
    lines = basis.lines.position()
    routes = {route: n for n, route in enumerate(basis.routes)}
    years = {year: t for t, year in enumerate(basis.years)}
    klass = {name: c for c, names in enumerate(basis.classes.streams) for name in names}
    spent = pd.DataFrame(
        {
            "class": given["stream"].map(klass),
            "stream": given["stream"],
            "route": given["route"].map(routes),
            "line": [lines[key] for key in zip(given["service"], given["area"], strict=True)],
            "year": given["year"].map(years),
            "amount": given["amount"].astype(float),
        }
    )
    key = ["class", "stream", "route", "line", "year"]
    spent = spent.groupby(key, as_index=False)["amount"].sum()
    spent["amount"] = spent["amount"].round(2)
    pooled = spent[spent["route"] > 0]
    gross = pooled.groupby(["class", "stream", "route", "year"], as_index=False)["amount"].sum()
    net = 1.0 - basis.management_cost[gross["route"].to_numpy(np.int64)]
    gross["amount"] = (gross["amount"] / net).round(2)
    spent["block"], gross["block"] = "money", "contribute"
    parts = pd.concat([spent, gross], ignore_index=True)
    funding = stream_funding(basis.place)
    funding = (funding + of_streams(basis, rewards, list(funding.index))).round(2)
    used = parts[(parts["route"] == 0) | (parts["block"] == "contribute")]
    used = used.groupby(["stream", "year"])["amount"].sum()
    loans = _needed(basis, used, funding) if may_borrow else {}
    if loans:
        brought = borrowed((loan, loans.get(loan.name, 0.0)) for loan in basis.loans)
        funding = (funding + of_streams(basis, brought, list(funding.index))).round(2)
    purse = funding.stack().rename("funding").reset_index()
    purse.columns = ["stream", "year", "funding"]
    purse["class"] = purse["stream"].map(klass)
    purse["year"] = purse["year"].map(years)
    purse["carried_in"] = purse["carried_out"] = 0.0
    _refuse_overspending(basis, parts, used, purse)
    return parts, purse, loans


def _needed(basis: Basis, used: pd.Series, funding: pd.DataFrame) -> dict[str, float]:
    """What is spent of a stream beyond what it brings is borrowed, the cheapest loan first."""
    found: dict[str, float] = {}
    held = funding.copy()
    for loan in sorted(basis.loans, key=lambda each: float(each.borne.sum() + each.after.sum())):
        year = basis.years[loan.first]
        short = float(used.get((loan.stream, loan.first), 0.0)) - float(held.at[loan.stream, year])
        pounds = round(min(max(short, 0.0), loan.most), 2)
        if pounds:
            found[loan.name] = pounds
            held.loc[loan.stream, year] += pounds
    return found


def _refuse_overspending(
    basis: Basis, parts: pd.DataFrame, used: pd.Series, purse: pd.DataFrame
) -> None:
    held = purse.set_index(["stream", "year"])["funding"].reindex(used.index)
    # Carrying today on multiplies by growth, which may cost a penny a row.
    over = used[
        used > held + 0.01 * (1 + parts.groupby(["stream", "year"]).size().reindex(used.index))
    ]
    if len(over):
        lines = [
            f"{stream}, {basis.years[t]}: {pence(amount)} of {pence(held[(stream, t)])}"
            for (stream, t), amount in over.items()
        ]
        raise UnreadableTable("more is spent than there is:\n- " + "\n- ".join(lines))


def _units(basis: Basis, given: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Units bought, set-ups paid, and money by line and year that buys nothing."""
    years = {year: t for t, year in enumerate(basis.years)}
    lines = basis.lines.position()
    offers = {name: o for o, name in enumerate(basis.offers.name)}
    shape = (len(basis.offers), len(basis.years))
    named, open_money = np.zeros(shape), np.zeros((len(basis.lines), len(basis.years)))
    for row in given.itertuples(index=False):
        t = years[row.year]
        if row.offer:
            named[offers[row.offer], t] += row.amount / basis.scale.money
        else:
            open_money[lines[(row.service, row.area)], t] += row.amount / basis.scale.money
    units, unused = buy_units(basis, open_money, named)
    running = (units > 0) & ~basis.offers.in_use[:, None]
    begun = np.zeros(shape)
    first = running.argmax(axis=1)
    fresh = np.flatnonzero(running.any(axis=1) & (basis.offers.set_up_cost[:, 0] > 0))
    begun[fresh, first[fresh]] = 1.0
    return units, begun, unused
