"""Most memory a fresh process takes to solve a place, ours and bare HiGHS with pandas."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.contenders import programme_of
from placebudget.place import Place

# Linux counts what the parent had before exec into ru_maxrss; VmHWM starts afresh.
_PEAK = """
import pathlib, resource, sys
status = pathlib.Path("/proc/self/status")
if status.exists():
    line = next(l for l in status.read_text().splitlines() if l.startswith("VmHWM"))
    print(int(line.split()[1]) / 2**10)
else:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(peak / (2**20 if sys.platform == "darwin" else 2**10))
"""
_OURS = """
import pickle, sys
import placebudget
from benchmarks.contenders import ours_from_tables
ours_from_tables(pickle.load(open(sys.argv[1], "rb")))
"""
_BARE = """
import pickle, sys
import numpy, pandas, highspy
matrix, cost = pickle.load(open(sys.argv[1], "rb"))
model = highspy.Highs()
model.setOptionValue("output_flag", False)
model.setOptionValue("primal_feasibility_tolerance", 1e-9)
model.setOptionValue("dual_feasibility_tolerance", 1e-9)
lower, upper, integer, start, column, value, row_lower, row_upper = matrix
model.passModel(
    len(lower), len(row_lower), len(value), int(highspy.MatrixFormat.kRowwise),
    int(highspy.ObjSense.kMinimize), 0.0, cost, lower, upper, row_lower, row_upper,
    start, column, value, integer.astype(numpy.int32))
model.run()
numpy.array(model.getSolution().col_value)
"""


def measure_memory(place: Place, rounds: int = 3) -> dict[str, float]:
    """Peak resident memory in MiB, median of fresh processes."""
    programme = programme_of(place)
    fields = ("lower", "upper", "integer", "start", "column", "value", "row_lower", "row_upper")
    arrays = tuple(getattr(programme.matrix, name) for name in fields)
    with tempfile.TemporaryDirectory() as folder:
        tables, ready = Path(folder, "place"), Path(folder, "arrays")
        tables.write_bytes(pickle.dumps(place))
        ready.write_bytes(pickle.dumps((arrays, -programme.objectives[0].gain)))
        ours = [_peak(_OURS, tables) for _ in range(rounds)]
        bare = [_peak(_BARE, ready) for _ in range(rounds)]
    return {"ours": median(ours), "bare HiGHS and pandas": median(bare)}


def _peak(script: str, path: Path) -> float:
    done = subprocess.run(
        [sys.executable, "-c", script + _PEAK, str(path)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    return float(done.stdout.split()[-1])  # HiGHS says first who it is
