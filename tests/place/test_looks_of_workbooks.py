"""A workbook that shows something else than it holds: refused, or read and said."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from by_hand import refusal, rewritten, workbook
from placebudget.place import read
from placebudget.place.io.sheets import Formatted, as_shown

MARKED = CellRichText("100000", TextBlock(InlineFont(vertAlign="superscript"), "1"))


def with_cell(path: Path, cell: str, value: Any, form: str = "General") -> Path:
    sheet, _, where = cell.partition("!")

    def change(book: Any) -> None:
        book[sheet][where] = value
        book[sheet][where].number_format = form

    return workbook(path, change)


def in_shared_strings(path: Path) -> Path:
    """The workbook with the marked text of funding!C2 kept apart, as spreadsheets do."""
    with zipfile.ZipFile(path) as packed:
        sheet = packed.read("xl/worksheets/sheet4.xml")
        types = packed.read("[Content_Types].xml")
    before, cell = sheet.split(b'<c r="C2"')
    cell, _, after = cell.partition(b"</c>")
    assert b"vertAlign" in cell
    marked = cell[cell.index(b"<is>") + 4 : cell.index(b"</is>")]
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    named = b'<Override PartName="/xl/sharedStrings.xml" ContentType="' + kind + b'"/></Types>'
    main = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    return rewritten(
        path,
        {
            "xl/worksheets/sheet4.xml": before + b'<c r="C2" t="s"><v>1</v></c>' + after,
            "xl/sharedStrings.xml": (
                b"<sst " + main + b"><si><t>x</t></si><si>" + marked + b"</si></sst>"
            ),
            "[Content_Types].xml": types.replace(b"</Types>", named),
        },
    )


@pytest.mark.parametrize("kept", ["in the cell", "apart"])
def test_a_raised_mark_does_not_become_a_digit(tmp_path: Path, kept: str) -> None:
    path = tmp_path / "p.xlsx"
    with_cell(path, "funding!C2", MARKED)
    if kept == "apart":
        in_shared_strings(path)
    [found] = refusal(path)
    assert (found.table, found.row, found.column) == ("funding", 2, "amount")
    assert "raised or lowered" in found.what


def test_a_raised_mark_in_a_key_or_a_setting_is_refused(tmp_path: Path) -> None:
    [key, *_] = refusal(with_cell(tmp_path / "p.xlsx", "agencies!A2", MARKED))
    assert (key.table, key.row, key.column) == ("agencies", 2, "agency")

    def settings(book: Any) -> None:
        book["place"].append(["discount", MARKED])

    [setting] = refusal(workbook(tmp_path / "q.xlsx", settings))
    assert (setting.code, setting.column) == ("wrong-setting", "discount")


def test_raised_letters_in_a_name_are_read_and_said(tmp_path: Path) -> None:
    place = read(with_cell(tmp_path / "p.xlsx", "agencies!B2", MARKED))
    assert place.agencies["name"][0] == "1000001"
    assert [(f.code, f.table, f.row, f.column) for f in place.origin.remarks] == [
        ("read-as", "agencies", 2, "name")
    ]


def test_a_cell_that_shows_per_cent_is_refused_where_the_text_is(tmp_path: Path) -> None:
    [found] = refusal(with_cell(tmp_path / "p.xlsx", "funding!C2", 0.25, "0%"))
    assert found.what == "The cell shows 25% and holds 0.25."
    assert (found.table, found.row, found.column) == ("funding", 2, "amount")


def test_a_sum_in_another_currency_is_refused(tmp_path: Path) -> None:
    [found] = refusal(with_cell(tmp_path / "p.xlsx", "funding!C2", 30, "[$€-407]#,##0"))
    assert (found.what, found.column) == ("The cell shows €30 and holds 30.", "amount")


@pytest.mark.parametrize(
    ("form", "shown"),
    [("#,##0,", "'100'"), ("#,##0,,", "'0.1'"), ('0"m"', "'100000m'"), (";;;", "''")],
)
def test_a_sum_that_is_shown_otherwise_is_read_and_said(
    tmp_path: Path, form: str, shown: str
) -> None:
    place = read(with_cell(tmp_path / "p.xlsx", "funding!C2", 100_000, form))
    assert place.funding["amount"][0] == 100_000
    [said] = place.origin.remarks
    assert (said.severity, said.table, said.row, said.column) == ("warning", "funding", 2, "amount")
    assert said.what == f"{shown} is read as 100000."


@pytest.mark.parametrize(
    "form", ["#,##0.00", '"£"#,##0', "[Red]0", "0.00E+00", '£0.0,,"m"', "_-* #,##0_-;-* #,##0_-"]
)
def test_a_sum_that_is_only_laid_out_is_not_remarked(tmp_path: Path, form: str) -> None:
    assert not read(with_cell(tmp_path / "p.xlsx", "funding!C2", 100_000, form)).origin.remarks


@pytest.mark.parametrize(
    ("number", "form", "shown"),
    [
        (-2_000, "0;0,", "-2"),
        (5_000_000, '[>=1000000]0.0,,"m";0', "5m"),
        (5, '[>=1000000]0.0,,"m";0', None),
        (1_500, '0.0,\\k;"a;b"0', "1.5k"),
        (0.07, "0.0%", "7%"),
        (0, ";;;", None),
        (7, "0.0,;", "0.007"),
    ],
)
def test_a_format_is_read_by_its_parts_and_conditions(
    number: float, form: str, shown: str | None
) -> None:
    expected = number if shown is None else Formatted(number, shown)
    assert as_shown(number, form) == expected


def test_hidden_and_filtered_rows_and_columns_are_read_and_said(tmp_path: Path) -> None:
    def hide(book: Any) -> None:
        book["offers"].row_dimensions[2].hidden = True
        book["streams"].row_dimensions[2].height = 0.5
        book["offers"].row_dimensions[99].hidden = True  # nothing stands there
        book["funding"].column_dimensions["C"].hidden = True
        book["funding"].column_dimensions["Z"].hidden = True

    path = workbook(tmp_path / "q.xlsx", hide)
    with zipfile.ZipFile(path) as packed:
        streams = packed.read("xl/worksheets/sheet3.xml").replace(b'ht="0.5"', b'ht="0"')
    rewritten(path, {"xl/worksheets/sheet3.xml": streams})
    whole, place = read(workbook(tmp_path / "p.xlsx")), read(path)
    assert place.tables["offers"].equals(whole.tables["offers"])
    told = {(f.code, f.severity, f.table, f.row, f.column) for f in place.check()}
    assert told - {(f.code, f.severity, f.table, f.row, f.column) for f in whole.check()} == {
        ("hidden-row", "warning", "offers", 2, None),
        ("hidden-row", "warning", "streams", 2, None),
        ("hidden-column", "warning", "funding", None, "amount"),
    }


def test_a_workbook_behind_a_password_is_said_to_be_so(tmp_path: Path) -> None:
    path = tmp_path / "p.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000))
    [found] = refusal(path)
    assert found.code == "protected"
    assert "password" in found.what


def test_a_strict_workbook_is_named_with_how_to_save_it(tmp_path: Path) -> None:
    path = workbook(tmp_path / "p.xlsx")
    with zipfile.ZipFile(path) as packed:
        content = packed.read("xl/workbook.xml")
    strict = content.replace(
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    )
    [found] = refusal(rewritten(path, {"xl/workbook.xml": strict}))
    assert found.code == "strict-workbook"
    assert "Excel workbook (.xlsx)" in found.mend
