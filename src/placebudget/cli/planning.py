"""What the commands that plan share: a checked place, a run that can be stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

from placebudget.cli.speaking import complain
from placebudget.place import Place, read

Result = TypeVar("Result")

# How often the main thread looks for Ctrl-C while the solver runs, in seconds.
_LOOK = 0.1


def checked_place(given: str) -> Place:
    """Read a place and check it; warnings are counted on stderr.

    Raises
    ------
    InvalidPlace
        If anything stops a plan.
    """
    place = read(given)
    warnings = place.check().raise_if_errors().warnings
    if warnings:
        count = len(warnings)
        verb = "warning" if count == 1 else "warnings"
        complain(f"{count} {verb}: placebudget check {given}")
    return place


def stoppable(work: Callable[[threading.Event], Result]) -> Result:
    """Do work that Ctrl-C can stop although a solver is at it.

    Python hears Ctrl-C between its own instructions, and a solver may run for
    minutes in one. So the work runs in a thread, and is told to stop.

    Parameters
    ----------
    work : callable
        Takes the event that is set when it should stop.
    """
    stop = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(work, stop)
        try:
            while not future.done():
                wait([future], timeout=_LOOK)
        except KeyboardInterrupt:
            stop.set()
            raise
        return future.result()
