"""Each agency for itself: an equilibrium, from which none gains by moving alone.

Agencies answer in turn, the largest purse first, from today's money carried on. An answer
sets the agency's own money and lines, with all that others have set as it is; it is given
only for more than £1,000. When a whole round passes without one, the place is at rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

import numpy as np

from placebudget.arguments import Arguments, one_of, share, text
from placebudget.errors import Infeasible, SolverFailed, Stopped
from placebudget.place import Place
from placebudget.place.io.reading import PlaceLike, as_place
from placebudget.place.names import Names, listed
from placebudget.place.once import once
from placebudget.place.rule_kinds import rule_kind
from placebudget.place.subjects import led_by_need
from placebudget.plan.deliver import buy_units, counted_by_area, make_outcomes
from placebudget.plan.evidence import Evidence, debt_cost, read_solution, real_cost
from placebudget.plan.need import avoided_savings, given_up_too_fast, serve
from placebudget.plan.repairs import solved
from placebudget.plan.verify import check_rules, figures_of, verify
from placebudget.programme import (
    ALIGNED,
    DIRECT,
    SILOED,
    Basis,
    Benchmark,
    Objective,
    Programme,
    UnitScale,
    build,
    fill_steps,
    read_objectives,
    read_pooling,
)
from placebudget.programme.basis import Shortfall
from placebudget.programme.blocks.balances import PAID_IN
from placebudget.programme.blocks.lots import one_of_each
from placebudget.programme.each_for_itself import (
    OWN_GOALS,
    POUNDS,
    OwnParts,
    commissions,
    holder,
    own_worth,
    read_own_goals,
)
from placebudget.programme.linear import keys_of
from placebudget.programme.money import REINVESTED
from placebudget.programme.objectives.value import CASHABLE, DROPPED, FISCAL, NET, UNMET, WEIGHTED
from placebudget.programme.rules import Figures, read_rules
from placebudget.progress import Report
from placebudget.solver import (
    DEFAULT_SOLVER,
    RunLimits,
    Solution,
    Status,
    given_apart,
    read_limits,
    solve_in_order,
)
from placebudget.solver.backend.engine import Clock
from placebudget.words import pence

ROUNDS = 10
WORTH_MOVING = 1e3
"""Pounds for which an agency moves; where no pounds are counted, one is enough."""

_NEAR = 1e-6
TODAY = "today"
AT_REST = "at rest"
"""Status of a plan from which nobody gains by moving alone."""
OUT_OF_TIME, NOT_SOLVED = "out of time", "not solved"
"""Status of turns that came to nothing."""


@dataclass(frozen=True)
class Equilibrium:
    """What every agency has set, and how it came to that.

    Parameters
    ----------
    programme : Programme
        The siloed place.
    values : ndarray
        Value of every variable.
    start : str
        ``"today"`` or ``"aligned"``.
    order : tuple of str
        Agencies in the order in which they answer; those without lines are not among them.
    rounds : int
        Rounds in which somebody moved.
    at_rest : bool
        Whether nobody gains by moving alone.
    best : dict of str to tuple of float
        What each agency could come to alone, by its goals, in pounds.
    """

    programme: Programme
    values: np.ndarray
    start: str
    order: tuple[str, ...]
    rounds: int
    at_rest: bool
    best: dict[str, tuple[float, ...]]

    @property
    def status(self) -> str:
        """What was reached, in words."""
        if self.at_rest:
            return AT_REST
        return f"not at rest after {ROUNDS} rounds"


class Turns:
    """Agencies of a place that answer in turn, each planning for itself.

    Raises
    ------
    CannotAnswer
        If no agency has a part of its own in an objective.
    """

    def __init__(
        self,
        place: Place,
        objectives: Sequence[str],
        *,
        reinvest: float = 0.0,
        solver: str,
        limits: RunLimits,
        scale: UnitScale | None = None,
    ) -> None:
        self.place, self.objectives = place, read_own_goals(objectives)
        self.reinvest = reinvest
        self.solver, self.limits, self.scale = solver, limits, scale
        self.clock = Clock(limits.seconds)
        self.programme = self._apart(False)
        self.parts = OwnParts(self.programme, self.objectives)
        self.basis = self.programme.basis

    def _written(self, pooling: str, ordered: bool, **more: Any) -> Programme:
        named = {"objectives": self.objectives, "ordered": ordered, **more}
        return build(
            self.place,
            read_pooling(self.place, pooling),
            reinvest=self.reinvest,
            scale=self.scale,
            **named,
        )

    def _apart(self, ordered: bool) -> Programme:
        """The siloed programme; where services are led by need, some of it may go unmet."""
        return self._written(SILOED, ordered, shortfall=Shortfall() if self._led else None)

    @cached_property
    def _led(self) -> bool:
        return bool(led_by_need(self.place))

    def through(
        self, start: str = TODAY, *, backwards: bool = False, progress: Report | None = None
    ) -> Equilibrium:
        """From a start to rest, or as many rounds as there are.

        Parameters
        ----------
        start : str
            ``"today"``, or ``"aligned"`` for the best aligned plan.
        backwards : bool
            Whether the smallest purse answers first.
        progress : callable, optional
            Told how many turns are done.

        Raises
        ------
        Infeasible
            If no plan keeps all rules that are one agency's own.
        Stopped
            If it was stopped, or ran out of time.
        """
        order = self._order(backwards)
        if self.parts.asks_the_impossible:
            # Nobody can keep it, however money is pooled: the aligned place says what clashes.
            solved(partial(self._written, ALIGNED), self.solver, self._left())
        self.values = self._today() if start == TODAY else self._together()
        seen: dict[int, np.ndarray] = {}
        best: dict[str, tuple[float, ...]] = {}
        at_rest, rounds = False, 0
        while not at_rest and rounds < ROUNDS:
            at_rest = True
            for n, agency in enumerate(order):
                if progress:
                    progress("agencies in turn", rounds * len(order) + n, ROUNDS * len(order))
                sees = self.parts.seen(agency, self.values)
                if agency in seen and np.array_equal(seen[agency], sees):
                    continue
                # From today nearly all move at once: they need not be asked twice.
                moved, reached = self._answered(agency, start == TODAY and agency not in seen)
                seen[agency] = sees
                best[str(self.basis.agencies[agency])] = reached
                at_rest = at_rest and not moved
            rounds += not at_rest
        names = tuple(str(self.basis.agencies[agency]) for agency in order)
        return Equilibrium(self.programme, self.values, start, names, rounds, at_rest, best)

    def _order(self, backwards: bool) -> list[int]:
        """Agencies with lines, the largest purse first, or last."""
        basis = self.basis
        purse = {
            n: basis.classes.funding[basis.classes.agency == name].sum()
            for n, name in enumerate(basis.agencies)
            if (basis.commissioner == name).any()
        }
        found = sorted(purse, key=lambda n: (-purse[n], n))
        return found[::-1] if backwards else found

    # --- starts -----------------------------------------------------------------

    def _today(self) -> np.ndarray:
        """Today's money carried on, as values of the variables."""
        basis, columns = self.basis, self.programme.columns
        lines, offers = basis.lines.position(), {o: n for n, o in enumerate(basis.offers.name)}
        named = np.zeros((len(basis.offers), len(basis.years)))
        unnamed = np.zeros((len(basis.lines), len(basis.years)))
        values = np.zeros(self.programme.matrix.width)
        contribute, money = columns["contribute"], columns["money"]
        values[contribute.numbers] = self._paid_in()
        number = {
            key: n
            for n, key in zip(
                money.numbers.tolist(),
                keys_of(money.index, "class", "route", "line", "year"),
                strict=True,
            )
        }
        klass = {name: c for c, names in enumerate(basis.classes.streams) for name in names}
        routes = {route: n for n, route in enumerate(basis.routes)}
        for row in basis.today.itertuples(index=False):
            c, line, amount = klass[row.stream], lines[row.service, row.area], row.amount
            amount /= basis.scale.money
            own = basis.classes.agency[c] == basis.commissioner[line, row.t]
            column = number.get((c, 0 if own else routes.get(row.route, -1), line, row.t))
            if column is None:
                continue
            values[column] += amount
            if row.offer:
                named[offers[row.offer], row.t] += amount
            else:
                unnamed[line, row.t] += amount
        units, _ = buy_units(basis, unnamed, named)
        self._decide_lots(values, units)
        served = serve(basis, units, units)
        for name, dimensions, amounts in (
            ("units", ("offer", "year"), served.units),
            ("paid", ("offer", "appraisal_year"), served.paid),
            ("avoided", ("line", "appraisal_year"), served.avoided),
            ("unmet", ("line", "year"), served.unmet(basis)),
            ("dropped", ("offer", "year"), given_up_too_fast(basis, units)),
        ):
            if block := columns.get(name):
                values[block.numbers] = amounts[tuple(block.index[d] for d in dimensions)]
        values[columns["step_units"].numbers] = fill_steps(basis, served.filled).ravel()
        return self._followed(values, idle=True)

    def _paid_in(self) -> np.ndarray:
        """What streams pay into pools as they do today, by number of the contribution."""
        block, rows = self.programme.columns["contribute"], self.programme.rows.get(PAID_IN)
        paid = np.zeros(len(block))
        if rows is not None:
            paid[rows.column - block.first] = rows.right[rows.row] / rows.value
        return paid

    def _decide_lots(self, values: np.ndarray, units: np.ndarray) -> None:
        run, offers = self.programme.columns.get("run"), self.basis.offers
        if run is None:
            return
        bought = units > 0
        runs = one_of_each(self.basis, bought, bought | ~offers.starts[:, None])
        values[run.numbers] = runs[run.index["offer"], run.index["year"]]
        first, start = runs.argmax(axis=1), self.programme.columns["start"]
        begins = runs.any(axis=1) & offers.starts
        at = start.index["offer"]
        values[start.numbers] = begins[at] & (first[at] == start.index["year"])
        level = self.programme.columns.get("level")
        if level is not None:
            values[level.numbers] = 0.0
            values[level.first + offers.level[offers.at_open_level(runs)]] = 1.0
        leave = self.programme.columns.get("leave")
        if leave is not None:
            values[leave.numbers] = offers.left(runs)[leave.index["offer"], leave.index["year"]]

    def _together(self) -> np.ndarray:
        """The best aligned plan: the same variables come first in both programmes."""
        left, found = self._left(), _aligned_before(self.place)
        how = (self.objectives, self.reinvest, self.solver, self.scale, left.gap)
        if how not in found:
            # What cannot be kept is let go at once: a clash that nobody reads is long to name.
            given = given_apart(self.place, left, reinvest=self.reinvest, scale=self.scale)
            write = partial(self._written, ALIGNED, gave_way=given)
            found = {how: values_by_column(*solved(write, self.solver, left))}
        aligned = found[how]
        values = np.zeros(self.programme.matrix.width)
        for name, block in self.programme.columns.items():
            if name in aligned:
                values[block.numbers] = aligned[name]
        return self._followed(values)

    # --- answers ----------------------------------------------------------------

    def _answered(self, agency: int, likely: bool) -> tuple[bool, tuple[float, ...]]:
        """Whether an agency moves, and what it could come to by its goals, in pounds.

        Where it is likely to move, where it goes to is found at once; else what it could come to.
        """
        now = None
        if not self.parts.broken(agency, self.values, _NEAR):
            now = self._fares(agency, self.values)
        likely = likely or now is None
        programme, solution = self._solved(agency, tie_break=likely)
        reached = tuple(solution.objective_values)
        if now is not None:
            if not _is_better(self.parts.goals(agency), reached, now):
                return False, reached
            if not likely:
                programme, solution = self._solved(agency, tie_break=True)
        values = self.values.copy()
        for name, block in self.programme.columns.items():
            values[block.numbers] = programme.take(name, solution.values)
        self.values = self._followed(values)
        return True, reached

    def _solved(self, agency: int, *, tie_break: bool) -> tuple[Programme, Solution]:
        def write(ordered: bool) -> Programme:
            if not ordered:
                return self.parts.answer(agency, self.values)
            programme = self._apart(True)
            values = np.zeros(programme.matrix.width)
            for name, block in self.programme.columns.items():
                values[programme.columns[name].numbers] = self.values[block.numbers]
            return OwnParts(programme, self.objectives).answer(agency, values)

        try:
            programme, solution = solve_in_order(
                write, solver=self.solver, limits=self._left(), tie_break=tie_break
            )
        except Infeasible:
            # An agency's own rules are rules of the aligned place, too, which says what clashes.
            solved(partial(self._written, ALIGNED), self.solver, self._left())
            owed = [target.words(None) for target in self.basis.targets if target.owed]
            if owed:
                who = Names(self.place).of("agency", str(self.basis.agencies[agency]))
                raise Infeasible(
                    f"planning for itself, {who} cannot pay what others’ work obliges it to: "
                    f"{listed(owed)}. Give its streams more in the year of payment, or lower the "
                    "reward"
                ) from None
            raise
        if solution.status != Status.OPTIMAL.value and self.clock.up:
            raise Stopped("the run ran out of time before agencies were at rest; nothing was kept")
        return programme, solution

    def _left(self) -> RunLimits:
        if self.limits.stopped:
            raise Stopped("the run was stopped before agencies were at rest; nothing was kept")
        return replace(self.limits, seconds=self.clock.left, progress=None)

    def _fares(self, agency: int, values: np.ndarray) -> tuple[float, ...]:
        """What an agency has come to by its goals, in pounds."""
        return tuple(goal.value(values) for goal in self.parts.goals(agency))

    def _followed(self, values: np.ndarray, *, idle: bool = False) -> np.ndarray:
        """Values with all that follows from what agencies have set."""
        basis, columns = self.basis, self.programme.columns
        matrix = self.programme.matrix
        if "counted" in columns:
            block = columns["counted"]
            steps = values[columns["step_units"].numbers].reshape(len(basis.steps), -1)
            values[block.numbers] = counted_by_area(basis, make_outcomes(basis, steps))[
                block.index["outcome"], block.index["area"], block.index["appraisal_year"]
            ]
        for name, rest in (("pool_balance", "unspent"), ("class_balance", "idle")):
            if (rest == "idle" and not idle) or not len(columns[rest]):
                continue
            rows = self.programme.rows[name].numbers
            values[columns[rest].numbers] = 0.0
            gap = matrix.row_lower[rows] - matrix.times(values)[rows]
            values[columns[rest].numbers] = -gap if rest == "unspent" else gap
        return self.parts.settled(values)


