"""PuLP problems from arrays, for PuLP 3.3 and PuLP 4: all that differs stands here.

PuLP is imported before HiGHS, as both carry C++ runtimes that must meet in this
order.

Standard output belongs to results: what a solver prints does not reach it.

Solvers print from compiled code, past ``sys.stdout``, so this is held where the
process writes: at its file descriptor.
"""

from __future__ import annotations

import ctypes
import gc
import os
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pulp

from placebudget.errors import SolverFailed, WrongArgument
from placebudget.programme.linear import Matrix
from placebudget.solver.backend.answer import SolverResult, Status
from placebudget.texts import shown

# Fill a PuLP problem from arrays, by PuLP's compiled core or by its public interface.

PULP_MAJOR = int(pulp.__version__.split(".")[0])
LESS, EQUAL, GREATER = pulp.LpConstraintLE, pulp.LpConstraintEQ, pulp.LpConstraintGE


def has_core(problem: pulp.LpProblem) -> bool:
    """Whether PuLP keeps a problem in its compiled core, whose ways are quicker."""
    return PULP_MAJOR >= 4 and hasattr(problem, "_model") and hasattr(pulp, "_rustcore")


@contextmanager
def collecting_later() -> Iterator[None]:
    """No search for garbage while very many objects are made: there is none among them."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def expression(terms: list[tuple[pulp.LpVariable, float]]) -> pulp.LpAffineExpression:
    """The sum of coefficient x variable."""
    if PULP_MAJOR >= 4:
        return pulp.LpAffineExpression.from_list(terms)
    return pulp.LpAffineExpression(terms)


def add_variables(
    problem: pulp.LpProblem, matrix: Matrix, names: Sequence[str]
) -> list[pulp.LpVariable]:
    """Add all variables with their bounds; those of a matrix, in its order."""
    if PULP_MAJOR >= 4 and len(set(names)) == len(names):
        # One call for all, then the few other bounds and integers one by one.
        made = problem.add_variable_dict("%s", names, lowBound=0.0)
        variables = list(made.values())
        for n in np.flatnonzero(matrix.lower).tolist():
            variables[n].lowBound = _bound(matrix.lower[n])
        for n in np.flatnonzero(np.isfinite(matrix.upper)).tolist():
            variables[n].upBound = _bound(matrix.upper[n])
        for n in np.flatnonzero(matrix.integer).tolist():
            variables[n].cat = pulp.LpInteger
        return variables
    kinds = [pulp.LpInteger if whole else pulp.LpContinuous for whole in matrix.integer.tolist()]
    return [
        problem.add_variable(name, _bound(low), _bound(high), kind)
        for name, low, high, kind in zip(
            names, matrix.lower.tolist(), matrix.upper.tolist(), kinds, strict=True
        )
    ]


def _bound(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _senses(matrix: Matrix) -> tuple[np.ndarray, np.ndarray]:
    equal = matrix.row_lower == matrix.row_upper
    less = ~np.isfinite(matrix.row_lower)
    if (~equal & ~less & np.isfinite(matrix.row_upper)).any():
        raise ValueError("a constraint between two limits: PuLP has one sense for each; use two")
    sense = np.where(equal, EQUAL, np.where(less, LESS, GREATER))
    return sense, np.where(less, matrix.row_upper, matrix.row_lower)


def add_rows_in_bulk(
    problem: pulp.LpProblem,
    variables: list[pulp.LpVariable],
    matrix: Matrix,
    labels: Sequence[str],
    used: np.ndarray,
) -> None:
    """Add the constraints that limit something, through PuLP's compiled core."""
    model, core = problem._model, pulp._rustcore
    ids = _ids(variables)[matrix.column]
    kinds = {
        LESS: core.Sense.LessEqual,
        EQUAL: core.Sense.Equal,
        GREATER: core.Sense.GreaterEqual,
    }
    sense, right = _senses(matrix)
    senses, constants = [kinds[kind] for kind in sense.tolist()], (-right).tolist()
    start, value = matrix.start.tolist(), matrix.value
    for n in used.tolist():
        begin, end = start[n], start[n + 1]
        row = core.AffineExpr()
        row.add_term_ids_coeffs(model, ids[begin:end], value[begin:end])
        row.set_constant(constants[n])
        row.set_name(labels[n])
        row.set_sense(senses[n])
        model.add_constraint(row)


