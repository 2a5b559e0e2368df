"""The desk from end to end, without a page: what is switched and moved, and what follows."""

from __future__ import annotations

import importlib
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import placebudget as pb
from placebudget.place import Option
from placebudget.plan.clash import Repair
from placebudget.view.panels import blank
from placebudget.view.studies import STUDIES, study_panel
from placebudget.view.studies.entry import Subject
from placebudget.view.studies.trace import FILE
from placebudget.widgets import panels
from placebudget.widgets.desk import PlaceDesk, sections
from placebudget.widgets.desk import sections as desk_options
from placebudget.work import Changes, Stand
from placebudget.work.asking import read
from placebudget.work.jobs import Here
from placebudget.work.said import sentences
from placebudget.work.solving import Solving
from proof import ALL
from shared_place import shared
from small import MILLION, POWER, rule

# They take long, and so come first: tests/conftest.py.
pytestmark = pytest.mark.xdist_group("desk")

PATIENCE = 120


@pytest.fixture(scope="module")
def engine() -> Here:
    """What it has at hand of the place serves one desk after another."""
    return Here()


@pytest.fixture
def desk(engine: Here) -> Iterator[PlaceDesk]:
    """A desk at a section in which nothing is drawn of each plan."""
    made = PlaceDesk(shared(), engine)
    made.sections.look_at("why")
    assert made.wait(PATIENCE)
    yield made
    made.stop()
    assert made.wait(PATIENCE)


def moved(desk: PlaceDesk, form: str, key: str, value: Any) -> None:
    """A control changed in the page, and what follows waited for."""
    widget = getattr(desk, form)
    widget.set_state({"values": {**widget.values, key: value}})
    assert desk.wait(PATIENCE)


def full(desk: PlaceDesk) -> pb.Plan:
    """What a full solve of the desk's changes says."""
    changes = desk.changes
    place = changes.apply(desk.place)
    return pb.optimise(place, objective=changes.objective, prices=False)


def test_a_desk_begins_with_the_full_plan(desk: PlaceDesk) -> None:
    assert desk.plan.status == "optimal"
    assert desk.plan.objective.value == pytest.approx(full(desk).objective.value)
    assert desk.view.shown == "proposed"
    assert desk.head.said.startswith("Solved: £")


STEPS = [
    ("switches", "pool:joint", False),
    ("switches", "fence:grant", False),
    ("amounts", "funding:tax:2028-29", 8.0),
    ("amounts", "amount:duty", 4.0),
    ("head", "objective", "weighted outcomes"),
    ("head", "objective", "net public value"),
]
SOLVED_IN_TURN = 4


# The steps between are made, and solved in full beside, one after the other in the next test.
@pytest.mark.parametrize(
    ("form", "key", "value"), STEPS if ALL else [STEPS[0], *STEPS[SOLVED_IN_TURN:]]
)
def test_what_is_switched_or_moved_is_solved(
    desk: PlaceDesk, form: str, key: str, value: Any
) -> None:
    moved(desk, form, key, value)
    assert desk.plan.objective.value == pytest.approx(full(desk).objective.value)
    assert len(sentences(desk.changes, desk.place)) == 1


def test_steps_one_after_the_other_and_back_again(desk: PlaceDesk) -> None:
    first = desk.plan.objective.value
    for form, key, value in STEPS[:SOLVED_IN_TURN]:
        moved(desk, form, key, value)
        assert desk.plan.objective.value == pytest.approx(full(desk).objective.value), key
    desk.head.press("reset")
    assert desk.wait(PATIENCE)
    assert desk.changes == Changes()
    assert desk.plan.objective.value == pytest.approx(first)
    assert desk.switches.values["pool:joint"] is True


def test_steps_are_gone_back_on_and_forth_again(desk: PlaceDesk) -> None:
    values, options = [desk.plan.objective.value], [desk.option("steps")]
    for form, key, value in (STEPS[0], STEPS[2]):
        moved(desk, form, key, value)
        values.append(desk.plan.objective.value)
        options.append(desk.option("steps"))
    for press, way in (("undo", range(1, -1, -1)), ("redo", range(1, 3))):
        for number in way:
            desk.head.press(press)
            assert desk.wait(PATIENCE)
            assert desk.option("steps") == options[number]
            assert desk.plan.objective.value == pytest.approx(values[number])
            assert desk.switches.values["pool:joint"] is (number == 0)
        desk.head.press(press)
        assert desk.wait(PATIENCE)
        assert "gone back on" in desk.head.said


