"""Reading a place from a folder, a workbook, an archive, or by the name of an example."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple, TypeAlias, TypeVar

from placebudget.arguments import as_given, instance
from placebudget.errors import InvalidPlace
from placebudget.place.checks import check_in_part, check_rows_in_part
from placebudget.place.findings import Finding, Findings
from placebudget.place.io.archive import SAVE_AS, archive_files
from placebudget.place.io.folder import (
    PACKAGE,
    FileLimits,
    example_folder,
    examples,
    folder_files,
    one_file,
    package_properties,
    raw_tables,
)
from placebudget.place.io.package import other_kind, properties_of_rows, read_settings
from placebudget.place.io.tables import RawTable, typed_tables
from placebudget.place.io.workbook import read_workbook
from placebudget.place.options import Option
from placebudget.place.origin import Origin, read_from
from placebudget.place.place import Package, Place
from placebudget.place.schema import PLACE, kind_of
from placebudget.texts import did_you_mean

OWN_FILES = FileLimits()
_FORMS = "Give a folder with datapackage.json, an .xlsx workbook, or a .zip of the folder."
_WITH_MACROS = (".xlsm", ".xltm", ".xlam")
_NOT_READ = {
    **dict.fromkeys(_WITH_MACROS, ("Workbooks that may hold macros are not opened.", SAVE_AS)),
    **dict.fromkeys(
        (".xls", ".xlsb", ".ods", ".fods", ".xltx"),
        ("This kind of workbook is not read.", SAVE_AS),
    ),
    ".csv": ("One table is not a place.", "Give the folder that holds it."),
}


def read(path: str | os.PathLike[str], limits: FileLimits = OWN_FILES) -> Place:
    """Read a place.

    Parameters
    ----------
    path : path or str
        A folder with ``datapackage.json`` and one CSV a table, an ``.xlsx``
        workbook, a ``.zip`` of the folder, or the name of an example place.
    limits : FileLimits, optional
        How large a file may be. The default suits files of one's own; give
        :data:`placebudget.place.UPLOADS` for files that others hand in.

    Returns
    -------
    Place
        The place as written; :meth:`Place.check` says whether it holds together,
        and repeats what reading had to say: a figure that was not written
        plainly, a hidden sheet.

    Raises
    ------
    InvalidPlace
        If anything cannot be read, with all findings at once.
    WrongArgument
        If the limits are none.

    Examples
    --------
    >>> read("toy_pooling").name
    'toy_pooling'
    """
    if not isinstance(path, str | os.PathLike):
        raise InvalidPlace(
            f"The path of a place is needed here, and {as_given(path)} is none. Give the path of "
            f"a folder, an .xlsx or a .zip, or the name of an example: {', '.join(examples())}."
        )
    limits = instance("limits", limits, FileLimits, "limits such as placebudget.place.UPLOADS")
    if isinstance(path, str) and _may_be_an_example(path):
        return example(path)
    return read_package(Place, path, limits)


def _may_be_an_example(path: str) -> bool:
    """Whether a path is the name of an example, and nothing that can be read stands there."""
    try:
        there = (Path(path) / PACKAGE).exists() or Path(path).is_file()
    except (OSError, ValueError):
        return False
    return not there and path in examples()


def read_folder(folder: Path, limits: FileLimits = OWN_FILES) -> Place:
    """Read a place from a folder."""
    return package_in_folder(Place, folder, limits)


Kind = TypeVar("Kind", bound=Package)


def package_in_folder(cls: type[Kind], folder: Path, limits: FileLimits = OWN_FILES) -> Kind:
    """Read a package of any kind from a folder."""
    return assembled(cls, raw_package(cls, folder, limits))


def read_package(cls: type[Kind], path: str | os.PathLike[str], limits: FileLimits) -> Kind:
    """Read a package of any kind from a folder or a file, and note where it was read.

    Raises
    ------
    InvalidPlace
        If anything cannot be read, with all findings at once.
    """
    held = Path(path)
    held = held.parent if held.name == PACKAGE else held
    try:
        return read_from(assembled(cls, raw_package(cls, held, limits)), os.fspath(path))
    except (OSError, ValueError) as error:
        # ValueError: a path with a character that no path can have.
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        what = f"It cannot be read: {reason}."
        raise _invalid([_about(held, "unreadable", what, "Check the path.")]) from error


class RawPackage(NamedTuple):
    """What the files of a package hold, before any cell is given a type.

    Parameters
    ----------
    name : str
        Its name where it gives none itself.
    properties : mapping, optional
        What its descriptor holds; None where that cannot be read.
    tables : list of RawTable
        Its tables, as they are written.
    findings : list of Finding
        What could not be read so far.
    files : mapping of str to bytes
        The files of its folder or archive, by name; none of a workbook.
    """

    name: str
    properties: Mapping[str, Any] | None
    tables: list[RawTable]
    findings: list[Finding]
    files: Mapping[str, bytes]


def raw_package(cls: type[Package], path: Path, limits: FileLimits = OWN_FILES) -> RawPackage:
    """What the files of a package hold, as it is written.

    Raises
    ------
    InvalidPlace
        If there is no such package, or nothing of it can be read.
    """
    if path.is_dir():
        return _from_files(cls, *folder_files(path, limits), path.resolve().name)
    if not path.exists():
        mend = "Check the path."
        if cls.kind == PLACE:
            hint = did_you_mean(str(path), examples())
            mend = f"{hint} Examples: {', '.join(examples())}.".strip()
        raise _invalid([_about(path, "missing-file", f"There is no {path}.", mend)])
    form = path.suffix.lower()
    if not path.is_file() or form not in cls.FORMS:
        what, mend = _NOT_READ.get(form, (f"Not a {cls.kind}.", _FORMS))
        code = "macros" if form in _WITH_MACROS else "unknown-format"
        raise _invalid([_about(path, code, what, mend)])
    if form == ".zip":
        return _from_files(cls, *archive_files(path, limits), path.stem)
    if form == ".json":
        return _from_files(cls, *one_file(path, limits), path.stem)
    rows, tables, findings = read_workbook(path, limits, cls.kind)
    if not rows and not tables:
        raise _invalid(findings)
    properties, found = properties_of_rows(rows)
    return RawPackage(path.stem, properties, tables, [*findings, *found], {})


def _from_files(
    cls: type[Package], files: Mapping[str, bytes], findings: list[Finding], name: str
) -> RawPackage:
    if not files and findings:
        raise _invalid(findings)
    properties, unread = package_properties(files)
    if not unread and (kind := kind_of(properties)) != cls.kind:
        raise _invalid([other_kind(kind, cls.kind, PACKAGE)])
    tables, found = raw_tables(files, properties)
    # A file that cannot be read is not missing besides.
    named = {finding.table for finding in findings}
    found = [*findings, *unread, *(each for each in found if each.table not in named)]
    return RawPackage(name, None if unread else properties, tables, found, files)


def assembled(cls: type[Kind], raw: RawPackage) -> Kind:
    """The package that raw tables and properties come to.

    Raises
    ------
    InvalidPlace
        If anything cannot be read, with all findings at once.
    """
    settings, found = read_settings(raw.properties or {}, raw.name, cls.kind)
    # Where no settings could be read it is said already.
    findings = [*raw.findings, *(found if raw.properties is not None else [])]
    tables, numbers, found = typed_tables(raw.tables, cls.kind)
    unread = {PurePosixPath(finding.table).stem for finding in findings}
    # A table whose file cannot be read is not missing besides.
    findings += [each for each in found if each.table not in unread or each.code != "missing-table"]
    if any(finding.severity == "error" for finding in findings):
        if cls.kind != PLACE:
            held = cls(settings, tables, Origin(numbers=numbers))
            raise _invalid(findings, check_rows_in_part(held, findings))
        raise _invalid(findings, check_in_part(settings, tables, numbers, findings))
    return cls(settings, tables, Origin(remarks=tuple(findings), numbers=numbers))


def _about(path: Path, code: str, what: str, mend: str) -> Finding:
    return Finding(code, "error", path.name or str(path), None, None, what, mend)


def _invalid(findings: list[Finding], certain: Findings | None = None) -> InvalidPlace:
    told = Findings(findings) if certain is None else certain.after(findings)
    return InvalidPlace(str(told), told)


# --- examples -------------------------------------------------------------------


def example(name: str) -> Place:
    """Read an example place by name.

    Parameters
    ----------
    name : str
        One of :func:`examples`.

    Raises
    ------
    InvalidPlace
        If there is no such example.
    """
    with example_folder(name) as folder:
        state = tuple((each, each.stat().st_mtime_ns) for each in sorted(folder.rglob("*")))
        return _example(name, folder, state)


@lru_cache(maxsize=8)
def _example(name: str, folder: Path, _state: tuple[tuple[Path, int], ...]) -> Place:
    """An example as its files stand: read, checked and looked into once, as none is changed."""
    return read_from(read_folder(folder), name)


# --- places as people give them -------------------------------------------------


PlaceLike: TypeAlias = Place | str | os.PathLike[str]


def as_place(given: PlaceLike) -> Place:
    """The place that is meant, read where it is not at hand yet.

    Every public function that starts from a place takes it through here.

    Parameters
    ----------
    given : Place, path or str
        A place; or what :func:`placebudget.read` reads: the path of a folder, an
        ``.xlsx`` or a ``.zip``, or the name of an example place.

    Raises
    ------
    InvalidPlace
        If it is neither, or cannot be read.

    Examples
    --------
    >>> as_place("toy_pooling").title
    'Toy place for pooling (invented)'
    >>> as_place(2027)
    Traceback (most recent call last):
    ...
    placebudget.errors.InvalidPlace: A place is needed here, and an object of type int is none. ...
    """
    if isinstance(given, Place):
        return given
    if isinstance(given, str | os.PathLike):
        return read(given)
    raise InvalidPlace(
        f"A place is needed here, and an object of type {type(given).__name__} is none. Give a "
        "place, the path of a folder, an .xlsx or a .zip, or the name of an example: "
        f"{', '.join(examples())}."
    )


def checked_place(given: PlaceLike, option: Option | str | None = None) -> Place:
    """The place that is meant, under an option, with nothing wrong in it.

    Parameters
    ----------
    given : Place, path or str
        As for :func:`as_place`.
    option : Option or str, optional
        An option to apply first, or the name of one stored beside the place.

    Raises
    ------
    InvalidPlace
        If it is no place, cannot be read, or has errors; all are named.
    WrongArgument
        If no such option is stored beside the place.
    InvalidOption
        If the option does not fit the place.

    Examples
    --------
    >>> checked_place("toy_pooling").name
    'toy_pooling'
    """
    place = as_place(given)
    place = place if option is None else place.with_option(option)
    place.check().raise_if_errors()
    return place
