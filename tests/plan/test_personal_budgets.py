"""Personal budgets between least and most take-up, worked by hand and told everywhere."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd
import pytest

import placebudget as pb
from evidence import evidence_of
from placebudget.place import Place
from placebudget.plan.drawing import plan_drawing
from placebudget.programme.rules import read_rules
from placebudget.programme.rules.levels import TAKE_UP
from small import rule, small, spent


def planned(place: Place, **options: Any) -> pb.Plan:
    return pb.optimise(place, **{"pooling": "aligned", "prices": False, **options})


OWN = "service=help; delivery_model=personal budget"


@cache
def helped(
    *takes: tuple[str, float], set_up: float = 290_000.0, years: int = 1, **budget: float
) -> Place:
    """1,000 people have to be helped at £250 a week, £13,000 a year, or get a budget of their own.

    Of £20 million a year, what is left buys something worth what it costs.
    """
    own = {"offer": "own", "delivery_model": "personal budget", "set_up_cost": set_up}
    return small(
        {"tax": {"agency": "council", "amount": 20}},
        {"help": {"people": 1_000, "led_by": "need", "cost": 13_000,
                  "offer": [{"offer": "usual"}, own]},
         "other": {"people": 90_000}},
        settings={"discount": 0.0}, years=years,
        rules=[rule(kind, OWN, share) | {"rule": kind} for kind, share in takes],
        personal_budgets=[{"offer": "own", **budget}],
    )  # fmt: skip


def taken_up(plan: pb.Plan) -> float:
    return float(plan.tables["units"].set_index("offer")["units"].get("own", 0.0))


CHEAPER = 10 / 250


def test_what_choosing_costs_is_set_up_and_what_each_saves_is_stated() -> None:
    """£240 against £250 a week: 400 of 1,000 save £208,000 a year; set-up is £290,000.

    The first year costs £13,082,000 against £13,000,000.
    """
    choosing = planned(helped(("take_up_floor", 40.0), ("take_up_cap", 40.0), saving=CHEAPER))
    assert taken_up(choosing) == pytest.approx(400)
    assert 1e6 * spent(choosing)["help"] == pytest.approx(13_082_000)
    assert 1e6 * spent(planned(helped(saving=0.0)))["help"] == pytest.approx(13_000_000)


@pytest.mark.parametrize(("most", "people"), [(55.7, 0.0), (55.8, 558.0)])
def test_558_people_break_even(most: float, people: float) -> None:
    """557 save £289,640, less than the set-up; 558 save £290,160."""
    assert taken_up(planned(helped(("take_up_cap", most), saving=CHEAPER))) == pytest.approx(people)


def test_nothing_is_saved_unless_it_is_stated_and_advice_costs_and_what_comes_back_does_not() -> (
    None
):
    plain, free = planned(helped(("take_up_floor", 40.0), set_up=0.0)), {"set_up": 0.0}
    assert 1e6 * spent(plain)["help"] == pytest.approx(13_000_000)
    # 400 x (13,000 x 0.95 + 300) beside 600 x 13,000.
    both = (("take_up_floor", 40.0), ("take_up_cap", 40.0))
    some = helped(*both, recovered=0.05, advice=300.0, **free)
    assert 1e6 * spent(planned(some))["help"] == pytest.approx(400 * 12_650 + 600 * 13_000)
    # As the offer's unit cost in prices of another year, so is advice.
    rates = pd.DataFrame([{"index": "general", "year": year, "rate": rate}
                          for year, rate in (("2026-27", 0.0), ("2027-28", 0.10))])  # fmt: skip
    dated = some.with_(inflation=rates, offers=some.offers.assign(price_year="2026-27"))
    assert 1e6 * spent(planned(dated))["help"] == pytest.approx(1.1 * (400 * 12_650 + 600 * 13_000))


def test_take_up_is_priced_and_named_everywhere() -> None:
    """One more of a hundred that may choose is ten budgets, each £520 cheaper."""
    place = helped(("take_up_cap", 10.0), set_up=0.0, saving=CHEAPER)
    plan = planned(place, prices=True)
    (price,) = plan.tables["prices"].query("kind == 'take_up_cap' and relaxing > 0").to_dict(
        "records"
    )  # fmt: skip
    words = "help delivered as personal budget at most 10% of what is needed"
    assert words in price["sentence"]
    assert price["relaxing"] == pytest.approx(520)
    assert price["unit"] == "1 unit"
    notes = {node["id"]: " ".join(node["notes"]) for node in plan_drawing(plan)["nodes"]}
    assert words in notes["service:help"]
    wider = pb.Option("more may choose").set("rules", "amount", 40.0, rule="take_up_cap")
    assert taken_up(planned(place, option=wider)) == pytest.approx(400)
    live = pb.session(place, pooling="aligned")
    assert live.value() == pytest.approx(plan.objective.value)
    # Where half of them can be helped as usual, it is what holds the service down.
    services = place.services.assign(led_by="budget")
    few = place.with_(services=services, offers=place.offers.assign(capacity=[500.0, None, None]))
    why = planned(few.with_(outcomes=few.outcomes.assign(social_value=[30_000.0, 1_000.0])))
    assert taken_up(why) == pytest.approx(100)
    assert words in " ".join(why.explain("help").sentences)
    again = pb.simulate(place, plan.money(["stream", "service", "year", "offer"]))
    assert again.run["rules_not_kept"] == []


def test_a_plan_with_more_who_choose_than_there_may_be_is_found_out() -> None:
    place = helped(("take_up_cap", 10.0), set_up=0.0)
    basis, given = evidence_of(place, {"usual": 850, "own": 150})
    (only,) = read_rules(basis)
    figures = type("Figures", (), {"basis": basis, "units": given.units})()
    (held,) = TAKE_UP.compare(only, figures)
    assert (held.has, held.most, held.whole) == pytest.approx((150, 100, 1_000))


def test_a_clash_names_take_up_and_says_how_far_it_would_have_to_give() -> None:
    place = helped(("take_up_cap", 10.0), set_up=0.0)
    few = place.with_(offers=place.offers.assign(capacity=[700.0, None, None]))
    with pytest.raises(pb.Infeasible) as told:
        planned(few.with_(rules=pd.DataFrame(
            [*place.rules.to_dict("records"), rule("units_floor", OWN, 300)]
        )))  # fmt: skip
    assert "help delivered as personal budget at most 10% of what is needed" in str(told.value)
    assert "ask for 30.01% in 2027-28" in str(told.value)


def found_in(place: Place) -> dict[str, str]:
    return {each.code: each.what for each in place.check()}


def test_the_check_says_where_a_pot_would_not_do_if_everybody_took_one_up() -> None:
    place = helped(set_up=0.0, saving=CHEAPER, pot=5e6)
    assert found_in(place)["pot-too-small-for-all"] == (
        "If everybody in need takes up own, 1,000 budgets come to £12.5 million a year, "
        "£7.5 million more than the pot of £5 million."
    )
    assert "pot-too-small-for-all" not in found_in(helped(set_up=0.0, saving=CHEAPER, pot=12.48e6))
    # 400 budgets of £12,480 are £4,992,000: a cap clears the warning, as it advises.
    held = helped(("take_up_cap", 40.0), set_up=0.0, saving=CHEAPER, pot=4.992e6)
    assert "pot-too-small-for-all" not in found_in(held)
    held = helped(("take_up_cap", 40.0), set_up=0.0, saving=CHEAPER, pot=4e6)
    assert found_in(held)["pot-too-small-for-all"] == (
        "If as many as rules let take up own, 400 budgets come to £5 million a year, "
        "£992,000 more than the pot of £4 million. For everybody in need it would be £12.5 million."
    )


def test_choice_does_not_end_a_duty_and_a_share_of_no_known_need_is_refused() -> None:
    place = helped(("take_up_cap", 10.0), set_up=0.0)
    alone = place.with_(offers=place.offers[place.offers["offer"] != "usual"])
    assert "personal-budgets-alone" in found_in(alone)
    assert "personal-budgets-alone" not in found_in(place)
    unknown = place.with_(needs=place.needs[place.needs["service"] != "help"])
    assert "take-up-without-need" in [each.code for each in unknown.check().errors]
    nobody = place.with_(personal_budgets=pd.DataFrame([{"offer": "lost"}]))
    assert "unknown-key" in [each.code for each in nobody.check().errors]
