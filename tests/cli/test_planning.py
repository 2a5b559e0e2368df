"""Work that can be stopped."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading

import pytest

from placebudget.cli.planning import stoppable
from placebudget.errors import Infeasible


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
from placebudget.cli.planning import stoppable
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
