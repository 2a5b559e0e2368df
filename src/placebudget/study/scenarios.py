"""What a place could reach in many scenarios: other money, other figures, other pooling.

A scenario is a row of a table, and a column says what is other in it:

- a stream: a factor for its funding in every year of the plan;
- ``pooling``: how money is pooled, pools by name with commas between them;
- ``option``: an option stored beside the place;
- ``TABLE.COLUMN KEY=VALUE; KEY=VALUE``: a factor for these figures of the place.

A blank cell leaves it as the place has it. Money changes in a live session; for the rest the
place is written anew, once for what scenarios of a part have in common.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from os import PathLike
from pathlib import Path
from threading import Event
from typing import Any, TypeAlias

import pandas as pd

from placebudget.arguments import Arguments, as_given, is_number, offered, optional, share, texts
from placebudget.errors import (
    CannotAnswer,
    Infeasible,
    InvalidOption,
    InvalidPlace,
    SolverFailed,
    WrongArgument,
)
from placebudget.place import Option, Place
from placebudget.place.conditions import kept_services
from placebudget.place.io.loose import LooseTable, read_loose, scenarios_table
from placebudget.place.io.reading import PlaceLike, checked_place
from placebudget.plan import agencies_compared, benchmarks
from placebudget.plan.repairs import clash_said
from placebudget.plan.summary import Paragraph, Summary
from placebudget.programme import ALIGNED, Benchmark, one_goal, read_objectives, read_pooling
from placebudget.programme.objectives.value import VALUED, WEIGHTED, value_objective
from placebudget.solver import RunLimits, Session
from placebudget.solver.session.live_programme import Reached
from placebudget.study.result import StudyResult, record_of
from placebudget.study.results_store import ResultsStore, Stored
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
from placebudget.writing import a_path

REACHED, IMPOSSIBLE = "reached", "no plan keeps all rules"
# A scenario that cannot be tried, or not by quick solves; why stands in clash.
NO_PLACE, NOT_QUICK = "no place to plan", "not found by quick solves"
# Scenarios solved one after the other from one start: at least and at most, and into how many parts
# they are cut between. It hangs on how many there are alone, and not on how many workers.
PART, _MOST, _PARTS = 50, 500, 200
_POOLING, _OPTION = "pooling", "option"
# Places other than by money that are kept at hand within a part.
_AT_HAND = 8
_FIGURES = re.compile(r"\s*(\w+)\.(\w+)(?:\s+(.*\S))?\s*")
_SPENT_BY = ("service", "agency", "area")
_HOW = "write a stream, pooling, option, or figures as TABLE.COLUMN KEY=VALUE; KEY=VALUE"
_SHOWN = 5

ScenariosLike: TypeAlias = pd.DataFrame | Iterable[float | Mapping[str, Any]]
"""A table, a row a scenario; or a list: of factors for all funding, or of rows as mappings."""


class Scenarios(StudyResult):
    """What a place reaches in many scenarios.

    ``table`` holds a row a scenario: ``scenario`` (its label in the table that was given),
    ``value`` (blank where no plan keeps all rules), ``unit``, ``status``, ``clash`` (which rules
    and limits cannot all be kept, or why it was not tried; empty where there is a plan),
    ``need_unmet`` (pounds that are short at least for need that must be met; values that differ in
    it do not compare), and a column for each further measure. With a store it is read when it is
    asked for.
    """

    @property
    def table(self) -> pd.DataFrame:
        """What each scenario reaches."""
        return self.tables["scenarios"]

    def parts(self) -> Iterator[pd.DataFrame]:
        """The table piece by piece, each of a few scenarios, so that memory stays bounded."""
        if isinstance(self.tables, Stored):
            yield from self.tables.frames()
        else:
            yield from (self.table.iloc[n : n + PART] for n in range(0, len(self.table), PART))

    def summarised(self) -> Summary:
        """How many scenarios have a plan, between what values, and what clashes in the others."""
        table = self.table
        reached = table[table["status"] == REACHED]
        have = "has" if len(reached) == 1 else "have"
        said = f"{len(reached)} of {len(table)} scenarios {have} a plan that keeps all rules"
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
        points = [f"scenario {row.scenario}: {_short_of(row)}" for row in others.itertuples()]
        if len(points) > 2 * _SHOWN:
            points = [*points[:_SHOWN], f"and {len(points) - _SHOWN} more"]
        return Summary(self.title, (Paragraph(f"{said}.", tuple(points)),))


def _short_of(row: Any) -> str:
    """Why a scenario has no plan, or what its plan leaves unmet."""
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
    measures: tuple[str, ...] = ()
    figures: Mapping[str, _Figures] = field(default_factory=dict)
    streams: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Figures:
    """Figures of a place that a column multiplies."""

    table: str
    column: str
    where: tuple[tuple[str, str], ...]

    def scaled(self, option: Option, factor: float) -> Option:
        """The option, which multiplies them too."""
        return option.scale(self.table, factor, self.column, **dict(self.where))


def scenarios(
    place: PlaceLike,
    frame: ScenariosLike,
    *,
    measures: Sequence[str] = (),
    objective: str = "public value",
    pooling: str | Sequence[str] = "pooled",
    reinvest: float = 0.0,
    store: str | PathLike[str] | None = None,
    executor: ExecutorLike = SERIAL,
    workers: int | None = None,
    stop: Event | None = None,
    progress: Report | None = None,
) -> Scenarios:
    """What the best plan is worth in many scenarios.

    Parameters
    ----------
    place : Place, path or str
        The place, or what :func:`placebudget.read` reads. It is checked first.
    frame : DataFrame or iterable
        A row a scenario. Columns: a stream (a factor for its funding in every year: 0.9 is a tenth
        less), ``pooling``, ``option`` (one stored beside the place), or
        ``TABLE.COLUMN KEY=VALUE; KEY=VALUE`` (a factor for these figures); blank cells leave it as
        the place has it. Or a list: of factors for all funding, or of rows as mappings.
    measures : sequence of str
        What else is told of each plan: an objective that adds up value, such as
        ``"cashable saving"``; ``"service=KEY"``, ``"agency=KEY"`` or ``"area=KEY"``, the pounds
        spent on it over the years; ``"outcome=KEY"``, how much of it there is, discounted. Among
        equally good plans it is that of any one.
    objective, pooling, reinvest
        As for :func:`placebudget.session`; ``pooling`` where a scenario does not say.
    store : path, optional
        A folder in which each part is kept as a Parquet file when it is done. The same call goes on
        from there after a stop, a lost cluster or a full disk, and gives the same numbers to the
        bit; the table is then read from it when it is asked for.
    executor : str or concurrent.futures.Executor
        ``"serial"``, ``"threads"``, ``"processes"``; ``"cluster"``, a Dask cluster of this machine;
        the address of one, such as ``"tcp://10.0.0.1:8786"``, or its client; or any executor.
    workers : int, optional
        How many threads or processes.
    stop : threading.Event, optional
        Once set, no further part is begun; what is done is kept.
    progress : callable, optional
        Called with what is under way, its number and how many there are.

    Returns
    -------
    Scenarios
        A row a scenario; the same to the bit whatever the executor. Only scenarios that were
        solved before a stop; the status of one whose process ended twice says so, and it
        has no value.

    Raises
    ------
    InvalidPlace, WrongArgument
        If the place has errors, or a column or a cell says nothing that there is.
    WrongArgument
        If anything else that was given cannot be meant; all of it is named.
    CannotAnswer
        If the store holds another run; if there is no cluster, or it is lost.
    CannotWrite
        If the store cannot be written, as where the disk is full; what is done is kept.

    Examples
    --------
    >>> import pandas as pd
    >>> import placebudget as pb
    >>> half = "effects.impact service=home_care"
    >>> asked = pd.DataFrame({"nhs_money": [1.0, 0.9], half: [1.0, 0.5]})
    >>> found = pb.scenarios("toy_pooling", asked, measures=["service=home_care"])
    >>> found.table[["value", "service=home_care"]] / 1e6
       value  service=home_care
    0  300.0               50.0
    1  227.5               45.0
    """
    with Arguments() as given:
        place = given.read(checked_place, place)
        read = given.read(_read_scenarios, place, frame)
        given.read(read_objectives, objective)
        given.read(one_goal, place, pooling)
        told = given.read(_read_measures, place, measures)
        reinvest = given.read(share, "reinvest", reinvest)
        folder = given.read(optional, _a_folder, "store", store)
        executor = given.read(read_executor, executor)
        workers = given.read(read_workers, workers)
        given.read(RunLimits.given, stop=stop, progress=progress)
    asked, figures = read
    mode = pooling if isinstance(pooling, str) else tuple(pooling)
    streams = tuple(name for name in asked if name in set(place.streams["stream"]))
    question = _Question(place, objective, mode, reinvest, told, figures, streams)
    parts = parts_of(asked, _size(len(asked)))
    kept = ResultsStore(folder, _inputs_of(question, asked), len(parts))
    there = set(kept.numbers)
    waiting = [number for number in range(len(parts)) if number not in there]
    pieces: dict[int, list[pd.DataFrame]] = {}
    for n, answer in sweep(
        partial(_solve_part, question), [parts[number] for number in waiting], executor=executor,
        workers=workers, stop=stop, progress=progress, what="scenarios", divisible=True,
    ):  # fmt: skip
        number = waiting[n]
        found = _lost(question, answer.part) if isinstance(answer, Lost) else answer
        done = pieces.setdefault(number, [])
        done.append(found)
        if sum(map(len, done)) == len(parts[number]):
            kept.add(number, pd.concat(pieces.pop(number), ignore_index=True))
    return Scenarios(
        f"{place.title}: the best plan in other scenarios",
        kept.tables("scenarios", _table(question, [])),
        ("Values are found by quick solves: the plans themselves are not made.",),
        record_of(
            place, "scenarios", objective=objective, pooling=pooling, reinvest=reinvest,
            measures=list(told),
        ),
    )  # fmt: skip


def read_scenarios(path: str | PathLike[str]) -> LooseTable:
    """A table of scenarios from a CSV file, one of them called by its column ``scenario``.

    Raises
    ------
    UnreadableTable
        If it cannot be read, with everything that stands against it.
    """
    head: list[str] = []
    # What cannot be read is said when all of it is.
    silent = suppress(OSError, UnicodeDecodeError, csv.Error, StopIteration)
    with silent, Path(path).open(encoding="utf-8-sig", newline="") as file:
        head = next(csv.reader(file))
    read = read_loose(path, scenarios_table(head))
    return read._replace(frame=read.frame.set_index("scenario"))


def _size(count: int) -> int:
    """How many scenarios stand in a part."""
    return min(max(PART, count // _PARTS), _MOST)


def _a_folder(name: str, given: object, *, otherwise: str) -> Path:
    return a_path(name, given, f"the path of a folder{otherwise}")


# --- what is asked ------------------------------------------------------------------


def _read_scenarios(place: Place, given: ScenariosLike) -> tuple[pd.DataFrame, dict[str, _Figures]]:
    """The table of scenarios, and which of its columns multiply figures.

    All that cannot be read is told at once.
    """
    streams = list(place.streams["stream"])
    frame, problems = _as_frame(given, streams)
    if not frame.index.is_unique:
        twice = frame.index[frame.index.duplicated()][0]
        problems.append(f"two scenarios are called {as_given(twice)}: give each a label of its own")
    figures: dict[str, _Figures] = {}
    for column in frame:
        try:
            cells = frame[column]
            if column == _POOLING:
                _each(cells, lambda mode: one_goal(place, _as_pooling(mode)))
            elif column == _OPTION:
                _each(cells, place.with_option)
            else:
                if column not in streams:
                    figures[column] = _as_figures(place, column, streams)
                _refuse_factors(cells)
        except (WrongArgument, InvalidOption) as error:
            problems.append(str(error))
    if problems:
        raise WrongArgument("; ".join(problems))
    return frame, figures


def _as_frame(given: ScenariosLike, streams: list[str]) -> tuple[pd.DataFrame, list[str]]:
    if isinstance(given, pd.DataFrame):
        return given, []
    if isinstance(given, str | Mapping) or not isinstance(given, Iterable):
        raise WrongArgument(
            "give a table of scenarios, or a list: each a factor such as 0.9 or factors by stream "
            'such as {"council_tax": 0.9}'
        )
    rows, problems = [], []
    for number, each in enumerate(given):
        row = each if isinstance(each, Mapping) else dict.fromkeys(streams, each)
        rows.append(row)
        wrong = [cell for cell in row.values() if cell is None or isinstance(cell, bool)]
        if wrong:
            problems.append(_no_factor(number, wrong[0]))
    return pd.DataFrame(rows, index=range(len(rows)), dtype=object), problems


def _each(cells: pd.Series, read: Callable[[str], object]) -> None:
    """Read every text that stands in some cells, and say in which it cannot be meant."""
    for text in cells.dropna().unique():
        try:
            read(text)
        except (WrongArgument, InvalidOption, CannotAnswer) as error:
            first = cells.index[cells == text][0]
            raise WrongArgument(f"scenario {first}: {error}") from error


def _as_pooling(cell: str) -> str | tuple[str, ...]:
    parts = tuple(part.strip() for part in str(cell).split(","))
    return parts[0] if len(parts) == 1 else parts


def _as_figures(place: Place, column: object, streams: list[str]) -> _Figures:
    found = _FIGURES.fullmatch(str(column))
    if found is None:
        listed = ", ".join(sorted(streams))
        said = f"no stream {column}; there are: {listed}. Else {_HOW}"
        raise WrongArgument(offered(said, column, streams))
    table, name, rest = found.groups()
    where = [part.partition("=") for part in (rest or "").split(";") if part.strip()]
    if any(not (key.strip() and sign and value.strip()) for key, sign, value in where):
        raise WrongArgument(f"the column {as_given(column)} names no figures: {_HOW}")
    rows = tuple((key.strip(), value.strip()) for key, _, value in where)
    figures = _Figures(table, name, rows)
    try:
        place.with_option(figures.scaled(Option("as it is"), 1.0))
    except (InvalidOption, WrongArgument) as error:
        raise WrongArgument(f"the column {as_given(column)}: {error}") from error
    return figures


def _refuse_factors(cells: pd.Series) -> None:
    there = cells[cells.notna()]
    wrong = [label for label, cell in there.items() if not (is_number(cell) and cell >= 0)]
    if wrong:
        raise WrongArgument(
            "; ".join(_no_factor(label, there[label]) for label in wrong[:_SHOWN])
            + (f"; and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else "")
        )


def _no_factor(label: object, cell: object) -> str:
    return f"scenario {label}: a factor is a number of 0 or more, not {as_given(cell)}"


def _read_measures(place: Place, given: Sequence[str]) -> tuple[str, ...]:
    """Measures that there are."""
    names = texts("measures", given, such_as="['cashable saving', 'service=home_care']")
    keys = {
        "service": place.services["service"], "agency": place.services["commissioner"],
        "area": place.areas["area"], "outcome": place.outcomes["outcome"],
    }  # fmt: skip
    known = [
        *VALUED,
        *(f"{by}={key}" for by, those in keys.items() for key in dict.fromkeys(those)),
    ]
    wrong = [name for name in names if name not in known]
    if wrong:
        said = (
            f"there is no measure {', '.join(map(as_given, wrong))}: write {', '.join(VALUED)}, or "
            "one of service=, agency=, area= and outcome= with a key of the place"
        )
        raise WrongArgument(offered(said, wrong[0], known))
    return names


def _inputs_of(question: _Question, asked: pd.DataFrame) -> dict[str, Any]:
    """What decides every number, as plain data."""
    options = asked[_OPTION].dropna().unique() if _OPTION in asked else ()
    place = question.place
    rows = pd.util.hash_pandas_object(asked.astype(str)).to_numpy().tobytes()
    return {
        "place": place.digest,
        "options": {name: place.with_option(name).digest for name in sorted(options)},
        "objective": question.objective,
        "pooling": question.pooling,
        "reinvest": question.reinvest,
        "measures": question.measures,
        "columns": list(map(str, asked.columns)),
        "scenarios": hashlib.sha256(rows).hexdigest(),
        "part": _size(len(asked)),
    }


# The place that parts in this process were last asked of, by its digest.
_met: dict[str, Place] = {}

# --- working it out -----------------------------------------------------------------


def _solve_part(question: _Question, part: pd.DataFrame) -> pd.DataFrame:
    """What some scenarios reach, one after the other, with sessions of their own."""
    # What is known of a place stays with it: each process finds it once, and not in each part.
    if question.place.digest not in _met:
        _met.clear()
    question = replace(question, place=_met.setdefault(question.place.digest, question.place))
    at_hand: dict[Any, _Budget | str] = {}
    rows = [
        (label, *_reached(question, at_hand, row))
        for label, row in zip(part.index, part.to_dict("records"), strict=True)
    ]
    return _table(question, rows)


def _table(question: _Question, rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    figures = dict.fromkeys(("value", "need_unmet", *question.measures), float)
    words = dict.fromkeys(("unit", "status", "clash"), str)
    names = ["scenario", "value", "unit", "status", "clash", "need_unmet", *question.measures]
    return pd.DataFrame(rows, columns=names).astype(figures | words)


def _nothing(question: _Question, status: str, why: str, unit: str = "") -> tuple[Any, ...]:
    none = float("nan")
    return none, unit, status, why, none, *(none for _ in question.measures)


def _lost(question: _Question, part: pd.DataFrame) -> pd.DataFrame:
    return _table(question, [(label, *_nothing(question, LOST, "")) for label in part.index])


def _reached(
    question: _Question, at_hand: dict[Any, _Budget | str], row: Mapping[str, Any]
) -> tuple[Any, ...]:
    """Value, unit, status, what clashes, need unmet and the measures of a scenario."""
    given = {column: cell for column, cell in row.items() if pd.notna(cell)}
    figures = tuple((name, float(given[name])) for name in question.figures if name in given)
    key = given.get(_OPTION), given.get(_POOLING), figures
    if key not in at_hand:
        if len(at_hand) == _AT_HAND:
            del at_hand[next(iter(at_hand))]
        try:
            at_hand[key] = _Budget(_asked_of(question, *key))
        except (InvalidPlace, InvalidOption, CannotAnswer) as error:
            if not any(key):
                raise
            at_hand[key] = str(error)
    budget = at_hand[key]
    if isinstance(budget, str):
        return _nothing(question, NO_PLACE, budget)
    live, unit = budget.live, budget.live.programme.objectives[0].unit
    try:
        budget.change({name: float(given[name]) for name in question.streams if name in given})
    except Infeasible as error:
        clash = f"There is no plan of working apart to compare with. {error.clash}"
        return _nothing(question, IMPOSSIBLE, clash, unit)
    try:
        reached = live.solve()
    except Infeasible as error:
        clash = clash_said(live.programme_now, error, live.open_pools_now, live.limits)
        return _nothing(question, IMPOSSIBLE, clash, unit)
    except SolverFailed as error:
        return _nothing(question, NOT_QUICK, str(error), unit)
    told = (measured(reached) for measured in budget.measures)
    return reached.value, unit, REACHED, "", reached.need_unmet, *told


def _asked_of(
    question: _Question, option: str | None, pooling: str | None, figures: Any
) -> _Question:
    """The question, asked of the place as a scenario has it but for its money."""
    place = question.place.with_option(option) if option else question.place
    if figures:
        other = Option("scenario")
        for name, factor in figures:
            other = question.figures[name].scaled(other, factor)
        place = place.with_option(other)
    mode = _as_pooling(pooling) if pooling else question.pooling
    return replace(question, place=place, pooling=mode)


Measured: TypeAlias = Callable[[Reached], float]


def _measure(name: str, live: Session) -> Measured:
    """How much of something a plan has."""
    by, _, key = name.partition("=")
    programme = live.programme
    basis = programme.basis
    if by in _SPENT_BY:
        whose = basis.place.services.set_index("service")["commissioner"].to_dict()

        def spent(reached: Reached) -> float:
            rows = reached.spending
            keys = rows["service"].map(whose) if by == "agency" else rows[by]
            return float(rows.loc[keys == key, "amount"].sum())

        return spent
    if by == "outcome":
        table = basis.place.filled("outcomes")
        weight = (table["outcome"] == key).astype(float)
        basis = replace(basis, place=basis.place.with_(outcomes=table.assign(weight=weight)))
        by = WEIGHTED
    goal = value_objective(by, programme.draft, basis)
    return lambda reached: goal.value(reached.values)


class _Budget:
    """The funding of a session, as factors of what the place says."""

    def __init__(self, question: _Question) -> None:
        self.question, self.place = question, question.place
        self.now = dict.fromkeys(self.place.streams["stream"], 1.0)
        aligned = read_pooling(self.place, question.pooling).name == ALIGNED
        compared = agencies_compared(self.place)
        self.compared = [] if aligned else compared
        # What rules compare with follows each change of money.
        self._marks = dict.fromkeys(compared, Benchmark(0.0, 0.0))
        self.live = self._session(question.pooling)
        # What services without effects cannot keep hangs on the purses apart, whatever is pooled.
        self.apart: Session | None = None
        if kept_services(self.place):
            self.live.set_gave_way({})
            if not aligned:
                self.apart = self._session(ALIGNED)
                self.apart.set_gave_way({})
        self.measures = [_measure(name, self.live) for name in question.measures]
        self.starts: list[tuple[Session, object]] = []
        with suppress(Infeasible, SolverFailed):
            self.change({})
            self.live.value()
        self.starts = [(each, each.mark()) for each in self._sessions]

    @property
    def _sessions(self) -> list[Session]:
        return [self.live] if self.apart is None else [self.live, self.apart]

    def _session(self, pooling: str | tuple[str, ...]) -> Session:
        return Session(
            self.place,
            objective=self.question.objective,
            pooling=pooling,
            reinvest=self.question.reinvest,
            benchmarks=self._marks,
        )

    def change(self, factors: Mapping[str, float]) -> None:
        """Fund streams by these factors, those not named as the place says.

        What is solved then begins where the place as it is ended, as scenarios lie nearer to it
        than to each other.

        Raises
        ------
        Infeasible
            If a rule compares with working apart, and with this money no plan of it is there.
        """
        for session, start in self.starts:
            session.back_to(start)
        asked = {name: factors.get(name, 1.0) for name in self.now}
        for session in self._sessions:
            session.fund_by({name: by for name, by in asked.items() if by != self.now[name]})
        self.now = asked
        if self.apart is not None:
            self.live.set_gave_way(self.apart.given_now())
        if self.compared:
            of = self.question
            marks = benchmarks(self._funded(), objective=of.objective, reinvest=of.reinvest)
            self.live.set_benchmarks(marks)

    def _funded(self) -> Place:
        """The place with the money it has now, in the years that are planned."""
        table = self.place.funding
        planned = table["year"].isin(self.place.years)
        factors = table["stream"].map(self.now).where(planned, 1.0)
        return self.place.with_(funding=table.assign(amount=table["amount"] * factors))
