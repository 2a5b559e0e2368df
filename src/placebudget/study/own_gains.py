"""What of a gain falls to each partner by itself, before anything is handed on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from placebudget.errors import SolverFailed
from placebudget.place import Place
from placebudget.plan.deliver import outcome_table, savings_table
from placebudget.plan.evidence import Evidence, read_solution
from placebudget.programme import ALIGNED, FREED, Basis, read_pooling
from placebudget.solver import RunLimits, solve
from placebudget.study.coalition_game import CASHABLE, marks_of, programme_of
from placebudget.study.partners import Partners

_NEAR = 1e-6


@dataclass(frozen=True)
class OwnGains:
    """Gain of each partner between the best aligned and the best freed plan.

    Parameters
    ----------
    total : Series
        By partner, discounted, in the unit of the objective.
    by_year : DataFrame
        partner, year, amount: the same for cashable saving, in pounds of the
        price base, not discounted; without rows for other objectives.
    exchequer : float
        Cashable saving that goes to the Exchequer, beside the gain, in pounds,
        discounted.
    """

    total: pd.Series
    by_year: pd.DataFrame
    exchequer: float


def own_gains(
    place: Place, partners: Partners, objective: str, whole: float, limits: RunLimits
) -> OwnGains:
    """Solve the two plans and set their gains side by side.

    Parameters
    ----------
    whole : float
        Gain of all partners together, from the game; the two must agree.

    Raises
    ------
    SolverFailed
        If they do not.
    """
    marks = marks_of(place, objective, limits)
    found = []
    for mode in (ALIGNED, FREED):
        held = marks if mode == FREED else None
        programme = programme_of(place, read_pooling(place, mode), objective, held)
        solution = solve(programme, limits=limits)
        evidence = read_solution(programme, solution, marks)
        found.append(_shares(programme.basis, evidence, partners, objective))
    (before, early, kept), (after, late, given) = found
    total = after - before
    if abs(total.sum() - whole) > _NEAR * max(abs(float(before.sum())), abs(whole), 1.0):
        raise SolverFailed(
            f"the gains of the partners add up to {total.sum():.2f}, and the game to {whole:.2f}; "
            "please report the place"
        )
    years = (late - early).rename("amount").reset_index()
    return OwnGains(total, years, given - kept)


def _shares(
    basis: Basis, evidence: Evidence, partners: Partners, objective: str
) -> tuple[pd.Series, pd.Series, float]:
    """Value by partner, cashable saving by partner and year, and the Exchequer's saving."""
    outcomes = outcome_table(basis, evidence.made)
    savings = savings_table(basis, outcomes)
    everyone = sorted(partners.names)
    index = pd.MultiIndex.from_product([everyone, basis.appraisal], names=["partner", "year"])
    exchequer = savings["agency"].isin(basis.exchequer)
    lost = float(savings.loc[exchequer, "discounted_cashable"].sum())
    if objective in (CASHABLE, "fiscal saving"):
        if objective == CASHABLE:
            savings = savings[~exchequer]
        partner = savings["agency"].map(partners.of_agency).astype(object)
        measure = "discounted_cashable" if objective == CASHABLE else "discounted_fiscal"
        total = savings[measure].groupby(partner).sum()
    else:
        commissioner = _commissioners(basis, partners)
        partner = outcomes["service"].map(commissioner).astype(object)
        parts = (
            ["weighted"] if objective == "weighted outcomes" else ["fiscal", "economic", "social"]
        )
        total = outcomes[parts].sum(axis=1).groupby(partner).sum()
        if objective == "net public value":
            spent = _real_spending(basis, evidence, commissioner)
            total = total.reindex(everyone, fill_value=0.0) - spent.reindex(everyone, fill_value=0)
    by_year = pd.Series(0.0, index=index)
    if objective == CASHABLE:
        each = savings["cashable"].groupby([partner.rename("partner"), savings["year"]]).sum()
        by_year = by_year.add(each, fill_value=0.0)
    return total.reindex(everyone, fill_value=0.0), by_year, lost


def _commissioners(basis: Basis, partners: Partners) -> dict[str, str]:
    pairs = zip(basis.lines.service, basis.lines.commissioner, strict=True)
    return {str(service): partners.of_agency[agency] for service, agency in pairs}


def _real_spending(basis: Basis, evidence: Evidence, commissioner: dict[str, str]) -> pd.Series:
    factor = basis.discount[: len(basis.years)] / basis.general
    flows = evidence.money.flows
    real = flows["amount"] * flows["year"].map(dict(zip(basis.years, factor, strict=True)))
    return real.astype(np.float64).groupby(flows["service"].map(commissioner).astype(object)).sum()
