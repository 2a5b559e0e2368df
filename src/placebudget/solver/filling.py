"""Fill a PuLP problem from arrays, by PuLP's compiled core or by its public interface."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import pulp

from placebudget.programme.linear import Matrix

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
