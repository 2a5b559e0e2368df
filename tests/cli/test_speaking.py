"""Commands that are named to be typed next."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from placebudget.cli.speaking import typed


@pytest.fixture
def command(tmp_path: Path) -> Path:
    """A command of its own in a folder of its own."""
    made = tmp_path / "bin" / "placebudget"
    made.parent.mkdir()
    made.write_text("#!/bin/sh\n", "utf-8")
    made.chmod(0o755)
    return made


def test_a_command_of_the_path_is_named_alone(
    command: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(command.parent))
    monkeypatch.setattr(sys, "argv", [str(command), "check"])
    assert typed("check", "my_place") == "placebudget check my_place"


def test_a_command_that_is_not_on_the_path_is_named_as_it_was_typed(
    command: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.chdir(command.parents[1])
    monkeypatch.setattr(sys, "argv", ["bin/placebudget", "examples"])
    assert typed("check", "my place.xlsx") == "bin/placebudget check 'my place.xlsx'"


def test_a_module_is_named_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/somewhere/placebudget/__main__.py"])
    assert typed("run", "northvale") == "python -m placebudget run northvale"


def test_another_programme_that_runs_commands_names_them_by_their_own_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "argv", ["/somewhere/pytest/__main__.py"])
    assert typed("run", "northvale") == "placebudget run northvale"
