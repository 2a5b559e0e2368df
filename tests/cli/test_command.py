"""The command as a process: its streams, its signals, its exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from proof import ALL

COMMAND = [sys.executable, "-c", "from placebudget_command import main; main()"]
# Read by Python as it starts, so that the start of the command takes its time.
SLOW_START = """
import sys, time

class Slow:
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name == "pandas":
            print("here", flush=True)
            time.sleep(60)

sys.meta_path.insert(0, Slow)
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


# A function of a module is waited in, so that a signal comes there for certain.
WAITING = """
import importlib, sys, time
_, module, name, part = sys.argv[:4]
sys.argv[1:4] = []
held = importlib.import_module(module)
real = getattr(held, name)
calls = []

def here():
    print("here", flush=True)
    time.sleep(60)

def waiting(*given, **named):
    calls.append(name)
    if len(calls) < int(part):
        return real(*given, **named)
    if name != "sweep":
        here()
    return answers(real(*given, **named), named["stop"])

def answers(found, stop):
    yield next(found)
    print("here", flush=True)
    stop.wait(60)
    yield from found

setattr(held, name, waiting)
from placebudget_command import main
main()
"""
STOPPED = "Stopped: nothing was written.\n"


def told_to_end(number: int, home: Path, *command: str) -> tuple[int | None, str, str, list[str]]:
    """Code, output, complaint and files of a command that is signalled once it says "here".

    The signal goes to all of its processes, as a terminal's does; none may be left.
    """
    home.mkdir()
    child = subprocess.Popen(
        [sys.executable, *command],
        cwd=home,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "here\n"
    os.killpg(child.pid, number)
    said, complaint = child.communicate(timeout=60)
    complaint = complaint.replace(f"{home}{os.sep}", "")
    assert _are_gone(child.pid)
    return child.returncode, said, complaint, sorted(path.name for path in home.rglob("*"))


def _are_gone(group: int) -> bool:
    """Whether all processes of a group end; what looks after their resources is the last."""
    for _ in range(1000):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


SIGNALS = [(signal.SIGINT, 130), (signal.SIGTERM, 143)]


def both(
    home: Path, *command: str, enough: Sequence[tuple[int, int]] = SIGNALS
) -> Iterator[tuple[str, str, list[str]]]:
    """What a command leaves that is ended by either signal, with the code that belongs to it.

    Where one signal is enough on each change, the other follows with the whole of the proofs.
    """
    signals = SIGNALS if ALL else enough
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(told_to_end, each, home / str(each), *command) for each, _ in signals]
        for future, (_, code) in zip(asked, signals, strict=True):
            ended, *left = future.result()
            assert ended == code, left
            yield tuple(left)


@pytest.mark.parametrize("way", [COMMAND[1:], ["-m", "placebudget"]], ids=["installed", "-m"])
def test_a_signal_during_the_start_ends_with_a_line_and_its_code(
    way: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(SLOW_START, "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    for left in both(tmp_path, *way, "run", "northvale"):
        assert left == ("", STOPPED, [])


SLOW_TO_END = """
import time, placebudget_command as command

command._listen()
with command.working():
    try:
        print("here", flush=True)
        time.sleep(60)
    except command.Ended as ended:
        print("stopping", flush=True)
        time.sleep(60)
"""


def test_a_second_signal_ends_at_once_what_is_slow_to_stop() -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", SLOW_TO_END],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    for line, number in (("here", signal.SIGINT), ("stopping", signal.SIGTERM)):
        assert child.stdout.readline() == f"{line}\n"
        child.send_signal(number)
    _, complaint = child.communicate(timeout=60)
    assert child.returncode == 143
    assert complaint == "Stopped at once: what was not written before is lost.\n"


OPTIMISE = ("optimise", "toy_pooling", "--out", "best.plan.json")


@pytest.mark.parametrize(
    ("stage", "enough", "command", "said"),
    [
        ("placebudget.cli.planning read 1", SIGNALS[:1], OPTIMISE, (STOPPED, [])),
        ("placebudget.writing keep 1", SIGNALS[1:], OPTIMISE, (STOPPED, [])),
        (
            "placebudget.writing keep 2",
            SIGNALS[1:],
            ("study", "accounts", "toy_pooling", "--out", "a.json", "--xlsx", "b.xlsx"),
            ("Stopped. Written before that: a.json.\n", ["a.json"]),
        ),
    ],
    ids=["reading", "writing", "between files"],
)
def test_a_signal_ends_a_command_with_its_code_and_says_what_stands(
    tmp_path: Path,
    stage: str,
    enough: Sequence[tuple[int, int]],
    command: tuple[str, ...],
    said: tuple[str, list[str]],
) -> None:
    for _, *left in both(tmp_path, "-c", WAITING, *stage.split(), *command, enough=enough):
        assert tuple(left) == said


def test_a_signal_in_a_sweep_keeps_what_is_done_and_its_code_says_that_it_is_a_part(
    tmp_path: Path,
) -> None:
    few = ("--poolings", "pooled", "--workers", "1")
    command = ("study", "cycle", "toy_pooling", "--runs", "40", *few, "--json")
    stage = ("placebudget.study.cycle.simulation", "sweep", "1")
    ended = both(tmp_path, "-c", WAITING, *stage, *command, enough=SIGNALS[1:])
    for said, complaint, files in ended:
        assert 0 < json.loads(said)["run"]["options"]["runs_done"] < 40
        assert (complaint, files) == ("Stopping: what is done is kept.\n", [])


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
    if ascii or ALL:
        document = run("simulate", "toy_pooling", "--json", **encoding)
        assert json.loads(document.stdout)["plan"]
    refused = run("check", f"{tmp_path}/\N{MINUS SIGN}£", **encoding)
    assert (refused.returncode, b"Traceback" in refused.stderr) == (2, False)
    assert ascii or b"/-\xa3" in refused.stderr.replace(b"\n", b"")


@pytest.mark.parametrize("closed", [*([">&-"] if ALL else []), ">&- 2>&- <&-"])
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
