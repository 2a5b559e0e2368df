"""Boards, desks and sessions that come and go leave no widgets, threads or files behind.

A few cycles of opening and closing are tried, 300 with PLACEBUDGET_PROOF=whole.
"""

from __future__ import annotations

import gc
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

import placebudget as pb
from placebudget.apps import Meeting
from placebudget.apps.widget import Board
from placebudget.widgets.form import close_whole
from proof import ALL
from remembering import Remembering

CYCLES = 300 if ALL else 2
FILES = Path("/proc/self/fd")


def board(place: pb.Place, engine: Remembering) -> None:
    opened = Board(Meeting(place, engine=engine))
    opened.wait()
    opened._wished(opened, {"do": "open", "screen": "change"}, None)
    close_whole(opened)


def desk(place: pb.Place, engine: Remembering) -> None:
    opened = pb.desk(place)
    assert opened.wait(120)
    opened.sections.look_at("tables")
    close_whole(opened)


def editor(place: pb.Place, engine: Remembering) -> None:
    close_whole(pb.widgets.table_editor(place))


def session(place: pb.Place, engine: Remembering) -> None:
    assert pb.solver.Session(place).value() > 0


@pytest.fixture(scope="module", autouse=True)
def nothing_older() -> None:
    """All that was there before stays as it is, so that only what is new need be looked through."""
    gc.collect()
    gc.freeze()


def held() -> Counter[str]:
    """What is alive in this process: objects of ours and of widgets, threads, open files."""
    gc.collect()
    ours: Counter[str] = Counter()
    for kind, number in Counter(map(type, gc.get_objects())).items():
        if str(kind.__module__).startswith(("placebudget", "ipyw")):
            ours[kind.__qualname__] += number
    ours["threads"] = threading.active_count()
    ours["files"] = len(list(FILES.iterdir())) if FILES.is_dir() else 0
    return ours


@pytest.mark.parametrize("opened", [board, desk, editor, session])
def test_what_is_opened_and_closed_again_and_again_leaves_nothing_behind(
    opened: Callable[[pb.Place, Remembering], None], tmp_path: Path
) -> None:
    place, engine = pb.example("toy_pooling"), Remembering()
    opened(place, engine)  # what is loaded or kept once is there now
    before = held()
    for _ in range(CYCLES):
        opened(place, engine)
    more = held() - before
    assert not more
