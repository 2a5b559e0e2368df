"""``placebudget import``: what a published file is, and its figures as one table."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
from typer.testing import Result

from published_forms import CSP, RS, write

Command = Callable[..., Result]


def test_it_says_what_was_found_and_writes_one_table_of_all_files(
    placebudget: Command, tmp_path: Path
) -> None:
    outturn, settlement = write(tmp_path / "a.csv", RS), write(tmp_path / "b.xlsx", CSP)
    goal = tmp_path / "figures.csv"
    done = placebudget("import", str(outturn), str(settlement), "--out", str(goal))
    assert done.exit_code == 0, done.stderr
    for said in (
        "a.csv: Revenue outturn summary",
        "Edition: final",
        "Years: 2016-17",
        "Unit: £ million",
        "Authorities: 3 (Lancashire, Blackburn with Darwen, Bournemouth)",
        "Rows of totals are left out: 'England' (row 11)",
        f"Written: {goal}",
    ):
        assert said in done.stdout
    table = pd.read_csv(goal)
    assert table["form"].unique().tolist() == ["revenue_outturn", "core_spending_power"]
    one = placebudget("import", str(outturn), "--authority", "Lancashire", "--json")
    (form,) = json.loads(one.stdout)["forms"]
    assert {row["code"] for row in form["table"]} == {"E10000017"}


def test_what_cannot_be_read_is_said_of_all_files_and_nothing_is_written(
    placebudget: Command, tmp_path: Path
) -> None:
    good, bad = write(tmp_path / "a.csv", RS), write(tmp_path / "b.csv", [["x"], ["y"]])
    goal = tmp_path / "figures.json"
    done = placebudget("import", str(good), str(bad), str(tmp_path / "c.csv"), "--out", str(goal))
    assert done.exit_code == 1
    assert "a.csv: Revenue outturn summary" in done.stdout
    assert "b.csv is none of the published forms" in done.stderr
    assert "c.csv cannot be read" in done.stderr
    assert not goal.exists()
    assert placebudget("import").exit_code == 2
    assert placebudget("import", str(good), "--form", "no").exit_code == 2
    missing = placebudget("import", str(good), "--authority", "Preston")
    assert (missing.exit_code, "no figures of 'Preston'" in missing.stderr) == (2, True)


def test_the_forms_are_listed(placebudget: Command) -> None:
    assert "Core spending power" in placebudget("import", "--forms").stdout
    forms = json.loads(placebudget("import", "--forms", "--json").stdout)["forms"]
    assert "deprivation" in {form["form"] for form in forms}
