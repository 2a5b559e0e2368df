"""Tools by which councils look at themselves: what others pay, and what that may mean here."""

from placebudget.sector.compare import Benchmarking, Productivity, benchmark, productivity
from placebudget.sector.early_warning import EarlyWarning, early_warning
from placebudget.sector.exchange import Exchange, exchange
from placebudget.sector.from_forms import panel_from
from placebudget.sector.panel import PanelData, panel
from placebudget.sector.proposal import Proposal, SectorResult

__all__ = [
    "Benchmarking",
    "EarlyWarning",
    "Exchange",
    "PanelData",
    "Productivity",
    "Proposal",
    "SectorResult",
    "benchmark",
    "early_warning",
    "exchange",
    "panel",
    "panel_from",
    "productivity",
]
