"""Work behind a board: in threads of its own, one piece at a time, and it can be ended."""

from __future__ import annotations

import threading
from collections.abc import Callable

from placebudget.stopping import halted_at_exit

Work = Callable[[threading.Event], None]


class Worker:
    """Does work in the background.

    Parameters
    ----------
    failed : callable
        Told the error by which a piece of work ended.
    begun : callable
        Called when a piece of work begins.
    ended : callable
        Called when a piece of work has ended, however it did.

    Examples
    --------
    >>> done = []
    >>> worker = Worker(done.append, lambda: None, lambda: done.append("ended"))
    >>> worker.start(lambda stop: done.append("first"))
    >>> worker.follow(lambda stop: done.append("second"))
    >>> worker.wait()
    >>> done
    ['first', 'ended', 'second', 'ended']
    """

    def __init__(
        self,
        failed: Callable[[BaseException], None],
        begun: Callable[[], None],
        ended: Callable[[], None],
    ) -> None:
        self._failed, self._begun, self._ended = failed, begun, ended
        self._stop = threading.Event()
        self._last: threading.Thread | None = None
        halted_at_exit(self)

    def start(self, work: Work) -> None:
        """End what is under way and begin this."""
        self.halt()
        self._stop = threading.Event()
        self._run(work, None)

    def follow(self, work: Work) -> None:
        """Begin this when what is under way is done; whoever ends that ends this too."""
        if self._stop.is_set():  # what was under way was ended before this was asked for
            self._stop = threading.Event()
        self._run(work, self._last)

    def halt(self) -> None:
        """End what is under way and what was to follow."""
        self._stop.set()
        self.wait()

    def wait(self) -> None:
        """Wait until nothing is under way any more."""
        if self._last is not None:
            self._last.join()

    def _run(self, work: Work, before: threading.Thread | None) -> None:
        given = (work, self._stop, before)
        self._last = threading.Thread(target=self._guarded, args=given, daemon=True)
        self._last.start()

    def _guarded(self, work: Work, stop: threading.Event, before: threading.Thread | None) -> None:
        if before is not None:
            before.join()
        try:
            if not stop.is_set():
                self._begun()
                work(stop)
        except BaseException as error:  # nobody else would hear of it, and a page would wait
            self._failed(error)
        finally:
            self._ended()
