"""What a plan says, in the form in which it is checked and turned into tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from placebudget.plan.deliver import Made, make_outcomes
from placebudget.plan.flows import Money, split_over_streams
from placebudget.programme import Benchmark, Programme
from placebudget.solver import Solution


@dataclass(frozen=True)
class Evidence:
    """What a plan says, in the form in which it is checked.

    Parameters
    ----------
    money : Money
        Where every pound goes.
    units : ndarray
        Offers x years, single units.
    started : ndarray
        Offers x years: set-up paid in the year.
    made : Made
        Outcomes.
    """

    money: Money
    units: np.ndarray
    started: np.ndarray
    made: Made
    benchmarks: Mapping[str, Benchmark] = field(default_factory=dict)


def read_solution(
    programme: Programme, solution: Solution, benchmarks: Mapping[str, Benchmark]
) -> Evidence:
    """The figures of a solution, in pounds and single units."""
    basis, values = programme.basis, solution.values
    shape = (len(basis.offers), len(basis.years))
    units = np.maximum(programme.take("units", values), 0.0).reshape(shape)
    started = np.zeros(shape)
    if "start" in programme.columns:
        start = programme.columns["start"]
        begun = np.round(programme.take("start", values))
        started[start.index["offer"], start.index["year"]] = begun
    steps = programme.take("step_units", values).reshape(len(basis.steps), len(basis.years))
    return Evidence(
        money=split_over_streams(programme, values),
        units=units * basis.scale.units,
        started=started,
        made=make_outcomes(basis, np.maximum(steps, 0.0), _counted(programme, values)),
        benchmarks=benchmarks,
    )


def _counted(programme: Programme, values: np.ndarray) -> dict[tuple[int, int, int], float]:
    block = programme.columns.get("counted")
    if block is None:
        return {}
    amounts = programme.take("counted", values) * programme.basis.scale.units
    index = block.index
    keys = zip(index["outcome"], index["area"], index["appraisal_year"], strict=True)
    return {(int(y), int(a), int(t)): v for (y, a, t), v in zip(keys, amounts, strict=True)}
