"""What members of a board would put first, the plan that follows from it, and what it costs.

A point is not a point of everything: a hundred more visits are not a hundred fewer crimes. So
members are asked what it would be worth to go all the way: points of an outcome are for the swing
from what today's money makes of it to the most that any plan makes of it (swing weights; von
Winterfeldt and Edwards, Decision analysis and behavioral research, 1986). Of a ranking only the
order is known; its weights are those in the middle of all that keep the order (rank order
centroid; Barron and Barrett, Decision quality using ranked attribute weights, 1996).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Event
from typing import Any

import numpy as np
import pandas as pd

from placebudget.arguments import Arguments, flag, one_of
from placebudget.errors import CannotAnswer, Stopped, UnreadableTable
from placebudget.place import Place
from placebudget.place.conditions import Pooling
from placebudget.place.io.loose import PRIORITIES, typed_rows
from placebudget.place.io.reading import PlaceLike, checked_place
from placebudget.place.names import listed
from placebudget.place.options import Option
from placebudget.plan import Plan
from placebudget.plan.optimise import optimise, writing
from placebudget.plan.repairs import solved
from placebudget.plan.simulate import today_of
from placebudget.plan.summary import Paragraph, Summary
from placebudget.plan.workbook_pages import MODEL
from placebudget.programme import one_goal
from placebudget.programme.linear import worth
from placebudget.programme.objectives.value import PUBLIC, WEIGHTED
from placebudget.programme.terms import value_of_outcomes
from placebudget.progress import Report, silent
from placebudget.solver import DEFAULT_SOLVER, RunLimits
from placebudget.solver.backend.engine import Clock
from placebudget.solver.stages.open_plans import OpenPlans
from placebudget.study.picking import FoundPlans, money_moved
from placebudget.study.result import record_of
from placebudget.texts import did_you_mean, shown
from placebudget.words import as_set, money, number

POINTS, WEIGHTS, RANKING = "points", "weights", "ranking"
WAYS_TO_SAY = {
    POINTS: "100 points each",
    WEIGHTS: "a weight for each outcome",
    RANKING: "a ranking, 1 for what comes first",
}
EACH = 100.0
"""Points that a member has."""

BEST, FOLLOWING, TODAY = "best", "as members weigh", "today"
DISCOUNTED, COUNTED = "discounted", "counted"
_AMOUNTS = {TODAY: "today", FOLLOWING: "reached", BEST: "with_best"}
FEWEST = 3
"""Members of a secret poll: of two each would know what the other said."""

SPREAD_FROM = 5
"""Members of a secret poll from whom on the spread is told: of few it is what each said."""

_HAIR = 1e-6


def centroid(rank: int, ranked: int) -> float:
    """The weight of what stands at a rank, of so many that are ranked.

    Examples
    --------
    >>> [round(centroid(rank, 3), 4) for rank in (1, 2, 3)]
    [0.6111, 0.2778, 0.1111]
    """
    return sum(1 / n for n in range(rank, ranked + 1)) / ranked


@dataclass(frozen=True, eq=False)
class Priorities(FoundPlans):
    """What members would put first, and the plan that follows.

    ``tables`` holds:

    - ``outcomes``: outcome, points (of 100, on average), least, lower, upper, most (of members; a
      quarter of them is below lower, a quarter above upper; blank in a secret poll of few), unit,
      today, reached (by the plan that follows), with_best (by that of most public value), could_be
      (by that with most of it); as they are counted, over all years;
    - ``plans``: plan, value (public value, pounds);
    - ``services``: plan, service, money, change (beside the best plan), in pounds of all years;
    - ``members``: member, outcome, points; only where they are named.

    Parameters
    ----------
    place : Place
        The place.
    plans : mapping of str to Plan
        The plan of most public value, and the one that follows.
    """

    beside = BEST
    moves = "services", "plan"

    @property
    def table(self) -> pd.DataFrame:
        """The outcomes."""
        return self.tables["outcomes"]

    @property
    def plan(self) -> Plan:
        """The plan that follows from what members said."""
        return self.plans[FOLLOWING]

    @property
    def price(self) -> float:
        """Public value that following members' priorities costs, in pounds."""
        values = self.tables["plans"].set_index("plan")["value"]
        return float(values[BEST] - values[FOLLOWING])

    @property
    def called(self) -> str:
        """What the plans are together."""
        return "members’ priorities"

    def best_where(self, plan: str) -> str:
        """What a plan is the best for, as a sentence."""
        return f"It is the best where outcomes count {plan} them: {self._first()}."

    def _first(self) -> str:
        rows = self.table.sort_values("points", ascending=False, kind="stable").head(3)
        return listed(
            [
                f"{self.name_of('outcome', row.outcome)} {number(row.points)} points of 100"
                for row in rows.itertuples()
            ]
        )

    def finding(self) -> str:
        """What members put first, and what the plan that follows costs."""
        price = f"costs {money(self.price)} of public value" if self.price >= 1 else "costs nothing"
        return f"In the model, what members would put first {price}: {self._first()}"

    def summarised(self) -> Summary:
        """What they put first, how far apart they are, and what follows."""
        apart = tuple(
            f"{self.name_of('outcome', row.outcome)}: {number(row.points)} points"
            + ("" if pd.isna(row.least) else f", from {number(row.least)} to {number(row.most)}")
            for row in self.table.itertuples()
            if row.points > 0
        )
        said = [
            Paragraph(f"{self.finding()}."),
            Paragraph(
                "Points of 100, on average, and from the least to the most where told:", apart
            ),
            Paragraph(f"Beside the plan of most public value it has {self.does(FOLLOWING)}."),
        ]
        return Summary(self.title, tuple(said), MODEL)


