"""Plans of example places that several tests read and none changes, made once in a process.

Files that read them are marked ``xdist_group("northvale")``: one worker makes them for all.
"""

from __future__ import annotations

from functools import cache
from tempfile import TemporaryDirectory
from typing import Any

from typer.testing import CliRunner

import placebudget as pb
from placebudget.cli import app
from placebudget.view import report


@cache
def simulated(name: str) -> pb.Plan:
    """What today's spending of an example gives."""
    return pb.simulate(pb.example(name))


@cache
def optimised(name: str, **options: Any) -> pb.Plan:
    """The best plan of an example."""
    return pb.optimise(pb.example(name), **options)


@cache
def potential(name: str) -> pb.study.Potential:
    """The plans of an example, side by side."""
    return pb.potential(pb.example(name))


@cache
def reported(name: str) -> str:
    """The report on the plans of an example."""
    return report(potential(name))


@cache
def run_of(name: str) -> str:
    """What a run of an example prints, which writes to the folder ``build`` of somebody's."""
    with TemporaryDirectory() as home:
        done = CliRunner().invoke(app, ["run", name, "--out", f"{home}/build/{name}"])
    assert done.exit_code == 0, done.output
    return done.stdout.replace(f"{home}/", "")
