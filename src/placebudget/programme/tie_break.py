"""The tie-break: among plans that are equally good, the one nearest to today.

Where decisions are whole numbers these are settled first: by the least sum of absolute
changes against today by line and year,

spent[l, t] - more[l, t] + less[l, t] = today[l, t]; least sum(more + less)

and then by stable weights made from sorted keys. Everything else follows by squares,
which leave one plan whatever the keys are: see :func:`near_today`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from placebudget.programme.basis import Basis
from placebudget.programme.linear import Columns, Draft, Terms
from placebudget.programme.lines import UnitScale
from placebudget.programme.terms import spending_terms

SMALL = 0.01
"""Part of today's mean line and year below which a change has no size of its own."""

OF_SPLIT = 0.01
"""How much who pays weighs beside what is paid for."""

OF_REST = 1e-2
"""How much everything else weighs beside moving no money without need."""

_OF_PURSES = {"contribute", "unspent", "idle", "carry", "share"}
_OF_MONEY = {*_OF_PURSES, "money", "borrow"}
_OF_UNITS = {"units", "step_units", "counted"}


@dataclass(frozen=True)
class TieBreak:
    """What a stage adds and minimises.

    Parameters
    ----------
    name : str
        What the stage is for.
    cost : ndarray
        Cost of every variable, the new ones included; to be minimised.
    basic_columns, basic_rows : ndarray of bool
        Which new variables and constraints are basic in the plan so far.
    """

    name: str
    cost: np.ndarray
    basic_columns: np.ndarray
    basic_rows: np.ndarray


@dataclass(frozen=True)
class Nearness:
    """How far a plan is from today, in £ million and thousand units.

    First the least sum of weight x (sum of the variables - target)^2 over groups of
    variables: what is spent on each line and year, and who pays for it. These are kept;
    then the least sum of move x variable + ``OF_REST`` x (price x (variable - wish))^2 / size
    over all variables, where size is what their group has come to, or their purse.

    Parameters
    ----------
    unit : ndarray
        Turns each variable into £ million or thousand units.
    group, column : ndarray of int
        Which variables are added up in which group.
    paid : int
        Where in ``column`` the groups begin that say who pays.
    target, weight : ndarray
        By group.
    small : float
        The least size there is.
    move, price, wish : ndarray
        By variable.
    within : ndarray of int
        The group in which each variable has its size; -1 for those that have a purse.
    purse : ndarray
        By variable.
    """

    unit: np.ndarray
    group: np.ndarray
    column: np.ndarray
    paid: int
    target: np.ndarray
    weight: np.ndarray
    small: float
    move: np.ndarray
    price: np.ndarray
    within: np.ndarray
    purse: np.ndarray
    wish: np.ndarray

    def own(self, reached: np.ndarray) -> np.ndarray:
        """What the square of each variable weighs, with what its group has come to."""
        size = np.where(self.within < 0, self.purse, reached[self.within])
        return OF_REST * self.price**2 / np.maximum(size, self.small)


def near_today(columns: Mapping[str, Columns], basis: Basis, width: int) -> Nearness:
    """What the plan nearest to today is near to.

    With size[l, t] = max(today[l, t], small), small a hundredth of the mean of today's
    money by line and year, or of all funding where nothing is spent today:

    1. sum over l, t of (spent[l, t] - today[l, t])^2 / size[l, t]
       + 0.01 x sum over c, l, t of (paid[c, l, t] - today[c, l, t])^2 / (share x size[l, t]),
       where share is the class's part of the funding of all classes that can pay for l in t;
    2. sum of contribute, carry and borrow: no money is moved through pools or years, or borrowed,
       without need;
       + a little of the squares of all else, so that equal offers, routes and classes share evenly.

    Parameters
    ----------
    columns : mapping of str to Columns
        Families of variables.
    width : int
        Number of variables there are by now.
    """
    unit = np.ones(width)
    for names, scale in (
        (_OF_MONEY, basis.scale.money / UnitScale().money),
        (_OF_UNITS, basis.scale.units / UnitScale().units),
    ):
        for name in names & set(columns):
            unit[columns[name].numbers] = scale
    pounds = basis.scale.money / UnitScale().money
    today = basis.lines.today.ravel() * pounds
    money, years = columns["money"], len(basis.years)
    line = money.index["line"] * years + money.index["year"]
    small = SMALL * _mean(today) or SMALL * _mean(basis.classes.funding.ravel() * pounds) or 1.0
    size = np.maximum(today, small)
    cells, cell = np.unique(money.index["class"] * len(today) + line, return_inverse=True)
    at, klass = cells % len(today), cells // len(today)
    funding = basis.classes.funding[klass, at % years]
    whole = np.bincount(at, funding, len(today))[at]
    # Money that was carried or saved pays, too, where a year brings the class nothing.
    share = np.maximum(np.divide(funding, whole, out=np.zeros(len(at)), where=whole > 0), 1e-3)
    move, price, wish = np.zeros(width), np.zeros(width), np.zeros(width)
    within, purse = np.full(width, -1, np.int64), np.full(width, small)
    price[money.numbers], within[money.numbers] = 1.0, len(today) + cell
    for name in _OF_PURSES & set(columns):
        block = columns[name]
        price[block.numbers] = 1.0
        received = basis.classes.funding[block.index["class"], block.index["year"]] * pounds
        purse[block.numbers] = np.maximum(received, small)
    for name in {"contribute", "carry", "borrow"} & set(columns):
        move[columns[name].numbers] = 1.0
    cost = basis.offers.unit_cost * pounds / (basis.scale.units / UnitScale().units)
    cheapest = np.full((len(basis.lines), years), np.inf)
    np.minimum.at(cheapest, basis.offers.line, cost)
    units, steps = columns["units"], columns["step_units"]
    price[units.numbers] = cost[units.index["offer"], units.index["year"]]
    price[steps.numbers] = cheapest[steps.index["line"], steps.index["year"]]
    within[units.numbers] = basis.offers.line[units.index["offer"]] * years + units.index["year"]
    within[steps.numbers] = steps.index["line"] * years + steps.index["year"]
    if "counted" in columns:
        counted = columns["counted"]
        most = np.ones(len(basis.outcomes))
        for (outcome, _, _), limit in basis.at_risk.items():
            most[outcome] = max(most[outcome], limit * basis.scale.units / UnitScale().units)
        wish[counted.numbers] = most[counted.index["outcome"]]
        price[counted.numbers] = 1.0 / wish[counted.numbers]
    return Nearness(
        unit=unit,
        group=np.concatenate([line, len(today) + cell]),
        column=np.tile(money.numbers, 2),
        paid=len(line),
        target=np.concatenate([today, _paid_today(basis)[klass, at] * pounds]),
        weight=np.concatenate([1.0 / size, OF_SPLIT / (share * size[at])]),
        small=small,
        move=move,
        price=price,
        within=within,
        purse=purse,
        wish=wish,
    )


