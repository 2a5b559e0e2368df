"""What the best pooled plan must admit: who is not served, what gets worse, what a rule ends."""

from __future__ import annotations

from collections.abc import Iterator

from placebudget.apps.blocks import Block, Heading, Items, More, TextBlock, Told
from placebudget.apps.meeting import Meeting
from placebudget.apps.screens.screen import Screen
from placebudget.plan import PlanFindings
from placebudget.texts import listed

_MOST = 3
_KINDS = 2


def tell(meeting: Meeting) -> Told:
    """What must be known before relying on the best pooled plan, the worst first."""
    answer = meeting.answer
    if answer is None:  # the screen needs plans, so that there is one
        raise LookupError("the plans are not there")
    today, aligned = (answer.plans[name] for name in ("today", "aligned"))
    found = answer.plans["pooled"].findings(today, before=aligned, place=answer.place)
    return Told(_title(found), list(_blocks(found)))


def _title(found: PlanFindings) -> str:
    kinds = [f"{title[:1].lower()}{title[1:]}" for title in found.by_kind]
    if not kinds:
        return "In the model, nothing was found that the best pooled plan must admit"
    return f"In the model, the best pooled plan must admit {listed(kinds, most=_KINDS)}"


def _blocks(found: PlanFindings) -> Iterator[Block]:
    yield TextBlock(
        "Who is not served, what gets worse against today, which rule ends a change, and what the "
        "value rests on; the worst first. It is no judgement of the plan.",
        "lead",
    )
    for title, texts in found.by_kind.items():
        yield Heading(title)
        yield Items(texts[:_MOST])
        if rest := texts[_MOST:]:
            yield More(f"{len(rest)} more of this kind", [Items(rest)])


SCREEN = Screen("admits", "What it must admit", tell, needs=("today", "aligned", "pooled"))
