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


def capacity_columns(draft: Draft, basis: Basis) -> np.ndarray:
    """Offers x years: the variable that says what is paid for.

    Units bought, or where capacity can be given up only so fast all that is kept.
    """
    units, paid = draft.columns["units"], draft.columns.get("paid")
    number = units.numbers.reshape(len(basis.offers), len(basis.years))
    if paid is not None:
        soon = paid.index["appraisal_year"] < len(basis.years)
        at = paid.index["offer"][soon], paid.index["appraisal_year"][soon]
        number[at] = paid.numbers[soon]
    return number


def spending_terms(draft: Draft, basis: Basis) -> Spending:
    """Unit costs of every offer and year, to start and to end it, and the overhead of its level."""
    units, offers = draft.columns["units"], basis.offers
    parts = [
        (
            capacity_columns(draft, basis).ravel(),
            units.index["offer"],
            units.index["year"],
            offers.unit_cost[units.index["offer"], units.index["year"]],
        )
    ]
    for name, once in (("start", offers.set_up_cost), ("leave", offers.leaving_cost)):
        block = draft.columns.get(name)
        if block is not None:
            offer, year = block.index["offer"], block.index["year"]
            parts.append((block.numbers, offer, year, once[offer, year]))
    level = draft.columns.get("level")
    if level is not None:
        offer, year = (m.ravel() for m in np.mgrid[: len(offers), : offers.overhead.shape[1]])
        mine = offers.overhead[offer, year] > 0
        offer, year = offer[mine], year[mine]
        parts.append((level.first + offers.level[offer], offer, year, offers.overhead[offer, year]))
    return Spending(*(np.concatenate(part) for part in zip(*parts, strict=True)))


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
        area=basis.area_of[steps.line[step]],
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


def cost_of_debt(draft: Draft, basis: Basis, *, net: bool) -> np.ndarray:
    """What a pound borrowed takes off an objective in pounds, by column.

    Parameters
    ----------
    net : bool
        Whether what is spent is taken off already, so that interest alone is.
    """
    cost = np.zeros(draft.width)
    if basis.loans:
        worth = basis.interest_worth if net else basis.debt_worth
        cost[draft.columns["borrow"].numbers] = worth
    return cost


def avoided_saving(
    draft: Draft,
    basis: Basis,
    *,
    cashable: bool = False,
    first: int = 0,
    lines: np.ndarray | None = None,
) -> tuple[np.ndarray, float]:
    """What avoiding need saves in services led by need: discounted and real, by column.

    In years of money the cost of the need avoided, or its cashable part, the money released:
    what meeting all need would cost, less what is left unmet and the capacity paid for. After
    them it is the money released. What earlier purchases avoid is not in it.

    Parameters
    ----------
    cashable : bool
        Whether only money released counts.
    first : int
        The first appraisal year that counts.
    lines : ndarray of bool, optional
        Lines that count, or lines x appraisal years; default all.

    Returns
    -------
    each : ndarray
        By column.
    constant : float
        What comes on top whatever is bought.
    """
    need, years, worth = basis.need, len(basis.years), basis.cost_avoided
    each = np.zeros(draft.width)
    counts = np.repeat(need.lasting[:, None], len(basis.appraisal), axis=1)
    if lines is not None:
        counts &= lines.reshape(len(counts), -1)
    if not counts.any():
        return each, 0.0
    # Years in which the money released is what counts, not the need avoided.
    released = np.arange(len(basis.appraisal)) >= (first if cashable else max(first, years))
    at_all = np.arange(len(basis.appraisal)) >= first
    whole = np.where(released, basis.needed, 0.0) - np.where(at_all, basis.brought, 0.0)
    constant = float((worth[counts] * whole[counts]).sum())
    avoided, paid = draft.columns["avoided"], draft.columns.get("paid")
    line, year = avoided.index["line"], avoided.index["appraisal_year"]
    mine = counts[line, year] & at_all[year] & ~released[year]
    each[avoided.numbers[mine]] = worth[line[mine], year[mine]]
    offer, year = (m.ravel() for m in np.mgrid[: len(basis.offers), :years])
    column = capacity_columns(draft, basis).ravel()
    if paid is not None:
        late = paid.index["appraisal_year"] >= years
        offer = np.append(offer, paid.index["offer"][late])
        year = np.append(year, paid.index["appraisal_year"][late])
        column = np.append(column, paid.numbers[late])
    line = basis.offers.line[offer]
    mine = counts[line, year] & released[year]
    each[column[mine]] = -worth[line[mine], year[mine]]
    unmet = draft.columns.get("unmet")
    if unmet is not None:
        line, year = unmet.index["line"], unmet.index["year"]
        mine = counts[line, year] & released[year]
        each[unmet.numbers[mine]] = -worth[line[mine], year[mine]]
    return each, constant
