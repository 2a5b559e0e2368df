"""Other good plans: how far money can move before a plan is worth noticeably less.

Of all plans that keep every rule and are worth at least the best less a share of it,

least[s], most[s]   the least and the most money of service s, all years together,

a linear programme each, from the basis of the one before. What some of these plans spend and
others do not is a real choice. A least of one service and a most of another are of two plans,
and cannot be had together. A few plans far apart are picked from those found on the way:
each the one whose money by service is furthest (sum of absolute differences) from the nearest
of those picked before. Their money stands, and of all plans with it the best is given.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Event
from typing import Any

import numpy as np
import pandas as pd

from placebudget.arguments import Arguments, numbers, whole
from placebudget.errors import WrongArgument
from placebudget.place import Place
from placebudget.place.io.reading import PlaceLike, checked_place
from placebudget.place.names import Names
from placebudget.plan import Plan
from placebudget.plan.optimise import plan_of, writing
from placebudget.plan.repairs import solved
from placebudget.plan.simulate import today_of
from placebudget.plan.summary import Summary, sentences
from placebudget.plan.workbook_pages import MODEL
from placebudget.programme import Programme, one_goal, read_objectives
from placebudget.programme.rules.block import Benchmark
from placebudget.progress import Report, Stage, silent
from placebudget.solver import DEFAULT_SOLVER, RunLimits, Solution
from placebudget.solver.backend.engine import Clock
from placebudget.solver.stages.nearest import PENNY
from placebudget.solver.stages.open_plans import OpenPlans
from placebudget.study.picking import FoundPlans
from placebudget.study.result import record_of
from placebudget.words import in_unit, money, percent, sentence

WITHIN = (1.0, 2.0, 5.0)
"""Per cent of the best plan's value that may be given up."""
BEST, NEARBY = "best", "plans nearby"
MUST, NEVER, CHOICE, SETTLED = "must fund", "never funded", "a real choice", "settled"
"""Every such plan spends on it; none does; some do; every one spends the same."""
MORE, LESS, SAME, EITHER = "more", "less", "as today", "either"
"""Every such plan spends more on it than today, less, the same; or they differ."""
_A_POUND = 1.0


@dataclass(frozen=True, eq=False)
class Alternatives(FoundPlans):
    """How far money can move among plans that are nearly as good, and a few far apart.

    ``tables`` holds, in pounds, cash, all years:

    - ``services``: within (per cent of the best value given up), service, today, best, least,
      most, kind (must fund, never funded, a real choice, settled), beside_today (more, less, as
      today, either);
    - ``plans``: plan, service, money, change (beside the best).

    Parameters
    ----------
    place : Place
        The place.
    plans : mapping of str to Plan
        The best plan, and a few far from it and from one another, verified.
    within : float
        The share, in per cent, that the picked plans may give up.
    """

    beside = BEST
    moves = "plans", "plan"
    within: float

    @property
    def called(self) -> str:
        """What the plans are together."""
        return "the other good plans"

    @property
    def table(self) -> pd.DataFrame:
        """The least and the most of each service."""
        return self.tables["services"]

    @property
    def units(self) -> Mapping[str, str]:
        """What figures are counted in."""
        return dict.fromkeys(self.tables, "pounds, cash, all years")

    def at(self, within: float) -> pd.DataFrame:
        """The services where so much of the best value, in per cent, is given up."""
        return self.table[self.table["within"] == within].reset_index(drop=True)

    def best_where(self, plan: str) -> str:
        """How much value it gives up of how much may be, and why it was picked."""
        return (
            f"It gives up {self._lost(plan)} of value, where {percent(self.within / 100)} of the "
            "best may be given up, and is one of those furthest from the best and from one another."
        )

    def _lost(self, plan: str) -> str:
        best, other = (self.plans[name].objective for name in (BEST, plan))
        return in_unit(max(best.value - other.value, 0.0), best.unit)

    def finding(self) -> str:
        """How many services are a real choice, and of which most money can move."""
        found = self.at(self.within)
        if found.empty:
            return "The run was stopped before anything was found"
        names, wide = Names(self.place), found["most"] - found["least"]
        more, less, same, either = (
            (found["beside_today"] == way).sum() for way in (MORE, LESS, SAME, EITHER)
        )
        said = (
            f"Of {len(found)} services {more} get more than today in every plan that gives up at "
            f"most {percent(self.within / 100)} of the best value, {less} less, {same} the same, "
            f"and {either} are a choice"
        )
        if wide.max() < _A_POUND:
            return said
        row = found.loc[wide.idxmax()]
        return (
            f"{said}; most money can move at {names.of('service', row['service'])}: from "
            f"{money(row['least'])} to {money(row['most'])} in all years"
        )

    def summarised(self) -> Summary:
        """How much is a choice, and what the picked plans do."""
        said = sentences([f"{self.finding()}.", *self._plan_lines()])
        return Summary(self.title, tuple(said), MODEL)

    def _plan_lines(self) -> Iterator[str]:
        for name, does in self.offered.items():
            yield f"{sentence(name)}, {self._lost(name)} less value: {does}."


