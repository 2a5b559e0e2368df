"""Start a live session on a place, and read a plan out of it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from threading import Event

import numpy as np

from placebudget.arguments import Arguments, share
from placebudget.place import Place
from placebudget.place.io.reading import PlaceLike, checked_place
from placebudget.place.succession import succeeded
from placebudget.plan.evidence import Evidence, objective_value, read_solution
from placebudget.plan.optimise import assemble_plan
from placebudget.plan.plan import ObjectiveValue, Plan
from placebudget.plan.record.record import run_record
from placebudget.plan.siloed import benchmarks
from placebudget.plan.verify import verify
from placebudget.programme import (
    ALIGNED,
    POOLED,
    Basis,
    Programme,
    one_goal,
    open_pools,
    read_objectives,
    read_pooling,
)
from placebudget.solver import (
    DEFAULT_SOLVER,
    RunLimits,
    Session,
    Solution,
    method_of,
    with_less_kept,
)

QUICK = "quick"
"""Status of a plan read from a live session."""

_NO_TIE_BREAK = (
    "found by a quick solve: among plans of the same value it need not be the nearest to today's "
    "spending"
)
_KEPT = "starts of offers kept as they were last chosen; a full solve chooses them anew"
_DIGITS = 1e-10


def session(
    place: PlaceLike,
    *,
    objective: str = "public value",
    pooling: str | Sequence[str] = "pooled",
    reinvest: float = 0.0,
    seconds: float | None = None,
    gap: float = 0.0,
    stop: Event | None = None,
) -> Session:
    """A live session: change a figure of a place and solve again in milliseconds.

    Parameters
    ----------
    place : Place, path or str
        The place, or what :func:`placebudget.read` reads. It is checked first.
    objective : str
        One objective; not leximin.
    pooling : str or sequence of str
        How the session starts.
    reinvest : float
        Share of cashable savings delivered and spent again.
    seconds, gap, stop
        As for :func:`placebudget.optimise`, for each solve.

    Returns
    -------
    Session
        With methods that change funding, limits, pools, ring-fences and weights.

    Raises
    ------
    InvalidPlace
        If the place has errors; all are named.
    WrongArgument
        If anything else that was given cannot be meant; all of it is named.
    CannotAnswer
        If there is more than one objective, or it is leximin.
    Infeasible, Unbounded, Stopped, SolverFailed
        If there is no aligned plan to compare with, where a rule asks for it.

    Examples
    --------
    >>> import placebudget as pb
    >>> live = pb.session(pb.example("toy_pooling"), pooling="aligned")
    >>> live.scale_funding(0.9)
    >>> round(live.value() / 1e6)
    287
    """
    with Arguments() as asked:
        place = asked.read(checked_place, place)
        asked.read(read_objectives, objective)
        asked.read(one_goal, place, pooling)
        reinvest = asked.read(share, "reinvest", reinvest)
        limits = asked.read(RunLimits.given, seconds, gap, stop)
    marks = benchmarks(place, objective=objective, reinvest=reinvest, limits=limits)
    return Session(
        place,
        objective=objective,
        pooling=pooling,
        reinvest=reinvest,
        benchmarks=marks,
        limits=limits,
    )


def quick_plan(live: Session, values: np.ndarray, place: Place) -> Plan:
    """The plan that a live session has reached, checked like any other.

    Parameters
    ----------
    live : Session
        A session that was not started freed.
    values : ndarray
        What it reached: :meth:`~placebudget.solver.Session.values`.
    place : Place
        The place as it is with all changes made in the session.

    Returns
    -------
    Plan
        With status ``"quick"``; what was left out stands in ``plan.run["quick"]``.
        It has no prices.

    Raises
    ------
    SolverFailed
        If it does not stand up to checking, as it does not where the place is
        another than the session's.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("toy_pooling")
    >>> live = pb.session(place, pooling="aligned")
    >>> quick_plan(live, live.values(), place).status
    'quick'
    """
    started = time.monotonic()
    programme = live.programme
    mode = read_pooling(place, _pooling(live, place))
    eased = with_less_kept(programme, live.gave_way).basis.gave_way
    held, short = programme.basis, live.shortfall
    basis = Basis(place, mode, held.reinvest, held.scale, shortfall=short, gave_way=eased)
    evidence = _evidence(programme, values, place)
    objective = programme.objectives[0]
    reached = objective.value(values)
    value = objective_value(objective.name, basis, evidence)
    verify(basis, evidence, {objective.name: reached}, {objective.name: value}, _DIGITS)
    remarks = [_NO_TIE_BREAK, *([_KEPT] if live.holds_decisions else [])]
    options = {
        "objective": [objective.name],
        "pooling": mode.name,
        "reinvest": basis.reinvest,
        "seconds": None,
        "gap": 0.0,
        "prices": 0,
        "scale": None,
    }
    run = run_record(
        solver=DEFAULT_SOLVER,
        method=method_of(programme.matrix),
        options=options,
        seconds=round(time.monotonic() - started, 3),
        inputs=place.digest,
        quick=remarks,
        decisions_fixed=live.holds_decisions,
        variables=programme.matrix.width,
        constraints=programme.matrix.height,
        **basis.missing,
        benchmarks={name: vars(mark) for name, mark in programme.benchmarks.items()},
    )
    reading = ObjectiveValue(objective.name, objective.unit, value)
    return assemble_plan(basis, mode.name, QUICK, [reading], evidence, None, run)


def _pooling(live: Session, place: Place) -> str | list[str]:
    pools = live.open_pools_now
    if not pools:
        return ALIGNED
    return POOLED if pools == open_pools(place) else list(pools)


def _evidence(programme: Programme, values: np.ndarray, place: Place) -> Evidence:
    """The figures of a solution, read by the session's own programme at the new amounts."""
    held, place = programme.basis, succeeded(place)
    reading = held.place.with_(funding=place.funding, rules=place.rules)
    now = replace(programme, basis=Basis(reading, held.pooling, held.reinvest, held.scale))
    return read_solution(now, Solution(values), programme.benchmarks)
