"""Services without any effect keep today's money, as nothing is known of what they bring about."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import placebudget as pb
from placebudget.errors import Infeasible
from placebudget.place import Place
from placebudget.place.conditions import kept_services
from placebudget.plan.live import quick_plan
from placebudget.plan.repairs import in_words
from placebudget.programme import Programme, build, read_pooling
from placebudget.solver import RunLimits, solve
from placebudget.solver.stages import giving_way
from proof import ALL
from small import rule, small, spent, units

POOLINGS = ("siloed", "aligned", "pooled", "freed")


def town(*rules: dict[str, Any], amount: Any = (10, 9), free: bool = False, **more: Any) -> Place:
    """Care, worth £2 a pound, has £6 million of £10 million today, and parks £4 million.

    Nothing is known of what parks bring about. The council has £9 million in the second year.
    """
    place = small(
        {"council": {"amount": list(amount), "now": 10}},
        {
            "care": {"value": 2, "people": 20_000, "today": {"council": 6}},
            "parks": {"people": 20_000, "today": {"council": 4}},
        },
        years=2,
        settings={"today_year": "2026-27", "without_effects": "free" if free else "keep"},
        rules=list(rules),
        **more,
    )
    return place.with_(effects=place.effects[place.effects["service"] == "care"])


def test_the_lock_that_nobody_asked_for_is_never_among_what_clashes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """£8 million for care and £3.6 million for parks are not there in a year of £9 million.

    Where rounding leaves the lock too little room to give way it is given more, and where a
    solver names it all the same, it has words.
    """
    place = town(rule("floor", "service=care", 8e6))
    real = giving_way.least_given

    def too_little(programme: Programme, limits: RunLimits) -> dict[int, float]:
        return {n: v - 5e-7 for n, v in (real(programme, limits) or {}).items()}

    monkeypatch.setattr(giving_way, "least_given", too_little)
    assert parks(best(place)) == pytest.approx([2.0, 1.0], abs=1e-5)
    programme = build(place, read_pooling(place, "aligned"))
    with pytest.raises(Infeasible) as found:
        solve(programme)
    told = in_words(programme, found.value, RunLimits())
    assert "services without a known effect as they are today" in str(told)


def best(place: Place, pooling: str = "aligned", **options: Any) -> pb.Plan:
    return pb.optimise(place, prices=False, pooling=pooling, **options)


def parks(plan: pb.Plan) -> list[float]:
    by_year = spent(plan, "service", "year")
    return [by_year.get(("parks", year), 0.0) for year in ("2027-28", "2028-29")]


@pytest.mark.parametrize("pooling", POOLINGS)
def test_a_service_without_effects_has_today_s_money_carried_on(pooling: str) -> None:
    """£4 million, and nine tenths of it once the council has nine tenths."""
    assert parks(best(town(), pooling)) == [4.0, 3.6]


@pytest.mark.parametrize("pooling", POOLINGS)
def test_where_the_setting_frees_it_the_money_goes_where_it_is_worth_something(
    pooling: str,
) -> None:
    assert parks(best(town(free=True), pooling)) == [0.0, 0.0]


ASKED = [
    # £8 million for care leaves £2 million of £10 million, and £1 million of £9 million.
    (rule("floor", "service=care", 8e6), [2.0, 1.0]),
    (rule("floor", "service=parks", 5e6), [5.0, 5.0]),
    (rule("cap", "service=parks", 3e6), [3.0, 3.0]),
    # A rule that lets it stay lets it be.
    (rule("floor", "service=parks", 1e6), [4.0, 3.6]),
    (rule("pace", "service=parks", 50), [4.0, 3.6]),
    # At most 5 % less than the year before, which is £4 million to begin with.
    (rule("pace", "service=parks", 5), [4.0, 3.8]),
    (rule("units_floor", "service=parks", 4_500), [4.5, 4.5]),
    (rule("share_cap", "service=parks", 20), [2.0, 1.8]),
]


@pytest.mark.parametrize(
    ("asked", "left", "pooling"),
    # In turn, so that each rule and each pooling is met; where all is proved, each with each.
    [
        (*asked, pooling)
        for number, asked in enumerate(ASKED)
        for pooling in (POOLINGS if ALL else (POOLINGS[number % len(POOLINGS)],))
    ],
)
def test_a_rule_that_asks_for_more_or_less_comes_first(
    asked: dict[str, Any], left: list[float], pooling: str
) -> None:
    plan = best(town(asked), pooling)
    assert parks(plan) == pytest.approx(left, abs=2e-6)


def test_a_lock_of_the_place_stands_in_its_stead() -> None:
    """A quarter may go: £3 million, and £2.7 million."""
    place = town(rule("lock", "service=parks", 25))
    assert kept_services(place) == ()
    assert parks(best(place)) == [3.0, 2.7]


def test_a_floor_at_its_money_today_stands_in_its_stead_and_another_does_not() -> None:
    """Of what a floor keeps as it is nobody is to look for what it brings about."""
    whole, less, more = (town(rule("floor", "service=parks", each)) for each in (4e6, 3e6, 5e6))
    assert kept_services(whole) == ()
    assert kept_services(less) == kept_services(more) == ("parks",)
    assert "no effect known" not in set(pb.to_do(whole).table["state"])
    assert "no effect known" in set(pb.to_do(less).table["state"])


def test_a_service_led_by_need_is_not_kept() -> None:
    place = town()
    led = place.services.assign(led_by=[None, "need"])
    assert kept_services(place.with_(services=led)) == ()


def test_effects_that_come_to_nothing_are_known() -> None:
    place = town()
    effects = pd.concat(
        [place.effects, pd.DataFrame([{"service": "parks", "outcome": "care_good", "impact": 0}])]
    )
    assert kept_services(place) == ("parks",)
    assert parks(best(place.with_(effects=effects))) == [0.0, 0.0]


def test_what_need_does_not_take_stays_with_the_council() -> None:
    """1,000 people: parks can take £1 million, and care has the rest."""
    place = town()
    needs = place.needs.assign(people=[20_000, 1_000])
    plan = best(place.with_(needs=needs))
    assert parks(plan) == pytest.approx([1.0, 1.0], abs=2e-6)
    assert units(plan)["care"] == pytest.approx(17_000, abs=0.01)


@pytest.mark.parametrize("pooling", POOLINGS)
def test_what_a_pool_pays_today_is_kept_with_the_pool_closed_too(pooling: str) -> None:
    place = small(
        {"council": {"amount": 1}, "health": {"amount": 1}},
        {"care": {"value": 2, "commissioner": "council"}, "parks": {"commissioner": "council"}},
        pools={"fund": {"streams": {"health": {"maximum": 500_000}}}},
        today=[{"service": "parks", "stream": "health", "pool": "fund", "amount": 400_000}],
    )
    place = place.with_(effects=place.effects[place.effects["service"] == "care"])
    assert spent(best(place, pooling))["parks"] == 0.4


def test_what_cannot_be_kept_is_never_what_clashes() -> None:
    too_much = rule("floor", "service=care", 11e6)
    with pytest.raises(pb.Infeasible) as kept:
        best(town(too_much))
    with pytest.raises(pb.Infeasible) as free:
        best(town(too_much, free=True))
    assert str(kept.value) == str(free.value)
    assert "parks" not in str(kept.value)


def test_a_plan_lists_what_it_keeps_and_what_it_could_not() -> None:
    assert (
        "kept as today, as no effect of theirs is counted: parks (£7.6 million)"
        in best(town()).summary()
    )
    plan = best(town(rule("floor", "service=care", 8e6)))
    assert plan.run["gave_way"] == [
        [
            "parks",
            "place",
            ["2027-28", pytest.approx(-2e6, abs=0.02)],
            ["2028-29", pytest.approx(-2.6e6, abs=0.02)],
        ]
    ]
    assert "parks in place, 2027-28, £2 million less" in plan.summary()
    assert "kept as today" not in plan.summary(), "what gave way was not kept"
    assert "kept as today" not in best(town(free=True)).summary()
    assert "kept as today" not in pb.simulate(town()).summary()


def test_of_two_services_of_a_name_the_one_kept_is_told_apart_from_the_one_cut() -> None:
    """The town keeps its parks; the county needs £8 million of £10 million for care."""
    place = small(
        {"county": {"amount": 10}, "town": {"amount": 1}},
        {
            "care": {"value": 2, "people": 20_000, "today": {"county": 7}},
            "parks_county": {"name": "parks", "people": None, "today": {"county": 3}},
            "parks_town": {
                "name": "parks", "commissioner": "town", "people": None, "today": {"town": 1}
            },
        },
        rules=[rule("floor", "service=care", 8e6)],
    )  # fmt: skip
    place = place.with_(effects=place.effects[place.effects["service"] == "care"])
    said = best(place).summary()
    assert "no effect of theirs is counted: parks (town) (£1 million)" in said
    assert "parks (county) in place, 2027-28, £1 million less" in said


def test_what_the_same_money_pays_for_gives_way_by_the_same_share() -> None:
    """£8 million for care leaves £2 million of the £10 million for £3 million and £1 million."""
    place = small(
        {"council": {"amount": 10, "now": 10}},
        {
            "care": {"value": 2, "people": 20_000, "today": {"council": 6}},
            "parks": {"people": 20_000, "today": {"council": 3}},
            "libraries": {"people": 20_000, "today": {"council": 1}},
        },
        settings={"today_year": "2026-27"},
        rules=[rule("floor", "service=care", 8e6)],
    )
    place = place.with_(effects=place.effects[place.effects["service"] == "care"])
    by_service = spent(best(place), "service")
    assert by_service["parks"] == pytest.approx(1.5, abs=1e-6)
    assert by_service["libraries"] == pytest.approx(0.5, abs=1e-6)


def test_what_other_money_may_pay_for_too_gives_way_by_no_larger_a_share() -> None:
    """Care needs £0.9 million more; £0.2 million of parks can go, and the rest goes by one share.

    Of libraries and nursing, £1 million each, that is £0.35 million; a grant pays for nursing.
    """
    place = small(
        {
            "council": {"amount": 8, "now": 8},
            "grant": {"amount": 1, "now": 1, "agency": "council", "fence": ["nursing", "care"]},
        },
        {
            "care": {"value": 2, "people": 20_000, "today": {"council": 4}},
            "parks": {"people": 20_000, "today": {"council": 3}},
            "libraries": {"people": 20_000, "today": {"council": 1}},
            "nursing": {"people": 20_000, "today": {"grant": 1}},
        },
        settings={"today_year": "2026-27"},
        rules=[
            rule("floor", "service=care", 4.9e6),
            {**rule("floor", "service=parks", 2.8e6), "rule": "least"},
        ],
    )
    place = place.with_(effects=place.effects[place.effects["service"] == "care"])
    left = spent(best(place), "service")
    assert left == pytest.approx(
        {"care": 4.9, "parks": 2.8, "libraries": 0.65, "nursing": 0.65}, abs=1e-5
    )


@pytest.mark.parametrize("pooling", POOLINGS)
def test_services_without_effects_pay_for_need_and_for_no_gain(pooling: str) -> None:
    """£1 million more of care takes £0.2 million of parks, and £0.8 million of libraries.

    The NHS could spare it by visits, at £1.5 million of its clinics: more than need asks for.
    """
    place = small(
        {"council": {"amount": 8, "now": 8}, "nhs": {"amount": 10, "now": 10}},
        {
            "care": {"people": 5_000, "led_by": "need", "value": 0, "today": {"council": 4}},
            "parks": {"people": 20_000, "today": {"council": 3}},
            "libraries": {"people": 20_000, "today": {"council": 1}},
            "visits": {"commissioner": "nhs", "cost": 1_500, "value": 0},
            "clinics": {"commissioner": "nhs", "people": 20_000, "today": {"nhs": 10}},
        },
        settings={"today_year": "2026-27"},
        rules=[rule("floor", "service=parks", 2.8e6)],
        at_risk=[{"outcome": "visits_good", "most": 5_000}],
        avoids=[{"outcome": "visits_good", "service": "care", "units": 1}],
    )
    place = place.with_(effects=place.effects[place.effects["service"].isin(["care", "visits"])])
    left = spent(best(place, pooling), "service")
    assert left == pytest.approx(
        {"care": 5.0, "parks": 2.8, "libraries": 0.2, "clinics": 10.0}, abs=1e-5
    )


def test_some_of_what_the_same_money_pays_for_may_have_more_and_others_less() -> None:
    """A floor takes parks from £3 million to £4 million, a cap halves £1 million of libraries."""
    place = small(
        {"council": {"amount": 10, "now": 10}},
        {
            "care": {"value": 2, "people": 20_000, "today": {"council": 6}},
            "parks": {"people": 20_000, "today": {"council": 3}},
            "libraries": {"people": 20_000, "today": {"council": 1}},
        },
        settings={"today_year": "2026-27"},
        rules=[
            {**rule("floor", "service=parks", 4e6), "rule": "more"},
            {**rule("cap", "service=libraries", 0.5e6), "rule": "less"},
        ],
    )
    place = place.with_(effects=place.effects[place.effects["service"] == "care"])
    plan = best(place)
    by_service = spent(plan, "service")
    assert by_service["parks"] == pytest.approx(4.0, abs=1e-6)
    assert by_service["libraries"] == pytest.approx(0.5, abs=1e-6)
    assert "parks in place, 2027-28, £1 million more" in plan.summary()
    assert "libraries in place, 2027-28, £500,000 less" in plan.summary()
    assert plan.explain("parks").sentences


def test_a_plan_is_found_where_rounding_leaves_none_open() -> None:
    """So many services give way here that what is narrowed stage by stage meets in a point."""
    place = pb.example("northvale")
    of_the_nhs = place.streams.loc[place.streams["agency"] == "nhs", "stream"]
    paid_in = place.contributions[~place.contributions["stream"].isin(of_the_nhs)]
    apart = place.with_(contributions=paid_in)
    plan = pb.optimise(apart, pooling="pooled", prices=False)
    assert plan.run["gave_way"]


def test_many_that_gave_way_are_summed_up_by_year() -> None:
    plan = best(town(rule("floor", "service=care", 8e6)))
    ways = [[f"parks_{n}", "place", ["2027-28", -1e6]] for n in range(9)]
    told = replace(plan, run={**plan.run, "gave_way": ways})
    assert "2027-28 £9 million less than today" in told.summary()


def test_a_page_of_a_plan_lists_what_it_keeps(tmp_path: Path) -> None:
    page = best(town()).to_html(tmp_path / "plan.html").read_text("utf-8")
    assert "Kept as today, as no effect of theirs is counted: parks" in page


def test_why_this_much_says_that_it_is_kept() -> None:
    said = " ".join(best(town()).explain("parks").sentences)
    assert "services without a known effect keep today’s money" in said


def test_a_plan_that_gave_way_is_explained_priced_and_read_back(tmp_path: Path) -> None:
    """Beyond £8 million for care no rule asks for, £1 million from parks makes £2 million."""
    plan = pb.optimise(town(rule("floor", "service=care", 8e6)), pooling="aligned")
    lock = plan.prices().query("name == 'without_effects'")
    assert list(lock["relaxing"]) == pytest.approx([2e6, 2e6 / 1.035], rel=1e-6)
    assert "what protects parks from more cuts than need requires" in lock["sentence"].iloc[0]
    assert plan.explain("parks").sentences
    assert pb.read_plan(plan.to_json(tmp_path / "best.plan.json")) == plan


def test_a_live_session_keeps_it_gives_way_and_keeps_it_again() -> None:
    """A floor under care of £8 million of £10 million, lowered to £6 million and raised again."""
    place = town(rule("floor", "service=care", 6e6), amount=(10, 10))
    live = pb.session(place, pooling="aligned")
    kept = 2 * 6e6 * (1 + 1 / 1.035)
    assert live.value() == pytest.approx(kept)
    live.set_limit("floor", 8e6)
    assert live.value() == pytest.approx(kept * 8 / 6)
    plan = quick_plan(
        live, live.values(), town(rule("floor", "service=care", 8e6), amount=(10, 10))
    )
    assert parks(plan) == pytest.approx([2.0, 2.0], abs=2e-6)
    live.set_limit("floor", 5e6)
    assert live.value() == pytest.approx(kept)
    live.scale_funding(0.5)
    # The floor takes all of the £5 million.
    assert live.value() == pytest.approx(kept * 5 / 6)


def test_changed_budgets_give_way_by_what_must_with_the_money_there_is() -> None:
    """A floor under care of £8 million: parks keep 2 of £10 million, 3 of 11, 1 of 9, 0 of 5."""
    place = town(rule("floor", "service=care", 8e6), amount=(10, 10))
    # With half the money care has all of it, and its floor is £5 million.
    low = town(rule("floor", "service=care", 5e6), amount=(10, 10))
    worth = 2e6 * (1 + 1 / 1.035)
    found = pb.scenarios(place, [1.0, 1.1, 0.9, 1.1, 1.2], pooling="aligned").table
    # £12 million hold the £4.8 million of parks only with £7.2 million for care.
    assert found["value"].tolist() == pytest.approx([8 * worth] * 5)
    found = pb.scenarios(low, [0.5, 1.0], pooling="aligned").table
    assert found["value"].tolist() == pytest.approx([5 * worth, 6 * worth])


def test_money_given_to_a_simulation_is_held_against_it() -> None:
    given = pd.DataFrame(
        [{"service": "care", "stream": "council", "year": "2027-28", "amount": 9e6}]
    )
    said = " ".join(pb.simulate(town(), money=given).run["rules_not_kept"])
    assert "the rule “services without a known effect as they are today” needs" in said
    assert "00.00" not in said, "rounded as money is told elsewhere"
    assert pb.simulate(town()).run["rules_not_kept"] == []


def test_the_setting_is_read_written_and_refused(tmp_path: Path) -> None:
    place = town(free=True)
    for name in ("folder", "place.xlsx", "place.zip"):
        assert pb.read(place.write(tmp_path / name)).settings.without_effects == "free"
    assert place.digest != town().digest
    odd = Place(replace(place.settings, without_effects="freed"), place.tables)
    assert [(f.code, f.column) for f in odd.check().errors] == [
        ("bad-without-effects", "without_effects")
    ]


def test_a_service_with_effects_or_a_lock_of_its_own_is_not_kept_by_it() -> None:
    """Northvale's policing has a lock; of roads and libraries nothing is known."""
    assert kept_services(pb.example("toy_pooling")) == ()
    assert kept_services(pb.example("northvale")) == ("roads_and_libraries",)


