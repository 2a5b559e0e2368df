"""What the commands in JupyterLab ask for, checked before anything is made."""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from placebudget.errors import WrongArgument
from placebudget.place import examples, schema
from placebudget.place.io.folder import PACKAGE
from placebudget.place.options import file_stem
from placebudget.place.settings import Settings, start_of, years_between
from placebudget.texts import key_of

LONGEST_NAME = 200
MOST_AGENCIES = 50
MOST_YEARS = 10


@dataclass(frozen=True)
class Agency:
    """A body that holds money in a new place.

    Parameters
    ----------
    name, sector : str
        As in the table of agencies.
    known_by : str
        With published files: its money, or its name in them and the share that is the place's.
    """

    name: str
    sector: str
    known_by: str = ""


@dataclass(frozen=True)
class NewPlace:
    """A place to be made: its title, financial years and agencies.

    Parameters
    ----------
    title : str
        Its title; of a place from files, the name of its council in them.
    years : tuple of str
        Financial years; none: those after the outturn of a place from files.
    agencies : tuple of Agency
        Who holds the money.
    files : mapping of str to bytes
        Published files that it is made from, by name; none: invented figures.
    residents : tuple of str
        Residents of its councils where no file says how many, such as ``Exampleton=200,000``; a
        number alone is of the council of the place's name.
    ahead : int
        How many years after the outturn, where none are named.
    """

    title: str
    years: tuple[str, ...]
    agencies: tuple[Agency, ...]
    files: Mapping[str, bytes] = field(default_factory=dict)
    residents: tuple[str, ...] = ()
    ahead: int = 0


def sectors() -> tuple[str, ...]:
    """The sectors an agency may be of."""
    columns = {column.name: column for column in schema()["agencies"].columns}
    return columns["sector"].allowed


def requested_folder(asked: Mapping[str, Any]) -> str:
    """The folder to make something in, as a path from the server's folder.

    Raises
    ------
    WrongArgument
        If it leads elsewhere than into the server's folder.
    """
    folder = asked.get("folder", "")
    if not isinstance(folder, str):
        raise WrongArgument("The folder is not text.")
    parts = [part for part in folder.split("/") if part]
    if folder.startswith("/") or any(not _is_folder_name(part) for part in parts):
        raise WrongArgument("The folder must stand in the folder that Jupyter shows.")
    return "/".join(parts)


def requested_place_path(path: object) -> str:
    """The path of a place that is opened, from the server's folder; empty: that folder itself.

    Raises
    ------
    WrongArgument
        If it leads elsewhere, or its name is not one of a place.

    Examples
    --------
    >>> requested_place_path("work/northvale/datapackage.json")
    'work/northvale'
    >>> requested_place_path("work/northvale.place.zip")
    'work/northvale.place.zip'
    """
    held = requested_folder({"folder": path})
    name = held.rpartition("/")[2]
    if name == PACKAGE:
        return held.removesuffix(name).rstrip("/")
    if not name.lower().endswith((".xlsx", ".zip")):
        raise WrongArgument(
            f"A place is opened by the {PACKAGE} of its folder, as an .xlsx workbook or as a .zip."
        )
    return held


def requested_example(asked: Mapping[str, Any]) -> str:
    """The name of an example place.

    Raises
    ------
    WrongArgument
        If there is no such example.
    """
    name = asked.get("name")
    if not isinstance(name, str) or name not in examples():
        raise WrongArgument(f"There is no such example place. Examples: {', '.join(examples())}.")
    return name


def requested_place(asked: Mapping[str, Any]) -> NewPlace:
    """The place to be made.

    Raises
    ------
    WrongArgument
        If it cannot be made; all that does not fit is said at once.
    """
    problems: list[str] = []
    title = _name(asked.get("title"), "The title", problems)
    files = _files(asked.get("files", []), problems)
    count = _how_many(asked.get("years"), problems)
    first = asked.get("first_year")
    years = () if files and first == "" else _years(first, count, problems)
    agencies = _agencies(asked.get("agencies"), problems, 0 if files else 1)
    residents = asked.get("residents", "")
    if not isinstance(residents, str):
        problems.append("The residents are no text.")
    _refuse(problems)
    lines = tuple(line.replace("\t", "=") for line in residents.splitlines() if line.strip())
    return NewPlace(title, years, agencies, files, lines, count)


def requested_start(asked: Mapping[str, Any]) -> Settings | tuple[str, bytes]:
    """What a new place begins with: its title and years, or the name and content of a workbook.

    Raises
    ------
    WrongArgument
        If it cannot be made; all that does not fit is said at once.
    """
    problems: list[str] = []
    if "files" in asked:
        files = _files(asked["files"], problems)
        if not problems and [name.lower().endswith(".xlsx") for name in files] != [True]:
            problems.append("Choose one workbook, a file that ends in .xlsx.")
        _refuse(problems)
        return next(iter(files.items()))
    title = _name(asked.get("title"), "The title", problems)
    count = _how_many(asked.get("years"), problems)
    years = _years(asked.get("first_year"), count, problems)
    _refuse(problems)
    return Settings(key_of(title, "place"), years, title)


COPIES = ("", ".place.xlsx", ".place.zip")
"""How the names of copies end: folders, workbooks, archives."""


