"""Plans of the papers are worked out once for all readers of one server."""

from __future__ import annotations

from pathlib import Path

import pytest

import placebudget as pb
from placebudget.apps import Meeting, planning
from placebudget.apps.shelf import Shelf, own_shelf
from placebudget.errors import PlaceBudgetError
from placebudget.study import accounts
from placebudget.work.packing import packed


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


def test_what_has_the_same_name_is_taken_only_for_the_same_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two places whose hashes were the same would else be taken for one."""
    monkeypatch.setattr(Shelf, "_file", lambda self, place, what: self.folder / what)
    place, shelf = pb.example("toy_pooling"), Shelf(tmp_path, 60.0)
    shelf.keep(place, {"today": pb.simulate(place)})
    shelf.keep_study(place, "pound", accounts(pb.simulate(place)))
    richer = place.with_(funding=place.funding.assign(amount=lambda f: f.amount * 1.1))
    assert shelf.plans(richer) == {}
    assert shelf.study(richer, "pound") is None
    assert Shelf(tmp_path, 30.0).plans(place) == {}
    assert list(shelf.plans(place)) == ["today"]


def test_studies_are_the_same_when_another_reader_takes_them(tmp_path: Path) -> None:
    place, shelf = pb.example("toy_pooling"), Shelf(tmp_path, 60.0)
    meeting = Meeting(place, shelf=shelf)
    assert meeting.recalculate({})
    assert meeting.answer is not None
    for key in ("shares", "pound", "barriers"):
        assert meeting.study(key), key
        made, taken = meeting.answer.studies[key], shelf.study(pb.example("toy_pooling"), key)
        assert taken is not None
        assert taken.document() == made.document()
        assert packed(taken, place) == packed(made, place)


def test_what_was_spoilt_or_is_no_plain_data_is_worked_out_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    place, shelf = pb.example("toy_pooling"), Shelf(tmp_path, 60.0)
    shelf.keep(place, {"today": pb.simulate(place)})
    (file,) = tmp_path.iterdir()
    about = file.read_text("utf-8").partition("\n")[0]
    planted = '{"is": "record", "type": "os:system", "of": {}}'
    for spoilt in ("", "no JSON", '{"is": "no such"}', planted):
        file.write_text(f"{about}\n{spoilt}", "utf-8")
        assert shelf.plans(place) == {}
    file.write_bytes(b"\x80\x04.")
    assert shelf.plans(place) == {}
    assert len(caplog.records) == 5
    file.unlink()
    shelf._write(place, "plans", object())
    assert list(tmp_path.iterdir()) == []
