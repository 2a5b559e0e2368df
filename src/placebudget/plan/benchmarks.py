"""What working apart gives each agency that is to be no worse off.

That is the siloed plan, each agency for itself, where it leaves no need unmet and breaks no
rule; else the aligned plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from placebudget.arguments import Arguments, one_of, share, text
from placebudget.place import Place
from placebudget.place.io.reading import PlaceLike, as_place
from placebudget.plan.evidence import read_solution
from placebudget.plan.repairs import solved
from placebudget.plan.siloed import Turns, verify_equilibrium
from placebudget.plan.verify_rules import check_rules, figures_of
from placebudget.programme import (
    ALIGNED,
    SILOED,
    Basis,
    Benchmark,
    build,
    read_objectives,
    read_pooling,
)
from placebudget.programme.each_for_itself import OWN_GOALS
from placebudget.programme.rules import Figures, read_rules
from placebudget.solver import DEFAULT_SOLVER, RunLimits, Solution, read_limits

# Thousand units of need unmet: less is the last digits of a solver.
_NOTHING = 1e-6


def benchmarks(
    place: PlaceLike,
    *,
    objective: str | Sequence[str] = "public value",
    reinvest: float = 0.0,
    solver: str = DEFAULT_SOLVER,
    limits: RunLimits | None = None,
    base: str = SILOED,
) -> dict[str, Benchmark]:
    """Savings and value of services where agencies work apart, by agency.

    Parameters
    ----------
    place : Place, path or str
        A place that has passed its checks, or what :func:`placebudget.read` reads.
    objective, reinvest, solver, limits
        As for :func:`placebudget.optimise`.
    base : str
        ``"siloed"``, each agency for itself, where no need is unmet then, no rule over
        several agencies broken, and each has a part of its own in the objective; else, or
        with ``"aligned"``, the best aligned plan. Each benchmark says which it is of.

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
        If no plan keeps all rules with the agencies working apart.

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
        base = asked.read(one_of, "base", base, (SILOED, ALIGNED))
    wanted = agencies_compared(place)
    if not wanted:
        return {}
    if base == SILOED and set(objectives) <= set(OWN_GOALS):
        figures = _siloed(place, objectives, reinvest, solver, limits)
        if figures is not None:
            return {agency: replace(figures.fares(agency), base=SILOED) for agency in wanted}
    mode = read_pooling(place, ALIGNED)
    write = partial(build, place, mode, objectives=objectives, reinvest=reinvest)
    programme, solution = solved(write, solver, limits)
    figures = figures_of(programme.basis, read_solution(programme, solution, {}))
    return {agency: figures.fares(agency) for agency in wanted}


def _siloed(
    place: Place, objectives: Sequence[str], reinvest: float, solver: str, limits: RunLimits
) -> Figures | None:
    """What a siloed plan has; None where need is unmet then, a rule broken, or none at rest."""
    turns = Turns(place, objectives, reinvest=reinvest, solver=solver, limits=limits)
    found = turns.through()
    basis = found.programme.basis
    evidence = read_solution(found.programme, Solution(found.values), {})
    verify_equilibrium(found, evidence)
    unmet = evidence.served.unmet(basis)[basis.need.led]
    short = float(unmet.sum()) > _NOTHING or bool(check_rules(basis, evidence, 0.0))
    return figures_of(basis, evidence) if found.at_rest and not short else None


def agencies_compared(place: Place) -> list[str]:
    """The agencies that a rule ``no_worse_off`` compares with working apart, sorted."""
    rules = read_rules(Basis(place, read_pooling(place, ALIGNED)))
    return sorted(
        {
            agency
            for rule in rules
            if rule.record.benchmarked
            for agency in rule.subject.get("agency", ())
        }
    )
