"""Tools by which councils look at themselves: what others pay, and what that may mean here."""

from placebudget.sector.budget_risk import BudgetRisk, budget_risk
from placebudget.sector.challenge import (
    PeerChallenge,
    PeerSupport,
    Supplementary,
    peer_challenge,
    peer_support,
    supplementary,
)
from placebudget.sector.compare import Benchmarking, Productivity, benchmark, productivity
from placebudget.sector.early_warning import EarlyWarning, early_warning
from placebudget.sector.evaluation import DidItWork, did_it_work
from placebudget.sector.excellence import Excellence, excellence
from placebudget.sector.exchange import Exchange, exchange
from placebudget.sector.from_forms import panel_from
from placebudget.sector.panel import PanelData, panel
from placebudget.sector.proposal import Proposal, SectorResult
from placebudget.sector.review import ReviewData, review
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
    "BudgetRisk",
    "DidItWork",
    "EarlyWarning",
    "Excellence",
    "Exchange",
    "Loosened",
    "NewBurden",
    "PanelData",
    "PeerChallenge",
    "PeerSupport",
    "Productivity",
    "Proposal",
    "ReportingBurden",
    "ReviewData",
    "SectorResult",
    "Supplementary",
    "TopSlice",
    "benchmark",
    "budget_risk",
    "did_it_work",
    "early_warning",
    "excellence",
    "exchange",
    "loosening",
    "new_burden",
    "panel",
    "panel_from",
    "peer_challenge",
    "peer_support",
    "productivity",
    "reporting_burden",
    "review",
    "supplementary",
    "top_slice",
]
