"""HiGHS, live: arrays handed over in one call, changed in place, solved again; and small ones.

A live model keeps its basis, so that a changed amount, bound or weight is solved
again from where the last run ended.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pulp  # noqa: F401  PuLP before HiGHS: see adaptor

import highspy  # isort: skip

from placebudget.errors import SolverFailed
from placebudget.programme.linear import Matrix
from placebudget.solver.backend.answer import RunLimits, SolverResult, Status

TOLERANCE = 1e-9
_STATUS = {
    highspy.HighsModelStatus.kOptimal: Status.OPTIMAL,
    highspy.HighsModelStatus.kInfeasible: Status.INFEASIBLE,
    highspy.HighsModelStatus.kUnbounded: Status.UNBOUNDED,
    highspy.HighsModelStatus.kTimeLimit: Status.TIME_LIMIT,
    highspy.HighsModelStatus.kInterrupt: Status.STOPPED,
    highspy.HighsModelStatus.kObjectiveBound: Status.GAP,
    highspy.HighsModelStatus.kObjectiveTarget: Status.GAP,
    highspy.HighsModelStatus.kSolutionLimit: Status.GAP,
    highspy.HighsModelStatus.kModelEmpty: Status.OPTIMAL,
}
_LOOKS = (
    highspy.cb.HighsCallbackType.kCallbackSimplexInterrupt,
    highspy.cb.HighsCallbackType.kCallbackIpmInterrupt,
    highspy.cb.HighsCallbackType.kCallbackMipInterrupt,
)
_LOWER, _BASIC = highspy.HighsBasisStatus.kLower, highspy.HighsBasisStatus.kBasic


class _QuietHighs(highspy.Highs):
    def enableCallbacks(self) -> None:  # noqa: N802  HiGHS's name
        # The first thing a new model does: here HiGHS would print its banner.
        self.silent()
        super().enableCallbacks()


class LiveHighs:
    """One HiGHS model that stays alive between runs."""

    def __init__(self, matrix: Matrix, cost: np.ndarray, **options: Any) -> None:
        self.model = _QuietHighs()
        self._set(dual_feasibility_tolerance=TOLERANCE)
        near = _primal_tolerance(matrix)
        self._set(primal_feasibility_tolerance=near, mip_feasibility_tolerance=near)
        self._set(**options)
        self.width, self.height = matrix.width, matrix.height
        kind = matrix.integer.astype(np.int32)
        self._check(
            self.model.passModel(
                matrix.width, matrix.height, len(matrix.value),
                int(highspy.MatrixFormat.kRowwise), int(highspy.ObjSense.kMinimize), 0.0,
                cost, matrix.lower, matrix.upper, matrix.row_lower, matrix.row_upper,
                matrix.start, matrix.column, matrix.value, kind,
            )
        )  # fmt: skip
        self.integers = np.flatnonzero(matrix.integer)

    def _set(self, **options: Any) -> None:
        for name, value in options.items():
            if self.model.setOptionValue(name, value) == highspy.HighsStatus.kError:
                raise SolverFailed(f"HiGHS has no option {name} = {value!r}")

    @staticmethod
    def _check(status: Any) -> None:
        if status == highspy.HighsStatus.kError:
            raise SolverFailed("HiGHS refused a change to the model; please report the place")

    def change_cost(self, cost: np.ndarray) -> None:
        """New costs for all variables."""
        numbers = np.arange(self.width, dtype=np.int32)
        self._check(self.model.changeColsCost(self.width, numbers, np.asarray(cost, float)))

    def change_columns(self, numbers: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> None:
        """New bounds for some variables."""
        if len(numbers):
            numbers = np.asarray(numbers, np.int32)
            self._check(self.model.changeColsBounds(len(numbers), numbers, lower, upper))

    def change_rows(self, numbers: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> None:
        """New limits for some constraints."""
        if len(numbers):
            numbers = np.asarray(numbers, np.int32)
            self._check(self.model.changeRowsBounds(len(numbers), numbers, lower, upper))

    def change_coefficients(
        self, rows: np.ndarray, columns: np.ndarray, values: np.ndarray
    ) -> None:
        """New coefficients where constraints and variables meet."""
        for row, column, value in zip(rows, columns, values, strict=True):
            self._check(self.model.changeCoeff(int(row), int(column), float(value)))

    def relax_integers(self) -> None:
        """Make every variable continuous; their bounds stay."""
        if len(self.integers):
            kind = np.zeros(len(self.integers), np.uint8)
            numbers = self.integers.astype(np.int32)
            self._check(self.model.changeColsIntegrality(len(numbers), numbers, kind))
            self.integers = self.integers[:0]

    def restore_integers(self, numbers: np.ndarray) -> None:
        """Make variables integer again that were made continuous."""
        if len(numbers):
            kind = np.ones(len(numbers), np.uint8)
            whole = np.asarray(numbers, np.int32)
            self._check(self.model.changeColsIntegrality(len(whole), whole, kind))
        self.integers = np.asarray(numbers)

    def grow(self, added: Matrix, basic_columns: np.ndarray, basic_rows: np.ndarray) -> None:
        """Add variables, then constraints over old and new ones.

        Parameters
        ----------
        added : Matrix
            ``lower`` and ``upper`` of the new variables; constraints whose
            columns count from the first variable of the model.
        basic_columns, basic_rows : ndarray of bool
            Which of them are basic, so that the last plan is where the next
            run starts.
        """
        basis = self.model.getBasis()
        columns, rows = list(basis.col_status), list(basis.row_status)
        none = np.zeros(0, np.int32)
        if added.width:
            zero = np.zeros(added.width)
            self._check(
                self.model.addCols(
                    added.width, zero, added.lower, added.upper, 0, none, none, np.zeros(0)
                )
            )
        if added.height:
            self._check(
                self.model.addRows(
                    added.height, added.row_lower, added.row_upper,
                    len(added.value), added.start[:-1], added.column, added.value,
                )
            )  # fmt: skip
        self.width += added.width
        self.height += added.height
        if basis.valid:
            fresh = highspy.HighsBasis()
            fresh.col_status = columns + [_BASIC if b else _LOWER for b in basic_columns]
            at = [_bound_status(lo) for lo in added.row_lower]
            fresh.row_status = rows + [
                _BASIC if b else s for b, s in zip(basic_rows, at, strict=True)
            ]
            fresh.valid = True
            self._check(self.model.setBasis(fresh))

    def mark(self) -> object:
        """Where the last run ended, for :meth:`back_to`."""
        return self.model.getBasis()

    def back_to(self, mark: object) -> None:
        """Start the next run from a mark, where it is one of a run that ended."""
        if getattr(mark, "valid", False):
            self._check(self.model.setBasis(mark))

    def start_from(self, mark: object, columns: np.ndarray, rows: np.ndarray) -> bool:
        """Start the next run from where a model ended that this one has grown out of.

        Parameters
        ----------
        mark : object
            Of that model; without one the next run starts afresh.
        columns, rows : ndarray of int
            Numbers here of all its variables and constraints.

        Returns
        -------
        bool
            Whether it could be done.
        """
        if not isinstance(mark, highspy.HighsBasis) or not mark.valid:
            return False
        old = mark.col_status, mark.row_status
        if tuple(map(len, old)) != (len(columns), len(rows)):
            return False
        fresh = highspy.HighsBasis()
        fresh.col_status = _put(old[0], columns, self.width, _LOWER)
        fresh.row_status = _put(old[1], rows, self.height, _BASIC)
        fresh.valid = True
        self._check(self.model.setBasis(fresh))
        return True

    def basic(self) -> np.ndarray:
        """Numbers of what is in the basis of the last run: variables, then constraints."""
        status, found = self.model.getBasicVariables()
        if status == highspy.HighsStatus.kError:
            # Presolve left it: a run from there has nothing to do but to know it.
            self.back_to(self.mark())
            self.model.run()
            status, found = self.model.getBasicVariables()
            self._check(status)
        numbers = np.asarray(found, np.int64)
        return np.where(numbers >= 0, numbers, self.width - 1 - numbers)

    def against(self) -> np.ndarray | None:
        """Numbers of constraints that cannot all hold, as a run without presolve has proved."""
        _, known, ray = self.model.getDualRay()
        return np.flatnonzero(np.asarray(ray)) if known else None

    def forget_basis(self) -> None:
        """Start the next run afresh, so that results do not depend on what ran before."""
        self._check(self.model.setBasis())

    def run(self, limits: RunLimits, seconds: float | None = None, **options: Any) -> SolverResult:
        """Solve what the model is now.

        Parameters
        ----------
        limits : RunLimits
            Gap and stop signal.
        seconds : float, optional
            Time for this run. HiGHS counts over all runs of a model, so what it
            has used already is added.
        options : optional
            HiGHS options for this run and those after it.
        """
        self._set(**options)
        self._set(mip_rel_gap=float(limits.gap), mip_abs_gap=0.0 if not limits.gap else 1e-9)
        budget = highspy.kHighsInf if seconds is None else self.model.getRunTime() + seconds
        self._set(time_limit=float(budget))
        if limits.stopped:
            return SolverResult(Status.STOPPED)
        self._watch(limits)
        self.model.run()
        return self._answer()

    def _watch(self, limits: RunLimits) -> None:
        """Look at this run's stop signal, and no longer at that of a run before."""
        for kind in _LOOKS:
            self.model.stopCallback(kind)
        stop = limits.stop
        if stop is None:
            return

        def look(kind: Any, message: str, out: Any, back: Any, data: Any) -> None:
            if stop.is_set():
                back.user_interrupt = True

        self.model.setCallback(look, None)
        for kind in _LOOKS:
            self.model.startCallback(kind)

    def _answer(self) -> SolverResult:
        reported = self.model.getModelStatus()
        if reported == highspy.HighsModelStatus.kUnboundedOrInfeasible:
            # Which of the two: without presolve the simplex method says so.
            self._set(presolve="off")
            self.model.run()
            self._set(presolve="choose")
            reported = self.model.getModelStatus()
        status = _STATUS.get(reported, Status.FAILED)
        detail = self.model.modelStatusToString(reported)
        info = self.model.getInfo()
        whole = not len(self.integers)
        feasible = info.primal_solution_status == 2
        readable = status is Status.OPTIMAL or (
            status in (Status.TIME_LIMIT, Status.STOPPED, Status.GAP) and not whole and feasible
        )
        if not readable:
            return SolverResult(status, detail=detail)
        solution = self.model.getSolution()
        values = np.array(solution.col_value, float)
        duals = np.array(solution.row_dual, float) if whole and solution.dual_valid else None
        gap = 0.0 if whole else float(info.mip_gap)
        if status is Status.OPTIMAL and gap > TOLERANCE:
            # HiGHS calls optimal what is within the gap it was given.
            status = Status.GAP
        return SolverResult(status, values, duals, gap, detail)

    @property
    def seconds(self) -> float:
        """Time all runs of this model took."""
        return float(self.model.getRunTime())


