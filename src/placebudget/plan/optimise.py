"""From a place to its best plan."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from threading import Event
from typing import Any

import numpy as np
import pandas as pd

from placebudget.arguments import Arguments, as_given, instance, offered, share, text, texts, whole
from placebudget.errors import Infeasible, PlaceBudgetError, SolverFailed, Stopped, WrongArgument
from placebudget.place import Option, Place
from placebudget.place.io.reading import PlaceLike, checked_place
from placebudget.place.succession import written
from placebudget.plan.borrowing import debt_record
from placebudget.plan.deliver import outcome_table, savings_by_holder, savings_table
from placebudget.plan.evidence import Evidence, objective_value, read_solution
from placebudget.plan.explain.price_words import with_sentences
from placebudget.plan.need import needs_table, not_needed, with_need_avoided
from placebudget.plan.plan import ObjectiveValue, Plan
from placebudget.plan.record.inputs import input_record
from placebudget.plan.record.record import kept_record, labels, place_record, run_record
from placebudget.plan.repairs import least_shortfall, solved
from placebudget.plan.siloed import (
    NOT_SOLVED,
    OUT_OF_TIME,
    TODAY,
    Equilibrium,
    Turns,
    benchmarks,
    keep_aligned,
    verify_equilibrium,
)
from placebudget.plan.verify import check_rules, verify
from placebudget.programme import (
    ALIGNED,
    SILOED,
    Basis,
    Pooling,
    Programme,
    UnitScale,
    build,
    read_objectives,
    read_pooling,
    refuse_uncounted_debt,
)
from placebudget.programme.rules.block import Benchmark
from placebudget.progress import Report, stoppable
from placebudget.solver import (
    DEAREST,
    DEFAULT_SOLVER,
    PRICE_COLUMNS,
    PRICED,
    RunLimits,
    Solution,
    given_apart,
    has_plan,
    limit_prices,
    method_of,
)

# Solvers reached through files give about eight digits, live HiGHS all of them.
_DIGITS = {True: 1e-10, False: 1e-8}
# Equilibria whose decisions are no further apart are one: a tenth of a penny, of millions.
_THERE = 1e-9


def optimise(
    place: PlaceLike,
    *,
    option: Option | str | None = None,
    objective: str | Sequence[str] = "public value",
    pooling: str | Sequence[str] = "pooled",
    reinvest: float = 0.0,
    solver: str = DEFAULT_SOLVER,
    seconds: float | None = None,
    gap: float = 0.0,
    stop: Event | None = None,
    progress: Report | None = None,
    prices: bool | int | str | Sequence[str] = True,
    scale: UnitScale | None = None,
) -> Plan:
    """The best plan for a place under its rules.

    Parameters
    ----------
    place : Place, path or str
        The place, or what :func:`placebudget.read` reads. It is checked first.
    option : Option or str, optional
        An option to apply first, or the name of one stored beside the place.
    objective : str or sequence of str
        ``"public value"``, ``"net public value"``, ``"fiscal saving"``,
        ``"cashable saving"``, ``"weighted outcomes"``, ``"worst-off area"``,
        ``"leximin"``, or an ordered list: each is kept before the next.
    pooling : str or sequence of str
        ``"siloed"`` (each agency for itself), ``"aligned"``, ``"pooled"``, ``"freed"``,
        or the pools that are open.
    reinvest : float
        Share of cashable savings that is delivered and may be spent from the
        year after by the agency that makes them; 0 switches it off.
    solver : str
        ``"HiGHS"`` or the name of any PuLP solver, such as ``"CBC"``.
    seconds : float, optional
        Time for the whole run.
    gap : float
        Relative gap at which decisions on offers may stop.
    stop : threading.Event, optional
        Setting it from another thread ends the run.
    progress : callable, optional
        Called with the name of a stage, its number and how many there are.
    prices : bool, int, str or sequence of str
        How many of the limits that bind to price, the dearest first; True for
        25, False for none. Or the kinds of limits to price, and all of these:
        ``"funding"`` for one more pound of each stream, ``"ring-fence"``,
        ``"capacity"``, ``"contribution maximum"``, ``"need"`` that must be met, how fast
        capacity can be given up (``"release"``) and built (``"build"``), or a kind of rule.
    scale : UnitScale, optional
        Units the programme is written in.

    Returns
    -------
    Plan
        Verified outside the solver.

    Raises
    ------
    InvalidOption
        If the option does not fit the place.
    InvalidPlace
        If the place has errors; all are named.
    Infeasible
        If no plan keeps all rules; the clashing ones are named.
    WrongArgument
        If anything else that was given cannot be meant; all of it is named, the place's
        errors included.
    Unbounded, Stopped, SolverFailed
        If there is nothing to show for another reason.

    Examples
    --------
    >>> import placebudget as pb
    >>> plan = pb.optimise(pb.example("toy_pooling"), pooling="freed")
    >>> round(plan.objective.value)
    310000000
    """
    with Arguments() as asked:
        found = asked.read(checked_place, place, option)
        objectives = asked.read(read_objectives, objective)
        mode = asked.read(read_pooling, found, pooling)
        reinvest = asked.read(share, "reinvest", reinvest)
        solver = asked.read(text, "solver", solver)
        watch = asked.read(RunLimits.given, seconds, gap, stop, progress)
        many = asked.read(_prices, prices)
        scale = asked.read(_scale, scale)
        asked.read(_priced, mode, prices)
        asked.read(refuse_uncounted_debt, found, objectives)

    def planned(signal: Event) -> Plan:
        limits = replace(watch, stop=signal)
        return _planned(found, objectives, mode, reinvest, solver, limits, many, scale)

    return stoppable(planned) if stop is None else planned(stop)


def _planned(
    place: Place,
    objectives: tuple[str, ...],
    mode: Pooling,
    share: float,
    solver: str,
    limits: RunLimits,
    many: int | tuple[str, ...] = 0,
    scale: UnitScale | None = None,
    like: Place | None = None,
) -> Plan:
    """Find the plan, check it, price its limits and put it together."""
    started = time.monotonic()
    options = {
        "objective": list(objectives),
        "pooling": mode.name,
        "reinvest": share,
        "seconds": limits.seconds,
        "gap": limits.gap,
        "prices": True if many == DEAREST else list(many) if isinstance(many, tuple) else many,
        "scale": None if scale is None else [scale.money, scale.units],
    }
    if mode.siloed:
        return _siloed(place, objectives, options, solver, limits, scale, started)
    marks, write = writing(place, objectives, mode, share, solver, limits, scale, like)
    programme, solution = solved(write, solver, limits)
    if mode.name == ALIGNED and like is None:
        how = (objectives, share, solver, scale, limits.gap)
        keep_aligned(place, programme, solution, *how)
    table = None
    if many:
        kinds = many if isinstance(many, tuple) else None
        dearest = DEAREST if isinstance(many, tuple) else many
        table = limit_prices(programme, solution, limits, dearest, kinds)
        table = with_sentences(table, place, programme.objectives[0])
    return plan_of(programme, solution, marks, options, table, started, solver)


def optimise_like(
    place: Place,
    like: Place,
    *,
    pooling: str | Sequence[str] = "pooled",
    limits: RunLimits | None = None,
) -> Plan:
    """The best plan of a place that promises no more than another does.

    What agencies must not fall below, and how much of today's money services without effects keep,
    hangs on what each could do apart. Where a limit is loosened these promises grow with it, and
    can cost more than it brings; held at what they were, every plan that there was is still open.

    Parameters
    ----------
    place : Place
        The place; it has passed its checks.
    like : Place
        The place before, with the same agencies and services.
    pooling : str or sequence of str
        As for :func:`optimise`, but ``"siloed"``.
    limits : RunLimits, optional
        Time, and a signal to stop.

    Raises
    ------
    Infeasible, Unbounded, Stopped, SolverFailed
        As :func:`optimise` does.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("toy_pooling")
    >>> looser = pb.Option("looser").end_ring_fence("nhs_money").apply(place)
    >>> round(optimise_like(looser, place).objective.value)
    310000000
    """
    mode = read_pooling(place, pooling)
    found = limits or RunLimits()
    return _planned(place, ("public value",), mode, 0.0, DEFAULT_SOLVER, found, like=like)


def plan_of(
    programme: Programme,
    solution: Solution,
    marks: Mapping[str, Benchmark],
    options: Mapping[str, Any],
    prices: pd.DataFrame | None,
    started: float,
    solver: str = DEFAULT_SOLVER,
) -> Plan:
    """A plan from a solution of its programme, verified outside the solver.

    Parameters
    ----------
    marks : mapping of str to Benchmark
        What agencies must not fall below.
    options : mapping
        What was asked for, as a run records it.
    prices : DataFrame, optional
        Prices of its limits.
    started : float
        When the run began, by the monotonic clock.
    """
    evidence = read_solution(programme, solution, marks)
    values = _checked(programme, solution, evidence, solver)
    basis = programme.basis
    run = run_record(
        solver=solver,
        method=method_of(programme.matrix, solver),
        options=dict(options),
        seconds=round(time.monotonic() - started, 3),
        inputs=written(basis.place).digest,
        stages=list(solution.stages),
        gap=solution.gap,
        decisions_fixed=solution.integers_fixed,
        steps_ordered=programme.ordered,
        variables=programme.matrix.width,
        constraints=programme.matrix.height,
        **basis.missing,
        benchmarks={name: vars(mark) for name, mark in marks.items()},
    )
    name = basis.pooling.name
    return assemble_plan(basis, name, solution.status, values, evidence, prices, run)


def writing(
    place: Place,
    objectives: tuple[str, ...],
    mode: Pooling,
    share: float,
    solver: str,
    limits: RunLimits,
    scale: UnitScale | None,
    like: Place | None = None,
) -> tuple[Mapping[str, Benchmark], Callable[..., Programme]]:
    """What agencies must not fall below, and how the programme of a place is written.

    What is promised as if all worked apart is that of ``like``, where another place is named.
    """
    refuse_uncounted_debt(place, objectives)
    apart = place if like is None else like
    marks = (
        {}
        if mode.name == ALIGNED
        else benchmarks(apart, objective=objectives, reinvest=share, solver=solver, limits=limits)
    )
    gave_way = given_apart(apart, limits, reinvest=share, scale=scale)
    return marks, partial(
        build,
        place,
        mode,
        objectives=objectives,
        reinvest=share,
        benchmarks=marks,
        scale=scale,
        gave_way=gave_way,
    )


def adds_up(
    place: Place,
    *,
    objective: str | Sequence[str] = "public value",
    pooling: str | Sequence[str] = "pooled",
    seconds: float | None = None,
    stop: Event | None = None,
) -> bool:
    """Whether there is a plan for a place; not where it has errors, or time is over.

    Parameters
    ----------
    place : Place
        The place.
    objective, pooling, seconds, stop
        As for :func:`optimise`.

    Examples
    --------
    >>> import placebudget as pb
    >>> adds_up(pb.example("toy_pooling"))
    True
    """
    limits = RunLimits(seconds=seconds, stop=stop)
    try:
        place.check().raise_if_errors()
        objectives, mode = read_objectives(objective), read_pooling(place, pooling)
        _, write = writing(place, objectives, mode, 0.0, DEFAULT_SOLVER, limits, None)
        programme = write(ordered=True)
        return has_plan(programme, limits) or (
            least_shortfall(write, DEFAULT_SOLVER, limits, programme) is not None
        )
    except PlaceBudgetError:
        return False


def _siloed(
    place: Place,
    objectives: tuple[str, ...],
    options: Mapping[str, Any],
    solver: str,
    limits: RunLimits,
    scale: UnitScale | None,
    started: float,
) -> Plan:
    """Find an equilibrium, check it, and work out all outcomes for everybody's money."""
    turns = Turns(
        place, objectives, reinvest=options["reinvest"], solver=solver, limits=limits, scale=scale
    )
    found = turns.through(progress=limits.progress)
    basis = found.programme.basis
    evidence, values = _of_equilibrium(found)
    run = run_record(
        solver=solver,
        method=method_of(found.programme.matrix, solver),
        options=dict(options),
        seconds=round(time.monotonic() - started, 3),
        inputs=place.digest,
        order=list(found.order),
        rounds=found.rounds,
        others=list(_others(turns, found, values[0].value)),
        benchmarks={},
        rules_not_kept=check_rules(basis, evidence, 0.0),
        variables=found.programme.matrix.width,
        constraints=found.programme.matrix.height,
    )
    return assemble_plan(basis, SILOED, found.status, values, evidence, None, run)


