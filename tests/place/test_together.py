"""Several places under one agreement: each stays whole in the joint one, worked by hand."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pandas as pd
import pytest

import placebudget as pb
from placebudget.errors import WrongArgument
from placebudget.place import Place, join_places
from small import rule, small
from succeeding import two_become_one

TODAY = {"discount": 0.0, "today_year": "2026-27"}


def planned(place: Place, **options: Any) -> pb.Plan:
    return pb.optimise(place, **{"pooling": "aligned", "prices": False, **options})


def named(place: Place, name: str) -> Place:
    return place.with_(settings=replace(place.settings, name=name))


@cache
def moor() -> Place:
    """Two councils with a pool between them."""
    return named(two_become_one(ends=False, pool=True), "moor")


@cache
def coast(*rules: str) -> Place:
    """A council and the NHS, a pool without purposes, and no table of areas."""
    kept = rule("floor", "nature=universal", 400_000)
    made = small(
        {
            "tax": {"agency": "council", "amount": [1, 2]},
            "core": {"agency": "nhs", "amount": [2, 1]},
        },
        {
            "care": {"commissioner": "council", "purpose": "care", "value": 2, "people": 900},
            "ward": {"commissioner": "nhs", "purpose": "health", "value": 3, "people": 3_500},
        },
        years=2, settings=TODAY, pools={"fund": {"streams": {"tax": {}}}}, rules=[kept],
    )  # fmt: skip
    return named(made, "coast")


def part(plan: pb.Plan, name: str) -> dict[tuple[str, ...], float]:
    """Money of one place in a joint plan, by its own keys."""
    rows = plan.money(["stream", "route", "service", "year"])
    mine = rows[rows["stream"].str.startswith(f"{name}_")]
    keys = mine.drop(columns="amount").apply(lambda cells: cells.str.removeprefix(f"{name}_"))
    return dict(zip(keys.itertuples(index=False, name=None), mine["amount"], strict=True))


@pytest.mark.parametrize("pooling", ["siloed", "aligned", "pooled"])
def test_each_place_has_the_plan_in_the_joint_place_that_it_has_alone(pooling: str) -> None:
    joint = planned(join_places([moor(), coast()], name="both"), pooling=pooling)
    alone = [planned(place, pooling=pooling) for place in (moor(), coast())]
    assert joint.objective.value == pytest.approx(sum(plan.objective.value for plan in alone))
    for plan, name in zip(alone, ("moor", "coast"), strict=True):
        rows = plan.money(["stream", "route", "service", "year"])
        keys = rows.drop(columns="amount").itertuples(index=False, name=None)
        has = dict(zip(keys, rows["amount"], strict=True))
        assert part(joint, name) == pytest.approx(has, abs=1.0)


def test_a_joint_place_passes_its_checks_and_says_whose_each_key_is() -> None:
    both = join_places([moor(), coast()], name="both", title="Moor and coast")
    assert not both.check().errors
    assert both.title == "Moor and coast"
    assert set(both.areas["area"]) == {
        "both",
        "moor_shire",
        "moor_east",
        "moor_west",
        "coast_place",
    }
    assert set(both.areas["parent"].dropna()) == {"both", "moor_shire"}
    assert set(both.rules["subject"][0].split("; ")) == {"area=coast_place", "nature=universal"}
    assert set(both.pool_purposes["purpose"]) == {"moor_care", "coast_care", "coast_health"}


def test_a_target_counts_what_several_places_reach_together() -> None:
    """£600,000 for 1,000 helped in both; each can help 600, worth half a pound a pound.

    Alone neither reaches more than 600 of 1,000 for a reward of its own. Together they help 1,000
    for £1 million in the first year, worth 0.5, and 0.6 comes in the years that follow.
    """
    places = [
        named(
            small(
                {"tax": {"agency": "council", "amount": [1, 1, 1]}},
                {
                    "support": {"value": 0.5, "offer": {"capacity": 600}, "people": 5_000},
                    "other": {"people": 90_000},
                },
                years=3, settings={"discount": 0.0},
            ),
            name,
        )
        for name in ("moor", "coast")
    ]  # fmt: skip
    both = join_places(
        places, name="both", counted={"helped": ["moor_support_good", "coast_support_good"]}
    )
    without = planned(both)
    assert without.objective.value == pytest.approx(6e6)
    target = {"target": "helped", "outcome": "helped", "year": "2027-28", "stretch": 1_000.0}
    shares = [
        {"target": "helped", "stream": f"{name}_tax", "share": 0.5} for name in ("moor", "coast")
    ]
    signed = both.with_(
        targets=pd.DataFrame([{**target, "reward": 600_000.0}]), target_shares=pd.DataFrame(shares)
    )
    plan = planned(signed)
    assert plan.objective.value == pytest.approx(6e6 - 0.5e6 + 0.6e6)
    made = plan.outcomes("outcome").set_index("outcome")["counted"]
    assert made["helped"] == pytest.approx(1_000)
    brought = plan.money(["stream"]).set_index("stream")["amount"]
    assert brought.to_dict() == pytest.approx({"moor_tax": 3.3e6, "coast_tax": 3.3e6})


def test_what_keeps_places_from_being_joined_is_told_all_at_once() -> None:
    other = small(
        {"tax": {"amount": [1]}}, {"care": {}}, settings={**TODAY, "discount": 0.035},
        rules=[rule("share_floor", "service=care", 20)],
        inflation=[{"index": "general", "year": "2027-28", "rate": 0.02}],
    )  # fmt: skip
    with pytest.raises(WrongArgument) as raised:
        join_places([coast(), named(other, "coast")], name="both")
    said = str(raised.value)
    for each in (
        "several are called coast", "years differs: coast: 2027-28, 2028-29; coast: 2027-28",
        "discount differs: coast: 0.0; coast: 0.035",
        "the index general differs in 2027-28: coast 0, coast 0.02",
        "the rule 'share_floor' is a share of all money",
    ):  # fmt: skip
        assert each in said, said
    with pytest.raises(WrongArgument, match="a list of two or more places"):
        join_places([coast()], name="both")
    with pytest.raises(WrongArgument, match="no such outcome: nothing"):
        join_places([moor(), coast()], name="both", counted={"all": ["nothing"]})
