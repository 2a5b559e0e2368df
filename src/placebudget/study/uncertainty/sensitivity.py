"""What the worth of a plan goes by: Morris's elementary effects and Sobol's indices, by SALib.

SALib (Herman and Usher, SALib: an open-source Python library for sensitivity analysis, 2017) draws
and analyses; what is drawn is how surely each figure is below what it turns out to be, and what is
analysed the worth of a plan that is held (``study.held``). Figures are apart: both methods ask for
inputs that are independent, so that the correlations of a study do not enter.

Morris: figures go between their tenth and their ninetieth percentile, one group at a time, and
mu_star is by how much worth then changes on average, whichever way (Morris, Factorial sampling
plans for preliminary computational experiments, 1991; of groups: Campolongo and others, 2007).
Sobol: ``first`` is the part of the variance of worth that goes with a group alone, ``total`` with
it and all others together (Saltelli and others, Variance based sensitivity analysis, 2010).

It comes with the extra ``sensitivity``.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd

from placebudget.arguments import Arguments, one_of, whole
from placebudget.errors import CannotAnswer
from placebudget.place import Place
from placebudget.plan import Plan
from placebudget.study.beliefs import Uncertain, factors_of, read_spreads, uncertain_figures
from placebudget.study.held import Decided, Moving

MORRIS, SOBOL = "morris", "sobol"
KIND, FIGURE = "kind", "figure"
_COLUMNS = {
    MORRIS: {"mu_star": "mu_star", "mu_star_conf": "error"},
    SOBOL: {"S1": "first", "S1_conf": "first_error", "ST": "total", "ST_conf": "total_error"},
}
_LEVELS = 4  # of Morris's grid, as he proposes
_SURE = 1e-9  # no figure is drawn from where its distribution ends


def sensitivity_of(
    place: Place, plan: Plan, spread: Any, method: str, by: str, runs: int, seed: int
) -> pd.DataFrame:
    """See :meth:`placebudget.study.Uncertainty.sensitivity`."""
    from scipy.special import ndtri

    with Arguments() as asked:
        method = asked.read(one_of, "method", method, (MORRIS, SOBOL))
        by = asked.read(one_of, "by", by, (KIND, FIGURE))
        runs = asked.read(whole, "runs", runs, least=2)
        seed = asked.read(whole, "seed", seed)
    figures = uncertain_figures(place, read_spreads(place, spread))
    problem = _problem(figures, method, by)
    sampled = _sampled(problem, method, runs, seed)
    scores = ndtri(np.clip(sampled, _SURE, 1.0 - _SURE))
    moving, decided = Moving(place, figures), Decided.of(plan, place)
    worth = [
        moving.came(decided, moving.at(factors), moving.missing(factors)).worth
        for factors in factors_of(figures, scores)
    ]
    found = _analysed(problem, method, sampled, np.array(worth), seed)
    columns = {new: found[old] for old, new in _COLUMNS[method].items()}
    if by == KIND:
        return _largest(pd.DataFrame({"kind": found["names"], **columns}), method)
    names = ("kind", "service", "outcome", "agency", "part", "amount")
    known = {name: [getattr(each.figure, name) for each in figures] for name in names}
    return _largest(pd.DataFrame({**known, **columns}), method)


def _problem(figures: Sequence[Uncertain], method: str, by: str) -> dict[str, Any]:
    """The inputs as SALib takes them: how surely each figure is below what it is drawn as."""
    ends = [0.1, 0.9] if method == MORRIS else [0.0, 1.0]
    names = [f"figure {n}" for n in range(len(figures))]
    problem = {"num_vars": len(figures), "names": names, "bounds": [ends] * len(figures)}
    return {**problem, "groups": [each.figure.kind for each in figures]} if by == KIND else problem


def _sampled(problem: dict[str, Any], method: str, runs: int, seed: int) -> np.ndarray:
    if method == MORRIS:
        sample = _salib("sample.morris").sample
        return np.asarray(sample(problem, runs, num_levels=_LEVELS, seed=seed))
    rows = 1 << (runs - 1).bit_length()  # for which the sequence is even
    sample = _salib("sample.sobol").sample
    return np.asarray(sample(problem, rows, calc_second_order=False, seed=seed))


def _analysed(
    problem: dict[str, Any], method: str, sampled: np.ndarray, worth: np.ndarray, seed: int
) -> dict[str, Any]:
    groups = list(dict.fromkeys(problem.get("groups", problem["names"])))
    if not np.ptp(worth):
        return {"names": groups, **{old: np.zeros(len(groups)) for old in _COLUMNS[method]}}
    if method == MORRIS:
        analyse = _salib("analyze.morris").analyze
        found = analyse(problem, sampled, worth, num_levels=_LEVELS, seed=seed)
        return {**found, "names": list(found["names"])}
    analyse = _salib("analyze.sobol").analyze
    return {**analyse(problem, worth, calc_second_order=False, seed=seed), "names": groups}


def _largest(table: pd.DataFrame, method: str) -> pd.DataFrame:
    by = "mu_star" if method == MORRIS else "total"
    return table.sort_values(by, ascending=False, kind="stable", ignore_index=True)


def _salib(part: str) -> Any:
    """A part of SALib, loaded now; or what to install."""
    try:
        return import_module(f"SALib.{part}")
    except ImportError:
        raise CannotAnswer(
            "this needs SALib, which is not installed: pip install 'placebudget[sensitivity]'"
        ) from None
