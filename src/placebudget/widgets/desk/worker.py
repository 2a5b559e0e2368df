"""Work beside the kernel's own thread: the newest is done, and what runs can be stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable

Work = Callable[[threading.Event], None]


class Worker:
    """Does one piece of work at a time; newer work takes the place of what waits or runs.

    The thread lives only while there is something to do, so that nothing is left
    behind when a notebook is closed.

    Examples
    --------
    >>> done = []
    >>> worker = Worker()
    >>> worker.submit(lambda stop: done.append(stop.is_set()))
    >>> worker.wait(10)
    True
    >>> done
    [False]
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle = threading.Event()
        self._idle.set()
        self._waiting: Work | None = None
        self._running: threading.Event | None = None

    def submit(self, work: Work) -> None:
        """Do this next, in place of what waits; what runs is told to stop."""
        with self._lock:
            self._waiting = work
            if self._running is not None:
                self._running.set()
                return
            self._running = threading.Event()
            self._idle.clear()
        threading.Thread(target=self._work, daemon=True, name="placebudget desk").start()

    def stop(self) -> bool:
        """Stop what runs and drop what waits.

        Returns
        -------
        bool
            Whether anything ran.
        """
        with self._lock:
            self._waiting = None
            if self._running is None:
                return False
            self._running.set()
            return True

    @property
    def superseded(self) -> bool:
        """Whether newer work waits, so that what runs need not be shown."""
        with self._lock:
            return self._waiting is not None

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until nothing runs; False where that took too long."""
        return self._idle.wait(seconds)

    def _work(self) -> None:
        while True:
            with self._lock:
                work, self._waiting = self._waiting, None
                if work is None:
                    self._running = None
                    self._idle.set()
                    return
                stop = self._running = threading.Event()
            try:
                work(stop)
            except BaseException:
                with self._lock:
                    self._running, self._waiting = None, None
                    self._idle.set()
                raise