def test_edited_tables_and_a_loaded_option_are_gone_back_on_too(desk: PlaceDesk) -> None:
    before = desk.plan.objective.value
    edited(desk, changed_offers())
    dear = pb.Option("dear").scale("offers", 2.0, "unit_cost", service="care")
    desk.load(dear.end_ring_fence("grant"))
    assert desk.wait(PATIENCE)
    assert desk.option("dear") == dear.end_ring_fence("grant")
    desk.head.press("undo")
    assert desk.wait(PATIENCE)
    assert desk.place == changed_offers()
    desk.head.press("undo")
    assert desk.wait(PATIENCE)
    assert desk.place is desk.origin
    assert desk.plan.objective.value == pytest.approx(before)
    desk.head.press("redo")
    desk.head.press("redo")
    assert desk.wait(PATIENCE)
    assert desk.option("dear") == dear.end_ring_fence("grant")


def test_the_change_against_the_last_plan_is_said(desk: PlaceDesk) -> None:
    moved(desk, "amounts", "funding:tax:2028-29", 8.0)
    assert "against the last plan" in desk.head.said
    desk.sections.look_at("change")
    assert "Last plan" in desk.sections.panel.value


def test_a_quick_plan_says_so_and_solving_in_full_ends_it(desk: PlaceDesk) -> None:
    moved(desk, "amounts", "funding:tax:2028-29", 8.0)
    assert desk.plan.status == "quick"
    assert "found by a quick solve" in desk.note.value
    desk.head.press("solve")
    assert desk.wait(PATIENCE)
    assert desk.plan.status == "optimal"
    assert "quick" not in desk.note.value


def test_another_stream_and_another_rule_are_chosen(desk: PlaceDesk) -> None:
    moved(desk, "amounts", "stream", "core")
    assert "funding:core:2027-28" in desk.amounts.values
    moved(desk, "amounts", "rule", "promise")
    assert desk.amounts.values["amount:promise"] == 5.0
    assert desk.changes == Changes()


def clash(desk: PlaceDesk) -> None:
    moved(desk, "amounts", "rule", "promise")
    moved(desk, "amounts", "amount:promise", 25.0)


def test_a_clash_is_told_with_its_ways_out_and_the_last_good_plan_stays(desk: PlaceDesk) -> None:
    before = desk.plan
    clash(desk)
    assert desk.plan is before
    assert desk.stale
    assert "do not add up" in desk.head.said
    assert "This is the last good plan" in desk.note.value
    assert desk.clash.layout.display == ""
    assert "homes at least £25 million" in str(desk.clash.form)
    assert 1 <= len(desk.ways) <= 5


def test_a_clash_at_a_desk_names_what_was_changed_last_and_puts_it_back_first(
    desk: PlaceDesk,
) -> None:
    moved(desk, "switches", "fence:grant", False)
    assert not desk.stale
    kept = desk.changes
    clash(desk)
    said = str(desk.clash.form)
    assert (
        "You changed the least amount for homes in 2027-28 from £5 million to £25 million." in said
    )
    assert "Before that, everything added up." in said
    assert "ended" not in said
    assert desk.ways[0].words == "put the least amount for homes in 2027-28 back to £5 million"
    desk.clash.press("repair:0")
    assert desk.wait(PATIENCE)
    assert not desk.stale
    assert desk.changes == kept


def test_tables_edited_until_nothing_adds_up_are_put_back_with_switches_kept(
    desk: PlaceDesk,
) -> None:
    good = desk.place
    rules = good.rules
    rules.loc[rules["rule"] == "promise", "amount"] = 500 * MILLION
    edited(desk, good.with_(rules=rules))
    assert desk.stale
    assert "You edited the tables. Before that, everything added up." in str(desk.clash.form)
    desk.clash.press("repair:0")
    assert desk.wait(PATIENCE)
    assert not desk.stale
    assert desk.place is good


def test_each_way_out_leads_to_a_plan(desk: PlaceDesk) -> None:
    clash(desk)
    count = len(desk.ways)
    for number in range(count):
        if not desk.stale:
            desk.use(Changes())
            assert desk.wait(PATIENCE)
            clash(desk)
        words = desk.ways[number].words
        desk.clash.press(f"repair:{number}")
        assert desk.wait(PATIENCE)
        assert not desk.stale, words
        assert desk.clash.layout.display == "none"
        desk.place.check().raise_if_errors()


def test_a_duty_cannot_be_lowered(desk: PlaceDesk) -> None:
    before = desk.plan
    moved(desk, "amounts", "amount:duty", 2.0)
    assert desk.changes == Changes()
    assert desk.plan is before
    assert "the least that is allowed is 3" in desk.amounts.said


@pytest.fixture(scope="module")
def seen() -> Iterator[PlaceDesk]:
    """A desk at which nothing is changed."""
    made = pb.desk(shared())
    assert made.wait(PATIENCE)
    yield made
    made.close()


@pytest.mark.parametrize("section", ["money", "admits", "prices", "savings", "change"])
def test_each_section_shows_something(seen: PlaceDesk, section: str) -> None:
    desk = seen
    desk.sections.look_at(section)
    assert desk.wait(PATIENCE)
    assert "pb-panel" in desk.sections.panel.value
    assert desk.sections.panel in desk.sections.children


