"""Why this much: the sentences, and the figures that carry them."""

from __future__ import annotations

import gc
import threading
from typing import Any

import pandas as pd
import pytest

import placebudget as pb
from placebudget.errors import CannotAnswer, Stopped, WrongArgument
from placebudget.place import Place
from placebudget.plan import Explanation, explain
from placebudget.plan.explain.known import against_today
from placebudget.words import money
from planned import optimised
from small import MILLION, rule, small

ONE = {"money": {"amount": 30}}


def explained(place: Place, service: str, **options: Any) -> Explanation:
    return pb.optimise(place, prices=False, **options).explain(service)


def figure(said: Explanation, name: str) -> float:
    rows = said.figures[said.figures["figure"] == name]
    assert len(rows), f"no figure {name!r} in\n{said.figures}"
    return float(rows["value"].iloc[0])


def toy(family: float, home_care: float, police: float) -> Place:
    """The worked example with other money of today, and room for more policing."""
    place = pb.example("toy_pooling")
    amounts = [family * 1e6, home_care * 1e6, police * 1e6]
    returns = place.tables["returns"].copy()
    returns.loc[(returns["service"] == "policing") & (returns["step"] == 2), "up_to"] = 1.0
    return place.with_(
        today=place.tables["today"].assign(amount=amounts),
        funding=place.tables["funding"].assign(amount=amounts),
        returns=returns,
    )


def test_the_worked_example_reads_as_it_is_written() -> None:
    place = toy(family=40, home_care=30, police=30)
    said = explained(place, "home_care", pooling="freed")
    assert said.sentences[:2] == (
        "Home care gets £30 million, as much as today, because all of it is worth £4 of public "
        "value a pound there, more than the £1 that the last £1 million would be worth elsewhere.",
        "It stops there because the next £1 million would be worth £1 a pound there, no more than "
        "elsewhere.",
    )
    assert figure(said, "worth of the last money there") == pytest.approx(4)
    assert figure(said, "worth of the next money there") == pytest.approx(1)
    assert figure(said, "worth of the last money elsewhere") == pytest.approx(1)
    assert figure(said, "worth of new money under no conditions, elsewhere") == pytest.approx(1)
    assert said.title == "Home care"
    assert str(said) == " ".join(said.sentences)


def test_money_that_may_do_nothing_else_says_so_and_names_the_better_use() -> None:
    said = explained(pb.example("toy_pooling"), "home_care")
    assert said.sentences[0] == (
        "Home care gets £50 million, as much as today, because the last £1 million (NHS money) is "
        "worth £1 of public value a pound there, and the same money would gain nothing elsewhere."
    )
    assert "£2 that the money for it (Council money) brings now on family support" in str(said)
    assert "new money under no conditions would be worth most on family support: £2" in str(said)


def test_a_ring_fence_that_keeps_money_away_is_named_with_what_it_costs() -> None:
    said = explained(pb.example("toy_pooling"), "family_support")
    assert "NHS money would be worth more there but is ring-fenced to home care" in str(said)
    gain = figure(said, "gain if the money could pay for it")
    assert gain == pytest.approx(1e6)
    place = pb.example("toy_pooling")
    moved = place.tables["funding"].copy()
    moved.loc[moved["stream"] == "nhs_money", "amount"] -= 1e6
    moved.loc[moved["stream"] == "council_money", "amount"] += 1e6
    today = place.tables["today"].iloc[:0]
    other = pb.optimise(place.with_(funding=moved, today=today), prices=False).objective.value
    assert other - pb.optimise(place, prices=False).objective.value == pytest.approx(gain)


@pytest.mark.parametrize(
    ("limit", "says"),
    [
        ({"people": 10_000}, "all the need there is met"),
        ({"people": 20_000, "offer": {"capacity": 10_000}}, "its providers can deliver no more"),
    ],
)
def test_need_and_capacity_stop_a_service(limit: dict[str, Any], says: str) -> None:
    services = {"good": {"value": 5, **limit}, "other": {"value": 2, "people": 50_000}}
    said = explained(small(ONE, services), "good")
    assert said.sentences[0].startswith("Good gets £10 million because all of it is worth")
    assert f"It stops there because {says}." in said.sentences
    assert figure(said, "gain if the limit gave way") == pytest.approx(3e6)
    assert "£3 million of public value better" in str(said)