def sum_in_bulk(
    problem: pulp.LpProblem, variables: list[pulp.LpVariable], cost: np.ndarray
) -> pulp.LpAffineExpression:
    """The sum of cost x variable, through PuLP's compiled core."""
    chosen = np.flatnonzero(cost)
    total = pulp._rustcore.AffineExpr()
    total.add_term_ids_coeffs(problem._model, _ids(variables)[chosen], cost[chosen])
    return pulp.LpAffineExpression(total)


def _ids(variables: list[pulp.LpVariable]) -> np.ndarray:
    return np.fromiter((v.id for v in variables), np.uint64, len(variables))


def add_rows(
    problem: pulp.LpProblem,
    variables: list[pulp.LpVariable],
    matrix: Matrix,
    labels: Sequence[str],
    used: np.ndarray,
) -> None:
    """Add the constraints that limit something, through PuLP's public interface."""
    sense, right = _senses(matrix)
    start, column, value = matrix.start.tolist(), matrix.column.tolist(), matrix.value.tolist()
    for n in used.tolist():
        part = slice(start[n], start[n + 1])
        terms = [(variables[j], v) for j, v in zip(column[part], value[part], strict=True)]
        row = expression(terms)
        limit = float(right[n])
        if sense[n] == EQUAL:
            problem.addConstraint(row == limit, labels[n])
        elif sense[n] == LESS:
            problem.addConstraint(row <= limit, labels[n])
        else:
            problem.addConstraint(row >= limit, labels[n])


_STDOUT = 1
_lock = threading.Lock()
_inside = 0
_aside: int | None = None
_AT_ONCE = 4_096


@contextmanager
def quiet() -> Iterator[None]:
    """Nothing reaches standard output meanwhile, whoever prints it.

    Several threads may be inside at once: the first takes standard output away
    and the last gives it back. Where there is none, nothing is taken.

    Examples
    --------
    >>> with quiet():
    ...     _ = os.write(1, b"licensed to nobody")
    """
    global _inside, _aside
    with _lock:
        if not _inside:
            _aside = _taken()
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if not _inside and _aside is not None:
                _flush()
                os.dup2(_aside, _STDOUT)
                os.close(_aside)
                _aside = None


def _taken() -> int | None:
    _flush()
    try:
        aside = os.dup(_STDOUT)
    except OSError:
        return None
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, _STDOUT)
    os.close(nowhere)
    return aside


def _flush() -> None:
    """What waits in buffers goes where standard output leads now."""
    with suppress(OSError, ValueError, AttributeError):
        sys.stdout.flush()
    if os.name == "posix":
        ctypes.CDLL(None).fflush(None)


def to_problem(
    matrix: Matrix,
    cost: np.ndarray,
    *,
    columns: Sequence[str] | None = None,
    rows: Sequence[str] | None = None,
    public_only: bool = False,
) -> tuple[pulp.LpProblem, list[pulp.LpVariable]]:
    """A PuLP problem with the arrays' content, always a minimisation.

    Variables and constraints get short machine names, as some solvers refuse
    doubled or long ones, unless names are given. Constraints that hold for any
    value are left out.

    Parameters
    ----------
    matrix : Matrix
        Bounds and constraints.
    cost : ndarray
        Cost of every variable.
    columns, rows : sequence of str, optional
        Names instead of x0, x1 ... and r0, r1 ...
    public_only : bool
        Use nothing but PuLP's public interface, which is slower.
    """
    problem = pulp.LpProblem("placebudget", pulp.LpMinimize)
    variables = fill_problem(problem, matrix, cost, columns, rows, public_only)
    return problem, variables


