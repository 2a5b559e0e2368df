"""What a solver prints never reaches standard output."""

from __future__ import annotations

import json
import subprocess
import sys


def test_standard_output_holds_the_result_and_nothing_else():
    # A pipe and a process of its own: HiGHS prints from C, past what Python can capture.
    command = [sys.executable, "-m", "placebudget", "optimise", "toy_pooling", "--json"]
    done = subprocess.run(command, capture_output=True, check=True)
    assert json.loads(done.stdout)


def test_standard_output_is_back_after_highs_was_made():
    code = (
        "import os\n"
        "from placebudget.solver.highs import highs_version\n"
        "os.write(1, b'before ')\n"
        "assert highs_version()\n"
        "os.write(1, b'after')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout == b"before after"


def test_highs_works_where_there_is_no_standard_output():
    code = (
        "import os\n"
        "os.close(1)\n"
        "from placebudget.solver.highs import highs_version\n"
        "os.write(2, highs_version().encode())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stderr[:1].isdigit()
