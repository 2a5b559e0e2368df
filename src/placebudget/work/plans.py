"""What was kept beside a place: plans, and whether they are of it as it is now; options."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from placebudget.errors import InvalidOption, WrongArgument
from placebudget.place import Option, Place
from placebudget.place.options import (
    file_stem,
    option_between,
    option_document,
    options_folder,
    save_option,
    stored_options,
)
from placebudget.place.origin import settings_digest, table_digests
from placebudget.plan.plan import ObjectiveValue
from placebudget.texts import Phrase, shown
from placebudget.work.changes import Changes
from placebudget.work.said import option_sentences
from placebudget.writing import content_of

ENDING = ".plan.json"
PLANS_FOLDER = "plans"
"""Where plans that were asked for are kept, beside their place."""
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
        read), ``status``, ``objective``, ``worth`` (what it reaches of that), ``option`` (what the
        option it was made with is called now), ``options`` (the names of those that are stored and
        make it up; none where they were others) and ``current``: whether the plan was made for
        these tables, with that option as it is stored now; None where that cannot be told.

    Examples
    --------
    >>> import tempfile
    >>> import placebudget as pb
    >>> place = pb.example("toy_pooling")
    >>> folder = place.write(Path(tempfile.mkdtemp()) / "toy")
    >>> saved = pb.simulate(place).to_json(folder / "today.plan.json")
    >>> (plan,) = plans_beside(folder, place)
    >>> plan["worth"], plan["current"]
    ('£285 million of public value', True)
    """
    folder = path if path.is_dir() else path.parent
    plans: list[dict[str, Any]] = []
    stored = _stored(path)[0]
    base = None if place is None else _base(settings_digest(place), table_digests(place))
    for file in list(_files(folder))[:_MOST]:
        try:
            there = file.stat()
            told = _told(file, there.st_mtime_ns, there.st_size)
        except (OSError, ValueError, OverflowError, RecursionError):
            told = None
        about = told or _Told()
        current = None if place is None or not about.inputs else about.inputs == place.digest
        options = _made_of(about.option, about.made, stored) if about.option else []
        if current is False and about.option:
            current = about.base == base and bool(options)
        name = file.relative_to(folder).as_posix()
        keys = ("name", "status", "objective", "worth", "option")
        shown = {each: getattr(about, each) for each in keys}
        shown["option"] = " + ".join(options) or about.option
        plans.append({"file": name, **shown, "options": options, "current": current})
    return plans


def plan_beside(path: Path, place: Place, **wanted: object) -> dict[str, Any] | None:
    """The first plan file beside a place that is of its tables as they are, and as is wanted.

    ``wanted`` are values of what :func:`plans_beside` tells; without ``option`` none was taken.
    """
    wanted = {"option": "", "current": True, **wanted}
    known = (plan for plan in plans_beside(path, place) if wanted.items() <= plan.items())
    return next(known, None)


def options_beside(path: Path, place: Place | None = None) -> list[dict[str, Any]]:
    """The options stored beside a place, by name.

    Parameters
    ----------
    path : Path
        Where the place lies.
    place : Place or None
        The place as it is now, where it can be read.

    Returns
    -------
    list of dict
        ``name`` (empty: they cannot be read), ``about`` (or why not), ``changes`` in words,
        ``at_desk`` (the same as a desk holds them), and ``unfit``: why it does not fit the place;
        empty where it does, None where that cannot be told.

    Examples
    --------
    >>> import tempfile
    >>> import placebudget as pb
    >>> place = pb.example("toy_pooling")
    >>> folder = place.write(Path(tempfile.mkdtemp()) / "toy")
    >>> stored = pb.Option("less need", "Less of it.").scale("needs", 0.9).save(folder)
    >>> options_beside(folder, place)[0]["changes"]
    ['People in Needs is multiplied by 0.9.']
    """
    stored, unread = _stored(path)
    if unread:
        return [{"name": "", "about": unread, "changes": [], "at_desk": [], "unfit": ""}]
    return [
        {"name": name, "about": option.description, **_looked_at(place, option)}
        for name, option in stored.items()
    ]


