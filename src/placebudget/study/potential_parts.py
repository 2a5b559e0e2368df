"""The potential taken apart: each pool, each ring-fence, as budgets are cut."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from threading import Event
from typing import Any

import pandas as pd

from placebudget.errors import Infeasible, Stopped
from placebudget.place import Place
from placebudget.plan import Plan, optimise, simulate
from placebudget.solver import RunLimits
from placebudget.study.barriers import (
    PLAN,
    POOLED,
    TODAY,
    Variant,
    place_of,
    ring_fences_of,
    variants,
    with_cut,
)
from placebudget.study.fence_split import Split, split_over_fences
from placebudget.study.potential_tables import (
    IMPOSSIBLE,
    REACHED,
    Measured,
    compared,
    cut_rows,
    price_table,
    split_table,
    stacked,
)
from placebudget.study.sweeping import LOST, SERIAL, ExecutorLike, Lost, Report, sweep

SPLIT, PRICED = "split", "prices"
_MOVED = ["service", "area", "year"]


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
        As :class:`placebudget.Potential` lists them. After a stop, what was done.
    """
    tasks = [v for cut in cuts for v in variants(asked.place, cut, asked.pools, asked.ring_fences)]
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
                limits=RunLimits(stop=stop),
            )  # fmt: skip
        except Infeasible:
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
