"""Robust plans: the best for several scenarios at once, and what of it to commit now.

Two questions of the same scenarios, by one criterion (``programme.recourse``):

- of plans that are held as they are (``study.held``), which to choose;
- with the first years decided now, one decision for all scenarios, and later years when it is known
  which scenario came: what to commit now, and what to wait with.

For the second a programme of all scenarios is solved. What is committed is the money of each class
by route and line, and which offers start, in the first years; how many units it buys follows in
each scenario. Need that must be met comes first: least of it unmet on average, then the criterion,
then the most on average, and then the least money moved from today in the years that are
committed. With RP what that brings on average,

knowing before   sum of p(s) best(s) - RP     what it would be worth to know the scenario now
planning for it  RP - EEV                     EEV: the first years as in the best plan of the place
                                              as it stands, later years when it is known

(Birge and Louveaux, Introduction to stochastic programming, 2011).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import Event
from typing import Any

import numpy as np
import pandas as pd

from placebudget.arguments import Arguments, is_number, one_of, share, whole
from placebudget.errors import CannotAnswer, Infeasible, SolverFailed, Stopped, WrongArgument
from placebudget.place import Place
from placebudget.place.io.reading import PlaceLike, checked_place
from placebudget.place.names import listed
from placebudget.plan import Plan
from placebudget.plan.optimise import writing
from placebudget.plan.simulate import today_of
from placebudget.plan.summary import Paragraph, Summary
from placebudget.plan.workbook_pages import MODEL
from placebudget.programme import Programme, one_goal
from placebudget.programme.basis import Shortfall
from placebudget.programme.linear import worth
from placebudget.programme.objectives.value import DROPPED, PUBLIC, UNMET, shortfall_objective
from placebudget.programme.recourse import (
    CRITERIA,
    CVAR,
    EXPECTED,
    REGRET,
    WORST,
    Future,
    joined,
    least_change,
    of_values,
    with_rows,
)
from placebudget.progress import Report, silent
from placebudget.solver import DEFAULT_SOLVER, RunLimits
from placebudget.solver.backend.engine import make_engine
from placebudget.study.beliefs import (
    KINDS,
    Uncertain,
    factors_of,
    read_correlation,
    read_spreads,
    two_drawn,
    uncertain_figures,
)
from placebudget.study.held import PLANS, Decided, Moving, made_of, read_plans
from placebudget.study.rests_on.result import plan_called
from placebudget.study.result import PlaceResult, record_of
from placebudget.words import money, number, percent, sentence

SAID = {
    EXPECTED: "on average",
    WORST: "in the worst scenario",
    REGRET: "by the largest regret",
    CVAR: "on average of the worst scenarios",
}
"""By what a plan is chosen, in words."""
KNOWING, KNOWING_MEETS = "knowing before", "need met by knowing before"
PLANNING, PLANNING_MEETS = "planning for it", "need met by planning for it"
_HAIR = 1e-7
_NEAR = 1e-6


@dataclass(frozen=True, eq=False)
class Robust(PlaceResult):
    """Which plan to choose for several scenarios, what to commit now and what to wait with.

    ``tables`` holds, in pounds:

    - ``plans``: plan, expected, worst, regret, cvar (of its worth), in_worst (the scenario in
      which it is worth least): plans that are held;
    - ``scenarios``: scenario, chance, two_stage (value with the first years decided now), known
      (value where it is known now), need_unmet and need_unmet_known (what meeting it would cost,
      cash);
    - ``commit``: service, today, plan, now (money to commit for the first years, and the same in
      today's money and in the best plan of the place as it stands), least, most (of later years,
      by scenario);
    - ``two_stage``: measure, pounds: the value by each criterion, what knowing the scenario now
      would be worth, by ``"expected"`` what planning for all of them is worth, and how much of the
      need that must be met would be met more by either, by which value is no measure.

    Parameters
    ----------
    place : Place
        The place.
    by : str
        By what plans are chosen: expected, worst, regret or cvar.
    chosen : str
        The plan to choose of those that are held.
    years : int
        How many years are committed now.
    left_out : tuple of str
        Scenarios in which no plan keeps every rule.
    together : bool
        Whether one decision on the first years keeps every rule in all the others.
    """

    by: str
    chosen: str
    years: int
    left_out: tuple[str, ...]
    together: bool
    plans: Mapping[str, Plan] = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """Plans by each criterion."""
        return self.tables["plans"]

    @property
    def unit(self) -> str:
        """What values are counted in."""
        return f"pounds, {self.place.settings.price_base} prices, discounted"

    @property
    def units(self) -> Mapping[str, str]:
        """What figures are counted in."""
        return {"plans": self.unit, "two_stage": self.unit, "commit": "pounds, cash"}

    def finding(self) -> str:
        """Which plan to choose, and what it comes to."""
        row = self.table.set_index("plan").loc[self.chosen]
        if self.by == REGRET and row[REGRET] < 1.0:
            return f"In every scenario {plan_called(self.chosen)} is worth most of those compared"
        if self.by == REGRET:
            return (
                f"Least is regretted with {plan_called(self.chosen)}: at most "
                f"{money(row[REGRET])} less than the best of the plans in any scenario"
            )
        worth = self.table.set_index("plan")[self.by].drop(self.chosen)
        same = [plan_called(name) for name in worth.index[(row[self.by] - worth).abs() < 1.0]]
        also = f", as much as {listed(same)}" if same else ""
        return (
            f"{sentence(plan_called(self.chosen))} is worth most {SAID[self.by]}{also}: "
            f"{money(row[self.by])}"
        )

    def summarised(self) -> Summary:
        """Which plan to choose, what to commit now, and what it is worth to wait."""
        return Summary(self.title, tuple(self._told()), MODEL)

    def _told(self) -> Iterator[Paragraph]:
        yield Paragraph(f"{self.finding()}.")
        measures = self.tables["two_stage"].set_index("measure")["pounds"]
        years = "the first year" if self.years == 1 else f"the first {number(self.years)} years"
        if self.left_out:
            without = "" if measures.empty else ": what to commit now is found without"
            yield Paragraph(
                f"No plan keeps every rule of the place in {listed(self.left_out)}{without}."
            )
        if not self.together:
            yield Paragraph(
                f"No one decision on {years} keeps every rule of the place in all the scenarios, "
                "whatever follows: what to commit now cannot be told of them together."
            )
        if measures.empty:
            return
        yield Paragraph(
            f"With {years} decided now and the rest when it is known what came, value is "
            f"{money(measures[EXPECTED])} on average and {money(measures[WORST])} in the worst "
            f"scenario. {self._knowing(measures)}{self._planning(measures)}"
        )
        rows = self.tables["commit"]
        moved = (rows["now"] - rows["plan"]).abs().sort_values(ascending=False, kind="stable")
        points = [
            f"{sentence(self.name_of('service', rows.at[n, 'service']))}: "
            f"{money(rows.at[n, 'now'])} instead of {money(rows.at[n, 'plan'])}."
            for n in moved.index[:5]
            if moved[n] >= 1.0
        ]
        if points:
            yield Paragraph(
                "To commit now beside the best plan of the figures as they stand:", tuple(points)
            )

    def _knowing(self, measures: pd.Series) -> str:
        if measures[KNOWING_MEETS] >= 1.0:
            more = money(measures[KNOWING_MEETS])
            return f"To know now what comes would meet {more} more of the need that must be met."
        return f"To know now what comes would be worth {money(measures[KNOWING])}."

    def _planning(self, measures: pd.Series) -> str:
        if self.by != EXPECTED:
            return ""
        beside = "beside committing what is best for the figures as they stand"
        if PLANNING not in measures:
            return (
                " What is best for the figures as they stand cannot be committed in all of them: "
                "in some there is not the money."
            )
        if measures[PLANNING_MEETS] >= 1.0:
            more = money(measures[PLANNING_MEETS])
            met = f"meets {more} more of the need that must be met"
            return f" Planning for all of them {met}, {beside}."
        return f" Planning for all of them is worth {money(measures[PLANNING])}, {beside}."


def robust(
    place: PlaceLike,
    scenarios: Mapping[str, Mapping[str, float]] | int = 8,
    *,
    by: str = EXPECTED,
    tail: float = 0.2,
    years: int = 1,
    chances: Mapping[str, float] | None = None,
    plans: Sequence[str] | Mapping[str, Plan] = PLANS,
    pooling: str | Sequence[str] = "pooled",
    seed: int = 0,
    spread: Mapping[str, Mapping[str, float] | float] | float | None = None,
    correlation: Mapping[str, float] | float | None = None,
    seconds: float | None = None,
    gap: float = 0.0,
    stop: Event | None = None,
    progress: Report | None = None,
) -> Robust:
    """Which plan to choose for several scenarios, what to commit now, and what to wait with.

    Parameters
    ----------
    place : Place, path or str
        The place, or what :func:`placebudget.read` reads. It is checked first.
    scenarios : mapping or int
        By name, factors by kind of figure: ``{"hard times": {"funding": 0.97, "need": 1.1}}``; or
        how many to draw from what is believed of the figures, as
        :func:`placebudget.study.uncertainty` does, a power of two.
    by : str
        ``"expected"``, ``"worst"``, ``"regret"`` (the largest, made least) or ``"cvar"`` (the mean
        of the worst ``tail`` of scenarios).
    tail : float
        Share of scenarios that are the worst.
    years : int
        How many years are decided now, the same for all scenarios.
    chances : mapping of str to float, optional
        How likely each named scenario is; all alike where left out.
    plans
        Plans that are held, from which to choose; as for :func:`placebudget.study.uncertainty`.
    pooling
        Of what to commit; as for :func:`placebudget.optimise`.
    seed, spread, correlation
        Of scenarios that are drawn; as for :func:`placebudget.study.uncertainty`.
    seconds, gap, stop, progress
        As for :func:`placebudget.optimise`, for each solve.

    Raises
    ------
    WrongArgument
        If something that was given cannot be meant; all of it is named.
    InvalidPlace, Infeasible, Unbounded, Stopped, SolverFailed
        If a plan to hold cannot be found.

    Examples
    --------
    >>> import placebudget as pb
    >>> futures = {"as planned": {}, "dearer": {"unit cost": 1.25}}
    >>> found = robust(pb.example("toy_pooling"), futures, by="worst", plans=["today", "freed"])
    >>> found.chosen
    'freed'
    """
    with Arguments() as asked:
        place = asked.read(checked_place, place)
        criterion = asked.read(one_of, "by", by, CRITERIA)
        tail = asked.read(share, "tail", tail)
        committed = asked.read(whole, "years", years, least=1)
        wanted = asked.read(read_plans, plans)
        mode = asked.read(one_goal, place, pooling)
        seed = asked.read(whole, "seed", seed)
        spreads = asked.read(read_spreads, place, spread)
        together = asked.read(read_correlation, correlation)
        given = asked.read(_scenarios, scenarios)
        likely = asked.read(_chances, chances, given)
        limits = asked.read(RunLimits.given, seconds, gap, stop, progress)
    report, quiet = limits.progress or silent, replace(limits, progress=None)
    if tail <= 0:
        raise WrongArgument("tail is a share above 0: of how many scenarios the worst are")
    committed = min(committed, len(place.years))
    figures = uncertain_figures(place, spreads)
    factors, names = _factors(given, figures, together, seed)
    weight = np.full(len(names), 1.0 / len(names)) if likely is None else likely
    held = made_of(place, wanted, quiet, report)
    moving = Moving(place, figures)
    rows, chosen = _choice(moving, held, names, factors, weight, criterion, tail)
    tables: dict[str, pd.DataFrame] = {"plans": rows}
    staged = _TwoStage(moving, mode.name, quiet, committed, report)
    tables |= staged.tables(names, factors, weight, criterion, tail)
    facts = {
        "scenarios": given if isinstance(given, int) else {n: dict(f) for n, f in given.items()},
        "by": criterion, "tail": tail, "years": committed, "plans": list(held), "seed": seed,
        "pooling": mode.name, "spread": spreads, "correlation": together, "gap": gap,
    }  # fmt: skip
    return Robust(
        f"{place.title}: a plan for {number(len(names))} scenarios", tables,
        _notes(given, tail, criterion), record_of(place, "robust", **facts), place, criterion,
        chosen, committed, tuple(staged.left_out), staged.together, held,
    )  # fmt: skip


def _scenarios(given: object) -> int | dict[str, dict[str, float]]:
    if isinstance(given, int) and not isinstance(given, bool):
        if not 2 <= given <= 64 or given & (given - 1):
            raise WrongArgument(
                f"scenarios to draw are a power of two from 2 to 64, and {given} is none"
            )
        return given
    if not isinstance(given, Mapping) or not given:
        raise WrongArgument(
            "scenarios are a number of draws, or factors by name and kind such as "
            "{'hard times': {'funding': 0.97, 'need': 1.1}}"
        )
    found = {}
    for name, factors in given.items():
        if not isinstance(factors, Mapping):
            raise WrongArgument(
                f"scenario {name!r} says no factors by kind such as {{'need': 1.1}}"
            )
        for kind, factor in factors.items():
            one_of(f"a kind of scenario {name!r}", kind, KINDS)
            if not is_number(factor) or factor < 0:
                raise WrongArgument(f"scenario {name!r}: the factor of {kind} is 0 or more")
        found[str(name)] = {str(kind): float(factor) for kind, factor in factors.items()}
    return found


def _chances(given: object, scenarios: int | Mapping[str, Any]) -> np.ndarray | None:
    if given is None:
        return None
    if isinstance(scenarios, int) or not isinstance(given, Mapping) or set(given) != set(scenarios):
        raise WrongArgument("chances are one for each scenario by its name, or left out")
    found = [given[name] for name in scenarios]
    if not all(is_number(each) and each >= 0 for each in found) or sum(found) <= 0:
        raise WrongArgument("chances are numbers of 0 or more, and not all 0")
    return np.array(found, float) / sum(found)


def _factors(
    given: int | Mapping[str, Mapping[str, float]],
    figures: Sequence[Uncertain],
    together: Mapping[str, float],
    seed: int,
) -> tuple[np.ndarray, list[str]]:
    """Scenarios x figures, and what they are called."""
    if isinstance(given, int):
        scores = two_drawn(figures, together, given, seed)[0]
        return factors_of(figures, scores), [f"draw {n + 1}" for n in range(given)]
    kinds = [each.figure.kind for each in figures]
    rows = [[factors.get(kind, 1.0) for kind in kinds] for factors in given.values()]
    return np.array(rows).reshape(len(given), -1), list(given)


def _choice(
    moving: Moving,
    held: Mapping[str, Plan],
    names: Sequence[str],
    factors: np.ndarray,
    chances: np.ndarray,
    by: str,
    tail: float,
) -> tuple[pd.DataFrame, str]:
    """Plans that are held by each criterion, and which is chosen."""
    decided = [Decided.of(plan, moving.basis.place) for plan in held.values()]
    values = np.zeros((len(held), len(names)))
    for s, each in enumerate(factors):
        moved, missing = moving.at(each), moving.missing(each)
        values[:, s] = [moving.came(plan, moved, missing).worth for plan in decided]
    return chosen_of(dict(zip(held, values, strict=True)), names, chances, by, tail)


def chosen_of(
    values: Mapping[str, np.ndarray],
    names: Sequence[str],
    chances: np.ndarray,
    by: str,
    tail: float = 0.2,
) -> tuple[pd.DataFrame, str]:
    """Plans by each criterion, and which of them is chosen by one; of two alike, the first.

    Parameters
    ----------
    values : mapping of str to ndarray
        By plan: what it is worth in each scenario.
    names, chances
        Of the scenarios.

    Examples
    --------
    Three crops in three summers; the least regret is neither the best on average nor the safest:

    >>> worth = {"grain": np.array([90.0, 60, 10]), "roots": np.array([60.0, 50, 40]),
    ...          "grass": np.array([45.0, 45, 45])}
    >>> even = np.full(3, 1 / 3)
    >>> rows, chosen = chosen_of(worth, ["wet", "fair", "dry"], even, "regret")
    >>> rows["regret"].tolist(), chosen
    ([35.0, 30.0, 45.0], 'roots')
    >>> [chosen_of(worth, ["wet", "fair", "dry"], even, by)[1] for by in ("expected", "worst")]
    ['grain', 'grass']
    """
    table = np.array(list(values.values()))
    best = table.max(axis=0)
    rows = [
        {
            "plan": name,
            **{each: of_values(mine, chances, best, each, tail) for each in CRITERIA},
            "in_worst": names[int(mine.argmin())],
        }
        for name, mine in zip(values, table, strict=True)
    ]
    found = pd.DataFrame(rows)
    order = found[by] if by == REGRET else -found[by]
    return found, str(found["plan"].iloc[int(order.to_numpy().argmin())])


class _TwoStage:
    """What to commit now: the programme of all scenarios."""

    def __init__(
        self, moving: Moving, pooling: str, limits: RunLimits, years: int, report: Report
    ) -> None:
        self.moving, self.pooling, self.limits, self.report = moving, pooling, limits, report
        self.years = years
        self.left_out: list[str] = []
        self.together = True

    def tables(
        self,
        names: Sequence[str],
        factors: np.ndarray,
        chances: np.ndarray,
        by: str,
        tail: float,
    ) -> dict[str, pd.DataFrame]:
        """What the criterion commits, by service; and what that is worth."""
        known: list[tuple[str, float, Programme, np.ndarray]] = []
        for n, (name, each) in enumerate(zip(names, factors, strict=True)):
            self.report(f"scenario {name}", n, len(names) + 3)
            programme = self._written(self.moving.place(each, funding=True))
            values = None if programme is None else self._alone(programme)
            if programme is None or values is None:
                self.left_out.append(name)
            else:
                known.append((name, float(chances[n]), programme, values))
        empty = {
            "scenarios": pd.DataFrame(
                [],
                columns=[
                    "scenario",
                    "chance",
                    "two_stage",
                    "known",
                    "need_unmet",
                    "need_unmet_known",
                ],
            ),
            "commit": pd.DataFrame(
                [], columns=["service", "today", "plan", "now", "least", "most"]
            ),
            "two_stage": pd.DataFrame([], columns=["measure", "pounds"]),
        }
        whole_ = sum(chance for _, chance, _, _ in known)
        if not known or whole_ <= 0:
            return empty
        programmes = [programme for _, _, programme, _ in known]
        cases = [self._scenario(each, chance / whole_) for _, chance, each, _ in known]
        if len({len(case.first) for case in cases}) > 1:
            raise CannotAnswer(
                "the scenarios differ in what can be decided first, so that no decision is the same"
            )
        best = np.array([_value(p, v) for (_, _, p, v) in known])
        weight = np.array([case.chance for case in cases])
        self.report("the programme of all scenarios", len(names), len(names) + 3)
        found = self._solved(cases, by, tail, best, near=programmes[0])
        if found is None:
            self.together = False
            return empty
        mine = np.array([_value(p, v) for p, v in zip(programmes, found, strict=True)])
        here = self._written(self.moving.basis.place)
        planned = None if here is None else self._alone(here)
        standing = None
        if here is not None and planned is not None:
            self.report("the plan as it stands", len(names) + 1, len(names) + 3)
            fixed = planned[self._scenario(here, 1.0).first]
            standing = self._solved(cases, EXPECTED, tail, best, fixed)
        pounds, million = programmes[0].objectives[0].scale, programmes[0].basis.scale.money
        unmet = _unmet(programmes, found) * million
        before = _unmet(programmes, [values for _, _, _, values in known]) * million
        measures = {each: of_values(mine, weight, best, each, tail) * pounds for each in CRITERIA}
        measures[KNOWING] = float((weight * (best - mine)).sum()) * pounds
        measures[KNOWING_MEETS] = float((weight * (unmet - before)).sum())
        if standing is not None and by == EXPECTED:
            kept = np.array([_value(p, v) for p, v in zip(programmes, standing, strict=True)])
            measures[PLANNING] = float((weight * (mine - kept)).sum()) * pounds
            left = _unmet(programmes, standing) * million
            measures[PLANNING_MEETS] = float((weight * (left - unmet)).sum())
        return {
            "scenarios": pd.DataFrame(
                {
                    "scenario": [name for name, _, _, _ in known], "chance": weight,
                    "two_stage": mine * pounds, "known": best * pounds,
                    "need_unmet": unmet, "need_unmet_known": before,
                }
            ),
            "commit": self._commit(programmes, found, here, planned),
            "two_stage": pd.DataFrame(
                {"measure": list(measures), "pounds": list(measures.values())}
            ),
        }  # fmt: skip

    def _written(self, place: Place) -> Programme | None:
        """Its programme; None where agencies cannot even keep their rules by themselves."""
        mode = one_goal(place, self.pooling)
        try:
            _, write = writing(place, (PUBLIC,), mode, 0.0, DEFAULT_SOLVER, self.limits, None)
        except Infeasible:
            return None
        programme: Programme = write(ordered=False)
        if programme.basis.need.led.any():
            programme = write(ordered=False, shortfall=Shortfall())
        return programme

    def _scenario(self, programme: Programme, chance: float) -> Future:
        """A programme as a scenario: what is decided first is money by class, route and line."""
        first = []
        for name in ("money", "start"):
            block = programme.columns.get(name)
            if block is not None:
                first.append(block.numbers[block.index["year"] < self.years])
        before = tuple(
            shortfall_objective(name, programme.draft, programme.basis).gain
            for name in (UNMET, DROPPED)
            if programme.basis.shortfall is not None
        )
        goal = programme.objectives[0]
        return Future(
            programme.matrix, goal.gain, chance, np.concatenate(first), goal.constant, before
        )

    def _alone(self, programme: Programme) -> np.ndarray | None:
        case = self._scenario(programme, 1.0)
        found = self._solved([case], EXPECTED, 1.0, np.zeros(1), near=programme)
        return None if found is None else found[0]

    def _solved(
        self,
        cases: Sequence[Future],
        by: str,
        tail: float,
        best: np.ndarray,
        fixed: np.ndarray | None = None,
        near: Programme | None = None,
    ) -> list[np.ndarray] | None:
        whole_ = joined(cases, by, tail=tail, best=list(best), fixed=fixed)
        if near is not None:
            whole_ = least_change(whole_, *self._today(near))
        values = in_turn(whole_.matrix, whole_.stages, self.limits)
        return None if values is None else [values[where] for where in whole_.at]

    def _today(self, programme: Programme) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Money of the first years by line and year, beside today's carried on."""
        block, basis = programme.columns["money"], programme.basis
        now = block.index["year"] < self.years
        at = block.index["line"][now] * self.years + block.index["year"][now]
        lines, group = np.unique(at, return_inverse=True)
        target = basis.lines.today[lines // self.years, lines % self.years]
        return block.numbers[now], group, target

    def _commit(
        self,
        programmes: Sequence[Programme],
        found: Sequence[np.ndarray],
        here: Programme | None,
        planned: np.ndarray | None,
    ) -> pd.DataFrame:
        """Money by service: to commit now, and in later years by scenario."""
        place = self.moving.basis.place
        services = sorted(place.services["service"])
        years = set(place.years[: self.years])
        rows = today_of(place).money(["service", "year"])
        rows = rows[rows["year"].isin(years)].groupby("service")["amount"].sum()
        today = rows.reindex(services, fill_value=0.0).to_numpy(float)
        now = self._by_service(programmes[0], found[0], services, now=True)
        later = np.array([
            self._by_service(p, v, services, now=False)
            for p, v in zip(programmes, found, strict=True)
        ])  # fmt: skip
        plan = now
        if here is not None and planned is not None:
            plan = self._by_service(here, planned, services, now=True)
        return pd.DataFrame(
            {
                "service": services, "today": today,
                "plan": plan, "now": now, "least": later.min(axis=0), "most": later.max(axis=0),
            }
        )  # fmt: skip

    def _by_service(
        self, programme: Programme, values: np.ndarray, services: Sequence[str], *, now: bool
    ) -> np.ndarray:
        block, basis = programme.columns["money"], programme.basis
        mine = (block.index["year"] < self.years) == now
        spent = np.where(mine, np.maximum(programme.take("money", values), 0.0), 0.0)
        row = {name: n for n, name in enumerate(services)}
        at = [row[name] for name in basis.lines.service[block.index["line"]]]
        return np.bincount(at, spent, len(services)) * basis.scale.money


def in_turn(
    matrix: Any, stages: Sequence[np.ndarray], limits: RunLimits, solver: str = DEFAULT_SOLVER
) -> np.ndarray | None:
    """The most of several gains, first things first; looked at apart from the solver.

    None where no plan keeps all constraints.

    Raises
    ------
    Stopped, SolverFailed
        If the solver gave nothing for another reason, or what does not keep all constraints.
    """
    values = None
    for n, gain in enumerate(stages):
        if n and np.array_equal(gain, stages[n - 1]):
            continue
        if limits.stopped:
            raise Stopped("the study was stopped while its programme was solved")
        answer = make_engine(matrix, solver).run(-gain, limits, limits.seconds)
        if answer.values is None:
            if n == 0 and answer.status.name == "INFEASIBLE":
                return None
            raise SolverFailed(f"the programme of scenarios has no answer ({answer.status.value})")
        values = answer.values
        rows, near = matrix.times(values), _NEAR * max(1.0, float(np.abs(values).max()))
        if ((rows < matrix.row_lower - near) | (rows > matrix.row_upper + near)).any():
            raise SolverFailed("the solver's answer keeps not all constraints; try another gap")
        kept, mine = worth(gain, values), np.flatnonzero(gain)
        if len(mine):
            least = kept - _HAIR * max(1.0, abs(kept))
            matrix = with_rows(matrix, [(mine, gain[mine], least, np.inf)])
    return values


def _value(programme: Programme, values: np.ndarray) -> float:
    goal = programme.objectives[0]
    return worth(goal.gain, values) + goal.constant


def _unmet(programmes: Sequence[Programme], found: Sequence[np.ndarray]) -> np.ndarray:
    """By scenario: what need that must be met and is not would cost, scaled."""
    left = []
    for each, values in zip(programmes, found, strict=True):
        if each.basis.shortfall is None:
            left.append(0.0)
        else:
            gain = shortfall_objective(UNMET, each.draft, each.basis).gain
            left.append(max(-worth(gain, values), 0.0))
    return np.array(left)


def _notes(given: object, tail: float, by: str) -> tuple[str, ...]:
    drawn = isinstance(given, int)
    notes = [
        "Scenarios are drawn from what is believed of the figures, most of it assumed, and are "
        "equally likely."
        if drawn
        else "Scenarios are those that were given; what is not named in one is as it stands.",
        "Of plans that are held worth is public value less what has to be found; what to commit "
        "now is found in public value, with least need unmet first, and with the funding of each "
        "scenario.",
        "Committed is money by stream, route, service and area, and which offers start; how many "
        "units it buys follows from the prices of the scenario.",
        "Regret is told beside the best of what was compared: of plans that are held the best of "
        "these, of what to commit the best where the scenario is known now.",
    ]
    if by == CVAR:
        notes.append(f"The worst scenarios are {percent(tail)} of all by chance.")
    return tuple(notes)