def named_together(path: Path, names: object) -> Option | None:
    """Options stored beside a place as one, in the order in which they are named.

    Parameters
    ----------
    path : Path
        Where the place lies.
    names : list of str
        Their names; none: there is no option.

    Raises
    ------
    WrongArgument
        If one of them is not stored there.
    InvalidOption
        If the options there cannot be read.
    """
    if not names:
        return None
    stored = stored_options(path)
    if not isinstance(names, list) or not all(isinstance(each, str) for each in names):
        raise WrongArgument("The names of the options are none.")
    for name in names:
        if name not in stored:
            raise WrongArgument(
                Phrase("No option %1 is stored beside the place any more.", shown(name))
            )
    together, *others = (stored[name] for name in names)
    for option in others:
        together = together + option
    return together


def mark_beside(path: Path) -> str:
    """A mark that changes whenever an option or a plan file beside a place does."""
    home = path if path.is_dir() else path.parent
    options = path if path.suffix.lower() == ".zip" else None
    files = [*_files(home), *sorted(options_folder(path).glob("*.json"))]
    marks = []
    for file in [*files, *([options] if options else [])]:
        with suppress(OSError):  # gone in this moment
            there = file.stat()
            marks.append(f"{file.name} {there.st_mtime_ns} {there.st_size}")
    return sha256("\n".join(marks).encode()).hexdigest()


def keep_as_option(path: Path, before: Place, after: Place, name: object, about: object) -> str:
    """Store what was changed of a place as an option beside it, and say where.

    Parameters
    ----------
    path : Path
        Where the place lies.
    before, after : Place
        The place as it stands in its files, and as it was changed.
    name, about : str
        The name of the option, and what it is for.

    Returns
    -------
    str
        Where it is kept, and what of the changes no option may make.

    Raises
    ------
    InvalidOption
        If nothing was changed that an option may hold, or the name is none or taken.

    Examples
    --------
    >>> import tempfile
    >>> import placebudget as pb
    >>> place = pb.example("toy_pooling")
    >>> folder = place.write(Path(tempfile.mkdtemp()) / "toy")
    >>> dear = pb.Option("dear").scale("offers", 1.1, "unit_cost").apply(place)
    >>> keep_as_option(folder, place, dear, "dearer", "All costs a tenth more.")
    'The changes are kept as the option dearer, in dearer.json.'
    """
    if after.settings != before.settings:
        raise InvalidOption(
            Phrase(
                "An option changes tables, and here settings of the place were changed too. Save "
                "those first, or take them back."
            )
        )
    made, refused = option_between(option_name(name), before, after)
    apart = Phrase(
        "These changes are not in it, as no option may make them: %1. Save the place to keep them.",
        "; ".join(refused),
    )
    if not made.changes and refused:
        nothing = Phrase("No option can hold what was changed.")
        raise InvalidOption(Phrase("%1 %2", nothing, apart))
    if not made.changes:
        raise InvalidOption(
            Phrase(
                "Nothing is changed in the tables that is not saved, so there is nothing to keep."
            )
        )
    kept = store_option(path, made, about)
    return Phrase("%1 %2", kept, apart) if refused else kept


def option_name(given: object) -> str:
    """The name that an option is given.

    Raises
    ------
    InvalidOption
        If it is none.
    """
    name = " ".join(given.split()) if isinstance(given, str) else ""
    if not file_stem(name):
        raise InvalidOption(Phrase("Give the option a name with a letter or digit."))
    return name


def store_option(path: Path, option: Option, about: object = "") -> str:
    """Store an option beside a place under a name that is free, and say where.

    Raises
    ------
    InvalidOption
        If it changes nothing, or its name is none or taken.
    """
    if not option.changes:
        raise InvalidOption(Phrase("Nothing is changed, so there is nothing to keep."))
    if option.name in stored_options(path):
        raise InvalidOption(
            Phrase("There is an option %1 already. Give this one another name.", shown(option.name))
        )
    kept = save_option(replace(option, description=str(about).strip()), path)
    return Phrase("The changes are kept as the option %1, in %2.", option.name, kept.name)