def priorities(
    said: pd.DataFrame,
    place: PlaceLike,
    *,
    way: str = POINTS,
    named: bool = False,
    pooling: str | Sequence[str] = "pooled",
    seconds: float | None = None,
    gap: float = 0.0,
    stop: Event | None = None,
    progress: Report | None = None,
) -> Priorities:
    """What members of a board would put first, the plan that follows, and its price.

    Parameters
    ----------
    said : DataFrame
        ``member``, ``outcome`` (a key of the place) and ``points``. Outcomes that a member leaves
        out have none of theirs.
    place : Place, path or str
        The place, or what :func:`placebudget.read` reads. It is checked first.
    way : {"points", "weights", "ranking"}
        What ``points`` are: 100 points that each member divides, weights of any size, or places in
        a ranking. Each member counts alike.
    named : bool
        Whether it is told who said what; otherwise nothing that is given out holds it.
    pooling
        As for :func:`placebudget.optimise`.
    seconds, gap, stop, progress
        As for :func:`placebudget.optimise`.

    Raises
    ------
    WrongArgument, UnreadableTable
        If something that was given cannot be meant; all of it is named.
    CannotAnswer
        If fewer than three would speak in secret, or no plan moves what members want.
    InvalidPlace, Infeasible, Unbounded, Stopped, SolverFailed
        If there is no best plan.

    Examples
    --------
    >>> import placebudget as pb
    >>> said = pd.DataFrame({"member": list("abc"), "outcome": "points", "points": 100})
    >>> found = pb.study.priorities(said, pb.example("toy_pooling"), pooling="freed")
    >>> found.table["points"].tolist(), round(found.price)
    ([100.0], 0)
    """
    with Arguments() as asked:
        place = asked.read(checked_place, place)
        way = asked.read(one_of, "way", way, WAYS_TO_SAY)
        named = asked.read(flag, "named", named)
        mode = asked.read(one_goal, place, pooling)
        points = asked.read(_points, said, place, way)
        limits = asked.read(RunLimits.given, seconds, gap, stop, progress)
    if not named and len(points) < FEWEST:
        raise CannotAnswer(
            f"a secret poll needs {number(FEWEST)} members or more, and {number(len(points))} "
            "spoke: each would know what the other said. Name them, or ask more"
        )
    report = limits.progress or silent
    report("the plan of most public value", 0, 3)
    watch: dict[str, Any] = {
        "pooling": pooling,
        "seconds": seconds,
        "gap": gap,
        "stop": stop,
        "prices": False,
    }
    best = optimise(place, objective=PUBLIC, **watch)
    report("the most of each outcome", 1, 3)
    even = Option("even").set("outcomes", "weight", 1.0).apply(place)
    today = today_of(even)
    now = today.tables["outcomes"].groupby("outcome")["weighted"].sum()
    most = _most_of_each(even, mode, replace(limits, progress=None))
    swing = most[DISCOUNTED] - now.reindex(most.index, fill_value=0.0)
    moved = swing > _HAIR * most[DISCOUNTED].abs().clip(lower=1.0)
    shares = points.mean()
    if not (shares[moved] > 0).any():
        raise CannotAnswer(
            "no plan makes more than today of any outcome that members would put first; there is "
            "nothing to choose by"
        )
    weights = (shares / swing).where(moved, 0.0)
    option = Option(FOLLOWING)
    for name, weight in weights.items():
        option = option.set("outcomes", "weight", float(weight), outcome=name)
    report("the plan that follows", 2, 3)
    following = optimise(place, option=option, objective=[WEIGHTED, PUBLIC], **watch)
    plans = {BEST: best, FOLLOWING: following}
    tables = {
        "outcomes": _outcomes(place, points, most, {**plans, TODAY: today}, named),
        "plans": pd.DataFrame(
            [(name, plan.public_value()) for name, plan in plans.items()],
            columns=["plan", "value"],
        ),
        "services": money_moved(plans, BEST, "plan"),
    }
    if named:
        long = points.rename_axis("member").reset_index()
        tables["members"] = long.melt("member", var_name="outcome", value_name="points")
    run = record_of(
        place, "priorities", way=way, named=named, members=len(points), pooling=mode.name, gap=gap
    )
    title = f"{place.title}: what members would put first"
    return Priorities(title, tables, _notes(points, moved, way, named, place), run, place, plans)


