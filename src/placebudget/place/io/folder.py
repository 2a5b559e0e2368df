"""A place as a folder of files: datapackage.json and one CSV a table."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections.abc import Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from placebudget.arguments import as_given, offered
from placebudget.errors import InvalidPlace
from placebudget.place.findings import Finding, Severity, unreadable
from placebudget.place.io.package import declared_otherwise
from placebudget.place.io.tables import RawTable, unknown_table
from placebudget.place.schema import PLACE, kind_of, schema
from placebudget.texts import listed, shown
from placebudget.writing import content_of

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

# How large a file may be before it is opened, unpacked or parsed.


@dataclass(frozen=True)
class FileLimits:
    """What reading takes on; more is refused before it is parsed.

    The defaults suit files of one's own: the largest place there could be in
    Britain, every ward with every service, stays well below them. What others
    hand in is read with :data:`UPLOADS`.

    Parameters
    ----------
    file : int
        Most bytes of one file on disk: a workbook, an archive, or one file of a folder.
    unpacked : int
        Most bytes an archive or workbook may unpack to, and most bytes of a folder.
    ratio : int
        Most times its packed size that a file inside may unpack to. Tables and
        workbooks stay below 50; files made to fill a memory reach 1,000.
    entries : int
        Most files in an archive or workbook.
    rows, columns : int
        Most rows and columns of one table.
    cells : int
        Most cells of a workbook, filled or not, all sheets together.

    Examples
    --------
    >>> FileLimits().file, UPLOADS.file
    (200000000, 5000000)
    """

    file: int = 200_000_000
    unpacked: int = 500_000_000
    ratio: int = 200
    entries: int = 2_000
    rows: int = 1_000_000
    columns: int = 300
    cells: int = 50_000_000


UPLOADS = FileLimits(file=5_000_000, unpacked=50_000_000, entries=300, rows=100_000, cells=500_000)
"""Limits for files that come from others, over the web say."""


PACKAGE = "datapackage.json"

# What people and programmes put round the name of a file that they keep beside another.
_ROUND_A_NAME = re.compile(r"^(copy of )|([ _-]*(copy|\(\d+\)|v?\d+))+$")
_FOR_PEOPLE = (".md", ".html", ".pdf", ".doc", ".docx", ".odt", ".json", ".py", ".ipynb")


def folder_files(folder: Path, limits: FileLimits) -> tuple[dict[str, bytes], list[Finding]]:
    """The package and the CSV files of a folder on disk, by name.

    Files of sub-folders are taken only where the package names them. A link that
    leads out of the folder is not followed: a folder that came from somebody else
    could show what it should not.
    """
    there = sorted(path.name for path in folder.iterdir())
    taken = [name for name in there if is_taken(name)]
    files, findings = _contents(folder, taken, limits)
    properties, _ = package_properties(files)
    besides = [name for name in named_besides(properties, files) if name not in taken]
    named = [name for name in besides if (folder / name).exists()]
    more, found = _contents(folder, named, limits)
    files |= more
    findings += found
    total = sum(map(len, files.values()))
    if total > limits.unpacked:
        what = f"The files of the folder are {total:,} bytes together; {limits.unpacked:,} is most."
        return {}, [unreadable(folder.name, "too-large", what, "Take tables out of it.")]
    left = (name for name in there if name not in files)
    return files, [*findings, *not_read(left, properties)]


def is_taken(name: str) -> bool:
    """Whether a file of a place is read without being named by the package."""
    return name == PACKAGE or PurePosixPath(name).suffix.lower() == ".csv"


def named_besides(properties: Mapping[str, Any], files: Collection[str]) -> list[str]:
    """Files of tables that only the package names, beside those that have been read."""
    paths = dict.fromkeys(resource.path for resource in named_resources(properties))
    return [path for path in paths if path not in files and is_safe(path)]


def not_read(names: Iterable[str], properties: Mapping[str, Any]) -> list[Finding]:
    """Warnings of files that are passed over although their names are like a table's."""
    findings = []
    known = schema(kind_of(properties))
    for name in names:
        path = PurePosixPath(name)
        stem = path.name.split(".")[0].lower()
        table = _ROUND_A_NAME.sub("", stem).strip().replace(" ", "_").replace("-", "_")
        if table in known and not is_taken(name) and path.suffix.lower() not in _FOR_PEOPLE:
            what = f"It looks like the table {table}, and it is not read."
            mend = f"Save it as {table}.csv, or take it out of the folder."
            findings.append(Finding("not-read", "warning", name, None, None, what, mend))
    return findings


