"""``placebudget explain``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

Command = Callable[..., Result]


def test_sentences_are_written_one_a_line(placebudget: Command) -> None:
    done = placebudget("explain", "toy_pooling", "family_support", "--pooling", "freed")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith("Family support gets £40 million, more than today’s £25 million,")
    assert "It stops there because all the need there is met.\n" in done.stdout


def test_json_carries_the_figures(placebudget: Command) -> None:
    done = placebudget("explain", "toy_pooling", "home_care", "--json")
    document = json.loads(done.stdout)
    assert (document["service"], document["title"]) == ("home_care", "Home care")
    assert document["sentences"]
    assert {"sentence", "figure", "year", "value", "unit"} == set(document["figures"][0])


def test_a_plan_from_a_file_is_explained(placebudget: Command, tmp_path: Path) -> None:
    file = tmp_path / "best.plan.json"
    placebudget("optimise", "toy_pooling", "--pooling", "aligned", "--out", file)
    done = placebudget("explain", file, "policing")
    assert done.exit_code == 0
    assert done.stdout.startswith("Policing gets £20 million")


@pytest.mark.parametrize(
    ("given", "code", "hint"),
    [
        (("toy_pooling", "home_car"), 2, "home_care"),
        (("toy_pooling", "home_care", "atlantis"), 2, "atlantis"),
        (("nowhere", "home_care"), 2, "toy_pooling"),
        (("toy_pooling", "home_care", "--pooling", "puddle"), 2, "one_pool"),
    ],
)
def test_what_is_not_known_is_said_in_words(
    placebudget: Command, given: tuple[str, ...], code: int, hint: str
) -> None:
    done = placebudget("explain", *given)
    assert (done.exit_code, done.stdout) == (code, "")
    assert hint in done.stderr
    assert "Traceback" not in done.stderr


def test_a_plan_has_its_pooling_already(placebudget: Command, tmp_path: Path) -> None:
    file = tmp_path / "best.plan.json"
    placebudget("optimise", "toy_pooling", "--out", file)
    done = placebudget("explain", file, "policing", "--pooling", "freed")
    assert done.exit_code == 2
    assert "--pooling" in done.stderr
