"""The linear programme of a place: labelled sparse blocks, one small file a block."""

from placebudget.programme.basis import Basis
from placebudget.programme.build import Programme, build
from placebudget.programme.lines import UnitScale
from placebudget.programme.objectives import OBJECTIVES, Objective, read_objectives
from placebudget.programme.pooling import (
    ALIGNED,
    FREED,
    POOLED,
    Pooling,
    coalition_pooling,
    flexible_pooling,
    read_pooling,
)
from placebudget.programme.rules import Benchmark
from placebudget.programme.step_filling import fill_steps
from placebudget.programme.today import DIRECT, carried_on

__all__ = [
    "ALIGNED",
    "DIRECT",
    "FREED",
    "OBJECTIVES",
    "POOLED",
    "Basis",
    "Benchmark",
    "Objective",
    "Pooling",
    "Programme",
    "UnitScale",
    "build",
    "carried_on",
    "coalition_pooling",
    "fill_steps",
    "flexible_pooling",
    "read_objectives",
    "read_pooling",
]
