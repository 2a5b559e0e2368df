"""What if we are wrong: plans held as they are while figures turn out otherwise, many times over.

Every draw moves all figures of the place at once, by what is believed of them
(``study.beliefs``), and all plans meet the same draws
(``study.held``). With W[d, n] the worth of plan d in draw n,

chance that d is worth more than e   share of draws n with W[d, n] > W[e, n]
knowing all before planning          mean over n of max over D of W[d, n]
                                       - max over D of mean over n of W[d, n]
knowing figure i alone               mean over theta(i) of max over D(i) of W
                                       - max over D(i) of mean over theta(i) of W

D is the plans that are held and those that were made anew, each at the figures of one of the first
draws (n is one of these), and D(i) with those made where figure i alone is at its tenth or
ninetieth percentile. These are held and counted like all others. They are planned with the money
that is known: what funding turns out to be is none of it. W of a figure alone is taken as straight
between its ends and the middle, with all other figures as they stand. As there are more plans than
those of D, knowing is worth at least what is shown.

What comes from figures of one kind g: by how much W varies where only these move, as a part of the
sum over kinds (alone), and, if it is asked for, Sobol's total index, by two independent sets of
draws A and B and by A with the figures of g from B, AB(g) (Jansen, Analysis of variance designs
for model output, 1999):

with others = mean of (W(A) - W(AB(g)))^2 / (2 Var W)
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from threading import Event
from typing import Any

import numpy as np
import pandas as pd

from placebudget.arguments import Arguments, instance, sequence, whole
from placebudget.errors import Infeasible, Stopped, WrongArgument
from placebudget.place import Place
from placebudget.place.io.reading import PlaceLike, checked_place
from placebudget.place.names import Names
from placebudget.plan import Plan, optimise
from placebudget.plan.optimise import plan_of, writing
from placebudget.plan.record.inputs import at_hand
from placebudget.plan.repairs import solved
from placebudget.plan.resting import COST, EFFECT, NEED, VALUE
from placebudget.plan.simulate import today_of
from placebudget.plan.summary import Paragraph, Summary
from placebudget.plan.workbook_pages import MODEL
from placebudget.programme import one_goal
from placebudget.programme.objectives.value import CASHABLE, PUBLIC
from placebudget.progress import Report, Stage, silent
from placebudget.solver import DEFAULT_SOLVER, RunLimits
from placebudget.study.beliefs import (
    FUNDING,
    INFLATION,
    KINDS,
    Uncertain,
    ends_of,
    factors_of,
    read_correlation,
    read_spreads,
    two_drawn,
    uncertain_figures,
)
from placebudget.study.held import Came, Decided, Moving
from placebudget.study.potential import TITLES
from placebudget.study.potential.barriers import FREED
from placebudget.study.rests_on.result import figure_called, plan_called
from placebudget.study.result import PlaceResult, record_of
from placebudget.study.sweeping import (
    SERIAL,
    ExecutorLike,
    Lost,
    parts_of,
    read_executor,
    read_workers,
    sweep,
)
from placebudget.words import count, many, money, number, percent, sentence

PLANS = ("today", "aligned", "pooled")
"""Plans that are held where nobody names others."""
WORTH, NOT_SERVED, DEFICITS = "worth", "people not served", "deficits"
MEASURES = (WORTH, PUBLIC, CASHABLE, NOT_SERVED, DEFICITS)
_LESS = (NOT_SERVED, DEFICITS)
EVERYBODY = "all agencies"
LOW, MIDDLE, HIGH = 10.0, 50.0, 90.0
_PART = 16
_FIRST_PLANS, _DRAWS, _ANEW = "plans to hold", "draws", "plans made anew"
# How many figures are looked at one by one for each that is planned for: the rest move too little.
_LOOKED_AT = 5
_A_POUND, _NOBODY = 1.0, 0.5
# Agencies that a summary names; and the part that an error may be of what it is an error of.
_FOR_WHOM, _TOO_ROUGH = 6, 0.5
# What a service has more or less than today, of its money, to be raised or cut.
_MOVED = 0.01
# Points of a figure's distribution at which plans are compared, and draws for shares by kind.
_POINTS, _KIND_DRAWS = 64, 32


@dataclass(frozen=True, eq=False)
class Uncertainty(PlaceResult):
    """What plans come to where figures turn out otherwise, and what to find out first.

    ``tables`` holds:

    - ``spread``: plan, measure, unit, as_planned, mean, p10, p50, p90, worse_than_today (share of
      draws in which the plan does worse than today's money in the same draw);
    - ``deficits``: plan, agency, mean, p10, p50, p90 (pounds, cash, all years), share (of draws in
      which the agency has to find anything);
    - ``beats``: first, second, agency (or all agencies), better, same, worse (shares of draws),
      p10, p50, p90 (of what the first has more): of all agencies in worth, of one in cashable
      saving less what it has to find;
    - ``services``: service, today, planned, mean, funded, more, less, at_most (shares of the plans
      made anew at draws in which it has money, more or less than today, all it can take);
    - ``find_out``: kind, service, outcome, agency, part, amount, low, high, grade, recorded,
      worth_low, worth_high (of the plan that is worth most on average), pounds (knowing it alone);
    - ``kinds``: kind, p10, p90 (worth of that plan where only figures of the kind move), alone
      (its part of what worth varies by kind by kind), with_others (Sobol's total index);
    - ``knowing``: what, pounds, error, draws, plans (of the draws for which there is one);
    - ``beliefs``: kind, grade, figures, spread, correlation, recorded (figures with a spread
      of their own or a range of their source);
    - ``draws``: plan, draw, and each measure.

    Parameters
    ----------
    place : Place
        The place.
    plans : mapping of str to Plan
        The plans that were held.
    best : str
        The plan that is worth most on average over the draws; not the freed one, a benchmark,
        where there are others.
    """

    plans: Mapping[str, Plan] = field(repr=False)
    best: str

    @property
    def table(self) -> pd.DataFrame:
        """Spread of each plan."""
        return self.tables["spread"]

    @property
    def units(self) -> Mapping[str, str]:
        """What figures are counted in."""
        cash = "pounds, cash, all years"
        return {"deficits": cash, "services": cash, "knowing": self.unit, "beats": self.unit}

    @property
    def unit(self) -> str:
        """What worth is counted in."""
        return f"pounds, {self.place.settings.price_base} prices, discounted"

    @property
    def draws(self) -> int:
        """How many draws there are."""
        return int(self.tables["draws"]["draw"].nunique())

    def worth(self) -> pd.DataFrame:
        """Worth of each plan in each draw: draws x plans."""
        rows = self.tables["draws"]
        return rows.pivot(index="draw", columns="plan", values=WORTH)[list(self.plans)]

    def beats(self, first: str, second: str, agency: str = EVERYBODY) -> pd.Series:
        """How often, and by how much, one plan does better than another."""
        rows = self.tables["beats"]
        mine = rows[(rows["first"] == first) & (rows["second"] == second)]
        return mine.set_index("agency").loc[agency]

    def finding(self) -> str:
        """How often pooling is worth more than acting in step, and by how much."""
        rows = self.tables["beats"]
        rows = rows[rows["agency"] == EVERYBODY]
        if rows.empty:
            row = self.table.set_index(["plan", "measure"]).loc[(self.best, WORTH)]
            return (
                f"In eight draws of ten {plan_called(self.best)} is worth from "
                f"{money(row['p10'])} to {money(row['p90'])}"
            )
        pooling = rows[(rows["first"] == "pooled") & (rows["second"] == "aligned")]
        return _beaten((pooling if len(pooling) else rows).iloc[0])

    def called(self, row: Mapping[str, Any]) -> str:
        """A figure as the label of a row."""
        if row["kind"] in (VALUE, EFFECT, COST, NEED):
            return figure_called(Names(self.place), row, several=True)
        if row["kind"] == INFLATION:
            return f"Inflation: {row['part']}"
        named = "agency" if row["kind"] == FUNDING else "service"
        return f"{sentence(self.name_of(named, row[named]))}: {row['kind']}"

    def summarised(self) -> Summary:
        """The finding, the spread of each plan, for whom, and what to find out first."""
        return Summary(self.title, tuple(self._told()), MODEL)

    def _told(self) -> Iterator[Paragraph]:
        yield Paragraph(f"{self.finding()}.")
        rows = self.table[self.table["measure"] == WORTH]
        yield Paragraph(
            "Worth in eight draws of ten, public value less what has to be found:",
            tuple(self._ranged(row) for row in rows.to_dict("records")),
        )
        whom = [self._for_whom(row) for row in self._pooling()]
        if len(whom) > _FOR_WHOM:
            whom = [*whom[:_FOR_WHOM], f"And {number(len(whom) - _FOR_WHOM)} more."]
        if whom:
            yield Paragraph("For whom, in cashable saving less what has to be found:", tuple(whom))
        for row in self.tables["knowing"].to_dict("records"):
            said = (
                "To know every figure but funding before planning would be worth at least "
                f"{money(row['pounds'])} (standard error {money(row['error'])}, in "
                f"{number(row['draws'])} draws)."
            )
            if row["error"] > _TOO_ROUGH * row["pounds"]:
                said = (
                    "What knowing every figure before planning would be worth cannot be told from "
                    f"{number(row['draws'])} draws; more plans made anew would tell it."
                )
            if row["plans"] < row["draws"]:
                said += (
                    f" In {number(row['draws'] - row['plans'])} of these no plan keeps every rule "
                    "of the place."
                )
            yield Paragraph(said)
        first = [row for row in self.tables["find_out"].to_dict("records")
                 if row["pounds"] >= _A_POUND]  # fmt: skip
        if first:
            yield Paragraph(
                "What to find out first, by what knowing each alone is worth at least:",
                tuple(f"{self.called(row)}: {money(row['pounds'])}." for row in first),
            )
        elif len(self.tables["find_out"]):
            yield Paragraph(
                "No figure that was looked at would, known alone, change which plan is best."
            )

    def _ranged(self, row: Mapping[str, Any]) -> str:
        worse = "" if row["plan"] == "today" or pd.isna(row["worse_than_today"]) else (
            f"; in {percent(row['worse_than_today'])} of draws less than today"
        )  # fmt: skip
        return (
            f"{sentence(plan_called(row['plan']))}: from {money(row['p10'])} to "
            f"{money(row['p90'])}, with {money(row['as_planned'])} as planned{worse}."
        )

    def _pooling(self) -> list[dict[str, Any]]:
        """Agencies for which pooling changes anything, those most often worse off first."""
        rows = self.tables["beats"]
        mine = (rows["first"] == "pooled") & (rows["second"] == "aligned")
        mine &= (rows["agency"] != EVERYBODY) & (rows["same"] < 1.0 - 1e-9)
        found = rows[mine].sort_values("worse", ascending=False, kind="stable")
        return found.to_dict("records")

    def _for_whom(self, row: Mapping[str, Any]) -> str:
        name = sentence(self.name_of("agency", row["agency"]))
        return (
            f"{name}: better off by pooling in {percent(row['better'])} of draws, worse off in "
            f"{percent(row['worse'])}."
        )


def _beaten(row: Mapping[str, Any]) -> str:
    first, second = plan_called(row["first"]), plan_called(row["second"])
    if row["same"] > 1.0 - 1e-9:
        return f"In every draw {first} is worth the same as {second}"
    said = f"In {percent(row['better'])} of draws {first} is worth more than {second}"
    if row["p50"] >= _A_POUND:
        said += f", in half of all draws by at least {money(row['p50'])}"
    if row["worse"] <= 0:
        return said
    if row["p10"] <= -_A_POUND:
        return f"{said}; in one draw of ten it is worth less by {money(-row['p10'])} or more"
    return f"{said}; in {percent(row['worse'])} it is worth less"


def uncertainty(
    place: PlaceLike,
    *,
    plans: Sequence[str] | Mapping[str, Plan] = PLANS,
    pooling: str | Sequence[str] = "pooled",
    draws: int = 256,
    replanned: int = 16,
    find_out: int = 5,
    sobol: int = 0,
    seed: int = 0,
    spread: Mapping[str, Mapping[str, float] | float] | float | None = None,
    correlation: Mapping[str, float] | float | None = None,
    executor: ExecutorLike = SERIAL,
    workers: int | None = None,
    seconds: float | None = None,
    gap: float = 0.0,
    stop: Event | None = None,
    progress: Report | None = None,
) -> Uncertainty:
    """What plans come to where figures turn out otherwise, and what to find out first.

    Effects, values, needs, unit costs, funding, prices and the pace at which capacity goes are
    drawn together from what is believed of them. Plans are held as they are: their money stands.

    Parameters
    ----------
    place : Place, path or str
        The place, or what :func:`placebudget.read` reads. It is checked first.
    plans : sequence of str, or mapping of str to Plan
        Plans to make and hold (today, siloed, aligned, pooled, freed), or plans of the place.
    pooling
        Of the plans that are made anew; as for :func:`placebudget.optimise`.
    draws : int
        How many draws; the next power of two, for which the sequence is even.
    replanned : int
        For how many of the draws a plan is made anew, each from cold, unique and verified.
    find_out : int
        For how many figures plans are made anew with each alone low and high.
    sobol : int
        For how many draws Sobol's total indices are worked out, by kind; 0: none. They take long.
    seed : int
        What draws are drawn from. The same seed gives the same numbers with any number of workers.
    spread : mapping or float, optional
        Standard deviations over the mean, by kind and by grade of evidence or status, which take
        the place of :data:`placebudget.study.beliefs.SPREADS`; 0: certain.
    correlation : mapping or float, optional
        Of any two figures of a kind, by kind; else :data:`placebudget.study.beliefs.CORRELATION`.
    executor, workers
        Where draws are worked out; see :func:`placebudget.study.sweep`.
    seconds, gap, stop, progress
        As for :func:`placebudget.optimise`, for each plan. Stopping keeps the draws that are done.

    Raises
    ------
    WrongArgument
        If something that was given cannot be meant; all of it is named.
    InvalidPlace, Infeasible, Unbounded, Stopped, SolverFailed
        If a plan to hold cannot be found.

    Examples
    --------
    >>> import placebudget as pb
    >>> place = pb.example("toy_pooling")
    >>> found = uncertainty(place, plans=["today", "freed"], draws=64, replanned=0, find_out=0)
    >>> row = found.beats("freed", "today")
    >>> bool(row["better"] > row["worse"])
    True
    """
    with Arguments() as asked:
        place = asked.read(checked_place, place)
        wanted = asked.read(read_plans, plans)
        mode = asked.read(one_goal, place, pooling)
        drawn = asked.read(whole, "draws", draws, least=2)
        anew = asked.read(whole, "replanned", replanned)
        looked = asked.read(whole, "find_out", find_out)
        indices = asked.read(whole, "sobol", sobol)
        seed = asked.read(whole, "seed", seed)
        spreads = asked.read(read_spreads, place, spread)
        together = asked.read(read_correlation, correlation)
        executor = asked.read(read_executor, executor)
        workers = asked.read(read_workers, workers)
        limits = asked.read(RunLimits.given, seconds, gap, stop, progress)
    figures = uncertain_figures(place, spreads)
    if not figures:
        raise WrongArgument("every figure is certain with this spread: there is nothing to draw")
    drawn = 1 << (drawn - 1).bit_length()
    report, run = limits.progress or silent, replace(limits, progress=None)
    held = made_of(place, wanted, run, report)
    study = _Study(place, figures, held, _Way(executor, workers, stop, progress))
    scores = two_drawn(figures, together, drawn, seed)
    main = study.main(scores[0])
    asked_anew = _Anew(study.moving, mode.name, run.seconds, run.gap)
    found_anew = study.anew(asked_anew, study.drawn[:anew])
    find = study.find_out(main, scores[0], asked_anew, looked)
    kinds = study.kinds(main, scores, indices)
    tables = {
        "spread": main.spread(place.settings.price_base),
        "deficits": main.deficits(),
        "beats": main.beats(),
        "services": _services(place, held, found_anew),
        "find_out": find,
        "kinds": kinds,
        "knowing": study.knowing(main, found_anew, anew),
        "beliefs": _beliefs(figures, spreads, together),
        "draws": main.draws(),
    }
    facts = {
        "plans": list(held), "pooling": mode.name, "draws": drawn, "draws_done": len(main.rows),
        "replanned": anew, "find_out": looked, "sobol": indices, "seed": seed, "spread": spreads,
        "correlation": together, "gap": gap,
    }  # fmt: skip
    return Uncertainty(
        f"{place.title}: what if we are wrong, in {number(len(main.rows))} draws",
        tables, _notes(place, figures, facts, found_anew), record_of(place, "uncertainty", **facts),
        place, held, main.best,
    )  # fmt: skip


def read_plans(given: object) -> dict[str, Plan | None]:
    """Plans to hold, those that are yet to be made without a plan."""
    if isinstance(given, Mapping):
        found: dict[str, Plan | None] = {
            str(name): instance("plans", plan, Plan, "plans by name")
            for name, plan in given.items()
        }
    else:
        names = [given] if isinstance(given, str) else sequence(given)
        wrong = [name for name in names or () if name not in TITLES]
        if names is None or wrong:
            raise WrongArgument(
                f"plans are some of {', '.join(TITLES)}, or plans by name"
                + (f", and {wrong[0]!r} is none" if wrong else "")
            )
        found = dict.fromkeys(names)
    if not found:
        raise WrongArgument("there is no plan to hold: name one or more")
    return found


def made_of(
    place: Place, wanted: Mapping[str, Plan | None], limits: RunLimits, report: Report
) -> dict[str, Plan]:
    """Plans to hold; those that are not there yet are made."""
    held: dict[str, Plan] = {}
    for n, (name, plan) in enumerate(wanted.items()):
        report(Stage(f"{_FIRST_PLANS}, {plan_called(name)}", _FIRST_PLANS, name), n, len(wanted))
        if plan is not None:
            at_hand(plan, place, "what a plan comes to at other figures")
        held[name] = plan or _made(place, name, limits)
    return held


def _made(place: Place, name: str, limits: RunLimits) -> Plan:
    if name == "today":
        return today_of(place)
    return optimise(
        place, pooling=name, prices=False, seconds=limits.seconds, gap=limits.gap, stop=limits.stop
    )


# Draws, worked out in parts that are cut before anybody knows how many workers there are.


def _came(
    moving: Moving, decided: Sequence[Decided], part: Sequence[np.ndarray]
) -> list[list[Came]]:
    """What plans come to where figures are multiplied by each row of factors."""
    found = []
    for factors in part:
        moved, missing = moving.at(factors), moving.missing(factors)
        found.append([moving.came(each, moved, missing) for each in decided])
    return found


@dataclass(frozen=True)
class _Remade:
    """A plan made anew at figures as they turned out.

    Parameters
    ----------
    decided : Decided
        What it decides.
    money : Series
        Pounds by service, all years.
    full : frozenset of str
        Services that get all they need or can take, in all years and areas.
    """

    decided: Decided
    money: pd.Series
    full: frozenset[str]


@dataclass(frozen=True)
class _Anew:
    """How plans are made anew: each from cold, so that it does not matter who makes which."""

    moving: Moving
    pooling: str
    seconds: float | None
    gap: float

    def __call__(self, part: Sequence[np.ndarray]) -> list[_Remade | None]:
        return [self._made(factors) for factors in part]

    def _made(self, factors: np.ndarray) -> _Remade | None:
        place, moving = self.moving.place(factors), self.moving
        limits, started = RunLimits(self.seconds, self.gap), time.monotonic()
        mode = one_goal(place, self.pooling)
        options = {
            "objective": [PUBLIC], "pooling": mode.name, "reinvest": 0.0, "gap": self.gap,
            "seconds": self.seconds, "prices": 0, "scale": None,
        }  # fmt: skip
        try:
            marks, write = writing(place, (PUBLIC,), mode, 0.0, DEFAULT_SOLVER, limits, None)
            programme, solution = solved(write, DEFAULT_SOLVER, limits, named=False)
        except Infeasible:
            return None
        plan = plan_of(programme, solution, marks, options, None, started)
        decided = Decided.of(plan, moving.basis.place, moving.unit_cost(factors))
        return _Remade(decided, _spent(plan), _full(plan, programme.basis))


def _spent(plan: Plan) -> pd.Series:
    return plan.money("service").set_index("service")["amount"]


def _full(plan: Plan, basis: Any) -> frozenset[str]:
    """Services whose need is wholly met, or whose capacity is wholly bought, everywhere."""
    units = plan.tables["units"]
    bought = np.zeros((len(basis.offers), len(basis.years)))
    number_of = {name: o for o, name in enumerate(basis.offers.name)}
    year = {name: t for t, name in enumerate(basis.years)}
    at = units["offer"].map(number_of).to_numpy(), units["year"].map(year).to_numpy()
    np.add.at(bought, at, units["units"].to_numpy(float) / basis.scale.units)
    open_ = np.arange(len(basis.years)) >= basis.offers.first_year[:, None]
    most = basis.by_line(np.where(open_, basis.offers.capacity[:, None], 0.0))
    room = np.maximum(basis.room - basis.brought[:, : len(basis.years)], 0.0)
    full = (basis.by_line(bought) >= np.minimum(most, room) * (1.0 - 1e-6)).all(axis=1)
    services = basis.lines.service
    return frozenset(str(each) for each in set(services) if full[services == each].all())


@dataclass(frozen=True)
class _Way:
    """Where work is done, and who is told."""

    executor: ExecutorLike
    workers: int | None
    stop: Event | None
    progress: Report | None

    @property
    def stopped(self) -> bool:
        return self.stop is not None and self.stop.is_set()

    def through(
        self, work: Any, rows: Sequence[np.ndarray] | np.ndarray, size: int, what: str
    ) -> dict[int, Any]:
        """Answers by the number of their row; of parts that were not worked out there is none."""
        parts = parts_of(list(rows), size)
        found: dict[int, Any] = {}
        for n, part in sweep(
            work, parts, executor=self.executor, workers=self.workers, stop=self.stop,
            progress=self.progress, what=what,
        ):  # fmt: skip
            if not isinstance(part, Lost):
                found |= {n * size + k: each for k, each in enumerate(part)}
        return {number: found[number] for number in sorted(found)}


class _Study:
    """A place whose figures move, with the plans that are held."""

    def __init__(
        self, place: Place, figures: Sequence[Uncertain], plans: Mapping[str, Plan], way: _Way
    ) -> None:
        self.place, self.figures, self.way = place, figures, way
        self.moving = Moving(place, figures)
        self.names = list(plans)
        self.decided = [Decided.of(plan, place) for plan in plans.values()]
        self.as_planned = self.alone(np.ones(len(figures)), self.decided)

    def alone(self, factors: np.ndarray, decided: Sequence[Decided]) -> list[Came]:
        return _came(self.moving, decided, [factors])[0]

    def main(self, scores: np.ndarray) -> _Main:
        """All plans under all draws."""
        self.drawn = factors_of(self.figures, scores)
        work = partial(_came, self.moving, self.decided)
        found = self.way.through(work, self.drawn, _PART, _DRAWS)
        if not found:
            raise Stopped("the study was stopped before a draw was worked out; nothing was kept")
        agencies = [str(name) for name in self.moving.basis.agencies]
        return _Main(self.names, agencies, self.as_planned, found)

    def anew(self, asked: _Anew, rows: np.ndarray) -> dict[int, _Remade]:
        """Plans made anew at the figures of some draws."""
        found = self.way.through(asked, rows, 1, _ANEW)
        return {n: each for n, each in found.items() if each is not None}

    def find_out(self, main: _Main, scores: np.ndarray, asked: _Anew, many_: int) -> pd.DataFrame:
        """What knowing each of the figures that matter most would be worth.

        Which these are is told by how the worth of the best plan, and what others are worth more
        or less than it, go with each figure over the draws.
        """
        ends = ends_of(self.figures)
        order = [] if self.way.stopped else self._most(main, scores, many_ * _LOOKED_AT)
        work = partial(_came, self.moving, self.decided)
        at = np.ones((2 * len(order), len(self.figures)))
        for k, n in enumerate(order):
            at[2 * k, n], at[2 * k + 1, n] = ends[:, n]
        here = np.array([each.worth for each in self.as_planned])
        came = self.way.through(work, at, _PART, "figures one by one")
        worth = {
            n: np.array([[each.worth for each in came[2 * k]], here,
                         [each.worth for each in came[2 * k + 1]]])
            for k, n in enumerate(order) if 2 * k in came and 2 * k + 1 in came
        }  # fmt: skip
        mine = main.to_choose
        known = {n: self._knowing(n, curves[:, mine]) for n, curves in worth.items()}
        ranked = sorted(known, key=lambda n: (-known[n], order.index(n)))[:many_]
        again = {} if self.way.stopped else self.way.through(
            asked, [at[2 * order.index(n) + side] for n in ranked for side in (0, 1)], 1, _ANEW
        )  # fmt: skip
        for k, n in enumerate(ranked):
            more = [each.decided for side in (0, 1) if (each := again.get(2 * k + side))]
            points = np.ones((3, len(self.figures)))
            points[[0, 2], n] = ends[:, n]
            curves = [[each.worth for each in self.alone(point, more)] for point in points]
            known[n] = self._knowing(
                n, np.hstack([worth[n][:, mine], np.array(curves).reshape(3, -1)])
            )
        best = self.names.index(main.best)
        rows = [
            {
                **{name: getattr(self.figures[n].figure, name)
                   for name in ("kind", "service", "outcome", "agency", "part", "amount")},
                "low": ends[0, n], "high": ends[1, n], "grade": self.figures[n].grade,
                "recorded": self.figures[n].recorded, "worth_low": worth[n][0, best],
                "worth_high": worth[n][2, best], "pounds": known[n],
            }
            for n in sorted(ranked, key=lambda n: (-known[n], order.index(n)))
        ]  # fmt: skip
        columns = ["kind", "service", "outcome", "agency", "part", "amount", "low", "high",
                   "grade", "recorded", "worth_low", "worth_high", "pounds"]  # fmt: skip
        return pd.DataFrame(rows, columns=columns)

    def _most(self, main: _Main, scores: np.ndarray, most: int) -> list[int]:
        """Figures by which worth, or what plans have more than the best, moves most."""
        worth, value = main.of(WORTH), main.of(PUBLIC)
        best = self.names.index(main.best)
        moved = np.column_stack([value[:, best], worth - worth[:, [best]]])
        mine = scores[list(main.rows)]
        slope = np.abs((mine - mine.mean(axis=0)).T @ (moved - moved.mean(axis=0))) / len(mine)
        # The best plan's own value, and how far plans part: each by its own scale.
        width = np.where(slope.max(axis=0) > _A_POUND, slope.max(axis=0), np.inf)
        weight = (slope / width).max(axis=1)
        weight[[each.figure.kind == FUNDING for each in self.figures]] = 0.0
        order = np.argsort(-weight, kind="stable")[:most]
        return [int(n) for n in order if weight[n] > 0]

    def _knowing(self, n: int, curves: np.ndarray) -> float:
        """What it is worth to know a figure before planning: 3 points x plans."""
        below = (np.arange(_POINTS) + 0.5) / _POINTS
        factors = drawn_alone(self.figures[n], below)
        points = np.array([ends_of([self.figures[n]])[0, 0], 1.0, ends_of([self.figures[n]])[1, 0]])
        worth = np.column_stack([_straight(points, curve, factors) for curve in curves.T])
        return float(worth.max(axis=1).mean() - worth.mean(axis=0).max())

    def knowing(self, main: _Main, anew: Mapping[int, _Remade], asked: int) -> pd.DataFrame:
        """What it is worth to know all figures but funding before planning."""
        columns = ["what", "pounds", "error", "draws", "plans"]
        mine = [n for n in list(main.rows)[:asked] if n < asked]
        if len(mine) < 2 or not anew:
            return pd.DataFrame([], columns=columns)
        work = partial(_came, self.moving, [each.decided for each in anew.values()])
        came = self.way.through(work, self.drawn[mine], _PART, "plans made anew under draws")
        if len(came) < len(mine):
            return pd.DataFrame([], columns=columns)
        held = main.of(WORTH)[: len(mine), main.to_choose]
        worth = np.hstack([held, [[each.worth for each in row] for row in came.values()]])
        known = worth.max(axis=1) - worth[:, worth.mean(axis=0).argmax()]
        error = float(known.std(ddof=1) / np.sqrt(len(known)))
        row = ("every figure but funding", float(known.mean()), error, len(mine), len(anew))
        return pd.DataFrame([row], columns=columns)

    def kinds(self, main: _Main, scores: np.ndarray, sobol: int) -> pd.DataFrame:
        """What the worth of the best plan varies by, by kind of figures."""
        columns = ["kind", "p10", "p90", "alone", "with_others"]
        here = [kind for kind in KINDS if any(each.figure.kind == kind for each in self.figures)]
        none = pd.DataFrame([], columns=columns)
        if not here or self.way.stopped:
            return none
        of = np.array([each.figure.kind for each in self.figures], dtype=object)
        a, b = (factors_of(self.figures, each) for each in scores)
        few = min(len(a), _KIND_DRAWS)
        best = self.names.index(main.best)
        work = partial(_came, self.moving, [self.decided[best]])
        rows = [np.where(of == kind, a[:few], 1.0) for kind in here]
        if sobol:
            rows += [a[:sobol], *(np.where(of == kind, b[:sobol], a[:sobol]) for kind in here)]
        came = self.way.through(work, np.concatenate(rows), _PART, "draws by kind")
        if len(came) < sum(map(len, rows)):
            return none
        ends = np.cumsum([len(row) for row in rows])[:-1]
        worth = np.split(np.array([came[n][0].worth for n in sorted(came)]), ends)
        whole_ = sum(float(each.var()) for each in worth[: len(here)])
        found = []
        for k, kind in enumerate(here):
            low, high = np.percentile(worth[k], [LOW, HIGH])
            total = float("nan")
            if sobol:
                total = total_index(worth[len(here)], worth[len(here) + 1 + k])
            alone = float(worth[k].var()) / whole_ if whole_ > 0 else 0.0
            found.append((kind, low, high, alone, total))
        return pd.DataFrame(found, columns=columns)


def total_index(as_drawn: np.ndarray, mixed: np.ndarray) -> float:
    """How much of a variance comes from a group of inputs, together with all others.

    Parameters
    ----------
    as_drawn : ndarray
        What draws come to.
    mixed : ndarray
        What they come to with the group from an independent set of draws.

    Returns
    -------
    float
        Sobol's total index, as Jansen estimates it.

    Examples
    --------
    Of a sum of two inputs that vary alike each brings a half:

    >>> draw = np.random.default_rng(1)
    >>> x, y, other = draw.random((3, 100_000))
    >>> float(round(total_index(x + y, other + y), 2))
    0.5
    """
    variance = float(as_drawn.var())
    return float(np.square(as_drawn - mixed).mean()) / (2.0 * variance) if variance > 0 else 0.0


def _straight(points: np.ndarray, values: np.ndarray, at: np.ndarray) -> np.ndarray:
    """A line through three points, which goes on straight beyond the ends."""
    first, last = np.diff(values) / np.where(np.diff(points) > 0, np.diff(points), 1.0)
    return np.where(
        at < points[1], values[1] + first * (at - points[1]), values[1] + last * (at - points[1])
    )


def drawn_alone(figure: Uncertain, below: np.ndarray) -> np.ndarray:
    """Factors of one figure below which shares of its distribution lie."""
    from scipy.special import ndtri

    return factors_of([figure], ndtri(below)[:, None])[:, 0]


@dataclass(frozen=True)
class _Main:
    """What plans come to in the draws.

    Parameters
    ----------
    names, agencies : list of str
        Of the plans, and of the agencies.
    as_planned : list of Came
        By plan: with all figures as they stand.
    rows : dict of int to list of Came
        By draw, by plan.
    """

    names: list[str]
    agencies: list[str]
    as_planned: list[Came]
    rows: Mapping[int, list[Came]]

    def of(self, measure: str) -> np.ndarray:
        """Draws x plans of a measure."""
        return np.array([[_measured(each, measure) for each in row] for row in self.rows.values()])

    @property
    def best(self) -> str:
        """The plan that is worth most on average, of those that can be chosen."""
        mean = self.of(WORTH).mean(axis=0)
        return self.names[max(self.to_choose, key=lambda n: float(mean[n]))]

    @property
    def to_choose(self) -> list[int]:
        """Plans that somebody could choose: the freed one is a benchmark, unless it is alone."""
        every = range(len(self.names))
        return [n for n in every if self.names[n] != FREED] or list(every)

    def spread(self, base: str) -> pd.DataFrame:
        units = {
            NOT_SERVED: "people, all years added up", DEFICITS: "pounds, cash, all years",
        }  # fmt: skip
        now = self.names.index("today") if "today" in self.names else None
        rows = []
        for measure in MEASURES:
            values, sign = self.of(measure), -1.0 if measure in _LESS else 1.0
            least = _NOBODY if measure == NOT_SERVED else _A_POUND
            for n, name in enumerate(self.names):
                low, middle, high = np.percentile(values[:, n], [LOW, MIDDLE, HIGH])
                worse = float("nan") if now is None else float(
                    (sign * (values[:, n] - values[:, now]) < -least).mean()
                )  # fmt: skip
                rows.append({
                    "plan": name, "measure": measure,
                    "unit": units.get(measure, f"pounds, {base} prices, discounted"),
                    "as_planned": _measured(self.as_planned[n], measure),
                    "mean": float(values[:, n].mean()), "p10": low, "p50": middle, "p90": high,
                    "worse_than_today": worse,
                })  # fmt: skip
        order = {name: n for n, name in enumerate(self.names)}
        table = pd.DataFrame(rows)
        return table.sort_values("plan", key=lambda c: c.map(order), kind="stable",
                                 ignore_index=True)  # fmt: skip

    def deficits(self) -> pd.DataFrame:
        rows = []
        for n, name in enumerate(self.names):
            values = np.array([row[n].deficits for row in self.rows.values()])
            for a, agency in enumerate(self.agencies):
                mine = values[:, a]
                if mine.max() >= _A_POUND:
                    low, middle, high = np.percentile(mine, [LOW, MIDDLE, HIGH])
                    rows.append((name, agency, mine.mean(), low, middle, high,
                                 (mine >= _A_POUND).mean()))  # fmt: skip
        return pd.DataFrame(
            rows, columns=["plan", "agency", "mean", "p10", "p50", "p90", "share"]
        ).astype({"plan": "str", "agency": "str"})

    def beats(self) -> pd.DataFrame:
        rows = []
        for first, second in _pairs(self.names):
            f, s = self.names.index(first), self.names.index(second)
            worth = self.of(WORTH)
            rows.append((first, second, EVERYBODY, *_compared(worth[:, f] - worth[:, s])))
            own = np.array([
                [each.saved - each.discounted for each in row] for row in self.rows.values()
            ])  # fmt: skip
            for a, agency in enumerate(self.agencies):
                rows.append((first, second, agency, *_compared(own[:, f, a] - own[:, s, a])))
        columns = ["first", "second", "agency", "better", "same", "worse", "p10", "p50", "p90"]
        return pd.DataFrame(rows, columns=columns)

    def draws(self) -> pd.DataFrame:
        rows = [
            {"plan": name, "draw": draw, **{m: _measured(row[n], m) for m in MEASURES}}
            for n, name in enumerate(self.names)
            for draw, row in self.rows.items()
        ]
        return pd.DataFrame(rows)


def _measured(came: Came, measure: str) -> float:
    return {
        WORTH: came.worth, PUBLIC: came.value, CASHABLE: came.cashable,
        NOT_SERVED: came.not_served, DEFICITS: float(came.deficits.sum()),
    }[measure]  # fmt: skip


def _compared(more: np.ndarray) -> tuple[float, ...]:
    better, worse = float((more >= _A_POUND).mean()), float((more <= -_A_POUND).mean())
    low, middle, high = np.percentile(more, [LOW, MIDDLE, HIGH])
    return better, 1.0 - better - worse, worse, low, middle, high


def _pairs(names: Sequence[str]) -> list[tuple[str, str]]:
    """Pooling against acting in step first, then each plan against the one before it."""
    steps = list(zip(names[1:], names[:-1], strict=True))
    first = [("pooled", "aligned")] if {"pooled", "aligned"} <= set(names) else []
    return list(dict.fromkeys([*first, *steps]))


def _services(place: Place, held: Mapping[str, Plan], anew: Mapping[int, _Remade]) -> pd.DataFrame:
    """How often each service has money, more or less than today, and all that it can take."""
    columns = ["service", "today", "planned", "mean", "funded", "more", "less", "at_most"]
    if not anew:
        return pd.DataFrame([], columns=columns)
    services = sorted(place.services["service"])
    today = _spent(today_of(place)).reindex(services, fill_value=0.0)
    plan = held.get("pooled", list(held.values())[-1])
    planned = _spent(plan).reindex(services, fill_value=0.0)
    each = pd.DataFrame({n: made.money for n, made in anew.items()})
    each = each.reindex(services).fillna(0.0)
    step = np.maximum(_MOVED * today.to_numpy(), _A_POUND)[:, None]
    more = each.to_numpy() - today.to_numpy()[:, None]
    full = np.array([[name in made.full for made in anew.values()] for name in services])
    return pd.DataFrame(
        {
            "service": services, "today": today.to_numpy(), "planned": planned.to_numpy(),
            "mean": each.mean(axis=1).to_numpy(),
            "funded": (each.to_numpy() >= _A_POUND).mean(axis=1),
            "more": (more > step).mean(axis=1), "less": (more < -step).mean(axis=1),
            "at_most": full.mean(axis=1),
        }
    )  # fmt: skip


def _beliefs(
    figures: Sequence[Uncertain],
    spreads: Mapping[str, Mapping[str, float]],
    together: Mapping[str, float],
) -> pd.DataFrame:
    """What is believed: how many figures of each kind and grade, and how far they may be off."""
    rows: dict[tuple[str, str], list[Uncertain]] = {}
    for each in figures:
        rows.setdefault((each.figure.kind, each.grade), []).append(each)
    return pd.DataFrame(
        [
            (kind, grade or "none", len(mine), spreads[kind][grade], together[kind],
             sum(each.recorded for each in mine))
            for (kind, grade), mine in sorted(
                rows.items(), key=lambda item: (KINDS.index(item[0][0]), item[0][1])
            )
        ],
        columns=["kind", "grade", "figures", "spread", "correlation", "recorded"],
    )  # fmt: skip


def _notes(
    place: Place,
    figures: Sequence[Uncertain],
    facts: Mapping[str, Any],
    anew: Mapping[int, Any],
) -> tuple[str, ...]:
    recorded = sum(each.recorded for each in figures)
    pairs = ", ".join(
        f"{kind} {number(facts['correlation'][kind], 1)}"
        for kind in KINDS
        if any(each.figure.kind == kind for each in figures)
    )
    notes = [
        f"Of {count(len(figures))} figures that are drawn, "
        f"{count(recorded) if recorded else 'none'} "
        f"{'has' if recorded == 1 else 'have'} a spread of their own, or a range from a source, "
        "taken as eight chances in ten; how far all others may be off is assumed, by grade of "
        "evidence or by how they are known.",
        f"Figures of a kind move together, by an assumed correlation ({pairs}); kinds are apart. "
        "Figures that were all apart would make up for one another and flatter every plan.",
        "A share of draws is a share of what was assumed, and no chance that anybody has measured.",
        "Plans are held as they are: the money of every offer stands and buys what it buys at the "
        "prices drawn, what is paid once stands, and nobody acts on what turns out.",
        "What has to be found: funding that does not come, what need that must be met and is not "
        "would cost, and capacity that cannot be given up as fast as planned. It is not set "
        "against money to spare elsewhere. Worth is public value less that, pound for pound.",
        "For an agency: its cashable saving less what it has to find, both discounted.",
        f"Plans were made anew for {number(len(anew))} of the first {number(facts['replanned'])} "
        "draws, each verified, with the money that is known"
        + ("" if len(anew) == facts["replanned"] else "; for the others none keeps every rule")
        + ". At its most is a service all of whose need is met or capacity bought; cut or raised "
        "is by more than 1% of today’s money.",
        "What knowing is worth is at least what is shown: only the plans held and those made anew "
        "stand to choose from, and funding is known to nobody before it comes.",
    ]
    left_out = [name for name in ("targets", "loans") if len(place.tables[name])]
    if left_out:
        notes.append(f"Rewards and payments of {many(left_out[0][:-1])} stay as planned.")
    if facts["draws_done"] < facts["draws"]:
        notes.append(
            f"The study was stopped: {number(facts['draws_done'])} of {number(facts['draws'])} "
            "draws are in."
        )
    return tuple(notes)
