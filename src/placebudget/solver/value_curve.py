"""What a live programme gains as a limit moves: its slope on each side, and how far it goes.

Along a limit the best value of a linear programme is a concave curve of straight pieces.
A piece is a basis: where it ends is found from the basis itself (the first variable to
reach a bound), its slope from what the variables do meanwhile. Duals are not read: where
pieces meet they are not unique. There the limit is moved by a hair and solved again, and
what is found is the piece that begins there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from placebudget.programme.linear import Matrix, worth
from placebudget.solver.answer import RunLimits, Status
from placebudget.solver.binding import Move
from placebudget.solver.highs import LiveHighs

# Slower than this, a variable stands still.
_STILL = 1e-9
# What is within this share of a hair is at the place itself.
_HERE = 1e-3
_TRIES = 30
_SAME = 1e-7


@dataclass(frozen=True)
class Piece:
    """A straight piece of the curve: gain for one more, and how far it goes each way."""

    slope: float
    on: float
    back: float


@dataclass(frozen=True)
class Price:
    """Gain for each scaled unit by which a limit moves, and for how many of them."""

    slope: float
    holds_for: float


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

    Attributes
    ----------
    solved : bool
        Whether there is a best plan to start from.
    values : ndarray
        Of its variables.
    """

    def __init__(self, matrix: Matrix, gain: np.ndarray, limits: RunLimits) -> None:
        self.matrix, self.gain, self.limits = matrix, gain, limits
        self.low, self.high = matrix.lower.copy(), matrix.upper.copy()
        self.row_low, self.row_high = matrix.row_lower.copy(), matrix.row_upper.copy()
        self.live = LiveHighs(matrix, -gain)
        self.stands: Move | None = None
        self.asked: Move | None = None
        self.gains: dict[float, float | None] = {}
        self.solved = self._run()
        self.start = self.live.mark()
        if self.solved:
            # From the basis: one that presolve left cannot be asked.
            self.solved = self._solve()
        self.best = worth(gain, self.values) if self.solved else 0.0

    # --- questions ------------------------------------------------------------

    def most(self, move: Move) -> float:
        """More than a move can gain for each unit: what the duals say, at a kink or not."""
        pull = -self.duals
        rows = sum(pull[n] * by for n, by in move.rows.items())
        up = sum(max(self.reduced[n], 0.0) * by for n, by in move.upper.items())
        down = sum(min(self.reduced[n], 0.0) * by for n, by in move.lower.items())
        return float(rows + up + down)

    def here(self, move: Move) -> Piece:
        """The piece that the best plan stands on; one with no length is a kink."""
        if self.stands is not None:
            self._set(self.stands, 0.0)
            self.stands = None
            self._solve()
        return self._piece(move)

    def first(self, move: Move, here: Piece, hair: float) -> Piece | None:
        """The piece that begins where the limit stands; None where no plan is left.

        Parameters
        ----------
        here : Piece
            What :meth:`here` said of it.
        hair : float
            Little enough to be nothing, scaled.
        """
        return here if here.on > _HERE * hair else self._after(move, hair)

    def price(
        self, move: Move, first: Piece, hair: float, step: float, far: float = np.inf
    ) -> Price:
        """Gain for each unit of a move, and how far that goes.

        Parameters
        ----------
        first : Piece
            What :meth:`first` said of it.
        hair : float
            Little enough to be nothing, scaled.
        step : float
            What is asked about next, with :meth:`gain_of`.
        far : float
            Where to look no further.
        """
        return Price(first.slope, self._end(move, first, hair, step, far))

    def gain_of(self, move: Move, amount: float) -> float | None:
        """What a move of so many units gains in all; None where no plan is left."""
        if self.asked is not move or amount not in self.gains:
            self._at(move, amount)
        return self.gains[amount]

    # --- solving --------------------------------------------------------------

    def _after(self, move: Move, hair: float) -> Piece | None:
        """The piece that begins where the limit stands; ``on`` counts from there."""
        at, piece = hair, self._at(move, hair)
        while piece is not None and piece.back < at - _HERE * hair and at > _HERE * hair:
            # A kink lies between; half way to it there is none.
            at = (at - piece.back) / 2
            piece = self._at(move, at)
        return None if piece is None else Piece(piece.slope, at + piece.on, 0.0)

    def _end(self, move: Move, first: Piece, hair: float, step: float, far: float) -> float:
        """How far a slope goes on.

        Other pieces of the same slope may follow the first, where several plans are
        equally good. So a place further out is looked at; where the slope there is
        less, the end is no further than where the two lines meet.
        """
        slope, known, beyond = first.slope, first.on, np.inf
        ahead, walled = max(step, 2 * known), False
        for _ in range(_TRIES):
            at = min(ahead, far)
            if known >= min(far, beyond) - hair or not np.isfinite(known):
                break
            piece = self._at(move, at)
            if piece is None:
                # No plan so far out: beyond where the slope is known to go, then half way.
                ahead = (known + at) / 2 if walled else known + hair
                far, walled = at, True
                continue
            if abs(piece.slope - slope) <= _SAME * max(abs(slope), 1e-3):
                known = max(known, at + piece.on)
                ahead = (known + far) / 2 if walled else 2 * known if beyond == np.inf else beyond
                continue
            gain = self.gains[at]
            assert gain is not None
            meeting = (gain - piece.slope * at) / (slope - piece.slope)
            if meeting >= min(at, beyond) - hair:
                known = max(known, min(meeting, at))
                break
            beyond = ahead = max(meeting, known)
        return min(known, far)

    def _at(self, move: Move, at: float) -> Piece | None:
        """The piece of the curve at a place; None where there is no plan."""
        if self.asked is not move:
            self.asked, self.gains = move, {}
        found = self._to(move, at)
        self.gains[at] = worth(self.gain, self.values) - self.best if found else None
        return self._piece(move) if found else None

    def _run(self) -> bool:
        answer = self.live.run(self.limits)
        if answer.status is not Status.OPTIMAL or answer.values is None or answer.duals is None:
            return False
        self.values, self.duals = answer.values, answer.duals
        self.reduced = self.gain + self.matrix.transposed_times(answer.duals)
        return True

    def _solve(self) -> bool:
        self.live.back_to(self.start)
        return self._run()

    def _to(self, move: Move, at: float) -> bool:
        """Move a limit and solve; whatever moved before is put back.

        The first place is solved from where the limit stands, so that nothing depends on
        what was asked before; the next ones from the one before, which is near.
        """
        if self.stands is move:
            return self._set(move, at) and self._run()
        if self.stands is not None:
            self._set(self.stands, 0.0)
        self.stands = move
        return self._set(move, at) and self._solve()

    def _set(self, move: Move, at: float) -> bool:
        m = self.matrix
        rows, by = _arrays(move.rows)
        self.row_low[rows] = m.row_lower[rows] + at * by
        self.row_high[rows] = m.row_upper[rows] + at * by
        for bound, old, moved in (
            (self.low, m.lower, move.lower), (self.high, m.upper, move.upper),
        ):  # fmt: skip
            numbers, by = _arrays(moved)
            bound[numbers] = old[numbers] + at * by
        columns = np.union1d(*(_arrays(moved)[0] for moved in (move.lower, move.upper)))
        if (self.low[columns] > self.high[columns]).any():
            return False
        self.live.change_rows(rows, self.row_low[rows], self.row_high[rows])
        self.live.change_columns(columns, self.low[columns], self.high[columns])
        return True

    def _piece(self, move: Move) -> Piece:
        """The piece of the curve the last solve ended on."""
        m = self.matrix
        basic = self.live.basic()
        stands = np.ones(m.width + m.height, bool)
        stands[basic] = False
        lower, upper = np.zeros(len(stands)), np.zeros(len(stands))
        for bound, moved in ((lower, move.lower), (upper, move.upper)):
            numbers, by = _arrays(moved)
            bound[numbers] = by
        rows, by = _arrays(move.rows)
        lower[m.width + rows] = upper[m.width + rows] = by
        speed = np.zeros(len(stands))
        at = np.flatnonzero(stands & ((lower != 0) | (upper != 0)))
        speed[at] = np.where(self._at_upper(at), upper[at], lower[at])
        push = speed[m.width :].copy()
        if (at < m.width).any():
            push -= m.times(speed[: m.width])
        # In a basis a constraint stands for what is missing to nothing.
        speed[basic] = self.live.in_basis(push)
        speed[basic[basic >= m.width]] *= -1.0
        values = np.concatenate([self.values, m.times(self.values)])
        above = np.concatenate([self.high, self.row_high]) - values
        below = values - np.concatenate([self.low, self.row_low])
        up, down = speed - upper, lower - speed
        on = min(_first(above, up), _first(below, down))
        back = min(_first(above, -up), _first(below, -down))
        return Piece(worth(self.gain, speed[: m.width]), on, back)

    def _at_upper(self, numbers: np.ndarray) -> np.ndarray:
        """Which of these variables and constraints, none in the basis, are at their upper end."""
        width = self.matrix.width
        upper = np.ones(len(numbers), bool)
        columns = numbers < width
        n = numbers[columns]
        below, above = self.values[n] - self.low[n], self.high[n] - self.values[n]
        fixed = self.high[n] - self.low[n] < 1e-12
        upper[columns] = np.where(fixed, self.reduced[n] > 0, above < below)
        return upper


def _arrays(moved) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[no-untyped-def]
    return np.array(list(moved), np.int64), np.array(list(moved.values()), float)


def _first(room: np.ndarray, nearing: np.ndarray) -> float:
    """How far it is to the first bound."""
    near = nearing > _STILL
    return float((room[near].clip(min=0.0) / nearing[near]).min(initial=np.inf))
