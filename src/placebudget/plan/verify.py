"""Check a plan outside the solver: money, delivery, rules, and the objective itself.

Everything is worked out again from the plan's own tables and the place, by the
way of the simulation; nothing is read from the solver's rows.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from placebudget.errors import SolverFailed
from placebudget.plan.evidence import Evidence
from placebudget.plan.verify_money import (
    check_balances,
    check_conditions,
    check_contributions,
)
from placebudget.plan.verify_rules import check_rules
from placebudget.programme import Basis
from placebudget.words import pence


def verify(
    basis: Basis,
    evidence: Evidence,
    objectives: Mapping[str, float],
    recomputed: Mapping[str, float],
    digits: float = 1e-9,
) -> None:
    """Raise unless the plan stands up to every check.

    Parameters
    ----------
    objectives, recomputed : mapping of str to float
        Value of each objective as the solver had it, and by the simulation.
    digits : float
        Relative accuracy of the solver's figures.

    Raises
    ------
    SolverFailed
        With everything that does not hold.
    """
    problems = [
        *check_balances(evidence.money),
        *check_contributions(basis, evidence.money, digits),
        *check_conditions(basis, evidence.money.flows),
        *check_delivery(basis, evidence, digits),
        *check_rules(basis, evidence, digits),
    ]
    for name, value in objectives.items():
        close = max(1.0, 1e-3 * abs(value)) * 1e-6 + 1e3 * digits * max(1.0, abs(value))
        if not np.isclose(recomputed[name], value, rtol=1e-7 + 1e3 * digits, atol=close):
            problems.append(
                f"the objective {name} is {value:,.6f} by the solver and {recomputed[name]:,.6f} "
                "by the simulation"
            )
    if problems:
        raise SolverFailed(
            "the plan does not stand up to checking and is not given out:\n- "
            + "\n- ".join(problems[:20])
        )


def tolerance(amount: np.ndarray | float, digits: float) -> np.ndarray | float:
    """Pounds by which a sum may miss: rounding to pennies, and the solver's digits."""
    return 1.0 + 1e3 * digits * np.abs(amount)


def check_delivery(basis: Basis, evidence: Evidence, digits: float) -> list[str]:
    """Money buys the units; units keep capacity, need, first years and lots."""
    offers, lines, years = basis.offers, basis.lines, basis.years
    problems: list[str] = []
    units = evidence.units / basis.scale.units
    cost = units * offers.unit_cost + evidence.started * offers.set_up_cost
    bought = np.zeros((len(lines), len(years)))
    np.add.at(bought, offers.line, cost * basis.scale.money)
    paid = line_money(basis, evidence.money.flows)
    wrong = np.abs(bought - paid) > tolerance(paid, digits)
    for line, t in zip(*np.nonzero(wrong), strict=True):
        problems.append(
            f"{lines.service[line]} in {lines.area[line]}, {years[t]}: "
            f"{pence(paid[line, t])} is paid for units that cost {pence(bought[line, t])}"
        )
    slack = 1e-6 * np.maximum(1.0, units) + 1e3 * digits * units
    closed = np.arange(len(years))[None, :] < offers.first_year[:, None]
    running = units > slack
    checks = {
        "more than its capacity": units > offers.capacity[:, None] + slack,
        "before its first year": running & closed,
        "less than its smallest lot": running & (units < offers.smallest_lot[:, None] - slack),
    }
    lumpy = np.zeros(len(offers), bool)
    lumpy[offers.lumpy] = True
    begun = np.cumsum(evidence.started, axis=1) > 0
    fresh = lumpy & ~offers.in_use
    checks["without having started"] = running & fresh[:, None] & ~begun
    for what, hit in checks.items():
        for o, t in zip(*np.nonzero(hit), strict=True):
            problems.append(f"{offers.name[o]} delivers {what} in {years[t]}")
    need = np.zeros((len(lines), len(years)))
    np.add.at(need, basis.steps.line, basis.steps.width)
    delivered = np.zeros((len(lines), len(years)))
    np.add.at(delivered, offers.line, units)
    over = delivered > need + 1e-6 * np.maximum(1.0, delivered) + 1e3 * digits * delivered
    for line, t in zip(*np.nonzero(over), strict=True):
        problems.append(
            f"{lines.service[line]} in {lines.area[line]}, {years[t]}: more units than needed"
        )
    return problems


def line_money(basis: Basis, flows: pd.DataFrame) -> np.ndarray:
    """Money spent by line and year, in pounds."""
    number = basis.lines.position()
    year = {name: t for t, name in enumerate(basis.years)}
    spent = np.zeros((len(basis.lines), len(basis.years)))
    at = (
        [number[key] for key in zip(flows["service"], flows["area"], strict=True)],
        [year[name] for name in flows["year"]],
    )
    np.add.at(spent, at, flows["amount"].to_numpy(float))
    return spent
