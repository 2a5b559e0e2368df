"""Published forms as they are downloaded: found out by their columns, read, or refused."""

from __future__ import annotations

import datetime
import gzip
import json
from collections import Counter
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

import placebudget as pb
from placebudget.errors import UnreadableTable, WrongArgument
from placebudget.importing import Published
from placebudget.importing.authorities import register, served, serving, successors
from placebudget.place.io.folder import FileLimits
from published_forms import CSP, IMD, PSS, RS, SNPP, Rows, write

KINDS = [".csv", ".xlsx", ".ods"] if find_spec("python_calamine") else [".csv", ".xlsx"]


def read(folder: Path, name: str, rows: Rows) -> Published:
    return pb.importing.read(write(folder / name, rows))


def figure(published: Published, who: str, line: str, measure: str | None = None) -> float:
    rows = published.for_authority(who)
    rows = rows[(rows["line"] == line) & ((rows["measure"] == measure) if measure else True)]
    (value,) = rows["value"]
    return value


def test_each_council_outside_london_is_served_by_one_police_body_in_each_year() -> None:
    for year in ("2010-11", "2015-16", "2019-20", "2024-25"):
        councils = [
            each
            for each in register().values()
            if each.code.startswith("E")
            and each.kind in ("county", "unitary", "metropolitan", "district")
            and each.was_there(year)
        ]
        for each in councils:
            assert len(serving(each, "police", year)) == 1, (each.name, year)
            assert len(serving(each, "fire", year)) <= 1, (each.name, year)
        # Nobody is counted twice, and all that a body serves it is served by.
        bodies = {one.code: one for each in councils for one in serving(each, "police", year)}
        areas = [each.code for body in bodies.values() for each in served(body, year)]
        assert len(areas) == len(set(areas)), year


@pytest.mark.parametrize("kind", KINDS)
def test_each_form_is_known_by_its_columns_in_every_kind_of_file(tmp_path: Path, kind: str) -> None:
    outturn = read(tmp_path, f"download{kind}", RS)
    assert (outturn.form.key, outturn.unit, outturn.years) == (
        "revenue_outturn",
        "£ thousand",
        ("2015-16",),
    )
    assert outturn.edition == "final"
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


def test_council_tax_grants_reserves_outcomes_and_borrowing_are_known_too(tmp_path: Path) -> None:
    who = ["E07000117", "Burnley"]
    told = {
        "council_tax": (
            ["Average band D", "Tax base", "Council tax requirement (£000)"],
            [
                ("£ a dwelling", 310.5),
                ("band D equivalent dwellings", 23_000),
                ("£ thousand", 7_141),
            ],
        ),
        "formula_grant": (
            ["Revenue Support Grant", "Redistributed non-domestic rates", "Total formula grant"],
            [("£ thousand", 1_000), ("£ thousand", 9_000), ("£ thousand", 10_000)],
        ),
        "reserves": (
            ["Earmarked reserves at 1 April 2023", "Unallocated reserves at 31 March 2024"],
            [("£ thousand", 8_000), ("£ thousand", 2_000)],
        ),
        "adult_social_care_outcomes": (
            ["ASC Carer Quality of Life", "Workforce turnover rate"],
            [("as the measure has it", 7.6), ("as the measure has it", 31.4)],
        ),
        "borrowing": (
            ["Gross external borrowing", "Borrowing per head"],
            [("£", 24_000_000), ("£ a head", 250.5)],
        ),
    }
    for form, (lines, figures) in told.items():
        head, row = ["ONS code", "Authority", *lines], [*who, *(value for _, value in figures)]
        found = read(tmp_path, f"{form}_2023-24.csv", [head, row])
        assert (found.form.key, found.years) == (form, ("2023-24",))
        assert list(zip(found.table["unit"], found.table["value"], strict=True)) == figures
        assert not found.findings
    assert found.table["line"].tolist() == ["gross_external_borrowing", "borrowing_per_head"]
    head = ["Financial year", "Local authority code", "Grouping", "Measure", "Value", "MEDIAN"]
    row = ["2016-17", "E06000005", "LA_Raw", "Outcome, ASC Carer Quality of Life", 7.6, 7.5]
    outcome = read(tmp_path, "long.csv", [head, row])
    assert outcome.table[["line", "measure"]].to_numpy().tolist() == [
        ["carer_quality_of_life", "outcome"],
        ["carer_quality_of_life", "median"],
    ]
    assert outcome.findings.codes == {"column-not-read"}


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
    with pytest.raises(UnreadableTable, match=r"Nearest is Core spending power .* has core_spend"):
        read(tmp_path, "part.csv", [["ONS code", "Core spending power"], ["E06000008", 1]])


