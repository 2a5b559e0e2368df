"""The script a plan prints makes the plan again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import placebudget as pb
from placebudget.errors import PlaceBudgetError
from places import tiny

SOURCE = Path(pb.__file__).parents[1]


def run(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a script in a process of its own, in a folder of its own."""
    (folder / "again.py").write_text(script, "utf-8")
    return subprocess.run(
        [sys.executable, "-W", "error", "again.py"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        check=False,
    )


def written(folder: Path) -> pb.Plan:
    (file,) = folder.glob("*.plan.json")
    return pb.read_plan(file)


def the_same(plan: pb.Plan, again: pb.Plan) -> None:
    """Equal in everything but the time it took."""
    for name, frame in plan.tables.items():
        pd.testing.assert_frame_equal(frame, again.tables[name])
    assert (plan.name, plan.option, plan.objectives) == (again.name, again.option, again.objectives)
    assert plan.run["inputs"] == again.run["inputs"]


OPTION = (
    pb.Option('it\'s "quoted"', "A £ sign,\na line.")
    .scale("funding", 1.1, stream="public_health_grant", year=["2028-29", "2029-30"])
    .set("offers", "capacity", None, offer="home_care_hills")
    .end_ring_fence("public_health_grant")
    .add("rules", rule="more", kind="floor", subject="service=reablement", basis="policy", amount=9)
)


def test_the_script_of_a_plan_under_an_option_gives_the_same_money(tmp_path: Path) -> None:
    plan = pb.optimise(
        pb.example("northvale"),
        option=OPTION,
        objective=["cashable saving", "public value"],
        pooling="better_care",
        reinvest=0.25,
        prices=False,
    )
    done = run(plan.script(), tmp_path)
    assert done.returncode == 0, done.stderr
    assert f"{plan.objective.value:,.2f}" in done.stdout
    the_same(plan, written(tmp_path))


def test_the_script_of_a_simulation_holds_the_money_that_was_given(tmp_path: Path) -> None:
    place = tiny().write(tmp_path / "place")
    money = pd.DataFrame(
        {
            "stream": ["council_tax", "nhs_core"],
            "service": ["prevention", "prevention"],
            "route": [None, "shared"],
            "year": ["2027-28", "2028-29"],
            "amount": [1_000_000.01, 2_000_000.1],
        }
    )
    plan = pb.simulate(pb.read(place), money, name="a try")
    done = run(plan.script(), tmp_path)
    assert done.returncode == 0, done.stderr
    the_same(plan, written(tmp_path))


def test_the_script_of_today_is_three_lines_of_work(tmp_path: Path) -> None:
    plan = pb.simulate(pb.example("toy_pooling"))
    assert "pb.simulate(place, name='today')" in plan.script()
    assert run(plan.script(), tmp_path).returncode == 0
    the_same(plan, written(tmp_path))


def test_the_script_stops_where_the_place_has_changed(tmp_path: Path) -> None:
    path = tiny().write(tmp_path / "place")
    plan = pb.simulate(pb.read(path))
    pb.Option("other").scale("needs", 2).apply(tiny()).write(path)
    done = run(plan.script(), tmp_path)
    assert done.returncode == 1
    assert done.stderr.strip() == "The place is no longer the one of the plan."


def test_a_place_made_in_memory_has_a_script_once_its_path_is_named(tmp_path: Path) -> None:
    plan = pb.simulate(tiny())
    with pytest.raises(PlaceBudgetError, match=r"write it with place\.write"):
        plan.script()
    tiny().write(tmp_path / "place")
    done = run(plan.script("place"), tmp_path)
    assert done.returncode == 0, done.stderr
    the_same(plan, written(tmp_path))


def test_the_script_survives_the_file_of_its_plan(tmp_path: Path) -> None:
    plan = pb.optimise(pb.example("toy_pooling"), option=pb.Option("x").scale("needs", 1.5))
    assert pb.read_plan(plan.to_json(tmp_path / "x.plan.json")).script() == plan.script()
