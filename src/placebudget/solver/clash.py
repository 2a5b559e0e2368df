"""Name what clashes: a smallest set of rules and limits that cannot all hold."""

from __future__ import annotations

import numpy as np
import pulp  # noqa: F401  PuLP before HiGHS: see adaptor

from placebudget.errors import Infeasible
from placebudget.programme import Programme
from placebudget.programme.linear import Matrix
from placebudget.solver.highs import LiveHighs

# Strategies 1 to 5 can return an empty set that calls itself valid.
_ALL = 6


def name_clash(programme: Programme, matrix: Matrix | None = None) -> Infeasible:
    """The error for a programme without a solution, naming what clashes.

    Parameters
    ----------
    programme : Programme
        One that the solver has found infeasible.
    matrix : Matrix, optional
        Its limits as they are now, where a live session has changed them.
    """
    rows, columns = smallest_clash(programme, matrix)
    named = [programme.row_label(n) for n in rows if _is_rule(programme, n)]
    limits = [programme.column_label(n) for n in columns if _is_limit(programme, n)]
    balances = [programme.row_label(n) for n in rows if not _is_rule(programme, n)]
    conflict = [*named, *limits, *balances]
    first = "; ".join([*named, *limits]) or "; ".join(balances) or "not found"
    years = programme.basis.place.title
    return Infeasible(
        f"these cannot all hold in {years}: {first}. Lower a floor, raise a limit or change a "
        "rule whose basis is not law, then try again.",
        conflict,
        rows=rows,
        columns=columns,
    )


def smallest_clash(
    programme: Programme, matrix: Matrix | None = None
) -> tuple[list[int], list[int]]:
    """Numbers of constraints and of bounded variables that clash.

    They are an irreducible set: without any one of them the others can hold.
    Such a set is not unique. Decisions on offers are relaxed first; where only
    they clash, every rule is named.
    """
    matrix = matrix or programme.matrix
    live = LiveHighs(matrix, np.zeros(matrix.width), iis_strategy=_ALL)
    live.relax_integers()
    _, iis = live.model.getIis()
    if iis.valid_ and len(iis.row_index_):
        return sorted(iis.row_index_), sorted(iis.col_index_)
    every = [n for block in programme.rows.values() for n in block.numbers if "rule" in block.index]
    return [int(n) for n in every], []


def _is_rule(programme: Programme, number: int) -> bool:
    block = _block(programme.rows, number)
    return "rule" in block.index


def _is_limit(programme: Programme, number: int) -> bool:
    block = _block(programme.columns, number)
    return block.name in ("contribute", "carry", "units", "step_units", "full", "start", "run")


def _block(families, number: int):  # type: ignore[no-untyped-def]
    return next(b for b in families.values() if b.first <= number < b.first + len(b))
