"""A council is compared by the command: by its name, by its place, with a panel of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from typer.testing import Result

import placebudget as pb
from panels import panel_of
from placebudget.view.studies.councils import AUTHORITY, BENCHMARK
from placebudget.view.studies.entry import Subject

Command = Callable[..., Result]


def test_a_council_is_compared_by_name_without_a_place(placebudget: Command) -> None:
    done = placebudget("sector", "productivity", "--authority", "Lancashire", "--json")
    assert done.exit_code == 0, done.stderr
    held = json.loads(done.stdout)
    assert held["run"]["study"] == "productivity"
    assert any(row["difference"] > 968_007 for row in held["gaps"])


def test_of_a_place_its_county_is_compared_first_and_an_invented_one_says_why_not(
    placebudget: Command,
) -> None:
    known = AUTHORITY.among(Subject(pb.example("lancashire")))
    assert next(iter(known.items())) == ("E10000017", "Lancashire (county)")
    assert len(known) == 15
    assert not BENCHMARK.needs(Subject(pb.example("toy_pooling")))
    done = placebudget("sector", "early-warning")
    assert done.exit_code == 2
    assert "name a council" in done.stderr


def test_a_panel_of_ones_own_is_read_and_a_wrong_one_ends_in_words(
    placebudget: Command, tmp_path: Path
) -> None:
    own = panel_of({"price": [20.0, 10.0, 12.0]}, {"price": [5.0] * 3}).write(tmp_path / "own.xlsx")
    asked = ("sector", "benchmark", "--authority", "a1", "--measure", "price", "--panel")
    done = placebudget(*asked, str(own))
    assert done.exit_code == 0, done.stderr
    assert "£20.00 an hour" in done.stdout
    wrong = placebudget(*asked, str(pb.library().write(tmp_path / "library.zip")))
    assert wrong.exit_code == 1
    assert "a panel is needed here" in wrong.stderr
