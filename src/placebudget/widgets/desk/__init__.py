"""The desk: a place with its switches and amounts, and the plan that follows from them."""

from placebudget.widgets.desk.place_desk import PlaceDesk, desk

__all__ = ["PlaceDesk", "desk"]