class RelaxedFirst(LiveHighs):
    """A live model that asks for whole numbers only where its best plan without them has others.

    Without them a changed amount is solved again from the last basis, and what has no plan then
    has none with them. Only where some number comes out broken is it decided by branching.
    """

    def __init__(self, matrix: Matrix, cost: np.ndarray, **options: Any) -> None:
        super().__init__(matrix, cost, **options)
        self._asked = self.integers
        super().relax_integers()

    def relax_integers(self) -> None:
        """Make every variable continuous; their bounds stay."""
        self._asked = self._asked[:0]

    def restore_integers(self, numbers: np.ndarray) -> None:
        """Make variables integer again that were made continuous."""
        self._asked = np.asarray(numbers)

    def run(self, limits: RunLimits, seconds: float | None = None, **options: Any) -> SolverResult:
        """Solve what the model is now; see :meth:`LiveHighs.run`."""
        if not len(self._asked):
            return super().run(limits, seconds, **options)
        answer = super().run(limits, seconds, **options)
        if answer.status is not Status.OPTIMAL or answer.values is None:
            return answer
        decided = answer.values[self._asked]
        if (np.abs(decided - np.round(decided)) <= TOLERANCE).all():
            return replace(answer, duals=None)
        mark = self.mark()
        super().restore_integers(self._asked)
        try:
            return super().run(limits, seconds, **options)
        finally:
            super().relax_integers()
            self.back_to(mark)


