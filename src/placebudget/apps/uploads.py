"""A workbook that somebody brings to a board: read with narrow limits, or refused in words."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from placebudget.errors import InvalidPlace
from placebudget.place import UPLOADS, Finding, Findings, Place, read
from placebudget.place.origin import Origin

_MOST_TOLD = 12


class RefusedUpload(InvalidPlace):
    """An uploaded file that is not opened; the text says why and how to mend it."""


def uploaded_place(name: str, size: int, content: bytes | memoryview | None) -> Place:
    """The place in an uploaded workbook.

    Parameters
    ----------
    name : str
        Name of the file, as the browser gives it.
    size : int
        Its size in bytes, as the browser gives it.
    content : bytes
        The file; None where it was too large to be sent, or none was chosen.

    Returns
    -------
    Place
        A place that passes its checks and remembers no path.

    Raises
    ------
    RefusedUpload
        If it is no workbook, too large, holds macros or has errors.
    """
    called = Path(name.replace("\\", "/")).name or "the file"
    if content is None and size <= UPLOADS.file:
        raise RefusedUpload("No file was chosen. Choose an Excel workbook (.xlsx) of a place.")
    if content is None or len(content) > UPLOADS.file:
        most = f"{UPLOADS.file / 1e6:g} MB"
        raise RefusedUpload(
            f"{called} is larger than {most}. Leave out sheets that are not tables of the place."
        )
    if not called.lower().endswith(".xlsx"):
        raise RefusedUpload(
            f"{called} is not an Excel workbook (.xlsx). Save it as one, without macros."
        )
    try:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "uploaded.xlsx"
            file.write_bytes(content)
            place = read(file, UPLOADS)
        place.check().raise_if_errors()
    except InvalidPlace as error:
        raise RefusedUpload(_told(called, error), error.findings) from None
    return replace(place, origin=Origin(remarks=place.origin.remarks, numbers=place.origin.numbers))


def _told(called: str, error: InvalidPlace) -> str:
    """The errors of the file as lines, as many as can be read."""
    findings: list[Finding] = [
        each for each in Findings(error.findings) if each.severity == "error"
    ]
    if not findings:
        return f"{called} cannot be opened: {error}"
    lines = [
        f"{each.where.replace('uploaded.xlsx', called)}: {each.what} {each.mend}"
        for each in findings[:_MOST_TOLD]
    ]
    more = len(findings) - len(lines)
    if more > 0:
        lines.append(f"{more} more; placebudget check names them all.")
    return "\n".join([f"{called} is not opened; the present place stays.", *lines])
