"""A first answer before the full one, and Stop: what is shown was checked, what was there stays."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

import placebudget as pb
from placebudget.apps import Meeting
from placebudget.apps.answer import BoardAnswer, first_answer, quick_pooled
from placebudget.apps.sentences import first_words
from placebudget.apps.widget import Board
from placebudget.errors import Stopped
from placebudget.plan import Plan
from placebudget.work import Changes, solving
from placebudget.work.jobs import Client, Here
from remembering import Remembering, light_northvale

WITHIN = 60.0


def test_a_first_answer_is_worth_what_the_full_plan_is_worth() -> None:
    papers = light_northvale()
    meeting, found = Meeting(papers), []
    given = {"alone": ["police"], "unfenced": ["dwp_support"], "amounts": {"roads_duty": "12.5"}}
    assert meeting.recalculate(given, first=lambda: found.append(meeting.latest))
    (first,) = found
    assert first is not None
    assert meeting.answer is not None
    assert meeting.latest is meeting.answer
    assert set(first.plans) == {"pooled", "today"}
    assert first.plans["pooled"].status == "quick"
    one, other = (each.plans["pooled"].public_value() for each in (first, meeting.answer))
    assert one == pytest.approx(other, rel=1e-9)
    assert first.place.digest == meeting.answer.place.digest


@pytest.mark.parametrize("option", list(pb.example("northvale").options()))
def test_an_option_has_a_first_answer_too(option: str) -> None:
    place = light_northvale().with_option(option)
    quick = quick_pooled(BoardAnswer(Changes(), place), Client(Here()))
    assert quick is not None
    full = pb.optimise(place, prices=False)
    assert quick.public_value() == pytest.approx(full.public_value(), rel=1e-9)


def test_rules_that_clash_and_a_run_that_was_ended_have_no_first_answer() -> None:
    rule = {"rule": "promise", "kind": "floor", "subject": "service=policing"}
    rules = pd.DataFrame([{**rule, "amount": 5e9, "basis": "policy"}])
    place = pb.example("toy_pooling")
    clashing = BoardAnswer(Changes(), place.with_(rules=rules))
    assert first_answer(clashing, Client(Here())) is None
    ended = Client(Here())
    ended.stop.set()
    assert first_answer(BoardAnswer(Changes(), place), ended) is None


def test_a_first_answer_says_how_it_compares_with_the_figures_of_before() -> None:
    meeting = Meeting(pb.example("toy_pooling"))
    said: list[str] = []

    def told() -> None:
        said.append(first_words(meeting.first, meeting.answer))

    meeting.recalculate({}, first=told)
    meeting.recalculate({"unfenced": ["nhs_money"]}, first=told)
    meeting.recalculate({"unfenced": ["nhs_money"]}, first=told)
    assert [text.partition(" is worth ")[2] for text in said] == [
        "£300 million of public value.",
        "£310 million of public value, £10 million more than before.",
        "£310 million of public value, the same as before.",
    ]


class Held:
    """Full plans that are not there before the run is ended."""

    def __init__(self) -> None:
        self.reached = threading.Event()

    def __call__(self, *_: Any, stop: threading.Event, **__: Any) -> Plan:
        self.reached.set()
        assert stop.wait(WITHIN)
        raise Stopped("the run was stopped")


@pytest.fixture(scope="module")
def engine() -> Remembering:
    """The plans of the papers alone are the same in each test, and solved once."""
    return Remembering()


@pytest.fixture
def board(engine: Remembering) -> Board:
    found = Board(Meeting(pb.example("toy_pooling"), engine=engine))
    found.wait()
    return found


def begin(board: Board, monkeypatch: pytest.MonkeyPatch, **choices: Any) -> None:
    """Recalculate, and go on once the full plan is under way."""
    held = Held()
    monkeypatch.setattr(solving, "planned", held)
    board._wished(board, {"do": "recalculate", "choices": choices}, None)
    assert held.reached.wait(WITHIN)


def test_while_the_full_plans_are_under_way_the_first_answer_is_named_as_one(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    board._wished(board, {"do": "open", "screen": "change"}, None)
    before = board.shown["html"]
    begin(board, monkeypatch, unfenced=["nhs_money"])
    assert board.working
    assert board.status.startswith("First answer.")
    assert "£310 million of public value, £10 million more than before" in board.status
    assert "First answer, being completed." in board.shown["html"]
    assert "The figures on this screen are those of this first answer." in board.shown["html"]
    board._wished(board, {"do": "open", "screen": "gains"}, None)
    assert "The figures shown are still those of before." in board.shown["html"]
    board._wished(board, {"do": "stop"}, None)
    board._wished(board, {"do": "open", "screen": "change"}, None)
    assert board.shown["html"] == before


def test_stop_puts_back_what_was_there_and_leaves_the_boxes_alone(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not board.controls["behind"]
    answer, html = board.meeting.answer, board.shown["html"]
    begin(board, monkeypatch, unfenced=["nhs_money"])
    board._wished(board, {"do": "stop"}, None)
    assert not board.working
    assert board.status == (
        "Stopped. The figures shown are still those of before. The boxes keep what you chose."
    )
    assert board.controls["behind"] == 1
    assert board.meeting.answer is answer
    assert board.meeting.first is None
    assert board.shown["html"] == html
    assert not board.undoable
    assert [fence["key"] for fence in board.controls["fences"] if not fence["on"]] == ["nhs_money"]


def test_stop_during_the_last_plans_takes_the_new_answer_back_as_a_whole(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The best pooled plan was there already; nothing half done is left on the screens."""
    answer, optimise, held = board.meeting.answer, pb.optimise, Held()

    def pooled_only(*given: Any, pooling: str, **more: Any) -> Plan:
        solve: Callable[..., Plan] = optimise if pooling == "pooled" else held
        return solve(*given, pooling=pooling, **more)

    monkeypatch.setattr(solving, "planned", pooled_only)
    choices = {"unfenced": ["nhs_money"]}
    board._wished(board, {"do": "recalculate", "choices": choices}, None)
    assert held.reached.wait(WITHIN)
    assert board.meeting.answer is not answer
    board._wished(board, {"do": "stop"}, None)
    assert board.meeting.answer is answer
    assert not board.undoable
    monkeypatch.setattr(solving, "planned", optimise)
    board._wished(board, {"do": "recalculate", "choices": choices}, None)
    board.wait()
    assert "£310 million" in board.status
    assert board.undoable


