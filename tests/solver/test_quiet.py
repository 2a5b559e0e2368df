"""Nothing a solver prints reaches standard output, held at the file descriptor."""

from __future__ import annotations

import json
import os
import subprocess
import sys

PLANNED = """
import os
import numpy as np
import pulp
import placebudget as pb
from placebudget.programme.linear import Matrix
from placebudget.solver.backend.answer import RunLimits
from placebudget.solver.backend.engine import PulpEngine

place = pb.example("toy_pooling")
pb.optimise(place)
one = np.ones(1)
matrix = Matrix(
    lower=one, upper=3 * one, integer=one < 0, start=np.array([0, 1], np.int32),
    column=np.array([0], np.int32), value=one, row_lower=2 * one, row_upper=2 * one,
)
for name in pulp.listSolvers(onlyAvailable=True):
    PulpEngine(matrix, name).run(one, RunLimits(), None)
os.write(1, b"planned")
"""


def said_by(code: str, **more: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, **more)  # type: ignore[call-overload, no-any-return]


def test_no_solver_prints() -> None:
    """Live HiGHS, then each that PuLP finds here, its own HiGHS among them."""
    done = said_by(PLANNED)
    assert (done.stdout, done.stderr, done.returncode) == (b"planned", b"", 0)


def test_a_command_writes_its_result_and_nothing_else() -> None:
    command = [sys.executable, "-m", "placebudget", "optimise", "toy_pooling", "--json"]
    done = subprocess.run(command, capture_output=True, check=True)
    assert json.loads(done.stdout)


def test_what_others_print_comes_whole_and_in_order() -> None:
    code = """
import ctypes, os, threading
from placebudget.solver.backend.adaptor import quiet
libc = ctypes.CDLL(None)
print("before")
both = threading.Barrier(2)
def inside():
    with quiet():
        both.wait(30)
        libc.puts(b"banner")
        os.write(1, b"banner")
        both.wait(30)
other = threading.Thread(target=inside)
other.start()
inside()
other.join()
print("after")
"""
    assert said_by(code).stdout == b"before\nafter\n"


def test_highs_works_where_there_is_no_standard_output_and_nothing_to_take() -> None:
    code = """
import os, sys
os.close(1)
import placebudget as pb
from placebudget.solver.backend.adaptor import quiet
with quiet():
    pass
os.write(2, pb.optimise(pb.example("toy_pooling")).status.encode())
try:
    os.fstat(1)
except OSError:
    sys.exit(7)
"""
    done = said_by(code)
    assert (done.stderr, done.returncode) == (b"optimal", 7)
    assert os.fstat(1)
