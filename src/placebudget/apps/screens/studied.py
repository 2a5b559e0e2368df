"""Screens that show a study: asked for by a button, because it takes its time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from placebudget.apps.blocks import (
    Ask,
    Block,
    Heading,
    Items,
    More,
    Picture,
    TableBlock,
    TextBlock,
    Told,
)
from placebudget.apps.forms import BoardForm
from placebudget.apps.meeting import BoardAnswer, Meeting
from placebudget.view.studies import study_panel

BUTTON = "Work this out"
_WORKBOOK = "the workbook that placebudget study writes"
LONG = 20  # rows of a table, points of a list, that stand behind a line that opens them


def waiting(takes: str = "a few seconds to a minute or so") -> str:
    """How long an answer takes, and what can be done meanwhile."""
    return (
        f"It takes from {takes}. Other screens can be read meanwhile; the bar with “Recalculate” "
        "says how far it is. It is worked out anew when something is changed."
    )


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
    wait : str
        How long it takes; blank: no time worth a word.
    forms : callable, optional
        Takes what stands before the board and the answer, None where there is none yet;
        gives the forms that ask for it, in place of a button.
    again : str
        The heading over the forms below an answer.
    tables : bool
        Whether the tables of its panel are shown; else ``blocks`` brings its own.
    first : callable, optional
        Takes the answer; gives what stands before its charts.
    """

    key: str
    before: str
    about: str
    title: Callable[[Any], str]
    blocks: Callable[[Any], Sequence[Block]]
    lead: Sequence[str]
    wait: str = waiting()
    forms: Callable[[BoardAnswer, Any], Sequence[BoardForm]] | None = None
    again: str = "Ask again"
    tables: bool = True
    first: Callable[[Any], Sequence[Block]] | None = None

    def tell(self, meeting: Meeting) -> Told:
        """What the study says, or the button that asks for it."""
        answer = meeting.answer
        found = None if answer is None else answer.studies.get(self.key)
        if found is not None:
            forms = self._asks(answer, found, BUTTON)
            again = [Heading(self.again), *forms] if self.forms is not None else []
            return Told(self.title(found), [*self._found(found), *again, _notes(found)])
        failed = None if answer is None else answer.unanswered.get(self.key)
        if failed is not None:
            blocks: list[Block] = [TextBlock(failed, "warning"), TextBlock(self.about)]
            asks = self._asks(answer, None, "Try again")
            return Told("This could not be worked out", [*blocks, *asks])
        wait = [TextBlock(self.wait)] if self.wait else []
        asks = self._asks(answer, None, BUTTON)
        return Told(self.before, [TextBlock(self.about, "lead"), *wait, *asks])

    def _asks(self, answer: BoardAnswer | None, found: Any, button: str) -> Sequence[Block]:
        """What asks for the study: its forms, or a button."""
        if self.forms is None:
            return [Ask(self.key, button)]
        return [] if answer is None else self.forms(answer, found)

    def _found(self, found: Any) -> Iterator[Block]:
        panel = study_panel(found)
        for text in self.lead:
            yield TextBlock(text, "lead")
        yield from () if self.first is None else self.first(found)
        yield from [Picture(chart) for chart in panel.charts]
        yield from _said(found, self.lead)
        for grid in panel.grids if self.tables else ():
            table = TableBlock(replace(grid, workbook=_WORKBOOK))
            yield More(grid.caption, [table]) if len(grid.rows) > LONG else table
        yield from self.blocks(found)


def _notes(found: Any) -> TextBlock:
    return TextBlock(" ".join(found.notes), "note")


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
