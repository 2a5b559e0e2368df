"""Boards: a place on screen for a partnership board, in words and pictures.

``placebudget board PLACE`` serves one; in a notebook::

    from placebudget.apps import board
    board("lancashire")
"""

from placebudget.apps.meeting import Meeting, Trouble
from placebudget.apps.starting import board
from placebudget.work.asking import InvalidChoice

__all__ = ["InvalidChoice", "Meeting", "Trouble", "board"]
