"""What is decided is entered at a board by who may, and read by everybody."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import placebudget as pb
from placebudget.apps.deciding import Deciding
from placebudget.apps.meeting import Meeting
from placebudget.apps.widget import Board
from placebudget.register import Register
from registers import DECISION, MEETING, opened


class Read(Board):
    """A board whose page says what it is sent."""

    def send(self, content: Any, buffers: Any = None) -> None:
        if content["kind"] not in ("heard", "taken"):
            self.sent: Any = content, buffers

    def wish(self, do: str, **more: Any) -> str:
        self._wished(self, {"do": do, **more}, [])
        return str(self.status)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Register:
    return opened(tmp_path_factory.mktemp("register") / "board.register")


@pytest.fixture(scope="module")
def board(kept: Register) -> Read:
    made = Read(Meeting(pb.example("toy_pooling"), deciding=Deciding(kept.where)))
    made.wait()
    return made


def test_a_board_without_a_register_lists_no_screens_of_one_and_says_how_it_has_one() -> None:
    bare = Read(Meeting(pb.example("toy_pooling")))
    assert not {"decide", "decided"} & {each["key"] for each in bare.screens}
    bare.wish("open", screen="decide")
    assert "--register FILE" in bare.shown["html"]
    bare.wish("enter", key="meetings", given={"body": "x"})
    bare.close()


def test_everybody_reads_and_who_shows_a_token_enters_what_is_theirs(
    board: Read, kept: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whatever the environment of a board holds that serves others.
    monkeypatch.setenv("PLACEBUDGET_TOKEN", str(kept.token))
    before = len(kept.entries)
    board.wish("open", screen="decide")
    assert board.shown["title"] == "Minutes of Partnership board, 4 March 2027"
    assert "Enter this decision" not in board.shown["html"]
    assert 'type="password"' in board.shown["html"]
    said = board.wish("enter", key="choices", given={"meeting": MEETING, "title": "By nobody"})
    assert said.startswith("Nothing was entered. A reader enters nothing")
    for wrong in ("", "guessed"):
        board.wish("show_who", key="token", given={"token": wrong})
        assert board.sent[0]["problems"][0]["control"] == "token"
    member = kept.grant("The member for the coast", "member")
    assert board.wish("show_who", key="token", given={"token": member}) == (
        "You enter as The member for the coast, member."
    )
    assert "Enter this interest" in board.shown["html"]
    assert "Enter this decision" not in board.shown["html"]
    assert len(kept.entries) == before + 1
    board.wish("leave_register")
    assert 'type="password"' in board.shown["html"]


def test_a_decision_is_entered_with_the_plan_on_screen_and_its_minutes_are_taken_away(
    board: Read, kept: Register, tmp_path: Path
) -> None:
    board.wish("show_who", key="token", given={"token": str(kept.token)})
    board.wish("keep")
    board.wish("open", screen="decide")
    assert "Choice A, that was kept beside" in board.shown["html"]
    typed = {"meeting": MEETING, "title": "Pool all", "plan": "on screen", "about": ""}
    said = board.wish("enter", key="choices", given=typed)
    assert said.startswith("Entered under choices, as entry ")
    assert board.sent[0] == {"kind": "entered"}
    decided = {"meeting": MEETING, "decided": "That all be pooled", "choice": f"{MEETING} A"}
    said = board.wish("enter", key="decisions", given={**decided, "due": "soon"})
    assert {each["control"] for each in board.sent[0]["problems"]} == {
        "mover", "reasons", "owner", "due",
    }  # fmt: skip
    assert said.startswith("Nothing was entered")
    whole = {**decided, "mover": "The leader", "reasons": "More care", "owner": "The director"}
    board.wish("enter", key="decisions", given={**whole, "due": "2028-04-01"})
    said = board.wish("enter", key="decisions", given={**whole, "due": "2028-04-01"})
    assert "Nothing is entered twice" in said
    assert "A: Pool all. In the model, " in board.shown["html"]
    assert kept.rerun(DECISION).same
    for form in ("docx", "html"):
        board.wish("minutes", key=form)
        content, (made,) = board.sent
        assert content["name"] == f"minutes-2027_03_04.{form}"
        assert len(made) > 5_000


def test_what_was_decided_stands_beside_what_came_of_it(board: Read, kept: Register) -> None:
    board.wish("open", screen="decided")
    assert board.shown["title"] == "Decisions: 1; due without a result: 0"
    kept.enter(
        "results", decision=DECISION, measure="Care", period="2027-28", unit="people",
        expected=100, actual=80, low=70, high=120, source="Our own count",
    )  # fmt: skip
    board.wish("open", screen="decided")  # what others enter is there for who looks again
    assert "Care, 2027-28, in people: 80; expected 100, within" in board.shown["html"]
    assert "What was expected, and what came of it" in board.shown["html"]


def test_several_meetings_can_be_looked_at(board: Read, kept: Register) -> None:
    kept.enter("meetings", body="Partnership board", date="2027-06-03", chair="The leader")
    board.wish("open", screen="decide")
    assert board.shown["title"].endswith("3 June 2027")
    board.wish("of_meeting", key=MEETING)
    assert board.shown["title"].endswith("4 March 2027")


def test_a_register_that_went_away_is_told_and_all_else_stands(board: Read, kept: Register) -> None:
    hidden = Path(kept.where).rename(f"{kept.where}.away")
    try:
        board.wish("open", screen="decide")
        assert "there is no register" in board.shown["html"]
        board.wish("open", screen="our-money")
        assert board.shown["screen"] == "our-money"
    finally:
        hidden.rename(kept.where)
