"""Plans held under draws: what each comes to in each, and how that spreads over all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Event
from typing import Any

import numpy as np
import pandas as pd

from placebudget.programme.objectives.value import CASHABLE, PUBLIC
from placebudget.progress import Report
from placebudget.study.held import Came, Decided, Moving
from placebudget.study.potential.barriers import FREED
from placebudget.study.sweeping import (
    ExecutorLike,
    Lost,
    parts_of,
    sweep,
)
from placebudget.study.uncertainty.result import (
    A_POUND,
    DEFICITS,
    EVERYBODY,
    LESS,
    MEASURES,
    NOT_SERVED,
    WORTH,
)

LOW, MIDDLE, HIGH = 10.0, 50.0, 90.0
_NOBODY = 0.5


# Draws, worked out in parts that are cut before anybody knows how many workers there are.


def came_of(
    moving: Moving, decided: Sequence[Decided], part: Sequence[np.ndarray]
) -> list[list[Came]]:
    """What plans come to where figures are multiplied by each row of factors."""
    found = []
    for factors in part:
        moved, missing = moving.at(factors), moving.missing(factors)
        found.append([moving.came(each, moved, missing) for each in decided])
    return found


@dataclass(frozen=True)
class WorkedBy:
    """Where work is done, and who is told."""

    executor: ExecutorLike
    workers: int | None
    stop: Event | None
    progress: Report | None

    @property
    def stopped(self) -> bool:
        return self.stop is not None and self.stop.is_set()

    def through(
        self, work: Any, rows: Sequence[np.ndarray] | np.ndarray, size: int, what: str
    ) -> dict[int, Any]:
        """Answers by the number of their row; of parts that were not worked out there is none."""
        parts = parts_of(list(rows), size)
        found: dict[int, Any] = {}
        for n, part in sweep(
            work, parts, executor=self.executor, workers=self.workers, stop=self.stop,
            progress=self.progress, what=what,
        ):  # fmt: skip
            if not isinstance(part, Lost):
                found |= {n * size + k: each for k, each in enumerate(part)}
        return {number: found[number] for number in sorted(found)}


@dataclass(frozen=True)
class UnderDraws:
    """What plans come to in the draws.

    Parameters
    ----------
    names, agencies : list of str
        Of the plans, and of the agencies.
    as_planned : list of Came
        By plan: with all figures as they stand.
    rows : dict of int to list of Came
        By draw, by plan.
    """

    names: list[str]
    agencies: list[str]
    as_planned: list[Came]
    rows: Mapping[int, list[Came]]

    def of(self, measure: str) -> np.ndarray:
        """Draws x plans of a measure."""
        return np.array([[_measured(each, measure) for each in row] for row in self.rows.values()])

    @property
    def best(self) -> str:
        """The plan that is worth most on average, of those that can be chosen."""
        mean = self.of(WORTH).mean(axis=0)
        return self.names[max(self.to_choose, key=lambda n: float(mean[n]))]

    @property
    def to_choose(self) -> list[int]:
        """Plans that somebody could choose: the freed one is a benchmark, unless it is alone."""
        every = range(len(self.names))
        return [n for n in every if self.names[n] != FREED] or list(every)

    def spread(self, base: str) -> pd.DataFrame:
        units = {
            NOT_SERVED: "people, all years added up", DEFICITS: "pounds, cash, all years",
        }  # fmt: skip
        now = self.names.index("today") if "today" in self.names else None
        rows = []
        for measure in MEASURES:
            values, sign = self.of(measure), -1.0 if measure in LESS else 1.0
            least = _NOBODY if measure == NOT_SERVED else A_POUND
            for n, name in enumerate(self.names):
                low, middle, high = np.percentile(values[:, n], [LOW, MIDDLE, HIGH])
                worse = float("nan") if now is None else float(
                    (sign * (values[:, n] - values[:, now]) < -least).mean()
                )  # fmt: skip
                rows.append({
                    "plan": name, "measure": measure,
                    "unit": units.get(measure, f"pounds, {base} prices, discounted"),
                    "as_planned": _measured(self.as_planned[n], measure),
                    "mean": float(values[:, n].mean()), "p10": low, "p50": middle, "p90": high,
                    "worse_than_today": worse,
                })  # fmt: skip
        order = {name: n for n, name in enumerate(self.names)}
        table = pd.DataFrame(rows)
        return table.sort_values("plan", key=lambda c: c.map(order), kind="stable",
                                 ignore_index=True)  # fmt: skip

    def deficits(self) -> pd.DataFrame:
        rows = []
        for n, name in enumerate(self.names):
            values = np.array([row[n].deficits for row in self.rows.values()])
            for a, agency in enumerate(self.agencies):
                mine = values[:, a]
                if mine.max() >= A_POUND:
                    low, middle, high = np.percentile(mine, [LOW, MIDDLE, HIGH])
                    rows.append((name, agency, mine.mean(), low, middle, high,
                                 (mine >= A_POUND).mean()))  # fmt: skip
        return pd.DataFrame(
            rows, columns=["plan", "agency", "mean", "p10", "p50", "p90", "share"]
        ).astype({"plan": "str", "agency": "str"})

    def beats(self) -> pd.DataFrame:
        rows = []
        for first, second in _pairs(self.names):
            f, s = self.names.index(first), self.names.index(second)
            worth = self.of(WORTH)
            rows.append((first, second, EVERYBODY, *_compared(worth[:, f] - worth[:, s])))
            own = np.array([
                [each.saved - each.discounted for each in row] for row in self.rows.values()
            ])  # fmt: skip
            for a, agency in enumerate(self.agencies):
                rows.append((first, second, agency, *_compared(own[:, f, a] - own[:, s, a])))
        columns = ["first", "second", "agency", "better", "same", "worse", "p10", "p50", "p90"]
        return pd.DataFrame(rows, columns=columns)

    def draws(self) -> pd.DataFrame:
        rows = [
            {"plan": name, "draw": draw, **{m: _measured(row[n], m) for m in MEASURES}}
            for n, name in enumerate(self.names)
            for draw, row in self.rows.items()
        ]
        return pd.DataFrame(rows)


def _measured(came: Came, measure: str) -> float:
    return {
        WORTH: came.worth, PUBLIC: came.value, CASHABLE: came.cashable,
        NOT_SERVED: came.not_served, DEFICITS: float(came.deficits.sum()),
    }[measure]  # fmt: skip


def _compared(more: np.ndarray) -> tuple[float, ...]:
    better, worse = float((more >= A_POUND).mean()), float((more <= -A_POUND).mean())
    low, middle, high = np.percentile(more, [LOW, MIDDLE, HIGH])
    return better, 1.0 - better - worse, worse, low, middle, high


def _pairs(names: Sequence[str]) -> list[tuple[str, str]]:
    """Pooling against acting in step first, then each plan against the one before it."""
    steps = list(zip(names[1:], names[:-1], strict=True))
    first = [("pooled", "aligned")] if {"pooled", "aligned"} <= set(names) else []
    return list(dict.fromkeys([*first, *steps]))