def _contents(
    folder: Path, names: Iterable[str], limits: FileLimits
) -> tuple[dict[str, bytes], list[Finding]]:
    files: dict[str, bytes] = {}
    findings: list[Finding] = []
    home = folder.resolve()
    for name in names:
        path = folder / name
        try:
            # A file of the folder itself that is no link cannot lead out of it.
            direct = path.parent == folder and not path.is_symlink()
            if not direct and not path.resolve().is_relative_to(home):
                what = "It is a link that leads out of the folder."
                mend = "Put the file itself into the folder."
                findings.append(unreadable(name, "unsafe-path", what, mend))
            elif path.stat().st_size > limits.file:
                findings.append(too_large(name, path.stat().st_size, limits))
            else:
                files[name] = content_of(path)
        except OSError as error:
            # A folder of that name, a link that leads nowhere, a file of somebody else's.
            what = f"It cannot be read: {error.strerror or error}."
            mend = "Put a file there that you may read, or take it away."
            findings.append(unreadable(name, "unreadable", what, mend))
    return files, findings


def too_large(name: str, size: int, limits: FileLimits) -> Finding:
    """The finding that a file has more bytes than reading takes on."""
    what = f"The file has {size:,} bytes; {limits.file:,} is the most that is read here."
    mend = "Leave out what is no table of the place, or divide the place."
    return unreadable(name, "too-large", what, mend)


def is_safe(name: str) -> bool:
    """Whether the name of a file stays inside its folder."""
    path = PurePosixPath(name.replace("\\", "/"))
    within = not path.is_absolute() and ".." not in path.parts
    return bool(name) and within and ":" not in name and "\0" not in name


