"""The first view: what is asked, one finding, three doors, what gets more and what gets less."""

from __future__ import annotations

from collections.abc import Iterator

from placebudget.apps.blocks import Block, Doors, TextBlock, Told, Twin, Twins
from placebudget.apps.meeting import Meeting
from placebudget.apps.screens.screen import Screen
from placebudget.apps.screens.together import headline
from placebudget.study import Potential
from placebudget.view.in_short import outcomes_moved, question_of

PROPOSED, COULD_CHOOSE, GAINS_AND_LOSES = (
    "What is proposed", "What we could choose", "Who gains and loses",
)  # fmt: skip
COMES = "What pooling could bring is being worked out"
_BEHIND = ((PROPOSED, "change"), (COULD_CHOOSE, "rules"), (GAINS_AND_LOSES, "gains"))


def tell(meeting: Meeting) -> Told:
    """The finding, or what is still in its way, and where to go from here."""
    answer = meeting.answer
    found = None if answer is None else answer.potential()
    opening: list[Block] = [
        TextBlock(question_of(meeting.place), "question-asked"),
        Doors([(f"#{key}", name) for name, key in _BEHIND]),
    ]
    if found is not None and "aligned" in found.plans:
        return Told(headline(found), [*opening, *_moved(found)])
    if meeting.stopped:
        title = "What pooling could bring was not worked out"
    elif meeting.trouble is not None or (answer is not None and answer.missing):
        title = "There is no plan with pools to set beside one without"
    else:
        title = COMES
    return Told(title, opening)


def _moved(found: Potential) -> Iterator[Block]:
    more, less = outcomes_moved(found.plans["today"], found.plans["pooled"])
    sides = (("more", "Beside today, more of", more), ("less", "Beside today, less of", less))
    shown = [Twin(key, title, texts=texts, more="#change") for key, title, texts in sides if texts]
    if shown:
        yield Twins(shown)


SCREEN = Screen("first", "At a glance", tell)
