"""What one more provider is worth, and how far a service leans on one, worked by hand."""

from __future__ import annotations

import pandas as pd
import pytest

import placebudget as pb
from commissioned import homes
from placebudget.place import Place
from small import rule, units


def asked(place: Place, **options: object) -> pb.study.Market:
    return pb.study.market(place, pooling="aligned", **options)


def test_one_more_provider_is_worth_150_and_concentration_falls_from_0_5556_to_0_52() -> None:
    """Need 100, worth 20: 60 at 10 and 30 at 12 is 840; 40 at 9 for 50 makes it 990."""
    found = asked(homes())
    rows = found.table.set_index("provider")
    assert rows.loc["C", "worth"] == pytest.approx(150_000)
    assert rows["entrant"].to_dict() == {"A": False, "B": False, "C": True}
    assert found.index("care") == pytest.approx(0.52)
    assert round(found.index("care", "without C"), 4) == 0.5556
    # Nobody buys from B any more: to do without it costs nothing.
    assert (rows.loc["B", "worth"], rows.loc["B", "units"]) == (0, 0)
    # Without A there are 40 at 9 and 30 at 12: 440 + 240 - 50.
    assert rows.loc["A", "worth"] == pytest.approx(990_000 - 630_000)
    assert "C, not there yet (40% of care): £150,000" in found.summary()
    assert "without C 0.5556" in found.summary()
    # What one alone delivers is told, and no list stands over nothing.
    assert "One provider alone, with a concentration of 1: other." in found.summary()
    only = homes().with_(offers=homes().offers.query("provider != 'B' and provider != 'C'"))
    alone = asked(only.with_(providers=only.providers.iloc[:1])).summary()
    assert "alone, with a concentration of 1: care and other." in alone
    assert "sum of squared shares" not in alone


def test_those_without_whom_need_that_must_be_met_is_unmet_come_before_the_worth_of_others() -> (
    None
):
    """A 60, B 30, C 40 for 100: without A 30 are unmet, and without C 10, at what they cost."""
    place = homes()
    services = place.services.assign(led_by=["need", "budget"])
    found = asked(place.with_(services=services))
    assert found.table["provider"].tolist() == ["A", "C", "B"]
    assert found.finding() == (
        "In the model, without A £300,000 of need that must be met is not met and without C "
        "£100,000 of need that must be met is not met; the plan is worth £0 more with B than "
        "without"
    )


def test_where_money_is_left_prices_count_only_by_net_public_value_and_that_is_said() -> None:
    """Of £2 million A takes £600,000 and C £360,000 with £50,000 once: £990,000 are left."""
    place = homes()
    offers = place.offers[place.offers["service"] == "care"]
    place = place.with_(offers=offers, **{
        name: place.tables[name][place.tables[name]["service"] == "care"]
        for name in ("services", "needs", "effects")
    })  # fmt: skip
    found = asked(place, providers=["C"])
    assert (found.table["worth"].item(), found.left) == (200_000, 990_000)
    assert "With all of them £990,000 buys nothing, £1 million without C." in found.summary()
    net = asked(place, providers=["C"], objective="net public value")
    assert net.table["worth"].item() == pytest.approx(150_000)
    assert "buys nothing" not in net.summary().split("Concentration")[1]


def test_prices_of_capacity_hold_over_a_range_and_do_not_say_what_an_entrant_is_worth() -> None:
    """A unit of A's capacity is worth 10 before; the entrant's 40 bring 5 each, less 1.25."""
    prices = pb.optimise(homes(entrant=False), pooling="aligned").prices().set_index("name")
    assert prices.loc["care_a", "relaxing"] == pytest.approx(10_000)
    assert asked(homes(), providers=["C"]).table["worth"].item() / 40 == pytest.approx(3_750)


