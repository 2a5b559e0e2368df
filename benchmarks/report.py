"""What was measured as JSON and as a page, with machine and versions."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

PACKAGES = ("placebudget", "pulp", "highspy", "linopy", "pandas", "numpy")
# (what, at most or at least, target) by the name of a ratio.
TARGETS = {
    "first stage, against bare HiGHS": ("at most", 1.5),
    "first stage, against linopy": ("below", 1.0),
    "first stage, against plain PuLP": ("below", 1.0),
    "the one plan nearest to today, against any of bare HiGHS": ("at most", 1.6),
    "one changed stream, plain PuLP afresh against ours": ("at least", 30.0),
    "one changed stream, against bare HiGHS live": ("at most", 1.3),
    "peak memory, against bare HiGHS and pandas": ("at most", 1.5),
}


def machine() -> dict[str, Any]:
    """The machine and the versions at work."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return {
        "system": platform.platform(),
        "processors": os.cpu_count(),
        "load": os.getloadavg() if hasattr(os, "getloadavg") else None,
        "python": platform.python_version(),
        **found,
    }


def page(results: list[dict[str, Any]]) -> str:
    """All results as Markdown."""
    parts = ["# Measurements\n"]
    for result in results:
        parts.append(_of_one(result))
    return "\n".join(parts)


def _of_one(result: dict[str, Any]) -> str:
    here = result["machine"]
    lines = [f"## PuLP {here['pulp']} on Python {here['python']}\n"]
    lines.append(", ".join(f"{name} {value}" for name, value in here.items()) + "\n")
    for size, found in result["sizes"].items():
        counts = found["programme"]
        lines.append(
            f"### {size}: {counts['variables']:,} variables, {counts['constraints']:,} "
            f"constraints, {counts['non-zeros']:,} non-zeros\n"
        )
        lines += ["| seconds, median | clock | processor |", "|---|---:|---:|"]
        lines += [_row(name, pair, ".4f") for name, pair in found["seconds"].items()]
        lines += ["", "| times as much | clock | processor | target |", "|---|---:|---:|---|"]
        lines += [
            f"{_row(name, pair, '.2f')} {_target(name)} |" for name, pair in found["ratios"].items()
        ]
        if "memory" in found:
            lines += ["", "| peak memory | MiB |", "|---|---:|"]
            lines += [f"| {name} | {size:.0f} |" for name, size in found["memory"].items()]
        lines.append("")
    if result.get("start"):
        lines += ["| start | seconds, median |", "|---|---:|"]
        lines += [f"| {name} | {seconds:.3f} |" for name, seconds in result["start"].items()]
        lines.append("")
    return "\n".join(lines)


def _row(name: str, pair: Sequence[float], form: str) -> str:
    clock, *processor = (format(value, form) for value in pair)
    return f"| {name} | {clock} | {''.join(processor)} |"


def _target(name: str) -> str:
    kind, target = TARGETS.get(name, (None, None))
    return "" if kind is None else f"{kind} {target:g}"
