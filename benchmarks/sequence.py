"""The whole sequence of stages, and bare HiGHS taken through the same models."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

from benchmarks.contenders import bare_model, programme_of, solved
from placebudget.place import Place
from placebudget.programme import Programme
from placebudget.solver import solve
from placebudget.solver.highs import LiveHighs

import highspy  # isort: skip

# What the stages ask of a live model, each call recorded with what it was given.
_CHANGES = ("changeColsCost", "changeColsBounds", "changeRowsBounds", "addCols", "addRows",
            "setBasis", "setOptionValue", "run")  # fmt: skip

Calls = list[tuple[str, tuple[Any, ...]]]


def all_stages(place: Place) -> float:
    """From the tables through every stage."""
    place._filled.clear()  # nothing is left over from the round before
    solution = solve(programme_of(place))
    return float(solution.objective_values[0])


class _Recorded:
    """A HiGHS model that writes down what it is told."""

    def __init__(self, model: highspy.Highs, calls: Calls) -> None:
        self._model, self._calls = model, calls

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._model, name)
        if name not in _CHANGES:
            return method

        def noted(*given: Any) -> Any:
            self._calls.append((name, given))
            return method(*given)

        return noted


@contextmanager
def _recording(calls: Calls):  # type: ignore[no-untyped-def]
    """Every live model made meanwhile writes down what it is told after its first hand-over."""
    handed_over = LiveHighs.__init__

    def noted(live: LiveHighs, *given: Any, **options: Any) -> None:
        handed_over(live, *given, **options)
        live.model = _Recorded(live.model, calls)

    LiveHighs.__init__ = noted  # type: ignore[method-assign]
    try:
        yield
    finally:
        LiveHighs.__init__ = handed_over  # type: ignore[method-assign]


def bare_stages(place: Place) -> tuple[Programme, Callable[[], float]]:
    """The same models one after the other in bare HiGHS, every run's values read."""
    programme = programme_of(place)
    calls: Calls = []
    with _recording(calls):
        solve(programme)

    def run() -> float:
        model, value = bare_model(programme), None
        for name, given in calls:
            if name != "run":
                getattr(model, name)(*given)
                continue
            values, _ = solved(model)
            if value is None:
                objective = programme.objectives[0]
                value = float(objective.gain @ values) * objective.scale
        assert value is not None
        return value

    return programme, run
