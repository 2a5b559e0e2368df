"""What was chosen and changes nothing says so, with a reason that the plans bear out."""

from __future__ import annotations

import re
from typing import Any

import pytest

import placebudget as pb
from placebudget.apps import Meeting
from placebudget.apps.answer import BoardAnswer, unmoved
from placebudget.apps.screens import SCREENS, shown
from placebudget.apps.sentences import done_words, first_words
from placebudget.place import Place
from placebudget.plan import Plan
from placebudget.plan.verify import least_of_rule
from placebudget.programme import Basis, read_pooling
from placebudget.words import money
from places import tiny
from remembering import kept, light_northvale

pytestmark = pytest.mark.xdist_group("kept")

NOTHING = "In the model this changes nothing in the public value of the best pooled plan, because "


def least_had(rule: str, plan: Plan, place: Place) -> float:
    return least_of_rule(Basis(place, read_pooling(place, "pooled")), plan.tables, rule)


@pytest.fixture(scope="module")
def papers() -> Meeting:
    """Northvale with its best pooled plan; each test takes back what it chose."""
    found = Meeting(light_northvale(), engine=kept())
    assert found.recalculate({})
    return found


def chosen(meeting: Meeting, **given: Any) -> dict[str, str]:
    """What of the choices changes nothing, by control; the other plans are left out."""
    assert meeting.recalculate(given)
    found = tried(meeting).unmoved
    meeting.undo()
    return found


def tried(meeting: Meeting) -> BoardAnswer:
    """The answer, once each change of it was tried; the other plans are left out."""
    answer = meeting.answer
    assert answer is not None
    unmoved(answer, meeting.papers, meeting._known(answer), meeting.client(None))
    return answer


def test_a_ring_fence_that_binds_nothing_says_that_no_money_could_gain_elsewhere(
    papers: Meeting,
) -> None:
    said = chosen(papers, unfenced=["dwp_support"])["fence:dwp_support"]
    assert said == (
        f"{NOTHING}no money of that stream could go to another purpose at a gain, and none does."
    )


def test_a_floor_that_does_not_bind_says_how_much_there_is_anyway(papers: Meeting) -> None:
    said = chosen(papers, amounts={"treatment_places": "600"})["amount:treatment_places"]
    plan = papers.answer.plans["pooled"] if papers.answer else None
    assert plan is not None
    least = least_had("treatment_places", plan, papers.papers)
    assert least >= 600
    assert said == (
        f"{NOTHING}the limit does not bind: even in the year in which it has least, the best plan "
        f"has {least:,.0f} units of it anyway, no less than 600 units."
    )


def test_what_does_change_the_plan_is_not_said_to_change_nothing(papers: Meeting) -> None:
    assert chosen(papers, alone=["police"]) == {}
    assert chosen(papers, amounts={"roads_duty": "12.5"}) == {}
    assert chosen(papers, option="a larger better care pool (illustration)") == {}


def test_of_several_changes_each_is_tried_with_the_others_in_place(papers: Meeting) -> None:
    said = chosen(papers, alone=["police"], unfenced=["dwp_support"])
    assert list(said) == ["fence:dwp_support"]


@pytest.mark.parametrize("agency", list(pb.example("toy_pooling").agencies["agency"]))
def test_an_agency_whose_pooling_gains_nothing_says_what_its_pooled_money_does(agency: str) -> None:
    """With its ring-fences kept, pooling gains nothing in this place."""
    meeting = Meeting(pb.example("toy_pooling"), engine=kept())
    meeting.recalculate({})
    assert meeting.answer is not None
    streams = meeting.papers.streams
    name = meeting.papers.agencies.set_index("agency")["name"]
    mine = set(streams.loc[streams["agency"] == agency, "stream"])
    table = meeting.answer.plans["pooled"].tables["contributions"]
    paid = float(table.loc[table["stream"].isin(mine), "gross"].sum())
    said = chosen(meeting, alone=[agency])[f"agency:{agency}"]
    if paid < 500:
        nothing = "pays nothing into a pool in the best plan even where it may."
        assert said == f"{NOTHING}{name[agency]} {nothing}"
    else:
        assert f"the {money(paid)} that {name[agency]} pays into pools where it may" in said


