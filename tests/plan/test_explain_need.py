"""Why a service gets what it gets where need must be met and prevention avoids it."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import placebudget as pb
from placebudget.plan.explain.explain import Explanation
from worked_place import worked


def explained(service: str, **changes: Any) -> Explanation:
    plan = pb.optimise(worked(**changes), pooling="aligned", prices=False)
    return pb.explain(plan, service)


def figures(explanation: Explanation) -> dict[str, float]:
    """Figures by name; the last of each."""
    table = explanation.figures
    return dict(zip(table["figure"], table["value"], strict=True))


def test_a_service_led_by_need_gets_its_money_because_need_must_be_met() -> None:
    said = explained("emergency")
    assert said.sentences == (
        "Emergency gets £285.3 million over three years, less than today’s £300 million carried "
        "on: everybody in need of it must be served, 300,000 person-years.",
        "Need of 14,750 person-years does not arise: it is avoided by family.",
        "Its capacity can be given up by no more than 5% a year, and falls as fast as that lets "
        "it.",
    )
    found = figures(said)
    assert found["need"] == pytest.approx(300_000)
    assert found["need avoided"] == pytest.approx(14_750)


def test_one_year_of_it_is_about_that_year() -> None:
    plan = pb.optimise(worked(), pooling="aligned", prices=False)
    said = pb.explain(plan, "emergency", year="2028-29")
    assert figures(said)["need avoided"] == pytest.approx(5_000)
    assert "in 2028-29, less than today’s £100 million carried on: everybody" in said.sentences[0]


def test_need_of_several_years_for_a_year_each_is_told_in_years_of_a_person() -> None:
    """100,000 a year who need it for a year each are 300,000 years, not 300,000 people."""
    place = worked()
    units = place.services["unit"].where(
        place.services["service"] != "emergency", "person cared for, a year"
    )
    plan = pb.optimise(
        place.with_(services=place.services.assign(unit=units)), pooling="aligned", prices=False
    )
    several, one = (pb.explain(plan, "emergency", year=year) for year in (None, "2028-29"))
    assert several.sentences[0].endswith("everybody in need of it must be served, 300,000 "
                                         "person-years.")  # fmt: skip
    assert several.sentences[1].startswith("Need of 14,750 person-years does not arise")
    assert one.sentences[0].endswith("everybody in need of it must be served, 100,000 people.")


def test_services_of_one_name_that_avoid_need_are_named_once() -> None:
    place = worked()
    services, offers, effects = (place.tables[n] for n in ("services", "offers", "effects"))
    mine = services["service"] == "family"
    twin = services[mine].assign(service="family_2", name="family", commissioner="nhs")
    named = services.assign(name=services["service"].where(mine))
    offer = offers[offers["service"] == "family"].assign(service="family_2", offer="family_2")
    effect = effects[effects["service"] == "family"].assign(service="family_2")
    both = place.with_(
        services=pd.concat([named, twin], ignore_index=True),
        offers=pd.concat([offers, offer], ignore_index=True),
        effects=pd.concat([effects, effect], ignore_index=True),
    )
    said = pb.explain(pb.optimise(both, pooling="aligned", prices=False), "emergency")
    assert said.sentences[1].endswith("person-years does not arise: it is avoided by family.")


def test_capacity_that_stands_empty_is_said_with_the_reason() -> None:
    said = explained("emergency", nursing=False, family_value=3000.0)
    assert figures(said)["empty capacity"] == pytest.approx(15_250)
    assert said.sentences[-1] == (
        "Capacity for 15,250 person-years stands empty, as it can be given up by no more than 5% "
        "a year."
    )


def test_a_preventive_service_says_what_it_releases_for_whom_and_what_keeps_more_from_it() -> None:
    said = explained("family", nursing=False, family_value=3000.0)
    found = figures(said)
    assert found["saved by need avoided"] == pytest.approx(30e6)
    assert found["released by need avoided"] == pytest.approx(14.75e6)
    assert said.sentences[-2:] == (
        "What it avoids of the need for emergency saves nhs £30 million in all years, not "
        "discounted; £14.8 million of that is released.",
        "Capacity of emergency can be given up by no more than 5% a year, so that no more is "
        "released.",
    )


def test_a_plan_that_leaves_need_unmet_says_so_of_what_it_pays_for() -> None:
    said = explained("emergency", nhs=(90e6,) * 3)
    assert "10,000 of 300,000 person-years are not." in said.sentences[0]
    assert explained("family", nhs=(90e6,) * 3).sentences[-1] == (
        "More money would first meet need that must be met and is not."
    )


def test_a_service_that_can_be_built_up_only_so_fast_says_so() -> None:
    place = worked()
    offers = place.tables["offers"].copy()
    family = offers["offer"] == "family"
    offers.loc[family, "capacity"], offers.loc[family, "build"] = 5_000.0, 0.1
    plan = pb.optimise(place.with_(offers=offers), pooling="aligned", prices=False)
    said = pb.explain(plan, "family", year="2027-28")
    assert "no more of it can be built up so soon" in " ".join(said.sentences)


def test_a_unit_cost_at_which_a_service_would_get_money_counts_capacity_that_is_kept() -> None:
    place = worked()
    offers = place.tables["offers"].copy()
    libraries = offers["offer"] == "libraries"
    offers.loc[libraries, "release"] = 1.0
    plain = pb.optimise(place, pooling="freed", prices=False)
    held = pb.optimise(place.with_(offers=offers), pooling="freed", prices=False)
    first, second = (pb.explain(plan, "libraries", year="2029-30") for plan in (plain, held))
    name = "unit cost at which it would get money"
    assert figures(second)[name] == pytest.approx(figures(first)[name], abs=0.01)
    assert figures(first)[name] == pytest.approx(0.5, abs=0.01)
