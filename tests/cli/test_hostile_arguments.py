"""Names and records that would do harm if they were followed: refused in words."""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

import placebudget as pb
from planned import simulated
from proof import ALL

Command = Callable[..., Result]
NAMES = [
    "",
    "  ",
    "../../../etc/passwd",
    "/etc/shadow",
    "line\nbreak",
    "\x1b[31mred",
    "\x07bell\x9b",
    "--shell",
    "x" * 300,
    "x" * 5_000,
    "nul\0byte",
    "caf\udcff.plan.json",
    "http://localhost/x.plan.json",
    "file:///etc/passwd",
    "$(touch pwned)",
    "`touch pwned`; touch pwned | touch pwned",
    "~/x",
    "%s%n{0}",
    "nowhere.plan.json",
    "folder.json",
    "pipe.plan.json",
    "/dev/zero",
]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a plan, and with a folder and a pipe that are called like one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.json").mkdir()
    os.mkfifo("pipe.plan.json")
    simulated("toy_pooling").to_json("good.plan.json")
    return tmp_path


def assert_is_refused(done: Result, home: Path, before: list[Path]) -> None:
    """In words, with an exit code, nothing done, and no orders to the terminal."""
    assert done.exit_code in (1, 2), done.output
    assert isinstance(done.exception, SystemExit)
    assert done.output.strip()
    assert_is_text(done.output)
    assert sorted(home.rglob("*")) == before


def assert_is_text(said: str) -> None:
    assert not [s for s in said if unicodedata.category(s) in ("Cc", "Cs") and s != "\n"]


@pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name)[:30])
def test_a_hostile_name_is_refused_in_words_whatever_it_is_the_name_of(
    placebudget: Command, home: Path, name: str
) -> None:
    before, number = sorted(home.rglob("*")), NAMES.index(name)
    commands = (
        ("rerun", "--", name),
        ("rerun", "good.plan.json", "--place", name),
        ("optimise", "toy_pooling", "--solver", name),
        ("optimise", "toy_pooling", "--option", name),
        ("check", "--", name),
        ("study", "accounts", "--", name),
        ("compare", "--", name, "good.plan.json"),
        ("simulate", "toy_pooling", "--money", name),
    )
    # Of the commands, which all read names alike, every fourth on each change, in turns.
    for arguments in commands if ALL else commands[number % 4 :: 4]:
        assert_is_refused(placebudget(*arguments), home, before)


@pytest.mark.parametrize(
    "name",
    ["line\nbreak.json", "\x1b[31mred.json", "caf\udcff.json", "http://h/x.json", "pipe.plan.json"],
    ids=ascii,
)
def test_what_is_written_has_a_name_that_is_text_and_is_a_file(
    placebudget: Command, home: Path, name: str
) -> None:
    before = sorted(home.rglob("*"))
    done = placebudget("optimise", "toy_pooling", "--out", name)
    assert_is_refused(done, home, before)
    assert done.exit_code == 2
    with pytest.raises(pb.WrongArgument):
        pb.read_plan("good.plan.json").to_json(name)


WRONG = [*NAMES[2::3], 5, None, ["x"]]


@pytest.mark.parametrize("name", WRONG, ids=lambda name: ascii(name)[:30])
def test_a_plan_that_names_what_is_hostile_cannot_be_made_again(
    placebudget: Command, home: Path, name: Any
) -> None:
    """It may say that it was made from anything, by any solver, in any units."""
    held_by, number = ("read_from", "solver", "scale"), WRONG.index(name)
    for where in held_by if ALL else held_by[number % 3 :: 3]:
        plan = json.loads(Path("good.plan.json").read_text("utf-8"))
        run = plan["run"]
        plan["status"] = "optimal"
        run["options"] = {"objective": "public value", "pooling": "pooled"}
        held = {"read_from": run["place"], "solver": run, "scale": run["options"]}[where]
        held[where] = name
        Path("hostile.plan.json").write_text(json.dumps(plan), "utf-8")
        before = sorted(home.rglob("*"))
        done = placebudget("rerun", "hostile.plan.json")
        assert done.exit_code == 1, done.output
        assert isinstance(done.exception, SystemExit)
        assert_is_text(done.output)
        assert sorted(home.rglob("*")) == before


def test_a_name_that_no_file_can_have_is_refused_where_a_plan_is_read() -> None:
    with pytest.raises(pb.errors.UnreadablePlan, match="cannot be opened"):
        pb.read_plan("nul\0byte")


def test_an_option_that_is_a_pipe_is_not_waited_for(placebudget: Command, home: Path) -> None:
    pb.example("toy_pooling").write(home / "place")
    (home / "place" / "options").mkdir()
    (home / "pipe.plan.json").rename(home / "place" / "options" / "less.json")
    done = placebudget("optimise", "place", "--option", "less")
    assert done.exit_code == 1
    assert "options/less.json cannot be read: there is no file of this name" in done.stderr
