"""What a place could reach with other budgets: one live session, many changes of money."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from numbers import Real
from threading import Event

import pandas as pd

from placebudget.errors import Infeasible, PlaceBudgetError
from placebudget.place import Place
from placebudget.place.given import PlaceLike, as_place
from placebudget.plan import session
from placebudget.programme.classes import stream_funding
from placebudget.solver import Session
from placebudget.study.sweeping import SERIAL, ExecutorLike, Report, parts_of, sweep

REACHED, IMPOSSIBLE = "reached", "no plan keeps all rules"
# Changes solved one after the other from one start. Fixed, so that values do not
# depend on how many workers there are.
PART = 250

Change = float | Mapping[str, float]


class UnreadableChange(PlaceBudgetError):
    """A change of money that the place does not allow."""


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
) -> pd.DataFrame:
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
    DataFrame
        ``change`` (its number, from 0), ``value`` (in the objective's unit; blank
        where no plan keeps all rules), ``status``; the same to the bit whatever the
        executor. Only changes that were solved before a stop.

    Raises
    ------
    InvalidPlace, UnreadableChange
        If the place has errors, or a change names a stream it does not have.

    Examples
    --------
    >>> import placebudget as pb
    >>> found = pb.changed_budgets(pb.example("toy_pooling"), [1.0, 0.9], pooling="siloed")
    >>> (found["value"] / 1e6).round().astype(int).tolist()
    [300, 287]
    """
    place = as_place(place)
    place.check().raise_if_errors()
    asked = _read_changes(place, changes)
    mode = pooling if isinstance(pooling, str) else tuple(pooling)
    question = _Question(place, objective, mode, reinvest)
    numbered = parts_of(list(enumerate(asked)), PART)
    rows: list[tuple[int, float, str]] = []
    for _, answers in sweep(
        partial(_solve_part, question), numbered, executor=executor, workers=workers,
        stop=stop, progress=progress, what="changed budgets",
    ):  # fmt: skip
        rows += answers
    table = pd.DataFrame(sorted(rows), columns=["change", "value", "status"])
    return table.astype({"change": "int64", "value": "float64"})


def _read_changes(place: Place, changes: Iterable[Change]) -> list[dict[str, float]]:
    """Factors by stream for each change; all that cannot be read is told at once."""
    if isinstance(changes, str | Mapping) or not isinstance(changes, Iterable):
        raise UnreadableChange(
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
            problems.append(f"change {number}: a factor is a number of 0 or more, not {wrong!r}")
        read.append(dict(factors))
    if problems:
        raise UnreadableChange("; ".join(problems))
    return [{name: float(factor) for name, factor in each.items()} for each in read]


def _is_factor(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, Real):
        return False
    return math.isfinite(float(value)) and float(value) >= 0


def _solve_part(
    question: _Question, part: Sequence[tuple[int, dict[str, float]]]
) -> list[tuple[int, float, str]]:
    """Values of some changes, one after the other in a session of their own."""
    live = session(
        question.place,
        objective=question.objective,
        pooling=question.pooling,
        reinvest=question.reinvest,
    )
    budget = _Budget(live, question.place)
    found = []
    start = None
    with suppress(Infeasible):
        live.value()
        start = live.mark()
    for number, factors in part:
        budget.change(factors)
        # Changes lie nearer to the place as it is than to each other.
        live.back_to(start)
        try:
            found.append((number, live.value(), REACHED))
        except Infeasible:
            found.append((number, float("nan"), IMPOSSIBLE))
    return found


class _Budget:
    """The funding of a session, as factors of what the place says."""

    def __init__(self, live: Session, place: Place) -> None:
        self.live, self.funding = live, stream_funding(place)
        self.now = dict.fromkeys(self.funding.index, 1.0)

    def change(self, factors: Mapping[str, float]) -> None:
        """Fund streams by these factors, those not named as the place says."""
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
