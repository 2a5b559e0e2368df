"""``placebudget simulate``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

Command = Callable[..., Result]

HEADER = "stream,service,year,amount\n"


def test_without_money_today_is_carried_on(placebudget: Command) -> None:
    done = placebudget("simulate", "toy_pooling", "--json")
    document = json.loads(done.stdout)
    assert (document["plan"], document["status"]) == ("today", "simulated")
    assert document["objectives"][0]["value"] == pytest.approx(285e6)
    assert placebudget("simulate", "toy_pooling").stdout.startswith("Toy place for pooling")


def test_money_of_ones_own_is_simulated(placebudget: Command, tmp_path: Path) -> None:
    """£10 million of home care at 3 points a million (its first step) are worth £30 million."""
    file = tmp_path / "money.csv"
    file.write_text(HEADER + "nhs_money,home_care,2025-26,10000000\n", "utf-8")
    done = placebudget("simulate", "toy_pooling", "--money", file, "--json")
    document = json.loads(done.stdout)
    assert document["money_by_purpose"] == [{"purpose": "home_care", "amount": 10e6}]
    assert document["objectives"][0]["value"] > 0


def test_money_that_does_not_fit_ends_with_one_and_every_row_is_named(
    placebudget: Command, tmp_path: Path
) -> None:
    file = tmp_path / "money.csv"
    file.write_text(HEADER + "nobody,home_care,2025-26,1\nnhs_money,tennis,2025-26,1\n", "utf-8")
    done = placebudget("simulate", "toy_pooling", "--money", file)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "row 2: no stream" in done.stderr
    assert "row 3: no offer" in done.stderr


def test_a_file_of_money_that_does_not_exist_is_wrong_use(
    placebudget: Command, tmp_path: Path
) -> None:
    done = placebudget("simulate", "toy_pooling", "--money", tmp_path / "money.csv")
    assert done.exit_code == 2
    assert "does not exist" in done.stderr


def test_an_empty_file_of_money_is_refused(placebudget: Command, tmp_path: Path) -> None:
    (tmp_path / "money.csv").write_text("", "utf-8")
    done = placebudget("simulate", "toy_pooling", "--money", tmp_path / "money.csv")
    assert done.exit_code == 1
    assert "The table has no header row." in done.stderr
