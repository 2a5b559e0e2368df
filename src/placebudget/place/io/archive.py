"""A place as a .zip of its folder; and what is refused in any archive before it is unpacked."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Any
from xml.parsers.expat import ParserCreate

from placebudget.place.findings import Finding, unreadable
from placebudget.place.io.folder import (
    PACKAGE,
    FileLimits,
    is_safe,
    is_taken,
    named_besides,
    not_read,
    package_properties,
    too_large,
)
from placebudget.texts import listed

BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
    OverflowError,
)
"""What opening or unpacking a file that is no sound archive may raise."""

_AGAIN = "Zip the folder of the place again."
# A file so small can do no harm however well it was packed.
_SMALL = 1_000_000


def archive_files(path: Path, limits: FileLimits) -> tuple[dict[str, bytes], list[Finding]]:
    """The package and the CSV files in a .zip, by name; nothing is unpacked to disk.

    The files may lie in one folder inside the archive.
    """
    if path.stat().st_size > limits.file:
        return {}, [too_large(path.name, path.stat().st_size, limits)]
    try:
        with zipfile.ZipFile(path) as archive:
            findings = refused(path.name, archive, limits)
            return ({}, findings) if findings else _files(archive)
    except BROKEN as error:
        what = f"Not a zip archive that can be read: {error}."
        return {}, [unreadable(path.name, "not-zip", what, _AGAIN)]


def refused(name: str, archive: zipfile.ZipFile, limits: FileLimits) -> list[Finding]:
    """Why an archive is not unpacked: by its list of contents alone.

    Parameters
    ----------
    name : str
        Name of the file, for findings.
    archive : ZipFile
        The archive, opened; nothing of it is unpacked.
    limits : FileLimits
        How much it may hold.
    """
    members = archive.infolist()
    if len(members) > limits.entries:
        what = f"It holds {len(members):,} files; {limits.entries:,} is most."
        return [unreadable(name, "too-large", what, _AGAIN)]
    findings = []
    names = [info.filename for info in members]
    unsafe = [each for each in names if not is_safe(each)]
    if unsafe:
        what = f"Files lie outside the archive: {_shown(unsafe)}."
        findings.append(unreadable(name, "unsafe-path", what, _AGAIN))
    links = [info.filename for info in members if stat.S_ISLNK(info.external_attr >> 16)]
    if links:
        what = f"It holds links instead of files: {_shown(links)}."
        findings.append(unreadable(name, "unsafe-path", what, "Zip the files themselves."))
    doubled = sorted({each for each in names if names.count(each) > 1})
    if doubled:
        what = f"Several files have one name: {_shown(doubled)}."
        findings.append(unreadable(name, "doubled-file", what, _AGAIN))
    return findings + _too_much(name, members, limits)


def write_archive(files: dict[str, bytes]) -> bytes:
    """Files as a .zip, the same bytes for the same place."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _too_much(name: str, members: list[zipfile.ZipInfo], limits: FileLimits) -> list[Finding]:
    size = sum(info.file_size for info in members)
    if size > limits.unpacked:
        what = f"It unpacks to {size:,} bytes; {limits.unpacked:,} is most."
        mend = "Leave out what is no table of the place, or read it from a folder."
        return [unreadable(name, "too-large", what, mend)]
    swollen = [
        info.filename
        for info in members
        if info.file_size > max(_SMALL, limits.ratio * info.compress_size)
    ]
    if swollen:
        what = f"Files unpack to more than {limits.ratio} times their size: {_shown(swollen)}."
        mend = "Tables never do. If the file is your own, remove repeated or empty rows."
        return [unreadable(name, "too-large", what, mend)]
    return []


def _files(archive: zipfile.ZipFile) -> tuple[dict[str, bytes], list[Finding]]:
    members = [info for info in archive.infolist() if not info.is_dir()]
    members = [info for info in members if not info.filename.startswith("__MACOSX/")]
    top = _top(members)
    names = {info.filename.removeprefix(top): info for info in members}
    files = {name: archive.read(info) for name, info in names.items() if is_taken(name)}
    properties, _ = package_properties(files)
    besides = named_besides(properties, files)
    files |= {name: archive.read(names[name]) for name in besides if name in names}
    left = (name for name in names if "/" not in name and name not in files)
    return files, not_read(left, properties)


