"""Screens that show a study: asked for by a button or a form, because it takes its time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from placebudget.apps.blocks import (
    Ask,
    Block,
    Heading,
    Items,
    More,
    Picks,
    Picture,
    TableBlock,
    Taken,
    TextBlock,
    Told,
)
from placebudget.apps.meeting import BoardAnswer, Meeting, subject_of
from placebudget.apps.screens.screen import Screen
from placebudget.errors import CannotAnswer
from placebudget.programme import POOLED
from placebudget.study import TITLES
from placebudget.view.sheet import Grid
from placebudget.view.studies import STUDIES, study_view
from placebudget.view.studies.entry import Study
from placebudget.words import sentence
from placebudget.work.asking import BUTTON, forms_of
from placebudget.work.jobs import TODAY
from placebudget.work.picking import PICK, PICKED_SO, beside_others, offered

_WORKBOOK = "the workbook that placebudget study writes"
LONG = 20  # rows of a table, points of a list, that stand behind a line that opens them


def tell(study: Study, meeting: Meeting) -> Told:
    """What the study says, or what asks for it; or that there is nothing to ask."""
    answer = meeting.answer
    found = None if answer is None else answer.studies.get(study.key)
    failed = None if answer is None else answer.unanswered.get(study.key)
    try:
        asks = _asks(study, answer, BUTTON if failed is None else "Try again")
    except CannotAnswer as error:
        mend = "" if study.leading is None else study.leading.none[1]
        said = [TextBlock(study.answers, "lead"), *([TextBlock(mend)] if mend else [])]
        return Told(str(error).rstrip("."), said)
    if found is not None:
        again = [Heading(study.again), *asks] if study.typed else []
        note = TextBlock(" ".join(found.notes), "note")
        picks = _picks(study, found, answer)
        return Told(study.finding(found), [*_found(study, found), *picks, *again, note])
    if failed is not None:
        return Told(
            "This could not be worked out",
            [TextBlock(failed, "warning"), TextBlock(study.answers), *asks],
        )
    wait = [TextBlock(study.wait)] if study.wait else []
    title = f"This has not been asked yet: {study.question[:1].lower()}{study.question[1:]}"
    return Told(title, [TextBlock(study.answers, "lead"), *wait, *asks])


def _asks(study: Study, answer: BoardAnswer | None, button: str) -> Sequence[Block]:
    """What asks for the study: its forms, or a button."""
    if answer is None:
        return [] if study.typed else [Ask(study.key, button)]
    subject = subject_of(answer)
    values = study.settled(subject, answer.asked.get(study.key, {}))
    return forms_of(study, subject, values) if study.typed else [Ask(study.key, button)]


def _found(study: Study, found: Any) -> Iterator[Block]:
    view = study_view(found, study.key)
    for text in study.lead:
        yield TextBlock(text, "lead")
    yield from map(TextBlock, view.opening)
    pressed = study.key if offered(found) else ""
    yield from (Picture(each, pressed) for each in view.charts)
    yield from _said(found, study.lead)
    yield from _blocks(view.grids)
    for section in view.sections:
        yield Heading(section.title)
        yield from _blocks(section.parts)


def _picks(study: Study, found: Any, answer: BoardAnswer | None) -> Iterator[Block]:
    """The plans of an answer that may be picked, and below them the one that was."""
    plans = offered(found)
    if not plans or answer is None:
        return
    yield Heading(PICK)
    yield TextBlock(PICKED_SO)
    yield Picks(study.key, plans)
    picked = answer.picked.get(study.key)
    if picked is None:
        return
    yield Taken(study.key, sentence(picked.name))
    others = {TITLES[each]: answer.plans[each] for each in (TODAY, POOLED) if each in answer.plans}
    panel = beside_others(picked, others)
    yield from map(TextBlock, panel.sentences)
    yield from _blocks(panel.grids)


def _blocks(parts: Iterable[Any]) -> Iterator[Block]:
    """What a study shows as blocks; a long table is folded."""
    for part in parts:
        if isinstance(part, str):
            yield TextBlock(part)
        elif isinstance(part, Grid):
            table = TableBlock(replace(part, workbook=_WORKBOOK))
            yield More(part.caption, [table]) if len(part.rows) > LONG else table
        elif isinstance(part, Sequence):
            yield Items(part)
        else:
            yield More(part.title, list(_blocks(part.parts)))


def _said(found: Any, lead: Sequence[str]) -> Iterator[Block]:
    """The sentences of a study, each with the points that follow it."""
    said = found.summarised()
    if said.title != found.title:
        yield TextBlock(said.title)
    for each in said.paragraphs:
        if each.text and each.text not in lead:
            yield TextBlock(each.text)
        yield from _listed(each.points)


def _listed(points: Sequence[str]) -> Iterator[Block]:
    """Points as a list; a long one is folded."""
    if len(points) > LONG:
        yield More(f"In words, one by one ({len(points)})", [Items(points)])
    elif points:
        yield Items(points)


SCREENS = tuple(
    Screen(each.key, each.screen, partial(tell, each), needs=("pooled",))
    for each in STUDIES.values()
)
"""A screen for each study, in the order in which they are told of."""
