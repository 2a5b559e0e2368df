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
from benchmarks.timing import agree
from placebudget.place import Place
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


def _clocked(work: Callable[[], Any]) -> tuple[Seconds, Any]:
    clock, before = time.perf_counter(), sum(os.times()[:4])
    found = work()
    return Seconds(time.perf_counter() - clock, sum(os.times()[:4]) - before), found


def budgets(changes: int = CHANGES, size: Size = CITY_REGION, afresh: int = AFRESH) -> Measured:
    """Changed budgets on the hot session, on one processor and on two, against fresh problems.

    Each change funds every stream otherwise, within a twentieth. Fresh PuLP problems are
    made for a few of the changes, since a thousand take hours; their values must agree.
    """
    place = make_place(size)
    draw = np.random.default_rng(1)
    streams = list(place.streams["stream"])
    asked = [
        dict(zip(streams, draw.uniform(0.95, 1.05, len(streams)).tolist(), strict=True))
        for _ in range(changes)
    ]
    found = Measured(f"{changes:,} changed budgets, {size.name}")
    one, hot = _clocked(lambda: pb.changed_budgets(place, asked))
    found.took("hot session, one processor", one)
    two, again = _clocked(lambda: pb.changed_budgets(place, asked, executor="processes", workers=2))
    found.took("hot session, two processes", two)
    if again["value"].to_numpy().tobytes() != hot["value"].to_numpy().tobytes():
        raise SystemExit("two processes found other values than one")
    fresh = []
    for number in np.linspace(0, changes - 1, afresh).astype(int).tolist():
        seconds, value = _clocked(lambda: _afresh(_funded(place, asked[number])))  # noqa: B023
        fresh.append(seconds)
        agree({"hot": float(hot["value"][number]), "afresh": value})
    whole = Seconds(*(median(getattr(each, name) for each in fresh) for name in vars(fresh[0])))
    found.took(f"fresh PuLP problem, one change, median of {afresh}", whole)
    found.took("hot session, one change", Seconds(one.clock / changes, one.processor / changes))
    times = "times as much"
    found.add("afresh against hot, one processor", whole.clock * changes / one.clock, times)
    found.add("the same, of processors", whole.processor * changes / one.processor, times)
    found.add("one processor against two", one.clock / two.clock, times)
    return found


def _afresh(place: Place) -> float:
    programme = programme_of(place)
    return -plain_pulp(programme) * programme.objectives[0].scale


def _funded(place: Place, factors: Mapping[str, float]) -> Place:
    funding = place.funding
    by = funding["stream"].map(factors).astype(float)
    ahead = funding["year"].isin(place.years)
    return place.with_(funding=funding.assign(amount=funding["amount"] * by.where(ahead, 1.0)))


def sharing() -> Measured:
    """Exact sharing for the example place Lancashire and a made-up place with twelve partners."""
    found = Measured("Exact sharing: every coalition solved, with payments")
    for place in (pb.example("lancashire"), make_place(TWELVE)):
        seconds, shared = _clocked(lambda: pb.sharing(place))  # noqa: B023
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
        ("planned once: siloed, pooled, freed", once),
        ("pooled: planned once, re-planned, re-planned and evaluated", pooled),
    ):
        seconds, _ = _clocked(
            lambda: pb.cycle(place, policies=policies, runs=runs, executor="processes", workers=2)  # noqa: B023
        )
        found.took(f"{what}, two processes", seconds)
    return found


STUDIES: Mapping[str, Callable[[], Measured]] = {
    "budgets": budgets,
    "sharing": sharing,
    "cycle": cycle,
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
