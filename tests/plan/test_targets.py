"""Targets that pay a reward, worked by hand and told everywhere."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd
import pytest

import placebudget as pb
import planned as of_examples
from placebudget.errors import UnreadableTable
from placebudget.place import Place
from placebudget.plan.drawing import plan_drawing
from placebudget.programme.money import Target, share_of_reward
from small import small, spent


def planned(place: Place, **options: Any) -> pb.Plan:
    return pb.optimise(place, **{"pooling": "aligned", "prices": False, **options})


@cache
def agreed(capacity: float | None = None, *, instalments: int = 2, shares: float = 1.0) -> Place:
    """£1 million a year for three years. Support is worth half a pound a pound, all else a pound.

    Of 1,000 helped in the first year at £1,000 each the whole of £600,000 is paid, in two parts in
    the years after; of 600 three fifths; of fewer nothing.
    """
    support = {"value": 0.5, "offer": {"capacity": capacity}, "people": 5_000}
    target = {"target": "helped", "outcome": "support_good", "year": "2027-28"}
    target |= {"stretch": 1_000.0, "reward": 600_000.0, "instalments": instalments}
    return small(
        {"tax": {"agency": "council", "amount": [1, 1, 1]}},
        {"support": support, "other": {"people": 90_000}},
        years=3, settings={"discount": 0.0}, targets=[target],
        target_shares=[{"target": "helped", "stream": "tax", "share": shares}],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("capacity", "worth", "reward"),
    [
        # 590 are too few to be paid for, so that none is helped.
        (590, 3.0, 0.0),
        # 600 for £600,000, worth 0.3, and 0.36 of reward: 0.4 + 2 x 1.18 + 0.3.
        (600, 3.06, 0.36),
        # 1,000 for £1 million, worth 0.5, and 0.6 of reward; more earns no more.
        (1_200, 3.1, 0.6),
    ],
)
def test_a_target_is_signed_where_its_reward_is_worth_more_than_what_it_takes(
    capacity: float, worth: float, reward: float
) -> None:
    plan = planned(agreed(capacity))
    assert plan.objective.value == pytest.approx(1e6 * worth)
    helped = spent(plan, "service", "year").get(("support", "2027-28"), 0.0)
    assert helped == pytest.approx(min(capacity / 1_000, 1.0) * (reward > 0))
    brought = plan.tables["balances"].set_index("year")["funding"] - 1e6
    assert brought.tolist() == pytest.approx([0.0, 5e5 * reward, 5e5 * reward])


def test_what_is_paid_below_at_and_above_the_threshold_is_that_of_a_published_agreement() -> None:
    """Isle of Wight: 2.5 % of £132,993,000; six tenths of the way pay six tenths, more at most all.

    Wirral earned 7.905 of 9.824.
    """
    whole = 0.025 * 132_993_000
    assert round(whole) == 3_324_825
    paid = [whole * share_of_reward(way, 0.0, 1.0, 0.6) for way in (0.59, 0.6, 1.2)]
    assert paid == pytest.approx([0.0, 1_994_895.0, whole])
    assert 9.824 * share_of_reward(7.905, 0.0, 9.824, 0.6) == pytest.approx(7.905)
    above = Target("visits", 0, 0, [0], 400.0, 600.0, 0.6, {})  # type: ignore[arg-type]
    assert [above.earned(has) for has in (300, 519, 520, 700)] == pytest.approx([0, 0, 0.6, 1])


def test_what_comes_after_the_last_year_of_money_is_no_gain() -> None:
    """In four instalments half of £600,000 comes in time: 0.3 for 0.5 is not worth it."""
    late = planned(agreed(instalments=4))
    assert late.objective.value == pytest.approx(3e6)
    assert planned(agreed(instalments=1)).objective.value == pytest.approx(3.1e6)


def test_a_reward_shared_with_nobody_else_is_a_part() -> None:
    """Of nine tenths of £600,000 0.54 is left for what costs 0.5."""
    assert planned(agreed(shares=0.9)).objective.value == pytest.approx(3.04e6)


def test_the_areas_below_are_added_up_for_one_target() -> None:
    """400 in the north and 600 in the south are the 1,000 of both; of each alone too few."""
    place = agreed()
    offers = pd.concat(
        [place.offers.query("service == 'other'")]
        + [
            place.offers.query("service == 'support'").assign(
                offer=f"support_{area}", area=area, capacity=most
            )
            for area, most in (("north", 400.0), ("south", 600.0))
        ],
        ignore_index=True,
    )
    areas = pd.DataFrame(
        [{"area": "all"}] + [{"area": a, "parent": "all"} for a in ("north", "south")]
    )
    needs = [{"service": "support", "area": area, "people": 5_000.0} for area in ("north", "south")]
    needs += [{"service": "other", "area": None, "people": 90_000.0}]
    both = place.with_(areas=areas, offers=offers, needs=pd.DataFrame(needs))
    assert planned(both).objective.value == pytest.approx(3.1e6)
    one = both.with_(targets=both.targets.assign(area="south"))
    assert planned(one).objective.value == pytest.approx(3.06e6)


def test_it_is_the_same_in_every_way_a_plan_is_made() -> None:
    place, plan = agreed(), planned(agreed(), prices=True)
    for pooling in ("siloed", "pooled", "freed"):
        assert planned(place, pooling=pooling).objective.value == pytest.approx(3.1e6)
    assert pb.session(place, pooling="aligned").value() == pytest.approx(3.1e6)
    again = pb.simulate(place, plan.money(["stream", "service", "year"]))
    assert again.objective.value == pytest.approx(3.1e6)
    assert again.tables["balances"]["funding"].tolist() == [1e6, 1.3e6, 1.3e6]
    # Without what it earns there is not so much money.
    with pytest.raises(UnreadableTable, match="more is spent than there is"):
        pb.simulate(place.with_(targets=place.targets.assign(stretch=1_100.0)),
                    plan.money(["stream", "service", "year"]))  # fmt: skip
    accounts = pb.accounts(plan)
    assert "£3.6 million" in accounts.summary()


def test_two_agencies_earn_it_together_and_share_the_gain() -> None:
    """Each brings £1 million a year; the reward is the NHS's, and the work the council's."""
    streams = {name: {"amount": [1, 1]} for name in ("council", "nhs")}
    support = {"value": 0.5, "people": 1_000, "commissioner": "council"}
    place = small(
        streams,
        {"support": support, "roads": {"people": 9_000, "commissioner": "council"},
         "nurses": {"people": 9_000, "commissioner": "nhs"}},
        years=2, settings={"discount": 0.0},
        targets=[{"target": "helped", "outcome": "support_good", "year": "2027-28",
                  "stretch": 1_000.0, "reward": 600_000.0}],
        target_shares=[{"target": "helped", "stream": "nhs", "share": 1.0}],
    )  # fmt: skip
    # In one year only half of the reward comes: 4 + 0.3 - 0.5 is less than 4.
    assert planned(place).objective.value == pytest.approx(4e6)
    place = place.with_(targets=place.targets.assign(instalments=1))
    assert planned(place).objective.value == pytest.approx(4.1e6)
    # The council for itself buys roads.
    apart = planned(place, pooling="siloed")
    assert apart.objective.value == pytest.approx(4e6)


def test_summary_explanation_drawing_and_prices_tell_of_it() -> None:
    place, plan = agreed(1_200), planned(agreed(1_200), prices=True)
    words = (
        "helped: support good from 0 to 1,000 in 2027-28; from 60% of the way on, that share of "
        "£600,000 is paid"
    )
    assert f"{words}; the plan has 1,000 and earns £600,000" in plan.summary()
    said = plan.explain("support", place=place).sentences
    assert any(each.startswith(words.capitalize()[:20]) for each in said)
    notes = " ".join(note for node in plan_drawing(plan)["nodes"] for note in node["notes"])
    assert words[1:] in notes
    floor = {"rule": "floor", "kind": "floor", "subject": "service=other", "amount": 1e5}
    held = planned(
        place.with_(rules=pd.DataFrame([floor | {"basis": "policy", "year": "2027-28"}])),
        prices=True,
    )
    assert held.tables["prices"]["sentence"].str.contains("which targets pay").all()
    assert len(held.tables["prices"])


@pytest.mark.parametrize(
    ("table", "column", "value", "code"),
    [
        ("targets", "baseline", 1_000.0, "target-without-way"),
        ("targets", "year", "2031-32", "year-outside"),
        ("targets", "year", "2029-30", "reward-too-late"),
        ("targets", "outcome", "calm", "unknown-key"),
        ("target_shares", "share", 0.0, "reward-for-nobody"),
    ],
)
def test_targets_that_cannot_be_meant_are_told(
    table: str, column: str, value: object, code: str
) -> None:
    place = agreed()
    frame = place.tables[table].astype({column: object}).assign(**{column: value})
    assert code in [found.code for found in place.with_(**{table: frame}).check()]


def test_more_than_all_of_a_reward_is_refused() -> None:
    place = agreed()
    twice = [{"target": "helped", "stream": stream, "share": 0.6} for stream in ("tax", "rates")]
    streams = pd.concat([place.streams, place.streams.assign(stream="rates")])
    found = place.with_(streams=streams, target_shares=pd.DataFrame(twice)).check()
    assert "reward-above-all" in [each.code for each in found.errors]


@cache
def contract(value: float = 2.0, *, tax: float = 1.0) -> Place:
    """An investor's £1 million helps in the first year; the council pays for it in the second.

    £600 for each of 1,000 helped, from 600 on, and £600,000 at most.
    """
    target = {"target": "bond", "outcome": "support_good", "year": "2027-28", "stretch": 1_000.0}
    return small(
        {"tax": {"agency": "council", "amount": [tax, tax, tax]},
         "investor": {"agency": "council", "amount": [1, 0, 0], "fence": ["support"]}},
        {"support": {"value": value, "people": 5_000}, "other": {"people": 90_000}},
        years=3, settings={"discount": 0.0},
        targets=[{**target, "reward": 600_000.0, "instalments": 1}],
        target_shares=[{"target": "bond", "stream": "tax", "share": 1.0, "pays": True}],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("value", "worth"),
    [
        # 2,000 helped at once, 400 and 1,000 after, each worth 2: what is paid is capped.
        (2.0, 2 * (2 + 0.4 + 1)),
        # Worth half a pound, 600 would be worth 0.3 and cost 0.36: one short of 600 is helped.
        (0.5, 3 + 0.5 * 0.6),
    ],
)
def test_what_is_reached_by_contract_is_paid_for_and_no_more_than_the_cap(
    value: float, worth: float
) -> None:
    for pooling in ("siloed", "pooled", "aligned"):
        plan = planned(contract(value), pooling=pooling)
        assert plan.objective.value == pytest.approx(1e6 * worth, abs=2)
    again = pb.simulate(contract(value), plan.money(["stream", "service", "year"]))
    assert again.objective.value == pytest.approx(plan.objective.value)
    brings = plan.tables["balances"].query("stream == 'tax'")["funding"].tolist()
    assert brings == [1e6, 4e5 if value == 2 else 1e6, 1e6]
    said = (
        "and pays £600,000" if value == 2 else "and pays £0, being just short of what is paid for"
    )
    assert said in plan.summary()


def test_a_payer_without_money_stops_others_or_is_told() -> None:
    """The NHS helps at £3 a pound; the council has £100,000 a year to pay £600,000 with.

    Together the NHS stays short of 600: 3 x 0.6 + 1.4 + 2 x 3 + 0.2. For itself it does not.
    """
    place = small(
        {"council": {"amount": [0.1, 0.1]}, "nhs": {"amount": [2, 2]}},
        {"support": {"value": 3, "people": 5_000, "commissioner": "nhs"},
         "roads": {"people": 9_000, "commissioner": "council"},
         "nurses": {"people": 9_000, "commissioner": "nhs"}},
        years=2, settings={"discount": 0.0},
        targets=[{"target": "bond", "outcome": "support_good", "year": "2027-28",
                  "stretch": 1_000.0, "reward": 600_000.0, "instalments": 1}],
        target_shares=[{"target": "bond", "stream": "council", "share": 1.0, "pays": True}],
    )  # fmt: skip
    assert planned(place).objective.value == pytest.approx(9.4e6, abs=10)
    # Where all money is freed the council's pays for support, and nothing for what was reached.
    assert planned(place, pooling="freed").objective.value == pytest.approx(9.6e6, abs=10)
    with pytest.raises(pb.Infeasible, match="council cannot pay what others’ work obliges it to"):
        planned(place, pooling="siloed")


def test_todays_money_is_carried_on_without_targets() -> None:
    """All of the council's money goes on support: with the contract £600,000 would be missing."""
    spent_today = [{"service": "support", "stream": "tax", "amount": 1e6, "offer": "support"}]
    today = pb.simulate(contract().with_(today=pd.DataFrame(spent_today)))
    assert today.tables["balances"].query("stream == 'tax'")["funding"].tolist() == [1e6] * 3
    assert "targets:" not in today.summary()


