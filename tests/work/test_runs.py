"""Plans asked for of places on disk: kept beside them, stopped, refused."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

import placebudget as pb
from placebudget.errors import Infeasible, Stopped, WrongArgument
from placebudget.work.jobs import Here, Job, Watch
from placebudget.work.runs import DONE, FAILED, RUNNING, STOPPED, Runs
from places import tiny


class Slow(Here):
    """Works nothing out, and tells how far it is, until it is stopped."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = threading.Event()

    def work_out(self, job: Job, watch: Watch) -> Any:
        watch.progress("looking", 2, 5)
        self.begun.set()
        watch.stop.wait()
        raise Stopped("the run was stopped.")


class Clashing(Here):
    def work_out(self, job: Job, watch: Watch) -> Any:
        raise Infeasible("Two rules clash.")


def test_plans_of_one_kind_are_kept_beside_each_other(tmp_path: Path) -> None:
    path = tiny().write(tmp_path / "tiny.place.zip")
    runs = Runs(Here())
    for _ in range(2):
        run = runs.ask(path, tiny(), "today")
        assert runs.wait(run.number)
        assert run.state == DONE
    files = [each["file"] for each in runs.of(path)]
    assert files == ["plans/tiny_today_2.plan.json", "plans/tiny_today.plan.json"]
    assert all(pb.read_plan(tmp_path / each).status == "simulated" for each in files)


def test_a_plan_tells_how_far_it_is_and_is_stopped(tmp_path: Path) -> None:
    engine = Slow()
    runs = Runs(engine)
    run = runs.ask(tmp_path, tiny(), "pooled")
    assert engine.begun.wait(60)
    assert (run.state, run.said, run.stage, run.stages) == (RUNNING, "looking", 2, 5)
    with pytest.raises(WrongArgument, match="no such plan of this place"):
        runs.stop(tmp_path / "other", run.number)
    runs.stop(tmp_path, run.number)
    assert runs.wait(run.number)
    assert (run.state, list(tmp_path.iterdir())) == (STOPPED, [])


def test_why_there_is_no_plan_is_said(tmp_path: Path) -> None:
    runs = Runs(Clashing())
    run = runs.ask(tmp_path, tiny(), "aligned")
    assert runs.wait(run.number)
    assert (run.state, run.said) == (FAILED, "Two rules clash.")


@pytest.mark.parametrize(("what", "objective"), [("best", None), (7, None), ("pooled", "fame")])
def test_what_there_is_not_is_refused(tmp_path: Path, what: Any, objective: Any) -> None:
    with pytest.raises(WrongArgument):
        Runs(Here()).ask(tmp_path, tiny(), what, objective)
