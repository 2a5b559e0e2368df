"""Sweeps: the same work done on many parts, on one processor or on many.

The parts are cut before anybody knows how many workers there are, and each part is
worked through in its own order from its own start. So the numbers are the same to
the bit wherever they are worked out.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event
from typing import Any, Generic, TypeVar

from placebudget.arguments import as_given, offered, optional, whole
from placebudget.errors import CannotAnswer, WrongArgument
from placebudget.progress import silent
from placebudget.study.cluster import CLUSTER, Cluster, joined, names_cluster
from placebudget.texts import shown

SERIAL, THREADS, PROCESSES = "serial", "threads", "processes"
WAYS = (SERIAL, THREADS, PROCESSES, CLUSTER)
# What a row says of a part without an answer.
LOST = "not worked out: its process ended twice, as where memory runs out"
_NO_WORKERS = (
    "No process can begin to work here. In a script of your own, put what it does below "
    "if __name__ == '__main__', as each process reads the script again; where processes "
    "are not allowed or memory is short, give executor='threads' or 'serial'."
)
_GONE = (
    "the cluster is lost: its scheduler no longer answers. Start it again; with a store the same "
    "call goes on from what is done"
)
# How often a stop is looked for while workers are at it, in seconds.
_LOOK = 0.2

Part = TypeVar("Part")
Done = TypeVar("Done")
Report = Callable[[str, int, int], None]
ExecutorLike = str | Executor
"""``"serial"``, ``"threads"``, ``"processes"``, ``"cluster"``, the address of a Dask cluster or its
client, or any executor of the standard kind."""


@dataclass(frozen=True)
class Lost(Generic[Part]):
    """A part without an answer: it took its process with it, also where it ran alone.

    Parameters
    ----------
    part : object
        What was worked on.
    """

    part: Part


def read_executor(given: ExecutorLike) -> ExecutorLike:
    """A way of working that there is, or an executor that takes work.

    Raises
    ------
    WrongArgument
        If it is neither.

    Examples
    --------
    >>> read_executor("thread")
    Traceback (most recent call last):
    ...
    placebudget.errors.WrongArgument: there is no way of working 'thread': give 'serial',
    'threads', 'processes', 'cluster', the address of a Dask cluster such as 'tcp://host:8786', or
    an executor of concurrent.futures. Did you mean threads?
    """
    listed = (
        f"give {', '.join(map(repr, WAYS))}, the address of a Dask cluster such as "
        "'tcp://host:8786', or an executor of concurrent.futures"
    )
    if isinstance(given, str):
        if given in WAYS or names_cluster(given):
            return given
        said = f"there is no way of working {shown(given)}: {listed}"
        raise WrongArgument(offered(said, given, WAYS))
    if isinstance(given, type) or not (hasattr(given, "submit") and hasattr(given, "shutdown")):
        raise WrongArgument(f"executor takes no work where it is {as_given(given)}: {listed}")
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
    divisible: bool = False,
) -> Iterator[tuple[int, Done | Lost[Part]]]:
    """Do the same work on every part, and give each answer as it comes.

    Parameters
    ----------
    work : callable
        Takes a part. For processes it must be a function of a module, or a
        ``functools.partial`` of one, and every part must start afresh.
    parts : sequence
        What is worked on; its order says which answer is which.
    executor : str or concurrent.futures.Executor
        ``"serial"``, ``"threads"``, ``"processes"``; ``"cluster"``, a Dask cluster of this machine
        that ends with the sweep, or the address of one that stands; or an executor or the client
        of a Dask cluster, which stays open.
    workers : int, optional
        How many threads, processes or workers; default one a processor.
    stop : threading.Event, optional
        Once it is set no part is begun any more; those that are done are kept.
    progress : callable, optional
        Called with ``what``, how many parts are done and how many there are.

    divisible : bool
        Whether a part is a list that may be worked on in pieces, to find what in it
        takes its process with it; each piece then has its answer.

    Yields
    ------
    number, answer
        In the order in which they come; sort by number where order matters. A part
        whose process ends (killed, out of memory) is tried again alone; the answer of
        one that ends that too is :class:`Lost`, and the others are gone on with.

    Raises
    ------
    CannotAnswer
        If processes were to work and cannot begin; if there is no cluster, or it is lost.
    WrongArgument
        If there is no such way of working;
        or if nobody could be at work.

    Examples
    --------
    >>> dict(sweep(sum, [[1, 2], [3, 4]], executor="threads"))
    {0: 3, 1: 7}
    """
    read_executor(executor)
    workers = read_workers(workers)
    report, done = progress or silent, set()
    report(what, 0, len(parts))
    numbered = deque(enumerate(parts))
    if executor == SERIAL:
        answers = _one_by_one(work, numbered, stop)
    else:
        answers = _in_pools(work, numbered, executor, workers, stop, divisible)
    for number, answer in answers:
        done.add(number)
        report(what, len(done), len(parts))
        yield number, answer


def _one_by_one(
    work: Callable[[Part], Done], waiting: deque[tuple[int, Part]], stop: Event | None
) -> Iterator[tuple[int, Done | Lost[Part]]]:
    for number, part in waiting:
        if _stopped(stop):
            return
        yield number, work(part)


def _in_pools(
    work: Callable[[Part], Done],
    waiting: deque[tuple[int, Part]],
    executor: ExecutorLike,
    workers: int | None,
    stop: Event | None,
    divisible: bool,
) -> Iterator[tuple[int, Done | Lost[Part]]]:
    """Answers as they come, from one pool, or from others where a worker of it is lost."""
    while waiting and not _stopped(stop):
        with _opened(executor, workers) as pool:
            given = pool is executor
            suspects = yield from _as_they_come(work, pool, waiting, given, workers, stop)
        if given and suspects:
            # Which of them its worker was at is not known: all are begun again in a pool of ours.
            waiting, executor = deque([*suspects, *waiting]), PROCESSES
            continue
        for number, part in suspects:
            for answer in _alone(work, part, stop, divisible):
                yield number, answer


def _as_they_come(
    work: Callable[[Part], Done],
    pool: Executor,
    waiting: deque[tuple[int, Part]],
    given: bool,
    workers: int | None,
    stop: Event | None,
) -> Generator[tuple[int, Done], None, list[tuple[int, Part]]]:
    """Answers of a pool; in the end the parts that were open when it lost a worker.

    A pool of ours is given no more than its workers can be at, so that those are few; of a cluster,
    which goes on without a worker, only what killed several is open. The futures are kept apart
    from the pool, so that a stop can end those not begun.
    """
    room = len(waiting) if given else _count(workers)
    died: tuple[type[BaseException], ...] = (BrokenExecutor,)
    if isinstance(pool, Cluster):
        room, died = pool.room, pool.died
    under_way: dict[Future[Done], tuple[int, Part]] = {}
    lost: list[tuple[int, Part]] = []
    try:
        while under_way or (waiting and not lost and not _stopped(stop)):
            while waiting and not lost and len(under_way) < room and not _stopped(stop):
                number, part = waiting.popleft()
                try:
                    under_way[_submitted(pool, work, part)] = number, part
                except BrokenExecutor:
                    lost.append((number, part))
            if _stopped(stop):
                under_way = {each: of for each, of in under_way.items() if not each.cancel()}
            done, _ = wait(under_way, timeout=_LOOK, return_when=FIRST_COMPLETED)
            for future in sorted(done, key=lambda each: under_way[each][0]):
                number, part = under_way.pop(future)
                try:
                    answer = future.result()
                except died:
                    lost.append((number, part))
                except CancelledError:
                    raise CannotAnswer(_GONE) from None
                else:
                    yield number, answer
    finally:
        for future in under_way:
            future.cancel()
    return lost


def _alone(
    work: Callable[[Part], Done], part: Part, stop: Event | None, divisible: bool
) -> Iterator[Done | Lost[Part]]:
    """Try a part in a process that has the memory to itself; what ends that too is lost."""
    if _stopped(stop):
        return
    with _opened(PROCESSES, 1) as pool:
        try:
            _submitted(pool, _present, None).result()
        except BrokenExecutor:
            raise CannotAnswer(_NO_WORKERS) from None
        if _stopped(stop):
            return
        try:
            yield _submitted(pool, work, part).result()
            return
        except BrokenExecutor:
            pass
    pieces: Any = part
    if not divisible or len(pieces) == 1:
        yield Lost(part)
        return
    half: Any
    for half in parts_of(pieces, (len(pieces) + 1) // 2):
        yield from _alone(work, half, stop, divisible)


@contextmanager
def _opened(executor: ExecutorLike, workers: int | None) -> Iterator[Executor]:
    """An executor to work with; one that was given stays open."""
    if names_cluster(executor):
        with joined(executor, workers) as cluster:
            yield cluster
    elif not isinstance(executor, str):
        yield executor
    elif executor == THREADS:
        with ThreadPoolExecutor(_count(workers)) as pool:
            yield pool
    else:
        # Loaded where there are processes at all.
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        # Started afresh: a copy of a process whose threads run a solver may hang.
        afresh = get_context("spawn")
        with ProcessPoolExecutor(_count(workers), afresh, _end_with_parent) as pool:
            yield pool


def _submitted(pool: Executor, work: Callable[[Part], Done], part: Part) -> Future[Done]:
    """Hand work over; a process that begins for it is deaf to Ctrl-C, which its parent hears."""
    from concurrent.futures import ProcessPoolExecutor

    if not isinstance(pool, ProcessPoolExecutor) or not hasattr(signal, "pthread_sigmask"):
        return pool.submit(work, part)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return pool.submit(work, part)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_with_parent() -> None:
    """Have this process end with the one it works for, however that ends."""
    from multiprocessing import parent_process

    parent = parent_process()

    def end() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=end, daemon=True).start()


def _present(_: None) -> None:
    """What a process answers that can work at all."""


def _count(workers: int | None) -> int:
    return workers or os.cpu_count() or 1


def _stopped(stop: Event | None) -> bool:
    return stop is not None and stop.is_set()