def test_what_the_plan_must_admit_is_what_its_findings_say(seen: PlaceDesk) -> None:
    desk = seen
    desk.sections.look_at("admits")
    assert desk.wait(PATIENCE)
    assert "What this plan must admit" in desk.sections.panel.value
    said = desk.plan.findings().sentences
    assert said
    for sentence in said:
        assert escape(sentence) in desk.sections.panel.value


def test_prices_are_found_when_they_are_looked_at(desk: PlaceDesk) -> None:
    assert desk.plan.prices().empty
    desk.sections.look_at("prices")
    assert desk.wait(PATIENCE)
    assert not desk.plan.prices().empty
    assert "What rules cost" in desk.sections.panel.value


def test_a_service_is_explained(seen: PlaceDesk) -> None:
    desk = seen
    desk.sections.look_at("why")
    desk.sections.why.set_state({"values": {**desk.sections.why.values, "service": "homes"}})
    desk.sections.why.press("explain")
    assert desk.wait(PATIENCE)
    assert "Homes gets" in desk.sections.panel.value


@pytest.fixture(scope="module")
def studied() -> Iterator[PlaceDesk]:
    made = pb.desk(pb.example("toy_pooling"))
    assert made.wait(PATIENCE)
    made.use(Changes().switched("fence:nhs_money", False))
    assert made.wait(PATIENCE)
    made.sections.look_at("studies")
    yield made
    made.close()


FEW = {
    "runs": "2", "most": "1", "ring_fences": False, "cuts": False, "draws": "16", "replanned": "0",
    "find_out": "1", "scenarios": "2",
}  # fmt: skip
"""What is typed so that little is to be done, where a study has such a box."""
LONG = ("alternatives", "frontier", "outlook", "potential", "rests_on", "robust", "uncertainty")
"""Studies that are worked out a second time, beside the desk, where all is proved."""
FLOWS = b"start,end,amount\ntax,pool,30\npool,support,30\n"


@pytest.mark.parametrize("name", STUDIES)
def test_each_study_is_asked_for_in_boxes_made_of_its_arguments(
    studied: PlaceDesk, name: str
) -> None:
    shown, study = studied.sections.studies, STUDIES[name]
    shown.which.set_state({"values": {"study": name}})
    form = shown.form
    if name == "trace":
        assert shown.file in studied.sections.children
        form.set_state({"values": {**form.values, "source": FILE}})
        brought = {"name": "flows.csv", "type": "text/csv", "size": len(FLOWS)}
        brought |= {"content": memoryview(FLOWS), "last_modified": datetime.now(UTC)}
        shown.file.value = (brought,)
    else:
        assert (shown.file in studied.sections.children) == (
            name
            in (
                "tender",
                "vote",
                "top_slice",
                "reporting_burden",
                "priorities",
                "did_it_work",
                "budget_risk",
            )
        )
        few = {key: value for key, value in FEW.items() if key in form.values}
        form.set_state({"values": {**form.values, **few}})
    form.press("ask")
    assert studied.wait(PATIENCE)
    refused = {
        "fairness": "areas cannot be compared",
        "household": "the place does not say how many people live there",
        "levels": "No service has several levels",
        "joining": "No service is shared in this place",
        "market": "There is no provider to ask of",
        "reorganisation": "Nobody says who could take over",
        "changes": "No earlier edition of this place stands beside it.",
        **dict.fromkeys(
            ("benchmark", "productivity", "exchange", "early_warning"),
            "No council of this place is in the panel: compare",
        ),
    }
    if name in refused:
        assert form.said.startswith(refused[name])
        return
    assert form.said == "Worked out below."
    if name in LONG and not ALL:
        return
    plan = studied.plan
    subject = Subject(studied.changed_place(), plan)
    files = FLOWS if name == "trace" else None
    values = study.settled(subject, read(study, {**shown._fixed, **form.values}, subject, files))
    wanted = panels.html_of(study_panel(study.answer(subject, values)))
    told = [re.sub(r"study-\d+", "", each.value) for each in (shown.result, wanted)]
    wanted.close()
    assert told[0] == told[1]


