"""What a live programme gains as a limit moves: its slope on each side, and how far it goes.

Along a limit the best value of a linear programme is a concave curve of straight pieces.
A piece is a basis: where it ends is found from the basis itself (the first variable to
reach a bound), its slope from what the variables do meanwhile; there the next basis
follows. Duals are not read: where pieces meet they are not unique.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from placebudget.errors import SolverFailed
from placebudget.programme.linear import Matrix, worth
from placebudget.solver.backend.answer import RunLimits, Status
from placebudget.solver.backend.highs import LiveHighs
from placebudget.solver.marginal.binding import Move

# Bases of a linear programme, followed from one to the next as limits move.
#
# Variables are those of the matrix, and after them what each constraint adds up to. A basis
# is factorised once; what it says of a variable or a constraint is worked out when it is first
# asked for, and kept. Bases that are some exchanges away are told from these by a small system
# of equations, so that many limits can be followed from one factorisation.

_STILL = 1e-9  # slower than this, a variable stands still
_NOTHING = 1e-13  # what solving leaves of nought
_NEAR = 1e-12  # bounds and ends that are as good as one
_FLAT = 1e-9  # pulls that are as good as none
_APART = 1e-6  # two ways to one figure may differ by so much
_EXCHANGES = 40  # after so many a basis is factorised afresh
_ROUND = 100  # after so many without a step, the lowest number decides, and ends every circle

Sparse = tuple[np.ndarray, np.ndarray]


class Equations:
    """A programme as a tableau needs it: each constraint equal to a variable of its own.

    Parameters
    ----------
    matrix : Matrix
        Without whole numbers.
    gain : ndarray
        What one more of each variable adds.
    """

    def __init__(self, matrix: Matrix, gain: np.ndarray) -> None:
        from scipy import sparse

        shape = (matrix.height, matrix.width)
        rows = sparse.csr_matrix((matrix.value, matrix.column, matrix.start), shape)
        self.columns = sparse.hstack([rows, -sparse.eye(matrix.height)], format="csc")
        self.rows = self.columns.tocsr()
        self.width, self.height = matrix.width, matrix.height
        self.gain = np.concatenate([gain, np.zeros(matrix.height)])


class Tableau:
    """One basis, factorised.

    Parameters
    ----------
    equations : Equations
        The programme.
    basic : ndarray of int
        Variables in the basis.
    lower, upper : ndarray
        Bounds of all variables.
    up : ndarray of bool
        Which are at their upper bound, of those that are not in the basis.
    """

    def __init__(
        self,
        equations: Equations,
        basic: np.ndarray,
        lower: np.ndarray,
        upper: np.ndarray,
        up: np.ndarray,
    ) -> None:
        from scipy.sparse.linalg import splu

        self.equations, self.basic, self.lower, self.upper, self.up = (
            equations,
            basic,
            lower,
            upper,
            up,
        )
        self.system = splu(equations.columns[:, basic])
        self.place = np.full(len(lower), -1)
        self.place[basic] = np.arange(equations.height)
        values = np.where(up, upper, lower)
        values[basic] = 0.0
        values[~np.isfinite(values)] = 0.0
        values[basic] = self.system.solve(-(equations.columns @ values))
        self.values = values
        prices = self.system.solve(equations.gain[basic], "T")
        self.pull = equations.gain - equations.rows.T @ prices
        self.pull[basic] = 0.0
        self.here = Exchanged(self)

    def row(self, place: int) -> Sparse:
        """What one more of each variable takes from the one at a place in the basis."""
        unit = np.zeros(self.equations.height)
        unit[place] = 1.0
        share, rows = self.system.solve(unit, "T"), self.equations.rows
        at = (np.abs(share) > _NOTHING).nonzero()[0].tolist()
        ends = zip(rows.indptr[at].tolist(), rows.indptr[[n + 1 for n in at]].tolist(), strict=True)
        parts = [(rows.indices[low:high], rows.data[low:high]) for low, high in ends]
        return _sparse(_summed(zip(parts, share[at].tolist(), strict=True), rows.shape[1]))

    def column(self, number: int) -> Sparse:
        """What one more of a variable takes from each place in the basis."""
        columns, push = self.equations.columns, np.zeros(self.equations.height)
        part = slice(columns.indptr[number], columns.indptr[number + 1])
        push[columns.indices[part]] = columns.data[part]
        return _sparse(self.system.solve(push))


class Exchanged:
    """A basis some exchanges away from one that is factorised, told from it.

    Whoever comes by the same exchanges comes to the same object, which works out once what it
    is asked for.

    Parameters
    ----------
    table : Tableau
        What is factorised.
    before : Exchanged, optional
        The basis that is one exchange nearer to it.
    place, number : int
        That exchange: a place in the basis, and the variable that is there now.
    """

    def __init__(
        self, table: Tableau, before: Exchanged | None = None, place: int = -1, number: int = -1
    ) -> None:
        self.table = table
        self.gone: list[int] = []
        self.come: list[int] = []
        self.meet = np.zeros((0, 0))
        self.first: Exchanged = self if before is None else before.first
        self._rows: dict[int, Sparse] = {}
        self._columns: dict[int, Sparse] = {}
        self._next: dict[tuple[int, int], Exchanged] = {}
        if before is not None:
            self._begin(before, place, number)

    def _begin(self, before: Exchanged, place: int, number: int) -> None:
        """Where the rows that have gone meet the columns that have come."""
        self.gone, self.come = before.gone.copy(), before.come.copy()
        if place not in self.gone:
            self.gone.append(place)
            self.come.append(number)
        at, count, old = self.gone.index(place), len(self.gone), len(before.gone)
        self.come[at] = number
        self.meet = np.zeros((count, count))
        self.meet[:old, :old] = before.meet
        self.meet[:, at] = _picked(self.first.column(number), self.gone)
        self.meet[at] = _picked(self.first.row(place), self.come)

    def after(self, place: int, number: int) -> Exchanged:
        """The basis with another variable at a place."""
        key = place, number
        if key not in self._next:
            self._next[key] = Exchanged(self.table, self, place, number)
        return self._next[key]

    def row(self, place: int) -> Sparse:
        """What one more of each variable takes from the one at a place in the basis."""
        if place not in self._rows:
            self._rows[place] = self._row(place) if self.gone else self.table.row(place)
        return self._rows[place]

    def column(self, number: int) -> Sparse:
        """What one more of a variable takes from each place in the basis."""
        if number not in self._columns:
            found = self._column(number) if self.gone else self.table.column(number)
            self._columns[number] = found
        return self._columns[number]

    def _row(self, place: int) -> Sparse:
        count, places, own = len(self.gone), self.gone, 0.0
        if place in self.gone:
            weights = np.linalg.solve(self.meet.T, np.eye(count)[self.gone.index(place)])
        else:
            right = _picked(self.first.row(place), self.come)
            weights, places, own = -np.linalg.solve(self.meet.T, right), [*places, place], 1.0
        parts = zip(map(self.first.row, places), [*weights.tolist(), own], strict=False)
        return _sparse(_summed(parts, len(self.table.values)))

    def _column(self, number: int) -> Sparse:
        own = self.first.column(number)
        weights = np.linalg.solve(self.meet, _picked(own, self.gone))
        others = zip(map(self.first.column, self.come), (-weights).tolist(), strict=True)
        total = _summed([(own, 1.0), *others], len(self.table.basic))
        total[self.gone] = weights
        return _sparse(total)


class Following:
    """The basis of the best plan as a limit moves, from a tableau where it stands.

    Parameters
    ----------
    table : Tableau
        Of the best plan.
    move : Move
        By how much limits and bounds move for one of the way.

    Attributes
    ----------
    way : float
        How far the limit has moved.
    speed : ndarray
        Of each variable, for one more of the way.
    """

    def __init__(self, table: Tableau, move: Move) -> None:
        size, width = len(table.values), table.equations.width
        self.way, self.waited = 0.0, 0
        self.lower_speed, self.upper_speed = np.zeros(size), np.zeros(size)
        for speed, moved in ((self.lower_speed, move.lower), (self.upper_speed, move.upper)):
            for part, first in ((moved, 0), (move.rows, width)):
                for number, by in part.items():
                    speed[first + number] = by
        self.moved = ((self.lower_speed != 0) | (self.upper_speed != 0)).nonzero()[0]
        self._begin(table)

    def _begin(self, table: Tableau) -> None:
        self.table, self.basis = table, table.here
        self.basic, self.place, self.up = table.basic.copy(), table.place.copy(), table.up.copy()
        self.lower, self.upper = table.lower.copy(), table.upper.copy()
        self.values, self.pull = table.values.copy(), table.pull.copy()
        still = self.moved[self.place[self.moved] < 0]
        shut = still[self.upper[still] - self.lower[still] < _NEAR]
        self.up[shut] = self.pull[shut] > 0
        self.speed = np.zeros(len(self.values))
        self.speed[still] = np.where(
            self.up[still], self.upper_speed[still], self.lower_speed[still]
        )
        for number in still[self.speed[still] != 0].tolist():
            at, takes = self.basis.column(number)
            self.speed[self.basic[at]] -= self.speed[number] * takes
        self.mask = self.speed != 0
        self.mask[self.moved] = True
        self.awake = self.mask.nonzero()[0]

    @property
    def slope(self) -> float:
        """What is gained for one more of the way."""
        return worth(self.table.equations.gain[self.awake], self.speed[self.awake])

    def room(self) -> tuple[float, int, bool]:
        """How far it is to the first bound, whose it is, and whether it is the upper one."""
        awake = self.awake
        count, speed, values = len(awake), self.speed[awake], self.values[awake]
        nearing, apart = np.empty(2 * count), np.empty(2 * count)
        np.subtract(speed, self.upper_speed[awake], out=nearing[:count])
        np.subtract(self.lower_speed[awake], speed, out=nearing[count:])
        np.subtract(self.upper[awake], values, out=apart[:count])
        np.subtract(values, self.lower[awake], out=apart[count:])
        able = (nearing > _STILL).nonzero()[0]
        if not len(able):
            return np.inf, -1, False
        nearing = nearing[able]
        far = np.maximum(apart[able], 0.0) / nearing
        room = float(far.min())
        first = (far <= room + _NEAR * max(1.0, self.way)).nonzero()[0]
        chosen = first[0] if self.waited > _ROUND else first[nearing[first].argmax()]
        at = int(able[chosen])
        return room, int(awake[at % count]), at < count

    def go(self, far: float) -> None:
        """Move the limit as far as its basis holds."""
        if far <= _NEAR:
            self.waited += 1
            return
        self.waited = 0
        self.way += far
        self.values[self.awake] += far * self.speed[self.awake]
        self.lower[self.moved] += far * self.lower_speed[self.moved]
        self.upper[self.moved] += far * self.upper_speed[self.moved]

    def exchange(self, leaving: int, to_upper: bool) -> bool:
        """Take a variable that is at a bound out of the basis; False where nothing can come in."""
        place = int(self.place[leaving])
        if place < 0:
            return False  # its own bounds have met
        if len(self.basis.gone) == _EXCHANGES:
            self._afresh()
            place = int(self.place[leaving])
        numbers, takes = self.basis.row(place)
        coming = self._coming(numbers, takes if to_upper else -takes)
        if coming < 0:
            return False
        number, taken = int(numbers[coming]), float(takes[coming])
        at, takes_of = self.basis.column(number)
        found = float(_picked((at, takes_of), [place])[0])
        if abs(found - taken) > _APART * max(1.0, abs(taken)) and self.basis.gone:
            self._afresh()
            return self.exchange(leaving, to_upper)
        bound_speed = (self.upper_speed if to_upper else self.lower_speed)[leaving]
        by = float(self.speed[leaving] - bound_speed) / found
        touched = self.basic[at]
        if by:
            self.speed[touched] -= by * takes_of
            self.speed[number] += by
            self.mask[touched] = self.mask[number] = True
            self.awake = self.mask.nonzero()[0]
        self.speed[leaving] = bound_speed
        pull = self.pull[number] / taken
        if pull:
            self.pull[numbers] -= pull * takes
        self.pull[number], self.pull[leaving] = 0.0, -pull
        self.up[leaving] = to_upper
        self.place[leaving], self.place[number], self.basic[place] = -1, place, number
        self.basis = self.basis.after(place, number)
        return True

    def _coming(self, numbers: np.ndarray, takes: np.ndarray) -> int:
        """Which of some variables comes in: where the least is lost for what it takes."""
        low, high, up = self.lower[numbers], self.upper[numbers], self.up[numbers]
        free = np.isinf(low) & np.isinf(high)
        helps = np.where(free, np.abs(takes), np.where(up, -takes, takes))
        moves = (high - low > _NEAR) | (self.lower_speed[numbers] != self.upper_speed[numbers])
        able = ((helps > _STILL) & (self.place[numbers] < 0) & moves).nonzero()[0]
        if not len(able):
            return -1
        loss, helps = np.abs(self.pull[numbers[able]]), helps[able]
        # Of those that lose as little, but for rounding, the one that takes most.
        least = (loss / helps <= ((loss + _FLAT) / helps).min()).nonzero()[0]
        return int(able[least[0] if self.waited > _ROUND else least[helps[least].argmax()]])

    def _afresh(self) -> None:
        """Factorise the basis as it is now."""
        copies = (each.copy() for each in (self.basic, self.lower, self.upper, self.up))
        self._begin(Tableau(self.table.equations, *copies))


def _sparse(values: np.ndarray) -> Sparse:
    at = values.nonzero()[0]
    found = values[at]
    much = np.abs(found) > _NOTHING
    return at[much], found[much]


def _picked(of: Sparse, wanted: list[int]) -> np.ndarray:
    """Values at some numbers, nought where there is none."""
    numbers, values = of
    if not len(numbers):
        return np.zeros(len(wanted))
    at = np.minimum(numbers.searchsorted(wanted), len(numbers) - 1)
    return np.where(numbers[at] == wanted, values[at], 0.0)


def _summed(parts: Iterable[tuple[Sparse, float]], size: int) -> np.ndarray:
    """The sum of some, each times its weight."""
    used = [(numbers, weight * values) for (numbers, values), weight in parts if weight]
    at, amounts = (np.concatenate(part) for part in zip(*used, strict=True))
    return np.bincount(at, amounts, size)


# What is within this share of a hair is at the place itself.
_HERE = 1e-3
_SAME = 1e-7
_LONGEST = 100_000


@dataclass(frozen=True)
class Piece:
    """A straight piece of the curve: gain for one more, and where it ends."""

    slope: float
    end: float


class Path:
    """The curve from where a limit stands, one way; found as far as it is asked about.

    Parameters
    ----------
    pieces : iterator of Piece
        In order; they end where no plan is left.
    hair : float
        Little enough to be nothing, scaled.
    """

    def __init__(self, pieces: Iterator[Piece], hair: float) -> None:
        self._ahead, self._known = pieces, [Piece(0.0, 0.0)]
        self._little = _HERE * hair

    def _pieces(self) -> Iterator[tuple[float, Piece]]:
        """Each piece with where it begins; shorter than a share of a hair there is none."""
        n = 1
        while True:
            if n == len(self._known):
                found = next(self._ahead, None)
                if found is None:
                    return
                if found.end - self._known[-1].end <= self._little:
                    continue
                self._known.append(found)
            yield self._known[n - 1].end, self._known[n]
            n += 1

    @cached_property
    def slope(self) -> float | None:
        """Gain for each unit of the first little; None where no plan is left."""
        return next((piece.slope for _, piece in self._pieces()), None)

    def holds_for(self, far: float) -> float:
        """For how many units the slope goes on, looking so far."""
        first, known = self.slope, 0.0
        assert first is not None
        for _, piece in self._pieces():
            # Pieces of the same slope follow where several plans are equally good.
            if known >= far or first - piece.slope > _SAME * max(abs(first), 1e-3):
                break
            known = piece.end
        return min(known, far)

    def gain(self, amount: float) -> float | None:
        """What so many units gain in all; None where no plan is left."""
        total = 0.0
        for begin, piece in self._pieces():
            total += piece.slope * (min(piece.end, amount) - begin)
            # A path may end at the very amount asked about, but for rounding.
            if piece.end >= amount - self._little:
                return total
        return None


class ValueCurve:
    """A programme at its best, to be asked what it gains as limits move.

    Parameters
    ----------
    matrix : Matrix
        Without whole numbers.
    gain : ndarray
        What one more of each variable adds to the objective.
    limits : RunLimits
        Stop signal.
    start : tuple, optional
        Where a smaller model ended, and its variables and constraints in this one; see
        :meth:`LiveHighs.start_from`.

    Attributes
    ----------
    solved : bool
        Whether there is a best plan to start from.
    values : ndarray
        Of its variables.
    """

    def __init__(
        self,
        matrix: Matrix,
        gain: np.ndarray,
        limits: RunLimits,
        start: tuple[object, np.ndarray, np.ndarray] | None = None,
    ) -> None:
        self.matrix, self.gain, self.limits = matrix, gain, limits
        self.live = LiveHighs(matrix, -gain)
        # What is new can only gain: the primal simplex takes it in, where there is a start.
        ready = start is not None and self.live.start_from(*start)
        self.solved = self._run(simplex_strategy=4 if ready else 1)
        self.best = worth(gain, self.values) if self.solved else 0.0

    def _run(self, **options: int) -> bool:
        answer = self.live.run(self.limits, **options)
        if answer.status is not Status.OPTIMAL or answer.values is None or answer.duals is None:
            return False
        self.values, self.duals = answer.values, answer.duals
        self.reduced = self.gain + self.matrix.transposed_times(answer.duals)
        return True

    @cached_property
    def _table(self) -> Tableau:
        m = self.matrix
        lower = np.concatenate([m.lower, m.row_lower])
        upper = np.concatenate([m.upper, m.row_upper])
        values = np.concatenate([self.values, m.times(self.values)])
        up = upper - values < values - lower
        return Tableau(Equations(m, self.gain), self.live.basic(), lower, upper, up)

    def most(self, move: Move) -> float:
        """More than a move can gain for each unit: what the duals say, at a kink or not."""
        pull = -self.duals
        rows = sum(pull[n] * by for n, by in move.rows.items())
        up = sum(max(self.reduced[n], 0.0) * by for n, by in move.upper.items())
        down = sum(min(self.reduced[n], 0.0) * by for n, by in move.lower.items())
        return float(rows + up + down + move.gain)

    def along(self, move: Move, hair: float) -> Path:
        """The curve as a limit moves."""
        return Path(self._pieces(move), hair)

    def _pieces(self, move: Move) -> Iterator[Piece]:
        following = Following(self._table, move)
        for _ in range(_LONGEST):
            if self.limits.stopped:
                return
            room, first, upper = following.room()
            yield Piece(following.slope + move.gain, following.way + room)
            if not np.isfinite(room):
                return
            following.go(room)
            if not following.exchange(first, upper):
                return
        raise SolverFailed("the best plans cannot be followed as a limit moves")
