"""Questions asked of many plans."""

from placebudget.study.accounts import Accounts, accounts
from placebudget.study.budgets import changed_budgets
from placebudget.study.fairness import Fairness, fairness
from placebudget.study.potential import TITLES, Potential, potential
from placebudget.study.result import Result
from placebudget.study.risk_share import RiskShare, risk_share
from placebudget.study.shared_gain import Sharing
from placebudget.study.sharing import sharing
from placebudget.study.sweeping import sweep
from placebudget.study.trace import Trace, trace

__all__ = [
    "TITLES",
    "Accounts",
    "Fairness",
    "Potential",
    "Result",
    "RiskShare",
    "Sharing",
    "Trace",
    "accounts",
    "changed_budgets",
    "fairness",
    "potential",
    "risk_share",
    "sharing",
    "sweep",
    "trace",
]
