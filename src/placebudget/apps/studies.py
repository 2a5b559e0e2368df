"""Studies of a board: worked out when somebody asks, kept with the answer they belong to.

Some are asked for with figures typed in; what was typed is read in :mod:`placebudget.apps.asked`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from placebudget.apps.asked import (
    Agreement,
    Barriers,
    Recorded,
    Years,
    barriers,
    overspend,
    recorded,
    years,
)
from placebudget.apps.stages import of_study
from placebudget.faults import fault_words
from placebudget.plan import Plan
from placebudget.study import accounts, fairness, sharing
from placebudget.study.result import Result

if TYPE_CHECKING:
    from placebudget.apps.meeting import BoardAnswer, Report
    from placebudget.apps.shelf import Shelf
    from placebudget.place import Place

Stage = Callable[[str, int, int], None]
Read = Callable[[Mapping[str, Any], "BoardAnswer", bytes | None], object]


@dataclass(frozen=True)
class Request:
    """What a study is made from.

    Parameters
    ----------
    place : Place
        The place with everything chosen changed.
    pooled : Plan
        Its best pooled plan.
    seconds : float
        Most seconds a plan may take.
    stop : threading.Event, optional
        Setting it ends the run.
    stage : callable, optional
        Called with what is under way, its number and how many there are.
    settings : object, optional
        What a reader typed; left out, the study has its own.
    """

    place: Place
    pooled: Plan
    seconds: float
    stop: threading.Event | None = None
    stage: Stage | None = None
    settings: object | None = None


def _shares(asked: Request) -> Result:
    return sharing(asked.place, seconds=asked.seconds, stop=asked.stop, progress=asked.stage)


def _pound(asked: Request) -> Result:
    return accounts(asked.pooled)


def _areas(asked: Request) -> Result:
    return fairness(asked.place, seconds=asked.seconds, stop=asked.stop, progress=asked.stage)


STUDIES: Mapping[str, Callable[[Request], Result]] = {
    "shares": _shares,
    "pound": _pound,
    "areas": _areas,
    "barriers": barriers,
    "years": years,
    "overspend": overspend,
    "recorded": recorded,
}
"""How each study is made, by the screen that shows it."""

ASKED: Mapping[str, Read] = {
    "barriers": Barriers.read,
    "years": Years.read,
    "overspend": Agreement.read,
    "recorded": Recorded.read,
}
"""How what was typed is read, for studies that are asked for with figures."""

AT_ONCE = frozenset({"overspend", "recorded"})
"""Studies that are sums only: nobody waits for them, and they wait for nobody."""

_OWN: Mapping[str, object] = {"barriers": Barriers(), "years": Years()}
# What a study that takes its time is asked with where nobody typed anything.


def taken(answer: BoardAnswer, key: str, shelf: Shelf | None) -> bool:
    """Whether a study is there, be it that another reader has had it worked out."""
    if key not in answer.studies and shelf is not None and key in STUDIES:
        found = shelf.study(answer.place, key)
        if found is not None:
            answer.studies[key] = found
    return key in answer.studies


def work_out(
    answer: BoardAnswer,
    key: str,
    *,
    seconds: float,
    shelf: Shelf | None = None,
    report: Report | None = None,
    stop: threading.Event | None = None,
    settings: object | None = None,
) -> bool:
    """Work out a study of an answer and keep it there.

    Parameters
    ----------
    answer : BoardAnswer
        What it is about; its pooled plan is there.
    key : str
        One of ``STUDIES``.
    seconds : float
        Most seconds a plan may take.
    shelf : Shelf, optional
        Where it may lie already, and is put for others.
    report : callable, optional
        Called with what is under way and how much of it is done, 0 to 1.
    stop : threading.Event, optional
        Setting it ends the run; what is done of it by then is not kept.
    settings : object, optional
        What a reader typed, as ``ASKED`` reads it: it is worked out anew with that.

    Returns
    -------
    bool
        Whether it is there; if not, ``answer.unanswered`` says why, unless it was ended.
    """
    if settings is None and taken(answer, key, shelf):
        answer.unanswered.pop(key, None)
        return True
    own = settings is None or settings == _OWN.get(key)
    shared = shelf if own and key not in AT_ONCE else None
    found = None if shared is None else shared.study(answer.place, key)
    if found is None:
        stage = None if report is None else _stages(report)
        request = Request(answer.place, answer.plans["pooled"], seconds, stop, stage, settings)
        try:
            found = STUDIES[key](request)
        except Exception as error:
            said = fault_words(error)
            if stop is None or not stop.is_set():
                answer.unanswered[key] = said
                answer.studies.pop(key, None)
            return False
        if stop is not None and stop.is_set():
            return False
        if shared is not None:
            shared.keep_study(answer.place, key, found)
    answer.studies[key] = found
    answer.unanswered.pop(key, None)
    return True


def _stages(report: Report) -> Stage:
    """Report the stages of a study in plain words, as a share of it."""

    def stage(what: str, number: int, stages: int) -> None:
        report(of_study(what, number, stages), min(number / max(stages, 1), 1.0))

    return stage
