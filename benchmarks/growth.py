"""Growth: how seconds and memory rise with columns, beside bare HiGHS, linopy and plain PuLP.

``python -m benchmarks --only growth`` measures and says what has grown since the last that is kept
in ``benchmarks/kept``; ``python -m benchmarks.growth --keep`` keeps it, by version, and writes
``docs/growth.md`` with its picture. Seconds are of the processor, and ours and the others' are
taken in turn in one process, so that what else the machine does meets them all.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import json
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from statistics import mean, median
from typing import Any

import placebudget as pb
from benchmarks import contenders as of
from benchmarks.memory import measure_memory
from benchmarks.places import CITY_REGION, SMALL, Size, make_place
from benchmarks.report import PACKAGES, machine
from benchmarks.starting import importing
from benchmarks.timing import agree
from placebudget.apps import board
from placebudget.plan.drawing import plan_drawing
from placebudget.programme.build import write
from placebudget.solver import RunLimits, limit_prices, solve

ROOT = Path(__file__).resolve().parents[1]
KEPT, PAGE = ROOT / "benchmarks" / "kept", ROOT / "docs" / "growth.md"
PICTURE = PAGE.with_suffix(".svg")
FOUND = ROOT / "build" / "bench" / "growth.json"
SIZES = (
    SMALL,
    Size("town", 5, 5, 3, 2, 2),
    Size("county", 7, 8, 4, 3, 3),
    CITY_REGION,
)
# Rounds, and how many times as many for places that are solved in a moment.
ROUNDS, MORE = 3, 3
# What nobody asks of a place this large in one go is not measured of larger ones, in columns.
PRICED, SHOWN = 40_000, 15_000
BARE, OURS = "bare HiGHS", "placebudget, from tables"
OURS_READ, BARE_READ = "placebudget, from files", "bare HiGHS, files read by pandas"
WRITING = "of it, writing constraints"
MEMORY, IMPORT = "peak memory", "import"
# Times as much as of bare HiGHS, by how many columns there are; of memory; of an import of pandas.
AIMS = {"small": 2.0, "city-region": 1.2, MEMORY: 1.3, IMPORT: 2.0}
# A ratio that is larger by this has grown; below a thousandth of a second nothing is said.
TOLERANCE, LEAST = 1.3, 1e-3

Found = dict[str, Any]


def measure(sizes: tuple[Size, ...] = SIZES, rounds: int = ROUNDS) -> Found:
    """Seconds and memory of each size."""
    importing("placebudget")  # what is compiled at the first import is compiled from here on
    found: Found = {"date": f"{datetime.now(UTC):%Y-%m-%d}", "machine": machine(), "sizes": {}}
    for size in sizes:
        found["sizes"][size.name] = one_size(size, rounds)
    pairs = [(importing("placebudget"), importing("pandas")) for _ in range(rounds)]
    found["import"] = {
        "placebudget": median(ours for ours, _ in pairs),
        "pandas": median(other for _, other in pairs),
        "ratio": median(ours / other for ours, other in pairs),
    }
    return found


def one_size(size: Size, rounds: int) -> Found:
    """Seconds of the processor, ratios and memory of one made-up place."""
    place = make_place(size)
    programme = of.programme_of(place)
    columns = programme.matrix.width
    with tempfile.TemporaryDirectory() as folder:
        written = place.write(Path(folder, "place"))
        same: dict[str, Callable[[], float]] = {
            OURS: lambda: of.ours_from_tables(of.afresh(place)),
            BARE: lambda: of.bare_highs(programme),
            OURS_READ: lambda: of.ours_from_files(written),
            BARE_READ: lambda: of.bare_highs_from_files(written, programme),
            "plain PuLP": lambda: of.plain_pulp(programme),
        }
        if importlib.util.find_spec("linopy"):
            same["linopy"] = lambda: of.with_linopy(programme)
        agree({name: work() for name, work in same.items()})
        # Before there are plans: what else is held makes whoever makes many things slower.
        taken = _in_turn(same, rounds * (MORE if columns <= SHOWN else 1))
        solution = solve(programme, tie_break=False)
        plan = pb.optimise(place, prices=False)
        stages: dict[str, Callable[[], object]] = {
            BARE: lambda: of.bare_highs(programme),
            "reading": lambda: pb.read(written),
            "checking": lambda: of.afresh(place).check(),
            "building": lambda: of.programme_of(of.afresh(place)),
            WRITING: lambda: write(programme.basis, ["public value"]),
            "solving": lambda: of.ours_from_arrays(programme),
            "a verified plan": lambda: pb.optimise(of.afresh(place), prices=False),
            "drawing": lambda: plan_drawing(plan),
        }
        if columns <= PRICED:
            stages["25 prices"] = lambda: limit_prices(programme, solution, RunLimits())
        if columns <= SHOWN:
            stages["board, all plans"] = lambda: board(of.afresh(place)).wait()
        later = _in_turn(stages, rounds)
        parts = _parts(written, programme, rounds * (MORE if columns <= SHOWN else 1))
    memory = measure_memory(place, rounds)
    return {
        "columns": columns,
        "rows": programme.matrix.height,
        "seconds": {name: median(each) for name, each in {**later, **taken}.items()},
        "ratios": {**_beside(later), **_beside(taken)},
        "like": median(a / b for a, b in zip(taken[OURS_READ], taken[BARE_READ], strict=True)),
        "parts": parts,
        "memory": memory,
    }


def _parts(written: Path, programme: Any, rounds: int) -> dict[str, dict[str, float]]:
    """Mean seconds of the steps from files to values, one after the other, so that they add up."""
    taken: dict[str, list[list[float]]] = {OURS_READ: [], BARE_READ: []}
    for _ in range(rounds):
        gc.collect()
        at = [time.process_time()]
        place = pb.read(written)
        at.append(time.process_time())
        made = of.programme_of(place)
        at.append(time.process_time())
        of.ours_from_arrays(made)
        at.append(time.process_time())
        taken[OURS_READ].append([later - before for before, later in pairwise(at)])
        gc.collect()
        at = [time.process_time()]
        of.read_by_pandas(written)
        at.append(time.process_time())
        of.bare_highs(programme)
        at.append(time.process_time())
        taken[BARE_READ].append([later - before for before, later in pairwise(at)])
    names = {OURS_READ: ("reading", "writing", "solving"), BARE_READ: ("reading", "solving")}
    return {
        who: dict(zip(names[who], map(mean, zip(*each, strict=True)), strict=True))
        for who, each in taken.items()
    }


def _beside(taken: Mapping[str, list[float]]) -> dict[str, float]:
    """Medians of how many times as long as bare HiGHS each took in the same round."""
    return {
        name: median(a / b for a, b in zip(each, taken[BARE], strict=True))
        for name, each in taken.items()
    }


def _in_turn(ways: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    taken: dict[str, list[float]] = {name: [] for name in ways}
    names = list(ways)
    for n in range(rounds):
        for name in names[n % len(names) :] + names[: n % len(names)]:
            gc.collect()
            started = time.process_time()
            ways[name]()
            taken[name].append(time.process_time() - started)
    return taken


# --- what has grown -----------------------------------------------------------------


def grown(before: Found, now: Found) -> list[str]:
    """What takes more than before beside bare HiGHS, which is slower and faster with the machine.

    Examples
    --------
    >>> one = {"seconds": {"reading": 0.2}, "ratios": {"reading": 2.0}, "memory": {"a": 3, "b": 2}}
    >>> other = {**one, "ratios": {"reading": 3.0}}
    >>> grown({"sizes": {"town": one}}, {"sizes": {"town": other}})
    ['town, reading: 3 times bare HiGHS, where it was 2']
    """
    said = []
    for size, mine in now["sizes"].items():
        past = before["sizes"].get(size)
        if past is None:
            continue
        for name, ratio in mine["ratios"].items():
            was = past["ratios"].get(name)
            if was and ratio > TOLERANCE * was and mine["seconds"][name] > LEAST:
                said.append(f"{size}, {name}: {ratio:.3g} times bare HiGHS, where it was {was:.3g}")
        ratio, was = _memory(mine), _memory(past)
        if ratio > TOLERANCE * was:
            said.append(f"{size}, {MEMORY}: {ratio:.3g} times, where it was {was:.3g}")
    return said


def _memory(size: Found) -> float:
    ours, other = size["memory"].values()
    return float(ours / other)


def kept() -> list[Path]:
    """What is kept, oldest first."""
    return sorted(KEPT.glob("*.json"), key=lambda path: json.loads(path.read_text())["date"])


def compared(now: Found) -> str:
    """What has grown since the last that is kept, in words."""
    last = kept()
    if not last:
        return "Nothing is kept yet to compare with."
    said = grown(json.loads(last[-1].read_text("utf-8")), now)
    if not said:
        return f"Nothing has grown by more than {TOLERANCE:g} times since {last[-1].stem}."
    return "\n".join([f"Grown since {last[-1].stem}:", *(f"- {each}" for each in said)])


# --- the page -----------------------------------------------------------------------


def page(found: Found) -> str:
    """The page of the site, from what is kept."""
    here, sizes = found["machine"], found["sizes"]
    names = list(dict.fromkeys(name for each in sizes.values() for name in each["seconds"]))
    versions = ", ".join(f"{name} {here[name]}" for name in PACKAGES)
    head = [f"{name}: {each['columns']:,} columns" for name, each in sizes.items()]
    lines = [
        "# How work grows with size",
        "",
        "Written by `python -m benchmarks.growth --keep` from what `make bench` measured.",
        "",
        "![Seconds against columns, both by powers of ten](growth.svg)",
        "",
        "## What it rests on",
        "",
        f"- Measured on {found['date']}: {here['system']}, {here['processors']} processors, Python "
        f"{here['python']}, {versions}.",
        f"- The load of the machine was {here['load'][0]:.1f} as it began. Seconds are of the "
        "processor, medians of rounds in which each is taken in turn; what counts are ratios "
        "beside bare HiGHS of the same round.",
        *([f"- {found['apart']}"] if "apart" in found else []),
        "- The places are made up (`benchmarks/places.py`), pooled. All find the same value, and "
        "read it back; what else is in each:",
        "",
        "| | reads files | writes the programme from tables | solves | checks places, verifies the "
        "plan, picks the one nearest to today, prices |",
        "|---|---|---|---|---|",
        *(f"| {' | '.join(row)} |" for row in IN_EACH),
        "",
        "## Seconds of the processor",
        "",
        f"| | {' | '.join(head)} |",
        f"|---|{'---:|' * len(sizes)}",
    ]
    for name in names:
        cells = [_cell(each["seconds"].get(name)) for each in sizes.values()]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    lines += [
        "",
        f"Prices are measured up to {PRICED:,} columns, a board's plans up to {SHOWN:,}; a dash "
        "stands for what was not.",
        "",
        "## Times as much as bare HiGHS",
        "",
        f"| | {' | '.join(sizes)} |",
        f"|---|{'---:|' * len(sizes)}",
    ]
    for name in names:
        if name != BARE:
            cells = [_cell(each["ratios"].get(name)) for each in sizes.values()]
            lines.append(f"| {name} | {' | '.join(cells)} |")
    cells = [_cell(_memory(each)) for each in sizes.values()]
    lines += [
        f"| {MEMORY}, beside bare HiGHS with pandas | {' | '.join(cells)} |",
        "",
        "## Aims",
        "",
    ]
    lines += [
        "Whoever writes a model reads its files first, so that both read the same: placebudget its "
        "files, HiGHS the finished arrays once pandas has read those files. Beside finished "
        "arrays alone placebudget from tables is in the table above.",
        "",
    ]
    lines += ["| aim | at most | found | |", "|---|---:|---:|---|"]
    for what, most, is_ in aims(found):
        lines.append(f"| {what} | {most:g} | {is_:.4g} | {'met' if is_ <= most else 'missed'} |")
    return "\n".join([*lines, "", *_reasons(sizes), ""])


IN_EACH = (
    (OURS, "no", "yes", "yes", "no"),
    (OURS_READ, "yes, types too", "yes", "yes", "no"),
    (BARE, "no", "no: it is given the finished arrays", "yes", "no"),
    (BARE_READ, "yes, by `read_csv` alone", "no: it is given them", "yes", "no"),
    ("linopy", "no", "its own model, from finished blocks", "yes", "no"),
    ("plain PuLP", "no", "its own model, from finished blocks", "yes", "no"),
    ("a verified plan", "no", "yes", "yes", "yes, without prices"),
)


def _reasons(sizes: Mapping[str, Found]) -> list[str]:
    """Where the time and memory of a small place go, by what was measured one after the other."""
    small = {
        who: {name: 1000 * seconds for name, seconds in each.items()}
        for who, each in sizes["small"]["parts"].items()
    }
    ours, other = small[OURS_READ], small[BARE_READ]
    mine, theirs = sizes["small"]["memory"].values()
    return [
        f"Of the {sum(ours.values()):.0f} thousandths of a second of a small place from its files "
        f"{ours['reading']:.0f} go into reading, {ours['writing']:.0f} into",
        f"writing the programme, {ours['solving']:.0f} into solving; beside it pandas reads for "
        f"{other['reading']:.0f} and HiGHS solves for {other['solving']:.0f}. These are means of",
        "steps timed one after the other. Reading gives each cell its type and finds what does not "
        "fit; writing works out",
        "defaults for blanks, prices of the year, rates, areas within areas and streams that are "
        "alike, which somebody who gives",
        "HiGHS its arrays has worked out beforehand. Both hang more on how many tables and columns "
        "there are than on rows.",
        "",
        f"Of the {mine - theirs:.0f} MiB that a small place takes beyond HiGHS with pandas most "
        "are the package itself, as it is imported.",
    ]


def aims(found: Found) -> list[tuple[str, float, float]]:
    """What was aimed at: in words, at most, found."""
    sizes = found["sizes"]
    rows = [
        (f"{name} cold, both from files", AIMS[name], sizes[name]["like"])
        for name in ("small", "city-region")
        if name in sizes
    ]
    rows += [
        (f"{MEMORY} of {name}, beside bare HiGHS with pandas", AIMS[MEMORY], _memory(each))
        for name, each in sizes.items()
    ]
    return [*rows, ("import, beside pandas", AIMS[IMPORT], found["import"]["ratio"])]


def _cell(number: float | None) -> str:
    if number is None:
        return "–"
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


DRAWN = ("reading", "checking", "building", OURS, BARE, "linopy", "plain PuLP", "25 prices")
_WIDE, _HIGH, _LEFT, _TOP = 720, 420, 60, 20
_COLOURS = ("#7a7a7a", "#b07c00", "#00705a", "#003f88", "#000000", "#a33d8f", "#c03a2b", "#4f8ac9")


def picture(found: Found) -> str:
    """Seconds against columns, both by powers of ten, as SVG."""
    from math import ceil, floor, log10

    sizes = list(found["sizes"].values())
    at = [log10(each["columns"]) for each in sizes]
    lines = {
        name: [
            (x, log10(each["seconds"][name]))
            for x, each in zip(at, sizes, strict=True)
            if name in each["seconds"]
        ]
        for name in DRAWN
    }
    every = [y for points in lines.values() for _, y in points]
    low, high, left, right = floor(min(every)), ceil(max(every)), min(at), max(at)

    def x_of(x: float) -> float:
        return round(_LEFT + (x - left) / (right - left or 1) * (_WIDE - _LEFT - 190), 1)

    def y_of(y: float) -> float:
        return round(_TOP + (high - y) / (high - low) * (_HIGH - _TOP - 50), 1)

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {_HIGH}" role="img" '
        'font-family="sans-serif" font-size="12"><title>Seconds of the processor against columns'
        '</title><rect width="100%" height="100%" fill="#ffffff"/>'
    ]
    for power in range(low, high + 1):
        y = y_of(power)
        out.append(
            f'<line x1="{_LEFT}" x2="{_WIDE - 190}" y1="{y}" y2="{y}" stroke="#dddddd"/>'
            f'<text x="{_LEFT - 6}" y="{y + 4}" text-anchor="end">{10.0**power:g} s</text>'
        )
    for x, each in zip(at, sizes, strict=True):
        out.append(
            f'<text x="{x_of(x)}" y="{_HIGH - 28}" text-anchor="middle">{each["columns"]:,}</text>'
        )
    out.append(f'<text x="{_LEFT}" y="{_HIGH - 8}">columns of the programme</text>')
    ends = sorted(
        ((y_of(points[-1][1]), name) for name, points in lines.items() if points), reverse=False
    )
    label = {name: y for y, name in ends}
    for (_, above), (_, below) in pairwise(ends):
        label[below] = max(label[below], label[above] + 14)
    for (name, points), colour in zip(lines.items(), _COLOURS, strict=True):
        if not points:
            continue
        path = " ".join(f"{x_of(x)},{y_of(y)}" for x, y in points)
        out.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
            f'<text x="{_WIDE - 182}" y="{label[name] + 4}" fill="{colour}">{name}</text>'
        )
    return "\n".join([*out, "</svg>", ""])


def keep(found: Found) -> Path:
    """Keep what was measured under its version, and write its page."""
    KEPT.mkdir(exist_ok=True)
    path = KEPT / f"{found['machine']['placebudget']}.json"
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    write_page(found)
    return path


def write_page(found: Found) -> None:
    """The page and its picture."""
    PAGE.write_text(page(found), encoding="utf-8")
    PICTURE.write_text(picture(found), encoding="utf-8")


def run(sizes: tuple[Size, ...] = SIZES, rounds: int = ROUNDS) -> Found:
    """Measure, write ``build/bench/growth.json`` and say what has grown."""
    found = measure(sizes, rounds)
    FOUND.parent.mkdir(parents=True, exist_ok=True)
    FOUND.write_text(json.dumps(found, indent=1), encoding="utf-8")
    print(compared(found))
    return found


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("--keep", action="store_true", help="keep what was measured last")
    keeping = parser.parse_args(arguments).keep
    if not FOUND.exists():
        raise SystemExit("nothing is measured yet: python -m benchmarks --only growth")
    found = json.loads(FOUND.read_text(encoding="utf-8"))
    print(compared(found))
    if keeping:
        print(f"Kept: {keep(found)}, and {PAGE} written")


if __name__ == "__main__":
    main()
