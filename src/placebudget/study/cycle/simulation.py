"""The commissioning cycle of a place: plan, commission, deliver, evaluate, plan again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from threading import Event

import numpy as np

from placebudget.arguments import OR_NONE, Arguments, flag, instance, whole
from placebudget.errors import SolverFailed, Stopped, WrongArgument
from placebudget.place import Place
from placebudget.place.io.reading import PlaceLike, checked_place
from placebudget.plan import Plan, optimise
from placebudget.programme import Basis, Benchmark, read_objectives, read_pooling
from placebudget.progress import Stage
from placebudget.solver import RunLimits
from placebudget.study.beliefs import effect_spread, read_spread
from placebudget.study.cycle.assumptions import (
    NO_SLIPPAGE,
    POLICIES,
    Evaluation,
    Policy,
    Slippage,
    chance_of,
    read_policies,
)
from placebudget.study.cycle.market import (
    MARKET_NOTES,
    MarketRun,
    Providers,
    as_entered,
    concentration_table,
    luck,
    market_table,
)
from placebudget.study.cycle.owed import LOAN_NOTES, TARGET_NOTES, owed_tables
from placebudget.study.cycle.replanning import Standing
from placebudget.study.cycle.result import (
    Cycle,
    commissioned_table,
    cycle_notes,
    deficit_table,
    learned_table,
    need_table,
    outcome_table,
    payback_table,
    run_table,
    saving_table,
    spread_table,
)
from placebudget.study.cycle.run import Counted, History, World, first_plan
from placebudget.study.market import without
from placebudget.study.result import record_of
from placebudget.study.sweeping import (
    LOST,
    SERIAL,
    ExecutorLike,
    Lost,
    Report,
    parts_of,
    read_executor,
    read_workers,
    sweep,
)
from placebudget.words import years_in_words

# Runs worked through by one worker from one start; small, so that a stop is soon heard.
PART = 4
FIRST_PLAN = "first plan"


@dataclass(frozen=True)
class _Settings:
    """What a worker needs to live through runs."""

    place: Place
    objective: str
    policies: tuple[Policy, ...]
    first: Mapping[str, tuple[Standing, dict[str, Benchmark], Counted]]
    spread: np.ndarray
    slippage: Slippage
    evaluation: Evaluation
    seed: int
    providers: Providers | None = None


def cycle(
    place: PlaceLike,
    *,
    policies: Iterable[Policy] = POLICIES,
    runs: int = 100,
    seed: int = 0,
    objective: str = "public value",
    spread: Mapping[str, float] | float | None = None,
    slippage: Slippage | None = None,
    evaluation: Evaluation | None = None,
    market: bool = False,
    executor: ExecutorLike = SERIAL,
    workers: int | None = None,
    seconds: float | None = None,
    gap: float = 0.0,
    stop: Event | None = None,
    progress: Report | None = None,
) -> Cycle:
    """Live through years of commissioning, many times over, under several policies.

    Each year is planned, commissioned (offers accepted, capacity taken), delivered
    with slippage and with effects as they truly are, and evaluated where a policy buys
    evaluation; a policy that re-plans then makes the rest of the plan again with what
    is known. Each run draws its truth and its slippage anew; all policies meet the
    same.

    Parameters
    ----------
    place : Place, path or str
        The place, or what :func:`placebudget.read` reads. It is checked first.
    policies : iterable of Policy
        Aligned, pooled or freed; planned once or each year; with evaluation or not.
    runs, seed : int
        How many runs, and what they are drawn from. A run is the same whatever the
        number of runs and of workers.
    objective : str
        What plans make the most of: public value, net public value, fiscal saving,
        cashable saving, weighted outcomes.
    spread : mapping or float, optional
        Standard deviation of the true effect over the one planned with, by grade of
        evidence; see :func:`placebudget.study.beliefs.read_spread`. 0: certain. Effects with a
        spread of their own (``effects.spread``) keep it.
    slippage : Slippage, optional
        How delivery falls short.
    evaluation : Evaluation, optional
        What evaluation looks at and costs.
    market : bool
        Whether providers enter, leave and fail, by what the table ``providers`` says of them.
    executor, workers
        Where runs are worked out; see :func:`placebudget.study.sweep`.
    seconds, gap
        As for :func:`placebudget.optimise`, for the first plans.
    stop : threading.Event, optional
        Setting it keeps the runs that are done and ends the rest.
    progress : callable, optional
        Called with what is under way, its number and how many there are.

    Returns
    -------
    Cycle
        Spread of outcomes, savings and deficits, what was learned, when prevention
        pays back.

    Raises
    ------
    InvalidPlace, Infeasible, Unbounded, SolverFailed
        If a first plan cannot be found.
    WrongArgument
        If a policy, an assumption or anything else that was given cannot be meant; all
        of it is named.
    Stopped
        If it was stopped before any run was done.

    Examples
    --------
    >>> import placebudget as pb
    >>> once = pb.study.Policy("pooled")
    >>> found = pb.cycle(pb.example("toy_pooling"), policies=[once], runs=8, seed=1)
    >>> value = found.spread(once, "public value")
    >>> bool(value["low"] < value["planned"])
    True
    """
    with Arguments() as asked:
        place = asked.read(checked_place, place)
        chosen = asked.read(read_policies, place, policies)
        goal = asked.read(_objective, objective)
        runs = asked.read(whole, "runs", runs, least=1)
        seed = asked.read(whole, "seed", seed)
        table = asked.read(read_spread, place, spread)
        slips = (
            Slippage()
            if slippage is None
            else asked.read(
                instance, "slippage", slippage, Slippage, f"a Slippage(undelivered=0.1){OR_NONE}"
            )
        )
        bought = (
            Evaluation()
            if evaluation is None
            else asked.read(
                instance, "evaluation", evaluation, Evaluation, f"an Evaluation(cost=300){OR_NONE}"
            )
        )
        market = asked.read(flag, "market", market)
        executor = asked.read(read_executor, executor)
        workers = asked.read(read_workers, workers)
        asked.read(RunLimits.given, seconds, gap, stop, progress)
    given, providers, plain = place, None, place
    if market:
        providers = Providers.of(place, Basis(place, read_pooling(place, chosen[0].pooling)))
        place = as_entered(place)
        entrants = [n for n, new in zip(providers.name, providers.entrant, strict=True) if new]
        plain = without(place, entrants) if entrants else place
    poolings = list(dict.fromkeys(policy.pooling for policy in chosen))
    plans: dict[str, Plan] = {}
    for n, pooling in enumerate(poolings):
        if progress is not None:
            stage = Stage(f"{FIRST_PLAN}, {pooling}", FIRST_PLAN, pooling)
            progress(stage, n, len(poolings))
        plans[pooling] = optimise(
            plain, objective=goal, pooling=pooling, prices=False,
            seconds=seconds, gap=gap, stop=stop,
        )  # fmt: skip
    first = {pooling: first_plan(plan, place) for pooling, plan in plans.items()}
    settings = _Settings(
        place, goal, chosen, first, effect_spread(place, table), slips, bought, seed, providers
    )
    done: dict[int, list[History]] = {}
    lost: list[int] = []
    for _, part in sweep(
        # A stop cannot reach into another process; there the part under way is finished.
        partial(_live, settings, stop=stop if _reached_by_stop(executor) else None),
        parts_of(range(runs), PART), executor=executor, workers=workers, stop=stop,
        progress=progress, what="runs of the years", divisible=True,
    ):  # fmt: skip
        if isinstance(part, Lost):
            lost += part.part
        else:
            done |= part
    if not done and lost:
        raise SolverFailed(f"No run was done: {LOST}.")
    if not done:
        raise Stopped("no run was done: the study was stopped before")
    facts = {
        "policies": [policy.name for policy in chosen], "runs": runs, "runs_done": len(done),
        "seed": seed, "objective": goal, "spread": table, "slippage": slips.facts(),
        "evaluation": vars(bought), "gap": gap, **({"market": True} if market else {}),
    }  # fmt: skip
    done = {number: done[number] for number in sorted(done)}
    found = _result(settings, plans, done, sorted(lost), table, facts)
    if market:
        found = replace(found, run={**found.run, "inputs": given.digest})
    return found


def _objective(objective: str) -> str:
    names = read_objectives(objective)
    if len(names) > 1 or names[0] in ("worst-off area", "leximin"):
        raise WrongArgument("a cycle plans for one objective that adds up, such as public value")
    return names[0]


def _reached_by_stop(executor: ExecutorLike) -> bool:
    return executor in (SERIAL, "threads")


def _live(
    settings: _Settings, part: Sequence[int], *, stop: Event | None = None
) -> dict[int, list[History]]:
    """Live through some runs, each under every policy."""
    worlds = _worlds(settings, stop)
    left = {
        pooling: settings.slippage.left(
            world.basis.lines.service[world.basis.offers.line].tolist(), world.basis.years
        )
        for pooling, world in worlds.items()
    }
    found: dict[int, list[History]] = {}
    for run in part:
        histories = []
        try:
            for policy in settings.policies:
                world = worlds[policy.pooling]
                chance = chance_of(
                    settings.seed, run, settings.spread, settings.slippage,
                    *world.first.units.shape,
                ).eased(left[policy.pooling], settings.slippage)  # fmt: skip
                lived = None
                if settings.providers is not None:
                    drawn = luck(
                        settings.seed, run, len(settings.providers.name), len(world.basis.years)
                    )
                    lived = MarketRun(settings.providers, drawn)
                histories.append(
                    world.live(policy, chance, settings.spread, settings.evaluation, lived)
                )
        except Stopped:
            break
        found[run] = histories
        if stop is not None and stop.is_set():
            break
    return found


def _worlds(settings: _Settings, stop: Event | None = None) -> dict[str, World]:
    return {
        pooling: World(settings.place, pooling, settings.objective, *first, stop)
        for pooling, first in settings.first.items()
    }


def _result(
    settings: _Settings,
    plans: Mapping[str, Plan],
    done: Mapping[int, Sequence[History]],
    lost: Sequence[int],
    spread: Mapping[str, float],
    facts: Mapping[str, object],
) -> Cycle:
    place, policies = settings.place, settings.policies
    worlds = _worlds(settings)
    names = [policy.name for policy in policies]
    runs = {name: [histories[n] for histories in done.values()] for n, name in enumerate(names)}
    planned = {policy.name: _as_planned(worlds[policy.pooling], policy) for policy in policies}
    basis = Basis(place, read_pooling(place, policies[0].pooling))
    evaluated = [policy.name for policy in policies if policy.evaluate]
    tables = {
        "spread": spread_table(runs, planned, place.settings.price_base),
        "outcomes": outcome_table(runs, planned, basis),
        "savings": saving_table(runs, planned, basis),
        "deficits": deficit_table(runs, planned, basis),
        "needs": need_table(runs, planned, basis),
        "learned": learned_table(runs, basis, settings.spread, evaluated),
        "payback": payback_table(runs, basis),
        "commissioned": commissioned_table(
            {name: first[0] for name, first in settings.first.items()}, basis
        ),
        "runs": run_table(runs, list(done)),
    }
    own = int(place.effects["spread"].notna().sum())
    notes = cycle_notes(settings.slippage, settings.evaluation, spread, own, runs, lost, facts)
    left = {name: plan.unspent("stream") for name, plan in plans.items()}
    unspent = {
        policy.name: dict(left[policy.pooling][["stream", "amount"]].to_numpy().tolist())
        for policy in policies
    }
    tables |= owed_tables(runs, planned, basis, list(done), unspent)
    notes += TARGET_NOTES * bool(basis.targets) + LOAN_NOTES * bool(basis.loans)
    if settings.providers is not None:
        markets = {name: [h.market for h in lived if h.market] for name, lived in runs.items()}
        tables["market"] = market_table(markets, basis, settings.providers.name)
        tables["concentration"] = concentration_table(markets, basis)
        notes = (*notes, *MARKET_NOTES)
    years = years_in_words(place.years)
    many = "1 run" if len(done) == 1 else f"{len(done)} runs"
    return Cycle(
        f"{place.title}, {years}: {many} of the commissioning cycle",
        tables,
        notes,
        record_of(place, "cycle", **facts),
        place,
        dict(plans),
        policies,
    )


def _as_planned(world: World, policy: Policy) -> History:
    """What a policy comes to where all goes as planned."""
    certain = np.zeros(len(world.basis.effects))
    chance = chance_of(0, 0, certain, NO_SLIPPAGE, *world.first.units.shape)
    return world.live(policy, chance, certain, Evaluation())
