"""Plans asked for of places on disk: kept beside them, stopped, refused."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

import placebudget as pb
from placebudget.errors import CannotAnswer, Infeasible, Stopped, WrongArgument
from placebudget.place.options.stored import rename_option
from placebudget.work.asking import InvalidChoice
from placebudget.work.jobs import Here, Job, Watch
from placebudget.work.plans import named_together, plans_beside
from placebudget.work.runs import DONE, FAILED, RUNNING, STOPPED, WAITING, Runs, study_form
from places import tiny


class Slow(Here):
    """Works nothing out, and tells how far it is, until it is stopped."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = threading.Event()
        self.watch = Watch()

    def work_out(self, job: Job, watch: Watch) -> Any:
        self.watch = watch
        watch.progress("looking", 2, 5)
        self.begun.set()
        watch.stop.wait()
        raise Stopped("the run was stopped.")


class Silent(Here):
    """Works nothing out and says nothing until it is stopped, as if others came first."""

    def work_out(self, job: Job, watch: Watch) -> Any:
        watch.stop.wait()
        raise Stopped("the run was stopped.")


class Clashing(Here):
    def work_out(self, job: Job, watch: Watch) -> Any:
        raise Infeasible("Two rules clash")


def test_plans_of_one_kind_are_kept_beside_each_other(tmp_path: Path) -> None:
    path = tiny().write(tmp_path / "tiny.place.zip")
    runs = Runs(lambda python: Here())
    for _ in range(2):
        run = runs.ask(path, tiny(), "today")
        assert runs.wait(run.number)
        assert run.state == DONE
    files = [each["file"] for each in runs.of(path)]
    assert files == ["plans/tiny_today_2.plan.json", "plans/tiny_today.plan.json"]
    assert all(pb.read_plan(tmp_path / each).status == "simulated" for each in files)


def test_a_plan_tells_how_far_it_is_and_is_stopped(tmp_path: Path) -> None:
    engine = Slow()
    runs = Runs(lambda python: engine)
    run = runs.ask(tmp_path, tiny(), "pooled")
    assert engine.begun.wait(60)
    assert (run.state, run.said, run.stage, run.stages) == (RUNNING, "looking", 2, 5)
    with pytest.raises(WrongArgument, match="asked of this place"):
        runs.stop(tmp_path / "other", run.number)
    # A second part goes on where the first one ended; the end of a part is none of the run.
    engine.watch.progress("looking", 4, 5)
    engine.watch.progress("done", 5, 5)
    assert (run.state, run.said, run.stage, run.stages) == (RUNNING, "looking", 4, 5)
    engine.watch.progress("looking again", 0, 3)
    assert (run.said, run.stage, run.stages) == ("looking again", 5, 8)
    runs.stop(tmp_path, run.number)
    assert runs.wait(run.number)
    assert (run.state, list(tmp_path.iterdir())) == (STOPPED, [])


def test_a_plan_with_an_option_is_compared_with_the_plan_without_it(tmp_path: Path) -> None:
    """The council of the tiny place has £10 million a year, with the option £12 million."""
    path = tiny().write(tmp_path / "tiny")
    richer = pb.Option("richer council").set("funding", "amount", 12e6, stream="council_tax")
    richer.save(path)
    runs = Runs(lambda python: Here())
    run = runs.ask(path, tiny(), "pooled", option=richer)
    assert runs.wait(run.number)
    assert (run.state, run.said, run.option) == (DONE, "", "richer council")
    assert "Best pooled and Best pooled with richer council" in runs.page(path, run.number)
    kept = {each["file"]: (each["option"], each["current"]) for each in plans_beside(path, tiny())}
    assert kept == {
        "plans/tiny_pooled.plan.json": ("", True),
        "plans/tiny_pooled_richer_council.plan.json": ("richer council", True),
    }
    # What was made before is compared as it is, and no longer where the option is another.
    again = runs.compare(path, tiny(), run.file, richer)
    assert runs.wait(again.number)
    assert len(kept) == len(plans_beside(path, tiny()))
    assert "Best pooled and Best pooled with richer council" in runs.page(path, again.number)
    # Under another name it is the same option, be it one that joins others' names.
    joined = "more tax + less"
    for other in ("more tax", "less"):
        pb.Option(other).scale("needs", 0.9).save(path)
    rename_option(path, "richer council", joined)
    assert [(each["options"], each["current"]) for each in plans_beside(path, tiny())] == [
        ([], True),
        ([joined], True),
    ]
    together = named_together(path, [joined])
    assert together is not None
    again = runs.compare(path, tiny(), run.file, together)
    assert runs.wait(again.number)
    assert (again.state, again.option) == (DONE, joined)
    rename_option(path, joined, "richer council")
    assert run.record()["of"] == tiny().digest
    pb.Option("richer council").scale("funding", 2).save(path)
    assert [each["current"] for each in plans_beside(path, tiny())] == [True, False]
    with pytest.raises(WrongArgument, match="worked out again"):
        runs.compare(path, tiny(), run.file, richer)


