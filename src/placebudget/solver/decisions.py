"""Which offers start and run, among decisions that are equally good.

Settled first: by value, then by change, then by stable weights, each kept by a cut,
for whole numbers leave no prices. Once they are fixed, everything else follows as a
linear programme.
"""

from __future__ import annotations

import numpy as np

from placebudget.programme import Programme
from placebudget.programme import tie_break as tie
from placebudget.programme.linear import worth
from placebudget.solver.answer import RunLimits, SolverResult, Status
from placebudget.solver.engine import Clock
from placebudget.solver.face import Face
from placebudget.solver.ordered_worst import sum_of_worst


def nearest_decisions(
    programme: Programme,
    answer: SolverResult,
    *,
    solver: str,
    limits: RunLimits,
    clock: Clock,
    tie_break: bool,
) -> SolverResult:
    """The best by the further objectives in order, of all that are best by the first.

    Parameters
    ----------
    programme : Programme
        With whole numbers still to be decided.
    answer : SolverResult
        Best by the first objective; given back where there is no time for more.
    solver, limits, clock
        As for :class:`~placebudget.solver.face.Face`.
    tie_break : bool
        Whether to go on to the decisions with the least change, then to stable weights.
    """
    best, objectives = answer, programme.objectives
    face = Face(programme, solver, limits, clock)
    if face.cheapest(face.cost_of(objectives[0].gain)).values is None:
        return best
    for number, objective in enumerate(objectives):
        if number:
            found = face.cheapest(face.cost_of(objective.gain))
            if not _settled(found):
                return best
            best = found
        assert best.values is not None
        face.keep(objective.gain, best.values)
        if objective.leximin:
            raised = _raise_sums_of_worst(face, best)
            if raised is None:
                return best
            best = raised
    return _least_change(face, programme, best) if tie_break else best


def _least_change(face: Face, programme: Programme, best: SolverResult) -> SolverResult:
    assert best.values is not None
    stage = tie.least_change(face.draft, programme.basis, best.values)
    face.grow(stage)
    nearest = face.cheapest(stage.cost)
    if not _settled(nearest):
        return best
    assert nearest.values is not None
    moved = worth(stage.cost, nearest.values)
    face.cut(stage.cost, "<=", moved + 1e-9 * max(1.0, moved))
    width = programme.matrix.width
    weights = tie.stable_weights(face.draft, programme.basis, width)
    cost = np.where(np.arange(len(weights.cost)) < width, weights.cost, 0.0)
    cost[:width] *= programme.matrix.integer
    settled = face.cheapest(cost)
    return settled if settled.status is Status.OPTIMAL else nearest


def _raise_sums_of_worst(face: Face, answer: SolverResult) -> SolverResult | None:
    """Raise the sum of the two lowest scores, of the three, and so on; None when cut short."""
    for count in range(2, len(face.draft.columns["score"]) + 1):
        stage = sum_of_worst(face.draft, count)
        face.grow(stage)
        answer = face.cheapest(stage.cost)
        if not _settled(answer):
            return None
        assert answer.values is not None
        face.keep(-stage.cost, answer.values)
    return answer


def _settled(answer: SolverResult) -> bool:
    return answer.values is not None and answer.status is Status.OPTIMAL
