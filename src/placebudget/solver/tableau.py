"""Bases of a linear programme, followed from one to the next as limits move.

Variables are those of the matrix, and after them what each constraint adds up to. A basis
is factorised once; what it says of a variable or a constraint is worked out when it is first
asked for, and kept. Bases that are some exchanges away are told from these by a small system
of equations, so that many limits can be followed from one factorisation.
"""

from __future__ import annotations

import numpy as np

from placebudget.programme.linear import Matrix, worth
from placebudget.solver.binding import Move

_STILL = 1e-9  # slower than this, a variable stands still
_NOTHING = 1e-13  # what solving leaves of nought
_NEAR = 1e-12  # bounds and ends that are as good as one
_FLAT = 1e-9  # pulls that are as good as none
_APART = 1e-6  # two ways to one figure may differ by so much
_EXCHANGES = 40  # after so many a basis is factorised afresh
_ROUND = 100  # after so many without a step, the lowest number decides, and ends every circle

Sparse = tuple[np.ndarray, np.ndarray]


class Sheet:
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
    sheet : Sheet
        The programme.
    basic : ndarray of int
        Variables in the basis.
    lower, upper : ndarray
        Bounds of all variables.
    up : ndarray of bool
        Which are at their upper bound, of those that are not in the basis.
    """

    def __init__(
        self, sheet: Sheet, basic: np.ndarray, lower: np.ndarray, upper: np.ndarray, up: np.ndarray
    ) -> None:
        from scipy.sparse.linalg import splu

        self.sheet, self.basic, self.lower, self.upper, self.up = sheet, basic, lower, upper, up
        self.system = splu(sheet.columns[:, basic])
        self.place = np.full(len(lower), -1)
        self.place[basic] = np.arange(sheet.height)
        values = np.where(up, upper, lower)
        values[basic] = 0.0
        values[~np.isfinite(values)] = 0.0
        values[basic] = self.system.solve(-(sheet.columns @ values))
        self.values = values
        prices = self.system.solve(sheet.gain[basic], "T")
        self.pull = sheet.gain - sheet.rows.T @ prices
        self.pull[basic] = 0.0
        self._rows: dict[int, Sparse] = {}
        self._columns: dict[int, Sparse] = {}

    def row(self, place: int) -> Sparse:
        """What one more of each variable takes from the one at a place in the basis."""
        if place not in self._rows:
            unit = np.zeros(self.sheet.height)
            unit[place] = 1.0
            share = self.system.solve(unit, "T")
            at = np.flatnonzero(np.abs(share) > _NOTHING)
            sums = self.sheet.rows[at].T @ share[at]
            self._rows[place] = _sparse(sums)
        return self._rows[place]

    def column(self, number: int) -> Sparse:
        """What one more of a variable takes from each place in the basis."""
        if number not in self._columns:
            columns, push = self.sheet.columns, np.zeros(self.sheet.height)
            part = slice(columns.indptr[number], columns.indptr[number + 1])
            push[columns.indices[part]] = columns.data[part]
            self._columns[number] = _sparse(self.system.solve(push))
        return self._columns[number]


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
        size, width = len(table.values), table.sheet.width
        self.way, self.waited = 0.0, 0
        self.lower_speed, self.upper_speed = np.zeros(size), np.zeros(size)
        for speed, moved in ((self.lower_speed, move.lower), (self.upper_speed, move.upper)):
            for part, first in ((moved, 0), (move.rows, width)):
                for number, by in part.items():
                    speed[first + number] = by
        self.moved = np.flatnonzero((self.lower_speed != 0) | (self.upper_speed != 0))
        self._begin(table)

    def _begin(self, table: Tableau) -> None:
        self.table = table
        self.basic, self.place, self.up = table.basic.copy(), table.place.copy(), table.up.copy()
        self.lower, self.upper = table.lower.copy(), table.upper.copy()
        self.values, self.pull = table.values.copy(), table.pull.copy()
        self.gone: list[int] = []
        self.come: list[int] = []
        self.meet = np.zeros((_EXCHANGES, _EXCHANGES))
        still = self.moved[self.place[self.moved] < 0]
        shut = still[self.upper[still] - self.lower[still] < _NEAR]
        self.up[shut] = self.pull[shut] > 0
        self.speed = np.zeros(len(self.values))
        self.speed[still] = np.where(
            self.up[still], self.upper_speed[still], self.lower_speed[still]
        )
        for number in still[self.speed[still] != 0].tolist():
            at, takes = table.column(number)
            self.speed[self.basic[at]] -= self.speed[number] * takes
        self.awake = self.speed != 0
        self.awake[self.moved] = True

    @property
    def slope(self) -> float:
        """What is gained for one more of the way."""
        awake = np.flatnonzero(self.awake)
        return worth(self.table.sheet.gain[awake], self.speed[awake])

    def room(self) -> tuple[float, int, bool]:
        """How far it is to the first bound, whose it is, and whether it is the upper one."""
        numbers = np.flatnonzero(self.awake)
        speed, values = self.speed[numbers], self.values[numbers]
        nearing = np.concatenate(
            [speed - self.upper_speed[numbers], self.lower_speed[numbers] - speed]
        )
        apart = np.concatenate([self.upper[numbers] - values, values - self.lower[numbers]])
        far = np.full(len(nearing), np.inf)
        np.divide(np.maximum(apart, 0.0), nearing, out=far, where=nearing > _STILL)
        room = float(far.min(initial=np.inf))
        if not np.isfinite(room):
            return room, -1, False
        first = np.flatnonzero(far <= room + _NEAR * max(1.0, self.way))
        chosen = int(first[0] if self.waited > _ROUND else first[np.argmax(nearing[first])])
        return room, int(numbers[chosen % len(numbers)]), chosen < len(numbers)

    def go(self, far: float) -> None:
        """Move the limit as far as its basis holds."""
        self.waited = 0 if far > _NEAR else self.waited + 1
        self.way += far
        awake, moved = np.flatnonzero(self.awake), self.moved
        self.values[awake] += far * self.speed[awake]
        self.lower[moved] += far * self.lower_speed[moved]
        self.upper[moved] += far * self.upper_speed[moved]

    def exchange(self, leaving: int, to_upper: bool) -> bool:
        """Take a variable that is at a bound out of the basis; False where nothing can come in."""
        place = int(self.place[leaving])
        if place < 0:
            return False  # its own bounds have met
        if len(self.gone) == _EXCHANGES:
            self._afresh()
            place = int(self.place[leaving])
        numbers, takes = self._row(place)
        coming = self._coming(numbers, takes if to_upper else -takes)
        if coming < 0:
            return False
        number, taken = int(numbers[coming]), float(takes[coming])
        at, takes_of = self._column(number)
        found = float(_picked((at, takes_of), np.array([place]))[0])
        if abs(found - taken) > _APART * max(1.0, abs(taken)) and self.gone:
            self._afresh()
            return self.exchange(leaving, to_upper)
        bound_speed = (self.upper_speed if to_upper else self.lower_speed)[leaving]
        by = float(self.speed[leaving] - bound_speed) / found
        self.speed[self.basic[at]] -= by * takes_of
        self.speed[number] += by
        self.speed[leaving] = bound_speed
        self.awake[self.basic[at]] = self.awake[number] = True
        pull = self.pull[number] / taken
        self.pull[numbers] -= pull * takes
        self.pull[number], self.pull[leaving] = 0.0, -pull
        self.up[leaving] = to_upper
        self.place[leaving], self.place[number], self.basic[place] = -1, place, number
        self._note(place, number)
        return True

    # --- what the basis says, by the one that was factorised ---------------------------

    def _coming(self, numbers: np.ndarray, takes: np.ndarray) -> int:
        """Which of some variables comes in: where the least is lost for what it takes."""
        low, high = self.lower[numbers], self.upper[numbers]
        moves = (self.place[numbers] < 0) & (
            (high - low > _NEAR) | (self.lower_speed[numbers] != self.upper_speed[numbers])
        )
        free = ~np.isfinite(low) & ~np.isfinite(high)
        helps = np.where(self.up[numbers] & ~free, -takes, np.where(free, np.abs(takes), takes))
        able = np.flatnonzero(moves & (helps > _STILL))
        if not len(able):
            return -1
        loss, helps = np.abs(self.pull[numbers[able]]), helps[able]
        # Of those that lose as little, but for rounding, the one that takes most.
        least = able[loss / helps <= ((loss + _FLAT) / helps).min()]
        if self.waited > _ROUND:
            return int(least[0])
        return int(least[np.argmax(np.abs(takes[least]))])

    def _row(self, place: int) -> Sparse:
        if not self.gone:
            return self.table.row(place)
        count, known = len(self.gone), self.table.row
        meet = self.meet[:count, :count].T
        parts = [known(p) for p in self.gone]
        if place in self.gone:
            weights = np.linalg.solve(meet, np.eye(count)[self.gone.index(place)])
        else:
            own = known(place)
            weights = np.append(-np.linalg.solve(meet, _picked(own, np.array(self.come))), 1.0)
            parts.append(own)
        return _summed(parts, weights, len(self.values))

    def _column(self, number: int) -> Sparse:
        if not self.gone:
            return self.table.column(number)
        count, known = len(self.gone), self.table.column
        own, gone = known(number), np.array(self.gone)
        weights = np.linalg.solve(self.meet[:count, :count], _picked(own, gone))
        parts = [own, *(known(n) for n in self.come)]
        total = _dense(parts, np.append(1.0, -weights), len(self.basic))
        total[gone] = weights
        return _sparse(total)

    def _note(self, place: int, number: int) -> None:
        """Note an exchange, and where its row meets the columns that have come."""
        if place not in self.gone:
            self.gone.append(place)
            self.come.append(number)
        at, count = self.gone.index(place), len(self.gone)
        self.come[at] = number
        column = self.table.column(number)
        self.meet[:count, at] = _picked(column, np.array(self.gone))
        self.meet[at, :count] = _picked(self.table.row(place), np.array(self.come))

    def _afresh(self) -> None:
        """Factorise the basis as it is now."""
        table = Tableau(self.table.sheet, self.basic, self.lower, self.upper, self.up)
        self._begin(table)


def _sparse(values: np.ndarray) -> Sparse:
    at = np.flatnonzero(np.abs(values) > _NOTHING)
    return at, values[at]


def _picked(of: Sparse, wanted: np.ndarray) -> np.ndarray:
    """Values at some numbers, nought where there is none."""
    numbers, values = of
    if not len(numbers):
        return np.zeros(len(wanted))
    at = np.minimum(np.searchsorted(numbers, wanted), len(numbers) - 1)
    return np.where(numbers[at] == wanted, values[at], 0.0)


def _dense(parts: list[Sparse], weights: np.ndarray, size: int) -> np.ndarray:
    at = np.concatenate([numbers for numbers, _ in parts])
    values = np.concatenate(
        [weight * values for (_, values), weight in zip(parts, weights.tolist(), strict=True)]
    )
    return np.bincount(at, values, size)


def _summed(parts: list[Sparse], weights: np.ndarray, size: int) -> Sparse:
    return _sparse(_dense(parts, weights, size))
