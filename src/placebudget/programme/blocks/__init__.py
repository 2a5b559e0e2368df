"""The constraints of the programme that always hold, one file a block."""

from placebudget.programme.blocks.at_risk import at_risk_rows
from placebudget.programme.blocks.class_balance import class_balance
from placebudget.programme.blocks.counted import counted_columns, counted_rows
from placebudget.programme.blocks.delivery import delivery
from placebudget.programme.blocks.line_cost import line_cost
from placebudget.programme.blocks.lots import lots
from placebudget.programme.blocks.pool_balance import pool_balance
from placebudget.programme.blocks.step_order import step_order

__all__ = [
    "at_risk_rows",
    "class_balance",
    "counted_columns",
    "counted_rows",
    "delivery",
    "line_cost",
    "lots",
    "pool_balance",
    "step_order",
]
