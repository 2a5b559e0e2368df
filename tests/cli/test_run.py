"""``placebudget run``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

import placebudget as pb
from placebudget.cli import plans
from placebudget.study import TITLES
from planned import potential, run_of
from worked_place import worked

Command = Callable[..., Result]


@pytest.fixture(scope="module")
def ran(placebudget: Command, tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    """What a run of the toy place said, and the folder it wrote, which was not there before."""
    folder = tmp_path_factory.mktemp("run") / "made" / "here"
    return placebudget("run", "toy_pooling", "--out", folder), folder


@pytest.fixture
def planned_already(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plans of the toy place, so that a run has only to tell and to write them."""
    monkeypatch.setattr(plans, "potential", lambda *_, **__: potential("toy_pooling"))


@pytest.fixture
def not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that says what it wrote where, and writes nothing."""
    said = {"Report": "report.html", "Workbook": "five_plans.xlsx"}

    def write_files(_: object, folder: Path) -> dict[str, Path]:
        return {what: folder / name for what, name in said.items()}

    monkeypatch.setattr(plans, "write_files", write_files)


def test_five_plans_stand_side_by_side_with_what_is_known(ran: tuple[Result, Path]) -> None:
    done, _ = ran
    assert done.exit_code == 0
    assert done.stderr == ""
    value = next(line for line in done.stdout.splitlines() if line.startswith("Public value  "))
    assert value.split()[2:] == ["285.0", "300.0", "300.0", "300.0", "310.0"]
    for part in (
        "Today  Siloed  Best aligned  Best pooled  Best freed",
        "Money by purpose",
        "Money by agency",
        "Outcomes",
        "The dearest rules",
        "illustrative  £100 million (100%)",
        "Modelled potential, in public value, discounted, in 2025-26 prices. Not a saving",
        "Planning apart, from today to siloed: +£15 million (+5.3%); cashable savings £0.",
    ):
        assert part in done.stdout


@pytest.mark.xdist_group("northvale")
def test_savings_are_shown_where_there_are_any() -> None:
    said = " ".join(run_of("northvale").split())
    for name in ("Today", "Siloed", "Best aligned", "Best pooled", "Best freed"):
        assert f"Savings by agency and year as they fall, {name}, £ million" in said
    assert "Cashable savings in two ways, £ million" in said
    assert "million discounted, +£" in said


@pytest.mark.usefixtures("not_written")
def test_who_is_not_served_is_said_before_any_table(placebudget: Command, tmp_path: Path) -> None:
    place = worked(nhs=(100e6, 96e6, 100e6)).write(tmp_path / "short.xlsx")
    done = placebudget("run", place, "--out", tmp_path / "made")
    said = done.stdout
    for name in ("Today", "Siloed"):
        lead = (
            f"{name}: need that must be met is not all met: to meet it would cost £4 million more."
        )
        assert said.index(lead) < said.index("Public value, all years")
    assert "Best aligned: need" not in said
    assert "Emergency: 4,000 people in need are not served in 2028-29" in said


@pytest.mark.usefixtures("planned_already")
def test_json_holds_the_same_and_nothing_else_is_printed(
    placebudget: Command, tmp_path: Path
) -> None:
    done = placebudget("run", "toy_pooling", "--out", tmp_path, "--json")
    document = json.loads(done.stdout)
    values = [plan["value"] for plan in document["plans"].values()]
    assert values == pytest.approx([285e6, 300e6, 300e6, 300e6, 310e6])
    assert list(document["plans"]) == list(TITLES.values())
    assert document["in_short"][2] == "In the model pooling brings nothing."
    assert list(document["findings"]) == list(TITLES.values())
    assert document["findings"]["Best pooled"][-1]["code"] == "changes-nothing"
    known = {each["status"]: each["funding_share"] for each in document["figures"]}
    assert known["illustrative"] == 1.0
    assert all(Path(path).is_file() for path in document["files"].values())


def test_each_plan_is_written_and_named(ran: tuple[Result, Path]) -> None:
    done, folder = ran
    for name in TITLES:
        file = folder / f"{name}.plan.json"
        assert file.is_file()
        assert str(file) in done.stdout.replace("\n", "")


def test_the_report_and_the_workbook_are_written_and_opening_the_report_comes_next(
    ran: tuple[Result, Path],
) -> None:
    done, folder = ran
    assert "Pooling, from best aligned to best pooled" in (folder / "report.html").read_text(
        "utf-8"
    )
    assert (folder / "five_plans.xlsx").is_file()
    assert done.stdout.splitlines()[-1] == f"Open next, in a browser: {folder / 'report.html'}"
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        ["report.html", "five_plans.xlsx"] + [f"{name}.plan.json" for name in TITLES]
    )


def test_a_plan_file_of_a_run_reads_back(ran: tuple[Result, Path]) -> None:
    _, folder = ran
    plan = pb.read_plan(folder / "freed.plan.json")
    assert plan.objective.value == pytest.approx(310e6)


GIVEN = ["toy_pooling", "my_place.xlsx", "our.town", "our.town/datapackage.json"]


@pytest.mark.usefixtures("planned_already", "not_written")
@pytest.mark.parametrize("given", GIVEN)
def test_files_go_to_a_folder_of_build_named_after_what_was_given_and_it_is_said_where(
    placebudget: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.chdir(tmp_path)
    named = given.removesuffix("/datapackage.json").removesuffix(".xlsx")
    if given != "toy_pooling":
        pb.example("toy_pooling").write(given.removesuffix("/datapackage.json"))
    done = placebudget("run", given)
    assert done.exit_code == 0, done.output
    assert f"Written to {Path('build') / named} (another folder: --out FOLDER):" in done.stdout


@pytest.mark.usefixtures("planned_already")
def test_files_are_where_a_run_says_that_they_are(
    placebudget: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    pb.example("toy_pooling").write("our.town")
    done = placebudget("run", "our.town/datapackage.json")
    assert done.exit_code == 0, done.output
    assert f"Written to {Path('build') / 'our.town'}" in done.stdout
    assert (tmp_path / "build" / "our.town" / "pooled.plan.json").is_file()