def test_lancashire_keeps_what_is_left_of_each_service_line_and_what_no_study_speaks_for() -> None:
    kept = kept_services(pb.example("lancashire"))
    assert {"other_nhs", "culture", "reablement", "neighbourhood_policing"} <= set(kept)
    assert not {"home_care", "family_hubs", "emergency_care"} & set(kept)


def test_a_setting_that_says_neither_is_refused_and_not_taken_for_the_usual(tmp_path: Path) -> None:
    folder = pb.example("toy_pooling").write(tmp_path / "place")
    package = folder / "datapackage.json"
    document = json.loads(package.read_text("utf-8"))
    document["without_effects"] = False
    package.write_text(json.dumps(document), "utf-8")
    assert "bad-without-effects" in [each.code for each in pb.read(folder).check()]


def test_a_comparison_says_what_more_stays_with_services_whose_worth_nobody_knows() -> None:
    """A floor of £8 million under care leaves parks 2 of 10 in each of two years; without it 4."""
    floored = best(town(rule("floor", "service=care", 8e6), amount=(10, 10)))
    said = str(pb.compare(floored, best(town(amount=(10, 10)))).summary())
    assert (
        "services whose effects nobody has put in have £4 million more than in aligned. Public "
        "value counts nothing for it, and is lower by what that money did elsewhere." in said
    )
    same = str(pb.compare(floored, floored).summary())
    assert "nobody has put in" not in same
