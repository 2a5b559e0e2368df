"""The library in a session of work: what is looked for, and the option that uses it."""

from __future__ import annotations

import pytest

import placebudget as pb
from placebudget.errors import CannotAnswer
from placebudget.place.conditions import open_pools
from placebudget.work import Changes, Stand
from placebudget.work.asking import InvalidChoice
from placebudget.work.borrowing import Sought, first_of, used

LIBRARY = pb.library()
FALLS = {
    "estimate": "falls_tai_chi_2020", "service": "falls_prevention", "outcome": "falls",
    "baseline": "0.85", "per_unit": "1",
}  # fmt: skip


def test_what_did_nothing_stands_beside_what_helped() -> None:
    found = Sought("falls").in_library(LIBRARY)
    assert {"benefit", "null"} <= set(found["direction"])
    none = Sought("falls", direction="null").in_library(LIBRARY)
    assert none["estimate"].tolist() == ["fractures_screening_2020"]
    assert set(Sought("falls", grade="2").in_library(LIBRARY)["grade"]) == {"2"}
    assert Sought("no such thing").in_library(LIBRARY).empty


def test_an_estimate_is_offered_for_the_service_that_usually_does_it() -> None:
    place = pb.example("warwickshire")
    assert first_of(place, LIBRARY, "shelter_payment_2016")[0].startswith(
        "homelessness_prevention_"
    )
    service, outcome = first_of(place, LIBRARY, "deaths_health_check_2019")
    assert service == place.services["service"].iloc[0]
    assert outcome == place.outcomes["outcome"].iloc[0]


def test_what_is_used_is_an_option_that_is_laid_on_what_stands() -> None:
    """Tai chi: 0.85 falls a year, 77 % of them left. A switch that is off stays off."""
    place = pb.example("stockport")
    option = used(LIBRARY, place, FALLS)
    stand = Stand(place, Changes().switched("pool:better_care", False)).with_option(option)
    made = stand.changes.apply(stand.place)
    row = made.effects.set_index(["service", "outcome"]).loc[("falls_prevention", "falls")]
    assert row["impact"] == pytest.approx(0.85 * 0.23)
    assert (row["estimate"], row["evidence"]) == ("falls_tai_chi_2020", "3")
    assert "better_care" not in open_pools(made)
    assert option.apply(place).effects.equals(made.effects)


def test_what_cannot_be_used_is_said_in_words() -> None:
    place = pb.example("stockport")
    with pytest.raises(InvalidChoice) as caught:
        used(LIBRARY, place, {**FALLS, "baseline": "much", "engagement": "all"})
    assert caught.value.problems == (
        ("baseline", "Baseline here: enter a number, such as 0.85."),
        ("engagement", "Engagement, a share: enter a number, such as 0.85."),
    )
    with pytest.raises(CannotAnswer, match="needs the baseline of the place"):
        used(LIBRARY, place, {**FALLS, "baseline": ""})
    with pytest.raises(CannotAnswer, match="Choose an estimate first"):
        used(LIBRARY, place, {})
