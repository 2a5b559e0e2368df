"""What a gain rests on: each figure by how much of it hangs on that, and where it would be gone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import cache, cached_property, partial
from threading import Event
from typing import Any

import numpy as np
import pandas as pd

from placebudget.arguments import Arguments, one_of, texts, whole
from placebudget.errors import CannotAnswer, Stopped
from placebudget.place import Place
from placebudget.place.io.reading import PlaceLike, as_place
from placebudget.plan import Plan
from placebudget.plan.need import alike, meet_alike, unmet_change
from placebudget.plan.record.inputs import at_hand
from placebudget.plan.record.reading import PlanLike, as_plan
from placebudget.plan.resting import (
    COST,
    KINDS,
    NEED,
    STEP,
    VALUE,
    Figure,
    Kept,
    Shifted,
    figures_of,
    values_at_nought,
)
from placebudget.programme.objectives.value import PUBLIC, VALUED
from placebudget.progress import Report
from placebudget.solver import RunLimits
from placebudget.study.rests_on.nearest import Nearest, Point, proved, tried
from placebudget.study.rests_on.replanned import NO_PLAN, UNMET, Attained, Replanned
from placebudget.study.rests_on.result import RestsOn, notes, titled
from placebudget.study.result import record_of

MOST = 10
_UP = (1.1, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0)
_DOWN = (0.9, 0.75, 0.5, 0.25, 0.1)
KEPT = 10
"""On how many figures, beside all values, it is looked where a gain is gone with plans kept."""
_LESS, _MORE = (0.5, 0.1), (2.0, 10.0)
# Of what a little more and a little less bring, beside the larger: by so much apart, it bends.
_BENDS = 0.1
HALVED, HALF_MORE = 0.5, 1.5
# A gain below this, in pounds, is none; and what hangs on a figure, nothing.
_POUND = 1.0
_HAIR = 1e-3
# Of an outcome without value: fewer between two plans are none.
_PART_OF_ONE = 0.5
HANGING, AGAIN = "what hangs on each figure", "plans made again"
"""Stages of the study."""
_STOPPED = "what the gain rests on was not worked out to the end"


def rests_on(
    first: PlanLike,
    second: PlanLike,
    *,
    most: int = MOST,
    kinds: str | Sequence[str] = KINDS,
    place: PlaceLike | None = None,
    seconds: float | None = None,
    stop: Event | None = None,
    progress: Report | None = None,
) -> RestsOn:
    """What the gain of one plan over another rests on.

    Parameters
    ----------
    first, second : Plan or path
        Two plans of a place that make the most of the same; the gain is the first less the
        second. Money that was given (today's) is measured by what the other makes the most of.
    most : int
        For how many of the figures on which most hangs both plans are made again; unless that is
        none, for those too whose source gives a range.
    kinds : str or sequence of str
        Which figures are looked at: ``"value"``, ``"effect"``, ``"unit cost"``, ``"need"``.
    place : Place, path or str, optional
        The place, or what :func:`placebudget.read` reads, where plans were read from files.
    seconds : float, optional
        Time for each solve.
    stop : threading.Event, optional
        Setting it from another thread ends the run.
    progress : callable, optional
        Called with what is under way, the number of the figure and how many there are.

    Returns
    -------
    RestsOn
        Every figure by how much of the gain hangs on it; of the largest, where it would be gone.

    Raises
    ------
    CannotAnswer
        If the plans are not of one place, make the most of different things or of what does
        not add up, leave different need unmet, or the place is not at hand.
    WrongArgument
        If anything else that was given cannot be meant; all of it is named.
    Stopped, SolverFailed
        If it was stopped, or a plan cannot be made again.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("toy_pooling")
    >>> plans = (pb.optimise(place, pooling=pooling) for pooling in ("freed", "aligned"))
    >>> found = pb.rests_on(*plans, most=1)
    >>> round(found.gain / 1e6)
    10
    """
    with Arguments() as asked:
        first, second = asked.read(as_plan, first), asked.read(as_plan, second)
        given = None if place is None else asked.read(as_place, place)
        most = asked.read(whole, "most", most)
        kinds = asked.read(_kinds, kinds)
        limits = asked.read(RunLimits.given, seconds, 0.0, stop, progress)
    if first.place["digest"] != second.place["digest"]:
        raise CannotAnswer(
            "the two plans were made for other figures: a gain is told between plans of one place"
        )
    found = at_hand(first, given, "what a gain rests on is found by solving again, and so")
    if not meet_alike(first, second):
        raise CannotAnswer(
            "the two plans leave different need unmet, so there is no gain to tell: in the first "
            f"{unmet_change(second, first)}"
        )
    return _Resting(first, second, found, replace(limits, progress=None), progress).told(
        most, kinds
    )


def hanging(first: Plan, second: Plan, place: Place) -> RestsOn:
    """What a gain hangs on with both plans kept, of all that they spend otherwise.

    On figures of a service whose money is the same in both nothing hangs, but where it shares an
    outcome that is capped with one whose money is not.
    """
    keys = ["service", "area", "year"]
    spent = (plan.money(keys).set_index(keys)["amount"] for plan in (first, second))
    less = next(spent).sub(next(spent), fill_value=0.0).abs()
    services = set(less[less >= _POUND].index.get_level_values("service"))
    return _Resting(first, second, place, RunLimits(), None).told(0, KINDS, services)


def _kinds(given: object) -> tuple[str, ...]:
    asked = texts("kinds", given, such_as="'value' or ['value', 'effect']")
    return tuple(one_of("kinds", kind, KINDS) for kind in asked)


class _Resting:
    """Two plans, and what their difference rests on."""

    def __init__(
        self, first: Plan, second: Plan, place: Place, limits: RunLimits, progress: Report | None
    ) -> None:
        self.plans, self.place, self.limits, self.progress = (
            (first, second),
            place,
            limits,
            progress,
        )
        self.objective = _objective(first, second)
        self.kept = [Kept(plan, place, self.objective) for plan in self.plans]
        self.gain = self.kept[0].value - self.kept[1].value
        self.way = 1.0 if self.gain >= 0 else -1.0

    def told(
        self, most: int, kinds: Sequence[str], services: Collection[str] | None = None
    ) -> RestsOn:
        """The answer, of these services alone where they are given, and of all values."""
        figures = [
            figure
            for figure in figures_of(self.place)
            if figure.kind in kinds
            and (services is None or figure.kind == VALUE or figure.service in services)
        ]
        sides = np.zeros((len(figures), 2))
        for n, figure in enumerate(figures):
            self._report(HANGING, n, len(figures))
            sides[n] = self._sides([figure])
        hangs = sides.mean(axis=1)
        order = [n for n in np.argsort(-np.abs(hangs), kind="stable") if abs(hangs[n]) >= _POUND]
        looked_at = max(KEPT, most)
        rows = [
            self._row(figures[n], sides[n], looked_at=at < looked_at) for at, n in enumerate(order)
        ]
        solved = []
        if abs(self.gain) >= _POUND:
            # What its own source may take away is always tried, where anything is made again.
            ranged = [n for n in order[most:] if figures[n].ends != (1.0, 1.0)] if most else []
            largest = [*order[:most], *ranged]
            for n, at in enumerate(largest):
                self._report(AGAIN, n, len(largest))
                solved.append({**rows[n], **self._solved(figures[at])})
        unit = next(
            plan.objective.unit for plan in self.plans if plan.objective.name == self.objective
        )
        names = (self.plans[0].name, self.plans[1].name)
        return RestsOn(
            title=titled(self.place, names), notes=notes(self.place), place=self.place, names=names,
            objective=self.objective, unit=unit, gain=self.gain,
            values=(self.kept[0].value, self.kept[1].value),
            known_otherwise=self._otherwise(rows, kinds),
            tables={
                **_tables(rows, solved),
                "at_nought": _table(self._at_nought(kinds), ("hangs", "switching")),
            },
            run=record_of(
                self.place, "rests_on", plans=list(names), objective=self.objective, most=most,
                kinds=list(kinds),
            ),
        )  # fmt: skip

    def _at_nought(self, kinds: Sequence[str]) -> list[dict[str, Any]]:
        """Values that count for nothing, and at what amount no gain would be left."""
        if VALUE not in kinds or abs(self.gain) < _POUND:
            return []
        found = []
        for figure in values_at_nought(self.place):
            pound = self.kept[0].each_pound(figure) - self.kept[1].each_pound(figure)
            # A value only takes away from a gain where it speaks for the other plan.
            if pound * self.way <= -_PART_OF_ONE:
                found.append({
                    "kind": VALUE, "outcome": figure.outcome, "part": figure.part,
                    "prices": figure.prices, "status": figure.status, "source": figure.source,
                    "service": "", "agency": "", "hangs": pound, "switching": -self.gain / pound,
                })  # fmt: skip
        return sorted(found, key=lambda row: -abs(row["hangs"]))

    def _otherwise(self, rows: Sequence[dict[str, Any]], kinds: Sequence[str]) -> tuple[str, ...]:
        """Kinds not looked at one by one, on which it hangs by figures known in another way.

        All of a kind at once: that costs no more than one figure does.
        """
        known = {row["status"] for row in rows}
        if len(known) != 1:
            return ()
        found = []
        for kind in (kind for kind in KINDS if kind not in kinds):
            others = [each for each in figures_of(self.place)
                      if each.kind == kind and each.status not in known]  # fmt: skip
            if others and abs(self._sides(others).mean()) >= _POUND:
                found.append(kind)
        return tuple(found)

    def _sides(self, figures: Sequence[Figure]) -> np.ndarray:
        """What of the gain hangs on figures of one kind with both plans kept: of more, of less."""
        gained = self._kept_gain(figures)
        more = gained(1.0 + STEP) - self.gain
        # The gain is a straight line in what an outcome is worth.
        less = more if figures[0].kind == VALUE else self.gain - gained(1.0 - STEP)
        return np.array([more, less]) / STEP

    def _kept_gain(self, figures: Sequence[Figure]) -> Callable[[float], float]:
        """The gain with both plans kept and figures multiplied, of a cost what a pound buys."""
        shifted = Shifted(self.place, figures)
        return cache(lambda factor: shifted.at(self.kept[0], factor)
                     - shifted.at(self.kept[1], factor))  # fmt: skip

    def _report(self, text: str, done: int, many: int) -> None:
        if self.limits.stopped:
            raise Stopped(_STOPPED)
        if self.progress is not None:
            self.progress(text, done, many)

    def _row(self, figure: Figure, sides: np.ndarray, *, looked_at: bool) -> dict[str, Any]:
        """A figure, what hangs on it, and where the gain is gone: both plans kept as they are."""
        hangs, none = float(sides.mean()), abs(self.gain) < _POUND
        nil, half = (np.nan, np.nan) if none else self._gone(figure, hangs, looked_at=looked_at)
        return {
            "kind": figure.kind, "service": figure.service, "outcome": figure.outcome,
            "agency": figure.agency, "part": figure.part, "amount": figure.amount,
            "prices": figure.prices, "status": figure.status, "source": figure.source,
            "hangs": hangs, "share": np.nan if none else hangs / self.gain,
            "bends": bool(np.ptp(sides) > max(_BENDS * np.abs(sides).max(), _POUND)),
            "looked_at": looked_at or figure.kind == VALUE,
            "switching": nil * figure.amount, "half_kept": half * figure.amount,
        }  # fmt: skip

    def _gone(self, figure: Figure, hangs: float, *, looked_at: bool) -> tuple[float, float]:
        """By what a figure is multiplied where no gain is left, and where half of it is."""
        on_line = [1.0 - part * self.gain / hangs for part in (1.0, 0.5)]
        if figure.kind == VALUE:
            # The gain is a straight line in what an outcome is worth.
            nil, half = (factor if factor >= 0 else np.nan for factor in on_line)
        elif not looked_at:
            return np.nan, np.nan
        else:
            gained = self._kept_gain([figure])
            nil, half = (
                self._nearest(gained, part * self.gain, guess)
                for part, guess in zip((0.0, 0.5), on_line, strict=True)
            )
        return (1.0 / nil, 1.0 / half) if figure.kind == COST else (nil, half)

    def _nearest(self, gained: Callable[[float], float], left: float, guess: float) -> float:
        """The factor at which so much of a gain is left; not a number where there is none.

        Where the straight line says, if that is so; else it is looked for from a tenth to ten
        times the figure, first the way the line goes.
        """

        def at(factor: float) -> Point:
            return Point(factor, self.way * gained(factor), self.way * left)

        if _LESS[-1] <= guess <= _MORE[-1] and abs(at(guess).excess) <= _HAIR * abs(self.gain):
            return guess
        here = Point(1.0, abs(self.gain), self.way * left)
        for ways in sorted((_LESS, _MORE), key=lambda ways: (ways[0] < 1.0) != (guess < 1.0)):
            found = tried(at, here, ways, _HAIR)
            if found.factor is not None:
                return found.factor
        return np.nan

    # --- made again ---------------------------------------------------------------

    @cached_property
    def _again(self) -> list[Replanned]:
        return [Replanned(plan, self.place, self.objective, self.limits) for plan in self.plans]

    def _solved(self, figure: Figure) -> dict[str, Any]:
        """Where half the gain is gone, and what it is with the figure halved and half as much."""
        curves = [curve for again in self._again if (curve := again.curve(figure)) is not None]
        certain = len(curves) == len(self._again)
        ways = curves if certain else [again.at(figure) for again in self._again]
        at = cache(partial(self._point, ways))
        here = at(1.0)
        hair = min(_HAIR, 1.0 / figure.amount) if figure.in_pounds else _HAIR
        low = 0.1 if figure.kind in (COST, NEED) else 0.0
        if certain:
            down, up = proved(at, here, low, hair), proved(at, here, _UP[-1], hair)
            ends = [end.factor for end in (down, up) if end.factor is not None]
            certain = self._confirmed(figure, ends, hair)
        if not certain:
            lowest = (*_DOWN, low) if low < _DOWN[-1] else _DOWN
            down, up = tried(at, here, lowest, hair), tried(at, here, _UP, hair)
        sizes = {
            name: self._gain_at(at(factor))
            for name, factor in (("halved", HALVED), ("half_more", HALF_MORE))
        }
        if figure.ends != (1.0, 1.0):
            for name, end in zip(("at_low", "at_high"), figure.ends, strict=True):
                sizes[name] = self._gain_at(at(end))
        return {
            "low": figure.low, "high": figure.high,
            "half_below": _amount(figure, down), "half_above": _amount(figure, up),
            "from": down.reached * figure.amount, "to": up.reached * figure.amount,
            "no_gain_below": down.lacking, "no_gain_above": up.lacking,
            "certified": certain, **sizes,
        }  # fmt: skip

    def _point(self, ways: list[Callable[[float], Attained]], factor: float) -> Point:
        """Both plans at a factor; the one taken from first, and half the gain with the other."""
        if self.limits.stopped:
            raise Stopped(_STOPPED)
        both = [way(factor) for way in ways]
        if not all(reached.there for reached in both):
            return Point(factor, lacking=NO_PLAN)
        if not alike(both[0].short, both[1].short):
            return Point(factor, lacking=UNMET)
        above, below = both if self.way > 0 else both[::-1]
        return Point(factor, above.value, below.value + abs(self.gain) / 2, above.slope)

    def _gain_at(self, point: Point) -> float:
        return self.way * (point.excess + abs(self.gain) / 2)

    def _confirmed(self, figure: Figure, factors: list[float], hair: float) -> bool:
        """Whether half the gain is gone there, planned afresh a little to each side."""
        afresh = partial(self._point, [again.at(figure, verified=True) for again in self._again])
        for factor in factors:
            way = hair if factor > 1.0 else -hair
            before, after = afresh(factor - 2 * way), afresh(max(factor + 2 * way, 0.0))
            if not (before.excess >= -_POUND and after.excess <= _POUND):
                return False
        return True


def _objective(first: Plan, second: Plan) -> str:
    """What both are measured by."""
    chosen = {plan.objective.name for plan in (first, second) if plan.status != "simulated"}
    if len(chosen) > 1:
        raise CannotAnswer(
            f"the plans make the most of different things ({', '.join(sorted(chosen))}), so that "
            "neither gains over the other"
        )
    objective = next(iter(chosen), PUBLIC)
    if objective not in VALUED:
        raise CannotAnswer(
            f"a gain in {objective} is not counted in pounds; plan for one of: {', '.join(VALUED)}"
        )
    return objective


def _amount(figure: Figure, found: Nearest) -> float:
    return np.nan if found.factor is None else found.factor * figure.amount


_TEXTS = ("kind", "service", "outcome", "agency", "part", "prices", "status", "source")
_LINE = ("amount", "hangs", "share", "switching", "half_kept")
_SOLVED = (
    "half_below",
    "half_above",
    "from",
    "to",
    "halved",
    "half_more",
    "low",
    "high",
    "at_low",
    "at_high",
)


def _tables(rows: list[dict[str, Any]], solved: list[dict[str, Any]]) -> dict[str, pd.DataFrame]:
    figures = _table(rows, _LINE)
    again = _table(solved, (*_LINE, *_SOLVED), ("no_gain_below", "no_gain_above"))
    for table, given in ((figures, rows), (again, solved)):
        for name in ("bends", "looked_at"):
            table[name] = [row[name] for row in given]
    again["certified"] = [bool(row["certified"]) for row in solved]
    key = ["kind", "status"]
    statuses = figures.groupby(key, as_index=False, sort=False)[["hangs", "share"]].sum()
    return {"largest": again, "figures": figures, "statuses": statuses}


def _table(
    rows: list[dict[str, Any]], numbers: tuple[str, ...], more: tuple[str, ...] = ()
) -> pd.DataFrame:
    kinds = dict.fromkeys((*_TEXTS, *more), "str") | dict.fromkeys(numbers, "float64")
    amount = [name for name in numbers if name == "amount"]
    order = [*_TEXTS[:5], *amount, *_TEXTS[5:], *(n for n in numbers if n != "amount"), *more]
    return pd.DataFrame(rows, columns=order).astype(kinds)
