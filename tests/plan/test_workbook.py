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
from placebudget.plan.workbook import (
    FIRST,
    MADE,
    MODEL,
    WITHOUT_END,
    Page,
    count_format,
    number_format,
    percent_format,
    write_pages,
)
from placebudget.words import count, number, percent

EVIL = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1")


@pytest.fixture(scope="module")
def plan() -> pb.Plan:
    return pb.optimise(places.tiny(), pooling="pooled")


@pytest.fixture(scope="module")
def book(plan: pb.Plan, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return openpyxl.load_workbook(plan.to_excel(tmp_path_factory.mktemp("book") / "plan.xlsx"))


GAINS = ("relaxing", "relaxing_rate", "tightening", "tightening_rate")


def frame_of(sheet: Any) -> pd.DataFrame:
    header, *rows = sheet.iter_rows(values_only=True)
    return pd.DataFrame(rows, columns=header)


def test_each_table_is_a_sheet_with_its_figures(plan: pb.Plan, book: Any) -> None:
    for name, frame in plan.tables.items():
        written = frame_of(book[name.capitalize()])
        heads = {column: heading(column, "£" if column in GAINS else "") for column in frame}
        if name == "needs":  # Its headings say the units, and stand in a test of their own.
            heads = dict(zip(frame.columns, written.columns, strict=True))
        assert list(written.columns) == list(heads.values())
        assert len(written) == len(frame)
        for column in frame.select_dtypes("float64"):
            assert written[heads[column]].astype(float).to_numpy() == pytest.approx(
                frame[column].to_numpy(), nan_ok=True
            )
    assert frame_of(book["Money"])["Amount, £"].sum() == pytest.approx(plan.money()["amount"].sum())
    for name in plan.labels:
        keys = frame_of(book[f"Keys of {name}"])
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
    for title in ("Headline figures", "What it rests on", "Sheets"):
        assert said[said.index(title) + 1]
    assert said[said.index("Sheets") + 1 :] == book.sheetnames[1:]
    led = [cell.hyperlink.location for row in first.iter_rows() for cell in row if cell.hyperlink]
    assert led == [f"'{name}'!A1" for name in book.sheetnames[1:]]


def test_every_sheet_prints_on_a4_as_wide_as_the_page_with_its_headings(book: Any) -> None:
    for sheet in book.worksheets:
        assert sheet.page_setup.paperSize == 9
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.title == FIRST or sheet.print_title_rows == "$1:$1"


def test_a_sheet_says_what_the_plan_is(plan: pb.Plan, book: Any) -> None:
    said = dict(book[MADE].iter_rows(min_row=2, values_only=True))
    assert said["place"] == plan.place["title"]
    assert said["option"] == "the place as it is"
    assert (said["plan"], said["status"]) == ("pooled", "optimal")
    assert said["hash of inputs"] == plan.run["inputs"]
    assert said["version of pulp"] == plan.run["versions"]["pulp"]
    value = next(v for k, v in said.items() if k.startswith("objective: public value"))
    assert value == pytest.approx(plan.objective.value)


def test_headers_stay_in_sight_and_columns_are_wide_enough(book: Any) -> None:
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes == "A2"
        for cell in sheet[1]:
            assert cell.font.bold
            assert sheet.column_dimensions[cell.column_letter].width >= len(str(cell.value))


def test_money_is_shown_to_the_penny(book: Any) -> None:
    assert book["Money"]["F2"].number_format == "#,##0.00"
    assert book["Money"]["F2"].data_type == "n"


def test_what_a_plan_does_not_keep_is_said(plan: pb.Plan, tmp_path: Path) -> None:
    odd = replace(plan, run={**plan.run, "rules_not_kept": ["one", "two"]})
    rows = openpyxl.load_workbook(odd.to_excel(tmp_path / "odd.xlsx"))[MADE]
    said = list(rows.iter_rows(values_only=True))
    assert ("rule not kept", "one") in said
    assert ("rule not kept", "two") in said


@pytest.mark.parametrize("text", EVIL)
def test_text_is_never_a_formula(text: str, tmp_path: Path) -> None:
    file = write_pages([Page(text, [text], [[text], ["plain"]])], tmp_path / "evil.xlsx")
    sheet = openpyxl.load_workbook(file).worksheets[0]
    for row in (1, 2):
        cell = sheet.cell(row, 1)
        assert cell.data_type == "s"
        assert cell.quotePrefix
    assert not sheet.cell(3, 1).quotePrefix


def test_names_of_a_place_are_no_formulas_in_its_plans(tmp_path: Path) -> None:
    council = {"agency": "council", "name": '=HYPERLINK("x")', "sector": "council"}
    agencies = [council, {"agency": "nhs", "name": "NHS", "sector": "nhs"}]
    today = pb.simulate(places.tiny(agencies=agencies))
    book = openpyxl.load_workbook(today.to_excel(tmp_path / "today.xlsx"))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert council["name"] in {cell.value for cell in cells}


def test_figures_that_do_not_exist_are_blank_and_those_without_end_say_so(tmp_path: Path) -> None:
    page = Page("x", ["a", "b", "c"], [[math.nan, math.inf, None]], ["0.0", "0.0", "0.0"])
    sheet = openpyxl.load_workbook(write_pages([page], tmp_path / "x.xlsx")).worksheets[0]
    assert [cell.value for cell in sheet[2]] == [None, WITHOUT_END, None]


def test_names_of_sheets_fit(tmp_path: Path) -> None:
    page = Page("a/b:c*d?" + "long " * 20, ["a"], [])
    book = openpyxl.load_workbook(write_pages([page], tmp_path / "x.xlsx"))
    assert len(book.sheetnames[0]) <= 31
    assert book.sheetnames[0].startswith("a-b-c-d-")


def test_a_control_character_in_a_name_does_not_spoil_the_workbook(tmp_path: Path) -> None:
    file = write_pages([Page("x", ["a"], [["bell\x07"]])], tmp_path / "x.xlsx")
    assert openpyxl.load_workbook(file).worksheets[0]["A2"].value == "bell_x0007_"


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
        return [head for head, _, _ in worded(frame, lambda _, key: key, unit)]

    frame = pd.DataFrame({"relaxing": [2.0], "holds_for": [0.5], "unit": ["£1 million"]})
    assert heads(frame, "pounds, real")[0] == "Gained by one step less, £"
    assert heads(frame, "people")[0] == "Gained by one step less, people"
    assert heads(frame, "people")[1] == "That rate holds for, steps"
    mixed = pd.DataFrame({"mean": [1.0, 2.0], "unit": ["pounds, cash", "people"]})
    assert heads(mixed)[0] == "Mean"
    assert heads(mixed.head(1))[0] == heads(mixed[["mean"]])[0] == "Mean, £"