def alternatives(
    place: PlaceLike,
    *,
    within: Sequence[float] = WITHIN,
    far_apart: int = 4,
    objective: str = "public value",
    pooling: str | Sequence[str] = "pooled",
    seconds: float | None = None,
    gap: float = 0.0,
    stop: Event | None = None,
    progress: Report | None = None,
) -> Alternatives:
    """Other good plans: the least and the most each service can get, and a few plans far apart.

    Parameters
    ----------
    place : Place, path or str
        The place, or what :func:`placebudget.read` reads. It is checked first.
    within : sequence of float
        Per cent of the best plan's value that may be given up; the plans far apart are of the
        middle one.
    far_apart : int
        How many plans far apart are picked, beside the best.
    objective, pooling
        As for :func:`placebudget.optimise`, one objective, and not the worst-off area first.
    seconds, gap, stop, progress
        As for :func:`placebudget.optimise`, for the whole study. Stopping keeps what is found.

    Raises
    ------
    WrongArgument
        If something that was given cannot be meant; all of it is named.
    InvalidPlace, Infeasible, Unbounded, Stopped, SolverFailed
        If there is no best plan.

    Examples
    --------
    >>> import placebudget as pb
    >>> found = alternatives(pb.example("toy_pooling"), within=[10])
    >>> (found.table.set_index("service").loc["home_care", ["least", "most"]] / 1e6).tolist()
    [27.5, 60.0]
    """
    with Arguments() as asked:
        place = asked.read(checked_place, place)
        levels = asked.read(_levels, within)
        many = asked.read(whole, "far_apart", far_apart)
        goal = asked.read(_one_goal, objective)
        mode = asked.read(one_goal, place, pooling)
        limits = asked.read(RunLimits.given, seconds, gap, stop, progress)
    report, started = limits.progress or silent, time.monotonic()
    quiet, clock = replace(limits, progress=None), Clock(limits.seconds)
    middle = levels[len(levels) // 2]
    options = {
        "objective": [goal], "pooling": mode.name, "reinvest": 0.0, "gap": gap,
        "seconds": seconds, "prices": 0, "scale": None,
    }  # fmt: skip
    report(BEST, 0, 1)
    marks, write = writing(place, (goal,), mode, 0.0, DEFAULT_SOLVER, quiet, None)
    programme, solution = solved(write, DEFAULT_SOLVER, quiet)
    best = plan_of(programme, solution, marks, options, None, started)
    if any(kind.compares_areas for kind, _ in programme.rule_rows()) and not programme.ordered:
        # What is found below asks for no value, so that steps would not fill in order.
        programme = write(ordered=True, shortfall=programme.basis.shortfall)
    nearby = _Nearby(programme, best.objective.value, quiet, clock)
    rows: list[dict[str, Any]] = []
    ends: list[np.ndarray] = []
    total = len(levels) * len(nearby.services)
    for level in levels:
        nearby.allow(level)
        for service in nearby.services:
            report(Stage(f"{service}, {level:g} %", NEARBY, f"{level:g}"), len(rows), total)
            found = nearby.ends(service)
            if found is None:
                break
            rows.append({"within": level, "service": service} | nearby.told(service, found))
            ends += found if level == middle else ()
    picked = {BEST: best}
    nearby.allow(middle)
    first = _spent(best).reindex(nearby.services, fill_value=0.0).to_numpy(float)
    for values in _furthest(first, ends, nearby, many):
        plan = nearby.plan(
            values, marks, {**options, "study": "alternatives", "within": middle}, started
        )
        if plan is not None:
            picked[f"plan {len(picked)}"] = plan
    return Alternatives(
        f"{place.title}: other good plans",
        {"services": _services(place, rows, best), "plans": _plans(picked)},
        _notes(total - len(rows)),
        record_of(
            place, "alternatives", within=levels, far_apart=many, objective=goal,
            pooling=mode.name, gap=gap,
        ),
        place, picked, middle,
    )  # fmt: skip


class _Nearby:
    """The plans that are worth at least so much, in one live model."""

    def __init__(self, programme: Programme, value: float, limits: RunLimits, clock: Clock) -> None:
        self.programme, self.limits = programme, limits
        self.plans = OpenPlans(programme, DEFAULT_SOLVER, limits, clock)
        self.goal = programme.objectives[0]
        self.value = value / self.goal.scale
        money, lines = programme.columns["money"], programme.basis.lines
        self._money, self._of = money, lines.service[money.index["line"]]
        self.services = sorted(set(lines.service))
        self._cut: str | None = None
        # A cut is added to what has been solved; where no time is left for that nothing follows.
        self._solved = self._best(self.goal.gain) is not None

    def allow(self, within: float) -> None:
        """Let so much of the best value, in per cent, be given up."""
        least = self.value - within / 100 * abs(self.value) - self.goal.constant
        plans = self.plans
        if not self._solved:
            return
        if self._cut is None:
            known = set(plans.draft.rows)
            plans.cut(self.goal.gain, ">=", least)
            (self._cut,) = set(plans.draft.rows) - known
        else:
            row = plans.draft.rows[self._cut].numbers
            plans.bound_rows(row, np.array([least]), np.array([np.inf]))

    def spending(self, service: str) -> np.ndarray:
        """What each variable adds to the money of a service, scaled."""
        gain = np.zeros(self.programme.matrix.width)
        gain[self._money.numbers[self._of == service]] = 1.0
        return gain

    def money(self, values: np.ndarray) -> np.ndarray:
        """Money by service, all years, in pounds."""
        spent = values[self._money.numbers] * self.programme.basis.scale.money
        at = np.searchsorted(self.services, self._of)
        return np.bincount(at, spent, len(self.services))

    def ends(self, service: str) -> list[np.ndarray] | None:
        """A plan with the least money of a service and one with the most; None when stopped."""
        gain, found = self.spending(service), []
        for sign in (-1.0, 1.0):
            values = self._best(sign * gain)
            if values is None:
                return None
            found.append(values)
        return found

    def told(self, service: str, ends: Sequence[np.ndarray]) -> dict[str, float]:
        """The least and the most, in pounds."""
        at = self.services.index(service)
        least, most = (max(float(self.money(values)[at]), 0.0) for values in ends)
        return {"least": least, "most": max(least, most)}

    def plan(
        self,
        values: np.ndarray,
        marks: Mapping[str, Benchmark],
        options: Mapping[str, Any],
        started: float,
    ) -> Plan | None:
        """The best plan with the money of one that was found; None when stopped."""
        plans, money = self.plans, self._money.numbers
        held = plans.matrix.lower[money], plans.matrix.upper[money]
        room = PENNY * max(1.0, float(np.abs(values[money]).max()))
        low, high = values[money] - room, values[money] + room
        plans.bound(money, np.maximum(low, held[0]), np.minimum(high, held[1]))
        try:
            best = self._best(self.goal.gain)
        finally:
            plans.bound(money, *held)
        if best is None:
            return None
        solution = Solution(best, [self.goal.value(best)], stages=[self.goal.name])
        return plan_of(self.programme, solution, marks, options, None, started)

    def _best(self, gain: np.ndarray) -> np.ndarray | None:
        """The plan with the most of a gain, in the programme's own variables."""
        values = self.plans.most(gain)
        return None if values is None else values[: self.programme.matrix.width]


def _furthest(
    first: np.ndarray, found: Sequence[np.ndarray], nearby: _Nearby, many: int
) -> Iterator[np.ndarray]:
    """Of what was found, plans far from the first and from one another, the furthest first."""
    spent = np.array([nearby.money(values) for values in found]).reshape(len(found), len(first))
    apart = np.abs(spent - first).sum(axis=1)
    for _ in range(min(many, len(found))):
        furthest = int(apart.argmax())
        if apart[furthest] < _A_POUND:
            return
        yield found[furthest]
        apart = np.minimum(apart, np.abs(spent - spent[furthest]).sum(axis=1))


def _services(place: Place, rows: Sequence[Mapping[str, Any]], best: Plan) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["within", "service", "least", "most"])
    for name, plan in (("today", today_of(place)), (BEST, best)):
        table[name] = table["service"].map(_spent(plan)).fillna(0.0).astype(float)
    # The best plan is one of them, whatever the last digits of a solver say.
    table["least"], table["most"] = (
        table[["least", BEST]].min(axis=1), table[["most", BEST]].max(axis=1)
    )  # fmt: skip
    least, most, today = (table[name] for name in ("least", "most", "today"))
    table["kind"] = np.select(
        [most < _A_POUND, most - least < _A_POUND, least >= _A_POUND],
        [NEVER, SETTLED, MUST],
        CHOICE,
    )
    table["beside_today"] = np.select(
        [
            least > today + _A_POUND,
            most < today - _A_POUND,
            (least > today - _A_POUND) & (most < today + _A_POUND),
        ],
        [MORE, LESS, SAME],
        EITHER,
    )
    return table[["within", "service", "today", BEST, "least", "most", "kind", "beside_today"]]


