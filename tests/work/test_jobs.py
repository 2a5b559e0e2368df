"""One protocol of jobs, whoever works them out: this process, one of our own, one for many."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from typing import Any

import pandas as pd
import pytest

import placebudget as pb
from placebudget.errors import CannotAnswer, Infeasible, PlaceBudgetError, Stopped
from placebudget.place.options import Set
from placebudget.plan import Plan
from placebudget.view.studies import STUDIES
from placebudget.view.studies.entry import Subject
from placebudget.work import Changes
from placebudget.work.elsewhere import LOST, STRANGE, Elsewhere, Serving
from placebudget.work.jobs import ADDS_UP, QUICK, READY, Engine, Here, Job, Watch
from placebudget.work.packing import packed, unpacked
from proof import ALL

# They take long, and so come first: tests/conftest.py.
pytestmark = pytest.mark.xdist_group("jobs")

PATIENCE = 120.0
PLACE = pb.example("toy_pooling")
LONG = Job("cycle", PLACE, values={"runs": 100_000, "seed": 1})


@pytest.fixture(scope="module")
def serving() -> Iterator[Serving]:
    """A process that serves many readers."""
    found = Serving()
    yield found
    found.close()


def reader(serving: Serving) -> Elsewhere:
    return Elsewhere(serving.address, serving.key)


@pytest.fixture(scope="module", params=["here", "a process of its own", "one for many readers"])
def engine(request: pytest.FixtureRequest, serving: Serving) -> Iterator[Engine]:
    made = {
        "here": Here,
        "a process of its own": Elsewhere,
        "one for many readers": lambda: reader(serving),
    }
    found: Engine = made[request.param]()
    yield found
    found.halt()


@cache
def own(what: str = "pooled", changes: Changes | None = None, *, prices: bool = False) -> Plan:
    """The plan that is made without an engine."""
    changes = changes or Changes()
    place = changes.apply(PLACE)
    if what == "today":
        return pb.simulate(place)
    return pb.optimise(place, objective=changes.objective, pooling=what, prices=prices)


@cache
def answered(name: str) -> Any:
    """What a study of the best pooled plan gives without an engine."""
    subject = Subject(PLACE, own(prices=True))
    return STUDIES[name].answer(subject, STUDIES[name].settled(subject, {})).document()


def same(a: Plan, b: Plan) -> bool:
    """Whether plans are the same, but for when and how long they were worked out."""
    return a == replace(b, run=a.run) and a.run["options"] == b.run["options"]


# --- the same of every engine -----------------------------------------------------------


# One that is carried on, one that is solved, and one of many solves; all in the whole proof.
@pytest.mark.parametrize("what", ["today", "siloed", "pooled", *(["aligned", "freed"] * ALL)])
def test_a_plan_is_the_one_that_is_made_without_an_engine(engine: Engine, what: str) -> None:
    told: list[tuple[str, int, int]] = []
    watch = Watch(progress=lambda *stage: told.append(stage))
    plan = engine.work_out(Job(what, PLACE, prices=True), watch)
    assert same(plan, own(what, prices=True))
    assert bool(told) == (what != "today")


def test_what_is_changed_and_made_the_most_of_comes_over(engine: Engine) -> None:
    changes = Changes(objective="fiscal saving").switched("fence:nhs_money", False)
    plan = engine.work_out(Job("pooled", PLACE, changes), Watch())
    assert plan.run["inputs"] == changes.apply(PLACE).digest
    assert plan.objective == own(changes=changes).objective
    assert plan.tables["money"].equals(own(changes=changes).tables["money"])


def test_a_plan_says_what_it_must_admit_whoever_worked_it_out(engine: Engine) -> None:
    changes = Changes().switched("fence:nhs_money", False)
    plan = engine.work_out(Job("pooled", PLACE, changes), Watch())
    alike = own(changes=changes)
    assert plan.findings().records() == alike.findings().records()
    assert plan.explain("home_care").sentences == alike.explain("home_care").sentences


def test_a_quick_plan_is_drawn_before_it_is_checked(engine: Engine) -> None:
    drawn: list[Any] = []
    stream, year = PLACE.streams["stream"].iloc[0], PLACE.years[0]
    pounds = 1.01 * Changes().funding(PLACE, stream, year)
    changes = Changes().with_funding(PLACE, stream, year, pounds)
    full = engine.work_out(Job("pooled", PLACE, draws=True), Watch())
    assert engine.work_out(Job(READY, PLACE), Watch()) is None
    quick = engine.work_out(Job(QUICK, PLACE, changes, draws=True), Watch(draw=drawn.append))
    assert quick.plan.status == "quick"
    assert quick.plan.public_value() == pytest.approx(own(changes=changes).public_value(), rel=1e-9)
    assert full.drawing["nodes"]
    assert [node["id"] for node in drawn[0]["nodes"]] == [n["id"] for n in quick.drawing["nodes"]]


@pytest.mark.parametrize("name", ["sharing", "accounts", "trace", "outlook"])
def test_a_study_gives_what_it_gives_without_an_engine(engine: Engine, name: str) -> None:
    plan = own(prices=True)
    values = STUDIES[name].settled(Subject(PLACE, plan), {})
    found = engine.work_out(Job(name, PLACE, plan=plan, values=values), Watch())
    assert found.document() == answered(name)


def test_a_clash_comes_with_its_ways_out(engine: Engine) -> None:
    rule = {"rule": "promise", "kind": "floor", "subject": "service=policing"}
    place = PLACE.with_(rules=pd.DataFrame([{**rule, "amount": 5e9, "basis": "policy"}]))
    with pytest.raises(Infeasible) as told:
        engine.work_out(Job("pooled", place), Watch())
    with pytest.raises(Infeasible) as without:
        pb.optimise(place)
    assert str(told.value) == str(without.value)
    assert vars(told.value) == vars(without.value)
    assert engine.work_out(Job(ADDS_UP, place), Watch()) is False
    assert engine.work_out(Job(ADDS_UP, PLACE), Watch()) is True
    way = told.value.repairs[0]
    changes = Changes().with_repair(place, way)
    assert engine.work_out(Job("pooled", place, changes), Watch()).status == "optimal"


def test_what_cannot_be_answered_is_said_in_words_and_of_its_kind(engine: Engine) -> None:
    with pytest.raises(PlaceBudgetError, match="give the areas a tier") as told:
        engine.work_out(Job("pooled", PLACE, Changes(objective="worst-off area")), Watch())
    with pytest.raises(type(told.value)):
        pb.optimise(PLACE, objective="worst-off area")
    stream = PLACE.contributions["stream"].iloc[0]
    less = Set("contributions", "minimum", (("pool", ("one_pool",)), ("stream", (stream,))), 0.0)
    with pytest.raises(CannotAnswer):
        engine.work_out(Job(QUICK, PLACE, Changes(made=(less,))), Watch())


def test_a_job_ends_when_it_is_told_to_stop_and_the_next_begins(engine: Engine) -> None:
    stop = threading.Event()
    with pytest.raises(Stopped):
        engine.work_out(LONG, Watch(stop, progress=lambda *_: stop.set()))
    assert same(engine.work_out(Job("today", PLACE), Watch()), pb.simulate(PLACE))


# --- another process ----------------------------------------------------------------------


def begun(engine: Elsewhere, pool: ThreadPoolExecutor, job: Job = LONG) -> tuple[Any, Any]:
    """A job under way, and the event that stops it."""
    stop, running = threading.Event(), threading.Event()
    work = pool.submit(engine.work_out, job, Watch(stop, progress=lambda *_: running.set()))
    assert running.wait(PATIENCE)
    return work, stop


def test_a_process_that_is_killed_is_told_of_and_the_next_job_begins_another() -> None:
    engine = Elsewhere()
    with ThreadPoolExecutor() as pool:
        work, _ = begun(engine, pool)
        first = engine._serving.process
        os.kill(first.pid, signal.SIGKILL)
        with pytest.raises(PlaceBudgetError) as told:
            work.result(PATIENCE)
    assert str(told.value) == LOST
    assert same(engine.work_out(Job("today", PLACE), Watch()), pb.simulate(PLACE))
    second = engine._serving.process
    assert second.pid != first.pid
    engine.halt()
    assert second.poll() is not None


@pytest.mark.parametrize("how", ["exit", "killed", "ctrl-c"])
def test_no_process_is_left_however_the_one_that_began_it_ends(how: str) -> None:
    code = """
