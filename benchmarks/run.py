"""Run all measurements, or those named with ``--only``; write ``build/bench/``.

``bench.json`` and ``bench.md`` hold them; those of studies stand in ``studies.json``
as well, the last figures of each.

The first stage is measured again with the other PuLP, 3.3 or 4, where an
interpreter answers that has it: ``BENCH_PYTHON``, or the environments that the
tests on a second interpreter leave in ``.venvs``.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

import pulp

from benchmarks import contenders as of
from benchmarks import growth
from benchmarks.board import board
from benchmarks.desk import desk
from benchmarks.document import document
from benchmarks.drawing import drawing
from benchmarks.hot import afresh, measure_hot
from benchmarks.memory import measure_memory
from benchmarks.panel import panel
from benchmarks.places import CITY_REGION, SMALL, Size, make_place
from benchmarks.report import machine, page
from benchmarks.scenarios import scenarios
from benchmarks.starting import measure_start
from benchmarks.studies import COUNTED, studies_page
from benchmarks.studies import STUDIES as STUDIES_OF_PLANS
from benchmarks.timing import ROUNDS, in_turn
from placebudget.place import Place

ROOT = Path(__file__).resolve().parents[1]
SOLVER, GROWTH = "solver", "growth"
STUDIES = {
    **STUDIES_OF_PLANS,
    "board": board,
    "desk": desk,
    "document": document,
    "drawing": drawing,
    "panel": panel,
    "scenarios": scenarios,
}
SIZES = {size.name: size for size in (SMALL, CITY_REGION)}


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=list(SIZES))
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench")
    parser.add_argument("--first-stage-only", action="store_true")
    parser.add_argument(
        "--only", nargs="+", choices=[SOLVER, GROWTH, *STUDIES], default=[SOLVER, GROWTH, *STUDIES],
        help="solver: first stages, whole plans, one changed stream, memory, start",
    )  # fmt: skip
    parser.add_argument(
        "--count", type=int, default=0, help="fewer changed budgets, or runs of the cycle"
    )
    chosen = parser.parse_args(arguments)
    if not chosen.first_stage_only:
        run_studies([name for name in STUDIES if name in chosen.only], chosen.out, chosen.count)
    if GROWTH in chosen.only and not chosen.first_stage_only:
        say(GROWTH)
        growth.run(rounds=chosen.rounds)
    if SOLVER not in chosen.only:
        return
    here = measure([SIZES[name] for name in chosen.sizes], chosen.rounds, chosen.first_stage_only)
    results = [here]
    if not chosen.first_stage_only:
        results += measure_with_the_other_pulp(chosen)
    chosen.out.mkdir(parents=True, exist_ok=True)
    (chosen.out / "bench.json").write_text(json.dumps(results, indent=2), encoding="utf-8")
    (chosen.out / "bench.md").write_text(page(results), encoding="utf-8")
    if not chosen.first_stage_only:
        print(page(results))
        print(f"Written: {chosen.out / 'bench.md'} and bench.json")


def run_studies(names: list[str], out: Path, count: int = 0) -> None:
    """Measure studies by name; what was measured before of others is kept."""
    out.mkdir(parents=True, exist_ok=True)
    file = out / "studies.json"
    known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    for name in names:
        say(name)
        counted = COUNTED.get(name) if count else None
        found = STUDIES[name]() if counted is None else counted(count)
        known[name] = {"machine": machine(), "title": found.title, "rows": found.rows}
        file.write_text(json.dumps(known, indent=2), encoding="utf-8")
        print(studies_page([found]))
    if names:
        print(f"Written: {file}")


def measure(sizes: list[Size], rounds: int, first_stage_only: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"machine": machine(), "sizes": {}}
    for size in sizes:
        say(f"PuLP {pulp.__version__}, {size.name}: first stage")
        place = make_place(size)
        result = first_stage(place, rounds)
        if not first_stage_only:
            add_the_rest(place, result, rounds)
        found["sizes"][size.name] = result
    if not first_stage_only:
        say("import, reading, checking")
        found["start"] = {name: median(each) for name, each in measure_start(rounds).items()}
    return found


def first_stage(place: Place, rounds: int) -> dict[str, Any]:
    programme = of.programme_of(place)
    unknown = [of.afresh(place) for _ in range(rounds)]
    ways = {
        "ours, from tables": lambda: of.ours_from_tables(unknown.pop()),
        "ours, from arrays": lambda: of.ours_from_arrays(programme),
        "bare HiGHS, from arrays": lambda: of.bare_highs(programme),
        "plain PuLP, from arrays": lambda: of.plain_pulp(programme),
    }
    if importlib.util.find_spec("linopy"):
        importlib.import_module("linopy")  # its import is not what is measured
        ways["linopy, from arrays"] = lambda: of.with_linopy(programme)
    times = in_turn(ways, rounds)
    ratios = {
        f"first stage, against {name}": times.against("ours, from tables", f"{name}, from arrays")
        for name in ("bare HiGHS", "linopy", "plain PuLP")
        if f"{name}, from arrays" in ways
    }
    matrix = programme.matrix
    size = {
        "variables": matrix.width,
        "constraints": matrix.height,
        "non-zeros": len(matrix.value),
    }
    return {"programme": size, "seconds": times.medians(), "ratios": ratios, "rounds": vars(times)}


def add_the_rest(place: Place, result: dict[str, Any], rounds: int) -> None:
    seconds, ratios = result["seconds"], result["ratios"]
    say("  a whole plan")
    programme = of.programme_of(place)
    times = in_turn(
        {
            "ours, the one plan nearest to today": lambda: of.whole_plan(programme),
            "bare HiGHS, any best plan": lambda: of.bare_highs(programme),
        },
        rounds,
    )
    seconds |= times.medians()
    ratios["the one plan nearest to today, against any of bare HiGHS"] = times.against(*times.clock)
    say("  one changed stream")
    hot = measure_hot(place)
    fresh = in_turn({"plain PuLP afresh": lambda: afresh(place)}, rounds)
    cold, live = fresh.medians()["plain PuLP afresh"], hot.medians()["session"]
    for name, each in {**hot.medians(), **fresh.medians()}.items():
        seconds[f"one changed stream: {name}"] = each
    ratios["one changed stream, plain PuLP afresh against ours"] = tuple(
        slow / quick for slow, quick in zip(cold, live, strict=True)
    )
    ratios["one changed stream, against bare HiGHS live"] = hot.against(*hot.clock)
    say("  memory")
    result["memory"] = measure_memory(place)
    ours, other = result["memory"].values()
    ratios["peak memory, against bare HiGHS and pandas"] = (ours / other,)


def measure_with_the_other_pulp(chosen: argparse.Namespace) -> list[dict[str, Any]]:
    python = other_interpreter()
    if python is None:
        say("no interpreter with the other PuLP answers: name one in BENCH_PYTHON")
        return []
    out = chosen.out / "other"
    options = ["--sizes", *chosen.sizes, "--rounds", str(chosen.rounds), "--out", str(out)]
    subprocess.run(
        [python, "-m", "benchmarks", "--first-stage-only", *options],
        cwd=ROOT,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )
    found: list[dict[str, Any]] = json.loads((out / "bench.json").read_text(encoding="utf-8"))
    return found


def other_interpreter() -> str | None:
    """The first interpreter that has the other PuLP and what else is needed."""
    look = "import highspy, pandas, pulp; print(pulp.__version__.split('.')[0])"
    named = [os.environ["BENCH_PYTHON"]] if os.environ.get("BENCH_PYTHON") else []
    left = sorted(str(path) for path in (ROOT / ".venvs").glob("*/bin/python"))
    for python in [*named, *left, "python3.13", "python3.12", "python3.11"]:
        try:
            done = subprocess.run([python, "-c", look], capture_output=True, text=True, check=False)
        except OSError:
            continue
        if done.returncode == 0 and done.stdout.strip() != pulp.__version__.split(".")[0]:
            return python
    return None


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