def _of_equilibrium(found: Equilibrium) -> tuple[Evidence, list[ObjectiveValue]]:
    """What an equilibrium says, checked, and what it comes to for everybody."""
    evidence = read_solution(found.programme, Solution(found.values), {})
    verify_equilibrium(found, evidence)
    basis = found.programme.basis
    return evidence, [
        ObjectiveValue(goal.name, goal.unit, objective_value(goal.name, basis, evidence))
        for goal in found.programme.objectives
        if goal.asked
    ]


def _others(turns: Turns, given: Equilibrium, worth: float) -> Iterator[dict[str, Any]]:
    """What other orders and starts come to, beside the plan that is given, as time allows.

    One that comes to rest where that did is worth as much, and was checked with it. Where one
    comes to nothing, its status says why; whoever stops the run stops all of it.
    """
    for start, backwards in ((TODAY, True), (ALIGNED, False)):
        told: dict[str, Any] = {"start": start, "first": "", "value": None}
        try:
            found = turns.through(start, backwards=backwards)
            told |= {"first": next(iter(found.order), ""), "status": found.status}
            there = np.allclose(found.values, given.values, rtol=0.0, atol=_THERE)
            there = there and given.at_rest and found.at_rest
            told["value"] = worth if there else _of_equilibrium(found)[1][0].value
        except Stopped:
            if turns.limits.stopped:
                raise
            told["status"] = OUT_OF_TIME
        except (Infeasible, SolverFailed):
            told["status"] = NOT_SOLVED
        yield told


