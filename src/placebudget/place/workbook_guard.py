"""What a workbook must not hold, looked at before a spreadsheet library opens it."""

from __future__ import annotations

import zipfile
from typing import Any

from placebudget.place.archive import refused
from placebudget.place.findings import Finding
from placebudget.place.limits import FileLimits
from placebudget.texts import listed

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
        return _finding(name, "protected", what, mend)
    what = "Not a workbook: an .xlsx file is a zip archive, and this is none, or half of one."
    return _finding(name, "not-xlsx", what, SAVE_AGAIN)


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
        findings.append(_finding(name, "macros", what, mend))
    if _BOOK in parts and _STRICT in archive.read(_BOOK):
        what = 'The workbook is saved as "Strict Open XML", which is not read.'
        findings.append(_finding(name, "strict-workbook", what, SAVE_AS))
    declaring = [part for part in parts if _is_xml(part) and _declares_types(archive, part)]
    if declaring:
        what = (
            f"The workbook's XML declares entities, which no spreadsheet does: {_few(declaring)}."
        )
        mend = "Do not open the file; ask where it comes from."
        findings.append(_finding(name, "unsafe-xml", what, mend))
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
    from xml.parsers.expat import ParserCreate

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


def _finding(file: str, code: str, what: str, mend: str) -> Finding:
    return Finding(code, "error", file, None, None, what, mend)
