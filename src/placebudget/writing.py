"""Files that are whole or not there, and paths to them as people give them."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import stat
import sys
import tempfile
import unicodedata
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from placebudget.arguments import as_given, refusal
from placebudget.errors import CannotWrite, WrongArgument

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


def replace_files(contents: Mapping[Path, bytes]) -> None:
    """Replace several files: all of them, or none.

    Every file is written beside its goal first, so that a full disk is found before anything
    is replaced; where one cannot be put in its place, those that were are put back. Their
    folder keeps its place on disk, so that whoever works in it goes on working there.

    Parameters
    ----------
    contents : mapping of Path to bytes
        What each file is to hold.

    Raises
    ------
    CannotWrite
        If the system does not let one be written; what was there stays.

    Examples
    --------
    >>> folder = Path(tempfile.mkdtemp())
    >>> replace_files({folder / "one.txt": b"1", folder / "two.txt": b"2"})
    >>> sorted(path.name for path in folder.iterdir())
    ['one.txt', 'two.txt']
    """
    with ExitStack() as beside:
        staged: list[tuple[Path, Path, Path | None]] = []
        for goal, content in contents.items():
            with refused_in_words(goal):
                goal.parent.mkdir(parents=True, exist_ok=True)
                prefix = f".{goal.name[:60]}."
                folder = tempfile.TemporaryDirectory(prefix=prefix, dir=goal.parent)
                home = Path(beside.enter_context(folder))
                before = None
                if goal.exists():
                    before = Path(shutil.copy2(goal, home / "before"))
                file = home / "after"
                file.write_bytes(content)
                if before is not None:
                    shutil.copymode(before, file)
                keep(file)
            staged.append((goal, file, before))
        done: list[tuple[Path, Path | None]] = []
        try:
            for goal, file, before in staged:
                with refused_in_words(goal):
                    file.replace(goal)
                done.append((goal, before))
        except BaseException:
            for goal, before in reversed(done):
                if before is None:
                    goal.unlink()
                else:
                    before.replace(goal)
            raise
        for goal, *_ in staged:
            note_written(goal)


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


def replace_folder(
    goal: Path, files: Mapping[str, bytes], bring_along: Callable[[Path], None] | None = None
) -> None:
    """Write a folder beside its goal and let it take that place: all of it, or what was there.

    Parameters
    ----------
    goal : Path
        Where the folder is to be; the folder above it is there.
    files : mapping of str to bytes
        What each file is to hold, by its path in the folder.
    bring_along : callable, optional
        Takes the new folder, to put into it what the old one keeps.

    Examples
    --------
    >>> goal = Path(tempfile.mkdtemp()) / "papers"
    >>> replace_folder(goal, {"index.html": b"first", "figures/one.csv": b"1"})
    >>> replace_folder(goal, {"index.html": b"second"})
    >>> [path.name for path in goal.iterdir()]
    ['index.html']
    """
    beside = goal.parent / f".{goal.name[:60]}.{uuid.uuid4().hex}"
    try:
        beside.mkdir()
        for name, content in files.items():
            file = beside / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            keep(file)
        if not goal.exists():
            beside.rename(goal)
        else:
            if bring_along is not None:
                bring_along(beside)
            if not swap_folders(beside, goal):
                _change_places(beside, goal)
        note_written(goal)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _change_places(beside: Path, goal: Path) -> None:
    """In two steps, where the system has none that does both: the old folder comes back."""
    before = beside.with_name(f"{beside.name}.before")
    goal.rename(before)
    try:
        beside.rename(goal)
    except BaseException:
        before.rename(goal)
        raise
    shutil.rmtree(before, ignore_errors=True)


# Paths as people give them: to a file that is read, to one that is written.

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
