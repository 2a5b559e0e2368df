"""Studies of a board: worked out when somebody asks, kept with the answer they belong to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from placebudget.apps.stages import of_study
from placebudget.faults import fault_words
from placebudget.view.studies import STUDIES as ENTRIES
from placebudget.view.studies.entry import Study, Subject

if TYPE_CHECKING:
    from placebudget.apps.meeting import BoardAnswer, Report
    from placebudget.apps.shelf import Shelf

Stage = Callable[[str, int, int], None]

STUDIES: dict[str, Study] = {each.key: each for each in ENTRIES.values()}
"""Every study, by the screen that shows it."""


def subject_of(answer: BoardAnswer, **watch: Any) -> Subject:
    """What a study of an answer looks at: its place, and the best pooled plan."""
    return Subject(answer.place, answer.plans.get("pooled"), watch)


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
    settings: Mapping[str, Any] | None = None,
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
        What a reader typed, by argument: it is worked out anew with that.

    Returns
    -------
    bool
        Whether it is there; if not, ``answer.unanswered`` says why, unless it was ended.
    """
    if settings is None and taken(answer, key, shelf):
        answer.unanswered.pop(key, None)
        return True
    study, stage = STUDIES[key], None if report is None else _stages(report)
    subject = subject_of(answer, seconds=seconds, stop=stop, progress=stage)
    try:
        values = study.settled(subject, settings or {})
        # What is sums only is soon done again, and what was typed is nobody else's.
        own = not study.sums and (settings is None or values == study.settled(subject, {}))
        shared = shelf if own else None
        found = None if shared is None else shared.study(answer.place, key)
        if found is None:
            found = study.answer(subject, values)
            if stop is not None and stop.is_set():
                return False
            if shared is not None:
                shared.keep_study(answer.place, key, found)
    except Exception as error:
        said = fault_words(error)
        if stop is None or not stop.is_set():
            answer.unanswered[key] = said
            answer.studies.pop(key, None)
        return False
    answer.studies[key], answer.asked[key] = found, values
    answer.unanswered.pop(key, None)
    return True


def _stages(report: Report) -> Stage:
    """Report the stages of a study in plain words, as a share of it."""

    def stage(what: str, number: int, stages: int) -> None:
        report(of_study(what, number, stages), min(number / max(stages, 1), 1.0))

    return stage
