"""Margins equal independent plans of a place that was changed by hand."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

import placebudget as pb
from placebudget.place import Place
from placebudget.programme import build, read_pooling
from placebudget.solver import LiveService, Margins, solve
from small import MILLION, POWER, rule, small

SEEDS = range(6)
STEP = 1.0


def some_place(seed: int) -> Place:
    """Three agencies, four services with falling returns, ring-fences and a pool."""
    random = np.random.default_rng(seed)
    names = ["care", "health", "police", "homes"]
    owners = ["council", "nhs", "council", "nhs"]
    services = {
        name: {
            "commissioner": owner,
            "value": round(float(random.uniform(1, 6)), 2),
            "people": int(random.integers(5, 25)) * 1000,
        }
        for name, owner in zip(names, owners, strict=True)
    }
    streams: dict[str, Any] = {
        "council": {"amount": int(random.integers(8, 25))},
        "nhs": {"amount": int(random.integers(8, 25))},
        "grant": {"amount": int(random.integers(4, 10)), "agency": "council", "fence": ["care"]},
    }
    pools = {"shared": {"streams": {"council": {}, "nhs": {"maximum": 4 * MILLION}}}}
    returns = [
        {"service": name, "step": n + 1, "up_to": up_to, "effectiveness": share}
        for name in names
        for n, (up_to, share) in enumerate(((0.3, 1.0), (0.7, 0.5), (1.0, 0.2)))
    ]
    rules = [rule("floor", "service=homes", 2 * MILLION)] if seed % 3 == 0 else []
    return small(streams, services, pools=pools, returns=returns, rules=rules)


def held_at(place: Place, service: str, amount: float) -> Place:
    """The place with the service's money fixed."""
    rows = place.tables["rules"].to_dict("records")
    rows += [
        rule("floor", f"service={service}", amount * MILLION, rule="at_least"),
        rule("cap", f"service={service}", amount * MILLION, rule="at_most"),
    ]
    return place.with_(rules=pd.DataFrame(rows))


def added(place: Place, table: str, *rows: dict[str, Any]) -> Place:
    old = place.tables[table].to_dict("records")
    return place.with_(**{table: pd.DataFrame([*old, *rows])})


def value(place: Place) -> float:
    """Value of the best plan of a place, solved on its own."""
    programme = build(place, read_pooling(place, "pooled"))
    return solve(programme, tie_break=False).objective_values[0]


@cache
def planned(seed: int) -> tuple[Place, pb.Plan]:
    place = some_place(seed)
    return place, pb.optimise(place, prices=False)


def asked(seed: int, service: str) -> tuple[LiveService, float]:
    """The live service and its money in £ million."""
    place, plan = planned(seed)
    money = plan.money("service").set_index("service")["amount"]
    spent = float(money.get(service, 0.0))
    margins = Margins(place, plan.tables["units"])
    live = margins.service(margins.basis.lines.service == service, [spent])
    assert live.held.value == pytest.approx(plan.objective.value, rel=1e-9)
    return live, spent / MILLION


def gift(place: Place, amount: float, fence: str | None = None) -> Place:
    """The place with new money that may pay for one purpose, or for anything."""
    year = place.years[0]
    place = added(place, "agencies", {"agency": "giver", "sector": "other"})
    place = added(place, "streams", {"stream": "gift", "agency": "giver", "raised": "national"})
    place = added(place, "funding", {"stream": "gift", "year": year, "amount": amount * MILLION})
    if fence:
        place = added(place, "ring_fences", {"stream": "gift", "purpose": fence})
    place = added(place, "pools", {"pool": "gifts", "legal_power": POWER})
    return added(place, "contributions", {"pool": "gifts", "stream": "gift", "legal_power": POWER})


def cases() -> list[tuple[int, str]]:
    return [(seed, ("care", "health", "police", "homes")[seed % 4]) for seed in SEEDS]


