"""The stages of a plan: objectives in order, then the tie-break.

Each stage is solved on the optimal face of the one before. The face is fixed by
prices, not by a tolerance on the value: a variable with a reduced cost stays at
its bound, a constraint with a dual stays tight; every plan that keeps both is as
good as the one found. Where offers need decisions, these are settled first: by
value, then change, then stable weights, each kept by a cut; then they are fixed,
and everything else follows as a linear programme.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field
from dataclasses import replace as changed
from typing import NoReturn

import numpy as np

from placebudget.errors import SolverFailed, Stopped, Unbounded
from placebudget.programme import Objective, Programme
from placebudget.programme import tie_break as tie
from placebudget.programme.linear import Draft, Matrix, Terms, assemble, worth
from placebudget.solver.answer import Answer, Limits, Status
from placebudget.solver.clash import name_clash
from placebudget.solver.engine import DEFAULT_SOLVER, Clock, make_engine, stacked
from placebudget.solver.ordered_worst import sum_of_worst


@dataclass
class Solution:
    """What the stages gave, in scaled units, by the programme's own numbering.

    Parameters
    ----------
    values : ndarray
        Value of every variable of the programme.
    objective_values : list of float
        Value of each objective, in its own unit, as it was reached.
    duals, reduced : ndarray
        Of the first objective's stage: change of the objective (as a gain) for
        one more on the right of a constraint, and for one more of a variable.
    status : str
        What was reached, in words.
    stages : list of str
        Stages that were finished.
    gap : float
        Relative gap left of the first objective.
    integers_fixed : bool
        Whether the prices hold with decisions on offers as they are.
    """

    values: np.ndarray
    objective_values: list[float] = field(default_factory=list)
    duals: np.ndarray | None = None
    reduced: np.ndarray | None = None
    status: str = Status.OPTIMAL.value
    stages: list[str] = field(default_factory=list)
    gap: float = 0.0
    integers_fixed: bool = False
    seconds: float = 0.0


def solve(
    programme: Programme,
    *,
    solver: str = DEFAULT_SOLVER,
    limits: Limits | None = None,
    tie_break: bool = True,
) -> Solution:
    """Run all stages of a programme.

    Parameters
    ----------
    programme : Programme
        What :func:`placebudget.programme.build` gives.
    solver : str
        ``"HiGHS"`` or the name of any PuLP solver.
    limits : Limits, optional
        Time, gap, stop signal, progress.
    tie_break : bool
        Whether to go on to the one plan nearest to today; studies that need
        only values leave it out.

    Raises
    ------
    Infeasible
        If no plan keeps all rules; the text names those that clash.
    Unbounded, Stopped, SolverFailed
        If there is nothing to show for another reason.
    """
    run = _Run(programme, solver, limits or Limits())
    try:
        return run.through(tie_break)
    finally:
        run.solution.seconds = run.clock.used


class _Run:
    """State of one run through the stages."""

    def __init__(self, programme: Programme, solver: str, limits: Limits) -> None:
        self.programme, self.solver, self.limits = programme, solver, limits
        self.engine = make_engine(programme.matrix, solver)
        self.clock = Clock(limits.seconds)
        self.matrix = programme.matrix
        self.width = programme.matrix.width
        # Stages add blocks to a draft of their own; the programme stays as it is.
        self.draft = copy(programme.draft)
        self.draft.columns = dict(programme.columns)
        self.draft.rows = dict(programme.rows)
        self.solution = Solution(np.zeros(0))

    def through(self, tie_break: bool) -> Solution:
        """All stages in order."""
        objectives = self.programme.objectives
        total = len(objectives) + (4 if tie_break else 0)
        whole = bool(self.matrix.integer.any())
        if whole and not self._settle_decisions(tie_break):
            return self.solution
        for n, objective in enumerate(objectives):
            self._progress(objective.name, n, total)
            answer = self._objective(objective)
            if answer is None:
                self._stop_short(objective)
                return self.solution
            if n == 0:
                self._keep_prices(objective, answer)
            self.solution.stages.append(objective.name)
        if tie_break:
            for n, stage in enumerate(self._tie_break_stages(), start=len(objectives)):
                self._progress(stage.name, n, total)
                answer = self._run(stage.cost)
                if answer.values is None or answer.duals is None:
                    if not self._cut_short_by(answer):
                        self._raise_failed(answer, stage.name)
                    self.solution.status = self._cut_short(stage.name)
                    return self.solution
                self._take(answer)
                self._fix_face(stage.cost, answer)
                self.solution.stages.append(stage.name)
        self._progress("done", total, total)
        return self.solution

    def _stop_short(self, objective: Objective) -> None:
        """Say what was reached, and before what."""
        if self.solution.status == Status.OPTIMAL.value:
            self.solution.status = self._cut_short(objective.name)
        if not self.solution.objective_values:
            gain = objective.gain
            value = worth(gain, self.solution.values[: len(gain)]) * objective.scale
            self.solution.objective_values.append(value)

    # --- objectives -------------------------------------------------------

    def _objective(self, objective: Objective) -> Answer | None:
        cost = -self._padded(objective.gain)
        answer = self._run(cost)
        if answer.values is None:
            reached = bool(self.solution.stages) or self.solution.integers_fixed
            if reached and self._cut_short_by(answer):
                return None
            self._raise(answer)
        assert answer.values is not None
        if answer.duals is None:
            raise SolverFailed("the solver gave no valid prices; the best plan cannot be fixed")
        self._take(answer)
        value = worth(objective.gain, answer.values[: len(objective.gain)]) * objective.scale
        self.solution.objective_values.append(value)
        if objective.leximin:
            return answer if self._raise_the_next_worst(cost, answer) else None
        self._fix_face(cost, answer)
        return answer

    def _raise_the_next_worst(self, cost: np.ndarray, answer: Answer) -> bool:
        """Leximin: fix every area whose row has a dual, then raise the others."""
        score, rows = self.draft.columns["score"], self.draft.rows["worst"]
        open_ = np.ones(len(score), bool)
        worst = self.draft.columns["worst"].first
        while True:
            assert answer.values is not None
            assert answer.duals is not None
            tight = open_ & (np.abs(answer.duals[rows.numbers]) > self.engine.noise)
            # A level that was printed too high could not be kept.
            level = answer.values[worst] * (1.0 - self.engine.digits)
            numbers = score.numbers[tight]
            self._set_columns(numbers, np.full(len(numbers), level), np.full(len(numbers), np.inf))
            free = np.full(tight.sum(), np.inf)
            self.engine.change_rows(rows.numbers[tight], -free, free)
            open_ &= ~tight
            if not open_.any() or not tight.any():
                # What is left of worst would be free to fall: it has done its work.
                self._set_columns(np.array([worst]), np.array([level]), np.array([level]))
                return True
            answer = self._run(cost)
            if answer.values is None or answer.duals is None:
                if not self._cut_short_by(answer):
                    self._raise_failed(answer, "leximin")
                return False
            self._take(answer)

    def _keep_prices(self, objective: Objective, answer: Answer) -> None:
        assert answer.duals is not None
        duals = answer.duals[: self.programme.matrix.height]
        cost = -objective.gain
        self.solution.duals = -duals
        self.solution.reduced = -(cost - self.programme.matrix.transposed_times(duals))

    # --- decisions on offers ------------------------------------------------

    def _settle_decisions(self, tie_break: bool) -> bool:
        """Find and fix the starts and runs of offers; False when cut short for good."""
        first = self.programme.objectives[0]
        cost = -self._padded(first.gain)
        answer = self._run(cost, self.limits)
        if answer.values is None:
            self._raise(answer)
        assert answer.values is not None
        best = answer
        self.solution.gap = answer.gap
        if answer.status is not Status.OPTIMAL:
            gap = f", within {100 * answer.gap:.2g} % of the best" if answer.gap else ""
            self.solution.status = f"{answer.status.value}{gap}"
        elif tie_break or first.leximin or len(self.programme.objectives) > 1:
            best = self._nearest_decisions(answer, tie_break)
        numbers = np.flatnonzero(self.matrix.integer)
        assert best.values is not None
        decided = np.round(best.values[numbers])
        # A plan is reached: what it holds stands if there is no time for more.
        self._take(best)
        self.solution.values = self.solution.values.copy()
        self.solution.values[numbers] = decided
        self._set_columns(numbers, decided, decided)
        self.engine.relax_integers()
        self.matrix = changed(self.matrix, integer=np.zeros(self.matrix.width, bool))
        self.solution.integers_fixed = True
        return True

    def _nearest_decisions(self, answer: Answer, tie_break: bool) -> Answer:
        """Among equally good decisions, the best by the further objectives in order.

        With the tie-break, then those with the least change, then stable weights.
        """
        best, objectives = answer, self.programme.objectives
        fresh = _Run(self.programme, self.solver, self.limits)
        fresh.clock = self.clock
        if fresh._run(-fresh._padded(objectives[0].gain)).values is None:
            return best
        for number, objective in enumerate(objectives):
            if number:
                found = fresh._run(-fresh._padded(objective.gain))
                if found.values is None or found.status is not Status.OPTIMAL:
                    return best
                best = found
            assert best.values is not None
            fresh._keep(objective.gain, best.values)
            if objective.leximin:
                raised = fresh._raise_sums_of_worst(best)
                if raised is None:
                    return best
                best = raised
        if not tie_break:
            return best
        assert best.values is not None
        stage = tie.least_change(fresh.draft, self.programme.basis, best.values)
        fresh._grow(stage)
        nearest = fresh._run(stage.cost)
        if nearest.values is None or nearest.status is not Status.OPTIMAL:
            return best
        moved = worth(stage.cost, nearest.values)
        fresh._cut(stage.cost, "<=", moved + 1e-9 * max(1.0, moved))
        weights = tie.stable_weights(fresh.draft, self.programme.basis, self.width)
        cost = np.where(np.arange(len(weights.cost)) < self.width, weights.cost, 0.0)
        cost[: self.width] *= self.programme.matrix.integer
        settled = fresh._run(cost)
        return settled if settled.status is Status.OPTIMAL else nearest

    def _raise_sums_of_worst(self, answer: Answer) -> Answer | None:
        """Raise the sum of the two lowest scores, of the three, and so on; None when cut short."""
        for count in range(2, len(self.draft.columns["score"]) + 1):
            stage = sum_of_worst(self.draft, count)
            self._grow(stage)
            answer = self._run(stage.cost)
            if answer.values is None or answer.status is not Status.OPTIMAL:
                return None
            self._keep(-stage.cost, answer.values)
        return answer

    def _keep(self, gain: np.ndarray, values: np.ndarray) -> None:
        """Hold on to what has been gained."""
        value = worth(gain, values[: len(gain)])
        self._cut(gain, ">=", value - 1e-9 * max(1.0, abs(value)))

    def _cut(self, gain: np.ndarray, sense: str, right: float) -> None:
        where = np.flatnonzero(gain)
        terms = Terms().add(np.zeros(len(where), np.int64), where, gain[where])
        number = sum(name.startswith("cut") for name in self.draft.rows)
        self.draft.add_rows(f"cut_{number}", {"year": np.array([0])}, terms, sense, right)
        nothing = np.zeros(0, bool)
        self._grow(tie.Stage("cut", np.zeros(0), nothing, np.ones(1, bool)))

    # --- tie-break ------------------------------------------------------------

    def _tie_break_stages(self) -> Iterator[tie.Stage]:
        basis = self.programme.basis
        for make in (tie.least_change, tie.least_relative_change, tie.nearest_split):
            stage = make(self.draft, basis, self.values)
            self._grow(stage)
            yield stage
        yield tie.stable_weights(self.draft, basis, self.width)

    def _grow(self, stage: tie.Stage) -> None:
        added = _since(self.draft, self.matrix)
        self.engine.grow(added, stage.basic_columns, stage.basic_rows)
        self.matrix = stacked(self.matrix, added)

    # --- running --------------------------------------------------------------

    def _run(self, cost: np.ndarray, limits: Limits | None = None) -> Answer:
        limits = limits or changed(self.limits, gap=0.0)
        return self.engine.run(cost, limits, self.clock.left)

    def _take(self, answer: Answer) -> None:
        assert answer.values is not None
        self.values = answer.values
        self.solution.values = answer.values[: self.width]

    def _fix_face(self, cost: np.ndarray, answer: Answer) -> None:
        """Keep at its bound what has a price, so that every plan left is as good.

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
        self._set_columns(numbers, bound[numbers], bound[numbers])
        limit = np.where(np.isfinite(matrix.row_lower), matrix.row_lower, matrix.row_upper)
        loose = matrix.row_lower < matrix.row_upper
        tight = _close(matrix.times(values), limit, near)
        rows = np.flatnonzero((np.abs(duals) > noise) & loose & tight)
        self.engine.change_rows(rows, limit[rows], limit[rows])
        low, high = matrix.row_lower.copy(), matrix.row_upper.copy()
        low[rows], high[rows] = limit[rows], limit[rows]
        self.matrix = changed(self.matrix, row_lower=low, row_upper=high)

    def _set_columns(self, numbers: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> None:
        self.engine.change_columns(numbers, lower, upper)
        low, high = self.matrix.lower.copy(), self.matrix.upper.copy()
        low[numbers], high[numbers] = lower, upper
        self.matrix = changed(self.matrix, lower=low, upper=high)

    def _padded(self, gain: np.ndarray) -> np.ndarray:
        return np.concatenate([gain, np.zeros(self.draft.width - len(gain))])

    def _progress(self, name: str, number: int, total: int) -> None:
        if self.limits.progress:
            self.limits.progress(name, number, total)

    def _cut_short(self, stage: str) -> str:
        why = "stopped" if self.limits.stopped else "time limit"
        return f"{why} before the stage '{stage}' was finished"

    @staticmethod
    def _cut_short_by(answer: Answer) -> bool:
        return answer.status in (Status.STOPPED, Status.TIME_LIMIT)

    @staticmethod
    def _raise_failed(answer: Answer, stage: str) -> NoReturn:
        raise SolverFailed(
            f"the solver gave no answer in the stage '{stage}' "
            f"({answer.detail or answer.status.value}); try another solver"
        )

    def _raise(self, answer: Answer) -> NoReturn:
        status = answer.status
        if self.solution.stages:
            self._raise_failed(answer, "after " + self.solution.stages[-1])
        if status is Status.INFEASIBLE:
            raise name_clash(self.programme)
        if status is Status.UNBOUNDED:
            raise Unbounded(
                "the objective can grow without end: an offer has neither capacity nor need and "
                "its money has no limit; give the service a need or the offer a capacity"
            )
        if status in (Status.STOPPED, Status.TIME_LIMIT):
            why = "was stopped" if status is Status.STOPPED else "ran out of time"
            raise Stopped(f"the run {why} before a plan was reached; nothing was kept")
        raise SolverFailed(f"the solver gave no answer ({answer.detail or status.value})")


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
