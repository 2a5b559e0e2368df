"""``placebudget study``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

import placebudget as pb

Command = Callable[..., Result]


def test_sharing_says_who_has_an_incentive(placebudget: Command) -> None:
    done = placebudget("study", "sharing", "toy_pooling")
    assert done.exit_code == 0, done.stderr
    assert "Toyland Council: £6.7 million by the Shapley value" in done.stdout
    assert "would have no incentive to take part" in done.stdout


def test_sharing_is_plain_data_with_json(placebudget: Command) -> None:
    done = placebudget("study", "sharing", "toy_pooling", "--json")
    document = json.loads(done.stdout)
    shares = {
        row["partner"]: row["share"]
        for row in document["shares"]
        if row["method"] == "Shapley value"
    }
    assert shares["nhs"] == pytest.approx(5e6 / 3)
    assert document["run"]["study"] == "sharing"


def test_accounts_are_of_the_plan_asked_for_and_written(
    placebudget: Command, tmp_path: Path
) -> None:
    out = tmp_path / "accounts.json"
    done = placebudget("study", "accounts", "toy_pooling", "--pooling", "siloed", "--out", str(out))
    assert done.exit_code == 0, done.stderr
    assert "not the statutory accounts" in done.stdout
    held = json.loads(out.read_text("utf-8"))
    assert sum(row["amount"] for row in held["uses"]) == pytest.approx(100e6)


def test_accounts_take_the_file_of_a_plan(placebudget: Command, tmp_path: Path) -> None:
    plan = pb.simulate(pb.example("toy_pooling")).to_json(tmp_path / "today.plan.json")
    done = placebudget("study", "accounts", str(plan), "--json")
    assert json.loads(done.stdout)["title"].endswith("accounts of the plan today")


def test_fairness_of_a_plan_is_a_workbook(placebudget: Command, tmp_path: Path) -> None:
    plan = pb.simulate(pb.example("northvale")).to_json(tmp_path / "today.plan.json")
    out = tmp_path / "fair.xlsx"
    done = placebudget("study", "fairness", str(plan), "--out", str(out))
    assert done.exit_code == 0, done.stderr
    assert "a head in Hills" in done.stdout
    assert out.stat().st_size


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("sharin", "toy_pooling"), "sharing"),
        (("sharing", "nowhere"), "toy_pooling"),
        (("accounts", "toy_pooling", "--out", "a.pdf"), ".xlsx"),
        (("accounts", "toy_pooling", "--pooling", "no_such_pool"), "one_pool"),
    ],
)
def test_wrong_use_names_what_there_is(
    placebudget: Command, arguments: tuple[str, ...], hint: str
) -> None:
    done = placebudget("study", *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert hint in done.stderr


def test_sharing_of_one_plan_is_wrong_use(placebudget: Command, tmp_path: Path) -> None:
    plan = pb.simulate(pb.example("toy_pooling")).to_json(tmp_path / "today.plan.json")
    done = placebudget("study", "sharing", str(plan))
    assert done.exit_code == 2
    assert "a place, not at one plan" in done.stderr


def test_a_place_without_areas_is_said_in_words(placebudget: Command) -> None:
    done = placebudget("study", "fairness", "toy_pooling")
    assert done.exit_code == 1
    assert "population" in done.stderr
