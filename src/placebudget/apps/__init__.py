"""Boards: a place on screen for a partnership board, in words and pictures.

``placebudget board PLACE`` serves one; in a notebook::

    from placebudget.apps import board
    board("lancashire")
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from placebudget.apps.deciding import Deciding
from placebudget.apps.meeting import SECONDS, Meeting, Trouble
from placebudget.place import Place, read
from placebudget.work.asking import InvalidChoice
from placebudget.work.elsewhere import Elsewhere
from placebudget.work.jobs import Engine, Here

if TYPE_CHECKING:
    from placebudget.apps.widget import Board, Showing

__all__ = ["InvalidChoice", "Meeting", "Trouble", "board"]


PLACE = "PLACEBUDGET_PLACE"
"""Names the place of a board that is served."""
TIME = "PLACEBUDGET_SECONDS"
"""Most seconds a plan of a served board may take."""
JOBS = "PLACEBUDGET_JOBS"
"""Where the process is reached that works for all readers of a served board, and its key."""
REGISTER = "PLACEBUDGET_REGISTER"
"""Names the register of a board that is served."""
INDEX, LIVE = "index.html", "try"
"""Where a served board has the first of its papers, and the live board beside them."""

# Set by Voila for a board that is kept ready before its reader comes.
_AHEAD = "VOILA_PREHEAT"
_EXAMPLE = "lancashire"


def board(
    place: Place | str | None = None, *, seconds: float | None = None, register: str | None = None
) -> Board:
    """A board of a place, to be shown in a notebook or served by Voila.

    Parameters
    ----------
    place : Place or str, optional
        A place, or a path or example to read; default: what ``PLACEBUDGET_PLACE``
        names, or the example lancashire.
    seconds : float, optional
        Most seconds a plan may take; default: what ``PLACEBUDGET_SECONDS`` says, or 120.
    register : path or str, optional
        The register in which it is entered what is decided, by who you are as for
        :class:`~placebudget.Register`; default: what ``PLACEBUDGET_REGISTER`` names, whose
        readers show who they are on the page.

    Returns
    -------
    Board
        A widget; it works its plans out in the background.

    Raises
    ------
    InvalidPlace
        If the place has errors; all are named.

    Examples
    --------
    >>> import placebudget as pb
    >>> shown = board(pb.example("toy_pooling"))
    >>> shown.wait()
    >>> shown.shown["name"]
    'At a glance'
    """
    from placebudget.apps.widget import Board, Showing

    ahead = os.environ.get(_AHEAD) == "True"
    if place is None and seconds is None and register is None and _beforehand:
        meeting, told = _beforehand
        meeting.engine = engine_of_the_board()
        return Board(meeting, ahead=ahead, showing=told)
    given = os.environ.get(PLACE, _EXAMPLE) if place is None else place
    found = given if isinstance(given, Place) else read(given)
    meeting = _meeting(found, seconds, None if register is None else Deciding(register, None))
    return Board(meeting, ahead=ahead, showing=Showing(meeting))


_beforehand: tuple[Meeting, Showing] | tuple[()] = ()


def stand_ready() -> bool:
    """Have the board that is served in this process, so that those forked from it begin with it.

    That can be as soon as somebody has had its plans worked out; nothing is worked out here.
    """
    from placebudget.apps.screens import FIRST
    from placebudget.apps.widget import Showing

    global _beforehand
    if not _beforehand and os.environ.get(JOBS):
        meeting = _meeting(read(os.environ.get(PLACE, _EXAMPLE)), None)
        try:
            if meeting.take_papers():
                told = Showing(meeting)
                told.screen(FIRST)
                _beforehand = meeting, told
        finally:
            meeting.engine.halt()  # a line is nothing that two processes can share
    return bool(_beforehand)


def _meeting(place: Place, seconds: float | None, deciding: Deciding | None = None) -> Meeting:
    time = float(os.environ.get(TIME, SECONDS)) if seconds is None else seconds
    served = os.environ.get(REGISTER)
    if deciding is None and served:
        deciding = Deciding(served)
    return Meeting(place, seconds=time, engine=engine_of_the_board(), deciding=deciding)


def engine_of_the_board() -> Engine:
    """Who works plans out: the process that does so for all readers; without one, this."""
    address, _, key = os.environ.get(JOBS, "").rpartition(" ")
    return Elsewhere(address, key) if address else Here()
