"""The frontier: what of one aim must be given up for more of another.

A plan is on the frontier where no other has more of one aim and as much of all others.

Two aims: the frontier of a linear programme is a chain of straight edges, and its breakpoints are
found exactly. Beginning with the two ends, each the best by one aim and then by the other, the
aims are weighed so that two neighbours count alike: either a plan beyond the edge between them is
found, which is a breakpoint, or the edge is proven (Aneja and Nair, Bicriteria transportation
problem, 1979). Where whole numbers are to be decided plans may lie on the frontier below an edge,
that no weights find: of each edge the plan is looked for that has at least half of what its ends
differ by in the second aim, and the most of the first (epsilon-constraint, as below).

Three aims: the first is made the most of where the others reach steps between their least and
their most, with a small part of the others added, so that none is given up for nothing (augmented
epsilon-constraint; Mavrotas, Effective implementation of the epsilon-constraint method, 2009).
The least and the most are those of the payoff table, each aim first in turn and then the others.

Of plans at one point the one is given that moves least money away from today.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count as counted
from itertools import pairwise, permutations, product
from threading import Event
from typing import Any

import numpy as np
import pandas as pd

from placebudget.arguments import Arguments, texts, whole
from placebudget.errors import Stopped, WrongArgument
from placebudget.place.io.reading import PlaceLike, checked_place
from placebudget.place.names import listed
from placebudget.plan import Plan
from placebudget.plan.optimise import plan_of, writing
from placebudget.plan.plan import ObjectiveValue
from placebudget.plan.repairs import solved
from placebudget.plan.simulate import today_comes_to, today_of
from placebudget.plan.summary import Summary, sentences
from placebudget.plan.workbook_pages import MODEL
from placebudget.programme import (
    OBJECTIVES,
    Basis,
    Programme,
    one_goal,
    read_objectives,
    refuse_uncounted_debt,
)
from placebudget.programme.linear import worth
from placebudget.programme.objectives import Objective
from placebudget.programme.objectives.value import CASHABLE, PUBLIC
from placebudget.programme.objectives.worst_off import LEXIMIN
from placebudget.programme.terms import spending_terms
from placebudget.programme.tie_break import least_change
from placebudget.progress import Report, silent
from placebudget.solver import DEFAULT_SOLVER, RunLimits, Solution
from placebudget.solver.backend.engine import Clock
from placebudget.solver.stages.open_plans import OpenPlans
from placebudget.study.picking import FoundPlans, money_moved
from placebudget.study.result import record_of
from placebudget.words import count, in_pounds, in_unit

SPENT, MOVED = "money spent", "change from today"
LESS = (SPENT, MOVED)
"""Aims of which less is better: money spent, and money that is moved between lines and years."""
AIMS = (*(name for name in OBJECTIVES if name != LEXIMIN), *LESS)
TODAY, FOUND, AS_TODAY, BELOW = "today", "frontier", "as today", "below an edge"
"""Kinds of points."""
_DONE = {SPENT: "spent", MOVED: "moved from today"}
_CASH = "pounds, cash, all years"
_LESS_THAN_A_PENNY = 1e-8  # £ million
# Of the range between the ends: an edge beyond which so little is to be had is proven.
_NEAR = 1e-6
# How much the other aims weigh beside the first, where each range counts as one.
_AUGMENT = 1e-4


@dataclass(frozen=True, eq=False)
class Frontier(FoundPlans):
    """The plans of which none has more of one aim without less of another.

    ``tables`` holds:

    - ``points``: point, kind, aim, value, unit, beside_today. Of kind frontier are ``point 1`` (the
      best by the first aim) to the last (two aims: the best by the second), of kind below an edge
      are plans between two of these that whole numbers keep from the edge, of kind today is
      today's money, and of kind as today, for each aim of two, the plan with as much of it as today
      and the most of the other;
    - ``steps``: from, to, given_up (of the first aim), had (of the second), rate (the first over
      the second): what an edge costs; two aims only;
    - ``services``: point, service, money, change (beside today), in pounds, cash, all years.

    Parameters
    ----------
    place : Place
        The place.
    plans : mapping of str to Plan
        Each point's plan, verified; today's among them.
    aims : tuple of str
        The aims, the first from which things are given up.
    exact : bool
        Whether every breakpoint of the frontier was found; for three aims never.
    missed : float
        By how much, as a share of the range between the ends, plans that were not found may lie
        beyond the edges that are shown; ``nan`` for three aims.
    """

    beside = TODAY
    moves = "services", "point"
    aims: tuple[str, ...]
    exact: bool
    missed: float

    @property
    def called(self) -> str:
        """What the plans are together."""
        return f"the frontier of {listed(self.aims)}"

    @property
    def table(self) -> pd.DataFrame:
        """A row a point, a column an aim."""
        rows = self.tables["points"]
        wide = rows.pivot(index="point", columns="aim", values="value")
        return wide.reindex(index=rows["point"].unique(), columns=list(self.aims))

    @property
    def points(self) -> pd.DataFrame:
        """The plans of the frontier alone, from the best by the first aim on."""
        rows = self.tables["points"]
        return self.table.loc[rows.loc[rows["kind"] == FOUND, "point"].unique()]

    @property
    def below(self) -> pd.DataFrame:
        """Plans between two points that whole numbers keep from the edge between these."""
        rows = self.tables["points"]
        return self.table.loc[rows.loc[rows["kind"] == BELOW, "point"].unique()]

    @property
    def units(self) -> Mapping[str, str]:
        """What figures are counted in."""
        return {"services": _CASH}

    def most(self, first: float) -> float:
        """Of two aims, the best of the second where the first comes to so much.

        Between two breakpoints it lies on the edge; ``nan`` where no plan has so much.
        """
        self._of_two()
        table = self.points.sort_values(self.aims[0])
        x, y = (table[aim].to_numpy(float) for aim in self.aims)
        return float(np.interp(first, x, y, left=np.nan, right=np.nan))

    def counts(self, point: str) -> tuple[float, float]:
        """Of two aims, how many of the first one of the second counts where a point is the best.

        From the least to the most; at either end the neighbour's plan is as good.
        """
        self._of_two()
        steps = self.tables["steps"]
        low, high = (steps.loc[steps[end] == point, "rate"] for end in ("to", "from"))
        return max(low, default=0.0), min(high, default=np.inf)

    def best_where(self, plan: str) -> str:
        """How the aims are weighed where a point is the best plan, or what it is held to."""
        for aim, other in permutations(self.aims[:2]):
            if plan == as_today(aim):
                held, most = ("more", "less")[aim not in LESS], ("least", "most")[other not in LESS]
                return f"Of all plans with no {held} {aim} than today it has the {most} {other}."
        if plan in self.below.index:
            first, second = self.aims
            most = "least" if first in LESS else "most"
            least = self.much(second, float(self.table.at[plan, second]))
            bound = "at most" if second in LESS else "at least"
            return f"Of all plans with {bound} {least} it has the {most} {first}, to whole numbers."
        if len(self.aims) > 2:
            return f"It has {self._had(plan)}; no plan that was found is better by all of these."
        if len(self.points) == 1:
            return f"It is the best by {listed(self.aims)}."
        low, high = self.counts(plan)
        times = f"from {count(low)} to {count(high)} times" if low and np.isfinite(high) else (
            f"at least {count(low)} times" if low else f"at most {count(high)} times"
        )  # fmt: skip
        one, other = (self.much(aim, 1.0, "less" if aim in LESS else "") for aim in self.aims)
        return f"Of the plans found it is the best where {other} counts {times} as much as {one}."

    def rests_on(self, plan: str) -> Mapping[str, Any]:
        """The aims, how much of each was reached, and how they count where the plan is the best."""
        found: dict[str, Any] = {"aims": list(self.aims)}
        if plan in self.points.index and len(self.aims) == 2:
            found["counts"] = [each if np.isfinite(each) else None for each in self.counts(plan)]
        return found | {"reached": {aim: float(self.table.at[plan, aim]) for aim in self.aims}}

    def unit(self, aim: str) -> str:
        """What an aim is counted in."""
        rows = self.tables["points"]
        return str(rows.loc[rows["aim"] == aim, "unit"].iloc[0])

    def much(self, aim: str, value: float, beside: str = "") -> str:
        """So much of an aim, as it should be read; ``beside``: more or less, of a change."""
        unit, more = self.unit(aim), f" {beside}" if beside else ""
        if aim in _DONE:
            return f"{in_unit(value, unit)}{more} {_DONE[aim]}"
        if beside and in_pounds(unit):
            return f"{in_unit(value, unit)}{more} {aim}"
        return f"{ObjectiveValue(aim, unit, value).amount}{more}"

    def finding(self) -> str:
        """How much of each aim the ends have, and what the first step costs."""
        points = list(self.points.index)
        if not points:
            return "The run was stopped before anything was found"
        first, last = points[0], points[-1]
        if len(points) == 1:
            return f"One plan is best by {listed(self.aims)}: {self._had(first)}"
        if len(self.aims) == 2:
            return f"From {self._had(first)}, plans go to {self._had(last)}"
        spans = [
            f"{aim} goes from {in_unit(float(low), self.unit(aim))} to "
            f"{in_unit(float(high), self.unit(aim))}"
            for aim, low, high in zip(self.aims, self.points.min(), self.points.max(), strict=True)
        ]
        return f"In {len(points)} plans, of which none is better by every aim, {listed(spans)}"

    def _had(self, point: str) -> str:
        return listed([self.much(aim, float(self.table.at[point, aim])) for aim in self.aims])

    def summarised(self) -> Summary:
        """The ends, what each step costs, and what is had beside today."""
        said = [f"{self.finding()}.", *self._steps_said(), *self._beside_today()]
        return Summary(self.title, tuple(sentences(said)), MODEL)

    def _of_two(self) -> None:
        if len(self.aims) != 2:
            raise WrongArgument("this is asked of two aims, and three were given")

    def _steps_said(self) -> Iterator[str]:
        first, second = self.aims[:2]
        for row in self.tables["steps"].itertuples(index=False):
            had = self.much(second, row.had, "less" if second in LESS else "more")
            up = self.much(first, row.given_up, "more" if first in LESS else "less")
            yield f"From {row[0]} to {row.to}: {had}, for {up}."

    def _beside_today(self) -> Iterator[str]:
        if len(self.aims) != 2:
            return
        for aim, other in permutations(self.aims):
            at, most = as_today(aim), "more" if aim in LESS else "less"
            if at not in self.table.index:
                yield f"Every plan that keeps all rules has {most} {aim} than today."
                continue
            apart = self.table.at[at, other] - self.table.at[TODAY, other]
            had = self.much(other, abs(apart), "more" if apart >= 0 else "less")
            yield f"With no {most} {aim} than today a plan has {had}."


def frontier(
    place: PlaceLike,
    *,
    aims: Sequence[str] = (PUBLIC, CASHABLE),
    points: int = 12,
    pooling: str | Sequence[str] = "pooled",
    seconds: float | None = None,
    gap: float = 0.0,
    stop: Event | None = None,
    progress: Report | None = None,
) -> Frontier:
    """What of one aim must be given up for more of another: the plans none of which is beaten.

    Parameters
    ----------
    place : Place, path or str
        The place, or what :func:`placebudget.read` reads. It is checked first.
    aims : sequence of str
        Two or three of the objectives of :func:`placebudget.optimise`, ``"money spent"`` and
        ``"change from today"``; of these two less is better.
    points : int
        How many plans to look for at most. Two aims: where the frontier has more breakpoints, those
        are found first beyond whose edges most may lie. Three aims: about so many steps.
    pooling
        As for :func:`placebudget.optimise`.
    seconds, gap, stop, progress
        As for :func:`placebudget.optimise`, for the whole study. Stopping keeps what is found.

    Raises
    ------
    WrongArgument
        If something that was given cannot be meant; all of it is named.
    InvalidPlace, Infeasible, Unbounded, Stopped, SolverFailed, CannotAnswer
        If there is no best plan.

    Examples
    --------
    With fewer pounds spent there is less public value:

    >>> import placebudget as pb
    >>> found = frontier(pb.example("toy_pooling"), aims=["public value", "money spent"])
    >>> found.exact, found.points.iloc[0].div(1e6).round().tolist()
    (True, [300.0, 100.0])
    """
    with Arguments() as asked:
        place = asked.read(checked_place, place)
        wanted = asked.read(_aims, aims)
        many = asked.read(whole, "points", points, least=2)
        mode = asked.read(one_goal, place, pooling)
        limits = asked.read(RunLimits.given, seconds, gap, stop, progress)
    report, started = limits.progress or silent, time.monotonic()
    quiet, clock = replace(limits, progress=None), Clock(limits.seconds)
    goals = tuple(name for name in wanted if name not in LESS) or (PUBLIC,)
    for goal in goals:
        refuse_uncounted_debt(place, [goal])
    report("the best plan", 0, many)
    marks, write = writing(place, goals, mode, 0.0, DEFAULT_SOLVER, quiet, None)
    programme, solution = solved(write, DEFAULT_SOLVER, quiet)
    if any(kind.compares_areas for kind, _ in programme.rule_rows()) and not programme.ordered:
        # What is found below asks for no value, so that steps would not fill in order.
        programme = write(ordered=True, shortfall=programme.basis.shortfall)
    open_plans = _Open(programme, wanted, solution.values, quiet, clock)
    if not open_plans.begun:
        raise Stopped("the frontier was stopped before a point of it was found; nothing was kept")
    now = {**today_comes_to(place, goals), **_money_of(programme.basis, today_of(place))}
    look = _edges if len(wanted) == 2 else _steps
    found, missed = look(open_plans, many, lambda n: report(f"plan {n}", n, many + 2))
    options = {
        "objective": list(goals), "pooling": mode.name, "reinvest": 0.0, "gap": gap,
        "seconds": seconds, "prices": 0, "scale": None,
    }  # fmt: skip
    named = {f"point {n}": each.found for n, each in enumerate(found, 1)}
    kinds = {TODAY: TODAY, **dict.fromkeys(named, FOUND)}
    whole_numbers = bool(programme.matrix.integer.any())
    if len(wanted) == 2 and found:
        if whole_numbers:
            named |= dict(open_plans.below_edges(found, many - len(found)))
            kinds |= dict.fromkeys([name for name in named if name not in kinds], BELOW)
        named |= dict(open_plans.as_today(now))
    plans, units = {TODAY: today_of(place)}, open_plans.units
    values = {TODAY: now}
    for point, settled in named.items():
        solution = Solution(
            settled,
            [each.value(settled) for each in programme.objectives if each.asked],
            stages=[each.name for each in programme.objectives if each.asked],
        )
        plan = plan_of(programme, solution, marks, {**options, "study": "frontier"}, None, started)
        plans[point] = plan
        values[point] = {
            **{each.name: each.value for each in plan.objectives},
            **_money_of(programme.basis, plan),
        }
    rows = [
        {"point": point, "kind": kinds.get(point, AS_TODAY), "aim": aim, "value": value[aim],
         "unit": units[aim],
         "beside_today": value[aim] - now[aim]}
        for point, value in values.items() for aim in wanted
    ]  # fmt: skip
    chain = [(point, values[point]) for point, kind in kinds.items() if kind == FOUND]
    return Frontier(
        f"{place.title}: the frontier of {listed(wanted)}",
        {"points": pd.DataFrame(rows), "steps": _between(chain, wanted),
         "services": money_moved(plans, TODAY, "point")},
        _notes(wanted, missed, whole_numbers, open_plans.stopped),
        record_of(place, "frontier", aims=list(wanted), points=many, pooling=mode.name, gap=gap),
        place, plans, wanted, missed == 0 and not whole_numbers, missed,
    )  # fmt: skip


class _Open:
    """The plans of a place in one live model, in which each aim may be given a least."""

    def __init__(
        self,
        programme: Programme,
        aims: Sequence[str],
        values: np.ndarray,
        limits: RunLimits,
        clock: Clock,
    ) -> None:
        self.programme, self.width = programme, programme.matrix.width
        self.plans = plans = OpenPlans(programme, DEFAULT_SOLVER, limits, clock)
        # What is added needs a plan to begin with.
        self.begun = plans.most(programme.objectives[0].gain) is not None
        self.aims: list[Objective] = []
        if not self.begun:
            return
        basis = programme.basis
        moved = least_change(plans.draft, basis, values)
        plans.grow(moved)
        spent = spending_terms(plans.draft, basis)
        costs = {MOVED: moved.cost, SPENT: np.zeros(plans.draft.width)}
        np.add.at(costs[SPENT], spent.column, spent.value)
        extra = [Objective(name, _CASH, -cost, basis.scale.money) for name, cost in costs.items()]
        known = {each.name: each for each in (*programme.objectives, *extra)}
        self.aims = [known[name] for name in aims]
        # Need avoided is served by nobody; then as little money moved as may be.
        self._last = [
            *(each for each in programme.objectives if not each.asked), extra[0]
        ]  # fmt: skip
        self._rows = {each.name: self._free(each) for each in (*self.aims, *self._last)}

    def _free(self, aim: Objective) -> np.ndarray:
        known = set(self.plans.draft.rows)
        self.plans.cut(aim.gain, ">=", -1e12)
        (row,) = set(self.plans.draft.rows) - known
        numbers = self.plans.draft.rows[row].numbers
        self.plans.bound_rows(numbers, np.array([-np.inf]), np.array([np.inf]))
        return numbers

    @property
    def stopped(self) -> bool:
        """Whether somebody stopped the run, or its time is over."""
        return self.plans.limits.stopped or self.plans.clock.up

    @property
    def units(self) -> dict[str, str]:
        return {each.name: each.unit for each in self.aims}

    def reached(self, values: np.ndarray) -> np.ndarray:
        """How much of each aim a plan has, scaled; more is better."""
        return np.array([worth(each.gain, values[: len(each.gain)]) for each in self.aims])

    def least(self, aim: Objective, amount: float | None) -> None:
        """Ask for so much of an aim, as nearly as rounding lets; None: no longer."""
        low = -np.inf if amount is None else amount - 1e-9 * max(1.0, abs(amount))
        self.plans.bound_rows(self._rows[aim.name], np.array([low]), np.array([np.inf]))

    def weighed(self, weights: np.ndarray) -> np.ndarray:
        """The gain of all aims together, as they are weighed."""
        gain = np.zeros(self.plans.draft.width)
        for weight, aim in zip(weights, self.aims, strict=True):
            gain[: len(aim.gain)] += weight * aim.gain
        return gain

    def where(self, wanted: Sequence[float], gain: np.ndarray) -> np.ndarray | None:
        """The plan with the most of a gain and so much of the later aims; None: there is none."""
        for aim, amount in zip(self.aims[1:], wanted, strict=True):
            self.least(aim, float(amount))
        answer = self.plans.cheapest(self.plans.cost_of(gain), gap=self.plans.limits.gap)
        for aim in self.aims[1:]:
            self.least(aim, None)
        return answer.values

    def in_order(self, aims: Sequence[Objective]) -> np.ndarray | None:
        """The best by the first aim, of these by the second, and so on; None when stopped."""
        values = None
        for aim in aims:
            values = self.plans.most(aim.gain)
            if values is None:
                break
            self.least(aim, worth(aim.gain, values[: len(aim.gain)]))
        for aim in aims:
            self.least(aim, None)
        return values

    def settled(self, values: np.ndarray) -> np.ndarray | None:
        """Of the plans with as much of all aims, the one nearest to today, by its own numbers."""
        for aim, reached in zip(self.aims, self.reached(values), strict=True):
            self.least(aim, float(reached))
        others = [each for each in self._last if each not in self.aims]
        nearest = self.in_order(others) if others else values
        for aim in self.aims:
            self.least(aim, None)
        if nearest is None:
            return None
        # What is less than a penny is the room that rounding was left, and no money.
        return np.where(
            np.abs(nearest[: self.width]) < _LESS_THAN_A_PENNY, 0.0, nearest[: self.width]
        )

    def as_today(self, now: Mapping[str, float]) -> Iterator[tuple[str, np.ndarray]]:
        """The most of each of two aims with as much of the other as today, where there is such."""
        for aim, other in permutations(self.aims):
            sign = -1.0 if aim.name in LESS else 1.0
            wanted = sign * now[aim.name] / aim.scale - aim.constant
            most = self.plans.most(aim.gain)
            if most is None:
                return
            if worth(aim.gain, most[: len(aim.gain)]) < wanted:
                continue
            self.least(aim, wanted)
            values = self.in_order([other, aim])
            settled = None if values is None else self.settled(values)
            if settled is None:
                return
            yield as_today(aim.name), settled

    def below_edges(self, found: Sequence[Corner], most: int) -> Iterator[tuple[str, np.ndarray]]:
        """Between neighbours the plan half way by the second aim, where none is on the edge."""
        at = [each.gains for each in found]
        span = np.abs(at[0] - at[-1])
        gain = self.weighed(np.array([1.0, _AUGMENT]) / span) if len(at) > 1 else span
        for number, (one, other) in enumerate(pairwise(at), 1):
            if most <= 0 or self.stopped:
                return
            values = self.where([float(one[1] + other[1]) / 2], gain)
            if values is None:
                return
            here = self.reached(values)
            weights = np.array([other[1] - one[1], one[0] - other[0]])
            below = weights @ (one - here) / (weights @ span) > _NEAR
            settled = (
                self.settled(values) if below and here[0] - other[0] > _NEAR * span[0] else None
            )
            if settled is not None:
                most -= 1
                yield f"between {number} and {number + 1}", settled


@dataclass(frozen=True)
class Corner:
    """A point of a frontier of two aims, and the weights by which it is the best.

    Parameters
    ----------
    gains : ndarray
        How much of each aim, more being better.
    weights : ndarray
        They add up to one.
    found : object
        Whatever goes with it.
    """

    gains: np.ndarray
    weights: np.ndarray
    found: Any = None


def breakpoints(
    first: Corner,
    last: Corner,
    best: Callable[[np.ndarray], Corner | None],
    most: int,
) -> tuple[list[Corner], float]:
    """The breakpoints of a frontier of two aims, and how far it may lie beyond what is found.

    Parameters
    ----------
    first, last : Corner
        Its ends: the best by the first aim, and by the second.
    best : callable
        Takes weights that add up to one; gives the best corner by them, or None to stop.
    most : int
        How many corners to find at most.

    Examples
    --------
    Of x + y <= 3 and 2x + y <= 4, corners (0, 3), (1, 2), (2, 0):

    >>> corners = np.array([[2.0, 0.0], [1.0, 2.0], [0.0, 3.0]])
    >>> def best(weights):
    ...     return Corner(corners[(corners @ weights).argmax()], weights)
    >>> ends = best(np.array([1.0, 0.0])), best(np.array([0.0, 1.0]))
    >>> found, missed = breakpoints(*ends, best, 10)
    >>> [each.gains.tolist() for each in found], missed
    ([[2.0, 0.0], [1.0, 2.0], [0.0, 3.0]], 0.0)
    """
    span = np.abs(first.gains - last.gains)
    if (span <= _NEAR * np.maximum(1.0, np.abs(first.gains))).any():
        return [first], 0.0
    number, found = counted(), [first, last]
    edges: list[tuple[float, int, np.ndarray, Corner, Corner]] = []

    def look_at(one: Corner, other: Corner) -> None:
        beyond, weights = _beyond(one, other, span)
        if beyond > _NEAR:
            heapq.heappush(edges, (-beyond, next(number), weights, one, other))

    look_at(first, last)
    while edges and len(found) < most:
        _, _, weights, one, other = heapq.heappop(edges)
        corner = best(weights)
        if corner is None:
            look_at(one, other)
            break
        if weights @ (corner.gains - one.gains) / (weights @ span) > _NEAR:
            found.append(corner)
            look_at(one, corner)
            look_at(corner, other)
    missed = max((-beyond for beyond, *_ in edges), default=0.0)
    found.sort(key=lambda each: -each.gains[0])
    return _without_straight(found, span), missed


def _beyond(one: Corner, other: Corner, span: np.ndarray) -> tuple[float, np.ndarray]:
    """How far, of the range, plans may lie beyond an edge; and the weights by which it is even."""
    apart = np.array([other.gains[1] - one.gains[1], one.gains[0] - other.gains[0]])
    weights = apart / apart.sum()
    # No plan lies beyond the two lines on which the corners are best.
    lines = np.array([one.weights, other.weights])
    reach = np.array([one.weights @ one.gains, other.weights @ other.gains])
    if abs(np.linalg.det(lines / np.abs(lines).sum(axis=1, keepdims=True))) < 1e-12:
        return 0.0, weights
    furthest = np.linalg.solve(lines, reach)
    return float(weights @ (furthest - one.gains) / (weights @ span)), weights


def _without_straight(found: Sequence[Corner], span: np.ndarray) -> list[Corner]:
    """Corners without those that lie on the edge between their neighbours."""
    kept: list[Corner] = []
    for corner in found:
        while len(kept) > 1:
            a, b, c = (each.gains / span for each in (kept[-2], kept[-1], corner))
            turn = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
            if abs(turn) > _NEAR:
                break
            kept.pop()
        kept.append(corner)
    return kept


def _edges(plans: _Open, most: int, told: Callable[[int], None]) -> tuple[list[Corner], float]:
    """The plans at the breakpoints of two aims."""
    number = counted(1)

    def corner(values: np.ndarray | None, weights: np.ndarray) -> Corner | None:
        told(next(number))
        settled = None if values is None else plans.settled(values)
        if values is None or settled is None:
            return None
        return Corner(plans.reached(values), weights, settled)

    ends = []
    for order, weights in (((0, 1), (1.0, 0.0)), ((1, 0), (0.0, 1.0))):
        values = plans.in_order([plans.aims[n] for n in order])
        ends.append(corner(values, np.array(weights)))
    first, last = ends
    if first is None or last is None:
        return [each for each in ends if each is not None], 1.0
    return breakpoints(first, last, lambda w: corner(plans.plans.most(plans.weighed(w)), w), most)


def _steps(plans: _Open, most: int, told: Callable[[int], None]) -> tuple[list[Corner], float]:
    """The plans at steps of the second and third aim, none better than another by all."""
    ends = []
    for n, aim in enumerate(plans.aims):
        others = [each for m, each in enumerate(plans.aims) if m != n]
        values = plans.in_order([aim, *others])
        if values is None:
            return [], np.nan
        ends.append(values)
    payoff = np.array([plans.reached(values) for values in ends])
    low, high = payoff.min(axis=0), payoff.max(axis=0)
    span = np.maximum(high - low, 1e-12)
    steps = max(2, round(most**0.5))
    gain = plans.weighed(np.array([1.0, _AUGMENT, _AUGMENT]) / span)
    tried, number = list(ends), counted(len(ends))
    for wanted in product(*(np.linspace(low[n], high[n], steps) for n in (1, 2))):
        told(next(number))
        if plans.stopped:
            break
        values = plans.where(wanted, gain)
        if values is not None:
            tried.append(values)
    reached = np.array([plans.reached(values) for values in tried])
    kept = [tried[n] for n in _unbeaten(reached / span)]
    kept.sort(key=lambda values: -plans.reached(values)[0])
    corners = [Corner(plans.reached(v), np.full(3, np.nan), plans.settled(v)) for v in kept]
    return [each for each in corners if each.found is not None], np.nan


def _unbeaten(reached: np.ndarray) -> list[int]:
    """Which rows no other row is as good as by all columns; of alike ones the first."""
    kept: list[int] = []
    for n, row in enumerate(reached):
        beaten = (reached >= row - _NEAR).all(axis=1) & (reached > row + _NEAR).any(axis=1)
        alike = any((np.abs(reached[m] - row) <= _NEAR).all() for m in kept)
        if not beaten.any() and not alike:
            kept.append(n)
    return kept


def _money_of(basis: Basis, plan: Plan) -> dict[str, float]:
    """Money spent by a plan and moved by it, from its own tables, in pounds."""
    by, lines = ["service", "area", "year"], basis.lines
    keys = zip(lines.service, lines.area, strict=True)
    today = pd.Series(
        lines.today.ravel() * basis.scale.money,
        pd.MultiIndex.from_tuples([(*key, t) for key in keys for t in basis.years], names=by),
    )
    spent = plan.tables["money"].groupby(by)["amount"].sum()
    moved = spent.sub(today, fill_value=0.0).abs().sum()
    return {SPENT: float(spent.sum()), MOVED: float(moved)}


def _between(
    points: Sequence[tuple[str, Mapping[str, float]]], aims: Sequence[str]
) -> pd.DataFrame:
    """What the edges between neighbours cost."""
    columns = ["from", "to", "given_up", "had", "rate"]
    if len(aims) != 2:
        return pd.DataFrame(columns=columns)
    rows = []
    for (one, now), (other, then) in pairwise(points):
        given_up, had = (abs(then[aim] - now[aim]) for aim in aims)
        rows.append((one, other, given_up, had, given_up / had))
    return pd.DataFrame(rows, columns=columns)


def as_today(aim: str) -> str:
    """What the point is called that has as much of an aim as today, or more."""
    return f"as today: {aim}"


def _aims(given: object) -> tuple[str, ...]:
    wanted = texts("aims", given, such_as=f"[{PUBLIC!r}, {SPENT!r}]")
    plain = {name.replace(" ", "_").replace("-", "_"): name for name in LESS}
    known = [plain.get("_".join(name.lower().replace("-", "_").split()), name) for name in wanted]
    goals = [name for name in known if name not in LESS]
    read = read_objectives(goals) if goals else ()
    if LEXIMIN in read:
        raise WrongArgument(
            f"leximin cannot be weighed against another aim; choose from: {', '.join(AIMS)}"
        )
    by_name = dict(zip(goals, read, strict=False))
    found = tuple(dict.fromkeys(by_name.get(name, name) for name in known))
    if not 2 <= len(found) <= 3:
        raise WrongArgument(f"aims is two or three of: {', '.join(AIMS)}")
    return found


def _notes(
    aims: Sequence[str], missed: float, whole_numbers: bool, stopped: bool
) -> tuple[str, ...]:
    notes = [
        "All plans keep every rule of the place. Of plans with as much of all aims the one is "
        "shown that moves least money away from today.",
    ]
    if len(aims) == 3:
        notes.append("Of three aims plans are looked for at steps: there are others between them.")
    elif missed > 0:
        notes.append(
            "There are more breakpoints: plans may lie beyond the edges shown, by at most "
            f"{100 * missed:.2g} % of the range between the ends."
        )
    if whole_numbers:
        notes.append(
            "Offers start or do not, in whole: between two points the frontier may lie below the "
            "edge. Half way of each edge, by the second aim, the best plan is shown where it does, "
            "as far as so many plans were asked for; there are others."
        )
    if stopped:
        notes.append("The run was stopped: not all points were looked for.")
    return tuple(notes)
