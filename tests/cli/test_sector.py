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
from placebudget.view.studies.evidence import example_observations

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


def test_what_was_seen_is_evaluated_by_the_command_and_a_wrong_file_ends_in_words(
    placebudget: Command, tmp_path: Path
) -> None:
    rows = example_observations()
    rows.to_csv(tmp_path / "seen.csv", index=False)
    asked = ("sector", "did-it-work", "northvale", "--better", "less", "--units", "200")
    asked = (*asked, "--effect", "family_hubs/care_years", "--json", "--observations")
    done = placebudget(*asked, str(tmp_path / "seen.csv"))
    assert done.exit_code == 0, done.stderr
    held = json.loads(done.stdout)
    assert [row["what"] for row in held["belief"]] == ["believed", "found", "then believed"]
    assert held["proposals"][0]["option"] == "family hubs: effect as found"
    rows.astype({"value": str}).replace({"value": rows["value"].astype(str)[0]}, "many").to_csv(
        tmp_path / "wrong.csv", index=False
    )
    wrong = placebudget(*asked, str(tmp_path / "wrong.csv"))
    assert wrong.exit_code == 1
    assert "row 2, value" in wrong.stderr
    assert "Traceback" not in wrong.stderr
    other = placebudget("sector", "did-it-work", "northvale", "--effect", "hubs/care", "--json",
                        "--observations", str(tmp_path / "seen.csv"))  # fmt: skip
    assert other.exit_code != 0
    assert "hubs" in other.stderr


def test_the_lines_of_a_budget_are_drawn_by_the_command(
    placebudget: Command, tmp_path: Path
) -> None:
    lines = tmp_path / "lines.csv"
    lines.write_text("line,budget,expected,error\ncare,66,60,6\nhomes,44,40,4\n", "utf-8")
    done = placebudget("sector", "budget-risk", "--budget-lines", str(lines), "--json")
    assert done.exit_code == 0, done.stderr
    assert round(json.loads(done.stdout)["budget"][0]["chance"], 3) == 0.126
    lines.write_text("line,budget,error\ncare,lots,6\n", "utf-8")
    wrong = placebudget("sector", "budget-risk", "--budget-lines", str(lines))
    assert wrong.exit_code == 1
    assert "row 2, budget" in wrong.stderr
    nothing = placebudget("sector", "budget-risk")
    assert nothing.exit_code == 2
    assert "bring the lines of a budget" in nothing.stderr
