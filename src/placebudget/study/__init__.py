"""Questions asked of many plans."""

from placebudget.study import games
from placebudget.study.accounts import Accounts, accounts
from placebudget.study.alternatives import Alternatives, alternatives
from placebudget.study.changes import EditionChanges, changes
from placebudget.study.cycle import (
    NO_SLIPPAGE,
    POLICIES,
    Cycle,
    Evaluation,
    Helped,
    Policy,
    Slippage,
    cycle,
)
from placebudget.study.fairness import Fairness, fairness
from placebudget.study.frontier import Frontier, frontier
from placebudget.study.household import Household, household
from placebudget.study.joining import Joining, joining
from placebudget.study.levels import Levels, levels
from placebudget.study.loan import Loan, OutcomeContract, loan, outcome_contract
from placebudget.study.market import Market, market
from placebudget.study.next_year import NextYear, roll_forward
from placebudget.study.outlook import Outlook, outlook
from placebudget.study.potential import potential
from placebudget.study.potential.plans_side_by_side import MEANINGS, STEPS, TITLES, Potential
from placebudget.study.priorities import Priorities, priorities
from placebudget.study.reorganisation import Reorganisation, reorganisation
from placebudget.study.rests_on import RestsOn, rests_on
from placebudget.study.result import StudyResult
from placebudget.study.risk_share import RiskShare, risk_share
from placebudget.study.robust import Robust, robust
from placebudget.study.scenarios import Scenarios, scenarios
from placebudget.study.schedule import PoolSchedule, section_75
from placebudget.study.sharing import Sharing, sharing
from placebudget.study.sweeping import sweep
from placebudget.study.tender import Tender, tender
from placebudget.study.to_do import ToDo, to_do
from placebudget.study.trace import Trace, trace
from placebudget.study.uncertainty import Uncertainty, uncertainty
from placebudget.study.vote import Vote, vote

__all__ = [
    "MEANINGS",
    "NO_SLIPPAGE",
    "POLICIES",
    "STEPS",
    "TITLES",
    "Accounts",
    "Alternatives",
    "Cycle",
    "EditionChanges",
    "Evaluation",
    "Fairness",
    "Frontier",
    "Helped",
    "Household",
    "Joining",
    "Levels",
    "Loan",
    "Market",
    "NextYear",
    "OutcomeContract",
    "Outlook",
    "Policy",
    "PoolSchedule",
    "Potential",
    "Priorities",
    "Reorganisation",
    "RestsOn",
    "RiskShare",
    "Robust",
    "Scenarios",
    "Sharing",
    "Slippage",
    "StudyResult",
    "Tender",
    "ToDo",
    "Trace",
    "Uncertainty",
    "Vote",
    "accounts",
    "alternatives",
    "changes",
    "cycle",
    "fairness",
    "frontier",
    "games",
    "household",
    "joining",
    "levels",
    "loan",
    "market",
    "outcome_contract",
    "outlook",
    "potential",
    "priorities",
    "reorganisation",
    "rests_on",
    "risk_share",
    "robust",
    "roll_forward",
    "scenarios",
    "section_75",
    "sharing",
    "sweep",
    "tender",
    "to_do",
    "trace",
    "uncertainty",
    "vote",
]