def fill_problem(
    problem: pulp.LpProblem,
    matrix: Matrix,
    cost: np.ndarray,
    columns: Sequence[str] | None = None,
    rows: Sequence[str] | None = None,
    public_only: bool = False,
) -> list[pulp.LpVariable]:
    """Put the arrays' content into an empty problem; its variables in their order."""
    names = columns or [f"x{n}" for n in range(matrix.width)]
    labels = rows or [f"r{n}" for n in range(matrix.height)]
    used = np.flatnonzero(np.isfinite(matrix.row_lower) | np.isfinite(matrix.row_upper))
    bulk = has_core(problem) and not public_only
    with warnings.catch_warnings(), collecting_later():
        # Rows are edited here before any problem holds them.
        warnings.simplefilter("ignore")
        variables = add_variables(problem, matrix, names)
        if bulk:
            add_rows_in_bulk(problem, variables, matrix, labels, used)
            problem.setObjective(sum_in_bulk(problem, variables, cost))
        else:
            add_rows(problem, variables, matrix, labels, used)
            terms = [(variables[n], float(cost[n])) for n in np.flatnonzero(cost)]
            problem.setObjective(expression(terms))
    return variables


def to_matrix(problem: pulp.LpProblem) -> tuple[Matrix, np.ndarray, list[pulp.LpVariable]]:
    """Arrays of any PuLP problem, read through its public interface.

    Returns
    -------
    Matrix, ndarray, list
        Constraints and bounds, cost (of a minimisation), variables in order.
    """
    constraints = problem.constraints()
    objective = list(problem.objective.items()) if problem.objective is not None else []
    variables = list(problem.variables())
    number = {id_of(v): n for n, v in enumerate(variables)}
    start, column, value, lower, upper = [0], [], [], [], []
    for constraint in constraints:
        for variable, coefficient in constraint.items():
            column.append(number[id_of(variable)])
            value.append(float(coefficient))
        start.append(len(column))
        low, high = constraint.getLb(), constraint.getUb()
        lower.append(-np.inf if low is None else low)
        upper.append(np.inf if high is None else high)
    cost = np.zeros(len(variables))
    sign = -1.0 if problem.sense == pulp.LpMaximize else 1.0
    for variable, coefficient in objective:
        cost[number[id_of(variable)]] = sign * coefficient
    matrix = Matrix(
        lower=np.array([-np.inf if v.lowBound is None else v.lowBound for v in variables], float),
        upper=np.array([np.inf if v.upBound is None else v.upBound for v in variables], float),
        integer=np.array([v.cat != pulp.LpContinuous for v in variables], bool),
        start=np.array(start, np.int32),
        column=np.array(column, np.int32),
        value=np.array(value, float),
        row_lower=np.array(lower, float),
        row_upper=np.array(upper, float),
    )
    return matrix, cost, variables


def id_of(variable: pulp.LpVariable) -> Any:
    """What tells two variables of one problem apart."""
    return variable.id if PULP_MAJOR >= 4 else variable.name


def write_back(
    problem: pulp.LpProblem,
    variables: list[pulp.LpVariable],
    values: np.ndarray,
    public_only: bool = False,
) -> None:
    """Put the values of a solution into the variables of a problem."""
    if has_core(problem) and not public_only:
        # In parts: pairs of all variables at once would be the most memory of the whole.
        for begin in range(0, len(variables), _AT_ONCE):
            part = slice(begin, begin + _AT_ONCE)
            ids = (variable.id for variable in variables[part])
            problem._model.set_variable_values(list(zip(ids, values[part].tolist(), strict=True)))
        return
    for variable, value in zip(variables, values.tolist(), strict=True):
        variable.varValue = value


