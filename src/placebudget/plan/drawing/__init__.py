"""One drawing of a plan: the network of its money, small enough to send to a page."""

from placebudget.plan.drawing.drawing import MIME_TYPE, plan_bundle, plan_drawing, planview

__all__ = [
    "MIME_TYPE",
    "plan_bundle",
    "plan_drawing",
    "planview",
]
