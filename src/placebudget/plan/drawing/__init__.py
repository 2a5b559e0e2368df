"""One drawing of a plan: the network of its money, small enough to send to a page."""

from placebudget.plan.drawing.drawing import MIME_TYPE, UndrawablePlan, plan_drawing

__all__ = ["MIME_TYPE", "UndrawablePlan", "plan_drawing"]
