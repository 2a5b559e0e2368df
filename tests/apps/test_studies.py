"""Studies of a board: asked for, kept with their answer, shared among readers; no browser."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

import placebudget as pb
from placebudget.apps import Meeting
from placebudget.apps.meeting import STUDIES
from placebudget.apps.screens import SCREENS
from placebudget.apps.screens import shown as screen_of
from placebudget.apps.widget import Board
from placebudget.errors import PlaceBudgetError
from placebudget.study import StudyResult
from placebudget.view.studies.entry import Study
from placebudget.words import sentence
from remembering import Remembering, kept, light_northvale

pytestmark = pytest.mark.xdist_group("kept")

NOT_ASKED = "has not been asked yet"


@pytest.fixture(scope="module")
def engine() -> Remembering:
    """What belongs to the papers is the same in each test, and solved once."""
    return Remembering()


def opened(place: pb.Place, engine: Remembering | None = None) -> Board:
    board = Board(Meeting(place, engine=engine or kept()))
    board.wait()
    return board


def wish(board: Board, do: str, **more: Any) -> dict[str, Any]:
    board._wished(board, {"do": do, **more}, None)
    board.wait()
    shown: dict[str, Any] = board.shown
    return shown


def test_each_study_has_its_screen() -> None:
    assert set(STUDIES) <= {screen.key for screen in SCREENS}


@pytest.mark.parametrize(
    ("key", "finding", "parts"),
    [
        (
            "shares",
            "In the model, working together could gain £10 million; "
            "3 of 6 ways to share it give every partner an incentive to take part",
            ("Incentive of each partner to take part", "nucleolus", "Owen point",
             "in proportion to contribution", "saved to the Exchequer"),
        ),
        (
            "pound",
            "In the model, every pound of £100 million is accounted for; "
            "30% is raised locally and answered for to electors",
            ("Statement of accountability, modelled, not the statutory accounts",
             "To the electors of Toyland Council", "To Parliament, by grant", "only for",
             "Prepared by", "exact for 100% of the money"),
        ),
    ],
)  # fmt: skip
def test_a_study_is_worked_out_when_it_is_asked_for(
    key: str, finding: str, parts: tuple[str, ...]
) -> None:
    engine = Remembering()
    board = opened(pb.example("toy_pooling"), engine)
    shown = wish(board, "open", screen=key)
    assert NOT_ASKED in shown["title"]
    assert f'data-study="{key}"' in shown["html"]
    shown = wish(board, "study", key=key)
    assert shown["title"] == finding
    assert board.status.startswith("Done: ")
    assert board.progress["text"] == ""
    for part in (*parts, "Hash of the inputs"):
        assert part in shown["html"], part
    assert "would leave" not in shown["html"]
    later = opened(pb.example("toy_pooling"), engine)
    assert wish(later, "open", screen=key)["title"] == finding


def test_areas_are_set_side_by_side_a_head_and_a_person_in_need() -> None:
    meeting = Meeting(light_northvale(), engine=kept())
    meeting.recalculate({})
    assert meeting.study("areas")
    shown = screen_of(next(each for each in SCREENS if each.key == "areas"), meeting)
    assert "costs £683,000 (1.1%)" in shown["title"]
    for part in ("for each person in need", "worst-off area", "The price of fairness"):
        assert part in shown["html"], part


def test_why_there_is_no_answer_is_said_and_it_can_be_tried_again(engine: Remembering) -> None:
    board = opened(pb.example("toy_pooling"), engine)
    wish(board, "open", screen="areas")
    shown = wish(board, "study", key="areas")
    assert shown["title"] == "This could not be worked out"
    assert "no tier of areas" in shown["html"]
    assert "Try again" in shown["html"]
    assert board.status.startswith("There is no answer: Fair between areas. Areas cannot")


def test_a_study_belongs_to_its_answer_and_undo_brings_it_back(engine: Remembering) -> None:
    board = opened(pb.example("toy_pooling"), engine)
    wish(board, "open", screen="pound")
    found = wish(board, "study", key="pound")["title"]
    assert NOT_ASKED in wish(board, "recalculate", choices={"unfenced": ["nhs_money"]})["title"]
    assert wish(board, "undo")["title"] == found


def test_a_later_reader_of_the_papers_works_nothing_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place, engine = pb.example("toy_pooling"), Remembering()
    first = Meeting(place, engine=engine)
    first.recalculate({})
    assert first.study("pound")

    def fails(*_: object, **__: object) -> StudyResult:
        raise PlaceBudgetError("nothing is left to do")

    monkeypatch.setattr(Study, "answer", fails)
    second = Meeting(pb.example("toy_pooling"), engine=engine)
    second.recalculate({})
    assert second.studied("pound")
    assert second.study("pound")
    assert first.answer is not None
    assert second.answer is not None
    assert second.answer.studies["pound"].summary() == first.answer.studies["pound"].summary()
    second.recalculate({"unfenced": ["nhs_money"]})
    assert not second.studied("pound")
    assert not second.study("pound")
    assert second.answer.unanswered == {"pound": "nothing is left to do"}


def test_a_study_that_was_ended_is_neither_kept_nor_called_a_failure() -> None:
    meeting = Meeting(pb.example("toy_pooling"), engine=Remembering())
    assert not meeting.study("shares")
    meeting.recalculate({})
    stop = threading.Event()
    stop.set()
    assert not meeting.study("shares", stop=stop)
    assert meeting.answer is not None
    assert meeting.answer.studied == ()


@pytest.mark.parametrize("key", [None, "no such", "gains", {"a": 1}])
def test_a_study_that_is_not_known_is_left_alone(engine: Remembering, key: Any) -> None:
    board = opened(pb.example("toy_pooling"), engine)
    before = board.status
    wish(board, "study", key=key)
    assert board.status == before


def test_a_plan_of_an_answer_is_picked_set_beside_the_others_and_taken_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    board, handed = opened(pb.example("toy_pooling")), []
    wish(board, "open", screen="frontier")
    aims = {"aims-public value": True, "aims-money spent": True}
    shown = wish(board, "study", key="frontier", given={"points": "3", **aims})
    at = 'data-pick="frontier" data-point="point 2"'
    assert [shown["html"].count(each) for each in (f"{at} aria-describedby", f"{at} role")] == [
        1,
        2,
    ]
    assert "data-picked" not in shown["html"]
    shown = wish(board, "pick", key="frontier", point="point 2")
    plan = board.meeting.answer.picked["frontier"]
    assert f"data-picked>{sentence(plan.name)}</h2>" in shown["html"]
    for said in (plan.picked, "Best pooled", "Today"):
        assert said in shown["html"]
    assert board.status == f"{sentence(plan.name)}: set beside the others, below the list."
    monkeypatch.setattr(
        board, "send", lambda content, buffers=(): handed.append((content, buffers))
    )
    wish(board, "take", key="frontier")
    (file, (content,)) = next(each for each in handed if each[0]["kind"] == "file")
    assert file["name"] == "toy_pooling_frontier_point_2.plan.json"
    assert json.loads(content)["name"] == plan.name
    wish(board, "pick", key="frontier", point="point 99")
    assert "plan is one of point 1" in board.status
    for key, point in (("shares", "point 1"), ("", ""), (None, 3)):
        wish(board, "pick", key=key, point=point)
        wish(board, "take", key="gap")
    assert board.meeting.answer.picked == {"frontier": plan}
    # Asked anew, the answer has other plans.
    shown = wish(board, "study", key="frontier", given={"points": "2", **aims})
    assert "data-picked" not in shown["html"]
