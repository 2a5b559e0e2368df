"""Plans of the papers are worked out once for all readers of one server."""

from __future__ import annotations

from pathlib import Path

import pytest

import placebudget as pb
from placebudget.apps import Meeting, planning
from placebudget.apps.shelf import Shelf, own_shelf
from placebudget.errors import PlaceBudgetError


def test_a_later_reader_finds_equal_plans_and_solves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, shelf = pb.example("toy_pooling"), Shelf(tmp_path, 60.0)
    first = Meeting(place, shelf=shelf)
    assert first.recalculate({})
    first.complete()

    def solve(*_: object, **__: object) -> None:
        raise PlaceBudgetError("nothing is left to solve")

    monkeypatch.setattr(planning, "optimise", solve)
    second = Meeting(pb.example("toy_pooling"), shelf=shelf)
    assert second.recalculate({})
    assert first.answer is not None
    assert second.answer is not None
    assert second.answer.whole
    assert second.answer.plans == first.answer.plans
    assert not second.recalculate({"unfenced": ["nhs_money"]})


def test_other_figures_or_another_time_are_never_taken_for_the_same(tmp_path: Path) -> None:
    place = pb.example("toy_pooling")
    Shelf(tmp_path, 60.0).keep(place, {"today": pb.simulate(place)})
    richer = place.with_(funding=place.funding.assign(amount=lambda f: f.amount * 1.1))
    assert Shelf(tmp_path, 60.0).plans(richer) == {}
    assert Shelf(tmp_path, 30.0).plans(place) == {}


def test_a_folder_that_others_can_enter_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A_SHELF", str(tmp_path))
    tmp_path.chmod(0o755)
    assert own_shelf("A_SHELF", 60.0) is None
    tmp_path.chmod(0o700)
    assert own_shelf("A_SHELF", 60.0) == Shelf(tmp_path, 60.0)
    assert own_shelf("NOT_SET", 60.0) is None
