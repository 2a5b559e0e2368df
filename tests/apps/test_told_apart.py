"""Screens and controls say whose a service is wherever others share its name."""

from __future__ import annotations

import html
from collections import Counter

import pytest

import placebudget as pb
from placebudget.apps import Meeting
from placebudget.apps.controls import controls
from placebudget.apps.meeting import add_plan
from placebudget.apps.screens import SCREENS, shown
from placebudget.place import Place
from placebudget.work import Changes
from remembering import kept
from worked_place import worked

pytestmark = pytest.mark.xdist_group("kept")


def screen(meeting: Meeting, key: str) -> str:
    """A screen's HTML, with its texts as they are read."""
    return html.unescape(shown(next(s for s in SCREENS if s.key == key), meeting)["html"])


@pytest.fixture(scope="module")
def lancashire() -> Place:
    return pb.example("lancashire")


def test_duties_say_whose_service_each_is_about(lancashire: Place) -> None:
    told = screen(Meeting(lancashire, engine=kept()), "duties")
    for whose in ("Lancashire County Council", "Blackpool Council"):
        assert f"Other adult social care ({whose}) at least " in told
    rows = [part.partition("</th>")[0] for part in told.split('<th scope="row">')[1:]]
    assert len(rows) > 20
    assert max(Counter(rows).values()) == 1


def test_the_boxes_of_floors_are_told_apart_and_know_what_the_law_requires(
    lancashire: Place,
) -> None:
    found = controls(lancashire, Changes())["floors"]
    assert max(Counter(each["name"] for each in found).values()) == 1
    duty = next(each for each in found if each["key"] == "other_adult_social_care_blackpool_duty")
    assert duty["name"] == "Other adult social care (Blackpool Council)"
    assert duty["law"] == "This is a duty in law, so not below 17,591 units."
    promise = next(each for each in found if each["key"] == "treatment_places")
    assert promise["law"] == ""


def test_why_this_much_asks_about_and_explains_services_that_are_told_apart() -> None:
    place = pb.example("northvale")
    services = place.services.assign(
        name=place.services["name"].where(
            ~place.services["service"].isin(["home_care", "urgent_care"]), "care"
        )
    )
    meeting = Meeting(place.with_(services=services), engine=kept())
    assert meeting.recalculate({})
    assert meeting.answer is not None
    add_plan(meeting.answer, "today", meeting.client(None))
    meeting.asked = "urgent_care"
    told = screen(meeting, "why")
    for whose in ("Northvale County Council", "Northvale NHS Board"):
        assert f">care ({whose}) (" in told
    assert "<h2>Care (Northvale NHS Board): " in told


def test_a_clash_is_a_list_of_promises_and_of_what_stands_against_them(
    lancashire: Place,
) -> None:
    meeting = Meeting(lancashire, engine=kept())
    assert not meeting.recalculate({"amounts": {"other_adult_social_care_duty": "400000"}})
    told = screen(meeting, "clash")
    assert (
        "<li>Other adult social care (Lancashire County Council) at least 400,000 units (policy: "
        "asked for beyond the duty).</li>" in told
    )
    assert (
        "<li>The capacity for other adult social care (Lancashire County Council) in the "
        "Lancashire County Council area in 2027-28.</li>" in told
    )
    # A wish may give way; the duty in law below it does not.
    assert "Instead of other adult social care (Lancashire County Council) at least 400,000" in told
    assert "county_area" not in told


def test_plans_that_leave_other_need_unmet_are_not_set_side_by_side_in_pounds() -> None:
    """Today's money cannot treat everybody; the plans do, so their values are not compared."""
    meeting = Meeting(worked(nhs=(98e6, 98e6, 98e6), family_today=0.0, nursing=False))
    assert meeting.recalculate({})
    meeting.complete()
    told = screen(meeting, "together")
    assert "The best pooled plan beside today’s spending carried on: £" in told
    assert "Measured from nothing done" not in told
    alike = Meeting(pb.example("toy_pooling"), engine=kept())
    assert alike.recalculate({})
    alike.complete()
    told = screen(alike, "together")
    assert "is worth £15 million more of public value than today’s" in told
    assert "the best pooled plan is worth £300 million, today’s spending carried on £285" in told
