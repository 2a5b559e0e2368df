"""Differences in differences: what areas that got something changed by, beside areas that did not.

Areas that begin together are a cohort. Of a cohort g and a period t, with areas that have not
begun by t for comparison,

z_i(t)      = value of area i in t less its mean before g began
effect(g, t) = mean of z over the cohort less mean of z over those compared
effect       = mean of effect(g, t) over t from g on, by areas treated

With one cohort this is the usual two-way regression. With several it is not: that compares areas
with areas that began earlier, and may even turn the sign. It is not made.

Errors are clustered by area (statsmodels). Where areas are few, whether it may be chance is told by
permutation, which lets every set of areas be the treated one; the interval then rests on one figure
an area, its mean after less its mean before, and on Student's distribution.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from math import comb, nan

import numpy as np
import pandas as pd

from placebudget.belief import error_of
from placebudget.sector.statistics import statsmodels

FEW = 10
"""Fewer areas than this, or fewer than half of it on a side, are few."""
ARRANGEMENTS = 1000
"""Most arrangements of areas that are gone through; of more, so many are drawn."""
ALL, LAST, EARLIER = "all", "last", "earlier"
_HAIR = 1e-9
_LEAST_IN_A_FIT = 3
Row = tuple[int, int, int, float, float]
"""Cohort, period, area, change, weight."""


@dataclass(frozen=True)
class Watched:
    """Areas that were watched over periods.

    Parameters
    ----------
    values : ndarray
        Areas x periods; not a number where there is none.
    weights : ndarray
        By area.
    starts : ndarray
        By area: number of the first period in which it has it; the number of periods: never.
    before : str
        Which periods before stand for all of them: all, the last, or those earlier than that.
    """

    values: np.ndarray
    weights: np.ndarray
    starts: np.ndarray
    before: str = ALL

    @property
    def periods(self) -> int:
        """How many periods there are."""
        return self.values.shape[1]

    @property
    def treated(self) -> np.ndarray:
        """Which areas have it in the end."""
        return self.starts < self.periods

    @property
    def cohorts(self) -> list[int]:
        """When areas began of which something is known before and others are there beside."""
        return [g for g in np.unique(self.starts[self.treated]).tolist() if self.after(g)]

    def after(self, g: int) -> list[int]:
        """Periods in which a cohort can be compared with areas that have not begun."""
        return (
            []
            if g < (2 if self.before == EARLIER else 1)
            else [t for t in range(g, self.periods) if (self.starts > t).any()]
        )

    @property
    def few(self) -> bool:
        """Whether errors clustered by area would flatter."""
        on = int(self.treated.sum())
        return len(self.starts) < FEW or min(on, len(self.starts) - on) < FEW // 2

    def changes(self, g: int, t: int) -> tuple[np.ndarray, np.ndarray]:
        """What areas changed by up to a period, and which are compared in it."""
        before = {ALL: slice(0, g), LAST: slice(g - 1, g), EARLIER: slice(0, g - 1)}[self.before]
        change = self.values[:, t] - self.values[:, before].mean(axis=1)
        mine = (self.starts == g) | (self.starts > max(t, g))
        return change, mine & ~np.isnan(change)


@dataclass(frozen=True)
class Found:
    """An effect and how sure it is.

    Parameters
    ----------
    effect : float
        The effect; not a number where nothing can be compared.
    low, high : float
        Interval of 95 %; not a number where there are too few areas for any.
    chance : float
        How often as much would be found where there is no effect.
    """

    effect: float
    low: float
    high: float
    chance: float

    @property
    def error(self) -> float:
        """The standard deviation of which the interval tells; without end: there is none."""
        return float("inf") if np.isnan(self.low) else error_of(self.low, self.high)


_NOTHING = Found(nan, nan, nan, nan)


def effect_of(watched: Watched) -> float:
    """The effect over all cohorts and periods after, without its error."""
    found, weight = 0.0, 0.0
    for g in watched.cohorts:
        for t in watched.after(g):
            change, used = watched.changes(g, t)
            on, off = used & (watched.starts == g), used & (watched.starts > t)
            if on.any() and off.any():
                mass = watched.weights[on].sum()
                mean = np.average(change[on], weights=watched.weights[on])
                found += mass * (mean - np.average(change[off], weights=watched.weights[off]))
                weight += mass
    return found / weight if weight else nan


def difference(watched: Watched, seed: int | None = None) -> Found:
    """The effect over all cohorts and periods after.

    Parameters
    ----------
    seed : int, optional
        Where areas are few: what arrangements of them are drawn from; left out: what may be
        chance is told by Student's distribution.

    Examples
    --------
    Employment in fast-food restaurants, from 20.44 to 21.03 where the minimum wage rose and from
    23.33 to 21.17 across the border (Card and Krueger, 1994):

    >>> both = Watched(np.array([[20.44, 21.03], [23.33, 21.17]]), np.ones(2), np.array([1, 2]))
    >>> round(float(difference(both).effect), 2)
    2.75
    """
    if watched.few:
        return _by_area(watched, seed)
    rows = [
        (g, t, int(i), change[i], watched.weights[i])
        for g in watched.cohorts
        for t in watched.after(g)
        for change, used in [watched.changes(g, t)]
        for i in np.flatnonzero(used)
    ]
    return _fitted(watched, rows, robust=True)


def _by_area(watched: Watched, seed: int | None) -> Found:
    """With few areas: one figure an area and cohort, and every arrangement of areas."""
    rows: list[Row] = []
    for g in watched.cohorts:
        changes = [watched.changes(g, t) for t in watched.after(g)]
        each = np.array([np.where(used, change, nan) for change, used in changes])
        known = ~np.isnan(each).all(axis=0)
        rows += [(g, 0, int(i), np.nanmean(each[:, i]), watched.weights[i])
                 for i in np.flatnonzero(known)]  # fmt: skip
    found = _fitted(watched, rows, robust=False)
    effect = effect_of(watched)
    shift = effect - found.effect
    chance = found.chance if seed is None else by_chance(watched, effect_of, seed)
    return Found(effect, found.low + shift, found.high + shift, chance)


def _fitted(watched: Watched, rows: list[Row], *, robust: bool) -> Found:
    """The mean of what treated areas changed by beyond others, of each cohort and period."""
    frame = pd.DataFrame(rows, columns=["g", "t", "area", "change", "weight"])
    frame["on"] = watched.starts[frame["area"].to_numpy(int)] == frame["g"]
    both = frame.groupby(["g", "t"])["on"].transform(lambda on: on.any() and not on.all())
    frame = frame[both.to_numpy(bool)] if len(frame) else frame
    if frame.empty:
        return _NOTHING
    cell = pd.get_dummies(frame["g"].astype(str) + " " + frame["t"].astype(str), dtype=float)
    design = np.column_stack([cell, cell.mul(frame["on"].astype(float), axis=0)])
    mass = (cell.mul(frame["on"] * frame["weight"], axis=0)).sum().to_numpy(float)
    along = np.concatenate([np.zeros(cell.shape[1]), mass / mass.sum()])
    spare = len(frame) - design.shape[1]
    model = statsmodels("regression.linear_model").WLS(
        frame["change"].to_numpy(float), design, weights=frame["weight"].to_numpy(float)
    )
    if spare < 1 or (not robust and frame["area"].nunique() < _LEAST_IN_A_FIT):
        return Found(float(along @ model.fit().params), nan, nan, nan)
    how = {"cov_type": "cluster", "cov_kwds": {"groups": frame["area"].to_numpy()}}
    told = model.fit(**(how if robust else {}), use_t=True).t_test(along)
    low, high = np.ravel(told.conf_int())
    return Found(float(np.ravel(told.effect)[0]), float(low), float(high), float(told.pvalue))


def by_chance(watched: Watched, measure: Callable[[Watched], float], seed: int) -> float:
    """How often areas that are put in the place of the treated ones differ by as much.

    Every arrangement is gone through where there are few; else so many are drawn.
    """
    own = abs(measure(watched))
    found = [abs(measure(replace(watched, starts=starts))) for starts in _arranged(watched, seed)]
    known = np.array([each for each in found if not np.isnan(each)])
    if np.isnan(own) or not len(known):
        return nan
    return float((known >= own - _HAIR * max(own, 1.0)).mean())


def _arranged(watched: Watched, seed: int) -> Iterator[np.ndarray]:
    """Starts by area as they might have been; of all arrangements where these are few."""
    starts, on = watched.starts, np.flatnonzero(watched.treated)
    one = len(np.unique(starts[on])) == 1
    if one and comb(len(starts), len(on)) <= ARRANGEMENTS:
        for chosen in combinations(range(len(starts)), len(on)):
            held = np.full(len(starts), watched.periods)
            held[list(chosen)] = starts[on[0]]
            yield held
        return
    draw = np.random.default_rng(seed)
    yield starts
    for _ in range(ARRANGEMENTS - 1):
        yield draw.permutation(starts)


def drift(watched: Watched, seed: int) -> Found:
    """By how much more areas moved each period before they began than those compared."""
    rows = _slopes(watched)
    found = _fitted(watched, rows, robust=not watched.few)
    if not watched.few or np.isnan(found.effect):
        return found
    return replace(found, chance=by_chance(watched, _apart, seed))


def _slopes(watched: Watched) -> list[Row]:
    """The slope of each area before each cohort began."""
    return [
        (g, 0, int(i), slope, watched.weights[i])
        for g in watched.cohorts
        for i in np.flatnonzero(watched.starts >= g)
        if not np.isnan(slope := _slope(watched.values[i, :g]))
    ]


def _apart(watched: Watched) -> float:
    """By how much slopes of treated areas are above those of others, over cohorts."""
    rows, total, mass = _slopes(watched), 0.0, 0.0
    for g in {row[0] for row in rows}:
        mine = np.array([row[3:] for row in rows if row[0] == g])
        on = np.array([watched.starts[row[2]] == g for row in rows if row[0] == g])
        if on.any() and not on.all():
            mean = [np.average(mine[each, 0], weights=mine[each, 1]) for each in (on, ~on)]
            total += mine[on, 1].sum() * (mean[0] - mean[1])
            mass += mine[on, 1].sum()
    return total / mass if mass else nan


def _slope(values: np.ndarray) -> float:
    known = np.flatnonzero(~np.isnan(values))
    return float(np.polyfit(known, values[known], 1)[0]) if len(known) > 1 else nan


def by_event(watched: Watched) -> pd.DataFrame:
    """The effect by periods since it began, beside the last period before.

    Returns
    -------
    DataFrame
        since (0: the first period with it), effect, low, high, areas (treated).
    """
    held, since = replace(watched, before=LAST), dict[int, list[Row]]()
    for g in held.cohorts:
        for t in [*range(g - 1), *held.after(g)]:
            change, used = held.changes(g, t)
            since.setdefault(t - g, []).extend(
                (g, t, int(i), change[i], held.weights[i]) for i in np.flatnonzero(used)
            )
    rows: list[tuple[int, float, float, float, int]] = []
    for each, mine in since.items():
        found = _fitted(held, mine, robust=not held.few)
        on = {row[2] for row in mine if held.starts[row[2]] == row[0]}
        rows.append((each, found.effect, found.low, found.high, len(on)))
    if rows:
        rows.append((-1, 0.0, nan, nan, int(held.treated.sum())))
    table = pd.DataFrame(sorted(rows), columns=["since", "effect", "low", "high", "areas"])
    return table.dropna(subset="effect").reset_index(drop=True)


def by_cohort(watched: Watched) -> list[tuple[int, int, Found]]:
    """When each cohort began, how many areas it is, and its effect by itself."""
    return [
        (g, int((watched.starts == g).sum()), difference(_only(watched, g)))
        for g in watched.cohorts
    ]


def _only(watched: Watched, g: int) -> Watched:
    """One cohort, and areas that begin later until they do."""
    kept = watched.starts >= g
    values, starts = _until(watched.values[kept], watched.starts[kept], g), watched.starts[kept]
    never = np.where(starts > g, watched.periods, starts)
    return replace(watched, values=values, weights=watched.weights[kept], starts=never)


def _until(values: np.ndarray, starts: np.ndarray, g: int = -1) -> np.ndarray:
    """Figures of areas until they begin, but for those that begin with ``g``."""
    begun = np.arange(values.shape[1]) >= starts[:, None]
    return np.where(begun & (starts != g)[:, None], nan, values)


def placebos(watched: Watched) -> list[tuple[int, Found]]:
    """The effect of beginnings that are moved earlier, in figures from before areas began."""
    held = replace(watched, values=_until(watched.values, watched.starts))
    found = []
    for earlier in range(1, min(watched.cohorts, default=0)):
        starts = np.where(watched.treated, watched.starts - earlier, watched.starts)
        found.append((earlier, difference(replace(held, starts=starts))))
    return [(earlier, each) for earlier, each in found if not np.isnan(each.effect)]


def falling_back(watched: Watched) -> float:
    """What of the effect comes of the last period before alone.

    Where areas were chosen because they stood out in it, they would have come back to where they
    stood before that without anything done. Not a number where only one period before is known.
    """
    return effect_of(watched) - effect_of(replace(watched, before=EARLIER))
