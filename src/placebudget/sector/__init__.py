"""Tools by which councils look at themselves: what others pay, and what that may mean here."""

from placebudget.sector.from_forms import panel_from
from placebudget.sector.panel import PanelData, panel
from placebudget.sector.proposal import Proposal, SectorResult

__all__ = [
    "PanelData",
    "Proposal",
    "SectorResult",
    "panel",
    "panel_from",
]
