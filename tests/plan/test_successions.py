"""Agencies that end and their successors, worked by hand: one out of two, two out of one."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import placebudget as pb
from placebudget.place import Place
from placebudget.place.succession import succeeded
from rebuilt import Rebuilt
from small import POWER, spent
from succeeding import SECOND, one_becomes_two, two_become_one


def planned(place: Place, **options: Any) -> pb.Plan:
    return pb.optimise(place, **{"pooling": "aligned", "prices": False, **options})


def test_from_the_year_of_its_start_a_successor_has_one_purse_of_what_two_councils_had() -> None:
    apart, plan = planned(two_become_one(ends=False)), planned(two_become_one())
    assert apart.objective.value == pytest.approx(14e6)
    assert plan.objective.value == pytest.approx(15e6)
    assert spent(plan, "service", "year") == pytest.approx(
        {
            ("east_care", "2027-28"): 1.0, ("west_care", "2027-28"): 2.0,
            ("east_care", SECOND): 0.5, ("west_care", SECOND): 2.5,
        }
    )  # fmt: skip


def test_what_one_council_had_goes_to_two_to_the_penny() -> None:
    place = one_becomes_two()
    plan = planned(place)
    assert plan.objective.value == pytest.approx(2e6 + 1.6e6, abs=1)
    held = succeeded(place).funding.query("year == @SECOND").set_index("stream")["amount"]
    assert held.to_dict() == {"tax_north": 600_000.01, "tax_south": 400_000.0}
    assert spent(plan, "service", "year")["rest", SECOND] == pytest.approx(0.4)


def test_the_place_as_successors_hold_it_is_a_place_of_its_own_and_stays_so() -> None:
    for place in (two_become_one(pool=True), one_becomes_two()):
        now = succeeded(place)
        assert not now.check().errors
        assert succeeded(now) is now
        again = now.with_(rules=now.rules)
        assert succeeded(again) is again
        before, after = (each.funding.groupby("year")["amount"].sum() for each in (place, now))
        assert (before.round(2) == after.round(2)).all()
        same = planned(place), planned(now)
        assert same[0].tables["money"].equals(same[1].tables["money"])


def test_the_programme_written_a_second_time_from_the_documents_has_the_same_value() -> None:
    one = two_become_one(pool=True), two_become_one(area="shire")
    for place in (*one, one_becomes_two(), one_becomes_two(1 / 3)):
        for pooling in ("aligned", "pooled", "freed"):
            found = planned(place, pooling=pooling).objective.value
            assert Rebuilt(place, pooling, "public value").best() == pytest.approx(found)


def test_a_place_where_nobody_ends_is_held_as_it_is_written() -> None:
    place = two_become_one(ends=False)
    assert succeeded(place) is place


def test_limits_of_what_is_pooled_are_shared_to_the_penny() -> None:
    place = one_becomes_two(1 / 3)
    pool = {"pool": "fund", "legal_power": POWER}
    row = {"pool": "fund", "stream": "tax", "minimum": 100.01, "maximum": 200.0}
    own = {**row, "year": "2027-28", "minimum": 0.0, "maximum": 50.0}
    place = place.with_(pools=pd.DataFrame([pool]), contributions=pd.DataFrame([row, own]))
    held = succeeded(place).contributions.set_index(["stream", "year"])[["minimum", "maximum"]]
    assert held.to_dict("index") == {
        ("tax_north", SECOND): {"minimum": 33.34, "maximum": 66.67},
        ("tax_south", SECOND): {"minimum": 66.67, "maximum": 133.33},
        ("tax", "2027-28"): {"minimum": 0.0, "maximum": 50.0},
    }


def test_a_pool_between_two_that_become_one_is_internal_and_says_so() -> None:
    """In 2027-28 the east must pay £200,000 in; from 2028-29 nobody pays anything."""
    place = two_become_one(pool=True)
    plan = planned(place, pooling="pooled")
    paid = plan.tables["contributions"]
    assert set(paid["year"]) == {"2027-28"}
    [said] = [each for each in place.check() if each.code == "pool-of-one"]
    assert said.what == (
        "From 2028-29 all that 'joint' takes in and pays for is unity's: it is a part of one "
        "budget then, takes in nothing more and costs nothing to manage."
    )


def test_todays_money_goes_on_in_the_area_of_who_takes_over_evenly_more_or_less() -> None:
    """Three quarters are spent in the east, and three fifths of the money go there: 0.6 and 0.4."""
    today = pb.simulate(one_becomes_two())
    assert spent(today, "service", "year") == pytest.approx(
        {
            ("care", "2027-28"): 0.75, ("rest", "2027-28"): 0.25,
            ("care", SECOND): 0.6, ("rest", SECOND): 0.4,
        }
    )  # fmt: skip
    by = today.money(["agency", "commissioner", "year"])
    assert set(by[by["year"] == SECOND]["agency"]) == {"north", "south"}
    assert (by["agency"] == by["commissioner"]).all()


def test_each_plans_for_itself_in_the_years_in_which_it_is_there() -> None:
    plan = planned(two_become_one(), pooling="siloed")
    assert plan.objective.value == pytest.approx(15e6)
    assert set(plan.run["order"]) == {"east", "west", "unity"}
    assert planned(one_becomes_two(), pooling="siloed").objective.value == pytest.approx(
        3.6e6, 1e-6
    )


def test_what_is_carried_over_the_change_is_one_successors_or_is_not_carried() -> None:
    """Of £1 million the east could keep a tenth, which is worth £3 in the west a year later."""
    kept = two_become_one().streams.assign(carry_forward=[0.1, 0.0])
    more = two_become_one().needs.assign(people=[5_000, 5_000])
    plan = planned(two_become_one().with_(streams=kept, needs=more))
    carried = plan.tables["balances"].set_index(["stream", "year"])["carried_out"]
    assert carried["east_tax", "2027-28"] == 100_000
    assert plan.objective.value == pytest.approx(0.9e6 + 6e6 + 9.3e6)
    shire = one_becomes_two()
    held = shire.with_(streams=shire.streams.assign(carry_forward=0.1))
    assert not planned(held).tables["balances"]["carried_out"].any()


def test_money_changed_in_a_live_session_goes_to_successors_by_their_shares() -> None:
    place = one_becomes_two()
    live = pb.session(place, pooling="aligned")
    live.set_funding("tax", SECOND, 2_000_000.0)
    live.scale_funding(0.5)
    funding = place.funding
    twice = (funding["year"] == SECOND) & (funding["stream"] == "tax")
    amounts = [
        1_000_000.0 if hit else a / 2 for hit, a in zip(twice, funding["amount"], strict=True)
    ]
    now = (funding["year"] != "2026-27").where(~twice, True)
    made = place.with_(funding=funding.assign(amount=funding["amount"].where(~now, amounts)))
    assert live.value() == pytest.approx(planned(made).objective.value)


def test_the_gap_and_the_reserves_go_to_who_takes_over() -> None:
    """Of £100.01, £10 are the least: £90.01 at most meet a gap, 0.6 of what is left North's."""
    shire = one_becomes_two()
    short = shire.funding.assign(
        amount=shire.funding["amount"].where(shire.funding["year"] == "2026-27", 0.99e6)
    )
    made = shire.with_(funding=short)
    found = pb.outlook(made, reserves="all").tables["agencies"].set_index(["agency", "year"])
    assert found.loc[("shire", SECOND), ["cost", "money", "gap"]].abs().max() < 0.01
    assert found.loc[("north", SECOND), "money"] == pytest.approx(0.594e6)
    assert found.loc[("north", SECOND), "cost"] == pytest.approx(0.75e6)
    assert found.loc[("shire", "2027-28"), "reserves"] == pytest.approx(-90.01)
    whole = pb.outlook(shire, reserves="all").tables["agencies"].set_index(["agency", "year"])
    assert whole.loc[("north", SECOND), "reserves"] == pytest.approx(-54.006)


def faults(*rows: tuple[Any, ...]) -> list[str]:
    columns = ["agency", "successor", "year", "share"]
    place = one_becomes_two().with_(successions=pd.DataFrame(rows, columns=columns))
    codes = {"shares-not-whole", "ends-twice", "succession-in-circle", "nobody-takes-over"}
    codes |= {"unknown-key", "year-outside", "share-of-nothing"}
    return sorted(each.code for each in place.check() if each.code in codes)


def test_what_is_wrong_with_successions_is_told_all_at_once() -> None:
    assert faults(("shire", "north", SECOND, 0.6), ("shire", "south", "2027-28", 0.3)) == [
        "ends-twice", "shares-not-whole",
    ]  # fmt: skip
    assert faults(("north", "south", SECOND, 1.0), ("south", "north", SECOND, 1.0)) == [
        "succession-in-circle", "succession-in-circle",
    ]  # fmt: skip
    assert faults(("shire", "north", SECOND, 1.0)) == ["nobody-takes-over"]
    assert faults(("shire", "nobody", "2040-41", 1.0)) == ["unknown-key", "year-outside"]