def test_an_option_without_effect_says_so() -> None:
    meeting = Meeting(light_northvale(), engine=kept())
    meeting.recalculate({})
    name = "more nurses trained (illustration)"
    option = meeting.papers.options()[name]
    wider = pb.optimise(meeting.papers.with_option(option), prices=False).public_value()
    assert meeting.answer is not None
    same = abs(wider - meeting.answer.plans["pooled"].public_value()) < 500
    assert ("option" in chosen(meeting, option=name)) == same


@pytest.mark.parametrize(
    "rule", ["roads_duty", "treatment_places", "homes_pledge", "prevention_share"]
)
def test_what_a_floor_has_is_never_less_than_it_asks_for(papers: Meeting, rule: str) -> None:
    assert papers.answer is not None
    amounts = papers.papers.rules.set_index("rule")["amount"]
    has = least_had(rule, papers.answer.plans["pooled"], papers.papers)
    assert has >= float(amounts[rule]) * (1 - 1e-9)


def test_every_screen_and_the_control_say_what_changes_nothing() -> None:
    from placebudget.apps.controls import controls

    meeting = Meeting(light_northvale(), engine=kept())
    meeting.recalculate({"unfenced": ["dwp_support"]})
    answer = tried(meeting)
    (said,) = answer.unmoved.values()
    screens = {screen.key: shown(screen, meeting)["html"] for screen in SCREENS[:2]}
    for key, html in screens.items():
        assert f"The ring-fence of Employment support is ended. {said}" in html, key
    fences = controls(meeting.papers, answer.changes, answer.unmoved)["fences"]
    assert {each["key"]: each["note"] for each in fences if each["note"]} == {"dwp_support": said}


def test_another_goal_is_named_wherever_a_board_says_what_a_plan_comes_to() -> None:
    """The council's money saves most where its ring-fence keeps it: ended, it saves no more."""
    fence = {"stream": "council_tax", "purpose": "public_health"}
    meeting = Meeting(tiny(ring_fences=[fence]))
    given = {"objective": "fiscal saving", "unfenced": ["council_tax"]}
    told: list[str] = []
    meeting.recalculate({})
    meeting.recalculate(given, first=lambda: told.append(first_words(meeting.first, None)))
    meeting.complete()
    answer = meeting.answer
    assert answer is not None
    reached = answer.plans["pooled"].objective
    assert told == [f"In the model, the best pooled plan for what was chosen {reached.said}."]
    assert reached.said == f"brings {money(reached.value)} of fiscal saving"
    done = done_words("Done", answer)
    assert done.startswith(f"Done. The best pooled plan {reached.said} in the model.")
    assert "public value" not in done
    (said,) = answer.unmoved.values()
    assert said.startswith("In the model this changes nothing in the fiscal saving of the best")
    screens = {each.key: shown(each, meeting) for each in SCREENS}
    assert "These plans make the most of fiscal saving." in screens["together"]["html"]
    assert "These plans" not in shown(SCREENS[0], meeting)["html"]


def test_prices_in_another_unit_than_pounds_are_not_said_in_pounds() -> None:
    meeting = Meeting(light_northvale(), engine=kept())
    meeting.recalculate({"objective": "weighted outcomes"})
    screen = shown(next(each for each in SCREENS if each.key == "rules"), meeting)
    assert screen["title"].endswith("weighted outcomes")
    assert " of weighted outcomes" not in screen["title"]
    gains = screen["html"].partition("What £1 million of leeway")[2].partition("</table>")[0]
    assert "<td" in gains
    assert "£" not in "".join(re.findall(r"<td[^>]*>([^<]*)", gains))
