"""``placebudget examples``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from typer.testing import Result

from placebudget.place import example, examples, read

Command = Callable[..., Result]


def test_examples_are_listed_with_their_titles(placebudget: Command) -> None:
    done = placebudget("examples")
    assert done.exit_code == 0
    assert all(name in done.stdout for name in examples())
    listed = json.loads(placebudget("examples", "--json").stdout)["examples"]
    assert [each["name"] for each in listed] == examples()
    assert [each["title"] for each in listed] == [example(name).title for name in examples()]


def test_a_copy_is_the_same_place(placebudget: Command, tmp_path: Path) -> None:
    done = placebudget("examples", "--copy", "toy_pooling", tmp_path / "mine")
    assert done.exit_code == 0
    assert f"Next: placebudget check {tmp_path / 'mine'}" in done.stdout
    assert read(tmp_path / "mine").digest == example("toy_pooling").digest


def test_a_copy_can_be_a_workbook(placebudget: Command, tmp_path: Path) -> None:
    done = placebudget("examples", "--copy", "toy_pooling", tmp_path / "mine.xlsx", "--json")
    assert json.loads(done.stdout) == {
        "example": "toy_pooling",
        "copied_to": str(tmp_path / "mine.xlsx"),
    }
    assert read(tmp_path / "mine.xlsx").digest == example("toy_pooling").digest


def test_nothing_is_overwritten(placebudget: Command, tmp_path: Path) -> None:
    done = placebudget("examples", "--copy", "toy_pooling", tmp_path)
    assert done.exit_code == 2
    assert "exists already" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_example_is_wrong_use(placebudget: Command, tmp_path: Path) -> None:
    done = placebudget("examples", "--copy", "toy_poling", tmp_path / "mine")
    assert done.exit_code == 2
    assert "Did you mean toy_pooling?" in done.stderr