def test_before_there_is_anything_stop_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    optimise, held = pb.optimise, Held()
    monkeypatch.setattr(solving, "planned", held)
    board = Board(Meeting(pb.example("toy_pooling")))
    assert held.reached.wait(WITHIN)
    board._wished(board, {"do": "stop"}, None)
    assert "Recalculate works out the rest" in board.status
    board._wished(board, {"do": "open", "screen": "together"}, None)
    assert board.shown["title"] == "Not worked out"
    monkeypatch.setattr(solving, "planned", optimise)
    board._wished(board, {"do": "recalculate", "choices": {}}, None)
    board.wait()
    assert "is worth" in board.shown["title"] or "gains nothing" in board.shown["title"]


def test_stop_with_nothing_under_way_changes_nothing(board: Board) -> None:
    status, shown = board.status, board.shown
    board._wished(board, {"do": "stop"}, None)
    assert (board.status, board.shown) == (status, shown)


def test_undo_while_a_plan_is_worked_out_goes_back_one_step(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    optimise = solving.planned
    board._wished(board, {"do": "recalculate", "choices": {"unfenced": ["nhs_money"]}}, None)
    board.wait()
    before = board.meeting.answer
    begin(board, monkeypatch, unfenced=["council_money"])
    assert board.undoable
    board._wished(board, {"do": "undo"}, None)
    board.wait()
    assert board.meeting.answer is before
    assert board.status.startswith("Undone. The best pooled plan is worth £310 million")
    assert [fence["key"] for fence in board.controls["fences"] if not fence["on"]] == ["nhs_money"]
    monkeypatch.setattr(solving, "planned", optimise)
    board._wished(board, {"do": "undo"}, None)
    board.wait()
    assert board.meeting.changes == Changes()
    assert not board.undoable


def test_the_first_change_can_be_gone_back_on_while_it_is_worked_out(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = board.meeting.answer
    begin(board, monkeypatch, unfenced=["nhs_money"])
    assert board.undoable
    board._wished(board, {"do": "undo"}, None)
    board.wait()
    assert board.meeting.answer is before
    assert not board.undoable
