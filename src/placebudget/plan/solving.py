"""Solve a programme, and say in words what clashes where there is no plan."""

from __future__ import annotations

from collections.abc import Callable

from placebudget.errors import Infeasible
from placebudget.plan.repairs import in_words
from placebudget.programme import Programme
from placebudget.solver import RunLimits, Solution, solve_in_order


def solved(
    write: Callable[[bool], Programme], solver: str, limits: RunLimits
) -> tuple[Programme, Solution]:
    """The programme that was solved in the end, and its solution.

    Parameters
    ----------
    write : callable
        Writes the programme; its argument says whether with the order of steps.

    Raises
    ------
    Infeasible
        If no plan keeps all rules, in words and with the cheapest repairs.
    """
    written: list[Programme] = []

    def keep(ordered: bool) -> Programme:
        written.append(write(ordered))
        return written[-1]

    try:
        return solve_in_order(keep, solver=solver, limits=limits)
    except Infeasible as found:
        raise in_words(written[-1], found, limits) from None