def test_two_forms_that_fit_are_named_and_none_is_guessed(tmp_path: Path) -> None:
    plain = [["Local authorities 2015-16, £ thousand"], *RS[1:]]
    with pytest.raises(UnreadableTable, match="form='revenue_budget'"):
        read(tmp_path, "download.csv", plain)
    told = pb.importing.read(tmp_path / "download.csv", form="revenue_budget")
    assert told.form.key == "revenue_budget"
    budget = [["Revenue account budget 2015-16, £ thousand"], *RS[1:]]
    assert read(tmp_path, "other.csv", budget).form.key == "revenue_budget"


def test_populations_of_any_publisher_are_read_with_the_year_of_their_headings(
    tmp_path: Path,
) -> None:
    """Of Bournemouth, Christchurch and Poole there was nobody to count in 2015; 0 is no people."""
    head = ["ons_code", "name", "jobs", "population", "pop_year", "pop_2015", "2016 population"]
    rows = [
        ["E08000010", "Wigan", 111_810, 344_922, 2024, 320_864, 0],
        ["E07000026", "Allerdale", 39_975, None, None, None, None],
        ["E06000063", "Cumberland", 129_850, 280_495, 2024, 274_195, 273_900],
        ["E06000058", "Bournemouth, Christchurch and Poole", 1, 404_050, 2024, 389_000, 391_000],
    ]
    found = read(tmp_path, "features.csv", [head, *rows])
    assert (found.form.key, found.unit, found.lines) == ("populations", "people", ("all_ages",))
    wigan = found.for_authority("Wigan").set_index("year")
    assert wigan["value"].dropna().to_dict() == {"2015": 320_864, "2024": 344_922}
    assert wigan.loc["2016", ["status", "note"]].tolist() == ["missing", "0"]
    assert found.findings.codes == {"column-not-read", "marked-cells", "not-there"}
    # Only what concerns one is said to it.
    assert [each.what for each in found.remarks_on(["E08000010"])] == ["1 cell is missing: G2."]
    (absent,) = found.remarks_on(["E06000058"])
    assert "in 2015, " in absent.what
    assert "in 2016 (row 5)" in absent.what
    with pytest.raises(WrongArgument, match=r"became Cumberland \(.*\), which it has\.$"):
        found.for_authority("Allerdale")
    with pytest.raises(UnreadableTable, match="into the heading: population_2022"):
        read(tmp_path, "plain.csv", [["name", "population"], ["Wigan", 320_864]])
    plain = pb.importing.read(tmp_path / "plain.csv", year="2015")
    assert plain.table[["year", "value"]].to_numpy().tolist() == [["2015", 320_864]]
    # Ages are of an estimate or of a projection; which of them is asked.
    with pytest.raises(UnreadableTable, match="form='population_projections'"):
        read(
            tmp_path, "ages.csv", [["name", "age_0", "population", "year"], ["Wigan", 9, 99, 2015]]
        )


def test_who_followed_whom_is_told_and_never_taken(tmp_path: Path) -> None:
    outturn = read(tmp_path, "download.csv", RS)
    with pytest.raises(WrongArgument, match=r"followed Bournemouth .*which it has"):
        outturn.for_authority("Bournemouth, Christchurch and Poole")
    with pytest.raises(WrongArgument, match="Did you mean Blackburn with Darwen"):
        outturn.for_authority("Blackburn and Darwin")


# --- a fault planted for each thing that is handled --------------------------------

HEAD = ["ONS code", "Authority", "Year", "Council tax requirement", "Settlement funding assessment"]


def settlement(folder: Path, *rows: list[object], name: str = "settlement.csv") -> Published:
    return read(folder, name, [HEAD, *rows])


def test_years_are_read_however_they_are_written(tmp_path: Path) -> None:
    ways = ["2015-16", "2015/16", "201516", "2015-2016", "2015\u201316", "2015"]
    codes = ["E07000117", "E07000118", "E07000119", "E07000120", "E07000121", "E07000122"]
    rows = [[code, "", way, 1, 2] for code, way in zip(codes, ways, strict=True)]
    found = settlement(tmp_path, *rows)
    assert found.years == ("2015-16",)
    assert len(found.authorities) == 6
    (said,) = found.findings.of("year-read")
    assert "the one that begins in its April: 2015 as 2015-16 (row 7)" in said.what


