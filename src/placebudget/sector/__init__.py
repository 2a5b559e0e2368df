"""Tools by which councils look at themselves: what others pay, and what that may mean here."""

from placebudget.sector.from_forms import panel_from
from placebudget.sector.panel import PanelData, panel

__all__ = [
    "PanelData",
    "panel",
    "panel_from",
]
