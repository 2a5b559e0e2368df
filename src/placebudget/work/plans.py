"""What was kept beside a place: plans, and whether they are of it as it is now; options."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from placebudget.errors import InvalidOption
from placebudget.place import Place
from placebudget.place.options import stored_options
from placebudget.writing import content_of

ENDING = ".plan.json"
_MOST = 100
_LARGEST = 32 * 1024 * 1024


def plans_beside(path: Path, place: Place | None) -> list[dict[str, Any]]:
    """The plan files in the folder of a place and in its own folders, by name.

    Parameters
    ----------
    path : Path
        Where the place lies.
    place : Place or None
        The place as it is now, where it can be read.

    Returns
    -------
    list of dict
        ``file`` (from the folder), ``name`` (of the kind of plan; empty: it is none that can be
        read), ``status``, ``objective`` and ``current``: whether the plan was made for these
        tables, None where that cannot be told.

    Examples
    --------
    >>> import tempfile
    >>> import placebudget as pb
    >>> place = pb.example("toy_pooling")
    >>> folder = place.write(Path(tempfile.mkdtemp()) / "toy")
    >>> saved = pb.simulate(place).to_json(folder / "today.plan.json")
    >>> plans_beside(folder, place)[0]["current"]
    True
    """
    folder = path if path.is_dir() else path.parent
    plans: list[dict[str, Any]] = []
    for file in list(_files(folder))[:_MOST]:
        try:
            there = file.stat()
            told = _told(file, there.st_mtime_ns, there.st_size)
        except (OSError, ValueError, RecursionError):
            told = None
        name = file.relative_to(folder).as_posix()
        if told is None:
            told = {"name": "", "status": "", "objective": "", "inputs": ""}
        inputs = told["inputs"]
        current = None if place is None or not inputs else inputs == place.digest
        about = {key: told[key] for key in ("name", "status", "objective")}
        plans.append({"file": name, **about, "current": current})
    return plans


def options_beside(path: Path) -> list[dict[str, str]]:
    """The options stored beside a place, by name: ``name``, ``about``, and why one is unread.

    Examples
    --------
    >>> import tempfile
    >>> import placebudget as pb
    >>> folder = pb.example("toy_pooling").write(Path(tempfile.mkdtemp()) / "toy")
    >>> stored = pb.Option("less need", "Less of it.").scale("needs", 0.9).save(folder)
    >>> options_beside(folder)
    [{'name': 'less need', 'about': 'Less of it.'}]
    """
    try:
        stored = stored_options(path)
    except (InvalidOption, OSError) as error:
        return [{"name": "", "about": str(error)}]
    return [{"name": name, "about": option.description} for name, option in stored.items()]


def _files(folder: Path) -> Iterator[Path]:
    for pattern in (f"*{ENDING}", f"*/*{ENDING}"):
        found = folder.glob(pattern)
        yield from sorted(file for file in found if not file.parent.name.startswith("."))


@lru_cache(maxsize=200)
def _told(file: Path, modified: int, size: int) -> dict[str, str] | None:
    """What a plan file says of itself; None where it holds none."""
    held = json.loads(content_of(file)) if size <= _LARGEST else None
    if not isinstance(held, dict) or not isinstance(held.get("run"), dict):
        return None
    objective = held.get("objective")
    return {
        "name": str(held.get("name", "")),
        "status": str(held.get("status", "")),
        "objective": str(objective.get("name", "")) if isinstance(objective, dict) else "",
        "inputs": str(held["run"].get("inputs", "")),
    }
