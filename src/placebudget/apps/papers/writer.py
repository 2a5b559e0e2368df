"""The papers of a board, worked out beforehand: every screen and study, every choice."""

from __future__ import annotations

import datetime
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from placebudget.apps.blocks import Twin
from placebudget.apps.meeting import SECONDS, STUDIES, Meeting
from placebudget.apps.papers.choices import PaperChoice, TriedChoice, choices_of, tried
from placebudget.apps.papers.pages import CHOICES, PaperPage, choice_pages, page_of_screen
from placebudget.apps.papers.site import FirstView, Occasion, files_of, folder_to_write
from placebudget.apps.screens import COULD_CHOOSE, GROUPS, LEFT_OUT, LIVE_ONLY, SCREENS, basis_words
from placebudget.arguments import Arguments, instance, one_of, text, texts
from placebudget.errors import Stopped
from placebudget.place.io.reading import PlaceLike, checked_place
from placebudget.progress import Report, silent
from placebudget.view.in_short import brings, gives_up, outcomes_moved, question_of
from placebudget.work import Changes
from placebudget.writing import refused_in_words, replace_folder

_NAMES = {study.name: key for key, study in STUDIES.items()}


@dataclass(frozen=True)
class Papers:
    """Papers that were written.

    Parameters
    ----------
    folder : Path
        Where they stand; ``index.html`` is the first page.
    pages : tuple of PaperPage
        Every page, in reading order.
    size : int
        Bytes of all files.
    """

    folder: Path
    pages: tuple[PaperPage, ...] = field(repr=False)
    size: int


def papers(
    place: PlaceLike,
    out: str | os.PathLike[str],
    *,
    meeting: str = "Partnership board",
    date: datetime.date | None = None,
    studies: Sequence[str] | None = None,
    seconds: float = SECONDS,
    stop: threading.Event | None = None,
    progress: Report = silent,
) -> Papers:
    """Write the papers of a board: a folder of pages that open without a server.

    Parameters
    ----------
    place : Place, path or str
        The place, or what is read as one.
    out : path or str
        The folder: new, empty, or one of papers, which give way to these. It is written whole,
        or left as it was.
    meeting : str
        For which meeting they are; it stands on each printed page.
    date : date, optional
        Of the meeting; default: today.
    studies : sequence of str, optional
        Which studies are in them, by name; default: all.
    seconds : float
        Most seconds a plan may take.
    stop : threading.Event, optional
        Setting it ends the run; what was there stays.
    progress : callable, optional
        Takes what is under way, the number of the stage, and how many there are.

    Returns
    -------
    Papers
        The folder, and what is in it.

    Raises
    ------
    WrongArgument
        If the folder holds something else, or there is no such study.
    InvalidPlace
        If the place has errors; all are named.
    Stopped
        If it was told to stop.
    CannotWrite
        If the system does not let it be written.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp()) / "papers"
    >>> written = papers("toy_pooling", folder, studies=[])
    >>> (folder / "index.html").is_file(), written.pages[0].name
    (True, 'Our place and our money')
    """
    with Arguments() as asked:
        goal = asked.read(folder_to_write, out)
        wanted = asked.read(_wanted, studies)
        called = asked.read(text, "meeting", meeting)
        when = asked.read(
            instance, "date", date or datetime.date.today(), datetime.date, "a date, or none"
        )
        given = asked.read(checked_place, place)
    board = Meeting(given, seconds=seconds)
    ending = threading.Event() if stop is None else stop
    making = PaperWork(board, wanted, ending)
    steps = making.steps
    for number, (what, work) in enumerate(steps):
        if ending.is_set():
            raise Stopped("the papers were stopped before they were written.")
        progress(what, number, len(steps))
        work()
    found = tuple(making.pages())
    files = files_of(found, Occasion(given.title, called, when), first_view(board))
    with refused_in_words(goal):
        goal.parent.mkdir(parents=True, exist_ok=True)
        replace_folder(goal, files)
    return Papers(goal, found, sum(map(len, files.values())))


def _wanted(studies: Sequence[str] | None) -> tuple[str, ...]:
    """Keys of the screens of the studies that are wanted."""
    if studies is None:
        return tuple(STUDIES)
    with Arguments() as asked:
        names = asked.read(texts, "studies", studies, such_as="['sharing', 'outlook']")
    with Arguments() as asked:
        for name in names:
            asked.read(one_of, "studies", name, _NAMES)
    return tuple(_NAMES[name] for name in names)


class PaperWork:
    """The papers as they are made, step by step; each page can be had when its step is done.

    Parameters
    ----------
    board : Meeting
        Before which they are put.
    studies : sequence of str
        Keys of the screens of the studies that are in them.
    stop : threading.Event
        Setting it ends what is under way.
    """

    def __init__(self, board: Meeting, studies: Sequence[str], stop: threading.Event) -> None:
        self._board, self._studies, self._stop = board, tuple(studies), stop
        self._choices = choices_of(board.papers)
        self._tried: list[TriedChoice] = []

    @property
    def steps(self) -> list[tuple[str, Callable[[], Any]]]:
        """What is to be done, one after the other: what it is, and the doing of it."""
        trying = [(each.name.rstrip("."), partial(self._try, each)) for each in self._choices]
        asking = [(STUDIES[key].screen, partial(self._ask, key)) for key in self._studies]
        return [("the plans", self._plan), *trying, *asking]

    def _plan(self) -> None:
        if self._board.recalculate(Changes(), stop=self._stop):
            self._board.complete(stop=self._stop)

    def _try(self, choice: PaperChoice) -> None:
        # Without a plan of the papers there is nothing to choose from: the clash comes first.
        if self._board.answer is not None:
            client = self._board.client(self._stop)
            self._tried.append(tried(self._board, choice, client))

    def _ask(self, key: str) -> None:
        self._board.study(key, stop=self._stop)

    def listed(self) -> Iterator[str]:
        """Keys of the pages in reading order, but those of single choices."""
        for group, keys in GROUPS:
            if group == COULD_CHOOSE and self._choices:
                yield CHOICES
            yield from (
                key
                for key in keys
                if key not in LIVE_ONLY and (key not in STUDIES or key in self._studies)
            )

    def brought(self, number: int) -> str:
        """The page that can be read after a step, of those after the plans; none: blank."""
        asked = number - len(self._choices)
        if asked >= 0:
            return self._studies[asked]
        return CHOICES if asked == -1 else ""

    def choices(self) -> list[PaperPage]:
        """The page of all that could be chosen, and one for each choice."""
        return choice_pages(self._board, self._tried)

    def pages(self) -> Iterator[PaperPage]:
        """Every page, in reading order."""
        screens = {screen.key: screen for screen in SCREENS}
        first, *each = self.choices() or (None,)
        for key in self.listed():
            if key != CHOICES:
                yield page_of_screen(screens[key], self._board)
            elif first is not None:
                yield first
        yield from filter(None, each)


def first_view(board: Meeting) -> FirstView:
    """What the first page says: the finding, what it brings, what it takes."""
    answer, place = board.answer, board.papers
    question, rests = question_of(place), (basis_words(place), *LEFT_OUT)
    potential = None if answer is None else answer.potential()
    if potential is None or "aligned" not in potential.plans:
        return FirstView(question, rests)
    more, less = outcomes_moved(potential.plans["today"], potential.plans["pooled"])
    sides = (
        ("brings", "What it brings", brings(potential), "Beside today, more of", more),
        ("takes", "What gets less", gives_up(potential), "Beside today, less of", less),
    )
    return FirstView(question, rests, [Twin(*each, "change.html") for each in sides])
