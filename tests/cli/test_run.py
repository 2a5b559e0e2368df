"""``placebudget run``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

Command = Callable[..., Result]


def test_four_plans_stand_side_by_side_with_what_is_known(
    placebudget: Command, tmp_path: Path
) -> None:
    done = placebudget("run", "toy_pooling", "--out", tmp_path)
    assert done.exit_code == 0
    assert done.stderr == ""
    value = next(line for line in done.stdout.splitlines() if line.startswith("Public value  "))
    assert value.split()[2:] == ["285.0", "300.0", "300.0", "310.0"]
    for part in (
        "Today  Best siloed  Best pooled  Best freed",
        "Money by purpose",
        "Money by agency",
        "Outcomes",
        "The dearest rules",
        "illustrative  £100.0 million (100%)",
        "Modelled potential, from today to best pooled: +£15.0 million",
    ):
        assert part in done.stdout


def test_savings_are_shown_where_there_are_any(placebudget: Command, tmp_path: Path) -> None:
    done = placebudget("run", "northvale", "--out", tmp_path)
    assert done.exit_code == 0
    for name in ("Today", "Best siloed", "Best pooled", "Best freed"):
        assert f"Savings by agency and year, {name}, £ million" in done.stdout


def test_json_holds_the_same_and_nothing_else_is_printed(
    placebudget: Command, tmp_path: Path
) -> None:
    done = placebudget("run", "toy_pooling", "--out", tmp_path, "--json")
    document = json.loads(done.stdout)
    values = [plan["value"] for plan in document["plans"].values()]
    assert values == pytest.approx([285e6, 300e6, 300e6, 310e6])
    assert list(document["plans"]) == ["Today", "Best siloed", "Best pooled", "Best freed"]
    assert document["figures"][2]["status"] == "illustrative"
    assert document["figures"][2]["funding_share"] == 1.0
    assert all(Path(path).is_file() for path in document["files"].values())


def test_each_plan_is_written_and_named(placebudget: Command, tmp_path: Path) -> None:
    done = placebudget("run", "toy_pooling", "--out", tmp_path / "made" / "here")
    for name in ("today", "siloed", "pooled", "freed"):
        file = tmp_path / "made" / "here" / f"{name}.plan.json"
        assert file.is_file()
        assert str(file) in done.stdout.replace("\n", "")


def test_files_go_to_build_by_default(
    placebudget: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert placebudget("run", "toy_pooling").exit_code == 0
    assert (tmp_path / "build" / "toy_pooling" / "pooled.plan.json").is_file()
