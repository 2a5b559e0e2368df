"""Files at a board: a workbook that is brought, what its check found, what is taken away."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from placebudget.apps.answer import BoardAnswer
from placebudget.errors import InvalidPlace
from placebudget.place import UPLOADS, Finding, Findings, Place, read
from placebudget.place.options.option import file_stem
from placebudget.place.origin import Origin
from placebudget.plan import Plan
from placebudget.study import Potential
from placebudget.view import report, write_comparison
from placebudget.view.sheet import Grid, text_grid
from placebudget.work.picking import stem_of
from placebudget.work.plans import ENDING
from placebudget.writing import folder_for_a_while

# What the check of a place found, for those at a board: every finding, in lists and tables.

_CODE = re.compile(r" \[[^\]]*\]$")
_HEAD = ("where", "what the check says", "how to mend it")


def lines(findings: Iterable[Finding], called: str = "") -> list[str]:
    """Findings a line each, errors first; equal ones stand together, as in the check.

    Parameters
    ----------
    findings : iterable of Finding
        What was found.
    called : str, optional
        What the file is called that the findings name ``uploaded.xlsx``.

    Examples
    --------
    >>> one = Finding("negative", "error", "funding", 3, "amount", "-5 is negative.", "Mend it.")
    >>> lines([one])
    ['Error in funding, row 3, amount: -5 is negative. Mend it.']
    """
    return [
        f"{row.severity.capitalize()} in {row.where}: {row.what} {row.mend}".rstrip()
        + (f" It follows from {row.cause}, and goes when that is mended." if row.cause else "")
        for row in _rows(findings, called)
    ]


def grid(findings: Iterable[Finding]) -> Grid:
    """Warnings of a place that passed its check, as a table."""
    rows = [(row.where, row.what, row.mend) for row in _rows(findings)]
    return text_grid("found", "Warnings of the check", _HEAD, rows)


def counted(findings: Findings) -> str:
    """How many errors and warnings there are.

    Examples
    --------
    >>> one = Finding("negative", "error", "funding", 3, "amount", "-5 is negative.", "Mend it.")
    >>> counted(Findings([one]))
    '1 error'
    """
    parts = [(len(findings.errors), "error"), (len(findings.warnings), "warning")]
    return " and ".join(f"{n:,} {word}{'' if n == 1 else 's'}" for n, word in parts if n)


class _Row(NamedTuple):
    severity: str
    where: str
    what: str
    mend: str
    cause: str


def _rows(findings: Iterable[Finding], called: str = "") -> list[_Row]:
    held = findings if isinstance(findings, Findings) else Findings(findings)
    table = held.grouped()[["severity", "where", "what", "mend", "follows_from"]]
    rows = []
    for severity, where, what, mend, cause in table.itertuples(index=False):
        named = where.replace("uploaded.xlsx", called) if called else where
        # The short name of its kind, which a cause carries, is not for people.
        root = _CODE.sub("", cause) if isinstance(cause, str) else ""
        rows.append(_Row(severity, named, what, mend, root))
    return rows


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


def plan_file(plan: Plan) -> File:
    """A plan that was picked, as its file."""
    with folder_for_a_while("The plan") as folder:
        written = plan.to_json(folder / f"{stem_of(plan)}{ENDING}")
        return File(written.name, "application/json", written.read_bytes())


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
