"""The stages of a plan: objectives in order, then the tie-break.

Each stage is solved on the optimal face of the one before. Where offers need
decisions, these are settled first; then they are fixed, and everything else follows
as a linear programme.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from dataclasses import replace as changed
from typing import NoReturn

import numpy as np

from placebudget.errors import Infeasible, SolverFailed, Stopped, Unbounded
from placebudget.programme import Objective, Programme
from placebudget.programme.tie_break import least_change, near_today, stable_weights
from placebudget.solver.backend.answer import RunLimits, SolverResult, Status
from placebudget.solver.backend.engine import DEFAULT_SOLVER, Clock
from placebudget.solver.infeasible import name_clash
from placebudget.solver.stages.nearest import PENNY, Remaining, nearest
from placebudget.solver.stages.open_plans import OpenPlans, nearest_decisions

NEAREST = "nearest to today"
"""The stage after all objectives, as a run reports it."""


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
    start : object
        Where the solver ended the first objective; None where it does not say.
    """

    values: np.ndarray
    objective_values: list[float] = field(default_factory=list)
    duals: np.ndarray | None = None
    reduced: np.ndarray | None = None
    status: str = Status.OPTIMAL.value
    stages: list[str] = field(default_factory=list)
    gap: float = 0.0
    integers_fixed: bool = False
    start: object = None
    seconds: float = 0.0


def solve(
    programme: Programme,
    *,
    solver: str = DEFAULT_SOLVER,
    limits: RunLimits | None = None,
    tie_break: bool = True,
    named: bool = True,
) -> Solution:
    """Run all stages of a programme.

    Parameters
    ----------
    programme : Programme
        What :func:`placebudget.programme.build` gives.
    solver : str
        ``"HiGHS"`` or the name of any PuLP solver.
    limits : RunLimits, optional
        Time, gap, stop signal, progress.
    tie_break : bool
        Whether to go on to the one plan nearest to today; studies that need
        only values leave it out.
    named : bool
        Whether an error names what clashes, which takes longer than to find that something
        does; who tries another way leaves it out.

    Raises
    ------
    Infeasible
        If no plan keeps all rules; the text names those that clash.
    Unbounded, Stopped, SolverFailed
        If there is nothing to show for another reason.
    """
    run = _Run(programme, solver, limits or RunLimits())
    run.named = named
    try:
        return run.through(tie_break)
    finally:
        run.solution.seconds = run.clock.used


