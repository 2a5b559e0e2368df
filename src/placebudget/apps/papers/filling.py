"""Papers of a board that is served: written while they are read, what is asked first first.

Run as ``python -m placebudget.apps.papers.filling PLACE FOLDER`` by who serves the board. The plans
are those that all readers share; choices and studies, which take minutes, are worked out in this
process, which gives way to every other and ends with whoever began it.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import re
import sys
import threading
from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from placebudget.apps import INDEX, LIVE, TIME, engine_of_the_board
from placebudget.apps.meeting import SECONDS, STUDIES, Meeting
from placebudget.apps.papers.pages import CHOICES, page_of_screen, waiting_page
from placebudget.apps.papers.site import PACK, FirstView, Occasion, files_of
from placebudget.apps.papers.writer import PaperWork, first_view
from placebudget.apps.screens import SCREENS
from placebudget.place import Place, read
from placebudget.view.in_short import question_of
from placebudget.work.jobs import Here
from placebudget.writing import replace_with

MEETING = "Partnership board"
_GIVES_WAY = 10  # how much more often others get the processor
_MARK = re.compile(r'<meta name="placebudget-made-of" content="([0-9a-f]+)">')


def made_of(place: Place) -> str:
    """A mark of all that papers are made of: the place, its options, and what makes them.

    Examples
    --------
    >>> import placebudget as pb
    >>> mark, other = (made_of(pb.example(name)) for name in ("toy_pooling", "northvale"))
    >>> mark == made_of(pb.example("toy_pooling")), mark == other
    (True, False)
    """
    code = max(
        Path(folder, name).stat().st_mtime_ns
        for folder, _, names in os.walk(str(files("placebudget")))
        for name in names
        if name.endswith((".py", ".css", ".js", ".html"))
    )
    options = [str(option) for option in place.options().values()]
    told = json.dumps([place.digest, version("placebudget"), code, *options])
    return hashlib.sha256(told.encode()).hexdigest()


def are_of(folder: Path, mark: str) -> bool:
    """Whether whole papers of this stand in a folder."""
    with suppress(OSError):
        found = _MARK.search((folder / INDEX).read_text("utf-8"))
        return found is not None and found[1] == mark
    return False


def fill(board: Meeting, folder: Path, stop: threading.Event | None = None) -> None:
    """Write the papers of a board page by page, each as soon as it can be read.

    At once every page says that it is being worked out. Then come the first page and all screens,
    then what could be chosen, then study by study; last, everything together with its search. Whole
    papers of the same stay as they are.

    Parameters
    ----------
    board : Meeting
        What they are of; its engine is asked for the plans, this process for all else.
    folder : Path
        Where they stand; what is left of others goes.
    stop : threading.Event, optional
        Setting it ends the work after what is under way.

    Examples
    --------
    >>> import tempfile
    >>> import placebudget as pb
    >>> folder, ending = Path(tempfile.mkdtemp()), threading.Event()
    >>> ending.set()
    >>> fill(Meeting(pb.example("toy_pooling")), folder, ending)
    >>> "Being worked out" in (folder / "gains.html").read_text("utf-8")
    True
    """
    place, ending = board.papers, stop or threading.Event()
    mark = made_of(place)
    if are_of(folder, mark):
        return
    occasion = Occasion(place.title, MEETING, datetime.date.today(), live=LIVE)
    making = PaperWork(board, tuple(STUDIES), ending)
    there = {key: waiting_page(key) for key in making.listed()}
    screens = {screen.key: screen for screen in SCREENS}
    first = FirstView(question_of(place), (), waits=True)

    def write(only: Collection[str] | None) -> None:
        _write(folder, files_of([*there.values()], occasion, first, only))

    def bring(*keys: str) -> None:
        there.update({key: page_of_screen(screens[key], board) for key in keys})
        write(keys)

    write(None)
    plans, *others = making.steps
    if ending.is_set():
        return
    plans[1]()
    board.engine, first = Here(), first_view(board)
    bring(*(key for key in there if key not in STUDIES and key != CHOICES))
    for number, (_, work) in enumerate(others):
        if ending.is_set():
            return
        work()
        key = making.brought(number)
        if key == CHOICES:
            found = [*making.choices()]
            there.update({page.key: page for page in found})
            write([page.key for page in found])
        elif key:
            bring(key)
    whole = files_of([*making.pages()], replace(occasion, made_of=mark), first)
    _write(folder, whole)
    for path in [*folder.glob("*.html"), *folder.glob("figures/*.csv")]:
        if path.relative_to(folder).as_posix() not in whole:
            path.unlink()


def _write(folder: Path, contents: dict[str, bytes]) -> None:
    """Each file whole: first that by which it is known that papers stand here, last what of."""
    for name in sorted(contents, key=lambda each: (each == INDEX, each != PACK)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        replace_with(folder / name, contents[name])


def main(place: str, folder: str) -> None:
    """Write them, and end with whoever began this process."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(_GIVES_WAY)
    seconds = float(os.environ.get(TIME, SECONDS))
    fill(Meeting(read(place), seconds=seconds, engine=engine_of_the_board()), Path(folder))
    os._exit(0)  # past the thread that reads: Python cannot end while it waits for its input


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