def test_a_cap_on_the_share_of_a_provider_is_kept_and_costs_what_the_next_is_dearer() -> None:
    """A at half at most: 50 at 10, C 40 at 9 and B 10 at 12 is 970, and concentration is 0.42."""
    cap = rule("provider_cap", "service=care; provider=A", 50)
    place = homes().with_(rules=pd.DataFrame([cap]))
    plan, free = (pb.optimise(p, pooling="aligned", prices=False) for p in (place, homes()))
    assert units(plan)["care_a"] == 50
    assert free.objective.value - plan.objective.value == pytest.approx(20_000)
    found = asked(place, providers=["C"])
    assert found.index("care") == pytest.approx(0.42)
    floor = rule("units_floor", "provider=A", 60)
    with pytest.raises(pb.Infeasible, match="care from A at most 50% of the units from all"):
        pb.optimise(place.with_(rules=pd.DataFrame([cap, floor])), pooling="aligned")
    priced = pb.optimise(place, pooling="aligned").prices().set_index("name")
    # One unit more of A in place of one of B, which is 2 dearer.
    assert priced.loc["provider_cap", "relaxing"] == pytest.approx(2_000)


def test_a_plan_admits_that_it_leans_on_one_provider_and_what_its_failure_asks_for() -> None:
    place = homes(failure=0.1, moving_cost=500.0)
    plan = pb.optimise(place, pooling="aligned", prices=False)
    assert units(plan)["care_a"] == 60
    (found,) = plan.findings(place=place).of("relies-on-one-provider")
    assert (found["share"], found["units"], found["room"]) == (0.6, 60, 30)
    assert found["moving"] == 30_000
    (said,) = plan.findings(place=place).of("relies-on-one-provider").sentences
    assert "60% of it in 2027-28 comes from A. If it fails (chance a year: 10%)" in said
    sure = homes(failure=0.0)
    safe = pb.optimise(sure, pooling="aligned", prices=False)
    (told,) = safe.findings(place=sure).of("relies-on-one-provider").sentences
    assert "(chance a year: 0%)" in told
    nothing = place.with_(providers=place.providers.iloc[:0])
    assert "relies-on-one-provider" not in plan.findings(place=place).of("x").codes
    bare = pb.optimise(nothing, pooling="aligned", prices=False)
    assert "relies-on-one-provider" not in bare.findings().codes
    assert bare.objective.value == plan.objective.value


def test_who_is_yet_to_enter_and_has_money_today_is_told() -> None:
    place = homes()
    today = pd.DataFrame([
        {"service": "care", "stream": "tax", "amount": amount, "offer": offer}
        for offer, amount in (("care_a", 600.0), ("care_c", 400.0))
    ])  # fmt: skip
    found = [each for each in place.with_(today=today).check() if "entrant" in each.code]
    assert [each.what for each in found] == [
        "C is yet to enter, but today's money buys from it: £400 of care_c."
    ]
    assert "entrant-bought-today" not in place.with_(today=today.iloc[:1]).check().codes


def test_before_any_plan_it_is_told_of_what_must_be_provided_and_one_provider_alone_offers() -> (
    None
):
    place = homes(entrant=True)
    code = "one-provider-alone"
    must = place.with_(services=place.services.assign(nature=["statutory", "universal"]))
    assert code not in must.check().codes
    alone = must.with_(offers=must.offers[must.offers["provider"] != "B"])
    # C is not there yet.
    (told,) = [each for each in alone.check() if each.code == code]
    assert told.severity == "warning"
    assert told.what == "care must be provided, and A alone offers it."
    free = alone.with_(services=place.services)
    nothing = alone.with_(providers=place.providers.iloc[:0])
    here = alone.with_(providers=place.providers.assign(entrant=False))
    assert all(code not in each.check().codes for each in (free, nothing, here))


def test_what_is_known_of_providers_is_checked_and_all_of_it_told_at_once() -> None:
    wrong = homes().with_(
        providers=pd.DataFrame(
            [("Nobody", 120, 1.5, -1)], columns=["provider", "quality", "failure", "fixed_cost"]
        )
    )
    with pytest.raises(pb.PlaceBudgetError) as told:
        asked(wrong)
    for part in ("Nobody", "120", "1.5", "-1"):
        assert part in str(told.value)
    with pytest.raises(pb.PlaceBudgetError, match="no provider 'D'"):
        asked(homes(), providers=["D"])
    with pytest.raises(pb.PlaceBudgetError, match="no provider to ask of"):
        asked(pb.example("toy_pooling"))
