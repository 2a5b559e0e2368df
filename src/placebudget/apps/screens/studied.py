"""Screens that show a study: asked for by a button, because it takes its time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from placebudget.apps.blocks import Ask, Block, Items, More, Picture, Table, Told, Words
from placebudget.apps.meeting import Meeting
from placebudget.study.result import MODELLED
from placebudget.view.studies import study_panel

BUTTON = "Work this out"
_LONG = 20  # rows of a table that stands behind a line that opens it


@dataclass(frozen=True)
class Study:
    """How a screen shows a study.

    Parameters
    ----------
    key : str
        That of the screen and of the study.
    before : str
        The title while nobody has asked.
    about : str
        What it answers.
    title : callable
        Takes the answer; gives its finding.
    blocks : callable
        Takes the answer; gives what stands beside its panel.
    lead : sequence of str
        What must be read first.
    """

    key: str
    before: str
    about: str
    title: Callable[[Any], str]
    blocks: Callable[[Any], Sequence[Block]]
    lead: Sequence[str]

    def tell(self, meeting: Meeting) -> Told:
        """What the study says, or the button that asks for it."""
        answer = meeting.answer
        found = None if answer is None else answer.studies.get(self.key)
        if found is not None:
            return Told(self.title(found), list(self._found(found)))
        failed = None if answer is None else answer.unanswered.get(self.key)
        if failed is not None:
            blocks: list[Block] = [Words(failed, "warning"), Words(self.about)]
            return Told("This could not be worked out", [*blocks, Ask(self.key, "Try again")])
        wait = (
            "It takes from a few seconds to a minute or so. Other screens can be read meanwhile; "
            "the line above says how far it is. It is worked out anew when something is changed."
        )
        return Told(self.before, [Words(self.about, "lead"), Words(wait), Ask(self.key, BUTTON)])

    def _found(self, found: Any) -> Iterator[Block]:
        panel = study_panel(found)
        for text in self.lead:
            yield Words(text, "lead")
        yield from [Picture(chart) for chart in panel.charts]
        yield from _said(found, self.lead)
        for grid in panel.grids:
            long = len(grid.rows) > _LONG
            yield More(grid.caption, [Table(grid)]) if long else Table(grid)
        yield from self.blocks(found)
        yield Words(" ".join(found.notes), "note")


def _said(found: Any, lead: Sequence[str]) -> Iterator[Block]:
    """The sentences of a study, each with the points that follow it."""
    points: list[str] = []
    for line in found.summary().splitlines()[1:]:
        if line.startswith("- "):
            points.append(line[2:])
            continue
        if points:
            yield Items(points)
            points = []
        if line != MODELLED and not any(text.startswith(line) for text in lead):
            yield Words(line)
    if points:
        yield Items(points)