def values_by_column(programme: Programme, solution: Solution) -> dict[str, np.ndarray]:
    """What was reached, by the kind of variable."""
    return {name: programme.take(name, solution.values) for name in programme.columns}


def keep_aligned(place: Place, programme: Programme, solution: Solution, *how: object) -> None:
    """Keep a best aligned plan with its place, so that who starts from it finds it.

    Parameters
    ----------
    how : object
        What was made the most of, the share reinvested, the solver, the scale, and the gap.
    """
    if solution.status == Status.OPTIMAL.value:
        _aligned_before(place)[how] = values_by_column(programme, solution)


@once
def _aligned_before(place: Place) -> dict[tuple[object, ...], Mapping[str, np.ndarray]]:
    """Best aligned plans of a place that were found before, by how they were asked for."""
    return {}


def _is_better(
    goals: Iterable[Objective], first: Sequence[float], second: Sequence[float], digits: float = 0.0
) -> bool:
    """Whether the first goal that differs by enough to move is better met."""
    for goal, one, other in zip(goals, first, second, strict=True):
        if not goal.asked:
            continue
        enough = WORTH_MOVING if goal.unit == POUNDS else 1.0
        if abs(one - other) > enough + digits * abs(one):
            return one > other
    return False


def verify_equilibrium(found: Equilibrium, evidence: Evidence) -> None:
    """Raise unless the plan stands up to every check, and no agency gains by moving alone.

    Rules over several agencies may be broken. What an agency has come to is worked out from
    the plan's own figures; what it could come to alone is what the solver gave last.

    Raises
    ------
    SolverFailed
        With everything that does not hold.
    """
    basis, block = found.programme.basis, found.programme.columns.get("breach")
    shared = () if block is None else {basis.rules[n].name for n in block.index["rule"]}
    verify(basis, evidence, {}, {}, broken=shared)
    if not found.at_rest:
        return
    parts = OwnParts(
        found.programme, tuple(goal.name for goal in found.programme.objectives if goal.asked)
    )
    problems = []
    for name, best in found.best.items():
        agency = int(np.flatnonzero(basis.agencies == name)[0])
        goals = parts.goals(agency)
        has = [
            own_value(goal.name, basis, evidence, agency)
            if goal.name in (*OWN_GOALS, UNMET, DROPPED)
            else goal.value(found.values)
            for goal in goals
        ]
        if _is_better(goals, best, has, 1e-7):
            problems.append(
                f"{name} could come to {pence(best[-1])} alone, and has {pence(has[-1])}"
            )
    if problems:
        raise SolverFailed(
            "the plan is no equilibrium and is not given out:\n- " + "\n- ".join(problems)
        )


