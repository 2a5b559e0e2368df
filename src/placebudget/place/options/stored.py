"""Options stored beside a place: ``options/<name>.json`` in its folder or its .zip.

A workbook holds tables only, so that its options stand in a folder beside it:
``my_place.xlsx`` has them in ``my_place.options``. Reading a place leaves its
options alone; they are read when somebody asks for them.
"""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from placebudget.arguments import as_given
from placebudget.errors import InvalidOption, WrongArgument
from placebudget.place.findings import Finding, Findings
from placebudget.place.io.folder import PACKAGE, example_folder, examples
from placebudget.place.options.document import LARGEST_FILE, option_text, read_text
from placebudget.place.options.option import Option, file_stem
from placebudget.texts import did_you_mean, shown
from placebudget.writing import a_path, content_of, refused_in_words, replace_file, replace_with

if TYPE_CHECKING:
    from placebudget.place.place import Place

FOLDER = "options"
_ENDING = ".json"


def save_option(option: Option, place: str | os.PathLike[str]) -> Path:
    """Store an option beside a place on disk; one of the same name is replaced.

    Parameters
    ----------
    option : Option
        The option.
    place : path or str
        The folder, ``.zip`` or ``.xlsx`` of a place that is there.

    Returns
    -------
    Path
        The file that holds it: the option's own, or the ``.zip``.

    Raises
    ------
    InvalidOption
        If there is no place, or another option has the file's name.
    WrongArgument
        If the path is none.
    CannotWrite
        If the system does not let it be written; what was there stays.
    """
    goal = a_path("place", place, "the path of a place's folder, .xlsx or .zip")
    goal = goal.parent if goal.name == PACKAGE else goal
    if not (goal / PACKAGE).is_file() and not goal.is_file():
        raise InvalidOption(
            f"there is no place {place} to store the option beside; write the place first: "
            "place.write(...)"
        )
    name = file_stem(option.name) + _ENDING
    for file, stored in _read_files(goal):
        if file == name and stored.name != option.name:
            raise InvalidOption(
                f"{FOLDER}/{name} holds the option {shown(stored.name)}; rename one of the two"
            )
    return _put(goal, name, option_text(option).encode())


def _put(home: Path, name: str, content: bytes | None) -> Path:
    """Put the file of an option beside a place, or take it away where there is no content."""
    if home.suffix.lower() == ".zip" and home.is_file():
        replace_file(home, lambda file: _write_archive(home, file, name, content))
        return home
    path = options_folder(home) / name
    with refused_in_words(path.parent):
        if content is None:
            path.unlink(missing_ok=True)
            return path
        path.parent.mkdir(exist_ok=True)
    replace_with(path, content)
    return path


def delete_option(place: str | os.PathLike[str], name: str) -> None:
    """Take an option away that is stored beside a place.

    Raises
    ------
    WrongArgument
        If none of that name is stored there.
    InvalidOption
        If the options there cannot be read.
    CannotWrite
        If the system does not let it be taken away.

    Examples
    --------
    >>> import tempfile
    >>> import placebudget as pb
    >>> folder = pb.example("toy_pooling").write(Path(tempfile.mkdtemp()) / "toy")
    >>> stored = pb.Option("less need").scale("needs", 0.9).save(folder)
    >>> rename_option(folder, "less need", "a tenth less need")
    >>> list(stored_options(folder))
    ['a tenth less need']
    >>> delete_option(folder, "a tenth less need")
    >>> stored_options(folder)
    {}
    """
    home = _home(place)
    _put(home, _stored(home, name)[0], None)


def rename_option(place: str | os.PathLike[str], name: str, new: str) -> None:
    """Give an option that is stored beside a place another name.

    Raises
    ------
    WrongArgument
        If none of that name is stored there.
    InvalidOption
        If another option has the new name, or it is none.
    CannotWrite
        If the system does not let it be written.
    """
    home = _home(place)
    file, option = _stored(home, name)
    renamed = replace(option, name=new)
    goal = file_stem(new) + _ENDING
    if goal != file and any(other == goal for other, _ in _read_files(home)):
        raise InvalidOption(f"an option of the name {shown(new)} is there already; choose another")
    _put(home, goal, option_text(renamed).encode())
    if goal != file:
        _put(home, file, None)


def _home(place: str | os.PathLike[str]) -> Path:
    home = Path(place)
    return home.parent if home.name == PACKAGE else home


