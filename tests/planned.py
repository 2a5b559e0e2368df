"""Plans of example places that several tests read and none changes, made once in a process.

Files that read them are marked ``xdist_group("northvale")``: one worker makes them for all.
"""

from __future__ import annotations

import datetime
from functools import cache
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from typer.testing import CliRunner

import placebudget as pb
from placebudget.apps.papers import Papers, papers
from placebudget.cli import app, plans
from placebudget.view import report
from proof import ALL

SOME = ("outlook", "fairness", "loan", "levels")
_HOMES: list[TemporaryDirectory[str]] = []


@cache
def simulated(name: str) -> pb.Plan:
    """What today's spending of an example gives."""
    return pb.simulate(pb.example(name))


@cache
def optimised(name: str, **options: Any) -> pb.Plan:
    """The best plan of an example."""
    return pb.optimise(pb.example(name), **options)


@cache
def potential(name: str, **options: Any) -> pb.study.Potential:
    """The plans of an example, side by side."""
    return pb.potential(pb.example(name), **options)


@cache
def reported(name: str, **options: Any) -> str:
    """The report on the plans of an example."""
    return report(potential(name, **options))


@cache
def papers_of(name: str) -> Papers:
    """The papers of an example, with every study where all is proved; they end with the process."""
    _HOMES.append(TemporaryDirectory())
    home, day = f"{_HOMES[-1].name}/papers", datetime.date(2026, 12, 1)
    return papers(name, home, meeting="Board", date=day, studies=None if ALL else SOME)


@cache
def run_of(name: str) -> str:
    """What a run of an example prints, which writes to the folder ``build`` of somebody's.

    Its plans are those that other tests read, too.
    """
    there = patch.object(plans, "potential", lambda *_, **__: potential(name))
    with TemporaryDirectory() as home, there:
        done = CliRunner().invoke(app, ["run", name, "--out", f"{home}/build/{name}"])
    assert done.exit_code == 0, done.output
    return done.stdout.replace(f"{home}/", "")
