"""The plans that are still open: a programme that narrows from stage to stage.

It is narrowed in two ways. By prices, not by a tolerance on the value, where there
are some: a variable with a reduced cost stays at its bound, a constraint with a
dual stays tight, and every plan that keeps both is as good as the one found. By a
cut where whole numbers leave no prices.
"""

from __future__ import annotations

from copy import copy
from dataclasses import replace as changed

import numpy as np

from placebudget.errors import SolverFailed
from placebudget.programme import Programme
from placebudget.programme import tie_break as tie
from placebudget.programme.linear import Draft, Matrix, Terms, assemble, worth
from placebudget.programme.tie_break import TieBreak
from placebudget.solver.backend.answer import RunLimits, SolverResult, Status
from placebudget.solver.backend.engine import Clock, make_engine, stacked

# What the solver may leave of a bound, beside the largest of all values.
_NEAR = 1e-6
# Decisions whose stable weights differ by less are told apart by nobody. The cut that keeps the
# change leaves so much between the best in whole numbers and the bound, which takes most of the
# time to close.
_ALIKE = 1e-6


class OpenPlans:
    """A programme, what was added to it, and the solver that holds both.

    Parameters
    ----------
    programme : Programme
        Stays as it is: what is added goes into ``draft``, a copy of its own.
    solver : str
        Name of the solver.
    limits : RunLimits
        Gap, stop signal.
    clock : Clock
        Time left, shared with others.

    Attributes
    ----------
    draft : Draft
        The programme's blocks and those that were added.
    matrix : Matrix
        All of them, with their bounds as they are now.
    """

    def __init__(self, programme: Programme, solver: str, limits: RunLimits, clock: Clock) -> None:
        self.limits, self.clock = limits, clock
        self.engine = make_engine(programme.matrix, solver)
        self.matrix = self._whole = programme.matrix
        self.draft = copy(programme.draft)
        self.draft.columns = dict(programme.columns)
        self.draft.rows = dict(programme.rows)

    # --- asking -----------------------------------------------------------------

    def cheapest(self, cost: np.ndarray, *, gap: float = 0.0) -> SolverResult:
        """The open plan of least cost, or one within a gap of it where that is enough."""
        return self.engine.run(cost, changed(self.limits, gap=gap), self.clock.left)

    def cost_of(self, gain: np.ndarray) -> np.ndarray:
        """A gain as a cost of every variable there is by now."""
        return -np.concatenate([gain, np.zeros(self.draft.width - len(gain))])

    def most(self, gain: np.ndarray) -> np.ndarray | None:
        """The open plan with the most of a gain, looked at apart from the solver.

        None when stopped, or where no time is left.

        Raises
        ------
        SolverFailed
            If the solver gave nothing, or what does not keep all rules.
        """
        if self.limits.stopped or self.clock.up:
            return None
        answer = self.cheapest(self.cost_of(gain), gap=self.limits.gap)
        if answer.values is None:
            if self.limits.stopped or self.clock.up:
                return None
            raise SolverFailed(
                "the solver gave no answer among plans that are nearly as good "
                f"({answer.detail or answer.status.value})"
            )
        matrix, values = self.matrix, answer.values
        rows, near = matrix.times(values), _NEAR * max(1.0, float(np.abs(values).max()))
        if ((rows < matrix.row_lower - near) | (rows > matrix.row_upper + near)).any():
            raise SolverFailed("the solver's answer keeps not all rules; try another gap")
        return values

    # --- narrowing --------------------------------------------------------------

    def narrow(self, cost: np.ndarray, answer: SolverResult) -> None:
        """Leave only the plans that are as cheap as the answer, by its prices.

        What lies strictly between its bounds has no price, whatever the last
        digits say; so a price counts only where the value is at the bound.
        """
        assert answer.values is not None
        assert answer.duals is not None
        matrix, values, duals = self.matrix, answer.values, answer.duals
        size = max(1.0, float(np.abs(cost).max()), float(np.abs(duals).max(initial=0.0)))
        noise, near = self.engine.noise * size, self.engine.near
        reduced = cost - matrix.transposed_times(duals)
        bound = np.where(reduced > 0, matrix.lower, matrix.upper)
        priced = (np.abs(reduced) > noise) & (matrix.lower < matrix.upper)
        numbers = np.flatnonzero(priced & _close(values, bound, near))
        self.bound(numbers, bound[numbers], bound[numbers])
        limit = np.where(np.isfinite(matrix.row_lower), matrix.row_lower, matrix.row_upper)
        loose = matrix.row_lower < matrix.row_upper
        tight = _close(matrix.times(values), limit, near)
        rows = np.flatnonzero((np.abs(duals) > noise) & loose & tight)
        self.bound_rows(rows, limit[rows], limit[rows])

    def bound_rows(self, rows: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> None:
        self.engine.change_rows(rows, lower, upper)
        low, high = self.matrix.row_lower.copy(), self.matrix.row_upper.copy()
        low[rows], high[rows] = lower, upper
        self.matrix = changed(self.matrix, row_lower=low, row_upper=high)

    def bound(self, numbers: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> None:
        """Give variables other bounds."""
        self.engine.change_columns(numbers, lower, upper)
        low, high = self.matrix.lower.copy(), self.matrix.upper.copy()
        low[numbers], high[numbers] = lower, upper
        self.matrix = changed(self.matrix, lower=low, upper=high)

    def loosen(self, slack: float) -> None:
        """Give all that was narrowed a little room, where rounding has left no plan open."""
        now, whole = self.matrix, self._whole
        width, height = whole.width, whole.height
        numbers = np.flatnonzero(
            (now.lower[:width] != whole.lower) | (now.upper[:width] != whole.upper)
        )
        low, high = now.lower[numbers] - slack, now.upper[numbers] + slack
        self.bound(
            numbers, np.maximum(low, whole.lower[numbers]), np.minimum(high, whole.upper[numbers])
        )
        rows = np.flatnonzero(
            (now.row_lower[:height] != whole.row_lower)
            | (now.row_upper[:height] != whole.row_upper)
        )
        room = slack * np.maximum(1.0, np.abs(now.row_lower[rows]))
        low = np.maximum(now.row_lower[rows] - room, whole.row_lower[rows])
        high = np.minimum(now.row_upper[rows] + room, whole.row_upper[rows])
        self.bound_rows(rows, low, high)

    def decide(self, numbers: np.ndarray, decided: np.ndarray) -> None:
        """Fix what are whole numbers; all that is left is continuous."""
        self.bound(numbers, decided, decided)
        self.engine.relax_integers()
        self.matrix = changed(self.matrix, integer=np.zeros(self.matrix.width, bool))

    def keep(self, gain: np.ndarray, values: np.ndarray) -> None:
        """Hold on to what has been gained, by a cut."""
        value = worth(gain, values[: len(gain)])
        self.cut(gain, ">=", value - 1e-9 * max(1.0, abs(value)))

    def cut(self, gain: np.ndarray, sense: str, right: float) -> None:
        """Ask for at least, or at most, so much of a gain."""
        where = np.flatnonzero(gain)
        terms = Terms().add(np.zeros(len(where), np.int64), where, gain[where])
        number = sum(name.startswith("cut") for name in self.draft.rows)
        self.draft.add_rows(f"cut_{number}", {"year": np.array([0])}, terms, sense, right)
        nothing = np.zeros(0, bool)
        self.grow(tie.TieBreak("cut", np.zeros(0), nothing, np.ones(1, bool)))

    def grow(self, stage: tie.TieBreak) -> None:
        """Take in what a stage has added to the draft."""
        added = _since(self.draft, self.matrix)
        self.engine.grow(added, stage.basic_columns, stage.basic_rows)
        self.matrix = stacked(self.matrix, added)


def _close(values: np.ndarray, bound: np.ndarray, near: float) -> np.ndarray:
    finite = np.isfinite(bound)
    gap = np.abs(values - np.where(finite, bound, 0.0))
    return finite & (gap <= near * np.maximum(1.0, np.abs(values)))


def _since(draft: Draft, matrix: Matrix) -> Matrix:
    """What a draft holds beyond a matrix."""
    fresh = Draft(width=draft.width)
    fresh.columns = {n: b for n, b in draft.columns.items() if b.first >= matrix.width}
    for name, block in draft.rows.items():
        if block.first >= matrix.height:
            fresh.rows[name] = changed(block, first=block.first - matrix.height)
            fresh.height += len(block)
    return assemble(fresh)


# Which offers start and run, among decisions that are equally good.
#
# Settled first: by value, then by change, then by stable weights, each kept by a cut,
# for whole numbers leave no prices. Once they are fixed, everything else follows as a
# linear programme.
#
# Leximin where decisions are whole numbers: the sums of the worst scores, one after another.
#
# The sum of the k lowest scores (none is negative) is the most of k x level - sum of below[a], with
# below[a] >= level - score[a] and below[a] >= 0. To raise the lowest, then the sum
# of the two lowest, then of the three, each kept, is to raise the lowest, then the
# second lowest, and so on; and it needs no prices, which whole numbers do not give.
# (Ogryczak and Tamir, Minimizing the sum of the k largest functions in linear time,
# 2003, give the sum as a linear programme.)


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
        As for :class:`~placebudget.solver.stages.open_plans.OpenPlans`.
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
    settled = plans.cheapest(cost, gap=_ALIKE)
    return settled if settled.status in (Status.OPTIMAL, Status.GAP) else nearest


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
