"""The limits of a programme that bind in its best plan, each with what moves with it.

What moves in a programme with a limit: right sides and bounds, all that depend on it.

Most limits stand in one place. Two do not. Where no need is given, capacity takes its
place, so steps of returns are as wide as capacity is, as what can be built in a year is a
share of it; and today's money, which locks, virement and pace hold spending to, is carried on
with funding. Capacity that today's money pays for is that of today's year, and stays. With a
need that must be met move its steps, and what is left of it after the last year of money.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from dataclasses import replace as changed
from functools import cached_property, partial

import numpy as np

from placebudget.programme import Programme
from placebudget.programme.linear import Matrix
from placebudget.programme.money import stream_funding
from placebudget.programme.objectives.value import VALUED, value_objective
from placebudget.programme.rules import Rule, read_rules
from placebudget.solver.session.live_programme import TodaysMoney

# Pounds by which funding is moved, to see what of today's money follows it.
_PROBE = 1_000.0
RING_FENCE, CAPACITY, FUNDING = "ring-fence", "capacity", "funding"
NEED, RELEASE, BUILD = "need", "release", "build"
LOAN = "loan"
MAXIMUM, MINIMUM = "contribution maximum", "contribution minimum"
MILLION, UNIT, OUTCOME, POST = "£1 million", "1 unit", "1 unit of outcome", "1 post"
# What is too little to be anything, of a unit: £10, or a hundredth of one.
_HAIRS = {MILLION: 1e-5, UNIT: 0.01, OUTCOME: 0.01, POST: 0.01}
_UNITS = {"units": UNIT, "outcome units": OUTCOME, "posts": POST}
_NEAR = 1e-7


@dataclass(frozen=True)
class Move:
    """By how much numbers of a programme move, for one scaled unit of a limit.

    Parameters
    ----------
    rows : mapping of int to float
        Right sides of constraints.
    lower, upper : mapping of int to float
        Bounds of variables.
    gain : float
        What the objective gains by itself, whatever is bought, scaled.
    """

    rows: Mapping[int, float] = field(default_factory=dict)
    lower: Mapping[int, float] = field(default_factory=dict)
    upper: Mapping[int, float] = field(default_factory=dict)
    gain: float = 0.0

    def __neg__(self) -> Move:
        """The same move the other way."""
        rows, lower, upper = (
            {n: -by for n, by in part.items()} for part in (self.rows, self.lower, self.upper)
        )
        return Move(rows, lower, upper, -self.gain)


def held(programme: Programme, numbers: np.ndarray, decided: np.ndarray) -> Matrix:
    """The programme with whole numbers as decided, and without what then says nothing.

    The largest lot of an offer that runs is the least of capacity, need and money, which
    are kept anyhow; of these, it would stay where it is while they move. So it is left
    out, and the end of a step that is open with it.

    Parameters
    ----------
    numbers, decided : ndarray
        Which variables are decided, and how.
    """
    matrix = programme.matrix
    lower, upper, integer = matrix.lower.copy(), matrix.upper.copy(), matrix.integer.copy()
    lower[numbers] = upper[numbers] = decided
    integer[numbers] = False
    row_upper = matrix.row_upper.copy()
    for name, whole in (("largest_lot", "run"), ("next_step", "full")):
        rows = programme.rows.get(name)
        if rows is not None:
            row_upper[rows.numbers[programme.take(whole, lower) > 0]] = np.inf
    return changed(matrix, lower=lower, upper=upper, integer=integer, row_upper=row_upper)


class Moves:
    """The moves of limits on which other numbers depend.

    Parameters
    ----------
    programme : Programme
        Any programme.
    values : ndarray
        Values of its variables; whole numbers are taken as decided.
    """

    def __init__(self, programme: Programme, values: np.ndarray) -> None:
        self.programme, self.basis = programme, programme.basis
        self.years = len(self.basis.years)
        self.full = programme.take("full", values)

    @cached_property
    def today(self) -> TodaysMoney:
        """Today's money, which follows streams."""
        return TodaysMoney(self.programme, read_rules(self.basis))

    @cached_property
    def streams(self) -> dict[str, np.ndarray]:
        """Funding of each stream by year, pounds."""
        funding = stream_funding(self.basis.place)
        return {str(name): row.to_numpy(float) for name, row in funding.iterrows()}

    def capacity(self, offer: int, year: int) -> Move:
        """One unit more of an offer's capacity in a year."""
        steps, columns = self.basis.steps, self.programme.columns
        upper = {columns["units"].first + offer * self.years + year: 1.0}
        mine = steps.line == self.basis.offers.line[offer]
        wider = np.flatnonzero(mine & steps.of_capacity[:, year])
        first = columns["step_units"].first
        upper |= {first + int(n) * self.years + year: float(steps.share[n]) for n in wider}
        rows = self._filled(wider, year)
        if offer in self.basis.need.built:
            rows |= {n: float(self.basis.need.build[offer]) for n in self._build(offer, year)}
        return Move(rows=rows, upper=upper)

    def _build(self, offer: int, year: int) -> list[int]:
        """The constraint on how fast an offer can be built up to a year."""
        block = self.programme.rows["build"]
        mine = (block.index["offer"] == offer) & (block.index["year"] == year)
        found: list[int] = block.numbers[mine].tolist()
        return found

    def need(self, line: int) -> Move:
        """One less of a need that must be met, in every year."""
        steps, first = self.basis.steps, self.programme.columns["step_units"].first
        mine = np.flatnonzero(steps.line == line)
        upper = {
            first + int(n) * self.years + t: -float(steps.share[n])
            for n in mine
            for t in range(self.years)
        }
        rows: dict[int, float] = {}
        for name in ("need_met", "need_after"):
            if block := self.programme.rows.get(name):
                rows |= dict.fromkeys(block.numbers[block.index["line"] == line].tolist(), -1.0)
        for t in range(self.years):
            rows |= {n: -by for n, by in self._filled(mine, t).items()}
        return Move(rows=rows, upper=upper, gain=self._without(line))

    def _without(self, line: int) -> float:
        """What the objective gains by itself as a need becomes one less."""
        objective = self.programme.objectives[0]
        if objective.name not in VALUED or not self.basis.need.lasting[line]:
            return 0.0
        needed = self.basis.needed.copy()
        needed[line] -= 1.0
        less = self.basis.altered(needed=needed)
        constant = value_objective(objective.name, self.programme.draft, less).constant
        return constant - objective.constant

    def _filled(self, wider: np.ndarray, year: int) -> dict[int, float]:
        """A step that is held full is full when it is wider, too."""
        rows, steps = self.programme.rows.get("step_filled"), self.basis.steps
        if rows is None:
            return {}
        share = {(steps.line[n], steps.step[n]): float(steps.share[n]) for n in wider}
        full = np.flatnonzero((rows.index["year"] == year) & (self.full > 0))
        keys = {int(n): (rows.index["line"][n], rows.index["step"][n] + 1) for n in full}
        return {rows.first + n: share[key] for n, key in keys.items() if key in share}

    def funding(self, stream: str, year: int) -> Move:
        """One more of a stream's money in a year."""
        classes = self.basis.classes
        klass = next(c for c, names in enumerate(classes.streams) if stream in names)
        rows = {self._balance(klass, year): 1.0} | self._follows(stream, year)
        return Move(rows=rows, upper=self._carried(klass, year, 1.0))

    def fence(self, klass: int, year: int) -> Move:
        """One of the money of a class, in a year, becomes free money."""
        free = int(np.flatnonzero(self.basis.classes.free)[0])
        rows = {self._balance(klass, year): -1.0, self._balance(free, year): 1.0}
        return Move(rows=rows, upper=self._carried(klass, year, -1.0))

    def _balance(self, klass: int, year: int) -> int:
        return self.programme.rows["class_balance"].first + klass * self.years + year

    def _carried(self, klass: int, year: int, by: float) -> dict[int, float]:
        """What may be carried out of a year is a share of its funding."""
        carry = self.programme.columns["carry"]
        at = np.flatnonzero((carry.index["class"] == klass) & (carry.index["year"] == year))
        share = by * float(self.basis.classes.carry_forward[klass])
        return {carry.first + int(n): share for n in at}

    def _follows(self, stream: str, year: int) -> dict[int, float]:
        """Limits that follow today's money, which is carried on with funding."""
        back = min(_PROBE, self.streams[stream][year])
        more, less, _ = (self._limits(stream, year, by) for by in (_PROBE, -back, 0.0))
        apart = (_PROBE + back) / self.basis.scale.money
        return {n: by / apart for n, side in more.items() if abs(by := side - less[n]) > 1e-12}

    def _limits(self, stream: str, year: int, by: float) -> dict[int, float]:
        """Right sides that follow a stream, with its funding moved by some pounds."""
        funding = self.streams[stream].copy()
        funding[year] += by
        self.today.fund({stream: funding}, [stream])
        found: dict[int, float] = {}
        for numbers, right, _ in self.today.limits([stream]):
            found.update(zip(numbers.tolist(), right.tolist(), strict=True))
        return found


