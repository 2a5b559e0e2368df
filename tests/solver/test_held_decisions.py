"""A live session may keep the starts of offers, and says what it then reaches."""

from __future__ import annotations

import pytest

import placebudget as pb
from placebudget.place import Place
from placebudget.plan.live import QUICK, quick_plan
from placebudget.solver import Session
from small import MILLION, rule, small


def with_a_start() -> Place:
    """£10 million; a hub that costs £2 million to set up is worth three times the rest."""
    services = {
        "care": {"people": 20_000},
        "hub": {"value": 3.0, "people": 6_000, "offer": {"set_up_cost": 2 * MILLION}},
    }
    return small({"tax": {"amount": 10.0}}, services)


def poorer(place: Place, million: float) -> Place:
    return place.with_(funding=place.funding.assign(amount=million * MILLION))


def test_kept_starts_reach_the_best_plan_while_they_are_the_best() -> None:
    place = with_a_start()
    live = Session(place)
    live.hold_decisions(live.values())
    live.set_funding("tax", "2027-28", 9 * MILLION)
    kept = quick_plan(live, live.values(), poorer(place, 9))
    full = pb.optimise(poorer(place, 9))
    assert kept.objective.value == pytest.approx(full.objective.value)
    assert kept.money("service").equals(full.money("service"))


def test_kept_starts_may_be_worse_and_the_plan_says_that_they_were_kept() -> None:
    place = with_a_start()
    live = Session(place)
    live.hold_decisions(live.values())
    live.set_funding("tax", "2027-28", 2.5 * MILLION)
    now = poorer(place, 2.5)
    kept = quick_plan(live, live.values(), now)
    assert kept.objective.value == pytest.approx(1.5 * MILLION)
    assert "starts of offers kept" in " ".join(kept.run["quick"])
    live.free_decisions()
    free = quick_plan(live, live.values(), now)
    assert free.objective.value == pytest.approx(2.5 * MILLION)
    assert "starts of offers kept" not in " ".join(free.run["quick"])


def test_where_kept_starts_cannot_be_others_may() -> None:
    place = with_a_start()
    live = Session(place)
    live.hold_decisions(live.values())
    live.set_funding("tax", "2027-28", 1 * MILLION)
    with pytest.raises(pb.Infeasible):
        live.values()
    live.free_decisions()
    assert live.value() == pytest.approx(1 * MILLION)


def test_a_place_without_decisions_keeps_none() -> None:
    place = pb.example("toy_pooling")
    live = Session(place)
    live.hold_decisions(live.values())
    plan = quick_plan(live, live.values(), place)
    assert not live.holds_decisions
    assert plan.status == QUICK
    assert plan.objective.value == pytest.approx(pb.optimise(place).objective.value)


@pytest.mark.parametrize("example", ["northvale", "toy_pooling"])
def test_a_quick_plan_with_pools_and_ring_fences_changed_is_worth_what_a_full_one_is(
    example: str,
) -> None:
    place = pb.example(example)
    live = pb.session(place)
    changed = place
    for stream in dict.fromkeys(place.ring_fences["stream"].tolist()[:2]):
        live.end_ring_fence(stream)
        kept = changed.ring_fences[changed.ring_fences["stream"] != stream]
        changed = changed.with_(ring_fences=kept)
    live.close_pools([place.pools["pool"].iloc[0]])
    plan = quick_plan(live, live.values(), changed)
    full = pb.optimise(changed, pooling=list(live.open_pools_now) or "aligned", prices=False)
    assert plan.objective.value == pytest.approx(full.objective.value)
    assert plan.name == full.name


def test_another_place_than_the_sessions_is_not_given_out_as_its_plan() -> None:
    floors = [rule("floor", "service=care", 6 * MILLION)]
    services = {"care": {"people": 20_000}, "homes": {"value": 2.0, "people": 20_000}}
    place = small({"tax": {"amount": 10.0}}, services, rules=floors)
    live = Session(place)
    stricter = place.with_(rules=place.rules.assign(amount=8 * MILLION))
    with pytest.raises(pb.errors.SolverFailed, match="does not stand up to checking"):
        quick_plan(live, live.values(), stricter)
