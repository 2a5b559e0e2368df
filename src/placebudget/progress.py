"""Progress of long work, with the time left; and work that Ctrl-C can stop."""

from __future__ import annotations

import atexit
import threading
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from placebudget.errors import WrongArgument

if TYPE_CHECKING:
    from rich.console import Console


# Work that Ctrl-C can stop although a solver is at it.
#
# Python hears Ctrl-C between its own instructions, and a solver may run for minutes
# in one. So the work runs in a thread and is told to stop, while the main thread
# listens. The same holds for the stop button of a notebook.

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


Report = Callable[[str, int, int], None]


class Stage(str):
    """What is under way: a text to show, with what it is and of what for those who reword it.

    Parameters
    ----------
    text : str
        What is shown.
    key : str
        What kind of stage it is.
    about : str
        Which one: a plan, a level.

    Examples
    --------
    >>> stage = Stage("first plan, pooled", "first plan", "pooled")
    >>> stage, stage.key, stage.about
    ('first plan, pooled', 'first plan', 'pooled')
    """

    key: str
    about: str

    def __new__(cls, text: str, key: str, about: str) -> Stage:
        """Make one."""
        made = super().__new__(cls, text)
        made.key, made.about = key, about
        return made


@contextmanager
def progress(console: Console | None = None) -> Iterator[Report]:
    """Show how far long work has come.

    Parameters
    ----------
    console : rich.console.Console, optional
        Where to show it; default stderr on a terminal, the cell in a notebook,
        and nowhere else, so that logs and pipes stay clean.

    Yields
    ------
    callable
        To be given as ``progress`` to :func:`placebudget.optimise` and the like:
        takes what is under way, the number of the stage and how many there are.

    Raises
    ------
    WrongArgument
        If the console is none.

    Examples
    --------
    >>> import placebudget as pb
    >>> with pb.progress() as show:
    ...     plan = pb.optimise(pb.example("toy_pooling"), progress=show)
    """
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    if console is not None and not isinstance(console, Console):
        raise WrongArgument(
            f"console is a rich.console.Console, or None, not an object of type "
            f"{type(console).__name__}"
        )
    shown = console or Console(stderr=True)
    if not (shown.is_terminal or shown.is_jupyter):
        yield silent
        return
    columns: list[Any] = [
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        TextColumn("gone,"),
        TimeRemainingColumn(),
        TextColumn("left"),
    ]
    with Progress(*columns, console=shown, transient=True) as bar:
        task = bar.add_task("", total=None)

        def report(what: str, number: int, total: int) -> None:
            bar.update(task, description=what, completed=number, total=max(total, 1))

        yield report


def silent(what: str, number: int, total: int) -> None:
    """Show nothing."""
