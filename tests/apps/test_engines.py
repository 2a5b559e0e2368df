"""Desks and boards stand on every engine alike, and go on where its process is lost."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import placebudget as pb
from placebudget import apps
from placebudget.apps import JOBS, PLACE, Meeting
from placebudget.apps.widget import Board
from placebudget.widgets.desk import PlaceDesk
from placebudget.work import Changes
from placebudget.work.elsewhere import LOST, Elsewhere, Serving
from placebudget.work.jobs import READY, Engine, Here, Job
from proof import ALL

PATIENCE = 120.0


@pytest.fixture(scope="module")
def serving() -> Iterator[Serving]:
    found = Serving()
    yield found
    found.close()


ENGINES = ("here", "a process of its own", "one for many readers")


# On the engine "here" stand all other tests of boards and desks.
@pytest.fixture(scope="module", params=ENGINES if ALL else ENGINES[1:])
def engine(request: pytest.FixtureRequest, serving: Serving) -> Iterator[Engine]:
    """An engine that stays for all that asks it; a board or desk that is closed halts it."""
    if request.param == "here":
        found: Engine = Here()
    else:
        many = request.param == "one for many readers"
        found = Elsewhere(serving.address, serving.key) if many else Elsewhere()
    yield found
    found.halt()


def wish(board: Board, do: str, **more: Any) -> None:
    board._wished(board, {"do": do, **more}, [])
    board.wait()


def test_a_board_answers_alike_on_every_engine(engine: Engine) -> None:
    board = Board(Meeting(pb.example("toy_pooling"), engine=engine))
    board.wait()
    wish(board, "recalculate", choices={"unfenced": ["nhs_money"]})
    assert board.status == (
        "Done. The best pooled plan is worth £310 million of public value in the model."
    )
    answer = board.meeting.answer
    assert answer is not None
    assert set(answer.plans) == {"today", "siloed", "aligned", "pooled", "freed"}
    wish(board, "study", key="pound")
    assert board.status.startswith("Done: ")
    wish(board, "undo")
    assert board.meeting.changes == Changes()


# That engines answer alike is held beside: this one the plans have to travel to and from.
@pytest.mark.parametrize("engine", ENGINES if ALL else ENGINES[1:2], indirect=True)
def test_what_changes_nothing_is_said_again_where_its_plans_are_known_already(
    engine: Engine,
) -> None:
    board = Board(Meeting(pb.example("toy_pooling"), engine=engine))
    board.wait()
    for _ in range(2):
        wish(board, "recalculate", choices={"unfenced": ["council_money"]})
        answer = board.meeting.answer
        assert answer is not None
        assert answer.whole
        assert list(answer.unmoved) == ["fence:council_money"]
        wish(board, "papers")
    board.close()


def test_readers_begin_with_the_papers_once_their_plans_are_known_and_nothing_is_asked_then(
    serving: Serving, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    less = pb.Option("less").scale("funding", 1.05).apply(pb.example("toy_pooling"))
    monkeypatch.setenv(PLACE, str(less.write(tmp_path / "less")))
    monkeypatch.setenv(JOBS, f"{serving.address} {serving.key}")
    monkeypatch.setattr(apps, "_beforehand", ())
    assert not apps.stand_ready()
    first = apps.board()
    first.wait()
    assert apps.stand_ready()
    monkeypatch.setattr(apps, "engine_of_the_board", lambda: None)  # whoever asks it fails
    second = apps.board()
    second.wait()
    assert second.status == first.status
    assert second.shown["html"] == first.shown["html"]
    assert not second.undoable
    # What either has worked out is there for the other, too.
    wish(first, "study", key="pound")
    first.wait()
    second.meeting.engine = Elsewhere(serving.address, serving.key)
    assert second.meeting.studied("pound")


def test_who_follows_sees_what_is_presented_as_it_changes_until_either_ends_it(
    serving: Serving,
) -> None:
    place = pb.example("toy_pooling")
    boards = [
        Board(Meeting(place, engine=Elsewhere(serving.address, serving.key))) for _ in range(3)
    ]
    presenter, follower, other = boards
    for board in boards:
        board.wait()
    wish(presenter, "present")
    mark = presenter.room["mark"]
    wish(follower, "follow", mark=mark)
    until = time.monotonic() + PATIENCE
    while not follower.status.startswith("You follow the presenter: "):
        assert time.monotonic() < until
        if not follower.room:  # who comes before the first screen is there finds nobody
            wish(follower, "follow", mark=mark)
        time.sleep(0.02)
    wish(other, "present")
    other._room.mark = mark  # what is presented already is nobody else's
    wish(other, "open", screen="duties")

    def sees(part: str, screen: str) -> None:
        until = time.monotonic() + PATIENCE
        while part not in follower.shown["html"] or follower.shown["screen"] != screen:
            assert time.monotonic() < until
            time.sleep(0.02)

    wish(presenter, "open", screen="change")
    sees("data-drawing", "change")
    assert follower.shown["drawing"]
    wish(presenter, "recalculate", choices={"unfenced": ["nhs_money"]})
    sees("ring-fence of NHS money is ended", "change")
    assert follower.meeting.changes == Changes()
    wish(follower, "open", screen="duties")
    assert follower.room == {}
    assert "ring-fence of NHS money is ended" not in follower.shown["html"]
    wish(follower, "follow", mark=mark)
    sees("ring-fence of NHS money is ended", "change")
    presenter.close()
    sees("", "duties")
    assert follower.status == "Nobody presents here now. You see your own screen."
    for board in (follower, other):
        board.close()


def test_a_desk_answers_alike_on_every_engine(engine: Engine) -> None:
    place = pb.example("toy_pooling")
    desk = PlaceDesk(place, engine)
    assert desk.wait(PATIENCE)
    assert desk.plan.status == "optimal"
    tax, year = place.streams["stream"].iloc[0], place.years[0]
    more = desk.changes.with_funding(place, tax, year, 1.1 * desk.changes.funding(place, tax, year))
    desk.use(more)
    assert desk.wait(PATIENCE)
    assert desk.plan.status == "quick"
    full = pb.optimise(more.apply(place), prices=False)
    assert desk.plan.public_value() == pytest.approx(full.public_value())
    desk.sections.look_at("studies")
    desk.sections.studies.choose("accounts")
    desk.sections.studies.ask()
    assert desk.wait(PATIENCE)
    assert desk.sections.studies.form.said == "Worked out below."
    desk.close()


@pytest.mark.parametrize("begin", ["a board", "a desk"])
def test_a_process_that_is_lost_is_told_in_words_and_the_next_answer_comes(begin: str) -> None:
    place, engine, wanted = pb.example("toy_pooling"), Elsewhere(), threading.Event()
    asked, heard = engine._asked, engine._heard

    def asked_of_it(how: str, job: Job, *more: Any) -> Any:
        # What only makes ready for the next picture is nothing that anybody hears of.
        engine._heard = heard
        if wanted.is_set() and job.what != READY:
            wanted.clear()
            # Held up, so that it has not answered yet when it is killed.
            os.kill(engine._serving.process.pid, signal.SIGSTOP)
            engine._heard = lost
        return asked(how, job, *more)

    def lost(*given: Any) -> Any:
        engine._serving.process.kill()
        return heard(*given)

    engine._asked = asked_of_it
    if begin == "a board":
        board = Board(Meeting(place, engine=engine))
        board.wait()
        wanted.set()
        wish(board, "recalculate", choices={"unfenced": ["nhs_money"]})
        assert LOST in board.status
        wish(board, "recalculate", choices={"unfenced": ["nhs_money"]})
        assert "£310 million" in board.status
        board.close()
    else:
        desk = PlaceDesk(place, engine)
        assert desk.wait(PATIENCE)
        before = desk.plan
        wanted.set()
        desk.solve()
        assert desk.wait(PATIENCE)
        assert desk.head.said == LOST
        assert desk.plan is before
        desk.solve()
        assert desk.wait(PATIENCE)
        assert desk.head.said.startswith("Solved: ")
        desk.close()
    assert engine._serving is None
