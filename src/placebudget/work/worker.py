"""Work behind a page: in a thread of its own, one piece at a time, and it can be ended."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import NamedTuple

from placebudget.progress import halted_at_exit

Work = Callable[[threading.Event], None]


def _nothing() -> None:
    """Nobody wants to be told."""


class _Waits(NamedTuple):
    """Work that waits, and who is told where it is dropped."""

    work: Work
    stop: threading.Event
    dropped: Callable[[], None] = _nothing


def _tell(dropped: list[_Waits]) -> None:
    for each in dropped:
        each.dropped()


class Worker:
    """Does one piece of work at a time.

    The thread lives only while there is something to do, so that nothing is left
    behind when a page is closed.

    Parameters
    ----------
    failed : callable
        Told the error by which a piece of work ended.
    begun, ended : callable, optional
        Called when a piece of work begins, and when it has ended, however it did.

    Examples
    --------
    >>> done = []
    >>> worker = Worker(print, ended=lambda: done.append("ended"))
    >>> worker.submit(lambda stop: done.append("first"))
    >>> worker.follow(lambda stop: done.append("second"))
    >>> worker.wait(10)
    True
    >>> done
    ['first', 'ended', 'second', 'ended']
    """

    def __init__(
        self,
        failed: Callable[[BaseException], None],
        begun: Callable[[], None] = _nothing,
        ended: Callable[[], None] = _nothing,
    ) -> None:
        self._failed, self._begun, self._ended = failed, begun, ended
        self._lock = threading.Lock()
        self._idle = threading.Event()
        self._idle.set()
        self._waiting: list[_Waits] = []
        self._running: threading.Event | None = None  # the stop of what was begun
        self._thread: threading.Thread | None = None
        halted_at_exit(self)

    def submit(self, work: Work) -> None:
        """Do this next, in place of all that waits; what runs is told to stop."""
        with self._lock:
            if self._running is not None:
                self._running.set()
            dropped, self._waiting = self._waiting, [_Waits(work, threading.Event())]
            self._go_on()
        _tell(dropped)

    def follow(self, work: Work, dropped: Callable[[], None] = _nothing) -> None:
        """Do this when all is done that there is; whoever stops that stops this too.

        Parameters
        ----------
        work : callable
            Takes an event, which is set when it is to stop.
        dropped : callable
            Called where this gives way or is stopped before it was begun.
        """
        with self._lock:
            stop = self._waiting[-1].stop if self._waiting else self._running
            if stop is None or stop.is_set():  # that was ended before this was asked for
                stop = threading.Event()
            self._waiting.append(_Waits(work, stop, dropped))
            self._go_on()

    def stop(self) -> bool:
        """Stop what runs and drop what waits; what was not begun yet begins and hears it.

        Returns
        -------
        bool
            Whether there was anything to stop.
        """
        with self._lock:
            kept = 1 if self._running is None else 0
            first, dropped = self._waiting[:kept], self._waiting[kept:]
            stop, self._waiting = first[0].stop if first else self._running, first
            if stop is not None:
                stop.set()
        _tell(dropped)
        return stop is not None

    def halt(self) -> None:
        """Stop what runs, and wait until its thread has ended."""
        self.stop()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    @property
    def superseded(self) -> bool:
        """Whether what runs gave way to newer work, so that it need not be shown."""
        with self._lock:
            return bool(self._waiting) and self._running is not None and self._running.is_set()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until nothing runs; False where that took too long."""
        return self._idle.wait(seconds)

    def _go_on(self) -> None:
        if self._idle.is_set():
            self._idle.clear()
            self._thread = threading.Thread(target=self._work, daemon=True, name="placebudget")
            self._thread.start()

    def _work(self) -> None:
        try:
            self._go_through()
        except BaseException:
            # Who was to hear of it failed too: what is asked for next begins anew.
            with self._lock:
                self._running, self._waiting = None, []
                self._idle.set()
            raise

    def _go_through(self) -> None:
        while True:
            with self._lock:
                self._running = None
                if not self._waiting:
                    self._idle.set()
                    return
                work, stop, _ = self._waiting.pop(0)
                self._running = stop
            try:
                self._begun()
                work(stop)
            except BaseException as error:  # nobody else would hear of it, and a page would wait
                self._failed(error)
            finally:
                self._ended()
