"""The nearest figure at which a gain is half gone.

Excess is what is left of the gain above its half. Where it is the difference of two curves
that both bend upwards (the best value of a plan as a value moves: the most of many straight
lines), the one that is taken from lies above its tangents and the other below its chord, so
that on an interval

excess >= max(tangents) - chord

Where that is above nought all the way, the half is never gone there: that is proved, not
tried. Else the interval is split, and its near part looked at first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

_MOST_SPLITS = 400
_LONG_ENOUGH = 0.2
_HALVINGS = 6


@dataclass(frozen=True)
class Point:
    """A factor of a figure, and what was found there.

    Parameters
    ----------
    factor : float
        By which the figure is multiplied.
    above, slope : float
        Value of the plan taken from, and how it grows with the factor.
    below : float
        Value of the other plan, and half the gain.
    lacking : str
        Why there is no gain to tell; empty where there is one.
    """

    factor: float
    above: float = float("nan")
    below: float = float("nan")
    slope: float = float("nan")
    lacking: str = ""

    @property
    def excess(self) -> float:
        """What is left of the gain above its half."""
        return self.above - self.below


At = Callable[[float], Point]


@dataclass(frozen=True)
class Nearest:
    """What was found one way from where a figure stands.

    Parameters
    ----------
    factor : float or None
        The nearest at which half the gain is gone; None where it is not.
    reached : float
        As far as was looked: a gain can be told up to there.
    lacking : str
        Why none can be told beyond; empty where the end was reached.
    """

    factor: float | None
    reached: float
    lacking: str = ""


def proved(at: At, here: Point, far: float, hair: float) -> Nearest:
    """Where two curves bend upwards: proved where nothing is found, to a hair."""
    end = at(far)
    return Nearest(_first(at, here, end, hair, [_MOST_SPLITS]), far)


def _first(at: At, near: Point, far: Point, hair: float, left: list[int]) -> float | None:
    """The first factor from near to far without excess; near has some."""
    root = _bound_gone(near, far)
    if root is None:
        return None
    width = far.factor - near.factor
    if abs(width) <= hair:
        return _between(near, far) if far.excess <= 0 else None
    if abs(far.factor - root) <= hair or not left[0]:
        return far.factor if far.excess <= 0 else None
    left[0] -= 1
    if abs(root - near.factor) < _LONG_ENOUGH * abs(width):
        root = near.factor + width / 2
    split = at(root)
    if split.excess <= 0:
        return _first(at, near, split, hair, left)
    found = _first(at, near, split, hair, left)
    return found if found is not None else _first(at, split, far, hair, left)


def _bound_gone(near: Point, far: Point) -> float | None:
    """Where the bound first comes to nought; None where it stays above."""
    width = far.factor - near.factor
    rise = (far.below - near.below) / width
    points = [(near.factor, near.excess)]
    if abs(near.slope - far.slope) > 1e-12 * max(abs(near.slope), 1.0):
        crossing = near.factor + (far.above - near.above - far.slope * width) / (
            near.slope - far.slope
        )
        if 0 < (crossing - near.factor) / width < 1:
            way = crossing - near.factor
            points.append((crossing, near.excess + (near.slope - rise) * way))
    points.append((far.factor, far.excess))
    for (a, left), (b, right) in pairwise(points):
        if right <= 0:
            return a + (b - a) * left / (left - right) if left > right else b
    return None


def _between(near: Point, far: Point) -> float:
    """Where excess comes to nought between two points, on a straight line."""
    part = near.excess / (near.excess - far.excess)
    return near.factor + (far.factor - near.factor) * part


def tried(at: At, here: Point, ways: Sequence[float], hair: float) -> Nearest:
    """Where nothing is known of the curves: tried at some factors, then narrowed down.

    Between two factors that were tried it may be gone and come back: that is not ruled out.
    """
    near = here
    for factor in ways:
        point = at(factor)
        if point.lacking:
            return _up_to(at, near, point, hair)
        if point.excess <= 0:
            return Nearest(_narrowed(at, near, point, hair), point.factor)
        near = point
    return Nearest(None, near.factor)


def _up_to(at: At, near: Point, far: Point, hair: float) -> Nearest:
    """Towards where no gain can be told any more, which is halved a few times."""
    for _ in range(_HALVINGS):
        point = at((near.factor + far.factor) / 2)
        if point.lacking:
            far = point
        elif point.excess <= 0:
            return Nearest(_narrowed(at, near, point, hair), point.factor, far.lacking)
        else:
            near = point
    return Nearest(None, near.factor, far.lacking)


def _narrowed(at: At, near: Point, far: Point, hair: float) -> float:
    """Where excess comes to nought between two points: halved, and guessed on a straight line."""
    guess = True
    while abs(far.factor - near.factor) > hair:
        width = far.factor - near.factor
        root = _between(near, far) if guess else near.factor + width / 2
        # A little to the side of the guess, so that the other end moves too.
        inner = max(0.1 * hair, 0.02 * abs(width)) if guess else 0.0
        low, high = sorted((near.factor, far.factor))
        root = min(max(root, low + inner), high - inner)
        point = at(root)
        if point.lacking:
            return far.factor
        near, far = (point, far) if point.excess > 0 else (near, point)
        if abs(far.factor - near.factor) > abs(width) / 2:
            guess = not guess
    return _between(near, far)
