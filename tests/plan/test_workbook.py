"""A plan as a workbook: numbers as numbers, text never as a formula."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

import placebudget as pb
import places
from placebudget.plan.worded_table import heading, worded
from placebudget.plan.workbook_pages import (
    EACH,
    FIRST,
    MADE,
    MODEL,
    NAMES,
    Formula,
    Page,
    PageColumn,
    SumOver,
    count_format,
    number_format,
    percent_format,
    slug,
)
from placebudget.plan.workbook_writer import HEADLINES, WITHOUT_END, write_pages
from placebudget.words import count, number, percent
from sheets import below, frame_of, stored

EVIL = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1")


@pytest.fixture(scope="module")
def plan() -> pb.Plan:
    return pb.optimise(places.tiny(), pooling="pooled")


@pytest.fixture(scope="module")
def file(plan: pb.Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return plan.to_excel(tmp_path_factory.mktemp("book") / "plan.xlsx")


@pytest.fixture(scope="module")
def book(file: Path) -> Any:
    """The workbook with its formulas."""
    return openpyxl.load_workbook(file)


@pytest.fixture(scope="module")
def figures(file: Path) -> Any:
    """The workbook with the figures that formulas are stored with."""
    return stored(file)


OWN = ("person helped for a year", None)
GAINS = ("relaxing", "relaxing_rate", "tightening", "tightening_rate")


def test_each_table_is_a_sheet_with_its_figures(plan: pb.Plan, figures: Any) -> None:
    for name, frame in plan.tables.items():
        written = frame_of(figures[name.capitalize()])
        if "Own unit" in written:
            assert set(written.pop("Own unit")) <= {*plan.labels["outcomes"]["unit"], *OWN}
        heads = {column: heading(column, "£" if column in GAINS else "") for column in frame}
        if name in ("needs", "units", "outcomes"):  # Their headings say units of their own.
            heads = dict(zip(frame.columns, written.columns, strict=True))
        assert list(written.columns) == list(heads.values())
        assert len(written) == len(frame)
        for column in frame.select_dtypes("float64"):
            assert written[heads[column]].astype(float).to_numpy() == pytest.approx(
                frame[column].to_numpy(), nan_ok=True
            )
    assert frame_of(figures["Money"])["Amount, £"].sum() == pytest.approx(
        plan.money()["amount"].sum()
    )
    for name in plan.labels:
        keys = frame_of(figures[f"Keys of {name}"])
        assert keys.iloc[:, 0].tolist() == plan.labels[name].iloc[:, 0].tolist()


def test_names_stand_for_keys_and_yes_and_no_for_truth(plan: pb.Plan, book: Any) -> None:
    served = frame_of(book["Contributions"])
    assert set(served["Stream"]) <= set(plan.labels["streams"]["name"])
    assert set(frame_of(book["Units"])["Started"]) <= {"yes", "no"}


def test_the_first_sheet_is_for_people_and_leads_to_the_others(plan: pb.Plan, book: Any) -> None:
    first = book.worksheets[0]
    assert first.title == FIRST
    said = [row[0].value for row in first.iter_rows()]
    assert said[0] == plan.summary().splitlines()[0]
    assert MODEL in said[1]
    for title in ("What was found", "What it rests on", "Sheets"):
        assert said[said.index(title) + 1]
    assert said[said.index("Sheets") + 1 :] == book.sheetnames[1:]
    led = [cell.hyperlink.location for row in first.iter_rows() for cell in row if cell.hyperlink]
    assert led == [f"'{name}'!A1" for name in book.sheetnames[1:]]


def test_every_sheet_prints_on_a4_as_wide_as_the_page_with_its_headings(book: Any) -> None:
    for sheet in book.worksheets:
        assert sheet.page_setup.paperSize == 9
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        top = int((sheet.freeze_panes or "A1")[1:]) - 1
        assert sheet.title == FIRST or sheet.print_title_rows == f"$1:${top}"


def test_a_sheet_says_what_the_plan_is(plan: pb.Plan, book: Any) -> None:
    said = dict(below(book[MADE]))
    assert said["place"] == plan.place["title"]
    assert said["option"] == "the place as it is"
    assert (said["plan"], said["status"]) == ("pooled", "optimal")
    assert said["hash of inputs"] == plan.run["inputs"]
    assert said["version of pulp"] == plan.run["versions"]["pulp"]
    value = next(v for k, v in said.items() if k.startswith("objective: public value"))
    assert value == pytest.approx(plan.objective.value)


def test_headers_stay_in_sight_and_columns_are_wide_enough(book: Any) -> None:
    for sheet in book.worksheets[1:]:
        top = int(sheet.freeze_panes[1:])
        assert top in (3, 4)
        assert sheet["A1"].font.bold
        wide = {
            number: each.width
            for each in sheet.column_dimensions.values()
            for number in range(each.min, each.max + 1)
        }
        for cell in sheet[top - 1]:
            assert cell.font.bold
            words = str(cell.value or "").split()
            assert wide[cell.column] >= max(map(len, words), default=0)


def test_money_is_shown_to_the_penny(book: Any) -> None:
    assert book["Money"]["F4"].number_format == "#,##0.00"
    assert book["Money"]["F4"].data_type == "n"


def test_what_a_plan_does_not_keep_is_said(plan: pb.Plan, tmp_path: Path) -> None:
    odd = replace(plan, run={**plan.run, "rules_not_kept": ["one", "two"]})
    rows = openpyxl.load_workbook(odd.to_excel(tmp_path / "odd.xlsx"))[MADE]
    said = below(rows)
    assert ("rule not kept", "one") in said
    assert ("rule not kept", "two") in said


def test_totals_and_headlines_are_formulas_that_hold_the_figures_of_the_plan(
    plan: pb.Plan, book: Any, figures: Any
) -> None:
    money = plan.money()["amount"].sum()
    rows = len(plan.tables["money"])
    assert book["Money"]["A2"].value == "Total"
    assert book["Money"]["F2"].value == f"=SUM(F4:F{rows + 3})"
    assert figures["Money"]["F2"].value == pytest.approx(money)
    expected = {
        "Public value": plan.public_value(),
        "Money on services": money,
        "Management cost of pools": plan.management_cost(),
        "Money not spent": plan.unspent()["amount"].sum(),
        "Savings": plan.savings()["fiscal"].sum(),
        "Cashable savings": plan.savings()["cashable"].sum(),
        "Cashable savings, discounted": plan.savings()["discounted_cashable"].sum(),
    }
    told = {
        row[0].value: (row[1], rests_on.value)
        for row in figures[FIRST].iter_rows(min_row=6, max_row=12)
        for rests_on in [row[2]]
    }
    assert figures[FIRST]["A4"].value == f"{HEADLINES}, £"
    assert list(told) == list(expected)
    for words, (cell, rests_on) in told.items():
        assert cell.value == pytest.approx(expected[words]), words
        assert str(book[FIRST][cell.coordinate].value).startswith("='") or cell.value == 0
        assert rests_on.startswith(("In 2", "Cash of"))


def test_money_of_a_stream_is_a_sum_over_the_sheets_of_money_and_pools(book: Any) -> None:
    head = [cell.value for cell in book["Balances"][3]]
    for row in book["Balances"].iter_rows(min_row=4, values_only=True):
        said = dict(zip(head, row, strict=True))
        assert str(said["Direct, £"]).startswith("=SUMIFS(money_amount,money_stream,")
        assert str(said["Contributed, £"]).startswith("=SUMIFS(contributions_paid_in,")


def test_headline_figures_columns_and_totals_have_names(book: Any) -> None:
    names = {name: each.attr_text for name, each in book.defined_names.items()}
    last = book["Money"].max_row
    assert names["money_amount"] == f"'Money'!$F$4:$F${last}"
    assert names["money_service"] == f"'Money'!$C$4:$C${last}"
    assert names["money_amount_total"] == "'Money'!$F$2"
    assert names["public_value"] == f"'{FIRST}'!$B$6"
    listed = below(book[NAMES])[1:]
    assert {name for name, *_ in listed} == set(names)
    assert ("money_amount", "Money: Amount", "£", "Money") in listed


def test_each_sheet_says_its_unit_in_its_heading_or_in_each_column(book: Any) -> None:
    assert book["Money"]["A1"].value == "Money on services, £, cash of each year"
    page = Page("Mixed", [PageColumn("Cost", "£"), PageColumn("Served", "people")], [[1.0, 2.0]])
    assert (page.said, page.across[1].heading) == (f"Mixed: {EACH}", "Served, people")
    assert Page("One", [PageColumn("Cost", "£")], []).said == "One, £"
    for name in ("Money", "Units", "Outcomes", "Savings", "Needs"):
        columns = book[name][int(book[name].freeze_panes[1:]) - 1]
        counted = [cell.value for cell in columns if cell.alignment.horizontal == "right"]
        bare = {"In need and not served", "Counted times its weight, discounted"}
        assert [each for each in counted if "," not in each and each not in bare] == []


def test_the_same_plan_is_the_same_file(plan: pb.Plan, file: Path, tmp_path: Path) -> None:
    assert plan.to_excel(tmp_path / "again.xlsx").read_bytes() == file.read_bytes()


def test_names_are_none_of_a_cell_and_none_stands_for_two_things(tmp_path: Path) -> None:
    assert (slug("tax1"), slug("R1C1"), slug("2027-28")) == ("_tax1", "_r1c1", "_2027_28")
    columns = [PageColumn("a b", form="0"), PageColumn("a-b", form="0")]
    pages = [Page("x", columns, [[1.0, 2.0]], named=True)] * 2
    book = openpyxl.load_workbook(write_pages(pages, tmp_path / "x.xlsx"))
    assert {name: each.attr_text for name, each in book.defined_names.items()} == {
        "x_a_b": "'x'!$A$3:$A$3",
        "x_a_b_parts": "'x'!$B$3:$B$3",
        "x_2_a_b": "'x 2'!$A$3:$A$3",
        "x_2_a_b_parts": "'x 2'!$B$3:$B$3",
    }


def test_a_formula_is_written_only_where_it_comes_to_the_figure() -> None:
    """Conditions of spreadsheets know no case, and read some letters for others."""
    sums = SumOver("x_y", [1.0, 2.0, 4.0], {"x_z": ["Care", "care", "care*"]})
    at = {"$A{row}": "CARE"}
    assert sums.cell(3.0, at) == Formula('=SUMIFS(x_y,x_z,"="&$A{row})', 3.0)
    assert sums.cell(1.0, at) == 1.0
    assert sums.cell(4.0, {"$A{row}": "care*"}) == 4.0


@pytest.mark.parametrize("text", EVIL)
def test_text_is_never_a_formula(text: str, tmp_path: Path) -> None:
    file = write_pages([Page(text, [text], [[text], ["plain"]])], tmp_path / "evil.xlsx")
    sheet = openpyxl.load_workbook(file).worksheets[0]
    for row in (1, 2, 3):
        cell = sheet.cell(row, 1)
        assert (cell.value, cell.data_type) == (text.replace("\r", "_x000D_"), "s")
        assert cell.quotePrefix
    assert not sheet.cell(4, 1).quotePrefix


def test_names_of_a_place_are_no_formulas_in_its_plans(tmp_path: Path) -> None:
    council = {"agency": "council", "name": '=HYPERLINK("x")', "sector": "council"}
    agencies = [council, {"agency": "nhs", "name": "NHS", "sector": "nhs"}]
    today = pb.simulate(places.tiny(agencies=agencies))
    book = openpyxl.load_workbook(today.to_excel(tmp_path / "today.xlsx"))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    formulas = [cell.value for cell in cells if cell.data_type == "f"]
    assert formulas
    assert not [each for each in formulas if "HYPERLINK" in each]
    assert council["name"] in {cell.value for cell in cells if cell.data_type == "s"}


def test_figures_that_do_not_exist_are_blank_and_those_without_end_say_so(tmp_path: Path) -> None:
    columns = [PageColumn(name, form="0.0") for name in "abc"]
    page = Page("x", columns, [[math.nan, math.inf, None]])
    sheet = openpyxl.load_workbook(write_pages([page], tmp_path / "x.xlsx")).worksheets[0]
    assert [cell.value for cell in sheet[3]] == [None, WITHOUT_END, None]


def test_names_of_sheets_fit(tmp_path: Path) -> None:
    page = Page("a/b:c*d?" + "long " * 20, ["a"], [])
    book = openpyxl.load_workbook(write_pages([page], tmp_path / "x.xlsx"))
    assert len(book.sheetnames[0]) <= 31
    assert book.sheetnames[0].startswith("a-b-c-d-")


def test_a_control_character_in_a_name_does_not_spoil_the_workbook(tmp_path: Path) -> None:
    file = write_pages([Page("x", ["a"], [["bell\x07"]])], tmp_path / "x.xlsx")
    assert openpyxl.load_workbook(file).worksheets[0]["A3"].value == "bell_x0007_"


def shown(value: float, form: str) -> str:
    """What a spreadsheet shows: the fifteen digits it holds, rounded half up by the format."""
    share = form.endswith("%")
    digits = len(form.removesuffix("%").partition(".")[2])
    held = Decimal(f"{value:.15g}") * (100 if share else 1)
    rounded = held.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return f"{rounded:,}{'%' if share else ''}"


@pytest.mark.parametrize(
    "value", [0.0, 0.0087, 0.00995, 0.125, 0.4366, 1.0, 9.4, 82.85, 99.96, 100.5, 13546.5, 1e6 / 3]
)
def test_a_cell_reads_as_the_same_figure_does_in_words(value: float) -> None:
    assert shown(value, count_format(value)) == count(value)
    assert shown(value, percent_format(value)) == percent(value)
    assert shown(value, number_format(1)) == number(value, 1)


def test_headings_say_the_unit_where_no_column_does() -> None:
    def heads(frame: pd.DataFrame, unit: str = "") -> list[str]:
        return [each.heading for each in worded(frame, lambda _, key: key, unit)]

    frame = pd.DataFrame({"relaxing": [2.0], "holds_for": [0.5], "unit": ["£1 million"]})
    assert heads(frame, "pounds, real")[0] == "Gained by one step less, £"
    assert heads(frame, "people")[0] == "Gained by one step less, people"
    assert heads(frame, "people")[1] == "That rate holds for, steps"
    mixed = pd.DataFrame({"mean": [1.0, 2.0], "unit": ["pounds, cash", "people"]})
    assert heads(mixed)[0] == "Mean"
    assert heads(mixed.head(1))[0] == heads(mixed[["mean"]])[0] == "Mean, £"
