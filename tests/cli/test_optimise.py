"""``placebudget optimise``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from placebudget.place import example

Command = Callable[..., Result]


@pytest.mark.parametrize(("pooling", "value"), [("aligned", 300e6), ("freed", 310e6)])
def test_the_pooling_asked_for_is_planned(placebudget: Command, pooling: str, value: float) -> None:
    done = placebudget("optimise", "toy_pooling", "--pooling", pooling, "--json")
    document = json.loads(done.stdout)
    assert (done.exit_code, document["plan"]) == (0, pooling)
    assert document["objectives"][0]["value"] == pytest.approx(value)
    assert sum(row["amount"] for row in document["money_by_purpose"]) == pytest.approx(100e6)


def test_pools_can_be_named(placebudget: Command) -> None:
    done = placebudget("optimise", "toy_pooling", "--pooling", "one_pool", "--json")
    assert json.loads(done.stdout)["plan"] == "one_pool"


def test_words_say_what_was_reached(placebudget: Command) -> None:
    done = placebudget("optimise", "toy_pooling")
    assert done.exit_code == 0
    assert "public value: £300 million" in done.stdout
    assert "The dearest rules" in done.stdout
    assert "What this plan must admit" in done.stdout
    assert "  Policing: 2,000 more are needed than provided (patrol for a year)" in done.stdout
    assert done.stderr == ""


def test_json_holds_what_the_plan_must_admit_as_data(placebudget: Command) -> None:
    done = placebudget("optimise", "toy_pooling", "--pooling", "freed", "--json")
    found = {each["code"]: each for each in json.loads(done.stdout)["findings"]}
    assert set(found) == {
        "need-not-served", "large-change", "social-value-only", "rests-on-illustrative",
    }  # fmt: skip
    assert found["large-change"]["figures"]["share"] == pytest.approx(0.6)


def test_objectives_are_kept_in_their_order(placebudget: Command) -> None:
    order = ("--objective", "weighted outcomes", "--objective", "public value")
    done = placebudget("optimise", "toy_pooling", *order, "--json")
    names = [each["name"] for each in json.loads(done.stdout)["objectives"]]
    assert names == ["weighted outcomes", "public value"]


@pytest.mark.parametrize(
    ("option", "value", "hint"),
    [
        ("--objective", "happiness", "public value"),
        ("--pooling", "no_such_pool", "one_pool"),
        ("--solver", "no_such_solver", "HiGHS"),
        ("--time-limit", "soon", "--time-limit"),
    ],
)
def test_an_unknown_word_is_wrong_use_and_the_known_ones_are_named(
    placebudget: Command, option: str, value: str, hint: str
) -> None:
    done = placebudget("optimise", "toy_pooling", option, value)
    assert (done.exit_code, done.stdout) == (2, "")
    assert hint in done.stderr


def test_rules_that_clash_end_with_one_and_are_named(placebudget: Command, tmp_path: Path) -> None:
    place = example("toy_pooling")
    rules = place.rules
    for number, (kind, amount) in enumerate([("floor", 60e6), ("cap", 40e6)]):
        rules.loc[number, ["rule", "kind", "subject"]] = [f"the_{kind}", kind, "service=home_care"]
        rules.loc[number, ["amount", "basis", "status"]] = [amount, "policy", "illustrative"]
    place.with_(rules=rules).write(tmp_path / "clash")
    done = placebudget("optimise", tmp_path / "clash")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "£60" in done.stderr
    assert "£40" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_place_with_errors_is_not_planned(placebudget: Command, tmp_path: Path) -> None:
    place = example("toy_pooling")
    place.with_(streams=place.streams.assign(agency="nobody")).write(tmp_path / "wrong")
    done = placebudget("optimise", tmp_path / "wrong")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "streams, rows 2-4, agency" in done.stderr


def test_warnings_are_counted_and_do_not_stop_a_plan(placebudget: Command, tmp_path: Path) -> None:
    place = example("toy_pooling")
    place.with_(offers=place.offers.assign(status=None)).write(tmp_path / "unsourced")
    done = placebudget("optimise", tmp_path / "unsourced", "--json")
    assert done.exit_code == 0
    assert "placebudget check" in done.stderr
    assert json.loads(done.stdout)["status"] == "optimal"


def test_the_plan_is_written_where_asked(placebudget: Command, tmp_path: Path) -> None:
    file = tmp_path / "best.plan.json"
    done = placebudget("optimise", "toy_pooling", "--out", file, "--json")
    assert json.loads(done.stdout)["file"] == str(file)
    assert json.loads(file.read_text("utf-8"))["objective"]["value"] == pytest.approx(300e6)


def test_a_file_that_cannot_be_written_is_told_in_words(
    placebudget: Command, tmp_path: Path
) -> None:
    (tmp_path / "in_the_way").write_text("", "utf-8")
    done = placebudget("optimise", "toy_pooling", "--out", tmp_path / "in_the_way" / "a.plan.json")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "in_the_way" in done.stderr
    assert "Traceback" not in done.stderr