def own_value(name: str, basis: Basis, evidence: Evidence, agency: int) -> float:
    """What an agency makes the most of for itself, from the figures of a plan."""
    made, always, years = evidence.made, commissions(basis, agency), len(basis.years)
    mine, who = always[:, :years], str(basis.agencies[agency])
    if name == UNMET:
        return -float(evidence.served.money_short(basis)[mine].sum()) * basis.scale.money
    if name == DROPPED:
        dropped = given_up_too_fast(basis, evidence.served.paid[:, :years])
        cost = basis.by_line(dropped * basis.offers.unit_cost)
        return -float(cost[mine].sum()) * basis.scale.money
    outcome = basis.effects.outcome[made.effect]
    adds = np.isin(outcome, basis.limited)[:, None] | mine[made.line].any(axis=1)[:, None]
    worth_of, counted = own_worth(name, basis, agency)[outcome], made.counted
    if basis.successions:
        # Of what nothing limits only what it bought itself, in the years in which it was there.
        bought = fill_steps(basis, evidence.served.filled) * mine[basis.steps.line]
        limited = np.isin(outcome, basis.limited)[:, None]
        counted = np.where(limited, counted, make_outcomes(basis, bought).counted)
    value = float((worth_of * counted * adds).sum())
    if name == WEIGHTED:
        return value
    value *= basis.scale.money / basis.scale.units
    fiscal, cashable = avoided_savings(basis, evidence.served)
    first = 0 if name in (FISCAL, CASHABLE) else years
    value += float(((fiscal if name == FISCAL else cashable) * always)[:, first:].sum())
    flows = evidence.money.flows
    line, at = basis.lines.position(), {year: t for t, year in enumerate(basis.years)}
    keys = zip(*(flows[key].to_numpy() for key in ("service", "area", "year")), strict=True)
    pays = np.array([mine[line[s, a], at[year]] for s, a, year in keys], bool)
    if basis.successions:
        # What several pay for together each pays by itself.
        streams = basis.place.streams
        of = dict(zip(streams["stream"], streams["agency"], strict=True))
        paid = zip(flows["stream"], flows["year"], strict=True)
        direct = (flows["route"] == DIRECT).to_numpy(bool)
        own_money = [
            holder(basis, of.get(s) or s.removeprefix(f"{REINVESTED}, "), year) == who
            for s, year in paid
        ]
        pays = np.where(direct, np.array(own_money, bool), pays)
    flows = flows[pays]
    own = replace(evidence.money, flows=flows, contributions=evidence.money.contributions[:0])
    value -= debt_cost(basis, evidence.borrowed, net=name == NET, agency=who)
    return value - real_cost(basis, own, reinvested_only=name != NET)