def test_a_plan_of_an_answer_is_picked_kept_and_set_beside_the_others(
    studied: PlaceDesk, tmp_path: Path
) -> None:
    shown, sections = studied.sections.studies, studied.sections
    shown.which.set_state({"values": {"study": "frontier"}})
    assert shown.picks not in sections.children
    ticked = {"aims-money spent": True, "aims-cashable saving": False, "points": "2"}
    shown.form.set_state({"values": {**shown.form.values, **ticked}})
    shown.form.press("ask")
    assert studied.wait(PATIENCE)
    assert sections.children[-2:] == (shown.picks, shown.picked)
    (group,) = shown.picks.form["groups"]
    (first, *_) = (each for each in group["controls"] if each["kind"] == "button")
    assert first["label"].startswith("Point 1: more for ")
    # The point is pressed in the picture as in the list.
    assert f'data-point="point 1" role="button" tabindex="0" aria-label="{first["label"]}"' in (
        shown.result.value
    )
    for content in ({"press": "point 99"}, {"press": 1}, None):
        shown.result._message(shown.result, content, [])
    assert not studied.kept
    shown.result._message(shown.result, {"press": "point 1"}, [])
    assert studied.wait(PATIENCE)
    (plan,) = studied.kept.values()
    assert plan.name.endswith("(point 1)")
    assert shown.picks.said.startswith("It is kept at this desk only, as the place was not read")
    assert shown.picks.said.endswith("It stands beside the others below.")
    assert all(said in shown.picked.value for said in ("Plan shown", "(point 1)"))
    assert "seconds" not in shown.picked.value
    # A place on disk has it beside it, a file of its own each time.
    studied.origin = pb.read(pb.example("toy_pooling").write(tmp_path / "toy_pooling"))
    assert studied.keep(plan) == "It is kept in plans/toy_pooling_frontier_point_1.plan.json."
    assert studied.keep(plan) == "It is kept in plans/toy_pooling_frontier_point_1_2.plan.json."
    shown.which.set_state({"values": {"study": "cycle"}})
    assert shown.picks not in sections.children


def test_what_cannot_be_meant_in_a_box_of_a_study_is_refused(studied: PlaceDesk) -> None:
    shown = studied.sections.studies
    shown.which.set_state({"values": {"study": "cycle"}})
    before = shown.result.value
    shown.form.set_state({"values": {**shown.form.values, "runs": "many"}})
    shown.form.press("ask")
    assert studied.wait(PATIENCE)
    assert "enter a whole number from" in shown.form.said
    assert shown.result.value == before


def test_what_was_typed_for_a_study_stays_when_another_plan_comes(desk: PlaceDesk) -> None:
    desk.sections.look_at("studies")
    shown = desk.sections.studies
    shown.which.set_state({"values": {"study": "cycle"}})
    shown.form.set_state({"values": {**shown.form.values, "runs": "7"}})
    moved(desk, "amounts", "funding:tax:2028-29", 8.0)
    assert shown.form.values["runs"] == "7"
    assert shown._subject is not None
    assert shown._subject.plan is desk.plan
    assert shown._subject.place == desk.changed_place()
    desk.changes = desk.changes.switched("pool:joint", False)
    assert desk.planned_place() == shown._subject.place != desk.changed_place()
    shown.form.press("ask")
    assert desk.wait(PATIENCE)
    assert shown.form.said == "Worked out below."
    desk.release()
    assert desk.wait(PATIENCE)
    assert shown.form.said == "The answer below is about the plan before."


def test_a_table_that_is_edited_counts_when_it_is_solved(desk: PlaceDesk) -> None:
    desk.sections.look_at("tables")
    desk.sections.tables.set_state({"values": {"table": "funding"}})
    editor = desk.sections.children[-1]
    before = desk.plan.objective.value
    editor.set_state({"rows": [["tax", "2027-28", "5000000", "", "", "", ""], *editor.rows[1:]]})
    assert desk.plan.objective.value == before
    assert "not yet recalculated" in desk.head.said
    desk.head.press("solve")
    assert desk.wait(PATIENCE)
    assert desk.plan.objective.value < before
    assert desk.amounts.values["funding:tax:2027-28"] == 5.0


def test_tables_with_errors_are_not_solved(desk: PlaceDesk) -> None:
    desk.sections.look_at("tables")
    desk.sections.tables.set_state({"values": {"table": "funding"}})
    editor = desk.sections.children[-1]
    before = desk.plan
    editor.set_state({"rows": [["taxx", *editor.rows[0][1:]], *editor.rows[1:]]})
    desk.head.press("solve")
    assert desk.wait(PATIENCE)
    assert desk.plan is before
    assert "error" in desk.head.said


# --- options ---------------------------------------------------------------------------


def test_an_option_is_kept_beside_the_place_loaded_and_compared(tmp_path: Path) -> None:
    place = pb.read(shared().write(tmp_path / "shared"))
    desk = pb.desk(place)
    assert desk.wait(PATIENCE)
    moved(desk, "switches", "fence:grant", False)
    moved(desk, "switches", "pool:joint", False)
    moved(desk, "amounts", "funding:tax:2028-29", 8.0)
    held, value = desk.changes, desk.plan.objective.value
    desk.sections.look_at("options")
    options = desk.sections.options
    options.save("Free the grant")
    assert "kept in" in options.form.said
    assert set(pb.read(tmp_path / "shared").options()) == {"Free the grant"}
    desk.use(Changes())
    assert desk.wait(PATIENCE)
    assert "files of the place were changed" not in desk.head.said
    funding = tmp_path / "shared" / "funding.csv"
    funding.write_text(f"{funding.read_text('utf-8')}\n", "utf-8")
    options.form.press("compare")
    assert desk.wait(PATIENCE)
    assert "Free the grant" in options.result.value
    options.form.press("load")
    assert desk.wait(PATIENCE)
    assert "files of the place were changed" in desk.head.said
    assert desk.changes == held
    assert desk.plan.objective.value == pytest.approx(value)


