"""A programme in a live model: solved again and again; what in it follows today's money."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from placebudget.errors import SolverFailed, Stopped, Unbounded
from placebudget.place.rule_kinds import YEAR_BEFORE
from placebudget.place.succession import roots
from placebudget.programme import Programme
from placebudget.programme.basis import Shortfall
from placebudget.programme.blocks.balances import PAID_FOR, PAID_IN
from placebudget.programme.linear import Rows
from placebudget.programme.money import stream_growth
from placebudget.programme.objectives import Objective
from placebudget.programme.objectives.value import DROPPED, UNMET, shortfall_objective
from placebudget.programme.rules import Rule
from placebudget.programme.rules.movement import rows_of_today
from placebudget.solver.backend.answer import RunLimits, SolverResult, Status
from placebudget.solver.backend.highs import RelaxedFirst
from placebudget.solver.infeasible import name_clash
from placebudget.solver.stages.giving_way import keeps_order, kept_rows, least_given, let_go

# What follows today's money in a live model, and so moves when funding changes.
#
# Today's money is carried on with the funding of the streams that pay it. Locks,
# virement and the first year of pace compare with it, and closed pools go on with what they
# pay today, so their limits move with a stream's funding even though they stay as they are.

# Where the dimensions of a constraint stand in what pools pay today.
_KEYS = {
    "class": "stream",
    "route": "pool",
    "agency": "agency",
    "purpose": "purpose",
    "year": "t",
}


@dataclass
class _Follower:
    """One rule: the share it keeps to, the payments of today it looks at, its limits.

    ``limits`` holds, for each family of constraints, their numbers, where their
    money stands (by line and year, or by year), -1 or 1 for least or most, their
    sense, and what they gave way.
    """

    share: float
    by_line: bool
    payments: np.ndarray
    streams: frozenset[str]
    implied: bool
    limits: list[tuple[np.ndarray, tuple[np.ndarray, ...], float, str, np.ndarray]]


class TodaysMoney:
    """Today's money as the funding stands now, and the limits that follow it.

    Parameters
    ----------
    programme : Programme
        The programme of the live model, as the place was written.
    rules : iterable of Rule
        Its rules.
    """

    def __init__(self, programme: Programme, rules: Iterable[Rule]) -> None:
        self.programme = programme
        basis, years = programme.basis, len(programme.basis.years)
        today, funding = basis.today, basis.place.filled("funding")
        # One row a payment and year, the years of a payment side by side.
        self._stream = today["stream"].to_numpy(object)[::years]
        self._line = basis.today_line[::years]
        growth = stream_growth(basis.place)
        then = growth.loc[list(self._stream)].to_numpy(float).reshape(-1, years)
        carried = today["amount"].to_numpy(float).reshape(-1, years)
        shares = np.divide(carried, then, out=np.zeros_like(carried), where=then > 0)
        self._amount = np.where(then > 0, shares, shares.max(axis=1, initial=0.0)[:, None])
        self._growth = then.copy()
        # Funding today's spending was paid from; where that year is one of the plan's
        # own, or has no row, it changes with the funding.
        now = funding[funding["year"] == basis.place.settings.today_year]
        now = now[~now["year"].isin(basis.years)]
        self._base = dict(zip(now["stream"], now["amount"].astype(float), strict=True))
        self._root = roots(basis.place)
        year = basis.place.settings.today_year
        self._today = basis.years.index(year) if year in basis.years else 0
        self._followers = {
            rule.name: self._follower(rule) for rule in rules if rule.record.of_today
        }
        self._pooled = [self._family(name) for name in (PAID_IN, PAID_FOR)]

    def _follower(self, rule: Rule) -> _Follower:
        basis = self.programme.basis
        payments = np.flatnonzero(rows_of_today(rule, basis)[:: len(basis.years)])
        streams, limits = frozenset(self._stream[payments]), []
        by_line = False
        for block, mine in self.programme.rows_of(rule):
            if rule.record.per_cent_of == YEAR_BEFORE:
                # Later years compare with the year before, not with today.
                mine = mine & (block.index["year"] == 0)
            by_line = "line" in block.index
            at = tuple(block.index[d][mine] for d in ("line", "year") if d in block.index)
            sign = -1.0 if block.sense == ">=" else 1.0
            gave_way = np.zeros(mine.sum())
            if rule.implied:
                gave_way = block.right[mine] - basis.lines.today[at]
            limits.append((block.numbers[mine], at, sign, block.sense, gave_way))
        return _Follower(rule.share, by_line, payments, streams, rule.implied, limits)

    def _family(self, name: str) -> tuple[Rows | None, np.ndarray, np.ndarray]:
        """A family of what closed pools go on with: its rows, and the payments of each."""
        basis, block = self.programme.basis, self.programme.rows.get(name)
        if block is None:
            return None, np.zeros(0, np.int64), np.zeros(0, np.int64)
        names, rows = self.programme.draft.names, basis.pooled_today
        columns = [d for d in _KEYS if d in block.index]
        of_class = np.array([streams[0] for streams in basis.classes.streams], dtype=object)
        held = [of_class if d == "class" else names[d] for d in columns]
        coded = zip(*(block.index[d].tolist() for d in columns), strict=True)
        number = {
            tuple(str(among[code]) for among, code in zip(held, codes, strict=True)): n
            for n, codes in enumerate(coded)
        }
        years = np.array(basis.years, dtype=object)[rows["t"].to_numpy(np.int64)]
        keys = zip(
            *(years if d == "year" else rows[_KEYS[d]].tolist() for d in columns), strict=True
        )
        return block, np.array([number[key] for key in keys], np.int64), rows["payment"].to_numpy()

    def fund(self, funding: Mapping[str, np.ndarray], streams: Iterable[str]) -> None:
        """Carry today's money on with new funding of some streams, in pounds by year."""
        for stream in streams:
            amounts = funding[stream]
            root = self._root.get(stream, stream)
            base = self._base.get(root, float(funding[root][self._today]))
            growth = amounts / base if base > 0 else np.zeros(len(amounts))
            self._growth[self._stream == stream] = growth

    def set_share(self, rule: str, share: float) -> None:
        """Another share for a rule."""
        self._followers[rule].share = share

    def set_given_way(self, given: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray, str]]:
        """Other amounts by which services without effects give way, and the limits they set.

        Parameters
        ----------
        given : ndarray
            Less and more by lines and years, scaled: ``given_way`` of a basis.
        """
        for held in self._followers.values():
            if held.implied:
                held.limits = [
                    (numbers, at, sign, sense, given[0 if sign < 0 else 1][at])
                    for numbers, at, sign, sense, _ in held.limits
                ]
                yield from self._limits(held)

    def limits(
        self, streams: Iterable[str] | None = None, rule: str | None = None
    ) -> Iterator[tuple[np.ndarray, np.ndarray, str]]:
        """Rows, right sides and sense of what follows some streams, or of one rule."""
        changed = None if streams is None else frozenset(streams)
        for name, held in self._followers.items():
            if rule is not None and name != rule:
                continue
            if changed is None or changed & held.streams:
                yield from self._limits(held)
        for block, row, payment in self._pooled if rule is None else ():
            if block is not None and (changed is None or changed & set(self._stream[payment])):
                year = block.index["year"][row]
                paid = self._amount[payment, year] * self._growth[payment, year]
                right = np.bincount(row, paid, len(block)) / self.programme.basis.scale.money
                yield block.numbers, right, block.sense

    def _limits(self, held: _Follower) -> Iterator[tuple[np.ndarray, np.ndarray, str]]:
        basis = self.programme.basis
        spent = self._amount[held.payments] * self._growth[held.payments]
        if held.by_line:
            today = np.zeros((len(basis.lines), len(basis.years)))
            np.add.at(today, self._line[held.payments], spent)
        else:
            today = spent.sum(axis=0)
        today /= basis.scale.money
        for numbers, at, sign, sense, gave_way in held.limits:
            yield numbers, max(1.0 + sign * held.share, 0.0) * today[at] + gave_way, sense


