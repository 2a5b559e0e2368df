"""``placebudget compare`` and ``placebudget rerun``."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import Result

import placebudget as pb
from places import tiny

Command = Callable[..., Result]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two plans of a place on disk."""
    home = tmp_path_factory.mktemp("compared")
    place = pb.read(tiny().write(home / "place"))
    option = pb.Option("less need").scale("needs", 0.5)
    today = pb.simulate(place).to_json(home / "today.plan.json")
    best = pb.optimise(place, option=option, prices=False).to_json(home / "best.plan.json")
    return today, best


@pytest.fixture
def place(files: tuple[Path, Path]) -> Iterator[Path]:
    """The folder of their place, which is written anew once a test has spoilt it."""
    folder = files[0].parent / "place"
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
    tiny().write(folder)


def test_rerun_ends_with_nought_where_the_money_is_the_same(
    placebudget: Command, files: tuple[Path, Path]
) -> None:
    for file in files:
        done = placebudget("rerun", file)
        assert done.exit_code == 0, done.output
        assert done.stdout.startswith("The same money to the penny, from the same inputs")


def test_rerun_ends_with_one_and_names_what_differs(
    placebudget: Command, files: tuple[Path, Path], place: Path, tmp_path: Path
) -> None:
    pb.Option("x").scale("funding", 0.5).apply(tiny()).write(place)
    done = placebudget("rerun", files[1], "--json")
    assert done.exit_code == 1
    document = json.loads(done.stdout)
    assert document["same"] is False
    assert document["inputs"][0].startswith("the table funding differs: 4 rows new or changed")
    tiny().write(tmp_path / "as_it_was.zip")
    again = placebudget("rerun", files[1], "--place", tmp_path / "as_it_was.zip")
    assert again.exit_code == 0, again.output


def test_rerun_of_what_is_no_plan_is_told_in_words(placebudget: Command, tmp_path: Path) -> None:
    assert placebudget("rerun", tmp_path / "nowhere.plan.json").exit_code == 2
    (tmp_path / "no.plan.json").write_text("{}", "utf-8")
    done = placebudget("rerun", tmp_path / "no.plan.json")
    assert done.exit_code == 1
    assert "it does not say that it is a plan" in done.stderr


def test_rerun_with_a_place_that_is_not_there_is_wrong_use(
    placebudget: Command, files: tuple[Path, Path]
) -> None:
    done = placebudget("rerun", files[0], "--place", "northvail")
    assert done.exit_code == 2
    assert "Did you mean northvale?" in done.stderr


def test_compare_says_what_differs_and_what_caused_it(
    placebudget: Command, files: tuple[Path, Path], tmp_path: Path
) -> None:
    done = placebudget("compare", *files, "--out", tmp_path / "pack.xlsx")
    assert done.exit_code == 0, done.output
    assert "less need, pooled compared with today" in done.stdout
    assert "1. multiply people in needs by 0.5" in done.stdout
    book = load_workbook(tmp_path / "pack.xlsx")
    assert "What caused what" in book.sheetnames
    book.close()


def test_compare_as_json_is_one_document(placebudget: Command, files: tuple[Path, Path]) -> None:
    done = placebudget("compare", *files, "--json")
    document = json.loads(done.stdout)
    assert document["plans"] == ["today", "less need, pooled"]
    assert len(document["causes"]) == 2
    assert {"inputs", "value", "money", "outcomes", "savings", "prices"} <= set(document)


def test_compare_without_causes_plans_nothing(
    placebudget: Command, files: tuple[Path, Path]
) -> None:
    done = placebudget("compare", *files, "--no-causes", "--json")
    assert json.loads(done.stdout)["causes"] is None
    assert placebudget("compare", *files, files[0]).exit_code == 0


def test_compare_goes_on_without_the_place_and_says_so(
    placebudget: Command, files: tuple[Path, Path], place: Path, tmp_path: Path
) -> None:
    place.rename(tmp_path / "gone")
    done = placebudget("compare", *files)
    assert done.exit_code == 0
    assert "What caused what is left out" in done.stderr
    found = placebudget("compare", *files, "--place", tmp_path / "gone")
    assert "What caused what, in public value" in found.stdout


@pytest.mark.parametrize("given", [["one"], ["one", "two", "--out", "pack.pdf"], ["one", "gone"]])
def test_wrong_use_of_compare_ends_with_two(
    placebudget: Command, files: tuple[Path, Path], tmp_path: Path, given: list[str]
) -> None:
    known = {"one": files[0], "two": files[1], "gone": tmp_path / "gone.plan.json"}
    assert placebudget("compare", *[known.get(each, each) for each in given]).exit_code == 2


def test_a_stored_option_is_planned_and_simulated_by_name(
    placebudget: Command, tmp_path: Path
) -> None:
    place = tiny().write(tmp_path / "place")
    pb.Option("Less need").scale("needs", 0.5).save(place)
    for command, plain in (("optimise", "best"), ("simulate", "today")):
        file = tmp_path / f"{plain}.plan.json"
        done = placebudget(command, place, "--option", "Less need", "--out", file)
        assert ", with the option “Less need”" in done.stdout.splitlines()[0]
        assert done.exit_code == 0, done.output
        assert pb.read_plan(file).option == "Less need"
    done = placebudget("optimise", place, "--option", "Lesser need")
    assert done.exit_code == 2
    assert "Did you mean Less need? Options: Less need." in done.stderr
