"""Work beside the kernel's own thread: the newest is done, and what runs can be stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable

from placebudget.stopping import halted_at_exit

Work = Callable[[threading.Event], None]


class Worker:
    """Does one piece of work at a time; newer work takes the place of what waits or runs.

    The thread lives only while there is something to do, so that nothing is left
    behind when a notebook is closed.

    Parameters
    ----------
    failed : callable
        Told the error by which a piece of work ended.

    Examples
    --------
    >>> done = []
    >>> worker = Worker(print)
    >>> worker.submit(lambda stop: done.append(stop.is_set()))
    >>> worker.wait(10)
    True
    >>> done
    [False]
    """

    def __init__(self, failed: Callable[[BaseException], None]) -> None:
        self._failed = failed
        self._lock = threading.Lock()
        self._idle = threading.Event()
        self._idle.set()
        self._waiting: Work | None = None
        # The stop of what runs, or of what is to be begun; and whether it was begun.
        self._running: threading.Event | None = None
        self._begun = False
        self._thread: threading.Thread | None = None
        halted_at_exit(self)

    def submit(self, work: Work) -> None:
        """Do this next, in place of what waits; what runs is told to stop."""
        with self._lock:
            self._waiting = work
            if self._running is not None:
                if self._begun:
                    self._running.set()
                return
            self._running = threading.Event()
            self._idle.clear()
            self._thread = threading.Thread(target=self._work, daemon=True, name="placebudget desk")
            self._thread.start()

    def stop(self) -> bool:
        """Stop what runs and drop what waits; what was not begun yet begins and hears it.

        Returns
        -------
        bool
            Whether there was anything to stop.
        """
        with self._lock:
            if self._running is None:
                return False
            if self._begun:
                self._waiting = None
            self._running.set()
            return True

    def halt(self) -> None:
        """Stop what runs, and wait until its thread has ended."""
        self.stop()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join()

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
                    self._end()
                    return
                if self._begun or self._running is None:
                    self._running = threading.Event()
                self._begun, stop = True, self._running
            try:
                work(stop)
            except BaseException as error:  # nobody else would hear of it, and a page would wait
                self._failed(error)

    def _end(self) -> None:
        self._running, self._waiting, self._begun = None, None, False
        self._idle.set()