def _points(said: object, place: Place, way: str) -> pd.DataFrame:
    """Points of 100 by member and outcome."""
    frame, problems = typed_rows("said", said, PRIORITIES)
    known = place.outcomes["outcome"].tolist()
    for row, outcome in frame["outcome"].items():
        if outcome and outcome not in known:
            mend = did_you_mean(outcome, known) or f"Outcomes: {listed(known)}."
            problems.append(f"said, row {row}: the place has no outcome {shown(outcome)}. {mend}")
    for member, mine in frame.groupby("member", sort=False) if not problems else ():
        problems += _faults(str(member), mine["points"].tolist(), way)
    if problems:
        raise UnreadableTable.of(problems)
    wide = frame.pivot(index="member", columns="outcome", values="points")
    wide = wide.reindex(index=frame["member"].unique(), columns=known)
    if way == RANKING:
        ranked = wide.notna().sum(axis=1)
        wide = wide.apply(
            lambda row: row.map(lambda rank: centroid(int(rank), int(ranked[row.name])), "ignore"),
            axis=1,
        )
    wide = wide.fillna(0.0)
    return EACH * wide.div(wide.sum(axis=1), axis=0)


def _faults(member: str, points: Sequence[float], way: str) -> Iterator[str]:
    total = sum(points)
    if way == RANKING and sorted(points) != list(range(1, len(points) + 1)):
        yield f"{shown(member)} ranks {listed(map(as_set, points))}: write 1, 2, 3 and so on, once"
    elif way == POINTS and abs(total - EACH) > _HAIR:
        yield f"{shown(member)} gives {as_set(total)} points: each has {as_set(EACH)}"
    elif total <= 0:
        yield f"{shown(member)} gives no outcome any weight"


def _most_of_each(place: Place, mode: Pooling, limits: RunLimits) -> pd.DataFrame:
    """By outcome the most that any plan makes of it, discounted; and what that plan counts."""
    _, write = writing(place, (WEIGHTED,), mode, 0.0, DEFAULT_SOLVER, limits, None)
    programme, _ = solved(write, DEFAULT_SOLVER, limits)
    plans = OpenPlans(programme, DEFAULT_SOLVER, limits, Clock(limits.seconds))
    basis, found = programme.basis, {}
    for n, name in enumerate(basis.outcomes.name):
        each = np.zeros_like(basis.outcomes.points)
        each[n] = basis.outcomes.points[n]
        gains = [value_of_outcomes(programme.draft, basis, way) for way in (each, each > 0)]
        values = plans.most(gains[0])
        if values is None:
            raise Stopped(
                "the study was stopped before the most of each outcome was known; nothing was kept"
            )
        found[str(name)] = [worth(gain, values[: len(gain)]) for gain in gains]
    return pd.DataFrame(found, index=[DISCOUNTED, COUNTED]).T * basis.scale.units


def _outcomes(
    place: Place, points: pd.DataFrame, most: pd.DataFrame, plans: Mapping[str, Plan], named: bool
) -> pd.DataFrame:
    """Points by outcome with their spread, and what each plan makes of it."""
    ends, mean = points.quantile([0.0, 0.25, 0.75, 1.0]), points.mean()
    if not named:
        # What is worked out from rounded points is nobody's own.
        ends, mean = ends.round(), mean.round()
        ends = ends if len(points) >= SPREAD_FROM else ends * np.nan
    made = {name: plan.tables["outcomes"].groupby("outcome")[COUNTED].sum()
            for name, plan in plans.items()}  # fmt: skip
    rows = [
        {
            "outcome": name,
            "points": float(mean[name]),
            **dict(zip(("least", "lower", "upper", "most"), map(float, ends[name]), strict=True)),
            "unit": unit,
            **{column: float(made[plan].get(name, 0.0)) for plan, column in _AMOUNTS.items()},
            "could_be": float(most.at[name, COUNTED]),
        }
        for name, unit in zip(place.outcomes["outcome"], place.outcomes["unit"], strict=True)
    ]
    return pd.DataFrame(rows)


def _notes(
    points: pd.DataFrame, moved: pd.Series, way: str, named: bool, place: Place
) -> tuple[str, ...]:
    notes = [
        f"{number(len(points))} members, {WAYS_TO_SAY[way]}; each counts alike.",
        "Points of an outcome are for all the way from what today’s money makes of it to the most "
        "that any plan makes of it, so that outcomes of unlike units can be weighed.",
        "Of plans that are as good by that the one of most public value is taken.",
    ]
    if way == RANKING:
        notes.append("Of a ranking the weights are those in the middle of all that keep its order.")
    if not named:
        notes.append(
            "The poll is secret: who said what is in no table, file or page, and points are "
            f"rounded; the spread is told from {number(SPREAD_FROM)} members on."
        )
    still = [name for name in points.columns if not moved[name] and points[name].mean() > 0]
    if still:
        names = place.outcomes.set_index("outcome")["name"]
        notes.append(f"No plan makes more than today of {listed(names[still])}; it counts nothing.")
    return tuple(notes)