def _checked(
    programme: Programme, solution: Solution, evidence: Evidence, solver: str
) -> list[ObjectiveValue]:
    """The objectives as the plan's own figures give them; what the solver says must agree."""
    reached = {
        o.name: value
        for o, value in zip(programme.objectives, solution.objective_values, strict=False)
        if o.asked
    }
    found = {name: objective_value(name, programme.basis, evidence) for name in reached}
    digits = _DIGITS[solver.lower() == DEFAULT_SOLVER.lower()]
    verify(programme.basis, evidence, reached, found, digits)
    return [
        ObjectiveValue(o.name, o.unit, found[o.name])
        for o in programme.objectives
        if o.name in found
    ]


def _prices(given: object) -> int | tuple[str, ...]:
    """How many limits to price, or which kinds of them."""
    if isinstance(given, bool):
        return DEAREST if given else 0
    if isinstance(given, str | list | tuple):
        kinds = texts("prices", given, such_as="'funding' or ['floor', 'cap']")
        unknown = [kind for kind in kinds if kind not in PRICED]
        if unknown or not kinds:
            named = ", ".join(map(as_given, unknown)) or "(none named)"
            raise WrongArgument(
                offered(
                    f"no such kind of limit: {named}; choose from: {', '.join(PRICED)}",
                    next(iter(unknown), None),
                    PRICED,
                )
            )
        return tuple(dict.fromkeys(kinds))
    return whole("prices", given, otherwise=", or True or False, or kinds of limits")


