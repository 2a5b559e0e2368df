"""Time, gap, progress and stopping: what was reached is said, and nothing else is shown."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest

import placebudget as pb
from benchmarks.places import SMALL, make_place
from placebudget.place import Place
from placebudget.programme import Programme, build, read_pooling
from placebudget.solver import RunLimits, solve
from placebudget.solver.backend.answer import Status
from placebudget.solver.backend.highs import LiveHighs
from small import rule, small

NEAREST = "nearest to today"


class SetByAnotherThread(threading.Event):
    """An event that another thread sets while the run looks at it for the nth time."""

    def __init__(self, look: int) -> None:
        super().__init__()
        self.look, self.looks = look, 0

    def is_set(self) -> bool:
        self.looks += 1
        if self.looks == self.look:
            other = threading.Thread(target=self.set)
            other.start()
            other.join()
        return super().is_set()


@pytest.fixture(scope="module")
def place() -> Place:
    """A place with so many decisions on offers that a run looks at its stop signal often."""
    return make_place(replace(SMALL, lots=12))


@pytest.fixture(scope="module")
def programme(place: Place) -> Programme:
    return build(place, read_pooling(place, "pooled"))


@pytest.fixture(scope="module")
def linear() -> Programme:
    place = make_place(SMALL)
    return build(place, read_pooling(place, "pooled"))


# --- progress ---------------------------------------------------------------------


def test_progress_names_every_stage_in_order_and_ends_with_done() -> None:
    seen: list[tuple[str, int, int]] = []
    place = pb.example("toy_pooling")
    pb.optimise(
        place,
        objective=["public value", "cashable saving"],
        progress=lambda *step: seen.append(step),
    )
    names = ["public value", "cashable saving", NEAREST, "done"]
    assert seen == [(name, n, 3) for n, name in enumerate(names)]


def test_a_run_can_be_stopped_from_its_progress(place: Place) -> None:
    stop = threading.Event()

    def progress(name: str, number: int, total: int) -> None:
        if name == NEAREST:
            stop.set()

    plan = pb.optimise(make_place(SMALL), stop=stop, progress=progress)
    assert plan.status == "stopped before the stage 'nearest to today' was finished"
    assert list(plan.run["stages"]) == ["public value"]


# --- stopping -----------------------------------------------------------------------


def test_nothing_is_shown_when_a_run_is_stopped_before_a_plan_is_reached(
    linear: Programme,
) -> None:
    stop = SetByAnotherThread(look=5)
    with pytest.raises(pb.Stopped, match="before a plan was reached"):
        solve(linear, limits=RunLimits(stop=stop))
    assert stop.looks > 4


def test_a_live_model_that_is_stopped_shows_no_values_of_its_basis(linear: Programme) -> None:
    live = LiveHighs(linear.matrix, -linear.objectives[0].gain)
    answer = live.run(RunLimits(stop=SetByAnotherThread(look=5)))
    assert (answer.status, answer.values, answer.duals) == (Status.STOPPED, None, None)
    assert np.array(live.model.getSolution().col_value).any()  # which is why they must not be


def test_a_stopped_model_goes_on_when_it_is_run_again(linear: Programme) -> None:
    cost = -linear.objectives[0].gain
    live = LiveHighs(linear.matrix, cost)
    live.run(RunLimits(stop=SetByAnotherThread(look=5)))
    again, fresh = live.run(RunLimits()), LiveHighs(linear.matrix, cost).run(RunLimits())
    assert again.values is not None
    assert fresh.values is not None
    assert cost @ again.values == pytest.approx(cost @ fresh.values)


def first_look_with_a_plan(programme: Programme) -> int:
    """By trying: the first look at which a stop leaves a plan that is not proved.

    The programme is solved without whole numbers first, and those looks leave none.
    """
    linear = replace(programme.matrix, integer=np.zeros(programme.matrix.width, bool))
    before = SetByAnotherThread(look=-1)
    solve(replace(programme, matrix=linear), limits=RunLimits(stop=before), tie_break=False)
    for look in range(2, 60):
        live = LiveHighs(programme.matrix, -programme.objectives[0].gain)
        if live.run(RunLimits(stop=SetByAnotherThread(look))).has_solution:
            return before.looks + look
    raise AssertionError("no plan was reached in sixty looks")


def test_decisions_that_were_reached_before_the_stop_are_a_plan(
    place: Place, programme: Programme
) -> None:
    look = first_look_with_a_plan(programme)
    plan = pb.optimise(place, stop=SetByAnotherThread(look))
    best = solve(programme, tie_break=False)
    assert plan.status.startswith("stopped")
    assert list(plan.run["stages"]) == []
    assert 0 < plan.objective.value <= best.objective_values[0] * (1 + 1e-9)


def test_a_plan_stopped_in_the_tie_break_has_the_best_value(linear: Programme) -> None:
    whole = solve(linear)
    stop = threading.Event()

    def progress(name: str, number: int, total: int) -> None:
        if name == NEAREST:
            stop.set()

    part = solve(linear, limits=RunLimits(stop=stop, progress=progress))
    assert part.status == "stopped before the stage 'nearest to today' was finished"
    assert part.stages == ["public value"]
    assert part.objective_values == pytest.approx(whole.objective_values, rel=1e-9)


# --- time ---------------------------------------------------------------------------


def test_a_run_without_time_says_so(place: Place) -> None:
    with pytest.raises(pb.Stopped, match="ran out of time before a plan was reached"):
        pb.optimise(place, seconds=1e-6)


def test_time_is_counted_from_the_start_of_each_run(linear: Programme) -> None:
    """HiGHS counts over all runs of a model, so what was used before is added."""
    live = LiveHighs(linear.matrix, -linear.objectives[0].gain)
    live.run(RunLimits())
    used = live.seconds
    assert used > 0
    live.run(RunLimits(), seconds=1000.0)
    assert live.model.getOptionValue("time_limit")[1] == used + 1000.0
    live.run(RunLimits())
    assert live.model.getOptionValue("time_limit")[1] == float("inf")


# --- gap -----------------------------------------------------------------------------


def test_a_plan_within_the_gap_says_what_is_left(programme: Programme) -> None:
    loose, best = solve(programme, limits=RunLimits(gap=0.01)), solve(programme)
    assert 0 < loose.gap <= 0.01
    assert loose.status.startswith("within the gap asked for, within 0.0")
    value, top = loose.objective_values[0], best.objective_values[0]
    assert top * (1 - loose.gap) <= value <= top * (1 + 1e-9)
    assert (best.status, best.gap) == ("optimal", 0.0)


def test_a_gap_does_not_loosen_a_programme_without_decisions(linear: Programme) -> None:
    loose, best = solve(linear, limits=RunLimits(gap=0.5)), solve(linear)
    assert loose.objective_values == pytest.approx(best.objective_values, rel=1e-12)
    assert (loose.status, loose.gap) == ("optimal", 0.0)


# --- status --------------------------------------------------------------------------


def test_rules_that_cannot_all_hold_are_named() -> None:
    """£10 million and two floors of £6 million."""
    floors = [
        rule("floor", "service=care", 6e6, rule="care_kept"),
        rule("floor", "service=homes", 6e6, rule="homes_kept"),
    ]
    services = {"care": {"people": 20_000}, "homes": {"people": 20_000}}
    with pytest.raises(pb.Infeasible) as raised:
        pb.optimise(small({"tax": {"amount": 10.0}}, services, rules=floors))
    text = str(raised.value)
    assert "care" in text
    assert "homes" in text
    assert "£6 million" in text


def test_an_objective_without_end_is_called_unbounded() -> None:
    """A programme whose money has lost its limit."""
    place = small({"tax": {"amount": 10.0}}, {"care": {"people": None}})
    programme = build(place, read_pooling(place, "pooled"))
    matrix = programme.matrix
    endless = np.full(matrix.height, np.inf)
    balance = programme.rows["class_balance"].numbers
    low, high = matrix.row_lower.copy(), matrix.row_upper.copy()
    low[balance], high[balance] = -endless[balance], endless[balance]
    loose = replace(programme, matrix=replace(matrix, row_lower=low, row_upper=high))
    with pytest.raises(pb.errors.Unbounded, match="give the service a need"):
        solve(loose)


def test_the_status_of_every_run_is_its_own(linear: Programme) -> None:
    """Optimal, then impossible, then optimal again with the first value."""
    cost = -linear.objectives[0].gain
    live = LiveHighs(linear.matrix, cost)
    first = live.run(RunLimits())
    row = linear.rows["class_balance"].numbers[:1]
    right = linear.matrix.row_lower[row]
    live.change_rows(row, -1 - right, -1 - right)
    none = live.run(RunLimits())
    assert (none.status, none.values, none.duals) == (Status.INFEASIBLE, None, None)
    live.change_rows(row, right, right)
    again = live.run(RunLimits())
    assert first.values is not None
    assert again.values is not None
    assert cost @ again.values == pytest.approx(cost @ first.values, rel=1e-10)
