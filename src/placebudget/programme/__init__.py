"""The linear programme of a place: labelled sparse blocks, one small function a block."""

from placebudget.place.conditions import (
    ALIGNED,
    FREED,
    POOLED,
    SILOED,
    Pooling,
    coalition_pooling,
    flexible_pooling,
    one_goal,
    open_pools,
    read_pooling,
    standing_pooling,
)
from placebudget.programme.basis import Basis, fill_steps
from placebudget.programme.build import Programme, build
from placebudget.programme.lines import UnitScale
from placebudget.programme.money import DIRECT, carried_on
from placebudget.programme.objectives import (
    OBJECTIVES,
    Objective,
    read_objectives,
    refuse_uncounted_debt,
)
from placebudget.programme.rules import Benchmark

__all__ = [
    "ALIGNED",
    "DIRECT",
    "FREED",
    "OBJECTIVES",
    "POOLED",
    "SILOED",
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
    "one_goal",
    "open_pools",
    "read_objectives",
    "read_pooling",
    "refuse_uncounted_debt",
    "standing_pooling",
]