def test_all_limits_that_stop_a_service_together_are_named() -> None:
    offer = {"capacity": 10_000}
    services = {
        "good": {"value": 5, "people": 10_000, "offer": offer},
        "other": {"value": 2, "people": 50_000},
    }
    said = explained(small(ONE, services), "good")
    stopped = next(text for text in said.sentences if text.startswith("It stops there"))
    assert "all the need there is met" in stopped
    assert "its providers can deliver no more" in stopped


def test_a_rule_that_holds_a_service_down_is_named_with_its_basis_and_price() -> None:
    services = {"good": {"value": 5, "people": 50_000}, "other": {"value": 2, "people": 50_000}}
    place = small(ONE, services, rules=[rule("cap", "service=good", 10 * MILLION)])
    said = explained(place, "good")
    assert "the rule “good at most £10 million” (policy) allows no more" in str(said)
    assert figure(said, "gain if the limit gave way") == pytest.approx(3e6)
    without = small(ONE, services, rules=[rule("cap", "service=good", 11 * MILLION)])
    gain = pb.optimise(without).objective.value - pb.optimise(place).objective.value
    assert gain == pytest.approx(3e6)


def test_going_past_the_law_is_never_proposed() -> None:
    services = {"good": {"value": 5, "people": 50_000}, "other": {"value": 2, "people": 50_000}}
    law = rule("cap", "service=good", 10 * MILLION, basis="law", reference="Some Act 2001")
    said = explained(small(ONE, services, rules=[law]), "good")
    assert "(law: Some Act 2001) allows no more" in str(said)
    assert "That is law" in str(said)
    assert "gave way" not in str(said)
    assert not said.figures["figure"].str.contains("gave way").any()


@pytest.mark.parametrize("basis", ["law", "policy"])
def test_a_share_that_keeps_a_service_down_has_a_price_unless_it_is_law(basis: str) -> None:
    services = {"good": {"value": 5, "people": 50_000}, "other": {"value": 2, "people": 50_000}}
    share = rule("share_cap", "service=good", 30, basis=basis)
    said = explained(small(ONE, services, rules=[share]), "good")
    assert said.sentences[0].startswith("Good gets £9 million")
    assert f"the place spends” ({basis})" in str(said).lower()
    priced = said.figures["figure"].str.contains("gain")
    if basis == "law":
        assert not priced.any()
        assert "without it" not in str(said)
    else:
        assert figure(said, "gain if the limit gave way") == pytest.approx(3e6)


def test_a_floor_that_holds_a_service_up_is_the_reason() -> None:
    services = {"duty": {"value": 1, "people": 50_000}, "other": {"value": 2, "people": 50_000}}
    place = small(ONE, services, rules=[rule("floor", "service=duty", 10 * MILLION)])
    said = explained(place, "duty")
    assert said.sentences[0] == (
        "Duty gets £10 million because the rule “duty at least £10 million” (policy) keeps it "
        "there; by value alone the last £1 million would be worth £1 of public value a pound "
        "there and £2 elsewhere."
    )
    assert figure(said, "worth of the last money elsewhere") == pytest.approx(2)


def test_worths_that_read_alike_are_said_to_be_the_same() -> None:
    """The floor is all there is for it to get, and is worth a thousandth more than the other."""
    services = {"duty": {"value": 2.002, "people": 10_000}, "other": {"value": 2, "people": 50_000}}
    place = small(ONE, services, rules=[rule("floor", "service=duty", 10 * MILLION)])
    assert explained(place, "duty").sentences[0] == (
        "Duty gets £10 million because the rule “duty at least £10 million” (policy) keeps it "
        "there; without it, too, the last £1 million would be worth £2 of public value a "
        "pound there, as much as elsewhere."
    )


def test_a_floor_under_a_service_that_is_worth_its_money_is_named_without_saying_it_costs() -> None:
    """The floor is all there is for it to get: nothing may be taken, and nothing should be."""
    services = {"duty": {"value": 3, "people": 10_000}, "other": {"value": 2, "people": 50_000}}
    place = small(ONE, services, rules=[rule("floor", "service=duty", 10 * MILLION)])
    assert explained(place, "duty").sentences[0] == (
        "Duty gets £10 million because the rule “duty at least £10 million” (policy) keeps it "
        "there; without it, too, the last £1 million would be worth more there (£3 of public "
        "value a pound) than elsewhere (£2)."
    )


def test_a_service_above_its_floor_is_not_said_to_be_held_by_it() -> None:
    services = {"duty": {"value": 3, "people": 10_000}, "other": {"value": 2, "people": 50_000}}
    place = small(ONE, services, rules=[rule("floor", "service=duty", 9.5 * MILLION)])
    assert "keeps it there" not in str(explained(place, "duty"))