def test_a_year_that_a_spreadsheet_made_a_date_is_told_and_another_date_refused(
    tmp_path: Path,
) -> None:
    rows = [
        ["E07000117", "", datetime.date(2010, 11, 1), 1, 2],
        ["E07000118", "", datetime.date(2010, 7, 1), 1, 2],
    ]
    found = settlement(tmp_path, *rows, name="dates.xlsx")
    assert found.years == ("2010-11",)
    assert (
        "A spreadsheet had made dates of years: 2010-11-01"
        in found.findings.of("year-read")[0].what
    )
    (refused,) = found.findings.errors
    assert (refused.code, refused.row) == ("wrong-year", 3)
    as_text = settlement(
        tmp_path, ["E07000117", "", "Nov-10", 1, 2], ["E07000118", "", "Jul-10", 1, 2]
    )
    assert as_text.years == ("2010-11",)
    assert as_text.findings.codes == {"year-read", "wrong-year"}


def test_without_a_year_anywhere_it_is_asked_for(tmp_path: Path) -> None:
    file = write(tmp_path / "csp.csv", [CSP[2], *CSP[3:]])
    with pytest.raises(UnreadableTable, match="Give the year, as year='2015-16'"):
        pb.importing.read(file)
    assert pb.importing.read(file, year="2017/18").years == ("2017-18",)
    stated = write(tmp_path / "csp_2016-17.csv", [CSP[2], *CSP[3:]])
    with pytest.raises(UnreadableTable, match=r"2016-17, not of 2018-19"):
        pb.importing.read(stated, year="2018-19")
    other = read(tmp_path, "csp_2019-20.csv", CSP)
    assert (other.years, other.findings.codes) == (("2016-17",), {"several-years"})


def test_units_are_as_stated_and_never_mixed_up(tmp_path: Path) -> None:
    pounds = [["Core spending power 2016-17, in pounds (£)"], *CSP[1:]]
    found = read(tmp_path, "pounds.csv", pounds)
    assert (found.unit, found.findings.codes) == ("£", {"unit", "unit-doubtful"})
    both = [["Core spending power 2016-17"], ["£ thousand"], ["£ million"], *CSP[2:]]
    assert read(tmp_path, "both.csv", both).findings.of("several-units")
    heading = [*CSP[2][:2], *(f"{each} (£000s)" for each in CSP[2][2:])]
    assert read(tmp_path, "heads.csv", [CSP[0], heading, *CSP[3:]]).unit == "£ thousand"


def test_figures_of_a_size_that_no_authority_has_are_suspected(tmp_path: Path) -> None:
    head = [
        ["Revenue outturn 2015-16"],
        ["ONS code", "Education services", "Total service expenditure"],
    ]
    rows = [["E06000008", 121_989_000, 212_000_000], ["E06000009", 1, 190_000_000]]
    (said,) = read(tmp_path, "a.csv", [*head, *rows]).findings.of("unit-doubtful")
    assert "total_service is 201,000,000 £ thousand in the middle" in said.what
    head[0] = ["Revenue outturn 2015-16, in £"]
    assert read(tmp_path, "b.csv", [*head, *rows]).findings.codes == {"unit"}


def test_a_total_that_the_rows_do_not_add_up_to_is_told(tmp_path: Path) -> None:
    rows = [row if not row or row[0] != "E1202" else [] for row in RS]
    assert not read(tmp_path, "whole.csv", RS).findings.of("total-differs")
    (said,) = read(tmp_path, "lost.csv", rows).findings.of("total-differs")
    assert "E11 1,024,334, rows 934,334" in said.what
    assert "H11" not in said.what  # one of its cells is suppressed
    long = [["ONS code", "Authority", "Financial year", "Line", "Value"]]
    for line, one, other, total in [("Police", 1, 2, 3), ("Adult social care", 4, 5, 900)]:
        long += [["E06000008", "", "2015-16", line, one], ["E06000009", "", "2015-16", line, other]]
        long += [["", "England", "2015-16", line, total]]
    (said,) = read(tmp_path, "outturn.csv", long).findings.of("total-differs")
    assert "E7 900, rows 9." in said.what