def requested_copy(path: Path, asked: Mapping[str, Any]) -> Path:
    """Where a copy of a place is to be written: beside it, under a name that is free.

    Raises
    ------
    WrongArgument
        If the name or the form is none, or something of that name is there.

    Examples
    --------
    >>> requested_copy(Path("work/tiny"), {"name": "Tiny & more", "form": ".place.zip"}).name
    'tiny_more.place.zip'
    """
    name, form = asked.get("name"), asked.get("form")
    stem = file_stem(name) if isinstance(name, str) else ""
    if not stem:
        raise WrongArgument("Give the place a name with a letter or digit.")
    if form not in COPIES:
        raise WrongArgument("A place is written as a folder, a .place.xlsx or a .place.zip.")
    goal = path.parent / f"{stem}{form}"
    if goal.exists():
        raise WrongArgument(f"{goal.name} is there already; give another name.")
    return goal


def requested_answers(asked: Mapping[str, Any]) -> tuple[dict[str, str | bool], bytes | None]:
    """What was typed into the form of a study, and a file that was brought with it.

    Raises
    ------
    WrongArgument
        If it is no form.
    """
    given = asked.get("given") or {}
    if not isinstance(given, dict) or not all(isinstance(e, str | bool) for e in given.values()):
        raise WrongArgument("What was typed into the form of the study is none.")
    problems: list[str] = []
    files = _files(asked.get("files") or [], problems)
    _refuse(problems)
    return given, next(iter(files.values()), None)


def requested_setting(given: object) -> tuple[str, str | bool | float]:
    """What a control of a desk was set to: its key, and what it holds.

    Raises
    ------
    WrongArgument
        If it is no such pair.
    """
    if isinstance(given, list) and len(given) == 2:
        key, value = given
        if isinstance(key, str) and isinstance(value, str | bool | int | float):
            return key, value
    raise WrongArgument("What was set at the desk is no control with what it holds.")


def _is_folder_name(part: str) -> bool:
    return not part.startswith(".") and _is_plain(part, "\\:") and len(part.encode()) < 256


def _is_plain(text: str, refused: str = "") -> bool:
    """Whether text has neither control characters nor halves of characters."""
    return not any(
        letter in refused or unicodedata.category(letter) in ("Cc", "Cs", "Co", "Cn")
        for letter in text
    )


def _name(value: Any, what: str, problems: list[str]) -> str:
    name = " ".join(value.split()) if isinstance(value, str) else ""
    if not name:
        problems.append(f"{what} is missing.")
    elif len(name) > LONGEST_NAME:
        problems.append(f"{what} has {len(name)} characters; up to {LONGEST_NAME} fit.")
    elif not _is_plain(name):
        problems.append(f"{what} holds characters that are not text.")
    return name


def _refuse(problems: list[str]) -> None:
    """Say all that does not fit at once, where anything does not."""
    if problems:
        raise WrongArgument(" ".join(problems))


def _how_many(count: Any, problems: list[str]) -> int:
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= MOST_YEARS:
        problems.append(f"The number of years must be from 1 to {MOST_YEARS}.")
        return 1
    return count


def _years(first: Any, count: int, problems: list[str]) -> tuple[str, ...]:
    try:
        start = start_of(first[:20] if isinstance(first, str) else "")
    except ValueError:
        problems.append("The first financial year must be written as 2027-28.")
        return ()
    if not 1900 <= start <= 2200:
        problems.append("The first financial year must be between 1900 and 2200.")
        return ()
    return years_between(str(start), count)


def _files(values: Any, problems: list[str]) -> dict[str, bytes]:
    """Files by name; a name is that of a file alone, and leads nowhere."""
    files: dict[str, bytes] = {}
    if not isinstance(values, list) or not all(isinstance(each, dict) for each in values):
        problems.append("The files are not a list.")
        return files
    for number, value in enumerate(values, start=1):
        name, content = value.get("name"), value.get("content")
        if not isinstance(name, str) or "/" in name or not _is_folder_name(name):
            problems.append(f"The name of file {number} is none.")
            continue
        try:
            files[name] = base64.b64decode(content, validate=True)
        except (TypeError, ValueError):
            problems.append(f"The content of file {number} is not in base64.")
    return files


def _agencies(values: Any, problems: list[str], least: int) -> tuple[Agency, ...]:
    if not isinstance(values, list) or not all(isinstance(each, dict) for each in values):
        problems.append("The agencies are not a list.")
        return ()
    if not least <= len(values) <= MOST_AGENCIES:
        problems.append(f"Name from {least} to {MOST_AGENCIES} agencies.")
        return ()
    found = []
    for number, value in enumerate(values, start=1):
        name = _name(value.get("name"), f"The name of agency {number}", problems)
        sector = value.get("sector")
        if sector not in sectors():
            problems.append(f"The sector of agency {number} must be one of the list.")
        known_by = value.get("known_by", "")
        if not isinstance(known_by, str) or len(known_by) > LONGEST_NAME:
            problems.append(f"What agency {number} is known by is no short text.")
        found.append(Agency(name, str(sector), str(known_by).strip()))
    names = [agency.name.casefold() for agency in found if agency.name]
    if len(set(names)) < len(names):
        problems.append("Two agencies have the same name.")
    return tuple(found)
