"""What stands before a board: recalculate, undo, back to the papers, clashes."""

from __future__ import annotations

import threading
from typing import Any

import pandas as pd
import pytest

import placebudget as pb
from placebudget.apps import InvalidChoice, Meeting
from placebudget.apps.controls import controls
from placebudget.apps.screens import together
from placebudget.errors import InvalidOption
from placebudget.plan.clash import Repair
from placebudget.work import Changes
from placebudget.work.said import sentences
from places import tiny
from remembering import Remembering, kept, light_northvale

pytestmark = pytest.mark.xdist_group("kept")

MILLION = 1e6


def meeting(**tables: pd.DataFrame) -> Meeting:
    return Meeting(pb.example("toy_pooling").with_(**tables), engine=kept())


def at_northvale() -> Meeting:
    return Meeting(light_northvale(), engine=kept())


def promise(amount: float, basis: str = "policy") -> pd.DataFrame:
    rule = {"rule": "promise", "kind": "floor", "subject": "service=policing"}
    return pd.DataFrame([{**rule, "amount": amount, "basis": basis}])


def value(found: Meeting) -> float:
    assert found.answer is not None
    return round(found.answer.plans["pooled"].public_value() / MILLION, 3)


def test_without_a_choice_the_answer_is_that_of_the_papers() -> None:
    found = meeting()
    assert found.recalculate({})
    assert value(found) == round(pb.optimise(found.papers).public_value() / MILLION, 3)
    assert not found.can_undo


def test_ending_a_ring_fence_gains_what_it_costs() -> None:
    found = meeting()
    found.recalculate({})
    before = value(found)
    assert found.recalculate({"unfenced": ["nhs_money"]})
    assert (before, value(found)) == (300.0, 310.0)


def test_an_agency_that_pools_nothing_leaves_all_its_pools() -> None:
    found = at_northvale()
    assert found.recalculate({"alone": ["county"]})
    assert found.answer is not None
    paid = found.answer.plans["pooled"].tables["contributions"]
    assert "county_council_tax" not in set(paid["stream"])
    assert "nhs_core" in set(paid["stream"])


def test_a_raised_floor_is_kept_by_the_plan() -> None:
    found = meeting(rules=promise(5e6))
    assert found.recalculate({"amounts": {"promise": "8.5"}})
    assert found.answer is not None
    money = found.answer.plans["pooled"].money("service").set_index("service")["amount"]
    assert money["policing"] >= 8.5e6


def test_undo_goes_back_step_by_step_and_the_papers_can_be_undone_too() -> None:
    found = meeting()
    found.recalculate({})
    found.recalculate({"unfenced": ["nhs_money"]})
    found.back_to_papers()
    assert (found.changes, value(found)) == (Changes(), 300.0)
    found.undo()
    assert value(found) == 310.0
    found.undo()
    assert (found.changes, value(found), found.can_undo) == (Changes(), 300.0, False)
    found.undo()
    assert value(found) == 300.0
    for reached in (310.0, 300.0):
        assert found.can_redo
        found.redo()
        assert value(found) == reached
    assert not found.can_redo
    found.undo()
    found.recalculate({"unfenced": ["council_money"]})
    assert not found.can_redo


def test_the_papers_are_worked_out_where_that_was_cut_short() -> None:
    found = meeting()
    assert found.recalculate({"unfenced": ["nhs_money"]})
    assert value(found.back_to_papers()) == 300.0
    found.undo()
    assert value(found) == 310.0


def test_a_clash_keeps_the_last_good_answer_and_offers_ways_out_that_work() -> None:
    found = meeting(rules=promise(5e6))
    found.recalculate({})
    good = found.answer
    assert not found.recalculate({"amounts": {"promise": "5000"}})
    assert found.answer is good
    assert found.trouble is not None
    assert found.trouble.clash
    assert "policing at least £5 billion" in found.trouble.text
    assert len(found.trouble.ways) > 1
    for way in found.trouble.ways:
        assert found.recalculate(way.to.changes)
        found.undo()
        assert not found.recalculate({"amounts": {"promise": "5000"}})


def test_undo_in_a_clash_returns_to_the_choices_that_added_up() -> None:
    found = meeting(rules=promise(5e6))
    found.recalculate({})
    found.recalculate({"amounts": {"promise": "5000"}})
    assert found.changes.asked("promise") == {"": 5e9}
    found.undo()
    assert found.trouble is None
    assert (found.changes, value(found)) == (Changes(), 300.0)


def test_a_way_out_stays_taken_until_the_papers_return() -> None:
    found = meeting(rules=promise(5e6))
    found.recalculate({})
    found.recalculate({"amounts": {"promise": "5000"}})
    assert found.trouble is not None
    found.recalculate(found.trouble.ways[-1].to.changes)
    (least, most) = found.changes.held(found.papers, "promise")
    assert least == most < 5e9
    shown = str(round(least / MILLION, 3))
    assert found.recalculate({"amounts": {"promise": shown}, "unfenced": ["nhs_money"]})
    assert found.changes.held(found.papers, "promise") == (least, most)
    assert not found.recalculate({"amounts": {"promise": "5000"}})  # asked for anew
    found.undo()
    found.back_to_papers()
    assert found.changes == Changes()


