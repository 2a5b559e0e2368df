"""Check that a plan keeps the rules of its place, each worked out from its tables."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from placebudget.plan.need import avoided_savings
from placebudget.programme import Basis, Benchmark
from placebudget.programme.rules import Figures, compared
from placebudget.words import number, pence

if TYPE_CHECKING:
    from placebudget.plan.evidence import Evidence


def check_rules(
    basis: Basis, evidence: Evidence, digits: float, broken: Collection[str] = ()
) -> list[str]:
    """Sentences on every rule that is not kept, but for those that need not be."""
    problems = []
    for held in compared(figures_of(basis, evidence)):
        if held.rule.name in broken:
            continue
        slack = 1e-6 * abs(held.has) + 1e3 * digits * abs(held.has)
        slack += 1.0 if held.unit == "£" else 1e-6
        if held.has < held.least - slack or held.has > held.most + slack:
            low, has = held.has < held.least, _said(held.has, held.unit)
            limit = _said(held.least if low else held.most, held.unit)
            problems.append(
                f"the rule {held.rule.name} ({held.rule.kind}) needs "
                f"{'at least' if low else 'at most'} {limit} {_where(held.at)}; the plan has {has}"
            )
    return problems


def _where(at: Mapping[str, str]) -> str:
    """Where and when a rule is held against a plan."""
    if "agency" in at:
        return f"in {at['of']} {'by' if at['of'] == 'value' else 'of'} {at['agency']}"
    if "service" in at:
        return f"for {at['service']} in {at['area']}, {at['year']}"
    return f"in {', '.join(at.values())}"


def _said(value: float, unit: str) -> str:
    """A figure to the hundredth, so that how far it is off can be seen."""
    return pence(value) if unit == "£" else f"{number(value, 2)} {unit}"


def figures_of(basis: Basis, evidence: Evidence) -> Figures:
    """What a plan says, as it is held against the rules."""
    made = evidence.made
    return Figures(
        basis,
        evidence.money.flows,
        evidence.units,
        evidence.cost(basis),
        basis.effects.outcome[made.effect],
        made.line,
        made.produced,
        made.counted,
        avoided_savings(basis, evidence.served)[0].sum(axis=1),
        evidence.benchmarks,
    )


def least_of_rule(basis: Basis, tables: Mapping[str, pd.DataFrame], rule: str) -> float:
    """What a plan has of the subject of a rule, in the unit of the rule.

    Parameters
    ----------
    basis : Basis
        The place the plan was made for.
    tables : mapping of str to DataFrame
        Tables of the plan.
    rule : str
        Key of a rule that counts something.

    Returns
    -------
    float
        The least of the years in which the rule holds; nought where it never holds.

    Examples
    --------
    >>> import placebudget as pb
    >>> from placebudget.programme import Basis, read_pooling
    >>> place = pb.example("northvale")
    >>> basis, plan = Basis(place, read_pooling(place, "pooled")), pb.optimise(place, prices=False)
    >>> least_of_rule(basis, plan.tables, "housing_duty") >= 1.7e6
    True
    """
    has = [
        held.has if held.whole is None else 100.0 * held.has / held.whole
        for held in compared(figures_of_tables(basis, tables))
        if held.rule.name == rule and held.whole != 0.0
    ]
    return float(min(has, default=0.0))


def figures_of_tables(
    basis: Basis,
    tables: Mapping[str, pd.DataFrame],
    benchmarks: Mapping[str, Benchmark] | None = None,
) -> Figures:
    """What a plan says by its tables, as it is held against the rules."""
    units, outcomes = tables["units"], tables["outcomes"]
    shape = len(basis.offers), len(basis.years)
    bought, cost = np.zeros(shape), np.zeros(shape)
    at = _codes(units["offer"], basis.offers.name), _codes(units["year"], basis.years)
    np.add.at(bought, at, units["units"].to_numpy(float))
    np.add.at(cost, at, units["cost"].to_numpy(float))
    lines = basis.lines.position()
    keys = zip(outcomes["service"], outcomes["area"], strict=True)
    rows, year = np.arange(len(outcomes)), _codes(outcomes["year"], basis.appraisal)
    produced, counted = np.zeros((2, len(outcomes), len(basis.appraisal)))
    produced[rows, year], counted[rows, year] = outcomes["produced"], outcomes["counted"]
    return Figures(
        basis,
        tables["money"],
        bought,
        cost,
        _codes(outcomes["outcome"], basis.outcomes.name),
        np.array([lines[key] for key in keys], np.int64),
        produced,
        counted,
        _avoided(basis, tables["needs"]),
        benchmarks or {},
    )


def _avoided(basis: Basis, needs: pd.DataFrame) -> np.ndarray:
    """What avoiding need saves, by line, discounted."""
    lines, saved = basis.lines.position(), np.zeros(len(basis.lines))
    keys = zip(needs["service"], needs["area"], strict=True)
    np.add.at(saved, np.array([lines[key] for key in keys], np.int64), needs["fiscal"])
    return saved


def _codes(values: pd.Series, among: tuple[str, ...] | np.ndarray) -> np.ndarray:
    code = {str(name): n for n, name in enumerate(among)}
    return np.array([code[str(value)] for value in values], np.int64)