def test_a_locked_service_without_value_says_both() -> None:
    services = {
        "roads": {"value": 0, "people": None, "today": {"money": 8}},
        "other": {"value": 2, "people": 50_000},
    }
    said = explained(small(ONE, services, rules=[rule("lock", "service=roads", 0)]), "roads")
    assert "keeps it there, neither more nor less; nothing it achieves is counted" in str(said)
    assert "More room would gain nothing" in str(said)


def test_a_service_without_money_says_what_it_would_have_to_cost() -> None:
    services = {
        "dear": {"value": 1, "people": 10_000},
        "other": {"value": 2, "people": 50_000, "cost": 2_000},
    }
    place = small(ONE, services)
    said = explained(place, "dear")
    assert said.sentences[0] == (
        "Dear gets no money because the first £1 million would be worth £1 a pound there, less "
        "than the £2 it brings now on other."
    )
    cost = figure(said, "unit cost at which it would get money")
    assert cost == pytest.approx(500)
    for factor, funded in ((0.98, True), (1.02, False)):
        offers = place.tables["offers"].copy()
        offers.loc[offers["service"] == "dear", "unit_cost"] = cost * factor
        money = pb.optimise(place.with_(offers=offers), prices=False).money("service")
        assert ("dear" in set(money["service"])) == funded


def test_a_service_that_achieves_nothing_counted_gets_none_and_says_so() -> None:
    services = {"idle": {"value": 0, "people": 100}, "other": {"value": 2, "people": 50_000}}
    said = explained(small(ONE, services), "idle")
    assert said.sentences[0] == (
        "Idle gets no money because nothing it would achieve is counted in this plan."
    )


def test_a_service_that_starts_later_is_explained_year_by_year() -> None:
    services = {
        "late": {"value": 5, "people": 5_000, "offer": {"first_year": "2028-29"}},
        "other": {"value": 2, "people": 50_000},
    }
    plan = pb.optimise(small(ONE, services, years=2), prices=False)
    first, second = plan.explain("late", year="2027-28"), plan.explain("late", year="2028-29")
    assert first.sentences[0] == "Late gets no money in 2027-28 because it cannot start earlier."
    assert second.sentences[0].startswith("Late gets £5 million in 2028-29 because")
    both = plan.explain("late")
    assert both.sentences[0].startswith("Late gets £5 million over two years")
    assert "between £0 and £5 million a year" in both.sentences[0]
    assert both.sentences[1].startswith("In 2028-29 it gets £5 million because")
    assert "In the other year, too, it can use no more." in both.sentences
    by_year = both.figures[both.figures["figure"] == "money"].set_index("year")["value"]
    assert by_year["2028-29"] == pytest.approx(5e6)


def rising(years: int = 3) -> Place:
    """A service that does less beyond half its need, beside one that always does the same."""
    services = {
        "good": {"value": 3, "people": 20_000},
        "other": {"value": 2, "people": 50_000},
    }
    steps = [
        {"service": "good", "step": step, "up_to": step / 2, "effectiveness": 1.5 - step / 2}
        for step in (1, 2)
    ]
    return small(ONE, services, years=years, returns=steps)


def test_over_several_years_every_worth_is_of_a_year_that_is_named() -> None:
    """No sentence puts the pound of one year beside that of another."""
    plan = pb.optimise(rising(), prices=False)
    for service in ("good", "other"):
        said = plan.explain(service)
        worths = said.figures[said.figures["figure"].str.startswith("worth")]
        assert len(worths)
        for number, text in enumerate(said.sentences, start=1):
            of = set(worths[worths["sentence"] == number]["year"])
            named = {year for year in plan.place["years"] if year in text}
            if of and number < len(said.sentences):
                assert of == {"2027-28"}
                assert named == {"2027-28"} or "that year" in text.lower()


