"""Prices of limits: what one more or one less is worth, and how far that goes."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

import placebudget as pb
from places import POWER, YEARS, tiny
from proof import ALL
from small import rule, small

MILLION = 1e6


def value(place: pb.Place, pooling: str = "pooled") -> float:
    return pb.optimise(place, pooling=pooling, prices=False).objective.value


def test_the_ring_fence_on_nhs_money_costs_one_for_each_million_for_exactly_ten_millions() -> None:
    plan = pb.optimise(pb.example("toy_pooling"), pooling="pooled")
    row = plan.prices().set_index("name").loc["nhs_money"]
    assert (row["kind"], row["unit"]) == ("ring-fence", "£1 million")
    assert row["relaxing"] == pytest.approx(1e6)
    assert row["holds_for"] == pytest.approx(10)
    assert not row["offers_held"]
    assert row["sentence"] == (
        "Moving £1 million out of the ring-fence on NHS money in 2025-26 to free money would gain "
        "£1 million of public value; that holds for the next £10 million."
    )


def priced(seed: int) -> pb.Place:
    """A tiny place with returns that fall, a floor, a cap and a contribution limit that bind."""
    draw = np.random.default_rng(seed)
    steps = [
        {"service": service, "step": step, "up_to": up_to, "effectiveness": effect}
        for service in ("prevention", "treatment")
        for step, up_to, effect in zip(
            (1, 2, 3),
            (0.3, 0.6, 1.0),
            np.sort(draw.uniform(0.1, 1.0, 3))[::-1].round(3),
            strict=True,
        )
    ]
    needs = [
        {"service": "prevention", "people": float(draw.integers(8_000, 20_000))},
        {"service": "treatment", "people": float(draw.integers(8_000, 20_000))},
    ]
    rules = [
        {"rule": "least", "kind": "floor", "subject": "service=treatment",
         "amount": float(draw.integers(12, 18)) * MILLION, "basis": "policy"},
        {"rule": "most", "kind": "cap", "subject": "service=prevention",
         "amount": float(draw.integers(9, 13)) * MILLION, "basis": "policy"},
    ]  # fmt: skip
    contributions = [
        {"pool": "shared", "stream": "council_tax", "maximum": 4 * MILLION, "legal_power": POWER},
        {"pool": "shared", "stream": "nhs_core", "maximum": 3 * MILLION, "legal_power": POWER},
    ]
    return tiny(returns=steps, needs=needs, rules=rules, contributions=contributions)


def moved(place: pb.Place, row: pd.Series, millions: float) -> pb.Place:
    """The place with one limit relaxed in the row's year, by way of its tables."""
    if row["kind"].startswith("contribution"):
        table = place.contributions
        mine = (table["stream"] == row["where"]) & (table["pool"] == row["name"])
        own = [
            table[mine].iloc[0].to_dict()
            | {"year": year, "maximum": 1e6 * (4 if row["where"] == "council_tax" else 3)}
            for year in YEARS
        ]
        for one in own:
            one["maximum"] += millions * MILLION * (one["year"] == row["year"])
        return place.with_(contributions=pd.concat([table[~mine], pd.DataFrame(own)]))
    table = place.rules
    rule = table[table["rule"] == row["name"]].iloc[0].to_dict()
    sign = -1.0 if rule["kind"] == "floor" else 1.0
    own = [
        rule | {"rule": f"{rule['rule']} {year}", "year": year,
                "amount": rule["amount"] + sign * millions * MILLION * (year == row["year"])}
        for year in YEARS
    ]  # fmt: skip
    return place.with_(rules=pd.concat([table[table["rule"] != row["name"]], pd.DataFrame(own)]))


@pytest.mark.parametrize("seed", [0, 2, 3, 5, 7, 10] if ALL else [3, 7])
def test_prices_are_what_another_plan_with_the_limit_moved_is_worth_more_or_less(seed: int) -> None:
    place = priced(seed)
    plan = pb.optimise(place, prices=100)
    prices = plan.prices()
    limits = prices[prices["kind"].isin(["floor", "cap", "contribution maximum"])]
    assert len(limits)
    for _, row in limits.head(2).iterrows():
        gain = value(moved(place, row, 1.0)) - plan.objective.value
        assert row["relaxing"] == pytest.approx(gain, abs=1.0), row["name"]
        if not math.isnan(row["tightening"]):
            loss = plan.objective.value - value(moved(place, row, -1.0))
            assert row["tightening"] == pytest.approx(loss, abs=1.0), row["name"]
        if row["holds_for"] < 50:
            inside = value(moved(place, row, row["holds_for"])) - plan.objective.value
            assert inside == pytest.approx(row["relaxing_rate"] * row["holds_for"], abs=50.0)
            beyond = value(moved(place, row, row["holds_for"] + 1)) - plan.objective.value
            assert beyond < row["relaxing_rate"] * (row["holds_for"] + 1) - 100.0


def test_a_limit_at_a_kink_has_one_price_upwards_and_another_downwards() -> None:
    """Every pound up to the cap is worth the first step, every pound beyond it the second."""
    place = tiny(
        needs=[{"service": "prevention", "people": 10_000}],
        returns=[
            {"service": "prevention", "step": 1, "up_to": 0.5, "effectiveness": 1.0},
            {"service": "prevention", "step": 2, "up_to": 1.0, "effectiveness": 0.5},
        ],
        rules=[
            {"rule": "most", "kind": "cap", "subject": "service=prevention", "amount": 5e6,
             "basis": "law", "reference": "An Act", "status": "illustrative"},
        ],
    )  # fmt: skip
    plan = pb.optimise(place, pooling="aligned", prices=100)
    caps = plan.prices().query("kind == 'cap'")
    assert len(caps) == len(YEARS)
    assert (caps["tightening"] > 1.9 * caps["relaxing"]).all()
    level = caps[["limit", "sentence"]].map(lambda said: "(its level is an assumption)" in said)
    assert level.to_numpy().all(), "how much the law asks for is nobody's law"
    assert (caps["basis"] == "law").all()


def test_a_lock_is_relaxed_by_no_more_than_there_is() -> None:
    """Half a million is locked on parks; on walks each pound of it would be worth two."""
    place = small(
        {"tax": {"amount": 2.0}},
        {
            "parks": {"people": None, "today": {"tax": 0.5}},
            "walks": {"people": None, "today": {"tax": 1.5}, "value": 2.0},
        },
        rules=[rule("lock", "service=parks")],
    )
    (lock,) = pb.optimise(place, prices=5).prices().query("kind == 'lock'").to_dict("records")
    assert (lock["step"], lock["relaxing"]) == pytest.approx((0.5, 500_000.0))
    assert "by £500,000 would gain £500,000 of public value" in lock["sentence"]


def test_no_prices_are_worked_out_when_none_are_wanted() -> None:
    plan = pb.optimise(pb.example("toy_pooling"), prices=False)
    assert plan.prices().empty
    assert "sentence" in plan.prices().columns


def test_prices_of_a_place_with_decisions_on_offers_say_so() -> None:
    plan = pb.optimise(pb.example("northvale"), prices=3)
    prices = plan.prices()
    assert 0 < len(prices) <= 3
    assert prices["offers_held"].all()
    assert prices["sentence"].str.endswith("Which offers start and run is taken as decided.").all()
