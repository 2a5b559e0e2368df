"""Paths as people give them: to a file that is read, to one that is written."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from pathlib import Path

from placebudget.arguments import as_given, refusal
from placebudget.errors import WrongArgument
from placebudget.writing import refused_in_words

# What an address begins with; a drive of Windows has one letter only.
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")


def a_path(name: str, given: object, wanted: str = "the path of a file") -> Path:
    """A path that was given.

    Parameters
    ----------
    name, given
        The argument and what was given for it.
    wanted : str
        What it is the path of.

    Raises
    ------
    WrongArgument
        If it is none, or no path can be like it.

    Examples
    --------
    >>> a_path("path", 3)
    Traceback (most recent call last):
    ...
    placebudget.errors.WrongArgument: path is the path of a file, not 3
    """
    if isinstance(given, str | os.PathLike):
        text = os.fspath(given)
        if isinstance(text, str) and text.strip() and "\0" not in text:
            return Path(text)
    raise refusal(name, wanted, given)


def content_of(file: Path, most: int = -1) -> bytes:
    """What a file holds, read no further than ``most`` bytes.

    Raises
    ------
    OSError
        If the system does not let it be read, or it is no file: a pipe would have its
        reader wait for ever, and a device may have no end.
    """
    if not stat.S_ISREG(file.stat().st_mode):
        raise OSError("there is no file of this name, but something else")
    with file.open("rb") as opened:
        return opened.read(most)


def file_to_write(given: object, *endings: str) -> Path:
    """Where a file is to be written; its folder is made.

    Parameters
    ----------
    given : path or str
        The path that was given.
    endings : str
        What its name may end in, the usual one first.

    Raises
    ------
    WrongArgument
        If it is no path, ends in something else, or is a folder.
    CannotWrite
        If its folder cannot be made.

    Examples
    --------
    >>> file_to_write("board_pack.csv", ".xlsx")
    Traceback (most recent call last):
    ...
    placebudget.errors.WrongArgument: this is written as .xlsx, and 'board_pack.csv' ends
    in .csv. Name it board_pack.xlsx.
    """
    first = endings[0]
    goal = a_path("path", given, f"the path of a file to write, such as 'pack{first}'")
    if goal.suffix.lower() not in endings:
        ends = f"ends in {goal.suffix}" if goal.suffix else "has no ending"
        raise WrongArgument(
            f"this is written as {' or '.join(endings)}, and {as_given(str(given))} {ends}. "
            f"Name it {goal.with_suffix(first).name}."
        )
    refuse_goal(goal)
    goal = goal.resolve()
    with refused_in_words(goal):
        goal.parent.mkdir(parents=True, exist_ok=True)
    return goal


def refuse_goal(goal: Path, *, folder: bool = False) -> None:
    """Refuse a goal that cannot be written, before anything is worked out for it.

    Nothing is made: a folder that is missing can be made later, if what it is to
    stand in takes it.

    Parameters
    ----------
    goal : Path
        A file to write, or a folder to write files in.
    folder : bool
        Whether it is a folder.

    Raises
    ------
    WrongArgument
        If it is a folder where a file is meant, or the reverse; if it is a device, a pipe
        or an address of the web, or its name holds what is no text.
    CannotWrite
        If it is to stand in a file, or the system does not let it be written.

    Examples
    --------
    >>> refuse_goal(Path("/"))
    Traceback (most recent call last):
    ...
    placebudget.errors.WrongArgument: / is a folder. Name a file in it.
    """
    said = as_given(str(goal))
    if not _is_text(str(goal)):
        raise WrongArgument(f"{said} holds signs that are no text. Name it otherwise.")
    if goal.parts and _ADDRESS.fullmatch(goal.parts[0]):
        raise WrongArgument(f"{said} is an address, and only files here are written. Name a file.")
    with refused_in_words(goal):
        if goal.exists() and not (goal.is_dir() or goal.is_file()):
            raise WrongArgument(f"{goal} is neither a file nor a folder. Name another.")
        if goal.is_dir() and not folder:
            raise WrongArgument(f"{goal} is a folder. Name a file in it.")
        if goal.exists() and folder and not goal.is_dir():
            raise WrongArgument(f"{goal} is a file. Name a folder.")
        above = goal if folder else goal.parent
        while not above.exists() and above != above.parent:
            above = above.parent
        if not above.is_dir():
            raise NotADirectoryError(None, f"{above} is a file")
        if not os.access(above, os.W_OK | os.X_OK):
            raise PermissionError(None, f"the folder {above} takes no new files")


def _is_text(name: str) -> bool:
    """Whether a name has neither control characters nor bytes that are no characters."""
    return not any(unicodedata.category(sign) in ("Cc", "Cs") for sign in name)
