"""The only place where PuLP and HiGHS are used."""

from placebudget.solver.backend.adaptor import lp_text, mps_text, named_solver, to_problem
from placebudget.solver.backend.answer import RunLimits, Status, read_limits
from placebudget.solver.backend.engine import (
    DEFAULT_SOLVER,
    ArrayHiGHS,
    ArrayProblem,
    method_of,
)
from placebudget.solver.infeasible import Give, Given, least_relaxed, name_clash
from placebudget.solver.marginal.binding import (
    BUILD,
    CAPACITY,
    FUNDING,
    LOAN,
    MAXIMUM,
    MILLION,
    MINIMUM,
    NEED,
    RELEASE,
    RING_FENCE,
)
from placebudget.solver.marginal.live_service import LiveService, Margins, Reading
from placebudget.solver.marginal.prices import DEAREST, PRICE_COLUMNS, PRICED, limit_prices
from placebudget.solver.marginal.service_limits import Stop, Stops
from placebudget.solver.session.live_programme import Reached
from placebudget.solver.session.session import Session
from placebudget.solver.stages.giving_way import (
    given_apart,
    has_plan,
    keeps_order,
    let_go,
    solve_in_order,
    solve_kept,
    with_less_kept,
)
from placebudget.solver.stages.sequence import Solution, solve

__all__ = [
    "BUILD",
    "CAPACITY",
    "DEAREST",
    "DEFAULT_SOLVER",
    "FUNDING",
    "LOAN",
    "MAXIMUM",
    "MILLION",
    "MINIMUM",
    "NEED",
    "PRICED",
    "PRICE_COLUMNS",
    "RELEASE",
    "RING_FENCE",
    "ArrayHiGHS",
    "ArrayProblem",
    "Give",
    "Given",
    "LiveService",
    "Margins",
    "Reached",
    "Reading",
    "RunLimits",
    "Session",
    "Solution",
    "Status",
    "Stop",
    "Stops",
    "given_apart",
    "has_plan",
    "keeps_order",
    "least_relaxed",
    "let_go",
    "limit_prices",
    "lp_text",
    "method_of",
    "mps_text",
    "name_clash",
    "named_solver",
    "read_limits",
    "solve",
    "solve_in_order",
    "solve_kept",
    "to_problem",
    "with_less_kept",
]
