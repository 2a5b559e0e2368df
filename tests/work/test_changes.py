"""Changes of a place: an option, whoever makes them and in whatever order."""

from __future__ import annotations

from pathlib import Path

import pytest

import placebudget as pb
from placebudget.apps.controls import read_choices
from placebudget.errors import InvalidOption
from placebudget.plan.clash import Repair
from placebudget.work import Changes, Undo
from placebudget.work.said import sentences
from shared_place import shared
from small import MILLION

YEAR = "2028-29"


def all_kinds() -> Changes:
    place = shared()
    return (
        Changes()
        .switched("pool:joint", False)
        .with_amount(place, "promise", 4 * MILLION)
        .switched("fence:grant", False)
        .with_amount(place, "duty", 4 * MILLION)
        .with_funding(place, "tax", YEAR, 8 * MILLION)
    )


def test_changes_are_an_option_and_are_read_back_from_it() -> None:
    option = all_kinds().option("less", shared())
    assert Changes.read(option) == all_kinds()
    assert shared().with_option(option) == all_kinds().apply(shared())


def test_the_order_in_which_things_are_changed_makes_no_other_option() -> None:
    place = shared()
    one = Changes().switched("pool:joint", False).switched("fence:grant", False)
    other = Changes().switched("fence:grant", False).switched("pool:joint", False)
    assert one.option("less", place) == other.option("less", place)


def test_what_is_put_back_is_no_change() -> None:
    place = shared()
    changes = all_kinds().with_amount(place, "duty", 3 * MILLION)
    changes = changes.with_amount(place, "promise", 5 * MILLION)
    changes = changes.with_funding(place, "tax", YEAR, 10 * MILLION)
    assert changes.switched("pool:joint", True).switched("fence:grant", True) == Changes()


def test_a_duty_in_law_stays_and_what_is_asked_beyond_it_is_a_rule_of_its_own() -> None:
    changes = Changes().with_amount(shared(), "duty", 4 * MILLION)
    rules = changes.apply(shared()).rules.set_index("rule")
    assert rules.loc["duty", "amount"] == 3 * MILLION
    assert rules.loc["duty_wish", "amount"] == 4 * MILLION
    assert rules.loc["duty_wish", "basis"] == "policy"
    assert changes.held(shared(), "duty") == (4 * MILLION, 4 * MILLION)


def test_a_duty_in_law_holds_whatever_is_asked_beside_it() -> None:
    for asked, holds in ((4 * MILLION, 4 * MILLION), (2 * MILLION, 3 * MILLION)):
        changes = Changes().with_amount(shared(), "duty", asked)
        assert changes.strictest(shared(), "duty") == holds
    assert Changes().with_amount(shared(), "promise", 2.0).strictest(shared(), "promise") == 2.0


def test_what_is_asked_of_a_rule_goes_with_the_rule() -> None:
    changes = Changes().with_amount(shared(), "duty", 4 * MILLION)
    rules = shared().rules
    assert changes.within(shared()) == changes
    assert changes.within(shared().with_(rules=rules[rules["rule"] != "duty"])) == Changes()


def test_a_pool_that_is_closed_is_open_to_nobody_and_is_opened_again_as_the_place_has_it() -> None:
    changes = Changes().switched("agency:nhs", False).switched("pool:joint", False)
    assert changes.controls == ("agency:nhs", "pool:joint")
    assert changes.open_pools(shared()) == set()
    assert changes.switched("pool:joint", True).controls == ("agency:nhs",)
    closed = pb.Option("closed").close_pool("joint")
    place = shared().with_option(closed)
    assert Changes().open_pools(place) == set()
    opened = Changes().switched("pool:joint", True, was=False)
    assert opened.open_pools(place) == {"joint"}
    assert sentences(opened, place) == ["The pool joint is opened."]
    assert opened.switched("pool:joint", False, was=False) == Changes()
    # A board of the place as it is then leaves it closed, or opens it, and closes nothing twice.
    assert read_choices(place, {"closed": ["joint"]}, Changes()) == Changes()
    assert read_choices(place, {}, Changes()) == Changes()
    assert read_choices(place, {"closed": []}, Changes()) == opened


