"""The commissioning cycle: plan, commission, deliver, evaluate, plan again."""

from placebudget.belief import SPREAD
from placebudget.study.cycle.assumptions import (
    NO_SLIPPAGE,
    POLICIES,
    Evaluation,
    Policy,
    Slippage,
)
from placebudget.study.cycle.result import Cycle
from placebudget.study.cycle.simulation import cycle

__all__ = [
    "NO_SLIPPAGE",
    "POLICIES",
    "SPREAD",
    "Cycle",
    "Evaluation",
    "Policy",
    "Slippage",
    "cycle",
]