@dataclass(frozen=True)
class Limit:
    """One limit, and what moves when it is relaxed by one scaled unit.

    Parameters
    ----------
    kind, name, where, year, basis : str
        As in the table of prices.
    unit : str
        What one of it is.
    unit_scaled : float
        That, in the programme's units.
    move : Move
        Right sides and bounds.
    room, back : float
        How far it can be relaxed and tightened at all, in the programme's units.
    there : float
        Of a limit from both sides, what there is to take away, in the programme's units.
    """

    kind: str
    name: str
    where: str
    year: str
    basis: str
    unit: str
    unit_scaled: float
    move: Move
    room: float = np.inf
    back: float = np.inf
    there: float = np.inf

    @property
    def hair(self) -> float:
        """What is too little to be anything, in the programme's units."""
        return _HAIRS[self.unit] * self.unit_scaled


class Binding:
    """What binds in the best plan of a programme.

    Parameters
    ----------
    programme : Programme
        With a class of free money.
    values : ndarray
        Values of its variables in the best plan.
    """

    def __init__(self, programme: Programme, values: np.ndarray) -> None:
        self.programme, self.basis, self.values = programme, programme.basis, values
        self.moves = Moves(programme, values)
        self.pound = 1 / self.basis.scale.money
        self.million = 1e6 * self.pound

    def limits(self) -> Iterator[Limit]:
        """All of them: a limit may bind and still have no dual, at a kink."""
        yield from self._rules()
        yield from self._contributions()
        yield from self._loans()
        yield from self._ring_fences()
        yield from self._capacities()
        yield from self._needs()
        yield from self._speeds()

    def _rules(self) -> Iterator[Limit]:
        """Rules, each with all constraints that its amount stands in."""
        activity = self.programme.matrix.times(self.values)
        rules = {rule.number: rule for rule in read_rules(self.basis)}
        found: dict[tuple[int, str, str, str], dict[int, float]] = {}
        binding: dict[tuple[int, str, str, str], float] = {}
        there: dict[tuple[int, str, str, str], float] = {}
        for kind, block in self.programme.rule_rows():
            of = _UNITS.get("units" if kind.of_shares else kind.unit, MILLION)
            relaxed = -1.0 if block.sense == ">=" else 1.0
            near = _NEAR * np.maximum(1.0, np.abs(block.right))
            tight = np.abs(activity[block.numbers] - block.right) <= near
            for n in range(len(block)):
                number = int(block.index["rule"][n])
                key = (
                    number,
                    of,
                    *self._where_and_when(block.index, n),
                )
                found.setdefault(key, {})[block.first + n] = relaxed
                if tight[n]:
                    right = float(block.right[n])
                    # A floor can be relaxed until nothing is left of it.
                    room = right if relaxed < 0 and right > 0 else np.inf
                    binding[key] = max(binding.get(key, 0.0), room)
                    there[key] = min(there.get(key, np.inf), room)
        for key, room in binding.items():
            number, unit, where, year = key
            limit = self._rule(rules[number], unit, where, year, room, Move(rows=found[key]))
            yield changed(limit, there=there[key])

    def _rule(self, rule: Rule, unit: str, where: str, year: str, room: float, move: Move) -> Limit:
        scaled = self.million if unit == MILLION else 1 / self.basis.scale.units
        return Limit(rule.kind, rule.name, where, year, rule.basis, unit, scaled, move, room)

    def _where_and_when(self, index, n: int) -> tuple[str, str]:  # type: ignore[no-untyped-def]
        names = self.programme.draft.names
        where = [str(names[d][index[d][n]]) for d in ("line", "area", "agency") if d in index]
        year = [str(names[d][index[d][n]]) for d in ("year", "appraisal_year") if d in index]
        return ", ".join(where), "".join(year)

    def _contributions(self) -> Iterator[Limit]:
        basis, block = self.basis, self.programme.columns["contribute"]
        paid = self.values[block.numbers]
        for n in range(len(block)):
            klass, route, year = (int(block.index[d][n]) for d in ("class", "route", "year"))
            low, high, number = float(block.lower[n]), float(block.upper[n]), block.first + n
            said = partial(
                Limit, name=str(basis.routes[route]), where=", ".join(basis.classes.streams[klass]),
                year=basis.years[year], basis="agreement", unit=MILLION, unit_scaled=self.million,
                back=high - low,
            )  # fmt: skip
            if np.isfinite(high) and abs(paid[n] - high) <= _NEAR:
                yield said(MAXIMUM, move=Move(upper={number: 1.0}))
            if low > 0 and abs(paid[n] - low) <= _NEAR:
                yield said(MINIMUM, move=Move(lower={number: -1.0}), room=low)

    def _loans(self) -> Iterator[Limit]:
        """What may be borrowed of each loan."""
        block = self.programme.columns.get("borrow")
        for n, loan in enumerate(self.basis.loans):
            assert block is not None
            if self.values[block.first + n] >= block.upper[n] - _NEAR:
                yield Limit(
                    LOAN, loan.name, loan.stream, self.basis.years[loan.first], "policy",
                    MILLION, self.million, Move(upper={block.first + n: 1.0}),
                    back=float(block.upper[n]),
                )  # fmt: skip

    def _ring_fences(self) -> Iterator[Limit]:
        """Moving money from a fenced class to free money."""
        basis = self.basis
        if basis.pooling.freed:
            return
        for c, fence in enumerate(basis.classes.fence):
            for t, year in enumerate(basis.years) if fence is not None else ():
                money = float(basis.classes.funding[c, t])
                if money > 0:
                    yield Limit(
                        RING_FENCE, ", ".join(basis.classes.streams[c]),
                        "for " + ", ".join(sorted(fence or ())), year, "grant condition",
                        MILLION, self.million, self.moves.fence(c, t), money, back=0.0,
                    )  # fmt: skip

    def _capacities(self) -> Iterator[Limit]:
        basis, block = self.basis, self.programme.columns["units"]
        full = np.isfinite(block.upper) & (self.values[block.numbers] >= block.upper - 1e-9)
        for n in np.flatnonzero(full & (block.upper > 0)):
            offer, year = int(block.index["offer"][n]), int(block.index["year"][n])
            where = self.programme.draft.names["line"][int(basis.offers.line[offer])]
            yield Limit(
                CAPACITY, str(basis.offers.name[offer]), str(where), basis.years[year],
                "assumption", UNIT, 1 / basis.scale.units, self.moves.capacity(offer, year),
                back=float(block.upper[n]),
            )  # fmt: skip

    def _needs(self) -> Iterator[Limit]:
        """Need that must be met, a line at a time, in every year alike.

        Not where an outcome avoids need of several lines in proportion to it, nor where a rule
        compares with the aligned plan: more than right sides would move with it.
        """
        basis, need = self.basis, self.basis.need
        if any(rule.record.benchmarked for rule in read_rules(basis)):
            return
        links = list(zip(need.outcome, need.area, basis.lines.service[need.line], strict=True))
        shared = {int(n) for n, key in zip(need.line, links, strict=True) if links.count(key) > 1}
        for line in np.flatnonzero(need.led).tolist():
            least = float(basis.needed[line].min())
            if line not in shared and least > 0:
                where = str(self.programme.draft.names["line"][line])
                yield Limit(
                    NEED, str(basis.lines.service[line]), where, "", "assumption", UNIT,
                    1 / basis.scale.units, self.moves.need(line), least,
                )  # fmt: skip

    def _speeds(self) -> Iterator[Limit]:
        """How fast capacity can be given up, and built."""
        basis = self.basis
        activity = self.programme.matrix.times(self.values)
        for kind, sign in ((RELEASE, -1.0), (BUILD, 1.0)):
            block = self.programme.rows.get(kind)
            if block is None:
                continue
            year = block.index["year" if "year" in block.index else "appraisal_year"]
            near = _NEAR * np.maximum(1.0, np.abs(block.right))
            for n in np.flatnonzero(np.abs(activity[block.numbers] - block.right) <= near):
                offer = int(block.index["offer"][n])
                where = self.programme.draft.names["line"][int(basis.offers.line[offer])]
                yield Limit(
                    kind, str(basis.offers.name[offer]), str(where), basis.appraisal[year[n]],
                    "assumption", UNIT, 1 / basis.scale.units,
                    Move(rows={block.first + int(n): sign}),
                )  # fmt: skip

    def funding(self) -> Iterator[Limit]:
        """What each stream brings in each year: no condition, and it always binds."""
        basis = self.basis
        agency = dict(
            zip(basis.place.streams["stream"], basis.place.streams["agency"], strict=True)
        )
        for stream, amounts in self.moves.streams.items():
            for t, year in enumerate(basis.years):
                yield Limit(
                    FUNDING, stream, str(agency[stream]), year, "", MILLION, self.million,
                    self.moves.funding(stream, t), back=float(amounts[t]) * self.pound,
                )  # fmt: skip
