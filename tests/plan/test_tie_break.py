"""Among equally good plans the one nearest to today, by squares.

Each place is made so that only one step can decide. A service is worth as much a
pound as another unless a test says otherwise.
"""

from __future__ import annotations

import pandas as pd
import pytest

import placebudget as pb
from placebudget.place import Place
from small import MILLION, Row, small, spent, units


def best(place: Place, **options: object) -> pb.Plan:
    return pb.optimise(place, prices=False, **{"pooling": "aligned", **options})


def choice(money: float, today: dict[str, float], **services: Row) -> Place:
    """Services that all take any amount, with today's money of the council on them."""
    rows = {
        name: {"people": 99_000, "today": {"council": today.get(name, 0)}, **row}
        for name, row in services.items()
    }
    return small({"council": {"amount": money}}, rows)


def test_the_stages_run_in_order() -> None:
    plan = best(choice(10, {"a": 4, "b": 6}, a={}, b={}))
    assert plan.run["stages"] == ["public value", "nearest to today"]


# --- 1: the least squares of changes by line and year, beside today's size --------------------


def test_what_is_as_good_as_today_stays_as_today() -> None:
    """£10 million, today 4 and 6: nothing moves."""
    assert spent(best(choice(10, {"a": 4, "b": 6}, a={}, b={}))) == {"a": 4.0, "b": 6.0}


def test_a_change_counts_by_its_square_beside_what_the_line_has_today() -> None:
    """At most 1,000 outcomes count. A makes one for £1,000, B a half. Today A £0.1m, B £1.5m: 850.

    The missing 150 are x on A and the rest, twice as dear, on B: x + y / 2 = 0.15. The least
    x^2 / 0.1 + y^2 / 1.5 has y = 1.5 / 0.1 x / 2 = 7.5 x, so 4.75 x = 0.15.
    """
    place = small(
        {"council": {"amount": 10}},
        {
            "a": {"people": 9_000, "today": {"council": 0.1}},
            "b": {"people": 9_000, "today": {"council": 1.5}, "effect": {"impact": 0.5}},
        },
        at_risk=[{"outcome": "a_good", "most": 1_000}],
    )
    place = place.with_(effects=place.effects.assign(outcome="a_good"))
    x = 0.15 / 4.75
    assert spent(best(place)) == pytest.approx({"a": 0.1 + x, "b": 1.5 + 7.5 * x}, abs=1e-6)


def test_changes_count_by_year_not_over_all_years() -> None:
    """Undiscounted and carried at will, the money could all be spent in one year: it is not."""
    place = small(
        {"council": {"amount": [5, 5], "carry_forward": 1.0}},
        {"a": {"people": 99_000, "today": {"council": 5}}},
        years=2,
        settings={"discount": 0},
    )
    assert spent(best(place), "year") == {"2027-28": 5.0, "2028-29": 5.0}


def test_changes_count_by_line_not_by_service() -> None:
    """Two areas as good as each other keep what they have today, 1 and 3."""
    areas = [{"area": "place"}, {"area": "n", "parent": "place"}, {"area": "s", "parent": "place"}]
    place = small(
        {"council": {"amount": 4}},
        {"a": {"people": None, "offer": [{"area": "n"}, {"area": "s"}]}},
        areas=areas,
        today=[
            {"service": "a", "area": area, "stream": "council", "amount": million * MILLION}
            for area, million in (("n", 1), ("s", 3))
        ],
    )
    assert spent(best(place), "area") == {"n": 1.0, "s": 3.0}


def test_what_is_added_is_spread_in_proportion_to_today() -> None:
    """Today 2 and 6, £10 million: 2 more, however shared. A quarter more on each: 2.5 and 7.5."""
    assert spent(best(choice(10, {"a": 2, "b": 6}, a={}, b={}))) == {"a": 2.5, "b": 7.5}


def test_what_is_taken_away_is_spread_in_proportion_to_today() -> None:
    """C at £2 a pound takes 4 of the 10, so 2 must go from 2 and 6: a quarter of each."""
    place = choice(10, {"a": 2, "b": 6}, a={}, b={}, c={"value": 2, "people": 4_000})
    assert spent(best(place)) == pytest.approx({"a": 1.5, "b": 4.5, "c": 4.0})


@pytest.mark.parametrize("today", [0, 1e-15, 1e-10, 1e-8])
def test_what_has_next_to_nothing_today_is_not_swamped(today: float) -> None:
    """£13 million for A (today £2 million, at most £4 million) and B (less than a pound).

    B counts as a hundredth of the mean line: 0.01 (2 + 0) / 2 = 0.01. A takes all it can
    before B has two hundred times as much as that.
    """
    place = choice(13, {"a": 2, "b": today}, a={"people": 4_000}, b={})
    assert spent(best(place)) == pytest.approx({"a": 4.0, "b": 9.0})


