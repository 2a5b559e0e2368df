"""Import, and reading and checking the example place Lancashire."""

from __future__ import annotations

import os
import subprocess
import sys

from benchmarks.timing import Times, in_turn

_IMPORT = "import time; start = time.process_time(); import {0}; print(time.process_time() - start)"


def measure_start(rounds: int) -> Times:
    """Seconds to import in fresh processes, and to read and check in this one."""
    import placebudget as pb

    place = pb.example("lancashire")

    def reading() -> float:
        pb.example("lancashire")
        return 0.0

    def checking() -> float:
        place.with_().check()  # of a place that nothing is known about
        return 0.0

    times = in_turn({"read Lancashire": reading, "check Lancashire": checking}, rounds).clock
    for module in ("placebudget", "pandas"):
        times[f"import {module}"] = [importing(module) for _ in range(rounds)]
    return times


def _as_installed() -> dict[str, str]:
    """The environment, in which compiled files are kept as they are where somebody installed it."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def importing(module: str) -> float:
    """Seconds of the processor to import something in a fresh process."""
    done = subprocess.run(
        [sys.executable, "-c", _IMPORT.format(module)],
        check=True,
        capture_output=True,
        text=True,
        env={**_as_installed(), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    return float(done.stdout)