def test_a_box_that_nobody_touched_does_not_open_what_the_chosen_option_closes(
    tmp_path: Path,
) -> None:
    shared().write(tmp_path / "place")
    pb.Option("shut").close_pool("joint").save(tmp_path / "place")
    papers = pb.read(tmp_path / "place")
    chosen = read_choices(papers, {"option": "shut", "closed": []}, Changes())
    assert chosen.controls == ()
    assert chosen.open_pools(chosen.base(papers)) == set()
    # As the boxes show it then it stays; touched, the pool is open; and the papers have it so.
    sent = {"option": "shut", "closed": ["joint"]}
    assert read_choices(papers, sent, chosen) == chosen
    opened = read_choices(papers, {"option": "shut", "closed": []}, chosen)
    assert opened.open_pools(opened.base(papers)) == {"joint"}
    assert read_choices(papers, {"option": "", "closed": ["joint"]}, chosen) == Changes()


def test_an_option_that_ends_contributions_is_no_switch() -> None:
    option = pb.Option("apart").leave_pool("joint")
    changes = Changes.read(option)
    assert (changes.start, changes.controls) == (option, ())
    assert changes.open_pools(changes.base(shared())) == {"joint"}
    assert len(changes.apply(shared()).contributions) == 0
    left = Changes(option).switched("agency:nhs", False)
    assert left.apply(shared()) == shared().with_option(option)


def test_a_way_out_of_some_years_leaves_the_others_and_the_law() -> None:
    changes = Changes().with_amount(shared(), "duty", 25 * MILLION)
    way = Repair("less", 1.0, rules=(("duty_wish", YEAR, 9 * MILLION),))
    taken = changes.with_repair(shared(), way)
    assert taken.held(shared(), "duty") == (9 * MILLION, 25 * MILLION)
    again = Repair("less", 1.0, rules=(("duty_wish_2027_28", "2027-28", 8 * MILLION),))
    assert taken.with_repair(shared(), again).held(shared(), "duty") == (8 * MILLION, 9 * MILLION)
    assert Changes.read(taken.option("less", shared())) == taken


def test_a_way_out_finds_money_on_top_of_what_was_changed() -> None:
    changes = Changes().with_funding(shared(), "tax", YEAR, 8 * MILLION)
    way = Repair("find £1 million", 1.0, funding=(("tax", YEAR, MILLION),))
    assert changes.with_repair(shared(), way).funding(shared(), "tax", YEAR) == 9 * MILLION


def test_a_way_out_that_changes_what_is_not_there_is_refused() -> None:
    way = Repair("less", 1.0, rules=(("no_such", "", 1.0),))
    with pytest.raises(InvalidOption, match="does not have: no_such"):
        Changes().with_repair(shared(), way)


def test_what_no_control_is_for_is_made_first() -> None:
    option = pb.Option("dear").scale("offers", 2.0, "unit_cost").end_ring_fence("grant")
    changes = Changes.read(option)
    assert changes.controls == ("fence:grant",)
    assert changes.start is not None
    assert changes.apply(shared()) == shared().with_option(option)


def test_each_change_is_told() -> None:
    assert sentences(all_kinds(), shared()) == [
        "Council tax brings £8 million in 2028-29, as it stands £10 million.",
        "Clinics: at least £4 million, as it stands £3 million.",
        "Homes in 2027-28: at least £4 million, as it stands £5 million.",
        "The ring-fence of grant is ended.",
        "The pool joint is closed: it goes on with what it pays today.",
    ]


def test_a_closed_pool_that_goes_on_with_more_than_it_may_take_open_says_that_it_may_gain() -> None:
    """£10.5 million today, 4 % more in each of five years, and 1.5 % of it for management."""
    closed = Changes().switched("pool:better_care", False)
    (said,) = sentences(closed, pb.example("northvale"))
    assert "That comes to £13 million of NHS allocation in 2030-31, where £11.5 million" in said


def test_a_new_step_ends_what_could_be_gone_forth_to() -> None:
    history = Undo(0).then(1).then(2).undone()
    assert (history.now, history.redone().now) == (1, 2)
    assert history.then(3).redone().now == 3
    assert history.then(1) == history
