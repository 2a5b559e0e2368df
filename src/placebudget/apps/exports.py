"""What a board takes away: the report as a page, and the workbook."""

from __future__ import annotations

from dataclasses import dataclass

from placebudget.apps.meeting import BoardAnswer
from placebudget.place.options.option import file_stem
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
    """The answer as a file; None until all four plans are there.

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