import sys, time
import placebudget as pb
from placebudget.work.elsewhere import Elsewhere
from placebudget.work.jobs import Job, Watch
place = pb.example("toy_pooling")
engine = Elsewhere()
engine.work_out(Job("today", place), Watch())
print(engine._serving.process.pid, flush=True)
if sys.argv[1] != "exit":
    long = Job("cycle", place, values={"runs": 100000, "seed": 1})
    engine.work_out(long, Watch(progress=lambda *_: print("under way", flush=True)))
"""
    parent = subprocess.Popen(
        [sys.executable, "-c", code, how], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    with parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        if how != "exit":
            parent.stdout.readline()
            parent.send_signal(signal.SIGKILL if how == "killed" else signal.SIGINT)
        parent.wait(PATIENCE)
    until = time.monotonic() + PATIENCE
    while alive(child) and time.monotonic() < until:
        time.sleep(0.05)
    assert not alive(child)


def alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_an_answer_to_another_question_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Elsewhere()
    other = PLACE.with_(funding=PLACE.funding.assign(amount=lambda f: f.amount * 1.1))
    said = {"answer": packed(pb.simulate(other), PLACE)}
    monkeypatch.setattr(engine, "_heard", lambda *_: said)
    with pytest.raises(PlaceBudgetError) as told:
        engine.work_out(Job("today", PLACE), Watch())
    assert str(told.value) == STRANGE
    engine.halt()


def test_what_was_still_to_come_is_no_answer_to_what_is_asked_next() -> None:
    engine = Elsewhere()

    def fails(*_: object) -> None:
        raise IndexError("who watches failed")

    with pytest.raises(IndexError):
        engine.work_out(LONG, Watch(progress=fails))
    assert same(engine.work_out(Job("today", PLACE), Watch()), pb.simulate(PLACE))
    engine.halt()


# --- many readers -------------------------------------------------------------------------


def test_what_two_readers_ask_is_worked_out_once(serving: Serving) -> None:
    first, second = reader(serving), reader(serving)
    job = Job("aligned", PLACE, prices=True, seconds=77.0)
    assert second.known(job) is None
    plan = first.work_out(job, Watch())
    # Equal with when it was made and how long it took.
    assert second.known(job) == plan
    assert second.work_out(job, Watch()) == plan
    other = PLACE.with_(funding=PLACE.funding.assign(amount=lambda f: f.amount * 1.1))
    assert second.known(replace(job, place=other)) is None
    assert second.known(replace(job, seconds=78.0)) is None
    first.halt()
    second.halt()


def test_who_stops_leaves_the_others_theirs(serving: Serving) -> None:
    first, second = reader(serving), reader(serving)
    job = Job("cycle", PLACE, values={"runs": 60, "seed": 2})
    with ThreadPoolExecutor() as pool:
        one, stop = begun(first, pool, job)
        two, _ = begun(second, pool, job)
        stop.set()
        with pytest.raises(Stopped):
            one.result(PATIENCE)
        assert two.result(PATIENCE).title
    assert first.known(job).document() == two.result().document()
    first.halt()
    second.halt()


def test_a_study_of_one_reader_does_not_keep_the_plan_of_another_waiting(serving: Serving) -> None:
    first, second = reader(serving), reader(serving)
    with ThreadPoolExecutor() as pool:
        work, stop = begun(first, pool)
        plan = second.work_out(Job("freed", PLACE, seconds=55.0), Watch())
        assert plan.status == "optimal"
        assert not work.done()
        stop.set()
        with pytest.raises(Stopped):
            work.result(PATIENCE)
    first.halt()
    second.halt()


def test_who_goes_without_a_word_is_worked_for_no_longer(serving: Serving) -> None:
    first, second = reader(serving), reader(serving)
    with ThreadPoolExecutor() as pool:
        work, _ = begun(first, pool)
        first.halt()
        with pytest.raises(PlaceBudgetError):
            work.result(PATIENCE)
        # Only one study runs at a time: it would wait for that of the first.
        study = Job("accounts", PLACE, plan=own(prices=True))
        assert pool.submit(second.work_out, study, Watch()).result(PATIENCE).title
    second.halt()


def test_a_process_for_many_that_was_killed_is_begun_again_where_it_was() -> None:
    many = Serving()
    engine = reader(many)
    assert same(engine.work_out(Job("today", PLACE), Watch()), pb.simulate(PLACE))
    many.process.kill()
    many.process.wait()
    many.keep_up()
    with pytest.raises(PlaceBudgetError) as told:
        engine.work_out(Job("today", PLACE), Watch())
    assert str(told.value) == LOST
    assert same(engine.work_out(Job("today", PLACE), Watch()), pb.simulate(PLACE))
    engine.halt()
    many.close()


def test_who_has_not_the_key_is_not_served(serving: Serving) -> None:
    stranger, stop = Elsewhere(serving.address, "no key"), threading.Event()
    threading.Timer(0.5, stop.set).start()
    assert stranger.known(Job("today", PLACE)) is None
    with pytest.raises(Stopped):
        stranger.work_out(Job("today", PLACE), Watch(stop))


# --- what goes over -----------------------------------------------------------------------


def test_plain_data_comes_back_as_it_was() -> None:
    option = pb.Option("less").leave_pool("one_pool")
    place = PLACE.with_option(option)
    found = unpacked(packed(place))
    assert found == place
    assert found.origin == place.origin
    job = Job("today", place, Changes.read(option), pb.simulate(place), {"shares": (0.5, 1.0)})
    assert unpacked(packed(job, place), place) == job
