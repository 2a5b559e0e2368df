"""Views of places and plans: pure functions that return tables and text."""

from placebudget.view.schema_page import schema_page
from placebudget.view.words import add_up, money, number, percent

__all__ = ["add_up", "money", "number", "percent", "schema_page"]