def solve_with(
    problem: pulp.LpProblem,
    variables: list[pulp.LpVariable],
    solver: pulp.LpSolver,
    used: np.ndarray,
    height: int,
) -> SolverResult:
    """Solve with any PuLP solver and read what it found, if it found anything.

    A solver whose time is over may say that there is no plan, or nothing at all; what
    it says without a plan counts only within its time.
    """
    began = time.monotonic()
    try:
        with quiet():
            result = problem.solve(solver)
    except pulp.PulpSolverError as error:
        if _is_over(solver, began):
            return SolverResult(Status.TIME_LIMIT, detail=str(error))
        raise SolverFailed(f"{solver.name} could not be run: {error}") from error
    status, found = _status(problem, result)
    if not found and _is_over(solver, began):
        status = Status.TIME_LIMIT
    if not found:
        return SolverResult(status, detail=str(getattr(result, "status", result)))
    values = np.array([v.varValue or 0.0 for v in variables], float)
    duals = None
    if not problem.isMIP():
        duals = np.zeros(height)
        read = [constraint.pi for constraint in problem.constraints()]
        if any(pi is None for pi in read):
            raise SolverFailed(f"{solver.name} gives no prices of constraints; use another solver")
        duals[used] = read
    return SolverResult(status, values, duals)


def _is_over(solver: pulp.LpSolver, began: float) -> bool:
    return solver.timeLimit is not None and time.monotonic() - began >= solver.timeLimit


def _status(problem: pulp.LpProblem, result: Any) -> tuple[Status, bool]:
    if PULP_MAJOR >= 4:
        name, found = result.status.name, bool(result.has_solution)
        if name in ("Interrupted", "SolutionLimit", "NodeLimit", "IterationLimit", "MemoryLimit"):
            return Status.STOPPED, found
    else:
        name = {
            pulp.LpStatusOptimal: "Optimal",
            pulp.LpStatusInfeasible: "Infeasible",
            pulp.LpStatusUnbounded: "Unbounded",
        }.get(problem.status, "Undefined")
        found = problem.sol_status in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible)
        if name == "Optimal" and problem.sol_status == pulp.LpSolutionIntegerFeasible:
            name = "TimeLimit"
    status = {
        "Optimal": Status.OPTIMAL,
        "GapLimit": Status.GAP,
        "Infeasible": Status.INFEASIBLE,
        "Unbounded": Status.UNBOUNDED,
        "TimeLimit": Status.TIME_LIMIT,
    }.get(name, Status.FAILED)
    # A continuous programme that is cut short leaves values that keep no constraint.
    cut_short = status in (Status.TIME_LIMIT, Status.STOPPED) and problem.isMIP()
    readable = status in (Status.OPTIMAL, Status.GAP) or cut_short
    return status, bool(found and readable)


def named_solver(name: str, seconds: float | None = None, gap: float = 0.0) -> pulp.LpSolver:
    """A PuLP solver by its PuLP name, quiet, with limits.

    ``CBC`` means whichever name this PuLP has for it.

    Raises
    ------
    WrongArgument
        If PuLP does not know it or it is not installed.
    """
    wanted = name
    if name.upper() == "CBC":
        wanted = "COIN_CMD" if PULP_MAJOR >= 4 else "PULP_CBC_CMD"
    known = {each.lower(): each for each in pulp.listSolvers()}
    if wanted.lower() not in known:
        raise WrongArgument(
            f"PuLP {pulp.__version__} knows no solver {shown(name)}; it knows: "
            f"{', '.join(sorted(known.values()))}"
        )
    options: dict[str, Any] = {"msg": False}
    if seconds is not None:
        options["timeLimit"] = seconds
    if gap:
        options["gapRel"] = gap
    with warnings.catch_warnings(), quiet():
        # PuLP 3.3 announces that PuLP 4 has another name for CBC; both are known here.
        warnings.simplefilter("ignore", DeprecationWarning)
        solver = pulp.getSolver(known[wanted.lower()], **options)
        missing = not solver.available()
        have = ", ".join(pulp.listSolvers(onlyAvailable=True)) if missing else ""
    if missing:
        raise WrongArgument(f"the solver {name} is not installed here; installed: {have or 'none'}")
    return solver


def lp_text(problem: pulp.LpProblem) -> str:
    """The problem as LP text."""
    return _written(problem, "model.lp", problem.writeLP)


def mps_text(problem: pulp.LpProblem) -> str:
    """The problem as MPS text."""
    return _written(problem, "model.mps", problem.writeMPS)


def _written(problem: pulp.LpProblem, name: str, write: Any) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(str(path))
        return path.read_text(encoding="utf-8")