def _priced(mode: Pooling, prices: object) -> None:
    """Limits are priced by the one goal of a plan, which a siloed plan has not."""
    if mode.siloed and not isinstance(prices, bool) and prices:
        raise WrongArgument(
            "a siloed plan has no prices: each agency has a goal of its own, and what a limit is "
            "worth to all is not worked out; leave prices out, or plan aligned, pooled or freed"
        )


def _scale(given: UnitScale | None) -> UnitScale | None:
    if given is None:
        return None
    return instance("scale", given, UnitScale, "a placebudget.programme.UnitScale, or None")


def assemble_plan(
    basis: Basis,
    name: str,
    status: str,
    values: Sequence[ObjectiveValue],
    evidence: Evidence,
    prices: pd.DataFrame | None,
    run: Mapping[str, object],
) -> Plan:
    """Put the tables of a plan together."""
    outcomes = outcome_table(basis, evidence.made, not_needed(basis, evidence.served))
    place = written(basis.place)
    option = place.origin.option
    tables = {
        "money": evidence.money.flows,
        "contributions": evidence.money.contributions,
        "balances": evidence.money.balances,
        "units": units_table(basis, evidence),
        "outcomes": outcomes,
        "savings": savings_by_holder(
            basis, with_need_avoided(basis, evidence.served, savings_table(basis, outcomes))
        ),
        "needs": needs_table(basis, evidence.served),
        "prices": no_prices() if prices is None else prices,
    }
    return Plan(
        name=name,
        place=place_record(basis),
        status=status,
        objective=values[0],
        objectives=tuple(values),
        tables=tables,
        labels=labels(basis),
        run={
            **run,
            **debt_record(basis, evidence.borrowed),
            **kept_record(basis, evidence.cost(basis)),
            **input_record(place),
        },
        option="" if option is None else option.name,
        source=place,
    )


def units_table(basis: Basis, evidence: Evidence) -> pd.DataFrame:
    """Units bought by offer and year, with their cost in pounds."""
    offers, cost = basis.offers, evidence.cost(basis)
    o, t = np.nonzero((evidence.paid > 1e-9) | (evidence.started > 0) | (cost > 0))
    line = offers.line[o]
    frame = pd.DataFrame(
        {
            "offer": offers.name[o],
            "service": basis.lines.service[line],
            "area": basis.lines.area[line],
            "year": np.array(basis.years, dtype=object)[t],
            "units": evidence.units[o, t],
            "started": evidence.started[o, t] > 0,
            "cost": np.round(cost[o, t], 2),
        }
    )
    key = ["offer", "service", "area", "year"]
    frame[key] = frame[key].astype("str")
    return frame.sort_values(["service", "area", "offer", "year"], ignore_index=True)


def no_prices() -> pd.DataFrame:
    """An empty table of prices."""
    return _no_prices().copy(deep=False)


@cache
def _no_prices() -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in PRICE_COLUMNS.items()})
