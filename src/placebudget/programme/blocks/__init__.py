"""The constraints of the programme that always hold."""

from placebudget.programme.blocks.class_balance import class_balance
from placebudget.programme.blocks.counted import at_risk_rows, counted_columns, counted_rows
from placebudget.programme.blocks.delivery import delivery, line_cost
from placebudget.programme.blocks.lots import lots
from placebudget.programme.blocks.need import need_columns, need_rows
from placebudget.programme.blocks.pool_balance import pool_balance
from placebudget.programme.blocks.pooled_today import pooled_today
from placebudget.programme.blocks.step_order import step_order

__all__ = [
    "at_risk_rows",
    "class_balance",
    "counted_columns",
    "counted_rows",
    "delivery",
    "line_cost",
    "lots",
    "need_columns",
    "need_rows",
    "pool_balance",
    "pooled_today",
    "step_order",
]
