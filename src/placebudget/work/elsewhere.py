"""Jobs worked out in another process, which is begun, begun again where lost, and ended."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import replace
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection
from pathlib import Path
from typing import Any

from placebudget import errors
from placebudget.errors import PlaceBudgetError, Stopped
from placebudget.plan import Plan
from placebudget.progress import Stage, halted_at_exit
from placebudget.work.jobs import Drawn, Job, Watch
from placebudget.work.packing import packed, unpacked
from placebudget.work.serving import (
    ANSWER,
    ASK,
    DRAWING,
    ERROR,
    FOLLOW,
    KNOWN,
    PLACE,
    PRESENT,
    PRESENTED,
    PROGRESS,
    STOP,
)

# A process that works jobs out: begun, begun again where it is lost, and ended.

_LONGEST = 90  # characters of a path by which a process can be reached


class Serving:
    """A process that works jobs out; it ends with this one, however this one ends.

    Parameters
    ----------
    folder : path, optional
        Where it can be reached; default: a folder of its own.
    log : path, optional
        Where it writes what nobody foresaw; default: where this one does.
    python : str, optional
        The path of its Python; default: that of this process.
    """

    def __init__(
        self, folder: Path | None = None, log: Path | None = None, python: str = ""
    ) -> None:
        self._own, self._log, self._python = None, log, python or sys.executable
        if folder is None or len(str(folder)) > _LONGEST:
            short = "/tmp" if len(tempfile.gettempdir()) > _LONGEST else None
            self._own = tempfile.TemporaryDirectory(prefix="placebudget-", dir=short)
            folder = Path(self._own.name)
        self.key = secrets.token_hex(16)
        pipes = sys.platform == "win32"
        self.address = rf"\\.\pipe\placebudget-{self.key}" if pipes else str(folder / "jobs")
        self.process = self._begun()

    def keep_up(self) -> None:
        """Begin it anew where it has ended."""
        if self.process.poll() is not None:
            self._clear()
            self.process = self._begun()

    def close(self) -> None:
        """End it, and whatever is under way in it."""
        self.process.kill()
        self._clear()
        if self._own is not None:
            self._own.cleanup()

    def _begun(self) -> subprocess.Popen[bytes]:
        command = [self._python, "-m", "placebudget.work.serving", self.address]
        with ExitStack() as opened:
            begun = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=None if self._log is None else opened.enter_context(self._log.open("ab")),
                start_new_session=True,  # Ctrl-C is for who began it, and ends it
            )
        assert begun.stdin is not None
        with suppress(OSError):  # it has ended already: that is found when it is asked
            begun.stdin.write(f"{self.key}\n".encode())
            begun.stdin.flush()
        return begun

    def _clear(self) -> None:
        self.process.wait()
        if self.process.stdin is not None:
            with suppress(OSError):
                self.process.stdin.close()
        with suppress(OSError):
            os.unlink(self.address)


LOST = (
    "The process that works this out has ended, or does not answer. Ask again: another one "
    "begins. What was there before stays."
)
STRANGE = "What came back is no answer to what was asked. Ask again; what was there before stays."
_LOOK = 0.05  # seconds after which a wish to stop is heard at the latest
_GLANCE = 0.25  # seconds between looks at whether somebody still follows
_SOON = 5.0  # seconds that who only looks waits for a process, which may be busy
_START = 60.0  # seconds in which a process answers, or is taken not to come


class Elsewhere:
    """Works jobs out in another process, which is begun when the first is asked for.

    Where that process is lost, the job that was under way says so, and the next begins anew.

    Parameters
    ----------
    address, key : str, optional
        Where a process that serves many can be reached, and by which key; default: one of
        our own.
    python : str, optional
        The path of the Python of a process of our own; default: that of this process.

    Examples
    --------
    >>> import placebudget as pb
    >>> engine = Elsewhere()
    >>> engine.work_out(Job("today", pb.example("toy_pooling")), Watch()).status
    'simulated'
    >>> engine.halt()
    """

    def __init__(self, address: str = "", key: str = "", *, python: str = "") -> None:
        self._address, self._key, self._python = address, key, python
        self._serving: Serving | None = None
        self._line: Connection | None = None
        self._place: Any = None
        self._asking, self._busy = threading.Lock(), False
        halted_at_exit(self)

    @property
    def shared(self) -> bool:
        """Whether it serves many."""
        return bool(self._address)

    def work_out(self, job: Job, watch: Watch) -> Any:
        """The checked answer; see :class:`~placebudget.work.jobs.Engine`."""
        with self._asking:
            self._busy = True
            try:
                told = self._asked(ASK, job, watch, _START)
            finally:
                self._busy = False
        if ANSWER not in told:
            raise _error(*unpacked(told[ERROR]))
        return _answer(told, job)

    def known(self, job: Job) -> Any:
        """The answer, where another reader has had it worked out, and nothing is waited for."""
        # Who looks waits for others who look, and for nobody who has something worked out.
        if not self._address or self._busy or not self._asking.acquire(timeout=_SOON):
            return None
        try:
            told = self._asked(KNOWN, job, Watch(), _SOON)
        except PlaceBudgetError:
            return None
        finally:
            self._asking.release()
        return _answer(told, job) if ANSWER in told else None

    def halt(self) -> None:
        """End the process, if it is our own, and leave it, if it is not."""
        if self._serving is not None:
            self._serving.close()
        if self._line is not None:
            self._line.close()
        self._serving = self._line = self._place = None

    def _asked(self, how: str, job: Job, watch: Watch, patience: float) -> dict[str, Any]:
        try:
            line = self._open(watch, patience)
            if self._place is not job.place:
                self._say(line, PLACE, packed(job.place))
                self._place = job.place
            self._say(line, how, packed(job, job.place))
            return self._heard(line, watch)
        except BaseException as error:
            self.halt()  # what is still to come is no answer to what is asked next
            if isinstance(error, EOFError | OSError):
                raise PlaceBudgetError(self._lost()) from None
            raise

    def _lost(self) -> str:
        if not self._python:
            return LOST
        return f"{LOST} It is the Python {self._python}: placebudget has to be installed there."

    def _say(self, line: Connection, what: str, text: str) -> None:
        line.send_bytes(json.dumps([what, text]).encode())

    def _heard(self, line: Connection, watch: Watch) -> dict[str, Any]:
        """What is told in the end; what is told before goes to who watches."""
        stopped = False
        while True:
            if watch.stop.is_set() and not stopped:
                line.send_bytes(json.dumps([STOP, ""]).encode())
                stopped = True
            if not line.poll(_LOOK):
                continue
            told: dict[str, Any] = json.loads(line.recv_bytes())
            if PROGRESS in told:
                what, *about, number, stages = told[PROGRESS]
                watch.progress(Stage(what, *about) if about else what, number, stages)
            elif DRAWING in told:
                watch.draw(told[DRAWING])
            else:
                return told

    def _open(self, watch: Watch, patience: float) -> Connection:
        """The line to the process; one of our own is begun where there is none."""
        if self._line is not None:
            return self._line
        if not self._address and self._serving is None:
            self._serving = Serving(python=self._python)
        own = self._serving
        address, key = (own.address, own.key) if own else (self._address, self._key)
        until = time.monotonic() + patience
        while not watch.stop.wait(_LOOK):
            try:
                self._line = Client(address, authkey=key.encode())
            except (OSError, EOFError, AuthenticationError):
                if time.monotonic() > until or (own and own.process.poll() is not None):
                    raise EOFError from None
            else:
                return self._line
        raise Stopped("the run was stopped.")


class Presented:
    """What one reader presents and others see, through the process that serves all of them.

    Parameters
    ----------
    engine : Elsewhere
        Which process that is.
    mark : str
        By which who follows finds it.

    Raises
    ------
    PlaceBudgetError
        If that process does not answer.
    """

    def __init__(self, engine: Elsewhere, mark: str) -> None:
        self.mark, self._left, self._follows = mark, threading.Event(), False
        try:
            self._line = Client(engine._address, authkey=engine._key.encode())
        except (OSError, EOFError, AuthenticationError):
            raise PlaceBudgetError(LOST) from None

    def present(self, shown: Mapping[str, Any]) -> None:
        """Show this to all who follow."""
        with suppress(OSError):  # who follows is told that it has ended
            text = json.dumps([self.mark, json.dumps(shown)])
            self._line.send_bytes(json.dumps([PRESENT, text]).encode())

    def follow(self, see: Callable[[dict[str, Any]], None]) -> None:
        """Have what is presented shown as it comes; nothing, where it has ended."""
        self._line.send_bytes(json.dumps([FOLLOW, self.mark]).encode())
        self._follows = True
        threading.Thread(target=self._seen, args=(see,), daemon=True).start()

    def _seen(self, see: Callable[[dict[str, Any]], None]) -> None:
        text = "{}"
        while text and not self._left.is_set():
            try:
                if not self._line.poll(_GLANCE):
                    continue
                text = json.loads(self._line.recv_bytes())[PRESENTED]
            except (OSError, EOFError):
                text = ""
            if not self._left.is_set():
                see(json.loads(text or "{}"))
        self._line.close()

    def close(self) -> None:
        """Leave it; where one presented there, it ends."""
        self._left.set()
        if not self._follows:  # who follows is reading just now, and closes it then
            self._line.close()


def _answer(told: dict[str, Any], job: Job) -> Any:
    """The answer, which is one to what was asked."""
    answer = unpacked(told[ANSWER], job.place)
    plan = answer.plan if isinstance(answer, Drawn) else answer
    if not isinstance(plan, Plan):
        return answer
    planned = job.planned
    if plan.run["inputs"] != planned.digest:
        raise PlaceBudgetError(STRANGE)
    # A file has no place: with it the plan can be explained, and says what it must admit.
    plan = replace(plan, source=planned)
    return replace(answer, plan=plan) if isinstance(answer, Drawn) else plan


def _error(name: str, text: str, more: dict[str, Any]) -> PlaceBudgetError:
    kind: type[PlaceBudgetError] = getattr(errors, name)
    made = kind.__new__(kind, text)
    vars(made).update(more)
    return made
