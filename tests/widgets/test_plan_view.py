"""The drawing as a widget: what the page may change, and what stays when the plan changes."""

from __future__ import annotations

import pytest
import traitlets

import placebudget as pb
from placebudget.plan.drawing import plan_drawing, planview
from placebudget.widgets.panels import PlanView, plan_view
from planned import optimised


@pytest.fixture
def view() -> PlanView:
    return plan_view(optimised("toy_pooling", pooling="freed", prices=False))


def test_a_view_begins_with_what_is_proposed_over_all_years(view: PlanView) -> None:
    assert (view.shown, view.layer, view.year, view.selected) == ("proposed", "area", "all", "")


@pytest.mark.parametrize(
    ("trait", "good", "bad"),
    [
        ("shown", "today", "tomorrow"),
        ("layer", "outcome", "ward"),
        ("year", "2025-26", "1066"),
        ("selected", "stream:nhs_money", "x" * 3_000),
    ],
)
def test_traits_take_what_the_drawing_has_and_nothing_else(
    view: PlanView, trait: str, good: str, bad: str
) -> None:
    setattr(view, trait, good)
    with pytest.raises(traitlets.TraitError):
        setattr(view, trait, bad)
    assert getattr(view, trait) == good


def test_the_page_may_choose_but_not_redraw(view: PlanView) -> None:
    before = view.drawing
    view.set_state({"drawing": {}, "_esm": "alert(1)", "shown": "today"})
    assert view.drawing == before
    assert view._esm == planview()
    assert view.shown == "today"


def test_a_choice_the_page_cannot_make_is_refused_in_words(view: PlanView) -> None:
    view.set_state({"year": "1066"})
    assert view.year == "all"
    assert "This was refused: This drawing has no year '1066'" in view.said


def test_another_drawing_keeps_the_choices_it_has(view: PlanView) -> None:
    view.layer, view.year, view.shown = "outcome", "2025-26", "today"
    plan = pb.optimise(pb.example("toy_pooling"), pooling="aligned", prices=False)
    view.drawing = plan_drawing(plan)
    assert (view.layer, view.year, view.shown) == ("outcome", "2025-26", "today")


def test_a_first_proposal_is_shown_in_place_of_today() -> None:
    view = plan_view(pb.simulate(pb.example("toy_pooling")))
    assert view.shown == "today"
    view.drawing = plan_drawing(pb.optimise(pb.example("toy_pooling"), prices=False))
    assert view.shown == "proposed"
