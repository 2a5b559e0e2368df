"""Which offers start and run, among decisions that are equally good.

Settled first: by value, then by change, then by stable weights, each kept by a cut,
for whole numbers leave no prices. Once they are fixed, everything else follows as a
linear programme.

Leximin where decisions are whole numbers: the sums of the worst scores, one after another.

The sum of the k lowest scores (none is negative) is the most of k x level - sum of below[a], with
below[a] >= level - score[a] and below[a] >= 0. To raise the lowest, then the sum
of the two lowest, then of the three, each kept, is to raise the lowest, then the
second lowest, and so on; and it needs no prices, which whole numbers do not give.
(Ogryczak and Tamir, Minimizing the sum of the k largest functions in linear time,
2003, give the sum as a linear programme.)
"""

from __future__ import annotations

import numpy as np

from placebudget.programme import Programme
from placebudget.programme import tie_break as tie
from placebudget.programme.linear import Draft, Terms, worth
from placebudget.programme.tie_break import TieBreak
from placebudget.solver.answer import RunLimits, SolverResult, Status
from placebudget.solver.engine import Clock
from placebudget.solver.open_plans import OpenPlans


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
        As for :class:`~placebudget.solver.open_plans.OpenPlans`.
    tie_break : bool
        Whether to go on to the decisions with the least change, then to stable weights.
    """
    best, objectives = answer, programme.objectives
    plans = OpenPlans(programme, solver, limits, clock)
    if plans.cheapest(plans.cost_of(objectives[0].gain)).values is None:
        return best
    for number, objective in enumerate(objectives):
        if number:
            found = plans.cheapest(plans.cost_of(objective.gain))
            if not _settled(found):
                return best
            best = found
        assert best.values is not None
        plans.keep(objective.gain, best.values)
        if objective.leximin:
            raised = _raise_sums_of_worst(plans, best)
            if raised is None:
                return best
            best = raised
    return _least_change(plans, programme, best) if tie_break else best


def _least_change(plans: OpenPlans, programme: Programme, best: SolverResult) -> SolverResult:
    assert best.values is not None
    stage = tie.least_change(plans.draft, programme.basis, best.values)
    plans.grow(stage)
    nearest = plans.cheapest(stage.cost)
    if not _settled(nearest):
        return best
    assert nearest.values is not None
    moved = worth(stage.cost, nearest.values)
    plans.cut(stage.cost, "<=", moved + 1e-9 * max(1.0, moved))
    width = programme.matrix.width
    weights = tie.stable_weights(plans.draft, programme.basis, width)
    cost = np.where(np.arange(len(weights.cost)) < width, weights.cost, 0.0)
    cost[:width] *= programme.matrix.integer
    settled = plans.cheapest(cost)
    return settled if settled.status is Status.OPTIMAL else nearest


def _raise_sums_of_worst(plans: OpenPlans, answer: SolverResult) -> SolverResult | None:
    """Raise the sum of the two lowest scores, of the three, and so on; None when cut short."""
    for count in range(2, len(plans.draft.columns["score"]) + 1):
        stage = sum_of_worst(plans.draft, count)
        plans.grow(stage)
        answer = plans.cheapest(stage.cost)
        if not _settled(answer):
            return None
        assert answer.values is not None
        plans.keep(-stage.cost, answer.values)
    return answer


def _settled(answer: SolverResult) -> bool:
    return answer.values is not None and answer.status is Status.OPTIMAL


def sum_of_worst(draft: Draft, count: int) -> TieBreak:
    """Add the sum of some lowest scores to a draft; the cost is its opposite.

    Parameters
    ----------
    draft : Draft
        With the scores of the areas.
    count : int
        How many of the lowest scores to add up.

    Examples
    --------
    Of scores 1, 2 and 4 the two lowest add up to 3: level 2, below 1, 0 and 0.
    """
    score = draft.columns["score"]
    areas = np.arange(len(score))
    level = draft.add_columns(f"level_{count}", {"step": np.array([0])})
    below = draft.add_columns(f"below_{count}", score.index)
    terms = (
        Terms()
        .add(areas, np.full(len(areas), level.first), 1.0)
        .add(areas, below.numbers, -1.0)
        .add(areas, score.numbers, -1.0)
    )
    draft.add_rows(f"below_{count}", score.index, terms, "<=", 0.0)
    cost = np.zeros(draft.width)
    cost[level.numbers] = -float(count)
    cost[below.numbers] = 1.0
    basic = np.zeros(1 + len(areas), bool)
    return TieBreak(f"sum of the {count} lowest", cost, basic, np.ones(len(areas), bool))
