"""Boards: a place on screen for a partnership board, in words and pictures.

``placebudget board PLACE`` serves one; in a notebook::

    from placebudget.apps import board
    board("lancashire")
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from placebudget.apps.meeting import SECONDS, Meeting, Trouble
from placebudget.place import Place, read
from placebudget.work.asking import InvalidChoice
from placebudget.work.elsewhere import Elsewhere
from placebudget.work.jobs import Engine, Here

if TYPE_CHECKING:
    from placebudget.apps.widget import Board

__all__ = ["InvalidChoice", "Meeting", "Trouble", "board"]


PLACE = "PLACEBUDGET_PLACE"
"""Names the place of a board that is served."""
TIME = "PLACEBUDGET_SECONDS"
"""Most seconds a plan of a served board may take."""
JOBS = "PLACEBUDGET_JOBS"
"""Where the process is reached that works for all readers of a served board, and its key."""
INDEX, LIVE = "index.html", "try"
"""Where a served board has the first of its papers, and the live board beside them."""

# Set by Voila for a board that is kept ready before its reader comes.
_AHEAD = "VOILA_PREHEAT"
_EXAMPLE = "lancashire"


def board(place: Place | str | None = None, *, seconds: float | None = None) -> Board:
    """A board of a place, to be shown in a notebook or served by Voila.

    Parameters
    ----------
    place : Place or str, optional
        A place, or a path or example to read; default: what ``PLACEBUDGET_PLACE``
        names, or the example lancashire.
    seconds : float, optional
        Most seconds a plan may take; default: what ``PLACEBUDGET_SECONDS`` says, or 120.

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
    from placebudget.apps.widget import Board

    given = os.environ.get(PLACE, _EXAMPLE) if place is None else place
    found = given if isinstance(given, Place) else read(given)
    time = float(os.environ.get(TIME, SECONDS)) if seconds is None else seconds
    meeting = Meeting(found, seconds=time, engine=engine_of_the_board())
    return Board(meeting, ahead=os.environ.get(_AHEAD) == "True")


def engine_of_the_board() -> Engine:
    """Who works plans out: the process that does so for all readers; without one, this."""
    address, _, key = os.environ.get(JOBS, "").rpartition(" ")
    return Elsewhere(address, key) if address else Here()
