"""Place-based budgets: who pays, who saves, and what working together could gain.

Everything starts from a :class:`Place`:

>>> import placebudget as pb
>>> place = pb.example("toy_pooling")
>>> plan = pb.optimise(place, pooling="freed")
>>> round(plan.objective.value / 1e6)
310
"""

from importlib.metadata import PackageNotFoundError, version

from placebudget.errors import (
    Infeasible,
    InvalidOption,
    InvalidPlace,
    PlaceBudgetError,
    SolverFailed,
    Stopped,
    Unbounded,
    UnreadablePlan,
)
from placebudget.place import Option, Place, Settings, example, examples, read
from placebudget.plan import Plan, benchmarks, explain, optimise, read_plan, session, simulate
from placebudget.solver import Session
from placebudget.study import Potential, potential
from placebudget.view import write_html

try:
    __version__ = version("placebudget")
except PackageNotFoundError:  # used from a source folder that was not installed
    __version__ = "0+unknown"

__all__ = [
    "Infeasible",
    "InvalidOption",
    "InvalidPlace",
    "Option",
    "Place",
    "PlaceBudgetError",
    "Plan",
    "Potential",
    "Session",
    "Settings",
    "SolverFailed",
    "Stopped",
    "Unbounded",
    "UnreadablePlan",
    "benchmarks",
    "example",
    "examples",
    "explain",
    "optimise",
    "potential",
    "read",
    "read_plan",
    "session",
    "simulate",
    "write_html",
]
