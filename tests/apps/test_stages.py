"""What a board says while it works, and what it explains of its words."""

from __future__ import annotations

import re

import pytest

import placebudget as pb
from placebudget.apps import Meeting
from placebudget.apps.screens import SCREENS, shown
from placebudget.apps.sentences import PLANS, of_study
from placebudget.progress import Stage
from placebudget.study.fairness import BEST, EQUITY, LEXIMIN, PACE, WORST_OFF
from placebudget.view.rendering import TERMS

STUDIES = ("shares", "barriers", "years", "alternatives", "uncertainty", "robust")
OWN_WORDS = re.compile(r"leximin|coalition|class|weights|relative|nearest|least change", re.I)


@pytest.fixture(scope="module")
def meeting() -> Meeting:
    return Meeting(pb.example("toy_pooling"))


@pytest.fixture(scope="module")
def said(meeting: Meeting) -> dict[str, list[str]]:
    """What is said while plans and studies of a small place are worked out."""
    told: dict[str, list[str]] = {}

    def report(text: str, share: float) -> None:
        assert 0.0 <= share <= 1.0
        told.setdefault(under_way, []).append(text)

    under_way = "plans"
    meeting.recalculate({}, report=report)
    meeting.complete(report=report)
    for under_way in STUDIES:
        meeting.study(under_way, report=report)
        assert meeting.studied(under_way)
    return told


def test_stages_are_said_in_plain_words(said: dict[str, list[str]]) -> None:
    assert set(said) == {"plans", *STUDIES}
    assert [text for texts in said.values() for text in texts if OWN_WORDS.search(text)] == []


def test_each_plan_is_named_with_its_step(said: dict[str, list[str]]) -> None:
    steps = [text for text in said["plans"] if re.search(r", step \d of 5", text)]
    assert steps == said["plans"]
    for step, name in enumerate(("pooled", "today", "aligned", "siloed", "freed"), start=1):
        assert any(text.startswith(f"{PLANS[name]}, step {step} of 5") for text in steps)


def test_studies_say_how_much_of_their_work_is_done(said: dict[str, list[str]]) -> None:
    assert "Trying every group of partners: 3 of 8 done" in said["shares"]
    assert any(text.startswith("Living through the years: ") for text in said["years"])
    assert "Looking for plans within 2% of the best" in said["alternatives"]
    assert said["robust"][0] == PLANS["today"]


def test_every_plan_and_rule_of_fairness_has_words_of_its_own() -> None:
    stages = [BEST, WORST_OFF, LEXIMIN, Stage("", EQUITY, "50"), Stage("", PACE, "2.5")]
    words = [of_study(stage, 1, 9) for stage in stages]
    assert len(set(words)) == len(words)
    assert "Trying a promise to every area: at least 50% of the average" in words
    assert "Looking for the best plan" not in words
    assert not [text for text in words if OWN_WORDS.search(text)]


def test_words_of_the_field_are_explained_on_every_screen_that_uses_them(
    meeting: Meeting, said: dict[str, list[str]]
) -> None:
    assert meeting.studied("shares")
    for screen in SCREENS:
        told = shown(screen, meeting)
        text, _, explained = told["html"].partition("What words on this screen mean")
        for word in TERMS:
            if re.search(rf"\b{re.escape(word)}\b", re.sub(r"<[^>]*>", " ", text)):
                assert f"<dt>{word}</dt>" in explained, (screen.key, word)
