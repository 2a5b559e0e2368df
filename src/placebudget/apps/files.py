"""Files at a board: a workbook that is brought, read with narrow limits; what is taken away."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from placebudget.apps.found import counted, lines
from placebudget.apps.meeting import BoardAnswer
from placebudget.errors import InvalidPlace
from placebudget.place import UPLOADS, Findings, Place, read
from placebudget.place.options.option import file_stem
from placebudget.place.origin import Origin
from placebudget.study import Potential
from placebudget.view import report, write_comparison
from placebudget.writing import folder_for_a_while

_TYPES = {
    "html": "text/html",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class File:
    """A file to be handed to a browser.

    Parameters
    ----------
    name : str
        Its name, with a piece of the hash of its inputs.
    media_type : str
        What it is.
    content : bytes
        What it holds.
    """

    name: str
    media_type: str
    content: bytes


def export(answer: BoardAnswer, form: str) -> File | None:
    """The answer as a file; None until all plans are there.

    Parameters
    ----------
    answer : BoardAnswer
        What the board looks at.
    form : str
        ``html`` or ``xlsx``.

    Examples
    --------
    >>> import placebudget as pb
    >>> from placebudget.apps import Meeting
    >>> meeting = Meeting(pb.example("toy_pooling"))
    >>> meeting.recalculate({}) and meeting.complete()
    >>> file = export(meeting.answer, "html")
    >>> file.name.startswith("toy_pooling-board-")
    True
    """
    found = answer.potential()
    if found is None:
        return None
    name = f"{file_stem(found.place.name)}-board-{found.place.digest[:12]}.{form}"
    return File(name, _TYPES[form], _content(found, form))


def _content(found: Potential, form: str) -> bytes:
    if form == "html":
        return report(found).encode()
    with folder_for_a_while("The workbook") as folder:
        return write_comparison(found, folder / "board.xlsx").read_bytes()


SECONDS = 20.0
"""Most seconds a file that somebody brings may take to be read and checked."""

_MOST_TOLD = 3
_LOOK = 0.05


class RefusedUpload(InvalidPlace):
    """An uploaded file that is not opened; the text says why and how to mend it.

    Attributes
    ----------
    listed : tuple of str
        Every finding of its check, a line each; empty where its first lines say all.
    counted : str
        How many there are.
    """

    listed: tuple[str, ...] = ()
    counted: str = ""

    @property
    def everything(self) -> dict[str, Any]:
        """Every finding as plain data; empty where the first lines say all."""
        return {"count": self.counted, "lines": list(self.listed)} if self.listed else {}


class UploadReader:
    """Reads files beside whoever asks, one at a time and within :data:`SECONDS`."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None

    def read(self, stop: threading.Event, read: Callable[[], Place]) -> Place | None:
        """The place a file holds; None where the reading was ended.

        Raises
        ------
        RefusedUpload
            If it takes too long, or the file before is still being read.
        PlaceBudgetError
            What ``read`` raises.
        """
        if self._thread is not None and self._thread.is_alive():
            raise RefusedUpload(
                "The file that was brought before is still being read. Try again in a minute."
            )
        found: list[Place] = []
        failed: list[BaseException] = []

        def work() -> None:
            try:
                found.append(read())
            except BaseException as error:  # raised again below, where it is heard
                failed.append(error)

        self._thread = threading.Thread(target=work, daemon=True, name="placebudget upload")
        self._thread.start()
        until = time.monotonic() + SECONDS
        while self._thread.is_alive() and not stop.is_set():
            self._thread.join(_LOOK)
            if time.monotonic() > until and self._thread.is_alive():
                raise RefusedUpload(
                    f"The file takes longer than {SECONDS:g} seconds to read, so it is not opened. "
                    "Leave out sheets that are not tables of the place, and rows beyond them."
                )
        if stop.is_set():
            return None
        if failed:
            raise failed[0]
        return found[0]


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
        with folder_for_a_while("What was brought") as folder:
            file = folder / "uploaded.xlsx"
            file.write_bytes(content)
            place = read(file, UPLOADS)
        place.check().raise_if_errors()
    except InvalidPlace as error:
        raise _refused(called, error) from None
    return replace(place, origin=Origin(remarks=place.origin.remarks, numbers=place.origin.numbers))


def _refused(called: str, error: InvalidPlace) -> RefusedUpload:
    """Why a file is not opened: its first errors, and every finding there is."""
    findings = Findings(error.findings)
    errors = lines((each for each in findings.errors if each not in findings.causes), called)
    if not errors:
        return RefusedUpload(f"{called} cannot be opened: {error}", error.findings)
    told = [f"{called} is not opened; the present place stays.", *errors[:_MOST_TOLD]]
    made = RefusedUpload("\n".join(told), error.findings)
    every = lines(findings, called)
    if len(every) > _MOST_TOLD or len(every) > len(errors):
        made.listed, made.counted = tuple(every), counted(findings)
    return made
