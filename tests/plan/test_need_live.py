"""Live sessions of a place with need that must be met, and what clashes there, in words."""

from __future__ import annotations

from typing import Any

import pytest

import placebudget as pb
from placebudget.place import Place
from placebudget.plan.live import quick_plan
from placebudget.plan.repairs import clash_said
from worked_place import worked

BEDS = {"rule": "beds", "kind": "floor", "subject": "service=emergency", "amount": 90e6}
READ = {"rule": "read", "kind": "cap", "subject": "service=libraries", "amount": 9e6}


def with_amounts(place: Place, table: str, key: str, **amounts: float) -> Place:
    """A place with other amounts in the rows named."""
    frame = place.tables[table].copy()
    frame["amount"] = frame[key].map(amounts).fillna(frame["amount"])
    return place.with_(**{table: frame})


@pytest.mark.parametrize("pooling", ["aligned", "freed"])
@pytest.mark.parametrize(
    "changes",
    [{}, {"appraisal_years": 5, "family_today": 2e6}, {"nursing": False, "family_value": 3000.0}],
    ids=str,
)
def test_a_session_says_after_every_change_what_a_plan_made_anew_says(
    changes: dict[str, Any], pooling: str
) -> None:
    place = worked(rules=[BEDS, READ], **changes)
    live = pb.session(place, pooling=pooling)

    def anew(now: Place) -> float:
        return pb.optimise(now, pooling=pooling, prices=False).objective.value

    assert live.value() == pytest.approx(anew(place), abs=1.0)
    for year in place.years:
        live.set_funding("grant", year, 101e6)
    place = with_amounts(place, "funding", "stream", grant=101e6)
    assert live.value() == pytest.approx(anew(place), abs=1.0)
    live.set_limit("beds", 98e6)
    place = with_amounts(place, "rules", "rule", beds=98e6)
    assert live.value() == pytest.approx(anew(place), abs=1.0)
    live.set_limit("read", 4e6)
    place = with_amounts(place, "rules", "rule", read=4e6)
    assert live.value() == pytest.approx(anew(place), abs=1.0)


def test_a_plan_read_from_a_session_says_who_is_served() -> None:
    place = worked(appraisal_years=4)
    live = pb.session(place, pooling="aligned")
    quick = quick_plan(live, live.values(), place)
    assert quick.objective.value == pytest.approx(414_420_833.33, abs=1.0)
    needs = quick.tables["needs"]
    assert (needs["served"] + needs["avoided"]).tolist() == pytest.approx([100_000] * 4)


def clash_of(live: pb.solver.Session) -> str:
    """What clashes in a session, in words."""
    with pytest.raises(pb.Infeasible) as found:
        live.value()
    return clash_said(live.programme_now, found.value, live.open_pools_now, live.limits)


def test_a_session_in_which_need_cannot_be_met_says_how_much_money_is_missing() -> None:
    live = pb.session(worked(release=None, nursing=False), pooling="aligned")
    live.set_funding("grant", live.place.years[0], 90e6)
    assert clash_of(live) == (
        "This cannot be kept: emergency for everybody in need in 2027-28 needs £10 million more "
        "than there is, to meet need that must be met. What stands against it: what prevention can "
        "avoid of the need for emergency in 2027-28."
    )
    live.set_funding("grant", live.place.years[0], 100e6)
    assert live.value() == pytest.approx(360e6 + 30e6, abs=1.0)


def test_money_that_falls_faster_than_capacity_can_be_given_up_is_said_to() -> None:
    live = pb.session(worked(), pooling="aligned")
    for year in live.place.years:
        live.set_funding("grant", year, 90e6)
    # 100,000 attendances in the first year; 95,000 and 90,250 places at least in the next two.
    said = clash_of(live)
    assert said.startswith("Money falls faster than capacity can be given up: £15.3 million more ")
    assert "how fast capacity of emergency can be given up" in said


def test_cuts_that_leave_need_unmet_say_how_much_is_missing() -> None:
    found = pb.changed_budgets(worked(release=None), [0.7], pooling="aligned")
    # £30 million for the first year; then £13 million a year more for family support, with the
    # council's £7 million, avoids the 30,000 attendances that there is no money for.
    assert (
        "£56 million more than there is, to meet need that must be met" in found.table["clash"][0]
    )
