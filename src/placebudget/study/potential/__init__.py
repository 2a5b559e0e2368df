"""What working together could gain: today, siloed, best aligned, best pooled, best freed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event
from typing import Any

from placebudget.arguments import OR_NONE, Arguments, flag, share, text, whole
from placebudget.errors import Infeasible, PlaceBudgetError
from placebudget.place.io.reading import PlaceLike, checked_place
from placebudget.plan import Plan, optimise
from placebudget.plan.simulate import today_of
from placebudget.programme import SILOED, read_objectives
from placebudget.programme.each_for_itself import OWN_GOALS
from placebudget.programme.objectives.value import PUBLIC
from placebudget.progress import Report, Stage
from placebudget.solver import RunLimits
from placebudget.study.potential.barriers import (
    FREED,
    PLAN,
    POOLED,
    Variant,
    read_cuts,
)
from placebudget.study.potential.parts import Asked, best_pooled, take_apart
from placebudget.study.potential.plans_side_by_side import (
    TITLES,
    Potential,
    measures_of,
)
from placebudget.study.sweeping import SERIAL, ExecutorLike, read_executor, read_workers

__all__ = ["TITLES", "Potential", "potential"]

# Limits are priced where the place's own rules and pools hold, and where nobody pools.
_PRICED = ("aligned", "pooled")
OF_PLANS = "one of the plans side by side"
# An agency that cannot keep its own rules cannot keep them with others, whose clash says more.
_IN_TURN = ("today", "aligned", "siloed", "pooled", "freed")


def potential(
    place: PlaceLike,
    *,
    objective: str | Sequence[str] = PUBLIC,
    reinvest: float = 0.0,
    solver: str | None = None,
    seconds: float | None = None,
    gap: float = 0.0,
    pools: bool = False,
    ring_fences: bool = False,
    cuts: Sequence[float] = (),
    orders: int = 30,
    seed: int = 0,
    executor: ExecutorLike = SERIAL,
    workers: int | None = None,
    stop: Event | None = None,
    progress: Report | None = None,
) -> Potential:
    """Today's spending beside plans of working apart, in step, together, and without limits.

    Parameters
    ----------
    place : Place, path or str
        The place, or what :func:`placebudget.read` reads. It is checked first.
    pools : bool
        Whether to plan with each pool alone as well.
    ring_fences : bool
        Whether to end each ring-fence alone, to keep each alone, to split the gain of
        ending all over them, and to price each.
    cuts : sequence of float
        Shares taken off all funding (0.1: a tenth); everything is planned for each.
    orders, seed : int
        With more than six ring-fences, orders drawn to split the gain, and their seed.
    executor, workers
        Where pools, ring-fences and cuts are planned; see :func:`placebudget.study.sweep`.
    objective, reinvest, solver, gap, stop
        As for :func:`placebudget.optimise`, the same for all plans but today. Where no
        agency has a part of its own in an objective (the worst-off area, leximin), there is
        no siloed plan.
    seconds : float, optional
        Time for each of the plans.
    progress : callable, optional
        Called with what is under way, the number of the plan and how many there are.

    Returns
    -------
    Potential
        The plans and their differences; the best pooled plan is, of those that are worth the
        same, one that pays nothing into pools that add nothing. Stopping while pools,
        ring-fences and cuts are planned keeps what is done.

    Raises
    ------
    InvalidPlace
        If the place has errors; all are named.
    Infeasible
        If one of the plans cannot keep all rules; says which plan and which rules.
    WrongArgument
        If anything else that was given cannot be meant; all of it is named.
    Unbounded, Stopped, SolverFailed
        If there is nothing to show for another reason; says for which plan.

    Examples
    --------
    >>> import placebudget as pb
    >>> table = pb.potential(pb.example("toy_pooling")).table
    >>> value = table[table["measure"] == "public value"].set_index("plan")["value"]
    >>> (value / 1e6).round().astype(int).to_dict()
    {'today': 285, 'siloed': 300, 'aligned': 300, 'pooled': 300, 'freed': 310}
    """
    with Arguments() as asked:
        place = asked.read(checked_place, place)
        goals = asked.read(read_objectives, objective)
        reinvest = asked.read(share, "reinvest", reinvest)
        solver = None if solver is None else asked.read(text, "solver", solver, otherwise=OR_NONE)
        asked.read(RunLimits.given, seconds, gap, stop, progress)
        pools = asked.read(flag, "pools", pools)
        ring_fences = asked.read(flag, "ring_fences", ring_fences)
        shares_cut = asked.read(read_cuts, cuts)
        orders = asked.read(whole, "orders", orders, least=2)
        seed = asked.read(whole, "seed", seed)
        executor = asked.read(read_executor, executor)
        workers = asked.read(read_workers, workers)
    options: dict[str, Any] = {
        "objective": objective,
        "reinvest": reinvest,
        "seconds": seconds,
        "gap": gap,
        "stop": stop,
        **({} if solver is None else {"solver": solver}),
    }
    found: dict[str, Plan] = {}
    added: dict[str, float] | None = None
    wanted = [name for name in _IN_TURN if name != SILOED or set(goals) <= set(OWN_GOALS)]
    for number, name in enumerate(wanted):
        report = _reporter(progress, name, number, len(wanted))
        with _named(TITLES[name]):
            if name == "today":
                report("simulating", 0, 1)
                found[name] = today_of(place)
                continue
            run = {**options, "prices": name in _PRICED, "progress": report}
            if name == POOLED:
                found[name], added = best_pooled(place, **run)
            else:
                found[name] = optimise(place, pooling=name, **run)
    plans = {name: found[name] for name in TITLES if name in found}
    record = {"objective": objective, "reinvest": reinvest, "gap": gap, "pools": pools}
    record |= {"ring_fences": ring_fences, "cuts": list(cuts), "orders": orders, "seed": seed}
    if not (pools or ring_fences or len(cuts)):
        return Potential(place, plans, asked=record, added=added)
    del options["stop"]
    parts = take_apart(
        Asked(place, options, plans[FREED].objective.unit, pools, ring_fences, orders, seed),
        shares_cut, measures_of,
        known={Variant(0.0, PLAN, name): plan for name, plan in plans.items()},
        executor=executor, workers=workers, stop=stop, progress=progress,
    )  # fmt: skip
    return Potential(place, plans, parts, record, added=added)


def _reporter(
    progress: Report | None, name: str, number: int, many: int
) -> Callable[[str, int, int], None]:
    part = 100 * number

    def report(stage: str, done: int, stages: int) -> None:
        nonlocal part
        if progress is not None:
            # In hundredths of a plan, so that the time left can be told; what is planned once
            # more goes on where it was.
            part = max(part, 100 * number + 100 * done // max(stages, 1))
            told = Stage(f"{TITLES[name]}: {stage}", OF_PLANS, name)
            progress(told, part, 100 * many)

    return report


@contextmanager
def _named(title: str) -> Iterator[None]:
    """Say of which plan an error is."""
    try:
        yield
    except Infeasible as error:
        raise Infeasible(
            f"{title}: {error}",
            error.conflict,
            rows=error.rows,
            columns=error.columns,
            repairs=error.repairs,
        ) from error
    except PlaceBudgetError as error:
        raise type(error)(f"{title}: {error}") from error