def test_service_lines_under_headings_of_groups_have_their_measures(tmp_path: Path) -> None:
    rows: Rows = [
        ["RO5 2023-24: provisional, £ thousand"],
        [None, None, "Library service", None, "TOTAL CULTURAL AND RELATED SERVICES"],
        ["E-code", "Local authority", "Employees", "Net current expenditure", "Employees",
         "Total income"],
        ["E2333", "Burnley", 10, 12, 300, -40],
    ]  # fmt: skip
    found = read(tmp_path, "download.xlsx", rows)
    assert (found.form.key, found.edition, found.years) == (
        "revenue_outturn",
        "provisional",
        ("2023-24",),
    )
    assert list(found.table[["line", "measure", "value"]].itertuples(index=False, name=None)) == [
        ("library_service", "employees", 10),
        ("library_service", "net_current_expenditure", 12),
        ("cultural", "employees", 300),
        ("cultural", "total_income", -40),
    ]


def test_years_side_by_side_belong_to_the_line_that_stands_over_them(tmp_path: Path) -> None:
    power: Rows = [
        ["Core spending power, £ million"],
        [None, None, "Settlement Funding Assessment", None, "Council Tax Requirement", None],
        ["ONS Code", "Local authority", "2023-24", "2024-25", "2023-24", "2024-25"],
        ["E07000117", "Burnley", 6.5, 6.75, 7.5, 7.75],
    ]
    found = read(tmp_path, "power.xlsx", power).table
    assert list(found[["line", "year", "value"]].itertuples(index=False, name=None)) == [
        ("settlement_funding_assessment", "2023-24", 6.5),
        ("settlement_funding_assessment", "2024-25", 6.75),
        ("council_tax_requirement", "2023-24", 7.5),
        ("council_tax_requirement", "2024-25", 7.75),
    ]
    tax: Rows = [
        ["Average Band D council tax by local authority, excluding parish precepts"],
        ["ONS Code", "Authority", "2023-24", "2024-25"],
        ["E07000117", "Burnley", 310.5, 320.25],
    ]
    found = read(tmp_path, "levels.csv", tax).table
    assert list(found[["line", "year", "value"]].itertuples(index=False, name=None)) == [
        ("band_d", "2023-24", 310.5),
        ("band_d", "2024-25", 320.25),
    ]


def test_sheets_may_each_hold_a_part_of_a_form(tmp_path: Path) -> None:
    head = ["Local Authority District code (2019)", "Local Authority District name (2019)"]
    scores = {
        name: [[*head, "Average score", "Rank of average score"], ["E07000117", "Burnley", n, n]]
        for n, name in enumerate(["Income", "Employment"], start=2)
    }
    imd = [[*head, "Average score"], ["E07000117", "Burnley", 1]]
    file = write(tmp_path / "File_10_2019.xlsx", [["Contents"]], {"IMD": imd, **scores})
    found = pb.importing.read(file)
    assert [figure(found, "Burnley", each, "average_score") for each in found.lines] == [1, 2, 3]
    assert found.lines == ("imd", "income", "employment")

    ages = ["Code", "Name", "Geography", "All ages", "0", "90"]
    whose = {
        f"MYE2 - {sex}": [
            [f"Population estimates: {sex}, mid-2022, published 2023"],
            ages,
            ["E07000117", "Burnley", "Non-metropolitan District", n, n + 1, n + 2],
            ["E12000002", "NORTH WEST", "Region", 7, 8, 9],
        ]
        for n, sex in enumerate(["Persons", "Males", "Females"])
    }
    people = pb.importing.read(write(tmp_path / "ukpop.xlsx", [["Contents"]], whose))
    assert (people.form.key, people.years) == ("population_estimates", ("2022",))
    assert figure(people, "Burnley", "age_0", "males") == 2
    assert figure(people, "Burnley", "age_90_plus", "females") == 4
    assert set(people.table["authority"]) == {"Burnley"}


def test_the_time_series_of_the_department_is_read_by_its_short_names(tmp_path: Path) -> None:
    """Years are told by the month in which they end; what nobody returned says so."""
    detail = [f"RO5_detail{n}_tot_exp" for n in range(501)]
    head = ["year_ending", "ONS_code", "LA_LGF_code", "LA_name", "status", "LA_class",
            "LA_subclass", "RS_asc_net_exp", "RS_totsx_net_exp", "RS_ctrtot_net_exp",
            *detail]  # fmt: skip
    rows = [
        ["202303", "E06000008", "E2301", "Blackburn with Darwen", status, "UA", "UA", 1, 200, 60]
        for status in ("submitted", "not submitted")
    ]
    rows[1][1:4] = ["E06000009", "E2302", "Blackpool"]
    file = tmp_path / "Revenue_Outturn_time_series.csv"
    found = pb.importing.read(write(file, [head, *([*row, *range(501)] for row in rows)]))
    assert (found.years, found.unit) == (("2022-23",), "£ thousand")
    assert found.lines == ("adult_social_care", "total_service", "council_tax_requirement")
    assert set(found.for_authority("Blackpool")["status"]) == {"not submitted"}
    assert found.findings.codes == {"columns-left-out", "unit-doubtful"}
    few = pb.importing.read(write(file, [head[:11], *([*row, 7] for row in rows)]))
    assert few.table["measure"].tolist()[:4] == [
        "net_current_expenditure", "net_current_expenditure", "amount", "as headed",
    ]  # fmt: skip