def _put(old: list[Any], numbers: np.ndarray, count: int, other: Any) -> list[Any]:
    status = np.full(count, other, object)
    status[numbers] = old
    return status.tolist()


def _primal_tolerance(matrix: Matrix) -> float:
    """How exactly constraints are kept.

    A number has sixteen digits: where limits are large, as in pounds, fourteen of
    them are asked for.
    """
    limits = np.concatenate([matrix.row_lower, matrix.row_upper, matrix.upper])
    largest = np.abs(limits[np.isfinite(limits)]).max(initial=1.0)
    return max(TOLERANCE, 1e-14 * float(largest))


def _bound_status(lower: float) -> Any:
    return _LOWER if np.isfinite(lower) else highspy.HighsBasisStatus.kUpper


# Small linear programmes given as full arrays, for questions about numbers already found.


def solve_dense(
    cost: np.ndarray,
    rows: np.ndarray,
    row_lower: np.ndarray,
    row_upper: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """The least cost of a small linear programme.

    Parameters
    ----------
    cost : ndarray
        Cost of each variable.
    rows : ndarray
        Constraints x variables.
    row_lower, row_upper, lower, upper : ndarray
        Limits of constraints and of variables; infinite where there is none.

    Returns
    -------
    values, duals : ndarray
        Value of each variable, and the change of the least cost for one more on
        the right of each constraint.

    Raises
    ------
    SolverFailed
        If there is no best answer.

    Examples
    --------
    >>> one = np.ones(2)
    >>> values, duals = solve_dense(
    ...     np.array([1.0, 2.0]), one[None, :], one[:1], np.full(1, np.inf), 0 * one, one
    ... )
    >>> values.tolist(), duals.tolist()
    ([1.0, 0.0], [1.0])
    """
    matrix = dense_matrix(rows, row_lower, row_upper, lower, upper)
    answer = LiveHighs(matrix, cost).run(RunLimits())
    if answer.status is not Status.OPTIMAL or answer.values is None or answer.duals is None:
        raise SolverFailed(f"a small linear programme has no best answer: {answer.status.value}")
    return answer.values, answer.duals


def dense_matrix(
    rows: np.ndarray,
    row_lower: np.ndarray,
    row_upper: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
) -> Matrix:
    """A programme of continuous variables from full arrays."""
    row, column = np.nonzero(rows)
    return Matrix(
        lower=np.asarray(lower, float),
        upper=np.asarray(upper, float),
        integer=np.zeros(len(lower), bool),
        start=np.searchsorted(row, np.arange(len(rows) + 1)).astype(np.int32),
        column=column.astype(np.int32),
        value=np.asarray(rows, float)[row, column],
        row_lower=np.asarray(row_lower, float),
        row_upper=np.asarray(row_upper, float),
    )
