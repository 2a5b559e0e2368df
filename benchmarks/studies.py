"""Studies that solve many plans: changed budgets, exact sharing, years of commissioning."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import numpy as np

import placebudget as pb
from benchmarks.contenders import plain_pulp, programme_of
from benchmarks.places import CITY_REGION, Size, make_place
from benchmarks.timing import ROUNDS, agree
from placebudget.place import Place
from placebudget.solver import RunLimits, limit_prices, solve
from placebudget.study import POLICIES

CHANGES, AFRESH = 1_000, 3
RUNS = 200
TWELVE = Size("twelve-partners", 8, 2, 2, 1, 1)

Row = tuple[str, float, str]


@dataclass
class Measured:
    """What was measured of one study.

    Parameters
    ----------
    title : str
        What it is.
    rows : list of (what, number, unit)
        Figures in order.
    """

    title: str
    rows: list[Row] = field(default_factory=list)

    def add(self, what: str, number: float, unit: str = "seconds") -> None:
        """Note a figure."""
        self.rows.append((what, round(float(number), 4), unit))

    def took(self, what: str, seconds: Seconds) -> None:
        """Note how long something took."""
        self.add(what, seconds.clock, "seconds")
        self.add(f"{what}, of processors", seconds.processor, "seconds")


@dataclass(frozen=True)
class Seconds:
    """Seconds on the clock, and of the processors of this process and its children."""

    clock: float
    processor: float


def clocked(work: Callable[[], Any]) -> tuple[Seconds, Any]:
    """How long something takes, and what it gives."""
    clock, before = time.perf_counter(), sum(os.times()[:4])
    found = work()
    return Seconds(time.perf_counter() - clock, sum(os.times()[:4]) - before), found


def budgets(changes: int = CHANGES, size: Size = CITY_REGION, afresh: int = AFRESH) -> Measured:
    """Changed budgets on the hot session, on one processor and on two, against fresh problems.

    Half of the changes fund the streams of one agency otherwise, within a twentieth, half
    every stream by a share of its own. Fresh PuLP problems are made for a few of them, since
    a thousand take hours; their values must agree.
    """
    place = make_place(size)
    found = Measured(f"{changes:,} changed budgets, {size.name}")
    for name, asked in (
        ("one agency's budget", _of_one_agency(place, changes // 2)),
        ("every stream at once", _of_every_stream(place, changes // 2)),
    ):
        _measure_budgets(found, place, name, asked, afresh)
    return found


def _of_every_stream(place: Place, changes: int) -> list[dict[str, float]]:
    draw, streams = np.random.default_rng(1), list(place.streams["stream"])
    return [
        dict(zip(streams, draw.uniform(0.95, 1.05, len(streams)).tolist(), strict=True))
        for _ in range(changes)
    ]


def _of_one_agency(place: Place, changes: int) -> list[dict[str, float]]:
    draw = np.random.default_rng(1)
    held = place.streams.groupby("agency")["stream"].agg(list)
    return [
        dict.fromkeys(held.iloc[n % len(held)], float(draw.uniform(0.95, 1.05)))
        for n in range(changes)
    ]


def _measure_budgets(
    found: Measured, place: Place, name: str, asked: list[dict[str, float]], afresh: int
) -> None:
    one, hot = clocked(lambda: pb.scenarios(place, asked).table)
    found.took(f"{name}: hot session, one processor", one)
    two, again = clocked(lambda: pb.scenarios(place, asked, executor="processes", workers=2).table)
    found.took(f"{name}: hot session, two processes", two)
    if again["value"].to_numpy().tobytes() != hot["value"].to_numpy().tobytes():
        raise SystemExit("two processes found other values than one")
    fresh = []
    for number in np.linspace(0, len(asked) - 1, afresh).astype(int).tolist():
        seconds, value = clocked(lambda: _afresh(funded(place, asked[number])))  # noqa: B023
        fresh.append(seconds)
        agree({"hot": float(hot["value"][number]), "afresh": value})
    whole = Seconds(*(median(getattr(each, part) for each in fresh) for part in vars(fresh[0])))
    found.took(f"{name}: fresh PuLP problem, one change, median of {afresh}", whole)
    times, count = "times as much", len(asked)
    found.took(f"{name}: hot, one change", Seconds(one.clock / count, one.processor / count))
    found.add(f"{name}: afresh against hot", whole.clock * count / one.clock, times)
    ratio = whole.processor * count / one.processor
    found.add(f"{name}: the same, of processors", ratio, times)
    found.add(f"{name}: one processor against two", one.clock / two.clock, times)


def _afresh(place: Place) -> float:
    programme = programme_of(place)
    return -plain_pulp(programme) * programme.objectives[0].scale


def funded(place: Place, factors: Mapping[str, float]) -> Place:
    """The place with the money of a scenario."""
    funding = place.funding
    by = funding["stream"].map(factors).astype(float).fillna(1.0)
    ahead = funding["year"].isin(place.years)
    return place.with_(funding=funding.assign(amount=funding["amount"] * by.where(ahead, 1.0)))


def sharing() -> Measured:
    """Exact sharing for the example place Lancashire and a made-up place with twelve partners."""
    found = Measured("Exact sharing: every coalition solved, with payments")
    for place in (pb.example("lancashire"), make_place(TWELVE)):
        seconds, shared = clocked(lambda: pb.sharing(place))  # noqa: B023
        partners = len(shared.partners.keys)
        if shared.played.game is None:
            raise SystemExit("the sharing was not exact")
        what = f"{place.name}, {partners} partners"
        found.took(what, seconds)
        found.add(f"{what}: programmes solved", shared.run["programmes_solved"], "programmes")
    return found


def cycle(runs: int = RUNS) -> Measured:
    """Runs of a five-year cycle on the example place Lancashire, on two processes."""
    place = pb.example("lancashire")
    found = Measured(f"{runs} runs of a five-year commissioning cycle, Lancashire")
    once = [policy for policy in POLICIES if not policy.replan]
    pooled = [policy for policy in POLICIES if policy.pooling == "pooled"]
    for what, policies in (
        ("planned once: aligned, pooled, freed", once),
        ("pooled: planned once, re-planned, re-planned and evaluated", pooled),
    ):
        seconds, _ = clocked(
            lambda: pb.cycle(place, policies=policies, runs=runs, executor="processes", workers=2)  # noqa: B023
        )
        found.took(f"{what}, two processes", seconds)
    return found


def prices(rounds: int = ROUNDS) -> Measured:
    """Prices of the 25 dearest limits of Lancashire beside the plan that they belong to."""
    place = pb.example("lancashire")
    programme = programme_of(place)
    solution = solve(programme, tie_break=False)
    taken = [
        tuple(
            clocked(work)[0].processor
            for work in (
                lambda: pb.optimise(place, prices=False),
                lambda: limit_prices(programme, solution, RunLimits()),
            )
        )
        for _ in range(rounds)
    ]
    found = Measured("Prices of 25 limits, Lancashire")
    plan, priced = (median(each) for each in zip(*taken, strict=True))
    found.add("the plan without prices, of processors", plan)
    found.add("prices of 25 limits, of processors", priced)
    share = median(each / whole for whole, each in taken)
    found.add("prices against the plan, at most a third", share, "times as much")
    return found


STUDIES: Mapping[str, Callable[[], Measured]] = {
    "budgets": budgets,
    "sharing": sharing,
    "cycle": cycle,
    "prices": prices,
}
"""Measurements by name."""

COUNTED: Mapping[str, Callable[[int], Measured]] = {"budgets": budgets, "cycle": cycle}
"""Those that can be made of fewer changes or runs."""


def studies_page(measured: Sequence[Measured]) -> str:
    """What was measured as Markdown."""
    lines = ["## Studies\n"] if measured else []
    for each in measured:
        lines += [f"### {each.title}\n", "| what | figure | unit |", "|---|---:|---|"]
        lines += [f"| {what} | {number:,.4g} | {unit} |" for what, number, unit in each.rows]
        lines.append("")
    return "\n".join(lines)