def test_codes_and_names_that_do_not_agree_are_told(tmp_path: Path) -> None:
    head = ["E-code", *HEAD]
    rows = [
        ["E2333", "E07000118", "Burnley", "2015-16", 1, 2],  # codes of Burnley and of Chorley
        ["E2335", "E07000119", "Hyndburn", "2015-16", 1, 2],  # Fylde's codes
        ["", "E07000999", "Hyndburn", "2015-16", 1, 2],
        ["", "", "Nowhere", "2015-16", 1, 2],
        ["", "E06000063", "Cumberland", "2015-16", 1, 2],
        ["", "E08000020", "Gateshead", "2015-16", 1, 2],
    ]
    found = read(tmp_path, "rows.csv", [head, *rows])
    assert found.findings.codes == {
        "codes-disagree",
        "name-differs",
        "unknown-code",
        "unknown-authority",
        "not-there",
    }
    assert found.authorities["code"].tolist() == [
        "E07000117",
        "E07000119",
        "E07000120",
        "",
        "E06000063",
        "E08000037",
    ]
    assert set(found.for_authority("Cumberland")["status"]) == {"not there"}
    assert found.for_authority("Nowhere")["value"].tolist() == [1, 2]
    assert found.for_authority("E4501")["authority"].tolist() == ["Gateshead", "Gateshead"]


def test_merged_and_renamed_authorities_are_known(tmp_path: Path) -> None:
    rows = [
        [code, name, year, 1, 2]
        for code, name, year in [
            ("E06000061", "North Northamptonshire", "2023-24"),
            ("E06000062", "West Northamptonshire", "2023-24"),
            ("E06000066", "Somerset", "2023-24"),
            ("E10000027", "Somerset", "2022-23"),
            ("E06000064", "Westmorland & Furness", "2023-24"),
            ("E07000112", "Shepway", "2022-23"),
        ]
    ]
    found = settlement(tmp_path, *rows)
    assert not found.findings
    for gone, said in {
        "Northamptonshire County Council": r"became North Northamptonshire .* and West",
        "Cumbria": "became Westmorland and Furness",
        "Taunton Deane": "became Somerset",
        "Somerset Council": "may be Somerset .* and Somerset .*Give its code, or a year",
    }.items():
        with pytest.raises(WrongArgument, match=said):
            found.for_authority(gone)
    assert set(found.for_authority("Somerset", "2022-23")["code"]) == {"E10000027"}
    assert set(found.for_authority("Folkestone & Hythe District Council")["code"]) == {"E07000112"}
    with pytest.raises(WrongArgument, match=r"no figures of '2019-20'\. Years: 2022-23"):
        found.for_authority("Somerset", "2019-20")


def test_figures_of_one_thing_that_differ_are_not_taken(tmp_path: Path) -> None:
    burnley, again = ["E07000117", "Burnley", "2015-16", 1, 2], ["E07000117", "", "2015-16", 1, 9]
    found = settlement(tmp_path, burnley, again, ["E07000118", "Chorley", "2015-16", 3, 4])
    assert len(found.for_authority("Burnley")) == 1  # the figure that agrees stands once
    (doubled,) = found.findings.errors
    assert doubled.code == "doubled"
    assert "E2, E3" in doubled.mend


def test_cells_that_are_no_figures_are_named_with_their_place(tmp_path: Path) -> None:
    rows = [
        ["E07000117", "Burnley", "2015-16", "about 5", "1,5"],
        ["E07000118", "Chorley", "2015-16", "1 234", "5-"],
        ["E07000119", "Fylde", "2015-16", "-", "7 [p]"],
        ["E07000120", "Hyndburn", "2015-16", "8*", "[low]"],
    ]
    found = settlement(tmp_path, *rows)
    (first, second) = found.findings.errors
    assert (first.code, first.where) == (
        "unreadable-cell",
        "settlement.csv, row 2, Council tax requirement (column D)",
    )
    assert second.where.endswith("row 2, Settlement funding assessment (column E)")
    assert found.table["value"].fillna(-1).tolist() == [-1, -1, 1234, -5, -1, 7, 8, -1]
    assert found.table["status"].tolist() == [
        "unreadable", "unreadable", "", "", "missing", "provisional", "", "low",
    ]  # fmt: skip
    assert found.table["note"].tolist()[4:] == ["-", "[p]", "*", "[low]"]


