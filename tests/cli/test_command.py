"""The command as a process: its streams, its signals, its exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-c", "from placebudget_command import main; main()"]
IMPORTING = """
import sys, time

class Slow:
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name == "pandas":
            print("importing", flush=True)
            time.sleep(60)

sys.meta_path.insert(0, Slow)
from placebudget_command import main
main()
"""


def run(*arguments: str, after: str = "", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """A command in a shell, so that streams can be closed and led elsewhere after it."""
    return subprocess.run(
        ["sh", "-c", f'"$@" {after}', "sh", *COMMAND, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_during_the_start_ends_with_a_line_and_its_code(number: int, code: int) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", IMPORTING, "run", "northvale"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "importing\n"
    child.send_signal(number)
    _, complaint = child.communicate(timeout=60)
    assert (complaint, child.returncode) == ("Stopped: nothing was written.\n", code)


@pytest.mark.parametrize(
    "encoding",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": ""},
        {"PYTHONIOENCODING": "cp1252"},
    ],
    ids=["ascii", "cp1252"],
)
def test_signs_an_encoding_lacks_are_replaced_and_json_keeps_them(
    encoding: dict[str, str], tmp_path: Path
) -> None:
    ascii = "LC_ALL" in encoding
    done = run("simulate", "toy_pooling", **encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"public value: " + (b"GBP " if ascii else b"\xa3") + b"285 million" in done.stdout
    document = run("simulate", "toy_pooling", "--json", **encoding)
    assert json.loads(document.stdout)["plan"]
    refused = run("check", f"{tmp_path}/\N{MINUS SIGN}£", **encoding)
    assert (refused.returncode, b"Traceback" in refused.stderr) == (2, False)
    assert ascii or b"/-\xa3" in refused.stderr.replace(b"\n", b"")


@pytest.mark.parametrize("closed", [">&-", ">&- 2>&- <&-"])
def test_without_standard_output_a_command_does_its_work(closed: str, tmp_path: Path) -> None:
    """A file that took the number of the closed stream would get what is said."""
    goal = tmp_path / "today.plan.json"
    done = run("simulate", "toy_pooling", "--out", str(goal), after=closed)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert json.loads(goal.read_text("utf-8"))["name"]


def test_output_that_ends_early_is_told_in_words_or_not_at_all() -> None:
    cut = run("schema", "--markdown", after="| head -1")
    assert (cut.stderr, cut.stdout.count(b"\n")) == (b"", 1)
    if Path("/dev/full").exists():
        full = run("examples", after=">/dev/full")
        assert (full.returncode, b"No space left" in full.stderr) == (1, True)
        assert full.stderr.count(b"\n") == 1