def _top(members: list[zipfile.ZipInfo]) -> str:
    packages = [info.filename for info in members if PurePosixPath(info.filename).name == PACKAGE]
    nearest = min(packages, key=lambda name: (name.count("/"), name), default=PACKAGE)
    return nearest.removesuffix(PACKAGE)


def _shown(names: list[str]) -> str:
    return listed((repr(each[:60]) for each in names), most=5)


# --- workbooks, which are archives ----------------------------------------------


_MACROS = ("vbaproject.bin", "vbadata.xml")
_MACRO_SHEETS = ("xl/macrosheets/", "xl/dialogsheets/")
_LINKS = "xl/externallinks/"
_BOOK = "xl/workbook.xml"
_STRICT = b"http://purl.oclc.org/ooxml/"


SAVE_AGAIN = "Open it in a spreadsheet and save it as .xlsx again."
SAVE_AS = 'Open it in a spreadsheet and save it as "Excel workbook (.xlsx)".'
_ENVELOPE = b"\xd0\xcf\x11\xe0"


def no_archive(name: str, begins: bytes) -> Finding:
    """The finding about a workbook that is no zip archive, by the bytes it begins with.

    Examples
    --------
    >>> no_archive("place.xlsx", b"<html>").what
    'Not a workbook: an .xlsx file is a zip archive, and this is none, or half of one.'
    """
    if begins.startswith(_ENVELOPE):
        what = (
            "The workbook may be protected by a password or by a label of sensitivity, or be one "
            "of the older kind (.xls) under another name; it cannot be read so."
        )
        mend = f"{SAVE_AS.removesuffix('.')}, without a password or a label that encrypts."
        return unreadable(name, "protected", what, mend)
    what = "Not a workbook: an .xlsx file is a zip archive, and this is none, or half of one."
    return unreadable(name, "not-xlsx", what, SAVE_AGAIN)


def refused_workbook(name: str, archive: zipfile.ZipFile, limits: FileLimits) -> list[Finding]:
    """Why a workbook is not opened: what its parts are called, and how its XML begins.

    Parameters
    ----------
    name : str
        Name of the file, for findings.
    archive : ZipFile
        The workbook as the archive it is.
    limits : FileLimits
        How much it may hold.
    """
    findings = refused(name, archive, limits)
    if findings:
        return findings
    parts = [info.filename for info in archive.infolist()]
    if any(_has_macros(part) for part in parts):
        what = "The workbook holds macros, which are never needed in a place."
        mend = 'Save it as "Excel workbook (.xlsx)", without macros.'
        findings.append(unreadable(name, "macros", what, mend))
    if _BOOK in parts and _STRICT in archive.read(_BOOK):
        what = 'The workbook is saved as "Strict Open XML", which is not read.'
        findings.append(unreadable(name, "strict-workbook", what, SAVE_AS))
    declaring = [part for part in parts if _is_xml(part) and _declares_types(archive, part)]
    if declaring:
        what = (
            f"The workbook's XML declares entities, which no spreadsheet does: {_few(declaring)}."
        )
        mend = "Do not open the file; ask where it comes from."
        findings.append(unreadable(name, "unsafe-xml", what, mend))
    return findings


def remarks_on_workbook(name: str, archive: zipfile.ZipFile) -> list[Finding]:
    """What a reader should know of a workbook that can be read."""
    linked = [each for each in archive.namelist() if each.lower().startswith(_LINKS)]
    if not linked:
        return []
    what = "Formulas take figures from other workbooks; the last calculated ones are read."
    mend = "Check that they are up to date, or paste the values."
    return [Finding("external-links", "warning", name, None, None, what, mend)]


def _has_macros(part: str) -> bool:
    plain = part.lower()
    return plain.endswith(_MACROS) or plain.startswith(_MACRO_SHEETS)


def _is_xml(part: str) -> bool:
    return part.lower().endswith((".xml", ".rels", ".vml"))


def _declares_types(archive: zipfile.ZipFile, part: str) -> bool:
    """Whether a part has a document type, the only place where entities are declared.

    It stands before the first element, so that the parser is stopped there.
    """
    declared: list[Any] = []
    begun: list[Any] = []
    parser = ParserCreate()
    parser.StartDoctypeDeclHandler = lambda *about: declared.append(about)
    parser.StartElementHandler = lambda *about: begun.append(about)
    with archive.open(part) as file:
        while not declared and not begun and (piece := file.read(2_000)):
            parser.Parse(piece, False)
    return bool(declared)


def _few(parts: list[str]) -> str:
    return listed((part[:60] for part in parts), most=3)
