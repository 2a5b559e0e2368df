"""What it must admit: a screen of the board that says what a plan's findings say."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from placebudget.apps import Meeting
from placebudget.apps.blocks import Block, Items, More
from placebudget.apps.screens import reasons
from small import rule, small


@pytest.fixture(scope="module")
def meeting() -> Meeting:
    """Five services of the same worth as each other lose to one that is worth twice as much."""
    money = {f"visits_{n}": {"today": {"tax": 1.0 + n / 10}, "people": None} for n in range(5)}
    place = small(
        {"tax": {"amount": 8.0}},
        {**money, "hubs": {"value": 2.0, "people": None, "today": {"tax": 2.0}}},
        rules=[rule("cap", "service=hubs", 6e6, basis="agreement")],
    )
    made = Meeting(place)
    made.recalculate({})
    made.complete()
    return made


def sentences(blocks: Iterator[Block] | list[Block]) -> Iterator[str]:
    """All that stands in lists, also behind a line that opens them."""
    for block in blocks:
        if isinstance(block, Items):
            yield from block.texts
        if isinstance(block, More):
            yield from sentences(list(block.blocks))


def test_the_screen_says_every_finding_of_the_pooled_plan(meeting: Meeting) -> None:
    assert meeting.answer is not None
    plans = meeting.answer.plans
    found = plans["pooled"].findings(plans["today"], before=plans["aligned"])
    assert len(found.of("outcome-falls")) > 3
    assert "ends-at-a-rule" in found.codes
    told = reasons.tell_admits(meeting)
    assert list(sentences(list(told.blocks))) == list(found.sentences)


def test_no_more_than_three_of_a_kind_stand_in_the_open(meeting: Meeting) -> None:
    told = reasons.tell_admits(meeting)
    assert max(len(block.texts) for block in told.blocks if isinstance(block, Items)) == 3
    assert any(isinstance(block, More) for block in told.blocks)


def test_the_title_names_the_worst_kinds(meeting: Meeting) -> None:
    assert reasons.tell_admits(meeting).title.startswith(
        "In the model, the best pooled plan must admit outcomes that fall against today, "
    )
