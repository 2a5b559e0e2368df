"""Where a board starts: a notebook of three lines, told its place by the command line."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest

from placebudget import apps
from placebudget.apps import board
from placebudget.cli import board as served

HOME = Path(__file__).parents[2] / "voila"


def test_the_notebook_and_the_command_line_agree_on_names() -> None:
    for name in ("PLACE", "TIME", "JOBS"):
        assert getattr(apps, name) == getattr(served, name)


def test_the_notebook_is_three_lines_without_outputs() -> None:
    notebook = nbformat.read(HOME / "board.ipynb", 4)
    (cell,) = notebook.cells
    assert len(cell.source.splitlines()) == 3
    assert (cell.outputs, cell.execution_count) == ([], None)


def test_the_place_and_the_time_are_taken_from_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(apps.PLACE, "toy_pooling")
    monkeypatch.setenv(apps.TIME, "33.5")
    shown = board()
    shown.wait()
    assert shown.meeting.papers.name == "toy_pooling"
    assert shown.meeting.seconds == 33.5


def test_the_page_asks_nothing_of_other_servers() -> None:
    template = HOME / "templates" / "placebudget"
    for file in template.iterdir():
        text = file.read_text("utf-8")
        assert "http://" not in text, file.name
        assert "https://" not in text, file.name
    assert json.loads((template / "conf.json").read_text("utf-8"))["base_template"] == "lab"
