"""Plans: the answer for one place, verified, as tables of plain figures."""

from placebudget.plan.compare import Comparison, compare
from placebudget.plan.explain.explain import Explanation, explain
from placebudget.plan.findings import PlanFinding, PlanFindings
from placebudget.plan.live import session
from placebudget.plan.optimise import optimise
from placebudget.plan.plan import ObjectiveValue, Plan
from placebudget.plan.record.reading import read_plan
from placebudget.plan.record.rerun import Rerun, rerun
from placebudget.plan.siloed import agencies_compared, benchmarks
from placebudget.plan.simulate import simulate

__all__ = [
    "Comparison",
    "Explanation",
    "ObjectiveValue",
    "Plan",
    "PlanFinding",
    "PlanFindings",
    "Rerun",
    "agencies_compared",
    "benchmarks",
    "compare",
    "explain",
    "optimise",
    "read_plan",
    "rerun",
    "session",
    "simulate",
]
