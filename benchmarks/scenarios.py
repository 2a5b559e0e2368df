"""Scenarios of the example Northvale: how many a second, beside a fresh problem for each.

Ours goes from a table of factors to values, with what clashes in words where there is no plan.
Plain PuLP and linopy are given the arrays of each scenario, and are spared the writing; they say
nothing where there is no plan, so only scenarios with one are compared, and all must find the same
value.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from statistics import median

import numpy as np
import pandas as pd

import placebudget as pb
from benchmarks import contenders as of
from benchmarks.studies import Measured, clocked, funded
from benchmarks.timing import agree
from placebudget.programme import Programme, build, read_pooling
from placebudget.solver import RunLimits, given_apart

SCENARIOS, AFRESH, SPREAD = 1_000, 10, 0.02


def scenarios(count: int = SCENARIOS, afresh: int = AFRESH) -> Measured:
    """Every stream funded by a factor of its own, each agency with its own purse."""
    place = pb.example("northvale")
    streams, draw = list(place.streams["stream"]), np.random.default_rng(1)
    factors = draw.uniform(1 - SPREAD, 1 + SPREAD, (count, len(streams)))
    asked = pd.DataFrame(factors, columns=streams)
    found = Measured(f"{count:,} scenarios of {place.title}, every stream within {SPREAD:.0%}")
    pieces = [asked.iloc[n::afresh] for n in range(afresh)]
    others: dict[str, Callable[[Programme], float]] = {"plain PuLP": of.plain_pulp}
    if importlib.util.find_spec("linopy"):
        importlib.import_module("linopy")  # its import is not what is measured
        others["linopy"] = of.with_linopy
    hot, fresh, ratios = [], dict[str, list[float]](), dict[str, list[float]]()
    for piece in pieces:  # in turn
        seconds, table = clocked(lambda: pb.scenarios(place, piece, pooling="aligned").table)  # noqa: B023
        hot.append(seconds.processor / len(piece))
        label = table.loc[table["need_unmet"] == 0, "scenario"].iloc[0]
        other = funded(place, dict(piece.loc[label]))
        programme = build(
            other, read_pooling(other, "aligned"), gave_way=given_apart(other, RunLimits())
        )
        value = float(table.loc[table["scenario"] == label, "value"].iloc[0])
        for name, work in others.items():
            taken, cost = clocked(lambda: work(programme))  # noqa: B023
            goal = programme.objectives[0]
            agree({"hot": value, name: (goal.constant - cost) * goal.scale})
            fresh.setdefault(name, []).append(taken.processor)
            ratios.setdefault(name, []).append(taken.processor / hot[-1])
    found.add("a scenario, of processors", median(hot))
    for name, each in fresh.items():
        found.add(f"{name} afresh, its arrays given, of processors", median(each))
        found.add(f"{name} afresh against ours", median(ratios[name]), "times as much")
    return found
