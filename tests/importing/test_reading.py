"""Published forms as they are downloaded: found out by their columns, read, or refused."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

import placebudget as pb
from placebudget.errors import UnreadableTable, WrongArgument
from placebudget.importing import Published
from published_forms import CSP, IMD, PSS, RS, SNPP, Rows, write

KINDS = [".csv", ".xlsx", ".ods"] if find_spec("python_calamine") else [".csv", ".xlsx"]


def read(folder: Path, name: str, rows: Rows) -> Published:
    return pb.importing.read(write(folder / name, rows))


def figure(published: Published, who: str, line: str, measure: str | None = None) -> float:
    rows = published.for_authority(who)
    rows = rows[(rows["line"] == line) & ((rows["measure"] == measure) if measure else True)]
    (value,) = rows["value"]
    return value


@pytest.mark.parametrize("kind", KINDS)
def test_each_form_is_known_by_its_columns_in_every_kind_of_file(tmp_path: Path, kind: str) -> None:
    outturn = read(tmp_path, f"download{kind}", RS)
    assert (outturn.form.key, outturn.unit, outturn.years) == (
        "revenue_outturn",
        "£ thousand",
        ("2015-16",),
    )
    assert outturn.edition == "final, revised"
    assert figure(outturn, "Lancashire County Council", "education") == 812345
    assert figure(outturn, "E2301", "education") == 121989
    assert figure(outturn, "Blackburn with Darwen", "adult_social_care") == -56
    assert figure(outturn, "E06000028", "unallocated_reserves_start", "balance") == 8000

    settlement = read(tmp_path, f"settlement{kind}", CSP)
    assert (settlement.form.key, settlement.unit) == ("core_spending_power", "£ million")
    assert figure(settlement, "Lancashire", "council_tax_requirement") == 430.5
    pounds = settlement.in_pounds().set_index(["code", "line"])["value"]
    assert pounds["E06000008", "core_spending_power"] == 124_750_000

    people = read(tmp_path, f"snpp2018{kind}", SNPP)
    assert (people.form.key, people.years) == ("population_projections", ("2018", "2019"))
    burnley = people.for_authority("Burnley", "2019").set_index(["line", "measure"])["value"]
    assert burnley.to_dict() == {
        ("age_0", "persons"): 1090.1,
        ("age_65_69", "persons"): 4750,
        ("age_90_plus", "persons"): 720,
        ("all_ages", "females"): 45100,
    }
    assert {"county-and-districts", "total-rows"} <= people.findings.codes

    deprived = read(tmp_path, f"File_10_IoD2019{kind}", IMD)
    assert (deprived.form.key, deprived.years) == ("deprivation", ("2019",))
    assert figure(deprived, "Burnley", "imd", "average_score") == 37.79
    assert figure(deprived, "Burnley", "imd", "most_deprived_tenth") == 0.3833
    assert figure(deprived, "Burnley", "income", "average_score") == 0.19

    costs = read(tmp_path, f"unit_costs{kind}", PSS)
    assert (costs.form.key, costs.years, costs.edition) == (
        "adult_social_care_costs",
        ("2013-14",),
        "final",
    )
    lancashire = costs.for_authority("323").set_index(["line", "measure"])
    assert lancashire.loc[("home_care_hours", "unit_cost"), "value"] == 14.5
    assert lancashire.loc[("home_care_hours", "unit_cost"), "unit"] == "£ an hour"
    assert lancashire.loc[("older_people_care_homes", "expenditure"), "unit"] == "£ thousand"


def test_marks_totals_and_notes_are_kept_apart_from_figures(tmp_path: Path) -> None:
    outturn = read(tmp_path, "download.xlsx", RS)
    rows = outturn.table.set_index(["code", "line"])
    hidden = rows.loc[("E10000017", "earmarked_reserves_start")]
    assert (hidden["status"], hidden["note"], hidden["cell"]) == ("suppressed", "[c]", "Data!H8")
    assert rows["value"].isna().sum() == 2
    assert rows.loc[("E06000008", "total_service"), ["value", "status"]].tolist() == [
        212000,
        "revised",
    ]
    assert rows.loc[("E06000008", "earmarked_reserves_start"), "status"] == "missing"
    assert "England" not in set(outturn.table["authority"])
    assert outturn.notes[-1] == "[r] = revised; [c] = confidential"
    assert {"total-rows", "marked-cells"} <= outturn.findings.codes


def test_a_file_that_is_no_form_is_refused_with_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTable) as refused:
        read(tmp_path, "spending.csv", [["name", "price"], ["bread", 2]])
    assert "It begins with 'name', 'price'" in str(refused.value)
    assert "Core spending power" in str(refused.value)


def test_two_forms_that_fit_are_named_and_none_is_guessed(tmp_path: Path) -> None:
    plain = [["Local authorities 2015-16, £ thousand"], *RS[1:]]
    with pytest.raises(UnreadableTable, match="form='revenue_budget'"):
        read(tmp_path, "download.csv", plain)
    told = pb.importing.read(tmp_path / "download.csv", form="revenue_budget")
    assert told.form.key == "revenue_budget"
    budget = [["Revenue account budget 2015-16, £ thousand"], *RS[1:]]
    assert read(tmp_path, "other.csv", budget).form.key == "revenue_budget"


def test_who_followed_whom_is_told_and_never_taken(tmp_path: Path) -> None:
    outturn = read(tmp_path, "download.csv", RS)
    with pytest.raises(WrongArgument, match=r"followed Bournemouth .*which it has"):
        outturn.for_authority("Bournemouth, Christchurch and Poole")
    with pytest.raises(WrongArgument, match="Did you mean Blackburn with Darwen"):
        outturn.for_authority("Blackburn and Darwin")
