"""Where the money of a class goes, and that in a pool."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from placebudget.programme.basis import Basis
from placebudget.programme.blocks.lots import most_units
from placebudget.programme.linear import Draft, Terms, keys_of
from placebudget.programme.money import Target, borrowed
from placebudget.programme.terms import OutcomeTerms, outcome_terms, produced_terms
from placebudget.programme.variables import paid_today


def class_balance(draft: Draft, basis: Basis) -> None:
    """Where the money of a class goes.

    sum(money[c, direct, l, t]) + sum(contribute[c, p, t]) + carry[c, t] + idle[c, t]
        = funding[c, t] + carry[c, t-1]                               for each c, t

    To funding comes what rewards of targets bring, see :func:`targets`, and what loans bring and
    take, see :func:`loan_columns`.

    Where agencies may share money, what a class shares is one more use of it, and what
    all classes of a kind share stands in place of funding of shared money of that kind.

    For a class of savings reinvested, the delivered share of its agency's cashable
    savings of the year before, in cash, stands in place of funding.
    """
    years = len(basis.years)
    columns = draft.columns
    klass, year = (m.ravel() for m in np.mgrid[: len(basis.classes), :years])
    terms = Terms()
    money = columns["money"]
    direct = money.index["route"] == 0
    terms.add(_row(money, years)[direct], money.numbers[direct], 1.0)
    for name in ("contribute", "carry", "idle"):
        block = columns[name]
        terms.add(_row(block, years), block.numbers, 1.0)
    carry = columns["carry"]
    terms.add(_row(carry, years) + 1, carry.numbers, -1.0)
    _reinvested(draft, basis, terms)
    _rewarded(draft, basis, terms)
    _borrowed(draft, basis, terms)
    _shared(draft, basis, terms)
    draft.add_rows(
        "class_balance",
        {"class": klass, "year": year},
        terms,
        "=",
        basis.classes.funding.ravel(),
    )


def _row(block, years: int) -> np.ndarray:  # type: ignore[no-untyped-def]
    return block.index["class"] * years + block.index["year"]


def _shared(draft: Draft, basis: Basis, terms: Terms) -> None:
    classes, years = basis.classes, len(basis.years)
    share = draft.columns.get("share")
    if share is None:
        return
    terms.add(_row(share, years), share.numbers, 1.0)
    for c in np.flatnonzero(classes.shared):
        into = classes.capital[share.index["class"]] == classes.capital[c]
        terms.add(c * years + share.index["year"][into], share.numbers[into], -1.0)


def _reinvested(draft: Draft, basis: Basis, terms: Terms) -> None:
    years = len(basis.years)
    if not basis.classes.reinvested.any():
        return
    counted = outcome_terms(draft, basis)
    number = {agency: n for n, agency in enumerate(basis.agencies)}
    in_time = counted.year < years - 1
    for c in np.flatnonzero(basis.classes.reinvested):
        cash = basis.outcomes.agency_cashable[:, number[basis.classes.agency[c]]]
        value = (
            -basis.reinvest
            * cash[counted.outcome[in_time]]
            * basis.general[counted.year[in_time]]
            * counted.value[in_time]
        )
        row = c * years + counted.year[in_time] + 1
        terms.add(row, counted.column[in_time], value)


TARGETS = TARGET_REACHED, TARGET_THRESHOLD, TARGET_MET, OWED_MET, OWED_SHARE, OWED_WHOLE = (
    "target_reached",
    "target_threshold",
    "target_met",
    "owed_met",
    "owed_share",
    "owed_whole",
)
"""Families of constraints that targets stand in."""


def target_columns(draft: Draft, basis: Basis) -> None:
    """reward[j], the share of its reward that target j pays; met[j], 0 or 1."""
    if basis.targets:
        index, one = {"target": np.arange(len(basis.targets))}, np.ones(len(basis.targets))
        draft.add_columns("reward", index, upper=one)
        draft.add_columns("met", index, upper=one, integer=True)
    if owed := _owed(basis):
        index = {"target": np.array(owed)}
        draft.add_columns("whole", index, upper=np.ones(len(owed)), integer=True)


def _owed(basis: Basis) -> list[int]:
    return [n for n, target in enumerate(basis.targets) if target.owed]


def targets(draft: Draft, basis: Basis) -> None:
    """What a target pays for what is counted of its outcome in its areas and year.

    With way[j] = stretch[j] - baseline[j],

    counted[j] >= baseline[j] x met[j] + way[j] x reward[j]
    reward[j] >= threshold[j] x met[j],   reward[j] <= met[j]

    A reward is wanted, so that these need no equality. A payment is not: where a stream of the
    place pays, with most[j] the most that could be counted,

    counted[j] <  baseline[j] + threshold[j] x way[j] + most[j] x met[j]
    counted[j] <= baseline[j] + way[j] x reward[j]
                  + threshold[j] x way[j] x (1 - met[j]) + most[j] x whole[j]
    reward[j] >= whole[j]

    so that reward is 0, the share of the way, or 1. Of money[j, c, t], what the whole of it
    brings a class in a year, reward[j] x money[j, c, t] stands beside funding in the balance.
    """
    if not basis.targets:
        return
    reward, met, each = draft.columns["reward"], draft.columns["met"], basis.targets
    counted, row = outcome_terms(draft, basis), np.arange(len(each))
    way = np.array([target.stretch - target.baseline for target in each])
    reached = Terms().add(row, reward.numbers, -way)
    reached.add(row, met.numbers, -np.array([target.baseline for target in each]))
    for n, target in enumerate(each):
        hit = _counts(counted, target)
        reached.add(np.full(hit.sum(), n), counted.column[hit], counted.value[hit])
    draft.add_rows(TARGET_REACHED, reward.index, reached, ">=", 0.0)
    least = np.array([target.threshold for target in each])
    over = Terms().add(row, reward.numbers, 1.0).add(row, met.numbers, -least)
    draft.add_rows(TARGET_THRESHOLD, reward.index, over, ">=", 0.0)
    under = Terms().add(row, reward.numbers, 1.0).add(row, met.numbers, -1.0)
    draft.add_rows(TARGET_MET, reward.index, under, "<=", 0.0)
    if owed := _owed(basis):
        _owe(draft, basis, np.array(owed))


_LESS = 1e-6
"""What is short of a threshold by so small a part of the way has not reached it."""


def _owe(draft: Draft, basis: Basis, owed: np.ndarray) -> None:
    """What has to be paid is paid."""
    each = [basis.targets[n] for n in owed]
    reward, met, whole = (draft.columns[name] for name in ("reward", "met", "whole"))
    way = np.array([target.stretch - target.baseline for target in each])
    base = np.array([target.baseline for target in each])
    least = np.array([target.threshold for target in each]) * way
    most = _most_counted(draft, basis, each)
    row, index = np.arange(len(owed)), {"target": owed}
    counted = outcome_terms(draft, basis)

    def made() -> Terms:
        terms = Terms()
        for n, target in enumerate(each):
            hit = _counts(counted, target)
            terms.add(np.full(hit.sum(), n), counted.column[hit], counted.value[hit])
        return terms

    no_less = base + least - _LESS * way
    over = made().add(row, met.numbers[owed], -np.maximum(most - no_less, 0.0))
    draft.add_rows(OWED_MET, index, over, "<=", no_less)
    paid = made().add(row, reward.numbers[owed], -way).add(row, met.numbers[owed], least)
    paid.add(row, whole.numbers, -np.maximum(most - base - way, 0.0))
    draft.add_rows(OWED_SHARE, index, paid, "<=", base + least)
    all_of_it = Terms().add(row, reward.numbers[owed], 1.0).add(row, whole.numbers, -1.0)
    draft.add_rows(OWED_WHOLE, index, all_of_it, ">=", 0.0)


def _counts(counted: OutcomeTerms, target: Target) -> np.ndarray:
    hit = (counted.outcome == target.outcome) & (counted.year == target.year)
    return np.asarray(hit & np.isin(counted.area, target.areas))


def _most_counted(draft: Draft, basis: Basis, each: Sequence[Target]) -> np.ndarray:
    """The most that could be counted of each: of what all units that can be bought make."""
    made = produced_terms(draft, basis)
    line_year = np.zeros((len(basis.lines), len(basis.years)))
    np.add.at(line_year, basis.offers.line, most_units(basis))
    steps = draft.columns["step_units"]
    units = np.minimum(steps.upper, line_year[steps.index["line"], steps.index["year"]])
    return np.array(
        [
            float(made.value[hit] @ units[made.column[hit] - steps.first])
            for hit in (_counts(made, target) for target in each)
        ]
    )


def _rewarded(draft: Draft, basis: Basis, terms: Terms) -> None:
    years = len(basis.years)
    klass = {name: c for c, names in enumerate(basis.classes.streams) for name in names}
    for n, target in enumerate(basis.targets):
        for stream, pounds in target.paid.items():
            for t in np.flatnonzero(pounds):
                at = np.array([klass[stream] * years + t])
                column = draft.columns["reward"].numbers[n : n + 1]
                terms.add(at, column, -pounds[t] / basis.scale.money)


def loan_columns(draft: Draft, basis: Basis) -> None:
    """borrow[n], what is borrowed of loan n.

    borrow[n] between 0 and most[n] stands beside funding in class balances: all of it in the
    class of its stream, in the first year of the loan; in the class of the stream that bears it

    - borne[n, t] x borrow[n]

    in each year t after the first. Of what is owed after the last year of money objectives in
    pounds take off debt[n] x borrow[n]: what is not provided for yet, pound for pound or more,
    real and discounted as of that year. Net public value, which counts what is bought with it as
    it is spent, takes off interest in the years of money instead.
    """
    if basis.loans:
        most = np.array([loan.most for loan in basis.loans]) / basis.scale.money
        draft.add_columns("borrow", {"loan": np.arange(len(most))}, upper=most)


def _borrowed(draft: Draft, basis: Basis, terms: Terms) -> None:
    years = len(basis.years)
    klass = {name: c for c, names in enumerate(basis.classes.streams) for name in names}
    for n, loan in enumerate(basis.loans):
        column = draft.columns["borrow"].numbers[n : n + 1]
        for stream, pounds in borrowed([(loan, 1.0)]).items():
            for t in np.flatnonzero(pounds):
                terms.add(np.array([klass[stream] * years + t]), column, -pounds[t])


def borrower(basis: Basis, of_class: np.ndarray) -> np.ndarray:
    """By loan: whose it is, from whose each class is."""
    klass = {name: c for c, names in enumerate(basis.classes.streams) for name in names}
    return np.array([of_class[klass[loan.borne_by]] for loan in basis.loans], np.int64)


def pool_balance(draft: Draft, basis: Basis) -> None:
    """Where the money in a pool goes.

    contribute[c, p, t] = sum(money[c, p, l, t]) + management_cost[p] x contribute[c, p, t]
                          + unspent[c, p, t]                          for each c, p, t
    """
    contribute, unspent = draft.columns["contribute"], draft.columns["unspent"]
    if not len(contribute):
        return
    money = draft.columns["money"]
    years, routes = len(basis.years), len(basis.routes)

    def key(block) -> np.ndarray:  # type: ignore[no-untyped-def]
        index = block.index
        return (index["class"] * routes + index["route"]) * years + index["year"]

    row_of = np.full(len(basis.classes) * routes * years, -1, np.int64)
    row_of[key(contribute)] = np.arange(len(contribute))
    pooled = money.index["route"] > 0
    net = 1.0 - basis.management_cost[contribute.index["route"]]
    terms = (
        Terms()
        .add(row_of[key(contribute)], contribute.numbers, net)
        .add(row_of[key(unspent)], unspent.numbers, -1.0)
        .add(row_of[key(money)[pooled]], money.numbers[pooled], -1.0)
    )
    draft.add_rows("pool_balance", contribute.index, terms, "=", 0.0)


PAID_IN, PAID_FOR, PAID_ELSEWHERE = "pooled_today", "pooled_today_for", "pooled_elsewhere"
FAMILIES = (PAID_IN, PAID_FOR, PAID_ELSEWHERE)


def pooled_today(draft: Draft, basis: Basis) -> None:
    """What pools pay today for another agency's services stays, where the pool is closed.

    (1 - management_cost[p]) x contribute[c, p, t] = sum(today[c, p, a, u, t] over a and u)
    sum(money[c, p, l, t] over lines l of agency a for purpose u) <= today[c, p, a, u, t]
    sum(money[c, p, l, t] over all other lines) <= 0                 in a flexible programme

    today is what the pool pays today from class c for purpose u of agency a, carried on. So the
    money is the commissioner's, for that purpose. A flexible programme, in which pools can be
    opened and closed, has these constraints for every pool and holds to those of the closed.
    """
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
