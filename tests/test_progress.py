"""Progress of long work: shown to who watches, and to nobody else."""

from __future__ import annotations

import os
import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient

import placebudget as pb


def test_no_progress_is_shown_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    with pb.progress() as report:
        report("Checking the place", 0, 1)
    assert capsys.readouterr() == ("", "")


def test_progress_on_a_terminal_says_what_is_under_way_and_the_time_left() -> None:
    """A child process writes to a pseudo-terminal and we read what a person would see."""
    code = """
import time
import placebudget as pb
with pb.progress() as report:
    for number in range(4):
        report("Checking the place", number, 4)
        time.sleep(0.15)
print("done")
"""
    ours, theirs = os.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    child = subprocess.run(
        [sys.executable, "-c", code],
        stderr=theirs,
        stdout=subprocess.PIPE,
        check=True,
        env=environment,
    )
    os.close(theirs)
    shown = os.read(ours, 50_000).decode()
    os.close(ours)
    assert "Checking the place" in shown
    assert "gone," in shown
    assert "left" in shown
    assert child.stdout == b"done\n"


def test_progress_in_a_notebook_is_shown_in_the_cell() -> None:
    """A real kernel runs the cell; what it shows is a widget, and nothing goes wrong."""
    code = """
import placebudget as pb
with pb.progress() as report:
    plan = pb.optimise(pb.example("toy_pooling"), progress=report)
print(plan.status)
"""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    outputs = notebook.cells[0].outputs
    shown = [set(o.data) for o in outputs if o.output_type == "display_data"]
    assert any("application/vnd.jupyter.widget-view+json" in kinds for kinds in shown)
    said = "".join(o.text for o in outputs if o.output_type == "stream" and o.name == "stdout")
    assert said.strip() == "optimal"


def test_a_plan_reports_every_stage_in_order() -> None:
    said: list[tuple[str, int, int]] = []
    pb.optimise(pb.example("toy_pooling"), progress=lambda *told: said.append(told), prices=False)
    numbers = [number for _, number, _ in said]
    assert numbers == sorted(numbers)
    assert said[0] == ("public value", 0, 2)
    assert said[-1] == ("done", 2, 2)
