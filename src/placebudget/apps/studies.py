"""Studies of a board: worked out when somebody asks, kept with the answer they belong to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from placebudget.apps.sentences import of_study
from placebudget.errors import PlaceBudgetError, fault_words
from placebudget.view.studies import STUDIES as ENTRIES
from placebudget.view.studies.entry import Study, Subject
from placebudget.work.jobs import Client, Here, Job

if TYPE_CHECKING:
    from placebudget.apps.meeting import BoardAnswer, Report

Stage = Callable[[str, int, int], None]

STUDIES: dict[str, Study] = {each.key: each for each in ENTRIES.values()}
"""Every study, by the screen that shows it."""


def subject_of(answer: BoardAnswer) -> Subject:
    """What a study of an answer looks at: its place, and the best pooled plan."""
    return Subject(answer.place, answer.plans.get("pooled"))


def taken(answer: BoardAnswer, key: str, client: Client) -> bool:
    """Whether a study is there, be it that another reader has had it worked out."""
    if key not in answer.studies and key in STUDIES and not STUDIES[key].sums:
        with suppress(PlaceBudgetError):  # there may be nothing to choose from
            values = STUDIES[key].settled(subject_of(answer), {})
            found = client.known(_job(answer, STUDIES[key], values))
            if found is not None:
                answer.studies[key], answer.asked[key] = found, values
    return key in answer.studies


def work_out(
    answer: BoardAnswer,
    key: str,
    client: Client,
    report: Report | None = None,
    settings: Mapping[str, Any] | None = None,
) -> bool:
    """Have a study of an answer worked out and keep it there.

    Parameters
    ----------
    answer : BoardAnswer
        What it is about; its pooled plan is there.
    key : str
        One of ``STUDIES``.
    client : Client
        Who asks for it. What is done by the time they stop is not kept.
    report : callable, optional
        Called with what is under way and how much of it is done, 0 to 1.
    settings : object, optional
        What a reader typed, by argument: it is worked out anew with that.

    Returns
    -------
    bool
        Whether it is there; if not, ``answer.unanswered`` says why, unless it was ended.
    """
    if settings is None and key in answer.studies:
        answer.unanswered.pop(key, None)
        return True
    study = STUDIES[key]
    if study.sums:  # it is soon done again, and waits for nobody
        client = replace(client, engine=Here())
    try:
        values = study.settled(subject_of(answer), settings or {})
        found = client.ask(_job(answer, study, values), _stages(report))
    except Exception as error:
        said = fault_words(error)
        if not client.stop.is_set():
            answer.unanswered[key] = said
            answer.studies.pop(key, None)
        return False
    if client.stop.is_set():
        return False
    answer.studies[key], answer.asked[key] = found, values
    answer.unanswered.pop(key, None)
    return True


def _job(answer: BoardAnswer, study: Study, values: Mapping[str, Any]) -> Job:
    return answer.job(study.name, plan=answer.plans.get("pooled"), values=values)


def _stages(report: Report | None) -> Stage:
    """Report the stages of a study in plain words, as a share of it."""

    def stage(what: str, number: int, stages: int) -> None:
        if report is not None:
            report(of_study(what, number, stages), min(number / max(stages, 1), 1.0))

    return stage
