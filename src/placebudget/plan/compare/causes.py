"""What caused what: the way from one plan to another, one change at a time.

Each change is made alone on the first plan, and then all of them one after the
other. What a change adds in a row depends on those before it; what it adds alone
does not, but does not add up. Both are shown, and the gap between them is what the
changes do together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Event
from typing import Any

import pandas as pd

from placebudget.errors import CannotAnswer, PlaceBudgetError, Stopped
from placebudget.place import Option, Place
from placebudget.place.options import Change
from placebudget.plan.need import meet_alike, unmet_change
from placebudget.plan.plan import Plan
from placebudget.plan.record.inputs import base_of, input_differences, recorded_option
from placebudget.plan.record.rerun import again
from placebudget.programme.objectives.value import PUBLIC
from placebudget.progress import Report

COLUMNS = ("step", "change", "alone", "adds_alone", "in_turn", "adds_in_turn", "note")
_ARGUMENTS = ("pooling", "reinvest", "objective")


@dataclass(frozen=True)
class _State:
    """What is planned: a place, changes to it, and the arguments of the plan."""

    place: Place
    changes: tuple[Change, ...]
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Step:
    """One change on the way from the first plan to the second."""

    words: str
    make: Callable[[_State], _State]


def measure_of(first: Plan, second: Plan) -> tuple[str, str]:
    """Name and unit of what causes are measured in.

    The objective, where both plans have the same one; otherwise public value.
    """
    same = (first.objective.name, first.objective.unit) == (
        second.objective.name,
        second.objective.unit,
    )
    if same:
        return first.objective.name, first.objective.unit
    return PUBLIC, f"pounds, {first.place['price_base']} prices, discounted"


def find_causes(
    first: Plan,
    second: Plan,
    places: tuple[Place | None, Place | None],
    *,
    stop: Event | None = None,
    progress: Report | None = None,
) -> pd.DataFrame:
    """The value each change on the way from one plan to another adds.

    Parameters
    ----------
    first, second : Plan
        Two plans.
    places : pair of Place or None
        Their places, before any option.
    stop, progress
        As for :func:`placebudget.optimise`.

    Returns
    -------
    DataFrame
        ``step``, ``change``; ``alone`` and ``adds_alone``: value of the first plan
        with this change only, and what it adds; ``in_turn`` and ``adds_in_turn``:
        with all changes up to this one; ``note`` where there is no plan, or one that
        leaves other need unmet, so that nothing is said to be added.

    Raises
    ------
    CannotAnswer
        If the places are not at hand or not those of the plans.
    """
    start, steps = _way(first, second, places)
    measure, _ = measure_of(first, second)
    begin = _Reached(_value(first, measure), first)
    end = _Reached(_value(second, measure), second)
    rows: list[tuple[Any, ...]] = []
    state, before = start, begin
    for number, step in enumerate(steps, start=1):
        if progress is not None:
            progress(step.words, number, len(steps))
        last = number == len(steps)
        alone = end
        if len(steps) > 1:
            alone = _solved(first, step.make(start), measure, stop)
        state = step.make(state)
        if last:
            reached = end
        elif number == 1:
            reached = alone
        else:
            reached = _solved(first, state, measure, stop)
        adds_alone, why = alone.beside(begin)
        added, reason = reached.beside(before)
        before = before if reached.plan is None else reached
        note = "; ".join(
            text
            for text in (why and f"alone: {why}", reason and reason != why and f"in turn: {reason}")
            if text
        )
        rows.append((number, step.words, alone.value, adds_alone, reached.value, added, note))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _way(
    first: Plan, second: Plan, places: tuple[Place | None, Place | None]
) -> tuple[_State, list[_Step]]:
    one, other = (
        _checked(plan, place) for plan, place in zip((first, second), places, strict=True)
    )
    mine, theirs = _changes(first), _changes(second)
    shared = 0
    while shared < min(len(mine), len(theirs)) and mine[shared] == theirs[shared]:
        shared += 1
    steps = _place_steps(one, other)
    steps += [_undo(change) for change in reversed(mine[shared:])]
    steps += [_do(change) for change in theirs[shared:]]
    return _State(one, mine), steps + _argument_steps(first, second)


def _checked(plan: Plan, place: Place | None) -> Place:
    found = place or (None if plan.source is None else base_of(plan.source))
    if found is None:
        raise CannotAnswer(
            f"the place of the plan {plan.name} is not at hand; give it: compare(..., places=...)"
        )
    apart = input_differences(plan.run, found)
    if apart:
        raise CannotAnswer(f"the place at hand is not that of the plan {plan.name}: {apart[0]}")
    return found


def _changes(plan: Plan) -> tuple[Change, ...]:
    option = recorded_option(plan.run)
    return () if option is None else option.changes


def _place_steps(one: Place, other: Place) -> list[_Step]:
    steps = []
    if one.settings != other.settings:
        settings = other.settings
        steps.append(
            _Step(
                "settings of the place",
                lambda s: replace(s, place=s.place.with_(settings=settings)),
            )
        )
    for name, frame in other.tables.items():
        if not frame.equals(one.tables[name]):
            steps.append(
                _Step(
                    f"figures of the table {name}",
                    lambda s, name=name, frame=frame: replace(  # type: ignore[misc]
                        s, place=s.place.with_(**{name: frame})
                    ),
                )
            )
    return steps


def _undo(change: Change) -> _Step:
    def make(state: _State) -> _State:
        kept = list(state.changes)
        kept.reverse()
        kept.remove(change)
        kept.reverse()
        return replace(state, changes=tuple(kept))

    return _Step(f"undo: {change}", make)


def _do(change: Change) -> _Step:
    return _Step(str(change), lambda s: replace(s, changes=(*s.changes, change)))


def _argument_steps(first: Plan, second: Plan) -> list[_Step]:
    """Steps in how the place is planned; from given money to a best plan is one step."""
    if second.status == "simulated":
        if first.status == "simulated" and first.run.get("money") == second.run.get("money"):
            return []
        return [_Step("the money that was given", lambda s: replace(s, arguments={"of": second}))]
    given = second.run["options"]
    wanted = {name: given[name] for name in _ARGUMENTS}
    if first.status == "simulated":
        words = f"the best plan, {given['pooling']}, for {', '.join(given['objective'])}"
        return [_Step(words, lambda s: replace(s, arguments={"of": second, **wanted}))]
    had = first.run["options"]
    return [
        _Step(
            f"{name} {_words(given[name])} instead of {_words(had[name])}",
            lambda s, name=name: replace(  # type: ignore[misc]
                s, arguments={**s.arguments, name: given[name]}
            ),
        )
        for name in _ARGUMENTS
        if given[name] != had[name]
    ]


def _words(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)


@dataclass(frozen=True)
class _Reached:
    """What a state comes to: its value and plan, or why there is none."""

    value: float
    plan: Plan | None
    why: str = ""

    def beside(self, other: _Reached) -> tuple[float, str]:
        """What it adds to another; nothing, and why, where they leave different need unmet."""
        if self.plan is None or other.plan is None:
            return float("nan"), self.why
        if not meet_alike(other.plan, self.plan):
            return float("nan"), unmet_change(other.plan, self.plan)
        return self.value - other.value, ""


def _solved(first: Plan, state: _State, measure: str, stop: Event | None) -> _Reached:
    """What a state comes to."""
    changed = dict(state.arguments)
    model = changed.pop("of", first)
    option = Option("one change at a time", changes=state.changes) if state.changes else None
    try:
        plan = again(model, state.place, option, stop=stop, **changed)
    except Stopped:
        raise
    except PlaceBudgetError as error:
        return _Reached(float("nan"), None, " ".join(str(error).split("\n")[-1].split()))
    return _Reached(_value(plan, measure), plan)


def _value(plan: Plan, measure: str) -> float:
    if plan.objective.name == measure:
        return plan.objective.value
    return plan.public_value()
