"""What pools pay today for another agency's services stays, where the pool is closed.

(1 - management_cost[p]) x contribute[c, p, t] = sum(today[c, p, a, u, t] over a and u)
sum(money[c, p, l, t] over lines l of agency a for purpose u) <= today[c, p, a, u, t]
sum(money[c, p, l, t] over all other lines) <= 0                 in a flexible programme

today is what the pool pays today from class c for purpose u of agency a, carried on. So the
money is the commissioner's, for that purpose. A flexible programme, in which pools can be
opened and closed, has these constraints for every pool and holds to those of the closed.
"""

from __future__ import annotations

import numpy as np

from placebudget.programme.basis import Basis
from placebudget.programme.linear import Draft, Terms, keys_of
from placebudget.programme.variables import paid_today

PAID_IN, PAID_FOR, PAID_ELSEWHERE = "pooled_today", "pooled_today_for", "pooled_elsewhere"
FAMILIES = (PAID_IN, PAID_FOR, PAID_ELSEWHERE)


def pooled_today(draft: Draft, basis: Basis) -> None:
    """Add the blocks."""
    rows = basis.pooled_today
    if not len(rows):
        return
    route = {name: r for r, name in enumerate(basis.routes)}
    klass = {name: c for c, names in enumerate(basis.classes.streams) for name in names}
    agency = {name: a for a, name in enumerate(basis.agencies)}
    purpose = {name: u for u, name in enumerate(draft.names["purpose"])}
    keys = np.array(
        [
            rows["stream"].map(klass),
            rows["pool"].map(route),
            rows["agency"].map(agency),
            rows["purpose"].map(purpose),
            rows["t"],
        ],
        np.int64,
    ).T
    amount = rows["amount"].to_numpy(float) / basis.scale.money
    each, of_each = np.unique(keys, axis=0, return_inverse=True)
    whole, of_whole = np.unique(keys[:, [0, 1, 4]], axis=0, return_inverse=True)
    _paid_in(draft, basis, whole, np.bincount(of_whole.ravel(), amount, len(whole)))
    _paid_for(draft, basis, each, np.bincount(of_each.ravel(), amount, len(each)))
    if basis.pooling.flexible:
        _paid_elsewhere(draft, basis, whole)


def _paid_in(draft: Draft, basis: Basis, whole: np.ndarray, amount: np.ndarray) -> None:
    block = draft.columns["contribute"]
    number = {
        key: n
        for n, key in zip(
            block.numbers, keys_of(block.index, "class", "route", "year"), strict=True
        )
    }
    columns = np.array([number[tuple(key)] for key in whole.tolist()], np.int64)
    net = 1.0 - basis.management_cost[whole[:, 1]]
    index = dict(zip(("class", "route", "year"), whole.T, strict=True))
    draft.add_rows(PAID_IN, index, Terms().add(np.arange(len(whole)), columns, net), "=", amount)


def _paid_for(draft: Draft, basis: Basis, each: np.ndarray, amount: np.ndarray) -> None:
    money, lines = draft.columns["money"], basis.lines
    agencies, purposes = basis.agencies, draft.names["purpose"]
    terms = Terms()
    for n, (c, r, a, u, t) in enumerate(each.tolist()):
        mine = (lines.commissioner == agencies[a]) & (lines.purpose == purposes[u])
        hit = (money.index["class"] == c) & (money.index["route"] == r)
        hit &= (money.index["year"] == t) & mine[money.index["line"]]
        terms.add(np.full(hit.sum(), n), money.numbers[hit], 1.0)
    index = dict(zip(("class", "route", "agency", "purpose", "year"), each.T, strict=True))
    draft.add_rows(PAID_FOR, index, terms, "<=", amount)


def _paid_elsewhere(draft: Draft, basis: Basis, whole: np.ndarray) -> None:
    money, terms = draft.columns["money"], Terms()
    for n, (c, r, t) in enumerate(whole.tolist()):
        other = ~paid_today(basis, c, basis.routes[r])
        hit = (money.index["class"] == c) & (money.index["route"] == r)
        hit &= (money.index["year"] == t) & other[money.index["line"]]
        terms.add(np.full(hit.sum(), n), money.numbers[hit], 1.0)
    index = dict(zip(("class", "route", "year"), whole.T, strict=True))
    draft.add_rows(PAID_ELSEWHERE, index, terms, "<=", 0.0)