def test_each_year_has_its_own_change() -> None:
    """Today 2 and 6 a year; £8 million, then £12 million carried on as 3 and 9 a year.

    C takes 4 of the 12 in the second year only: a third of each there, none in the first.
    """
    place = small(
        {"council": {"amount": [8, 12]}},
        {
            "a": {"people": 99_000, "today": {"council": 2}},
            "b": {"people": 99_000, "today": {"council": 6}},
            "c": {"value": 2},
        },
        years=2,
        needs=[
            *({"service": name, "people": 99_000} for name in "ab"),
            {"service": "c", "people": 0, "year": "2027-28"},
            {"service": "c", "people": 4_000, "year": "2028-29"},
        ],
    )
    assert spent(best(place), "service", "year") == pytest.approx(
        {
            ("a", "2027-28"): 2.0,
            ("b", "2027-28"): 6.0,
            ("a", "2028-29"): 2.0,
            ("b", "2028-29"): 6.0,
            ("c", "2028-29"): 4.0,
        }
    )


# --- 2: who pays ------------------------------------------------------------


def test_classes_pay_in_proportion_to_their_funding() -> None:
    """Local 8 and national 4 pay for 6 and 3: two thirds and one third of each."""
    place = small(
        {
            "local": {"agency": "council", "amount": 8},
            "national": {"agency": "council", "amount": 4, "raised": "national"},
        },
        {"a": {"people": 6_000}, "b": {"people": 3_000}},
    )
    assert spent(best(place), "service", "stream") == pytest.approx(
        {("a", "local"): 4, ("a", "national"): 2, ("b", "local"): 2, ("b", "national"): 1}
    )


def test_a_class_that_cannot_pay_for_a_line_has_no_share_in_it() -> None:
    """Fenced to A, the grant of 6 shares A (6) with the local 6 by halves; B (3) is all local.

    A: 3 and 3; B: local 3. That uses local 6 and grant 3.
    """
    place = small(
        {
            "local": {"agency": "council", "amount": 6},
            "grant": {"agency": "council", "amount": 6, "raised": "national", "fence": ["a"]},
        },
        {"a": {"people": 6_000}, "b": {"people": 3_000}},
    )
    assert spent(best(place), "service", "stream") == pytest.approx(
        {("a", "local"): 3, ("a", "grant"): 3, ("b", "local"): 3}
    )


def test_where_proportion_is_out_of_reach_the_nearest_split_is_taken() -> None:
    """B takes 5 of the local 6, so at most 1 is left for A, whose fair half would be 3."""
    place = small(
        {
            "local": {"agency": "council", "amount": 6},
            "grant": {"agency": "council", "amount": 6, "raised": "national", "fence": ["a"]},
        },
        {"a": {"people": 6_000}, "b": {"people": 5_000}},
    )
    assert spent(best(place), "service", "stream") == pytest.approx(
        {("a", "local"): 1, ("a", "grant"): 5, ("b", "local"): 5}
    )


# --- 3: what all else leaves open -------------------------------------------------------------


@pytest.mark.parametrize("names", [("x", "y"), ("y", "x"), ("home", "school"), ("p", "a")])
def test_what_is_alike_has_alike_whatever_its_name(names: tuple[str, str]) -> None:
    """Two services alike, neither bought today, money for one: half each."""
    place = choice(1, {}, **{name: {"people": 1_000} for name in names})
    assert spent(best(place)) == dict.fromkeys(names, 0.5)


def test_equal_offers_share_what_a_line_buys() -> None:
    offers = [{"offer": "north", "unit_cost": 1_000}, {"offer": "a_south", "unit_cost": 1_000}]
    place = small({"council": {"amount": 4}}, {"a": {"people": 9_000, "offer": offers}})
    assert units(best(place)) == pytest.approx({"north": 2_000, "a_south": 2_000})


def test_no_money_goes_through_a_pool_without_need() -> None:
    """The council could pay for its own service through the fund; it pays directly."""
    place = small(
        {"council": {"amount": 4}},
        {"a": {"people": 9_000}},
        pools={"fund": {"streams": {"council": {}}}},
    )
    plan = best(place, pooling="pooled")
    assert spent(plan) == {"a": 4.0}
    assert plan.tables["contributions"]["gross"].sum() == 0


def test_no_money_is_carried_without_need() -> None:
    """Undiscounted, this year's money is as good next year; it is spent in its own."""
    place = small(
        {"council": {"amount": [5, 5], "carry_forward": 1.0}},
        {"a": {"people": 99_000}},
        years=2,
        settings={"discount": 0},
    )
    assert spent(best(place), "year") == {"2027-28": 5.0, "2028-29": 5.0}


# --- decisions ----------------------------------------------------------------------------------


def test_equal_decisions_on_offers_go_to_what_is_nearest_to_today() -> None:
    """Two offers with the same set-up: the one of the service that has money today is started."""
    for today in ("a", "b"):
        services: dict[str, Row] = {
            name: {"people": None, "offer": [{"set_up_cost": 100_000, "capacity": 900}, {}]}
            for name in "ab"
        }
        place = small({"council": {"amount": 1}}, services)
        offers = place.offers.assign(
            capacity=[900.0, 0.0, 900.0, 0.0], smallest_lot=[900.0, 0.0, 900.0, 0.0]
        )
        now = [{"service": today, "stream": "council", "amount": MILLION, "offer": f"{today}_2"}]
        place = place.with_(offers=offers, today=pd.DataFrame(now))
        assert units(best(place)) == {f"{today}_1": 900}
