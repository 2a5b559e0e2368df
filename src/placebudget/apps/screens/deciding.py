"""Screens of a register: what is being decided, and what came of what was."""

from __future__ import annotations

from collections.abc import Sequence

from placebudget.apps.blocks import (
    Block,
    Heading,
    Items,
    More,
    Press,
    Question,
    TableBlock,
    TextBlock,
    Told,
)
from placebudget.apps.deciding import ON_SCREEN, forms, who_form
from placebudget.apps.meeting import Meeting
from placebudget.apps.screens.screen import Screen
from placebudget.plan import Plan
from placebudget.plan.summary import Paragraph
from placebudget.programme import POOLED
from placebudget.view.sheet import text_grid
from placebudget.words import sentence

_NO_REGISTER = (
    "Whoever starts it names one: placebudget board PLACE --register FILE. A register is made by "
    "placebudget register new."
)
_MINUTES = (("docx", "Minutes as a document"), ("html", "Minutes as a page"))


def plans_of(meeting: Meeting) -> dict[str, Plan]:
    """Plans that may be entered with a choice: the pooled one on screen, and those kept beside."""
    answer = meeting.answer
    now = {} if answer is None else {ON_SCREEN: answer.plans.get(POOLED)}
    kept = {letter: each.pooled for letter, each in meeting.kept.items()}
    return {key: plan for key, plan in (now | kept).items() if plan is not None}


def decide(meeting: Meeting) -> Told:
    """The minutes as far as they are written, and the forms of who may write in them."""
    deciding = meeting.deciding
    if deciding is None:
        return Told("This board keeps no register", [TextBlock(_NO_REGISTER)])
    with deciding.opened() as held:
        record, person, entries = held.record, held.person, held.entries
        now = deciding.written(record)
        minutes = held.minutes(now) if now else None
    blocks: list[Block] = []
    known = [
        (row["meeting"], f"{row['meeting']}: {row['body']}") for row in record.rows("meetings")
    ]
    if len(known) > 1:
        blocks.append(Question("of_meeting", "Meeting", "Show this meeting", known, now))
    if person.may:
        blocks.append(TextBlock(f"You enter as {person.name}, {person.role}.", "lead"))
        blocks.append(Press("leave_register", "now", "I have entered all: know me no longer"))
        named = {ON_SCREEN: "The pooled plan that the screens show now"}
        offered = [
            (key, named.get(key, f"Choice {key}, that was kept beside"))
            for key in plans_of(meeting)
        ]
        blocks += [
            More(f"{title}: enter", [form]) for title, form in forms(record, person, now, offered)
        ]
        rows = entries[["number", "by", "table", "row"]].to_numpy().tolist()
        grid = text_grid("entries", "Every entry", ["number", "by", "about", "what it says"], rows)
        blocks.append(More("Entries by number, as corrections name them", [TableBlock(grid)]))
        doubts = [f"{each.what} {each.mend}" for each in record.check().warnings]
        blocks += [More(f"To look at again ({len(doubts)})", [Items(doubts)])] if doubts else []
    else:
        blocks += [TextBlock(_READS, "lead"), who_form()]
    if minutes is None:
        return Told("No meeting has been entered yet", blocks)
    blocks += [Heading("The minutes so far"), *(Press("minutes", *each) for each in _MINUTES)]
    for each in minutes.sections:
        blocks += [Heading(each.title), *_paragraphs(each.paragraphs)]
    blocks += [TextBlock(note, "note") for note in minutes.notes]
    return Told(minutes.title, blocks)


_READS = "Everybody reads what is entered. Who enters something shows who they are by their token."


def decided(meeting: Meeting) -> Told:
    """What was decided at all meetings, and what came of it."""
    deciding = meeting.deciding
    if deciding is None:
        return Told("This board keeps no register", [TextBlock(_NO_REGISTER)])
    with deciding.opened() as held:
        found = held.decided()
    blocks = _paragraphs(found.summarised().paragraphs)
    results = found.worded("results")
    if len(results):
        grid = text_grid(
            "decided-results", "What was expected, and what came of it",
            [sentence(str(name)) for name in results.columns], results.to_numpy().tolist(),
        )  # fmt: skip
        blocks.append(TableBlock(grid))
    return Told(found.title, [*blocks, *(TextBlock(note, "note") for note in found.notes)])


def _paragraphs(paragraphs: Sequence[Paragraph]) -> list[Block]:
    made: list[Block] = []
    for each in paragraphs:
        made += [TextBlock(each.text)] if each.text else []
        made += [Items(each.points)] if each.points else []
    return made


def _mark(meeting: Meeting) -> object:
    return None if meeting.deciding is None else meeting.deciding.mark()


DECIDE = Screen("decide", "Decide", decide, basis=False, mark=_mark)
DECIDED = Screen("decided", "What we decided, what came of it", decided, basis=False, mark=_mark)