def test_a_partner_that_pays_another_moves_money_and_gains_nothing() -> None:
    """What the council pays itself leaves its money as it is: 2 x (2 + 1 + 1)."""
    place = contract()
    both = pd.concat([place.target_shares, place.target_shares.assign(pays=False)])
    plan = planned(place.with_(target_shares=both))
    assert plan.objective.value == pytest.approx(8e6)


def test_what_has_to_be_paid_and_cannot_is_named_in_the_clash() -> None:
    """£100,000 a year cannot pay £600,000 for what a floor asks for."""
    floor = {"rule": "floor", "kind": "units_floor", "subject": "service=support", "amount": 1_000}
    floor |= {"basis": "law", "year": "2027-28"}
    with pytest.raises(pb.Infeasible, match="bond pays for what is reached"):
        planned(contract(tax=0.1).with_(rules=pd.DataFrame([floor])))


def test_a_payment_for_what_is_limited_otherwise_is_refused() -> None:
    limit = pd.DataFrame([{"outcome": "support_good", "most": 900.0}])
    found = contract().with_(at_risk=limit).check()
    assert "owed-and-at-risk" in [each.code for each in found.errors]


def test_peterborough_paid_nothing_for_one_cohort_and_something_for_both() -> None:
    """142 reconvictions for each 100 men against 155: 8.4 % fewer, and below 10 % nothing is paid.

    9 % over both cohorts passes the 7.5 % asked of them. All is paid at a fifth fewer.
    """
    fewer = (155 - 142) / 155
    assert fewer == pytest.approx(0.08387, abs=5e-6)
    assert share_of_reward(fewer, 0.0, 0.2, 0.10 / 0.2) == 0.0
    assert share_of_reward(0.09, 0.0, 0.2, 0.075 / 0.2) == pytest.approx(0.45)


def test_in_northvale_a_reward_for_homes_that_are_kept_changes_the_plan() -> None:
    """100 households instead of 94, for £300,000: public value is £178,000 more."""
    place, without = pb.example("northvale"), of_examples.optimised("northvale")
    agreed = pb.Option("the agreement", "A reward.").add(
        "targets", target="homes", outcome="homes_kept", year="2028-29", baseline=73,
        stretch=100, reward=300_000,
    ).add("target_shares", target="homes", stream="county_grant", share=1)  # fmt: skip
    plan = pb.optimise(place, option=agreed, prices=False)
    assert plan.public_value() - without.public_value() == pytest.approx(178_461, abs=5)
    assert "the plan has 100 and earns £300,000" in plan.summary()


def test_a_target_that_is_measured_ends_as_a_place_moves_on_and_what_it_pays_is_to_do() -> None:
    moved = pb.study.roll_forward(contract())
    assert moved.place.targets.empty
    assert moved.place.target_shares.empty
    assert not moved.place.check().errors
    assert "was measured; put what it pays still into funding" in moved.summary()