def test_an_option_is_compared_on_top_of_what_is_shown(desk: PlaceDesk) -> None:
    """Only what the option changes differs; pools that are closed at the desk stay closed."""
    options = desk.sections.options
    desk.sections.look_at("options")
    moved(desk, "amounts", "funding:tax:2028-29", 8.0)
    options.save("More tax")
    desk.use(Changes())
    assert desk.wait(PATIENCE)
    moved(desk, "switches", "pool:joint", False)
    moved(desk, "switches", "fence:grant", False)
    shown, seen = desk.plan, list[Any]()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(desk_options, "change_panel", lambda found: seen.append(found) or blank(""))
        options.form.press("compare")
        assert desk.wait(PATIENCE)
    (found,) = seen
    assert found.plans[0] is shown
    assert found.names == ("Plan shown", "More tax, on top of it")
    both = desk.changes.with_funding(desk.place, "tax", "2028-29", 8 * MILLION)
    alone = Solving(desk.place).full(both, prices=False)
    assert found.plans[1].objective.value == pytest.approx(alone.objective.value)
    assert found.plans[1].run["options"]["pooling"] == alone.run["options"]["pooling"]
    assert "on top of what the plan shown" in options.form.said


def test_what_an_option_led_to_already_is_not_made_twice() -> None:
    place = shared()
    dearer = Option("Dearer").scale("offers", 1.1, "unit_cost")
    once = place.with_option(dearer)
    stand = Stand(once, Changes(), dearer)
    assert stand.with_option(dearer).place is once
    assert Stand(place, Changes()).with_option(dearer).place == once


def test_an_option_of_a_place_without_a_file_is_kept_at_the_desk(desk: PlaceDesk) -> None:
    options = desk.sections.options
    options.save("")
    assert "needs a name" in options.form.said
    options.save("nothing")
    assert "Nothing is changed" in options.form.said
    moved(desk, "switches", "fence:grant", False)
    options.save("Freed")
    assert "at this desk only" in options.form.said
    assert set(options.known) == {"Freed"}


def test_what_of_an_option_has_no_control_is_applied_to_the_tables(desk: PlaceDesk) -> None:
    option = pb.Option("dear").scale("offers", 2.0, "unit_cost", service="care")
    desk.load(option.set("rules", "amount", 4e6, rule="duty"))
    assert desk.wait(PATIENCE)
    assert desk.changes.controls == ("amount:duty",)
    assert desk.changes.asked("duty") == {"": 4e6}
    assert set(desk.place.offers["unit_cost"]) == {1000.0, 2000.0}
    assert desk.plan.objective.value == pytest.approx(full(desk).objective.value)


# --- stopping ------------------------------------------------------------------------------


