"""The same linear programme, made and solved in five ways, values read back.

Bare HiGHS, linopy and plain PuLP start from the finished arrays and blocks, and
so are spared what placebudget does first: writing them from the place's tables.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pulp  # before highspy: both carry C++ runtimes that must meet in this order

import highspy  # isort: skip

import placebudget as pb
from placebudget.place import Place
from placebudget.programme import Programme, build, read_pooling
from placebudget.solver import ArrayHiGHS, ArrayProblem, solve

OPTIONS = {"primal_feasibility_tolerance": 1e-9, "dual_feasibility_tolerance": 1e-9}
PULP_MAJOR = int(pulp.__version__.split(".")[0])


def programme_of(place: Place, pooling: str = "pooled") -> Programme:
    """The programme that is compared."""
    return build(place, read_pooling(place, pooling))


def afresh(place: Place) -> Place:
    """The same place, of which nothing is known from a round before."""
    return Place(place.settings, dict(place.tables))


def ours_from_tables(place: Place) -> float:
    """From the tables of a place, of which nothing is known, to values read back."""
    return ours_from_arrays(programme_of(place))


def ours_from_arrays(programme: Programme) -> float:
    """The same from the finished arrays: a PuLP problem, solved by our solver class."""
    cost, solver = -programme.objectives[0].gain, ArrayHiGHS()
    ArrayProblem(programme.matrix, cost).solve(solver)
    return float(cost @ solver.answer.values)


def ours_from_files(folder: Path) -> float:
    """From the files of a place to values read back: read, not checked."""
    return ours_from_tables(pb.read(folder))


def bare_highs_from_files(folder: Path, programme: Programme) -> float:
    """The files read by pandas, and then the finished arrays straight into HiGHS.

    So the same is read in both; what stands between tables and arrays is written here by nobody.
    """
    read_by_pandas(folder)
    return bare_highs(programme)


def read_by_pandas(folder: Path) -> None:
    """The files of a place read by pandas, and no more."""
    for path in sorted(folder.glob("*.csv")):
        pd.read_csv(path)


def whole_plan(programme: Programme) -> float:
    """All stages: objectives, then the one plan nearest to today."""
    return float(solve(programme).objective_values[0])


def bare_model(programme: Programme) -> highspy.Highs:
    """A HiGHS model with the arrays of a programme."""
    matrix, model = programme.matrix, highspy.Highs()
    model.setOptionValue("output_flag", False)
    for name, value in OPTIONS.items():
        model.setOptionValue(name, value)
    model.passModel(
        matrix.width, matrix.height, len(matrix.value),
        int(highspy.MatrixFormat.kRowwise), int(highspy.ObjSense.kMinimize), 0.0,
        -programme.objectives[0].gain, matrix.lower, matrix.upper,
        matrix.row_lower, matrix.row_upper,
        matrix.start, matrix.column, matrix.value, matrix.integer.astype(np.int32),
    )  # fmt: skip
    return model


def solved(model: highspy.Highs) -> tuple[np.ndarray, np.ndarray]:
    """Run a model; its values and duals as arrays."""
    model.run()
    if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise SystemExit(f"HiGHS: {model.modelStatusToString(model.getModelStatus())}")
    solution = model.getSolution()
    return np.array(solution.col_value), np.array(solution.row_dual)


def bare_highs(programme: Programme) -> float:
    """The arrays straight into HiGHS."""
    values, _ = solved(bare_model(programme))
    return float(-programme.objectives[0].gain @ values)


def plain_pulp(programme: Programme) -> float:
    """As people write PuLP: dictionaries of variables, loops, lpSum, pulp.HiGHS."""
    problem = pulp.LpProblem("place", pulp.LpMinimize)
    x: dict[int, Any] = {}
    for name, block in programme.columns.items():
        numbers = block.numbers.tolist()
        if PULP_MAJOR >= 4:
            made = problem.add_variable_dicts(name, numbers, lowBound=0)
        else:
            made = pulp.LpVariable.dicts(name, numbers, lowBound=0)
        for n, low, high in zip(numbers, block.lower.tolist(), block.upper.tolist(), strict=True):
            if low > 0:
                made[n].lowBound = low
            if high < np.inf:
                made[n].upBound = high
        x.update(made)
    gain = programme.objectives[0].gain
    problem += pulp.lpSum(-float(gain[n]) * x[n] for n in np.flatnonzero(gain).tolist())
    for block in programme.rows.values():
        terms: list[list[Any]] = [[] for _ in range(len(block))]
        for row, column, value in zip(
            block.row.tolist(), block.column.tolist(), block.value.tolist(), strict=True
        ):
            terms[row].append(value * x[column])
        for part, right in zip(terms, block.right.tolist(), strict=True):
            total = pulp.lpSum(part)
            if block.sense == "<=":
                problem += total <= right
            elif block.sense == ">=":
                problem += total >= right
            else:
                problem += total == right
    problem.solve(pulp.HiGHS(msg=False, **OPTIONS))
    values = np.array([x[n].varValue for n in range(len(gain))])
    return float(-gain @ values)


def with_linopy(programme: Programme) -> float:
    """Linopy: variables and constraints in blocks, arrays handed to HiGHS directly."""
    import linopy
    import pandas as pd
    import xarray as xr

    model = linopy.Model()
    labels = np.zeros(programme.matrix.width, np.int64)
    for name, block in programme.columns.items():
        index = pd.RangeIndex(len(block), name=name)
        made = model.add_variables(block.lower, block.upper, coords=[index], name=name)
        labels[block.numbers] = made.labels.values
    for name, block in programme.rows.items():
        vars_, coeffs = _padded(block, labels)
        data = xr.Dataset(
            {"vars": ((name, "_term"), vars_), "coeffs": ((name, "_term"), coeffs)},
            coords={name: np.arange(len(block))},
        )
        right = xr.DataArray(block.right, dims=[name], coords={name: np.arange(len(block))})
        left = linopy.LinearExpression(data, model)
        model.add_constraints(left, block.sense, right, name=f"{name}_rows")
    gain = programme.objectives[0].gain
    used = np.flatnonzero(gain)
    data = xr.Dataset({"vars": ("_term", labels[used]), "coeffs": ("_term", -gain[used])})
    model.add_objective(linopy.LinearExpression(data, model))
    model.solve("highs", io_api="direct", output_flag=False, progress=False, **OPTIONS)
    values = np.concatenate([model.solution[name].values for name in programme.columns])
    return float(-gain @ values)


def _padded(block: Any, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Terms of each constraint in a row of equal length, blanks at the end."""
    order = np.argsort(block.row, kind="stable")
    row = block.row[order]
    count = np.bincount(row, minlength=len(block))
    place = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    vars_ = np.full((len(block), int(count.max(initial=0))), -1, np.int64)
    coeffs = np.full(vars_.shape, np.nan)
    vars_[row, place] = labels[block.column[order]]
    coeffs[row, place] = block.value[order]
    return vars_, coeffs
