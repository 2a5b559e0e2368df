"""What a live programme gains as a limit moves: its slope on each side, and how far it goes.

Along a limit the best value of a linear programme is a concave curve of straight pieces.
A piece is a basis: where it ends is found from the basis itself (the first variable to
reach a bound), its slope from what the variables do meanwhile; there the next basis
follows. Duals are not read: where pieces meet they are not unique.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from placebudget.errors import SolverFailed
from placebudget.programme.linear import Matrix, worth
from placebudget.solver.answer import RunLimits, Status
from placebudget.solver.binding import Move
from placebudget.solver.highs import LiveHighs
from placebudget.solver.tableau import Equations, Following, Tableau

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
