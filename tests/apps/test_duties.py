"""What must happen: need, what pools must get, and rules, each with what it rests on."""

from __future__ import annotations

import html
import re

import placebudget as pb
from placebudget.apps import Meeting
from placebudget.apps.screens import SCREENS, shown
from placebudget.place import Place
from worked_place import worked


def screen(place: Place) -> str:
    told = shown(next(each for each in SCREENS if each.key == "duties"), Meeting(place))
    plain = html.unescape(re.sub(r"<[^>]+>", "|", told["html"]))
    return told["title"] + "\n" + re.sub(r"[|\s]*[|][|\s]*", "|", plain)


def test_need_that_must_be_met_is_told_with_its_size_and_what_it_rests_on() -> None:
    place = pb.example("northvale")
    told = screen(place)
    needs = place.needs[place.needs["service"] == "home_care"]
    first, last = (
        round(needs.loc[needs["year"] == year, "people"].sum())
        for year in (place.years[0], place.years[-1])
    )
    assert "all need of 5 services must be met" in told
    assert (
        f"Home care: all in need are served, {first:,} in {place.years[0]} and {last:,} in "
        f"{place.years[-1]} (person supported at home for a year)|Care Act 2014, section 18"
    ) in told


def test_what_must_be_paid_into_a_pool_is_told_with_its_power_and_note() -> None:
    told = screen(pb.example("northvale"))
    assert (
        "NHS allocation pays at least £10.5 million a year into Better care pool|"
        "National Health Service Act 2006, section 75|illustrative|Minimum: "
    ) in told
    assert "Safer families pool|" not in told, "nothing must be paid into it"


def test_a_rule_stands_with_its_note() -> None:
    """The level of a duty is an assumption, and its note says so."""
    place = pb.example("northvale")
    told = screen(place)
    for note in place.rules["note"].dropna():
        assert note in told


def test_a_place_without_rules_still_has_need_to_meet() -> None:
    told = screen(worked())
    assert told.startswith("No rule stands in these papers; all need of 1 service must be met")
    assert "Emergency: all in need are served, 100,000 a year" in told


def test_a_place_with_nothing_to_keep_says_so() -> None:
    assert screen(pb.example("toy_pooling")).startswith("These papers hold no duties")
