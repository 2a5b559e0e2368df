"""The papers of a board, worked out beforehand: every screen and study, every choice."""

from __future__ import annotations

import datetime
import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from placebudget.apps.meeting import SECONDS, STUDIES, Meeting
from placebudget.apps.papers.choices import choices_of, tried
from placebudget.apps.papers.pages import PaperPage, choice_pages, page_of_screen
from placebudget.apps.papers.site import FirstView, Occasion, files_of, folder_to_write
from placebudget.apps.screens import GROUPS, LEFT_OUT, SCREENS, basis_words
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
    found = tuple(_worked_out(board, wanted, ending, progress))
    occasion = Occasion(given.title, called, when)
    files = files_of(found, occasion, _first_view(board))
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


def _worked_out(
    board: Meeting, studies: Sequence[str], stop: threading.Event, progress: Report
) -> Iterator[PaperPage]:
    """Every page, in reading order; each is told of before its work begins."""
    choices, done = choices_of(board.papers), 0
    whole = 1 + len(studies) + len(choices)

    def next_is(what: str) -> None:
        nonlocal done
        if stop.is_set():
            raise Stopped("the papers were stopped before they were written.")
        progress(what, done, whole)
        done += 1

    next_is("the plans")
    if board.recalculate(Changes(), stop=stop):
        board.complete(stop=stop)
    for key in studies:
        next_is(STUDIES[key].screen)
        board.study(key, stop=stop)
    found, client = [], board.client(stop)
    # Without a plan of the papers there is nothing to choose from: the clash comes first.
    for choice in choices if board.answer is not None else ():
        next_is(choice.name.rstrip("."))
        found.append(tried(board, choice, client))
    next_is("the pages")
    screens = {screen.key: screen for screen in SCREENS}
    first, *each = choice_pages(board, found) or (None,)
    for group, keys in GROUPS:
        if first is not None and first.group == group:
            yield first
        for key in keys:
            if key not in STUDIES or key in studies:
                yield page_of_screen(screens[key], board)
    yield from filter(None, each)


def _first_view(board: Meeting) -> FirstView:
    """What the first page says: the finding, what it brings, what it takes."""
    answer, place = board.answer, board.papers
    question, rests = question_of(place), (basis_words(place), *LEFT_OUT)
    potential = None if answer is None else answer.potential()
    if potential is None or "aligned" not in potential.plans:
        return FirstView(question, rests)
    moved = outcomes_moved(potential.plans["today"], potential.plans["pooled"])
    return FirstView(question, rests, brings(potential), gives_up(potential), *moved)
