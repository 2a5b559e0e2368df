"""What a board or a desk cannot write, it says in words, and goes on."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

import placebudget as pb
from placebudget.apps import Meeting
from placebudget.apps.widget import Board
from remembering import kept

pytestmark = pytest.mark.xdist_group("kept")


def test_a_board_without_room_for_files_says_so_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    place = pb.example("toy_pooling")
    workbook = place.write(tmp_path / "place.xlsx").read_bytes()
    board = Board(Meeting(place, engine=kept()))
    board.wait()
    with monkeypatch.context() as full:
        full.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
        board._wished(board, {"do": "export", "form": "xlsx"}, None)
        assert board.status.startswith(
            "The workbook cannot be put together here: No such file or directory. Make room"
        )
        wish = {"do": "upload", "name": "place.xlsx", "size": len(workbook)}
        board._wished(board, wish, [memoryview(workbook)])
        board.wait()
        assert board.status.startswith("What was brought cannot be put together here: ")
    assert not caplog.records
    board._wished(board, {"do": "export", "form": "xlsx"}, None)
    assert board.status.startswith("Saved as toy_pooling-board-")


def test_a_desk_whose_folder_went_away_keeps_its_work_and_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "there" / "place"
    pb.example("toy_pooling").write(folder)
    desk = pb.desk(folder)
    desk.wait()
    folder.parent.rename(tmp_path / "elsewhere")
    (tmp_path / "there").write_text("a file stands there now", "utf-8")
    options = desk.sections.options
    desk.changes = desk.changes.switched(f"pool:{desk.place.pools['pool'].iloc[0]}", False)
    options.save("less")
    assert options.form.said.startswith("less is kept at this desk only: ")
    assert "there is no place" in options.form.said
    assert not options.form.said.endswith("..")
    assert "less" in options.known
    options.save_place("new")
    assert options.form.said.startswith("The place could not be kept in toy_pooling_new: ")
    assert (tmp_path / "there").read_text("utf-8") == "a file stands there now"
    desk.close()