# What working apart gives each agency that is to be no worse off.
#
# That is the siloed plan, each agency for itself, where it leaves no need unmet and breaks no
# rule; else the aligned plan.

# Thousand units of need unmet: less is the last digits of a solver.
_NOTHING = 1e-6


def benchmarks(
    place: PlaceLike,
    *,
    objective: str | Sequence[str] = "public value",
    reinvest: float = 0.0,
    solver: str = DEFAULT_SOLVER,
    limits: RunLimits | None = None,
    base: str = SILOED,
) -> dict[str, Benchmark]:
    """Savings and value of services where agencies work apart, by agency.

    Parameters
    ----------
    place : Place, path or str
        A place that has passed its checks, or what :func:`placebudget.read` reads.
    objective, reinvest, solver, limits
        As for :func:`placebudget.optimise`.
    base : str
        ``"siloed"``, each agency for itself, where no need is unmet then, no rule over
        several agencies broken, and each has a part of its own in the objective; else, or
        with ``"aligned"``, the best aligned plan. Each benchmark says which it is of.

    Returns
    -------
    dict of str to Benchmark
        For the agencies that rules of kind ``no_worse_off`` name, in pounds,
        discounted; empty where there are no such rules.

    Raises
    ------
    InvalidPlace
        If it is no place, or cannot be read.
    WrongArgument
        If anything else that was given cannot be meant; all of it is named.
    Infeasible, Unbounded, Stopped, SolverFailed
        If no plan keeps all rules with the agencies working apart.

    Examples
    --------
    >>> import placebudget as pb
    >>> pb.plan.benchmarks(pb.example("toy_pooling"))
    {}
    """
    with Arguments() as asked:
        place = asked.read(as_place, place)
        objectives = asked.read(read_objectives, objective)
        reinvest = asked.read(share, "reinvest", reinvest)
        solver = asked.read(text, "solver", solver)
        limits = asked.read(read_limits, limits)
        base = asked.read(one_of, "base", base, (SILOED, ALIGNED))
    apart = _Apart(objectives, reinvest, solver, base, limits.seconds, limits.gap, limits)
    return dict(_benchmarks(place, apart))


