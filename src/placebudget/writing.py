"""Files that are whole or not there: written beside their goal, then renamed."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from placebudget.errors import CannotWrite

_written: list[Path] | None = None

_HERE = -100
_SWAP = 2


def replace_file(goal: Path, write_to: Callable[[Path], None]) -> None:
    """Write a file beside its goal and rename it, so that a reader never finds half of it.

    A full disk, a kill or a power cut leaves the old file as it was.

    Parameters
    ----------
    goal : Path
        Where the file is to be; what is there is replaced only by a whole file.
    write_to : callable
        Writes the file at the path it is given.

    Raises
    ------
    CannotWrite
        If the system does not let it be written; what was there stays.

    Examples
    --------
    >>> folder = Path(tempfile.mkdtemp())
    >>> replace_file(folder / "note.txt", lambda file: print(file.write_text("whole")))
    5
    >>> [path.name for path in folder.iterdir()]
    ['note.txt']
    """
    with (
        refused_in_words(goal),
        tempfile.TemporaryDirectory(prefix=f".{goal.name[:60]}.", dir=goal.parent) as beside,
    ):
        file = Path(beside) / goal.name
        write_to(file)
        keep(file)
        file.replace(goal)
        note_written(goal)


@contextmanager
def noting_what_is_written() -> Iterator[list[Path]]:
    """What is written within this, so that whoever ends early can say what stands there.

    Examples
    --------
    >>> with noting_what_is_written() as written:
    ...     replace_with(Path(tempfile.mkdtemp()) / "note.txt", b"whole")
    >>> [path.name for path in written]
    ['note.txt']
    """
    global _written
    noted: list[Path] = []
    _written = noted
    try:
        yield noted
    finally:
        _written = None


def note_written(goal: Path) -> None:
    """Note that a file or folder stands where it was to be."""
    if _written is not None:
        _written.append(goal)


@contextmanager
def refused_in_words(goal: Path) -> Iterator[None]:
    """Say of a goal that the system does not let it be written, and why.

    Raises
    ------
    CannotWrite
        In place of what the system raises.
    """
    try:
        yield
    except CannotWrite:
        raise
    except OSError as error:
        reason = error.strerror or error
        if isinstance(error, shutil.Error):  # of many files: from, to and why of each
            reason = error.args[0][0][-1]
        raise CannotWrite(
            f"{goal} cannot be written: {reason}. Make room there, or name another folder."
        ) from error


@contextmanager
def folder_for_a_while(what: str) -> Iterator[Path]:
    """A folder in which something is put together, and which is gone afterwards.

    Parameters
    ----------
    what : str
        What is put together there, as it begins a sentence.

    Raises
    ------
    CannotWrite
        If the system has no room for it, or takes no files there.

    Examples
    --------
    >>> with folder_for_a_while("The workbook") as folder:
    ...     (folder / "note.txt").write_text("whole")
    5
    >>> folder.exists()
    False
    """
    try:
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)
    except OSError as error:
        cause = error.__cause__ if isinstance(error, CannotWrite) else error
        raise CannotWrite(
            f"{what} cannot be put together here: {getattr(cause, 'strerror', None) or cause}. "
            "Make room in the folder for temporary files, or have TMPDIR name another."
        ) from error


def replace_with(goal: Path, content: bytes) -> None:
    """Replace a file by these bytes, whole or not at all.

    Examples
    --------
    >>> note = Path(tempfile.mkdtemp()) / "note.txt"
    >>> replace_with(note, b"whole")
    >>> note.read_bytes()
    b'whole'
    """

    def write(file: Path) -> None:
        file.write_bytes(content)

    replace_file(goal, write)


def keep(file: Path) -> None:
    """Have the disk hold a file before its name is given to it, against a power cut."""
    with file.open("rb+") as written:
        os.fsync(written.fileno())


def swap_folders(one: Path, other: Path) -> bool:
    """Exchange the names of two folders in one step, where the system can.

    Returns
    -------
    bool
        Whether it was done. Linux and macOS can, on most file systems.

    Examples
    --------
    >>> home = Path(tempfile.mkdtemp())
    >>> (home / "old").mkdir(), (home / "new").mkdir(), (home / "new" / "x").touch()
    (None, None, None)
    >>> done = swap_folders(home / "old", home / "new")
    >>> (home / "old" / "x").exists() == done
    True
    """
    names = os.fsencode(one), os.fsencode(other)
    with suppress(AttributeError, OSError):
        system = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "darwin":
            return bool(system.renamex_np(*names, _SWAP) == 0)
        if sys.platform == "linux":
            return bool(system.renameat2(_HERE, names[0], _HERE, names[1], _SWAP) == 0)
    return False