def test_a_study_is_asked_in_its_boxes_and_answered_as_part_of_a_page(tmp_path: Path) -> None:
    path, runs = tiny().write(tmp_path / "tiny"), Runs(lambda python: Here())
    assert "best pooled plan" in study_form(path, tiny(), "risk_share")["refused"]
    form = study_form(path, tiny(), "to_do")
    assert [box["key"] for group in form["groups"] for box in group["fields"]] == ["solve"]
    run = runs.study(path, tiny(), "to_do", {"solve": False})
    assert runs.wait(run.number)
    assert (run.state, run.record()["study"]) == (DONE, "What is to do")
    assert "pb-panel" in runs.page(path, run.number)
    with pytest.raises(InvalidChoice, match="whole number"):
        runs.study(path, tiny(), "rests_on", {"most": "many", "first": "pooled", "second": "today"})
    for other in ("no_such", None):
        with pytest.raises(WrongArgument, match="no such study"):
            runs.study(path, tiny(), other, {})


def test_a_plan_of_an_answer_is_picked_kept_beside_the_place_and_set_beside_the_others(
    tmp_path: Path,
) -> None:
    place = pb.example("toy_pooling")
    path, runs = place.write(tmp_path / "toy"), Runs(lambda python: Here())
    given = {"points": "3", "aims-public value": True, "aims-money spent": True}
    study = runs.study(path, place, "frontier", given)
    assert runs.wait(study.number)
    (first, does), *others = study.record()["picks"]
    assert (first, len(others)) == ("point 1", 4)
    assert does == "Point 1: more for family support (+£5 million) and policing (+£5 million)"
    run = runs.pick(path, study.number, "point 2")
    assert runs.wait(run.number)
    assert (run.state, run.said, run.record()["study"]) == (DONE, "", "")
    assert run.file == "plans/toy_pooling_frontier_point_2.plan.json"
    kept = pb.read_plan(path / run.file)
    assert study.found is not None
    assert kept == study.found.picked(2)
    (there,) = plans_beside(path, place)
    assert (there["name"], there["current"]) == (kept.name, True)
    # It is no best pooled plan, which other studies look for.
    assert "best pooled plan" in study_form(path, place, "risk_share")["refused"]
    assert all(said in run.page for said in ("Today and ", kept.picked[:60]))
    for point in ("point 9", None, 2):
        with pytest.raises(WrongArgument, match="point 1"):
            runs.pick(path, study.number, point)
    with pytest.raises(WrongArgument, match="not kept any more"):
        runs.pick(path, run.number, "point 1")


def test_what_a_gain_rests_on_is_answered_of_a_plan_that_is_kept_too(tmp_path: Path) -> None:
    path, runs = tiny().write(tmp_path / "tiny"), Runs(lambda python: Here())
    pb.optimise(tiny(), pooling="pooled").to_json(path / "kept.plan.json")
    given = {"first": "pooled", "second": "today", "most": "0", "kinds-value": True}
    run = runs.study(path, tiny(), "rests_on", given)
    assert runs.wait(run.number)
    assert (run.state, run.said) == (DONE, "")


def test_a_study_that_has_nothing_to_look_at_refuses_before_it_is_asked(tmp_path: Path) -> None:
    path, runs = tiny().write(tmp_path / "tiny"), Runs(lambda python: Here())
    for name, why in (
        ("levels", "the table Levels"),
        ("reorganisation", "the table Successions"),
        ("market", "the table Offers"),
    ):
        assert why in study_form(path, tiny(), name)["refused"], name
        with pytest.raises(CannotAnswer, match=why):
            runs.study(path, tiny(), name, {})
    aims = [f"aims-{aim}" for aim in ("public value", "net public value", "cashable savings")]
    every = [
        box["key"]
        for group in study_form(path, tiny(), "frontier")["groups"]
        for box in group["fields"]
    ]
    for ticked in ([], aims[:1], [each for each in every if each.startswith("aims-")]):
        given = {"pooling": "pooled", "points": "2", **dict.fromkeys(ticked, True)}
        with pytest.raises(InvalidChoice, match="Aims: tick two or three"):
            runs.study(path, tiny(), "frontier", given)


def test_what_waits_is_stopped_at_once(tmp_path: Path) -> None:
    runs = Runs(lambda python: Silent())
    first, second = (runs.ask(tmp_path, tiny(), "pooled") for _ in range(2))
    assert second.state == WAITING
    runs.stop(tmp_path, second.number)
    assert second.state == STOPPED
    runs.stop(tmp_path, first.number)
    assert runs.wait(first.number)
    assert runs.wait(second.number)


def test_why_there_is_no_plan_is_said(tmp_path: Path) -> None:
    runs = Runs(lambda python: Clashing())
    run = runs.ask(tmp_path, tiny(), "aligned")
    assert runs.wait(run.number)
    # Another sentence may follow.
    assert (run.state, run.said) == (FAILED, "Two rules clash.")


@pytest.mark.parametrize(("what", "objective"), [("best", None), (7, None), ("pooled", "fame")])
def test_what_there_is_not_is_refused(tmp_path: Path, what: Any, objective: Any) -> None:
    with pytest.raises(WrongArgument):
        Runs(lambda python: Here()).ask(tmp_path, tiny(), what, objective)