@pytest.mark.parametrize(("seed", "service"), cases())
def test_money_forced_up_or_down_is_the_plan_with_a_floor_or_a_cap(seed: int, service: str) -> None:
    place = some_place(seed)
    live, spent = asked(seed, service)
    for by, kind in ((STEP, "floor"), (-min(STEP, spent), "cap")):
        limit = rule(kind, f"service={service}", (spent + by) * MILLION, rule="pushed")
        changed = added(place, "rules", limit)
        found = live.forced(by, live.every_year)
        if found is None:
            with pytest.raises(pb.Infeasible):
                value(changed)
        else:
            assert found.value == pytest.approx(value(changed), abs=1.0)


@pytest.mark.parametrize(("seed", "service"), cases())
def test_free_money_on_a_service_is_the_plan_with_a_fenced_gift(seed: int, service: str) -> None:
    place = some_place(seed)
    live, spent = asked(seed, service)
    found = live.given(STEP, live.every_year)
    changed = held_at(gift(place, STEP, service), service, spent + STEP)
    if found is None:
        with pytest.raises(pb.Infeasible):
            value(changed)
    else:
        assert found.value == pytest.approx(value(changed), abs=1.0)


@pytest.mark.parametrize(("seed", "service"), cases())
def test_free_money_elsewhere_is_the_plan_with_a_gift_and_the_service_held(
    seed: int, service: str
) -> None:
    place = some_place(seed)
    live, spent = asked(seed, service)
    found = live.elsewhere(STEP, live.every_year)
    assert found is not None
    assert found.value == pytest.approx(value(held_at(gift(place, STEP), service, spent)), abs=1.0)


@pytest.mark.parametrize(("seed", "service"), cases())
def test_money_lost_by_a_service_is_the_plan_that_must_waste_it(seed: int, service: str) -> None:
    place = some_place(seed)
    live, spent = asked(seed, service)
    step = min(STEP, spent)
    if step < 0.01:
        assert live.robbed(STEP, live.every_year) is None
        return
    found = live.robbed(step, live.every_year)
    services = place.tables["services"].set_index("service")
    row = {"service": "waste", "purpose": service, "nature": "universal"}
    waste = added(place, "services", row | {"commissioner": services["commissioner"][service]})
    waste = added(waste, "offers", {"offer": "waste", "service": "waste", "unit_cost": 1_000.0})
    waste = added(waste, "needs", {"service": "waste", "people": 10_000})
    effect = {"service": "waste", "outcome": f"{service}_good", "impact": 0.0}
    waste = added(waste, "effects", effect)
    must = rule("floor", "service=waste", step * MILLION, rule="wasted")
    changed = held_at(added(waste, "rules", must), service, spent - step)
    if found is None:
        with pytest.raises(pb.Infeasible):
            value(changed)
    else:
        assert found.value == pytest.approx(value(changed), abs=1.0)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_asked_before_changes_no_answer(seed: int) -> None:
    first, _ = asked(seed, "care")
    plain = first.forced(-0.5, first.every_year)
    first.given(STEP, first.every_year)
    first.most(first.every_year, 1000.0)
    first.least(first.every_year)
    again = first.forced(-0.5, first.every_year)
    assert (plain is None) == (again is None)
    if plain is not None and again is not None:
        assert again.value == plain.value
        assert np.array_equal(again.spent, plain.spent)


def test_a_cheaper_service_is_the_place_with_another_unit_cost() -> None:
    place = some_place(1)
    live, _ = asked(1, "police")
    offers = place.tables["offers"].copy()
    offers.loc[offers["service"] == "police", "unit_cost"] *= 0.5
    live.cheaper(0.5)
    found = live.push()
    assert found is not None
    assert found.value == pytest.approx(value(place.with_(offers=offers)), abs=1.0)
    live.cheaper(1.0)
    back = live.push()
    assert back is not None
    assert back.value == pytest.approx(live.held.value, abs=1.0)


def test_a_push_equals_a_plan_through_the_front_door() -> None:
    place, _ = planned(2)
    live, spent = asked(2, "police")
    found = live.forced(-STEP, live.every_year)
    assert found is not None
    limit = rule("cap", "service=police", (spent - STEP) * MILLION)
    plan = pb.optimise(added(place, "rules", limit), prices=False)
    assert found.value == pytest.approx(plan.objective.value, abs=1.0)
