"""The potential taken apart: each pool, each ring-fence, as budgets are cut."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from threading import Event
from typing import Any

import numpy as np
import pandas as pd

from placebudget.errors import CannotAnswer, Infeasible, SolverFailed, Stopped
from placebudget.place import Place
from placebudget.place.conditions import open_pools
from placebudget.plan import Plan, optimise, session, simulate
from placebudget.plan.need import SHORT, alike, too_small
from placebudget.plan.resting import reinvested
from placebudget.programme.money import contribution_limits
from placebudget.programme.objectives.value import PUBLIC
from placebudget.progress import Report, silent
from placebudget.solver import Session
from placebudget.study.games import Game, shapley
from placebudget.study.potential.barriers import (
    PLAN,
    PLANS,
    POOLED,
    SILOED,
    TODAY,
    Variant,
    against,
    place_of,
    ring_fences_of,
    variants,
    with_cut,
)
from placebudget.study.sweeping import LOST, SERIAL, ExecutorLike, Lost, sweep

# The gain of ending all ring-fences, split over them by the Shapley value.

MOST_EXACT = 6


@dataclass(frozen=True)
class Split:
    """Shares of a gain.

    Parameters
    ----------
    names : tuple of str
        Ring-fences.
    shares, errors : ndarray
        Share of each, and its standard error; 0 where it is exact.
    whole : float
        Gain of ending all.
    orders : int
        Orders drawn; 0 where it is exact.
    """

    names: tuple[str, ...]
    shares: np.ndarray
    errors: np.ndarray
    whole: float
    orders: int


def split_over_fences(
    place: Place,
    fences: Mapping[str, Sequence[str]],
    objective: str,
    *,
    reinvest: float = 0.0,
    most_exact: int = MOST_EXACT,
    orders: int = 30,
    seed: int = 0,
    stop: Event | None = None,
) -> Split:
    """Split what ending all ring-fences gains over the best pooled plan.

    Each ring-fence gets what ending it adds, on average over all orders in which they
    could be ended. An agency that is to be no worse off than in the aligned plan is
    compared throughout with the aligned plan of the place as it stands.

    Parameters
    ----------
    fences : mapping of str to sequence of str
        Streams of each ring-fence.
    most_exact : int
        Up to so many ring-fences every set of them is solved.
    orders, seed : int
        With more, orders drawn at random, each with its reverse, and their seed.

    Raises
    ------
    CannotAnswer
        If some of them ended leave less need unmet than others: such values are not subtracted.

    Examples
    --------
    >>> import placebudget as pb
    >>> from placebudget.study.potential.barriers import ring_fences_of
    >>> place = pb.example("toy_pooling")
    >>> split = split_over_fences(place, ring_fences_of(place), "public value")
    >>> round(float(split.shares.sum() - split.whole), 6)
    0.0
    """
    names = tuple(fences)
    value = _Value(
        session(place, objective=objective, reinvest=reinvest, stop=stop),
        [fences[name] for name in names],
    )
    whole = value(2 ** len(names) - 1)
    if len(names) <= most_exact:
        worth = np.zeros(2 ** len(names))
        for n in range(len(worth)):
            ended = n ^ n >> 1  # one ring-fence away from the one before
            worth[ended] = value(ended)
        shares = shapley(Game(names, worth)) if names else np.zeros(0)
        return Split(names, shares, np.zeros(len(names)), whole, 0)
    shares, errors = sampled_shares(value, len(names), max(orders, 2), seed)
    return Split(names, shares, errors, whole, max(orders, 2))


class _Value:
    """Gain of ending some ring-fences, each set solved once."""

    def __init__(self, live: Session, streams: Sequence[Sequence[str]]) -> None:
        self.live, self.streams = live, streams
        self.ended = 0
        self.kept, self.short = live.value(), live.need_unmet
        self.known = {0: 0.0}

    def __call__(self, ended: int) -> float:
        if ended not in self.known:
            for n, streams in enumerate(self.streams):
                if (ended ^ self.ended) >> n & 1:
                    turn = self.live.end_ring_fence if ended >> n & 1 else self.live.keep_ring_fence
                    for stream in streams:
                        turn(stream)
            self.ended = ended
            self.known[ended] = self.live.value() - self.kept
            if not alike(self.short, self.live.need_unmet):
                raise CannotAnswer(OTHERWISE)
        return self.known[ended]


def sampled_shares(
    value: Callable[[int], float], count: int, orders: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Shares from orders drawn at random, each followed by its reverse.

    Parameters
    ----------
    value : callable
        Gain of ending some ring-fences, given as a sum of 2**n.
    count, orders, seed : int
        How many ring-fences there are, how many orders are drawn, and their seed.

    Returns
    -------
    shares, errors : ndarray
        Shares, which add up to the gain of ending all, and their standard errors.
    """
    draw, added = np.random.default_rng(seed), []
    for _ in range(-(-orders // 2)):
        order = draw.permutation(count)
        pair = []
        for way in (order, order[::-1]):
            gains, ended, before = np.zeros(count), 0, 0.0
            for n in way:
                ended |= 1 << int(n)
                after = value(ended)
                gains[n], before = after - before, after
            pair.append(gains)
        added.append(np.mean(pair, axis=0))
    table = np.array(added)
    error = table.std(axis=0, ddof=1) / np.sqrt(len(table)) if len(table) > 1 else table[0] * np.nan
    return table.mean(axis=0), error


def added_by_pools(
    place: Place,
    pooled: Plan,
    *,
    stop: Event | None = None,
    progress: Report = silent,
) -> dict[str, float]:
    """What each pool adds to the public value of the best pooled plan: nothing for those to spare.

    Pools are closed one after another, those that least is paid into first, and stay closed where
    that loses nothing worth deciding on: so two of which either would do are not both spared.
    What a pool pays today for another agency's services goes on without it.

    Parameters
    ----------
    place : Place
        The place.
    pooled : Plan
        Its best pooled plan.
    stop, progress
        As for :func:`placebudget.optimise`.

    Returns
    -------
    dict of str to float
        By pool, infinite where no plan keeps all rules without it; empty where the plan makes the
        most of something else, need is met differently, or a live session cannot tell.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("toy_pooling")
    >>> {pool: round(gain) for pool, gain in added_by_pools(place, pb.optimise(place)).items()}
    {'one_pool': 0}
    """
    there = open_pools(place)
    if [each.name for each in pooled.objectives] != [PUBLIC] or not there:
        return {}
    live = session(place, reinvest=reinvested(pooled), stop=stop)
    paid = pooled.tables["contributions"].groupby("pool")["gross"].sum()
    pools = sorted(there, key=lambda pool: (paid.get(pool, 0.0), pool))
    try:
        whole, short = live.value(), live.need_unmet
    except SolverFailed:
        return {}

    def lost(closed: set[str]) -> float:
        live.set_pools([pool for pool in pools if pool not in closed])
        try:
            gain = whole - live.value()
        except Infeasible:
            return np.inf
        except SolverFailed:
            return np.nan
        return gain if alike(short, live.need_unmet) else np.nan

    spared, told = set[str](), "what each pool adds"
    for number, pool in enumerate(pools):
        progress(told, number, 2 * len(pools))
        gain = lost({*spared, pool})
        if gain < 0.5 or too_small(gain, pooled):
            spared.add(pool)
    added = dict.fromkeys(pools, 0.0)
    for number, pool in enumerate(pools, start=len(pools)):
        progress(told, number, 2 * len(pools))
        if pool not in spared:
            added[pool] = lost({*spared, pool})
    return {} if np.isnan(list(added.values())).any() else added


def best_pooled(place: Place, **options: Any) -> tuple[Plan, dict[str, float] | None]:
    """The best pooled plan that stands beside others, and what each pool adds to it.

    Parameters
    ----------
    place : Place
        The place.
    **options
        As for :func:`placebudget.optimise`, without ``pooling``.

    Returns
    -------
    plan : Plan
        Of those that are worth the same, one without pools that add nothing; see
        :func:`without_idle`.
    added : dict of str to float, or None
        See :func:`added_by_pools`; None where time ended before the plan was the best.

    Examples
    --------
    >>> import placebudget as pb
    >>> best_pooled(pb.example("toy_pooling"), prices=False)[1]
    {'one_pool': 0.0}
    """
    plan = optimise(place, pooling=POOLED, **options)
    if plan.status != "optimal":
        return plan, None
    watched = {name: options[name] for name in ("stop", "progress") if options.get(name)}
    added = added_by_pools(place, plan, **watched)
    return without_idle(place, plan, added, **options), added


def without_idle(place: Place, pooled: Plan, added: Mapping[str, float], **options: Any) -> Plan:
    """The best pooled plan without pools that add nothing and need not be paid into.

    Of plans that are worth the same it is the one in which the pools that add something bring
    all of that themselves.

    Parameters
    ----------
    place : Place
        The place.
    pooled : Plan
        Its best pooled plan.
    added : mapping of str to float
        What each pool adds; see :func:`added_by_pools`.
    **options
        As for :func:`placebudget.optimise`.

    Returns
    -------
    Plan
        The plan as it is where it pays nothing into such a pool, where no pool adds anything, or
        where it would be worth less by as much as a pound.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("toy_pooling")
    >>> plan = pb.optimise(place)
    >>> without_idle(place, plan, added_by_pools(place, plan)) is plan
    True
    """
    limits = contribution_limits(place, place.years)
    bound = set(limits.loc[limits["minimum"] > 0, "pool"])
    paid = pooled.tables["contributions"].groupby("pool")["gross"].sum()
    idle = {pool for pool, gain in added.items() if not gain and pool not in bound}
    if not any(added.values()) or not any(paid.get(pool, 0.0) > 0.5 for pool in idle):
        return pooled
    pools = [pool for pool in open_pools(place) if pool not in idle]
    found = optimise(place, pooling=pools, **options)
    less = pooled.public_value() - found.public_value()
    return pooled if less >= _POUND else replace(found, name=pooled.name)


REACHED, IMPOSSIBLE = "reached", "no plan keeps all rules"
_POUND = 1.0
"""By less than that much two plans are worth the same."""
OTHERWISE = "the two leave different need unmet, so no gain is given"
SPLIT, PRICED = "split", "prices"
_MOVED = ["service", "area", "year"]


@dataclass(frozen=True)
class Measured:
    """What a variant comes to.

    Parameters
    ----------
    status : str
        Reached, or that no plan keeps all rules.
    table : DataFrame
        measure, value, unit.
    agencies : DataFrame
        agency, paid (cash), fiscal, cashable (price base, not discounted).
    outcomes : Series
        Counted, by outcome.
    money : Series
        By service, area and year.
    prices : DataFrame
        Prices of ring-fences.
    """

    status: str
    table: pd.DataFrame
    agencies: pd.DataFrame
    outcomes: pd.Series
    money: pd.Series
    prices: pd.DataFrame

    @property
    def short(self) -> float:
        """Pounds that are short for need that must be met."""
        return float(self.table.set_index("measure")["value"].get(SHORT, 0.0))


def cut_rows(
    measured: Mapping[Variant, Measured], cuts: Sequence[float]
) -> Iterator[dict[str, Any]]:
    """What each of the plans comes to for each cut, a row a measure."""
    for cut in cuts:
        for name in PLANS:
            held = measured.get(Variant(cut, PLAN, name))
            if held is None:
                continue
            common = {"cut": cut, "plan": name, "status": held.status}
            if held.status != REACHED:
                yield {**common, "measure": "public value", "value": np.nan, "unit": ""}
            for row in held.table.to_dict("records"):
                yield {**common, **row}


def _pairs(measured: Mapping[Variant, Measured]) -> Iterator[tuple[Variant, Variant, str]]:
    """Each variant with what it is compared with, and what that is called."""
    cuts = sorted({variant.cut for variant in measured})
    for cut in cuts:
        for start, end in combinations(PLANS, 2):
            yield Variant(cut, PLAN, start), Variant(cut, PLAN, end), start
    for variant in measured:
        base = against(variant)
        if base is not None:
            yield base, variant, base.name or "without ring-fences"


def compared(
    measured: Mapping[Variant, Measured], place: Place, objective: str
) -> dict[str, pd.DataFrame]:
    """Gains, money moved, and what changes for agencies and outcomes."""
    units = place.filled("outcomes").set_index("outcome")["unit"]
    gains, agencies, outcomes = [], [], []
    for base, variant, start in _pairs(measured):
        before, after = measured.get(base), measured.get(variant)
        if before is None or after is None:
            continue
        key = {"cut": variant.cut, "part": variant.part, "name": variant.name, "start": start}
        status = before.status if before.status != REACHED else after.status
        if status == REACHED and not alike(before.short, after.short):
            status = OTHERWISE
        gains.append({**key, "status": status, **_gain(before, after, objective, status)})
        if status != REACHED:
            continue
        for agency, row in _difference(after.agencies, before.agencies).iterrows():
            agencies.append({**key, "agency": agency, **row.to_dict()})
        for outcome, change in _difference(after.outcomes, before.outcomes).items():
            outcomes.append({**key, "outcome": outcome, "unit": units[outcome], "change": change})
    names = ["cut", "part", "name", "start"]
    return {
        "parts": stacked(
            gains,
            [
                *names,
                "status",
                "value",
                "share",
                "public_value",
                "fiscal",
                "cashable",
                "moved",
                "unit",
            ],
        ),
        "agencies": stacked(agencies, [*names, "agency", "paid", "fiscal", "cashable"]),
        "outcomes": stacked(outcomes, [*names, "outcome", "unit", "change"]),
    }


def _gain(before: Measured, after: Measured, objective: str, status: str) -> dict[str, Any]:
    if status != REACHED:
        blank = dict.fromkeys(
            ("value", "share", "public_value", "fiscal", "cashable", "moved"), np.nan
        )
        return {**blank, "unit": ""}
    first, last = (m.table.set_index("measure")["value"] for m in (before, after))
    unit = after.table.set_index("measure")["unit"]
    name = objective if objective in first.index and objective in last.index else "public value"
    gain = float(last[name] - first[name])
    moved = _difference(after.money, before.money)
    return {
        "value": gain,
        "share": gain / float(first[name]) if first[name] else np.nan,
        "public_value": float(last["public value"] - first["public value"]),
        "fiscal": float(last["fiscal value"] - first["fiscal value"]),
        "cashable": float(last["cashable saving"] - first["cashable saving"]),
        "moved": round(float(moved.clip(lower=0.0).sum()), 2),
        "unit": unit[name],
    }


def _difference(after: Any, before: Any) -> Any:
    return after.sub(before, fill_value=0.0)


def split_table(splits: Mapping[float, Split], unit: str) -> pd.DataFrame:
    """The gain of ending all ring-fences, split over them, by cut."""
    rows = [
        {
            "cut": cut,
            "ring_fence": name,
            "share": float(split.shares[n]),
            "standard_error": float(split.errors[n]),
            "orders": split.orders,
            "whole": split.whole,
            "unit": unit,
        }
        for cut, split in sorted(splits.items())
        for n, name in enumerate(split.names)
    ]
    names = ["cut", "ring_fence", "share", "standard_error", "orders", "whole", "unit"]
    return stacked(rows, names)


def price_table(
    measured: Mapping[Variant, Measured], fences: Mapping[str, Sequence[str]]
) -> pd.DataFrame:
    """Prices by stream and year: what moving £1 million out of the ring-fence gains.

    A ring-fenced stream without a row in a year has the price 0 there.
    """
    of = {stream: name for name, streams in fences.items() for stream in streams}
    rows = []
    for variant in sorted(measured, key=lambda v: v.cut):
        if (variant.part, variant.name) != (PLAN, POOLED):
            continue
        for row in measured[variant].prices.to_dict("records"):
            for stream in row["name"].split(", "):
                rows.append({"cut": variant.cut, "ring_fence": of[stream], "stream": stream, **row})
    names = ["cut", "ring_fence", "stream", "year", "relaxing", "relaxing_rate", "holds_for"]
    return stacked(
        rows, [*names, "tightening", "unit", "step", "offers_held", "steps_held", "sentence"]
    )


def stacked(rows: Any, columns: Sequence[str]) -> pd.DataFrame:
    """Rows as a table with these columns, also where there is none."""
    return pd.DataFrame(list(rows), columns=list(columns))


@dataclass(frozen=True)
class Asked:
    """What is planned, and how.

    Parameters
    ----------
    place : Place
        The place.
    options : mapping
        For :func:`placebudget.optimise`.
    unit : str
        Unit of the objective.
    pools, ring_fences : bool
        Whether pools are looked at alone, and ring-fences.
    orders, seed : int
        Orders drawn where there are too many ring-fences to try every set.
    """

    place: Place
    options: Mapping[str, Any]
    unit: str
    pools: bool
    ring_fences: bool
    orders: int
    seed: int


def take_apart(
    asked: Asked,
    cuts: Sequence[float],
    measures: Any,
    *,
    known: Mapping[Variant, Plan],
    executor: ExecutorLike = SERIAL,
    workers: int | None = None,
    stop: Event | None = None,
    progress: Report | None = None,
) -> dict[str, pd.DataFrame]:
    """Plan every variant and set them beside what they are compared with.

    Parameters
    ----------
    cuts : sequence of float
        Shares taken off all funding, none first.
    measures : callable
        Name, value and unit of everything a plan is measured by; of a module.
    known : mapping of Variant to Plan
        Plans that are there already.

    Returns
    -------
    dict of str to DataFrame
        As :class:`placebudget.study.Potential` lists them. After a stop, what was done.
    """
    tasks = [v for cut in cuts for v in variants(asked.place, cut, asked.pools, asked.ring_fences)]
    if Variant(0.0, PLAN, SILOED) not in known:
        tasks = [variant for variant in tasks if variant.name != SILOED]
    if asked.ring_fences and ring_fences_of(asked.place):
        tasks += [Variant(cut, SPLIT, "") for cut in cuts]
    found: dict[Variant, Measured | Split | None] = {
        variant: _measured(plan, measures) for variant, plan in known.items()
    }
    open_ = [variant for variant in tasks if variant not in found or _wants_prices(asked, variant)]
    inside = stop if executor in (SERIAL, "threads") else None
    for number, answer in sweep(
        partial(_answer, asked, measures, stop=inside), open_, executor=executor,
        workers=workers, stop=stop, progress=progress, what="pools and ring-fences one by one",
    ):  # fmt: skip
        variant = open_[number]
        if isinstance(answer, Lost):
            # The plan that is there already stays; it is its prices that are not.
            variant = replace(variant, part=PRICED) if variant in known else variant
            answer = _without_figures(LOST)
        found[variant] = answer
    # In the order of the tasks: answers come as they are found.
    tasks += [variant for variant in found if variant not in tasks]
    ordered = {variant: found[variant] for variant in tasks if variant in found}
    measured = {v: m for v, m in ordered.items() if isinstance(m, Measured)}
    splits = {v.cut: s for v, s in ordered.items() if isinstance(s, Split)}
    return {
        "cuts": stacked(
            cut_rows(measured, cuts), ["cut", "plan", "status", "measure", "value", "unit"]
        ),
        **compared(measured, asked.place, first_of(asked.options["objective"])),
        "split": split_table(splits, asked.unit),
        "ring_fence_prices": price_table(measured, ring_fences_of(asked.place)),
    }


def _wants_prices(asked: Asked, variant: Variant) -> bool:
    pooled = variant.part == PLAN and variant.name == POOLED
    return pooled and asked.ring_fences and len(asked.place.ring_fences) > 0


def _answer(
    asked: Asked, measures: Any, variant: Variant, *, stop: Event | None = None
) -> Measured | Split | None:
    """Plan one variant; None where it was stopped, or there is nothing to split."""
    try:
        answer = _planned(asked, measures, variant, stop)
    except Stopped:
        return None
    return None if stop is not None and stop.is_set() else answer


def _planned(
    asked: Asked, measures: Any, variant: Variant, stop: Event | None
) -> Measured | Split | None:
    options = dict(asked.options)
    if variant.part == SPLIT:
        place = with_cut(asked.place, variant.cut)
        try:
            return split_over_fences(
                place, ring_fences_of(place), first_of(options["objective"]),
                reinvest=options["reinvest"], orders=asked.orders, seed=asked.seed,
                stop=stop,
            )  # fmt: skip
        except (CannotAnswer, Infeasible):
            return None
    place, pooling = place_of(asked.place, variant)
    if pooling == TODAY:
        return _measured(simulate(place), measures)
    prices = "ring-fence" if _wants_prices(asked, variant) else False
    try:
        plan = optimise(place, pooling=pooling, prices=prices, stop=stop, **options)
    except Infeasible:
        return _without_figures(IMPOSSIBLE)
    return _measured(plan, measures)


def first_of(objective: str | Sequence[str]) -> str:
    """The objective that counts first."""
    return objective if isinstance(objective, str) else objective[0]


def _measured(plan: Plan, measures: Any) -> Measured:
    paid = plan.money("agency").set_index("agency")["amount"].rename("paid")
    saved = plan.savings("agency").set_index("agency")[["fiscal", "cashable"]]
    prices = plan.prices()
    return Measured(
        REACHED,
        pd.DataFrame(list(measures(plan)), columns=["measure", "value", "unit"]),
        pd.concat([paid, saved], axis=1).fillna(0.0).rename_axis("agency"),
        plan.outcomes("outcome").set_index("outcome")["counted"],
        plan.money(_MOVED).set_index(_MOVED)["amount"],
        prices[prices["kind"] == "ring-fence"],
    )


def _without_figures(status: str) -> Measured:
    none = pd.Series(dtype=float)
    blank = pd.DataFrame({"measure": [], "value": [], "unit": []})
    agencies = pd.DataFrame({"paid": [], "fiscal": [], "cashable": []}).rename_axis("agency")
    return Measured(status, blank, agencies, none, none, pd.DataFrame())
