"""``placebudget library``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from typer.testing import Result

import placebudget as pb

Command = Callable[..., Result]


def test_what_helped_is_listed_beside_what_did_not(placebudget: Command) -> None:
    done = placebudget("library", "search", "hospital", "at", "home")
    assert done.exit_code == 0
    assert {"benefit", "null", "harm"} <= set(done.stdout.split())
    rows = json.loads(placebudget("library", "search", "falls", "--grade", "1", "--json").stdout)
    assert [row["estimate"] for row in rows["rows"]] == ["fractures_screening_2020"]
    assert "HE3.0" in placebudget("library", "search", "ambulance", "--table", "unit_costs").stdout
    assert "Nothing was found" in placebudget("library", "search", "zzz").stdout
    assert placebudget("library", "search", "--table", "estimate").exit_code == 2


def test_a_key_shows_all_that_is_known_by_it(placebudget: Command) -> None:
    done = placebudget("library", "show", "falls_tai_chi_2019")
    assert "versions, the newest first: falls_tai_chi_2020, falls_tai_chi_2019" in done.stdout
    assert "publisher: Cochrane" in done.stdout
    assert "falls_exercise_2019" in done.stdout
    entries = json.loads(placebudget("library", "show", "HE3.0", "--json").stdout)["entries"]
    assert len({entry["edition"] for entry in entries}) == 2
    done = placebudget("library", "show", "falls_tai_ch")
    assert done.exit_code == 2
    assert "Did you mean falls_tai_chi_20" in done.stderr


def test_an_estimate_is_stored_as_an_option_of_a_place(
    placebudget: Command, tmp_path: Path
) -> None:
    place = tmp_path / "mine"
    pb.example("toy_pooling").write(place)
    held = pb.read(place)
    service, outcome = held.effects["service"].iloc[0], held.effects["outcome"].iloc[0]
    asked = ("library", "use", place, service, "falls_tai_chi_2020", "--outcome", outcome)
    done = placebudget(*asked)
    assert done.exit_code == 1
    assert "needs the baseline of the place" in done.stderr
    done = placebudget(*asked, "--baseline", 0.85, "--per-unit", 1, "--save")
    assert done.exit_code == 0, done.stderr
    assert "Next: placebudget optimise" in done.stdout
    [option] = pb.read(place).options().values()
    changed = pb.read(place).with_option(option)
    assert changed.effects["estimate"].dropna().tolist() == ["falls_tai_chi_2020"]


def test_a_library_of_ones_own_is_checked_and_exported(
    placebudget: Command, tmp_path: Path
) -> None:
    bought = pb.library()
    sources = bought.sources.copy()
    sources.loc[sources["source"] == "wsd_telecare", "licence"] = "own_use"
    mine = bought.with_(sources=sources).write(tmp_path / "mine.xlsx")
    assert placebudget("library", "check", mine).exit_code == 0
    file = tmp_path / "others.zip"
    done = placebudget("library", "export", file, "--library", mine, "--json")
    left = json.loads(done.stdout)["left_out"]
    assert {row["table"] for row in left} == {"estimates", "sources"}
    assert "admissions_telecare_2013" not in set(pb.library(file).estimates["estimate"])
    assert placebudget("library", "export", file).exit_code == 2
    file = tmp_path / "to_fill_in.xlsx"
    done = placebudget("library", "template", file)
    assert f"Next: placebudget library check {file}" in done.stdout
    assert pb.library(file) == pb.library()
    assert placebudget("library", "template", file).exit_code == 2
    place = pb.example("toy_pooling").write(tmp_path / "p")
    assert placebudget("library", "check", place).exit_code == 1
