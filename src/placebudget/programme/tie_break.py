"""The tie-break: among plans that are equally good, the one nearest to today.

Each stage is solved on the optimal face of the one before:

1. the least sum of absolute changes against today by line and year:
   spent[l, t] - more[l, t] + less[l, t] = today[l, t]; least sum(more + less)
2. the smallest largest relative change:
   more[l, t] + less[l, t] <= largest x today[l, t] where today is at least £1;
   least largest
3. the split over classes nearest to proportional:
   sum over r of money[c, r, l, t] - share[c, t] x spent[l, t] <= over[c, l, t];
   least sum(over), where share is the class's part of the funding of all classes
   that can pay for l in t. What some pay too much others pay too little, so one
   side measures the distance.
4. stable weights from sorted keys: every variable has a weight of its own, made
   from its rank among the sorted keys, so that one plan remains.

Each stage says where its new variables start from the plan it is given, so that
the solver goes on from there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from placebudget.programme.basis import Basis
from placebudget.programme.linear import Draft, Terms
from placebudget.programme.lines import UnitScale
from placebudget.programme.terms import spending_terms

LEAST_TODAY = 1.0
"""Pounds of today's money on a line and year from which a change of it has a size in per cent."""

_OF_MONEY = {"money", "contribute", "unspent", "idle", "carry"}
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


def least_change(draft: Draft, basis: Basis, values: np.ndarray) -> TieBreak:
    """Stage 1: stay near today."""
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


def least_relative_change(draft: Draft, basis: Basis, values: np.ndarray) -> TieBreak:
    """Stage 2: spread the change."""
    today = basis.lines.today.ravel()
    # Against pennies any change is endless, and the coefficient too small for a solver.
    known = np.flatnonzero(today * basis.scale.money >= LEAST_TODAY)
    more, less = draft.columns["more"], draft.columns["less"]
    index = {name: codes[known] for name, codes in more.index.items()}
    largest = draft.add_columns("largest", {"year": np.array([0])})
    rows = np.arange(len(known))
    terms = (
        Terms()
        .add(rows, more.numbers[known], 1.0)
        .add(rows, less.numbers[known], 1.0)
        .add(rows, np.full(len(known), largest.first), -today[known])
    )
    draft.add_rows("relative_change", index, terms, "<=", 0.0)
    cost = np.zeros(draft.width)
    cost[largest.numbers] = 1.0
    moved = (values[more.numbers[known]] + values[less.numbers[known]]) / today[known]
    basic_rows = np.ones(len(known), bool)
    basic_largest = np.zeros(1, bool)
    if len(known) and moved.max() > 0:
        basic_rows[moved.argmax()] = False
        basic_largest[:] = True
    return TieBreak("smallest largest relative change", cost, basic_largest, basic_rows)


def nearest_split(draft: Draft, basis: Basis, values: np.ndarray) -> TieBreak:
    """Stage 3: each class pays its share where it can."""
    years, count = len(basis.years), len(basis.lines)
    money = draft.columns["money"]
    cell = (money.index["class"] * count + money.index["line"]) * years + money.index["year"]
    open_ = money.upper > 0
    keys, row = np.unique(cell[open_], return_inverse=True)
    klass, line, year = keys // (count * years), keys // years % count, keys % years
    at = line * years + year
    weight = basis.classes.funding[klass, year]
    whole = np.bincount(at, weight, count * years)[at]
    several = np.bincount(at, minlength=count * years)[at] > 1
    share = np.divide(weight, whole, out=np.zeros(len(keys)), where=whole > 0)
    kept = np.flatnonzero(several)
    new_row = np.full(len(keys), -1, np.int64)
    new_row[kept] = np.arange(len(kept))
    klass, line, year, at, share = (a[kept] for a in (klass, line, year, at, share))
    index = {"class": klass, "line": line, "year": year}
    more, less = draft.columns["more"], draft.columns["less"]
    over = draft.add_columns("over", index)
    rows = np.arange(len(kept))
    paying = new_row[row] >= 0
    terms = (
        Terms()
        .add(new_row[row][paying], money.numbers[open_][paying], 1.0)
        .add(rows, more.numbers[at], -share)
        .add(rows, less.numbers[at], share)
        .add(rows, over.numbers, -1.0)
    )
    right = share * basis.lines.today.ravel()[at]
    draft.add_rows("split", index, terms, "<=", right)
    cost = np.zeros(draft.width)
    cost[over.numbers] = 1.0
    paid = np.bincount(new_row[row][paying], values[money.numbers[open_][paying]], len(kept))
    change = values[more.numbers[at]] - values[less.numbers[at]]
    above = paid - share * change > right
    return TieBreak("split over classes nearest to proportional", cost, above, ~above)


def stable_weights(draft: Draft, basis: Basis, width: int) -> TieBreak:
    """Stage 4: one plan remains, whatever units the programme is written in.

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
