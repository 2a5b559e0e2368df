"""What plans say of need: who is not served first, then what is avoided and released."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import placebudget as pb
from placebudget.plan.drawing import plan_drawing
from placebudget.study.potential.plans_side_by_side import measures_of
from placebudget.view import tables
from placebudget.view.html import plan_page
from sheets import below, stored
from worked_place import worked

SHORT = (100e6, 96e6, 100e6)


@pytest.fixture(scope="module")
def aligned() -> pb.Plan:
    return pb.optimise(worked(appraisal_years=4), pooling="aligned", prices=False)


@pytest.fixture(scope="module")
def today() -> pb.Plan:
    return pb.simulate(worked(nhs=SHORT))


def test_need_that_is_not_met_is_said_first_in_pounds_and_people(today: pb.Plan) -> None:
    said = today.summary().splitlines()
    assert said[1:3] == [
        "need that must be met is not all met: to meet it would cost £4 million more:",
        "- Emergency: 4,000 people in need are not served in 2028-29; "
        "to meet this need would cost £4 million more",
    ]


def test_a_plan_says_what_is_avoided_and_released_and_its_value_apart(aligned: pb.Plan) -> None:
    said = aligned.summary()
    assert "not all met" not in said
    assert "£414.4 million" in said
    assert "services led by need bring £360 million themselves" in said
    assert (
        "Emergency (person helped for a year): 300,000 needed, 14,750 of it avoided, "
        "285,250 served; £29 million released (2027-28 prices, discounted)"
    ) in said


def test_need_avoided_and_the_outcome_that_avoids_it_are_told_to_be_two_counts(
    aligned: pb.Plan,
) -> None:
    """14,750 attendances in three years of money; the outcome counts a fourth year too."""
    sheets = [*tables.needs({"Aligned": aligned}), tables.outcomes({"Aligned": aligned})]
    avoided = sheets[0].figures["Aligned"]["Emergency: avoided (person helped for a year)"]
    assert avoided < sheets[1].figures["Aligned"]["fewer"]
    for sheet in sheets:
        assert "times what one of it spares of the service" in sheet.note
        assert "it is of the years of money alone" in sheet.note
    without = {"Today": pb.simulate(pb.example("toy_pooling"))}
    assert "two counts" not in tables.outcomes(without).note


def test_value_of_plans_that_leave_different_need_unmet_is_said_not_to_be_compared(
    today: pb.Plan,
) -> None:
    freed = pb.optimise(worked(nhs=SHORT), pooling="freed", prices=False)
    note = tables.public_value({"Today": today, "Freed": freed}).note
    assert (
        "filled in order of cost: Today £4 million, Freed £0. A plan that meets more of it" in note
    )
    assert "would cost" not in tables.public_value({"Today": today, "Again": today}).note


def test_empty_capacity_is_said() -> None:
    place = worked(nursing=False, family_value=3000.0)
    plan = pb.optimise(place, pooling="aligned", prices=False)
    assert "capacity for 15,250 is paid for and empty" in plan.summary()


def test_parts_of_public_value_add_up_with_what_is_released_later(aligned: pb.Plan) -> None:
    """95 % of 90,250 stay: 14,262.5 attendances at £1,000 are no longer paid for."""
    sheet = tables.public_value({"Aligned": aligned}).whole()["Aligned"]
    assert sheet["Released after the last year of money"] == pytest.approx(14.2625)
    assert sheet["Public value"] == pytest.approx(aligned.objective.value / 1e6)


def test_savings_of_need_avoided_are_not_called_transfers(aligned: pb.Plan) -> None:
    assert tables.transfers_note({"Aligned": aligned}) == ""


def test_need_stands_side_by_side_and_nowhere_without_services_led_by_it(
    aligned: pb.Plan, today: pb.Plan
) -> None:
    (sheet,) = tables.needs({"Today": today, "Aligned": aligned})
    figures = sheet.whole()
    assert figures.loc["Emergency: not provided (person helped for a year)"].tolist() == [4_000, 0]
    assert figures.loc["Emergency: money short, £ million"].tolist() == [4, 0]
    assert figures.loc["Emergency: released, £ million"].tolist() == pytest.approx([0, 29.0125])
    assert tables.needs({"Today": pb.simulate(pb.example("toy_pooling"))}) == []


def test_a_workbook_has_a_sheet_of_needs_with_units(today: pb.Plan, tmp_path: Path) -> None:
    book = stored(today.to_excel(tmp_path / "today.xlsx"))
    head, _, short, _ = below(book["Needs"])
    row = dict(zip(head, short, strict=True))
    assert row["Needed, units of the service"] == 100_000
    assert row["Capacity paid for, units of the service"] == 96_000
    assert (row["In need and not served"], row["Money short, £"]) == (4_000, 4_000_000)


def test_people_not_served_are_units_over_units_a_person() -> None:
    place = worked(nhs=SHORT)
    services = place.tables["services"].assign(units_per_person=2.0)
    needs = pb.simulate(place.with_(services=services)).tables["needs"]
    assert needs["needed"].tolist() == [200_000] * 3
    assert needs["not_served"].tolist() == pytest.approx([50_000, 52_000, 50_000])
    assert needs["money_short"].tolist() == pytest.approx([100e6, 104e6, 100e6])


def test_the_page_of_a_plan_says_first_who_is_not_served(today: pb.Plan) -> None:
    page = plan_page(today)
    assert (
        "Today: need that must be met is not all met: "
        "to meet it would cost £4 million more." in page
    )
    assert page.index("4,000 people in need are not served") < page.index("What the plan makes")


def test_outcomes_say_what_of_them_was_not_needed(aligned: pb.Plan) -> None:
    made = aligned.outcomes("outcome").set_index("outcome")
    assert made.loc["treated", ["counted", "not_needed"]].tolist() == pytest.approx(
        [300_000, 14_750]
    )
    assert made.loc["read", "not_needed"] == 0
    figures = tables.outcomes({"Aligned": aligned}).whole()["Aligned"]
    treated = list(figures.index).index("treated")
    assert figures.index[treated + 1] == "treated: of which not needed"
    assert figures.iloc[treated + 1] == pytest.approx(14_750)
    assert sum("not needed" in name for name in figures.index) == 1


def test_what_was_not_needed_comes_back_from_a_file_and_stands_only_where_there_is_any(
    aligned: pb.Plan, tmp_path: Path
) -> None:
    file = aligned.to_json(tmp_path / "need.plan.json")
    assert pb.read_plan(file) == aligned
    assert "not_needed" in json.loads(file.read_text("utf-8"))["outcomes"]["columns"]
    plain = pb.simulate(pb.example("toy_pooling"))
    file = plain.to_json(tmp_path / "plain.plan.json")
    assert pb.read_plan(file) == plain
    assert "not_needed" not in file.read_text("utf-8")


def test_the_drawing_says_who_is_not_served(today: pb.Plan, aligned: pb.Plan) -> None:
    assert plan_drawing(today)["notes"][0].startswith(
        "Today: need that must be met is not all met: "
        "to meet it would cost £4 million more. Emergency"
    )
    assert not any("not all met" in note for note in plan_drawing(aligned)["notes"])


def test_measures_of_a_plan_add_up_to_its_public_value(aligned: pb.Plan) -> None:
    values = {name: value for name, value, _ in measures_of(aligned)}
    parts = ("fiscal value", "economic value", "social value")
    later = "released after the last year of money"
    assert sum(values[name] for name in (*parts, later)) == pytest.approx(values["public value"])
    same = pb.compare(aligned, aligned, names=["One", "Other"]).tables["value"]
    assert same.set_index("measure").loc[later, "One"] == values[later]


def test_a_service_that_only_one_of_several_plans_has_need_of_stands_with_nought() -> None:
    free = worked()
    services = free.tables["services"].assign(led_by="budget")
    budget = free.with_(services=services, avoids=free.tables["avoids"].iloc[:0])
    plans = {"Led by need": pb.simulate(free), "By budget": pb.simulate(budget)}
    (sheet,) = tables.needs(plans)
    assert (sheet.figures["Led by need"] > 0).any()
    assert (sheet.figures["By budget"] == 0).all()
