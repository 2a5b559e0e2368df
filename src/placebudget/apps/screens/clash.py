"""It does not add up: which promises clash, and the cheapest lawful ways out."""

from __future__ import annotations

from placebudget.apps.blocks import Block, Heading, Items, More, TextBlock, Told, WaysOut
from placebudget.apps.meeting import Meeting, Trouble
from placebudget.apps.screens.screen import Screen
from placebudget.words import sentence
from placebudget.work import Changes
from placebudget.work.said import sentences

_CLASH = "These promises cannot all be kept together"
_NO_WAY = "No way out was found that keeps the law and today’s funding."
_ASK_LESS = "Undo, or ask for less."
_MEND = "Its tables have to be mended: the figures of the services named, or their money."
_MOST = 6


def tell(meeting: Meeting) -> Told:
    """The clash in words, or that there is none."""
    trouble = meeting.trouble
    if trouble is None:
        return Told("Everything adds up: all duties and rules can be kept at once", _calm())
    title = _CLASH if trouble.clash else "There is no answer to what was chosen"
    if len(trouble.promises) == 1:
        title = "This promise cannot be kept"
    before = meeting.answer is not None
    return Told(title, [*_lately(trouble, before), *_what(trouble), *_chosen(meeting, trouble)])


def _calm() -> list[Block]:
    return [
        TextBlock(
            "If promises contradict each other, this screen names them in plain words, with ways "
            "out that were tried. None of them goes below a duty in law."
        )
    ]


def _lately(trouble: Trouble, before: bool) -> list[Block]:
    """What was changed last, the newest first, and whether it added up before."""
    said = trouble.lately.said(before=before)
    return [TextBlock(said[0], "lead"), *([Items(said[1:])] if said[1:] else [])] if said else []


def _what(trouble: Trouble) -> list[Block]:
    said = _clash(trouble)
    if trouble.ways:
        said.append(Heading("Ways out"))
        said.append(TextBlock("Each was tried and works. None goes below a duty in law.", "note"))
        said.append(WaysOut([_sentence(way.words) for way in trouble.ways]))
    return said


def _clash(trouble: Trouble) -> list[Block]:
    """Promises and what stands against them, a line each; else the sentence there is."""
    if not trouble.promises:
        return [TextBlock(trouble.text, "lead")]
    said: list[Block] = [Items([_sentence(each) for each in trouble.promises])]
    if trouble.against:
        said.append(Heading("What stands against it"))
        said.append(_folded([_sentence(each) for each in trouble.against]))
    if not trouble.ways:
        help_ = _ASK_LESS if trouble.changes != Changes() else _MEND
        said.append(TextBlock(f"{_NO_WAY} {help_}"))
    return said


def _folded(lines: list[str]) -> Block:
    return Items(lines) if len(lines) <= _MOST else More(f"{len(lines)} limits", [Items(lines)])


def _chosen(meeting: Meeting, trouble: Trouble) -> list[Block]:
    said = sentences(trouble.changes, meeting.papers)
    if not said:
        return [TextBlock("This is so with the papers as they are, without any change.", "note")]
    return [Heading("What was chosen, against the papers"), Items(said)]


def _sentence(text: str) -> str:
    return sentence(f"{text}.")


SCREEN = Screen("clash", "It does not add up", tell, basis=False)
