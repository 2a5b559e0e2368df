"""What to find out first: what knowing figures is worth, one, all, and by kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd

from placebudget.errors import Stopped
from placebudget.place import Place
from placebudget.plan import Plan
from placebudget.programme.objectives.value import PUBLIC
from placebudget.study.beliefs import (
    FUNDING,
    KINDS,
    Uncertain,
    ends_of,
    factors_of,
)
from placebudget.study.held import Came, Decided, Moving
from placebudget.study.uncertainty.anew import MadeAnew, Remade
from placebudget.study.uncertainty.draws import HIGH, LOW, UnderDraws, WorkedBy, came_of
from placebudget.study.uncertainty.result import A_POUND, WORTH

_PART = 16
_DRAWS, _ANEW = "draws", "plans made anew"
# How many figures are looked at one by one for each that is planned for: the rest move too little.
_LOOKED_AT = 5
# Points of a figure's distribution at which plans are compared, and draws for shares by kind.
_POINTS, _KIND_DRAWS = 64, 32


class HeldUnderDraws:
    """A place whose figures move, with the plans that are held."""

    def __init__(
        self, place: Place, figures: Sequence[Uncertain], plans: Mapping[str, Plan], way: WorkedBy
    ) -> None:
        self.place, self.figures, self.way = place, figures, way
        self.moving = Moving(place, figures)
        self.names = list(plans)
        self.decided = [Decided.of(plan, place) for plan in plans.values()]
        self.as_planned = self.alone(np.ones(len(figures)), self.decided)

    def alone(self, factors: np.ndarray, decided: Sequence[Decided]) -> list[Came]:
        return came_of(self.moving, decided, [factors])[0]

    def main(self, scores: np.ndarray) -> UnderDraws:
        """All plans under all draws."""
        self.drawn = factors_of(self.figures, scores)
        work = partial(came_of, self.moving, self.decided)
        found = self.way.through(work, self.drawn, _PART, _DRAWS)
        if not found:
            raise Stopped("the study was stopped before a draw was worked out; nothing was kept")
        agencies = [str(name) for name in self.moving.basis.agencies]
        return UnderDraws(self.names, agencies, self.as_planned, found)

    def anew(self, asked: MadeAnew, rows: np.ndarray) -> dict[int, Remade]:
        """Plans made anew at the figures of some draws."""
        found = self.way.through(asked, rows, 1, _ANEW)
        return {n: each for n, each in found.items() if each is not None}

    def find_out(
        self, main: UnderDraws, scores: np.ndarray, asked: MadeAnew, many_: int
    ) -> pd.DataFrame:
        """What knowing each of the figures that matter most would be worth.

        Which these are is told by how the worth of the best plan, and what others are worth more
        or less than it, go with each figure over the draws.
        """
        ends = ends_of(self.figures)
        order = [] if self.way.stopped else self._most(main, scores, many_ * _LOOKED_AT)
        work = partial(came_of, self.moving, self.decided)
        at = np.ones((2 * len(order), len(self.figures)))
        for k, n in enumerate(order):
            at[2 * k, n], at[2 * k + 1, n] = ends[:, n]
        here = np.array([each.worth for each in self.as_planned])
        came = self.way.through(work, at, _PART, "figures one by one")
        worth = {
            n: np.array([[each.worth for each in came[2 * k]], here,
                         [each.worth for each in came[2 * k + 1]]])
            for k, n in enumerate(order) if 2 * k in came and 2 * k + 1 in came
        }  # fmt: skip
        mine = main.to_choose
        known = {n: self._knowing(n, curves[:, mine]) for n, curves in worth.items()}
        ranked = sorted(known, key=lambda n: (-known[n], order.index(n)))[:many_]
        again = {} if self.way.stopped else self.way.through(
            asked, [at[2 * order.index(n) + side] for n in ranked for side in (0, 1)], 1, _ANEW
        )  # fmt: skip
        for k, n in enumerate(ranked):
            more = [each.decided for side in (0, 1) if (each := again.get(2 * k + side))]
            points = np.ones((3, len(self.figures)))
            points[[0, 2], n] = ends[:, n]
            curves = [[each.worth for each in self.alone(point, more)] for point in points]
            known[n] = self._knowing(
                n, np.hstack([worth[n][:, mine], np.array(curves).reshape(3, -1)])
            )
        best = self.names.index(main.best)
        rows = [
            {
                **{name: getattr(self.figures[n].figure, name)
                   for name in ("kind", "service", "outcome", "agency", "part", "amount")},
                "low": ends[0, n], "high": ends[1, n], "grade": self.figures[n].grade,
                "recorded": self.figures[n].recorded, "worth_low": worth[n][0, best],
                "worth_high": worth[n][2, best], "pounds": known[n],
            }
            for n in sorted(ranked, key=lambda n: (-known[n], order.index(n)))
        ]  # fmt: skip
        columns = ["kind", "service", "outcome", "agency", "part", "amount", "low", "high",
                   "grade", "recorded", "worth_low", "worth_high", "pounds"]  # fmt: skip
        return pd.DataFrame(rows, columns=columns)

    def _most(self, main: UnderDraws, scores: np.ndarray, most: int) -> list[int]:
        """Figures by which worth, or what plans have more than the best, moves most."""
        worth, value = main.of(WORTH), main.of(PUBLIC)
        best = self.names.index(main.best)
        moved = np.column_stack([value[:, best], worth - worth[:, [best]]])
        mine = scores[list(main.rows)]
        slope = np.abs((mine - mine.mean(axis=0)).T @ (moved - moved.mean(axis=0))) / len(mine)
        # The best plan's own value, and how far plans part: each by its own scale.
        width = np.where(slope.max(axis=0) > A_POUND, slope.max(axis=0), np.inf)
        weight = (slope / width).max(axis=1)
        weight[[each.figure.kind == FUNDING for each in self.figures]] = 0.0
        order = np.argsort(-weight, kind="stable")[:most]
        return [int(n) for n in order if weight[n] > 0]

    def _knowing(self, n: int, curves: np.ndarray) -> float:
        """What it is worth to know a figure before planning: 3 points x plans."""
        below = (np.arange(_POINTS) + 0.5) / _POINTS
        factors = drawn_alone(self.figures[n], below)
        points = np.array([ends_of([self.figures[n]])[0, 0], 1.0, ends_of([self.figures[n]])[1, 0]])
        worth = np.column_stack([_straight(points, curve, factors) for curve in curves.T])
        return float(worth.max(axis=1).mean() - worth.mean(axis=0).max())

    def knowing(self, main: UnderDraws, anew: Mapping[int, Remade], asked: int) -> pd.DataFrame:
        """What it is worth to know all figures but funding before planning."""
        columns = ["what", "pounds", "error", "draws", "plans"]
        mine = [n for n in list(main.rows)[:asked] if n < asked]
        if len(mine) < 2 or not anew:
            return pd.DataFrame([], columns=columns)
        work = partial(came_of, self.moving, [each.decided for each in anew.values()])
        came = self.way.through(work, self.drawn[mine], _PART, "plans made anew under draws")
        if len(came) < len(mine):
            return pd.DataFrame([], columns=columns)
        held = main.of(WORTH)[: len(mine), main.to_choose]
        worth = np.hstack([held, [[each.worth for each in row] for row in came.values()]])
        known = worth.max(axis=1) - worth[:, worth.mean(axis=0).argmax()]
        error = float(known.std(ddof=1) / np.sqrt(len(known)))
        row = ("every figure but funding", float(known.mean()), error, len(mine), len(anew))
        return pd.DataFrame([row], columns=columns)

    def kinds(self, main: UnderDraws, scores: np.ndarray, sobol: int) -> pd.DataFrame:
        """What the worth of the best plan varies by, by kind of figures."""
        columns = ["kind", "p10", "p90", "alone", "with_others"]
        here = [kind for kind in KINDS if any(each.figure.kind == kind for each in self.figures)]
        none = pd.DataFrame([], columns=columns)
        if not here or self.way.stopped:
            return none
        of = np.array([each.figure.kind for each in self.figures], dtype=object)
        a, b = (factors_of(self.figures, each) for each in scores)
        few = min(len(a), _KIND_DRAWS)
        best = self.names.index(main.best)
        work = partial(came_of, self.moving, [self.decided[best]])
        rows = [np.where(of == kind, a[:few], 1.0) for kind in here]
        if sobol:
            rows += [a[:sobol], *(np.where(of == kind, b[:sobol], a[:sobol]) for kind in here)]
        came = self.way.through(work, np.concatenate(rows), _PART, "draws by kind")
        if len(came) < sum(map(len, rows)):
            return none
        ends = np.cumsum([len(row) for row in rows])[:-1]
        worth = np.split(np.array([came[n][0].worth for n in sorted(came)]), ends)
        whole_ = sum(float(each.var()) for each in worth[: len(here)])
        found = []
        for k, kind in enumerate(here):
            low, high = np.percentile(worth[k], [LOW, HIGH])
            total = float("nan")
            if sobol:
                total = total_index(worth[len(here)], worth[len(here) + 1 + k])
            alone = float(worth[k].var()) / whole_ if whole_ > 0 else 0.0
            found.append((kind, low, high, alone, total))
        return pd.DataFrame(found, columns=columns)


def total_index(as_drawn: np.ndarray, mixed: np.ndarray) -> float:
    """How much of a variance comes from a group of inputs, together with all others.

    Parameters
    ----------
    as_drawn : ndarray
        What draws come to.
    mixed : ndarray
        What they come to with the group from an independent set of draws.

    Returns
    -------
    float
        Sobol's total index, as Jansen estimates it.

    Examples
    --------
    Of a sum of two inputs that vary alike each brings a half:

    >>> draw = np.random.default_rng(1)
    >>> x, y, other = draw.random((3, 100_000))
    >>> float(round(total_index(x + y, other + y), 2))
    0.5
    """
    variance = float(as_drawn.var())
    return float(np.square(as_drawn - mixed).mean()) / (2.0 * variance) if variance > 0 else 0.0


def _straight(points: np.ndarray, values: np.ndarray, at: np.ndarray) -> np.ndarray:
    """A line through three points, which goes on straight beyond the ends."""
    first, last = np.diff(values) / np.where(np.diff(points) > 0, np.diff(points), 1.0)
    return np.where(
        at < points[1], values[1] + first * (at - points[1]), values[1] + last * (at - points[1])
    )


def drawn_alone(figure: Uncertain, below: np.ndarray) -> np.ndarray:
    """Factors of one figure below which shares of its distribution lie."""
    from scipy.special import ndtri

    return factors_of([figure], ndtri(below)[:, None])[:, 0]
