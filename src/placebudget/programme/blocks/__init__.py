"""The constraints of the programme that always hold."""

from placebudget.programme.blocks.balances import (
    class_balance,
    loan_columns,
    pool_balance,
    pooled_today,
    target_columns,
    targets,
)
from placebudget.programme.blocks.delivery import (
    at_risk_rows,
    counted_columns,
    counted_rows,
    delivery,
    line_cost,
    step_order,
)
from placebudget.programme.blocks.lots import choices, leaving, levels, lots, sharing
from placebudget.programme.blocks.need import need_columns, need_rows

__all__ = [
    "at_risk_rows",
    "choices",
    "class_balance",
    "counted_columns",
    "counted_rows",
    "delivery",
    "leaving",
    "levels",
    "line_cost",
    "loan_columns",
    "lots",
    "need_columns",
    "need_rows",
    "pool_balance",
    "pooled_today",
    "sharing",
    "step_order",
    "target_columns",
    "targets",
]
