"""Whatever goes wrong where nobody foresaw it, a board says so and goes on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import placebudget as pb
from placebudget.apps import Meeting, meeting, widget
from placebudget.apps import meeting as studies
from placebudget.apps import widget as showing
from placebudget.apps.screens import SCREENS, Screen
from placebudget.apps.widget import Board
from placebudget.view.studies.entry import Study
from placebudget.widgets.panels import PlanView
from placebudget.work import Changes, solving
from proof import ALL
from remembering import Remembering

PLANTED = "a fault that was planted"
SAID = "A fault in placebudget kept this from being done (IndexError)"
ENDED = {"unfenced": ["nhs_money"]}
TYPED = [key for key, study in studies.STUDIES.items() if study.typed]
Plant = Callable[..., None]


def boom(*_: Any, **__: Any) -> Any:
    raise IndexError(PLANTED)


@pytest.fixture(scope="module")
def engine() -> Remembering:
    return Remembering()


@pytest.fixture(scope="module")
def opened(engine: Remembering) -> Iterator[Board]:
    """One board for all faults: each finds it as the last one left it."""
    found = Board(Meeting(pb.example("toy_pooling"), engine=engine))
    found.wait()
    yield found
    wish(found, "open", screen="together")
    assert "£300 million" in found.shown["html"]
    assert "fault" not in found.shown["html"]


@pytest.fixture
def board(opened: Board, caplog: pytest.LogCaptureFixture) -> Iterator[Board]:
    """A board that is worked with after its fault: it answers as if there had been none."""
    found = opened
    caplog.set_level(logging.ERROR)
    with pytest.MonkeyPatch.context() as patch:
        found.plant = patch.setattr
        yield found
        found.wait()
    assert PLANTED in [str(each.exc_info[1]) for each in caplog.get_records("call")]
    assert not found.working
    wish(found, "recalculate", choices={})
    assert (
        found.status
        == "Done. The best pooled plan is worth £300 million of public value in the model."
    )
    wish(found, "open", screen="gains")
    assert found.shown["title"] not in ("", "This screen cannot be shown")
    assert "fault" not in found.shown["html"]


def wish(board: Board, do: str, buffers: tuple[bytes, ...] = (), **more: Any) -> None:
    board._wished(board, {"do": do, **more}, [memoryview(each) for each in buffers])
    board.wait()


ACTS = {
    "open": "_open", "explain": "_explain", "recalculate": "_recalculate", "repair": "_repair",
    "stop": "_stop", "undo": "_undo", "redo": "_redo", "papers": "_papers", "export": "_export",
    "study": "_study", "upload": "_upload",
}  # fmt: skip


@pytest.mark.parametrize("do", ACTS)
def test_a_fault_in_any_act_is_said_in_the_bar(board: Board, do: str) -> None:
    board.plant(Board, ACTS[do], boom)
    wish(board, do)
    assert SAID in board.status


def test_a_fault_in_the_best_pooled_plan_keeps_the_last_good_answer(board: Board) -> None:
    before = board.meeting.answer
    board.plant(solving, "planned", boom)
    wish(board, "recalculate", choices=ENDED)
    assert board.status.startswith("There is no answer to what was chosen")
    assert SAID in board.status
    assert board.shown["screen"] == "clash"
    assert SAID in board.shown["html"]
    assert board.meeting.answer is before
    wish(board, "undo")
    assert board.meeting.changes == Changes()


@pytest.mark.parametrize("failing", ["siloed", *(["aligned", "freed"] if ALL else [])])
def test_a_fault_in_another_plan_leaves_the_others(board: Board, failing: str) -> None:
    optimise = solving.planned

    def some(*given: Any, pooling: str, **more: Any) -> pb.Plan:
        return boom() if pooling == failing else optimise(*given, pooling=pooling, **more)

    board.plant(solving, "planned", some)
    wish(board, "recalculate", choices=ENDED)
    assert board.status.startswith("Done.")
    assert board.meeting.answer is not None
    every = {"today", "siloed", "aligned", "pooled", "freed"}
    assert set(board.meeting.answer.plans) == every - {failing}
    wish(board, "open", screen="together")
    assert SAID in board.shown["html"]


@pytest.mark.parametrize("stage", ["first_answer", "unmoved"])
def test_a_fault_in_what_an_answer_can_do_without_is_said_beside_it(
    board: Board, stage: str
) -> None:
    board.plant(meeting, stage, boom)
    wish(board, "recalculate", choices=ENDED)
    assert board.status.startswith("Done. The best pooled plan is worth £310 million")
    assert SAID in board.status


def test_a_fault_while_a_step_is_gone_back_on_is_said(board: Board) -> None:
    board.plant(Meeting, "undo", boom)
    wish(board, "undo")
    assert SAID in board.status


@pytest.mark.parametrize("key", studies.STUDIES)
def test_a_fault_in_a_study_is_said_in_the_bar(board: Board, key: str) -> None:
    board.plant(Study, "answer", boom)
    given = {"given": {}} if key in TYPED else {}
    board.plant(widget, "read", lambda *_: {})
    board.plant(Study, "settled", lambda *_: {})
    wish(board, "open", screen=key)
    wish(board, "study", key=key, **given)
    assert board.status.startswith("There is no answer: ")
    assert SAID in board.status


@pytest.mark.parametrize("key", TYPED)
def test_a_fault_in_reading_a_form_is_said_in_the_bar(board: Board, key: str) -> None:
    board.plant(widget, "read", boom)
    wish(board, "study", key=key, given={})
    assert SAID in board.status


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.key)
def test_a_fault_in_a_screen_is_said_on_that_screen_alone(board: Board, screen: Screen) -> None:
    shown = showing.shown

    def but_one(each: Screen, meeting: Meeting) -> dict[str, Any]:
        return boom() if each is screen else shown(each, meeting)

    board.plant(showing, "shown", but_one)
    board._showing._told.clear()  # what a screen said of the same is not said anew
    wish(board, "recalculate", choices={})
    wish(board, "open", screen=screen.key)
    assert board.shown["title"] == "This screen cannot be shown"
    assert board.shown["name"] == screen.name
    assert SAID in board.shown["html"]
    other = next(each for each in SCREENS if each is not screen)
    wish(board, "open", screen=other.key)
    assert board.shown["title"] != "This screen cannot be shown"


def test_a_fault_in_the_picture_is_said_on_its_screen(board: Board) -> None:
    board.plant(showing, "plan_view", boom)
    board.plant(PlanView, "set_trait", boom)
    wish(board, "open", screen="change")
    assert SAID in board.shown["html"]


def test_a_fault_in_the_controls_is_said_over_them_and_the_screens_are_there(board: Board) -> None:
    board.plant(widget, "controls", boom)
    wish(board, "recalculate", choices=ENDED)
    assert SAID in board.problems[0]["text"]
    assert "is ended" in board.shown["html"]


def test_a_fault_in_the_controls_at_the_start_leaves_a_board_that_can_be_read(
    board: Board, engine: Remembering
) -> None:
    board.plant(widget, "controls", boom)
    bare = Board(Meeting(pb.example("toy_pooling"), engine=engine))
    bare.wait()
    assert bare.controls["floors"] == []
    assert bare.shown["title"]
    assert SAID in bare.problems[0]["text"]


def test_what_a_page_says_of_the_boards_own_figures_is_not_heard(board: Board) -> None:
    board.plant(Board, "_open", boom)
    wish(board, "open")
    said = board.status
    board.set_state({"status": "Done.", "shown": {"title": "a better plan"}, "controls": {}})
    assert board.status == said
    assert board.shown["title"] != "a better plan"
