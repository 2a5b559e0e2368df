"""What all commands share: help, version, exit codes, errors in words."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from placebudget.cli.speaking import STOPPED, in_words
from placebudget.errors import Infeasible

Command = Callable[..., Result]
COMMANDS = (
    "run",
    "check",
    "optimise",
    "simulate",
    "compare",
    "rerun",
    "outlook",
    "todo",
    "template",
    "import",
    "schema",
    "examples",
    "library search",
    "library show",
    "library use",
    "library export",
    "library check",
    "library template",
)
PLACES = ("run", "check", "optimise", "simulate", "outlook", "todo")


def test_help_names_every_command(placebudget: Command) -> None:
    done = placebudget("--help")
    assert done.exit_code == 0
    assert all(command.split()[0] in done.stdout for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each_command_has_examples_and_json(placebudget: Command, command: str) -> None:
    done = placebudget(*command.split(), "--help")
    assert done.exit_code == 0
    assert f"placebudget {command}" in done.stdout.split("Examples")[1]
    assert "--json" in done.stdout


def test_the_version_is_that_of_the_installed_package(placebudget: Command) -> None:
    assert placebudget("--version").stdout.strip() == f"placebudget {version('placebudget')}"


@pytest.mark.parametrize("command", PLACES)
def test_a_place_that_does_not_exist_is_wrong_use(placebudget: Command, command: str) -> None:
    done = placebudget(command, "northvail")
    assert done.exit_code == 2
    assert done.stdout == ""
    assert "Did you mean northvale?" in done.stderr


@pytest.mark.parametrize("wrong", [("chek",), ("check",), ("check", "northvale", "--no-such")])
def test_wrong_use_ends_with_two(placebudget: Command, wrong: tuple[str, ...]) -> None:
    assert placebudget(*wrong).exit_code == 2


@pytest.mark.parametrize("command", PLACES)
def test_a_folder_that_is_no_place_is_told_in_words(
    placebudget: Command, tmp_path: Path, command: str
) -> None:
    done = placebudget(command, tmp_path)
    assert done.exit_code == 1
    assert "datapackage.json" in done.stdout + done.stderr
    assert "Traceback" not in done.output


def ended_by(error: BaseException) -> Result:
    """The result of a command that raises."""
    app = typer.Typer()

    @app.command()
    @in_words
    def command() -> None:
        raise error

    return CliRunner().invoke(app, [])


@pytest.mark.parametrize(
    "error", [Infeasible("The floor and the cap cannot both be kept."), PermissionError("locked")]
)
def test_errors_are_said_on_stderr_and_end_with_one(error: Exception) -> None:
    done = ended_by(error)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == f"{error}\n"


def test_a_stop_from_the_keyboard_ends_with_130() -> None:
    done = ended_by(KeyboardInterrupt())
    assert done.exit_code == STOPPED == 130
    assert "Stopped" in done.stderr


def test_python_m_placebudget_is_the_same_command(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "placebudget", "schema", "offer"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "Usage: placebudget schema" in done.stderr
    assert "Did you mean offers?" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("optimise", "northvale", "--option", "more nurse"), "Options: a larger better care pool"),
        (("simulate", "northvale", "--option", "nothing"), "more nurses trained (illustration)"),
        (("optimise", "northvale", "--pooling", "freeed"), "Did you mean freed?"),
        (("optimise", "northvale", "--objective", "publik value"), "Did you mean public value?"),
        (("optimise", "northvale", "--out", "best.pdf"), "'best.pdf' does not end in .json"),
        (("study", "sharin", "northvale"), "Did you mean sharing? There are: sharing, outlook"),
        (("study", "sharing", "northvale", "--objective", "leximin"), "cannot be shared"),
        (("study", "sharing", "northvale", "--out", "x.pdf"), ".xlsx, .json or .html"),
        (("study", "sharing", "northvale", "--xlsx", "x.html"), "does not end in .xlsx"),
        (("study", "sharing", "northvale", "--html", "x.xlsx"), "does not end in .html or .htm"),
        (("study", "potential", "northvale", "--cuts", "2"), "a share from 0 to below 1"),
        (("study", "potential", "northvale", "--executor", "thread"), "Did you mean threads?"),
        (("explain", "northvale", "home_car"), "Did you mean home_care?"),
        (("template", "mine.csv"), "does not end in .xlsx"),
    ],
)
def test_what_is_not_there_or_cannot_be_meant_is_wrong_use(
    placebudget: Callable[..., Result], arguments: tuple[str, ...], said: str
) -> None:
    done = placebudget(*arguments)
    assert done.exit_code == 2, done.stderr
    assert done.stdout == ""
    assert said in " ".join(done.stderr.replace("│", " ").split())