def test_the_figures_of_each_year_are_those_worked_by_hand() -> None:
    """£3 for the first half of need, £1.50 for the rest, £2 elsewhere; later years discounted."""
    said = pb.optimise(rising(), prices=False).explain("good")
    by_year = said.figures.set_index(["figure", "year"])["value"]
    assert by_year["worth of the last money there", "2027-28"] == pytest.approx(3)
    assert by_year["worth of the last money elsewhere", "2027-28"] == pytest.approx(2)
    for number, year in enumerate(("2027-28", "2028-29", "2029-30")):
        factor = 1.035**-number
        assert by_year["worth of the next money there", year] == pytest.approx(1.5 * factor)
        assert by_year["worth of the same money elsewhere", year] == pytest.approx(2 * factor)
    assert said.sentences == (
        "Good gets £30 million over three years, about £10 million a year.",
        "In 2027-28 it gets £10 million because all of it is worth £3 of public value a pound "
        "there, more than the £2 that the last £1 million would be worth elsewhere.",
        "It stops there because that year the next £1 million would be worth £1.50 a pound there, "
        "less than the £2 that the money for it brings now on other.",
        "Elsewhere, that year £1 million of new money under no conditions would be worth most on "
        "other: £2 a pound.",
        "In 2029-30 the next £1 million would be worth £1.40 a pound there, and the money for it "
        "brings £1.87 where it is.",
    )


def test_today_stands_beside_what_a_plan_gives_and_among_its_figures() -> None:
    plan = optimised("northvale", prices=False)
    today = pb.simulate(pb.example("northvale")).money(["service", "year"])
    mine = today[today["service"] == "home_care"].set_index("year")["amount"]
    for year in (None, "2030-31"):
        said = plan.explain("home_care", year=year)
        of = mine.sum() if year is None else mine[year]
        found = said.figures[said.figures["figure"] == "money today, carried on"]
        held = found.set_index("year")["value"]
        assert held["all" if year is None else year] == pytest.approx(of, abs=1)
        assert f", less than today’s {money(of)} carried on" in said.sentences[0]


def test_where_money_and_today_read_alike_the_difference_is_said_by_itself() -> None:
    said = [against_today(now, 6e6, carried_on=True) for now in (6e6, 6.02e6, 5.98e6, 7e6)]
    assert said == [
        ", as much as today",
        ", £20,000 more than today",
        ", £20,000 less than today",
        ", more than today’s £6 million carried on",
    ]
    assert against_today(6e6, 0.0, carried_on=True) == ", nothing of it today"
    assert against_today(0.0, 0.0, carried_on=True) == ", as today"
    assert against_today(6e6, None, carried_on=True) == ""


def test_the_year_that_is_named_says_what_asking_for_it_says() -> None:
    plan = pb.optimise(rising(), prices=False)
    of_all, of_one = plan.explain("good"), plan.explain("good", year="2027-28")
    for name in ("worth of the last money there", "worth of the same money elsewhere"):
        assert figure(of_all, name) == pytest.approx(figure(of_one, name))
    last = plan.explain("good", year="2029-30")
    by_year = of_all.figures.set_index(["figure", "year"])["value"]
    name = "worth of the next money there"
    assert by_year[name, "2029-30"] == pytest.approx(figure(last, name))
    assert f"In 2029-30 the next £1 million would be worth £{by_year[name, '2029-30']:.2f}" in str(
        of_all
    )


@pytest.mark.xdist_group("lancashire")
def test_a_ring_fence_is_not_named_where_the_money_would_not_come_without_it() -> None:
    """A grant of another council, ring-fenced, that would not pay here in any case."""
    plan = optimised("lancashire", pooling="aligned", prices=False)
    assert "Blackburn" not in str(plan.explain("family_hubs", year="2027-28"))


@pytest.mark.xdist_group("lancashire")
def test_a_service_held_by_how_fast_it_can_be_given_up_is_explained_over_all_years() -> None:
    """No next pound can come to it in the first year, so none is tried in the others."""
    plan = optimised("lancashire", pooling="pooled", prices=False)
    said = str(plan.explain("family_hubs", "chorley"))
    assert "the rules leave no way to take any of it away" in said
    assert "It stops there" not in said


def test_a_start_that_does_not_pay_is_explained_with_decisions_open() -> None:
    lumpy = {"value": 1.5, "people": 5_000, "offer": {"set_up_cost": 4 * MILLION}}
    services = {"new": lumpy, "other": {"value": 2, "people": 50_000}}
    said = explained(small(ONE, services), "new")
    assert said.sentences[0] == (
        "New gets no money because the first £5 million would be worth £0.30 a pound there, less "
        "than the £2 it brings now on other."
    )


def test_a_lot_too_large_is_judged_whole() -> None:
    lumpy = {"value": 1.5, "people": 5_000, "offer": {"smallest_lot": 3_000}}
    said = explained(small(ONE, {"new": lumpy, "other": {"value": 2, "people": 50_000}}), "new")
    assert "the first £3 million would be worth £1.50 a pound there" in said.sentences[0]