def package_properties(files: Mapping[str, bytes]) -> tuple[dict[str, Any], list[Finding]]:
    """What datapackage.json holds."""
    if PACKAGE not in files:
        mend = 'Add one with at least {"name": "my_place", "years": ["2027-28", "2028-29"]}.'
        return {}, [unreadable(PACKAGE, "missing-file", f"There is no {PACKAGE}.", mend)]
    text, findings = text_of(PACKAGE, files[PACKAGE])
    if text is None:
        return {}, findings
    try:
        properties = json.loads(text, parse_constant=_no_number, object_pairs_hook=_without_doubles)
        # What is not text (half of a pair of surrogates, which an escape alone can make) can be
        # neither shown nor written.
        if "\\u" in text:
            json.dumps(properties, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        return {}, [unreadable(PACKAGE, "not-json", f"Not JSON: {error}.", "Mend the file.")]
    if not isinstance(properties, dict):
        what = "It holds no object with properties."
        return {}, [unreadable(PACKAGE, "not-json", what, 'Write {"name": ..., "years": ...}.')]
    return properties, []


def one_file(path: Path, limits: FileLimits) -> tuple[dict[str, bytes], list[Finding]]:
    """A package that holds its rows itself, in one file of JSON."""
    size = path.stat().st_size
    if size > limits.file:
        return {}, [too_large(path.name, size, limits)]
    return {PACKAGE: content_of(path)}, []


def raw_tables(
    files: Mapping[str, bytes], properties: Mapping[str, Any]
) -> tuple[list[RawTable], list[Finding]]:
    """The tables of a folder: the resources of the package, then any other CSV file."""
    tables: list[RawTable] = []
    findings: list[Finding] = []
    taken, kind = set(), kind_of(properties)
    findings += _resources_not_read(properties)
    for name, table, encoding in named_resources(properties):
        if not is_safe(name):
            what = f"The path {shown(name, 200)} leaves the folder."
            findings.append(unreadable(PACKAGE, "unsafe-path", what, "Keep files in the folder."))
        elif name in files:
            taken.add(name)
            _read(table, kind, name, files[name], encoding, tables, findings)
        else:
            what = f"{PACKAGE} names the file {name}, which is not there."
            findings.append(unreadable(name, "missing-file", what, "Add it, or remove it there."))
    tables += [RawTable(str(each["name"]), each["data"]) for each in _inline(properties)]
    for name, content in files.items():
        if name != PACKAGE and name not in taken:
            _read(PurePosixPath(name).stem, kind, name, content, None, tables, findings)
    return tables, findings


def _read(
    table: str,
    kind: str,
    name: str,
    content: bytes,
    encoding: str | None,
    tables: list[RawTable],
    findings: list[Finding],
) -> None:
    if table not in schema(kind):
        findings.append(unknown_table(table, kind))
        return
    raw, found = csv_table(table, name, content, encoding)
    findings += found
    if raw is not None:
        tables.append(raw)


def csv_table(
    table: str, name: str, content: bytes, encoding: str | None
) -> tuple[RawTable | None, list[Finding]]:
    """The rows of a CSV file, or why there are none.

    Parameters
    ----------
    table : str
        Name of the table.
    name : str
        Name of the file, for findings.
    content : bytes
        What the file holds.
    encoding : str, optional
        How it is encoded, where something says so.
    """
    text, findings = text_of(name, content, encoding)
    if text is None:
        return None, findings
    try:
        # newline="" keeps line breaks inside quoted cells as they were written.
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        mend = "Open it in a spreadsheet and save it as CSV again."
        return None, [unreadable(name, "not-csv", f"Not a CSV file: {error}.", mend)]
    return RawTable(table, rows), []


class Resource(NamedTuple):
    """A file that the package names: its path, its table, its encoding where it says."""

    path: str
    table: str
    encoding: str | None


def named_resources(properties: Mapping[str, Any]) -> list[Resource]:
    """The resources that may be tables; others are left alone."""
    resources, known = properties.get("resources"), schema(kind_of(properties))
    named = []
    for resource in resources if isinstance(resources, list) else []:
        if not isinstance(resource, dict):
            continue
        path, name = resource.get("path"), resource.get("name")
        if isinstance(path, list) and len(path) == 1:
            path = path[0]
        if isinstance(path, str) and path:
            table = name if isinstance(name, str) and name else PurePosixPath(path).stem
            encoding = resource.get("encoding")
            if table in known or PurePosixPath(path).suffix.lower() == ".csv":
                named.append(Resource(path, table, encoding if isinstance(encoding, str) else None))
    return named


def _inline(properties: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Resources that hold their rows in the package itself, as those of a library may."""
    resources, kind = properties.get("resources"), kind_of(properties)
    return [
        each
        for each in (resources if isinstance(resources, list) and kind != PLACE else [])
        if isinstance(each, dict)
        and each.get("name") in schema(kind)
        and isinstance(each.get("data"), list)
        and all(isinstance(row, list) for row in each["data"])
    ]


def _resources_not_read(properties: Mapping[str, Any]) -> list[Finding]:
    """What resources hold or declare and is not read: errors for tables, else warnings."""
    resources, known = properties.get("resources"), schema(kind_of(properties))
    findings, inline = [], _inline(properties)
    for resource in resources if isinstance(resources, list) else []:
        if not isinstance(resource, dict):
            what = f"{shown(resource, 40)} is no resource."
            mend = 'Write {"name": "funding", "path": "funding.csv"}.'
            findings.append(unreadable(PACKAGE, "not-json", what, mend))
            continue
        path, table = resource.get("path"), resource.get("name")
        parts = path if isinstance(path, list) else []
        if len(parts) > 1:
            code, what = "several-parts", f"is in {len(parts)} files: {listed(map(str, parts))}."
            mend = "Put all rows into one file, under one heading, and name that."
        elif "data" in resource and resource not in inline:
            code, what = "inline-data", "holds its data in the package itself, which is not read."
            mend = "Put the rows into a CSV file of the folder, and give its path."
        else:
            code = what = mend = ""
        if code:
            said = f"The resource {shown(table, 40, quoted=False)} {what}"
            severity: Severity = "error" if table in known else "warning"
            findings.append(Finding(code, severity, PACKAGE, None, None, said, mend))
        if table in known:
            findings += declared_otherwise(known[table], resource)
    return findings


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number that can be worked with")


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    held = dict(pairs)
    if len(held) < len(pairs):
        names = [name for name, _ in pairs]
        doubled = sorted({name for name in names if names.count(name) > 1})
        raise ValueError(f"{listed(doubled)} stands in one object twice")
    return held


# --- text of files --------------------------------------------------------------


_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    # The longer mark first: that of UTF-32 begins like that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = {
    "utf8": "utf-8",
    "utf16": "utf-16",
    "utf16le": "utf-16-le",
    "utf16be": "utf-16-be",
    "windows1252": "cp1252",
    "cp1252": "cp1252",
    "latin1": "latin-1",
    "iso88591": "latin-1",
    "ascii": "ascii",
}
_MEND = (
    'Save it as UTF-8: in Excel choose "CSV UTF-8 (Comma delimited)", in LibreOffice choose '
    "the character set Unicode (UTF-8) when saving."
)


def text_of(
    name: str, content: bytes, declared: str | None = None
) -> tuple[str | None, list[Finding]]:
    """The text of a file, or the finding that it cannot be known.

    A byte-order mark says how a file is encoded. Without one the file is read as
    the package declares it, and else as UTF-8. Encodings that merely look likely
    are not tried: £ and accents would come out as other letters without a word.

    Parameters
    ----------
    name : str
        Name of the file, for findings.
    content : bytes
        What it holds.
    declared : str, optional
        The property ``encoding`` of the resource in ``datapackage.json``.

    Examples
    --------
    >>> text_of("areas.csv", "Ynys Môn, £5".encode("utf-16"))
    ('Ynys Môn, £5', [])
    >>> text, findings = text_of("areas.csv", "£5".encode("latin-1"))
    >>> text is None, findings[0].code
    (True, 'not-utf-8')
    """
    encoding = next((codec for mark, codec in _MARKS if content.startswith(mark)), None)
    if encoding is None and declared:
        plain = declared.lower().replace("-", "").replace("_", "").replace(" ", "")
        encoding = _DECLARED.get(plain)
        if encoding is None:
            what = f"The package says it is encoded as {shown(declared)}, which is not known here."
            return None, [unreadable(name, "unknown-encoding", what, _MEND)]
    try:
        text = content.decode(encoding or "utf-8")
    except UnicodeDecodeError as error:
        return None, [_undecodable(name, content, encoding, error.start)]
    if "\0" in text:
        what = "The file holds characters that are not text."
        if encoding is None and _looks_wide(content):
            what = "The file looks like UTF-16, but has no byte-order mark to say so."
        return None, [unreadable(name, "not-text", what, _MEND)]
    return text, []


def _undecodable(name: str, content: bytes, encoding: str | None, start: int) -> Finding:
    if encoding is not None:
        what = f"It is not {encoding} text, although it says so."
        return unreadable(name, "not-utf-8", what, _MEND)
    line = content.count(b"\n", 0, start) + 1
    what = f"Line {line} is not UTF-8 text"
    try:
        seen = content.splitlines()[line - 1].decode("cp1252").strip()
    except UnicodeDecodeError:
        return unreadable(name, "not-utf-8", f"{what}.", _MEND)
    what += f"; if the file comes from an older Excel on Windows, the line reads {shown(seen)}."
    mend = f'{_MEND} Or declare "encoding": "windows-1252" for it in datapackage.json.'
    return unreadable(name, "not-utf-8", what, mend)


def _looks_wide(content: bytes) -> bool:
    head = content[:2000]
    return max(head[0::2].count(0), head[1::2].count(0)) > len(head) / 4


# --- examples -------------------------------------------------------------------

_CHECKOUT = Path(__file__).resolve().parents[4] / "datasets"


def examples() -> list[str]:
    """Names of the example places, sorted.

    Examples
    --------
    >>> "toy_pooling" in examples()
    True
    """
    return sorted(_folders())


def example_folder(name: str) -> AbstractContextManager[Path]:
    """The folder of an example place, while it is in use.

    Raises
    ------
    InvalidPlace
        If there is no such example.
    """
    folders = _folders()
    if not isinstance(name, str) or name not in folders:
        said = f"There is no example place {as_given(name)}. Examples: {', '.join(sorted(folders))}"
        raise InvalidPlace(offered(said, name, folders))
    return as_file(folders[name])


def _folders() -> dict[str, Traversable]:
    for home in (files("placebudget") / "datasets", _CHECKOUT):
        if home.is_dir():
            return {
                folder.name: folder
                for folder in home.iterdir()
                if folder.is_dir() and (folder / PACKAGE).is_file()
            }
    return {}