# What may be missing where money cannot meet all need, first things first, by family of variables.
_SHORT = {UNMET: "unmet", DROPPED: "dropped"}
# What is kept of the first while the second is made least, scaled: a tenth of a penny.
_HAIR = 1e-9

_OUT_OF_ORDER = (
    "an equity floor is kept here only by filling later steps of returns before earlier ones, "
    "which a live model does not see; placebudget.optimise finds the true plan"
)


@dataclass(frozen=True)
class Reached:
    """What a session's solve reached.

    Parameters
    ----------
    objective : str
        What was made the most of.
    value : float
        In the objective's unit.
    spending : DataFrame
        Money by service, area and year, in pounds. Among equally good plans
        this is any one; :func:`placebudget.optimise` gives the one nearest to today.
    need_unmet, capacity_dropped : float
        Need that must be met and cannot all be, and capacity given up faster than it can be
        before any need goes unmet, in pounds; values that differ in these do not compare.
    values : ndarray
        Of every variable, scaled.
    """

    objective: str
    value: float
    spending: pd.DataFrame
    need_unmet: float = 0.0
    capacity_dropped: float = 0.0
    values: np.ndarray = field(default_factory=lambda: np.zeros(0), repr=False, compare=False)


class LiveProgramme:
    """A programme and the live model of it, with the limits that hold now.

    Parameters
    ----------
    programme : Programme
        With one objective that adds up value.
    limits : RunLimits, optional
        Time and stop signal of every solve.
    """

    def __init__(self, programme: Programme, limits: RunLimits | None = None) -> None:
        self.programme, self.limits = programme, limits or RunLimits()
        matrix = programme.matrix
        self._gain = programme.objectives[0].gain
        self._lower, self._upper = matrix.lower.copy(), matrix.upper.copy()
        self._row_lower, self._row_upper = matrix.row_lower.copy(), matrix.row_upper.copy()
        self._live = RelaxedFirst(matrix, -self._gain)
        self._whole = np.flatnonzero(matrix.integer)
        self._open_bounds = self._lower[self._whole], self._upper[self._whole]
        self._held = False
        # By how much which constraints gave way in the last solve, scaled.
        self.gave_way: dict[int, float] = {}
        # What had to be missing in it; only where it is written so that any need may go unmet.
        self.shortfall: Shortfall | None = None
        self._may_fall_short = programme.basis.shortfall == Shortfall()
        self._at_work = threading.RLock()
        self._kept = kept_rows(programme)
        # Constraints that were found not to be kept whatever services without effects give.
        self._against: np.ndarray | None = None
        if self._may_fall_short:
            self._meet_all_need()

    def value(self) -> float:
        """Value of the best plan as things stand, in the objective's unit.

        Raises
        ------
        Infeasible, Unbounded, Stopped, SolverFailed
            If there is none; the session can go on.
        """
        return self._value(self._solved())

    def solve(self) -> Reached:
        """The best plan as things stand: its value and its spending."""
        answer = self._solved()
        objective = self.programme.objectives[0].name
        assert answer.values is not None
        return Reached(
            objective, self._value(answer), self._spending(answer), **self._missing,
            values=answer.values,
        )  # fmt: skip

    def make_the_most_of(self, *objectives: Objective) -> None:
        """Ask for the most of something else, the first of these, from the next solve on."""
        with self._alone():
            self.programme = replace(self.programme, objectives=objectives)
            self._gain = objectives[0].gain
            self._live.change_cost(-self._gain)

    def values(self) -> np.ndarray:
        """Value of every variable in the best plan as things stand."""
        values = self._solved().values
        assert values is not None
        return values

    @property
    def need_unmet(self) -> float:
        """Need that the last solve had to leave unmet, in pounds, as the programme has it."""
        return self._missing.get("need_unmet", 0.0)

    @property
    def _missing(self) -> dict[str, float]:
        short, scale = self.shortfall, self.programme.basis.scale
        return {} if short is None else short.in_pounds(scale.money)

    @property
    def holds_decisions(self) -> bool:
        """Whether decisions on offers stay as they were found; False where there are none."""
        return self._held

    def hold_decisions(self, values: np.ndarray) -> None:
        """Keep the starts and runs of offers as they are in a solution.

        What is left is continuous and solved again in a fraction of the time. The
        best plan with other starts may be better, and where none exists with these
        starts there may be one with others: :meth:`free_decisions` looks for it.

        Parameters
        ----------
        values : ndarray
            Value of every variable, as :meth:`values` gives them.
        """
        if not len(self._whole):
            return
        decided = np.round(values[self._whole])
        self._live.relax_integers()
        self._change_columns(self._whole, decided, decided)
        self._held = True

    def free_decisions(self) -> None:
        """Choose the starts and runs of offers anew in the next solve."""
        if self._held:
            self._change_columns(self._whole, *self._open_bounds)
            self._live.restore_integers(self._whole)
            self._held = False

    def mark(self) -> object:
        """Where the last solve ended, for :meth:`back_to`."""
        return self._live.mark()

    def back_to(self, mark: object) -> None:
        """Start the next solve from a mark, so that it does not depend on what ran since."""
        self._live.back_to(mark)

    def forget(self) -> None:
        """Start the next solve afresh, so that it does not depend on what ran before."""
        self._live.forget_basis()

    @property
    def programme_now(self) -> Programme:
        """The programme with the limits that hold now."""
        matrix = replace(
            self.programme.matrix,
            lower=self._lower,
            upper=self._upper,
            row_lower=self._row_lower,
            row_upper=self._row_upper,
        )
        return replace(self.programme, matrix=matrix)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """The model is one thread's at a time: two at once would answer for neither."""
        if not self._at_work.acquire(blocking=False):
            raise SolverFailed(
                "another thread is at work in this session; give each thread a session of its "
                "own, or wait until it is done"
            )
        try:
            yield
        finally:
            self._at_work.release()

    def _solved(self) -> SolverResult:
        with self._alone():
            return self._answered()

    def _answered(self) -> SolverResult:
        self._keep_again()
        if self.shortfall is not None:
            self._meet_all_need()
        answer = self._run_kept()
        if answer.status is Status.INFEASIBLE and self._fall_short():
            answer = self._run_kept()
        if answer.values is not None and answer.has_solution:
            if not keeps_order(self.programme, answer.values):
                raise SolverFailed(_OUT_OF_ORDER)
            return answer
        if answer.status is Status.INFEASIBLE:
            now = let_go(self.programme_now).matrix
            raise name_clash(self.programme, now, self._against)
        if answer.status is Status.UNBOUNDED:
            raise Unbounded("the objective can grow without end; give the service a need")
        if answer.status in (Status.STOPPED, Status.TIME_LIMIT):
            raise Stopped(f"no plan was reached: {answer.status.value}")
        raise SolverFailed(f"the solver gave no answer ({answer.detail})")

    def _run_kept(self) -> SolverResult:
        """Solve, and give way where services without effects cannot keep their money."""
        answer = self._live.run(self.limits, self.limits.seconds)
        if answer.status is Status.INFEASIBLE and self._give_way():
            answer = self._live.run(self.limits, self.limits.seconds)
        return answer

    # --- need that cannot be met ------------------------------------------------

    def _meet_all_need(self) -> None:
        """Ask for all need to be met again."""
        self.shortfall = None
        for family in _SHORT.values():
            self._allow(family, 0.0, np.inf)

    def _allow(self, family: str, most: float, whole: float) -> None:
        """The most of each variable of a shortfall, and what all of it may cost."""
        columns, rows = self.programme.columns[family], self.programme.rows.get(f"least_{family}")
        nothing = np.zeros(len(columns))
        self._change_columns(columns.numbers, nothing, nothing + most)
        if rows is not None:
            self._change_rows(rows.numbers, np.array([-np.inf]), np.array([whole]))

    def _fall_short(self) -> bool:
        """Leave the least need unmet, and before any give up the least capacity too fast.

        False where all need can be met, so that something else stands in the way.
        """
        if not self._may_fall_short:
            return False
        rows, scale = self._kept, self.programme.basis.scale.money
        self._let_go()
        for family in _SHORT.values():
            self._allow(family, np.inf, np.inf)
        least = []
        for name, family in _SHORT.items():
            goal = shortfall_objective(name, self.programme.draft, self.programme.basis)
            self._live.change_cost(-goal.gain)
            answer = self._live.run(replace(self.limits, gap=0.0), self.limits.seconds)
            if answer.values is None:
                break
            least.append(max(-goal.value(answer.values), 0.0))
            self._allow(family, np.inf, least[-1] / scale + _HAIR)
        self._live.change_cost(-self._gain)
        self._live.change_rows(rows, self._row_lower[rows], self._row_upper[rows])
        if len(least) == len(_SHORT):
            unmet, dropped = least
            self.shortfall = Shortfall.least(unmet, dropped, scale)
        if self.shortfall is None:
            self._meet_all_need()
            return False
        for family in _SHORT.values():
            self._allow(family, np.inf, getattr(self.shortfall, family))
        return True

    def _give_way(self) -> bool:
        """Let services without effects have other money than today's, where that is a way."""
        if not self._would_help():
            return False
        given = least_given(self.programme_now, self.limits)
        if not given:
            return False
        self.gave_way = given
        rows, room = np.array(list(given)), np.array(list(given.values()))
        self._live.change_rows(rows, self._row_lower[rows] - room, self._row_upper[rows] + room)
        return True

    def _would_help(self) -> bool:
        """Whether there is a plan where they have whatever money is left."""
        rows = self._kept
        self._let_go()
        found = self._live.run(self.limits, self.limits.seconds).status
        self._against = self._live.against() if found is Status.INFEASIBLE else None
        self._live.change_rows(rows, self._row_lower[rows], self._row_upper[rows])
        return found is not Status.INFEASIBLE

    def _let_go(self) -> None:
        endless = np.full(len(self._kept), np.inf)
        self._live.change_rows(self._kept, -endless, endless)

    def _keep_again(self) -> None:
        """Ask for all of today's money of services without effects."""
        rows = np.array(list(self.gave_way), np.int64)
        if len(rows):
            self._live.change_rows(rows, self._row_lower[rows], self._row_upper[rows])
            self.gave_way = {}

    def _value(self, answer: SolverResult) -> float:
        assert answer.values is not None
        return self.programme.objectives[0].value(answer.values)

    def _spending(self, answer: SolverResult) -> pd.DataFrame:
        assert answer.values is not None
        basis = self.programme.basis
        money = self.programme.columns["money"]
        spent = np.zeros((len(basis.lines), len(basis.years)))
        amounts = self.programme.take("money", answer.values)
        np.add.at(spent, (money.index["line"], money.index["year"]), amounts)
        line, year = np.nonzero(spent > 0)
        return pd.DataFrame(
            {
                "service": basis.lines.service[line],
                "area": basis.lines.area[line],
                "year": np.array(basis.years, dtype=object)[year],
                "amount": np.round(spent[line, year] * basis.scale.money, 2),
            }
        )

    def _change_rows(self, rows: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
        with self._alone():
            self._row_lower[rows], self._row_upper[rows] = low, high
            self._live.change_rows(rows, low, high)

    def _change_columns(self, numbers: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
        with self._alone():
            self._lower[numbers], self._upper[numbers] = low, high
            self._live.change_columns(numbers, low, high)
