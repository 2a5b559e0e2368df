"""The sums that blocks, rules and objectives are written with: spending and outcomes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from placebudget.programme.basis import Basis
from placebudget.programme.linear import Draft


@dataclass(frozen=True)
class Spending:
    """Money spent, term by term: value x column is spent on an offer in a year."""

    column: np.ndarray
    offer: np.ndarray
    year: np.ndarray
    value: np.ndarray


@dataclass(frozen=True)
class OutcomeTerms:
    """Outcome made, term by term: value x column, in an area in an appraisal year."""

    column: np.ndarray
    outcome: np.ndarray
    area: np.ndarray
    year: np.ndarray
    value: np.ndarray


def spending_terms(draft: Draft, basis: Basis) -> Spending:
    """Unit costs and set-up costs of every offer and year."""
    units, offers = draft.columns["units"], basis.offers
    parts = [
        (
            units.numbers,
            units.index["offer"],
            units.index["year"],
            offers.unit_cost[units.index["offer"], units.index["year"]],
        )
    ]
    start = draft.columns.get("start")
    if start is not None:
        offer, year = start.index["offer"], start.index["year"]
        parts.append((start.numbers, offer, year, offers.set_up_cost[offer, year]))
    return Spending(*(np.concatenate(part) for part in zip(*parts, strict=True)))


def line_area(basis: Basis) -> np.ndarray:
    """Code of the area of each line."""
    code = {area: n for n, area in enumerate(basis.geography.areas)}
    return np.array([code[area] for area in basis.lines.area], np.int64)


def produced_terms(draft: Draft, basis: Basis, outcomes: np.ndarray | None = None) -> OutcomeTerms:
    """Outcomes produced by units in steps, before anything is counted.

    Parameters
    ----------
    outcomes : ndarray of int, optional
        Outcomes wanted; default all.
    """
    effects, steps, years = basis.effects, basis.steps, len(basis.years)
    first = draft.columns["step_units"].first
    made = basis.made
    if outcomes is not None:
        made = np.where(np.isin(effects.outcome, outcomes)[:, None, None], made, 0.0)
    effect, bought, year = np.nonzero(made)
    # Lines are sorted by service, so the steps of a service stand together.
    of_step = basis.lines.service[steps.line]
    begin, end = (np.searchsorted(of_step, effects.service, side) for side in ("left", "right"))
    count = (end - begin)[effect]
    step = np.arange(count.sum()) + np.repeat(begin[effect] - np.cumsum(count) + count, count)
    effect, bought, year = (np.repeat(part, count) for part in (effect, bought, year))
    return OutcomeTerms(
        column=first + step * years + bought,
        outcome=effects.outcome[effect],
        area=line_area(basis)[steps.line[step]],
        year=year,
        value=steps.effectiveness[step] * made[effect, bought, year],
    )


def outcome_terms(draft: Draft, basis: Basis) -> OutcomeTerms:
    """Outcomes that count: the counted variable where there is one, else what is produced."""
    free = np.setdiff1d(np.arange(len(basis.outcomes)), basis.limited)
    made = produced_terms(draft, basis, free)
    counted = draft.columns.get("counted")
    if counted is None:
        return made
    index = counted.index
    return OutcomeTerms(
        np.concatenate([made.column, counted.numbers]),
        np.concatenate([made.outcome, index["outcome"]]),
        np.concatenate([made.area, index["area"]]),
        np.concatenate([made.year, index["appraisal_year"]]),
        np.concatenate([made.value, np.ones(len(counted))]),
    )


def value_of_outcomes(draft: Draft, basis: Basis, worth: np.ndarray) -> np.ndarray:
    """Discounted value of every column, given the worth of a unit by outcome and year.

    Outcomes that nothing limits are valued on the units that make them, which
    keeps the programme small.
    """
    value = np.zeros(draft.width)
    effects, steps, years = basis.effects, basis.steps, len(basis.years)
    first = draft.columns["step_units"].first
    limited = set(basis.limited.tolist())
    of_service = basis.lines.service[steps.line]
    for n in range(len(effects)):
        y = int(effects.outcome[n])
        if y in limited or not worth[y].any():
            continue
        mine = np.flatnonzero(of_service == effects.service[n])
        gain = steps.effectiveness[mine][:, None] * (basis.made[n] @ worth[y])
        np.add.at(value, first + mine[:, None] * years + np.arange(years), gain)
    counted = draft.columns.get("counted")
    if counted is not None:
        index = counted.index
        value[counted.numbers] = worth[index["outcome"], index["appraisal_year"]]
    return value


def real_spending(draft: Draft, basis: Basis, classes: np.ndarray, gross: bool) -> np.ndarray:
    """Discounted real money spent, by column, of the classes picked.

    Parameters
    ----------
    classes : ndarray of bool
        Which classes count.
    gross : bool
        Whether the management cost of pools counts as well.
    """
    real = basis.discount[: len(basis.years)] / basis.general
    spent = np.zeros(draft.width)
    money = draft.columns["money"]
    spent[money.numbers] = real[money.index["year"]] * classes[money.index["class"]]
    if gross:
        paid = draft.columns["contribute"]
        share = basis.management_cost[paid.index["route"]]
        spent[paid.numbers] = share * real[paid.index["year"]] * classes[paid.index["class"]]
    return spent