class _Run:
    """State of one run through the stages."""

    def __init__(
        self, programme: Programme, solver: str, limits: RunLimits, clock: Clock | None = None
    ) -> None:
        self.programme, self.solver, self.limits = programme, solver, limits
        self.clock = clock or Clock(limits.seconds)
        self.plans = OpenPlans(programme, solver, limits, self.clock)
        self.values = np.zeros(0)
        self.solution = Solution(np.zeros(0))
        self.named = True

    def through(self, tie_break: bool) -> Solution:
        """All stages in order."""
        total = len(self.programme.objectives) + tie_break
        whole = self.programme.matrix.integer.any()
        if whole and not (self._all_decide_alike(total) or self._settle_decisions(tie_break)):
            return self.solution
        if not self._objectives(total):
            return self.solution
        if tie_break:
            self._progress(NEAREST, total - 1, total)
            if not self._nearest():
                self.solution.status = self._cut_short(NEAREST)
                return self.solution
            self.solution.stages.append(NEAREST)
        self._progress("done", total, total)
        return self.solution

    def _objectives(self, total: int) -> bool:
        """Those objectives that are not reached yet, in order; False when cut short."""
        objectives = self.programme.objectives
        for n in range(len(self.solution.stages), len(objectives)):
            self._progress(objectives[n].name, n, total)
            answer = self._objective(objectives[n])
            if answer is None:
                self._stop_short(objectives[n])
                return False
            if n == 0:
                self._keep_prices(objectives[n], answer)
            self.solution.stages.append(objectives[n].name)
        return True

    def _stop_short(self, objective: Objective) -> None:
        """Say what was reached, and before what."""
        if self.solution.status == Status.OPTIMAL.value:
            self.solution.status = self._cut_short(objective.name)
        if not self.solution.objective_values:
            self.solution.objective_values.append(objective.value(self.solution.values))

    # --- objectives -------------------------------------------------------

    def _objective(self, objective: Objective) -> SolverResult | None:
        cost = self.plans.cost_of(objective.gain)
        answer = self.plans.cheapest(cost)
        if answer.values is None:
            reached = bool(self.solution.stages) or self.solution.integers_fixed
            if reached and self._cut_short_by(answer):
                return None
            self._raise(answer)
        assert answer.values is not None
        if answer.duals is None:
            raise SolverFailed("the solver gave no valid prices; the best plan cannot be fixed")
        self._take(answer)
        self.solution.objective_values.append(objective.value(answer.values))
        if objective.leximin:
            return answer if self._raise_the_next_worst(cost, answer) else None
        self.plans.narrow(cost, answer)
        return answer

    def _raise_the_next_worst(self, cost: np.ndarray, answer: SolverResult) -> bool:
        """Leximin: fix every area whose row has a dual, then raise the others."""
        plans = self.plans
        score, rows = plans.draft.columns["score"], plans.draft.rows["worst"]
        open_ = np.ones(len(score), bool)
        worst = plans.draft.columns["worst"].first
        while True:
            assert answer.values is not None
            assert answer.duals is not None
            tight = open_ & (np.abs(answer.duals[rows.numbers]) > plans.engine.noise)
            # A level that was printed too high could not be kept.
            level = answer.values[worst] * (1.0 - plans.engine.digits)
            numbers = score.numbers[tight]
            plans.bound(numbers, np.full(len(numbers), level), np.full(len(numbers), np.inf))
            free = np.full(tight.sum(), np.inf)
            plans.engine.change_rows(rows.numbers[tight], -free, free)
            open_ &= ~tight
            if not open_.any() or not tight.any():
                # What is left of worst would be free to fall: it has done its work.
                plans.bound(np.array([worst]), np.array([level]), np.array([level]))
                return True
            answer = plans.cheapest(cost)
            if answer.values is None or answer.duals is None:
                if not self._cut_short_by(answer):
                    self._raise_failed(answer, "leximin")
                return False
            self._take(answer)

    def _keep_prices(self, objective: Objective, answer: SolverResult) -> None:
        assert answer.duals is not None
        self.solution.start = self.plans.engine.mark()
        duals = answer.duals[: self.programme.matrix.height]
        cost = -objective.gain
        self.solution.duals = -duals
        self.solution.reduced = -(cost - self.programme.matrix.transposed_times(duals))

    # --- decisions on offers ------------------------------------------------

    def _all_decide_alike(self, total: int) -> bool:
        """Whether all best plans decide alike and in whole numbers where none are asked for.

        Then no plan with whole decisions is as good as these, and a linear programme was
        enough. Leximin fixes areas by prices, which need the decisions first.
        """
        programme = self.programme
        if any(objective.leximin for objective in programme.objectives):
            return False
        linear = changed(programme.matrix, integer=np.zeros(programme.matrix.width, bool))
        run = _Run(changed(programme, matrix=linear), self.solver, self.limits, self.clock)
        run.named = self.named
        if not run._objectives(total):
            return False
        numbers, left = np.flatnonzero(programme.matrix.integer), Remaining(run.plans.matrix)
        decided = np.round(left.lower[numbers])
        ends = np.stack([left.lower[numbers], left.upper[numbers]])
        if (np.abs(ends - decided) > run.plans.engine.near).any():
            return False
        self.plans, self.values, self.solution = run.plans, run.values, run.solution
        self.plans.bound(numbers, decided, decided)
        self.solution.values = self.solution.values.copy()
        self.solution.values[numbers] = decided
        self.solution.integers_fixed = True
        return True

    def _settle_decisions(self, tie_break: bool) -> bool:
        """Find and fix the starts and runs of offers; False when cut short for good."""
        numbers = np.flatnonzero(self.programme.matrix.integer)
        first = self.programme.objectives[0]
        answer = self.plans.cheapest(self.plans.cost_of(first.gain), gap=self.limits.gap)
        if answer.values is None:
            self._raise(answer)
        assert answer.values is not None
        best = answer
        self.solution.gap = answer.gap
        if answer.status is not Status.OPTIMAL:
            gap = f", within {100 * answer.gap:.2g} % of the best" if answer.gap else ""
            self.solution.status = f"{answer.status.value}{gap}"
        elif tie_break or first.leximin or len(self.programme.objectives) > 1:
            best = nearest_decisions(
                self.programme, answer, solver=self.solver, limits=self.limits,
                clock=self.clock, tie_break=tie_break,
            )  # fmt: skip
        assert best.values is not None
        decided = np.round(best.values[numbers])
        # A plan is reached: what it holds stands if there is no time for more.
        self._take(best)
        self.solution.values = self.solution.values.copy()
        self.solution.values[numbers] = decided
        self.plans.decide(numbers, decided)
        self.solution.integers_fixed = True
        return True

    # --- tie-break ------------------------------------------------------------

    def _nearest(self) -> bool:
        """Go to the plan nearest to today; False where there is no time for it."""
        if self.limits.stopped or self.clock.up:
            return False
        near = near_today(self.plans.draft.columns, self.programme.basis, self.plans.matrix.width)
        answer = nearest(self.plans, near)
        if answer.status is Status.FAILED:
            answer = self._least_changed()
        if answer.values is None:
            if not self._cut_short_by(answer):
                self._raise_failed(answer, NEAREST)
            return False
        self._take(answer)
        return True

    def _least_changed(self) -> SolverResult:
        """By linear programmes: the least sum of changes, then stable weights."""
        basis, plans = self.programme.basis, self.plans
        stage = least_change(plans.draft, basis, self.values)
        plans.grow(stage)
        answer = self._cheapest_but_for_rounding(stage.cost)
        if answer.values is None or answer.duals is None:
            return answer
        plans.narrow(stage.cost, answer)
        weights = stable_weights(plans.draft, basis, self.programme.matrix.width)
        return self._cheapest_but_for_rounding(weights.cost)

    def _cheapest_but_for_rounding(self, cost: np.ndarray) -> SolverResult:
        answer = self.plans.cheapest(cost)
        if answer.status is Status.INFEASIBLE:
            self.plans.loosen(PENNY)
            answer = self.plans.cheapest(cost)
        return answer

    # --- what was reached, in words ------------------------------------------------------

    def _take(self, answer: SolverResult) -> None:
        assert answer.values is not None
        self.values = answer.values
        self.solution.values = answer.values[: self.programme.matrix.width]

    def _progress(self, name: str, number: int, total: int) -> None:
        if self.limits.progress:
            self.limits.progress(name, number, total)

    def _cut_short(self, stage: str) -> str:
        why = "stopped" if self.limits.stopped else "time limit"
        return f"{why} before the stage '{stage}' was finished"

    @staticmethod
    def _cut_short_by(answer: SolverResult) -> bool:
        return answer.status in (Status.STOPPED, Status.TIME_LIMIT)

    @staticmethod
    def _raise_failed(answer: SolverResult, stage: str) -> NoReturn:
        raise SolverFailed(
            f"the solver gave no answer in the stage '{stage}' "
            f"({answer.detail or answer.status.value}); try another solver"
        )

    def _raise(self, answer: SolverResult) -> NoReturn:
        status = answer.status
        if self.solution.stages:
            self._raise_failed(answer, "after " + self.solution.stages[-1])
        if status is Status.INFEASIBLE:
            if self.named:
                raise name_clash(self.programme)
            raise Infeasible("no plan keeps all rules")
        if status is Status.UNBOUNDED:
            raise Unbounded(
                "the objective can grow without end: an offer has neither capacity nor need and "
                "its money has no limit; give the service a need or the offer a capacity"
            )
        if status in (Status.STOPPED, Status.TIME_LIMIT):
            why = "was stopped" if status is Status.STOPPED else "ran out of time"
            raise Stopped(f"the run {why} before a plan was reached; nothing was kept")
        raise SolverFailed(f"the solver gave no answer ({answer.detail or status.value})")
