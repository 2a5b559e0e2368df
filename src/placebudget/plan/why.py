"""What is known about one service in one plan, and what is said of it with its figures."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from placebudget.programme import Basis
from placebudget.solver import Stop
from placebudget.words import money, sentence

Figure = tuple[str, float | None, str] | tuple[str, float | None, str, str]
NUMBERS: dict[int, str] = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven"}
TODAY = "money today, carried on"
_SAME = 500.0  # pounds: what figures in thousands do not show
COLUMNS = ("sentence", "figure", "year", "value", "unit")


@dataclass(frozen=True)
class Margin:
    """What a pound more would do in one year: on the service, and where it is now."""

    there: float
    now: float


@dataclass
class Why:
    """What is known about one service in one plan; pounds and the objective's unit.

    All figures but ``margins`` are of ``years``: of one year, so that pounds of one kind
    are compared; of all years asked about only where a service without money would have
    to be started, which is judged whole. ``None`` stands for what no plan allows.
    ``next_`` is about ``step`` pounds more, ``last_`` about ``last_step`` pounds less;
    worths are for the whole step.
    """

    years: list[int]
    asked: list[int]
    money: np.ndarray  # pounds by year of the plan
    today: np.ndarray | None = None  # the same carried on as today; None where that is not known
    step: float = 0.0
    last_step: float = 0.0
    room: float = np.inf  # pounds more it could use, whoever pays
    free_fall: float = 0.0  # pounds less the rules let it have
    start_cost: float = 0.0  # pounds it takes to start at all
    next_worth: float | None = None
    next_cost: float | None = None  # what the same money does now
    next_from: str = ""  # service that gives most of it
    next_paid_by: tuple[str, ...] = ()  # streams that most of it would come from
    last_worth: float | None = None
    last_elsewhere: float | None = None
    last_paid_by: tuple[str, ...] = ()  # streams that pay for most of it
    average_worth: float | None = None  # a pound of all its money
    cut_off: float = 0.0  # a pound of free money, at best elsewhere
    cut_off_at: str = ""
    limits: list[Stop] = field(default_factory=list)  # nothing more can be used: all of these
    if_set_aside: Stop | None = None
    stops: list[Stop] = field(default_factory=list)
    holds: list[Stop] = field(default_factory=list)
    held_worth: float | None = None  # last step, with the holding rules set aside
    held_elsewhere: float | None = None  # the same money elsewhere, with them set aside
    unreached: list[Stop] = field(default_factory=list)
    cost_share: float | None = None  # of its unit cost, at which it would get money
    margins: dict[int, Margin] = field(default_factory=dict)  # other years asked about
    full: list[int] = field(default_factory=list)  # other years in which it can use no more

    @property
    def total(self) -> float:
        """Money in the years looked into, in pounds."""
        return float(self.money[self.years].sum())

    @property
    def funded(self) -> bool:
        """Whether it gets any money in the years asked about."""
        return float(self.money[self.asked].sum()) >= 1.0

    @property
    def others(self) -> list[int]:
        """Years asked about but not looked into."""
        return [t for t in self.asked if t not in self.years]


def money_today(basis: Basis, lines: np.ndarray) -> np.ndarray | None:
    """Pounds by year that today's money brings some lines, carried on; None where none is given."""
    table = basis.today
    if not len(table):
        return None
    mine = lines[basis.today_line]
    found = np.zeros(len(basis.years))
    np.add.at(found, table["t"].to_numpy(np.int64)[mine], table["amount"].to_numpy(float)[mine])
    return found


def against_today(now: float, today: float | None, *, carried_on: bool) -> str:
    """How money lies beside today's, as the part of a sentence that follows it.

    The difference is given only where both read alike: three figures that are each rounded
    by themselves need not add up, and in one sentence everybody adds them up.

    Examples
    --------
    >>> against_today(6e6, 4e6, carried_on=True)
    ', more than today’s £4 million carried on'
    >>> against_today(6_010_000, 6e6, carried_on=True), against_today(6e6, 6e6, carried_on=True)
    (', £10,000 more than today', ', as much as today')
    """
    if today is None:
        return ""
    way = "more" if now > today else "less"
    if abs(now - today) < _SAME:
        return ", as much as today" if now >= _SAME else ", as today"
    if today < _SAME:
        return ", nothing of it today"
    if money(now) == money(today):
        return f", {money(abs(now - today))} {way} than today"
    return f", {way} than today’s {money(today)}{' carried on' if carried_on else ''}"


@dataclass
class Speech:
    """Sentences and the figures that carry them, as they are put together."""

    sentences: list[str] = field(default_factory=list)
    rows: list[tuple[int, str, str, float, str]] = field(default_factory=list)

    def say(self, text: str, *figures: Figure) -> None:
        """A sentence with its figures (name, value, unit and, where it has one, year)."""
        self.sentences.append(sentence(text))
        for figure in figures:
            name, value, unit = figure[:3]
            if value is not None:
                year = figure[3] if len(figure) == 4 else ""
                self.rows.append((len(self.sentences), name, year, float(value), unit))

    def dated(self, year: str) -> Speech:
        """The speech with a year for each figure that was said without one."""
        self.rows = [(n, name, of or year, value, unit) for n, name, of, value, unit in self.rows]
        return self

    def figures(self) -> pd.DataFrame:
        """The figures as a tidy table."""
        frame = pd.DataFrame(self.rows, columns=list(COLUMNS))
        return frame.astype(
            {"sentence": "int64", "figure": "str", "year": "str", "value": float, "unit": "str"}
        )
