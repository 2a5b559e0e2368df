"""Work that Ctrl-C can stop although a solver is at it.

Python hears Ctrl-C between its own instructions, and a solver may run for minutes
in one. So the work runs in a thread and is told to stop, while the main thread
listens. The same holds for the stop button of a notebook.
"""

from __future__ import annotations

import atexit
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Protocol, TypeVar

Result = TypeVar("Result")


class Halts(Protocol):
    """Whoever works in a thread beside the main one."""

    def halt(self) -> None:
        """Stop what is under way, and wait until its thread has ended."""


# How often the main thread looks for Ctrl-C while the solver runs, in seconds.
_LOOK = 0.1


def stoppable(work: Callable[[threading.Event], Result]) -> Result:
    """Do work that Ctrl-C can stop.

    Parameters
    ----------
    work : callable
        Takes the event that is set when it should stop.

    Returns
    -------
    object
        What the work gives. Outside the main thread, where Ctrl-C is never
        heard, the work is done in place.

    Raises
    ------
    KeyboardInterrupt
        Once the work has stopped.

    Examples
    --------
    >>> stoppable(lambda stop: stop.is_set())
    False
    """
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        return work(stop)
    with ThreadPoolExecutor(1) as pool:
        # Ctrl-C may come while the work is being handed over: that is inside, too.
        try:
            future = pool.submit(work, stop)
            while not future.done():
                wait([future], timeout=_LOOK)
        except KeyboardInterrupt:
            stop.set()
            raise
        return future.result()


_AT_WORK: weakref.WeakSet[Halts] = weakref.WeakSet()


def halted_at_exit(worker: Halts) -> None:
    """Have a worker halt before Python ends.

    A solver that is still at work in a thread would take the whole process down with it.
    """
    _AT_WORK.add(worker)


@atexit.register
def _halt_all() -> None:
    for worker in list(_AT_WORK):
        worker.halt()