def test_decimal_commas_are_read_where_the_file_shows_that_it_has_them(tmp_path: Path) -> None:
    lines = [";".join(HEAD), "E07000117;Burnley;2015-16;1.234,5;2,25"]
    file = tmp_path / "semicolons.csv"
    file.write_text("\n".join(lines), "utf-8")
    assert pb.importing.read(file).table["value"].tolist() == [1234.5, 2.25]
    file.write_text("\n".join([lines[0], "E07000117;Burnley;2015-16;1,234;2"]), "utf-8")
    found = pb.importing.read(file)
    (doubtful,) = found.findings.errors
    assert "decimal comma or with commas between thousands" in doubtful.what
    assert found.table["value"].isna().tolist() == [True, False]


def test_text_of_windows_is_read_and_said(tmp_path: Path) -> None:
    file = tmp_path / "windows.csv"
    text = "\n".join([",".join(HEAD), "W06000001,Ynys Môn,2015-16,1,2"])
    file.write_bytes(text.encode("cp1252"))
    found = pb.importing.read(file)
    assert found.table["authority"].tolist() == ["Isle of Anglesey"] * 2
    assert "Ynys Môn" in found.findings.of("read-as-windows")[0].what


def test_sheets_that_are_hidden_or_something_else_are_named(tmp_path: Path) -> None:
    others = {"Notes": [["Contents"], ["Table 1"]], "hidden data": CSP}
    found = pb.importing.read(write(tmp_path / "two.xlsx", CSP, others))
    assert {each.table for each in found.findings.of("sheet-not-read")} == {"Notes", "hidden data"}
    assert len(found.table) == 8
    only = pb.importing.read(write(tmp_path / "one.xlsx", [["Summary"]], {"hidden data": CSP}))
    assert len(only.table) == 8
    assert only.findings.of("hidden-sheet")[0].table == "hidden data"


