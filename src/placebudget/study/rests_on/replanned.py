"""A plan made again at other figures: what it comes to, and how fast that grows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from types import MappingProxyType

import numpy as np

from placebudget.errors import Infeasible, SolverFailed
from placebudget.place import Place
from placebudget.plan import Plan, simulate
from placebudget.plan.evidence import objective_value, read_solution
from placebudget.plan.need import shortfall_of
from placebudget.plan.record.record import gave_way_of
from placebudget.plan.repairs import least_shortfall
from placebudget.plan.resting import VALUE, Figure, Kept, moved, pooling_of, reinvested
from placebudget.plan.siloed import Turns, agencies_compared, benchmarks
from placebudget.programme import ALIGNED, SILOED, Basis, Benchmark, Programme, read_pooling
from placebudget.programme.basis import Shortfall
from placebudget.programme.build import write
from placebudget.programme.linear import Matrix
from placebudget.programme.objectives import Objective
from placebudget.solver import DEFAULT_SOLVER, RunLimits, Solution, given_apart, solve_in_order
from placebudget.solver.session.live_programme import LiveProgramme

NO_PLAN, UNMET = "no plan", "need unmet"
"""Why a gain cannot be told: there is no plan, or the two leave different need unmet."""
_SIMULATED = "simulated"


@dataclass(frozen=True)
class Attained:
    """What a plan comes to at a figure.

    Parameters
    ----------
    value : float
        In the unit of its objective; not a number where there is no plan.
    short : float
        Pounds that meeting all need that must be met would cost more.
    slope : float
        How its value grows with the factor of the figure, where that is known.
    """

    value: float
    short: float = 0.0
    slope: float = float("nan")

    @property
    def there(self) -> bool:
        """Whether there is a plan."""
        return not np.isnan(self.value)


NOTHING = Attained(float("nan"))


class Replanned:
    """A plan, to be made again at other figures of its place.

    Parameters
    ----------
    plan : Plan
        As it is.
    place : Place
        Its place.
    objective : str
        What it is measured by; what it makes the most of, unless its money was given.
    limits : RunLimits
        Time and stop signal of each solve.
    """

    def __init__(self, plan: Plan, place: Place, objective: str, limits: RunLimits) -> None:
        self.plan, self.place, self.objective, self.limits = plan, place, objective, limits
        self.kept = Kept(plan, place, objective)
        self.given = plan.status == _SIMULATED
        self.pooling = pooling_of(plan, place)
        self.reinvest = reinvested(plan)
        self._live: LiveProgramme | None = None

    def at(self, figure: Figure, *, verified: bool = False) -> Callable[[float], Attained]:
        """What it comes to with a figure multiplied, planned afresh each time.

        Verified, it is worked out from the plan, as a simulation does.
        """
        if self.given:
            return lambda factor: self._simulated(figure.times(self.place, factor))
        if self.pooling == SILOED:
            return lambda factor: self._siloed(figure.times(self.place, factor))
        return lambda factor: self._best(figure, factor, verified)

    def curve(self, figure: Figure) -> Callable[[float], Attained] | None:
        """The same for a figure that its value is the most of straight lines in.

        That is so where the figure is a value, and moves nothing but what is made the most
        of: no rule, no money and no other plan hangs on it. None where it is not so.
        """
        if figure.kind != VALUE or self.pooling == SILOED:
            return None
        if self.given:
            value, slope = self.kept.value, self.kept.slope(figure)
            return lambda factor: Attained(value + (factor - 1.0) * slope, 0.0, slope)
        if self.pooling != ALIGNED and agencies_compared(self.place):
            return None
        nil, whole = (self._written(moved(self._basis, [figure], factor)) for factor in (0.0, 1.0))
        if not _same(nil.matrix, whole.matrix):
            return None
        return partial(self._along, nil.objectives[0], whole.objectives[0])

    def _along(self, nil: Objective, whole: Objective, factor: float) -> Attained:
        """A live model solved again, with the gain of each variable between two."""
        gain = nil.gain + factor * (whole.gain - nil.gain)
        constant = nil.constant + factor * (whole.constant - nil.constant)
        now = replace(whole, gain=gain, constant=constant)
        values = self._solved(now)
        return Attained(now.value(values), 0.0, whole.value(values) - nil.value(values))

    def _solved(self, objective: Objective) -> np.ndarray:
        for ordered in (False, True):
            if self._live is None:
                self._live = LiveProgramme(self._written(self._basis, ordered), self.limits)
            self._live.make_the_most_of(objective)
            try:
                return self._live.values()
            except SolverFailed:
                # Later steps of returns were filled before earlier ones.
                if ordered or self._live.programme.ordered:
                    raise
                self._live = None
        raise SolverFailed("the plan cannot be made again")

    @cached_property
    def _basis(self) -> Basis:
        """Of the plan as it is: where it gave way, and what it leaves unmet."""
        run = self.plan.run
        return Basis(
            self.place,
            read_pooling(self.place, self.pooling),
            self.reinvest,
            gave_way=gave_way_of(run),
        )

    def _written(self, basis: Basis, ordered: bool = False) -> Programme:
        """The programme at the benchmarks of the plan, and with what it leaves unmet."""
        run = self.plan.run
        marks = {name: Benchmark(**mark) for name, mark in run["benchmarks"].items()}
        asked = basis.altered(shortfall=shortfall_of(run))
        return write(asked, [self.objective], marks, ordered or run.get("steps_ordered", False))

    def _simulated(self, place: Place) -> Attained:
        given = self.plan.run.get("money")
        plan = simulate(place) if given is None else simulate(place, self.plan.tables["money"])
        short = float(plan.tables["needs"]["money_short"].sum())
        return Attained(Kept(plan, place, self.objective).value, short)

    def _siloed(self, place: Place) -> Attained:
        try:
            found = Turns(
                place, [self.objective], reinvest=self.reinvest, solver=DEFAULT_SOLVER,
                limits=self.limits,
            ).through()  # fmt: skip
        except Infeasible:
            return NOTHING
        return self._worked_out(found.programme, Solution(found.values))

    def _best(self, figure: Figure, factor: float, verified: bool) -> Attained:
        basis = moved(self._basis, [figure], factor)
        try:
            marks = self._marks(basis.place)
            if figure.kind != VALUE:
                gave_way = given_apart(basis.place, self.limits, reinvest=self.reinvest)
                basis = basis.altered({"given_way"}, gave_way=gave_way)
            programme, solution = self._planned(basis, marks)
        except Infeasible:
            return NOTHING
        if verified or programme.basis.shortfall is not None:
            return self._worked_out(programme, solution, marks)
        return Attained(solution.objective_values[0])

    def _planned(self, basis: Basis, marks: Mapping[str, Benchmark]) -> tuple[Programme, Solution]:
        written: list[Programme] = []

        def keep(
            ordered: bool,
            shortfall: Shortfall | None = None,
            objectives: Sequence[str] = (self.objective,),
        ) -> Programme:
            asked = basis if shortfall is None else basis.altered(shortfall=shortfall)
            written.append(write(asked, objectives, marks, ordered))
            return written[-1]

        solve = partial(solve_in_order, limits=self.limits, tie_break=False)
        try:
            return solve(keep)
        except Infeasible:
            least = least_shortfall(keep, DEFAULT_SOLVER, self.limits, written[-1])
            if least is None:
                raise
        return solve(partial(keep, shortfall=least))

    def _marks(self, place: Place) -> Mapping[str, Benchmark]:
        """What working apart gives each agency with a rule ``no_worse_off`` at other figures."""
        if self.pooling == ALIGNED:
            return {}
        return benchmarks(
            place, objective=self.objective, reinvest=self.reinvest, limits=self.limits
        )

    def _worked_out(
        self,
        programme: Programme,
        solution: Solution,
        marks: Mapping[str, Benchmark] = MappingProxyType({}),
    ) -> Attained:
        """What a plan comes to by the way of a simulation."""
        basis, evidence = programme.basis, read_solution(programme, solution, marks)
        short = float(evidence.served.money_short(basis).sum()) * basis.scale.money
        return Attained(objective_value(self.objective, basis, evidence), short)


def _same(first: Matrix, second: Matrix) -> bool:
    """Whether two programmes have the same constraints and bounds."""
    return all(np.array_equal(a, vars(second)[name]) for name, a in vars(first).items())
