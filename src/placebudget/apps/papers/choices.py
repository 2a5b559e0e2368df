"""What a board could choose, each tried beforehand: options, pools, ring-fences, one at a time.

Whether a choice moves anything is asked of a session that is kept at hand; where it does, its
best pooled plan is made in full, so that it is settled which of several equally good plans it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from placebudget.apps.answer import (
    ORDER,
    BoardAnswer,
    BoardState,
    Trouble,
    quick_pooled,
    unmoved,
)
from placebudget.apps.meeting import Meeting, add_plan
from placebudget.errors import CannotAnswer, Infeasible, SolverFailed
from placebudget.place import Place
from placebudget.place.conditions import open_pools
from placebudget.plan import Plan
from placebudget.words import sentence
from placebudget.work import Changes, Stand, Undo
from placebudget.work.changes import FENCE, POOL
from placebudget.work.jobs import ADDS_UP, QUICK, TODAY, Client, Job
from placebudget.work.said import changeable, name_of, sentences

OPTIONS, POOLS, FENCES = "Options of the papers", "Pools", "Ring-fences"


@dataclass(frozen=True)
class PaperChoice:
    """One thing that could be different.

    Parameters
    ----------
    kind : str
        What it is a choice of.
    name : str
        What it does, in words.
    about : str
        What to know of it; blank: nothing.
    changes : Changes
        What it changes.
    """

    kind: str
    name: str
    about: str
    changes: Changes


@dataclass(frozen=True, eq=False)
class TriedChoice:
    """A choice with what became of it.

    Parameters
    ----------
    choice : PaperChoice
        The choice.
    meeting : Meeting
        What a board would have before it.
    """

    choice: PaperChoice
    meeting: Meeting

    @property
    def plan(self) -> Plan | None:
        """Its best pooled plan; None where there is none."""
        answer = self.meeting.answer
        return None if self.meeting.trouble or answer is None else answer.pooled

    @property
    def idle(self) -> bool:
        """Whether the best pooled plan is worth the same without it."""
        answer = self.meeting.answer
        return self.plan is not None and answer is not None and bool(answer.unmoved)


def choices_of(place: Place) -> tuple[PaperChoice, ...]:
    """Each option stored beside a place, each pool closed or opened, each ring-fence ended.

    Examples
    --------
    >>> import placebudget as pb
    >>> [choice.name for choice in choices_of(pb.example("toy_pooling"))][1:3]
    ['The ring-fence of Council money is ended.', 'The ring-fence of NHS money is ended.']
    """
    there, is_open = changeable(place), open_pools(place)
    switched = [
        *(
            (POOLS, Changes().switched(f"{POOL}{key}", key not in is_open, was=key in is_open))
            for key in there[POOL]
        ),
        *((FENCES, Changes().switched(f"{FENCE}{key}", False)) for key in there[FENCE]),
    ]
    return (
        *(
            PaperChoice(OPTIONS, sentence(name), option.description, Changes(option))
            for name, option in place.options().items()
        ),
        *(
            PaperChoice(kind, " ".join(sentences(changes, place)), "", changes)
            for kind, changes in switched
        ),
    )


def tried(meeting: Meeting, choice: PaperChoice, client: Client) -> TriedChoice:
    """A choice with its best pooled plan beside today's, or with why there is none.

    Parameters
    ----------
    meeting : Meeting
        With the answer of the papers.
    choice : PaperChoice
        What is chosen.
    client : Client
        Who asks for it.
    """
    papers, changes, before = meeting.papers, choice.changes, meeting.answer
    found = Meeting(papers, seconds=meeting.seconds, engine=meeting.engine)
    try:
        place = changes.apply(papers, name_of(changes, papers))
        place.check().raise_if_errors()
        answer = BoardAnswer(changes, place)
        answer.plans.update(_plans(answer, meeting, client))
    except Exception as error:
        steps = (Stand(papers, Changes()), Stand(papers, changes))
        trouble = Trouble.of(
            steps, error, lambda to: bool(client.ask(Job(ADDS_UP, to.place, to.changes)))
        )
        found.put_back(BoardState(Undo(before), trouble))
    else:
        found.put_back(BoardState(Undo(answer), None))
    return TriedChoice(choice, found)


def _plans(answer: BoardAnswer, meeting: Meeting, client: Client) -> Iterator[tuple[str, Plan]]:
    """The best pooled plan, made in full where the choice moves anything, and today's."""
    quick, papers = _quick(answer, meeting.papers, client), meeting.answer
    known = {} if papers is None or papers.pooled is None else {papers.changes: papers.pooled}
    for plan in (quick, None):  # in full where a session cannot follow, or what it makes differs
        if plan is not None:
            answer.plans[ORDER[0]] = plan
        else:
            add_plan(answer, ORDER[0], client)
        unmoved(answer, meeting.papers, known, client)
        if answer.unmoved:
            break
    yield ORDER[0], answer.plans[ORDER[0]]
    yield TODAY, client.ask(answer.job(TODAY))


def _quick(answer: BoardAnswer, papers: Place, client: Client) -> Plan | None:
    """The plan of a session; that of the papers follows pools and ring-fences."""
    if answer.changes.start is not None:
        return quick_pooled(answer, client)
    try:
        plan: Plan = client.ask(Job(QUICK, papers, answer.changes))
    except (CannotAnswer, Infeasible, SolverFailed):
        return None
    return plan