def test_money_better_left_unspent_says_so() -> None:
    services = {"poor": {"value": 0.5, "people": 5_000}, "other": {"value": 2, "people": 10_000}}
    said = explained(small(ONE, services), "poor", objective="net public value")
    assert "would bring −£0.50 a pound there: it is better left unspent" in said.sentences[0]


def test_other_objectives_are_said_in_their_own_unit() -> None:
    said = explained(pb.example("toy_pooling"), "policing", objective="weighted outcomes")
    assert "weighted outcomes for each £1 million" in str(said)
    assert "£1 of public value" not in str(said)


@pytest.mark.parametrize("example", ["toy_pooling", "northvale"])
@pytest.mark.parametrize("pooling", ["aligned", "freed"])
def test_every_service_of_an_example_is_explained_in_at_most_six_sentences(
    example: str, pooling: str
) -> None:
    place = pb.example(example)
    plan = optimised(example, pooling=pooling, prices=False)
    for service in place.services["service"]:
        said = plan.explain(service)
        assert 1 <= len(said.sentences) <= 6
        assert not set("_|") & set(str(said)), str(said)
        assert "nan" not in str(said)
        assert set(said.figures["sentence"]) <= set(range(1, len(said.sentences) + 1))
        assert list(said.figures.columns) == ["sentence", "figure", "year", "value", "unit"]


def test_a_wider_or_narrower_area_is_found() -> None:
    place = pb.example("northvale")
    plan = optimised("northvale", prices=False)
    assert "in The Valley" in plan.explain("temporary_accommodation").title
    above = plan.explain("urgent_care", place.offers["area"].dropna().iloc[0])
    assert above.title == plan.explain("urgent_care").title


def test_todays_money_is_explained_as_given() -> None:
    said = pb.simulate(pb.example("toy_pooling")).explain("home_care")
    assert "because that is today's spending, carried on" in said.sentences[0]
    assert figure(said, "public value a pound") == pytest.approx(2.8)


@pytest.mark.parametrize(
    ("service", "options", "hint"),
    [
        ("home_car", {}, "home_care"),
        ("home_care", {"area": "atlantis"}, "atlantis"),
        ("home_care", {"year": "1999-00"}, "2025-26"),
    ],
)
def test_unknown_keys_are_named(service: str, options: dict[str, str], hint: str) -> None:
    plan = pb.optimise(pb.example("toy_pooling"), prices=False)
    with pytest.raises(WrongArgument, match=hint):
        plan.explain(service, **options)


def test_a_plan_from_a_file_finds_its_example_or_asks_for_its_place(tmp_path: Any) -> None:
    place = toy(family=20, home_care=20, police=20)
    for source, name in ((pb.example("toy_pooling"), "same"), (place, "changed")):
        pb.optimise(source, prices=False).to_json(tmp_path / f"{name}.plan.json")
    same = pb.read_plan(tmp_path / "same.plan.json")
    assert same.explain("home_care").sentences
    changed = pb.read_plan(tmp_path / "changed.plan.json")
    with pytest.raises(CannotAnswer, match="other figures"):
        changed.explain("home_care")
    assert changed.explain("home_care", place=place).sentences


def test_the_place_kept_with_a_plan_is_not_compared_and_not_written(tmp_path: Any) -> None:
    plan = pb.optimise(pb.example("toy_pooling"), prices=False)
    plan.to_json(tmp_path / "a.plan.json")
    back = pb.read_plan(tmp_path / "a.plan.json")
    assert back.source is None
    assert back == plan
    assert "source" not in repr(plan)


def test_plans_of_places_that_differ_are_never_mixed_up() -> None:
    said = []
    for people in (10_000, 12_000):
        services = {"good": {"value": 5, "people": people}, "other": {"value": 2, "people": 50_000}}
        said.append(explained(small(ONE, services), "good"))
        gc.collect()
    assert [figure(each, "money") for each in said] == [10e6, 12e6]


def test_asking_twice_gives_the_same_words() -> None:
    plan = optimised("northvale", prices=False)
    first = plan.explain("urgent_care")
    plan.explain("stop_smoking")
    again = plan.explain("urgent_care")
    assert first == again
    pd.testing.assert_frame_equal(first.figures, again.figures)


def test_an_explanation_hears_a_stop_signal_and_the_next_one_is_whole() -> None:
    plan = pb.optimise(pb.example("toy_pooling"), pooling="freed")
    stop = threading.Event()
    first = explain(plan, "family_support", stop=stop)
    stop.set()
    with pytest.raises(Stopped):
        explain(plan, "family_support", stop=stop)
    assert explain(plan, "family_support") == first
