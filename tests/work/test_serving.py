"""The process that works for many: a line that is told in words and no longer than it may be."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

import placebudget as pb
from placebudget.apps.sentences import of_plan, of_study
from placebudget.errors import PlaceBudgetError
from placebudget.progress import Stage
from placebudget.work import Changes, serving
from placebudget.work.jobs import QUICK, Job, Watch
from placebudget.work.packing import packed

PLACE = pb.example("toy_pooling")


class Asking:
    """Somebody who asks, without a line."""

    def __init__(self) -> None:
        self.place = b"", PLACE
        self.told: list[dict[str, Any]] = []

    def tell(self, **said: Any) -> None:
        self.told.append(said)

    @property
    def places(self) -> list[str]:
        return [each["progress"][2] for each in self.told if "progress" in each]


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> tuple[serving.Office, threading.Event]:
    """An office whose first piece of work lasts until it is let go, and each after it no time."""
    go_on = threading.Event()

    class Slow:
        def work_out(self, job: Job, watch: Watch) -> None:
            assert go_on.wait(60)

    monkeypatch.setattr(serving, "Here", Slow)
    return serving.Office(), go_on


def ask(office: serving.Office, who: Any, *keys: str) -> None:
    changes = Changes()
    for key in keys:
        changes = changes.switched(f"fence:{key}", False)
    text = packed(Job(QUICK, PLACE, changes), PLACE)
    office._ask(who, (b"", text.encode()), text, known=False)


def wait_until(holds: Callable[[], bool]) -> None:
    tick = threading.Event()
    while not holds():
        tick.wait(0.01)


def test_who_waits_is_told_their_place_in_the_line_as_it_moves_on(
    begun: tuple[serving.Office, threading.Event],
) -> None:
    office, go_on = begun
    one, two, three, like_three = (Asking() for _ in range(4))
    ask(office, one)
    wait_until(lambda: bool(office._running))
    ask(office, two, "nhs_money")
    ask(office, three, "police_money")
    ask(office, like_three, "police_money")  # one answer serves both, and neither is behind
    assert (two.places, three.places, like_three.places) == (["2"], ["3", "3"], ["3"])
    office._leave(two, told=False)  # type: ignore[arg-type]
    assert like_three.places == ["3", "2"]
    go_on.set()
    wait_until(lambda: "answer" in three.told[-1] and "answer" in like_three.told[-1])
    assert one.places == []


def test_a_line_that_is_full_turns_away_in_words(
    begun: tuple[serving.Office, threading.Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    office, go_on = begun
    monkeypatch.setattr(serving, "_LONGEST", 1)
    ask(office, Asking())
    wait_until(lambda: bool(office._running))
    ask(office, Asking(), "nhs_money")
    with pytest.raises(PlaceBudgetError, match="Ask again in a minute"):
        ask(office, Asking(), "police_money")
    go_on.set()


def test_a_place_in_the_line_is_said_as_people_say_it() -> None:
    third = Stage(serving.IN_LINE, serving.IN_LINE, "3")
    assert of_study(third, 0, 1) == "You are third in line"
    assert of_plan("today", third).endswith("step 2 of 5. You are third in line")
