"""Views of places and plans: pure functions that return tables and text."""

from placebudget.view.figures import money_by_status
from placebudget.view.prices import dearest_rules
from placebudget.view.rounding import add_up_both_ways
from placebudget.view.schema_page import schema_page
from placebudget.view.sheet import Sheet, side_by_side
from placebudget.view.summary import summary
from placebudget.view.tables import comparison

__all__ = [
    "Sheet",
    "add_up_both_ways",
    "comparison",
    "dearest_rules",
    "money_by_status",
    "schema_page",
    "side_by_side",
    "summary",
]