def _stored(home: Path, name: str) -> tuple[str, Option]:
    """The file of an option and what it holds."""
    for file, option in _read_files(home):
        if option.name == name:
            return file, option
    raise WrongArgument(f"no option {shown(name)} is stored beside {home.name}")


def stored_options(place: str | os.PathLike[str]) -> dict[str, Option]:
    """Options stored beside a place, by name, sorted.

    Parameters
    ----------
    place : path or str
        As for :func:`placebudget.read`: a folder, workbook, archive or example.

    Raises
    ------
    InvalidOption
        If one cannot be read; the findings of all are named.
    """
    home = _home(place)
    if not home.exists() and str(place) in examples():
        with example_folder(str(place)) as folder:
            return {option.name: option for _, option in sorted(_read_files(folder))}
    found = sorted(_read_files(home), key=lambda pair: pair[0])
    return {option.name: option for _, option in found}


def archived_options(path: Path) -> dict[str, bytes]:
    """The options in a .zip as files, to go into the one that takes its place."""
    if not path.is_file():
        return {}
    try:
        return {f"{FOLDER}/{name}": content for name, content in _archived(path)}
    except InvalidOption:  # what is there is no archive, and there is nothing to keep
        return {}


def named_option(place: Place, option: Option | str) -> Option:
    """An option as it is, or the one of that name stored beside the place.

    Raises
    ------
    WrongArgument
        If there is none of that name; says which there are.
    InvalidOption
        If it is neither an option nor a name, or stored options cannot be read.
    """
    if isinstance(option, Option):
        return option
    if not isinstance(option, str):
        raise InvalidOption(f"an option is an Option or the name of one, not {as_given(option)}")
    stored = place.options()
    for name, found in stored.items():
        if option in (name, file_stem(name)):
            return found
    known = f"Options: {'; '.join(stored)}." if stored else "No options are stored there."
    mend = " ".join(filter(None, [did_you_mean(option, stored), known]))
    raise WrongArgument(
        f"no option {shown(option)} is stored beside the place {shown(place.name)}. {mend}"
    )


def _read_files(home: Path) -> list[tuple[str, Option]]:
    found: list[tuple[str, Option]] = []
    findings: list[Finding] = []
    for file, content in _contents(home):
        try:
            found.append((file, read_text(content, f"{FOLDER}/{file}")))
        except InvalidOption as error:
            findings += error.findings
    if findings:
        raise InvalidOption(str(Findings(findings)), findings)
    return found


def _contents(home: Path) -> Iterator[tuple[str, bytes]]:
    """Names of the files of options and what they hold, read no further than allowed."""
    if home.suffix.lower() == ".zip" and home.is_file():
        yield from _archived(home)
        return
    folder = options_folder(home)
    for path in sorted(folder.glob(f"*{_ENDING}")) if folder.is_dir() else ():
        try:
            yield path.name, content_of(path, LARGEST_FILE + 1)
        except OSError as error:
            raise InvalidOption(
                f"{FOLDER}/{path.name} cannot be read: {error.strerror or error}. "
                "Put a file there that you may read, or take it away."
            ) from None


def _archived(home: Path) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(home) as archive:
            folder = _folder_in(archive)
            for info in archive.infolist():
                path = PurePosixPath(info.filename)
                if path.parent == folder and path.suffix == _ENDING:
                    with archive.open(info) as file:
                        yield path.name, file.read(LARGEST_FILE + 1)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise InvalidOption(f"{home.name} cannot be read as a zip archive: {error}") from None


def options_folder(home: Path) -> Path:
    """Where the options of a place lie that is a folder or a workbook."""
    return home.with_suffix(f".{FOLDER}") if home.suffix.lower() == ".xlsx" else home / FOLDER


def _folder_in(archive: zipfile.ZipFile) -> PurePosixPath:
    """The folder of options in an archive: beside its package."""
    names = [PurePosixPath(name) for name in archive.namelist()]
    packages = [name for name in names if name.name == PACKAGE]
    nearest = min(packages, key=lambda name: (len(name.parts), str(name)), default=None)
    return (nearest.parent if nearest else PurePosixPath()) / FOLDER


def _write_archive(old: Path, new: Path, name: str, content: bytes | None) -> None:
    with zipfile.ZipFile(old) as source, zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as goal:
        path = str(_folder_in(source) / name)
        for info in source.infolist():
            if info.filename != path:
                goal.writestr(info, source.read(info))
        if content is not None:
            goal.writestr(zipfile.ZipInfo(path), content, zipfile.ZIP_DEFLATED)
