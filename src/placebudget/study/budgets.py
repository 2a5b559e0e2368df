"""What a place could reach with other budgets: one live session, many changes of money."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from threading import Event
from typing import Any

import pandas as pd

from placebudget.arguments import Arguments, as_given, is_number, share
from placebudget.errors import Infeasible, WrongArgument
from placebudget.place import Place
from placebudget.place.conditions import kept_services
from placebudget.place.io.reading import PlaceLike, checked_place
from placebudget.plan import agencies_compared, benchmarks
from placebudget.plan.repairs import clash_said
from placebudget.plan.summary import Paragraph, Summary
from placebudget.programme import ALIGNED, Benchmark, one_goal, read_objectives, read_pooling
from placebudget.programme.money import stream_funding
from placebudget.solver import RunLimits, Session, given_apart
from placebudget.study.result import StudyResult, record_of
from placebudget.study.sweeping import (
    LOST,
    SERIAL,
    ExecutorLike,
    Lost,
    Report,
    parts_of,
    read_executor,
    read_workers,
    sweep,
)
from placebudget.words import in_unit, money

REACHED, IMPOSSIBLE = "reached", "no plan keeps all rules"
# Changes solved one after the other from one start. Fixed, so that values do not
# depend on how many workers there are.
PART = 250

Change = float | Mapping[str, float]
# A change's number, value and its unit, status, what clashes, and need unmet in pounds.
_Row = tuple[int, float, str, str, str, float]


class ChangedBudgets(StudyResult):
    """What a place reaches with other budgets.

    ``table`` holds a row a change: ``change`` (its number, from 0), ``value`` (blank where no
    plan keeps all rules), ``unit``, ``status``, ``clash`` (which rules and limits cannot all be
    kept; empty where they can), ``need_unmet`` (pounds that are short at least for need that
    must be met; values that differ in it do not compare).
    """

    @property
    def table(self) -> pd.DataFrame:
        """What each change reaches."""
        return self.tables["changes"]

    def summarised(self) -> Summary:
        """How many changes have a plan, between what values, and what clashes in the others."""
        table = self.table
        reached = table[table["status"] == REACHED]
        said = f"{len(reached)} of {len(table)} changed budgets have a plan that keeps all rules"
        short = reached["need_unmet"] > 0
        if short.any():
            leave = "leaves" if short.sum() == 1 else "leave"
            said += f"; {short.sum()} of them {leave} need unmet that must be met"
        if len(met := reached[~short]):
            unit = met["unit"].iloc[0]
            low, high = (in_unit(float(end), unit) for end in met["value"].agg(["min", "max"]))
            said += "; with all of it met, best plans come to " if short.any() else ", of "
            said += low if low == high else f"{low} to {high}"
            said += f" ({unit})"
        others = table[(table["status"] != REACHED) | (table["need_unmet"] > 0)]
        points = (f"change {row.change}: {_short_of(row)}" for row in others.itertuples())
        return Summary(self.title, (Paragraph(f"{said}.", tuple(points)),))


def _short_of(row: Any) -> str:
    """Why a change has no plan, or what its plan leaves unmet."""
    if row.status != REACHED:
        return str(row.clash or row.status)
    return (
        f"to meet all need that must be met would cost {money(row.need_unmet)} more; value is not "
        "compared between plans that leave different need unmet"
    )


@dataclass(frozen=True)
class _Question:
    place: Place
    objective: str
    pooling: str | tuple[str, ...]
    reinvest: float


def changed_budgets(
    place: PlaceLike,
    changes: Iterable[Change],
    *,
    objective: str = "public value",
    pooling: str | Sequence[str] = "pooled",
    reinvest: float = 0.0,
    executor: ExecutorLike = SERIAL,
    workers: int | None = None,
    stop: Event | None = None,
    progress: Report | None = None,
) -> ChangedBudgets:
    """Value of the best plan under many changes of the money there is.

    Parameters
    ----------
    place : Place, path or str
        The place, or what :func:`placebudget.read` reads. It is checked first.
    changes : iterable of float or mapping
        Each a factor for all funding in every year (0.9: a tenth less), or factors
        by stream; streams that are not named stay as they are.
    objective, pooling, reinvest
        As for :func:`placebudget.session`.
    executor : str or concurrent.futures.Executor
        ``"serial"``, ``"threads"``, ``"processes"``, or any executor.
    workers : int, optional
        How many threads or processes.
    stop : threading.Event, optional
        Once set, no further part is begun; what is done is kept.
    progress : callable, optional
        Called with what is under way, its number and how many there are.

    Returns
    -------
    ChangedBudgets
        A row a change; the same to the bit whatever the executor. Only changes that were
        solved before a stop; the status of one whose process ended twice says so, and it
        has no value.

    Raises
    ------
    InvalidPlace, WrongArgument
        If the place has errors, or a change names a stream it does not have.
    WrongArgument
        If anything else that was given cannot be meant; all of it is named.

    Examples
    --------
    >>> import placebudget as pb
    >>> found = pb.changed_budgets(pb.example("toy_pooling"), [1.0, 0.9], pooling="aligned")
    >>> (found.table["value"] / 1e6).round().astype(int).tolist()
    [300, 287]
    """
    with Arguments() as given:
        place = given.read(checked_place, place)
        asked = given.read(_read_changes, place, changes)
        given.read(read_objectives, objective)
        given.read(one_goal, place, pooling)
        reinvest = given.read(share, "reinvest", reinvest)
        executor = given.read(read_executor, executor)
        workers = given.read(read_workers, workers)
        given.read(RunLimits.given, stop=stop, progress=progress)
    mode = pooling if isinstance(pooling, str) else tuple(pooling)
    question = _Question(place, objective, mode, reinvest)
    numbered = parts_of(list(enumerate(asked)), PART)
    rows: list[_Row] = []
    for _, answers in sweep(
        partial(_solve_part, question), numbered, executor=executor, workers=workers,
        stop=stop, progress=progress, what="changed budgets", divisible=True,
    ):  # fmt: skip
        if isinstance(answers, Lost):
            none = float("nan")
            answers = [(number, none, "", LOST, "", none) for number, _ in answers.part]
        rows += answers
    names = ["change", "value", "unit", "status", "clash", "need_unmet"]
    table = pd.DataFrame(sorted(rows), columns=names)
    return ChangedBudgets(
        f"{place.title}: the best plan with other budgets",
        {"changes": table.astype(dict.fromkeys(("value", "need_unmet"), float) | {"change": int})},
        ("Values are found by quick solves: the plans themselves are not made.",),
        record_of(
            place, "changed_budgets", objective=objective, pooling=pooling, reinvest=reinvest
        ),
    )


def _read_changes(place: Place, changes: Iterable[Change]) -> list[dict[str, float]]:
    """Factors by stream for each change; all that cannot be read is told at once."""
    if isinstance(changes, str | Mapping) or not isinstance(changes, Iterable):
        raise WrongArgument(
            "give a list of changes, each a factor such as 0.9 or factors by stream such as "
            '{"council_tax": 0.9}'
        )
    streams, read, problems = list(place.streams["stream"]), [], []
    for number, change in enumerate(changes):
        factors = change if isinstance(change, Mapping) else dict.fromkeys(streams, change)
        unknown = sorted(map(str, set(factors) - set(streams)))
        if unknown:
            listed = ", ".join(sorted(streams))
            problems.append(f"change {number}: no stream {', '.join(unknown)}; there are: {listed}")
        wrong = next((each for each in factors.values() if not _is_factor(each)), None)
        if wrong is not None or None in factors.values():
            said = as_given(wrong)
            problems.append(f"change {number}: a factor is a number of 0 or more, not {said}")
        read.append(dict(factors))
    if problems:
        raise WrongArgument("; ".join(problems))
    return [{name: float(factor) for name, factor in each.items()} for each in read]


def _is_factor(value: object) -> bool:
    return is_number(value) and value >= 0


def _solve_part(question: _Question, part: Sequence[tuple[int, dict[str, float]]]) -> list[_Row]:
    """Values of some changes, one after the other in a session of their own."""
    budget = _Budget(question)
    live, found = budget.live, []
    unit = live.programme.objectives[0].unit
    start = None
    with suppress(Infeasible):
        budget.change({})
        live.value()
        start = live.mark()
    for number, factors in part:
        try:
            budget.change(factors)
        except Infeasible as error:
            clash = f"There is no plan of working apart to compare with. {error.clash}"
            found.append((number, float("nan"), unit, IMPOSSIBLE, clash, float("nan")))
            continue
        # Changes lie nearer to the place as it is than to each other.
        live.back_to(start)
        try:
            reached = live.solve()
            found.append((number, reached.value, unit, REACHED, "", reached.need_unmet))
        except Infeasible as error:
            clash = clash_said(live.programme_now, error, live.open_pools_now, live.limits)
            found.append((number, float("nan"), unit, IMPOSSIBLE, clash, float("nan")))
    return found


class _Budget:
    """The funding of a session, as factors of what the place says."""

    def __init__(self, question: _Question) -> None:
        self.question, self.place = question, question.place
        self.funding = stream_funding(self.place)
        self.now = dict.fromkeys(self.funding.index, 1.0)
        # Funding for which it was last found what services without effects cannot keep.
        self.last = dict(self.now)
        aligned = read_pooling(self.place, question.pooling).name == ALIGNED
        self.compared = [] if aligned else agencies_compared(self.place)
        self.keeps = bool(kept_services(self.place))
        self.live = Session(
            self.place,
            objective=question.objective,
            pooling=question.pooling,
            reinvest=question.reinvest,
            benchmarks=dict.fromkeys(self.compared, Benchmark(0.0, 0.0)),
        )

    def change(self, factors: Mapping[str, float]) -> None:
        """Fund streams by these factors, those not named as the place says.

        Raises
        ------
        Infeasible
            If a rule compares with working apart, and with this money no plan of it is there.
        """
        together: dict[float, list[str]] = {}
        for name, now in self.now.items():
            factor = factors.get(name, 1.0)
            self.now[name] = factor
            if now > 0:
                together.setdefault(factor / now, []).append(name)
                continue
            for year in self.funding.columns:
                self.live.set_funding(name, year, float(self.funding.at[name, year]) * factor)
        for ratio, names in together.items():
            if ratio != 1.0:
                self.live.scale_funding(ratio, names)
        asked = self.question
        if self.keeps and self.now != self.last:
            self.live.set_gave_way(
                given_apart(self._funded(), RunLimits(), reinvest=asked.reinvest)
            )
            self.last = dict(self.now)
        if self.compared:
            marks = benchmarks(self._funded(), objective=asked.objective, reinvest=asked.reinvest)
            self.live.set_benchmarks(marks)

    def _funded(self) -> Place:
        """The place with the money it has now, in the years that are planned."""
        table = self.place.funding
        planned = table["year"].isin(self.place.years)
        factors = table["stream"].map(self.now).where(planned, 1.0)
        return self.place.with_(funding=table.assign(amount=table["amount"] * factors))
