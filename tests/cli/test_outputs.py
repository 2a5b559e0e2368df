"""What cannot be written is refused before anything is worked out for it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

import placebudget as pb
from placebudget.errors import CannotWrite
from placebudget.solver.backend.highs import LiveHighs
from placebudget.writing import refuse_goal

Command = Callable[..., Result]


@pytest.fixture
def in_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a file where a folder is meant and the reverse; nothing can be solved."""

    def never(*_: object, **__: object) -> None:
        raise AssertionError("work began")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(LiveHighs, "__init__", never)
    (tmp_path / "file").write_text("kept", encoding="utf-8")
    for name in ("a.json", "a.xlsx", "a.html", "out/report.html", "out2/today.plan.json"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "build").write_text("kept", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "toy_pooling", "--out", "file"), "file is a file"),
        (("run", "toy_pooling", "--out", "out"), "report.html is a folder"),
        (("run", "toy_pooling", "--out", "out2"), "today.plan.json is a folder"),
        (("optimise", "toy_pooling", "--out", "a.json"), "a.json is a folder"),
        (("simulate", "toy_pooling", "--out", "a.json"), "a.json is a folder"),
        (("compare", "file", "file", "--out", "a.xlsx"), "a.xlsx is a folder"),
        (("study", "sharing", "northvale", "--out", "a.json"), "a.json is a folder"),
        (("study", "sharing", "northvale", "--html", "a.html"), "a.html is a folder"),
        (("template", "a.xlsx"), "a.xlsx is a folder"),
        (("examples", "--copy", "toy_pooling", "file"), "file exists already"),
    ],
)
def test_a_file_where_a_folder_is_meant_and_the_reverse_are_wrong_use(
    placebudget: Command, in_the_way: Path, arguments: tuple[str, ...], said: str
) -> None:
    before = sorted(in_the_way.rglob("*"))
    done = placebudget(*arguments)
    assert (done.exit_code, done.stdout) == (2, ""), done.output
    assert said in " ".join(done.stderr.replace("│", " ").split())
    assert sorted(in_the_way.rglob("*")) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "toy_pooling"),
        ("run", "toy_pooling", "--out", "file/below"),
        ("optimise", "toy_pooling", "--out", "file/below/b.json"),
        ("study", "sharing", "northvale", "--xlsx", "file/a.xlsx"),
        ("template", "file/b.xlsx"),
        ("examples", "--copy", "toy_pooling", "file/below"),
    ],
)
def test_a_file_that_stands_where_a_folder_is_needed_ends_with_one(
    placebudget: Command, in_the_way: Path, arguments: tuple[str, ...]
) -> None:
    before = sorted(in_the_way.rglob("*"))
    done = placebudget(*arguments)
    assert (done.exit_code, done.stdout) == (1, ""), done.output
    assert "is a file. Make room there" in done.stderr
    assert sorted(in_the_way.rglob("*")) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "toy_pooling", "--out", "new/folder"),
        ("optimise", "toy_pooling", "--out", "new/folder/a.json"),
    ],
)
def test_a_folder_that_takes_no_files_ends_with_one(
    placebudget: Command,
    in_the_way: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    done = placebudget(*arguments)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "takes no new files" in done.stderr
    assert not (in_the_way / "new").exists()


def test_a_name_too_long_for_the_system_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match="cannot be written"):
        refuse_goal(tmp_path / ("x" * 300 + ".json"))


def test_what_can_be_written_is_let_through_and_its_folder_is_not_made_yet(
    tmp_path: Path,
) -> None:
    refuse_goal(tmp_path / "a" / "b.json")
    refuse_goal(tmp_path / "a", folder=True)
    assert not list(tmp_path.iterdir())
    assert pb.simulate(pb.example("toy_pooling")).to_json(tmp_path / "a" / "b.json").exists()