def _plans(picked: Mapping[str, Plan]) -> pd.DataFrame:
    spent = pd.DataFrame({name: _spent(plan) for name, plan in picked.items()}).fillna(0.0)
    rows = spent.rename_axis("service").reset_index()
    long = rows.melt("service", var_name="plan", value_name="money")
    long["change"] = long["money"] - long["service"].map(spent[BEST])
    return long[["plan", "service", "money", "change"]]


def _spent(plan: Plan) -> pd.Series:
    return plan.money("service").set_index("service")["amount"]


def _levels(given: object) -> list[float]:
    found = numbers("within", given, least=0.0, such_as="[1, 2, 5]")
    if not len(found):
        raise WrongArgument("within names no share: give per cent of the best value: [1, 2, 5]")
    return sorted(set(map(float, found)))


def _one_goal(given: str) -> str:
    names = read_objectives(given)
    if len(names) > 1 or names[0] in ("leximin", "worst-off area"):
        raise WrongArgument(
            "other good plans are measured by one objective that adds up, such as 'public value', "
            f"not by {' and '.join(names)}"
        )
    return names[0]


def _notes(left: int) -> tuple[str, ...]:
    notes = [
        "Money is cash over all years. All plans keep every rule of the place.",
        "The least of one service and the most of another are of different plans: they cannot be "
        "had together.",
        "Must fund: every such plan spends on it. A real choice: some do and others do not. "
        "Settled: all spend the same.",
    ]
    if left:
        notes.append(f"The run was stopped: {left} figures of services were not found.")
    return tuple(notes)
