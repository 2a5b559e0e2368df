"""``placebudget template``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from typer.testing import Result

from placebudget.place import example, read
from placebudget.place.io.template import starter

Command = Callable[..., Result]


def test_a_workbook_to_fill_in_is_written_and_passes_its_check(
    placebudget: Command, tmp_path: Path
) -> None:
    file = tmp_path / "my_place.xlsx"
    done = placebudget("template", file)
    assert done.exit_code == 0
    assert f"Next: placebudget check {file}" in done.stdout
    assert read(file) == starter()
    assert placebudget("check", file).exit_code == 0


def test_it_can_be_filled_with_another_place(placebudget: Command, tmp_path: Path) -> None:
    file = tmp_path / "filled.xlsx"
    done = placebudget("template", file, "--filled-with", "northvale", "--json")
    assert json.loads(done.stdout) == {"template": str(file)}
    assert read(file) == example("northvale")


def test_nothing_is_overwritten(placebudget: Command, tmp_path: Path) -> None:
    file = tmp_path / "mine.xlsx"
    file.write_text("keep me")
    done = placebudget("template", file)
    assert (done.exit_code, file.read_text()) == (2, "keep me")
    assert "exists already" in done.stderr


def test_another_form_is_wrong_use(placebudget: Command, tmp_path: Path) -> None:
    done = placebudget("template", tmp_path / "mine.csv")
    assert done.exit_code == 2
    assert ".xlsx" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_is_not_there_is_wrong_use(placebudget: Command, tmp_path: Path) -> None:
    done = placebudget("template", tmp_path / "mine.xlsx", "--filled-with", "northvail")
    assert done.exit_code == 2
    assert "Did you mean northvale?" in done.stderr
