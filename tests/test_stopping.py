"""Work that can be stopped."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from placebudget.errors import Infeasible
from placebudget.progress import stoppable


def test_the_result_comes_back() -> None:
    assert stoppable(lambda stop: (threading.current_thread() is threading.main_thread(), 7)) == (
        False,
        7,
    )


def test_an_error_comes_back_as_it_is() -> None:
    def fail(stop: threading.Event) -> None:
        raise Infeasible("no plan")

    with pytest.raises(Infeasible, match="no plan"):
        stoppable(fail)


def test_ctrl_c_tells_the_work_to_stop_and_ends_with_130() -> None:
    """The child says that its work has begun, gets SIGINT, and says what the work saw."""
    code = """
import sys
from placebudget.progress import stoppable
from placebudget.cli.speaking import in_words
import typer

app = typer.Typer()

@app.command()
@in_words
def command():
    def work(stop):
        print("begun", flush=True)
        print("told to stop" if stop.wait(60) else "never told", flush=True)
    stoppable(work)

app()
"""
    child = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "begun\n"
    child.send_signal(signal.SIGINT)
    said, complaint = child.communicate(timeout=60)
    assert (said, child.returncode) == ("told to stop\n", 130)
    assert "Stopped" in complaint
    assert "Traceback" not in complaint


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_in_the_middle_of_a_solve_ends_the_command_with_its_code(
    tmp_path: Path, number: int, code: int
) -> None:
    """The real command on the real place; it is stopped as soon as a solve has begun."""
    script = """
import placebudget.solver.backend.highs as highs
from placebudget.__main__ import main

solve = highs.LiveHighs.run
def loud(self, *given, **named):
    print("solving", flush=True)
    return solve(self, *given, **named)
highs.LiveHighs.run = loud
main()
"""
    child = subprocess.Popen(
        [sys.executable, "-c", script, "optimise", "lancashire", "--out", "best.plan.json"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "solving\n"
    child.send_signal(number)
    _, complaint = child.communicate(timeout=120)
    assert child.returncode == code
    assert complaint.splitlines()[-1] == "Stopped: nothing was written."
    assert "Traceback" not in complaint
    assert not list(tmp_path.iterdir())


def test_ctrl_c_stops_a_plan_that_a_script_makes() -> None:
    code = """
import placebudget as pb
import placebudget.solver.backend.highs as highs

solve = highs.LiveHighs.run
def loud(self, *given, **named):
    print("solving", flush=True)
    return solve(self, *given, **named)
highs.LiveHighs.run = loud
try:
    pb.optimise(pb.example("lancashire"))
except KeyboardInterrupt:
    print("stopped", flush=True)
"""
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "solving\n"
    child.send_signal(signal.SIGINT)
    said, _ = child.communicate(timeout=120)
    assert said.splitlines()[-1] == "stopped"


def test_ctrl_c_while_the_work_is_handed_over_is_heard_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Interrupted(ThreadPoolExecutor):
        def submit(self, *work: Any, **more: Any) -> Future[Any]:
            super().submit(*work, **more)
            raise KeyboardInterrupt

    told = []
    monkeypatch.setattr(sys.modules[stoppable.__module__], "ThreadPoolExecutor", Interrupted)
    with pytest.raises(KeyboardInterrupt):
        stoppable(lambda stop: told.append(stop.wait(30)))
    assert told == [True]


def test_work_beside_the_main_thread_is_halted_before_python_ends() -> None:
    """A thread that is not waited for would be cut off without a word, or take Python down."""
    code = """
import threading
from placebudget.work.jobs import Worker
worker = Worker(print)
begun = threading.Event()
def work(stop):
    begun.set()
    stop.wait(60)
    print("halted", flush=True)
worker.submit(work)
begun.wait(40)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=50, check=False
    )
    assert (done.returncode, done.stdout) == (0, "halted\n")
