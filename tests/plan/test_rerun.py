"""A plan made again: the same money to the penny, or what differs."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pytest

import placebudget as pb
from placebudget.errors import CannotAnswer, PlaceBudgetError
from placebudget.plan.record.inputs import rows_apart
from places import tiny

LESS = pb.Option("less need").scale("needs", 0.5, service="prevention")


@cache
def planned(under: bool) -> tuple[str, str]:
    """What the file of a plan of a small place holds, and the folder that it was made in."""
    with TemporaryDirectory() as home:
        place = pb.read(tiny().write(Path(home) / "place"))
        plan = pb.optimise(place, option=LESS if under else None, prices=False)
        return plan.to_json(Path(home) / "best.plan.json").read_text("utf-8"), home


def plan_file(folder: Path, option: pb.Option | None = None) -> Path:
    """A plan of a small place on disk, written to a file; the plan is made once for all."""
    tiny().write(folder / "place")
    text, home = planned(option is LESS)
    file = folder / "best.plan.json"
    file.write_text(text.replace(home, str(folder)), "utf-8")
    return file


def with_run(file: Path, **changed: Any) -> Path:
    document = json.loads(file.read_text("utf-8"))
    document["run"] |= changed
    file.write_text(json.dumps(document), "utf-8")
    return file


def test_the_same_place_gives_the_same_money(tmp_path: Path) -> None:
    again = pb.rerun(plan_file(tmp_path, LESS))
    assert again.same
    assert again.differences == ()
    assert again.plan is not None
    assert again.plan.option == "less need"


@pytest.mark.parametrize("pooling", ["aligned", "freed"])
def test_the_arguments_of_the_plan_are_kept(pooling: str) -> None:
    plan = pb.optimise(tiny(), objective="cashable saving", pooling=pooling, prices=False)
    again = pb.rerun(plan)
    assert again.same
    assert again.plan is not None
    assert again.plan.objectives == plan.objectives


def test_money_that_was_given_is_simulated_again(tmp_path: Path) -> None:
    money = pd.DataFrame(
        {"stream": ["nhs_core"], "service": ["treatment"], "year": ["2028-29"], "amount": [0.07]}
    )
    place = pb.read(tiny().write(tmp_path / "place"))
    file = pb.simulate(place, money).to_json(tmp_path / "given.plan.json")
    assert pb.rerun(file).differences == ()


def test_a_figure_that_has_changed_is_named_by_table_and_row(tmp_path: Path) -> None:
    file = plan_file(tmp_path)
    changed = pb.Option("x").scale("funding", 0.5, stream="nhs_core", year="2028-29")
    changed.apply(tiny()).write(tmp_path / "place")
    again = pb.rerun(file)
    assert not again.same
    assert again.inputs == (
        "the table funding differs: 1 row new or changed here (row 4: nhs_core 2028-29), "
        "1 row of the plan not here any more",
    )
    assert "then, £" in again.money[0]
    assert "Not the same money" in str(again)


def test_a_note_that_has_changed_is_said_though_the_money_is_the_same(tmp_path: Path) -> None:
    file = plan_file(tmp_path)
    pb.Option("x").set("services", "note", "see minutes").apply(tiny()).write(tmp_path / "place")
    again = pb.rerun(file)
    assert again.same
    assert again.money == ()
    assert "the table services differs: 2 rows new or changed here" in again.inputs[0]
    assert "The same money to the penny. What differs:" in str(again)


def test_the_order_of_rows_is_no_difference(tmp_path: Path) -> None:
    file = plan_file(tmp_path)
    place = tiny()
    turned = {"needs": place.needs.iloc[::-1], "today": place.today.iloc[::-1]}
    place.with_(**turned).write(tmp_path / "place")
    assert pb.rerun(file).differences == ()


def test_rows_that_went_and_settings_are_named(tmp_path: Path) -> None:
    file = plan_file(tmp_path)
    settings = pb.place.Settings(name="tiny", title="Tiny", years=tiny().years, discount=0.05)
    place = pb.Option("x").remove("contributions", stream="nhs_core").apply(tiny())
    place.with_(settings).write(tmp_path / "place")
    said = pb.rerun(file).inputs
    assert said[0].startswith("the settings of the place")
    assert said[1] == "the table contributions differs: 1 row of the plan not here any more"


def test_another_version_is_named(tmp_path: Path) -> None:
    file = plan_file(tmp_path)
    versions = json.loads(file.read_text("utf-8"))["run"]["versions"]
    with_run(file, versions={**versions, "highspy": "0.9", "numpy": "1.0"})
    again = pb.rerun(file)
    assert again.same
    assert again.versions == (
        f"highspy was 0.9, here it is {versions['highspy']}",
        f"numpy was 1.0, here it is {versions['numpy']}",
    )


def test_an_option_that_was_stored_anew_is_named_and_the_plans_own_is_used(tmp_path: Path) -> None:
    file = plan_file(tmp_path, LESS)
    LESS.save(tmp_path / "place")
    assert pb.rerun(file).differences == ()
    pb.Option("less need").scale("needs", 0.1).save(tmp_path / "place")
    again = pb.rerun(file)
    assert again.same
    assert "no longer the one of the plan" in again.inputs[0]


def test_a_place_that_can_no_longer_be_planned_is_a_difference(tmp_path: Path) -> None:
    file = plan_file(tmp_path)
    floor = {"rule": "much", "kind": "floor", "amount": 9e9, "basis": "policy"}
    tiny(rules=[floor]).write(tmp_path / "place")
    again = pb.rerun(file)
    assert not again.same
    assert again.plan is None
    assert "the table rules differs: 1 row new or changed here (row 1: much)" in again.inputs
    assert "no plan can be made here" in again.money[0]


def test_a_solver_that_is_not_here_is_a_difference(tmp_path: Path) -> None:
    again = pb.rerun(with_run(plan_file(tmp_path), solver="NO_SUCH"))
    assert not again.same
    assert "NO_SUCH" in again.money[0]


def test_another_place_can_be_given_as_object_or_path(tmp_path: Path) -> None:
    file = plan_file(tmp_path, LESS)
    place = tiny().write(tmp_path / "elsewhere.zip")
    for given in (place, pb.read(place), pb.read(place).with_option(LESS)):
        assert pb.rerun(file, given).differences == ()


def test_a_place_beside_the_plan_is_found_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    tiny().write(tmp_path / "place")
    file = pb.simulate(pb.read("place")).to_json("today.plan.json")
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    assert pb.rerun(file).differences == ()


def test_a_plan_of_a_place_in_memory_asks_for_it_once_it_was_a_file(tmp_path: Path) -> None:
    plan = pb.simulate(tiny())
    assert pb.rerun(plan).differences == ()
    file = plan.to_json(tmp_path / "today.plan.json")
    with pytest.raises(PlaceBudgetError, match="name the place"):
        pb.rerun(file)


def test_a_plan_without_a_record_of_its_place_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(CannotAnswer, match="make it again with this release"):
        pb.rerun(with_run(plan_file(tmp_path), place={"read_from": 3}))


def test_rows_are_counted_as_often_as_they_come() -> None:
    assert rows_apart("aaaaaaaabbbbbbbbaaaaaaaa", "aaaaaaaacccccccc") == (2, 1)
