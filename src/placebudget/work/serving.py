"""A process that works jobs out for others: for the one page that began it, or for many readers.

It ends with whoever began it, however that ends. Jobs are taken in turn; a study never keeps
plans waiting; who asks what somebody else has asked gets the same answer, and who stops leaves
the others theirs. Run as ``python -m placebudget.work.serving ADDRESS``, it is told the key by
which it knows its own on its first line.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from hashlib import sha256
from multiprocessing import AuthenticationError
from multiprocessing.connection import Connection, Listener
from queue import SimpleQueue
from typing import Any
from weakref import WeakValueDictionary

from placebudget.errors import Infeasible, PlaceBudgetError, Stopped, fault_words
from placebudget.place import Findings, Place
from placebudget.progress import Stage
from placebudget.view.studies import STUDIES
from placebudget.work.jobs import Here, Job, Watch
from placebudget.work.packing import packed, unpacked
from placebudget_command import loaded

PLACE, ASK, KNOWN, STOP = "place", "ask", "known", "stop"
PRESENT, FOLLOW = "present", "follow"
"""What a reader says."""
PROGRESS, DRAWING, ANSWER, ERROR = "progress", "drawing", "answer", "error"
PRESENTED = "presented"
"""What a reader is told."""

_KNOCKING = 64  # readers that may arrive at once
IN_LINE = "in line"
"""The key of a stage before work begins: how many are served before, this one counted."""
FULL = (
    "Too many questions wait to be worked out just now. Ask again in a minute; what was there "
    "before stays."
)
_LONGEST = 100  # questions that wait at most
_KEPT = 100e6  # characters of answers that are kept for who asks the same


class Reader:
    """Somebody who asks.

    Parameters
    ----------
    connection : Connection
        The line to them.
    """

    def __init__(self, connection: Connection) -> None:
        self.place: tuple[bytes, Place] | None = None
        self._connection = connection
        # Who does not listen keeps nobody else waiting.
        self._sent: SimpleQueue[bytes | None] = SimpleQueue()
        threading.Thread(target=self._send, daemon=True).start()

    def tell(self, **said: Any) -> None:
        """Say something to them."""
        self._sent.put(json.dumps(said).encode())

    def leave(self) -> None:
        """They have gone."""
        self._sent.put(None)

    def _send(self) -> None:
        while (said := self._sent.get()) is not None:
            try:
                self._connection.send_bytes(said)
            except OSError:  # gone: whoever hears them finds out, too
                return


@dataclass(eq=False)
class Task:
    """A job, and who waits for it."""

    key: tuple[bytes, bytes]
    job: Job
    readers: list[Reader]
    stop: threading.Event = field(default_factory=threading.Event)
    told: int = 0

    @property
    def studies(self) -> bool:
        """Whether it is a study, which waits for other studies only."""
        return self.job.what in STUDIES

    def tell(self, **said: Any) -> None:
        """Say something to all who wait."""
        for reader in self.readers:
            reader.tell(**said)


class Rooms:
    """What readers present to others, by a mark that only those know who were told it."""

    def __init__(self) -> None:
        self._changed = threading.Lock()
        self._presenters: dict[str, tuple[Reader, str]] = {}
        self._followers: dict[str, list[Reader]] = {}

    def present(self, reader: Reader, mark: str, text: str) -> None:
        """Show something to all who follow; a mark belongs to who presented by it first."""
        with self._changed:
            if self._presenters.get(mark, (reader, ""))[0] is reader:
                self._presenters[mark] = reader, text
                for each in self._followers.get(mark, ()):
                    each.tell(**{PRESENTED: text})

    def follow(self, reader: Reader, mark: str) -> None:
        """Be shown what is presented now, and from now on; nothing where nobody presents."""
        with self._changed:
            self._followers.setdefault(mark, []).append(reader)
            reader.tell(**{PRESENTED: self._presenters.get(mark, (None, ""))[1]})

    def leave(self, reader: Reader) -> None:
        """They have gone, and with them what they presented."""
        with self._changed:
            left = {
                mark: [one for one in each if one is not reader]
                for mark, each in self._followers.items()
            }
            self._followers = {mark: each for mark, each in left.items() if each}
            for mark in [mark for mark, (who, _) in self._presenters.items() if who is reader]:
                del self._presenters[mark]
                for follower in self._followers.pop(mark, ()):
                    follower.tell(**{PRESENTED: ""})


class Office:
    """Takes jobs and works them out in turn."""

    def __init__(self) -> None:
        self._rooms = Rooms()
        self._changed = threading.Condition()
        self._waiting: list[Task] = []
        self._running: list[Task] = []
        self._kept: OrderedDict[tuple[bytes, bytes], dict[str, Any]] = OrderedDict()
        self._places: WeakValueDictionary[bytes, Place] = WeakValueDictionary()
        for studies in (False, True):
            threading.Thread(target=self._work, args=(studies,), daemon=True).start()

    def serve(self, connection: Connection) -> None:
        """Hear a reader until they go."""
        reader = Reader(connection)
        try:
            while True:
                what, text = json.loads(connection.recv_bytes())
                try:
                    self._hear(reader, what, text)
                except Exception as error:
                    reader.tell(error=error_said(error))
        except (EOFError, OSError):
            self._leave(reader, told=False)
            self._rooms.leave(reader)
            reader.leave()

    def _hear(self, reader: Reader, what: str, text: str) -> None:
        mark = sha256(text.encode()).digest()
        if what == STOP:
            self._leave(reader, told=True)
        elif what == PRESENT:
            self._rooms.present(reader, *json.loads(text))
        elif what == FOLLOW:
            self._rooms.follow(reader, text)
        elif what == PLACE:
            place = self._places.get(mark) or unpacked(text)
            reader.place = mark, self._places.setdefault(mark, place)
        else:
            assert reader.place is not None
            self._ask(reader, (reader.place[0], mark), text, known=what == KNOWN)

    def _ask(self, reader: Reader, key: tuple[bytes, bytes], text: str, *, known: bool) -> None:
        assert reader.place is not None
        with self._changed:
            found = {ANSWER: packed(None)} if known else None
            if key in self._kept:
                self._kept.move_to_end(key)
                found = self._kept[key]
            if found is not None:
                reader.tell(**found)
                return
            for task in (*self._running, *self._waiting):
                if task.key == key and not task.stop.is_set():
                    task.readers.append(reader)
                    task.told = 0  # who comes later is to hear it, too
                    self._tell_line()
                    return
            if len(self._waiting) >= _LONGEST:
                raise PlaceBudgetError(FULL)
            self._waiting.append(Task(key, unpacked(text, reader.place[1]), [reader]))
            self._tell_line()
            self._changed.notify_all()

    def _tell_line(self) -> None:
        """Tell all who wait how many are served before them; who is being served is the first."""
        for studies in (False, True):
            line = [task for task in self._waiting if task.studies == studies]
            ahead = sum(task.studies == studies for task in self._running)
            for number, task in enumerate(line, start=ahead + 1):
                if number > 1 and number != task.told:
                    task.told = number
                    stage = Stage(IN_LINE, IN_LINE, str(number))
                    task.tell(progress=stage_said(stage, 0, 1))

    def _leave(self, reader: Reader, *, told: bool) -> None:
        """Let a reader wait no longer; what nobody waits for is ended."""
        with self._changed:
            for task in (*self._running, *self._waiting):
                if reader in task.readers:
                    task.readers.remove(reader)
                    if told:
                        reader.tell(error=error_said(Stopped("the run was stopped.")))
                    if not task.readers:
                        task.stop.set()
            self._waiting = [task for task in self._waiting if task.readers]
            self._tell_line()

    def _work(self, studies: bool) -> None:
        engine = Here()

        def following() -> Task | None:
            return next((task for task in self._waiting if task.studies == studies), None)

        while True:
            with self._changed:
                task = self._changed.wait_for(following)
                assert task is not None
                self._waiting.remove(task)
                self._running.append(task)
            found, lasting = self._answer(engine, task)
            with self._changed:
                self._running.remove(task)
                self._tell_line()
                if lasting:
                    self._keep(task.key, found)
                task.tell(**found)
            del task  # and with it the place, where nobody asks about it any more

    def _answer(self, engine: Here, task: Task) -> tuple[dict[str, Any], bool]:
        """What is said to who waits, and whether it is kept for who asks later."""
        watch = Watch(
            task.stop,
            lambda *stage: self._tell(task, progress=stage_said(*stage)),
            lambda drawing: self._tell(task, drawing=drawing),
        )
        try:
            answer = engine.work_out(task.job, watch)
            found, lasting = {ANSWER: packed(answer, task.job.place)}, answer is not None
        except Exception as error:
            found, lasting = {ERROR: error_said(error)}, isinstance(error, Infeasible)
        return found, lasting and not task.job.whose

    def _tell(self, task: Task, **said: Any) -> None:
        with self._changed:  # who has left is told nothing more
            task.tell(**said)

    def _keep(self, key: tuple[bytes, bytes], found: dict[str, Any]) -> None:
        self._kept[key] = found
        while sum(len(text) for each in self._kept.values() for text in each.values()) > _KEPT:
            self._kept.popitem(last=False)


def stage_said(what: str, number: int, stages: int) -> list[Any]:
    """A stage, with what it is and of what where it knows."""
    about = (what.key, what.about) if isinstance(what, Stage) else ()
    return [str(what), *about, number, stages]


def error_said(error: Exception) -> str:
    """An error; what nobody foresaw is put into words, and its traceback into the log here."""
    if not isinstance(error, PlaceBudgetError):
        error = PlaceBudgetError(fault_words(error))
    held = {
        # Which finding follows from which others is not told: those that follow go with them.
        name: tuple(one for one in each if one not in each.causes)
        if isinstance(each, Findings)
        else each
        for name, each in vars(error).items()
    }
    try:
        return packed([type(error).__name__, str(error), held])
    except Exception:  # what it says besides its words cannot be told
        return packed([type(error).__name__, str(error), {}])


def main(address: str) -> None:
    """Serve until whoever began this process has ended."""
    key = sys.stdin.buffer.readline().strip()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    loaded()
    office = Office()
    with Listener(address, backlog=_KNOCKING, authkey=key) as listener:
        while True:
            try:
                connection = listener.accept()
            except (AuthenticationError, EOFError, OSError):
                continue  # none of ours
            threading.Thread(target=office.serve, args=(connection,), daemon=True).start()


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1])