def _stored(path: Path) -> tuple[dict[str, Option], str]:
    """The options stored beside a place, or why they cannot be read."""
    try:
        return stored_options(path), ""
    except (InvalidOption, OSError) as error:
        return {}, str(error)


@lru_cache(maxsize=64)
def _looked_at(place: Place | None, option: Option) -> dict[str, Any]:
    """What an option changes, in words, and why it does not fit; the same for the same tables."""
    plain = {
        "changes": [str(each) for each in option.changes],
        "at_desk": option_document(option)["changes"],
    }
    if place is None:
        return {**plain, "unfit": None}
    try:
        option.apply(place)
    except InvalidOption as error:
        return {**plain, "unfit": "\n".join(map(str, error.findings))}
    at_desk = Changes.read(option).within(place).option(option.name, place)
    changes = option_document(at_desk)["changes"]
    return {"changes": option_sentences(option, place), "at_desk": changes, "unfit": ""}


def _made_of(name: str, made: str, stored: Mapping[str, Option]) -> list[str]:
    """The options that make just these changes, one after the other; none where none do.

    An option is what it changes: under another name it is the same. Where several change the same,
    those are meant whose names stand in ``name``, what they were called together when a plan was
    made with them.
    """
    changes = {each: option_document(option)["changes"] for each, option in stored.items()}
    named = sorted(
        (each for each, does in changes.items() if does), key=lambda n: (n not in name, -len(n))
    )
    wanted: list[Any] = json.loads(made) or []
    # How the changes up to each place are made, as far as that is known.
    ways: dict[int, list[str]] = {0: []}
    for at in range(len(wanted)):
        for each in named if at in ways else ():
            end = at + len(changes[each])
            if wanted[at:end] == changes[each]:
                ways.setdefault(end, [*ways[at], each])
    return ways.get(len(wanted), [])


def _base(settings: object, tables: object) -> str:
    return json.dumps([settings, tables], sort_keys=True)


def _files(folder: Path) -> Iterator[Path]:
    for pattern in (f"*{ENDING}", f"*/*{ENDING}"):
        found = folder.glob(pattern)
        yield from sorted(file for file in found if not file.parent.name.startswith("."))


def _worth(objective: object) -> str:
    """What a plan reaches, as its file has it; empty where that is no figure."""
    held = objective if isinstance(objective, dict) else {}
    name, unit, value = (held.get(each) for each in ("name", "unit", "value"))
    if not isinstance(value, int | float) or not math.isfinite(value):
        return ""
    return ObjectiveValue(str(name), str(unit), float(value)).amount


class _Told(NamedTuple):
    """What a plan file says of itself; of one that holds none, nothing."""

    name: str = ""
    status: str = ""
    objective: str = ""
    worth: str = ""
    inputs: str = ""
    option: str = ""
    made: str = ""
    base: str = ""


@lru_cache(maxsize=200)
def _told(file: Path, modified: int, size: int) -> _Told | None:
    """What a plan file says of itself; None where it holds none."""
    held = json.loads(content_of(file)) if size <= _LARGEST else None
    if not isinstance(held, dict) or not isinstance(held.get("run"), dict):
        return None
    objective, run = held.get("objective"), held["run"]
    option, place = run.get("option"), run.get("place")
    with_option = isinstance(option, dict)
    return _Told(
        name=str(held.get("name", "")),
        status=str(held.get("status", "")),
        objective=str(objective.get("name", "")) if isinstance(objective, dict) else "",
        worth=_worth(objective),
        inputs=str(run.get("inputs", "")),
        option=str(option.get("name", "")) if with_option else "",
        made=json.dumps(option.get("changes")) if with_option else "",
        base=_base(place.get("settings"), place.get("tables")) if isinstance(place, dict) else "",
    )