def test_a_duty_in_law_can_be_raised_and_not_lowered() -> None:
    found = meeting(rules=promise(5e6, "law"))
    found.recalculate({})
    with pytest.raises(InvalidChoice, match="a duty in law, so not below £5 million"):
        found.recalculate({"amounts": {"promise": "4.9"}})
    assert found.recalculate({"amounts": {"promise": "5.1"}})


@pytest.mark.parametrize(
    ("given", "control", "sentence"),
    [
        ({"amounts": {"promise": "much"}}, "amount-promise", "enter a number, like 2.5"),
        ({"amounts": {"promise": "-1"}}, "amount-promise", "not below 0"),
        ({"amounts": {"promise": "nan"}}, "amount-promise", "enter a number, like 2.5"),
        ({"amounts": {"promise": "inf"}}, "amount-promise", "enter a number, like 2.5"),
        ({"amounts": {"promise": "19,5"}}, "amount-promise", "enter a number, like 2.5"),
        ({"amounts": {"promise": "1e9"}}, "amount-promise", "enter a number, like 2.5"),
        ({"amounts": {"promise": "£5.1m"}}, "amount-promise", "enter a number, like 2.5"),
        ({"alone": ["nobody"]}, "alone", "There is no nobody here to choose"),
        ({"unfenced": ["council_tax"]}, "unfenced", "There is no council_tax here"),
        ({"option": "no such"}, "option", "no option 'no such'"),
    ],
)
def test_what_does_not_fit_is_said_at_its_control_and_changes_nothing(
    given: dict[str, Any], control: str, sentence: str
) -> None:
    found = meeting(rules=promise(5e6))
    found.recalculate({})
    good = found.answer
    with pytest.raises(InvalidChoice) as caught:
        found.recalculate(given)
    assert [where for where, _ in caught.value.problems] == [control]
    assert sentence in str(caught.value)
    assert found.answer is good
    assert found.trouble is None


@pytest.mark.parametrize("given", [{"amounts": 3}, {"alone": "nhs"}, {"alone": 7}, {"amounts": []}])
def test_choices_of_another_shape_are_taken_for_none(given: dict[str, Any]) -> None:
    found = meeting()
    assert found.read(given) == Changes()


def test_a_figure_as_the_box_rounds_it_is_no_change() -> None:
    found = meeting(rules=promise(12_345_678.0, "law"))
    assert found.read({"amounts": {"promise": "12.3"}}) == Changes()
    assert found.read({"amounts": {"promise": "12.4"}}).asked("promise") == {"": 12.4e6}


def test_a_shipped_option_is_planned() -> None:
    found = at_northvale()
    name = "a larger better care pool (illustration)"
    assert found.recalculate({"option": name})
    assert found.answer is not None
    assert found.answer.plans["pooled"].option == name


def test_a_box_nobody_touched_does_not_take_an_option_back() -> None:
    """The page sends every box as it was drawn: from the papers, 25% a year."""
    found = at_northvale()
    name = "more nurses trained (illustration)"
    assert found.recalculate({})
    chosen = found.read({"option": name, "amounts": {"nursing_pace": "25"}})
    assert chosen == Changes(found.papers.options()[name])
    assert found.recalculate(chosen)
    assert found.read({"amounts": {"nursing_pace": "40"}}) == Changes()
    typed = found.read({"option": name, "amounts": {"nursing_pace": "30"}})
    assert typed.held(found.papers, "nursing_pace") == (30, 30)


def test_what_was_changed_stays_when_an_option_is_chosen_and_says_beside_what() -> None:
    found = at_northvale()
    name = "a larger better care pool (illustration)"
    duty = {"amounts": {"roads_duty": "12.5"}, "alone": ["police"]}
    assert found.recalculate(duty)
    both = found.read({"option": name, **duty})
    assert both.start is not None
    assert both.controls == found.changes.controls
    assert sentences(both, found.papers)[:2] == [
        f"Option: {name}.",
        "Roads and libraries: at least £12.5 million, in the option £9.2 million.",
    ]


def test_every_shipped_option_says_that_it_is_an_illustration() -> None:
    for name in ("lancashire", "northvale"):
        for option in pb.example(name).options().values():
            assert "illustration" in option.name
            assert "not a proposal" in option.description


def test_a_run_that_is_stopped_keeps_the_last_good_answer() -> None:
    found = Meeting(pb.example("toy_pooling"), engine=Remembering())
    found.recalculate({})
    good, stop = found.answer, threading.Event()
    stop.set()
    assert not found.recalculate({"unfenced": ["nhs_money"]}, stop=stop)
    assert found.answer is good
    assert found.trouble is None
    assert not found.can_undo