def test_what_a_cell_shows_and_what_it_holds_are_told_apart(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    mark = InlineFont(vertAlign="superscript")
    raised = CellRichText("Council tax requirement", TextBlock(mark, "2"))
    for row in [[*HEAD[:3], raised, HEAD[4]], ["E07000117", "Burnley", "2015-16", 3_000_000, 4]]:
        sheet.append(row)
    sheet["D2"].number_format = "#,##0,"
    sheet["A3"], sheet["C3"], sheet["E3"] = "E07000118", "2015-16", 0.125
    sheet["E3"].number_format = "0.0%"
    sheet["D3"] = CellRichText("12", TextBlock(mark, "3"))
    book.save(tmp_path / "looks.xlsx")
    found = pb.importing.read(tmp_path / "looks.xlsx")
    assert found.table["value"].fillna(-1).tolist() == [3_000_000, 4, -1, 0.125]
    assert found.table["note"].tolist() == ["3000", "", "123", "12.5%"]
    assert found.table["status"].tolist() == ["shown as another figure", "", "unreadable", ""]
    assert found.lines[0] == "council_tax_requirement"
    assert [each.code for each in found.findings.errors] == ["unreadable-cell"]
    percent = settlement(tmp_path, ["E07000117", "", "2015-16", "12.5%", "5¹"]).table
    assert percent[["value", "note"]].to_numpy().tolist() == [[0.125, "%"], [5, "¹"]]


@pytest.mark.skipif(".ods" not in KINDS, reason="python-calamine is not installed")
def test_figures_as_text_are_told_where_raised_marks_cannot_be_seen(tmp_path: Path) -> None:
    found = read(tmp_path, "text.ods", [HEAD, ["E07000117", "", "2015-16", "123", 4]])
    assert found.findings.of("figures-as-text")[0].what.endswith("D2.")


def test_income_is_positive_however_it_is_written(tmp_path: Path) -> None:
    head = ["ONS code", "Year", "Education services", "NET REVENUE EXPENDITURE", "Police grant",
            "Revenue Support Grant"]  # fmt: skip
    rows = [["E06000008", "2015-16", 10, 5, 0, -7], ["E06000009", "2015-16", 12, 6, 0, 2]]
    found = read(tmp_path, "outturn.csv", [head, *rows])
    assert figure(found, "E06000008", "revenue_support_grant", "income") == 7
    assert figure(found, "E06000009", "revenue_support_grant", "income") == -2
    assert [each.what.split(": ")[1] for each in found.findings] == ["revenue_support_grant."]


def test_a_second_column_of_one_meaning_is_kept_apart(tmp_path: Path) -> None:
    rows = [
        ["ONS code", "Year", "Net current expenditure", None, "Non-IAS19 basis"],
        [None, None, "Education services", "TOTAL SERVICE EXPENDITURE", "Education services"],
        ["E06000008", "2015-16", 10, 20, 11],
    ]
    found = read(tmp_path, "outturn.csv", rows)
    assert found.lines == ("education", "total_service", "non_ias19_basis_education_services")
    (said,) = found.findings.of("second-column")
    assert "column E as C, here non_ias19_basis_education_services" in said.what


def test_files_of_other_kinds_and_broken_ones_are_refused_in_words(tmp_path: Path) -> None:
    told = {
        "form.pdf": "Files that end in .pdf are not read",
        "form.xlsx": "Not a workbook: an .xlsx file is a zip archive",
        "form.csv": "none of the published forms",
    }
    if find_spec("python_calamine"):
        told |= {"form.ods": "Not a workbook", "form.xls": "Not a workbook"}
    for name, said in told.items():
        (tmp_path / name).write_bytes(b"nothing\n")
        with pytest.raises(UnreadableTable, match=said):
            pb.importing.read(tmp_path / name)
    with pytest.raises(UnreadableTable, match=r"There is no file .*none\.csv"):
        pb.importing.read(tmp_path / "none.csv")
    with pytest.raises(WrongArgument, match="Did you mean deprivation"):
        pb.importing.read(tmp_path / "none.csv", form="deprevation")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("chart.csv", b"\x89PNG\r\n\x1a\n\0", "It holds a picture, whatever its name says."),
        ("report.csv", b"%PDF-1.7", "It holds a PDF"),
        ("book.csv", b"PK\x03\x04rest", "Name it .xlsx or .ods"),
        ("empty.csv", b" \n", "It is empty. Download it again, or leave it out."),
        ("folder.csv", None, "It is a folder, not a file. Name the files in it"),
        ("folder", None, "It is a folder, not a file."),
    ],
)
def test_what_is_no_table_is_said_to_be_what_it_is(
    tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    path = tmp_path / name
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    with pytest.raises(UnreadableTable, match=said):
        pb.importing.read(path)


def test_without_the_reader_of_other_workbooks_it_is_said_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("placebudget.importing.sheets.find_spec", lambda name: None)
    file = write(tmp_path / "form.ods", CSP)
    with pytest.raises(UnreadableTable, match=r"pip install 'placebudget\[import\]'"):
        pb.importing.read(file)


def test_the_register_holds_together() -> None:
    known = pb.importing.register()
    for each in known.values():
        assert {*each.became, *filter(None, [each.county])} <= set(known), each.words
        assert not each.became or each.ended, each.words
        assert each not in successors(each)
    for kind in ("ecode", "cassr"):
        codes = [getattr(each, kind) for each in known.values() if getattr(each, kind)]
        assert len(codes) == len(set(codes))
    assert len([each for each in known.values() if each.cassr]) == 152
    there = [each for each in known.values() if each.code[0] == "E" and each.was_there("2024-25")]
    kinds = Counter(each.kind for each in there)
    assert [kinds[k] for k in ("county", "district", "unitary", "metropolitan", "london")] == [
        21, 164, 63, 36, 33,  # the Isles of Scilly among the unitaries, the City in London
    ]  # fmt: skip


def test_what_was_read_is_written_and_can_be_read_again(tmp_path: Path) -> None:
    found = read(tmp_path, "download.csv", RS)
    table = pd.read_csv(found.write(tmp_path / "tidy.csv"))
    assert table["value"].tolist() == pytest.approx(found.table["value"].tolist(), nan_ok=True)
    assert table["form"].unique() == ["revenue_outturn"]
    held = json.loads(found.write(tmp_path / "tidy.json").read_text("utf-8"))["forms"][0]
    assert (held["unit"], len(held["table"])) == ("£ thousand", len(found.table))
    assert held["findings"] == found.findings.records()
    sheets = pd.read_excel(found.write(tmp_path / "tidy.xlsx"), sheet_name=None, engine="openpyxl")
    assert list(sheets) == ["figures", "about", "findings"]
    assert len(sheets["figures"]) == len(found.table)
    again = pb.importing.read(tmp_path / "tidy.csv", form="revenue_outturn")
    assert again.table["value"].sum() == found.table["value"].sum()


def with_second_lines(folder: Path, year: str, lines: Mapping[str, int]) -> pd.Series:
    """Figures of a council by line, of an outturn in which some lines stand twice."""
    rows = [
        f'{name},{year},"{line}",{value}'
        for line, value in lines.items()
        for name in ("Stockport", "Bolton")
    ]
    file = folder / "outturn.csv"
    file.write_text("\n".join(["authority,year,line,gbp_thousands", *rows]), "utf-8")
    found = pb.importing.read(file)
    assert {"doubled", "second-line"} & found.findings.codes == {"second-line"}
    return found.for_authority("Bolton").set_index("line")["value"]


def test_lines_that_a_form_numbers_apart_are_kept_apart(tmp_path: Path) -> None:
    """Notes call the interest of banks that failed as the form calls all interest; what is paid
    for public health stands in brackets alone, as what is bought and what is sold does.
    """
    cera = "Capital expenditure charged to the GF Revenue Account (CERA)"
    received = "Interest and investment income (-): external receipts and dividends"
    lines = {
        "781 | Interest: external payments": 5_981,
        f"786 | {received}": -5_863,
        f"765 | {cera} (exclude Public Health)": 700,
        f"766 | {cera} (Public Health)": 30,
        "795 | Carbon Reduction Commitment (CRC) transactions (expenditure) (+)": 349,
        "796 | Carbon Reduction Commitment (CRC) transactions (income) (-)": -338,
        "190 | Education services": 90,
        "951 | Interest payable and similar charges": 0,
        f"952 | {received}": 0,
    }
    values = with_second_lines(tmp_path, "2015-16", lines)
    kept = (
        "interest_payable", "interest_received", "capital_from_revenue",
        "capital_from_revenue_public_health", "carbon_allowances", "carbon_allowances_sold",
    )  # fmt: skip
    assert values[list(kept)].tolist() == [5_981, 5_863, 700, 30, 349, -338]
    assert len(values) == len(lines)
    assert values["951_interest_payable_and_similar_charges"] == 0


def test_a_table_that_was_packed_is_read_and_one_that_breaks_off_is_said(tmp_path: Path) -> None:
    content = b"authority,year,line,gbp_thousand\nStockport,2015-16,Education services,5\n"
    whole, broken = tmp_path / "outturn.csv.gz", tmp_path / "outturn_2.csv.gz"
    whole.write_bytes(gzip.compress(content))
    broken.write_bytes(gzip.compress(content)[:-9])
    assert pb.importing.read(whole).table["value"].tolist() == [5]
    with pytest.raises(UnreadableTable, match="no file packed by gzip, or ends too early"):
        pb.importing.read(broken)
    limits = FileLimits(file=len(content) - 1)
    with pytest.raises(UnreadableTable, match="large"):
        pb.importing.read(whole, limits=limits)
    # Of a form that may be two the name decides, and that is what is said.
    (tmp_path / "download.csv").write_bytes(content)
    with pytest.raises(UnreadableTable, match="Rename it so that its name says it, such as outt"):
        pb.importing.read(tmp_path / "download.csv")


def test_lines_of_a_form_without_numbers_are_told_apart_by_the_section_they_stand_in(
    tmp_path: Path,
) -> None:
    """As of 2014-15: only the first line of a section of notes names it."""
    received = "Interest and investment income (-): external receipts and dividends"
    lines = {
        "Education services": 90,
        "Interest payable and similar charges": 23_022,
        received: -2_752,
        "Carbon Reduction Commitment transactions (expenditure) (+)": 349,
        "Carbon Reduction Commitment transactions (income) (-)": -69,
        "Financial reserves levels at 1 April 2014 | Schools reserves level": 16_394,
        "Other earmarked financial reserves level": 70_010,
        "Icelandic bank impairment | Interest payable and similar charges": 167,
        f" {received}": -5,
    }
    values = with_second_lines(tmp_path, "2014-15", lines)
    kept = (
        "interest_payable", "interest_received", "carbon_allowances", "carbon_allowances_sold",
        "earmarked_reserves_start",
    )  # fmt: skip
    assert values[list(kept)].tolist() == [23_022, 2_752, 349, -69, 70_010]
    assert values["icelandic_bank_impairment_interest_payable_and_similar_charges"] == 167
