"""Views of places and plans: pure functions that return tables and text."""

from placebudget.view.html import plan_page, report, study_page
from placebudget.view.plan_facts import money_by_status
from placebudget.view.prices import dearest_rules
from placebudget.view.rendering import explained
from placebudget.view.schema_page import schema_page
from placebudget.view.sheet import Sheet, side_by_side
from placebudget.view.studies import study_panel, study_view
from placebudget.view.tables import comparison
from placebudget.view.workbook import write_comparison

__all__ = [
    "Sheet",
    "comparison",
    "dearest_rules",
    "explained",
    "money_by_status",
    "plan_page",
    "report",
    "schema_page",
    "side_by_side",
    "study_page",
    "study_panel",
    "study_view",
    "write_comparison",
]