def test_stopping_keeps_the_last_good_plan_and_says_so(
    desk: PlaceDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, running = desk.plan, threading.Event()

    def slow(*_: object, stop: threading.Event, **__: object) -> pb.Plan:
        running.set()
        assert stop.wait(PATIENCE)
        raise pb.Stopped("stopped")

    monkeypatch.setattr(Solving, "full", staticmethod(slow))
    desk.head.press("solve")
    assert running.wait(PATIENCE)
    desk.head.press("stop")
    assert desk.wait(PATIENCE)
    assert desk.plan is before
    assert desk.head.said == "Stopped. The figures shown are still those of before."
    desk.head.press("stop")
    assert desk.head.said == "Nothing was running."


def test_a_full_solve_hears_the_stop_button() -> None:
    desk = pb.desk(pb.example("northvale"))
    desk.stop()
    assert desk.wait(PATIENCE)
    assert desk.plan is None
    assert desk.head.said.startswith("Stopped")
    desk.solve()
    assert desk.wait(PATIENCE)
    assert desk.plan is not None


def test_an_objective_the_place_cannot_have_is_told_in_words(desk: PlaceDesk) -> None:
    before = desk.plan
    moved(desk, "head", "objective", "worst-off area")
    assert "give the areas a tier and a population" in desk.head.said
    assert desk.plan is before
    assert desk.stale


def test_a_place_with_errors_is_refused() -> None:
    place = shared().with_(funding=shared().funding.assign(amount=-1.0))
    with pytest.raises(pb.InvalidPlace):
        pb.desk(place)


def test_a_rule_that_compares_with_the_aligned_plan_is_solved_in_full() -> None:
    place = shared()
    extra = rule("no_worse_off", "agency=nhs", None, rule="kept_whole")
    rules = [*place.rules.to_dict("records"), extra]
    paid = [{"pool": "joint", "stream": "core", "legal_power": POWER}]
    frame = type(place.rules)
    desk = pb.desk(place.with_(rules=frame(rules), contributions=frame(paid)))
    assert desk.wait(PATIENCE)
    moved(desk, "amounts", "funding:tax:2028-29", 8.0)
    assert desk.plan.status == "optimal"
    assert desk.plan.objective.value == pytest.approx(full(desk).objective.value)


# --- all that was changed, as an option ----------------------------------------------------


def edited(desk: PlaceDesk, place: pb.Place) -> None:
    """A desk whose tables were edited, solved again."""
    desk.take_tables(place)
    desk.solve()
    assert desk.wait(PATIENCE)


def changed_offers() -> pb.Place:
    place = shared()
    offers = place.offers
    offers.loc[1, "unit_cost"] = 2_000.0
    more = offers.iloc[[0]].assign(offer="care_new", unit_cost=900.0, capacity=10.0)
    return place.with_(offers=pd.concat([offers.iloc[:2], more, offers.iloc[2:]]))


def test_an_option_holds_tables_that_were_edited(desk: PlaceDesk) -> None:
    edited(desk, changed_offers())
    option = desk.option("Edited")
    assert desk.not_in_option() == []
    assert desk.origin.with_option(option) == desk.place
    moved(desk, "amounts", "funding:tax:2028-29", 8.0)
    moved(desk, "switches", "pool:joint", False)
    both = desk.option("Both")
    assert desk.origin.with_option(both) == desk.changed_place()
    value, place = desk.plan.objective.value, desk.place
    desk.load(both)
    assert desk.wait(PATIENCE)
    closed = place.pools.assign(open=place.pools["pool"] != "joint")
    assert desk.changed_place() == place.with_(
        funding=desk.changed_place().funding,
        pools=closed.assign(open=closed["open"].where(~closed["open"])),
    )
    assert desk.option("Both") == both
    assert desk.plan.objective.value == pytest.approx(value)


def test_an_option_holds_a_stream_that_had_no_row_in_a_year() -> None:
    place = shared()
    funding = place.funding
    less = funding[(funding["stream"] != "grant") | (funding["year"] != "2028-29")]
    desk = pb.desk(place.with_(funding=less))
    assert desk.wait(PATIENCE)
    moved(desk, "amounts", "stream", "grant")
    moved(desk, "amounts", "funding:grant:2028-29", 3.0)
    option = desk.option("More")
    assert desk.origin.with_option(option) == desk.changed_place()


REPAIRS = {
    "contributions": Repair("less", 1.0, contributions=(("joint", "core", "2027-28", MILLION),)),
    "one year of a rule": Repair("less", 1.0, rules=(("steady", "2028-29", MILLION),)),
}


@pytest.mark.parametrize("kind", REPAIRS)
def test_an_option_holds_a_way_out_of_contributions_and_of_single_years(kind: str) -> None:
    place = shared()
    paid = place.contributions.assign(minimum=2 * MILLION)
    steady = pd.DataFrame([rule("floor", "service=care", 2 * MILLION, rule="steady")])
    rules = pd.concat([steady, place.rules])
    desk = pb.desk(place.with_(contributions=paid, rules=rules))
    assert desk.wait(PATIENCE)
    moved(desk, "switches", "fence:grant", False)
    desk.use(desk.changes.with_repair(desk.place, REPAIRS[kind]))
    assert desk.wait(PATIENCE)
    assert desk.changed_place() != Changes().switched("fence:grant", False).apply(desk.origin)
    assert desk.origin.with_option(desk.option("Repaired")) == desk.changed_place()


def test_the_library_is_looked_into_and_what_is_used_is_on_the_desk_and_kept(
    tmp_path: Path,
) -> None:
    """28 days of 365 less in care, 0.077 of a year, for each unit of the first service."""
    place = pb.read(shared().write(tmp_path / "shared"))
    desk = pb.desk(place)
    assert desk.wait(PATIENCE)
    moved(desk, "switches", "pool:joint", False)
    desk.sections.look_at("library")
    held = desk.sections.library
    assert held.search in desk.sections.children
    held.search.fill({"words": "falls"})
    held.search.press("search")
    assert "no effect" in held.result.value
    assert "it helped" in held.result.value
    held.search.fill({"words": "care", "grade": "1"})
    held.search.press("search")
    assert "care_years_conference_2024" in held.found
    held.form.set_state({"values": {**held.form.values, "estimate": "care_years_conference_2024"}})
    held.form.press("use")
    assert "Give per_unit=" in held.form.said
    assert desk.place == place
    held.form.fill({"per_unit": "one"})
    held.form.press("use")
    assert "enter a number" in held.form.said
    held.form.fill({"per_unit": "1"})
    held.form.press("use")
    assert "is on the desk" in held.form.said
    assert "is kept in" in held.form.said
    assert desk.wait(PATIENCE)
    row = desk.place.effects.set_index("estimate").loc["care_years_conference_2024"]
    assert row["impact"] == pytest.approx(0.077)
    # What was switched before stays, the plan is of both, and one step goes back.
    assert desk.changes.open_pools(desk.place) == set()
    assert desk.planned.place == desk.place
    (kept,) = pb.read(tmp_path / "shared").options().values()
    assert kept.apply(place).effects.equals(desk.place.effects)
    desk.head.press("undo")
    assert desk.wait(PATIENCE)
    assert desk.place == place
    assert desk.changes.open_pools(desk.place) == set()
    held.search.fill({"words": "nothing at all"})
    held.search.press("search")
    assert "Nothing was found" in held.result.value
    desk.close()


def test_what_no_option_may_do_is_said_and_the_place_itself_can_be_kept(tmp_path: Path) -> None:
    place = pb.read(shared().write(tmp_path / "shared"))
    desk = pb.desk(place)
    assert desk.wait(PATIENCE)
    rules = place.rules
    rules.loc[rules["rule"] == "duty", "amount"] = 2 * MILLION
    rules.loc[rules["rule"] == "promise", "amount"] = 4 * MILLION
    edited(desk, place.with_(rules=rules))
    desk.sections.look_at("options")
    options = desk.sections.options
    assert "Keep the place itself" not in str(options.form.form)
    options.save("Looser")
    assert "Looser is kept in looser.json" in options.form.said
    assert "it would relax duty" in options.form.said
    assert "Keep the place itself" in str(options.form.form)
    options.form.fill({"name": "Looser"})
    options.form.press("place")
    kept = pb.read(tmp_path / "small_looser")
    assert kept == desk.place
    options.form.press("place")
    assert "is there already" in options.form.said


def test_a_change_that_is_the_law_alone_is_said_to_fit_no_option(desk: PlaceDesk) -> None:
    rules = desk.place.rules
    rules.loc[rules["rule"] == "duty", "amount"] = 2 * MILLION
    edited(desk, desk.place.with_(rules=rules))
    desk.sections.options.save("Looser")
    assert "No option can hold this." in desk.sections.options.form.said
    assert desk.sections.options.known == {}


def test_figures_of_rows_that_were_edited_away_go_with_them(desk: PlaceDesk) -> None:
    moved(desk, "amounts", "rule", "promise")
    moved(desk, "amounts", "amount:promise", 4.0)
    moved(desk, "switches", "fence:grant", False)
    place = desk.place
    rules = place.rules
    edited(
        desk,
        place.with_(rules=rules[rules["rule"] != "promise"], ring_fences=place.ring_fences[:0]),
    )
    assert desk.changes == Changes()
    assert desk.head.said.startswith("Solved: £")


def test_a_plan_that_arrives_while_another_section_is_opened_leaves_that_section_open(
    desk: PlaceDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker has decided for the options when somebody opens another section."""
    shown, arriving, opener = desk.sections, threading.Event(), None
    refresh = shown.options.refresh

    def slow(picked: str = "") -> None:
        refresh(picked)
        arriving.set()
        assert opener is not None
        # Time enough to be overtaken, were it possible.
        opener.join(0.5)

    opener = threading.Thread(target=lambda: arriving.wait(PATIENCE) and shown.look_at("why"))
    shown.look_at("options")
    monkeypatch.setattr(shown.options, "refresh", slow)
    opener.start()
    desk.head.press("solve")
    assert desk.wait(PATIENCE)
    opener.join(PATIENCE)
    assert shown.current == "why"
    assert shown.children == (shown.menu, shown.why, shown.panel)


def test_an_explanation_that_comes_late_does_not_take_the_place_of_another_section(
    desk: PlaceDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, go = threading.Event(), threading.Event()
    explain = sections.explain

    def slow(*given: Any, **more: Any) -> Any:
        running.set()
        assert go.wait(PATIENCE)
        return explain(*given, **more)

    monkeypatch.setattr(sections, "explain", slow)
    desk.sections.look_at("why")
    desk.sections.why.press("explain")
    assert running.wait(PATIENCE)
    desk.sections.look_at("money")
    go.set()
    assert desk.wait(PATIENCE)
    assert "Money by purpose" in desk.sections.panel.value


def test_an_explanation_hears_the_stop_button(
    desk: PlaceDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = threading.Event()

    def slow(*_: Any, stop: threading.Event, **__: Any) -> Any:
        running.set()
        assert stop.wait(PATIENCE)
        raise pb.Stopped("stopped")

    monkeypatch.setattr(sections, "explain", slow)
    desk.sections.look_at("why")
    desk.sections.why.press("explain")
    assert running.wait(PATIENCE)
    desk.head.press("stop")
    assert desk.wait(PATIENCE)
    assert desk.sections.why.said == "Stopped."


PLANTED = "a fault that was planted"
SAID = "A fault in placebudget kept this from being done (IndexError)"


def boom(*_: Any, **__: Any) -> Any:
    raise IndexError(PLANTED)


def move_money(desk: PlaceDesk) -> str:
    moved(desk, "amounts", "funding:tax:2028-29", 8.0)
    return desk.amounts.said + desk.head.said


def solve(desk: PlaceDesk) -> str:
    desk.head.press("solve")
    assert desk.wait(PATIENCE)
    return desk.head.said


def look_at(section: str) -> Any:
    def act(desk: PlaceDesk) -> str:
        desk.sections.look_at(section)
        return str(desk.sections.panel.value)

    return act


def explain(desk: PlaceDesk) -> str:
    desk.sections.look_at("why")
    desk.sections.why.press("explain")
    assert desk.wait(PATIENCE)
    return desk.sections.why.said


def compare_option(desk: PlaceDesk) -> str:
    desk.sections.look_at("options")
    moved(desk, "amounts", "funding:tax:2028-29", 8.0)
    desk.sections.options.save("more")
    desk.sections.options.form.press("compare")
    assert desk.wait(PATIENCE)
    return desk.sections.options.form.said


def press(form: str, key: str) -> Any:
    def act(desk: PlaceDesk) -> str:
        widget = desk.head if form == "head" else desk.sections.menu
        widget.press(key)
        assert desk.wait(PATIENCE)
        return widget.said

    return act


FAULTS = [
    ("solving.planned", solve),
    ("solving.session", move_money),
    ("solving.quick_plan", move_money),
    ("place_desk.plan_panel", solve),
    ("solving.plan_drawing", solve),
    ("solving.LiveDrawing", solve),
    ("place_desk.PlaceDesk.release", move_money),
    ("place_desk.PlaceDesk.solve", press("head", "solve")),
    ("place_desk.PlaceDesk.stop", press("head", "stop")),
    ("place_desk.PlaceDesk.use", press("head", "reset")),
    ("desk.money_panel", look_at("money")),
    ("desk.savings_panel", look_at("savings")),
    ("desk.price_panel", look_at("prices")),
    ("sections.explain", explain),
    ("sections.TableEditor", look_at("tables")),
    ("solving.planned", compare_option),
    ("sections.option_groups", look_at("options")),
    ("sections.section_groups", press("menu", "show:savings")),
]


@pytest.fixture(scope="module")
def going_on() -> Iterator[PlaceDesk]:
    """One desk for all faults: each finds it as the last one left it."""
    made = pb.desk(shared())
    assert made.wait(PATIENCE)
    yield made
    made.close()


@pytest.mark.parametrize(("where", "act"), FAULTS, ids=[where for where, _ in FAULTS])
def test_a_fault_anywhere_is_said_and_logged_and_the_desk_goes_on(
    going_on: PlaceDesk, where: str, act: Any, caplog: pytest.LogCaptureFixture
) -> None:
    desk = going_on
    with pytest.MonkeyPatch.context() as patch:
        desk.sections._shown = ("", None)  # so that each section is put together anew
        if where in ("solving.session", "solving.LiveDrawing"):
            desk.engine.halt()  # so that it is made anew
        module, _, path = where.partition(".")
        folder = "work" if module in ("solving", "desk") else "widgets.desk"
        owner: Any = importlib.import_module(f"placebudget.{folder}.{module}")
        *parts, name = path.split(".")
        for part in parts:
            owner = getattr(owner, part)
        patch.setattr(owner, name, boom)
        assert SAID in act(desk)
        assert desk.wait(PATIENCE)
    assert PLANTED in [str(each.exc_info[1]) for each in caplog.records if each.exc_info]
    moved(desk, "amounts", "funding:tax:2028-29", 9.0)
    desk.head.press("solve")
    assert desk.wait(PATIENCE)
    assert desk.plan.status == "optimal"
    assert not desk.stale
    desk.sections.look_at("money")
    assert "fault" not in desk.sections.panel.value


def test_undo_leads_before_tables_that_took_away_what_was_changed(desk: PlaceDesk) -> None:
    rule = str(desk.place.rules["rule"].iloc[0])
    place, amount = desk.place, float(desk.place.rules["amount"].iloc[0])
    desk.changes = desk.changes.with_amount(place, rule, 0.9 * amount)
    before = desk.changes
    edited(desk, place.with_(rules=place.rules.iloc[1:]))
    assert desk.changed_place() == desk.place
    desk.head.press("undo")
    assert desk.wait(PATIENCE)
    assert desk.changes == before
    assert desk.place is place
