"""Prices of need and of capacity against the place planned again."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import placebudget as pb
from placebudget.place import Place
from proof import ALL
from worked_place import worked


def value(place: Place, pooling: str = "aligned") -> float:
    return pb.optimise(place, pooling=pooling, prices=False).objective.value


CHANGES: tuple[dict[str, Any], ...] = (
    {}, {"appraisal_years": 5}, {"family_today": 2e6, "appraisal_years": 4}, {"release": None},
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "pooling"),
    # In turn; where all is proved, each place under both.
    [
        (changes, pooling)
        for number, changes in enumerate(CHANGES)
        for pooling in (("aligned", "freed") if ALL else (("aligned", "freed")[number % 2],))
    ],
    ids=str,
)
def test_the_price_of_need_is_what_planning_again_finds(
    changes: dict[str, Any], pooling: str
) -> None:
    plan = pb.optimise(worked(**changes), pooling=pooling, prices="need")
    best = plan.objective.value

    def gain(by: float) -> float:
        return value(worked(need=100_000 - by, **changes), pooling) - best

    whole = gain(1.0)
    if whole <= 0.5:
        assert plan.prices().empty
        return
    (price,) = plan.prices().to_dict("records")
    assert price["relaxing"] == pytest.approx(whole, abs=0.01)
    reach = min(price["holds_for"], 20_000.0)
    assert gain(reach) == pytest.approx(price["relaxing_rate"] * reach, abs=1.0)
    if price["holds_for"] < 20_000:
        assert gain(1.2 * reach) < price["relaxing_rate"] * 1.2 * reach - 1.0
    if np.isnan(price["tightening"]):
        more = pb.optimise(worked(need=100_001, **changes), pooling=pooling, prices=False)
        assert more.run["need_unmet"] > 0
        assert "no money for more of it" in price["sentence"]
    else:
        assert price["tightening"] == pytest.approx(-gain(-1.0), abs=0.01)


def test_one_attendance_a_year_fewer_has_its_price_in_words() -> None:
    prices = pb.optimise(worked(), pooling="aligned", prices="need").prices()
    assert prices["relaxing"].tolist() == pytest.approx([2_203.33], abs=0.01)
    assert prices["sentence"][0].startswith(
        "1 unit less of the need for emergency in each year would gain £2,000 of public value"
    )


def test_capacity_that_can_be_given_up_sooner_has_a_price() -> None:
    """One place fewer in the second year is £1,000 for nursing, at £2, less a third of a family.

    It must not be needed: £666.67 of family support. In the third year 0.95 of it again.
    """
    prices = pb.optimise(worked(), pooling="aligned", prices="release").prices()
    found = dict(zip(prices["year"], prices["relaxing"], strict=True))
    second, third = 2_000 - 2_000 / 3, 0.95 * (2_000 - 2_000 / 3)
    assert found == pytest.approx({"2028-29": second + third, "2029-30": second}, abs=0.01)
    assert "how much of emergency can be given up in 2028-29" in prices["sentence"][0]


def built_up(share: float, most: float = 5_000.0) -> Place:
    """Family support that grows only so fast."""
    place = worked()
    offers = place.tables["offers"].copy()
    family = offers["offer"] == "family"
    offers.loc[family, "capacity"], offers.loc[family, "build"] = most, share
    return place.with_(offers=offers)


@pytest.mark.parametrize("kind", ["build", "capacity"])
def test_what_can_be_built_in_a_year_has_the_price_that_planning_again_finds(kind: str) -> None:
    share = 0.1 if kind == "build" else 1.0
    most = 5_000.0 if kind == "build" else 600.0
    plan = pb.optimise(built_up(share, most), pooling="aligned", prices=kind)
    more = built_up(share + 1 / most, most) if kind == "build" else built_up(share, most + 1)
    whole = value(more) - plan.objective.value
    assert whole > 100
    assert plan.prices()["relaxing"].sum() == pytest.approx(whole, abs=0.05)


def test_there_are_no_prices_where_need_goes_unmet_whatever_money_buys() -> None:
    plan = pb.optimise(worked(nhs=(90e6,) * 3), pooling="aligned", prices="funding")
    assert plan.run["need_unmet"] > 0
    assert plan.prices().empty


def two_ways_to_treat(seed: int) -> Place:
    """The worked place with a second offer that can be built up, drawn at random."""
    draw = np.random.default_rng(seed)
    place = worked(
        appraisal_years=int(draw.integers(3, 6)),
        family_today=float(draw.choice([0.0, 1e6])),
        nhs=tuple(draw.choice([100e6, 101e6, 105e6], 3)),
    )
    offers, today = place.tables["offers"].copy(), place.tables["today"].copy()
    fresh = offers[offers["offer"] == "emergency"].assign(
        offer="emergency_new", unit_cost=float(draw.choice([900.0, 1_100.0])),
        release=float(draw.choice([0.1, 1.0])), capacity=float(draw.choice([5_000, 30_000])),
        build=float(draw.choice([0.2, 1.0])), first_year="2028-29",
    )  # fmt: skip
    today.loc[today["service"] == "emergency", "offer"] = "emergency"
    return place.with_(offers=pd.concat([offers, fresh], ignore_index=True), today=today)


@pytest.mark.parametrize("seed", range(40) if ALL else [2])
def test_prices_of_places_at_random_are_what_planning_again_finds(seed: int) -> None:
    place = two_ways_to_treat(seed)
    kinds = ["need", "funding", "capacity"]
    for pooling in ("aligned", "freed"):
        plan = pb.optimise(place, pooling=pooling, prices=kinds)
        best, prices = plan.objective.value, plan.prices()
        assert pb.session(place, pooling=pooling).value() == pytest.approx(best, abs=1.0)
        needs, offers = place.tables["needs"].copy(), place.tables["offers"].copy()
        funding = place.tables["funding"].copy()
        needs["people"] -= 1
        offers.loc[offers["offer"] == "emergency_new", "capacity"] += 1
        second = (funding["stream"] == "grant") & (funding["year"] == "2028-29")
        funding.loc[second, "amount"] += 1e6
        for table, chosen in (
            ({"needs": needs}, prices["kind"] == "need"),
            ({"offers": offers}, prices["kind"] == "capacity"),
            ({"funding": funding}, (prices["name"] == "grant") & (prices["year"] == "2028-29")),
        ):
            gain = value(place.with_(**table), pooling) - best
            told = prices.loc[chosen, "relaxing"].sum()
            assert told == pytest.approx(max(gain, 0.0), abs=1.0), (pooling, *table)
