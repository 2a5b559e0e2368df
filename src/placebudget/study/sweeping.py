"""Sweeps: the same work done on many parts, on one processor or on many.

The parts are cut before anybody knows how many workers there are, and each part is
worked through in its own order from its own start. So the numbers are the same to
the bit wherever they are worked out.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from contextlib import contextmanager
from threading import Event
from typing import TypeVar

from placebudget.errors import WrongArgument
from placebudget.place.argument_kinds import optional, whole
from placebudget.place.arguments import as_given, offered
from placebudget.progress import silent

SERIAL, THREADS, PROCESSES = "serial", "threads", "processes"
WAYS = (SERIAL, THREADS, PROCESSES)
# How often a stop is looked for while workers are at it, in seconds.
_LOOK = 0.2

Part = TypeVar("Part")
Done = TypeVar("Done")
Report = Callable[[str, int, int], None]
ExecutorLike = str | Executor
"""``"serial"``, ``"threads"``, ``"processes"``, or any executor of the standard kind."""


class UnknownExecutor(WrongArgument):
    """A way of working was named that does not exist."""


def read_executor(given: ExecutorLike) -> ExecutorLike:
    """A way of working that there is, or an executor that takes work.

    Raises
    ------
    UnknownExecutor
        If it is neither.

    Examples
    --------
    >>> read_executor("thread")
    Traceback (most recent call last):
    ...
    placebudget.study.sweeping.UnknownExecutor: there is no way of working 'thread': give 'serial',
    'threads', 'processes', or an executor of concurrent.futures. Did you mean threads?
    """
    listed = f"give {', '.join(map(repr, WAYS))}, or an executor of concurrent.futures"
    if isinstance(given, str):
        if given in WAYS:
            return given
        said = f"there is no way of working {given!r}: {listed}"
        raise UnknownExecutor(offered(said, given, WAYS))
    if isinstance(given, type) or not (hasattr(given, "submit") and hasattr(given, "shutdown")):
        raise UnknownExecutor(f"executor takes no work where it is {as_given(given)}: {listed}")
    return given


def read_workers(given: int | None) -> int | None:
    """How many work at a time, or None for one a processor.

    Raises
    ------
    WrongArgument
        If it is no whole number of 1 or more.
    """
    return optional(whole, "workers", given, least=1)


def parts_of(items: Sequence[Part], size: int) -> list[Sequence[Part]]:
    """Cut a list into parts of a size; the last may be shorter.

    Examples
    --------
    >>> parts_of([1, 2, 3, 4, 5], 2)
    [[1, 2], [3, 4], [5]]
    """
    return [items[n : n + size] for n in range(0, len(items), size)]


def sweep(
    work: Callable[[Part], Done],
    parts: Sequence[Part],
    *,
    executor: ExecutorLike = SERIAL,
    workers: int | None = None,
    stop: Event | None = None,
    progress: Report | None = None,
    what: str = "parts",
) -> Iterator[tuple[int, Done]]:
    """Do the same work on every part, and give each answer as it comes.

    Parameters
    ----------
    work : callable
        Takes a part. For processes it must be a function of a module, or a
        ``functools.partial`` of one, and every part must start afresh.
    parts : sequence
        What is worked on; its order says which answer is which.
    executor : str or concurrent.futures.Executor
        ``"serial"``, ``"threads"``, ``"processes"``, or an executor, which stays
        open: that of a dask client (``client.get_executor()``), say.
    workers : int, optional
        How many threads or processes; default one a processor.
    stop : threading.Event, optional
        Once it is set no part is begun any more; those that are done are kept.
    progress : callable, optional
        Called with ``what``, how many parts are done and how many there are.

    Yields
    ------
    number, answer
        In the order in which they come; sort by number where order matters.

    Raises
    ------
    UnknownExecutor
        If there is no such way of working.
    WrongArgument
        If nobody could be at work.

    Examples
    --------
    >>> dict(sweep(sum, [[1, 2], [3, 4]], executor="threads"))
    {0: 3, 1: 7}
    """
    read_executor(executor)
    workers = read_workers(workers)
    report = progress or silent
    report(what, 0, len(parts))
    if executor == SERIAL:
        for number, part in enumerate(parts):
            if stop is not None and stop.is_set():
                return
            answer = work(part)
            report(what, number + 1, len(parts))
            yield number, answer
        return
    with _opened(executor, workers) as pool:
        # The futures are kept apart from the pool, so that a stop can end those not begun.
        waiting = {pool.submit(work, part): number for number, part in enumerate(parts)}
        try:
            for done, (number, answer) in enumerate(_as_they_come(waiting, stop), start=1):
                report(what, done, len(parts))
                yield number, answer
        finally:
            for future in waiting:
                future.cancel()


def _as_they_come(
    waiting: dict[Future[Done], int], stop: Event | None
) -> Iterator[tuple[int, Done]]:
    open_ = set(waiting)
    while open_:
        if stop is not None and stop.is_set():
            for future in list(open_):
                if future.cancel():
                    open_.discard(future)
        done, open_ = wait(open_, timeout=_LOOK, return_when=FIRST_COMPLETED)
        for future in sorted(done, key=waiting.__getitem__):
            yield waiting[future], future.result()


@contextmanager
def _opened(executor: ExecutorLike, workers: int | None) -> Iterator[Executor]:
    """An executor to work with; one that was given stays open."""
    if not isinstance(executor, str):
        yield executor
        return
    count = workers or os.cpu_count() or 1
    if executor == THREADS:
        with ThreadPoolExecutor(count) as pool:
            yield pool
    else:
        # Started afresh: a copy of a process whose threads run a solver may hang.
        with ProcessPoolExecutor(count, multiprocessing.get_context("spawn")) as pool:
            yield pool