@dataclass(frozen=True)
class _Apart:
    """How agencies work apart; who watches the run makes no other answer of it."""

    objectives: tuple[str, ...]
    reinvest: float
    solver: str
    base: str
    seconds: float | None
    gap: float
    limits: RunLimits = field(compare=False)


@once
def _benchmarks(place: Place, apart: _Apart) -> Mapping[str, Benchmark]:
    wanted, limits = agencies_compared(place), apart.limits
    if not wanted:
        return {}
    how = apart.objectives, apart.reinvest, apart.solver, limits
    figures, base = None, ""
    if apart.base == SILOED and set(apart.objectives) <= set(OWN_GOALS):
        figures, base = _siloed(place, *how), SILOED
    if figures is None:
        mode = read_pooling(place, ALIGNED)
        write = partial(build, place, mode, objectives=apart.objectives, reinvest=apart.reinvest)
        programme, solution = solved(write, apart.solver, limits)
        figures = figures_of(programme.basis, read_solution(programme, solution, {}))
        base = ALIGNED
    if limits.stopped:
        # What was cut short is not kept as what working apart gives.
        raise Stopped("the run was stopped before agencies working apart were planned")
    return {agency: replace(figures.fares(agency), base=base) for agency in wanted}


def _siloed(
    place: Place, objectives: Sequence[str], reinvest: float, solver: str, limits: RunLimits
) -> Figures | None:
    """What a siloed plan has; None where need is unmet then, a rule broken, or none at rest."""
    turns = Turns(place, objectives, reinvest=reinvest, solver=solver, limits=limits)
    found = turns.through()
    basis = found.programme.basis
    evidence = read_solution(found.programme, Solution(found.values), {})
    verify_equilibrium(found, evidence)
    unmet = evidence.served.unmet(basis)[basis.need.led]
    short = float(unmet.sum()) > _NOTHING or bool(check_rules(basis, evidence, 0.0))
    return figures_of(basis, evidence) if found.at_rest and not short else None


def agencies_compared(place: Place) -> list[str]:
    """The agencies that a rule ``no_worse_off`` compares with working apart, sorted."""
    if not any(rule_kind(kind).benchmarked for kind in place.rules["kind"].tolist()):
        return []
    rules = read_rules(Basis(place, read_pooling(place, ALIGNED)))
    return sorted(
        {
            agency
            for rule in rules
            if rule.record.benchmarked
            for agency in rule.subject.get("agency", ())
        }
    )
