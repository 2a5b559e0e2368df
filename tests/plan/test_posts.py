"""The posts there are and the people that offers need, worked by hand and told everywhere."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd
import pytest

import placebudget as pb
import planned as of_examples
from evidence import evidence_of
from placebudget.place import Place
from placebudget.plan.drawing import plan_drawing
from placebudget.programme.rules import read_rules
from placebudget.programme.rules.levels import POSTS
from placebudget.programme.rules.rule import slack_cost
from small import rule, small, spent


def planned(place: Place, **options: Any) -> pb.Plan:
    return pb.optimise(place, **{"pooling": "aligned", "prices": False, **options})


def staffed(absence: float, premium: float, vacant: float = 0.0) -> Place:
    """220,000 days of visits have to be made; 1,000 posts of 225 days less absence make them.

    At £200 a day, or by an agency at a premium. What is left buys something worth what it costs.
    """
    offers = [{"offer": "own"}, {"offer": "agency", "unit_cost": 200 + premium}]
    visits = {"people": 220_000, "led_by": "need", "cost": 200, "offer": offers}
    post = {"role": "nurses", "days": 225.0, "absence_days": absence, "hours": 8.0}
    return small(
        {"tax": {"agency": "council", "amount": 80}},
        {"visits": visits, "other": {"people": 1_000_000}},
        settings={"discount": 0.0},
        rules=[rule("posts_cap", "role=nurses", 1_000)],
        posts=[{**post, "vacant": vacant}],
        staffing=[{"offer": "own", "role": "nurses", "hours": 8.0}],
    )


def by_agency(plan: pb.Plan) -> float:
    units = plan.tables["units"].set_index("offer")["units"]
    return float(units.get("agency", 0.0))


@pytest.mark.parametrize(("premium", "saved"), [(80.0, 144_000.0), (0.0, 0.0)])
def test_fewer_days_of_absence_are_capacity_and_cash_only_where_cover_was_bought(
    premium: float, saved: float
) -> None:
    """From 8.8 to 7.0 days a post, 1,000 posts work 1,800 days more: 8.0 posts of 225 days.

    At a premium of £80 a day that is £144,000; at none nothing.
    """
    before, after = (planned(staffed(days, premium)) for days in (8.8, 7.0))
    if premium:
        assert by_agency(before) == pytest.approx(220_000 - 216_200)
        assert by_agency(before) - by_agency(after) == pytest.approx(1_800)
        assert (by_agency(before) - by_agency(after)) / 225 == pytest.approx(8.0)
    other = [spent(plan)["other"] for plan in (before, after)]
    assert 1e6 * (other[1] - other[0]) == pytest.approx(saved, abs=1.0)


def test_posts_that_nobody_fills_work_nothing() -> None:
    """A tenth of 1,000 posts: 194,580 days are left, and the agency makes 25,420."""
    assert by_agency(planned(staffed(8.8, 80.0, vacant=0.1))) == pytest.approx(25_420)


@cache
def two_agencies(*rules: tuple[str, float], years: int = 1) -> Place:
    """Nurses visit for the council and for the NHS, a hundred visits a post, worth £2 a pound.

    600 visits are needed of the council and 1,400 of the NHS, at £1,000.
    """
    streams = {name: {"amount": 2} for name in ("council", "nhs")}
    services = {
        name: {"commissioner": name.split("_")[0], "people": people, "value": value}
        for name, people, value in (
            ("council_visits", 600, 2), ("nhs_visits", 1_400, 2),
            ("council_other", 10_000, 1), ("nhs_other", 10_000, 1),
        )
    }  # fmt: skip
    rows = [
        rule("posts_cap", subject, amount) | {"rule": f"posts_{n}"}
        for n, (subject, amount) in enumerate(rules)
    ]
    return small(
        streams, services, rules=rows, years=years, settings={"discount": 0.0},
        posts=[{"role": "nurses", "name": "district nurses", "days": 200.0, "hours": 8.0}],
        staffing=[
            {"offer": offer, "role": "nurses", "hours": 16.0}
            for offer in ("council_visits", "nhs_visits")
        ],
    )  # fmt: skip


APART = (("role=nurses; agency=council", 10.0), ("role=nurses; agency=nhs", 10.0))
JOINT = (("role=nurses", 20.0),)


def visits(plan: pb.Plan) -> dict[str, float]:
    units = plan.tables["units"].query("offer.str.endswith('visits')")
    return units.groupby("offer")["units"].sum().to_dict()


def test_joint_posts_go_where_they_are_needed() -> None:
    """10 posts each make 600 of the council's visits and 1,000 of the NHS's; 20 together all."""
    apart, joint = planned(two_agencies(*APART)), planned(two_agencies(*JOINT))
    assert visits(apart) == pytest.approx({"council_visits": 600, "nhs_visits": 1_000})
    assert visits(joint) == pytest.approx({"council_visits": 600, "nhs_visits": 1_400})
    assert joint.objective.value - apart.objective.value == pytest.approx(400_000)


def test_posts_are_by_year_as_rules_are() -> None:
    place = two_agencies(APART[1], years=2)
    place = place.with_(rules=place.rules.assign(year=place.years[1]))
    nhs = planned(place).tables["units"].query("offer == 'nhs_visits'").set_index("year")["units"]
    assert nhs.to_dict() == pytest.approx({"2027-28": 1_400, "2028-29": 1_000})


def test_one_more_post_has_a_price_and_the_posts_are_named_everywhere() -> None:
    """A post more makes 100 visits, worth £1,000 each more than what else the money buys."""
    place = two_agencies(*APART)
    plan = planned(place, prices=True)
    (price,) = (
        plan.tables["prices"].query("kind == 'posts_cap' and relaxing > 0").to_dict("records")
    )
    assert (price["name"], price["unit"]) == ("posts_1", "1 post")
    assert price["relaxing"] == pytest.approx(100_000)
    assert "in 2027-28 by 1 post " in price["sentence"]
    assert "that holds for the next 4 posts" in price["sentence"]
    words = "all services staffed by district nurses commissioned by nhs with at most 10 posts"
    assert words in price["sentence"]
    assert words in " ".join(plan.explain("nhs_visits", place=place).sentences)
    drawing = plan_drawing(plan)
    notes = {node["id"]: " ".join(node["notes"]) for node in drawing["nodes"]}
    assert words in notes["service:nhs_visits"]
    assert words not in notes["service:nhs_other"]


def test_a_plan_is_the_same_siloed_live_and_from_its_money_and_a_session_recruits() -> None:
    place = two_agencies(*APART)
    plan = planned(place)
    assert planned(place, pooling="siloed").objective.value == pytest.approx(plan.objective.value)
    live = pb.session(place, pooling="aligned")
    assert live.value() == pytest.approx(plan.objective.value)
    live.set_limit("posts_1", 12)
    assert live.value() == pytest.approx(plan.objective.value + 200_000)
    again = pb.simulate(place, plan.money(["stream", "service", "year"]))
    assert again.objective.value == pytest.approx(plan.objective.value)
    assert again.run["rules_not_kept"] == []


def test_a_plan_with_more_people_than_posts_is_found_out() -> None:
    basis, given = evidence_of(two_agencies(*JOINT), {"council_visits": 600, "nhs_visits": 1_500})
    (only,) = read_rules(basis)
    figures = type("Figures", (), {"basis": basis, "units": given.units})()
    (held,) = POSTS.compare(only, figures)
    assert (held.has, held.most, held.unit) == (pytest.approx(21.0), 20.0, "posts")
    assert slack_cost(basis, only) * basis.scale.money / basis.scale.units == pytest.approx(100_000)


def test_a_clash_names_the_posts_and_says_how_many_more_would_do() -> None:
    place = two_agencies(*APART)
    floor = rule("units_floor", "service=nhs_visits", 1_200)
    with pytest.raises(pb.Infeasible) as told:
        planned(place.with_(rules=pd.concat([place.rules, pd.DataFrame([floor])])))
    text = str(told.value)
    assert "staffed by district nurses commissioned by nhs with at most 10 posts" in text
    assert "12 posts" in text


@pytest.mark.parametrize(
    ("table", "column", "value", "code"),
    [
        ("posts", "absence_days", 200.0, "post-without-time"),
        ("posts", "vacant", 1.0, "post-without-time"),
        ("staffing", "offer", "council_other", "picks-nothing"),
        ("rules", "subject", "role=doctors", "unknown-value"),
        ("rules", "subject", "service=nhs_visits", "subject-incomplete"),
        ("rules", "kind", "units_cap", "subject-does-not-fit"),
    ],
)
def test_posts_that_cannot_be_meant_are_told(
    table: str, column: str, value: object, code: str
) -> None:
    place = two_agencies(*APART)
    frame = place.tables[table].astype({column: object})
    frame.loc[frame.index[-1], column] = value
    assert code in [found.code for found in place.with_(**{table: frame}).check().errors]


def test_people_that_are_needed_and_limited_by_no_posts_are_told() -> None:
    found = two_agencies().check()
    assert "role-without-posts" in [each.code for each in found.warnings]


def test_ten_advisers_in_northvale_limit_as_the_quit_dates_they_can_see() -> None:
    """150 people each: the rule on quit dates said otherwise; with one post vacant it is 1,350."""
    place = pb.example("northvale")
    mine = place.rules["rule"] == "quit_dates"
    rows = place.rules.assign(
        kind=place.rules["kind"].where(~mine, "posts_cap"),
        subject=place.rules["subject"].where(~mine, "role=advisers"),
        amount=place.rules["amount"].where(~mine, 10.0),
        unit=place.rules["unit"].where(~mine, "posts"),
    )
    post = {"role": "advisers", "days": 225.0, "hours": 8.0}
    needed = {"offer": "stop_smoking_all", "role": "advisers", "hours": 225 * 8 / 150}

    def value(vacant: float) -> float:
        with_posts = place.with_(
            rules=rows,
            posts=pd.DataFrame([{**post, "vacant": vacant}]),
            staffing=pd.DataFrame([needed]),
        )
        return pb.optimise(with_posts, prices=False).objective.value

    whole = of_examples.optimised("northvale").objective.value
    assert value(0.0) == pytest.approx(whole)
    assert value(0.1) < whole - 10_000
