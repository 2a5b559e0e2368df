"""The commissioning cycle: plan, commission, deliver, evaluate, plan again."""

from placebudget.belief import SPREAD
from placebudget.study.cycle.assumptions import (
    NO_SLIPPAGE,
    POLICIES,
    Evaluation,
    Helped,
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
    "Helped",
    "Policy",
    "Slippage",
    "cycle",
]