def _paid_today(basis: Basis) -> np.ndarray:
    """What each class pays today, classes x lines and years, scaled."""
    number = {stream: n for n, held in enumerate(basis.classes.streams) for stream in held}
    rows, years = basis.today, len(basis.years)
    paid = np.zeros((len(basis.classes), len(basis.lines) * years))
    klass = rows["stream"].map(number).to_numpy()
    line = basis.today_line * years + rows["t"].to_numpy()
    np.add.at(paid, (klass, line), rows["amount"].to_numpy() / basis.scale.money)
    return paid


def _mean(amounts: np.ndarray) -> float:
    return float(amounts.mean()) if len(amounts) else 0.0


def least_change(draft: Draft, basis: Basis, values: np.ndarray) -> TieBreak:
    """The least sum of changes, by which decisions are settled."""
    years = len(basis.years)
    line, year = (m.ravel() for m in np.mgrid[: len(basis.lines), :years])
    index = {"line": line, "year": year}
    spent = spending_terms(draft, basis)
    row = basis.offers.line[spent.offer] * years + spent.year
    now = np.bincount(row, spent.value * values[spent.column], len(line))
    today = basis.lines.today.ravel()
    more = draft.add_columns("more", index)
    less = draft.add_columns("less", index)
    terms = (
        Terms()
        .add(row, spent.column, spent.value)
        .add(np.arange(len(line)), more.numbers, -1.0)
        .add(np.arange(len(line)), less.numbers, 1.0)
    )
    draft.add_rows("change", index, terms, "=", today)
    cost = np.zeros(draft.width)
    cost[more.numbers] = cost[less.numbers] = 1.0
    rises = now >= today
    return TieBreak(
        "least change against today",
        cost,
        np.concatenate([rises, ~rises]),
        np.zeros(len(line), bool),
    )


def stable_weights(draft: Draft, basis: Basis, width: int) -> TieBreak:
    """One set of decisions remains, whatever units the programme is written in.

    Parameters
    ----------
    width : int
        Number of variables of the programme proper; variables of earlier
        stages follow from them and get no weight.
    """
    cost = np.zeros(draft.width)
    cost[:width] = 1.0 + _scattered(width)
    # Weights are for £ million and thousand units, so that pounds give the same plan.
    usual, scale = UnitScale(), basis.scale
    for names, share in (
        (_OF_MONEY, scale.money / usual.money),
        (_OF_UNITS, scale.units / usual.units),
    ):
        for name in names & set(draft.columns):
            cost[draft.columns[name].numbers] *= share
    nothing = np.zeros(0, bool)
    return TieBreak("stable weights", cost, nothing, nothing)


def _scattered(count: int) -> np.ndarray:
    """Numbers between 0 and 1, one a rank, with no pattern that could cancel in a sum.

    Ranks themselves would not do: moving money round a square of two streams and
    two services changes their sum by nothing. (splitmix64: Steele, Lea and Flood,
    Fast splittable pseudorandom number generators, 2014.)
    """
    mixed = (np.arange(count, dtype=np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return (mixed >> np.uint64(11)).astype(float) / float(1 << 53)
