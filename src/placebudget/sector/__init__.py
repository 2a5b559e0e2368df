"""Tools by which councils look at themselves: what others pay, and what that may mean here."""

from placebudget.sector.compare import Benchmarking, Productivity, benchmark, productivity
from placebudget.sector.early_warning import EarlyWarning, early_warning
from placebudget.sector.exchange import Exchange, exchange
from placebudget.sector.from_forms import panel_from
from placebudget.sector.panel import PanelData, panel
from placebudget.sector.proposal import Proposal, SectorResult
from placebudget.sector.settlement import (
    Loosened,
    NewBurden,
    ReportingBurden,
    TopSlice,
    loosening,
    new_burden,
    reporting_burden,
    top_slice,
)

__all__ = [
    "Benchmarking",
    "EarlyWarning",
    "Exchange",
    "Loosened",
    "NewBurden",
    "PanelData",
    "Productivity",
    "Proposal",
    "ReportingBurden",
    "SectorResult",
    "TopSlice",
    "benchmark",
    "early_warning",
    "exchange",
    "loosening",
    "new_burden",
    "panel",
    "panel_from",
    "productivity",
    "reporting_burden",
    "top_slice",
]
