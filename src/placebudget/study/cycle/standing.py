"""The plan that stands: what is to be commissioned, and who pays for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from placebudget.plan import Plan
from placebudget.programme import Basis, Programme


@dataclass(frozen=True)
class Standing:
    """A plan as arrays, in the units of a programme (£ million, thousand units).

    Parameters
    ----------
    units, started : ndarray
        Offers x years: units bought, and set-ups paid.
    paid : ndarray
        Agencies x lines x years: money for each line.
    spare : ndarray
        Agencies x years: money that buys nothing.
    carried : ndarray
        Classes x years: money carried into the next year.
    """

    units: np.ndarray
    started: np.ndarray
    paid: np.ndarray
    spare: np.ndarray
    carried: np.ndarray


def standing_of(plan: Plan, basis: Basis) -> Standing:
    """What a plan commissions; ``basis`` is that of its place and pooling."""
    year = {name: t for t, name in enumerate(basis.years)}
    agency = {name: a for a, name in enumerate(basis.agencies)}
    klass = {name: c for c, names in enumerate(basis.classes.streams) for name in names}
    offer = {name: o for o, name in enumerate(basis.offers.name)}
    held_by = dict(
        zip(plan.labels["streams"]["stream"], plan.labels["streams"]["agency"], strict=True)
    )
    shape = (len(offer), len(year))
    units, started = np.zeros(shape), np.zeros(shape)
    bought = plan.tables["units"]
    at = (_codes(bought["offer"], offer), _codes(bought["year"], year))
    units[at] = bought["units"].to_numpy(float) / basis.scale.units
    started[at] = bought["started"].to_numpy(float)
    paid = np.zeros((len(agency), len(basis.lines), len(year)))
    money, number = plan.tables["money"], basis.lines.position()
    line = [number[key] for key in zip(money["service"], money["area"], strict=True)]
    who = _codes(money["stream"].map(held_by), agency)
    np.add.at(paid, (who, line, _codes(money["year"], year)), money["amount"].to_numpy(float))
    spare = np.zeros((len(agency), len(year)))
    left = plan.unspent(["agency", "year"])
    np.add.at(spare, (_codes(left["agency"], agency), _codes(left["year"], year)), left["amount"])
    carried = np.zeros((len(basis.classes), len(year)))
    kept = plan.tables["balances"]
    np.add.at(
        carried, (_codes(kept["stream"], klass), _codes(kept["year"], year)), kept["carried_out"]
    )
    pounds = basis.scale.money
    return Standing(units, started, paid / pounds, spare / pounds, carried / pounds)


def standing_from(programme: Programme, values: np.ndarray) -> Standing:
    """What a solution of the programme commissions.

    Where all money is freed and agencies share a class, they pay for what it buys by
    their funding of the year.
    """
    basis = programme.basis
    shape = (len(basis.offers), len(basis.years))
    units = np.maximum(programme.take("units", values), 0.0).reshape(shape)
    started = np.zeros(shape)
    if "start" in programme.columns:
        start = programme.columns["start"]
        started[start.index["offer"], start.index["year"]] = np.round(
            programme.take("start", values)
        )
    weights = class_weights(basis)
    money = programme.columns["money"]
    spent = np.zeros((len(basis.classes), len(basis.lines), len(basis.years)))
    amounts = np.maximum(programme.take("money", values), 0.0)
    np.add.at(spent, (money.index["class"], money.index["line"], money.index["year"]), amounts)
    paid = np.einsum("cat,clt->alt", weights, spent)
    left = np.zeros((len(basis.classes), len(basis.years)))
    for name in ("idle", "unspent"):
        block = programme.columns[name]
        amounts = np.maximum(programme.take(name, values), 0.0)
        np.add.at(left, (block.index["class"], block.index["year"]), amounts)
    carried = np.zeros_like(left)
    block = programme.columns["carry"]
    np.add.at(
        carried,
        (block.index["class"], block.index["year"]),
        np.maximum(programme.take("carry", values), 0.0),
    )
    return Standing(units, started, paid, np.einsum("cat,ct->at", weights, left), carried)


def class_weights(basis: Basis) -> np.ndarray:
    """Classes x agencies x years: whose money a class is, by its funding."""
    funding = basis.place.filled("funding")
    agency = {name: a for a, name in enumerate(basis.agencies)}
    year = {name: t for t, name in enumerate(basis.years)}
    holder = dict(zip(basis.place.streams["stream"], basis.place.streams["agency"], strict=True))
    klass = {name: c for c, names in enumerate(basis.classes.streams) for name in names}
    weights = np.zeros((len(basis.classes), len(agency), len(year)))
    rows = funding[funding["year"].isin(year) & funding["stream"].isin(klass)]
    at = (
        _codes(rows["stream"], klass),
        _codes(rows["stream"].map(holder), agency),
        _codes(rows["year"], year),
    )
    np.add.at(weights, at, rows["amount"].to_numpy(float))
    total = weights.sum(axis=1, keepdims=True)
    # Without funding in a year what a class spends was carried: it is whose it was.
    ever = weights.sum(axis=2, keepdims=True)
    first = np.divide(ever, ever.sum(axis=1, keepdims=True), out=np.zeros_like(ever),
                      where=ever.sum(axis=1, keepdims=True) > 0)  # fmt: skip
    return np.where(total > 0, np.divide(weights, total, out=np.zeros_like(weights),
                                         where=total > 0), first)  # fmt: skip


def _codes(values: pd.Series, number: dict[str, int]) -> Sequence[int]:
    return [number[value] for value in values]