def test_time_that_runs_out_is_said_and_keeps_the_last_good_answer() -> None:
    found = at_northvale()
    found.recalculate({})
    good, found.seconds = found.answer, 1e-9
    assert not found.recalculate({"alone": ["county"]})
    assert found.answer is good
    assert found.trouble is not None
    assert found.trouble.text


def test_the_other_plans_follow_and_are_told_one_by_one() -> None:
    found = at_northvale()
    assert found.recalculate({})
    found.complete()
    answer = found.answer
    assert answer is not None
    assert answer.whole
    assert set(answer.plans) == {"today", "siloed", "aligned", "pooled", "freed"}
    four = answer.potential()
    assert four is not None
    assert list(four.plans) == ["today", "siloed", "aligned", "pooled", "freed"]
    assert four.between("aligned", "pooled") > 0
    told: list[str] = []
    again = Meeting(pb.example("toy_pooling"))
    again.recalculate({})
    again.complete(ready=told.append)
    assert told == ["today", "aligned", "siloed", "freed"]


def test_a_plan_that_does_not_exist_is_named_with_its_reason() -> None:
    """The promise needs the pool: nobody can keep it apart."""
    rule = {"rule": "promise", "kind": "floor", "subject": "service=prevention"}
    found = Meeting(tiny(rules=[{**rule, "amount": 12e6, "basis": "policy"}]))
    assert found.recalculate({})
    found.complete()
    assert found.answer is not None
    assert set(found.answer.missing) == {"aligned", "siloed"}
    assert "prevention at least £12 million" in found.answer.missing["aligned"]
    assert found.answer.whole
    assert found.answer.potential() is None


def test_what_was_chosen_is_told_with_the_figures_of_the_papers() -> None:
    found = at_northvale()
    given = {
        "alone": ["police"],
        "unfenced": ["families_fund"],
        "amounts": {"roads_duty": "12.5"},
    }
    assert sentences(found.read(given), found.papers) == [
        "Roads and libraries: at least £12.5 million, as it stands £9.2 million.",
        "The ring-fence of Families transformation fund is ended.",
        "Northvale Police pays into no pool.",
    ]


def test_a_wish_beyond_a_duty_is_told_as_a_wish_and_may_give_way() -> None:
    """The law asks for £9.2 million; what a board asks for beyond is no law."""
    found = at_northvale()
    assert not found.recalculate({"amounts": {"roads_duty": "185"}})
    assert found.trouble is not None
    (promise,) = found.trouble.promises
    assert (
        promise == "roads and libraries at least £185 million (policy: asked for beyond the duty)"
    )
    assert found.trouble.ways
    place = found.trouble.changes.apply(found.papers)
    held = place.rules.set_index("rule")
    assert held.loc["roads_duty", "amount"] == 9.2e6
    assert held.loc["roads_duty", "basis"] == "law"


def test_a_way_out_of_a_wish_beyond_a_duty_leads_to_an_answer_and_its_box_shows_what_holds() -> (
    None
):
    """The way out names the rule of the wish, which is not there where the wish is taken back."""
    found = Meeting(pb.example("northvale"), engine=kept())
    assert not found.recalculate({"amounts": {"roads_duty": "5000"}})
    assert found.trouble is not None
    way = found.trouble.ways[2].to.changes
    assert found.recalculate(way)
    found.complete()
    assert found.answer is not None
    assert found.answer.whole
    assert found.answer.faults == []
    amounts = way.held(found.papers, "roads_duty")
    box = next(
        each
        for each in controls(found.papers, found.changes)["floors"]
        if each["key"] == "roads_duty"
    )
    assert float(box["value"]) == pytest.approx(min(amounts) / MILLION, abs=0.05)
    assert f"the most is {max(amounts) / MILLION:.3f}" in box["about"]
    shown = {"amounts": {"roads_duty": box["value"]}}
    assert found.read(shown) == found.changes
    assert found.read({"amounts": {"roads_duty": "9.2"}}) == Changes()
    assert found.read({"amounts": {"roads_duty": "12.5"}}).asked("roads_duty") == {"": 12.5e6}


def test_a_way_out_that_changes_what_is_not_there_is_refused_in_words() -> None:
    place = pb.example("toy_pooling")
    for way in (
        Repair("ask for less", 1.0, rules=(("no_such", "", 1.0),)),
        Repair("pay in less", 1.0, contributions=(("no_pool", "nhs_money", "2025-26", 0.0),)),
        Repair("find money", 1.0, funding=(("no_stream", "2025-26", 1.0),)),
    ):
        with pytest.raises(InvalidOption, match=r"does not have: (no_s|nhs_money into no_pool)"):
            way.apply(place)


def test_where_agencies_have_no_goals_of_their_own_the_other_plans_stand_side_by_side() -> None:
    found = at_northvale()
    assert found.recalculate({"objective": "worst-off area"})
    found.complete()
    assert found.answer is not None
    assert set(found.answer.missing) == {"siloed"}
    side_by_side = found.answer.potential()
    assert side_by_side is not None
    assert list(side_by_side.plans) == ["today", "aligned", "pooled", "freed"]
    told = together.tell(found)
    assert "pooling" in told.title
