"""What the aligned plan gives each agency that is to be no worse off."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from placebudget.arguments import Arguments, share, text
from placebudget.place import Place
from placebudget.place.reading import PlaceLike, as_place
from placebudget.plan.evidence import read_solution
from placebudget.plan.repairs import solved
from placebudget.plan.verify_rules import figures_of
from placebudget.programme import (
    ALIGNED,
    Basis,
    Benchmark,
    build,
    read_objectives,
    read_pooling,
)
from placebudget.programme.rules import read_rules
from placebudget.solver import DEFAULT_SOLVER, RunLimits, read_limits


def benchmarks(
    place: PlaceLike,
    *,
    objective: str | Sequence[str] = "public value",
    reinvest: float = 0.0,
    solver: str = DEFAULT_SOLVER,
    limits: RunLimits | None = None,
) -> dict[str, Benchmark]:
    """Savings and value of services in the aligned plan, by agency.

    Parameters
    ----------
    place : Place, path or str
        A place that has passed its checks, or what :func:`placebudget.read` reads.
    objective, reinvest, solver, limits
        As for :func:`placebudget.optimise`.

    Returns
    -------
    dict of str to Benchmark
        For the agencies that rules of kind ``no_worse_off`` name, in pounds,
        discounted; empty where there are no such rules.

    Raises
    ------
    InvalidPlace
        If it is no place, or cannot be read.
    WrongArgument
        If anything else that was given cannot be meant; all of it is named.
    Infeasible, Unbounded, Stopped, SolverFailed
        If there is no aligned plan.

    Examples
    --------
    >>> import placebudget as pb
    >>> pb.plan.benchmarks(pb.example("toy_pooling"))
    {}
    """
    with Arguments() as asked:
        place = asked.read(as_place, place)
        objectives = asked.read(read_objectives, objective)
        reinvest = asked.read(share, "reinvest", reinvest)
        solver = asked.read(text, "solver", solver)
        limits = asked.read(read_limits, limits)
    wanted = agencies_compared(place)
    if not wanted:
        return {}
    mode = read_pooling(place, ALIGNED)

    write = partial(build, place, mode, objectives=objectives, reinvest=reinvest)
    programme, solution = solved(write, solver, limits)
    figures = figures_of(programme.basis, read_solution(programme, solution, {}))
    return {agency: figures.fares(agency) for agency in wanted}


def agencies_compared(place: Place) -> list[str]:
    """The agencies that a rule ``no_worse_off`` compares with the aligned plan, sorted."""
    rules = read_rules(Basis(place, read_pooling(place, ALIGNED)))
    return sorted(
        {
            agency
            for rule in rules
            if rule.record.benchmarked
            for agency in rule.subject.get("agency", ())
        }
    )
